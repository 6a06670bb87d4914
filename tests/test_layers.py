"""The shape of the project: who may import whom, what inference must not pull in, and how large files may be."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("frontend_g2p", "singer", "voicebanks", "api")
# fairseq imports the package singer/training/plugin under a name of its own, so it alone imports relatively.
TRAINING_ONLY = {"torch", "torchaudio", "fairseq", "resemblyzer"}
MODULES = sorted(path for layer in (*LAYERS, "bench") for path in (ROOT / layer).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Absolute module names that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 or path.parent.name == "plugin", f"relative import at line {node.lineno}"
            yield node.module or ""
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module"
        ):
            yield from (word.value for word in node.args if isinstance(word, ast.Constant))


def allowed(path: Path) -> set[str]:
    """Layers that a file may import."""
    place = path.relative_to(ROOT)
    if place.parts[:2] == ("singer", "training") or place.parts[0] == "bench":
        return {*LAYERS[:3], "bench"} if place.parts[0] == "bench" else set(LAYERS[:3])
    return set(LAYERS[: LAYERS.index(place.parts[0]) + 1])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    own = {name.split(".")[0] for name in imports(path)} & {*LAYERS, "bench", "tests"}
    assert own <= allowed(path), f"imports {own - allowed(path)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_packages_have_one_home(path: Path) -> None:
    found = {name.split(".")[0] for name in imports(path)}
    place = path.relative_to(ROOT).parts
    if place[:2] != ("singer", "training") and place[0] != "bench":
        assert not found & TRAINING_ONLY
        assert "onnxruntime" not in found or path.name == "onnx_model.py"
        opener = place[:2] == ("singer", "projects") and path.name in (
            "opened.py",
            "source_ustx.py",
            "source_tssln.py",
        )
        assert "libresvip" not in found or opener
        assert "singer.training" not in {name[: len("singer.training")] for name in imports(path)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_stay_readable(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            docstring = len((ast.get_docstring(node) or "").splitlines())
            assert length - docstring <= 50, f"{node.name} has {length} lines"


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_singing_needs_neither_torch_nor_onnx() -> None:
    code = f"""
import builtins, sys
kept = builtins.__import__
def guarded(name, *rest, **more):
    if name.split(".")[0] in {TRAINING_ONLY | {"onnx", "pyworld"}!r}:
        raise ImportError("not for inference: " + name)
    return kept(name, *rest, **more)
builtins.__import__ = guarded
from singer import load_score, perform_song, sing
from voicebanks import load_voice
voice = load_voice("builtin")
score = load_score(b'{{"format": "singer-score", "version": 1, "language": "zh", "tempo": [{{"beat": 0, "bpm": 90}}],'
                   b'"notes": [{{"start": 1, "duration": 1, "pitch": 60, "lyric": "ma1"}}]}}')
audio = sing(perform_song(score, voice).performance, voice)
print(audio.samples.any(), not set(sys.modules) & {TRAINING_ONLY!r})
"""
    assert run_python(code).split() == ["True", "True"]


@pytest.mark.parametrize("package", LAYERS)
def test_importing_a_package_loads_nothing_heavy(package: str) -> None:
    loaded = run_python(f"import sys, {package}; print(*sorted(sys.modules))").split()
    assert not {"numpy", "onnxruntime", "pydantic", "soundfile", "rich", "torch"} & set(loaded)


def test_other_editors_files_cost_nothing_until_one_is_opened() -> None:
    code = """
import sys, tempfile, os
from api.cli import main
from singer import load_score
score = load_score("examples/jasmine.json")
try:
    main(["--help"])
except SystemExit:
    pass
from singer.projects.write import write_project
write_project(score, "ustx")
print("loaded", *(name for name in sys.modules if name.startswith(("libresvip", "music21", "mido"))))
"""
    assert run_python(code).splitlines()[-1].split() == ["loaded"]


@pytest.mark.parametrize("package", ["singer", "voicebanks", "frontend_g2p"])
def test_every_exported_name_exists_and_they_are_few(package: str) -> None:
    names = run_python(
        f"import {package}\nfor name in {package}.__all__: getattr({package}, name); print(name)"
    ).split()
    assert names
    if package == "singer":
        assert len(names) <= 10
        assert (
            run_python("import singer\nsinger.sing; singer.stream\nprint(callable(singer.sing))").strip()
            == "True"
        )


def test_the_project_stands_alone() -> None:
    """No file of the project speaks of places outside it."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if name.endswith((".py", ".md", ".toml", ".json")) or name in ("Makefile", ".ci/run"):
            text = (ROOT / name).read_text(encoding="utf-8")
            assert "/work" + "/" not in text, name
            assert "../" + "shared" not in text, name

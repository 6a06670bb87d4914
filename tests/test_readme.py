"""What the documents say is true: their commands run, their Python runs, their scores sing, their links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES_TO_FIRST_SOUND = 40


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a reader has it after make demo, with one example and this installation as its .venv."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("Makefile", "pyproject.toml", "README.md"):
        shutil.copy2(ROOT / name, folder)
    (folder / "examples").mkdir()
    shutil.copy2(ROOT / "examples" / "jasmine.json", folder / "examples")
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (folder / ".venv" / "installed-to-sing").touch()
    return folder


def run(command: str | list[str], project: Path) -> str:
    home = project / "home"
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "MAKE"))}
    environment |= {
        "HOME": str(home),
        "PATH": f"{project / '.venv' / 'bin'}{os.pathsep}{environment['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", command] if isinstance(command, str) else command,
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_of_the_readme_run(project: Path, block: str) -> None:
    run(block, project)
    if "make demo" in block:
        assert (project / "out" / "jasmine.wav").stat().st_size > 1_000_000
    for name in re.findall(r"-o (\S+\.\w+)", block):
        assert (project / name).stat().st_size > 1_000


@pytest.mark.parametrize("block", blocks("python"))
def test_python_of_the_readme_runs(project: Path, block: str) -> None:
    (project / "jasmine.wav").unlink(missing_ok=True)
    run([sys.executable, "-c", block], project)
    assert (project / "jasmine.wav").stat().st_size > 1_000_000


@pytest.mark.parametrize("block", blocks("json"))
def test_scores_of_the_readme_sing(project: Path, block: str) -> None:
    (project / "readme.json").write_text(block, encoding="utf-8")
    told = json.loads(run("singer sing readme.json -o readme.wav --json", project))
    assert told["quality"]["is_good"]


def test_the_readme_has_something_of_each_kind() -> None:
    assert [bool(blocks(kind)) for kind in ("sh", "python", "json")] == [True] * 3


def test_first_sound_comes_within_40_lines() -> None:
    assert README.split("singer sing")[0].count("\n") < LINES_TO_FIRST_SOUND


def documents() -> list[Path]:
    own = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in own.stdout.splitlines()]


def anchors(document: Path) -> set[str]:
    """Anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        aim = (document.parent / path) if path else document
        assert aim.exists(), target
        if anchor:
            assert anchor in anchors(aim), target


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "GLOSSARY.md", "docs/architecture.md"])
def test_paths_in_documents_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for path in re.findall(
        r"`((?:frontend_g2p|singer|voicebanks|api|bench|tests|examples|docs)/[\w./]*)`", text
    ):
        assert (ROOT / path).exists(), path

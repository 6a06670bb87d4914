"""Zips and folders that might be voices, made for the tests: right ones, and parts to make wrong ones of."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

from bench.openutau_bank import make_bank
from voicebanks.load import shipped_folder

BUILTIN = shipped_folder() / "builtin"
SKIPPED = shutil.ignore_patterns("*.py", "__pycache__")


def tiny_model() -> onnx.ModelProto:
    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "tiny", [value], [result])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def own_files(name: str = "haru", version: str = "1.0.0", **entries: Any) -> dict[str, bytes]:
    """Files of a designed voice on ``builtin``: small, and complete."""
    licence = b"Apache License\nVersion 2.0\n"
    portrait = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    manifest = {
        "format": "singer-voicebank", "version": 1, "name": name, "title": "Haru", "version_of_voice": version,
        "range": {"lowest_midi": 48.0, "highest_midi": 84.0}, "licence": {"spdx": "Apache-2.0", "files": ["LICENSE"]},
        "base": "builtin",
        "files": {"portrait": {"path": "portrait.svg", "sha256": hashlib.sha256(portrait).hexdigest(), "bytes": len(portrait)}},
    } | entries  # fmt: skip
    return {
        "voicebank.json": json.dumps(manifest).encode(),
        "LICENSE": licence,
        "portrait.svg": portrait,
    }


@functools.cache
def _bank_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as home:
        folder = make_bank(Path(home) / "haru")
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }


def bank_files() -> dict[str, bytes]:
    """Files of an OpenUtau DiffSinger bank that sings."""
    named = {
        "character.txt": "name=ハル\n".encode("cp932"),
        "character.yaml": b"name: Haru\nversion: '2.1'\n",
    }
    return _bank_files() | named


class NamedInBytes(zipfile.ZipInfo):
    """A member whose name is not UTF-8, as many systems wrote them."""

    raw_name = b""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name that zipfile calls
        return self.raw_name, self.flag_bits


def packed(files: Mapping[str, bytes], way: int = zipfile.ZIP_DEFLATED, encoding: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", way) as archive:
        for path, content in files.items():
            info = NamedInBytes(path) if encoding else zipfile.ZipInfo(path)
            if isinstance(info, NamedInBytes):
                info.raw_name = path.encode(encoding)
            info.compress_type = way
            archive.writestr(info, content)
    return stream.getvalue()


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": content for path, content in files.items()}


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    path.write_bytes(packed(files))
    return path


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def everything_in(folder: Path) -> dict[str, bytes]:
    """Content of all that is there but locks; a link is told as one."""
    return {
        path.relative_to(folder).as_posix(): b"-> link" if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if (path.is_symlink() or path.is_file()) and path.name != ".lock"
    }

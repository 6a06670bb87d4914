"""Damaged and crafted bundles, seeded: what an installation makes of them. The tests run a few hundred, a bench more.

A bundle begins as a voice that could be installed, or as a bank, and is then spoiled in one to four ways: bytes of the zip, its
names, its kinds of members, its documents.
"""

from __future__ import annotations

import io
import json
import random
import shutil
import stat
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from singer.errors import SingerError
from voicebanks.manifest import MANIFEST_NAME
from voicebanks.store.install import Wish, install
from voicebanks.store.places import places_in
from voicebanks.store.verify import verify

SLOWEST_S = 10.0
"""An installation of these small bundles that takes longer hangs."""
_ESCAPED = Path(tempfile.gettempdir()) / "singer-install-fuzz.txt"
_NAMES = (
    "../out.txt", str(_ESCAPED), "C:\\out.txt", "\\\\h\\s\\out.txt", "a/../../../out.txt", "NUL.txt", "A" * 300, "x\0y.txt",
    "\u202egnp.txt", "a/" * 40 + "x.txt", "voicebank.json/x", "LICENSE", "license", "..", ".", "", "x/", " ", "dsconfig.yaml",
    "voicebank.json", "sub/voicebank.json", "character.txt", "é.txt", "e\u0301.txt", "run.sh", "a.onnx", ".hidden", "~", "con",
)  # fmt: skip
_CONTENTS = (
    b"", b"\0" * 4_000_000, b"{" * 5_000, b"[" * 200_000, b"a: &a [*a]", b"!!python/name:os.system", b"#!/bin/sh\n", b"\x7fELF",
    b"PK\x03\x04", b"\xff" * 999, b"acoustic: ../../../etc/passwd", b'{"base": 1e999}', b"a: 9999-99-99",
    b"? !!binary x", b"%YAML 9",
)  # fmt: skip
_MODES = (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFREG, 0xF000)

Files = list[tuple[zipfile.ZipInfo, bytes]]


@dataclass(slots=True)
class Fuzzed:
    """What came of all bundles.

    Attributes:
        bundles, installed: how many were tried, and how many were fit to be installed.
        codes: code of an error to how often it was the answer.
        faults: what must not happen, each with the number of its bundle: errors without a type, files outside the folder,
            installations that hang, voices that are not whole, and anything half-written.
        slowest_s: longest installation.
    """

    bundles: int = 0
    installed: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def whole_bundles() -> dict[str, dict[str, bytes]]:
    """Bundles to begin with: the test voice under a name of its own, and as a bank for OpenUtau."""
    from voicebanks.load import find_voice
    from voicebanks.openutau_export.bank import bank_files

    found = find_voice("builtin")
    names = (
        MANIFEST_NAME,
        *found.manifest.licence.files,
        *(entry.path for entry in found.manifest.files.values()),
    )
    own = {name: (found.folder / name).read_bytes() for name in names}
    own[MANIFEST_NAME] = json.dumps(json.loads(own[MANIFEST_NAME]) | {"name": "haru"}).encode()
    return {"own": own, "bank": dict(bank_files(found))}


def fuzz(starts: Mapping[str, Mapping[str, bytes]], count: int, seed: int, folder: Path) -> Fuzzed:
    """Try ``count`` bundles.

    Args:
        starts: names to the files of bundles that can be installed.
        count: how many.
        seed: chooses them; the same seed makes the same bundles.
        folder: empty folder to work in.
    """
    found = Fuzzed()
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        work = folder / "work"
        (work / "inbox").mkdir(parents=True)
        name = chance.choice(sorted(starts))
        source = work / "inbox" / "haru.zip"
        if chance.random() < 0.2:
            source = _spoiled_folder(starts[name], chance, work / "inbox" / "haru")
        else:
            source.write_bytes(_spoiled_zip(starts[name], chance))
        before = _listed(folder)
        _try(source, work / "voices", number, found)
        _look(folder, before, number, found)
        shutil.rmtree(work)
    return found


def _try(source: Path, home: Path, number: int, found: Fuzzed) -> None:
    found.bundles += 1
    started = time.perf_counter()
    try:
        install(source, home, wish=Wish(replace=True))
        found.installed += 1
    except SingerError as error:
        found.codes[error.code] = found.codes.get(error.code, 0) + 1
        if not (error.message and str(error).isprintable()):
            found.faults.append(f"bundle {number}: error {error.code} cannot be read: {error!r}")
    except Exception:
        found.faults.append(f"bundle {number}: {traceback.format_exc(limit=-3)}")
    took_s = time.perf_counter() - started
    found.slowest_s = max(found.slowest_s, took_s)
    if took_s > SLOWEST_S:
        found.faults.append(f"bundle {number}: took {took_s:.1f} s")


def _look(folder: Path, before: set[str], number: int, found: Fuzzed) -> None:
    """Nothing may have come to lie outside the folder of voices, and what lies in it must be whole."""
    home = folder / "work" / "voices"
    outside = {path for path in _listed(folder) - before if not path.startswith("work/voices")}
    if outside:
        found.faults.append(f"bundle {number}: wrote {sorted(outside)[:5]}")
    places = places_in(home)
    found.faults += [
        f"bundle {number}: {place} is not whole" for place in places if not verify(place).is_whole
    ]
    allowed = {".lock", *(str(place.folder.parent.name) for place in places)}
    left = {path.name for path in home.iterdir()} - allowed if home.is_dir() else set()
    if left:
        found.faults.append(f"bundle {number}: left {sorted(left)[:5]}")


def _listed(folder: Path) -> set[str]:
    """All that lies in ``folder``, what lies beside it, and the file that an absolute path would make."""
    beside = {f"beside {path.name}" for path in (*folder.parent.iterdir(), _ESCAPED) if path.exists()}
    return beside | {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def _spoiled_zip(start: Mapping[str, bytes], chance: random.Random) -> bytes:
    files: Files = [(zipfile.ZipInfo(path), content) for path, content in start.items()]
    for _ in range(chance.randint(0, 3)):
        chance.choice((_rename, _add, _refill, _flip_file, _remode, _drop))(files, chance)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for info, content in files:
            info.compress_type = chance.choice(
                (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED)
            )
            archive.writestr(info, content)
    packed = stream.getvalue()
    return chance.choice((_as_it_is, _as_it_is, _flip, _cut, _repeat, _flip_directory))(packed, chance)


def _rename(files: Files, chance: random.Random) -> None:
    place = chance.randrange(len(files))
    files[place] = (zipfile.ZipInfo(chance.choice(_NAMES) or "x"), files[place][1])


def _add(files: Files, chance: random.Random) -> None:
    files.append((zipfile.ZipInfo(chance.choice(_NAMES) or "x"), chance.choice(_CONTENTS)))


def _refill(files: Files, chance: random.Random) -> None:
    place = chance.randrange(len(files))
    files[place] = (files[place][0], chance.choice(_CONTENTS))


def _flip_file(files: Files, chance: random.Random) -> None:
    place = chance.randrange(len(files))
    files[place] = (files[place][0], _flip(files[place][1], chance))


def _remode(files: Files, chance: random.Random) -> None:
    info = chance.choice(files)[0]
    info.create_system, info.external_attr = 3, (chance.choice(_MODES) | 0o777) << 16


def _drop(files: Files, chance: random.Random) -> None:
    if len(files) > 1:
        files.pop(chance.randrange(len(files)))


def _as_it_is(content: bytes, chance: random.Random) -> bytes:
    return content


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8) if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _flip_directory(content: bytes, chance: random.Random) -> bytes:
    at = content.rfind(b"PK\x01\x02")
    first = content.find(b"PK\x01\x02")
    return content[:first] + _flip(content[first:], chance) if at >= 0 else content


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start, length, place = (chance.randrange(len(content)) for _ in range(3))
    return content[:place] + content[start : start + length] + content[place:]


def _spoiled_folder(start: Mapping[str, bytes], chance: random.Random, folder: Path) -> Path:
    for path, content in start.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_flip(content, chance) if chance.random() < 0.1 else content)
    spoil: Callable[[Path], object] = chance.choice(
        (
            lambda path: path.symlink_to("/etc/passwd"), lambda path: path.symlink_to(folder), lambda path: path.mkdir(),
            lambda path: path.write_bytes(chance.choice(_CONTENTS)),
        )
    )  # fmt: skip
    spoil(folder / chance.choice(("thing.txt", "a.json", "A.yaml", ".b", "con.txt", "z.onnx", "run.sh")))
    return folder

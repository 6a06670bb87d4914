"""Damaged banks: whatever is changed in a file, a bank opens, or is refused with one of the engine's own errors."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from bench.openutau_bank import make_bank
from singer.errors import SingerError
from voicebanks.openutau.open_bank import open_bank

MUTATIONS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bank(tmp_path_factory.mktemp("home") / "toy")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """``content`` with some bytes changed, cut out, doubled or replaced by what parsers stumble over."""
    place = chance.randrange(max(len(content), 1))
    length = chance.choice((1, 4, 40))
    snippet = chance.choice(
        (b"", b"\xff" * length, b"[" * 500, b'"', b"&a [*a, *a]", b"!!python/none x", b"9" * 40, b"null")
    )
    kept = content[:place] + snippet + content[place + chance.choice((0, length)) :]
    return kept[: chance.randrange(len(kept) + 1)] if chance.random() < 0.2 else kept


@pytest.mark.parametrize("part", range(3))
def test_every_mutation_is_read_or_refused(made: Path, tmp_path: Path, part: int) -> None:
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    refused: list[SingerError] = []
    for number in range(part, MUTATIONS, 3):
        chance = random.Random(number)
        name = files[number * 7 % len(files)]
        folder = Path(shutil.copytree(made, tmp_path / f"bank{number}"))
        (folder / name).write_bytes(mutated((made / name).read_bytes(), chance))
        try:
            open_bank(folder)
        except SingerError as error:
            refused.append(error)
        shutil.rmtree(folder)
    assert len(refused) >= 5
    assert all(error.message for error in refused)

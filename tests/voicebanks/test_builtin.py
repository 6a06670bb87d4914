"""The builtin voice: what is committed is what its script writes, and it speaks in distinct vowels."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from frontend_g2p.inventory import INVENTORY
from singer.bands import ENVELOPE_BANDS, band_centres_hz
from voicebanks.builtin.make import write_voice
from voicebanks.builtin.phone_table import VOWELS_HZ, phone_table
from voicebanks.load import load_voice, shipped_folder
from voicebanks.manifest import MANIFEST_NAME


def test_committed_files_are_what_the_script_writes(tmp_path: Path) -> None:
    made = tmp_path / "builtin"
    made.mkdir()
    shutil.copy(shipped_folder() / "builtin" / "LICENSE", made)
    write_voice(made)
    for name in ("encoder.onnx", "decoder.onnx", "vocoder.onnx", MANIFEST_NAME):
        assert (made / name).read_bytes() == (shipped_folder() / "builtin" / name).read_bytes(), name
    assert sum(path.stat().st_size for path in made.iterdir()) < 300_000


def test_it_knows_every_phone_of_the_inventory() -> None:
    assert set(load_voice("builtin").phones) == set(INVENTORY)


@pytest.mark.parametrize("symbol", sorted(VOWELS_HZ))
def test_vowels_have_their_first_formant(symbol: str) -> None:
    symbols, rows = phone_table()
    envelope = rows[symbols.index(symbol), :ENVELOPE_BANDS]
    peak_hz = band_centres_hz(ENVELOPE_BANDS)[envelope.argmax()]
    assert abs(peak_hz - VOWELS_HZ[symbol][0]) < 60


def test_no_two_vowels_sound_alike() -> None:
    symbols, rows = phone_table()
    vowels = np.array([rows[symbols.index(symbol), :ENVELOPE_BANDS] for symbol in sorted(VOWELS_HZ)])
    apart = np.abs(vowels[:, None] - vowels[None]).max(axis=2) + 9.0 * np.eye(len(vowels))
    assert apart.min() > 0.15

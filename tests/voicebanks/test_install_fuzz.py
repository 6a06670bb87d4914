"""Hundreds of spoiled bundles: none hangs, none escapes, none raises an error without a type, none is left half-written."""

from __future__ import annotations

import warnings
from pathlib import Path

from bench.install_fuzz import fuzz
from tests.voicebanks.bundles import bank_files, below, own_files

BUNDLES = 300


def test_spoiled_bundles_do_no_harm(tmp_path: Path) -> None:
    starts = {"own": own_files(), "below": below("top folder", own_files()), "bank": bank_files()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of names that are there twice
        found = fuzz(starts, BUNDLES, seed=7, folder=tmp_path / "fuzz")
    assert found.faults == []
    assert found.bundles == BUNDLES
    assert 0.05 * BUNDLES < found.installed < 0.8 * BUNDLES
    assert len(found.codes) > 8

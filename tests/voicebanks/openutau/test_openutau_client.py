"""An independent client of DiffSinger banks, the package diffsinger-utau, sings with an exported one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.openutau_client import has_client, lend_librosa
from bench.trackers import track
from voicebanks.load import find_voice
from voicebanks.openutau_export.export import export_bank

if not has_client():
    pytest.skip("the client diffsinger-utau is not installed", allow_module_level=True)
pytest.importorskip("resvg_py")
pytest.importorskip("parselmouth")

NOTES = ((60, "zh/n zh/i"), (64, "zh/x zh/A zh/U_"), (67, "zh/m zh/a"))
SONG = {
    "offset": 0,
    "text": "你好吗",
    "lang": "zh",
    "ph_seq": "SP zh/n zh/i zh/x zh/A zh/U_ zh/m zh/a SP",
    "ph_num": "2 2 3 1 1",
    "note_seq": "rest C4 E4 G4 rest",
    "note_dur": "0.5 0.5 0.5 1.2 0.3",
    "note_slur": "0 0 0 0 0",
}
HELD_S = ((60, 0.62, 0.88), (64, 1.12, 1.38), (67, 1.62, 2.6))


def sing(bank: Path, out: Path, speaker: str, key_shift: int = 0) -> tuple[np.ndarray, dict[str, Any]]:
    lend_librosa()
    from diffsinger_utau.voice_bank.commons.ds_reader import DSReader
    from diffsinger_utau.voice_bank.pred_all import PredAll

    options = {"speaker": speaker, "key_shift": key_shift, "output_dir": str(out), "save_intermediate": False}
    found = PredAll(bank).predict_full_pipeline(DSReader.DSSection(dict(SONG)), lang="zh", **options)
    return np.asarray(found["wav"], np.float32), found


def off_cents(wave: np.ndarray, shift: int = 0) -> list[float]:
    """Median distance of each held note from its pitch, as Praat hears it."""
    heard = track("praat", wave, 44_100)
    found = []
    for midi, start_s, end_s in HELD_S:
        inside = (heard.times_s > start_s) & (heard.times_s < end_s)
        voiced = heard.f0_hz[inside & (heard.f0_hz > 0)]
        assert len(voiced) > 0.9 * np.count_nonzero(inside)
        found.append(float(np.median(1_200 * np.log2(voiced / 440) - 100 * (midi + shift - 69))))
    return found


def test_the_builtin_voice_sings_in_tune(builtin_bank: Path, tmp_path: Path) -> None:
    wave, found = sing(builtin_bank, tmp_path, "builtin")
    assert np.abs(off_cents(wave)).max() < 5.0
    assert 0.05 < np.abs(wave).max() <= 1.0
    assert len(wave) == pytest.approx(3.0 * 44_100, rel=0.02)
    assert np.abs(wave[: 44_100 // 4]).max() < 1e-3
    assert found["ph_dur"].sum() == pytest.approx(3.0, abs=0.03)
    assert found["ph_dur"][1] == pytest.approx(0.058, abs=0.012)
    higher, _ = sing(builtin_bank, tmp_path, "builtin", key_shift=5)
    assert np.abs(off_cents(higher, 5)).max() < 5.0


def test_a_shipped_singer_sings_in_tune_in_two_colours(tmp_path: Path) -> None:
    export_bank(find_voice("suyin"), tmp_path / "suyin")
    plain, _ = sing(tmp_path / "suyin", tmp_path, "suyin")
    tender, _ = sing(tmp_path / "suyin", tmp_path, "suyin-tender")
    for wave in (plain, tender):
        assert np.abs(off_cents(wave)).max() < 5.0
    assert np.std(tender) < 0.8 * np.std(plain)

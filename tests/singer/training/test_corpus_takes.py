"""Takes from script to file, with a teacher that hums: alignment, rules, resuming, whole files."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from frontend_g2p.inventory import INVENTORY
from singer.training.corpus import builder
from singer.training.corpus.blends import BLENDS, SPEAKERS
from singer.training.corpus.builder import build, make_take
from singer.training.corpus.index import read_index, replace_text, write_index
from singer.training.corpus.quality import measure
from singer.training.corpus.report import report_on, report_together
from singer.training.corpus.scripts import script_at
from singer.training.corpus.take import Take, render
from tests.singer.training.toy_teacher import BLEND, HummingTeacher


def take_at(number: int) -> Take:
    return render(script_at("suyin", number), HummingTeacher(), BLEND)


def level_db(audio: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(audio.astype(np.float64) ** 2) + 1e-20))


@pytest.mark.parametrize("number", range(17))
def test_a_take_is_covered_by_its_phones(number: int) -> None:
    take = take_at(number)
    assert take.edges_s[0] == 0.0
    assert take.edges_s[-1] == pytest.approx(len(take.audio) / 24_000)
    assert (np.diff(take.edges_s) > 0).all()
    assert len(take.edges_s) == len(take.phones) + 1
    assert len(take.f0_hz) == len(take.audio) // 300
    assert {take.phones[0].symbol, take.phones[-1].symbol} == {"SP"}


def test_pitch_is_fed_within_the_range_of_the_teacher() -> None:
    for number in (1, 3, 4, 6):
        voiced = take_at(number).f0_hz
        voiced = voiced[voiced > 0]
        assert voiced.min() >= 100
        assert voiced.max() <= 350


def test_the_same_script_gives_the_same_samples() -> None:
    first, again = take_at(5), take_at(5)
    assert np.array_equal(first.audio, again.audio)
    assert np.array_equal(first.f0_hz, again.f0_hz)
    assert first.phones == again.phones


def test_unreleased_stops_are_silent() -> None:
    checked = 0
    for number in (2, 7, 10, 15):
        take = take_at(number)
        for place, phone in enumerate(take.phones):
            if phone.symbol in ("p̚", "t̚", "k̚"):
                start, end = take.edges_s[place] + 0.022, take.edges_s[place + 1] - 0.01
                assert level_db(take.audio[int(start * 24_000) : int(end * 24_000)]) < -100
                checked += 1
    assert checked >= 4


def test_breaths_are_noise_between_silences() -> None:
    take = take_at(16)
    assert not take.f0_hz.any()
    levels: dict[str, list[float]] = {"AP": [], "SP": []}
    for phone, start, end in zip(take.phones[1:-1], take.edges_s[1:-2], take.edges_s[2:-1], strict=True):
        middle = take.audio[int((start + 0.08) * 24_000) : int((end - 0.05) * 24_000)]
        levels[phone.symbol].append(level_db(middle))
    assert min(levels["AP"]) > max(levels["SP"]) + 10


def test_a_good_take_is_kept() -> None:
    measured = measure(take_at(1), "sung")
    assert measured.rejected == ""
    assert measured.median_cents < 5
    assert measured.near_share > 0.95


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("clipped", lambda take: take.audio * 30),
        ("level", lambda take: take.audio * 0.001),
        ("not finite", lambda take: np.where(np.arange(len(take.audio)) == 500, np.nan, take.audio)),
    ],
)
def test_bad_takes_are_dropped_for_their_reason(reason: str, change: Any) -> None:
    take = take_at(9)
    spoilt = Take(change(take).astype(np.float32), take.f0_hz, take.phones, take.edges_s)
    assert reason in measure(spoilt, "sung").rejected


def test_lost_consonants_are_dropped() -> None:
    take = take_at(9)
    audio = take.audio.copy()
    for phone, start, end in zip(take.phones, take.edges_s[:-1], take.edges_s[1:], strict=True):
        if INVENTORY[phone.symbol].phone_class in ("fricative", "affricate"):
            audio[int((start - 0.03) * 24_000) : int((end + 0.01) * 24_000)] = 0.0
    spoilt = Take(audio, take.f0_hz, take.phones, take.edges_s)
    assert measure(spoilt, "sung").lost_share == 1.0
    assert "lost consonants" in measure(spoilt, "sung").rejected


def test_a_wrong_pitch_is_dropped() -> None:
    take = take_at(1)
    sharp = Take(take.audio, (take.f0_hz * 1.03).astype(np.float32), take.phones, take.edges_s)
    measured = measure(sharp, "sung")
    assert "pitch" in measured.rejected
    assert measured.median_cents == pytest.approx(1200 * np.log2(1.03), abs=4)


def test_silent_vowels_are_dropped() -> None:
    take = take_at(3)
    audio = take.audio.copy()
    nuclei = [place for place, phone in enumerate(take.phones) if phone.role == "nucleus"]
    for place in nuclei[::3]:
        audio[int(take.edges_s[place] * 24_000) : int(take.edges_s[place + 1] * 24_000)] *= 1e-4
    assert "silent vowels" in measure(Take(audio, take.f0_hz, take.phones, take.edges_s), "sung").rejected


@pytest.fixture
def humming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "_process_teacher", [HummingTeacher()])


@pytest.mark.usefixtures("humming")
def test_a_build_is_resumed_and_gives_what_one_run_gives(tmp_path: Path) -> None:
    build("suyin", 0.1, tmp_path / "parts")
    first = (tmp_path / "parts" / "suyin" / "00000-zh-spoken.npz").stat().st_mtime_ns
    build("suyin", 0.3, tmp_path / "parts")
    build("suyin", 0.3, tmp_path / "whole")
    assert (tmp_path / "parts" / "suyin" / "00000-zh-spoken.npz").stat().st_mtime_ns == first
    parts, whole = read_index(tmp_path / "parts" / "suyin"), read_index(tmp_path / "whole" / "suyin")
    assert parts == whole
    trained_s = sum(row["duration_s"] for row in whole if not row["heldout"])
    assert 18 <= trained_s < 30
    for row in whole:
        with (
            np.load(tmp_path / "parts" / "suyin" / row["file"]) as one,
            np.load(tmp_path / "whole" / "suyin" / row["file"]) as two,
        ):
            assert all(np.array_equal(one[name], two[name]) for name in two.files)


@pytest.mark.usefixtures("humming")
def test_files_hold_what_training_reads(tmp_path: Path) -> None:
    (tmp_path / "suyin").mkdir()
    row = make_take(tmp_path, "suyin", 4)
    assert row["text"]
    assert (row["kind"], row["language"], row["timbre"]) == ("spoken", "en", "suyin")
    with np.load(tmp_path / "suyin" / row["file"], allow_pickle=False) as arrays:
        count = len(arrays["phone"])
        assert arrays["audio"].dtype == np.float32
        assert arrays["f0_hz"].dtype == np.float32
        assert arrays["f0_rate"] == 80
        assert all(len(arrays[name]) == count for name in ("role", "language", "start_s", "end_s"))
        assert np.array_equal(arrays["start_s"][1:], arrays["end_s"][:-1])
        assert arrays["phone"][0] == "SP"
        assert set(arrays["role"]) <= {"", "onset", "glide", "nucleus", "coda"}
        assert str(arrays["kind"]) == "spoken"


def test_dropped_takes_stay_out_of_the_index_and_in_the_report(tmp_path: Path) -> None:
    def make(out: Path, timbre: str, number: int) -> dict[str, Any]:
        row = {
            "file": f"{number}.npz",
            "kind": "sung",
            "language": "zh",
            "heldout": number % 4 == 1,
            "readings": ["ma"],
            "duration_s": 6.0,
            "rejected": "clipped" if number % 3 == 0 else "",
            "median_cents": 1.0,
        }
        np.savez(out / timbre / row["file"], phone=np.array(["SP", "m", "a", "SP"]))
        replace_text(out / timbre / f"{number}.json", json.dumps(row))
        return row

    rows = build("blend1", 0.3, tmp_path, make=make)
    index = read_index(tmp_path / "blend1")
    assert not any(row["rejected"] for row in index)
    assert len(index) == len([row for row in rows if not row["rejected"]])
    assert sum(not row["heldout"] for row in index) == 3
    report = report_on(tmp_path, "blend1")
    assert f"dropped {len(rows) - len(index)} of {len(rows)} takes made: clipped" in report
    assert "1 of 426 syllables" in report
    together = report_together(tmp_path, ["blend1", "blend2"])
    assert "together: 2 timbres, 3 takes to learn from" in together
    assert "  zh: 1 of 426 syllables; missing: " in together
    assert "  ja: 0 of 132 syllables" in together


def test_an_interrupted_write_leaves_the_old_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_index(tmp_path, [{"file": "a.npz", "rejected": ""}])

    def fail(self: Path, target: Path) -> Path:
        raise OSError("no room")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no room"):
        write_index(tmp_path, [{"file": "b.npz", "rejected": ""}] * 100)
    assert read_index(tmp_path) == [{"file": "a.npz", "rejected": ""}]


def test_an_unknown_timbre_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        build("nobody", 1.0, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_timbres_differ() -> None:
    mixes = [tuple(sorted(blend.timbre.items())) for blend in BLENDS.values()]
    assert len(set(mixes)) == len(mixes)


def test_timbres_for_measuring_are_like_none_that_is_taught() -> None:
    taught = [blend.timbre for name, blend in BLENDS.items() if not name.startswith("eval")]
    unseen = [blend.timbre for name, blend in BLENDS.items() if name.startswith("eval")]
    for one, other in product(unseen, taught):
        distance = sum(abs(one.get(speaker, 0.0) - other.get(speaker, 0.0)) for speaker in SPEAKERS)
        assert distance >= 0.3, (dict(one), dict(other))

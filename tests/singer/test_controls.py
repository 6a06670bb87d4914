"""Every control moves what it should in the sound, in one direction, and leaves the pitch alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import pyworld

from singer.cancel import CancelToken
from singer.controls import BREATH, COLOURS, CONTROLS, NOTE_COLOURS, PORTAMENTO, VIBRATO
from singer.errors import PerformanceError
from singer.expression import express
from singer.features import Features
from singer.performance.adjust import adjusted, turn
from singer.performance.performance import FIRST_CURVES, LATER_CURVES, PhrasePerformance
from singer.performance.performance_document import CurvesDocument, MarksDocument
from singer.phonation import roughened, whispered
from singer.phrase_audio import sing_phrase
from singer.phrase_cache import content_digest
from singer.quality import QualityMeter
from singer.render import render
from singer.score_document import CurvesDocument as ScoreCurvesDocument
from singer.voice import Voice
from tests.singer import measures
from tests.singer.performances import MA_SI, phrase, song
from voicebanks.load import load_voice

RATE_HZ = 44_100
F0_HZ = 220.0
VOWEL = (("SP", None, 0.05), ("a", "nucleus", 0.9), ("SP", None, 0.05))
FRONT_VOWEL = (("SP", None, 0.05), ("ɛ", "nucleus", 0.9), ("SP", None, 0.05))
HISS = (("SP", None, 0.05), ("s", "onset", 0.5), ("a", "nucleus", 0.3), ("SP", None, 0.05))


@cache
def voice() -> Voice:
    return load_voice("builtin")


def sung(part: PhrasePerformance, block_frames: int = 64) -> np.ndarray:
    pieces = sing_phrase(part, voice(), seed=5, block_frames=block_frames, cancel=CancelToken())
    return np.concatenate(list(pieces))


@cache
def vowel(name: str, value: float) -> np.ndarray:
    """The middle 0.6 s of a vowel at 220 Hz with one control turned."""
    return sung(phrase(f0_hz=F0_HZ, spans=VOWEL, **{name: value}))[
        round(0.2 * RATE_HZ) : round(0.8 * RATE_HZ)
    ]


@cache
def opened(value: float) -> np.ndarray:
    """A vowel with distant formants whose low pitch sweeps, so that harmonics show all of the envelope."""
    plain = phrase(spans=FRONT_VOWEL, mouth_opening=value)
    sweep_hz = np.linspace(90.0, 130.0, plain.frames, dtype=np.float32)
    return sung(replace(plain, curves={**plain.curves, "f0_hz": sweep_hz}))[9_000:-9_000]


def tilt(name: str, value: float) -> float:
    return measures.tilt_db(vowel(name, value), RATE_HZ)


def harmonicity(name: str, value: float) -> float:
    return measures.harmonics_to_noise_db(vowel(name, value), RATE_HZ)


def shimmer(name: str, value: float) -> float:
    return measures.perturbation(vowel(name, value), RATE_HZ, F0_HZ)[1]


def jitter(name: str, value: float) -> float:
    return measures.perturbation(vowel(name, value), RATE_HZ, F0_HZ)[0]


def between(name: str, value: float) -> float:
    return measures.subharmonics_db(vowel(name, value), RATE_HZ, F0_HZ)


def level(name: str, value: float) -> float:
    return measures.level_db(vowel(name, value))


def apart(name: str, value: float) -> float:
    """How far two vowels lie apart, root mean square over bands in dB."""
    levels = [
        measures.band_levels_db(
            sung(phrase(f0_hz=120.0, spans=spans, **{name: value}))[9_000:-9_000], RATE_HZ
        )
        for spans in (VOWEL, FRONT_VOWEL)
    ]
    return float(np.sqrt(np.mean((levels[0] - levels[1]) ** 2)))


WIDE, NARROW = (-1.0, -0.5, 0.0, 0.5, 1.0), (0.0, 0.33, 0.67, 1.0)
MEASURED: list[tuple[str, tuple[float, ...], Callable[[str, float], float], float]] = [
    ("loudness_db", (-12.0, -6.0, 0.0, 6.0), level, 5.0),
    ("loudness_db", (-12.0, 0.0, 12.0), tilt, 0.5),
    ("breathiness", WIDE, harmonicity, -2.0),
    ("breathiness", (0.0, 0.5, 1.0), tilt, -1.0),
    ("tension", WIDE, tilt, 2.0),
    ("brightness", WIDE, tilt, 2.0),
    ("brightness", WIDE, lambda name, value: measures.centroid_hz(vowel(name, value), RATE_HZ), 150.0),
    ("mouth_opening", WIDE, lambda _, value: measures.first_formant_hz(opened(value), RATE_HZ), 20.0),
    ("falsetto", NARROW, lambda name, value: measures.h1_h2_db(vowel(name, value), RATE_HZ, F0_HZ), 2.0),
    ("growl", NARROW, between, 1.5),
    ("growl", NARROW, shimmer, 0.02),
    ("vocal_fry", NARROW, between, 1.5),
    ("vocal_fry", NARROW, jitter, 0.003),
    ("whisper", NARROW, harmonicity, -1.5),
    ("whisper", NARROW, level, -0.5),
    ("power", WIDE, tilt, 1.0),
    ("power", WIDE, level, 1.0),
    ("articulation", WIDE, apart, 0.2),
    ("liveliness", WIDE, lambda name, value: measures.movement_db(vowel(name, value), RATE_HZ), 0.03),
]


@pytest.mark.parametrize(
    ("name", "values", "measure", "least"), MEASURED, ids=[f"{row[0]}-{i}" for i, row in enumerate(MEASURED)]
)
def test_the_measured_correlate_follows_the_control(
    name: str, values: tuple[float, ...], measure: Callable[[str, float], float], least: float
) -> None:
    found = [measure(name, value) for value in values]
    steps = np.diff(found) * np.sign(least)
    assert steps.min() >= abs(least), f"{name} {values}: {np.round(found, 4)}"


def test_every_colour_is_measured() -> None:
    assert {row[0] for row in MEASURED} | {"gender"} == set(COLOURS)  # gender: test_expression.py


def pitch_error_cents(sound: np.ndarray) -> float:
    f0_hz, _ = pyworld.harvest(sound.astype(np.float64), RATE_HZ, f0_floor=60.0, f0_ceil=1_000.0)
    inner = f0_hz[5:-5]
    return float(1200.0 * np.log2(np.median(inner[inner > 0]) / F0_HZ))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (name, value)
        for name in COLOURS
        if name != "whisper"
        for value in sorted({max(CONTROLS[name].lowest, -12.0), min(CONTROLS[name].highest, 6.0)} - {0.0})
    ],
)
def test_the_pitch_stays(name: str, value: float) -> None:
    assert abs(pitch_error_cents(vowel(name, value))) < 5.0


def test_a_whisper_has_no_pitch() -> None:
    voiced = [
        float((measures.pitch_track_hz(vowel("whisper", value), RATE_HZ) > 0).mean()) for value in (0.0, 1.0)
    ]
    assert voiced[0] > 0.95
    assert voiced[1] < 0.05


@pytest.mark.parametrize("name", ["falsetto", "growl", "vocal_fry"])
def test_voiceless_sounds_keep_their_colour(name: str) -> None:
    """What acts on the vocal folds alone leaves an s as it is, to a decibel; brightness does not."""

    def hiss(**controls: float) -> float:
        return measures.spectrum_db(
            sung(phrase(spans=HISS, **controls))[6_000:20_000], RATE_HZ, 4_000, 12_000
        )

    assert hiss(**{name: 1.0}) == pytest.approx(hiss(), abs=1.0)
    assert hiss(brightness=1.0) > hiss() + 5.0


ALL = {"loudness_db": -3.0, "gender": -0.5} | dict.fromkeys(
    ("growl", "vocal_fry", "falsetto", "whisper"), 0.6
)


def test_sound_does_not_depend_on_the_blocks() -> None:
    part = phrase(spans=MA_SI, mouth_opening=0.5, brightness=0.5, **ALL)
    rise = np.linspace(0.0, 1.0, part.frames, dtype=np.float32)
    part = replace(part, curves={**part.curves, "growl": rise, "whisper": 0.8 * rise[::-1]})
    whole = sung(part, 1_000)
    for block_frames in (1, 7, 64):
        assert np.abs(sung(part, block_frames) - whole).max() < 1e-5
    np.testing.assert_array_equal(sung(part, 64), sung(part, 64))


@pytest.mark.parametrize("end", ["lowest", "highest"])
def test_no_setting_clips_or_explodes(end: str) -> None:
    extremes = {name: getattr(CONTROLS[name], end) for name in COLOURS}
    audio = render(song(phrase(**extremes)), voice())
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max() <= 10 ** (-1 / 20) + 1e-4


def test_neutral_controls_cost_and_change_nothing() -> None:
    plain = Features(np.full((4, 96), -5.0, np.float32), np.full((4, 12), 0.2, np.float32))
    still = np.zeros(4, np.float32)
    assert express(plain, {**dict.fromkeys(COLOURS, still), "f0_hz": still + 200}) is plain
    assert whispered(plain.envelope, plain.envelope, still)[0] is plain.envelope
    turns = np.linspace(0.0, 40.0, 5_000)
    moved, gain, highest = roughened(turns, 3, np.zeros(5_000), np.zeros(5_000), seed=1)
    assert np.array_equal(moved, turns)
    assert (gain == 1.0).all()
    assert (highest == 1.0).all()


def test_neutral_later_controls_do_not_name_another_noise() -> None:
    part = phrase()
    digest = hashlib.sha256()
    for span in part.phones:
        times = [round((time_s - part.start_s) * 1e6) for time_s in (span.start_s, span.end_s)]
        digest.update(f"{span.symbol}|{span.role}|{span.language}|{times[0]}|{times[1]}\n".encode())
    for name in FIRST_CURVES:
        digest.update(name.encode() + part.curves[name].tobytes())
    assert content_digest(part) == digest.digest()
    assert content_digest(phrase(growl=0.1)) != digest.digest()


def test_roughness_goes_on_where_the_stream_was_cut() -> None:
    turns = np.linspace(0.0, 39.7, 6_000)
    growl, fry = np.full(6_000, 0.7), np.full(6_000, 0.9)
    whole = roughened(turns, 0, growl, fry, seed=9)
    cut = 2_345
    pulses = int(turns[cut] // 1)
    later = roughened(turns[cut:] - pulses, pulses, growl[cut:], fry[cut:], seed=9)
    np.testing.assert_allclose(later[0] + pulses, whole[0][cut:], atol=1e-9)
    np.testing.assert_allclose(later[1], whole[1][cut:], atol=1e-9)
    assert np.abs(np.diff(whole[1])).max() < 0.1
    assert np.diff(whole[0]).min() > 0
    assert np.gradient(whole[0], turns).max() <= whole[2].max()
    assert not np.array_equal(roughened(turns, 0, growl, fry, seed=10)[1], whole[1])


def test_the_self_check_looks_for_pitch_where_one_is_due() -> None:
    counts = []
    for whisper in (0.0, 1.0):
        meter = QualityMeter(song(phrase(whisper=whisper)), RATE_HZ)
        counts.append(meter.result().points)
    assert counts[0] > 5
    assert counts[1] == 0


class TestTable:
    def test_all_controls_are_neutral_at_0_and_bounded(self) -> None:
        for name, control in CONTROLS.items():
            assert control.default == 0.0
            assert control.lowest <= 0.0 < control.highest
            assert control.refusal(name, control.lowest) is None
            assert control.refusal(name, control.highest) is None
            for value in (control.lowest - 0.1, control.highest + 0.1, float("nan")):
                assert name in (control.refusal(name, value) or "")

    def test_the_wire_types_have_the_same_names(self) -> None:
        assert tuple(ScoreCurvesDocument.model_fields) == tuple(CONTROLS)
        assert tuple(CurvesDocument.model_fields) == ("f0_hz", *COLOURS)
        assert tuple(MarksDocument.model_fields) == ("f0_hz", *COLOURS)
        assert set(FIRST_CURVES) | set(LATER_CURVES) == {"f0_hz", *COLOURS}
        assert set(NOTE_COLOURS) == set(COLOURS) - {"loudness_db"}

    def test_a_phrase_made_without_later_controls_has_them_neutral(self) -> None:
        old = phrase()
        again = PhrasePerformance(
            old.start_s,
            old.phones,
            {name: old.curves[name] for name in FIRST_CURVES},
            {name: old.marks[name] for name in FIRST_CURVES},
            0,
        )
        assert all(not again.curves[name].any() for name in LATER_CURVES)
        assert set(again.marks) == {"f0_hz", *COLOURS}


class TestAdjusting:
    def test_values_are_added_and_kept_in_range(self) -> None:
        plain = song(phrase(f0_hz=200.0, breathiness=0.3))
        turned = adjusted(plain, {"breathiness": 0.9, "pitch_cents": 1200.0, "growl": 0.5}).phrases[0]
        assert turned.curves["breathiness"].max() == 1.0
        assert turned.curves["f0_hz"] == pytest.approx(400.0)
        assert turned.curves["growl"] == pytest.approx(0.5)
        assert np.array_equal(turned.curves["tension"], plain.phrases[0].curves["tension"])
        assert adjusted(plain, {"growl": 0.0}) is plain

    @pytest.mark.parametrize(("name", "value"), [("growl", 1.5), ("growl", float("nan")), ("volume", 1.0)])
    def test_bad_values_are_refused(self, name: str, value: float) -> None:
        with pytest.raises(PerformanceError) as caught:
            adjusted(song(phrase()), {name: value})
        assert (caught.value.code, caught.value.where) == ("control", f"control {name}")

    def test_a_control_may_move_from_frame_to_frame(self) -> None:
        part = phrase()
        moved = turn(part, "whisper", np.linspace(0.0, 2.0, part.frames)).curves["whisper"]
        assert moved[0] == 0.0
        assert moved[-1] == 1.0
        assert all(after >= before for before, after in pairwise(moved))


def test_tables_of_single_notes_have_bounds_around_their_defaults() -> None:
    for table in (VIBRATO, PORTAMENTO, BREATH):
        for control in table.values():
            assert control.default is None or control.lowest <= control.default <= control.highest

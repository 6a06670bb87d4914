"""The exported duration, pitch and variance models keep the engine's rules of performance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from singer.emotions import EMOTIONS
from singer.performance.note_styles import blend
from singer.performance.perform import perform_phrase
from singer.performance.performance import PhrasePerformance
from singer.performance.style import Style
from tests.singer.performance.phrase_builders import phrase
from tests.voicebanks.openutau.phrases_for_banks import session, tokens_of
from voicebanks.openutau_export import units
from voicebanks.openutau_export.durations import FRAME_S, duration_model, word_encoder
from voicebanks.openutau_export.pitch import phone_encoder, pitch_model
from voicebanks.openutau_export.styles import (
    DURATION_STYLE,
    PITCH_STYLE,
    VARIANCE_STYLE,
    control_embedding,
    speakers,
    style_embedding,
)
from voicebanks.openutau_export.tokens import token_ids, token_table
from voicebanks.openutau_export.variance import variance_model

QUIET = Style(breaths=False, drift_cents=0.0, fluctuation_cents=0.0)
LINE = [
    ("x ɑ u̯", 0.5, 60),
    ("i", 0.4, 62),
    ("tʰ w o", 0.25, 64),
    ("m ɑ ŋ", 0.8, 67),
    ("l i", 0.15, 65),
    ("x w a", 1.6, 60),
]


def frames_of(lengths_s: Any) -> np.ndarray:
    """Whole frames of consecutive lengths, as clients round them."""
    return np.diff(np.round(np.cumsum(lengths_s) / FRAME_S + 0.5).astype(np.int64), prepend=0)


def ids_of(names: list[str]) -> np.ndarray:
    return np.array([[token_ids()[name] for name in names]])


def speaker(emotion: str | None, fields: tuple[str, ...], count: int) -> np.ndarray:
    return np.tile(style_embedding({emotion: 1.0} if emotion else {}, fields), (1, count, 1))


def predicted_s(performed: PhrasePerformance, emotion: str | None = None) -> np.ndarray:
    """Lengths in seconds that the exported models give the phones, with words from vowel to vowel as OpenUtau has them."""
    names = tokens_of(performed)
    heads = [span.role == "nucleus" or span.symbol == "SP" for span in performed.phones]
    starts = [place for place, is_head in enumerate(heads) if is_head or place == 0]
    bounds = [*starts, len(names)]
    times_s = [performed.phones[place].start_s for place in starts] + [performed.phones[-1].end_s]
    word_dur = np.round(np.diff(times_s) / FRAME_S).astype(np.int64)
    hidden, masks = session(word_encoder()).run(
        ["encoder_out", "x_masks"],
        {"tokens": ids_of(names), "word_div": np.diff(bounds)[None], "word_dur": word_dur[None]},
    )
    given = {"encoder_out": hidden, "x_masks": masks, "ph_midi": np.full((1, len(names)), 60)}
    given["spk_embed"] = speaker(emotion, DURATION_STYLE, len(names))
    frames = session(duration_model()).run(["ph_dur_pred"], given)[0][0]
    for start, stop, whole in zip(bounds, bounds[1:], word_dur, strict=False):
        assert frames[start:stop].sum() == pytest.approx(whole, abs=0.01)
    return np.asarray(frames * FRAME_S)


@pytest.mark.parametrize(
    "rows", [LINE, [("p a", 0.1, 60), ("tsʰ w ɑ ŋ", 0.12, 62), ("ɕ j ɑ u̯", 0.3, 60), ("a", 1.0, 60)]]
)
@pytest.mark.parametrize("emotion", [None, "playful"])
def test_phones_last_as_long_as_in_the_engine(rows: Any, emotion: str | None) -> None:
    style = blend(QUIET, {emotion: 1.0}) if emotion else QUIET
    performed = perform_phrase(phrase(rows), style)
    lengths_s = [span.end_s - span.start_s for span in performed.phones]
    found_s = predicted_s(performed, emotion)
    inner = slice(1, -2)  # the silences and the last vowel end where the phrase does
    np.testing.assert_allclose(found_s[inner], lengths_s[inner], atol=0.008)


def test_english_words_share_their_notes() -> None:
    names = ["SP", "en/s", "en/t", "en/r", "en/ay", "en/k", "en/s", "en/p", "en/ae", "en/t", "SP"]
    div, dur = np.array([[4, 4, 2, 1]]), np.array([[43, 43, 43, 26]])
    hidden, masks = session(word_encoder()).run(
        None, {"tokens": ids_of(names), "word_div": div, "word_dur": dur}
    )
    given = {"encoder_out": hidden, "x_masks": masks, "ph_midi": np.full((1, len(names)), 60)}
    frames = session(duration_model()).run(None, {**given, "spk_embed": speaker(None, DURATION_STYLE, 1)})[0][
        0
    ]
    lengths_s = dict(zip(enumerate(names), frames * FRAME_S, strict=True))
    assert lengths_s[4, "en/ay"] > 0.2
    assert 0.05 < lengths_s[5, "en/k"] < lengths_s[6, "en/s"] < 0.13
    assert all(length_s >= 0.02 for length_s in lengths_s.values())


def pitch_of(
    rows: Any, notes: list[tuple[float | None, float]], emotion: str | None = None, **given: Any
) -> np.ndarray:
    """Pitch in cents that the exported model gives to notes (MIDI or None, seconds), every frame of 512 samples."""
    midi = [pitch for pitch, _ in notes]
    sung = [place for place, pitch in enumerate(midi) if pitch is not None]
    filled = [midi[min(sung, key=lambda other, here=place: abs(other - here))] for place in range(len(midi))]
    note_dur = frames_of([length_s for _, length_s in notes])
    total = int(note_dur.sum())
    tokens, ph_dur = ids_of(["SP", "zh/a"]), np.array([[1, total - 1]])
    hidden = session(phone_encoder()).run(["encoder_out"], {"tokens": tokens, "ph_dur": ph_dur})[0]
    inputs = {
        "encoder_out": hidden,
        "ph_dur": ph_dur,
        "note_midi": np.array([filled], np.float32),
        "note_rest": np.array([[pitch is None for pitch in midi]]),
        "note_dur": note_dur[None],
        "pitch": np.full((1, total), 60.0, np.float32),
        "expr": np.ones((1, total), np.float32),
        "retake": np.ones((1, total), bool),
        "spk_embed": speaker(emotion, PITCH_STYLE, total),
        "steps": np.array([10]),
    }
    return np.asarray(session(pitch_model()).run(["pitch_pred"], {**inputs, **given})[0][0]) * 100


@pytest.mark.parametrize("emotion", [None, "melancholic", "playful", "powerful"])
def test_pitch_is_the_engines_without_its_drift(emotion: str | None) -> None:
    style = blend(QUIET, {emotion: 1.0}) if emotion else QUIET
    rows = [("l a", 0.5, 60), ("l a", 0.3, 64), ("l a", 1.5, 67), ("l a", 0.2, 55), ("l a", 0.9, 57)]
    performed = perform_phrase(phrase(rows, start_s=1.0), style)
    want = 6900 + 1200 * np.log2(performed.curves["f0_hz"] / 440)
    found = pitch_of(
        rows, [(None, 0.5), *((midi, length_s) for _, length_s, midi in rows), (None, 0.1)], emotion
    )
    at_s = 0.5 + np.arange(len(found)) * FRAME_S
    inside = (at_s > 1.0) & (at_s < 4.4)
    engine = np.interp(at_s[inside], performed.start_s + np.arange(len(want)) / 100, want)
    off = np.abs(found[inside] - engine)
    assert np.median(off) < 1.5
    assert np.percentile(off, 90) < 12.0  # a note begins up to half a frame of 11.6 ms early or late
    assert off.max() < 120.0


def test_rests_scoops_and_frames_that_are_kept() -> None:
    notes = [(None, 0.4), (60, 1.0), (None, 0.4), (72, 0.5), (None, 0.2)]
    found = pitch_of([], notes)
    at_s = np.arange(len(found)) * FRAME_S
    assert found[(at_s > 0.41) & (at_s < 0.43)].max() < 6_000  # the scoop
    assert np.abs(found[(at_s > 1.0) & (at_s < 1.1)] - 6_000).max() < 50
    assert np.abs(found[(at_s > 1.95) & (at_s < 2.1)] - 7_200).max() < 3
    total = len(found)
    retake = np.arange(total)[None] >= total // 2
    kept = pitch_of([], notes, retake=retake, pitch=np.full((1, total), 50.0, np.float32))
    assert (kept[: total // 2] == 5_000).all()
    np.testing.assert_allclose(kept[total // 2 :], found[total // 2 :])
    flat = pitch_of([], notes, expr=np.zeros((1, 1), np.float32))
    held = (at_s > 0.5) & (at_s < 1.3)
    np.testing.assert_allclose(flat[held], 6_000, atol=0.1)
    assert np.abs(found[held] - 6_000).max() > 10  # vibrato


def variances(performed: PhrasePerformance, emotion: str | None = None) -> dict[str, np.ndarray]:
    """Controls that the exported model gives a phrase, at its frames of 512 samples."""
    lengths = frames_of([span.end_s - span.start_s for span in performed.phones])
    total, at_s = int(lengths.sum()), np.arange(lengths.sum()) * FRAME_S
    f0_hz = np.interp(at_s, np.arange(performed.frames) / 100, performed.curves["f0_hz"])
    tokens = ids_of(tokens_of(performed))
    hidden = session(phone_encoder()).run(["encoder_out"], {"tokens": tokens, "ph_dur": lengths[None]})[0]
    nothing = np.zeros((1, total), np.float32)
    inputs = {
        "encoder_out": hidden,
        "ph_dur": lengths[None],
        "pitch": (69 + 12 * np.log2(f0_hz / 440)).astype(np.float32)[None],
        **dict.fromkeys(("energy", "breathiness", "tension"), nothing),
        "retake": np.ones((1, total, 3), bool),
        "spk_embed": speaker(emotion, VARIANCE_STYLE, total),
        "steps": np.array([10]),
    }
    names = ["energy_pred", "breathiness_pred", "tension_pred"]
    energy, breathiness, tension = (each[0] for each in session(variance_model()).run(names, inputs))
    return {
        "loudness_db": energy - units.NEUTRAL_ENERGY_DB,
        "breathiness": (breathiness - units.NEUTRAL_BREATHINESS_DB) / units.BREATHINESS_DB,
        "tension": tension / units.TENSION_LOGIT,
    }


@pytest.mark.parametrize("emotion", [None, "tender"])
def test_dynamics_are_the_engines(emotion: str | None) -> None:
    style = blend(QUIET, {emotion: 1.0}) if emotion else QUIET
    performed = perform_phrase(phrase(LINE, start_s=1.0), replace(style, breaths=True))
    assert "AP" in [span.symbol for span in performed.phones]
    found = variances(performed, emotion)
    at_s = np.arange(len(found["tension"])) * FRAME_S
    for name, most, often in (
        ("loudness_db", 3.0, 0.5),
        ("breathiness", 0.05, 0.02),
        ("tension", 0.03, 0.02),
    ):
        engine = np.interp(at_s, np.arange(performed.frames) / 100, performed.curves[name])
        steep = np.abs(np.gradient(engine)) > (4.0 if name == "loudness_db" else 1.0)
        off = np.abs(found[name] - engine)[~steep]
        assert off.max() < most * (4.0 if name == "loudness_db" else 1.0), name
        assert np.percentile(off, 90) < most, name
        assert np.median(off) < often, name


def test_silence_is_silent_and_breath_is_heard() -> None:
    performed = perform_phrase(phrase(LINE, start_s=1.0), Style())
    loudness = variances(performed)["loudness_db"]
    spans = {span.symbol: span for span in performed.phones if span.role is None}
    middle = {name: (span.start_s + span.end_s) / 2 - performed.start_s for name, span in spans.items()}
    breath = loudness[round(middle["AP"] / FRAME_S)]
    assert -14.0 < breath < -8.0
    assert loudness[0] < -55.0
    assert loudness[-1] < -45.0


def test_speakers_are_the_emotions() -> None:
    cast = speakers("mine")
    assert list(cast) == ["mine", *(f"mine-{name}" for name in EMOTIONS)]
    plain, tender = (control_embedding(cast[name], {"gender": 0.5}) for name in ("mine", "mine-tender"))
    at = units.SPEAKER_CONTROLS.index
    assert plain[at("gender")] == tender[at("gender")] == 0.5
    assert tender[at("power")] == EMOTIONS["tender"].controls["power"]
    assert not np.any(plain[at("loudness_db")])


def test_every_token_has_a_length() -> None:
    """A word of a vowel and any consonant token is filled by both."""
    encoder, predictor = session(word_encoder()), session(duration_model())
    for name, token in token_table().items():
        if token.kind == "vowel":
            continue
        names = ["SP", "zh/a", name, "zh/a"]
        given = {
            "tokens": ids_of(names),
            "word_div": np.array([[1, 2, 1]]),
            "word_dur": np.array([[40, 40, 40]]),
        }
        hidden, masks = encoder.run(None, given)
        more = {"ph_midi": np.full((1, 4), 60), "spk_embed": speaker(None, DURATION_STYLE, 1)}
        frames = predictor.run(None, {"encoder_out": hidden, "x_masks": masks, **more})[0][0]
        if token.role != "nucleus":
            assert 2.0 < frames[2] < 15.0, name
        assert frames[1] + frames[2] == pytest.approx(40.0, abs=2.0), name

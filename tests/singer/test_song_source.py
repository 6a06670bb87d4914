"""A song sung phrase by phrase equals the song performed as a whole; appended notes change nothing that was sung."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from singer.errors import ScoreError, SingerError
from singer.live.controls import LiveControls
from singer.performance.performance import PhrasePerformance
from singer.render import RenderOptions, render, stream_phrases
from singer.score import Note, Score
from singer.score_io import load_score
from singer.song import perform_song
from singer.song_source import SongSource
from singer.voice import Voice
from voicebanks.load import load_voice

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


def song(bars: int, language: str = "zh") -> Score:
    """Four notes and a rest of a beat in each bar."""
    notes = [
        Note(5 * bar + beat, 1, 60 + (3 * bar + beat) % 7, lyric)
        for bar in range(bars)
        for beat, lyric in enumerate(("la", "la", "-", "la"))
    ]
    return Score(tuple(notes), language=language)


def sung(source: SongSource, voice: Voice, live: LiveControls | None = None) -> Iterator[np.ndarray]:
    for chunk in stream_phrases(source, voice, live=live):
        assert chunk is not None
        yield chunk.samples


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_phrases_are_those_of_the_whole_performance(path: Path) -> None:
    score, suyin = load_score(path), load_voice("suyin")
    whole = perform_song(score, suyin)
    source = SongSource(score, suyin)
    for expected, phrase in zip(whole.performance.phrases, source.phrases(), strict=True):
        assert phrase is not None
        assert (phrase.start_s, phrase.phones, phrase.index) == (
            expected.start_s,
            expected.phones,
            expected.index,
        )
        for name, curve in expected.curves.items():
            np.testing.assert_array_equal(phrase.curves[name], curve)
    assert source.end_s == pytest.approx(whole.performance.duration_s, abs=1e-6)
    assert source.warnings == whole.warnings


@pytest.mark.parametrize("rate", [None, 48_000])
def test_samples_are_those_of_the_whole_song(voice: Voice, rate: int | None) -> None:
    options = RenderOptions(sample_rate_hz=rate)
    whole = render(song(4), voice, options=options)
    parts = [
        chunk.samples
        for chunk in stream_phrases(SongSource(song(4), voice), voice, options=options)
        if chunk is not None
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole.samples)


def test_an_appended_song_is_the_same_song(voice: Voice) -> None:
    whole = song(6)
    source = SongSource(replace(whole, notes=whole.notes[:5]), voice, is_open=True)
    assert source.duration_s is None
    parts, added, waits = [], 5, 0
    for chunk in stream_phrases(source, voice):
        if chunk is None:
            waits += 1
            step = whole.notes[added : added + 3]
            added += len(step)
            assert source.append(step, is_final=added == len(whole.notes)) == added
        else:
            parts.append(chunk.samples)
    assert waits >= 4
    assert source.duration_s == pytest.approx(whole.duration_s)
    np.testing.assert_array_equal(np.concatenate(parts), render(whole, voice).samples)


def test_appending_reads_only_what_may_have_changed(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = song(40)
    source = SongSource(replace(whole, notes=whole.notes[:8]), voice, is_open=True)
    phrases, read = source.phrases(), []
    from singer import song_source

    real = song_source.laid_for
    monkeypatch.setattr(
        song_source, "laid_for", lambda score, who: read.append(len(score.notes)) or real(score, who)
    )
    for first in range(8, 160, 4):
        assert next(phrases) is not None
        source.append(whole.notes[first : first + 4], is_final=False)
    assert max(read) <= 16


def test_a_note_that_begins_with_a_hold_after_a_rest_goes_on_with_its_word(voice: Voice) -> None:
    notes = (Note(0, 1, 60, "la"), Note(2, 1, 62, "-"), Note(4, 1, 64, "-"), Note(6, 1, 62, "la"))
    source = SongSource(Score(notes[:2], language="zh"), voice, is_open=True)
    phrases = source.phrases()
    assert next(phrases) is not None
    source.append(notes[2:3], is_final=False)
    assert next(phrases) is not None
    source.append(notes[3:], is_final=True)
    found = [phrase for phrase in phrases if phrase is not None]
    whole = perform_song(Score(notes, language="zh"), voice).performance.phrases
    assert [phrase.phones for phrase in found] == [phrase.phones for phrase in whole[2:]]


@pytest.mark.parametrize(
    ("notes", "code", "where"),
    [
        ((Note(8.5, 1, 60, "la"),), "note_overlap", "note 8"),
        ((Note(10, 1, 127, "la"),), "outside_range", 'note 8 "la" (bar 3)'),
        ((Note(10, 1, 60, "zzz9"),), "", "note 8"),
    ],
)
def test_what_cannot_be_appended_is_refused_and_nothing_changes(
    voice: Voice, notes: tuple[Note, ...], code: str, where: str
) -> None:
    source = SongSource(song(2, "en"), voice, is_open=True)
    with pytest.raises(SingerError) as caught:
        source.append(notes, is_final=True)
    assert code in caught.value.code
    assert caught.value.where.startswith(where)
    assert source.append((), is_final=True) == 8


def test_a_complete_song_takes_no_notes(voice: Voice) -> None:
    with pytest.raises(ScoreError, match="complete"):
        SongSource(song(1), voice).append((Note(9, 1, 60, "la"),), is_final=False)


def test_phrases_are_known_one_ahead_and_told_once(voice: Voice) -> None:
    source = SongSource(song(3), voice)
    phrases = source.phrases()
    assert [phrase.index for phrase in source.newly_known()] == [0]
    next(phrases)
    assert [phrase.index for phrase in source.newly_known()] == [1]
    next(phrases)
    next(phrases)
    assert [phrase.index for phrase in source.newly_known()] == [2]
    assert source.newly_known() == []


def test_a_control_turned_while_the_song_sounds_acts_on_what_follows(voice: Voice) -> None:
    plain = np.concatenate(list(sung(SongSource(song(4), voice), voice)))
    live, parts = LiveControls(), []
    for number, samples in enumerate(sung(SongSource(song(4), voice), voice, live)):
        parts.append(samples)
        if number == 4:
            live.turn("loudness_db", -12.0, ramp_ms=100.0)
    turned = np.concatenate(parts)
    (told,) = live.told()
    assert (told.name, told.value) == ("loudness_db", -12.0)
    first = told.frame * voice.spec.hop_samples
    before = first - 2 * voice.spec.hop_samples
    np.testing.assert_array_equal(turned[:before], plain[:before])
    later = first + 12 * voice.spec.hop_samples
    gain_db = 20 * np.log10(np.sqrt(np.mean(turned[later:] ** 2) / np.mean(plain[later:] ** 2)))
    assert -16 < gain_db < -9


def test_live_controls_that_stay_neutral_change_nothing(voice: Voice) -> None:
    plain = np.concatenate(list(sung(SongSource(song(2), voice), voice)))
    np.testing.assert_array_equal(
        np.concatenate(list(sung(SongSource(song(2), voice), voice, LiveControls()))), plain
    )


def test_the_pitch_can_be_turned_too(voice: Voice) -> None:
    live = LiveControls()
    live.turn("pitch_cents", 1200.0, ramp_ms=0.0)
    high = np.concatenate(list(sung(SongSource(song(1), voice), voice, live)))
    score = song(1)
    octave = replace(score, notes=tuple(replace(note, midi=note.midi + 12) for note in score.notes))
    spectrum, expected = (np.abs(np.fft.rfft(wave, 2**18)) for wave in (high, render(octave, voice).samples))
    assert abs(int(np.argmax(spectrum)) - int(np.argmax(expected))) < 20


@pytest.mark.parametrize(
    ("name", "value", "ramp_ms", "code"),
    [
        ("nonsense", 0.0, 50.0, "control"),
        ("tension", 3.0, 50.0, "control"),
        ("tension", float("nan"), 50.0, "control"),
        ("tension", 0.5, -1.0, "ramp"),
        ("tension", 0.5, 1e6, "ramp"),
    ],
)
def test_wrong_controls_are_refused(name: str, value: float, ramp_ms: float, code: str) -> None:
    with pytest.raises(SingerError) as caught:
        LiveControls().turn(name, value, ramp_ms)
    assert caught.value.code == code


def test_a_ramp_starts_where_the_last_one_has_come_to() -> None:
    live = LiveControls()
    live.turn("tension", 1.0, ramp_ms=100.0)
    live.fix(0)
    live.turn("tension", 0.0, ramp_ms=100.0)
    ramp = live.fix(5)["tension"]
    assert ramp.at(np.array([4]))[0] == pytest.approx(0.5)
    assert ramp.at(np.array([14, 30])).tolist() == pytest.approx([0.0, 0.0])


def test_a_song_that_is_cut_ends_with_the_phrase_that_is_sung(voice: Voice) -> None:
    source = SongSource(song(4), voice)
    chunks = stream_phrases(source, voice)
    parts = [next(chunks)]
    source.newly_known()
    source.cut()
    parts += list(chunks)
    length = sum(len(chunk.samples) for chunk in parts if chunk is not None)
    first = perform_song(song(4), voice).performance.phrases[0]
    assert length == voice.spec.sample_at(first.end_s)
    assert source.newly_known() == []


def changed(voice: Voice, **change: float) -> tuple[list[PhrasePerformance], list[PhrasePerformance]]:
    """Phrases after the first two, as they were and after a change while the first one is sung."""
    source = SongSource(song(5), voice)
    phrases = source.phrases()
    assert next(phrases) is not None
    source.newly_known()
    assert source.change(**change) == 8, "one phrase is sung, one performed ahead"
    plain = perform_song(song(5), voice).performance.phrases
    following = [phrase for phrase in phrases if phrase is not None]
    assert following[0].phones == plain[1].phones
    return list(plain[2:]), following[1:]


def test_the_key_changes_for_what_is_not_performed_yet(voice: Voice) -> None:
    for before, after in zip(*changed(voice, semitones=3), strict=True):
        cents = 1200 * np.log2(after.curves["f0_hz"] / before.curves["f0_hz"])
        np.testing.assert_allclose(np.median(cents), 300, atol=5)


def test_the_tempo_changes_for_what_is_not_performed_yet(voice: Voice) -> None:
    before, after = changed(voice, tempo_factor=1.25)
    starts = [np.diff([phrase.phones[-2].start_s for phrase in phrases]) for phrases in (before, after)]
    np.testing.assert_allclose(starts[1], starts[0] / 1.25, atol=0.03)


def test_a_key_that_cannot_be_sung_changes_nothing(voice: Voice) -> None:
    source = SongSource(song(3), voice)
    with pytest.raises(ScoreError, match="outside the range"):
        source.change(semitones=60)
    plain = perform_song(song(3), voice).performance.phrases
    assert [phrase.phones for phrase in source.phrases() if phrase] == [phrase.phones for phrase in plain]
    assert source.change(semitones=1) is None

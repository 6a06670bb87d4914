"""Scores to queries and queries to performances: lengths, places, pitch, breaths, and what our own performance would be."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np
import pytest

from api.server.voicevox.errors import SongError
from api.server.voicevox.frames import QUERY_RATE_HZ, VOLUME_AT_0_DB
from api.server.voicevox.models import FrameAudioQuery, FramePhoneme, Note, Score
from api.server.voicevox.phonemes import PHONEMES
from api.server.voicevox.query_song import check_query, performance_of
from api.server.voicevox.score_query import check_score, f0_for, query_of, volume_for
from singer.performance.performance import Performance, PhoneSpan
from singer.score_json import document_to_score
from singer.song import perform_song
from voicebanks.load import load_voice

VOICE = load_voice("builtin")
SAKURA = [(None, 60, "")] + [
    (key, 45, kana) for key, kana in zip((69, 69, 71, 69, 69, 71), "さくらさくら", strict=True)
]
SONG = [
    *SAKURA, (None, 94, ""), (60, 30, "キャ"), (60, 20, "っ"), (64, 40, "と"), (65, 40, "ん"), (None, 15, ""), (67, 40, "ひ"),
    (None, 47, ""),
]  # fmt: skip


def score(notes: list[tuple[int | None, int, str]]) -> Score:
    return Score(
        notes=[
            Note(id=f"n{number}", key=key, frame_length=frames, lyric=lyric)
            for number, (key, frames, lyric) in enumerate(notes)
        ]
    )


def query(song: str, /, **changes: Any) -> FrameAudioQuery:
    """A query of phonemes written as ``pau20 a40``, on 220 Hz and at the singer's own level unless told otherwise."""
    parts = [re.fullmatch(r"([A-Za-z]+)(\d+)", each) for each in song.split()]
    phonemes = [FramePhoneme(phoneme=part[1], frame_length=int(part[2])) for part in parts if part]
    frames = sum(each.frame_length for each in phonemes)
    made = {
        "f0": [220.0] * frames,
        "volume": [VOLUME_AT_0_DB] * frames,
        "phonemes": phonemes,
        "volumeScale": 1.0,
        "outputSamplingRate": 44_100,
        "outputStereo": False,
    }
    return FrameAudioQuery(**{**made, **changes})


def spans(performance: Performance) -> list[PhoneSpan]:
    return [span for phrase in performance.phrases for span in phrase.phones]


@pytest.fixture(scope="module")
def made() -> FrameAudioQuery:
    return query_of(score(SONG), 44_100)


def test_vowels_start_with_their_notes_and_all_frames_are_covered(made: FrameAudioQuery) -> None:
    ends = np.cumsum([frames for _, frames, _ in SONG])
    reached, starts = 0, {}
    for each in made.phonemes:
        starts[each.note_id] = reached  # the last phoneme of a note wins: its vowel
        assert each.frame_length > 0
        reached += each.frame_length
    assert reached == ends[-1] == len(made.f0) == len(made.volume)
    for number, (key, frames, _) in enumerate(SONG):
        if key is not None:
            assert starts[f"n{number}"] == ends[number] - frames
    assert [each.phoneme for each in made.phonemes][:5] == ["pau", "s", "a", "k", "u"]
    assert (made.volumeScale, made.outputSamplingRate, made.outputStereo) == (1.0, 44_100, False)


def test_pitch_is_that_of_the_keys_and_volume_is_loud_where_it_sings(made: FrameAudioQuery) -> None:
    hz, volume = np.array(made.f0), np.array(made.volume)
    ends = np.cumsum([frames for _, frames, _ in SONG])
    for (key, frames, _), end in zip(SONG, ends, strict=True):
        middle = slice(end - frames // 2 - 5, end - frames // 2 + 5)
        if key is None:
            continue
        expected_hz = 440.0 * 2 ** ((key - 69) / 12)
        assert abs(1200 * np.log2(np.median(hz[middle]) / expected_hz)) < 20
        assert 0.03 < np.median(volume[middle]) < 0.13
    assert (hz > 0).all()
    rest = volume[ends[6] + 25 : ends[7] - 65]
    assert (rest < 0.001).all()
    assert (volume > 0).all()


def test_a_part_made_anew_is_the_same_as_long_as_the_phonemes_are(made: FrameAudioQuery) -> None:
    assert f0_for(score(SONG), made.phonemes) == made.f0
    assert volume_for(score(SONG), made.phonemes, made.f0) == made.volume


def test_longer_phonemes_move_pitch_and_volume(made: FrameAudioQuery) -> None:
    """The fifth note is begun 20 frames later: what comes before stays, the rest moves with it."""
    longer = [each.model_copy() for each in made.phonemes]
    vowel = [number for number, each in enumerate(longer) if each.phoneme in "aiueo"][3]
    longer[vowel].frame_length += 20
    hz = f0_for(score(SONG), longer)
    volume = volume_for(score(SONG), longer, hz)
    assert len(hz) == len(volume) == len(made.f0) + 20
    here = sum(each.frame_length for each in longer[: vowel + 1])
    moved = 1200 * np.log2(np.array(hz[here + 20 : here + 60]) / np.array(made.f0[here : here + 40]))
    assert np.abs(moved).max() < 40
    assert np.abs(1200 * np.log2(np.array(hz[60:100]) / np.array(made.f0[60:100]))).max() < 15
    assert volume[-40:] == pytest.approx(made.volume[-40:], abs=3e-5)


def test_higher_notes_are_louder(made: FrameAudioQuery) -> None:
    higher = [hz * (2.0 if 250 < frame < 285 else 1.0) for frame, hz in enumerate(made.f0)]
    volume = volume_for(score(SONG), made.phonemes, higher)
    assert 1.1 < np.median(np.array(volume[260:280]) / made.volume[260:280]) < 1.5
    assert volume[440:] == made.volume[440:]
    with pytest.raises(SongError, match="f0の長さ"):
        volume_for(score(SONG), made.phonemes, made.f0[1:])


def test_a_query_is_sung_as_our_own_performance_of_the_score(made: FrameAudioQuery) -> None:
    notes, reached = [], 0
    for key, frames, lyric in SONG:
        if key is not None:
            start, length = reached / QUERY_RATE_HZ, frames / QUERY_RATE_HZ
            notes.append({"start": start, "duration": length, "pitch": key, "lyric": lyric})
        reached += frames
    document = {
        "format": "singer-score",
        "version": 1,
        "language": "ja",
        "tempo": [{"beat": 0, "bpm": 60}],
        "notes": notes,
    }
    own = perform_song(document_to_score(document), VOICE).performance
    found = performance_of(made, VOICE)
    assert found.duration_s == pytest.approx(reached / QUERY_RATE_HZ)
    assert len(found.phrases) == len(own.phrases) == 2
    for ours, theirs in zip(own.phrases, found.phrases, strict=True):
        sounds = [[span for span in phrase.phones if span.symbol != "SP"] for phrase in (ours, theirs)]
        assert [span.symbol for span in sounds[0]] == [span.symbol for span in sounds[1]]
        for one, other in zip(*sounds, strict=True):
            tolerance_s = 0.03 if one.symbol == "AP" else 0.6 / QUERY_RATE_HZ
            assert other.start_s == pytest.approx(one.start_s, abs=tolerance_s)
        first, second = (round(phrase.start_s * 100) for phrase in (ours, theirs))
        low, high = max(first, second), min(first + ours.frames, second + theirs.frames)
        for span in sounds[0]:
            if span.role != "nucleus" or span.symbol == "Q":
                continue
            held = range(max(low, round(span.start_s * 100) + 3), min(high, round(span.end_s * 100) - 3))
            one, other = (
                {name: phrase.curves[name][[frame - begun for frame in held]] for name in phrase.curves}
                for phrase, begun in ((ours, first), (theirs, second))
            )
            assert np.abs(1200 * np.log2(other["f0_hz"] / one["f0_hz"])).max() < 2.0
            assert np.abs(other["loudness_db"] - one["loudness_db"]).max() < 1.0
            for name in ("breathiness", "tension", "whisper"):
                assert np.abs(other[name] - one[name]).max() < 0.01


def test_consonants_take_frames_from_what_is_before_and_never_all() -> None:
    made = query_of(
        score([(None, 2, ""), (60, 1, "と"), (60, 2, "か"), (60, 50, "さ"), (None, 0, ""), (60, 9, "ま")]),
        24_000,
    )
    lengths = [each.frame_length for each in made.phonemes]
    assert [each.phoneme for each in made.phonemes] == ["pau", *"tokasa", "pau", "m", "a"]
    assert lengths == [1, 1, 1, 0, 1, 1, 50, 0, 0, 9]


def test_a_score_of_rests_is_silent() -> None:
    made = query_of(score([(None, 20, ""), (None, 10, "")]), 44_100)
    assert set(made.f0) == {0.0}
    assert max(made.volume) < 1e-4
    check_query(made)
    assert performance_of(made, VOICE).phrases == ()


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ([], "notesが空です。"),
        ([(None, 10, ""), (60, 10, "")], "lyricが空文字列の場合、keyはnullである必要があります。"),
        ([(None, 10, ""), (None, 10, "ア")], "keyがnullの場合、lyricは空文字列である必要があります。"),
        ([(None, 10, ""), (60, 10, "ー")], "lyricが不正です: ー"),
        ([(None, 10, ""), (60, 10, "さく")], "lyricが不正です: さく"),
        ([(None, 10, ""), (85, 10, "ア")], "notes[1]: keyは48から84まで (C3からC6まで) です: 85"),
        ([(None, 10, ""), (47, 10, "ア")], "notes[1]: keyは48から84まで (C3からC6まで) です: 47"),
        ([(None, -1, "")], "notes[0]: frame_lengthは0以上です: -1"),
        ([(None, 10, ""), (60, 0, "ア")], "notes[1]: frame_lengthは1から5625までです: 0"),
        ([(None, 10, ""), (60, 5626, "ア")], "notes[1]: frame_lengthは1から5625までです: 5626"),
    ],
)  # fmt: skip
def test_a_score_that_cannot_be_sung_says_why(notes: list[tuple[int | None, int, str]], message: str) -> None:
    with pytest.raises(SongError) as caught:
        check_score(score(notes), 48.0, 84.0)
    assert caught.value.message == message


def test_a_score_begins_with_no_consonant() -> None:
    with pytest.raises(SongError, match=r"consonant_lengths\[0\] must be 0"):
        query_of(score([(60, 10, "カ"), (None, 10, "")]), 44_100)
    assert query_of(score([(60, 10, "ア"), (None, 10, "")]), 44_100).phonemes[0].phoneme == "a"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"f0": [220.0]}, "f0の長さ"), ({"volume": []}, "volumeの長さ"),
        ({"phonemes": []}, "phonemesが空です"), ({"f0": [19.0] * 40}, "f0は0、または20から5000まで"),
        ({"f0": [-1.0] * 40}, "f0は0"), ({"f0": [5001.0] * 40}, "f0は0"), ({"volumeScale": -0.1}, "volumeScale"),
        ({"outputSamplingRate": 7_999}, "outputSamplingRate"), ({"outputSamplingRate": 192_001}, "outputSamplingRate"),
        ({"phonemes": [FramePhoneme(phoneme="x", frame_length=40)]}, "phoneme x is not valid"),
        ({"phonemes": [FramePhoneme(phoneme="a", frame_length=-40)]}, "frame_lengthは0以上"),
        ({"phonemes": [FramePhoneme(phoneme="a", frame_length=5_626)]}, "frame_lengthは5625まで"),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_sung_says_why(changes: dict[str, Any], message: str) -> None:
    check_query(query("pau10 a30"))
    with pytest.raises(SongError) as caught:
        check_query(query("pau10 a30", **changes))
    assert message in caught.value.message


def test_other_phonemes_than_the_scores_are_refused(made: FrameAudioQuery) -> None:
    for wrong in (made.phonemes[:-1], [*made.phonemes[:-1], FramePhoneme(phoneme="a", frame_length=47)]):
        with pytest.raises(SongError, match="一致しません"):
            f0_for(score(SONG), wrong)


def test_pitch_and_lengths_are_those_of_the_query() -> None:
    hz = 300.0 * 2 ** (np.sin(np.arange(140) / 12.0) / 12.0)
    found = performance_of(query("pau20 k10 a60 N30 pau20", f0=hz.tolist()), VOICE)
    (phrase,) = found.phrases
    at_s = {span.symbol: span.start_s for span in phrase.phones}
    assert [span.symbol for span in phrase.phones] == ["SP", "k", "a", "ɴ", "SP"]
    assert [at_s["k"], at_s["a"], at_s["ɴ"]] == pytest.approx([20 / 93.75, 30 / 93.75, 90 / 93.75])
    times_s = (np.arange(140) + 0.5) / 93.75
    inside = (times_s > phrase.start_s + 0.02) & (times_s < phrase.end_s - 0.01)
    frames_s = phrase.start_s + np.arange(phrase.frames) / 100
    cents = 1200 * np.log2(np.interp(times_s[inside], frames_s, phrase.curves["f0_hz"]) / hz[inside])
    assert np.abs(cents).max() < 1.0


def test_a_sound_without_pitch_is_whispered_and_keeps_a_pitch() -> None:
    hz = [0.0] * 30 + [200.0] * 40 + [0.0] * 30 + [400.0] * 40
    (phrase,) = performance_of(query("pau20 a60 i60", f0=hz), VOICE).phrases
    frame = {time_s: round((time_s - phrase.start_s) * 100) for time_s in (0.27, 0.5, 0.9, 1.2)}
    whisper = phrase.curves["whisper"]
    assert [round(float(whisper[at])) for at in frame.values()] == [1, 0, 1, 0]
    assert phrase.curves["f0_hz"][frame[0.9]] == pytest.approx(200 * 2**0.5, rel=0.1)
    (phrase,) = performance_of(query("pau20 k10 A30 s10 a40 pau20"), VOICE).phrases
    assert phrase.curves["whisper"][round((0.45 - phrase.start_s) * 100)] == 1.0
    assert phrase.curves["whisper"][round((1.0 - phrase.start_s) * 100)] == 0.0


def breathing(volume: list[float], rest: int = 100) -> list[tuple[float, float]]:
    found = performance_of(query(f"pau20 a60 pau{rest} a60", volume=volume), VOICE)
    return [
        (span.start_s * QUERY_RATE_HZ, span.end_s * QUERY_RATE_HZ)
        for span in spans(found)
        if span.symbol == "AP"
    ]


def test_a_pause_that_is_loud_in_its_middle_is_a_breath() -> None:
    loud, still = [VOLUME_AT_0_DB] * 60, [1e-5] * 20
    assert breathing(still + loud + [1e-5] * 100 + loud) == []
    ((start, end),) = breathing(still + loud + [1e-5] * 50 + [0.03] * 35 + [1e-5] * 15 + loud)
    assert (start, end) == pytest.approx((130, 165), abs=1)


def test_the_end_of_a_sound_is_no_breath_nor_is_a_pause_that_is_loud_all_through() -> None:
    loud, still = [VOLUME_AT_0_DB] * 60, [1e-5] * 20
    assert breathing(still + loud + [0.03] * 40 + [1e-5] * 60 + loud) == []
    assert breathing(still + loud + [1e-5] * 60 + [0.03] * 40 + loud) == []
    assert breathing([0.05] * 240) == []
    assert breathing(still + loud + [1e-5] * 60 + [0.03] * 5 + [1e-5] * 35 + loud) == []


def test_any_phonemes_in_any_order_make_a_performance() -> None:
    """What is made checks itself: spans without gaps, curves in their bounds, frames for all phones."""
    symbols = [*sorted(PHONEMES), *["pau"] * 20, *["a", "i", "u"] * 5]
    for seed in range(150):
        chosen = random.Random(seed)
        phonemes = [
            FramePhoneme(
                phoneme=chosen.choice(symbols), frame_length=chosen.choice((0, 1, 1, 2, 3, 10, 30, 60, 200))
            )
            for _ in range(chosen.randint(1, 20))
        ]
        frames = sum(each.frame_length for each in phonemes)
        if not frames:
            continue
        asked = query(
            "pau1",
            phonemes=phonemes,
            f0=[chosen.choice((0.0, 20.0, 220.0, 5000.0)) for _ in range(frames)],
            volume=[chosen.choice((0.0, 0.06, -0.01, 1e9)) for _ in range(frames)],
        )
        check_query(asked)
        found = performance_of(asked, VOICE)
        free_s = 0.0
        for phrase in found.phrases:
            assert phrase.start_s >= free_s - 1e-9
            assert len(phrase.phones) <= phrase.frames
            free_s = phrase.end_s
        assert free_s <= found.duration_s + 1e-9
        sung = sum(bool(each.frame_length) and each.phoneme in "aiueoAIUEONcl" for each in phonemes)
        assert sum(span.role == "nucleus" for span in spans(found)) == sung

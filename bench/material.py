"""Songs made for the benchmarks: a melody from C3 to A5 in every language, slow English, and songs of a given
length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from frontend_g2p.phones import LANGUAGES, Language
from singer.score import Note, Score, TempoMap

C2, C3, C4, C5, A5, C6 = 36, 48, 60, 72, 81, 84
EXAMPLES = Path(__file__).parents[1] / "examples"

_ENGLISH = (
    "the sun goes down and stars will shine the wind is soft and all is mine "
    "we sing a song of love and light till day has come"
)
SYLLABLES: Mapping[Language, tuple[str, ...]] = {
    "zh": tuple("春风吹过小山坡白云朵朵水上过我们一起唱首歌快乐时光真不错月亮出来照四方妈妈带我去看花"),
    "yue": tuple("月光照住小河邊風吹樹葉聲聲甜大家一齊唱首歌開心快樂過新年阿媽叫我早啲瞓明日天光又見面"),
    "en": tuple(_ENGLISH.split()),
    "ja": tuple("はるのかぜがふくとはながさきますそらはあおくみずはながれてわたしはうたをうたう"),
}
"""One syllable, word or mora per note, written for this project."""

_STEPS = (0, 2, 4, 1, 3, 7, 5)
_BEATS = (0.5, 0.5, 1.0, 0.5, 1.0, 1.0, 2.0)
_REST_BEATS = 1.0


def range_melody(
    language: Language, lowest: int = C3, highest: int = A5, phrases: int | None = None
) -> Score:
    """A melody over every height from ``lowest`` to ``highest`` (MIDI), with short and long notes, steps and
    leaps.

    Seven notes a phrase, 96 quarter notes a minute (0.31 to 1.25 s a note); phrase by phrase it climbs four
    semitones.

    Args:
        language: language of the lyrics.
        lowest: lowest note.
        highest: highest note; what would lie above is put on it.
        phrases: number of phrases; all that the range needs if not given.
    """
    bases = list(range(lowest, highest - 3, 4))
    steps = [min(base + step, highest) for base in bases[:phrases] for step in _STEPS]
    beats = [*_BEATS[:-1], _BEATS[-1]] * len(bases)
    notes: list[Note] = []
    start = 1.0
    for index, (midi, beat, lyric) in enumerate(zip(steps, beats, cycle(SYLLABLES[language]), strict=False)):
        notes.append(Note(start, beat, float(midi), lyric))
        start += beat + (_REST_BEATS if index % len(_STEPS) == len(_STEPS) - 1 else 0.0)
    return Score(tuple(notes), language, TempoMap(((0.0, 96.0),)), f"range {language}")


def range_melodies(lowest: float, highest: float, toy: bool) -> tuple[Score, ...]:
    """``range_melody`` of every language inside a voice's range (MIDI); one phrase each at toy size."""
    low, high = max(C3, round(lowest)), min(A5, round(highest))
    return tuple(range_melody(language, low, high, 1 if toy else None) for language in LANGUAGES)


def breathing(score: Score, breath_beats: float = 1.75) -> Score:
    """The same melody with a written breath (a note ``AP``) before every phrase, a quarter of a beat after the end of
    the one before; rests grow by a beat for it.
    """
    notes: list[Note] = []
    end = later = 0.0
    for note in score.notes:
        start = note.start_beat + later
        if start - end >= _REST_BEATS:
            notes.append(Note(end + 0.25, breath_beats, note.midi, "AP"))
            later += 1.0
        notes.append(replace(note, start_beat=note.start_beat + later))
        end = notes[-1].end_beat
    return replace(score, notes=tuple(notes), title=f"{score.title}, breathing")


def song_of_length(duration_s: float, language: Language = "zh") -> Score:
    """A song of about ``duration_s``: phrases of eight half-second notes and a half-second rest, C4 to C5."""
    per_phrase, phrase_beats = 8, 9
    heights = (60, 62, 64, 67, 69, 72, 67, 64)
    count = max(1, round(duration_s * 2 / phrase_beats)) * per_phrase
    notes = tuple(
        Note(
            index // per_phrase * phrase_beats + index % per_phrase + 0.5,
            1.0,
            float(heights[index % 8]),
            lyric,
        )
        for index, lyric in enumerate(islice(cycle(SYLLABLES[language]), count))
    )
    return Score(notes, language, TempoMap(((0.0, 120.0),)), f"{duration_s:.0f} s")


def slow_syllabic(words: Sequence[str], lowest: int = 60) -> Score:
    """English words at one syllable a note, 0.6 s each, on a small slow melody; ``words`` are in syllables,
    ``+`` goes on.

    Args:
        words: lyrics note by note, such as ``("morning", "+", "sun")``.
        lowest: lowest note (MIDI).
    """
    heights = (0, 2, 4, 5, 4, 2)
    notes = tuple(
        Note(1.0 + index, 1.0, float(lowest + heights[index % len(heights)]), lyric)
        for index, lyric in enumerate(words)
    )
    return Score(notes, "en", TempoMap(((0.0, 100.0),)), "slow syllabic")


def example_paths() -> tuple[Path, ...]:
    """The shipped songs, by name."""
    return tuple(sorted(EXAMPLES.glob("*.json")))


def write_score(score: Score, path: Path) -> Path:
    """Write ``score`` to ``path`` as a JSON score; returns ``path``."""
    from singer.score_json import write_score_json

    path.write_text(write_score_json(score), encoding="utf-8")
    return path

"""Score and laid lyrics to phrases: from rest to rest, in seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from math import inf

from singer.lyrics import Laid
from singer.phrases import Phrase, PhraseNote, ends_phrase
from singer.score import Note, Score, TempoMap

JOIN_GAP_S = 0.03
"""A shorter gap between notes is not heard as one: the note before is drawn out to the next."""
CURVE_MARGIN_S = 1.0
"""How far a phrase's curves reach beyond its notes: more than onset and release take."""

_Points = tuple[tuple[float, float], ...]


def split_phrases(score: Score, laid: Laid) -> tuple[Phrase, ...]:
    """Cut a score into phrases at rests of ``PHRASE_GAP_S`` and more.

    Args:
        score: the song.
        laid: what its notes sing, one entry per note.

    Returns:
        The phrases by rising start. Times are absolute seconds from beat 0, no two notes overlap, each curve
        is cut to its phrase (``CURVE_MARGIN_S`` on either side), so that an edit elsewhere leaves it equal.
    """
    notes = _timed_notes(score, laid)
    curves = [(name, _in_seconds(points, score.tempo)) for name, points in score.curves.items()]
    lines = [_in_seconds(line, score.tempo) for line in score.drawn_pitch]
    groups = list(_groups(notes))
    phrases: list[Phrase] = []
    end_before_s = 0.0
    for index, group in enumerate(groups):
        start_s, end_s = group[0].start_s, group[-1].end_s
        after_s = groups[index + 1][0].start_s if index + 1 < len(groups) else inf
        cut = ((name, _cut(points, start_s, end_s)) for name, points in curves)
        phrases.append(
            Phrase(
                notes=tuple(group),
                room_before_s=start_s - end_before_s,
                room_after_s=after_s - end_s,
                curves=tuple((name, points) for name, points in cut if any(value for _, value in points)),
                index=index,
                drawn_pitch=tuple(line for line in lines if _is_near(line, start_s, end_s)),
            )
        )
        end_before_s = end_s
    return tuple(phrases)


def _timed_notes(score: Score, laid: Laid) -> list[PhraseNote]:
    starts_s = [score.tempo.seconds_at(note.start_beat) for note in score.notes]
    timed: list[PhraseNote] = []
    for index, (note, lyric) in enumerate(zip(score.notes, laid.lyrics, strict=True)):
        end_s = score.tempo.seconds_at(note.end_beat)
        if index + 1 < len(score.notes):
            held = laid.lyrics[index + 1].kind == "hold"
            rest_s = starts_s[index + 1] - end_s
            if rest_s < JOIN_GAP_S or (held and not ends_phrase(rest_s)):
                end_s = starts_s[index + 1]
        timed.append(
            PhraseNote(
                start_s=starts_s[index],
                end_s=end_s,
                midi=note.midi,
                kind=lyric.kind,
                syllables=lyric.syllables,
                index=index,
                loudness_db=note.loudness_db,
                vibrato=note.vibrato,
                portamento=note.portamento,
                breath=note.breath,
                controls=note.controls,
                emotion=_emotion(score, note),
            )
        )
    return timed


def _emotion(score: Score, note: Note) -> Mapping[str, float]:
    """The emotion of a note: its own, else that of the section in which it starts, else the score's."""
    if note.emotion is not None:
        return note.emotion
    place = bisect_right(score.sections, note.start_beat, key=lambda section: section.start_beat) - 1
    if place >= 0 and note.start_beat < score.sections[place].end_beat:
        return score.sections[place].emotion
    return score.emotion


def _groups(notes: Sequence[PhraseNote]) -> Iterator[list[PhraseNote]]:
    group = [notes[0]]
    for note in notes[1:]:
        if ends_phrase(note.start_s - group[-1].end_s):
            yield group
            group = []
        group.append(note)
    yield group


def _in_seconds(points: _Points, tempo: TempoMap) -> _Points:
    """A curve over beats as one over seconds, with points added where a change of tempo bends its lines."""
    beats = [beat for beat, _ in points]
    bends = [beat for beat, _ in tempo.changes if beats[0] < beat < beats[-1]]
    return tuple(
        (tempo.seconds_at(beat), _value_at(points, beats, beat)) for beat in sorted({*beats, *bends})
    )


def _cut(points: _Points, start_s: float, end_s: float) -> _Points:
    """The part of a curve around one phrase, with points made at both ends."""
    first_s, last_s = max(start_s - CURVE_MARGIN_S, 0.0), end_s + CURVE_MARGIN_S
    times_s = [time_s for time_s, _ in points]
    inner = points[bisect_right(times_s, first_s) : bisect_left(times_s, last_s)]
    return (
        (first_s, _value_at(points, times_s, first_s)),
        *inner,
        (last_s, _value_at(points, times_s, last_s)),
    )


def _is_near(line: _Points, start_s: float, end_s: float) -> bool:
    return line[0][0] < end_s + CURVE_MARGIN_S and line[-1][0] > start_s - CURVE_MARGIN_S


def _value_at(points: _Points, places: Sequence[float], place: float) -> float:
    """Value of a curve at ``place``: straight between points, the end values outside."""
    index = bisect_right(places, place)
    if index == 0 or index == len(points):
        return points[min(index, len(points) - 1)][1]
    (before, low), (after, high) = points[index - 1], points[index]
    return low + (high - low) * (place - before) / (after - before)

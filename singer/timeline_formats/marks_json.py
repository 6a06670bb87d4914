"""JSON of all marks of a song, as a stream sends them (``docs/streaming.md``), with the song's own facts."""

from __future__ import annotations

import json
from collections.abc import Collection

from singer.timebase import sample_at
from singer.timeline import mark_document, song_marks
from singer.timeline_formats.timed_song import TimedSong

FORMAT = "singer-timeline"
VERSION = 1


def write_marks_json(song: TimedSong, kinds: Collection[str], sample_rate_hz: int) -> str:
    """The marks of ``kinds`` by rising sample, one a line; the schema is ``singer/schemas/timeline.schema.json``.

    Args:
        song: the song.
        kinds: which of ``singer.timeline.KINDS``.
        sample_rate_hz: rate that samples are counted at.

    Raises:
        PerformanceError: ``mark_kind`` or ``other_score``.
    """
    marks = song_marks(song.performance, kinds, song.score, song.laid)
    head = {
        "format": FORMAT,
        "version": VERSION,
        "title": song.performance.title,
        "voice": song.performance.voice,
        "sample_rate_hz": sample_rate_hz,
        "samples": sample_at(song.duration_s, sample_rate_hz),
    }
    facts = "".join(f"  {_json(key)}: {_json(value)},\n" for key, value in head.items())
    lines = ",\n".join(f"    {_json(mark_document(mark, sample_rate_hz))}" for mark in marks)
    return f'{{\n{facts}  "marks": [\n{lines}\n  ]\n}}\n'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

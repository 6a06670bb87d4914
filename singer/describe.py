"""What is in a score or a score file, as plain values for people and machines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, BinaryIO

from frontend_g2p.phones import LANGUAGES, Language
from frontend_g2p.spans import split_spans
from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.pitch_names import pitch_name
from singer.score import BREATH, HOLD, NEXT_SYLLABLE, Score
from singer.score_io import find_format, load_score, read_source

_READING = re.compile(r"\{.*?\}|\[.*?\]|\b[a-zü]+[1-6]\b")
"""Readings and phones written into a lyric: they are in Latin letters whatever the language."""


def describe_score(score: Score) -> dict[str, Any]:
    """Title, counts, range, length, tempo and languages of a score, ready for ``json.dumps``.

    ``notes`` counts all notes, ``breaths`` and ``held`` some of them; ``bars`` counts those begun from beat 0.
    """
    sung = [note.midi for note in score.notes if note.lyric.strip() != BREATH]
    lyrics = [note.lyric.strip() for note in score.notes]
    return {
        "title": score.title,
        "voice": score.voice,
        "language": score.language,
        "languages": list(_languages(score)),
        "notes": len(score.notes),
        "held": lyrics.count(HOLD),
        "breaths": lyrics.count(BREATH),
        "lowest": pitch_name(min(sung)) if sung else None,
        "highest": pitch_name(max(sung)) if sung else None,
        "lowest_midi": min(sung, default=None),
        "highest_midi": max(sung, default=None),
        "first_note_s": round(score.tempo.seconds_at(score.notes[0].start_beat), 3),
        "duration_s": round(score.duration_s, 3),
        "bars": score.time_signatures.bars_until(score.notes[-1].end_beat),
        "time_signatures": [
            {"beat": change.beat, "signature": str(change)} for change in score.time_signatures.changes
        ],
        "tempo": [{"beat": beat, "bpm": round(bpm, 3)} for beat, bpm in score.tempo.changes],
        "curves": sorted(score.curves),
    }


def describe_file(
    source: str | Path | BinaryIO | bytes, options: ImportOptions | None = None
) -> dict[str, Any]:
    """Format and tracks of a score file, and its score as ``describe_score`` gives it.

    A MIDI, MusicXML or project file whose sung track is not clear still shows its tracks: then ``score`` is ``None``
    and ``problem`` says what is wrong.

    Raises:
        ScoreError: nothing can be said about the file.
    """
    document, name = read_source(source)
    kind = find_format(document, name)
    tracks = _tracks(document, kind)
    try:
        score: dict[str, Any] | None = describe_score(load_score(document, options=options, name=name))
        problem = None
    except ScoreError as error:
        if not tracks:
            raise
        score, problem = None, str(error)
    return {"format": kind, "tracks": tracks, "score": score, "problem": problem}


def _tracks(document: bytes, kind: str) -> list[dict[str, Any]]:
    if kind == "midi":
        from singer.midi_io import parse_midi

        return [_track(part) for part in parse_midi(document).parts]
    if kind in ("musicxml", "mxl"):
        from singer.musicxml_tree import list_parts, parse_musicxml
        from singer.mxl_archive import unpack_mxl

        root = parse_musicxml(unpack_mxl(document) if kind == "mxl" else document)
        return [_track(part) for part in list_parts(root)]
    if kind not in ("json", "lrc"):
        from singer.projects.read import list_tracks

        return list_tracks(document, kind)
    return []


def _track(part: Any) -> dict[str, Any]:
    notes = part.notes if isinstance(part.notes, int) else len(part.notes)
    return {"number": part.number, "name": part.name, "notes": notes, "syllables": part.lyrics}


def _languages(score: Score) -> tuple[Language, ...]:
    """Languages of the lyrics, by note where a note says so, else by script."""
    found: set[Language] = set()
    for note in score.notes:
        if note.lyric.strip() not in (HOLD, NEXT_SYLLABLE, BREATH):
            language = note.language or score.language
            text = _READING.sub("", note.lyric)
            spans = split_spans(text, language)
            found.update(span.language for span in spans if span.language)
            found.update([language] if not text.strip() else [])
    return tuple(language for language in LANGUAGES if language in found)

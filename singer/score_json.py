"""The project's own score format: strict, versioned JSON, read and written (``docs/score.md``)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from singer.controls import BREATH, CONTROLS, PORTAMENTO, VIBRATO, Control
from singer.errors import ScoreError
from singer.note_shapes import Breath, Portamento, Vibrato
from singer.pitch_names import pitch_midi, pitch_name
from singer.score import Note, Score, Section, TempoMap, printable
from singer.score_document import (
    BreathDocument,
    CurvesDocument,
    NoteDocument,
    PortamentoDocument,
    ScoreDocument,
    SectionDocument,
    TempoDocument,
    TimeSignatureDocument,
    VibratoDocument,
)
from singer.strict_json import parse_strictly
from singer.time_signatures import TimeSignature, TimeSignatures

FORMAT = "singer-score"
VERSION = 1
LARGEST_DOCUMENT_BYTES = 20_000_000
_MUST_BE = {
    "float_type": "a number",
    "string_type": "text",
    "string_unicode": "Unicode text without lone surrogates",
    "string_too_long": "shorter text",
    "list_type": "a list",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "string_pattern_mismatch": 'a time signature such as "3/4"',
    "too_short": "a pair [beat, value]",
    "too_long": "a pair [beat, value]",
}


def read_score_json(document: bytes) -> Score:
    """Read a score from the bytes of a JSON document.

    Raises:
        ScoreError: not UTF-8 or JSON, too large, a key twice or unknown, a value of the wrong type, or
            whatever ``Score`` refuses; ``where`` names the note or the key.
    """
    if len(document) > LARGEST_DOCUMENT_BYTES:
        raise ScoreError(
            "too_large",
            f"the document has {len(document) / 1e6:.1f} MB; {LARGEST_DOCUMENT_BYTES / 1e6:g} MB is the most",
        )
    return document_to_score(parse_strictly(document, _where))


def document_to_score(raw: object) -> Score:
    """Score of a document already parsed from JSON (also the body of a request).

    Raises:
        ScoreError: as ``read_score_json``.
    """
    _check_head(raw)
    try:
        wire = ScoreDocument.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ScoreError(*_explain(first, raw)) from error
    signatures = _time_signatures(wire)
    return Score(
        notes=tuple(_to_note(index, note, signatures) for index, note in enumerate(wire.notes)),
        language=wire.language,
        tempo=TempoMap(tuple((change.beat, change.bpm) for change in wire.tempo)),
        title=wire.title,
        voice=wire.voice,
        curves={
            name: tuple((point[0], point[1]) for point in points)
            for name in CONTROLS
            if (points := getattr(wire.curves, name)) is not None
        },
        time_signatures=signatures,
        emotion=wire.emotion,
        sections=tuple(Section(part.start, part.end, part.emotion) for part in wire.sections),
        drawn_pitch=tuple(tuple((point[0], point[1]) for point in line) for line in wire.drawn_pitch),
    )


def document_to_notes(raw: Sequence[object], first: int, bars: TimeSignatures) -> tuple[Note, ...]:
    """Notes that go on with a score, parsed from JSON.

    Args:
        raw: documents of notes, as in a score's ``notes``.
        first: how many notes the score has already, so that places are named in the whole of it.
        bars: of the score.

    Raises:
        ScoreError: a note with keys or values that are not allowed.
    """
    notes = []
    for index, document in enumerate(raw, start=first):
        try:
            wire = NoteDocument.model_validate(document)
        except ValidationError as error:
            found = dict(error.errors(include_url=False)[0])
            found["loc"] = ("notes", index, *cast("tuple[Any, ...]", found["loc"]))
            whole = {"notes": {index: document}, "time_signatures": _signature_documents(bars)}
            raise ScoreError(*_explain(found, whole)) from error
        notes.append(_to_note(index, wire, bars))
    return tuple(notes)


def score_to_document(score: Score) -> dict[str, Any]:
    """Document of a score, ready for ``json.dumps``; keys at their default value are left out."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    document |= {key: getattr(score, key) for key in ("title", "language", "voice") if getattr(score, key)}
    document["tempo"] = [{"beat": _number(beat), "bpm": _number(bpm)} for beat, bpm in score.tempo.changes]
    if score.time_signatures != TimeSignatures():
        document["time_signatures"] = _signature_documents(score.time_signatures)
    document["notes"] = [_note_document(note) for note in score.notes]
    if score.curves:
        document["curves"] = {
            name: [[_number(beat), _number(value)] for beat, value in points]
            for name, points in score.curves.items()
        }
    if score.emotion:
        document["emotion"] = _numbers(score.emotion)
    if score.sections:
        document["sections"] = [
            {
                "start": _number(part.start_beat),
                "end": _number(part.end_beat),
                "emotion": _numbers(part.emotion),
            }
            for part in score.sections
        ]
    if score.drawn_pitch:
        document["drawn_pitch"] = [
            [[_number(beat), _number(midi)] for beat, midi in line] for line in score.drawn_pitch
        ]
    return document


def write_score_json(score: Score) -> str:
    """JSON text of a score, one note per line; reading it gives an equal score."""
    lines = []
    for key, value in score_to_document(score).items():
        if key == "notes":
            rows = ",\n".join(f"    {_json(note)}" for note in value)
            lines.append(f'  "notes": [\n{rows}\n  ]')
        else:
            lines.append(f'  "{key}": {_json(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _check_head(raw: object) -> None:
    if not isinstance(raw, Mapping):
        raise ScoreError("not_a_score", f"a score is a JSON object, found {_kind(raw)}")
    if raw.get("format") != FORMAT:
        raise ScoreError(
            "format", f'found format {_shown(raw.get("format"))}; it must be "{FORMAT}"', "format"
        )
    version = raw.get("version")
    if type(version) is not int or version != VERSION:
        newer = (
            "; a newer version of the engine may read it"
            if type(version) is int and version > VERSION
            else ""
        )
        raise ScoreError(
            "version", f"found version {_shown(version)}; this engine reads {VERSION}{newer}", "version"
        )


def _explain(error: Mapping[str, Any], raw: object) -> tuple[str, str, str]:
    """Code, message and place of one of pydantic's errors."""
    location = [part for part in error["loc"] if part not in ("float", "constrained-str", "str")]
    kind, key = error["type"], str(location[-1])
    where = _where(location if kind != "extra_forbidden" else location[:-1], raw)
    if kind == "extra_forbidden":
        allowed = _allowed_keys(location[:-1])
        close = difflib.get_close_matches(key, allowed, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else ""
        return (
            "unknown_key",
            f'found the key "{printable(key, 40)}"; allowed are {", ".join(allowed)}{hint}',
            where,
        )
    if kind == "missing":
        return "missing_key", f'the key "{key}" is missing', where
    if kind == "finite_number":
        return "not_finite", f"{key} must be a finite number", where
    if key == "pitch":
        must_be = 'a MIDI number or a name such as "E4"'
    else:
        must_be = _MUST_BE.get(kind, error["msg"].removeprefix("Input should be "))
    name = "" if where.split(".")[-1] == key or key.isdigit() else f"{key}: "
    return "wrong_type", f"{name}found {_shown(error['input'])}; it must be {must_be}", where


def _allowed_keys(location: Iterable[object]) -> list[str]:
    names: dict[str, type[BaseModel]] = {
        "notes": NoteDocument, "tempo": TempoDocument, "time_signatures": TimeSignatureDocument,
        "vibrato": VibratoDocument, "curves": CurvesDocument, "portamento": PortamentoDocument, "breath": BreathDocument,
        "sections": SectionDocument,
    }  # fmt: skip
    model: type[BaseModel] = ScoreDocument
    for part in location:
        model = names.get(str(part), model)
    return list(model.model_fields)


def _where(location: list[Any], raw: Any) -> str:
    if location[:1] == ["notes"] and len(location) > 1:
        note, bars = raw["notes"][location[1]], TimeSignatures.of(_signatures_found(raw))
        return _note_where(location[1], note if isinstance(note, Mapping) else {}, bars)
    return printable(".".join(str(part) for part in location), 60)


def _time_signatures(wire: ScoreDocument) -> TimeSignatures:
    return TimeSignatures(
        tuple(TimeSignature.parse(change.beat, change.signature) for change in wire.time_signatures)
    )


def _signature_documents(bars: TimeSignatures) -> list[dict[str, Any]]:
    return [{"beat": _number(change.beat), "signature": str(change)} for change in bars.changes]


def _signatures_found(raw: Mapping[str, Any]) -> list[TimeSignature]:
    """The time signatures of a document that may have faults."""
    found = []
    given = raw.get("time_signatures")
    for change in given if isinstance(given, list) else ():
        try:
            wire = TimeSignatureDocument.model_validate(change)
        except ValidationError:
            continue
        found.append(TimeSignature.parse(wire.beat, wire.signature))
    return found


def _note_where(index: int, note: Mapping[str, Any], bars: TimeSignatures) -> str:
    lyric, start = note.get("lyric"), note.get("start")
    name = f'note {index} "{printable(lyric)}"' if isinstance(lyric, str) else f"note {index}"
    if isinstance(start, int | float) and 0 <= start < 1e6:
        return f"{name} (bar {bars.bar_at(start)})"
    return name


def _to_note(index: int, note: NoteDocument, bars: TimeSignatures) -> Note:
    where = _note_where(index, {"lyric": note.lyric, "start": note.start}, bars)
    try:
        midi = pitch_midi(note.pitch) if isinstance(note.pitch, str) else float(note.pitch)
    except (ValueError, OverflowError) as error:
        raise ScoreError("pitch_name", str(error), where) from error
    try:
        vibrato = Vibrato(**note.vibrato.model_dump()) if note.vibrato else None
        portamento = Portamento(**note.portamento.model_dump()) if note.portamento else None
        breath = Breath(**note.breath.model_dump()) if note.breath else None
    except ScoreError as error:
        raise ScoreError(error.code, error.message, where) from error
    return Note(
        start_beat=note.start,
        duration_beats=note.duration,
        midi=midi,
        lyric=note.lyric,
        language=note.language,
        phones=note.phones,
        loudness_db=note.loudness_db,
        vibrato=vibrato,
        portamento=portamento,
        breath=breath,
        controls=note.controls,
        emotion=note.emotion,
    )


def _note_document(note: Note) -> dict[str, Any]:
    document: dict[str, Any] = {
        "start": _number(note.start_beat),
        "duration": _number(note.duration_beats),
        "pitch": pitch_name(note.midi) if note.midi.is_integer() else note.midi,
        "lyric": note.lyric,
    }
    document |= {key: getattr(note, key) for key in ("language", "phones") if getattr(note, key) is not None}
    if note.loudness_db:
        document["loudness_db"] = _number(note.loudness_db)
    shapes = (("vibrato", VIBRATO), ("portamento", PORTAMENTO), ("breath", BREATH))
    document |= {
        key: _shape_document(getattr(note, key), table) for key, table in shapes if getattr(note, key)
    }
    if note.controls:
        document["controls"] = _numbers(note.controls)
    if note.emotion is not None:
        document["emotion"] = _numbers(note.emotion)
    return document


def _shape_document(shape: object, table: Mapping[str, Control]) -> dict[str, float]:
    """Values of a vibrato, portamento or breath; keys that the format's first readers did not know only if they are needed."""
    values = {name: getattr(shape, name) for name in table}
    return {
        name: _number(value)
        for name, value in values.items()
        if value is not None and not (name == "shape" and value == 0.0)
    }


def _numbers(values: Mapping[str, float]) -> dict[str, float]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else float(value)


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(value: object) -> str:
    text = (
        json.dumps(value, ensure_ascii=False) if isinstance(value, str | int | float | None) else _kind(value)
    )
    return printable(text, 40)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)

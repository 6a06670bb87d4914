"""Wire types of the JSON score format: which keys and types a document has, and its published JSON Schema.

The bounds written here go into the schema only; the rules of music (overlaps, ranges, order) are checked by
``singer.score``, once for every format, so that their messages are the same everywhere.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontend_g2p.phones import Language
from singer.controls import BREATH, CONTROLS, NOTE_COLOURS, PORTAMENTO, VIBRATO, Control
from singer.emotions import EMOTIONS
from singer.pitch_names import NAME_PATTERN
from singer.score import LONGEST_LYRIC, LONGEST_SCORE_BEATS, MIDI_RANGE, MOST_NOTES, TEMPO_RANGE_BPM
from singer.time_signatures import SIGNATURE_PATTERN


def _bounds(lowest: float, highest: float) -> dict[str, Any]:
    return {"minimum": lowest, "maximum": highest}


_STRICT = ConfigDict(extra="forbid", strict=True)
_Beat = Annotated[float, Field(json_schema_extra=_bounds(0, LONGEST_SCORE_BEATS))]
_Point = Annotated[list[float], Field(min_length=2, max_length=2)]


_PITCH_POINT: dict[str, Any] = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "prefixItems": [
        {"type": "number", **_bounds(0, LONGEST_SCORE_BEATS)},
        {"type": "number", **_bounds(*MIDI_RANGE)},
    ],
}
_Line = Annotated[list[_Point], Field(json_schema_extra={"items": _PITCH_POINT, "minItems": 2})]


def _curve(name: str) -> Any:
    control = CONTROLS[name]
    beat, value = _bounds(0, LONGEST_SCORE_BEATS), _bounds(*control.bounds)
    pair: dict[str, Any] = {"prefixItems": [{"type": "number", **beat}, {"type": "number", **value}]}
    items: dict[str, Any] = {"type": "array", "minItems": 2, "maxItems": 2, **pair}
    extra: dict[str, Any] = {"items": items, "minItems": 1}
    return Field(None, description=f"{control.meaning} Unit: {control.unit}.", json_schema_extra=extra)


def _number(control: Control) -> Any:
    """A field of a note's vibrato, portamento or breath."""
    default = ... if control.default is None else control.default
    return Field(
        default,
        description=f"{control.meaning} Unit: {control.unit}.",
        json_schema_extra=_bounds(*control.bounds),
    )


def _optional_number(control: Control) -> Any:
    bounded: dict[str, Any] = {"anyOf": [{"type": "number", **_bounds(*control.bounds)}, {"type": "null"}]}
    return Field(None, description=f"{control.meaning} Unit: {control.unit}.", json_schema_extra=bounded)


def _named_numbers(bounds: dict[str, tuple[float, float]]) -> dict[str, Any]:
    properties = {name: {"type": "number", **_bounds(*pair)} for name, pair in bounds.items()}
    return {"properties": properties, "additionalProperties": False}


_Emotion = Annotated[
    dict[str, float],
    Field(
        description="Emotions to blend, each with a weight from 0 to 1.",
        json_schema_extra=_named_numbers(dict.fromkeys(EMOTIONS, (0.0, 1.0))),
    ),
]


class TempoDocument(BaseModel):
    """One change of tempo."""

    model_config = _STRICT
    beat: _Beat = Field(description="Where it begins, in quarter notes; the first one is at 0.")
    bpm: float = Field(description="Quarter notes per minute.", json_schema_extra=_bounds(*TEMPO_RANGE_BPM))


class TimeSignatureDocument(BaseModel):
    """One change of time signature."""

    model_config = _STRICT
    beat: _Beat = Field(description="Where its first bar begins, in quarter notes; the first one is at 0.")
    signature: str = Field(
        description="Beats in a bar and what part of a whole note each is.",
        pattern=SIGNATURE_PATTERN,
        examples=["3/4", "6/8"],
    )


class VibratoDocument(BaseModel):
    """Vibrato of one note, in place of the automatic one."""

    model_config = _STRICT
    depth_cents: float = _number(VIBRATO["depth_cents"])
    rate_hz: float = _number(VIBRATO["rate_hz"])
    start: float = _number(VIBRATO["start"])
    attack_s: float = _number(VIBRATO["attack_s"])
    shape: float = _number(VIBRATO["shape"])


class PortamentoDocument(BaseModel):
    """The glide into one note, in place of the rules' one."""

    model_config = _STRICT
    time_s: float = _number(PORTAMENTO["time_s"])
    shape: float = _number(PORTAMENTO["shape"])


class BreathDocument(BaseModel):
    """The breath of a note with the lyric AP."""

    model_config = _STRICT
    length_s: float | None = _optional_number(BREATH["length_s"])
    loudness_db: float | None = _optional_number(BREATH["loudness_db"])


class NoteDocument(BaseModel):
    """One note. Notes come by rising start and do not overlap."""

    model_config = _STRICT
    start: _Beat = Field(description="In quarter notes from the start of the song.")
    duration: float = Field(
        description="In quarter notes.",
        json_schema_extra={"exclusiveMinimum": 0, "maximum": LONGEST_SCORE_BEATS},
    )
    pitch: (
        Annotated[float, Field(json_schema_extra=_bounds(*MIDI_RANGE))]
        | Annotated[str, Field(json_schema_extra={"pattern": NAME_PATTERN})]
    ) = Field(
        description='MIDI note number (60 = C4, may be fractional) or a name such as "E4", "F#4", "Bb3".'
    )
    lyric: str = Field(
        description='A syllable or word; "-" holds the vowel, "+" sings the next syllable, "AP" breathes.',
        json_schema_extra={"minLength": 1, "maxLength": LONGEST_LYRIC, "pattern": r"\S"},
    )
    language: Language | None = Field(None, description="Language of this lyric, if not the score's.")
    phones: str | None = Field(
        None,
        description="Phones to sing in place of the lyric's reading: inventory symbols, blank-separated.",
        json_schema_extra={"pattern": r"\S"},
    )
    loudness_db: float = Field(
        0.0,
        description="Gain of this note in dB.",
        json_schema_extra=_bounds(*CONTROLS["loudness_db"].bounds),
    )
    vibrato: VibratoDocument | None = None
    portamento: PortamentoDocument | None = None
    breath: BreathDocument | None = None
    controls: dict[str, float] = Field(
        default_factory=dict,
        description="Added to the curves of the same name over this note.",
        json_schema_extra=_named_numbers({name: CONTROLS[name].bounds for name in NOTE_COLOURS}),
    )
    emotion: _Emotion | None = None


class CurvesDocument(BaseModel):
    """Expression over the whole song: [beat, value] points by rising beat, joined by straight lines."""

    model_config = _STRICT
    pitch_cents: list[_Point] | None = _curve("pitch_cents")
    loudness_db: list[_Point] | None = _curve("loudness_db")
    breathiness: list[_Point] | None = _curve("breathiness")
    tension: list[_Point] | None = _curve("tension")
    gender: list[_Point] | None = _curve("gender")
    brightness: list[_Point] | None = _curve("brightness")
    mouth_opening: list[_Point] | None = _curve("mouth_opening")
    falsetto: list[_Point] | None = _curve("falsetto")
    growl: list[_Point] | None = _curve("growl")
    vocal_fry: list[_Point] | None = _curve("vocal_fry")
    whisper: list[_Point] | None = _curve("whisper")
    power: list[_Point] | None = _curve("power")
    articulation: list[_Point] | None = _curve("articulation")
    liveliness: list[_Point] | None = _curve("liveliness")


class SectionDocument(BaseModel):
    """A range of notes with an emotion of its own: those that start from its start on and before its end."""

    model_config = _STRICT
    start: _Beat = Field(description="In quarter notes from the start of the song.")
    end: _Beat
    emotion: _Emotion


class ScoreDocument(BaseModel):
    """A song for one voice."""

    model_config = ConfigDict(
        **_STRICT, title="singer-score, version 1", json_schema_extra={"$id": "urn:singer:score:1"}
    )
    format: Literal["singer-score"]
    version: Literal[1]
    title: str = Field("", max_length=500)
    language: Language = Field(description="Language of lyrics that do not say otherwise.")
    voice: str = Field("", max_length=100, description="Name of the voice that the song asks for.")
    tempo: list[TempoDocument] = Field(
        default_factory=lambda: [TempoDocument(beat=0, bpm=120)],
        description="Changes of tempo by rising beat, the first one at beat 0; 120 if not given.",
        json_schema_extra={"minItems": 1},
    )
    time_signatures: list[TimeSignatureDocument] = Field(
        default_factory=lambda: [TimeSignatureDocument(beat=0, signature="4/4")],
        description="Changes of time signature by rising beat, the first one at beat 0; 4/4 if not given. They name "
        "bars in messages.",
        json_schema_extra={"minItems": 1},
    )
    notes: list[NoteDocument] = Field(json_schema_extra={"minItems": 1, "maxItems": MOST_NOTES})
    curves: CurvesDocument = Field(default_factory=CurvesDocument)
    emotion: _Emotion = Field(default_factory=dict)
    sections: list[SectionDocument] = Field(
        default_factory=list, description="By rising start, none overlapping."
    )
    drawn_pitch: list[_Line] = Field(
        default_factory=list,
        description="Lines of [beat, MIDI number] points, by rising beat, sung in place of the rules' pitch.",
    )


def score_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the format, as published in ``singer/schemas/score.schema.json``."""
    schema = ScoreDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

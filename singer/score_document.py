"""Wire types of the JSON score format: which keys and types a document has, and its published JSON Schema.

The bounds written here go into the schema only; the rules of music (overlaps, ranges, order) are checked by
``singer.score``, once for every format, so that their messages are the same everywhere.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontend_g2p.phones import Language
from singer.pitch_names import NAME_PATTERN
from singer.score import (
    CURVE_RANGES,
    LONGEST_LYRIC,
    LONGEST_SCORE_BEATS,
    LOUDNESS_RANGE_DB,
    MIDI_RANGE,
    MOST_NOTES,
    TEMPO_RANGE_BPM,
    VIBRATO_RANGES,
)


def _bounds(lowest: float, highest: float) -> dict[str, Any]:
    return {"minimum": lowest, "maximum": highest}


_STRICT = ConfigDict(extra="forbid", strict=True)
_Beat = Annotated[float, Field(json_schema_extra=_bounds(0, LONGEST_SCORE_BEATS))]
_Point = Annotated[list[float], Field(min_length=2, max_length=2)]


def _curve(name: str, description: str) -> Any:
    beat, value = _bounds(0, LONGEST_SCORE_BEATS), _bounds(*CURVE_RANGES[name])
    pair: dict[str, Any] = {"prefixItems": [{"type": "number", **beat}, {"type": "number", **value}]}
    items: dict[str, Any] = {"type": "array", "minItems": 2, "maxItems": 2, **pair}
    return Field(None, description=description, json_schema_extra={"items": items, "minItems": 1})


class TempoDocument(BaseModel):
    """One change of tempo."""

    model_config = _STRICT
    beat: _Beat = Field(description="Where it begins, in quarter notes; the first one is at 0.")
    bpm: float = Field(description="Quarter notes per minute.", json_schema_extra=_bounds(*TEMPO_RANGE_BPM))


class VibratoDocument(BaseModel):
    """Vibrato of one note, in place of the automatic one."""

    model_config = _STRICT
    depth_cents: float = Field(
        description="Peak deviation in cents; 0 switches vibrato off.",
        json_schema_extra=_bounds(*VIBRATO_RANGES["depth_cents"]),
    )
    rate_hz: float = Field(5.5, json_schema_extra=_bounds(*VIBRATO_RANGES["rate_hz"]))
    start: float = Field(
        0.4,
        description="Share of the note that passes before it begins.",
        json_schema_extra=_bounds(*VIBRATO_RANGES["start"]),
    )
    attack_s: float = Field(
        0.4,
        description="Seconds in which it grows to full depth.",
        json_schema_extra=_bounds(*VIBRATO_RANGES["attack_s"]),
    )


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
        0.0, description="Gain of this note in dB.", json_schema_extra=_bounds(*LOUDNESS_RANGE_DB)
    )
    vibrato: VibratoDocument | None = None


class CurvesDocument(BaseModel):
    """Expression over the whole song: [beat, value] points by rising beat, joined by straight lines."""

    model_config = _STRICT
    pitch_cents: list[_Point] | None = _curve("pitch_cents", "Added to the pitch, in cents.")
    loudness_db: list[_Point] | None = _curve("loudness_db", "Added to the loudness, in dB.")
    breathiness: list[_Point] | None = _curve("breathiness", "0 is the voice's own, 1 very breathy, -1 none.")
    tension: list[_Point] | None = _curve("tension", "0 is the voice's own, 1 pressed, -1 lax.")
    gender: list[_Point] | None = _curve("gender", "0 is the voice's own, 1 a larger body, -1 a smaller one.")


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
    beats_per_bar: float = Field(
        4.0,
        description="Quarter notes in a bar; names bars in messages.",
        json_schema_extra=_bounds(0.25, 64),
    )
    notes: list[NoteDocument] = Field(json_schema_extra={"minItems": 1, "maxItems": MOST_NOTES})
    curves: CurvesDocument = Field(default_factory=CurvesDocument)


def score_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the format, as published in ``singer/schemas/score.schema.json``."""
    schema = ScoreDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

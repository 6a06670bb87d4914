"""Wire types of the JSON performance format: which keys and types a document has, and its published JSON Schema.

The bounds written here go into the schema only; ``singer.performance_io`` and the performance types check
them, so that messages name the phrase and the phone.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Language, Role
from singer.controls import CONTROLS
from singer.performance.performance import CURVE_BOUNDS, Mark

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_Seconds = Annotated[float, Field(json_schema_extra={"minimum": 0})]


def _curve(name: str, description: str) -> Any:
    return Field(description=description, json_schema_extra=_items(name))


def _optional_curve(name: str) -> Any:
    values: dict[str, Any] = {"anyOf": [{"type": "array", **_items(name)}, {"type": "null"}]}
    return Field(None, description=CONTROLS[name].meaning, json_schema_extra=values)


def _items(name: str) -> dict[str, Any]:
    low, high = CURVE_BOUNDS[name]
    return {"items": {"type": "number", "minimum": low, "maximum": high}, "minItems": 1}


class PhoneDocument(BaseModel):
    """One phone. It starts where the one before ends."""

    model_config = _STRICT
    phone: str = Field(
        description="Symbol of the phone inventory, SP for silence or AP for a breath.",
        json_schema_extra={"enum": list(INVENTORY)},
    )
    role: Role | None = Field(description="Role in the syllable; null for SP and AP.")
    language: Language | None = Field(description="Language of the syllable; null for SP and AP.")
    start_s: _Seconds = Field(description="Seconds from beat 0 of the score.")
    end_s: _Seconds
    note: Annotated[int, Field(json_schema_extra={"minimum": 0})] | None = Field(
        description="Index of the score's note that it belongs to, from 0; null if there is none."
    )
    sung_as: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None,
        description='Phoneme of the imported bank that sings it, "-" where the one before is held on; else left out.',
    )


class CurvesDocument(BaseModel):
    """One value for each frame of 10 ms, all of the same length. A curve that is left out is neutral."""

    model_config = _STRICT
    f0_hz: list[float] = _curve("f0_hz", "Pitch in Hz; above 0 in silence and voiceless phones too.")
    loudness_db: list[float] = _curve("loudness_db", "Relative to the voice's own level.")
    breathiness: list[float] = _curve("breathiness", "0 is neutral.")
    tension: list[float] = _curve("tension", "0 is neutral.")
    gender: list[float] = _curve("gender", "0 is neutral; positive is a longer vocal tract.")
    brightness: list[float] | None = _optional_curve("brightness")
    mouth_opening: list[float] | None = _optional_curve("mouth_opening")
    falsetto: list[float] | None = _optional_curve("falsetto")
    growl: list[float] | None = _optional_curve("growl")
    vocal_fry: list[float] | None = _optional_curve("vocal_fry")
    whisper: list[float] | None = _optional_curve("whisper")
    power: list[float] | None = _optional_curve("power")
    articulation: list[float] | None = _optional_curve("articulation")
    liveliness: list[float] | None = _optional_curve("liveliness")


class MarksDocument(BaseModel):
    """Who made each curve. A curve marked "edited" is kept when the song is performed again."""

    model_config = _STRICT
    f0_hz: Mark
    loudness_db: Mark
    breathiness: Mark
    tension: Mark
    gender: Mark
    brightness: Mark = "auto"
    mouth_opening: Mark = "auto"
    falsetto: Mark = "auto"
    growl: Mark = "auto"
    vocal_fry: Mark = "auto"
    whisper: Mark = "auto"
    power: Mark = "auto"
    articulation: Mark = "auto"
    liveliness: Mark = "auto"


class PhraseDocument(BaseModel):
    """One phrase. Phrases come by rising start and do not overlap."""

    model_config = _STRICT
    start_s: _Seconds = Field(description="Time of frame 0, a whole number of frames of 10 ms.")
    phones: list[PhoneDocument] = Field(json_schema_extra={"minItems": 1})
    curves: CurvesDocument
    marks: MarksDocument


class PerformanceDocument(BaseModel):
    """A performed song."""

    model_config = _STRICT
    format: Literal["singer-performance"]
    version: Literal[1]
    voice: str = Field(description="Name of the voice that sings it.")
    title: str
    duration_s: _Seconds = Field(description="Length of the song, at least the end of the last phrase.")
    phrases: list[PhraseDocument]


def performance_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the format, as published in ``schemas/performance.schema.json``."""
    schema = PerformanceDocument.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Singer performance",
    }

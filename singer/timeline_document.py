"""Wire types of marks: which keys and types each kind has, and the published JSON Schema of timeline files.

``singer.timeline.mark_document`` makes them; nothing here is read from users, so that bounds are in the types.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Language, Role
from singer.performance.performance import CURVE_BOUNDS
from singer.visemes import ArkitShape, Viseme, Vrm0Shape, VrmShape

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_Share = Annotated[float, Field(ge=0.0, le=1.0)]
_Sample = Annotated[
    int, Field(ge=0, description="Index of the sample at which it happens; sample 0 is beat 0.")
]
_Length = Annotated[int, Field(ge=0, description="Length in samples.")]
_Step = Annotated[float, Field(gt=0.0, description="Samples from one value to the next: 10 ms.")]
_Note = Annotated[int, Field(ge=0, description="Index of the note in the score.")]
_Hz = Annotated[float, Field(ge=CURVE_BOUNDS["f0_hz"][0], le=CURVE_BOUNDS["f0_hz"][1])]
_Db = Annotated[float, Field(ge=CURVE_BOUNDS["loudness_db"][0], le=CURVE_BOUNDS["loudness_db"][1])]


class PhoneMark(BaseModel):
    """A phone begins."""

    model_config = _STRICT
    kind: Literal["phone"]
    sample: _Sample
    phone: str = Field(
        description="Symbol of the phone inventory.", json_schema_extra={"enum": list(INVENTORY)}
    )
    role: Role | None = Field(description="Role in the syllable; null for SP and AP.")
    language: Language | None = Field(description="Language of the syllable; null for SP and AP.")
    note: _Note | None
    samples: _Length


class Live2d(BaseModel):
    """The mouth in the parameters of Live2D."""

    model_config = _STRICT
    ParamMouthOpenY: _Share
    ParamMouthForm: float = Field(ge=-1.0, le=1.0, description="1 is spread, -1 rounded.")


class VisemeMark(BaseModel):
    """A mouth begins; it holds until the next one. Shapes that are not named are 0."""

    model_config = _STRICT
    kind: Literal["viseme"]
    sample: _Sample
    viseme: Viseme
    weight: _Share
    vrm: dict[VrmShape, _Share] = Field(description="Mouths of VRM 1.0.")
    vrm0: dict[Vrm0Shape, _Share] = Field(description="Mouths of VRM 0.x.")
    arkit: dict[ArkitShape, _Share] = Field(description="Blend shapes of ARKit.")
    live2d: Live2d
    samples: _Length


class NoteMark(BaseModel):
    """A note begins, with its vowel."""

    model_config = _STRICT
    kind: Literal["note"]
    sample: _Sample
    note: _Note
    midi: float = Field(
        ge=0.0, le=127.0, description="Pitch in the score; without a score the median of what is sung."
    )
    lyric: str = Field(description="As in the score, without readings; empty without a score.")
    samples: _Length


class LyricMark(BaseModel):
    """A syllable begins, with its vowel."""

    model_config = _STRICT
    kind: Literal["lyric"]
    sample: _Sample
    note: _Note
    text: str
    word_start: bool


class F0Mark(BaseModel):
    """Half a second of pitch at most."""

    model_config = _STRICT
    kind: Literal["f0"]
    sample: _Sample
    step_samples: _Step
    hz: list[_Hz | None] = Field(min_length=1, description="null where nothing is voiced.")


class LoudnessMark(BaseModel):
    """Half a second of loudness at most."""

    model_config = _STRICT
    kind: Literal["loudness"]
    sample: _Sample
    step_samples: _Step
    db: list[_Db] = Field(min_length=1, description="Against the voice's own level.")


class BreathMark(BaseModel):
    """A breath begins."""

    model_config = _STRICT
    kind: Literal["breath"]
    sample: _Sample
    samples: _Length
    loudness_db: _Db


MarkDocument = Annotated[
    PhoneMark | VisemeMark | NoteMark | LyricMark | F0Mark | LoudnessMark | BreathMark,
    Field(discriminator="kind"),
]


class TimelineDocument(BaseModel):
    """All marks of a song, by rising sample."""

    model_config = _STRICT
    format: Literal["singer-timeline"]
    version: Literal[1]
    title: str
    voice: str = Field(description="Name of the voice that the song was performed for.")
    sample_rate_hz: int = Field(ge=1)
    samples: int = Field(ge=0, description="Length of the song.")
    marks: list[MarkDocument]


def timeline_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of timeline files, as published in ``schemas/timeline.schema.json``."""
    schema = TimelineDocument.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Singer timeline",
    }

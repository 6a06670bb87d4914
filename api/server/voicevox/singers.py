"""Our voices as VOICEVOX's singers: each has three styles with numbers that stay the same."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.server.voices import VoicePool
from api.server.voicevox.errors import no_style
from api.server.voicevox.models import Speaker, SpeakerStyle, StyleType

_SHIPPED = ("suyin", "tangli", "yaoling", "yansha", "shenlin")
_FIRST: Mapping[StyleType, int] = {"frame_decode": 3_000, "singing_teacher": 6_000, "sing": 9_000}
"""Of the shipped voices. The VOICEVOX editor asks 6000, whichever singer is chosen, to make its queries."""
_NAMES: Mapping[StyleType, str] = {"frame_decode": "ノーマル", "singing_teacher": "歌い方", "sing": "ソング"}
_OTHERS = 10_000
_HASHES = 2**28 - 2_000
"""Other voices have numbers by a hash of their names, below 2**31, as clients keep them in 32 bits."""
TEACHERS_MIDI = (21.0, 108.0)
"""Keys that teachers take. Editors send keys moved by up to 28 semitones, and move the pitch back, so that a song lies where a
teacher sings best; ours sings alike everywhere.
"""
_NAMESPACE = uuid.UUID("5f0f8d1e-6c0b-4a5e-9d43-0f5a2c7b91d6")


@dataclass(frozen=True, slots=True)
class SingerStyle:
    """A style, and who sings it.

    Attributes:
        voice: name of the voice.
        type: what it can do.
        lowest_midi, highest_midi: notes that scores may have for it.
    """

    voice: str
    type: StyleType
    lowest_midi: float
    highest_midi: float


class Singers:
    """The voices of a pool that sing Japanese."""

    def __init__(self, pool: VoicePool) -> None:
        self._pool = pool

    def speakers(self) -> list[Speaker]:
        """All of them."""
        return [
            Speaker(
                name=told["title"],
                speaker_uuid=speaker_uuid(told["name"]),
                styles=[
                    SpeakerStyle(name=name, id=style_id(told["name"], kind), type=kind)
                    for kind, name in _NAMES.items()
                ],
                version=told["version"],
            )
            for told in self._documents()
        ]

    def named(self, asked: str) -> dict[str, Any] | None:
        """What there is to say of the voice with the UUID ``asked``."""
        return next((told for told in self._documents() if speaker_uuid(told["name"]) == asked), None)

    def style(self, number: int, *kinds: StyleType) -> SingerStyle:
        """The style with this number, if it is of one of the kinds.

        Notes are in the range of the singer; those of teachers, whose queries others sing, in ``TEACHERS_MIDI``.

        Raises:
            RequestError: ``unknown_style``.
        """
        for each in self._documents():
            for kind in kinds:
                if style_id(each["name"], kind) == number:
                    own = (each["lowest_midi"], each["highest_midi"])
                    return SingerStyle(
                        each["name"], kind, *(TEACHERS_MIDI if kind == "singing_teacher" else own)
                    )
        raise no_style()

    def _documents(self) -> list[dict[str, Any]]:
        return [told for told in self._pool.documents() if "ja" in told["languages"]]


def style_id(voice: str, kind: StyleType) -> int:
    """Number of a voice's style."""
    if voice in _SHIPPED:
        return _FIRST[kind] + _SHIPPED.index(voice)
    digest = int.from_bytes(hashlib.sha256(voice.encode()).digest()[:8], "big")
    return _OTHERS + 8 * (digest % _HASHES) + list(_FIRST).index(kind)


def speaker_uuid(voice: str) -> str:
    """UUID of a voice, the same in every installation."""
    return str(uuid.uuid5(_NAMESPACE, voice))

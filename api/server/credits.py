"""Who sings, as every answer with sound names the singer: in its headers, or in the start of a stream."""

from __future__ import annotations

import string
from dataclasses import dataclass
from urllib.parse import quote

from voicebanks.load import VoiceFolder
from voicebanks.use_policy import UsePolicy

_KEPT = "".join(character for character in string.printable if character.isprintable() and character != "%")
VOICE_HEADER, ATTRIBUTION_HEADER, LICENCE_HEADER = "Singer-Voice", "Singer-Attribution", "Singer-Licence"
HEADERS = (VOICE_HEADER, ATTRIBUTION_HEADER, LICENCE_HEADER)
HEADERS_SCHEMA = {
    VOICE_HEADER: {"description": "Who sings, NAME@VERSION.", "schema": {"type": "string"}},
    ATTRIBUTION_HEADER: {
        "description": "The words that name the singer, if there are any; UTF-8, percent-encoded.",
        "schema": {"type": "string"},
    },
    LICENCE_HEADER: {"description": "SPDX name of the voice's licence.", "schema": {"type": "string"}},
}
"""What OpenAPI says of them."""


@dataclass(frozen=True, slots=True)
class Credit:
    """Who sings, and what is to be said of it.

    Attributes:
        voice: name and version, ``NAME@VERSION``.
        attribution: the words that name the singer; empty if the voice asks for none.
        licence: SPDX expression of the voice's licence.
    """

    voice: str = ""
    attribution: str = ""
    licence: str = ""

    def headers(self) -> dict[str, str]:
        """The same as headers, which hold no letters but those of ASCII: others are percent-encoded UTF-8."""
        told = zip(HEADERS, (self.voice, self.attribution, self.licence), strict=True)
        return {name: quote(text, safe=_KEPT) for name, text in told if text}


def credit_of(found: VoiceFolder, policy: UsePolicy) -> Credit:
    """The credit of a voice with its policy."""
    manifest = found.manifest
    return Credit(f"{manifest.name}@{manifest.version_of_voice}", policy.attribution, manifest.licence.spdx)

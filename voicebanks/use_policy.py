"""What a voice may be used for: said in ``voicebank.json``, kept where a use is asked for.

A policy says what the licence says, in words that a program can follow; the licence decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from singer.errors import VoicebankError

if TYPE_CHECKING:
    from voicebanks.load import VoiceFolder

COMMERCIAL = "commercial"
Allowed = Literal["yes", "no", "with_permission", "unknown"]
_USE = r"^[a-z][a-z0-9-]{0,39}$"
UseName = Annotated[str, Field(pattern=_USE)]
Line = Annotated[str, Field(min_length=1, max_length=500)]

_STRICTEST_FIRST: tuple[Allowed, ...] = ("no", "with_permission", "unknown", "yes")


class UsePolicy(BaseModel):
    """The entry ``use_policy``.

    Attributes:
        commercial: whether what the voice sings may be sold or advertise something.
        attribution_required: whether the singer must be named; ``None`` if that is not known.
        attribution: the words that name the singer; written into sound files if it is not empty.
        forbidden: uses that are not allowed, as single words such as ``political``, ``adult`` or ``impersonation``.
        notes: for people: whatever else is to be said.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    commercial: Allowed = "unknown"
    attribution_required: bool | None = None
    attribution: Annotated[str, Field(max_length=500)] = ""
    forbidden: Annotated[tuple[UseName, ...], Field(max_length=50)] = ()
    notes: Annotated[tuple[Line, ...], Field(max_length=20)] = ()

    @field_validator("attribution", "notes")
    @classmethod
    def _printable(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for text in (value,) if isinstance(value, str) else value:
            if not text.isprintable():
                raise ValueError(f"{text[:40]!r} must be one line of letters that can be seen")
        return value

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return self.model_dump(mode="json")


POLICY_NAME = "use-policy.json"
"""In a bank, which has no manifest to say it in: the entry ``use_policy`` as a file of its own."""
UNKNOWN = UsePolicy(notes=("not known; see the licence",))
"""Of a voice that says nothing."""


def is_use(word: str) -> bool:
    """Whether ``word`` could stand for a use: small letters, digits and hyphens."""
    return re.match(_USE, word) is not None and word.isprintable()


def free_policy(licence: str) -> UsePolicy:
    """The policy of a voice whose ``licence`` (an SPDX name) sets no terms for what is sung with it."""
    notes = (
        f"{licence} is about the files of the voice; it sets no terms for what is sung with them.",
        "What the voice sings is synthetic; label it so where the law asks for it.",
    )
    return UsePolicy(commercial="yes", attribution_required=False, notes=notes)


def told(policy: UsePolicy) -> list[str]:
    """The policy in words, a line each."""
    named = {True: "required", False: "not required", None: "not known"}[policy.attribution_required]
    lines = [f"commercial use: {policy.commercial.replace('_', ' ')}", f"naming the singer: {named}"]
    if policy.attribution:
        lines.append(f"name the singer as: {policy.attribution}")
    if policy.forbidden:
        lines.append(f"forbidden: {', '.join(policy.forbidden)}")
    return [*lines, *policy.notes]


def policy_of(voice: VoiceFolder) -> UsePolicy:
    """What ``voice`` may be used for; a designed voice is bound by its base's policy, too."""
    from voicebanks.store.record import recorded_policy

    own = voice.manifest.use_policy or recorded_policy(voice.folder)
    if voice.base is None:
        return own or UNKNOWN
    base = policy_of(voice.base)
    return base if own is None else combined(own, base)


def combined(first: UsePolicy, second: UsePolicy) -> UsePolicy:
    """What both allow."""
    needs = (first.attribution_required, second.attribution_required)
    names = dict.fromkeys(text for text in (first.attribution, second.attribution) if text)
    return UsePolicy(
        commercial=min(first.commercial, second.commercial, key=_STRICTEST_FIRST.index),
        attribution_required=True if True in needs else None if None in needs else False,
        attribution="; ".join(names)[:500],
        forbidden=tuple(dict.fromkeys((*first.forbidden, *second.forbidden)))[:50],
        notes=tuple(dict.fromkeys((*first.notes, *second.notes)))[:20],
    )


def check_use(voice: VoiceFolder, uses: Collection[str], *, permitted: bool = False) -> UsePolicy:
    """The policy of ``voice``, if it does not forbid any of ``uses``.

    Args:
        voice: who is to sing.
        uses: what the sound is for, in words such as ``commercial``.
        permitted: the user has the permission that a policy may ask for.

    Raises:
        VoicebankError: ``use_forbidden``, saying which use and why.
    """
    policy = policy_of(voice)
    check_policy(voice, policy, uses, permitted=permitted)
    return policy


def check_policy(
    voice: VoiceFolder, policy: UsePolicy, uses: Collection[str], *, permitted: bool = False
) -> None:
    """The same for the ``policy`` of ``voice`` as it was read before."""
    for use in uses:
        if reason := _refusal(policy, use, permitted):
            licence = ", ".join(voice.manifest.licence.files) or "the licence"
            message = f"{reason}; see {licence} in the voice's folder"
            raise VoicebankError("use_forbidden", message, f"voice {voice.manifest.name!r}")


def _refusal(policy: UsePolicy, use: str, permitted: bool) -> str:
    if use in policy.forbidden:
        return f"its use policy forbids the use {use!r}"
    if use == COMMERCIAL and policy.commercial == "no":
        return "its use policy forbids commercial use"
    if use == COMMERCIAL and policy.commercial == "with_permission" and not permitted:
        return (
            "commercial use needs the permission of the voice's owner, which you have not said that you have"
        )
    return ""

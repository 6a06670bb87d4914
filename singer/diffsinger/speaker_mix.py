"""Who of a bank's singers is asked for behind its name: one of them, or several with weights."""

from __future__ import annotations

import math

from singer.diffsinger.bank import Bank, speaker_named
from singer.errors import VoicebankError


def speaker_mix(bank: Bank, asked: str | None) -> dict[str, float]:
    """Weights of speakers; empty, which is the first one, if nobody is asked for.

    Args:
        bank: the bank, loaded.
        asked: ``soft``, as ``speaker_named`` knows it, or a mixture such as ``soft=0.3+bright=0.7``; a weight left out is 1.

    Raises:
        VoicebankError: a speaker that the bank has not, or weights that are not numbers of 0 or more with one above 0.
    """
    if asked is None:
        return {}
    if alone := speaker_named(bank.speakers, asked):
        return {alone: 1.0}
    where = f"voice {bank.name!r}"
    mix: dict[str, float] = {}
    for part in asked.split("+"):
        called, sign, weight = (part, "", "1") if part in bank.speakers else part.partition("=")
        name = speaker_named(bank.speakers, called)
        if name is None:
            known = ", ".join(bank.speakers) or "no speakers by name"
            raise VoicebankError("speakers", f"found the speaker {called[:40]!r}; it has {known}", where)
        mix[name] = _weight(weight if sign else "1", where)
    if not any(mix.values()):
        raise VoicebankError("speakers", "one of the weights must be above 0", where)
    return mix


def _weight(text: str, where: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not (math.isfinite(found) and found >= 0.0):
        raise VoicebankError(
            "speakers", f"found the weight {text[:20]!r}; it must be a number of 0 or more", where
        )
    return found

"""From a script to teacher characters and their durations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Language, Role
from singer.training.corpus.material import CorpusSyllable
from singer.training.teacher import LEAD_S, UNIT_S
from singer.training.teacher_phones import END, TONES, spell

START_UNITS = 16
"""With less silence before it the teacher leaves out the first consonant."""
END_UNITS = 9
_NOTE_S = (0.2, 1.5)
_SPOKEN_LAST_UNITS = 8
_PAUSE_UNITS = 10


@dataclass(frozen=True, slots=True)
class PlannedPhone:
    """One phone to be rendered.

    Attributes:
        symbol: inventory symbol, SP or AP.
        role: role in its syllable, ``None`` for SP and AP.
        language: language, ``None`` for SP and AP.
        characters: teacher characters that make it; empty for the padding at the start.
        units: duration of each character (padding: of the phone), in units of 25 ms.
        syllable: number of its syllable in the line, -1 outside.
    """

    symbol: str
    role: Role | None
    language: Language | None
    characters: str
    units: tuple[int, ...]
    syllable: int

    @property
    def total(self) -> int:
        """Units of the whole phone."""
        return sum(self.units)


def spelt_phones(
    syllables: Sequence[CorpusSyllable], pauses: frozenset[int], *, spoken: bool, attacks: frozenset[int]
) -> list[PlannedPhone]:
    """Phones of a line, with a pause after the syllables in ``pauses`` and a hard attack before those in ``attacks``.

    Every character has one unit; ``with_predicted`` gives it its length.
    """
    result: list[PlannedPhone] = []
    for number, syllable in enumerate(syllables):
        follows = syllables[number + 1].phones[0].symbol if number + 1 < len(syllables) else None
        if number in attacks and syllable.phones[0].role == "nucleus":
            result.append(_phone("ʔ", "onset", syllable, syllable.phones[0].symbol, number))
        for place, phone in enumerate(syllable.phones):
            after = syllable.phones[place + 1].symbol if place + 1 < len(syllable.phones) else follows
            result.append(_phone(phone.symbol, phone.role, syllable, after, number))
        if spoken and syllable.tone:
            last = result[-1]
            result[-1] = replace(
                last, characters=last.characters + TONES[syllable.tone], units=(*last.units, 1)
            )
        if number in pauses:
            result.append(pause(_PAUSE_UNITS))
    return result


def _phone(
    symbol: str, role: Role, syllable: CorpusSyllable, following: str | None, number: int
) -> PlannedPhone:
    characters = spell(symbol, syllable.language, following, stressed=syllable.stressed and role == "nucleus")
    return PlannedPhone(symbol, role, syllable.language, characters, (1,) * len(characters), number)


def pause(units: int) -> PlannedPhone:
    """A silence inside a take."""
    return PlannedPhone("SP", None, None, ",", (units,), -1)


def breath(units: int) -> PlannedPhone:
    """An audible breath."""
    return PlannedPhone("AP", None, None, "h", (units,), -1)


def framed(phones: Sequence[PlannedPhone]) -> list[PlannedPhone]:
    """``phones`` between the silences of the padding; the last of them holds the final full stop and the padding."""
    start = PlannedPhone("SP", None, None, "", (START_UNITS,), -1)
    end = PlannedPhone("SP", None, None, END, (END_UNITS - 3, 3), -1)
    return [start, *phones, end]


def characters_of(phones: Sequence[PlannedPhone]) -> str:
    """All teacher characters of framed phones."""
    return "".join(phone.characters for phone in phones)


def units_of(phones: Sequence[PlannedPhone]) -> NDArray[np.int64]:
    """Units of every token of framed phones, padding included: int64 [characters + 2]."""
    return np.array([unit for phone in phones for unit in phone.units], np.int64)


def boundaries_s(phones: Sequence[PlannedPhone]) -> NDArray[np.float64]:
    """Where the sound of each framed phone starts, and the end of the last: float64 [P + 1], seconds.

    The sound leads the units by ``LEAD_S``; only the two ends of the take stay where they are.
    """
    ends = np.cumsum([phone.total for phone in phones]) * UNIT_S
    starts = np.concatenate([[0.0], ends[:-1] - LEAD_S])
    return np.concatenate([starts, ends[-1:]])


def with_predicted(phones: Sequence[PlannedPhone], units: NDArray[np.int64]) -> list[PlannedPhone]:
    """Framed phones with the teacher's own durations; silences and breaths keep theirs."""
    result = [phones[0]]
    place = 1
    for phone in phones[1:-1]:
        count = len(phone.characters)
        predicted = tuple(int(unit) for unit in units[place : place + count])
        result.append(phone if phone.role is None else replace(phone, units=predicted))
        place += count
    return [*result, phones[-1]]


def spoken_timing(phones: Sequence[PlannedPhone]) -> list[PlannedPhone]:
    """Predicted durations without the silences that the teacher hides in the last phone before a break."""
    result = []
    for place, phone in enumerate(phones):
        if 0 < place < len(phones) - 1 and phone.symbol != "SP":
            last = phones[place + 1].symbol == "SP"
            low, high = (2, 9) if phone.role == "nucleus" else _consonant_units(phone)
            limit = min(_SPOKEN_LAST_UNITS, high + 2) if last else high
            low = low if INVENTORY[phone.symbol].phone_class == "unreleased" else max(low - 1, 1)
            phone = resized(phone, min(max(phone.total, low), limit))
        result.append(phone)
    return result


def sung_timing(phones: Sequence[PlannedPhone], rng: np.random.Generator) -> list[PlannedPhone]:
    """Consonants near their spoken length, nuclei as long as notes (0.2 to 1.5 s)."""
    result = []
    for phone in phones:
        if phone.role is None:
            result.append(phone)
        elif phone.role == "nucleus" and phone.symbol != "Q":
            low, high = np.log(_NOTE_S)
            note_s = float(np.exp(rng.uniform(low, high)))
            result.append(resized(phone, max(round(note_s / UNIT_S) - 4, 4)))
        else:
            low_units, high_units = _consonant_units(phone)
            result.append(resized(phone, min(max(phone.total, low_units), high_units)))
    return result


def _consonant_units(phone: PlannedPhone) -> tuple[int, int]:
    kind = INVENTORY[phone.symbol].phone_class
    if phone.symbol == "ɾ":
        return (1, 2)
    if phone.role == "coda":
        return {"stop": (2, 4), "unreleased": (3, 5), "offglide": (3, 5)}.get(kind, (3, 6))
    aspirated = phone.symbol.endswith("ʰ")
    table = {
        "stop": (3, 5) if aspirated else (2, 4),
        "affricate": (4, 6) if aspirated else (3, 5),
        "fricative": (4, 6),
        "glide": (2, 3),
        "closure": (4, 8),
    }
    return table.get(kind, (2, 4))


def resized(phone: PlannedPhone, total: int) -> PlannedPhone:
    """``phone`` with ``total`` units, shared among its characters as before; each keeps at least one.

    Of an English nucleus with a stress mark the vowel takes what is added.
    """
    total = max(total, len(phone.units))
    if phone.role == "nucleus" and len(phone.units) > 1:
        rest = [min(unit, 3) for unit in phone.units]
        place = 1 if phone.characters[0] == "ˈ" else 0
        rest[place] = 0
        while sum(rest) > total - 1:
            rest[rest.index(max(rest))] -= 1
        rest[place] = total - sum(rest)
        return replace(phone, units=tuple(rest))
    edges = np.round(np.cumsum(phone.units) / sum(phone.units) * total).astype(int)
    shares = np.diff(np.concatenate([[0], edges]))
    shares = np.maximum(shares, 1)
    shares[int(np.argmax(shares))] += total - int(shares.sum())
    return replace(phone, units=tuple(int(share) for share in shares))

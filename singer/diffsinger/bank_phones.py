"""Phones of a performance turned into phonemes of a bank: laid where the rules put consonants and vowels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from frontend_g2p.phones import Language, Role, Syllable
from singer.diffsinger.bank import SILENCE, Bank
from singer.diffsinger.phone_names import heard_as
from singer.diffsinger.reading import BankSyllable, bank_syllables
from singer.performance.performance import PhoneSpan, PhrasePerformance
from singer.phrases import Phrase

HELD_ON = "-"
"""``sung_as`` of a span in which the phoneme before goes on, on another note."""
_LONGEST_ONSET_S, _LONGEST_CODA_S = 0.06, 0.08
_SHARE = 0.3
"""Most of a vowel that consonants may take for which the rules left no room."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What the rules laid around one nucleus: spans of onset, nucleus and coda, and the syllable that begins, if one does."""

    onset: tuple[PhoneSpan, ...]
    nucleus: PhoneSpan
    coda: tuple[PhoneSpan, ...]
    syllable: Syllable | None


def bank_spans(phrase: Phrase, ruled: PhrasePerformance, bank: Bank) -> tuple[PhoneSpan, ...]:
    """Spans of a phrase with the bank's phonemes, which cover the same time.

    Args:
        phrase: what is sung.
        ruled: the phrase as the rules perform it.
        bank: who will sing.

    Raises:
        LyricsError: a syllable without phonemes.
    """
    begun = [syllable for note in phrase.notes for syllable in note.syllables]
    parts = iter(zip(begun, bank_syllables(begun, bank), strict=True))
    spans: list[PhoneSpan] = []
    now: BankSyllable | None = None
    units = list(_units(phrase, ruled.phones))
    for place, unit in enumerate(units):
        if isinstance(unit, PhoneSpan):
            name = unit.symbol if unit.symbol in bank.acoustic.tokens else SILENCE
            spans.append(replace(unit, symbol=name, sung_as=name))
            continue
        if unit.syllable is not None:
            syllable, now = next(parts)
            if syllable is not unit.syllable:
                raise ValueError("units and syllables of a phrase do not agree")
        if now is not None:
            ends = not _goes_on(units[place + 1 :])
            spans += _laid(unit, now, ends, bank)
    return tuple(spans)


def _goes_on(later: Sequence[_Unit | PhoneSpan]) -> bool:
    """Whether the vowel is held in what comes next, breaths and silence between left out."""
    units = [unit for unit in later if isinstance(unit, _Unit)]
    return bool(units) and units[0].syllable is None


def _units(phrase: Phrase, spans: Sequence[PhoneSpan]) -> Iterator[_Unit | PhoneSpan]:
    """Silences and breaths as they are, and units by rising time."""
    waiting: dict[int | None, list[Syllable]] = {note.index: list(note.syllables) for note in phrase.notes}
    place = 0
    while place < len(spans):
        if spans[place].role is None:
            yield spans[place]
            place += 1
            continue
        first = place
        while place < len(spans) and spans[place].role in ("onset", "glide"):
            place += 1
        nucleus = place
        place += 1
        while place < len(spans) and spans[place].role == "coda":
            place += 1
        begun = waiting.get(spans[nucleus].note, [])
        yield _Unit(
            tuple(spans[first:nucleus]),
            spans[nucleus],
            tuple(spans[nucleus + 1 : place]),
            begun.pop(0) if begun else None,
        )


def _laid(unit: _Unit, syllable: BankSyllable, ends: bool, bank: Bank) -> Iterator[PhoneSpan]:
    """Spans of one unit: consonants where the rules have theirs, or at the edges of the vowel."""
    start_s = unit.onset[0].start_s if unit.onset else unit.nucleus.start_s
    beat_s, end_s = unit.nucleus.start_s, (unit.coda or (unit.nucleus,))[-1].end_s
    onset = syllable.onset if unit.syllable is not None else ()
    coda = syllable.coda if ends else ()
    body = syllable.body if unit.syllable is not None else (HELD_ON,)
    if onset and not unit.onset:
        beat_s += min(_LONGEST_ONSET_S * len(onset), _SHARE * (end_s - beat_s))
    if not onset:
        beat_s = start_s if unit.onset else beat_s
    close_s = end_s
    if coda:
        room_s = end_s - (unit.coda[0].start_s if unit.coda else end_s)
        close_s -= room_s or min(_LONGEST_CODA_S * len(coda), _SHARE * (end_s - beat_s))
    yield from _evenly(onset, "onset", start_s, beat_s, unit.nucleus, bank)
    lead_s = min(_LONGEST_CODA_S, (close_s - beat_s) / (2 * len(body))) if len(body) > 1 else 0.0
    last_s = beat_s + lead_s * (len(body) - 1)
    yield from _evenly(body[:-1], "nucleus", beat_s, last_s, unit.nucleus, bank)
    yield from _evenly(body[-1:], "nucleus", last_s, close_s, unit.nucleus, bank)
    yield from _evenly(coda, "coda", close_s, end_s, unit.nucleus, bank)


def _evenly(
    phones: Sequence[str], role: Role, start_s: float, end_s: float, like: PhoneSpan, bank: Bank
) -> Iterator[PhoneSpan]:
    """Phonemes of equal length from ``start_s`` to ``end_s``."""
    edges_s = [start_s + (end_s - start_s) * place / len(phones) for place in range(len(phones))] + [end_s]
    for place, phone in enumerate(phones):
        symbol = like.symbol if phone == HELD_ON else _heard(phone, role, like.language, bank)
        yield PhoneSpan(symbol, role, like.language, edges_s[place], edges_s[place + 1], like.note, phone)


def _heard(phone: str, role: Role, language: Language | None, bank: Bank) -> str:
    """The inventory's nearest sound in a role."""
    from frontend_g2p.inventory import INVENTORY

    if role == "nucleus":
        return heard_as(phone, language, "vowel")
    symbol = heard_as(phone, language, "consonant").replace("ʰ", "" if role == "coda" else "ʰ")
    return symbol if symbol in INVENTORY and role in INVENTORY[symbol].roles else "t"

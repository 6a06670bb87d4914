"""Segments of a ``.ds`` file as a performance: their phonemes as phones of the inventory, for a bank beside its own names.

Lengths and pitch are kept exactly as given. A phoneme that stands for several sounds (``ian``) is cut into them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import LANGUAGES, Language, Role
from singer.diffsinger.bank import BREATH, SILENCE, Bank
from singer.diffsinger.bank_phones import HELD_ON
from singer.diffsinger.frames import Values, hz_of, without_gaps
from singer.diffsinger.phone_names import heard_as, language_of, own_phones
from singer.diffsinger.segment import Segment, along
from singer.errors import ScoreError
from singer.performance.performance import (
    CURVE_BOUNDS,
    CURVES,
    FIRST_CURVES,
    FRAME_RATE_HZ,
    Performance,
    PhoneSpan,
    PhrasePerformance,
)

_STEP_S = 1.0 / FRAME_RATE_HZ
_SHORTEST_S = 1e-6
_LONGEST_GLIDE_S, _LONGEST_CODA_S, _SHARE = 0.06, 0.1, 0.25
_SMOOTH_S = 0.06
"""Half-sine kernel over steps between notes, as DiffSinger smooths them, where a segment has notes and no f0."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """One sound of a phoneme, absolute seconds; ``place`` is the phoneme's in its segment, ``sung_as`` that of a span."""

    symbol: str
    language: Language | None
    start_s: float
    end_s: float
    place: int
    role: Role | None = None
    sung_as: str | None = None


def to_performance(
    segments: Sequence[Segment], voice: str, title: str = "", bank: Bank | None = None
) -> tuple[Performance, tuple[str, ...]]:
    """A performance of segments by rising offset, and what of them it leaves out.

    Args:
        segments: each with lengths, and f0 or notes.
        voice: name of the voice that will sing.
        title: of the song.
        bank: that the voice is, if it is an imported one; the performance then names its phonemes.

    Raises:
        ScoreError: no lengths, a phoneme that the engine has no sound for, or segments whose sounds overlap.
    """
    phrases: list[PhrasePerformance] = []
    for place, segment in enumerate(segments):
        free_from_s = phrases[-1].end_s if phrases else 0.0
        until_s = segments[place + 1].offset_s if place + 1 < len(segments) else math.inf
        phrases.append(_phrase(segment, place, (free_from_s, until_s), bank))
    end_s = max((phrase.end_s for phrase in phrases), default=0.0)
    left_out = sorted({name for segment in segments for name in _left_out(segment)})
    lacking = "a performance has" if bank else "the engine's own voices have"
    warnings = (f"left out, since {lacking} no such curves: {', '.join(left_out)}",) if left_out else ()
    return Performance(voice, title, round(end_s, 6), tuple(phrases)), warnings


def _left_out(segment: Segment) -> Iterator[str]:
    yield from segment.variances
    for name, given in (
        ("velocity", segment.velocity != 1.0),
        ("expr", segment.expression != 1.0),
        ("spk_mix", segment.mix),
    ):
        if given:
            yield name


def _phrase(
    segment: Segment, place: int, limits_s: tuple[float, float], bank: Bank | None
) -> PhrasePerformance:
    where, (free_from_s, until_s) = f"segment {place}", limits_s
    sounds = list(_sounds(segment, where, bank))
    if not sounds:
        raise ScoreError("ds", "no phoneme has a length", f"{where}, ph_dur")
    sounds = _until(sounds, until_s)
    start_s = max(math.floor(max(segment.offset_s, 0.0) * FRAME_RATE_HZ + 1e-6) * _STEP_S, free_from_s)
    start_s = round(start_s, 2)
    sounds = _from(sounds, start_s, where)
    frames = max(round((sounds[-1].end_s - start_s) * FRAME_RATE_HZ), 1)
    times_s = (start_s + np.arange(frames) * _STEP_S - segment.offset_s).astype(np.float64)
    gender = -along(segment.gender, _STEP_S, frames)
    still = np.zeros(frames, np.float32)
    curves = {name: still for name in FIRST_CURVES} | {
        "f0_hz": np.clip(_f0_hz(segment, times_s, where), *CURVE_BOUNDS["f0_hz"]).astype(np.float32),
        "gender": np.clip(gender, *CURVE_BOUNDS["gender"]).astype(np.float32),
    }
    spans = tuple(_spans(sounds, start_s))
    return PhrasePerformance(start_s, spans, curves, dict.fromkeys(CURVES, "auto"), place)


def _until(sounds: list[_Sound], until_s: float) -> list[_Sound]:
    """Sounds whose last silence ends where the next segment begins."""
    last = sounds[-1]
    if last.symbol != SILENCE or last.end_s <= until_s or len(sounds) == 1:
        return sounds
    kept = [replace(last, end_s=until_s)] if until_s > last.start_s + _STEP_S else []
    return [*sounds[:-1], *kept]


def _from(sounds: list[_Sound], start_s: float, where: str) -> list[_Sound]:
    """Sounds from ``start_s`` on; only silence may lie before it."""
    kept = [sound for sound in sounds if sound.end_s > start_s + _SHORTEST_S]
    lost = [sound for sound in sounds if sound.start_s < start_s - 0.5 * _STEP_S and sound.symbol != SILENCE]
    if lost or not kept:
        message = f"it sounds before {start_s:.2f} s, where the segment before it ends (or the song begins)"
        raise ScoreError("ds_overlap", f"{message}; only SP may overlap", f"{where}, offset")
    return [replace(kept[0], start_s=start_s), *kept[1:]]


def _sounds(segment: Segment, where: str, bank: Bank | None) -> Iterator[_Sound]:
    """Sounds of all phonemes, those without length left out."""
    if segment.lengths_s is None:
        message = (
            "it is missing; the engine's own voices need the length of each phoneme, a bank predicts them"
        )
        raise ScoreError("ds", message, f"{where}, ph_dur")
    bare = [phone for phone in segment.phones if "/" not in phone]
    language = segment.language or (None if segment.is_own_phones else language_of(bare))
    ends_s = segment.offset_s + np.cumsum(segment.lengths_s, dtype=np.float64)
    start_s = segment.offset_s
    roles = segment.roles or (None,) * len(segment.phones)
    for place, (phone, end_s) in enumerate(zip(segment.phones, ends_s.tolist(), strict=True)):
        spoken = phone.partition("/")[0] if "/" in phone else language
        symbols = _symbols(phone, language, segment.is_own_phones)
        if bank is not None and (symbols is None or spoken not in LANGUAGES):
            symbols, spoken = (heard_as(phone, language, bank.kind_of(phone)),), _spoken_by(bank)
        if symbols is None or (spoken not in LANGUAGES and symbols[0] not in (SILENCE, BREATH)):
            message = (
                f"found {phone[:40]!r}; the engine's own voices have phonemes of {', '.join(LANGUAGES)}, named as in banks "
                "for them (zh/ang, en/ay), with the language in front or in lang"
            )
            raise ScoreError("unknown_phone", message, f"{where}, ph_seq, phoneme {place}")
        for at, sound in enumerate(_cut(symbols, spoken, start_s, end_s, place)):
            sung_as = None if bank is None else HELD_ON if at else phone
            yield replace(sound, role=roles[place] if sound.language else None, sung_as=sung_as)
        start_s = end_s


def _spoken_by(bank: Bank) -> Language:
    """The language that phonemes without one count as, such as those of languages that the front end does not read."""
    return next((each for each in LANGUAGES if each in bank.languages), LANGUAGES[0])


def _symbols(phone: str, language: str | None, is_own: bool) -> tuple[str, ...] | None:
    bare = phone.rpartition("/")[2]
    if is_own:
        return (bare,) if bare in INVENTORY else None
    return own_phones(phone, language)


def _cut(
    symbols: Sequence[str], language: str | None, start_s: float, end_s: float, place: int
) -> Iterator[_Sound]:
    """The sounds of one phoneme: the vowel takes what glides before and sounds after it leave."""
    if end_s - start_s < _SHORTEST_S:
        return
    length_s = end_s - start_s
    vowel = next((at for at, symbol in enumerate(symbols) if "nucleus" in INVENTORY[symbol].roles), None)
    if vowel is None:
        lengths = np.full(len(symbols), length_s / len(symbols))
    else:
        limits = [_LONGEST_GLIDE_S if at < vowel else _LONGEST_CODA_S for at in range(len(symbols))]
        lengths = np.array([min(limit, _SHARE * length_s) for limit in limits])
        lengths[vowel] += length_s - lengths.sum()
    edges_s = [start_s, *(start_s + np.cumsum(lengths)[:-1]).tolist(), end_s]
    spoken: Language | None = next((each for each in LANGUAGES if each == language), None)
    for at, symbol in enumerate(symbols):
        known = None if symbol in (SILENCE, BREATH) else spoken
        yield _Sound(symbol, known, edges_s[at], edges_s[at + 1], place)


def _spans(sounds: Sequence[_Sound], start_s: float) -> Iterator[PhoneSpan]:
    reached_s, note = start_s, -1
    for at, sound in enumerate(sounds):
        role = sound.role or _role(sounds, at)
        symbol = _allowed(sound.symbol, role)
        note += role == "nucleus"
        yield PhoneSpan(
            symbol,
            role,
            sound.language if role else None,
            reached_s,
            sound.end_s,
            max(note, 0) if role else None,
            sound.sung_as,
        )
        reached_s = sound.end_s


def _role(sounds: Sequence[_Sound], at: int) -> Role | None:
    """Role of a sound: consonants belong to the vowel that follows before a silence, else to the one before."""
    kinds = [INVENTORY[sound.symbol].roles for sound in sounds]
    if not kinds[at]:
        return None
    if "nucleus" in kinds[at]:
        return "nucleus"
    before = at > 0 and sounds[at - 1].place == sounds[at].place and "nucleus" in kinds[at - 1]
    later = next((kind for kind in kinds[at + 1 :] if not kind or "nucleus" in kind), ())
    if before or not later or "onset" not in kinds[at]:
        return "coda"
    is_glide = INVENTORY[sounds[at].symbol].phone_class == "glide"
    return "glide" if is_glide and "nucleus" in kinds[at + 1] else "onset"


def _allowed(symbol: str, role: Role | None) -> str:
    """The symbol, or the one that stands for it in this role: codas have no breath behind them."""
    plain = symbol.removesuffix("ʰ")
    if role is None or role in INVENTORY[symbol].roles:
        return symbol
    glides = {"j": "i̯", "w": "u̯", "ɥ": "y̑", "ʂ": "ʃ", "ɕ": "ʃ", "x": "h"}
    swapped = glides.get(symbol, plain)
    return swapped if swapped in INVENTORY and role in INVENTORY[swapped].roles else "t"


def _f0_hz(segment: Segment, times_s: NDArray[np.float64], where: str) -> Values:
    """Pitch at ``times_s`` of the segment: as given, else that of its notes with smooth steps."""
    if segment.f0_hz is not None:
        curve = without_gaps(segment.f0_hz.values)
        if not (curve > 0).all():
            raise ScoreError("ds", "found no frame with pitch", f"{where}, f0_seq")
        own_s = segment.f0_hz.step_s * np.arange(len(curve))
        return np.interp(times_s, own_s, curve).astype(np.float32)
    if segment.notes is None:
        raise ScoreError("ds", "neither f0_seq nor notes say what is sung", f"{where}, f0_seq")
    ends_s = np.cumsum(segment.notes.lengths_s, dtype=np.float64)
    around = np.linspace(-0.5, 0.5, 7)
    weights = np.cos(np.pi * around)
    midi = segment.notes.sounding_midi()
    steps = [
        midi[np.minimum(np.searchsorted(ends_s, times_s + _SMOOTH_S * at), len(midi) - 1)] for at in around
    ]
    return hz_of((np.stack(steps, axis=1) @ (weights / weights.sum())).astype(np.float32))

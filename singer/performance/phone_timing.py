"""How long each consonant lasts when time allows: one table, by class of phone and, where measured, by phone.

The lengths are for notes of 300 ms and more; ``timing`` shortens them in faster passages. Those of the classes are for
phones that were not measured (``spoken_lengths``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Role
from singer.errors import PerformanceError
from singer.performance.spoken_lengths import SUNG_LENGTHS_S

SILENCE = "SP"
BREATH_PHONE = "AP"

_FINER_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "voiced_stop": "b d ɡ",
        "aspirated_stop": "pʰ tʰ kʰ",
        "aspirated_affricate": "tsʰ ʈʂʰ tɕʰ tʃ",
        "voiced_fricative": "v ð z ʒ",
    }
)
"""Where the inventory's class is too wide for timing. English tʃ has as much breath as tɕʰ."""

RELEASED = frozenset(
    {
        "stop",
        "voiced_stop",
        "aspirated_stop",
        "affricate",
        "aspirated_affricate",
        "fricative",
        "voiced_fricative",
    }
)
"""Classes that may sound on into a rest when they close a syllable."""


@dataclass(frozen=True, slots=True)
class ClassTiming:
    """Lengths of one class of phones.

    Attributes:
        onset_s: length before the beat, seconds.
        coda_s: length at the end of a note, seconds.
        coda_share: largest share of the note that it may take as a coda, 0-1.
    """

    onset_s: float
    coda_s: float
    coda_share: float = 0.5


DEFAULT_CLASSES: Mapping[str, ClassTiming] = MappingProxyType(
    {
        "stop": ClassTiming(0.060, 0.065),
        "voiced_stop": ClassTiming(0.055, 0.055),
        "aspirated_stop": ClassTiming(0.085, 0.085),
        "affricate": ClassTiming(0.080, 0.100),
        "aspirated_affricate": ClassTiming(0.105, 0.105),
        "fricative": ClassTiming(0.095, 0.085),
        "voiced_fricative": ClassTiming(0.065, 0.070),
        "nasal": ClassTiming(0.060, 0.085, 0.35),
        "liquid": ClassTiming(0.055, 0.060, 0.35),
        "glide": ClassTiming(0.060, 0.060),
        "unreleased": ClassTiming(0.080, 0.080),
        "offglide": ClassTiming(0.080, 0.080, 0.30),
        "closure": ClassTiming(0.090, 0.090),
    }
)
"""Lengths of every class that can stand beside a nucleus."""


@cache
def timing_class(symbol: str) -> str:
    """Class of an inventory symbol for timing: the inventory's class, stops, affricates and fricatives finer.

    Raises:
        PerformanceError: ``unknown_phone``, if the inventory does not hold it.
    """
    if symbol not in INVENTORY:
        raise PerformanceError("unknown_phone", f"found {symbol!r}; allowed are {' '.join(INVENTORY)}")
    for name, symbols in _FINER_CLASSES.items():
        if symbol in symbols.split():
            return name
    return INVENTORY[symbol].phone_class


@dataclass(frozen=True, slots=True)
class DurationTable:
    """Lengths of consonants, by class and, where measured, by phone.

    Attributes:
        classes: class name to its lengths.
        phones: (symbol, role) to a measured length in seconds, in place of the class's.
    """

    classes: Mapping[str, ClassTiming] = field(default_factory=lambda: DEFAULT_CLASSES)
    phones: Mapping[tuple[str, Role], float] = field(default_factory=dict)

    def length_s(self, symbol: str, role: Role) -> float:
        """Length in seconds that a consonant takes in this role when there is time."""
        measured = self.phones.get((symbol, role))
        if measured is not None:
            return measured
        timing = self._class(symbol)
        return timing.coda_s if role == "coda" else timing.onset_s

    def coda_share(self, symbol: str) -> float:
        """Largest share of a note that the phone may take as a coda, 0-1."""
        return self._class(symbol).coda_share

    def measured(self, lengths_s: Mapping[tuple[str, Role], float]) -> DurationTable:
        """A copy in which ``lengths_s`` (seconds, 0.02-0.4) stand in place of the estimates.

        Raises:
            PerformanceError: ``unknown_phone`` or ``duration_range``.
        """
        for (symbol, role), length_s in lengths_s.items():
            self._class(symbol)
            if not 0.02 <= length_s <= 0.4:
                message = f"found {length_s} s; 0.02 to 0.4 s are allowed"
                raise PerformanceError("duration_range", message, f"length of {symbol} as {role}")
        return replace(self, phones={**self.phones, **lengths_s})

    def _class(self, symbol: str) -> ClassTiming:
        name = timing_class(symbol)
        if name not in self.classes:
            message = (
                f"{symbol!r} is a {name}, which has no length of its own; allowed are {sorted(self.classes)}"
            )
            raise PerformanceError("no_length", message)
        return self.classes[name]


DEFAULT_DURATIONS = DurationTable().measured(SUNG_LENGTHS_S)

"""``.ds`` project files, read and written: a JSON list of segments whose sequences are texts with blanks between their items.

The rules are those of DiffSinger's own inference; keys that have no meaning here are ignored, as it does.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.phones import ROLES, Role
from singer.diffsinger.bank import VARIANCES
from singer.diffsinger.frames import Sampled, Values
from singer.diffsinger.notes import NoteLine
from singer.diffsinger.segment import Amount, Segment
from singer.errors import ScoreError
from singer.pitch_names import pitch_midi

LARGEST_FILE_BYTES = 200_000_000
MOST_PHONES = 100_000
LONGEST_SEGMENT_S = 3_600.0
OWN_PHONES = "singer"
"""Value of ``ph_set`` in files whose phonemes are this engine's own symbols."""

_NOTE = re.compile(r"([A-Ga-g](?:##|bb|[#b♯♭x])?-?\d)([+-]\d+)?")
_GLIDES = {"none": 0, "up": 1, "down": 2}
_Item = TypeVar("_Item")


def is_ds(document: bytes, name: str = "") -> bool:
    """Whether a file is a ``.ds`` project, by its name or by its first bytes."""
    head = document[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return Path(name).suffix.lower() == ".ds" or (head.startswith(b"[") and b'"ph_seq"' in head)


def read_ds(document: bytes, name: str = "") -> tuple[Segment, ...]:
    """Segments of a ``.ds`` file by rising offset.

    Raises:
        ScoreError: not JSON, no segments, or a field that breaks a rule; ``where`` names segment and field.
    """
    return document_to_ds(parse_ds(document, name), name)


def parse_ds(document: bytes, name: str = "") -> Any:
    """The JSON of a ``.ds`` file; raises ``ScoreError``."""
    if len(document) > LARGEST_FILE_BYTES:
        raise ScoreError("too_large", f"the file has more than {LARGEST_FILE_BYTES / 1e6:g} MB", name)
    try:
        return json.loads(document.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScoreError(
            "encoding", f"the file is not UTF-8 (byte {error.start}); save it as UTF-8", name
        ) from error
    except (ValueError, RecursionError) as error:
        raise ScoreError("not_json", f"this is not JSON: {error}", name) from error


def document_to_ds(found: object, name: str = "") -> tuple[Segment, ...]:
    """Segments by rising offset of a ``.ds`` document already parsed from JSON; raises as ``read_ds``."""
    entries = [found] if isinstance(found, dict) else found
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise ScoreError("ds", "a .ds file is a list of one or more segments, each a JSON object", name)
    segments = [_Reader(entry, f"segment {place}").segment() for place, entry in enumerate(entries)]
    return tuple(sorted(segments, key=lambda segment: segment.offset_s))


class _Reader:
    """One segment as JSON."""

    def __init__(self, entry: Mapping[str, Any], where: str) -> None:
        self._entry = {key: value for key, value in entry.items() if value is not None}
        self._where = where

    def segment(self) -> Segment:
        """The segment, checked."""
        phones = tuple(self._items("ph_seq", str) or ())
        if not phones:
            raise self._wrong("ph_seq", "it must name at least one phoneme")
        if len(phones) > MOST_PHONES:
            raise self._wrong("ph_seq", f"found {len(phones)} phonemes; at most {MOST_PHONES} are read")
        lengths = self._floats("ph_dur", lowest=0.0)
        self._same("ph_dur", lengths, "ph_seq", phones)
        sizes = self._whole("ph_num", lowest=1)
        if sizes is not None and sizes.sum() != len(phones):
            raise self._wrong("ph_num", f"found {sizes.sum()} phonemes in all; ph_seq has {len(phones)}")
        segment = Segment(
            phones=phones,
            offset_s=self._number("offset", 0.0, -LONGEST_SEGMENT_S, 86_400.0),
            text=str(self._entry.get("text", "")),
            language=self._text("lang"),
            lengths_s=lengths,
            word_sizes=sizes,
            notes=self._notes(),
            f0_hz=self._curve("f0_seq", "f0_timestep", 0.0, 20_000.0),
            variances={name: curve for name in VARIANCES if (curve := self._curve(name)) is not None},
            gender=self._amount("gender", 0.0, -10.0, 10.0),
            velocity=self._amount("velocity", 1.0, 0.01, 100.0),
            expression=self._amount("expr", 1.0, 0.0, 1.0),
            mix=self._mix(),
            phone_mix=self._phone_mix(len(phones)),
            seed=self._seed(),
            is_own_phones=self._entry.get("ph_set") == OWN_PHONES,
            roles=self._roles(phones),
        )
        return self._checked(segment)

    def _checked(self, segment: Segment) -> Segment:
        if segment.lengths_s is None and segment.notes is None:
            raise self._wrong(
                "ph_dur", "neither ph_dur nor notes (note_seq, note_dur, note_slur) say how long it lasts"
            )
        if not 0 < segment.duration_s <= LONGEST_SEGMENT_S:
            raise self._wrong(
                "ph_dur",
                f"it lasts {segment.duration_s:g} s; above 0 and up to {LONGEST_SEGMENT_S:g} s are read",
            )
        return segment

    def _notes(self) -> NoteLine | None:
        names = self._items("note_seq", str)
        if names is None or self._has_old_notes():
            return None
        midi = np.array([self._midi(name) for name in names], np.float32)
        lengths = self._floats("note_dur", lowest=0.0)
        slurs = self._whole("note_slur", lowest=0)
        glides = self._items("note_glide", str)
        if lengths is None:
            raise self._wrong("note_dur", "it is missing; note_seq needs it")
        slurs = np.zeros(len(midi), np.int64) if slurs is None else slurs
        for key, values in (("note_dur", lengths), ("note_slur", slurs), ("note_glide", glides)):
            self._same(key, values, "note_seq", names)
        unknown = [glide for glide in glides or () if glide not in _GLIDES]
        if unknown or slurs[0] or slurs.max() > 1:
            key = "note_glide" if unknown else "note_slur"
            allowed = "none, up or down" if unknown else "0 or 1, and 0 for the first note"
            raise self._wrong(
                key, f"found {unknown[0] if unknown else int(slurs.max())}; allowed are {allowed}"
            )
        return NoteLine(
            midi,
            lengths,
            slurs.astype(np.bool_),
            np.array([_GLIDES[glide] for glide in glides or ["none"] * len(midi)]),
        )

    def _has_old_notes(self) -> bool:
        """Whether notes are told phoneme by phoneme, as old files do beside lengths and f0, where nothing asks for them."""
        is_old = "note_dur_seq" in self._entry or "is_slur_seq" in self._entry
        return (
            is_old and "note_dur" not in self._entry and "ph_dur" in self._entry and "f0_seq" in self._entry
        )

    def _midi(self, name: str) -> float:
        if name.lower() == "rest":
            return math.nan
        match = _NOTE.fullmatch(name)
        try:
            if match is None:
                raise ValueError
            return pitch_midi(match[1]) + (int(match[2]) / 100.0 if match[2] else 0.0)
        except ValueError as error:
            raise self._wrong(
                "note_seq", f'found {name[:20]!r}; notes are "C4", "D#4", "Bb3+10" or "rest"'
            ) from error

    def _roles(self, phones: Sequence[str]) -> tuple[Role | None, ...] | None:
        names = self._items("ph_role", str)
        if names is None or self._entry.get("ph_set") != OWN_PHONES:
            return None
        self._same("ph_role", names, "ph_seq", phones)
        known: dict[str, Role | None] = {"none": None, **{role: role for role in ROLES}}
        unknown = [name for name in names if name not in known]
        if unknown:
            raise self._wrong("ph_role", f"found {unknown[0][:20]!r}; allowed are {', '.join(known)}")
        return tuple(known[name] for name in names)

    def _mix(self) -> dict[str, Amount]:
        found = self._speakers("spk_mix")
        return {name: self._amount_of(value, "spk_mix", "spk_mix_timestep") for name, value in found.items()}

    def _phone_mix(self, phones: int) -> dict[str, float | Values]:
        mix: dict[str, float | Values] = {}
        for name, value in self._speakers("ph_spk_mix").items():
            weights = self._numbers(value, "ph_spk_mix", 0.0, math.inf)
            if len(weights) not in (1, phones):
                raise self._wrong(
                    "ph_spk_mix", f"found {len(weights)} weights of {name[:40]}; ph_seq has {phones}"
                )
            mix[name] = float(weights[0]) if len(weights) == 1 else weights
        return mix

    def _speakers(self, key: str) -> dict[str, Any]:
        found = self._entry.get(key, {})
        if not isinstance(found, dict):
            raise self._wrong(key, 'it must be an object such as {"speaker": 0.7}')
        return found

    def _seed(self) -> int | None:
        found = self._entry.get("seed")
        if found is None or (isinstance(found, int) and found < 0):
            return None
        if not isinstance(found, int) or isinstance(found, bool) or found >= 2**63:
            raise self._wrong("seed", f"found {str(found)[:20]}; it must be a whole number")
        return found

    def _amount(self, key: str, default: float, lowest: float, highest: float) -> Amount:
        value = self._entry.get(key)
        return default if value is None else self._amount_of(value, key, f"{key}_timestep", lowest, highest)

    def _amount_of(
        self, value: Any, key: str, step_key: str, lowest: float = 0.0, highest: float = math.inf
    ) -> Amount:
        numbers = self._numbers(value, key, lowest, highest)
        if isinstance(value, int | float) or (len(numbers) == 1 and step_key not in self._entry):
            return float(numbers[0])
        return Sampled(numbers, self._step(step_key, key))

    def _curve(
        self, key: str, step_key: str = "", lowest: float = -1_000.0, highest: float = 1_000.0
    ) -> Sampled | None:
        if key not in self._entry:
            return None
        return Sampled(
            self._numbers(self._entry[key], key, lowest, highest),
            self._step(step_key or f"{key}_timestep", key),
        )

    def _step(self, key: str, curve: str) -> float:
        if key not in self._entry:
            raise self._wrong(key, f"it is missing; {curve} needs the seconds between its values")
        return self._number(key, 0.0, 1e-4, 10.0)

    def _number(self, key: str, default: float, lowest: float, highest: float) -> float:
        value = self._entry.get(key, default)
        return float(self._numbers(value, key, lowest, highest, most=1)[0])

    def _text(self, key: str) -> str | None:
        return str(self._entry[key]) if self._entry.get(key) else None

    def _floats(self, key: str, lowest: float) -> Values | None:
        if key not in self._entry:
            return None
        return self._numbers(self._entry[key], key, lowest, LONGEST_SEGMENT_S)

    def _whole(self, key: str, lowest: int) -> NDArray[np.int64] | None:
        items = self._items(key, int)
        if items is None:
            return None
        if min(items) < lowest or max(items) > MOST_PHONES:
            raise self._wrong(
                key, f"found {min(items)} to {max(items)}; {lowest} to {MOST_PHONES} are allowed"
            )
        return np.array(items, np.int64)

    def _numbers(
        self, value: Any, key: str, lowest: float, highest: float, most: int | None = None
    ) -> Values:
        items = self._listed(value, key, float)
        if most is not None and len(items) != most:
            raise self._wrong(key, f"found {len(items)} numbers; it must be one")
        for place, item in enumerate(items):
            if not (math.isfinite(item) and lowest <= item <= highest):
                raise self._wrong(
                    key, f"found {item:g} at place {place}; {lowest:g} to {highest:g} are allowed"
                )
        return np.array(items, np.float32)

    def _items(self, key: str, kind: Callable[[Any], _Item]) -> list[_Item] | None:
        return self._listed(self._entry[key], key, kind) if key in self._entry else None

    def _listed(self, value: Any, key: str, kind: Callable[[Any], _Item]) -> list[_Item]:
        items = value.split() if isinstance(value, str) else value if isinstance(value, list) else [value]
        try:
            if not items or any(isinstance(item, list | dict | bool) for item in items):
                raise ValueError
            return [kind(item) for item in items]
        except (ValueError, TypeError, OverflowError) as error:
            kinds = {int: "whole numbers", float: "numbers"}
            raise self._wrong(
                key,
                f"found {str(value)[:40]!r}; it must be {kinds.get(kind, 'words')} with blanks between",  # type: ignore[call-overload]
            ) from error

    def _same(
        self, key: str, values: Sequence[Any] | NDArray[Any] | None, other: str, others: Sequence[Any]
    ) -> None:
        if values is not None and len(values) != len(others):
            raise self._wrong(key, f"found {len(values)} items; {other} has {len(others)}")

    def _wrong(self, key: str, message: str) -> ScoreError:
        return ScoreError("ds", message, f"{self._where}, {key}")

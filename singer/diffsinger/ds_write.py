"""Segments as the text of a ``.ds`` project file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.diffsinger.ds_io import OWN_PHONES
from singer.diffsinger.frames import Sampled, Values
from singer.diffsinger.notes import NoteLine
from singer.diffsinger.segment import Amount, Segment
from singer.pitch_names import pitch_name
from singer.whole_file import write_whole

_GLIDES = ("none", "up", "down")


def save_ds(segments: Sequence[Segment], path: str | Path) -> None:
    """Write segments as a ``.ds`` file; it is complete or, on an error, as it was. Raises ``OutputError``."""
    write_whole(ds_text(segments), path)


def ds_text(segments: Sequence[Segment]) -> str:
    """JSON of a ``.ds`` file; reading it gives the same segments, numbers to 6 decimals."""
    return json.dumps([_entry(segment) for segment in segments], ensure_ascii=False, indent=2) + "\n"


def _entry(segment: Segment) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "offset": round(segment.offset_s, 6),
        "text": segment.text or " ".join(segment.phones),
        "ph_seq": " ".join(segment.phones),
    }
    if segment.lengths_s is not None:
        entry["ph_dur"] = _numbers(segment.lengths_s)
    if segment.word_sizes is not None:
        entry["ph_num"] = " ".join(map(str, segment.word_sizes))
    if segment.notes is not None:
        entry |= _notes(segment.notes)
    if segment.f0_hz is not None:
        entry |= _curve("f0_seq", segment.f0_hz, "f0_timestep")
    for name, curve in segment.variances.items():
        entry |= _curve(name, curve)
    for name, amount, neutral in (
        ("gender", segment.gender, 0.0),
        ("velocity", segment.velocity, 1.0),
        ("expr", segment.expression, 1.0),
    ):
        if amount != neutral:
            entry |= _amount(name, amount)
    entry |= _mixes(segment)
    if segment.roles is not None:
        entry["ph_role"] = " ".join(role or "none" for role in segment.roles)
    given = {
        "lang": segment.language,
        "seed": segment.seed,
        "ph_set": OWN_PHONES if segment.is_own_phones else None,
    }
    return entry | {key: value for key, value in given.items() if value is not None}


def _mixes(segment: Segment) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, amount in segment.mix.items():
        found.setdefault("spk_mix", {})[name] = (
            _numbers(amount.values) if isinstance(amount, Sampled) else amount
        )
        if isinstance(amount, Sampled):
            found["spk_mix_timestep"] = _short(amount.step_s)
    for name, weight in segment.phone_mix.items():
        found.setdefault("ph_spk_mix", {})[name] = weight if isinstance(weight, float) else _numbers(weight)
    return found


def _notes(notes: NoteLine) -> dict[str, str]:
    found = {
        "note_seq": " ".join("rest" if np.isnan(midi) else _note_name(float(midi)) for midi in notes.midi),
        "note_dur": _numbers(notes.lengths_s),
        "note_slur": " ".join(str(int(slur)) for slur in notes.slurs),
    }
    return found | (
        {"note_glide": " ".join(_GLIDES[glide] for glide in notes.glides)} if notes.glides.any() else {}
    )


def _note_name(midi: float) -> str:
    return pitch_name(midi).removesuffix("c")


def _amount(name: str, amount: Amount) -> dict[str, Any]:
    return _curve(name, amount) if isinstance(amount, Sampled) else {name: round(amount, 6)}


def _curve(name: str, curve: Sampled, step_name: str = "") -> dict[str, Any]:
    return {name: _numbers(curve.values), step_name or f"{name}_timestep": _short(curve.step_s)}


def _numbers(values: Values | NDArray[np.floating]) -> str:
    return " ".join(map(_short, _floats(values)))


def _floats(values: Values | NDArray[np.floating]) -> Iterable[float]:
    found: list[float] = values.astype(np.float64).tolist()
    return found


def _short(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")

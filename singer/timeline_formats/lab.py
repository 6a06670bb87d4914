"""HTS label files (``.lab``): one phone a line, ``start end phone``, in units of 100 ns, in ASCII."""

from __future__ import annotations

from frontend_g2p.inventory import INVENTORY
from singer.timeline_formats.timed_song import TimedSong, phone_intervals

_UNITS_PER_S = 10_000_000


def write_lab(song: TimedSong) -> str:
    """The phones of a song, from 0 to its end without gaps, by the ASCII ids of ``docs/phones.md``."""
    return "".join(
        f"{_units(phone.start_s)} {_units(phone.end_s)} {INVENTORY[phone.label].ascii_id}\n"
        for phone in phone_intervals(song)
    )


def _units(time_s: float) -> int:
    return round(time_s * _UNITS_PER_S)

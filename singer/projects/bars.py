"""Time signatures that LibreSVIP misplaces, read from the file itself: CeVIO's and VOCALOID's."""

from __future__ import annotations

from collections.abc import Iterable

from singer.projects.imported import TICKS, Song
from singer.time_signatures import TimeSignature, TimeSignatures

CLOCKS = 2
"""Clocks of CeVIO and VoiSona in a tick."""


def refine_ccs_bars(song: Song, document: bytes) -> None:
    """Read the signatures of the first sung track: LibreSVIP keeps 4/4 at the start, and moves the others."""
    from defusedxml.ElementTree import fromstring

    times = fromstring(document).find(".//Unit[@Category='SingerSong']/Song/Beat")
    if times is not None:
        song.time_signatures = [
            (
                int(time.get("Clock") or 0) // CLOCKS,
                int(time.get("Beats") or 4),
                int(time.get("BeatType") or 4),
            )
            for time in times.findall("Time")
        ]


def vocaloid_bars(
    signatures: Iterable[tuple[int, int, int]], pre_measure: int
) -> tuple[int, list[tuple[int, int, int]]]:
    """Ticks of the bars before the song, and the song's signatures as (tick, beats, unit).

    Args:
        signatures: (bar, beats, unit), bars counted from the file's first one.
        pre_measure: how many bars come before the song.
    """
    found = TimeSignatures.of_bars(signatures)
    lead_ticks = round(found.beat_of_bar(pre_measure) * TICKS)
    placed = [(round(each.beat * TICKS) - lead_ticks, each.beats, each.unit) for each in found.changes]
    begun = [each for each in placed if each[0] <= 0][-1]
    return lead_ticks, [(0, begun[1], begun[2]), *(each for each in placed if each[0] > 0)]


def signatures_of(song: Song) -> TimeSignatures:
    """The signatures of a song that is read, without what is none."""
    return TimeSignatures.of(
        TimeSignature(max(tick, 0) / TICKS, beats, unit) for tick, beats, unit in song.time_signatures
    )

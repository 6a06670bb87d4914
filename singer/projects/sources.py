"""What LibreSVIP's model cannot hold of a file, read from the file itself; part of the process that opens it."""

from __future__ import annotations

import json
from collections.abc import Callable

from singer.projects.imported import TICKS, Song


def refine(song: Song, document: bytes, format_name: str) -> None:
    """Put pitch, controls and languages that LibreSVIP leaves out or rounds into ``song``, and list the rest.

    Args:
        song: what LibreSVIP made of the file; is changed.
        document: the file.
        format_name: a key of ``formats.READ``.
    """
    refiner = _refiner(format_name)
    if refiner:
        refiner(song, document)


def _refiner(format_name: str) -> Callable[[Song, bytes], None] | None:
    if format_name == "ustx":
        from singer.projects.source_ustx import refine_ustx

        return refine_ustx
    if format_name == "svp":
        from singer.projects.source_svp import refine_svp

        return refine_svp
    if format_name == "vsqx":
        from singer.projects.source_vsqx import refine_vsqx

        return refine_vsqx
    if format_name == "vpr":
        from singer.projects.source_vpr import refine_vpr

        return refine_vpr
    if format_name == "vvproj":
        return _check_resolution
    if format_name == "ccs":
        from singer.projects.source_ccs import refine_ccs

        return refine_ccs
    if format_name == "tssln":
        from singer.projects.source_tssln import refine_tssln

        return refine_tssln
    return None


def _check_resolution(_: Song, document: bytes) -> None:
    """LibreSVIP takes the ticks of VOICEVOX as they are; raises ``ValueError`` for another count of them."""
    ticks = json.loads(document).get("song", {}).get("tpqn", TICKS)
    if ticks != TICKS:
        raise ValueError(f"it counts {ticks} ticks to the quarter note; {TICKS} are known")

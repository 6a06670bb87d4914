"""VoiSona's own parts of a TSSLN file: time signatures."""

from __future__ import annotations

from typing import Any

from singer.projects.bars import CLOCKS
from singer.projects.imported import Song


def refine_tssln(song: Song, document: bytes) -> None:
    """Read the signatures of the first sung track: LibreSVIP keeps 4/4 at the start."""
    from libresvip.plugins.tssln.model import VoiSonaProject
    from libresvip.utils.binary.value_tree import JUCENode, build_tree_dict

    project = VoiSonaProject.model_validate(build_tree_dict(JUCENode.parse(document))["TSSolution"])
    sung = (item for track in project.tracks for item in track.track if hasattr(item, "plugin_data"))
    songs = (item.plugin_data.state_information.song for item in sung)
    first: Any = next((found for found in songs if found), None)
    if first:
        song.time_signatures = [
            (int(time.clock / CLOCKS), time.beats, time.beat_type)
            for beat in first[0].beat
            for time in beat.time
        ]

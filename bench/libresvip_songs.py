"""``python -m bench.libresvip_songs FORMAT ...``: a song as LibreSVIP writes it, one line of hexadecimal digits each."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.fuzz import song


def written(names: list[str]) -> Iterator[bytes]:
    """The song of ``bench.fuzz`` in each format."""
    from importlib import import_module

    from libresvip.core.warning_types import CatchWarnings

    from singer.projects.opened import PLUGINS

    for name in names:
        module, converter = PLUGINS[name]
        found = getattr(import_module(f"libresvip.plugins.{module}"), converter)
        with tempfile.TemporaryDirectory() as folder, CatchWarnings(), contextlib.redirect_stdout(None):
            path = Path(folder, f"song.{name}")
            found.dump(path, _libresvip_project(name), {})
            document = path.read_bytes()
        yield document


def _libresvip_project(name: str) -> Any:
    """LibreSVIP counts curves from a bar before the notes, and, but for some formats, tempi as well."""
    from libresvip.model.base import (
        Note,
        ParamCurve,
        Params,
        Points,
        Project,
        SingingTrack,
        SongTempo,
        TimeSignature,
    )
    from libresvip.model.point import Point

    score = song()
    notes = [
        Note(
            start_pos=round(note.start_beat * 480),
            length=round(note.duration_beats * 480),
            key_number=round(note.midi),
            lyric=note.lyric,
        )
        for note in score.notes
    ]
    line = [Point(round(beat * 480) + 1920, round(midi * 100)) for beat, midi in score.drawn_pitch[0]]
    ends = [Point(line[0].x, -100), *line, Point(line[-1].x, -100)]
    pitch = ParamCurve(points=Points(root=[Point.start_point(), *ends, Point.end_point()]))
    track = SingingTrack(title="Lead", ai_singer_name="x", note_list=notes, edited_params=Params(pitch=pitch))
    lead = 0 if name in ("vpr", "vvproj", "ccs", "tssln") else 1920
    return Project(
        song_tempo_list=[SongTempo(position=0, bpm=100), SongTempo(position=1920 + lead, bpm=140)],
        time_signature_list=[TimeSignature(), TimeSignature(BarIndex=2, Numerator=3, Denominator=4)],
        track_list=[track],
    )


if __name__ == "__main__":
    for document in written(sys.argv[1:]):
        print("song", document.hex())

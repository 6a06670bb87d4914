"""The process that opens a stranger's file: LibreSVIP's reader behind limits of time and memory.

``python -m singer.projects.opened FORMAT`` reads the file from standard input and writes one JSON document:
``{"song": ...}`` or ``{"error": ...}``. Only this process imports LibreSVIP. It may be killed at any moment.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from singer.projects.imported import TICKS, Line, Song, SongNote, SongTrack
from singer.time_signatures import TimeSignatures

MEMORY_BYTES = 1_500_000_000
CPU_S = 20
LARGEST_ANSWER_BYTES = 64_000_000
_MOST_POINTS = 1_000_000
_BROKEN = -100
"""LibreSVIP's value of a pitch that is not drawn."""
_AFTER_THE_SONG = 1_000_000_000

PLUGINS: dict[str, tuple[str, str]] = {
    "ustx": ("ustx.ustx_converter", "OpenUtauConverter"),
    "svp": ("svp.synthv_studio_converter", "SynthVStudioConverter"),
    "s5p": ("s5p.synthv_editor_converter", "SynthVEditorConverter"),
    "vsqx": ("vsqx.vsqx_converter", "VsqxConverter"),
    "vpr": ("vpr.vpr_converter", "VocaloidConverter"),
    "ccs": ("ccs.cevio_converter", "CeVIOConverter"),
    "tssln": ("tssln.voisona_converter", "VoiSonaConverter"),
    "vvproj": ("vvproj.voicevox_converter", "VOICEVOXConverter"),
    "acep": ("acep.ace_studio_converter", "ACEStudioConverter"),
    "dv": ("dv.deepvocal_converter", "DeepVocalConverter"),
    "ufdata": ("ufdata.ufdata_converter", "UFDataConverter"),
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "ustx": {"breath_lyrics": "", "silence_lyrics": "R SP"},
    "svp": {"breath": "keep"},
}
_TEMPO_LEADS = ("ustx", "svp", "s5p", "dv", "acep", "tssln")
"""Formats whose tempi LibreSVIP counts from a bar before the notes, as it does with all curves."""
_LEADS_BY_FOUR_BEATS = ("ustx", "ccs", "tssln")
"""Formats in which this bar has four beats whatever the time signature is."""


_BARS_LEAD = ("svp",)
"""Formats whose bars LibreSVIP counts so too."""


def main(format_name: str) -> None:
    """Read standard input, answer on standard output."""
    _limit()
    answer: dict[str, Any]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            answer = {"song": asdict(open_project(sys.stdin.buffer.read(), format_name))}
        text = json.dumps(answer, allow_nan=False)
        if len(text) > LARGEST_ANSWER_BYTES:
            raise ValueError("it unpacks to more than can be held")
    except (MemoryError, RecursionError) as error:
        text = json.dumps({"error": f"reading it takes too much memory ({type(error).__name__})"})
    except Exception as error:  # LibreSVIP's parsers raise whatever they run into
        text = json.dumps({"error": _reason(error).encode("utf-8", "replace").decode()})
    sys.stdout.write(text)


def _reason(error: Exception) -> str:
    """What an error says, in one line that names the place in the file where it is known."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        place = ", ".join(map(str, first["loc"])) or "the file"
        return f"{place}: {first['msg']}, found {str(first['input'])[:60]!r}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ", ".join(lines[:3])[:200] or type(error).__name__


def _limit() -> None:
    """Bound memory, processor time and files written, where the system can, and give way to those who sing."""
    try:
        import resource
    except ImportError:  # Windows: the caller's timeout is all there is
        return
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_ANSWER_BYTES, LARGEST_ANSWER_BYTES))


def open_project(document: bytes, format_name: str) -> Song:
    """The song in a file, by LibreSVIP's reader; raises whatever that raises."""
    from libresvip.core.warning_types import CatchWarnings

    from singer.projects.sources import refine

    module, name = PLUGINS[format_name]
    converter = getattr(import_module(f"libresvip.plugins.{module}"), name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"song.{format_name}")
        path.write_bytes(document)
        with CatchWarnings() as said:
            project = converter.load(path, _OPTIONS.get(format_name, {}))
    for track in project.track_list:
        if track.type_ != "Singing" and Path(str(track.audio_file_path)) == Path(folder):
            track.audio_file_path = track.title = ""  # what LibreSVIP makes of no file
    song = _song(project, format_name)
    song.left_out += [line for line in said.output.splitlines() if line.strip()]
    refine(song, document, format_name)
    _check(song)
    return song


def _song(project: Any, format_name: str) -> Song:
    bar = project.time_signature_list[0] if project.time_signature_list else None
    bar_beats = bar.numerator * 4 / bar.denominator if bar and bar.denominator else 4.0
    curve_lead = 1920 if format_name in _LEADS_BY_FOUR_BEATS else round(bar_beats * 480)
    tempo_lead = curve_lead if format_name in _TEMPO_LEADS else 0
    song = Song(time_signatures=_time_signatures(project, 1 if format_name in _BARS_LEAD else 0))
    for tempo in project.song_tempo_list:
        song.tempos.append((tempo.position - tempo_lead if tempo.position > 0 else 0, tempo.bpm))
    for track in project.track_list:
        if track.type_ == "Singing":
            song.tracks.append(_track(track, curve_lead, format_name))
        elif file := Path(str(track.audio_file_path).replace("\\", "/")).name or track.title:
            song.left_out.append(f'backing audio "{file}"')
    return song


def _time_signatures(project: Any, lead_bars: int) -> list[tuple[int, int, int]]:
    found = TimeSignatures.of_bars(
        (each.bar_index - lead_bars, each.numerator, each.denominator) for each in project.time_signature_list
    )
    return [(round(each.beat * TICKS), each.beats, each.unit) for each in found.changes]


def _track(track: Any, lead: int, format_name: str) -> SongTrack:
    found = SongTrack(name=track.title or "")
    timed = 0
    for note in track.note_list:
        hint = note.pronunciation if format_name in ("svp", "s5p", "acep", "tssln") else None
        found.notes.append(SongNote(note.start_pos, note.length, note.key_number, note.lyric, hint))
        timed += note.edited_phones is not None
    if timed:
        found.left_out.append(f"lengths of phones set by hand in {timed} notes")
    if track.volume != 1.0 or track.pan != 0.0 or track.mute or track.solo:
        found.left_out.append("the mixer's volume, pan, mute and solo")
    params = track.edited_params
    found.lines = _lines(params.pitch.points.root, lead)
    for control, curve, scale in (
        ("loudness_db", params.volume, _loudness_db),
        ("breathiness", params.breath, lambda value: value / 1000),
        ("gender", params.gender, lambda value: -value / 1000),
        ("brightness" if format_name in ("vsqx", "vpr") else "tension", params.strength, lambda y: y / 1000),
    ):
        points = _curve(curve.points.root, lead, scale)
        if any(value for _, value in points):
            found.curves[control] = points
    return found


def _loudness_db(value: float) -> float:
    """LibreSVIP's -1000 to 1000: above 0 in steps of 12 / 1000 dB, below as a share of the amplitude."""
    if value >= 0:
        return value * 12 / 1000
    return max(20 * math.log10(max(1 + value / 1000, 1e-4)), -24.0)


def _lines(points: list[Any], lead: int) -> list[Line]:
    """Stretches between breaks; a step splits a line in two."""
    lines: list[Line] = []
    current: Line = []
    for point in points:
        tick, cents = point.x - lead, point.y
        ends = cents == _BROKEN or point.x >= _AFTER_THE_SONG
        if current and (ends or tick <= current[-1][0]):
            lines.append(current)
            current = []
        if not ends and tick >= 0:
            current.append((tick, cents / 100))
    return [line for line in [*lines, current] if len(line) > 1]


def _curve(points: list[Any], lead: int, scale: Callable[[float], float]) -> list[tuple[float, float]]:
    curve: dict[float, float] = {}
    for point in points:
        if point.x < _AFTER_THE_SONG:
            curve[max(point.x - lead, 0)] = scale(point.y)
    return sorted(curve.items())


def _check(song: Song) -> None:
    points = sum(sum(map(len, track.lines)) + sum(map(len, track.curves.values())) for track in song.tracks)
    if points > _MOST_POINTS:
        raise ValueError(f"its curves have {points} points; {_MOST_POINTS} is the most")


if __name__ == "__main__":
    main(sys.argv[1])

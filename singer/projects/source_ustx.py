"""OpenUtau's own parts of a USTX file: which notes have a pitch of their own, its vibrato, its expressions."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from singer.projects.imported import Line, Song, SongTrack, SongVibrato

CONTROLS = {
    "dyn": ("loudness_db", 0.1),
    "genc": ("gender", 0.01),
    "brec": ("breathiness", 0.01),
    "tenc": ("tension", 0.01),
}
"""Curve of USTX to control, and how much of the control one of its units is."""
_STEEPEST_PLAIN_MS = 10.0
_GRID_TICKS = 5


def refine_ustx(song: Song, document: bytes) -> None:
    """Keep drawn pitch only on notes that have some, exact to the file's cents; read vibrato and expressions."""
    from libresvip.plugins.ustx.model import USTXProject
    from libresvip.plugins.ustx.util import BasePitchGenerator
    from libresvip.utils.text import to_unicode
    from libresvip.utils.yamlutils import load_yaml_1_2

    tree = load_yaml_1_2(to_unicode(document))
    _check_end(song, tree)
    project = USTXProject.model_validate(tree, context={"path": None})
    song.title = project.name if project.name != "New Project" else ""
    base = BasePitchGenerator(project)
    sung = [
        number
        for number in range(len(project.tracks))
        if any(part.track_no == number and part.notes for part in project.voice_parts)
    ]
    for track, number in zip(song.tracks, sung, strict=False):
        track.lines = []
        parts = [part for part in project.voice_parts if part.track_no == number]
        shown = {note.start: note for note in track.notes}
        for part in sorted(parts, key=lambda part: part.position):
            steady = base.base_pitch(part)
            bend = next((curve for curve in part.curves if curve.abbr == "pitd"), None)
            drawn_until = -1
            for index, note in enumerate(part.notes):
                after_rest = not index or part.notes[index - 1].end < note.position
                bent = _is_bent(note, bend)
                drawn = bent or not (
                    _is_plain(note, after_rest) or (_is_step(note) and note.position == drawn_until)
                )
                drawn_until = note.end if bent else -1
                found = shown.get(note.position + part.position)
                if found and note.vibrato.length > 0 and not drawn:
                    found.vibrato = _vibrato(note.vibrato)
                elif drawn or note.vibrato.length > 0:
                    line = _line(part, note, steady, bend)
                    track.lines += [line] if len(line) > 1 else []
            _add_controls(track, part)
        _list_the_rest(track, parts)


def _check_end(song: Song, tree: dict[str, Any]) -> None:
    """A YAML document that was cut off at the end of a line is still one: what all programs write last tells."""
    if "wave_parts" in tree:
        return
    notes = [note for part in tree.get("voice_parts") or [] for note in part.get("notes") or []]
    missing = sorted({*notes[0]} - {*notes[-1]}) if notes else []
    if missing:
        raise ValueError(f"it is cut off: its last note has no {', '.join(missing)}")
    song.left_out.append("what may have stood behind its end: it has no wave_parts, as if it were cut off")


def _is_bent(note: Any, bend: Any) -> bool:
    if bend is None or bend.is_empty:
        return False
    known = [y for x, y in zip(bend.xs, bend.ys, strict=False) if note.position <= x < note.end]
    return any(known) or bool(bend.sample(note.position) or bend.sample(note.end - 1))


def _is_plain(note: Any, after_rest: bool) -> bool:
    """Whether the pitch points are what OpenUtau gives to every note: one glide to the note's key."""
    points = note.pitch.data
    rising = points[1:] if note.pitch.snap_first or not after_rest else points
    slow = len(points) == 2 and points[1].x - points[0].x >= _STEEPEST_PLAIN_MS
    return not points or (slow and not any(point.y for point in rising))


def _is_step(note: Any) -> bool:
    """Whether the note is on its key from its first tick on, as one after drawn pitch must be not to change that."""
    points = note.pitch.data
    return not any(point.y for point in points if point.x >= 0) and any(point.x >= 0 for point in points)


def _line(part: Any, note: Any, steady: list[float], bend: Any) -> Line:
    """Samples at every 5 ticks of the part, at points of the curve between these, and at both ends of the note."""
    ticks = set(range(-(-note.position // _GRID_TICKS) * _GRID_TICKS, note.end, _GRID_TICKS))
    if bend is not None:
        ticks.update(x for x in bend.xs[bisect_left(bend.xs, note.position) : bisect_left(bend.xs, note.end)])
    line: Line = []
    for tick in sorted(ticks) if steady else ():
        index = tick // _GRID_TICKS if tick - note.position >= _GRID_TICKS else -(-tick // _GRID_TICKS)
        cents = steady[min(index, len(steady) - 1)] + (bend.sample(tick) if bend is not None else 0)
        line.append((tick, cents / 100))
    if len(line) < 2:
        return []
    if line[0][0] > note.position:
        line.insert(0, (note.position, _straight(line[0], line[1], note.position)))
    apart = next((point for point in line[-2::-1] if line[-1][0] - point[0] >= _GRID_TICKS), line[-2])
    line.append((note.end, _straight(apart, line[-1], note.end)))
    return [(tick + part.position, midi) for tick, midi in line]


def _straight(first: tuple[float, float], second: tuple[float, float], tick: float) -> float:
    """The line through two samples at ``tick``."""
    return first[1] + (second[1] - first[1]) * (tick - first[0]) / (second[0] - first[0])


def _vibrato(vibrato: Any) -> SongVibrato:
    start = 1.0 - vibrato.length / 100
    grown = vibrato.length / 100 * vibrato.in_value / 100
    return SongVibrato(vibrato.depth, 1000 / max(vibrato.period, 1.0), start, grown)


def _add_controls(track: SongTrack, part: Any) -> None:
    for curve in part.curves:
        if curve.abbr in CONTROLS and not curve.is_empty:
            control, unit = CONTROLS[curve.abbr]
            points = [(x + part.position, y * unit) for x, y in zip(curve.xs, curve.ys, strict=False)]
            track.curves.setdefault(control, []).extend(points)


def _list_the_rest(track: SongTrack, parts: list[Any]) -> None:
    curves = sorted(
        {
            str(curve.abbr)
            for part in parts
            for curve in part.curves
            if curve.abbr not in (*CONTROLS, "pitd") and not curve.is_empty
        }
    )
    if curves:
        track.left_out.append(f"curves {', '.join(curves)}")
    notes = [note for part in parts for note in part.notes]
    expressions = sorted(
        {each.abbr for note in notes for each in (note.phoneme_expressions or []) if each.abbr}
    )
    if expressions:
        track.left_out.append(f"expressions of single phonemes ({', '.join(expressions)})")
    if any(note.phoneme_overrides for note in notes):
        track.left_out.append("phonemes and their timing changed by hand")

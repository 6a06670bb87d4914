"""A score as other editors want it: ticks, whole keys, one drawn pitch, and a list of what they cannot hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from frontend_g2p.phones import Language
from singer.drawn_pitch import PitchLine
from singer.performance.performance import FRAME_RATE_HZ, Performance, PhrasePerformance
from singer.projects.imported import TICKS, Line
from singer.score import Note, Score, TempoMap
from singer.time_signatures import TimeSignature, TimeSignatures

GRID_TICKS = 5
"""Drawn pitch is written at every fifth tick, the grid of OpenUtau, UTAU and VOCALOID."""
NOTE_EXTRAS = ("vibrato", "portamento", "breath", "controls", "emotion", "phones", "loudness_db", "language")


@dataclass(frozen=True, slots=True)
class SheetNote:
    """One note: its ticks, its nearest key, and the score's note that it comes from."""

    start: int
    length: int
    key: int
    note: Note

    @property
    def end(self) -> int:
        """Tick at which it ends."""
        return self.start + self.length

    @property
    def lyric(self) -> str:
        """The lyric without blanks around it."""
        return self.note.lyric.strip()


@dataclass(slots=True)
class Sheet:
    """A song to be written.

    Attributes:
        title, language, bars: of the song.
        tempos: (tick, quarter notes per minute).
        notes: by rising start.
        curves: as in the score, over ticks.
        left_out: what cannot be written, for the user; writers add to it.
    """

    title: str
    language: Language
    bars: TimeSignatures
    tempos: list[tuple[int, float]]
    tempo: TempoMap
    notes: list[SheetNote]
    curves: dict[str, list[tuple[float, float]]]
    lines: tuple[PitchLine, ...]
    left_out: list[str] = field(default_factory=list)

    def drawn(self, note: SheetNote) -> Line:
        """Drawn pitch on one note: points (tick, MIDI number) from start to end of what is drawn, [] if nothing is.

        Samples lie on the grid, on the line's own points and on the note's ends. Outside the line the note's pitch stands.
        """
        first = bisect_right(self.lines, note.start / TICKS, key=lambda line: line[-1][0])
        last = bisect_left(self.lines, note.end / TICKS, key=lambda line: line[0][0])
        points: dict[int, float] = {}
        for line in self.lines[first:last]:
            beats, midis = [beat for beat, _ in line], [midi for _, midi in line]
            low, high = max(note.start, round(beats[0] * TICKS)), min(note.end, round(beats[-1] * TICKS))
            inner = [
                round(beat * TICKS)
                for beat in beats[bisect_left(beats, low / TICKS) : bisect_right(beats, high / TICKS)]
            ]
            grid = range(-(-low // GRID_TICKS) * GRID_TICKS, high + 1, GRID_TICKS)
            ticks = sorted({low, high, *(tick for tick in inner if low <= tick <= high), *grid})
            values = np.interp(np.array(ticks) / TICKS, beats, midis)
            points |= dict(zip(ticks, values.tolist(), strict=True))
        return sorted(points.items())

    def filled(self, note: SheetNote) -> Line:
        """``drawn`` from the note's start to its end: where nothing is drawn it is the note's own pitch."""
        drawn = self.drawn(note)
        if not drawn:
            return []
        plain = float(note.note.midi)
        before = [(note.start, plain), (drawn[0][0] - 1, plain)] if drawn[0][0] > note.start + 1 else []
        after = [(drawn[-1][0] + 1, plain), (note.end, plain)] if drawn[-1][0] < note.end - 1 else []
        return [*before, *drawn, *after]

    def bends(self) -> list[tuple[float, float]]:
        """Drawn pitch of the whole song against its notes: points (tick, semitones), joined by lines.

        They are 0 where nothing is drawn. Where two notes touch the bend goes from one to the other in the last tick.
        """
        bends: list[tuple[float, float]] = []
        starts = {note.start for note in self.notes}
        for note in self.notes:
            line = self.filled(note)
            points = [(tick, midi - note.key) for tick, midi in line]
            if not points:
                continue
            if note.start - 1 > (bends[-1][0] if bends else -1):
                bends.append((note.start - 1, 0.0))
            if note.end in starts:
                last = float(
                    np.interp(note.end - 1, [tick for tick, _ in points], [bend for _, bend in points])
                )
                inner = [point for point in points if point[0] < note.end - 1]
                bends += [*inner, (note.end - 1, last)]
            else:
                bends += [*points, (note.end + 1, 0.0)]
        return self._at_rest_between(bends, starts)

    def signatures(self) -> list[tuple[int, TimeSignature]]:
        """Changes of time signature as (bar from 0, signature).

        For editors that know whole bars only: a change that cuts a bar begins with the next one, and is listed.
        """
        whole = TimeSignatures.of_bars((bar, each.beats, each.unit) for bar, each in self.bars.by_bar())
        if self.bars.cuts:
            self.left_out.append(
                f"{self.bars.cuts} changes of time signature inside a bar come at that bar's end; later bars move with them"
            )
        return whole.by_bar()

    def _at_rest_between(
        self, bends: list[tuple[float, float]], starts: set[int]
    ) -> list[tuple[float, float]]:
        """With a point of no bend at the start of an undrawn note that touches a drawn one."""
        known = {tick for tick, _ in bends}
        ends = {note.end for note in self.notes if note.end in starts and note.end - 1 in known}
        return sorted([*bends, *((tick, 0.0) for tick in ends if tick not in known)])


def to_sheet(score: Score, performance: Performance | None = None) -> Sheet:
    """The score in ticks; with a performance its f0 is the drawn pitch.

    What was rounded is listed in the sheet's ``left_out``.
    """
    sheet = Sheet(
        title=score.title,
        language=score.language,
        bars=score.time_signatures,
        tempos=_tempos(score.tempo),
        tempo=score.tempo,
        notes=_notes(score.notes),
        curves={
            name: [(beat * TICKS, value) for beat, value in points] for name, points in score.curves.items()
        },
        lines=score.drawn_pitch if performance is None else sung_lines(performance, score.tempo),
    )
    if performance is not None:
        sheet.curves.pop("pitch_cents", None)  # it is a part of the performance's f0
    _list_rounded(sheet, score)
    return sheet


def sung_lines(performance: Performance, tempo: TempoMap) -> tuple[PitchLine, ...]:
    """The f0 of each phrase as a line of a score with this tempo."""
    return tuple(_sung_line(phrase, tempo) for phrase in performance.phrases if phrase.frames > 1)


def _sung_line(phrase: PhrasePerformance, tempo: TempoMap) -> PitchLine:
    midi = 69.0 + 12.0 * np.log2(phrase.curves["f0_hz"].astype(np.float64) / 440.0)
    return tuple(
        (tempo.beat_at(phrase.start_s + frame / FRAME_RATE_HZ), float(np.clip(value, 0.0, 127.0)))
        for frame, value in enumerate(midi)
    )


def _tempos(tempo: TempoMap) -> list[tuple[int, float]]:
    return list({round(beat * TICKS): bpm for beat, bpm in tempo.changes}.items())


def _notes(notes: Sequence[Note]) -> list[SheetNote]:
    found = []
    for note in notes:
        start = round(note.start_beat * TICKS)
        length = max(round(note.end_beat * TICKS) - start, 1)
        found.append(SheetNote(start, length, round(note.midi), note))
    return found


def _list_rounded(sheet: Sheet, score: Score) -> None:
    off_grid = sum(
        abs(beat * TICKS - round(beat * TICKS)) > 1e-3
        for note in score.notes
        for beat in (note.start_beat, note.end_beat)
    )
    if off_grid:
        sheet.left_out.append(f"{off_grid} starts and ends of notes were rounded to 1/{TICKS} of a beat")
    fractional = sum(note.midi != round(note.midi) for note in score.notes)
    if fractional:
        sheet.left_out.append(
            f"{fractional} pitches between keys were rounded, where no drawn pitch holds them"
        )
    if score.emotion or score.sections:
        sheet.left_out.append("left out: emotions of the song and its sections")


def on_grid(sheet: Sheet, points: Sequence[tuple[float, float]]) -> list[tuple[int, float]]:
    """A curve at every tick of the grid up to the song's and the curve's end."""
    ticks = range(0, max(sheet.notes[-1].end, round(points[-1][0])) + GRID_TICKS, GRID_TICKS)
    values = np.interp(ticks, [tick for tick, _ in points], [value for _, value in points])
    return list(zip(ticks, values.tolist(), strict=True))


def list_unwritten(
    sheet: Sheet, curves: Sequence[str] = (), extras: Sequence[str] = (), pitch: bool = True
) -> None:
    """List the curves, settings of notes and drawn pitch that a writer does not write.

    Args:
        sheet: whose ``left_out`` grows.
        curves: names of curves that are written.
        extras: names of ``NOTE_EXTRAS`` that are written.
        pitch: whether drawn pitch is written.
    """
    lost = [name for name in sheet.curves if name not in curves]
    if lost:
        hint = "; perform the score to keep pitch_cents" if "pitch_cents" in lost and pitch else ""
        sheet.left_out.append(f"left out: curves {', '.join(lost)}{hint}")
    for name in NOTE_EXTRAS:
        held = sum(bool(getattr(each.note, name)) for each in sheet.notes)
        if held and name not in extras:
            sheet.left_out.append(f"left out: {name} of {held} notes")
    if sheet.lines and not pitch:
        sheet.left_out.append("left out: drawn pitch, which the format cannot hold")

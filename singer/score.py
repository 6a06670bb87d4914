"""The score as the engine sees it: notes in beats, a tempo map, expression curves. Frozen, self-checking."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from frontend_g2p.phones import LANGUAGES, Language
from singer.controls import CONTROLS, NOTE_COLOURS
from singer.drawn_pitch import PitchLine, check_drawn_pitch
from singer.emotions import refusal_of
from singer.errors import ScoreError
from singer.note_shapes import Breath, Portamento, Vibrato
from singer.pitch_names import pitch_name
from singer.time_signatures import LATEST_BEAT, TimeSignatures

HOLD = "-"
NEXT_SYLLABLE = "+"
BREATH = "AP"

TEMPO_RANGE_BPM = (10.0, 400.0)
MIDI_RANGE = (0.0, 127.0)

MOST_NOTES = 100_000
LONGEST_LYRIC = 200
LONGEST_NOTE_S = 60.0
SHORTEST_NOTE_S = 0.01
LONGEST_SCORE_S = 4 * 3600.0
LONGEST_SCORE_BEATS = LATEST_BEAT
OVERLAP_SLACK_BEATS = 1e-6
"""Notes may overlap by this much: thirds of a beat have no exact float."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a score.

    Attributes:
        start_beat, duration_beats: in quarter notes.
        midi: MIDI note number, may be fractional; 69 = A4 = 440 Hz.
        lyric: a syllable or word, or ``-`` (hold the vowel), ``+`` (the word's next syllable), ``AP``
            (breath).
        language: overrides the score's language for this note.
        phones: phones to sing as written, blank-separated inventory symbols, in place of the lyric's reading.
        loudness_db: gain of this note, -24 to 12.
        vibrato: overrides the automatic vibrato.
        portamento: overrides the glide into this note.
        breath: length and level of an ``AP`` note.
        controls: name of ``NOTE_COLOURS`` to a value that is added over this note.
        emotion: name of ``EMOTIONS`` to weight 0-1, in place of the section's and the score's; ``{}`` is none.
    """

    start_beat: float
    duration_beats: float
    midi: float
    lyric: str
    language: Language | None = None
    phones: str | None = None
    loudness_db: float = 0.0
    vibrato: Vibrato | None = None
    portamento: Portamento | None = None
    breath: Breath | None = None
    controls: Mapping[str, float] = field(default_factory=dict)
    emotion: Mapping[str, float] | None = None

    @property
    def end_beat(self) -> float:
        """Beat at which the note ends."""
        return self.start_beat + self.duration_beats


@dataclass(frozen=True, slots=True)
class Section:
    """A range of notes that are sung alike.

    Attributes:
        start_beat, end_beat: notes that start from the one on and before the other belong to it.
        emotion: name of ``EMOTIONS`` to weight 0-1, in place of the score's.
    """

    start_beat: float
    end_beat: float
    emotion: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Tempo changes as (beat, quarter notes per minute), by rising beat; the first one is at beat 0."""

    changes: tuple[tuple[float, float], ...] = ((0.0, 120.0),)
    _starts_s: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.changes or self.changes[0][0] != 0:
            raise ScoreError("tempo_start", "the first tempo must be at beat 0", "tempo 0")
        for index, (beat, bpm) in enumerate(self.changes):
            _in_range(bpm, *TEMPO_RANGE_BPM, "tempo_range", "bpm", f"tempo {index}")
            _in_range(beat, 0.0, LONGEST_SCORE_BEATS, "tempo_range", "beat", f"tempo {index}")
        starts_s = [0.0]
        for index, (before, after) in enumerate(pairwise(self.changes), start=1):
            if after[0] <= before[0]:
                raise ScoreError(
                    "tempo_order",
                    f"beat {after[0]:g} does not come after beat {before[0]:g}; list tempi by rising beat",
                    f"tempo {index}",
                )
            starts_s.append(starts_s[-1] + (after[0] - before[0]) * 60.0 / before[1])
        object.__setattr__(self, "_starts_s", tuple(starts_s))

    def seconds_at(self, beat: float) -> float:
        """Time of ``beat`` in seconds from beat 0."""
        index = max(bisect_right(self.changes, beat, key=lambda change: change[0]) - 1, 0)
        start, bpm = self.changes[index]
        return self._starts_s[index] + (beat - start) * 60.0 / bpm

    def bpm_at(self, beat: float) -> float:
        """Tempo from ``beat`` on, in quarter notes per minute."""
        return self.changes[max(bisect_right(self.changes, beat, key=lambda change: change[0]) - 1, 0)][1]

    def beat_at(self, time_s: float) -> float:
        """Beat that sounds at ``time_s`` seconds from beat 0."""
        index = max(bisect_right(self._starts_s, time_s) - 1, 0)
        beat, bpm = self.changes[index]
        return beat + (time_s - self._starts_s[index]) * bpm / 60.0


@dataclass(frozen=True, slots=True)
class Score:
    """A song for one voice: notes by rising start, none overlapping.

    Attributes:
        notes: at least one.
        language: language of lyrics that do not say otherwise.
        tempo: beats to seconds.
        title, voice: name of the song and of the voice that it asks for ("" if none).
        curves: curve name (see ``singer.controls.CONTROLS``) to points (beat, value) by rising beat, joined by
            straight lines; outside the points a curve holds its end values.
        time_signatures: where bars begin; they name bars in messages and stand in files that have bars.
        emotion: name of ``EMOTIONS`` to weight 0-1, for notes without their own.
        sections: ranges of notes with an emotion of their own, by rising start, none overlapping.
        drawn_pitch: lines drawn by hand, by rising start, none overlapping: from its first to its last point a line is
            the pitch that is sung, in place of the rules' pitch, vibrato included.
        warnings: what the reader of another program's file left out, with places; not part of the song.

    Raises:
        ScoreError: for whatever breaks a rule, with the note's place (see ``where``).
    """

    notes: tuple[Note, ...]
    language: Language = "zh"
    tempo: TempoMap = field(default_factory=TempoMap)
    title: str = ""
    voice: str = ""
    curves: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    time_signatures: TimeSignatures = field(default_factory=TimeSignatures)
    emotion: Mapping[str, float] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    drawn_pitch: tuple[PitchLine, ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def duration_s(self) -> float:
        """End of the last note in seconds from beat 0."""
        return self.tempo.seconds_at(self.notes[-1].end_beat)

    def where(self, index: int) -> str:
        """Name of note ``index`` for messages: ``note 12 "ki" (bar 4)``; notes count from 0, bars from 1."""
        note = self.notes[index]
        lyric = printable(note.lyric)
        if not math.isfinite(note.start_beat):
            return f'note {index} "{lyric}"'
        return f'note {index} "{lyric}" (bar {self.time_signatures.bar_at(note.start_beat)})'

    def __post_init__(self) -> None:
        _in_languages(self.language, "language")
        if not self.notes:
            raise ScoreError("no_notes", "a score needs at least one note", "notes")
        if len(self.notes) > MOST_NOTES:
            raise ScoreError(
                "too_many_notes", f"found {len(self.notes)} notes; at most {MOST_NOTES} are allowed", "notes"
            )
        for index in range(len(self.notes)):
            self._check_note(index)
        self._check_order()
        if self.duration_s > LONGEST_SCORE_S:
            raise ScoreError(
                "too_long",
                f"the song lasts {self.duration_s / 3600:.1f} hours; {LONGEST_SCORE_S / 3600:g} is the most",
                self.where(len(self.notes) - 1),
            )
        _check_curves(self.curves)
        _check_emotion(self.emotion, "emotion")
        _check_sections(self.sections)
        check_drawn_pitch(self.drawn_pitch, LONGEST_SCORE_BEATS)

    def _check_note(self, index: int) -> None:
        note, where = self.notes[index], self.where(index)
        if not note.lyric.strip():
            raise ScoreError(
                "empty_lyric",
                f'the lyric is empty; write a syllable, "{HOLD}" to hold the vowel, "{NEXT_SYLLABLE}" for '
                f'the word\'s next syllable or "{BREATH}" for a breath',
                where,
            )
        if len(note.lyric) > LONGEST_LYRIC:
            raise ScoreError(
                "long_lyric",
                f"the lyric has {len(note.lyric)} characters; at most {LONGEST_LYRIC} fit on a note",
                where,
            )
        if any("\ud800" <= character <= "\udfff" for character in note.lyric + (note.phones or "")):
            raise ScoreError("broken_text", "the text holds half of a broken character; type it again", where)
        if note.language is not None:
            _in_languages(note.language, where)
        if note.phones is not None:
            _check_phones(note, where)
        _in_range(note.midi, *MIDI_RANGE, "pitch_range", "pitch", where)
        _in_control(note.loudness_db, "loudness_db", "loudness_range", where)
        _check_expression(note, where)
        self._check_time(note, where)

    def _check_time(self, note: Note, where: str) -> None:
        _in_range(note.start_beat, 0.0, LONGEST_SCORE_BEATS, "start_range", "start", where)
        if not math.isfinite(note.duration_beats) or note.duration_beats <= 0:
            raise ScoreError(
                "duration_range", f"found duration {note.duration_beats:g}; it must be above 0", where
            )
        _in_range(note.end_beat, 0.0, LONGEST_SCORE_BEATS, "end_range", "start + duration", where)
        length_s = self.tempo.seconds_at(note.end_beat) - self.tempo.seconds_at(note.start_beat)
        if length_s < SHORTEST_NOTE_S:
            raise ScoreError(
                "note_too_short",
                f"the note lasts {length_s * 1000:.2g} ms; {SHORTEST_NOTE_S * 1000:g} ms is the least",
                where,
            )
        if length_s > LONGEST_NOTE_S:
            raise ScoreError(
                "note_too_long", f"the note lasts {length_s:.0f} s; {LONGEST_NOTE_S:g} s is the most", where
            )

    def _check_order(self) -> None:
        if self.notes[0].lyric.strip() in (HOLD, NEXT_SYLLABLE):
            raise ScoreError(
                "nothing_to_hold",
                f'the first note cannot be "{self.notes[0].lyric}": there is no syllable before it',
                self.where(0),
            )
        for index, (before, after) in enumerate(pairwise(self.notes), start=1):
            if after.start_beat < before.start_beat:
                raise ScoreError(
                    "note_order",
                    f"it starts at beat {after.start_beat:g}, before {self.where(index - 1)} at beat "
                    f"{before.start_beat:g}; list notes by rising start",
                    self.where(index),
                )
            if before.end_beat > after.start_beat + OVERLAP_SLACK_BEATS:
                raise ScoreError(
                    "note_overlap",
                    f"it starts at beat {after.start_beat:g}, but {self.where(index - 1)} lasts until beat "
                    f"{before.end_beat:g}; a voice sings one note at a time: shorten or move one",
                    self.where(index),
                )


def printable(text: str, longest: int = 20) -> str:
    """``text`` made safe for a message: at most ``longest`` characters, unprintable ones shown as �."""
    shown = "".join(char if char.isprintable() else "�" for char in text[:longest])
    return shown if len(text) <= longest else shown + "…"


def check_range(score: Score, voice_title: str, lowest_midi: float, highest_midi: float) -> None:
    """Check that every sung note lies in a voice's range (breaths have no pitch).

    Args:
        score: the song.
        voice_title: name of the voice, for the message.
        lowest_midi: lowest MIDI note number allowed.
        highest_midi: highest MIDI note number allowed.

    Raises:
        ScoreError: ``outside_range``, naming the first such note and how far to transpose.
    """
    sung = [(index, note.midi) for index, note in enumerate(score.notes) if note.lyric.strip() != BREATH]
    outside = [index for index, midi in sung if not lowest_midi <= midi <= highest_midi]
    if not outside:
        return
    lowest, highest = min(midi for _, midi in sung), max(midi for _, midi in sung)
    up, down = math.ceil(lowest_midi - lowest), math.floor(highest_midi - highest)
    shift = up if up > 0 else down
    advice = (
        f"transpose the song by {shift:+d} semitones"
        if up <= down
        else f"the song spans {highest - lowest:g} semitones, more than the voice has: change these notes"
    )
    others = f" ({len(outside)} notes are outside)" if len(outside) > 1 else ""
    raise ScoreError(
        "outside_range",
        f"{pitch_name(score.notes[outside[0]].midi)} is outside the range of {voice_title}, "
        f"{pitch_name(lowest_midi)} to {pitch_name(highest_midi)}{others}; {advice}",
        score.where(outside[0]),
    )


def _in_range(value: float, lowest: float, highest: float, code: str, name: str, where: str) -> None:
    if not (math.isfinite(value) and lowest <= value <= highest):
        raise ScoreError(code, f"found {name} {value:g}; {lowest:g} to {highest:g} are allowed", where)


def _in_languages(language: str, where: str) -> None:
    if language not in LANGUAGES:
        raise ScoreError(
            "language", f"found language {language!r}; allowed are {', '.join(LANGUAGES)}", where
        )


def _check_phones(note: Note, where: str) -> None:
    if note.lyric.strip() in (HOLD, NEXT_SYLLABLE, BREATH):
        raise ScoreError(
            "phones_without_syllable",
            f'phones are given, but the lyric "{note.lyric}" sings no syllable of its own',
            where,
        )
    if not (note.phones or "").strip():
        raise ScoreError("empty_phones", "phones are empty; list symbols or leave them out", where)


def _in_control(value: float, name: str, code: str, where: str) -> None:
    refusal = CONTROLS[name].refusal(name, value)
    if refusal:
        raise ScoreError(code, refusal, where)


def _check_expression(note: Note, where: str) -> None:
    for name, value in note.controls.items():
        if name not in NOTE_COLOURS:
            message = f'found control "{printable(name)}"; allowed are {", ".join(NOTE_COLOURS)}'
            raise ScoreError("control_name", message, where)
        _in_control(value, name, "control_value", where)
    if note.emotion is not None:
        _check_emotion(note.emotion, where)
    is_breath = note.lyric.strip() == BREATH
    if note.breath is not None and not is_breath:
        raise ScoreError("breath_of_a_sung_note", f'breath is for notes with the lyric "{BREATH}"', where)
    if note.portamento is not None and is_breath:
        raise ScoreError(
            "pitch_of_a_breath", "a breath has no pitch to glide to; leave out portamento", where
        )


def _check_emotion(emotion: Mapping[str, float], where: str) -> None:
    refusal = refusal_of(emotion)
    if refusal:
        raise ScoreError("emotion", refusal, where)


def _check_sections(sections: tuple[Section, ...]) -> None:
    reached = 0.0
    for index, section in enumerate(sections):
        where = f"section {index}"
        _in_range(section.start_beat, 0.0, LONGEST_SCORE_BEATS, "section_range", "start", where)
        _in_range(section.end_beat, 0.0, LONGEST_SCORE_BEATS, "section_range", "end", where)
        if section.end_beat <= section.start_beat:
            message = f"found end {section.end_beat:g}; it must come after start {section.start_beat:g}"
            raise ScoreError("section_range", message, where)
        if section.start_beat < reached:
            message = f"it starts at beat {section.start_beat:g}, before the last one ends, at {reached:g}"
            raise ScoreError("section_order", message, where)
        _check_emotion(section.emotion, where)
        reached = section.end_beat


def _check_curves(curves: Mapping[str, tuple[tuple[float, float], ...]]) -> None:
    for name, points in curves.items():
        if name not in CONTROLS:
            raise ScoreError(
                "curve_name", f"found curve {name!r}; allowed are {', '.join(CONTROLS)}", f"curve {name}"
            )
        if not points:
            raise ScoreError("curve_empty", "a curve needs at least one point; leave it out", f"curve {name}")
        for index, (beat, value) in enumerate(points):
            where = f"curve {name}, point {index}"
            _in_range(beat, 0.0, LONGEST_SCORE_BEATS, "curve_beat", "beat", where)
            _in_range(value, *CONTROLS[name].bounds, "curve_value", "value", where)
            if index and beat <= points[index - 1][0]:
                raise ScoreError(
                    "curve_order",
                    f"beat {beat:g} does not come after beat {points[index - 1][0]:g}; list by rising beat",
                    where,
                )

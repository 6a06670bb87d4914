"""From notes as MIDI and MusicXML know them, one syllable each, to the score's notes with ``+`` and ``-``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from frontend_g2p.phones import Language
from frontend_g2p.typed_words import numbered_language
from singer.errors import ScoreError
from singer.pitch_names import pitch_name
from singer.score import BREATH, HOLD, NEXT_SYLLABLE, Note
from singer.time_signatures import TimeSignatures

LONGEST_HELD_REST_BEATS = 0.5
"""A note without lyric holds the vowel before if no longer rest than this parts them; else it is not sung."""
SLACK_BEATS = 0.25
"""Notes played so that they overlap by less than this are one line of song, not a chord."""
_TOGETHER_BEATS = 1 / 16
_BREATH_BEATS = 0.5
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_KANA = re.compile(r"[ぁ-ヿ]")
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
_CANTONESE = re.compile(r"[嘅哋咗佢啲喺冇嚟嗰唔睇瞓攞咁]")
_HYPHENS = "-‐‑–_ \t"


@dataclass(frozen=True, slots=True)
class ImportedNote:
    """One note as a file gives it.

    Attributes:
        start_beat, duration_beats: in quarter notes.
        midi: MIDI note number.
        text: its syllable; ``None`` if it has none; ``-`` and ``+`` mean what they mean in a score.
        goes_on: the word has more syllables after this one.
        breath_after: a breath mark stands behind it.
        loudness_db: gain from the dynamics in force.
    """

    start_beat: float
    duration_beats: float
    midi: float
    text: str | None = None
    goes_on: bool = False
    breath_after: bool = False
    loudness_db: float = 0.0

    @property
    def end_beat(self) -> float:
        """Beat at which the note ends."""
        return self.start_beat + self.duration_beats


def to_notes(
    imported: Sequence[ImportedNote], bars: TimeSignatures
) -> tuple[tuple[Note, ...], tuple[str, ...]]:
    """Notes of a score: syllables of one Latin word are joined on its first note, the others get ``+``.

    Notes without lyric hold the vowel before them; those before the first lyric, or after a rest, are
    instrumental and left out; the second value has a warning for each run of those. A breath mark takes the
    last quarter of its note, half a beat at most.

    Raises:
        ScoreError: no note has a lyric.
    """
    notes: list[Note] = []
    head: int | None = None
    left_out: list[int] = []
    for index, current in enumerate(imported):
        lyric = _lyric(current, notes)
        if lyric is None:
            left_out.append(index)
            continue
        if lyric not in (HOLD, NEXT_SYLLABLE):
            if head is not None and _LATIN.search(lyric) and _LATIN.search(notes[head].lyric):
                notes[head] = replace(notes[head], lyric=notes[head].lyric + lyric)
                lyric = NEXT_SYLLABLE
            else:
                head = len(notes)
        notes.extend(_with_breath(current, lyric))
        if current.text is not None and lyric != HOLD and not current.goes_on:
            head = None
    if not notes:
        raise ScoreError("no_lyrics", "no note has a lyric; write the lyrics under the notes", "")
    first_beat = notes[0].start_beat
    warnings = (_left_out(run, first_beat, bars) for run in _runs(imported, left_out))
    return tuple(notes), tuple(warnings)


def one_line(imported: Iterable[ImportedNote], highest: bool) -> list[ImportedNote]:
    """Notes in which none overlaps the next, by rising start.

    Overlaps shorter than ``SLACK_BEATS`` (legato playing) are cut. Of notes that sound together the highest is
    kept, if asked for.

    Raises:
        ScoreError: ``chord``, naming two notes that sound together, unless the highest is asked for.
    """
    line: list[ImportedNote] = []
    for note in sorted(imported, key=lambda note: (note.start_beat, -note.midi)):
        before = line[-1] if line else None
        if before is None or before.end_beat <= note.start_beat + 1e-6:
            line.append(note)
            continue
        apart = note.start_beat - before.start_beat
        legato = before.end_beat - note.start_beat <= SLACK_BEATS and apart >= before.duration_beats / 2
        if not legato and not highest:
            raise _chord(before, note)
        if legato or (apart > _TOGETHER_BEATS and note.midi > before.midi):
            line[-1] = replace(before, duration_beats=apart)
            line.append(note)
        elif before.text is None and note.text is not None:
            line[-1] = replace(before, text=note.text, goes_on=note.goes_on)
    return line


def syllable_of(text: str) -> tuple[str | None, bool]:
    """Syllable without hyphens and blanks (``None`` if nothing is left), and whether a hyphen says it goes on.

    A lone hyphen or underscore is a hold.
    """
    bare = text.strip()
    if not bare:
        return None, False
    syllable = bare.strip(_HYPHENS)
    return syllable or HOLD, bool(syllable) and bare[-1] in _HYPHENS


def guess_language(texts: Iterable[str]) -> Language:
    """Language of lyrics by their script: kana is Japanese, Han Chinese (with its own characters Cantonese).

    Lyrics that are typed readings throughout are in the language of these: numbered pinyin, else Jyutping.
    """
    text = " ".join(texts)
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "yue" if _CANTONESE.search(text) else "zh"
    return numbered_language(text) or "en"


def _lyric(current: ImportedNote, notes: Sequence[Note]) -> str | None:
    """What the note sings, ``None`` if it is not sung."""
    if current.text is not None and (notes or current.text not in (HOLD, NEXT_SYLLABLE)):
        return current.text
    rest_beats = current.start_beat - notes[-1].end_beat if notes else float("inf")
    return HOLD if rest_beats <= LONGEST_HELD_REST_BEATS else None


def _runs(imported: Sequence[ImportedNote], chosen: Sequence[int]) -> list[list[ImportedNote]]:
    """The chosen notes, those together that follow each other."""
    runs: list[list[ImportedNote]] = []
    for place, index in enumerate(chosen):
        if place and chosen[place - 1] == index - 1:
            runs[-1].append(imported[index])
        else:
            runs.append([imported[index]])
    return runs


def _left_out(run: Sequence[ImportedNote], first_beat: float, bars: TimeSignatures) -> str:
    first, last = (
        f"beat {note.start_beat:g} (bar {bars.bar_at(note.start_beat)})" for note in (run[0], run[-1])
    )
    why = "before the first lyric" if run[0].start_beat < first_beat else "after a rest"
    if len(run) == 1:
        return f"note at {first}: it has no lyric and comes {why}, so it is not sung; give it one if it should be"
    return (
        f"{len(run)} notes from {first} to {last}: they have no lyric and come {why}, so they are not sung; "
        "give them lyrics if they should be"
    )


def _with_breath(current: ImportedNote, lyric: str) -> list[Note]:
    breath_beats = min(current.duration_beats / 4, _BREATH_BEATS) if current.breath_after else 0.0
    sung_beats = current.duration_beats - breath_beats
    note = Note(current.start_beat, sung_beats, current.midi, lyric, loudness_db=current.loudness_db)
    if not breath_beats:
        return [note]
    return [note, Note(current.start_beat + sung_beats, breath_beats, current.midi, BREATH)]


def _chord(before: ImportedNote, note: ImportedNote) -> ScoreError:
    return ScoreError(
        "chord",
        f"{pitch_name(before.midi)} (from beat {before.start_beat:g}) and {pitch_name(note.midi)} sound together; "
        "a voice sings one note at a time: choose another track, remove one, or ask for the highest of chords",
        f"beat {note.start_beat:g}",
    )

"""MusicXML to scores. Parsing and the expansion of repeats are music21's; what is sung is found here."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.imported_notes import ImportedNote, guess_language, one_line, syllable_of, to_notes
from singer.musicxml_left_out import left_out_of
from singer.musicxml_tree import (
    XmlPart,
    choose_part,
    find_language,
    find_title,
    keep_part,
    list_parts,
    parse_musicxml,
    write_out_jumps,
)
from singer.score import Score, TempoMap
from singer.time_signatures import TimeSignature, TimeSignatures

_DYNAMICS_DB = {
    "pppp": -12.0, "ppp": -10.0, "pp": -8.0, "p": -5.0, "mp": -2.0,
    "mf": 0.0, "f": 2.0, "ff": 4.0, "fff": 6.0, "ffff": 7.0,
}  # fmt: skip
_PLACE = "singer_measure"


def read_musicxml(document: bytes, options: ImportOptions, title: str = "") -> Score:
    """Read the sung part of a MusicXML document (score-partwise).

    Repeats, voltas, da capo and dal segno are played out; without ``options.verse`` each time round sings the
    verse of that number, where a measure has it, else verse 1. Ties are joined, notes without lyric hold the
    vowel, grace and cue notes are left out, dynamics become loudness, breath marks become breaths.

    Raises:
        ScoreError: unsafe or damaged XML, no lyrics, chords, or repeats that do not fit together.
    """
    root = parse_musicxml(document)
    parts = list_parts(root)
    part = choose_part(parts, options.track)
    unsung = left_out_of(root, part, parts)
    name, declared = find_title(root), find_language(root)
    keep_part(root, part)
    write_out_jumps(root)
    try:
        measures = _measures(root, part)
        _check_verse(measures, options.verse)
        imported = list(_imported(measures, options.verse))
        tempo, signatures = _tempo(measures), _signatures(measures)
    except ScoreError:
        raise
    except Exception as error:  # music21 raises whatever its parsing runs into
        reason = str(error).split("\n")[0][:200] or type(error).__name__
        raise ScoreError("musicxml_damaged", f"part {part} cannot be read: {reason}") from error
    line = _join_ties(one_line(imported, options.chords == "highest"))
    notes, left_out = to_notes(line, signatures)
    return Score(
        notes=notes,
        language=options.language or declared or guess_language(note.text or "" for note in line),
        tempo=tempo,
        title=name or title,
        voice=options.voice,
        time_signatures=signatures,
        warnings=(*unsung, *left_out),
    )


_Measures = Sequence[tuple[float, int, Any]]


def _measures(root: Element, part: XmlPart) -> _Measures:
    """Measures of the part as they are played: (first beat, how many times it has been played before, measure)."""
    from music21.musicxml.xmlToM21 import MusicXMLImporter

    # What matters of its warnings comes as an exception too.
    warnings.filterwarnings("ignore", module=r"music21\..*")
    importer = MusicXMLImporter()
    importer.xmlRootToScore(root, importer.stream)
    parts = list(importer.stream.parts)
    sung = _with_lyrics([found for found in parts if part.number == 1 or found is not parts[0]])
    if root.find(".//transpose") is not None:
        sung = sung.toSoundingPitch()
    if sung is not parts[0]:
        _copy_tempo(parts[0], sung)
    for place, measure in enumerate(sung.getElementsByClass("Measure")):
        measure.editorial[_PLACE] = place
    played: Counter[int] = Counter()
    measures = []
    beat = Fraction(0)
    for measure in _expanded(sung).getElementsByClass("Measure"):
        place = measure.editorial[_PLACE]
        measures.append((float(beat), played[place], measure))
        played[place] += 1
        beat += Fraction(measure.duration.quarterLength)
    return measures


def _with_lyrics(parts: Sequence[Any]) -> Any:
    """The staff with the most lyrics; a part for several staves comes as several parts."""
    return max(parts, key=lambda part: sum(bool(note.lyrics) for note in part.recurse().notes))


def _copy_tempo(source: Any, target: Any) -> None:
    pairs = zip(source.getElementsByClass("Measure"), target.getElementsByClass("Measure"), strict=False)
    for given, taken in pairs:
        if not list(taken.getElementsByClass("MetronomeMark")):
            for mark in list(given.getElementsByClass("MetronomeMark")):
                taken.insert(mark.getOffsetBySite(given), mark)


def _expanded(part: Any) -> Any:
    from music21.repeat import Expander

    expandable = Expander(part).isExpandable()
    if expandable is None:
        return part
    if not expandable:
        raise ScoreError(
            "repeats",
            "the repeat signs, endings or da capo marks do not fit together; mend them in a notation program",
        )
    return part.expandRepeats()


def _imported(measures: _Measures, verse: int | None) -> Iterator[ImportedNote]:
    loudness_db = 0.0
    for first_beat, played_before, measure in measures:
        notes = list(_sung_notes(measure))
        chosen = _verse(notes, verse or played_before + 1)
        dynamics = [
            (float(mark.getOffsetInHierarchy(measure)), _DYNAMICS_DB[mark.value])
            for mark in measure.recurse().getElementsByClass("Dynamic")
            if mark.value in _DYNAMICS_DB
        ]
        for offset, element in notes:
            loudness_db = next((db for at, db in reversed(dynamics) if at <= offset), loudness_db)
            yield from _imported_note(element, first_beat + offset, chosen, loudness_db)
        loudness_db = dynamics[-1][1] if dynamics else loudness_db


def _sung_notes(measure: Any) -> Iterator[tuple[float, Any]]:
    """Notes of the measure's sung voice (the first with lyrics) with their offsets, without grace and cue notes."""
    voices = list(measure.voices)
    sung = next((v for v in voices if any(note.lyrics for note in v.notes)), voices[0] if voices else None)
    for note in measure.recurse().notes:
        in_other_voice = note.activeSite in voices and note.activeSite is not sung
        is_sung = hasattr(note, "pitches") and note.pitches and "Harmony" not in note.classes
        if is_sung and not in_other_voice and not note.duration.isGrace and not _is_cue(note):
            yield float(note.getOffsetInHierarchy(measure)), note


def _is_cue(note: Any) -> bool:
    return bool(note.hasStyleInformation and note.style.noteSize == "cue")


def _check_verse(measures: _Measures, verse: int | None) -> None:
    numbers = {
        lyric.number
        for _, _, measure in measures
        for note in measure.recurse().notes
        for lyric in note.lyrics
    }
    if verse is not None and verse not in numbers:
        listed = ", ".join(map(str, sorted(numbers)))
        raise ScoreError("which_verse", f"there is no verse {verse}; choose from {listed}")


def _verse(notes: Sequence[tuple[float, Any]], verse: int) -> int:
    """The verse asked for if the measure has it, else the first verse there is."""
    numbers = sorted({lyric.number for _, note in notes for lyric in note.lyrics})
    return verse if verse in numbers or not numbers else numbers[0]


def _imported_note(element: Any, beat: float, verse: int, loudness_db: float) -> Iterator[ImportedNote]:
    text, goes_on = _syllable(element, verse)
    tied = element.tie is not None and element.tie.type in ("stop", "continue")
    highest = max(pitch.ps for pitch in element.pitches)
    for pitch in element.pitches:
        yield ImportedNote(
            start_beat=beat,
            duration_beats=float(element.duration.quarterLength),
            midi=float(pitch.ps),
            text=_TIED if tied else text if pitch.ps == highest else None,
            goes_on=goes_on,
            breath_after=any("BreathMark" in mark.classes for mark in element.articulations),
            loudness_db=loudness_db,
        )


_TIED = "\0tied"


def _syllable(element: Any, verse: int) -> tuple[str | None, bool]:
    for lyric in element.lyrics:
        if lyric.number != verse:
            continue
        parts = lyric.components or [lyric]
        texts = [syllable_of(part.text or "") for part in parts]
        sung = [text for text, _ in texts if text]
        goes_on = texts[-1][1] or parts[-1].syllabic in ("begin", "middle")
        return (" ".join(sung) if sung else None), goes_on
    return None, False


def _join_ties(line: Sequence[ImportedNote]) -> list[ImportedNote]:
    joined: list[ImportedNote] = []
    for note in line:
        before = joined[-1] if joined else None
        if note.text != _TIED:
            joined.append(note)
        elif before and before.midi == note.midi and note.start_beat - before.end_beat < 1e-6:
            joined[-1] = replace(
                before,
                duration_beats=note.end_beat - before.start_beat,
                breath_after=note.breath_after,
            )
        else:
            joined.append(replace(note, text=None, goes_on=False))
    return joined


def _tempo(measures: _Measures) -> TempoMap:
    changes = [(0.0, 120.0)]
    for first_beat, _, measure in measures:
        for mark in measure.recurse().getElementsByClass("MetronomeMark"):
            bpm = mark.getQuarterBPM()
            beat = first_beat + float(mark.getOffsetInHierarchy(measure))
            if bpm and float(bpm) != changes[-1][1]:
                changes = [change for change in changes if change[0] < beat]
                changes.append((beat, float(bpm)))
    return TempoMap(tuple(changes))


def _signatures(measures: _Measures) -> TimeSignatures:
    """Where the bars are; a measure that is shorter than its signature says ends the bar all the same."""
    current = TimeSignature()
    found: list[TimeSignature] = []
    for first_beat, _, measure in measures:
        for signature in measure.getElementsByClass("TimeSignature"):
            current = TimeSignature(first_beat, signature.numerator, signature.denominator)
        found.append(replace(current, beat=first_beat))
    return TimeSignatures.of(found)

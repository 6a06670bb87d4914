"""A song of another editor to a score: one track of it, and a list of what the score cannot hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from frontend_g2p.phones import LANGUAGES, Language
from singer.controls import CONTROLS, VIBRATO
from singer.drawn_pitch import MIDI_RANGE, PitchLine
from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.imported_notes import ImportedNote, guess_language, one_line, syllable_of, to_notes
from singer.note_shapes import Vibrato
from singer.projects.bars import signatures_of
from singer.projects.imported import TICKS, Line, Song, SongNote, SongTrack, SongVibrato
from singer.projects.lyrics import score_lyric, with_arpabet
from singer.projects.phonemes import arpabet_of, kana_of, with_kana
from singer.score import BREATH, HOLD, NEXT_SYLLABLE, Note, Score, TempoMap, printable

_LATIN = re.compile(r"[A-Za-z]")
_MOST_TRACKS_LISTED = 32


def to_score(song: Song, options: ImportOptions, title: str = "") -> Score:
    """The chosen track as a score; its ``warnings`` list what was left out.

    Raises:
        ScoreError: no such track, several that could be meant, no notes, or notes that break a rule of scores.
    """
    number = choose_track(song, options)
    track = song.tracks[number - 1]
    bars = signatures_of(song)
    warnings = [f"left out: {text}" for text in (*song.left_out, *track.left_out)]
    others = [_listed(place, each) for place, each in enumerate(song.tracks, 1) if place != number]
    if others:
        warnings.append(f"other tracks are not sung: {'; '.join(others[:_MOST_TRACKS_LISTED])}")
    language = options.language or _language(track)
    imported, hinted, silent = _imported(track, language)
    if not imported:
        raise ScoreError("no_notes", "the track has no sung notes", f"track {number}")
    notes, said = to_notes(one_line(imported, options.chords == "highest"), bars)
    tempo = _tempo(song.tempos)
    notes = _with_vibrato(_continued(notes, language), track, tempo, warnings)
    if hinted:
        warnings.append(f"left out: pronunciations of {hinted} notes, which are in another program's phones")
    if silent:
        warnings.append(f"left out: {silent} notes that are marked as silent")
    return Score(
        notes=notes,
        language=language,
        tempo=tempo,
        title=(song.title or title)[:500],
        voice=options.voice,
        curves=_curves(track, warnings),
        time_signatures=bars,
        drawn_pitch=_drawn(track.lines, warnings),
        warnings=(*warnings, *said),
    )


def choose_track(song: Song, options: ImportOptions) -> int:
    """Number, from 1, of the track asked for, or of the only one with notes, or of the one with the most lyrics."""
    if not song.tracks:
        raise ScoreError("no_notes", "the file has no sung track")
    listed = "; ".join(_listed(number, track) for number, track in enumerate(song.tracks, 1))
    if options.track is not None:
        asked = str(options.track).strip()
        found = [number for number in range(1, len(song.tracks) + 1) if str(number) == asked]
        found = found or [
            number for number, track in enumerate(song.tracks, 1) if track.name.casefold() == asked.casefold()
        ]
        if len(found) != 1:
            problem = "several tracks are" if found else "no track is"
            raise ScoreError("which_track", f"{problem} called {asked[:40]!r}; choose from {listed}")
        return found[0]
    return max(
        range(1, len(song.tracks) + 1), key=lambda number: (len(song.tracks[number - 1].notes), -number)
    )


def _listed(number: int, track: SongTrack) -> str:
    return f'{number} "{printable(track.name, 40)}" ({len(track.notes)} notes)'


def _language(track: SongTrack) -> Language:
    known = next((language for language in LANGUAGES if language == track.language), None)
    lyrics = (score_lyric(note.lyric)[0] for note in track.notes)
    return known or guess_language(lyric for lyric in lyrics if lyric not in (None, BREATH))


def _imported(track: SongTrack, language: Language) -> tuple[list[ImportedNote], int, int]:
    """The notes, how many pronunciations were left out, and how many silent notes."""
    found: list[ImportedNote] = []
    hinted = silent = 0
    inside = False
    for note in sorted(track.notes, key=lambda note: note.start):
        lyric, bracketed = score_lyric(note.lyric)
        if lyric is None:
            silent += 1
            continue
        hint = bracketed or note.hint
        text, goes_on = (lyric, False) if lyric in (HOLD, NEXT_SYLLABLE) else syllable_of(lyric)
        symbols = "" if bracketed else track.symbols
        spelled = None if inside or goes_on else _spelled(lyric, hint, language, symbols)
        hinted += bool(hint and not spelled and hint != lyric and lyric not in (HOLD, NEXT_SYLLABLE, BREATH))
        found.append(_note(note, spelled or text, goes_on))
        inside = goes_on if lyric != HOLD else inside
    return found, hinted, silent


def _spelled(lyric: str, hint: str | None, language: Language, symbols: str) -> str | None:
    """The lyric with its pronunciation, ``None`` where there is none or none that a score can write."""
    if not hint or lyric in (HOLD, NEXT_SYLLABLE, BREATH):
        return None
    if language == "en" and _LATIN.search(lyric):
        arpabet = arpabet_of(hint) if symbols == "vocaloid" else hint
        return with_arpabet(lyric, arpabet) if arpabet else None
    kana = kana_of(hint, symbols) if language == "ja" and symbols else None
    return with_kana(lyric, kana) if kana else None


def _note(note: SongNote, text: str | None, goes_on: bool) -> ImportedNote:
    return ImportedNote(note.start / TICKS, note.length / TICKS, float(note.key), text, goes_on)


def _continued(notes: Sequence[Note], language: Language) -> tuple[Note, ...]:
    """Notes in which ``+`` follows only words that can have more syllables; elsewhere it holds the vowel."""
    continued: list[Note] = []
    word = ""
    for note in notes:
        lyric = note.lyric
        if lyric == NEXT_SYLLABLE and (language != "en" or not _LATIN.search(word)):
            lyric = HOLD
        elif lyric not in (HOLD, NEXT_SYLLABLE):
            word = lyric
        continued.append(note if lyric == note.lyric else replace(note, lyric=lyric))
    return tuple(continued)


def _with_vibrato(
    notes: Sequence[Note], track: SongTrack, tempo: TempoMap, warnings: list[str]
) -> tuple[Note, ...]:
    vibratos = {note.start / TICKS: note.vibrato for note in track.notes if note.vibrato}
    shaken: list[Note] = []
    cut = 0
    for note in notes:
        found = vibratos.get(note.start_beat)
        values = _vibrato(found, note, tempo) if found else {}
        kept = {name: _within(value, VIBRATO[name].bounds) for name, value in values.items()}
        cut += kept != values
        shaken.append(replace(note, vibrato=Vibrato(**kept)) if found else note)
    if cut:
        warnings.append(f"vibrato of {cut} notes was cut to what a score can hold")
    return tuple(shaken)


def _vibrato(found: SongVibrato, note: Note, tempo: TempoMap) -> dict[str, float]:
    length_s = tempo.seconds_at(note.end_beat) - tempo.seconds_at(note.start_beat)
    return {
        "depth_cents": found.depth_cents,
        "rate_hz": found.rate_hz,
        "start": found.start,
        "attack_s": found.grown * length_s,
    }


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _tempo(tempos: Sequence[tuple[int, float]]) -> TempoMap:
    changes = {max(tick, 0) / TICKS: bpm for tick, bpm in sorted(tempos)}
    if 0.0 not in changes:
        changes[0.0] = next(iter(changes.values()), 120.0)
    return TempoMap(tuple(sorted(changes.items())))


def _curves(track: SongTrack, warnings: list[str]) -> dict[str, tuple[tuple[float, float], ...]]:
    curves = {}
    for name, points in track.curves.items():
        bounds = CONTROLS[name].bounds
        if any(not bounds[0] <= value <= bounds[1] for _, value in points):
            warnings.append(f"{name}: values beyond {bounds[0]:g} to {bounds[1]:g} were cut")
        known = {max(tick, 0) / TICKS: _within(value, bounds) for tick, value in points}
        rising = sorted(known.items())
        inner = [
            point
            for before, point, after in zip(rising, rising[1:], rising[2:], strict=False)
            if not before[1] == point[1] == after[1]
        ]
        curves[name] = tuple(rising[:1] + inner + rising[-1:]) if len(rising) > 2 else tuple(rising)
    return curves


def _drawn(lines: Sequence[Line], warnings: list[str]) -> tuple[PitchLine, ...]:
    """The lines in beats, by rising start; where two overlap the later one begins after the earlier one's end."""
    drawn: list[PitchLine] = []
    reached = 0.0
    cut = False
    for line in sorted(lines, key=lambda line: line[0][0]):
        points = {tick / TICKS: _within(midi, MIDI_RANGE) for tick, midi in line if tick / TICKS >= reached}
        cut = cut or line[0][0] / TICKS < reached
        if len(points) > 1:
            drawn.append(tuple(points.items()))
            reached = line[-1][0] / TICKS
    if cut:
        warnings.append("left out: drawn pitch that overlaps other drawn pitch")
    return tuple(drawn)

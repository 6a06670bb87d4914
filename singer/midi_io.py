"""Standard MIDI files, karaoke files among them, to scores. Parsing is mido's; choosing and laying out is ours."""

from __future__ import annotations

import io
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.imported_notes import ImportedNote, guess_language, one_line, to_notes
from singer.midi_bends import bends_of, drawn_by
from singer.midi_controllers import left_out_of, loudness_of
from singer.midi_text import LyricSyllable, decode_texts, to_syllables
from singer.score import MOST_NOTES, Score, TempoMap, printable
from singer.time_signatures import TimeSignature, TimeSignatures

LARGEST_MIDI_BYTES = 2_000_000
_DRUMS = 9
_NEAR_BEATS = 0.25
_LEAST_MATCH = 0.6


@dataclass(frozen=True, slots=True)
class MidiPart:
    """The notes of one channel of one track: what a user chooses by number or name.

    Attributes:
        number: from 1, in file order.
        name: name of the track, with the channel where the track has several.
        notes: by rising start.
        lyrics: syllables in its track.
        track, channel: both from 0.
        bends: (beat, semitones) of the channel's pitch bend.
        loudness: (beat, dB) of its expression.
        left_out: what of its playing a score cannot hold.
    """

    number: int
    name: str
    notes: tuple[ImportedNote, ...]
    lyrics: int
    track: int
    channel: int
    bends: tuple[tuple[float, float], ...] = ()
    loudness: tuple[tuple[float, float], ...] = ()
    left_out: str = ""

    def __str__(self) -> str:
        lyrics = f"{self.lyrics} syllables" if self.lyrics else "no lyrics"
        return f'{self.number} "{printable(self.name, 40)}" ({len(self.notes)} notes, {lyrics})'


@dataclass(frozen=True, slots=True)
class MidiSong:
    """What a MIDI file holds, in beats.

    Attributes:
        parts: those with notes.
        syllables: per track with lyrics.
        tempo, time_signatures, title: of the whole file.
    """

    parts: tuple[MidiPart, ...]
    syllables: Mapping[int, Sequence[LyricSyllable]]
    tempo: TempoMap
    time_signatures: TimeSignatures
    title: str


def read_midi(document: bytes, options: ImportOptions, title: str = "") -> Score:
    """Read the sung part of a Standard MIDI file (type 0 or 1; ``RIFF`` wrapped ones too).

    The part is the one asked for, or the one in the track with the most lyrics, or (karaoke files keep words and
    notes apart) the one whose notes start where the syllables are. A syllable belongs to the nearest start
    of a note within a quarter of a beat.

    Raises:
        ScoreError: the file is damaged, has no lyrics, or its parts do not fit them; chords and overlaps.
    """
    song = parse_midi(document, options)
    if not song.syllables:
        raise ScoreError(
            "no_lyrics",
            "the MIDI file has no lyric events; add lyrics in a notation program, or write a JSON score. "
            f"Parts: {_listed(song.parts)}",
        )
    part = _choose_part(song, options)
    track = part.track if part.track in song.syllables else _most_lyrics(song)
    syllables = song.syllables[track]
    line = _attach(part, syllables, options.chords == "highest", song.time_signatures)
    notes, warnings = to_notes(line, song.time_signatures)
    return Score(
        notes=notes,
        language=options.language or guess_language(syllable.text for syllable in syllables),
        tempo=song.tempo,
        title=song.title or title,
        voice=options.voice,
        time_signatures=song.time_signatures,
        curves={"loudness_db": part.loudness} if part.loudness else {},
        drawn_pitch=drawn_by(part.bends, notes),
        warnings=(*_left_out(song, part), *warnings),
    )


def _left_out(song: MidiSong, part: MidiPart) -> Iterator[str]:
    if part.left_out:
        yield f"left out: {part.left_out}"
    others = [other for other in song.parts if other is not part]
    if others:
        yield f"other parts are not sung: {_listed(others)}"


def parse_midi(document: bytes, options: ImportOptions | None = None) -> MidiSong:
    """Take a MIDI file apart.

    Raises:
        ScoreError: too large, damaged, of type 2, in SMPTE time, or without notes.
    """
    import mido

    start = document.find(b"MThd", 0, 64)
    if len(document) > LARGEST_MIDI_BYTES:
        raise ScoreError("too_large", f"the MIDI file has more than {LARGEST_MIDI_BYTES / 1e6:g} MB")
    try:
        midi = mido.MidiFile(file=io.BytesIO(document[max(start, 0) :]), charset="latin-1", clip=True)
    except Exception as error:  # mido raises whatever its parsing runs into
        reason = str(error) or "it ends too early"
        raise ScoreError("midi_damaged", f"the MIDI file is damaged: {reason}") from error
    if midi.type == 2:
        raise ScoreError("midi_type", "MIDI files of type 2 hold independent songs; save one as type 0 or 1")
    if midi.ticks_per_beat <= 0:
        raise ScoreError("midi_time", "the MIDI file counts time in SMPTE frames; save it with beats (PPQ)")
    return _take_apart(midi, options or ImportOptions())


def _take_apart(midi: Any, options: ImportOptions) -> MidiSong:
    tracks = [_timed(track, midi.ticks_per_beat) for track in midi.tracks]
    syllables = _all_syllables(tracks, options)
    parts = _parts(tracks, {track: len(found) for track, found in syllables.items()})
    if not parts:
        raise ScoreError("no_notes", "the MIDI file has no notes")
    everything = sorted((event for track in tracks for event in track), key=lambda event: event[0])
    return MidiSong(parts, syllables, _tempo(everything), _signatures(everything), _title(tracks, options))


_Events = list[tuple[float, Any]]


def _timed(track: Any, ticks_per_beat: int) -> _Events:
    events: _Events = []
    ticks = 0
    for message in track:
        ticks += message.time
        events.append((ticks / ticks_per_beat, message))
    return events


def _all_syllables(tracks: Sequence[_Events], options: ImportOptions) -> dict[int, list[LyricSyllable]]:
    """Syllables of each track that has some: from lyric events, in karaoke files from text events."""
    kind = "lyrics" if any(m.type == "lyrics" for track in tracks for _, m in track) else "text"
    if kind == "text" and not _is_karaoke(tracks):
        return {}
    found = {
        index: [(beat, _bytes(m.text)) for beat, m in track if m.type == kind and not m.text.startswith("@")]
        for index, track in enumerate(tracks)
    }
    flat = [text for events in found.values() for _, text in events]
    decoded = iter(decode_texts(flat, options.encoding, options.language))
    laid = {
        index: to_syllables([(beat, next(decoded)) for beat, _ in events], karaoke=kind == "text")
        for index, events in found.items()
    }
    return {index: syllables for index, syllables in laid.items() if syllables}


def _is_karaoke(tracks: Sequence[_Events]) -> bool:
    texts = [m.text for track in tracks for _, m in track if m.type == "text"]
    return any(text.startswith(("@K", "@L", "@T")) or text[:1] in ("/", "\\") for text in texts)


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", errors="replace")


def _parts(tracks: Sequence[_Events], lyrics: Mapping[int, int]) -> tuple[MidiPart, ...]:
    parts: list[MidiPart] = []
    for index, track in enumerate(tracks):
        names = [m.name.strip() for _, m in track if m.type == "track_name"]
        channels = _notes_by_channel(track)
        for channel, notes in channels.items():
            name = names[0] if names and names[0] else f"track {index + 1}"
            if len(channels) > 1:
                name += f", channel {channel + 1}"
            number = len(parts) + 1
            part = MidiPart(number, name, tuple(notes), lyrics.get(index, 0), index, channel)
            parts.append(
                replace(
                    part,
                    bends=tuple(bends_of(track, channel)),
                    loudness=loudness_of(track, channel),
                    left_out=left_out_of(track, channel),
                )
            )
    return tuple(parts)


def _notes_by_channel(track: _Events) -> dict[int, list[ImportedNote]]:
    """Notes by rising start. Where a pitch starts anew before its note-off, that note-off is the old note's."""
    sounding: dict[tuple[int, int], float] = {}
    restarted: dict[tuple[int, int], float] = {}
    channels: dict[int, list[ImportedNote]] = defaultdict(list)
    count = 0
    for beat, message in [*track, *_note_offs(track)]:
        if message is not None and message.type not in ("note_on", "note_off"):
            continue
        begins = message is not None and message.type == "note_on" and message.velocity > 0
        ended = list(sounding) if message is None else [(message.channel, message.note)]
        for key in ended:
            if not begins and restarted.pop(key, None) == beat:
                continue
            start = sounding.pop(key, beat)
            if start < beat:
                channels[key[0]].append(ImportedNote(start, beat - start, float(key[1])))
                count += 1
                if begins:
                    restarted[key] = beat
        if begins:
            sounding[message.channel, message.note] = beat
        if count > MOST_NOTES:
            raise ScoreError("too_many_notes", f"a track has more than {MOST_NOTES} notes")
    return {
        channel: sorted(channels[channel], key=lambda note: note.start_beat) for channel in sorted(channels)
    }


def _note_offs(track: _Events) -> _Events:
    """End of the track, which ends what still sounds."""
    return [(track[-1][0], None)] if track else []


def _tempo(events: _Events) -> TempoMap:
    changes = {beat: _bpm(m.tempo) for beat, m in events if m.type == "set_tempo" and m.tempo > 0}
    return TempoMap(tuple({0.0: 120.0, **changes}.items()))


def _bpm(beat_us: int) -> float:
    """Quarter notes per minute; the round number that the file's whole microseconds stand for, if any."""
    bpm = 60e6 / beat_us
    return round(bpm, 2) if round(60e6 / round(bpm, 2)) == beat_us else bpm


def _signatures(events: _Events) -> TimeSignatures:
    return TimeSignatures.of(
        TimeSignature(beat, m.numerator, m.denominator) for beat, m in events if m.type == "time_signature"
    )


def _title(tracks: Sequence[_Events], options: ImportOptions) -> str:
    """Title of a karaoke file (``@T``), or the name of a first track without notes."""
    titles = [
        m.text[2:] for track in tracks for _, m in track if m.type == "text" and m.text.startswith("@T")
    ]
    if not titles and tracks and not any(m.type == "note_on" for _, m in tracks[0]):
        titles = [m.name for _, m in tracks[0] if m.type == "track_name"]
    if not titles:
        return ""
    return decode_texts([_bytes(titles[0])], options.encoding, options.language)[0].strip("\0 ")[:500]


def _choose_part(song: MidiSong, options: ImportOptions) -> MidiPart:
    if options.track is not None:
        return _asked_for(song.parts, options.track)
    track = _most_lyrics(song)
    candidates = [part for part in song.parts if part.track == track]
    if len(candidates) == 1:
        return candidates[0]
    beats = [syllable.beat for syllable in song.syllables[track]]
    candidates = candidates or [part for part in song.parts if part.channel != _DRUMS]
    best = max(candidates, key=lambda part: _match(part, beats), default=None)
    if best is None or _match(best, beats) < _LEAST_MATCH:
        raise ScoreError(
            "which_track",
            f"no part has notes where the lyrics are; choose the sung one with track. Parts: {_listed(song.parts)}",
        )
    return best


def _asked_for(parts: Sequence[MidiPart], track: str | int) -> MidiPart:
    asked = str(track).strip()
    found = [part for part in parts if str(part.number) == asked]
    found = found or [part for part in parts if part.name.casefold() == asked.casefold()]
    if len(found) != 1:
        problem = "no part is" if not found else "several parts are"
        raise ScoreError("which_track", f"{problem} called {asked!r}; choose from {_listed(parts)}")
    return found[0]


def _most_lyrics(song: MidiSong) -> int:
    return max(song.syllables, key=lambda track: len(song.syllables[track]))


def _match(part: MidiPart, beats: Sequence[float]) -> float:
    """Share of the beats where a note of the part starts."""
    starts = [note.start_beat for note in part.notes]
    return sum(abs(starts[_nearest(starts, beat)] - beat) <= _NEAR_BEATS for beat in beats) / len(beats)


def _nearest(starts: Sequence[float], beat: float) -> int:
    index = bisect_left(starts, beat)
    around = [near for near in (index - 1, index) if 0 <= near < len(starts)]
    return min(around, key=lambda near: abs(starts[near] - beat))


def _listed(parts: Sequence[MidiPart]) -> str:
    return "; ".join(str(part) for part in parts[:32]) + ("; ..." if len(parts) > 32 else "")


def _attach(
    part: MidiPart, syllables: Sequence[LyricSyllable], highest: bool, bars: TimeSignatures
) -> list[ImportedNote]:
    """One line of notes with their syllables; a note that gets several sings them together."""
    line = one_line(part.notes, highest)
    starts = [note.start_beat for note in line]
    for syllable in syllables:
        index = _nearest(starts, syllable.beat)
        if abs(starts[index] - syllable.beat) > _NEAR_BEATS:
            raise ScoreError(
                "lyric_without_note",
                f"no note of part {part} starts there; move the lyric to a note or choose another track",
                f'lyric "{printable(syllable.text)}" at beat {syllable.beat:g} (bar {bars.bar_at(syllable.beat)})',
            )
        text = (line[index].text or "") + syllable.text
        line[index] = replace(line[index], text=text, goes_on=syllable.goes_on)
    return line

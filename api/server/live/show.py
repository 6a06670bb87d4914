"""The show: one stream without an end, on one clock, that sings what is in its queue."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from api.server.credits import Credit
from api.server.live.hub import Hub, Listener
from api.server.live.repertoire import Repertoire, Song
from api.server.live.state import MOST_SUNG, MOST_WAITING, Entry, Manner, load_state
from api.server.stream.encoding import Pcm
from api.server.stream.messages import Format, MarkKind, Sing
from api.server.stream.stream import Clock
from api.server.stream.work import SongWork, Step
from api.server.workers import Workers
from singer.drawn_pitch import moved_to, transposed_from
from singer.errors import Cancelled, ScoreError, SingerError
from singer.score import HOLD, NEXT_SYLLABLE, Score, TempoMap
from singer.score_json import score_to_document
from singer.voice import Voice

_LOG = logging.getLogger(__name__)

RATE_HZ: Literal[48_000] = 48_000
LEAD_S = 1.0
"""How far the show runs ahead of its clock."""
PIECE_S = 0.1
PAUSE_S = 1.0
"""Silence between two songs."""
_NOBODY = Credit()
MARKS: tuple[MarkKind, ...] = ("phone", "viseme", "note", "lyric", "loudness", "breath")


@dataclass(frozen=True, slots=True)
class ShowOptions:
    """What a show is made of.

    Attributes:
        folder: its repertoire.
        filler: names of songs that are sung while nobody has asked for one, in turn; they give way at the end of a phrase.
        state_path: where it is kept over a restart.
        most_by_one: songs that one person may have waiting.
        credit: who sings.
    """

    folder: Path
    filler: Sequence[str]
    state_path: Path
    most_by_one: int = 3
    credit: Credit = _NOBODY


class Show:
    """A show that goes on until it is closed. All of it belongs to one event loop.

    Attributes:
        repertoire: what it may sing.
        state: what it would remember.
        audio: listeners of frames as in docs/streaming.md; samples count from the moment the show was opened.
        events: listeners of what happens, as JSON.
        samples: samples sent so far.
    """

    def __init__(self, options: ShowOptions, voice: Voice, workers: Workers) -> None:
        """Read the repertoire and what was kept; raises ``SingerError``."""
        self.repertoire = Repertoire(options.folder)
        self.state = load_state(options.state_path)
        self.audio, self.events = Hub(), Hub()
        self.samples = 0
        for name in options.filler:
            self.repertoire.find(name)
        self._options, self._voice, self._workers = options, voice, workers
        self._clock = Clock()
        self._encoder = Pcm("s16le")
        self._work: SongWork | None = None
        self._is_filler = False
        self._fillers = 0
        self._leave = asyncio.Event()
        self._wake = asyncio.Event()

    # What an operator, or somebody in the chat, may ask for.

    def request(self, wanted: str, by: str = "", *, first: bool = False) -> Entry:
        """Put a song into the queue.

        Args:
            wanted: a name, title or chat message, see ``Repertoire.find``.
            by: who asks; the same person may have only so many songs waiting.
            first: before all others, whatever the limits: the operator's word.

        Raises:
            ScoreError: no such song, or too many waiting.
        """
        song, state = self.repertoire.find(wanted), self.state
        if not first:
            if len(state.queue) >= MOST_WAITING:
                raise ScoreError("queue_full", f"{MOST_WAITING} songs are waiting; ask again later", "queue")
            if by and sum(entry.by == by for entry in state.queue) >= self._options.most_by_one:
                message = (
                    f"{self._options.most_by_one} of your songs are waiting; ask again when one was sung"
                )
                raise ScoreError("too_many_requests", message, "by")
        entry = Entry(number=state.next_number, song=song.name, title=song.title, by=by)
        state.next_number += 1
        state.queue.insert(0 if first else len(state.queue), entry)
        self._changed("queued", entry)
        if self._is_filler:
            self._cut()
        return entry

    def order(self, numbers: Sequence[int]) -> None:
        """Sort the queue: the entries with these numbers first, in this order; raises ``ScoreError`` for one not in it."""
        by_number = {entry.number: entry for entry in self.state.queue}
        for number in numbers:
            self._known(number)
        named = [by_number[number] for number in dict.fromkeys(numbers)]
        self.state.queue = named + [entry for entry in self.state.queue if entry not in named]
        self._changed("ordered")

    def drop(self, number: int) -> Entry:
        """Take an entry out of the queue; raises ``ScoreError`` if it is not in it."""
        entry = self._known(number)
        self.state.queue.remove(entry)
        self._changed("dropped", entry)
        return entry

    def skip(self, *, at: str = "phrase") -> None:
        """End the song that is sung, at the end of its phrase or ``now``."""
        if at == "now":
            self._leave.set()
            if self._work is not None:
                self._work.cancel.cancel()
        self._cut()

    def override(self, wanted: str, *, at: str = "phrase") -> Entry:
        """Sing a song as soon as the one that is sung has ended, which is skipped."""
        entry = self.request(wanted, first=True)
        if self.state.current is not None or self._is_filler:
            self.skip(at=at)
        return entry

    def play(self, playing: bool) -> None:
        """Go on, or stand: a show that stands ends its phrase and then is silent; the song goes on where it was left."""
        self.state.playing = playing
        if not playing:
            self._cut()
        self._wake.set()
        self._changed("playing" if playing else "standing")

    def sing_in(self, manner: Manner) -> int | None:
        """Another key and tempo for what is not sung yet, in this song and those to come.

        Returns:
            the first note of the song under way that is changed, if any.

        Raises:
            ScoreError: notes would lie outside the voice's range; nothing was changed.
        """
        before, first = self.state.manner, None
        if self._work is not None:
            first = self._work.source.change(
                semitones=manner.semitones - before.semitones,
                tempo_factor=manner.tempo_factor / before.tempo_factor,
            )
        self.state.manner = manner
        self._changed("manner")
        return first

    def document(self) -> dict[str, Any]:
        """The show as everybody may see it."""
        return {
            **self.state.model_dump(exclude={"version", "next_number"}),
            "filler": self._is_filler,
            "position_s": round(self.samples / RATE_HZ, 3),
            "listeners": len(self.audio),
            **self._named(),
        }

    def listen(self) -> Listener:
        """Hear the show from its next frame on."""
        start: dict[str, Any] = {
            "type": "start", "id": "show", "sample_rate": RATE_HZ, "channels": 1, "encoding": "s16le",
            "voice": self._voice.name, "duration_s": None, "warnings": [], "sample": self.samples, **self._named(),
        }  # fmt: skip
        return self.audio.join(json.dumps(start))

    def _named(self) -> dict[str, str]:
        credit = self._options.credit
        return {"attribution": credit.attribution, "licence": credit.licence}

    async def run(self) -> None:
        """Sing until cancelled."""
        try:
            while True:
                song = self._choose()
                if song is None:
                    await self._rest()
                    continue
                try:
                    await self._sing(song)
                except Cancelled:
                    _LOG.info("the song was left at once")
                except SingerError as error:
                    _LOG.warning("a song could not be sung: %s", error)
                    self._tell("failed", error=error.message, where=error.where)
                self._over()
                await self._silence(PAUSE_S)
        finally:
            if self._work is not None:
                self._work.cancel.cancel()

    # The singing.

    def _choose(self) -> Song | None:
        """The song to sing now: the one that was left, the next one asked for, or filler."""
        state = self.state
        self._leave.clear()
        if not state.playing:
            return None
        if state.current is None and state.queue:
            state.current, state.from_note = state.queue.pop(0), 0
        if state.current is not None:
            self._is_filler = False
            song = self.repertoire.songs.get(state.current.song)
            if song is not None:
                self._changed("song", state.current)
                return song
            self._tell(
                "failed", error="the song is not in the repertoire any more", where=state.current.title
            )
            state.current = None
            return None
        if not self._options.filler:
            return None
        name = self._options.filler[self._fillers % len(self._options.filler)]
        self._fillers += 1
        self._is_filler = True
        song = self.repertoire.find(name)
        self._tell("filler", title=song.title)
        return song

    async def _sing(self, song: Song) -> None:
        from_note = 0 if self._is_filler else self.state.from_note
        score, before = from_note_on(song.score, from_note, self.state.manner)
        message = Sing(
            type="sing",
            id="show",
            score=score_to_document(score),
            marks=list(MARKS),
            format=Format(sample_rate=RATE_HZ),
        )
        self._work = await self._worked(lambda: SongWork(message, self._voice))
        first, waiting = self.samples, []
        async for step in self._steps(self._work):
            waiting += [
                {**mark, "sample": mark["sample"] + first, **_moved(mark, before)} for mark in step.marks
            ]
            if step.samples is None:
                continue
            for piece in np.array_split(step.samples, max(round(len(step.samples) / (PIECE_S * RATE_HZ)), 1)):
                if self._leave.is_set():
                    raise Cancelled
                await self._until_wanted(len(piece))
                limit = self.samples + len(piece) + RATE_HZ // 2
                due = [mark for mark in waiting if mark["sample"] < limit]
                waiting = waiting[len(due) :]
                self._send(piece, due)
                self._remember(due)

    async def _steps(self, work: SongWork) -> AsyncIterator[Step]:
        while True:
            left_s = self.samples / RATE_HZ - self._clock.now_s
            step = await asyncio.wrap_future(self._workers.submit(work.advance, time.monotonic() + left_s))
            if step.is_last:
                return
            yield step

    def _remember(self, marks: Sequence[dict[str, Any]]) -> None:
        """Keep where the song is: the note that begins next."""
        notes = [mark["note"] for mark in marks if mark["kind"] == "note" and mark["note"] is not None]
        if notes and not self._is_filler:
            self.state.from_note = notes[0]
            self._save()

    def _over(self) -> None:
        """The song has ended, or was skipped; one that only stands stays."""
        self._work = None
        state = self.state
        if self._is_filler or state.current is None or not state.playing:
            return
        state.sung = [*state.sung, state.current][-MOST_SUNG:]
        ended, state.current, state.from_note = state.current, None, 0
        self._changed("ended", ended)

    async def _rest(self) -> None:
        await self._silence(PIECE_S)

    async def _silence(self, length_s: float) -> None:
        for _ in range(round(length_s / PIECE_S)):
            silence = np.zeros(round(PIECE_S * RATE_HZ), np.float32)
            await self._until_wanted(len(silence))
            self._send(silence, ())
            if self._wake.is_set():
                self._wake.clear()
                return

    async def _until_wanted(self, samples: int) -> None:
        self._clock.start()
        early_s = (self.samples + samples) / RATE_HZ - self._clock.now_s - LEAD_S
        if early_s <= 0:
            await asyncio.sleep(0)  # a show that is behind still lets others work
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._leave.wait(), early_s)

    def _send(self, samples: np.ndarray[Any, Any], marks: Sequence[dict[str, Any]]) -> None:
        if marks:
            self.audio.give(json.dumps({"type": "marks", "id": "show", "marks": list(marks)}))
        for frame in self._encoder.run(self.samples, samples):
            self.audio.give(frame)
        self.samples += len(samples)

    def _cut(self) -> None:
        if self._work is not None:
            self._work.cut()

    async def _worked(self, work: Any) -> Any:
        return await asyncio.wrap_future(self._workers.submit(work, time.monotonic()))

    def _known(self, number: int) -> Entry:
        found = next((entry for entry in self.state.queue if entry.number == number), None)
        if found is None:
            numbers = ", ".join(str(entry.number) for entry in self.state.queue) or "none"
            raise ScoreError("no_such_entry", f"found number {number}; waiting are {numbers}", "number")
        return found

    def _changed(self, event: str, entry: Entry | None = None) -> None:
        self._save()
        self._tell(event, **({"entry": entry.model_dump()} if entry else {}))

    def _tell(self, event: str, **more: Any) -> None:
        self.events.give(
            json.dumps({"event": event, "sample": self.samples, **more, "show": self.document()})
        )

    def _save(self) -> None:
        self.state.save(self._options.state_path)


def from_note_on(score: Score, note: int, manner: Manner) -> tuple[Score, int]:
    """A song from one of its notes on, in a manner.

    Returns:
        the score, which starts a beat before its first note, and how many notes were left out; the first one is a note
        that begins a syllable.
    """
    while score.notes[note].lyric.strip() in (HOLD, NEXT_SYLLABLE):
        note -= 1
    skipped = max(score.notes[note].start_beat - 1.0, 0.0) if note else 0.0
    bpm = score.tempo.bpm_at(skipped)
    later = [(beat - skipped, each) for beat, each in score.tempo.changes if beat > skipped]
    notes = tuple(
        replace(each, start_beat=each.start_beat - skipped, midi=each.midi + manner.semitones)
        for each in score.notes[note:]
    )
    tempo = TempoMap(tuple((beat, each * manner.tempo_factor) for beat, each in [(0.0, bpm), *later]))
    curves = {name: _from_beat(points, skipped) for name, points in score.curves.items()}
    sections = tuple(
        replace(each, start_beat=max(each.start_beat - skipped, 0.0), end_beat=each.end_beat - skipped)
        for each in score.sections
        if each.end_beat > skipped
    )
    drawn = moved_to(
        transposed_from(score.drawn_pitch, skipped, manner.semitones, keep_before=False), skipped
    )
    changed = replace(score, notes=notes, tempo=tempo, curves=curves, sections=sections, drawn_pitch=drawn)
    return changed, note


def _from_beat(points: Sequence[tuple[float, float]], beat: float) -> tuple[tuple[float, float], ...]:
    """A curve whose beat 0 is ``beat`` of another; the same points for beat 0."""
    if not beat:
        return tuple(points)
    here = float(np.interp(beat, [at for at, _ in points], [value for _, value in points]))
    return ((0.0, here), *((at - beat, value) for at, value in points if at > beat))


def _moved(mark: dict[str, Any], notes: int) -> dict[str, Any]:
    """The mark's note counted in the whole song."""
    return {"note": mark["note"] + notes} if notes and mark.get("note") is not None else {}

"""What is being played, as work: notes and words come in between, blocks of 20 ms go out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from api.server.stream import messages, replies
from api.server.stream.messages import MessageError, Sing
from api.server.stream.work import Step, TurnedAt
from singer.audio import Resampler
from singer.cancel import CancelToken
from singer.live.controls import LiveControls
from singer.live.plan import Segment
from singer.live.player import LivePlayer
from singer.performance.performance import FRAME_RATE_HZ
from singer.pitch_names import pitch_midi
from singer.timeline import Mark, mark_document
from singer.visemes import mouth_of, shapes_of
from singer.voice import Voice


class LiveWork:
    """A player, at the stream's sample rate."""

    is_live = True
    duration_s: float | None = None
    warnings: Sequence[str] = ()

    def __init__(self, message: Sing, voice: Voice) -> None:
        """Make it ready; raises ``SingerError``."""
        if message.live is None:
            raise MessageError("not_live", "live is missing", "live", of="sing")
        self.cancel, self._live = CancelToken(), LiveControls()
        for name, value in message.controls.items():
            self._live.turn(name, value, 0.0)
        self._player = LivePlayer(voice, language=message.live.language, seed=message.seed, live=self._live)
        self.sample_rate_hz: int = message.format.sample_rate
        own_hz = voice.spec.sample_rate_hz
        self._resampler = None if own_hz == self.sample_rate_hz else Resampler(own_hz, self.sample_rate_hz)
        self._frame_samples = self.sample_rate_hz / voice.spec.frame_rate_hz
        self._id, self._kinds = message.id, frozenset(message.marks)
        self._lock = threading.Lock()
        self._marks: list[dict[str, Any]] = []

    def advance(self) -> Step:
        """Sing the next block; see ``Work``."""
        self.cancel.check()
        samples = self._player.next_block()
        if self._resampler is not None:
            samples = self._resampler.run(samples)
        with self._lock:
            marks, self._marks = self._marks, []
        turned = [TurnedAt(each.name, each.value, self._sample(each.frame)) for each in self._live.told()]
        return Step(samples if len(samples) else None, marks, turned, False)

    def turn(self, control: messages.Control) -> None:
        """Turn a control; see ``Work``."""
        self._live.turn(control.name, control.value, control.ramp_ms)

    def play(self, message: messages.NoteOn | messages.NoteOff | messages.Lyrics) -> replies.Note | None:
        """Play a note, let one go, or add words; raises ``SingerError``."""
        match message:
            case messages.NoteOn():
                return self._note_on(message)
            case messages.NoteOff():
                self._mark(self._player.note_off(_midi(message.pitch, "note_off")))
            case messages.Lyrics():
                self._player.feed(message.text, message.language, replace=message.replace)
        return None

    def _note_on(self, message: messages.NoteOn) -> replies.Note:
        played = self._player.note_on(_midi(message.pitch, "note_on"), message.lyric, message.velocity)
        self._mark(played.segments)
        if {"note", "lyric"} & self._kinds:
            with self._lock:
                if "note" in self._kinds:
                    note = {"kind": "note", "sample": self._sample(played.first_frame), "note": None}
                    self._marks.append(note | {"midi": played.midi, "lyric": played.lyric, "samples": None})
                if "lyric" in self._kinds and played.segments:
                    word = {"kind": "lyric", "sample": self._sample(played.vowel_frame), "note": None}
                    self._marks.append(word | {"text": played.lyric, "word_start": True})
        return replies.Note(
            id=self._id,
            pitch=played.midi,
            lyric=played.lyric,
            sample=self._sample(played.first_frame),
            vowel_sample=self._sample(played.vowel_frame),
            phones=[segment.symbol for segment in played.segments],
        )

    def _mark(self, segments: Sequence[Segment]) -> None:
        """Tell of phones and mouth shapes; the last one of ``segments`` has no end yet."""
        found = []
        for each in segments:
            start_s, end_s = (
                each.start / FRAME_RATE_HZ,
                None if each.end is None else each.end / FRAME_RATE_HZ,
            )
            if "phone" in self._kinds:
                values = {"phone": each.symbol, "role": each.role, "language": each.language, "note": None}
                found.append(Mark("phone", start_s, values, end_s))
            if "viseme" in self._kinds:
                mouth, weight = mouth_of(each.symbol), 0.0 if each.role is None else 1.0
                shown = {"viseme": mouth.viseme, "weight": weight, **shapes_of(mouth, weight)}
                found.append(Mark("viseme", start_s, shown, end_s))
        with self._lock:
            self._marks += [mark_document(mark, self.sample_rate_hz) for mark in found]

    def _sample(self, frame: int) -> int:
        return round(frame * self._frame_samples)


def _midi(pitch: float | str, of: str) -> float:
    try:
        return pitch_midi(pitch) if isinstance(pitch, str) else float(pitch)
    except ValueError as error:
        raise MessageError("pitch_name", str(error), "pitch", of=of) from error

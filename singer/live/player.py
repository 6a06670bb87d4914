"""A voice that is played like a melody instrument: notes come when they come, words were fed ahead."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.errors import ReadingError
from frontend_g2p.phonemize import read_line
from frontend_g2p.phones import Language, Phone, Syllable
from singer.errors import LyricsError, ScoreError, VoicebankError
from singer.live.controls import LiveControls
from singer.live.melody import RELEASE_FRAMES, Melody
from singer.live.phrase import LivePhrase
from singer.live.plan import Segment
from singer.pitch_names import pitch_name
from singer.score import HOLD, NEXT_SYLLABLE, printable
from singer.voice import Voice

BLOCK_FRAMES = 2
"""Frames per block: how long a note may wait until its rendering begins."""
MOST_WAITING_SYLLABLES = 10_000
_REST_FRAMES = RELEASE_FRAMES + 6
"""A phrase ends so long after its last sound."""


@dataclass(frozen=True, slots=True)
class Played:
    """A note that begins.

    Attributes:
        midi: its pitch.
        lyric: the text of its syllable; ``-`` if the vowel before goes on.
        first_frame: frame of the stream at which its first sound starts.
        vowel_frame: frame of the stream at which its vowel starts.
        segments: its phones, with those that close the syllable before; frames of the stream.
    """

    midi: float
    lyric: str
    first_frame: int
    vowel_frame: int
    segments: tuple[Segment, ...]


class LivePlayer:
    """Sings what is played, in blocks; safe to share between the thread that plays and the one that renders.

    Attributes:
        position: samples given so far.
    """

    def __init__(
        self, voice: Voice, *, language: Language, seed: int = 0, live: LiveControls | None = None
    ) -> None:
        if voice.imported is not None:
            message = f"{voice.title} is an imported bank, which sings whole phrases; choose one of the engine's own voices"
            raise VoicebankError("not_live", message, f"voice {voice.name}")
        self.position = 0
        self._voice, self._language, self._seed = voice, language, seed
        self._live = live or LiveControls()
        self._lock = threading.Lock()
        self._waiting: deque[Syllable] = deque()
        self._phrase: LivePhrase | None = None
        self._held: float | None = None
        self._last = Syllable("a", language, "a", (Phone("a", "nucleus"),), 0, 1, 0, "typed")

    def feed(self, text: str, language: Language | None = None, *, replace: bool = False) -> int:
        """Add the syllables of ``text`` to those that wait for notes.

        Args:
            text: a line or more of lyrics.
            language: of the text; the player's own by default.
            replace: drop those that wait.

        Returns:
            how many wait now.

        Raises:
            LyricsError: the text cannot be read, or more than ``MOST_WAITING_SYLLABLES`` would wait; nothing is added.
        """
        read = self._read(text, language or self._language)
        with self._lock:
            kept = deque() if replace else self._waiting
            if len(kept) + len(read) > MOST_WAITING_SYLLABLES:
                message = (
                    f"found {len(kept) + len(read)} syllables; at most {MOST_WAITING_SYLLABLES} may wait"
                )
                raise LyricsError("too_many_syllables", message)
            self._waiting = deque([*kept, *read])
            return len(self._waiting)

    def note_on(self, midi: float, lyric: str | None = None, velocity: int = 100) -> Played:
        """Begin a note at the next frame.

        Args:
            midi: MIDI note number.
            lyric: what it sings: its first syllable, the others wait in front; ``-`` holds the vowel; ``None`` or ``+``
                takes the next syllable that waits, or holds the vowel where none does.
            velocity: 1 to 127.

        Raises:
            ScoreError: a pitch outside the voice's range, or a velocity out of range.
            LyricsError: a lyric that cannot be read.
        """
        voice = self._voice
        where = f"note_on {midi:g}"
        if not voice.lowest_midi <= midi <= voice.highest_midi:
            low, high = pitch_name(voice.lowest_midi), pitch_name(voice.highest_midi)
            raise ScoreError(
                "outside_range", f"found pitch {midi:g}; {voice.title} sings {low} to {high}", where
            )
        if not 1 <= velocity <= 127:
            raise ScoreError("velocity", f"found velocity {velocity}; 1 to 127 are allowed", where)
        typed = lyric.strip() if lyric else ""
        read = self._read(typed, self._language) if typed and typed not in (HOLD, NEXT_SYLLABLE) else ()
        with self._lock:
            self._waiting.extendleft(reversed(read))
            held = self._phrase is not None and self._phrase.plan.vowel is not None
            syllable = self._waiting.popleft() if self._waiting and typed != HOLD else None
            if syllable is None and not held:
                syllable = self._last
            return self._play(midi, velocity, syllable)

    def note_off(self, midi: float) -> tuple[Segment, ...]:
        """Let a note go; returns the phones that close it, in frames of the stream. Nothing if it is not the one held."""
        with self._lock:
            if self._held is None or abs(self._held - midi) > 1e-6 or self._phrase is None:
                return ()
            return self._let_go(self._phrase)

    def all_off(self) -> tuple[Segment, ...]:
        """Let go whatever is held."""
        with self._lock:
            return () if self._held is None or self._phrase is None else self._let_go(self._phrase)

    def next_block(self) -> NDArray[np.float32]:
        """The next samples, float32 [N]: a block of ``BLOCK_FRAMES``, a little less at the start of a phrase, more at
        its end.
        """
        with self._lock:
            phrase, hop = self._phrase, self._voice.spec.hop_samples
            if phrase is None:
                samples = np.zeros(BLOCK_FRAMES * hop, np.float32)
            else:
                samples = phrase.render(BLOCK_FRAMES)
                silence = phrase.plan.segments[-1]
                if phrase.plan.is_silent and phrase.now >= silence.start + _REST_FRAMES:
                    samples = np.concatenate((samples, phrase.finish()))
                    self._phrase = None
            self.position += len(samples)
            return samples

    def _play(self, midi: float, velocity: int, syllable: Syllable | None) -> Played:
        phrase = self._phrase
        if phrase is None:
            first = self.position // self._voice.spec.hop_samples
            melody = Melody(midi, velocity)
            phrase = LivePhrase(self._voice, melody, first, self._seed + first, self._live)
            self._phrase = phrase
        start = phrase.now
        if syllable is None:
            fresh: list[Segment] = []
            vowel = start
        else:
            before = len(phrase.plan.segments) - 1
            phrase.plan.sing(syllable, start)
            fresh = [each for each in phrase.plan.segments[before:] if each.start >= start and each.role]
            vowel = fresh[-1].start
            self._last = syllable
        if start == 0:
            phrase.melody.sound_from(fresh[0].start)
        phrase.melody.play(midi, velocity, start, vowel)
        self._held = midi
        moved = self._in_stream(phrase, fresh)
        first_sound = moved[0].start if moved else phrase.first_frame + start
        lyric = syllable.text if syllable else HOLD
        return Played(midi, lyric, first_sound, phrase.first_frame + vowel, moved)

    def _let_go(self, phrase: LivePhrase) -> tuple[Segment, ...]:
        self._held = None
        fresh = phrase.plan.release(phrase.now)
        phrase.melody.fade_from(phrase.plan.segments[-1].start)
        return self._in_stream(phrase, fresh)

    @staticmethod
    def _in_stream(phrase: LivePhrase, segments: list[Segment]) -> tuple[Segment, ...]:
        first = phrase.first_frame
        return tuple(
            Segment(
                each.symbol,
                each.role,
                each.language,
                each.start + first,
                None if each.end is None else each.end + first,
            )
            for each in segments
        )

    @staticmethod
    def _read(text: str, language: Language) -> tuple[Syllable, ...]:
        try:
            return read_line(text, language)
        except ReadingError as error:
            where = f'lyrics "{printable(text)}"'
            raise LyricsError(error.code, error.message, where) from error

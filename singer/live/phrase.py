"""One phrase that is being played, from silence to silence, rendered a few frames at a time.

The networks want to hear 280 ms to either side. What is to come is not known, so it is told as the plan has it: the vowel is
held on. When a note comes, the plan changes and the next frames are rendered from the new one; nothing has waited.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.acoustics import as_sung, encode
from singer.cancel import CancelToken
from singer.controls import STYLE_COLOURS
from singer.features import ROWS_PER_FRAME, Features, to_rows
from singer.last_sounds import sung_out
from singer.limiter import Limiter
from singer.live.controls import LiveControls
from singer.live.melody import Melody
from singer.live.plan import Plan
from singer.liveliness import held_weight
from singer.performance.performance import CURVE_BOUNDS, CURVES
from singer.phonation import Roughness, whispered
from singer.phone_track import PhoneTrack, positions, role_row, sonorant_weight
from singer.phrase_audio import placed
from singer.vocoder import Filters, Vocoder
from singer.voice import Voice

DECODER_AHEAD_FRAMES, VOCODER_AHEAD_FRAMES = 16, 8
"""How far the plan is told to the networks beyond the block."""
_ENDLESS_SAMPLES = 2**62


@dataclass(slots=True)
class _Past:
    """The last frames that were rendered, as the vocoder's network hears them.

    Attributes:
        features: their features.
        curves: name of ``CURVES`` to their values, float32 [P].
    """

    features: Features
    curves: dict[str, NDArray[np.float32]]


class LivePhrase:
    """A phrase that somebody plays.

    Attributes:
        first_frame: frame of the stream at which it starts.
        now: the next frame to be rendered, counted from its start.
        plan: its phones.
        melody: its pitch and loudness.
    """

    def __init__(self, voice: Voice, melody: Melody, first_frame: int, seed: int, live: LiveControls) -> None:
        self.first_frame, self.now = first_frame, 0
        self.plan, self.melody = Plan(), melody
        self._voice, self._seed, self._live = voice, seed, live
        self._vocoder = Vocoder(voice)
        self._state = self._vocoder.start(seed)
        self._limiter = Limiter(voice.spec.sample_rate_hz)
        self._placed_to = -self._vocoder.lead_in_samples
        self._fade = int(0.005 * voice.spec.sample_rate_hz)
        nothing = np.zeros(0, np.float32)
        features = Features(np.zeros((0, 96), np.float32), np.zeros((0, 12), np.float32))
        self._past = _Past(features, dict.fromkeys(CURVES, nothing))
        self._encoded: tuple[tuple[tuple[str, ...], bytes], NDArray[np.float32]] | None = None

    def render(self, frames: int) -> NDArray[np.float32]:
        """The next ``frames`` frames as far as they are complete: float32 [N], right after the samples before."""
        features, curves = self._model(frames)
        rows = ROWS_PER_FRAME * frames
        reach = self._voice.context_frames
        past, old = self._past, len(self._past.features.envelope)
        known = {name: np.concatenate((past.curves[name], curve)) for name, curve in curves.items()}
        joined = Features(
            np.concatenate((past.features.envelope, features.envelope)),
            np.concatenate((past.features.aperiodicity, features.aperiodicity)),
        )
        f0_hz = to_rows(known["f0_hz"])[: len(joined.envelope)]
        found = self._vocoder.filters(joined, f0_hz)
        here = slice(old, old + rows)
        harmonic, noise = whispered(found.harmonic[here], found.noise[here], to_rows(known["whisper"])[here])
        filters = Filters(harmonic, noise, found.phase[here])
        rough = Roughness(to_rows(known["growl"])[here], to_rows(known["vocal_fry"])[here])
        is_rough = rough.growl.any() or rough.vocal_fry.any()
        samples, self._state = self._vocoder.run(
            self._state, filters, f0_hz[here], rough if is_rough else None
        )
        self.now += frames
        kept = slice(max(old // ROWS_PER_FRAME + frames - reach, 0), old // ROWS_PER_FRAME + frames)
        self._past = _Past(
            Features(
                joined.envelope[ROWS_PER_FRAME * kept.start : ROWS_PER_FRAME * kept.stop],
                joined.aperiodicity[ROWS_PER_FRAME * kept.start : ROWS_PER_FRAME * kept.stop],
            ),
            {name: curve[kept] for name, curve in known.items()},
        )
        self.plan.forget(self.now)
        return self._given(samples, _ENDLESS_SAMPLES)

    def finish(self) -> NDArray[np.float32]:
        """The rest of the sound; all samples together are ``now`` frames."""
        total = self.now * self._voice.spec.hop_samples
        rest = self._given(self._vocoder.finish(self._state), total)
        return np.concatenate((rest, self._limiter.finish()))

    def _given(self, samples: NDArray[np.float32], total: int) -> NDArray[np.float32]:
        first, self._placed_to = self._placed_to, self._placed_to + len(samples)
        pieces = [self._limiter.run(piece) for piece in placed(samples, first, total, self._fade)]
        return np.concatenate([np.zeros(0, np.float32), *pieces])

    def _model(self, frames: int) -> tuple[Features, dict[str, NDArray[np.float32]]]:
        """Features and curves of the block and of what the vocoder hears beyond it."""
        voice, now = self._voice, self.now
        track, base = self.plan.track(voice, now + frames + DECODER_AHEAD_FRAMES)
        told = sung_out(track, voice)
        owner = np.repeat(np.arange(len(told.frames)), told.frames)
        low = max(now - base - voice.context_frames, 0)
        high = min(now - base + frames + DECODER_AHEAD_FRAMES, len(owner))
        heard = min(frames + VOCODER_AHEAD_FRAMES, high - (now - base))
        curves = self._curves(now, now + frames + DECODER_AHEAD_FRAMES)
        behind = now - base - low
        line = {
            name: np.concatenate((_last(self._past.curves[name], behind), curves[name]))[: high - low]
            for name in ("f0_hz", *STYLE_COLOURS)
        }
        found = voice.decoder.run(
            hidden=self._hidden(told)[owner[low:high]],
            position=positions(told.frames)[low:high],
            log_f0=np.log(line["f0_hz"]).astype(np.float32),
            style=np.stack([line[name] for name in STYLE_COLOURS], axis=1),
            timbre=voice.timbre,
        )
        start = now - base
        inner = slice(ROWS_PER_FRAME * (start - low), ROWS_PER_FRAME * (start - low + heard))
        rows = slice(ROWS_PER_FRAME * start, ROWS_PER_FRAME * (start + heard))
        ahead = {name: curve[:heard] for name, curve in curves.items()}
        nuclei = track.sonorant & (track.role == role_row("nucleus"))
        features = as_sung(
            Features(found["envelope"][inner], found["aperiodicity"][inner]),
            {name: to_rows(curve) for name, curve in ahead.items()},
            sonorant_weight(told)[rows],
            _padded(held_weight(track.frames, nuclei), rows.stop)[rows],
            (ROWS_PER_FRAME * now, self._seed),
        )
        return features, ahead

    def _hidden(self, told: PhoneTrack) -> NDArray[np.float32]:
        """The encoder's vectors, made again only when the phones have changed."""
        key = (told.symbols, told.frames.tobytes())
        if self._encoded is None or self._encoded[0] != key:
            self._encoded = (key, encode(told, self._voice, CancelToken()))
        return self._encoded[1]

    def _curves(self, start: int, stop: int) -> dict[str, NDArray[np.float32]]:
        """Every curve from frame ``start`` to ``stop``: what is played, the singer's character, what is turned."""
        frames = np.arange(start, stop)
        plain: dict[str, NDArray[np.float32]] = {
            name: np.full(len(frames), self._voice.character.get(name, 0.0), np.float32) for name in CURVES
        }
        plain["f0_hz"] = self.melody.f0_hz(frames)
        plain["loudness_db"] = plain["loudness_db"] + self.melody.loudness_db(frames)
        plain["power"] = plain["power"] + self.melody.power(frames)
        for name, ramp in self._live.fix(self.first_frame + start).items():
            amount = ramp.at(self.first_frame + frames)
            if name == "pitch_cents":
                plain["f0_hz"] = (plain["f0_hz"] * np.exp2(amount / 1200.0)).astype(np.float32)
            else:
                plain[name] = (plain[name] + amount).astype(np.float32)
        return {name: np.clip(curve, *CURVE_BOUNDS[name]) for name, curve in plain.items()}


def _last(values: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    return values[len(values) - count :]


def _padded(values: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    return np.pad(values, (0, max(length - len(values), 0)))

"""A bank as a voice like any other: it reads lyrics, performs phrases and sings them (``Voice.imported``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.user_dictionary import UserDictionary
from singer.audio import Resampler
from singer.cancel import CancelToken
from singer.diffsinger.bank import VARIANCES, Bank, Module, voice_spec
from singer.diffsinger.bank_line import BankLine, bank_line, note_line
from singer.diffsinger.bank_phones import bank_spans
from singer.diffsinger.frames import Sampled, Values, fitted_to, hz_of, semitones_of
from singer.diffsinger.reading import lay_for_bank
from singer.diffsinger.retiming import retimed
from singer.diffsinger.sing import SingOptions
from singer.diffsinger.speaker_mix import speaker_mix
from singer.diffsinger.stages import Sampler, mel_of, mixed, predicted_pitch, predicted_variances, sound_of
from singer.errors import PerformanceError, VoicebankError
from singer.lyrics import Laid
from singer.performance.perform import perform_phrase
from singer.performance.performance import CURVE_BOUNDS, FRAME_RATE_HZ, PhrasePerformance
from singer.performance.phrase_curves import curve_at
from singer.performance.smooth import FrameTimes
from singer.performance.style import Style
from singer.phrase_audio import FADE_S, placed
from singer.phrases import Phrase
from singer.score import Score
from singer.voice import Voice

_BLEND_S = 0.03
"""Between the bank's pitch and one that is kept. Models are told which is kept, but those of DiffSinger only lean towards it."""
BREATHINESS_DB, TENSION_LOGIT = 12.0, 5.0
"""What a control at 1 adds to the bank's own curve."""


def bank_voice(bank: Bank, speaker: str | None = None) -> Voice:
    """A voice that sings with a bank.

    Args:
        bank: the bank, loaded.
        speaker: one of its singers, or a mixture as ``speaker_mix`` reads it; the first one if ``None``.

    Raises:
        VoicebankError: no such speaker.
    """
    none = _NoModel(bank.name)
    return Voice(
        name=bank.name if speaker is None else f"{bank.name}:{speaker}",
        title=bank.title,
        spec=voice_spec(bank.vocoder.spec.sample_rate_hz),
        lowest_midi=bank.lowest_midi,
        highest_midi=bank.highest_midi,
        phones={},
        languages={language: place for place, language in enumerate(bank.languages)},
        timbre=np.zeros(1, np.float32),
        encoder=none,
        decoder=none,
        vocoder=none,
        context_frames=0,
        fingerprint=f"{bank.fingerprint}|{speaker or ''}",
        imported=BankSinger(bank, speaker_mix(bank, speaker)),
    )


class _NoModel:
    """Stands for models that an imported bank has not."""

    def __init__(self, name: str) -> None:
        self._name = name

    def run(self, **_: NDArray[np.generic]) -> dict[str, NDArray[np.float32]]:
        """Refuse."""
        message = "this needs one of the engine's own voices; the voice is an imported bank"
        raise VoicebankError("imported_voice", message, f"voice {self._name}")


class BankSinger:
    """Reads, performs and sings with a bank; safe to share between threads.

    Attributes:
        bank: the bank.
        mix: speakers and their weights; empty is the first one.
    """

    def __init__(
        self, bank: Bank, mix: Mapping[str, float] | None = None, options: SingOptions | None = None
    ) -> None:
        self.bank, self.mix = bank, dict(mix or {})
        self._options = options or SingOptions()
        self._mix = {name: np.full(1, weight, np.float32) for name, weight in self.mix.items()}

    def lay(self, score: Score, user_dictionary: UserDictionary | None = None) -> Laid:
        """What each note sings; raises ``LyricsError``."""
        return lay_for_bank(score, self.bank, user_dictionary)

    def perform(self, phrase: Phrase, style: Style | None = None) -> PhrasePerformance:
        """A phrase performed: by the rules, with the lengths and the pitch of the bank's models where it has them.

        Raises:
            LyricsError, PerformanceError: a syllable without phonemes, a note that cannot be sung.
            ModelError: a model failed.
        """
        ruled = perform_phrase(phrase, style)
        spans = bank_spans(phrase, ruled, self.bank)
        if self.bank.durations is not None and any(span.role for span in spans):
            spans = retimed(spans, phrase.notes, self.bank, self.bank.durations, self._mix)
        performed = replace(ruled, phones=spans)
        if self.bank.pitch is None:
            return performed
        return replace(
            performed, curves={**performed.curves, "f0_hz": self._pitch(phrase, performed, self.bank.pitch)}
        )

    def check(self, phrase: PhrasePerformance) -> None:
        """Raise ``VoicebankError`` or ``PerformanceError`` if the phrase cannot be sung."""
        bank_line(phrase, phrase.phones, self.bank)

    def sing(self, phrase: PhrasePerformance, *, seed: int, cancel: CancelToken) -> NDArray[np.float32]:
        """Sound of a phrase, float32 [frames * hop_samples]; raises ``ModelError`` and ``Cancelled``."""
        laid, module = bank_line(phrase, phrase.phones, self.bank), self.bank.acoustic
        phone_frames = laid.frames(module)
        total = int(phone_frames.sum())
        if len(phone_frames) > total:
            raise PerformanceError("phones_too_short", f"{len(phone_frames)} phonemes need {total} frames")
        sampled = {
            name: laid.sampled(phrase.curves[name], phrase.start_s, module, total)
            for name in ("breathiness", "tension", "gender")
        }
        f0_hz = np.exp(laid.sampled(np.log(phrase.curves["f0_hz"]), phrase.start_s, module, total))
        curves: dict[str, NDArray[np.generic]] = {
            "f0": f0_hz,
            "gender": -sampled["gender"],
            "velocity": np.ones(total, np.float32),
            **self._speakers(module, total),
            **self._variances(laid, f0_hz, sampled, Sampler(self._options.variance_steps, seed), cancel),
        }
        cancel.check()
        mel = mel_of(
            self.bank,
            laid.line,
            phone_frames,
            curves,
            Sampler(self._options.steps, seed, self._options.depth),
        )
        cancel.check()
        samples = sound_of(self.bank, mel, f0_hz, seed)
        return self._placed(samples, laid, phrase)

    def _variances(
        self, laid: BankLine, f0_hz: Values, turned: dict[str, Values], sampler: Sampler, cancel: CancelToken
    ) -> dict[str, NDArray[np.generic]]:
        """Curves that the acoustic model takes: the bank's own, with what the controls add."""
        wanted = [name for name in VARIANCES if name in self.bank.acoustic.model.inputs]
        if not wanted:
            return {}
        module = self.bank.variance
        if module is None:
            message = f"the acoustic model takes {', '.join(wanted)}, and the bank has no dsvariance to predict them"
            raise VoicebankError("module_missing", message, self.bank.name)
        cancel.check()
        phone_frames = laid.frames(module)
        total, step_s = int(phone_frames.sum()), self.bank.acoustic.step_s
        pitch = semitones_of(Sampled(f0_hz, step_s).at_frames(module.step_s, total))
        curves = {"pitch": pitch, **self._speakers(module, total)}
        found = predicted_variances(module, laid.line, phone_frames, curves, {}, sampler)
        at_frames = {
            name: Sampled(found[name], module.step_s).at_frames(step_s, len(f0_hz)) for name in wanted
        }
        for name, factor in (("breathiness", BREATHINESS_DB), ("tension", TENSION_LOGIT)):
            if name in at_frames:
                at_frames[name] = at_frames[name] + np.float32(factor) * turned[name]
        return dict(at_frames)

    def _pitch(self, phrase: Phrase, performed: PhrasePerformance, module: Module) -> NDArray[np.float32]:
        """f0 by the bank's model, float32 [T]; vibratos and glides that notes have of their own, and drawn curves, stay."""
        laid = bank_line(performed, performed.phones, self.bank)
        phone_frames = laid.frames(module)
        total = int(phone_frames.sum())
        notes = note_line(phrase.notes, laid)
        times = FrameTimes(performed.start_s, performed.frames, FRAME_RATE_HZ)
        drawn = curve_at(phrase, "pitch_cents", times) / 100.0
        ruled = semitones_of(performed.curves["f0_hz"]) - drawn
        when_s = laid.start_s + module.step_s * np.arange(total)
        own = np.zeros(total, np.bool_)
        for note in phrase.notes:
            if note.vibrato is not None or note.portamento is not None:
                own |= (when_s >= note.start_s) & (when_s < note.end_s)
        curves: dict[str, NDArray[np.generic]] = {
            "pitch": laid.sampled(ruled.astype(np.float32), performed.start_s, module, total),
            "retake": ~own,
            "expr": np.ones(total, np.float32),
            **self._speakers(module, total),
        }
        played = (notes, fitted_to(notes.frames(module.step_s), total))
        sampler = Sampler(self._options.pitch_steps, _seed_of(phrase))
        found = predicted_pitch(module, laid.line, phone_frames, played, curves, sampler)
        kept = _faded_in(own, round(_BLEND_S / module.step_s))
        found = (
            kept * laid.sampled(ruled.astype(np.float32), performed.start_s, module, total)
            + (1.0 - kept) * found
        )
        at_frames = np.interp(performed.start_s + np.arange(performed.frames) / FRAME_RATE_HZ, when_s, found)
        return np.clip(hz_of((at_frames + drawn).astype(np.float32)), *CURVE_BOUNDS["f0_hz"])

    def _speakers(self, module: Module, frames: int) -> dict[str, NDArray[np.generic]]:
        if "spk_embed" not in module.model.inputs:
            return {}
        return {"spk_embed": mixed(module, self._mix, frames)}

    def _placed(self, samples: Values, laid: BankLine, phrase: PhrasePerformance) -> NDArray[np.float32]:
        """The phrase's own part of ``samples`` at its loudness, faded in and out over 5 ms."""
        rate_hz = voice_spec(self.bank.vocoder.spec.sample_rate_hz).sample_rate_hz
        if rate_hz != self.bank.vocoder.spec.sample_rate_hz:
            resampler = Resampler(self.bank.vocoder.spec.sample_rate_hz, rate_hz)
            samples = np.concatenate((resampler.run(samples), resampler.finish()))
        total = phrase.frames * rate_hz // round(FRAME_RATE_HZ)
        first = round((phrase.start_s - laid.start_s) * rate_hz)
        own = np.pad(samples[first : first + total], (0, max(first + total - len(samples), 0)))
        when = np.arange(total) * (FRAME_RATE_HZ / rate_hz)
        level_db = np.interp(when, np.arange(phrase.frames), phrase.curves["loudness_db"])
        loud = (own * 10.0 ** (level_db / 20.0)).astype(np.float32)
        return next(placed(loud, 0, total, round(FADE_S * rate_hz)))


def _faded_in(where: NDArray[np.bool_], frames: int) -> Values:
    """1 inside of stretches, 0 outside, with a straight line over ``frames`` inside at each end: float32 [T]."""
    width = 2 * frames + 1
    share = np.convolve(
        np.pad(where.astype(np.float32), frames, mode="edge"), np.full(width, 1.0 / width), "valid"
    )
    return np.clip(2.0 * share - 1.0, 0.0, 1.0).astype(np.float32)


def _seed_of(phrase: Phrase) -> int:
    """Seed of a phrase's pitch: by its notes and syllables, wherever it stands in the song."""
    from singer.performance.seed import phrase_generator

    return int(phrase_generator(phrase, "bank pitch").integers(2**62))

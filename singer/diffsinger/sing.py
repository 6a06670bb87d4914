"""A segment to sound by a bank: what the segment gives is sung exactly as given, the rest is predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from singer.cancel import CancelToken
from singer.diffsinger.bank import VARIANCES, Bank, Module, speaker_named
from singer.diffsinger.frames import (
    PhoneLengths,
    Sampled,
    Values,
    fitted_to,
    hz_of,
    semitones_of,
    without_gaps,
)
from singer.diffsinger.notes import NoteLine
from singer.diffsinger.segment import Amount, Segment, along
from singer.diffsinger.stages import (
    Frames,
    Line,
    Sampler,
    mel_of,
    mixed,
    predicted_lengths,
    predicted_pitch,
    predicted_variances,
    sound_of,
)
from singer.diffsinger.words import word_sizes
from singer.errors import ScoreError, VoicebankError

_Weight = TypeVar("_Weight")


@dataclass(frozen=True, slots=True)
class SingOptions:
    """How a bank sings.

    Attributes:
        steps, pitch_steps, variance_steps: steps of sampling; OpenUtau's own defaults.
        depth: share of the diffusion, at most the bank's own limit.
        semitones: moves notes and given f0 into another key.
        seed: of the noise, for segments without one.
    """

    steps: int = 20
    pitch_steps: int = 10
    variance_steps: int = 20
    depth: float = 1.0
    semitones: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """A segment sung, with what was found on the way, on the acoustic model's frames.

    Attributes:
        phone_frames: int64 [N], sum T.
        f0_hz: float32 [T].
        variances: float32 [T] each.
        mel: float32 [T, B].
        samples: float32 [T * hop].
    """

    phone_frames: Frames
    f0_hz: Values
    variances: Mapping[str, Values]
    mel: Values
    samples: Values


def sing_segment(
    segment: Segment, bank: Bank, options: SingOptions | None = None, cancel: CancelToken | None = None
) -> Rendered:
    """Sing one segment.

    Args:
        segment: what to sing; lengths, pitch and curves that it leaves out are predicted by the bank's modules.
        bank: who sings.
        options: steps, key, seed.
        cancel: looked at before every model.

    Raises:
        VoicebankError: a phoneme or speaker that the bank lacks, or a module that is needed and missing.
        ScoreError: numbers that do not fit each other.
        ModelError: a model failed.
        Cancelled: asked to stop.
    """
    return _Singing(segment, bank, options or SingOptions(), cancel or CancelToken()).rendered()


def completed(
    segment: Segment, bank: Bank, options: SingOptions | None = None, cancel: CancelToken | None = None
) -> Segment:
    """The segment with the bank's names of its phonemes, and with lengths and pitch as ``sing_segment`` sings them.

    Raises:
        As ``sing_segment``.
    """
    return _Singing(segment, bank, options or SingOptions(), cancel or CancelToken()).completed()


class _Singing:
    """One segment on its way through the models."""

    def __init__(self, segment: Segment, bank: Bank, options: SingOptions, cancel: CancelToken) -> None:
        segment = replace(segment, mix=_meant(segment.mix, bank), phone_mix=_meant(segment.phone_mix, bank))
        self._segment, self._bank, self._options, self._cancel = segment, bank, options, cancel
        phones = tuple(bank.acoustic.phone_of(name, segment.language) for name in segment.phones)
        sizes = word_sizes(phones, bank.kind_of) if segment.word_sizes is None else segment.word_sizes
        self._line = Line(phones, segment.language, sizes)
        self._seed = options.seed if segment.seed is None else segment.seed
        self._notes = None if segment.notes is None else segment.notes.moved(options.semitones)

    def rendered(self) -> Rendered:
        """The segment sung."""
        bank, step_s = self._bank, self._bank.acoustic.step_s
        lengths = self._lengths()
        phone_frames = lengths.at(step_s)
        total = int(phone_frames.sum())
        if not total:
            raise ScoreError(
                "ds", f"it lasts less than a frame of the bank, {step_s * 1000:.0f} ms", "ph_dur"
            )
        f0 = self._f0(lengths)
        told = f0.at_frames(step_s, total)
        variances = self._variances(lengths, f0)
        at_frames = {name: curve.at_frames(step_s, total) for name, curve in variances.items()}
        curves: dict[str, NDArray[np.generic]] = {
            "f0": without_gaps(told),
            "gender": along(self._segment.gender, step_s, total),
            "velocity": along(self._segment.velocity, step_s, total),
            **at_frames,
            **self._speakers(bank.acoustic, total),
        }
        self._cancel.check()
        sampler = Sampler(self._options.steps, self._seed, self._options.depth)
        mel = mel_of(bank, self._line, phone_frames, curves, sampler)
        self._cancel.check()
        samples = sound_of(bank, mel, told, self._seed)
        return Rendered(phone_frames, told, at_frames, mel, samples)

    def completed(self) -> Segment:
        """The segment with what was missing of lengths and pitch."""
        lengths = self._lengths()
        return replace(
            self._segment, phones=self._line.phones, lengths_s=lengths.seconds, f0_hz=self._f0(lengths)
        )

    def _lengths(self) -> PhoneLengths:
        """Length of each phoneme, given or predicted."""
        if self._segment.lengths_s is not None:
            return PhoneLengths(self._segment.lengths_s)
        module = self._needed(self._bank.durations, "lengths of phonemes (ph_dur)", "dsdur")
        self._cancel.check()
        notes = self._played("lengths of phonemes")
        if len(notes.word_frames(module.step_s)) != len(self._line.sizes):
            message = (
                f"found {len(self._line.sizes)} words of phonemes and {int((~notes.slurs).sum())} of notes"
            )
            raise ScoreError("ds_words", f"{message}; they must agree (ph_num, note_slur)")
        mix = {name: np.asarray(weight, np.float32) for name, weight in self._segment.phone_mix.items()}
        if not mix:
            mix = {name: np.asarray(_mean(weight), np.float32) for name, weight in self._segment.mix.items()}
        frames, _ = predicted_lengths(module, self._line, notes, mix)
        return PhoneLengths((frames * module.step_s).astype(np.float32), frames, module.step_s)

    def _f0(self, lengths: PhoneLengths) -> Sampled:
        """Pitch in Hz, given or predicted."""
        given = self._segment.f0_hz
        if given is not None:
            factor = np.float32(2.0 ** (self._options.semitones / 12.0))
            return Sampled(given.values * factor, given.step_s) if self._options.semitones else given
        module = self._needed(self._bank.pitch, "pitch (f0_seq)", "dspitch")
        self._cancel.check()
        notes = self._played("pitch")
        note_frames = notes.frames(module.step_s)
        total = int(note_frames.sum())
        curves: dict[str, NDArray[np.generic]] = {
            "pitch": np.full(total, 60.0, np.float32),
            "retake": np.ones(total, np.bool_),
            "expr": along(self._segment.expression, module.step_s, total),
            **self._speakers(module, total),
        }
        phone_frames = fitted_to(lengths.at(module.step_s), total)
        sampler = Sampler(self._options.pitch_steps, self._seed)
        found = predicted_pitch(module, self._line, phone_frames, (notes, note_frames), curves, sampler)
        return Sampled(hz_of(found), module.step_s)

    def _variances(self, lengths: PhoneLengths, f0: Sampled) -> dict[str, Sampled]:
        """Curves that the acoustic model takes, given or predicted."""
        wanted = [name for name in VARIANCES if name in self._bank.acoustic.model.inputs]
        given = dict(self._segment.variances)
        missing = [name for name in wanted if name not in given]
        if not missing:
            return {name: given[name] for name in wanted}
        module = self._needed(self._bank.variance, ", ".join(missing), "dsvariance")
        self._cancel.check()
        phone_frames = lengths.at(module.step_s)
        if self._notes is not None:
            phone_frames = fitted_to(phone_frames, int(self._notes.frames(module.step_s).sum()))
        total = int(phone_frames.sum())
        curves: dict[str, NDArray[np.generic]] = {
            "pitch": _semitones(f0.at_frames(module.step_s, total)),
            **self._speakers(module, total),
        }
        kept = {name: curve.at_frames(module.step_s, total) for name, curve in given.items()}
        sampler = Sampler(self._options.variance_steps, self._seed)
        found = predicted_variances(module, self._line, phone_frames, curves, kept, sampler)
        lacking = [name for name in missing if name not in found]
        if lacking:
            message = (
                f"the acoustic model takes {', '.join(lacking)}, which the variance model does not predict"
            )
            raise VoicebankError("module_missing", message, "dsvariance")
        return {name: given.get(name, Sampled(found[name], module.step_s)) for name in wanted}

    def _speakers(self, module: Module, frames: int) -> dict[str, NDArray[np.generic]]:
        if "spk_embed" not in module.model.inputs:
            return {}
        mix = {name: along(weight, module.step_s, frames) for name, weight in self._segment.mix.items()}
        return {"spk_embed": mixed(module, mix, frames)}

    def _played(self, what: str) -> NoteLine:
        if self._notes is None:
            raise ScoreError(
                "ds_notes", f"{what} must be given, or notes to predict them from (note_seq, note_dur)"
            )
        return self._notes

    def _needed(self, module: Module | None, what: str, folder: str) -> Module:
        if module is None:
            message = f"the bank has no {folder}, which would predict {what}; give them in the song"
            raise VoicebankError("module_missing", message, self._bank.name)
        return module


def _meant(mix: Mapping[str, _Weight], bank: Bank) -> dict[str, _Weight]:
    """Weights by the bank's own names of its singers; names that it has not stay, for the message."""
    return {speaker_named(bank.speakers, name) or name: weight for name, weight in mix.items()}


def _mean(amount: Amount) -> float:
    return float(amount.values.mean()) if isinstance(amount, Sampled) else amount


def _semitones(f0_hz: Values) -> Values:
    return semitones_of(np.maximum(without_gaps(f0_hz), 1.0))

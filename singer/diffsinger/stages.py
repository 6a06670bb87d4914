"""The models of a bank, one after the other: lengths, pitch, variance curves, mel spectrogram, sound.

Each function is one stage on the frame grid of its own module; ``singer.diffsinger.sing`` joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.diffsinger.bank import VARIANCES, Bank, Module
from singer.diffsinger.feed import run, sampling
from singer.diffsinger.frames import Values
from singer.diffsinger.notes import NoteLine, mean_midi
from singer.diffsinger.words import filled_words, sums_by_word
from singer.errors import ModelError, VoicebankError

Frames = NDArray[np.int64]
_MEL_FACTORS = {("10", "e"): np.float32(2.30259), ("e", "10"): np.float32(0.434294)}


@dataclass(frozen=True, slots=True)
class Line:
    """What is sung, as every stage needs it.

    Attributes:
        phones: [N].
        language: of bare phonemes.
        sizes: int64 [W], phonemes per word.
    """

    phones: tuple[str, ...]
    language: str | None
    sizes: Frames


def mixed(module: Module, mix: Mapping[str, NDArray[np.float32]], count: int) -> Values:
    """Speaker vectors float32 [count, H] of a mix: weights are normalised; an empty mix is the first speaker.

    Raises:
        VoicebankError: a speaker that the module has not, or a module without speakers whose model wants one.
    """
    if not module.speakers:
        message = "the model takes spk_embed, but the configuration names no speakers"
        raise VoicebankError("speakers", message, module.name or "dsconfig.yaml")
    if not mix:
        return np.repeat(next(iter(module.speakers.values()))[None], count, axis=0)
    unknown = [name for name in mix if name not in module.speakers]
    if unknown:
        message = f"found the speaker {unknown[0][:40]!r}; the bank has {', '.join(module.speakers)}"
        raise VoicebankError("speakers", message, module.name)
    weights = np.stack([np.broadcast_to(weight, count) for weight in mix.values()]).astype(np.float32)
    total = weights.sum(axis=0)
    if (weights < 0).any() or not (total > 0).all():
        raise VoicebankError(
            "speakers", "weights of speakers must be 0 or more, and one of them above 0", module.name
        )
    vectors = np.stack([module.speakers[name] for name in mix])
    found: Values = np.einsum("kn,kh->nh", weights / total, vectors).astype(np.float32)
    return found


def encoded(
    module: Module, line: Line, word_frames: Frames, phone_frames: Frames | None
) -> dict[str, NDArray[np.float32]]:
    """The linguistic encoder's output: by words or by phonemes, as its inputs say."""
    if module.encoder is None:
        raise VoicebankError("no_encoder", "the module has no linguistic model", module.name)
    tokens, languages = module.encoded(line.phones, line.language)
    given: dict[str, NDArray[np.generic]] = {"tokens": tokens, "languages": languages}
    if "word_div" in module.encoder.inputs:
        given |= {"word_div": line.sizes, "word_dur": word_frames}
    elif phone_frames is not None:
        given["ph_dur"] = phone_frames
    return run(module.encoder, given)


def predicted_lengths(
    module: Module, line: Line, notes: NoteLine, mix: Mapping[str, NDArray[np.float32]]
) -> tuple[Frames, Values]:
    """Lengths of phonemes in whole frames, int64 [N], and as the model gave them, float32 [N]."""
    word_frames = notes.word_frames(module.step_s)
    midi = mean_midi(notes.sounding_midi(), notes.frames(module.step_s), word_frames)
    by_phone = np.repeat(midi, line.sizes)
    predicted = raw_lengths(module, line, word_frames, by_phone, mix)
    return filled_words(predicted, line.sizes, word_frames), predicted


def raw_lengths(
    module: Module, line: Line, word_frames: Frames, midi: Frames, mix: Mapping[str, NDArray[np.float32]]
) -> Values:
    """What the duration model says of each phoneme, frames, float32 [N]; ``midi`` is int64 [N]."""
    given: dict[str, NDArray[np.generic]] = {
        "ph_midi": midi,
        "word_div": line.sizes,
        "word_dur": word_frames,
        **_flat(encoded(module, line, word_frames, None)),
    }
    if "spk_embed" in module.model.inputs:
        given["spk_embed"] = mixed(module, mix, len(line.phones))
    return _output(module, run(module.model, given), "ph_dur_pred", len(line.phones))


@dataclass(frozen=True, slots=True)
class Sampler:
    """How a stage samples: steps, depth of the diffusion, seed of the noise."""

    steps: int
    seed: int
    depth: float = 1.0


def predicted_pitch(
    module: Module,
    line: Line,
    phone_frames: Frames,
    notes: tuple[NoteLine, Frames],
    curves: Mapping[str, NDArray[np.generic]],
    sampler: Sampler,
) -> Values:
    """Pitch in semitones, float32 [T].

    Args:
        module: of pitch.
        line: what is sung.
        phone_frames: int64 [N], sum T.
        notes: the notes, and their frames int64 [M], sum T.
        curves: ``pitch`` (semitones, kept where ``retake`` is false), ``retake`` (bool), ``expr`` and, for banks with several
            singers, ``spk_embed`` [T, H].
        sampler: how.
    """
    hidden = encoded(module, line, _word_sums(phone_frames, line.sizes), phone_frames)
    played, frames = notes
    given: dict[str, NDArray[np.generic]] = {
        **_flat(hidden),
        "ph_dur": phone_frames,
        "note_midi": played.sounding_midi(),
        "note_rest": played.rests,
        "note_dur": frames,
        "note_glide": played.glides,
        **curves,
        **sampling(module.model, sampler.steps, sampler.depth),
    }
    found = run(module.model, given, sampler.seed)
    return _output(module, found, "pitch_pred", int(phone_frames.sum()))


def predicted_variances(
    module: Module,
    line: Line,
    phone_frames: Frames,
    curves: Mapping[str, NDArray[np.generic]],
    kept: Mapping[str, Values],
    sampler: Sampler,
) -> dict[str, Values]:
    """Curves of the variance model by name, float32 [T] each.

    Args:
        module: of variance.
        line: what is sung.
        phone_frames: int64 [N], sum T.
        curves: ``pitch`` in semitones, and ``spk_embed`` [T, H] for banks with several singers.
        kept: curves that are given: the model sees them and leaves them as they are.
        sampler: how.
    """
    total = int(phone_frames.sum())
    names = [name for name in VARIANCES if f"{name}_pred" in module.model.outputs]
    retake = np.stack([np.full(total, name not in kept) for name in names], axis=1)
    nothing = np.zeros(total, np.float32)
    given: dict[str, NDArray[np.generic]] = {
        **_flat(encoded(module, line, _word_sums(phone_frames, line.sizes), phone_frames)),
        "ph_dur": phone_frames,
        **{name: kept.get(name, nothing) for name in names},
        "retake": retake,
        **curves,
        **sampling(module.model, sampler.steps, sampler.depth),
    }
    found = run(module.model, given, sampler.seed)
    return {name: kept.get(name, _output(module, found, f"{name}_pred", total)) for name in names}


def mel_of(
    bank: Bank,
    line: Line,
    phone_frames: Frames,
    curves: Mapping[str, NDArray[np.generic]],
    sampler: Sampler,
) -> Values:
    """Mel spectrogram float32 [T, B]; ``curves`` are f0 in Hz and all others that the acoustic model takes, [T]."""
    tokens, languages = bank.acoustic.encoded(line.phones, line.language)
    model = bank.acoustic.model
    given = {
        "tokens": tokens,
        "languages": languages,
        "durations": phone_frames,
        **curves,
        **sampling(model, sampler.steps, min(sampler.depth, bank.max_depth)),
    }
    mel: Values = run(model, given, sampler.seed)["mel"][0]
    return mel


def sound_of(bank: Bank, mel: Values, f0_hz: Values, seed: int) -> Values:
    """Samples float32 [T * hop] of a mel spectrogram float32 [T, B] and f0 float32 [T] (0 is unvoiced)."""
    factor = _MEL_FACTORS.get((bank.mel_base, bank.vocoder.mel_base))
    scaled = mel if factor is None else mel * factor
    found = run(bank.vocoder.model, {"mel": scaled, "f0": f0_hz}, seed)
    samples = next(iter(found.values())).reshape(-1)
    wanted = len(mel) * bank.vocoder.spec.hop_samples
    if len(samples) != wanted or not np.isfinite(samples).all():
        message = (
            f"the vocoder gave {len(samples)} samples for {len(mel)} frames; {wanted} finite ones are due"
        )
        raise ModelError("model_outputs", message, bank.vocoder.model.path.name)
    return samples.astype(np.float32)


def _word_sums(phone_frames: Frames, sizes: Frames) -> Frames:
    return sums_by_word(phone_frames, sizes)


def _flat(outputs: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.generic]]:
    """Outputs of one model without the batch axis, as inputs of the next."""
    return {name: array[0] for name, array in outputs.items()}


def _output(module: Module, found: Mapping[str, NDArray[np.float32]], name: str, length: int) -> Values:
    if name not in found or found[name].size != length or not np.isfinite(found[name]).all():
        shape = list(found[name].shape) if name in found else "nothing"
        message = f"{name} of {module.model.path.name}: found {shape}; {length} finite numbers are due"
        raise ModelError("model_outputs", message, module.name)
    return found[name].reshape(-1).astype(np.float32)

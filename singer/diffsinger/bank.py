"""A bank made for OpenUtau as the engine uses it: checked values and opened models. ``voicebanks.openutau`` reads them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from singer.errors import VoicebankError
from singer.onnx_model import OnnxModel
from singer.performance.performance import FRAME_RATE_HZ
from singer.timebase import AudioSpec

SILENCE, BREATH = "SP", "AP"
VARIANCES: tuple[str, ...] = ("energy", "breathiness", "voicing", "tension")
"""Curves that a variance model may predict, in the order of the format."""
Kind = Literal["vowel", "glide", "consonant"]
MelBase = Literal["e", "10"]


def voice_spec(rate_hz: int) -> AudioSpec:
    """Audio of the voice that a bank of ``rate_hz`` is, in frames of 10 ms: at its own rate if whole samples go into them."""
    per_s = round(FRAME_RATE_HZ)
    heard_hz = AudioSpec().sample_rate_hz if rate_hz % per_s else rate_hz
    return AudioSpec(heard_hz, heard_hz // per_s)


def speaker_named(speakers: Collection[str], name: str) -> str | None:
    """The one of ``speakers`` that is meant by ``name``: itself, or the only one that has it behind its last dot."""
    if name in speakers:
        return name
    found = [speaker for speaker in speakers if speaker.rpartition(".")[2] == name]
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A ``dsdict`` file.

    Attributes:
        kinds: phoneme to its class.
        entries: written word or syllable to its phonemes.
        replacements: symbol of a reader of lyrics, such as ``aa``, to the bank's phonemes.
    """

    kinds: Mapping[str, Kind] = field(default_factory=lambda: MappingProxyType({}))
    entries: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    replacements: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Module:
    """One module of a bank: durations, pitch, variance or the acoustic model.

    Attributes:
        name: folder of the module, ``""`` for the acoustic model; for messages.
        spec: sample rate and hop of its frames.
        tokens: phoneme to its number.
        languages: language to its number; empty if the module has none.
        speakers: name to float32 [H], in the order of the module's configuration.
        model: what predicts.
        encoder: linguistic encoder; ``None`` for the acoustic model.
    """

    name: str
    spec: AudioSpec
    tokens: Mapping[str, int]
    languages: Mapping[str, int]
    speakers: Mapping[str, NDArray[np.float32]]
    model: OnnxModel
    encoder: OnnxModel | None = None

    @property
    def step_s(self) -> float:
        """Length of a frame in seconds."""
        return self.spec.hop_samples / self.spec.sample_rate_hz

    def phone_of(self, name: str, language: str | None) -> str:
        """``name`` as the table has it: as it is, or behind ``language/``; raises ``VoicebankError``."""
        for candidate in (name, f"{language}/{name}") if language else (name,):
            if candidate in self.tokens:
                return candidate
        known = ", ".join(list(self.tokens)[:60])
        message = f"the bank has no phoneme {name[:40]!r}" + (f" in {language}" if language else "")
        raise VoicebankError("unknown_phone", f"{message}; it has {known}", self.name)

    def encoded(
        self, phones: Sequence[str], language: str | None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Numbers of phonemes and of their languages (0 for those without a prefix), int64 [N] each."""
        names = [self.phone_of(phone, language) for phone in phones]
        spoken = [self.languages.get(name.partition("/")[0], 0) if "/" in name else 0 for name in names]
        return np.array([self.tokens[name] for name in names], np.int64), np.array(spoken, np.int64)


@dataclass(frozen=True, slots=True)
class BankVocoder:
    """Mel spectrogram and f0 to sound.

    Attributes:
        spec: sample rate and hop.
        model: the network.
        mel_base: base of the logarithm of the mel that it takes.
    """

    spec: AudioSpec
    model: OnnxModel
    mel_base: MelBase


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank, loaded.

    Attributes:
        name, title: folder name and display name.
        acoustic, vocoder: what every bank has.
        durations, pitch, variance: modules that it may have.
        mel_base: base of the logarithm of the acoustic model's mel.
        max_depth: most of the diffusion that may be run, 0 to 1.
        kinds: class of every phoneme that a dictionary lists.
        lexicon: language (``None`` for the plain one) to its dictionary, read when first asked for.
        languages: languages that its dictionaries and phonemes have.
        lowest_midi, highest_midi: range of its subbanks.
        fingerprint: hash of its models and tables.
    """

    name: str
    title: str
    acoustic: Module
    vocoder: BankVocoder
    durations: Module | None
    pitch: Module | None
    variance: Module | None
    mel_base: MelBase
    max_depth: float
    kinds: Mapping[str, Kind]
    lexicon: Callable[[str | None], Lexicon]
    languages: tuple[str, ...]
    lowest_midi: float
    highest_midi: float
    fingerprint: str

    @property
    def speakers(self) -> tuple[str, ...]:
        """Names of its singers, the first one sings unless another is asked for; empty if there is only one."""
        return tuple(self.acoustic.speakers)

    def kind_of(self, phone: str) -> Kind:
        """Class of a phoneme: the dictionaries' word, else that of the sound that its name stands for."""
        if phone in (SILENCE, BREATH):
            return "vowel"
        known = self.kinds.get(phone)
        if known is None:
            from singer.diffsinger.phone_names import kind_by_name

            return kind_by_name(phone, self.languages[0] if len(self.languages) == 1 else None)
        return known

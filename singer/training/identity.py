"""Who does a singer sound like? Speaker embeddings of the singer, her source voices and other singers, compared.

All voices give the same lines. The teacher speaks and sings them as each source voice and as the singer's own mix; the
engine then sings every line with the phones, times and pitch of the mix's take, so that only the voice differs. A voice
has two takes without a line in common, and only first takes are compared with second ones: similar words never help.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.phones import Language
from singer.errors import ModelError
from singer.performance.performance import (
    CURVES,
    FIRST_CURVES,
    FRAME_RATE_HZ,
    Performance,
    PhoneSpan,
    PhrasePerformance,
)
from singer.render import render as render_song
from singer.training.corpus.scripts import Script, script_at
from singer.training.corpus.take import Take, render
from singer.training.teacher import CONTROL_RATE_HZ, SAMPLE_RATE_HZ, Blend, Teacher
from singer.voice import Voice
from voicebanks.passport import Evidence, Figures, Material, Spread, Tool

_log = logging.getLogger(__name__)

Vector = NDArray[np.float32]
Kind = Literal["sung", "spoken"]

KINDS: tuple[Kind, ...] = ("sung", "spoken")
SCRIPTS_OF = "passport"
"""Name that the lines are drawn for: no taught timbre has it, so rows of syllables and melodies are in no corpus."""
LINES: tuple[range, range] = (range(8), range(8, 16))
"""Numbers of the lines of both takes: each speaks one line in every language and sings one."""
_DIGITS = 4


class Encoder(Protocol):
    """Turns sound into a vector that says who speaks."""

    def embed(self, samples: NDArray[np.float32], sample_rate_hz: int) -> Vector:
        """Embedding of float32 [N] samples: float32 [E] of length 1."""

    def tool(self) -> Tool:
        """What the encoder is."""


class ResemblyzerEncoder:
    """The GE2E encoder of the package Resemblyzer, with its own preparation of the sound; weights lie in the package."""

    def __init__(self) -> None:
        """Load the weights.

        Raises:
            ModelError: the package is not installed.
        """
        self._weights = _resemblyzer_folder() / "pretrained.pt"
        import resemblyzer

        self._prepare: Any = resemblyzer.preprocess_wav
        self._network: Any = resemblyzer.VoiceEncoder("cpu", verbose=False)

    def embed(self, samples: NDArray[np.float32], sample_rate_hz: int) -> Vector:
        """Embedding float32 [256] of length 1, of float32 [N] samples at any rate; pauses are left out."""
        prepared = self._prepare(samples.astype(np.float32), source_sr=sample_rate_hz)
        return np.asarray(self._network.embed_utterance(prepared), np.float32)

    def tool(self) -> Tool:
        """Package, version, licence and weights."""
        digest = hashlib.sha256(self._weights.read_bytes()).hexdigest()
        return Tool(
            name="Resemblyzer", version=version("resemblyzer"), licence="Apache-2.0", weights_sha256=digest
        )


def _resemblyzer_folder() -> Path:
    spec = find_spec("resemblyzer")
    if spec is None or spec.origin is None:
        message = "the package resemblyzer is not installed; install singer-engine[train,passport]"
        raise ModelError("encoder_missing", message)
    return Path(spec.origin).parent


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one voice.

    Attributes:
        kind, language: as its script.
        take: 0 or 1.
        vector: its embedding, float32 [E] of length 1.
    """

    kind: Kind
    language: Language
    take: int
    vector: Vector


@dataclass(frozen=True, slots=True)
class Compared:
    """Whose voices are compared.

    Attributes:
        singers: every singer, by name.
        mix: the blend that those in question were taught as.
        sources: names of the teacher's source voices.
    """

    singers: Mapping[str, Voice]
    mix: Blend
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of everybody.

    Attributes:
        mix, sources, singers: lines of the mix, of each source voice and of each singer.
        tool, material: with what, and on what.
    """

    mix: Sequence[Line]
    sources: Mapping[str, Sequence[Line]]
    singers: Mapping[str, Sequence[Line]]
    tool: Tool
    material: Material


def hear(
    compared: Compared, teacher: Teacher, encoder: Encoder, lines: tuple[Sequence[int], Sequence[int]] = LINES
) -> Heard:
    """Render everybody and embed what they give.

    Args:
        compared: whose voices.
        teacher: speaks and sings as the sources and as the mix.
        encoder: tells voices apart.
        lines: numbers of the lines of both takes; every language and kind must be in each of them.

    Raises:
        ModelError: a model failed.
        VoicebankError: a singer lacks a phone or a language.
    """
    scripts = [(take, script_at(SCRIPTS_OF, number)) for take, half in enumerate(lines) for number in half]
    scripts = [(take, script) for take, script in scripts if script.kind != "breath"]
    takes = [(number, script, render(script, teacher, compared.mix)) for number, script in scripts]
    _log.info("%d lines for each of %d source voices", len(scripts), len(compared.sources))
    mix = [_line(encoder, number, script, take.audio, SAMPLE_RATE_HZ) for number, script, take in takes]
    singers = {name: _sung_lines(voice, takes, encoder) for name, voice in compared.singers.items()}
    sources = {}
    for name in compared.sources:
        # The mix's prosody, so that a source differs from the mix in timbre alone, as when the mix was taught.
        blend = Blend(name, {name: 1.0}, compared.mix.prosody)
        sources[name] = [
            _line(encoder, number, script, render(script, teacher, blend).audio, SAMPLE_RATE_HZ)
            for number, script in scripts
        ]
        _log.info("heard %s", name)
    seconds = {
        kind: round(sum(take.duration_s for _, script, take in takes if script.kind == kind), 1)
        for kind in KINDS
    }
    names = [tuple(script.name for number, script in scripts if number == take) for take in (0, 1)]
    material = Material(lines=(names[0], names[1]), sung_s=seconds["sung"], spoken_s=seconds["spoken"])
    return Heard(mix, sources, singers, encoder.tool(), material)


def evidence_of(name: str, heard: Heard) -> Evidence:
    """What was heard of the singer ``name``, beside the sources and all other singers."""
    return Evidence(
        tool=heard.tool,
        material=heard.material,
        sung=_figures(name, heard, "sung"),
        spoken=_figures(name, heard, "spoken"),
    )


def copied(take: Take, voice: Voice) -> Performance:
    """A performance with the phones, times and pitch of ``take``, for ``voice``; nothing else is turned."""
    frames = max(round(take.duration_s * FRAME_RATE_HZ), 1)
    edges_s = take.edges_s.copy()
    edges_s[-1] = frames / FRAME_RATE_HZ
    spans = tuple(
        PhoneSpan(phone.symbol, phone.role, phone.language, float(start), float(end), None)
        for phone, start, end in zip(take.phones, edges_s[:-1], edges_s[1:], strict=True)
    )
    voiced = np.flatnonzero(take.f0_hz > 0)
    log_f0 = np.interp(
        np.arange(frames) / FRAME_RATE_HZ, voiced / CONTROL_RATE_HZ, np.log(take.f0_hz[voiced])
    )
    curves = {name: np.zeros(frames, np.float32) for name in FIRST_CURVES}
    curves["f0_hz"] = np.exp(log_f0).astype(np.float32)
    phrase = PhrasePerformance(0.0, spans, curves, dict.fromkeys(CURVES, "auto"), 0)
    return Performance(voice.name, "", phrase.end_s, (phrase,))


def _sung_lines(voice: Voice, takes: Iterable[tuple[int, Script, Take]], encoder: Encoder) -> list[Line]:
    lines = []
    for number, script, take in takes:
        audio = render_song(copied(take, voice), voice)
        lines.append(_line(encoder, number, script, audio.samples, audio.sample_rate_hz))
    return lines


def _line(encoder: Encoder, take: int, script: Script, samples: NDArray[np.float32], rate_hz: int) -> Line:
    if script.kind == "breath" or script.language is None:
        raise ValueError(f"{script.name} holds no words")
    return Line(script.kind, script.language, take, encoder.embed(samples, rate_hz))


def _figures(name: str, heard: Heard, kind: Kind) -> Figures:
    singer, mix = _takes(heard.singers[name], kind), _takes(heard.mix, kind)
    sources = {source: _takes(lines, kind) for source, lines in heard.sources.items()}
    others = {other: _takes(lines, kind) for other, lines in heard.singers.items() if other != name}
    apart = [_between(sources[one], sources[two]) for one, two in permutations(sources, 2)]
    own = [_cosine(*takes) for takes in sources.values()]
    return Figures(
        same_source=_spread(own),
        different_sources=_spread(apart or own),
        same_singer=_rounded(_cosine(*singer)),
        to_sources={source: _rounded(_between(singer, takes)) for source, takes in sources.items()},
        to_mix=_rounded(_between(singer, mix)),
        mix_to_sources={source: _rounded(_between(mix, takes)) for source, takes in sources.items()},
        to_singers={other: _rounded(_between(singer, takes)) for other, takes in others.items()},
        across_languages=_spread(_across_languages(heard.singers[name], kind)),
        across_languages_of_sources=_spread(
            [value for lines in heard.sources.values() for value in _across_languages(lines, kind)]
        ),
    )


def _takes(lines: Iterable[Line], kind: Kind) -> tuple[Vector, Vector]:
    """One vector for each take: the mean of its lines, of length 1."""
    first, second = (
        np.mean([line.vector for line in lines if (line.kind, line.take) == (kind, take)], axis=0)
        for take in (0, 1)
    )
    return first / np.linalg.norm(first), second / np.linalg.norm(second)


def _cosine(one: Vector, two: Vector) -> float:
    return float(np.clip(one.astype(np.float64) @ two.astype(np.float64), -1.0, 1.0))


def _between(one: tuple[Vector, Vector], two: tuple[Vector, Vector]) -> float:
    """Mean similarity of the first take of each with the second take of the other."""
    return (_cosine(one[0], two[1]) + _cosine(one[1], two[0])) / 2


def _across_languages(lines: Iterable[Line], kind: Kind) -> list[float]:
    of_kind = [line for line in lines if line.kind == kind]
    return [
        _cosine(one.vector, two.vector)
        for one in of_kind
        for two in of_kind
        if (one.take, two.take) == (0, 1) and one.language != two.language
    ]


def _spread(values: Sequence[float]) -> Spread:
    rounded = [_rounded(value) for value in values]
    return Spread(mean=_rounded(float(np.mean(rounded))), lowest=min(rounded), highest=max(rounded))


def _rounded(value: float) -> float:
    return round(value, _DIGITS)

"""The measurement of voices, with a teacher that hums in two colours and an encoder that hears colours."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from frontend_g2p.phones import LANGUAGES
from singer.render import render as render_song
from singer.training.corpus.scripts import script_at
from singer.training.corpus.take import render
from singer.training.identity import (
    LINES,
    SCRIPTS_OF,
    Compared,
    ResemblyzerEncoder,
    copied,
    evidence_of,
    hear,
)
from singer.training.teacher import Blend
from tests.singer.training.toy_teacher import HummingTeacher
from voicebanks.load import load_voice
from voicebanks.passport import Evidence, Tool

MIX = Blend("both", {"dark": 0.5, "bright": 0.5}, {"dark": 1.0})


class ColouredTeacher(HummingTeacher):
    """Adds a tone of 2 kHz as loud as the share of ``dark``, and one of 5 kHz for ``bright``."""

    def style(self, blend: Blend, length: int) -> NDArray[np.float32]:
        row = np.zeros((1, 256), np.float32)
        row[0, :2] = blend.timbre.get("dark", 0.0), blend.timbre.get("bright", 0.0)
        return row

    def decode(
        self,
        tokens: NDArray[np.int64],
        style: NDArray[np.float32],
        units: NDArray[np.int64],
        f0_hz: NDArray[np.float32],
        energy: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        audio = super().decode(tokens, style, units, f0_hz, energy)
        times = 2 * np.pi * np.arange(len(audio)) / 24_000
        tones = style[0, 0] * np.sin(2000 * times) + style[0, 1] * np.sin(5000 * times)
        return (audio + 0.3 * tones).astype(np.float32)


class ColourEncoder:
    """Hears how loud the octave bands are."""

    heard_hz: set[int]

    def __init__(self) -> None:
        self.heard_hz = set()

    def embed(self, samples: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float32]:
        self.heard_hz.add(sample_rate_hz)
        power = np.abs(np.fft.rfft(samples)) ** 2
        edges = np.array([0, 500, 1000, 1500, 3000, 4000, 6000, 12_000]) * len(samples) / sample_rate_hz
        bands = np.sqrt(np.add.reduceat(power, edges[:-1].astype(int)))
        return (bands / np.linalg.norm(bands)).astype(np.float32)

    def tool(self) -> Tool:
        return Tool(name="colours", version="1", licence="Apache-2.0", weights_sha256="0" * 64)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    builtin = load_voice("builtin")
    encoder = ColourEncoder()
    compared = Compared({"singer": builtin, "twin": builtin}, MIX, ("dark", "bright"))
    heard = hear(compared, ColouredTeacher(), encoder)
    assert encoder.heard_hz == {24_000, 44_100}
    return evidence_of("singer", heard)


def test_takes_share_no_line_and_hold_every_language_twice(evidence: Evidence) -> None:
    first, second = evidence.material.lines
    assert not set(first) & set(second)
    for lines in (first, second):
        found = {tuple(name.split("-")[1:]) for name in lines}
        assert found == {(language, kind) for language in LANGUAGES for kind in ("sung", "spoken")}
    assert evidence.material.sung_s > 20
    assert evidence.material.spoken_s > 20


@pytest.mark.parametrize("kind", ["sung", "spoken"])
def test_the_same_voice_is_nearer_than_another(evidence: Evidence, kind: str) -> None:
    figures = getattr(evidence, kind)
    assert figures.same_source.lowest > 0.95
    assert figures.different_sources.highest < 0.8
    assert figures.different_sources.mean < figures.mix_to_sources["dark"] < figures.same_source.mean
    assert figures.mix_to_sources["dark"] == pytest.approx(figures.mix_to_sources["bright"], abs=0.1)
    assert set(figures.to_sources) == {"dark", "bright"}


@pytest.mark.parametrize("kind", ["sung", "spoken"])
def test_a_twin_is_as_near_as_the_singer_herself(evidence: Evidence, kind: str) -> None:
    figures = getattr(evidence, kind)
    assert figures.to_singers == {"twin": figures.same_singer}
    assert figures.across_languages.highest <= 1


def test_the_singer_copies_phones_times_and_pitch_of_a_take() -> None:
    voice = load_voice("builtin")
    take = render(script_at(SCRIPTS_OF, LINES[0][1]), HummingTeacher(), MIX)
    performance = copied(take, voice)
    (phrase,) = performance.phrases
    assert [span.symbol for span in phrase.phones] == [phone.symbol for phone in take.phones]
    assert [span.start_s for span in phrase.phones] == pytest.approx(take.edges_s[:-1])
    assert phrase.frames == round(100 * take.duration_s)
    # Every fourth control frame falls on a frame of the performance.
    fed, copied_hz = take.f0_hz[::4], phrase.curves["f0_hz"][::5]
    both = min(len(fed), len(copied_hz))
    voiced = fed[:both] > 0
    assert copied_hz[:both][voiced] == pytest.approx(fed[:both][voiced], rel=1e-4)
    assert (phrase.curves["f0_hz"] > 0).all()
    assert render_song(performance, voice).duration_s == pytest.approx(take.duration_s, abs=0.011)


def test_resemblyzer_tells_a_voice_from_itself_moved() -> None:
    pytest.importorskip("resemblyzer")
    encoder = ResemblyzerEncoder()
    take = render(script_at(SCRIPTS_OF, 1), HummingTeacher(), MIX)
    vector = encoder.embed(take.audio, 24_000)
    assert vector.shape == (256,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
    assert float(vector @ encoder.embed(0.5 * take.audio, 24_000)) > 0.98
    assert encoder.tool().weights_sha256.startswith("39373b86")

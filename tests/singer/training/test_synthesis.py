"""The torch synthesis that training differentiates is the numpy synthesis that the engine runs."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from singer.filterbank import FilterBank  # noqa: E402
from singer.source import pulse_train, white_noise  # noqa: E402
from singer.timebase import AudioSpec  # noqa: E402
from singer.training.synthesis import Synthesis  # noqa: E402
from singer.vocoder import Filters, Vocoder  # noqa: E402
from tests.singer.plain_vocoder import plain_voice  # noqa: E402


@pytest.mark.parametrize("rate", [24_000, 44_100])
def test_torch_and_numpy_give_the_same_samples(rate: int) -> None:
    rng = np.random.default_rng(0)
    frames, hop = 40, rate // 100
    f0_hz = np.full(2 * frames, 200.0, np.float32)
    filters = Filters(
        rng.uniform(-6, -3, (2 * frames, 96)).astype(np.float32),
        rng.uniform(-8, -5, (2 * frames, 96)).astype(np.float32),
        rng.uniform(-1, 1, (2 * frames, 32)).astype(np.float32),
    )
    vocoder = Vocoder(plain_voice(rate))
    samples, state = vocoder.run(vocoder.start(seed=1), filters, f0_hz)
    numpy_audio = np.concatenate((samples, vocoder.finish(state)))[vocoder.lead_in_samples :]
    count = (frames + 1) * hop
    pulses, _ = pulse_train(np.full(count, 200.0), 0.0, rate, min(0.46 * rate, 20_000))
    hiss = white_noise(0, count, seed=1)
    with torch.no_grad():
        torch_audio = Synthesis(FilterBank(AudioSpec(rate, hop)))(
            tuple(torch.from_numpy(part)[None] for part in (filters.harmonic, filters.noise, filters.phase)),
            torch.from_numpy(pulses.astype(np.float32))[None],
            torch.from_numpy(hiss.astype(np.float32))[None],
        )[0].numpy()
    np.testing.assert_allclose(numpy_audio[: len(torch_audio)], torch_audio, atol=2e-5)

"""Copy synthesis of unseen timbres: our vocoder, WORLD, and a mel-conditioned network of the NSF-HiFiGAN family
(``bench.nsf_trained``) that learned from the same material for an hour.

All copy the same spoken takes of the evaluation timbres, from which none has learned, with the same tracked
pitch; PESQ wide-band as in ``bench.vocoder``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.corpus import EVALUATION_TIMBRES, Item, rows, unseen_speech
from bench.nsf_network import Generator, LogMel, Shape, parameters
from bench.nsf_trained import Plan, Training, default_checkpoint, train
from bench.options import Options
from bench.report import Report, Row
from bench.sung import load_voice
from bench.vocoder import (
    ITEMS_PER_LANGUAGE,
    PESQ_RATE_HZ,
    copy,
    copy_by_world,
    filled_f0_hz,
    levelled,
    pesq_wb,
    resampled,
    spoken_f0_hz,
)
from singer.features import ROWS_PER_FRAME
from singer.training.prepare import TRAINING_HOP, prepare
from singer.voice import Voice

HOW = (
    "Spoken takes in four languages of teacher timbres that no vocoder learned from (eval1, eval2), analysed "
    "and synthesised again with the same tracked pitch; the rival is a small network of the NSF-HiFiGAN family "
    "(80-band log-mel and pitch in), trained on our vocoder's items with its batches and the spectral part of its loss; "
    "an hour of CPU time on one thread; ours learned for about half an hour (v0) and an hour and three quarters (now, "
    "by then with a loss of loudness as well); PESQ-WB at 16 kHz (package pesq), mean over files."
)


def copy_by_rival(audio: NDArray[np.float32], sample_rate_hz: int, network: Generator) -> NDArray[np.float32]:
    """Audio float32 [N] at the training rate to log-mel and back: float32 [N'], sample 0 on sample 0."""
    f0_hz = filled_f0_hz(spoken_f0_hz(audio, sample_rate_hz))
    frames = len(f0_hz) // ROWS_PER_FRAME
    samples = np.zeros(frames * TRAINING_HOP, np.float32)
    count = min(len(audio), len(samples))
    samples[:count] = audio[:count]
    torch.manual_seed(0)
    with torch.no_grad():
        log_f0 = torch.from_numpy(np.log(f0_hz[None, : ROWS_PER_FRAME * frames]))
        copied = network(LogMel()(torch.from_numpy(samples[None])), log_f0)
    return np.asarray(copied[0].numpy(), np.float32)


def rival(options: Options) -> Training:
    """The trained rival of the cache; at toy size, one that learned for two steps from the toy corpus.

    Raises:
        FileNotFoundError: no rival was trained; the message names the command.
    """
    if not options.toy:
        return Training.load(default_checkpoint(options.cache))
    unseen = {
        row["timbre"] for _, row in rows(options.corpus) if row["timbre"].startswith(EVALUATION_TIMBRES)
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(options.corpus, folder, tuple(sorted(unseen)), 1)
        return train(folder, default_checkpoint(folder), Plan(shape=Shape(channels=32)), most_steps=2)


def scores(item: Item, voice: Voice, network: Generator) -> dict[str, float]:
    """PESQ of the three copies of one recording."""
    rate_hz = item.sample_rate_hz
    copies = {
        "ours": resampled(copy(item.samples, rate_hz, voice), voice.spec.sample_rate_hz, rate_hz),
        "world": copy_by_world(item.samples, rate_hz),
        "rival": copy_by_rival(item.samples, rate_hz, network),
    }
    reference = resampled(item.samples, rate_hz, PESQ_RATE_HZ)
    return {
        name: pesq_wb(reference, resampled(levelled(audio, item.samples), rate_hz, PESQ_RATE_HZ))
        for name, audio in copies.items()
    }


def run(options: Options) -> Report:
    """Copy the unseen timbres' speech with all three and compare."""
    trained = rival(options)
    voice = load_voice(options.voice)
    items = unseen_speech(options, 1 if options.toy else ITEMS_PER_LANGUAGE)
    network = trained.network.eval()
    found = {item.name: scores(item, voice, network) for item in items}
    ours, world, other = (
        float(np.mean([each[name] for each in found.values()])) for name in ("ours", "world", "rival")
    )
    row = Row(
        "copy synthesis of unseen timbres against a mel-conditioned NSF-HiFiGAN-style network that learned from "
        "the same takes for an hour: PESQ-WB",
        "above it and above WORLD's",
        f"{ours:.2f} (NSF-HiFiGAN-style {other:.2f}, WORLD {world:.2f}; {len(found)} files)",
        ours > other and ours > world,
        HOW,
    )
    size = {
        "parameters": parameters(network),
        "steps": trained.steps,
        "cpu_minutes": round(trained.spent_s / 60.0, 2),
    }
    return Report((row,), {"files": found, "rival": size})

"""Vocoder copy synthesis: held-out teacher speech to features and back, by ours and by WORLD with the same
pitch; of timbres that the voice never heard, and of its own.

PESQ wide-band (ITU-T P.862.2, package ``pesq``, at 16 kHz) and log-spectral distance (at the teacher's rate,
frames within 50 dB of the loudest, per-frame root mean square of the difference in dB up to 11 kHz) of each
against the recording.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.corpus import EVALUATION_TIMBRES, Item, held_out_speech, unseen_speech
from bench.options import Options
from bench.report import Report, Row, at_least
from bench.sung import load_voice
from singer.analysis import D4C_THRESHOLD, ROW_PERIOD_MS, analyse, track_f0_hz
from singer.vocoder import Vocoder
from singer.voice import Voice

PESQ_RATE_HZ = 16_000
TOP_HZ = 11_000.0
ITEMS_PER_LANGUAGE = 6
LOWEST_SPOKEN_HZ, HIGHEST_SPOKEN_HZ = 70.0, 600.0
"""What trackers find outside in speech is wrong."""
APART_CENTS = 50.0
LEAST_PESQ = 3.7
HOW = (
    "Held-out teacher speech in four languages, analysed and synthesised again with the same tracked pitch "
    "(harvest, Praat where it is more than 50 cents off, StoneMask) by our "
    "vocoder and by WORLD; PESQ-WB at 16 kHz (package pesq), mean over files. Unseen: any speech of corpus timbres "
    "named eval*, which no voice learns from. Since 0.5.0 the vocoder's loss follows PESQ's model of hearing "
    "(docs/training.md), so that PESQ is no stranger to it; log-spectral distance is."
)


def spoken_f0_hz(audio: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float64]:
    """Pitch that every copy is given: float64 [2T] in Hz, a value every 5 ms, 0 where unvoiced.

    Harvest's, and Praat's where the two are more than 50 cents apart, each refined by StoneMask: at the edges of
    voicing and in creak harvest goes astray, and no vocoder is to blame for that.
    """
    import parselmouth
    import pyworld

    found_hz = track_f0_hz(audio, sample_rate_hz, HIGHEST_SPOKEN_HZ)
    samples, times_s = audio.astype(np.float64), np.arange(len(found_hz)) * ROW_PERIOD_MS / 1000.0
    pitch = parselmouth.Sound(samples, sample_rate_hz).to_pitch_ac(
        time_step=ROW_PERIOD_MS / 1000.0, pitch_floor=LOWEST_SPOKEN_HZ, pitch_ceiling=HIGHEST_SPOKEN_HZ
    )
    heard_hz = np.nan_to_num(np.array([pitch.get_value_at_time(time_s) for time_s in times_s]))
    second_hz = pyworld.stonemask(samples, heard_hz, times_s, sample_rate_hz)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(1200.0 * np.log2(second_hz / found_hz)) > APART_CENTS
    chosen_hz: NDArray[np.float64] = np.where((second_hz > 0) & apart, second_hz, found_hz)
    return chosen_hz


def copy(audio: NDArray[np.float32], sample_rate_hz: int, voice: Voice) -> NDArray[np.float32]:
    """Audio to features and back through the voice's vocoder: float32 [N'] at the voice's rate, sample 0 on
    sample 0.
    """
    f0_hz = filled_f0_hz(spoken_f0_hz(audio, sample_rate_hz))
    features = analyse(audio, sample_rate_hz, f0_hz.astype(np.float64))
    vocoder = Vocoder(voice)
    start, state = vocoder.run(vocoder.start(0), vocoder.filters(features, f0_hz), f0_hz)
    return np.concatenate((start, vocoder.finish(state)))[vocoder.lead_in_samples :]


def copy_by_world(audio: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float32]:
    """Audio through WORLD's own analysis and synthesis (CheapTrick, D4C; 5 ms) with the same pitch: float32 [N']."""
    import pyworld

    samples = audio.astype(np.float64)
    f0_hz = spoken_f0_hz(audio, sample_rate_hz)
    times_s = np.arange(len(f0_hz)) * ROW_PERIOD_MS / 1000.0
    power = pyworld.cheaptrick(samples, f0_hz, times_s, sample_rate_hz)
    ratio = pyworld.d4c(samples, f0_hz, times_s, sample_rate_hz, threshold=D4C_THRESHOLD)
    return np.asarray(pyworld.synthesize(f0_hz, power, ratio, sample_rate_hz), np.float32)


def filled_f0_hz(f0_hz: NDArray[np.float64]) -> NDArray[np.float32]:
    """Pitch with its unvoiced gaps (0) bridged on straight lines of log f0: float32 [R], positive; 200 Hz if
    all is unvoiced.
    """
    voiced = f0_hz > 0
    if not voiced.any():
        return np.full(len(f0_hz), 200.0, np.float32)
    frames = np.arange(len(f0_hz))
    return np.exp(np.interp(frames, frames[voiced], np.log(f0_hz[voiced]))).astype(np.float32)


def pesq_wb(reference: NDArray[np.float32], degraded: NDArray[np.float32]) -> float:
    """PESQ wide-band score of two signals at 16 kHz."""
    from pesq import pesq

    return float(pesq(PESQ_RATE_HZ, reference, degraded, "wb"))


def log_spectral_distance_db(
    reference: NDArray[np.float32], other: NDArray[np.float32], sample_rate_hz: int
) -> float:
    """Mean over frames of the root mean square difference in dB up to 11 kHz; frames within 50 dB of the
    loudest.
    """
    count = min(len(reference), len(other))
    first, second = (_power(audio[:count], sample_rate_hz) for audio in (reference, other))
    level = 10.0 * np.log10(first.mean(axis=1) + 1e-12)
    heard = level > level.max() - 50.0
    difference = 10.0 * np.log10((first[heard] + 1e-8) / (second[heard] + 1e-8))
    return float(np.mean(np.sqrt(np.mean(difference**2, axis=1))))


def _power(audio: NDArray[np.float32], sample_rate_hz: int) -> NDArray[np.float64]:
    size, hop = 1024, 256
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(audio.astype(np.float64), size // 2), size)[
        ::hop
    ]
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    return np.asarray(spectrum[:, np.fft.rfftfreq(size, 1 / sample_rate_hz) <= TOP_HZ])


def resampled(audio: NDArray[np.float32], source_hz: int, target_hz: int) -> NDArray[np.float32]:
    """Audio float32 [N] at another rate: float32 [N * target_hz / source_hz], in place and in phase."""
    import soxr

    return np.asarray(soxr.resample(audio, source_hz, target_hz, quality="VHQ"), np.float32)


def levelled(audio: NDArray[np.float32], reference: NDArray[np.float32]) -> NDArray[np.float32]:
    """``audio`` cut or padded to the length of ``reference`` and scaled to its energy."""
    fitted = np.zeros(len(reference), np.float32)
    count = min(len(audio), len(reference))
    fitted[:count] = audio[:count]
    gain = np.sqrt(
        np.sum(reference.astype(np.float64) ** 2) / max(np.sum(fitted.astype(np.float64) ** 2), 1e-12)
    )
    return np.asarray(fitted * gain, np.float32)


def scores(item: Item, voice: Voice) -> dict[str, float]:
    """PESQ and log-spectral distance of both copies of one recording."""
    rate_hz = item.sample_rate_hz
    ours = resampled(copy(item.samples, rate_hz, voice), voice.spec.sample_rate_hz, rate_hz)
    copies = {"ours": ours, "world": copy_by_world(item.samples, rate_hz)}
    reference = resampled(item.samples, rate_hz, PESQ_RATE_HZ)
    found: dict[str, float] = {}
    for name, audio in copies.items():
        fitted = levelled(audio, item.samples)
        found[f"pesq_{name}"] = pesq_wb(reference, resampled(fitted, rate_hz, PESQ_RATE_HZ))
        found[f"lsd_{name}"] = log_spectral_distance_db(item.samples, fitted, rate_hz)
    return found


def means(found: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Mean of each score over files."""
    keys = next(iter(found.values())).keys()
    return {key: float(np.mean([each[key] for each in found.values()])) for key in keys}


def table_rows(
    unseen: Mapping[str, Mapping[str, float]], own: Mapping[str, Mapping[str, float]]
) -> tuple[Row, ...]:
    """Rows from the scores of each file of unseen timbres and of the voice's own; only the first has a target."""
    new, known = means(unseen), means(own)
    ours, world = new["pesq_ours"], new["pesq_world"]
    return (
        Row(
            "vocoder copy synthesis, unseen timbres: PESQ-WB",
            f"≥ {LEAST_PESQ} and above WORLD's",
            f"{ours:.2f} (WORLD {world:.2f}; {_by_timbre(unseen)}; {len(unseen)} files)",
            at_least(ours, LEAST_PESQ) and ours > world,
            HOW,
        ),
        Row(
            "vocoder copy synthesis, held-out teacher speech: PESQ-WB",
            "",
            f"{known['pesq_ours']:.2f} (WORLD {known['pesq_world']:.2f}; {len(own)} files)",
            None,
            HOW,
        ),
        Row(
            "vocoder copy synthesis: log-spectral distance",
            "",
            f"{known['lsd_ours']:.2f} dB (WORLD {known['lsd_world']:.2f} dB; "
            f"unseen timbres {new['lsd_ours']:.2f} dB, WORLD {new['lsd_world']:.2f} dB)",
            None,
            HOW,
        ),
    )


def _by_timbre(found: Mapping[str, Mapping[str, float]]) -> str:
    """PESQ of ours for each timbre, the first part of a file's name."""
    timbres = sorted({name.split("/")[0] for name in found})
    told = []
    for timbre in timbres:
        own = {name: each for name, each in found.items() if name.split("/")[0] == timbre}
        told.append(f"{timbre} {means(own)['pesq_ours']:.2f}")
    return ", ".join(told)


def run(options: Options) -> Report:
    """Copy held-out recordings with both vocoders and compare."""
    voice = load_voice(options.voice)
    if options.timbre.startswith(EVALUATION_TIMBRES):
        raise ValueError(f"{options.timbre} is a timbre for evaluation; no voice may have learned from it")
    count = 1 if options.toy else ITEMS_PER_LANGUAGE
    unseen = {item.name: scores(item, voice) for item in unseen_speech(options, count)}
    own = {item.name: scores(item, voice) for item in held_out_speech(options, count)}
    return Report(table_rows(unseen, own), {"files": own, "unseen_files": unseen})

"""Corpus takes to training items: features, phones in frames and audio, one ``.npz`` each; resumable."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import LANGUAGES
from singer.analysis import analyse, track_f0_hz
from singer.features import ROWS_PER_FRAME
from singer.phone_track import frame_lengths, role_row
from singer.training.corpus.index import read_index

_log = logging.getLogger(__name__)

TRAINING_RATE_HZ = 24_000
TRAINING_HOP = 240
FRAME_RATE_HZ = 100.0
_HIGHEST_TEACHER_HZ = 600.0
_PITCH_OF_SILENCE_HZ = 150.0
PHONE_ROWS: dict[str, int] = {symbol: row for row, symbol in enumerate(INVENTORY)}
LANGUAGE_ROWS: dict[str, int] = {language: row for row, language in enumerate(LANGUAGES, start=1)}
RAISED_BY: tuple[float, ...] = (1.3, 1.7, 2.2)
"""Every third take is also kept sped up by one of these, so that the vocoder hears pitches that the teacher cannot sing."""
RAISED_EVERY = 3


@dataclass(frozen=True)
class Take:
    """One line of the corpus index."""

    path: Path
    item: str
    timbre: str
    kind: str
    heldout: bool


def takes_of(corpus: Path, timbre: str) -> list[Take]:
    """Takes of one timbre of a corpus folder, in the order of the index."""
    folder = corpus / timbre
    return [
        Take(folder / row["file"], Path(row["file"]).stem, timbre, row["kind"], row["heldout"])
        for row in read_index(folder)
    ]


def filled_pitch_hz(tracked_hz: NDArray[np.float64], rows: int, faster: float) -> NDArray[np.float64]:
    """Tracked pitch of a take that was sped up, gaps filled by straight lines in log pitch.

    Args:
        tracked_hz: float64 [R], pitch of the take as it was, 0 where unvoiced.
        rows: rows of the sped-up take.
        faster: the factor.

    Returns:
        float64 [rows], positive.
    """
    voiced = np.flatnonzero(tracked_hz > 0)
    if len(voiced) == 0:
        return np.full(rows, _PITCH_OF_SILENCE_HZ)
    return np.exp(np.interp(np.arange(rows) * faster, voiced, np.log(tracked_hz[voiced]))) * faster


def factors_of(number: int) -> tuple[float, ...]:
    """By what the take ``number`` of a timbre (from 0) is sped up: 1, and for every third one another factor."""
    turn, place = divmod(number, RAISED_EVERY)
    return (1.0,) if place else (1.0, RAISED_BY[turn % len(RAISED_BY)])


def prepare_take(take: Take, folder: Path, factors: tuple[float, ...]) -> dict[float, Path]:
    """Write a take's training items, one for each factor by which it is sped up; those that exist are kept.

    The pitch is tracked in the audio: what was fed to the teacher is only near what it sang.

    Returns:
        Factor to path.
    """
    paths = {factor: folder / take.timbre / f"{take.item}@{factor:g}.npz" for factor in factors}
    missing = {factor: path for factor, path in paths.items() if not path.exists()}
    if not missing:
        return paths
    with np.load(take.path, allow_pickle=False) as file:
        source = {name: file[name] for name in file.files}
    tracked_hz = track_f0_hz(source["audio"], TRAINING_RATE_HZ, _HIGHEST_TEACHER_HZ)
    for factor, path in missing.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, **_item_arrays(source, tracked_hz, factor))
        partial.rename(path)
    return paths


def _item_arrays(
    source: dict[str, NDArray[np.generic]], tracked_hz: NDArray[np.float64], faster: float
) -> dict[str, Any]:
    import soxr

    audio = source["audio"].astype(np.float32)
    if faster != 1.0:
        audio = soxr.resample(audio, TRAINING_RATE_HZ * faster, TRAINING_RATE_HZ, "VHQ").astype(np.float32)
    frames = len(audio) // TRAINING_HOP
    f0_hz = filled_pitch_hz(tracked_hz, ROWS_PER_FRAME * frames, faster)
    features = analyse(audio, TRAINING_RATE_HZ, f0_hz)
    ends_s = source["end_s"].astype(np.float64) / faster
    return {
        "envelope": features.envelope.astype(np.float16),
        "aperiodicity": features.aperiodicity.astype(np.float16),
        "log_f0": np.log(f0_hz).astype(np.float32),
        "audio": np.round(audio[: frames * TRAINING_HOP] * 32767.0).clip(-32768, 32767).astype(np.int16),
        "phone": np.array([PHONE_ROWS[str(symbol)] for symbol in source["phone"]], np.int64),
        "role": np.array([role_row(str(role)) for role in source["role"]], np.int64),
        "language": np.array([LANGUAGE_ROWS.get(str(name), 0) for name in source["language"]], np.int64),
        "frames": frame_lengths(ends_s, 0.0, frames, FRAME_RATE_HZ),
    }


def prepare(corpus: Path, folder: Path, timbres: tuple[str, ...], workers: int) -> None:
    """Make the training items of ``timbres`` under ``folder`` and its ``items.json``.

    Args:
        corpus: folder of the corpus builder.
        folder: where the items go.
        timbres: names, in the order of the model's timbre table.
        workers: processes.

    Raises:
        FileNotFoundError: if the corpus holds no take of these timbres.
    """
    numbered = [pair for timbre in timbres for pair in enumerate(takes_of(corpus, timbre))]
    takes = [take for _, take in numbered]
    if not takes:
        raise FileNotFoundError(f"no takes of {', '.join(timbres)} in {corpus}")
    factors = [factors_of(number) for number, _ in numbered]
    with ProcessPoolExecutor(workers) as pool:
        made = list(pool.map(prepare_take, takes, repeat(folder), factors, chunksize=8))
    rows = [
        {
            "file": str(path.relative_to(folder)),
            "timbre": timbres.index(take.timbre),
            "heldout": take.heldout,
            "kind": take.kind,
            "raised": factor,
        }
        for take, paths in zip(takes, made, strict=True)
        for factor, path in paths.items()
    ]
    partial = folder / "items.json.partial"
    partial.write_text(json.dumps({"timbres": timbres, "items": rows}, indent=0), "utf-8")
    partial.rename(folder / "items.json")
    _log.info("prepared %d items of %d takes in %s", len(rows), len(takes), folder)

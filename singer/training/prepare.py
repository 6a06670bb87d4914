"""Corpus takes to training items: features, phones in frames and audio, one ``.npz`` each; resumable."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import LANGUAGES
from singer.acoustics import frame_lengths, role_row
from singer.analysis import analyse
from singer.training.corpus.index import read_index

_log = logging.getLogger(__name__)

TRAINING_RATE_HZ = 24_000
TRAINING_HOP = 240
FRAME_RATE_HZ = 100.0
PHONE_ROWS: dict[str, int] = {symbol: row for row, symbol in enumerate(INVENTORY)}
LANGUAGE_ROWS: dict[str, int] = {language: row for row, language in enumerate(LANGUAGES, start=1)}
RAISED_BY: tuple[float, ...] = (1.3, 1.7, 2.2)
"""Every take is also kept once sped up by one of these, so that the vocoder hears pitches that the teacher cannot sing."""


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


def pitch_at_frames(
    f0_hz: NDArray[np.float32], rate_hz: float, frames: int, faster: float
) -> NDArray[np.float64]:
    """The fed pitch at 100 frames/s, gaps filled by straight lines in log pitch: float64 [frames], Hz."""
    voiced = np.flatnonzero(f0_hz > 0)
    if len(voiced) == 0:
        return np.full(frames, 150.0)
    times_s = np.arange(frames) / FRAME_RATE_HZ * faster
    return np.exp(np.interp(times_s * rate_hz, voiced, np.log(f0_hz[voiced]))) * faster


def prepare_take(take: Take, folder: Path, faster: float) -> Path:
    """Write one training item (skipped if it exists) and return its path."""
    target = folder / take.timbre / f"{take.item}@{faster:g}.npz"
    if target.exists():
        return target
    import soxr

    with np.load(take.path, allow_pickle=False) as file:
        source = {name: file[name] for name in file.files}
    audio = source["audio"].astype(np.float32)
    if faster != 1.0:
        audio = soxr.resample(audio, TRAINING_RATE_HZ * faster, TRAINING_RATE_HZ, "VHQ").astype(np.float32)
    frames = len(audio) // TRAINING_HOP
    f0_hz = pitch_at_frames(source["f0_hz"], float(source["f0_rate"]), frames, faster)
    features = analyse(audio, TRAINING_RATE_HZ, f0_hz)
    lengths = frame_lengths(source["end_s"] / faster, 0.0, frames, FRAME_RATE_HZ)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial.npz")
    np.savez(
        partial,
        envelope=features.envelope.astype(np.float16),
        aperiodicity=features.aperiodicity.astype(np.float16),
        log_f0=np.log(f0_hz).astype(np.float32),
        audio=np.round(audio[: frames * TRAINING_HOP] * 32767.0).clip(-32768, 32767).astype(np.int16),
        phone=np.array([PHONE_ROWS[str(symbol)] for symbol in source["phone"]], np.int64),
        role=np.array([role_row(str(role)) for role in source["role"]], np.int64),
        language=np.array([LANGUAGE_ROWS.get(str(name), 0) for name in source["language"]], np.int64),
        frames=lengths,
    )
    partial.rename(target)
    return target


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
    takes = [take for timbre in timbres for take in takes_of(corpus, timbre)]
    if not takes:
        raise FileNotFoundError(f"no takes of {', '.join(timbres)} in {corpus}")
    jobs = [(take, 1.0) for take in takes]
    jobs += [(take, RAISED_BY[number % len(RAISED_BY)]) for number, take in enumerate(takes)]
    with ProcessPoolExecutor(workers) as pool:
        paths = list(
            pool.map(prepare_take, *zip(*((t, folder, f) for t, f in jobs), strict=True), chunksize=8)
        )
    rows = [
        {
            "file": str(path.relative_to(folder)),
            "timbre": timbres.index(take.timbre),
            "heldout": take.heldout,
            "kind": take.kind,
            "raised": faster,
        }
        for (take, faster), path in zip(jobs, paths, strict=True)
    ]
    partial = folder / "items.json.partial"
    partial.write_text(json.dumps({"timbres": timbres, "items": rows}, indent=0), "utf-8")
    partial.rename(folder / "items.json")
    _log.info("prepared %d items of %d takes in %s", len(rows), len(takes), folder)

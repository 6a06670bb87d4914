"""The teacher corpus as the benchmarks read it (format: ``docs/corpus.md``): recordings with exact phones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.options import Options
from frontend_g2p.phones import LANGUAGES, ROLES
from singer.performance.performance import CURVES, FRAME_RATE_HZ, PhoneSpan, PhrasePerformance

SAMPLE_RATE_HZ = 24_000
EVALUATION_TIMBRES = "eval"
"""Timbres whose names begin so teach the recogniser and test the vocoder; no voice learns from them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One recording of the teacher.

    Attributes:
        name: unique in the corpus.
        samples: float32 [N].
        sample_rate_hz: of the samples.
        language: language of its text.
        timbre: name of the timbre that speaks.
        kind: ``spoken``, ``sung`` or ``breath``.
        text: what is said, as written; "" if it is not text.
        phones: as aligned, from 0 to the end.
    """

    name: str
    samples: NDArray[np.float32]
    sample_rate_hz: int
    language: str
    timbre: str
    kind: str
    text: str
    phones: tuple[PhoneSpan, ...]


def rows(corpus: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """File and index row of every take, in the order of the index files.

    Raises:
        FileNotFoundError: there is no corpus.
    """
    indexes = sorted(corpus.glob("**/index.jsonl"))
    if not indexes:
        raise FileNotFoundError(f"no index.jsonl under {corpus}; build the corpus first (docs/corpus.md)")
    for index in indexes:
        for line in index.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield index.parent / row["file"], row


def load_item(path: Path, row: dict[str, Any]) -> Item:
    """Read one take."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    columns = (arrays[name] for name in ("phone", "role", "language", "start_s", "end_s"))
    spans = tuple(_span(*values) for values in zip(*columns, strict=True))
    languages = [span.language for span in spans if span.language]
    return Item(
        name=f"{row['timbre']}/{path.stem}",
        samples=arrays["audio"].astype(np.float32),
        sample_rate_hz=SAMPLE_RATE_HZ,
        language=languages[0] if languages else "",
        timbre=row["timbre"],
        kind=row["kind"],
        text=str(row.get("text", "")),
        phones=spans,
    )


def _span(symbol: str, role: str, language: str, start_s: float, end_s: float) -> PhoneSpan:
    named_role = next((known for known in ROLES if known == role), None)
    named_language = next((known for known in LANGUAGES if known == language), None)
    return PhoneSpan(str(symbol), named_role, named_language, float(start_s), float(end_s), None)


def performance_of(item: Item, f0_hz: NDArray[np.float32]) -> PhrasePerformance:
    """The item as a phrase to be sung exactly as the teacher timed it, with pitch ``f0_hz`` float32 [T] at
    100 frames/s.
    """
    neutral = np.zeros(len(f0_hz), np.float32)
    curves = {name: f0_hz if name == "f0_hz" else neutral for name in CURVES}
    last_s = len(f0_hz) / FRAME_RATE_HZ
    inner_s = [min(span.start_s, last_s) for span in item.phones[1:]]
    edges_s = [0.0, *inner_s, last_s]
    spans = tuple(
        PhoneSpan(span.symbol, span.role, span.language, start_s, end_s, None)
        for span, (start_s, end_s) in zip(item.phones, pairwise(edges_s), strict=True)
    )
    return PhrasePerformance(0.0, spans, curves, dict.fromkeys(CURVES, "auto"), 0)


def takes(
    corpus: Path, *, timbres: frozenset[str] | None, kind: str, heldout: bool | None, language: str
) -> Iterator[Item]:
    """Takes of one language and kind, of the held-out part, of the other, or (``None``) of both; of any timbre
    if none is named.
    """
    for path, row in rows(corpus):
        if row["kind"] != kind or (heldout is not None and bool(row["heldout"]) != heldout):
            continue
        if timbres is not None and row["timbre"] not in timbres:
            continue
        if row.get("language", language) == language:
            item = load_item(path, row)
            if item.language == language:
                yield item


def held_out_speech(options: Options, per_language: int) -> tuple[Item, ...]:
    """Held-out spoken takes in the voice's own timbre, ``per_language`` of each language, evenly chosen."""
    return speech_of(options.corpus, options.timbre, per_language)


def unseen_speech(options: Options, per_language: int) -> tuple[Item, ...]:
    """Spoken takes of each timbre that no voice learns from, ``per_language`` of each language: all of them are
    unseen, held out or not.
    """
    timbres = sorted(
        {row["timbre"] for _, row in rows(options.corpus) if row["timbre"].startswith(EVALUATION_TIMBRES)}
    )
    found = [
        item
        for timbre in timbres
        for item in speech_of(options.corpus, timbre, per_language, heldout=None, missing_ok=True)
    ]
    if not found:
        raise FileNotFoundError(
            f"no speech of timbres {EVALUATION_TIMBRES}* in {options.corpus}; make them with "
            "python -m singer.training.corpus build --timbre eval1 --timbre eval2 --minutes 5"
        )
    return tuple(found)


def speech_of(
    corpus: Path, timbre: str, per_language: int, *, heldout: bool | None = True, missing_ok: bool = False
) -> tuple[Item, ...]:
    """Spoken takes of one timbre, ``per_language`` of each language, evenly chosen; ``heldout`` as in ``takes``.

    Raises:
        FileNotFoundError: there are none, unless that is ``missing_ok``.
    """
    chosen: list[Item] = []
    for language in LANGUAGES:
        found = list(
            takes(corpus, timbres=frozenset({timbre}), kind="spoken", heldout=heldout, language=language)
        )
        step = max(1, len(found) // per_language)
        chosen += found[::step][:per_language]
    if not chosen and not missing_ok:
        part = "" if heldout is None else "held-out " if heldout else "taught "
        raise FileNotFoundError(f"no {part}speech of timbre {timbre!r} in {corpus}")
    return tuple(chosen)

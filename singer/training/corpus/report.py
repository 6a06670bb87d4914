"""What a timbre's takes cover, and which were dropped."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import LANGUAGES, Language
from singer.training.corpus.english_words import pair_holders
from singer.training.corpus.index import read_index
from singer.training.corpus.material import syllables


def report_on(out: Path, timbre: str) -> str:
    """A text for people: minutes, held-out takes, phones and syllables covered, pitch fit, dropped takes."""
    folder = out / timbre
    rows = read_index(folder)
    lines = [f"{timbre}: {len(rows)} takes, {sum(row['duration_s'] for row in rows) / 60:.1f} minutes"]
    for language in LANGUAGES:
        lines.append(_language_line(language, [row for row in rows if row["language"] == language]))
    lines.append(_phone_line(folder, rows))
    sung = [row["median_cents"] for row in rows if row["kind"] == "sung"]
    if sung:
        lines.append(
            f"  sung takes: median of median pitch error {np.median(sung):.1f} cents, worst {max(sung):.1f}"
        )
    lines.append(_dropped_line(folder))
    return "\n".join(lines)


def report_together(out: Path, timbres: Sequence[str]) -> str:
    """What the takes of these timbres that are not held out cover together: syllables, and pairs of English phones."""
    rows = [(out / timbre, row) for timbre in timbres for row in read_index(out / timbre)]
    learnt = [(folder, row) for folder, row in rows if not row["heldout"]]
    minutes = sum(row["duration_s"] for _, row in learnt) / 60
    lines = [f"together: {len(timbres)} timbres, {len(learnt)} takes to learn from, {minutes:.1f} minutes"]
    for language in LANGUAGES:
        of_language = [(folder, row) for folder, row in learnt if row["language"] == language]
        lines.append(_missing_pairs(of_language) if language == "en" else _missing(language, of_language))
    return "\n".join(lines)


def _missing(language: Language, rows: Sequence[tuple[Path, dict[str, Any]]]) -> str:
    wanted = {syllable.reading for syllable in syllables(language)}
    missing = wanted - {reading for _, row in rows for reading in row["readings"]}
    text = f"  {language}: {len(wanted) - len(missing)} of {len(wanted)} syllables"
    return text + (f"; missing: {' '.join(sorted(missing))}" if missing else "")


def _missing_pairs(rows: Sequence[tuple[Path, dict[str, Any]]]) -> str:
    seen: set[tuple[str, str]] = set()
    for folder, row in rows:
        with np.load(folder / row["file"], allow_pickle=False) as arrays:
            seen.update(itertools.pairwise(str(symbol) for symbol in arrays["phone"]))
    missing = set(pair_holders()) - seen
    text = (
        f"  en: {len(pair_holders()) - len(missing)} of {len(pair_holders())} pairs of phones that words hold"
    )
    return text + (f"; missing: {', '.join(sorted(map(' '.join, missing)))}" if missing else "")


def _language_line(language: Language, rows: list[dict[str, Any]]) -> str:
    minutes: dict[str, float] = defaultdict(float)
    for row in rows:
        minutes[row["kind"]] += row["duration_s"] / 60
    heldout = Counter(row["kind"] for row in rows if row["heldout"])
    text = ", ".join(f"{kind} {length:.1f} min" for kind, length in sorted(minutes.items()))
    text = f"  {language}: {text}; held out: {heldout['spoken']} spoken, {heldout['sung']} sung"
    if language == "en":
        return text
    wanted = {syllable.reading for syllable in syllables(language)}
    seen = {reading for row in rows if not row["heldout"] for reading in row["readings"]} & wanted
    return f"{text}; {len(seen)} of {len(wanted)} syllables"


def _phone_line(folder: Path, rows: list[dict[str, Any]]) -> str:
    counts: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    for row in rows:
        with np.load(folder / row["file"], allow_pickle=False) as arrays:
            phones = [str(symbol) for symbol in arrays["phone"]]
        counts.update(phones)
        pairs.update(itertools.pairwise(phones))
    missing = [symbol for symbol in INVENTORY if symbol not in counts]
    rare = [f"{symbol} {counts[symbol]}" for symbol in INVENTORY if 0 < counts[symbol] < 10]
    text = f"  {len(INVENTORY) - len(missing)} of {len(INVENTORY)} phones, {len(pairs)} pairs of phones"
    text += f"; missing: {' '.join(missing)}" if missing else ""
    return text + (f"; fewer than ten times: {', '.join(rare)}" if rare else "")


def _dropped_line(folder: Path) -> str:
    reasons: Counter[str] = Counter()
    made = 0
    for path in sorted(folder.glob("*.json")):
        made += 1
        reason = json.loads(path.read_text("utf-8"))["rejected"]
        if reason:
            reasons[reason] += 1
    told = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    return f"  dropped {sum(reasons.values())} of {made} takes made{': ' + told if told else ''}"

"""Phones recognised in singing, as a share of what the same recogniser scores on the teacher's speech.

The recogniser (``singer.training.recogniser``) learns from teacher timbres that the voice never saw. Score:
every phone's span is known (from the teacher's alignment, or from the Performance that was sung); the phone
with the highest mean log probability over the span, among the phones of the language, is the answer; the
score is the share of spans answered rightly. So long vowels count once, and no language model helps. The
voice sings the very phone sequences of the teacher's held-out sentences, half a second a syllable.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bench.corpus import EVALUATION_TIMBRES, Item, held_out_speech, load_item, rows
from bench.options import Options
from bench.report import Report, Row, at_least
from bench.sung import load_voice, sing
from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import LANGUAGES, Language
from singer.performance.performance import PhoneSpan
from singer.score import Note, Score, TempoMap
from singer.training.recogniser.hearing import FRAME_RATE_HZ, Recogniser, load_recogniser

if TYPE_CHECKING:
    from singer.training.recogniser.train import Schedule

ITEMS_PER_LANGUAGE = 12
TAKES_PER_TIMBRE = 36
HEIGHTS = (60.0, 62.0, 64.0, 65.0, 64.0, 62.0)
SHARE = 0.92
HOW = (
    "A small network trained on frames of teacher timbres that no voice learned from, at many pitches; it "
    "names the phone of each known "
    "span; the voice sings the phone sequences of held-out teacher sentences, 0.5 s a syllable, C4-F4; the "
    "teacher speaks them in the "
    "timbre that the voice learned from."
)

_log = logging.getLogger(__name__)

Answer = tuple[str, str]


def answers(
    recogniser: Recogniser,
    samples: NDArray[np.float32],
    sample_rate_hz: int,
    spans: Sequence[PhoneSpan],
    language: Language,
) -> list[Answer]:
    """For every phone of ``spans``: (what it is, what the recogniser takes it for among the phones of
    ``language``).
    """
    scores = recogniser.log_probabilities(samples, sample_rate_hz)
    allowed = [row for row, symbol in enumerate(recogniser.phones) if language in INVENTORY[symbol].languages]
    found: list[Answer] = []
    for span in spans:
        if span.role is None or span.language != language:
            continue
        first = int(np.ceil(span.start_s * FRAME_RATE_HZ))
        stop = max(int(np.ceil(span.end_s * FRAME_RATE_HZ)), first + 1)
        if stop <= len(scores):
            mean = scores[first:stop].mean(axis=0)
            found.append((span.symbol, recogniser.phones[max(allowed, key=lambda row: float(mean[row]))]))
    return found


def accuracy(given: Sequence[Answer]) -> float:
    """Share of right answers; not a number if there are none."""
    return float(np.mean([true == chosen for true, chosen in given])) if given else float("nan")


def sung_from(item: Item) -> Score:
    """The item's phones as a song: one syllable a note of half a second, on a small melody."""
    lyrics = [" ".join(span.symbol for span in syllable) for syllable in _syllables(item.phones)]
    language = next(language for language in LANGUAGES if language == item.language)
    notes = tuple(
        Note(1.0 + index, 1.0, HEIGHTS[index % len(HEIGHTS)], "la", phones=phones)
        for index, phones in enumerate(lyrics)
    )
    return Score(notes, language, TempoMap(((0.0, 120.0),)), item.name)


def _syllables(spans: Sequence[PhoneSpan]) -> Iterator[list[PhoneSpan]]:
    """Spans in syllables: a new one begins wherever an onset, glide or nucleus follows a nucleus or coda."""
    syllable: list[PhoneSpan] = []
    closed = False
    for span in spans:
        if span.role is None:
            continue
        if closed and span.role != "coda":
            yield syllable
            syllable, closed = [], False
        syllable.append(span)
        closed = closed or span.role == "nucleus"
    if closed:
        yield syllable


def trained(options: Options) -> Recogniser:
    """The recogniser from the cache, or a new one trained on the corpus' evaluation timbres.

    Raises:
        FileNotFoundError: the corpus has no such timbre.
    """
    from singer.training.recogniser.train import Schedule

    schedule = Schedule(steps=5) if options.toy else Schedule()
    chosen = _training_takes(options)
    named = " ".join(str(path) for path, _ in chosen) + repr(schedule)
    path = options.cache / f"recogniser-{hashlib.sha256(named.encode()).hexdigest()[:12]}.npz"
    if not path.exists():
        _train(chosen, schedule).save(path)
    return load_recogniser(path)


def _training_takes(options: Options) -> list[tuple[Path, dict[str, Any]]]:
    known = [
        (path, row)
        for path, row in rows(options.corpus)
        if row["timbre"].startswith(EVALUATION_TIMBRES)
        and row["kind"] in ("spoken", "sung")
        and not row["heldout"]
    ]
    if not known:
        raise FileNotFoundError(
            f"no takes of timbres {EVALUATION_TIMBRES}* in {options.corpus}; make them with "
            "python -m singer.training.corpus build --timbre eval1 --timbre eval2 --minutes 5"
        )
    most = 4 if options.toy else TAKES_PER_TIMBRE
    timbres = sorted({row["timbre"] for _, row in known})
    return [
        take for timbre in timbres for take in [each for each in known if each[1]["timbre"] == timbre][:most]
    ]


def _train(chosen: Sequence[tuple[Path, dict[str, Any]]], schedule: Schedule) -> Recogniser:
    from singer.training.recogniser.train import Recording, train

    timbres = sorted({row["timbre"] for _, row in chosen})
    _log.info("training the recogniser on %d takes of %s", len(chosen), ", ".join(timbres))
    items = (load_item(path, row) for path, row in chosen)
    recordings = (
        Recording(
            item.samples, item.sample_rate_hz, tuple((s.symbol, s.start_s, s.end_s) for s in item.phones)
        )
        for item in items
    )
    return train(recordings, timbres, schedule)


def run(options: Options) -> Report:
    """Recognise the teacher's speech and the voice's singing of the same phones."""
    recogniser = trained(options)
    voice = load_voice(options.voice)
    if options.timbre in recogniser.timbres:
        raise ValueError(
            f"the recogniser was trained on {options.timbre}; it must not know the voice's timbre"
        )
    spoken: dict[str, list[Answer]] = {language: [] for language in LANGUAGES}
    sung: dict[str, list[Answer]] = {language: [] for language in LANGUAGES}
    for item in held_out_speech(options, per_language=1 if options.toy else ITEMS_PER_LANGUAGE):
        language = next(language for language in LANGUAGES if language == item.language)
        spoken[language] += answers(recogniser, item.samples, item.sample_rate_hz, item.phones, language)
        song = sing(sung_from(item), voice)
        spans = [span for phrase in song.performance.phrases for span in phrase.phones]
        sung[language] += answers(recogniser, song.samples, song.sample_rate_hz, spans, language)
    result = [_row(language, spoken[language], sung[language]) for language in LANGUAGES if spoken[language]]
    details = {
        "trained_on": list(recogniser.timbres),
        "confusions": {language: _confusions(sung[language]) for language in LANGUAGES},
        "vowels": {
            language: [accuracy(_nuclei(x[language])) for x in (spoken, sung)] for language in LANGUAGES
        },
    }
    return Report(tuple(result), details)


def _nuclei(given: Sequence[Answer]) -> list[Answer]:
    return [answer for answer in given if "nucleus" in INVENTORY[answer[0]].roles]


def _consonants(given: Sequence[Answer]) -> list[Answer]:
    return [answer for answer in given if "nucleus" not in INVENTORY[answer[0]].roles]


def _row(language: str, spoken: Sequence[Answer], sung: Sequence[Answer]) -> Row:
    said, heard = accuracy(spoken), accuracy(sung)
    said_c, heard_c = (accuracy(_consonants(given)) for given in (spoken, sung))
    return Row(
        f"phones recognised in singing, {language}",
        f"≥ {100 * SHARE:.0f} % of the teacher's speech",
        f"{heard / said:.0%} (sung {heard:.1%}, spoken {said:.1%}; {len(sung)} phones; consonants {heard_c / said_c:.0%})",
        at_least(heard / said, SHARE),
        HOW,
    )


def _confusions(given: Sequence[Answer]) -> dict[str, int]:
    """The ten commonest mistakes, as ``"true>answer"``."""
    counts: dict[str, int] = {}
    for true, chosen in given:
        if true != chosen:
            counts[f"{true}>{chosen}"] = counts.get(f"{true}>{chosen}", 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1])[:10])

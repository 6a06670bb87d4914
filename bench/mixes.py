"""``python -m bench.mixes``: which mixes of the teacher's speakers can be understood, language by language.

Every candidate speaks the same lines in each language. Two listeners judge: the phone recogniser of
``bench.phone_recogniser`` in every language, and PocketSphinx in English. Beside that stand the share of takes that
the corpus' own rules would drop, and how far the voice is from every source speaker (Resemblyzer, if it is installed).
The mixes of ``singer/training/corpus/blends.py`` were chosen from this table (``docs/corpus.md``).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache, partial
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from bench.english_wer import pronunciations
from bench.options import Options, default_cache
from bench.phone_recogniser import Answer, accuracy, answers, trained
from bench.report import RESULTS
from bench.word_listener import WordListener, vocabulary, word_errors, words_of
from frontend_g2p.phones import LANGUAGES, Language
from singer.performance.performance import PhoneSpan
from singer.training.corpus.blends import BLENDS, SPEAKERS
from singer.training.corpus.quality import measure
from singer.training.corpus.scripts import Script, script_at
from singer.training.corpus.take import Take, render
from singer.training.teacher import SAMPLE_RATE_HZ, Blend, Teacher

LINES_OF = "mixes"
"""Name that the lines are drawn for; no timbre of the corpus has it."""
LINES = {"zh": 2, "yue": 2, "en": 4, "ja": 2}
"""Spoken lines in each language."""

_PULL = 0.4
_MAIN = "jm_kumo"


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found of one candidate.

    Attributes:
        mix: its weights, in words.
        phones: language to share of phones that were recognised.
        english_wer: word error rate of its English lines.
        dropped: share of its takes that the corpus would drop.
        embedding: mean embedding, length 1; empty without Resemblyzer.
    """

    mix: str
    phones: dict[str, float]
    english_wer: float
    dropped: float
    embedding: list[float]


def candidates() -> Iterator[Blend]:
    """The mixes of the corpus; every pair and triple around the clearest speaker; some beyond the speakers; other prosodies."""
    known = [blend for blend in BLENDS.values() if not blend.name.startswith("eval")]
    yield from known
    others = [speaker for speaker in SPEAKERS if speaker != _MAIN]
    main = {_MAIN: 1.0}
    for speaker in SPEAKERS:
        yield _candidate({speaker: 1.0}, main)
    for speaker in others:
        if speaker not in ("jf_gongitsune", "jf_nezumi"):
            yield _candidate({speaker: 0.6, _MAIN: 0.4}, main)
        yield _candidate({_MAIN: 1.0 + _PULL, speaker: -_PULL}, main)
        for other in others:
            if speaker < other and (speaker, other) != ("jf_alpha", "jf_nezumi"):
                yield _candidate({speaker: 0.3, other: 0.3, _MAIN: 0.4}, main)
            if speaker != other:
                yield _candidate({speaker: 0.5 + _PULL, other: -_PULL, _MAIN: 0.5}, main)
        yield Blend(f"suyin with the prosody of {speaker}", BLENDS["suyin"].timbre, {speaker: 1.0})


def _candidate(timbre: dict[str, float], prosody: dict[str, float]) -> Blend:
    name = " ".join(f"{weight:+.2f} {speaker}" for speaker, weight in timbre.items())
    return Blend(name, timbre, prosody)


@cache
def lines() -> tuple[Script, ...]:
    """The spoken lines, the first of the corpus' plan in every language."""
    wanted = dict(LINES)
    found = []
    for number in count():
        script = script_at(LINES_OF, number)
        if script.kind == "spoken" and script.language and wanted.get(script.language, 0):
            wanted[script.language] -= 1
            found.append(script)
        if not any(wanted.values()):
            return tuple(found)
    raise AssertionError("the plan has no end")


@cache
def _tools(options: Options) -> tuple[Teacher, WordListener]:
    texts = [script.line.text for script in lines() if script.language == "en"]
    own = tuple(sorted({word for text in texts for word in words_of(text)}))
    return Teacher.open(options.corpus / "teacher"), WordListener(vocabulary(texts), pronunciations(own))


def judge(options: Options, blend: Blend) -> Judged:
    """Let one candidate speak every line."""
    teacher, listener = _tools(options)
    recogniser = trained(options)
    given: dict[str, list[Answer]] = {language: [] for language in LANGUAGES}
    errors = words = dropped = 0
    sounds = []
    for script in lines():
        language: Language = script.language or "en"
        take = render(script, teacher, blend)
        dropped += bool(measure(take, script.kind).rejected)
        given[language] += answers(recogniser, take.audio, SAMPLE_RATE_HZ, spans_of(take), language)
        if language == "en":
            said = words_of(script.line.text)
            errors += word_errors(said, listener.hear(take.audio, SAMPLE_RATE_HZ))
            words += len(said)
        sounds.append(take.audio)
    phones = {str(language): accuracy(given[language]) for language in LANGUAGES}
    return Judged(blend.name, phones, errors / words, dropped / len(sounds), embedding(sounds))


def spans_of(take: Take) -> list[PhoneSpan]:
    """The take's phones with their times."""
    return [
        PhoneSpan(phone.symbol, phone.role, phone.language, float(start), float(end), None)
        for phone, start, end in zip(take.phones, take.edges_s[:-1], take.edges_s[1:], strict=True)
    ]


def embedding(sounds: Sequence[NDArray[np.float32]]) -> list[float]:
    """Mean embedding of sounds; empty without Resemblyzer."""
    if find_spec("resemblyzer") is None:
        return []
    encoder = _encoder()
    mean = np.mean([encoder.embed(sound, SAMPLE_RATE_HZ) for sound in sounds], axis=0)
    return [round(float(value), 5) for value in mean / np.linalg.norm(mean)]


@cache
def _encoder():  # type: ignore[no-untyped-def]
    from singer.training.identity import ResemblyzerEncoder

    return ResemblyzerEncoder()


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--corpus", type=click.Path(path_type=Path), default=None, help="Folder of the teacher corpus.")
def main(workers: int, corpus: Path | None) -> None:
    """Judge every candidate and write bench/results/mixes.json."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = default_cache()
    options = Options("suyin", False, corpus or folder / "corpus", "suyin", folder / "bench")
    trained(options)
    found = []
    with ProcessPoolExecutor(workers) as pool:
        for judged in pool.map(partial(judge, options), candidates()):
            found.append(asdict(judged))
            shares = " ".join(f"{language} {share:.0%}" for language, share in judged.phones.items())
            click.echo(
                f"{judged.mix:45} {shares}  WER {judged.english_wer:.0%}  dropped {judged.dropped:.0%}"
            )
    (RESULTS / "mixes.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

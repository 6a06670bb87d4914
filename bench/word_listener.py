"""PocketSphinx, restricted to a list of words in any order: what it hears, and the word error rate of
that.
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
OTHER_WORDS = 200
_COMMON = Path(__file__).with_name("common_words.txt")


def words_of(text: str) -> tuple[str, ...]:
    """The words of ``text``, lower case, apostrophes kept."""
    return tuple(re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower().replace("’", "'")))


def vocabulary(texts: Iterable[str]) -> tuple[str, ...]:
    """The words of ``texts`` and 200 common others, evenly chosen from a fixed list, in alphabetical
    order.
    """
    own = {word for text in texts for word in words_of(text)}
    others = [word for word in _COMMON.read_text(encoding="utf-8").split() if word not in own]
    places = np.linspace(0, len(others) - 1, OTHER_WORDS).round().astype(int)
    return tuple(sorted(own | {others[place] for place in places}))


class WordListener:
    """PocketSphinx with its US English model; every word of the vocabulary may follow every other."""

    def __init__(self, words: Sequence[str], pronunciations: Mapping[str, str]) -> None:
        """Listen for ``words``; ``pronunciations`` (ARPAbet without stress) serves words that its dictionary
        lacks.

        Raises:
            KeyError: a word is in neither.
        """
        from pocketsphinx import Decoder, get_model_path

        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "words.arpa"
            model.write_text(equal_unigrams(words), encoding="utf-8")
            self._decoder = Decoder(
                hmm=get_model_path("en-us/en-us"),
                dict=str(_dictionary_for(words, pronunciations, Path(folder))),
                lm=str(model),
                loglevel="FATAL",
                samprate=RATE_HZ,
            )

    def hear(self, samples: NDArray[np.float32], sample_rate_hz: int) -> tuple[str, ...]:
        """The words heard in ``samples`` (float32 [N], mono)."""
        import soxr

        audio = np.asarray(soxr.resample(samples, sample_rate_hz, RATE_HZ), np.float64)
        audio = 0.3 * audio / max(float(np.abs(audio).max()), 1e-9)
        self._decoder.start_utt()
        self._decoder.process_raw((audio * 32767).astype("<i2").tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return () if found is None else tuple(re.sub(r"\(\d+\)$", "", word) for word in found.hypstr.split())


def equal_unigrams(words: Sequence[str]) -> str:
    """A language model in ARPA form in which every word is as likely as every other, whatever goes before."""
    level = -math.log10(len(words) + 1)
    lines = [f"{level:.5f} {word}" for word in ("</s>", *words)]
    return "\n".join(
        ["\\data\\", f"ngram 1={len(words) + 2}", "", "\\1-grams:", "-99 <s> 0", *lines, "", "\\end\\", ""]
    )


def _dictionary_for(words: Sequence[str], pronunciations: Mapping[str, str], folder: Path) -> Path:
    """A pronouncing dictionary of just ``words``: PocketSphinx's entries, or the pronunciation given."""
    from pocketsphinx import get_model_path

    entries: dict[str, list[str]] = {word: [] for word in words}
    for line in Path(get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8").splitlines():
        word = line.partition(" ")[0].partition("(")[0]
        if word in entries:
            entries[word].append(line)
    lines = [line for word, known in entries.items() for line in known or [f"{word} {pronunciations[word]}"]]
    path = folder / "words.dict"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Least number of words replaced, left out or added that turns ``said`` into ``heard``."""
    row = list(range(len(heard) + 1))
    for index, word in enumerate(said, start=1):
        before, row[0] = row[0], index
        for place, other in enumerate(heard, start=1):
            before, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, before + (word != other)),
            )
    return row[-1]

"""Part-of-speech tags for a line of English: an averaged perceptron over NLTK's published weights.

The model is the JSON data of NLTK's ``averaged_perceptron_tagger_eng`` (Penn Treebank tags). The features are those
of Matthew Honnibal's tagger (2013), on which it was trained. It is read, 0.1 s, when a line first holds a word whose
reading depends on its tag.
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

_ARCHIVE = ("data", "nltk_data", "taggers", "averaged_perceptron_tagger.zip")
_NAME = "averaged_perceptron_tagger_eng"
_START = ("-START-", "-START2-")
_END = ("-END-", "-END2-")


@dataclass(frozen=True, slots=True)
class _Model:
    weights: dict[str, dict[str, float]]
    usual_tags: dict[str, str]
    tags: tuple[str, ...]


@cache
def _load_model() -> _Model:
    with as_file(files("frontend_g2p").joinpath(*_ARCHIVE)) as path, zipfile.ZipFile(path) as archive:
        weights, tagdict, classes = (
            json.loads(archive.read(f"{_NAME}/{_NAME}.{part}.json"))
            for part in ("weights", "tagdict", "classes")
        )
    return _Model(weights, tagdict, tuple(sorted(classes)))


def _normalise(word: str) -> str:
    if "-" in word and word[0] != "-":
        return "!HYPHEN"
    if word.isdigit() and len(word) == 4:
        return "!YEAR"
    return "!DIGITS" if word[:1].isdigit() else word.lower()


def _features(index: int, word: str, context: Sequence[str], previous: str, previous2: str) -> list[str]:
    i = index + len(_START)
    return [
        "bias",
        f"i suffix {word[-3:]}",
        f"i pref1 {word[:1]}",
        f"i-1 tag {previous}",
        f"i-2 tag {previous2}",
        f"i tag+i-2 tag {previous} {previous2}",
        f"i word {context[i]}",
        f"i-1 tag+i word {previous} {context[i]}",
        f"i-1 word {context[i - 1]}",
        f"i-1 suffix {context[i - 1][-3:]}",
        f"i-2 word {context[i - 2]}",
        f"i+1 word {context[i + 1]}",
        f"i+1 suffix {context[i + 1][-3:]}",
        f"i+2 word {context[i + 2]}",
    ]


def tag_words(words: Sequence[str]) -> list[str]:
    """Penn Treebank tag of each word of a line."""
    model = _load_model()
    context = [*_START, *map(_normalise, words), *_END]
    previous, previous2 = _START
    tags: list[str] = []
    for index, word in enumerate(words):
        tag = model.usual_tags.get(word)
        if tag is None:
            scores: dict[str, float] = defaultdict(float)
            for feature in _features(index, word, context, previous, previous2):
                for label, weight in model.weights.get(feature, {}).items():
                    scores[label] += weight
            tag = max(model.tags, key=lambda label: (scores[label], label))
        tags.append(tag)
        previous2, previous = previous, tag
    return tags

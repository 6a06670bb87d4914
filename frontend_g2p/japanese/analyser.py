"""Kanji through pyopenjtalk: the words of a line with their pronunciation.

The package is optional (extra ``[ja]``) and is imported, 0.5 s, with the first kanji. It is never given Latin letters,
nor more than a few hundred characters at once: it reads foreign text as Japanese and fails on long input.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from frontend_g2p.errors import ReadingError
from frontend_g2p.japanese.kana import to_hiragana

LONGEST_PIECE = 300
"""Characters given to the analyser at once; a longer run is cut."""


@dataclass(frozen=True, slots=True)
class Morpheme:
    """One word as the analyser found it.

    Attributes:
        start, end: its characters in the analysed text.
        pronunciation: hiragana as spoken, long vowels as ``ー``; "" for a sign.
        spelling: hiragana as written (東京 is とうきょう where the pronunciation is とーきょー).
        part_of_speech: 名詞, 動詞, 助詞 ...
    """

    start: int
    end: int
    pronunciation: str
    spelling: str
    part_of_speech: str


@cache
def _load_analyser() -> ModuleType:
    import pyopenjtalk

    return pyopenjtalk


def analyse(text: str, start: int) -> list[Morpheme]:
    """Morphemes of a piece of at most :data:`LONGEST_PIECE` characters, in order, covering it.

    Args:
        text: kanji, kana and digits.
        start: its place in the caller's line, for the error.

    Raises:
        ReadingError: ``missing_package`` without pyopenjtalk; ``unknown_word`` if it cannot make anything of a part.
    """
    try:
        analyser = _load_analyser()
    except ImportError as error:
        message = (
            f"{text[:20]!r} has kanji, and reading them needs pyopenjtalk, which is not installed:"
            " run pip install 'singer-engine[ja]', or write the lyric in kana"
        )
        raise ReadingError("missing_package", message, text, start, start + len(text)) from error
    try:
        features = analyser.run_frontend(text)
    except (RuntimeError, ValueError) as error:
        raise _unreadable(text, start) from error
    surfaces = [feature["string"] for feature in features]
    spans = _find_spans(text, surfaces)
    morphemes = []
    for (a, b), feature in zip(spans, features, strict=True):
        pronunciation = _clean(feature["pron"])
        if not pronunciation and any(_is_letter(char) for char in text[a:b]):
            raise _unreadable(text[a:b], start + a)
        morphemes.append(Morpheme(a, b, pronunciation, _clean(feature["read"]), feature["pos"]))
    return morphemes


def _clean(katakana: str) -> str:
    """Hiragana of an analyser reading; the marks of devoiced vowels go, as every vowel is sung."""
    hiragana = to_hiragana(katakana)
    return "".join(char for char in hiragana if "ぁ" <= char <= "ゖ" or char == "ー")


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LN"


def _find_spans(text: str, surfaces: list[str]) -> list[tuple[int, int]]:
    """Place of every surface in the text.

    The analyser writes digits and variant characters anew (9日 becomes 九日); what lies between two surfaces that are
    found goes to the first of the surfaces between them.
    """
    normal = "".join(_one(char) for char in text)
    spans: list[tuple[int, int]] = []
    position = 0
    pending: list[int] = []
    for index, surface in enumerate(surfaces):
        wanted = "".join(_one(char) for char in surface)
        found = normal.find(wanted, position)
        if found < 0 or (found > position and not pending):
            pending.append(index)
            spans.append((position, position))
            continue
        _share(spans, pending, position, found)
        spans.append((found, found + len(wanted)))
        position = found + len(wanted)
        pending = []
    _share(spans, pending, position, len(text))
    return spans


def _share(spans: list[tuple[int, int]], pending: list[int], start: int, end: int) -> None:
    for order, index in enumerate(pending):
        spans[index] = (start, end) if order == 0 else (end, end)


def _one(char: str) -> str:
    """The character in its usual width, one for one."""
    normal = unicodedata.normalize("NFKC", char)
    return normal if len(normal) == 1 else char


def _unreadable(text: str, start: int) -> ReadingError:
    message = f"no Japanese reading is known for {text[:20]!r}; give one, as in 故郷{{ふるさと}}, or write it in kana"
    return ReadingError("unknown_word", message, text, start, start + len(text))

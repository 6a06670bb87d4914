"""Bring a line of lyrics into one plain form, remembering where every character came from.

Unicode NFKC, straight apostrophes and dashes, no invisible characters, white space as single blanks' worth of
``" "``. Readings are found in the plain form; places are reported in the caller's own text.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from frontend_g2p.errors import ReadingError

MAX_CODE_POINTS = 2000

_APOSTROPHES = dict.fromkeys(map(ord, "‘’‛ʼ`´ʹʻʽ′＇"), "'")
_QUOTES = dict.fromkeys(map(ord, "“”„‟″"), '"')
_DASHES = dict.fromkeys(map(ord, "‐‑‒−﹣"), "-")
_PLAIN = {**_APOSTROPHES, **_QUOTES, **_DASHES}


@dataclass(frozen=True, slots=True)
class PlainText:
    """A normalised line.

    Attributes:
        text: the plain form.
        spans: for each character of ``text``, the code-point span of the caller's line that it stands for.
    """

    text: str
    spans: tuple[tuple[int, int], ...]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the caller's line behind ``text[start:end]`` (an empty span for an empty one)."""
        if start < end:
            return self.spans[start][0], self.spans[end - 1][1]
        if start < len(self.spans):
            return self.spans[start][0], self.spans[start][0]
        last = self.spans[-1][1] if self.spans else 0
        return last, last


def normalise(line: str) -> PlainText:
    """Normalise one line of lyrics.

    Control characters, zero-width and bidirectional marks, soft hyphens and variation selectors are dropped:
    they are not seen, so they are not sung.

    Raises:
        ReadingError: ``too_long`` above 2,000 code points; ``unknown_symbol`` for half of a broken character.
    """
    if len(line) > MAX_CODE_POINTS:
        raise ReadingError(
            "too_long",
            f"a line of {len(line)} characters; at most {MAX_CODE_POINTS} are read at once",
            line[MAX_CODE_POINTS : MAX_CODE_POINTS + 20].encode("utf-8", "replace").decode("utf-8"),
            MAX_CODE_POINTS,
            len(line),
        )
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end, cluster in _clusters(line):
        for character in _plain(cluster):
            characters.append(character)
            spans.append((start, end))
    return PlainText("".join(characters), tuple(spans))


def _clusters(line: str) -> list[tuple[int, int, str]]:
    """Cut a line into base characters with the marks that NFKC may melt into them; invisible ones are left
    out.
    """
    clusters: list[tuple[int, int, str]] = []
    for index, character in enumerate(line):
        if "\ud800" <= character <= "\udfff":
            raise ReadingError(
                "unknown_symbol",
                f"U+{ord(character):04X} is half of a broken character: type the character again",
                "\ufffd",
                index,
                index + 1,
            )
        if _is_invisible(character):
            continue
        if clusters and unicodedata.combining(unicodedata.normalize("NFKD", character)[0]):
            start, _, text = clusters[-1]
            clusters[-1] = (start, index + 1, text + character)
        else:
            clusters.append((index, index + 1, character))
    return clusters


def _is_invisible(character: str) -> bool:
    if character.isspace():
        return False
    category = unicodedata.category(character)
    return (
        category in ("Cc", "Cf")
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _plain(cluster: str) -> str:
    if cluster.isspace():
        return " "
    if "Ⅰ" <= cluster[0] <= "ⅿ":
        return f"{unicodedata.numeric(cluster[0]):.0f}"
    return unicodedata.normalize("NFKC", cluster.translate(_PLAIN)).translate(_PLAIN)

"""Readings of the front end on lines that no rule was tuned on, tones not counted (the melody replaces them).

Sets named ``heldout_*`` (under ``tests/frontend_g2p/sets``) and ``fresh_*`` (under ``bench/sets``) decide;
the others, on which rules were tuned, are shown beside them. A line that cannot be read counts as wrong
throughout. English: AH and IH, and AO and AA, count as equal. Japanese: kana as sung, long vowels written
alike. Language spans: share of characters whose language is right.
"""

from __future__ import annotations

import csv
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.options import Options
from bench.report import Report, Row, at_least
from bench.word_listener import word_errors
from frontend_g2p.errors import ReadingError
from frontend_g2p.phonemize import read_line
from frontend_g2p.phones import LANGUAGES, Language, Syllable

SETS = Path(__file__).parents[1] / "tests" / "frontend_g2p" / "sets"
FRESH_SETS = Path(__file__).parent / "sets"
HOW = (
    "Two kinds of unseen text, tones ignored: sets written before the rules "
    "(`tests/frontend_g2p/sets/heldout_*`), and sets written "
    "for the benchmark after the rules by someone who had not read them (`bench/sets`); both must reach "
    "the target. In "
    "brackets the sets that rules were tuned on."
)
_EQUAL = {"AH": "IH", "AO": "AA"}
_VOWEL_ROWS = {
    "あ": "あかさたなはまやらわがざだばぱゃぁゎ",
    "い": "いきしちにひみりぎじびぴぃ",
    "う": "うくすつぬふむゆるぐずぶぷゅぅゔ",
    "え": "えけせてねへめれげぜでべぺぇ",
    "お": "おこそとのほもよろごぞどぼぽょぉ",
}
_LONG = {"あ": "あ", "い": "い", "う": "う", "え": "えい", "お": "おう"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: a kind of reading, its sets and its target.

    Attributes:
        name: what is read.
        target: share that should be right.
        heldout: set written before the rules; it must reach the target.
        fresh: set written after the rules by someone who had not read them; it must reach the target as well.
        tuned: sets that rules were tuned on.
        language: language of the lines (of mixed lines: each tells its own).
    """

    name: str
    target: float
    heldout: str
    fresh: str
    tuned: tuple[str, ...]
    language: Language


MEASURES = (
    Measure("Mandarin polyphones", 0.90, "heldout_zh", "fresh_zh", ("zh", "practice_zh"), "zh"),
    Measure("running Mandarin", 0.985, "heldout_zh_lines", "fresh_zh_lines", ("practice_zh_lines",), "zh"),
    Measure("Cantonese", 0.95, "heldout_yue", "fresh_yue", ("yue", "practice_yue"), "yue"),
    Measure("English words", 0.86, "heldout_en", "fresh_en", ("en",), "en"),
    Measure("Japanese lines", 0.80, "heldout_ja", "fresh_ja", ("ja",), "ja"),
    Measure("language spans", 0.92, "heldout_mixed", "fresh_mixed", ("mixed",), "zh"),
)


@dataclass(frozen=True, slots=True)
class Score:
    """How a set was read: points reached of points possible, and the lines that lost some (id, expected,
    found).
    """

    right: float
    total: float
    wrong: tuple[tuple[str, str, str], ...]

    @property
    def share(self) -> float:
        """Share that is right."""
        return self.right / self.total if self.total else float("nan")


def read_set(name: str) -> list[dict[str, str]]:
    """Rows of a set."""
    folder = FRESH_SETS if name.startswith("fresh_") else SETS
    with (folder / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def score_rows(rows: Sequence[Mapping[str, str]], language: Language) -> Score:
    """Read every row and count what is right."""
    right = total = 0.0
    wrong: list[tuple[str, str, str]] = []
    for row in rows:
        line_language = next((known for known in LANGUAGES if known == row.get("line_lang")), language)
        try:
            syllables: tuple[Syllable, ...] = read_line(row["input"], line_language)
        except ReadingError as error:
            _log.debug("%s: %s", row["id"], error)
            syllables = ()
        got, possible, found = _points(row, line_language, syllables)
        right, total = right + got, total + possible
        if got < possible:
            wrong.append((row["id"], row.get("expected") or row["spans"], found))
    return Score(right, total, tuple(wrong))


def _points(
    row: Mapping[str, str], language: Language, syllables: Sequence[Syllable]
) -> tuple[float, float, str]:
    """Points reached, points possible, and what was found, in words."""
    if row.get("spans"):
        wanted = span_languages(row["input"], row["spans"])
        found = character_languages(len(row["input"]), syllables)
        right = sum(found[place] == name for place, name in wanted.items())
        return float(right), float(len(wanted)), " ".join(found[place] or "-" for place in wanted)
    if language == "ja":
        kana = fold_kana("".join(syllable.reading for syllable in syllables))
        return float(kana in {fold_kana(way) for way in row["expected"].split("/")}), 1.0, kana
    if row.get("start"):
        start, end = int(row["start"]), int(row["end"])
        chosen = [s for s in syllables if s.start < end and s.end > start]
        reading = plain(" ".join(syllable.reading for syllable in chosen), language)
        return float(reading in {plain(way, language) for way in row["expected"].split("/")}), 1.0, reading
    ways = [{plain(way, language) for way in word.split("/")} for word in row["expected"].split()]
    said = [plain(syllable.reading, language) for syllable in syllables]
    if len(said) == len(ways):
        errors = sum(word not in way for word, way in zip(said, ways, strict=True))
    else:
        errors = word_errors([min(way) for way in ways], said)
    return float(max(0, len(ways) - errors)), float(len(ways)), " ".join(said)


def plain(reading: str, language: Language) -> str:
    """A reading without tones or stress, in one spelling."""
    words = re.sub(r"\d", "", reading.lower() if language != "en" else reading.upper()).split()
    if language == "en":
        return " ".join(_EQUAL.get(word, word) for word in words)
    return " ".join(word.replace("ü", "v").replace("u:", "v") for word in words)


def fold_kana(text: str) -> str:
    """Kana as sung, with every lengthening of a vowel written ``ー`` and blanks and punctuation left out."""
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)
    hiragana = hiragana.translate(str.maketrans("づぢを", "ずじお"))
    folded: list[str] = []
    row = ""
    for character in hiragana:
        if character == "ー" or (row and character in _LONG[row] and character in "あいうえお"):
            folded.append("ー")
            continue
        row = next((vowel for vowel, kana in _VOWEL_ROWS.items() if character in kana), "")
        if row or character in "んっ":
            folded.append(character)
    return "".join(folded)


def span_languages(text: str, spans: str) -> dict[int, str]:
    """Language of every letter that the set names: place in ``text`` to language; ``spans`` as
    ``zh:你|en:OK``.
    """
    wanted: dict[int, str] = {}
    place = 0
    for span in spans.split("|"):
        language, _, piece = span.partition(":")
        place = text.index(piece, place)
        for offset, character in enumerate(piece):
            if character.isalnum():
                wanted[place + offset] = language
        place += len(piece)
    return wanted


def character_languages(length: int, syllables: Sequence[Syllable]) -> list[str | None]:
    """Language in which each character of a line was read; ``None`` where no syllable covers it."""
    languages: list[str | None] = [None] * length
    for syllable in syllables:
        for place in range(syllable.start, syllable.end):
            languages[place] = syllable.language
    return languages


def _scored(names: Sequence[str], language: Language, limit: int | None) -> Iterator[tuple[str, Score]]:
    for name in names:
        yield name, score_rows(read_set(name)[:limit], language)


def run(options: Options) -> Report:
    """Read all sets."""
    limit = 3 if options.toy else None
    rows: list[Row] = []
    details: dict[str, dict[str, object]] = {}
    for measure in MEASURES:
        deciding = dict(_scored((measure.heldout, measure.fresh), measure.language, limit))
        tuned = dict(_scored(measure.tuned, measure.language, limit))
        heldout, fresh = deciding.values()
        beside = ", ".join(f"{name} {each.share:.3f}" for name, each in tuned.items())
        rows.append(
            Row(
                f"readings, toneless, unseen text: {measure.name}",
                f"≥ {measure.target:g}",
                f"held-out {heldout.share:.3f} of {heldout.total:.0f}, fresh {fresh.share:.3f} of "
                f"{fresh.total:.0f} ({beside})",
                at_least(min(heldout.share, fresh.share), measure.target),
                HOW,
            )
        )
        for name, each in (deciding | tuned).items():
            details[name] = {"share": each.share, "total": each.total, "wrong": len(each.wrong)}
            if name in tuned:
                details[name] = {**details[name], "lines": each.wrong}
    return Report(tuple(rows), details)

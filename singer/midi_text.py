"""Text of MIDI files: which encoding it is in, and what karaoke and lyric events say about words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from frontend_g2p.phones import Language
from singer.errors import ScoreError
from singer.imported_notes import syllable_of

_TAG = re.compile(r"\{[@#][^}]*\}")
_BREAKS = "\r\n/\\"
_KANA = re.compile(r"[ぁ-ヿ]")
_HALF_WIDTH = re.compile(r"[｡-ﾟ]")


@dataclass(frozen=True, slots=True)
class LyricSyllable:
    """One syllable of a lyric track.

    Attributes:
        beat: where it is sung, in quarter notes.
        text: the syllable, or ``-`` for a hold.
        goes_on: the word has more syllables after this one.
    """

    beat: float
    text: str
    goes_on: bool


def decode_texts(texts: Sequence[bytes], encoding: str | None, language: Language | None) -> list[str]:
    """Decode the texts of one file, all in one encoding.

    Without ``encoding``: UTF-8 if they are valid in it, else the one of Shift-JIS, GB18030 and Big5 that gives
    plausible text (kana; common characters, which both Chinese encodings list first), else Latin-1.

    Raises:
        ScoreError: ``encoding`` is unknown, or the text is not in it.
    """
    chosen = encoding or _find_encoding(b"\n".join(texts), language)
    try:
        return [text.decode(chosen) for text in texts]
    except LookupError as error:
        raise ScoreError(
            "encoding", f"unknown encoding {chosen!r}; use utf-8, shift-jis, gb18030, big5"
        ) from error
    except UnicodeError as error:
        raise ScoreError("encoding", f"the lyrics are not in {chosen}; choose another encoding") from error


def to_syllables(events: Sequence[tuple[float, str]], karaoke: bool) -> list[LyricSyllable]:
    r"""Syllables of lyric events (beat, text).

    A hyphen at the end of a syllable says that the word goes on. Where syllables carry blanks (all karaoke
    files), a word also goes on where no blank stands between two syllables. ``/``, ``\`` and line breaks end
    a line, ``{@...}`` and ``{#...}`` are tags.
    """
    parts = [(beat, _TAG.sub("", text)) for beat, text in events]
    parts = [(beat, text) for beat, text in parts if text.strip(_BREAKS + " \t\0")]
    by_blanks = karaoke or any(_has_blank(text) for _, text in parts)
    return list(_syllables(parts, by_blanks))


def _syllables(parts: Sequence[tuple[float, str]], by_blanks: bool) -> Iterator[LyricSyllable]:
    for index, (beat, text) in enumerate(parts):
        following = parts[index + 1][1] if index + 1 < len(parts) else "\n"
        syllable, hyphen = syllable_of(text.strip(_BREAKS + "\0"))
        if syllable is None:
            continue
        ended = text[-1] in _BREAKS + " \t" or following[0] in _BREAKS + " \t"
        yield LyricSyllable(beat, syllable, hyphen or (by_blanks and not ended))


def _has_blank(text: str) -> bool:
    bare = text.strip(_BREAKS)
    return bare[:1] == " " or (bare[-1:] == " " and not bare.rstrip().endswith("-"))


def _find_encoding(text: bytes, language: Language | None) -> str:
    if _decodes(text, "utf-8") is not None:
        return "utf-8-sig"
    japanese = _decodes(text, "cp932") or ""
    wide = [character for character in japanese if ord(character) > 0xFF]
    kana = len(_KANA.findall(japanese)) - len(_HALF_WIDTH.findall(japanese))
    if wide and (kana > 0.2 * len(wide) or (language == "ja" and not _HALF_WIDTH.search(japanese))):
        return "cp932"
    common = {
        "gb18030": _common_share(text, "gb18030", (0xB0, 0xD7)),
        "big5": _common_share(text, "big5", (0xA4, 0xC6)),
    }
    if language == "yue":
        common["big5"] += 0.1
    best = max(common, key=lambda name: common[name])
    return best if common[best] >= 0.6 else "latin-1"


def _common_share(text: bytes, encoding: str, common: tuple[int, int]) -> float:
    """Share of the two-byte characters of ``text`` that lie in the rows of common characters."""
    decoded = _decodes(text, encoding)
    if decoded is None:
        return 0.0
    pairs = [code for code in (character.encode(encoding) for character in decoded) if len(code) == 2]
    alone = sum(character > "\x7f" for character in decoded) - len(pairs)
    hits = sum(common[0] <= pair[0] <= common[1] and pair[1] >= 0x40 for pair in pairs)
    if encoding == "gb18030":
        hits = sum(common[0] <= pair[0] <= common[1] and pair[1] >= 0xA1 for pair in pairs)
    return hits / (len(pairs) + alone) if pairs else 0.0


def _decodes(text: bytes, encoding: str) -> str | None:
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return None

"""The dictionaries of an exported bank: what OpenUtau's phonemizers look lyrics up in, from the front end's own tables.

OpenUtau turns hanzi into pinyin or Jyutping without tones and kana into romaji before it looks; English it reads by itself and
gives ARPAbet, which ``replacements`` turn into tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from frontend_g2p.english.codec import CONSONANTS, VOWELS
from frontend_g2p.inventory import unit_map, with_roles
from frontend_g2p.japanese.kana import split_morae
from frontend_g2p.phones import LANGUAGES, Language, Phone
from frontend_g2p.romaji import romaji_to_hiragana
from frontend_g2p.typed import pinyin_phones
from voicebanks.openutau_export.tokens import BREATH, SILENCE, token_name, token_table

LANGUAGE_IDS: Mapping[str, int] = {language: number for number, language in enumerate(LANGUAGES, start=1)}
FILE_SUFFIXES: Mapping[Language, str] = {"zh": "zh", "yue": "zh-yue", "en": "en", "ja": "ja"}
"""Language to the ending of its dictionary's name."""

_ROMAJI_ONSETS = (
    "", "k", "s", "t", "n", "h", "m", "y", "r", "w", "g", "z", "d", "b", "p", "f", "v", "j", "sh", "ch", "ts", "ky", "gy",
    "ny", "hy", "by", "py", "my", "ry", "sy", "ty", "jy", "zy", "th", "dh",
)  # fmt: skip
_MORAIC_NASAL, _SOKUON = "ん", "っ"
_SAME_AS: Mapping[str, Sequence[str]] = {
    _MORAIC_NASAL: ("n", "N", "nn"),
    _SOKUON: ("cl", "q", "xtu", "xtsu", "ltu"),
}

Entries = dict[str, list[str]]


def dictionary(language: Language | None) -> dict[str, Any]:
    """Content of one dictionary file.

    Args:
        language: of the words; ``None`` for the file that is read where no language is chosen: all symbols, and the words
            of those systems that cannot be mistaken for each other.
    """
    entries: Entries = {SILENCE: [SILENCE], BREATH: [BREATH]}
    if language is None:
        entries |= _pinyin() | dict(_kana())
    else:
        entries |= {"zh": _pinyin, "yue": _jyutping, "ja": _japanese, "en": dict}[language]()
    content: dict[str, Any] = {
        "symbols": [{"symbol": name, "type": kind} for name, kind in _symbols(language)],
        "entries": [{"grapheme": word, "phonemes": tokens} for word, tokens in entries.items()],
    }
    if language == "en":
        content["replacements"] = _replacements()
    return content


def _symbols(language: Language | None) -> Iterator[tuple[str, str]]:
    for name, token in token_table().items():
        if token.language is None or language in (None, token.language):
            yield name, token.kind


def _tokens(phones: Sequence[Phone], language: Language) -> list[str]:
    return [token_name(language, phone.symbol, phone.role) for phone in phones]


def _pinyin() -> Entries:
    """Every syllable, also with ``ü`` and, where there is such a word, with the r of erhua."""
    found: Entries = {}
    for body in unit_map("pinyin"):
        found[body] = _tokens(pinyin_phones(f"{body}5"), "zh")
        if "v" in body:
            found[body.replace("v", "ü")] = found[body]
    for body in tuple(found):
        if not body.endswith("r"):
            found.setdefault(f"{body}r", _tokens(pinyin_phones(f"{body}r5"), "zh"))
    return found


def _jyutping() -> Entries:
    return {body: _tokens(with_roles(symbols), "yue") for body, symbols in unit_map("jyutping").items()}


def _japanese() -> Entries:
    return dict(_romaji()) | dict(_kana())


def _kana() -> Iterator[tuple[str, list[str]]]:
    """Every mora in hiragana and katakana."""
    singles = [chr(code) for code in range(ord("ぁ"), ord("ゖ") + 1)]
    for word in (*singles, *(first + second for first in singles for second in singles)):
        morae = split_morae(word)
        if len(morae) == 1:
            tokens = _tokens(morae[0].phones, "ja")
            yield word, tokens
            yield "".join(chr(ord(char) + 0x60) for char in word), tokens


def _romaji() -> Iterator[tuple[str, list[str]]]:
    for word in (onset + vowel for onset in _ROMAJI_ONSETS for vowel in "aiueo"):
        pieces = romaji_to_hiragana(word)
        morae = split_morae(pieces[0][0]) if pieces and len(pieces) == 1 else []
        if len(morae) == 1:
            yield word, _tokens(morae[0].phones, "ja")
    for kana, spellings in _SAME_AS.items():
        for word in spellings:
            yield word, _tokens(split_morae(kana)[0].phones, "ja")


def _replacements() -> list[dict[str, str]]:
    """ARPAbet, as OpenUtau's English reader writes it, to tokens."""
    symbols = [symbol.lower() for symbol in (*VOWELS, *CONSONANTS)]
    found = [{"from": symbol, "to": f"en/{symbol}"} for symbol in (*symbols, "ax")]
    return [*found, {"from": "q", "to": token_name("en", "ʔ", "onset")}, {"from": "dx", "to": "en/d"}]

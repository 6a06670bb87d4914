"""Romaji (Hepburn, or Kunrei where it differs) to hiragana, letter by letter accounted for."""

from __future__ import annotations

from functools import cache

_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "g": "がぎぐげご",
    "s": "さしすせそ",
    "z": "ざじずぜぞ",
    "t": "たちつてと",
    "d": "だぢづでど",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
    "m": "まみむめも",
    "r": "らりるれろ",
}
_SPECIAL = {
    "ya": "や", "yu": "ゆ", "yo": "よ", "wa": "わ", "wo": "を", "fu": "ふ", "shi": "し", "chi": "ち", "tsu": "つ",
    "ji": "じ", "fa": "ふぁ", "fi": "ふぃ", "fe": "ふぇ", "fo": "ふぉ", "va": "ゔぁ", "vi": "ゔぃ", "vu": "ゔ",
    "ve": "ゔぇ", "vo": "ゔぉ", "wi": "うぃ", "we": "うぇ", "she": "しぇ", "che": "ちぇ", "je": "じぇ",
    "thi": "てぃ", "dhi": "でぃ", "tsa": "つぁ", "tse": "つぇ", "tso": "つぉ",
}  # fmt: skip
_PALATAL = {"ky": "き", "gy": "ぎ", "ny": "に", "hy": "ひ", "by": "び", "py": "ぴ", "my": "み", "ry": "り",
            "sh": "し", "sy": "し", "ch": "ち", "ty": "ち", "j": "じ", "jy": "じ", "zy": "じ"}  # fmt: skip
_LONG = {
    "ā": ("a", "あ"), "ī": ("i", "い"), "ū": ("u", "う"), "ē": ("e", "え"), "ō": ("o", "う"),
    "â": ("a", "あ"), "î": ("i", "い"), "û": ("u", "う"), "ê": ("e", "え"), "ô": ("o", "う"),
}  # fmt: skip


@cache
def _table() -> dict[str, str]:
    table = {
        row + vowel: kana for row, kanas in _ROWS.items() for vowel, kana in zip("aiueo", kanas, strict=True)
    }
    for onset, kana in _PALATAL.items():
        for vowel, small in zip("auo", "ゃゅょ", strict=True):
            table[onset + vowel] = kana + small
    return {**table, **_SPECIAL}


def romaji_to_hiragana(word: str) -> list[tuple[str, int, int]] | None:
    """Hiragana for each piece of a lower-case romaji word, or ``None`` when it is not romaji.

    Each piece is ``(kana, start, end)``: a mora, a small っ, an ん or a lengthening, and the letters it came
    from.
    """
    pieces: list[tuple[str, int, int]] = []
    position = 0
    while position < len(word):
        piece = _piece_at(word, position)
        if piece is None:
            return None
        kana, length = piece
        pieces.append((kana, position, position + length))
        position += length
    return pieces


def romaji_of(kana: str) -> tuple[str, ...]:
    """Every spelling of one mora of hiragana that is read here, such as ``si`` and ``shi`` for ``し``; none for other text."""
    if kana == "ん":
        return ("N", "n")
    return tuple(written for written, mora in _table().items() if mora == kana)


def _piece_at(word: str, position: int) -> tuple[str, int] | None:
    rest = word[position:]
    if rest[0] == "-":
        return ("ー", 1) if position else None
    if len(rest) > 1 and ((rest[0] == rest[1] and rest[0] in "kstpcgdbzjfhr") or rest.startswith("tch")):
        return "っ", 1
    for length in (3, 2, 1):
        piece = rest[:length]
        if len(piece) == length and piece[-1] in _LONG:
            vowel, lengthening = _LONG[piece[-1]]
            if piece[:-1] + vowel in _table():
                return _table()[piece[:-1] + vowel] + lengthening, length
        elif piece in _table() and len(piece) == length:
            return _table()[piece], length
    if rest[0] == "n":
        return "ん", 2 if rest[1:2] == "'" else 1
    if rest[0] == "m" and rest[1:2] in ("m", "b", "p"):
        return "ん", 1
    return None

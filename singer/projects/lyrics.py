"""How editors write that a note goes on with a syllable, breathes or is pronounced, in the words of a score."""

from __future__ import annotations

import re

from singer.score import BREATH, HOLD, NEXT_SYLLABLE

_HOLDS = {"-", "ー", "－", "—", "–", "―", "_", "~", "～", "+~", "+*", "^", "…", "...", "・・・"}
_BREATHS = re.compile(r"(?i)\.?\s*br(l?[1-9])?|ap|asp|\[?ap\]?|息|吸|ブレス")
_SILENCES = re.compile(r"(?i)r|sil|sp|pau|rest|\?")
_HINT = re.compile(r"\[([^\]]*)\]\s*$")
_ARPABET = re.compile(
    r"(AA|AE|AH|AO|AW|AX|AY|EH|ER|EY|IH|IY|OW|OY|UH|UW)[0-2]?|B|CH|D|DH|F|G|HH|JH|K|L|M|N|NG|P|R|S|SH|T|TH|V|W|Y|Z|ZH"
)
_PLUS = re.compile(r"\+\d*")


def score_lyric(text: str) -> tuple[str | None, str | None]:
    """A lyric of another editor as a score's, and the pronunciation written into it.

    Returns:
        ``-``, ``+``, ``AP`` or the words; ``None`` for a note that is silent. The pronunciation is what stands in
        brackets at the end, as OpenUtau and others write it.
    """
    bare = text.strip()
    hint = _HINT.search(bare)
    if hint:
        bare = bare[: hint.start()].strip() or hint.group(1)
    if bare in _HOLDS:
        return HOLD, None
    if _PLUS.fullmatch(bare):
        return NEXT_SYLLABLE, None
    if _BREATHS.fullmatch(bare):
        return BREATH, None
    if not bare or _SILENCES.fullmatch(bare):
        return None, None
    return bare.removeprefix("?").strip(), hint.group(1).strip() if hint else None


def with_arpabet(lyric: str, hint: str) -> str | None:
    """An English lyric with its pronunciation as a score writes it, ``live{L AY1 V}``; ``None`` if it is not ARPABET."""
    symbols = [symbol.rpartition("/")[2].upper() for symbol in hint.split()]
    if not symbols or not all(_ARPABET.fullmatch(symbol) for symbol in symbols):
        return None
    return f"{lyric}{{{' '.join(symbols)}}}"

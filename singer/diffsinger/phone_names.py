"""What phonemes of banks stand for: names of pinyin, Jyutping, ARPAbet and romaji parts as phones of this engine's inventory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from frontend_g2p.inventory import INVENTORY, unit_map
from frontend_g2p.phones import LANGUAGES, Language
from singer.diffsinger.bank import BREATH, SILENCE, Kind

_ZH_INITIALS: Mapping[str, str] = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k", "k": "kʰ", "h": "x",
    "j": "tɕ", "q": "tɕʰ", "x": "ɕ", "zh": "ʈʂ", "ch": "ʈʂʰ", "sh": "ʂ", "r": "ɻ", "z": "ts", "c": "tsʰ", "s": "s",
    "y": "j", "w": "w",
}  # fmt: skip
_ZH_FINALS: Mapping[str, str] = {
    "i": "yi", "u": "wu", "v": "yu", "ia": "ya", "ian": "yan", "iang": "yang", "iao": "yao", "ie": "ye", "in": "yin",
    "ing": "ying", "iong": "yong", "iu": "you", "iou": "you", "ua": "wa", "uai": "wai", "uan": "wan", "uang": "wang",
    "ui": "wei", "uei": "wei", "un": "wen", "uen": "wen", "ueng": "weng", "uo": "wo", "van": "yuan", "ve": "yue", "vn": "yun",
}  # fmt: skip
"""Finals to the syllable that sounds the same alone; others are such syllables themselves."""
_ZH_OTHERS: Mapping[str, tuple[str, ...]] = {
    "ong": ("ʊ", "ŋ"), "i0": ("ɿ",), "ir": ("ʅ",), "ih": ("ʅ",), "E": ("ɛ",), "En": ("ɛ", "n"), "eh": ("ɛ",),
}  # fmt: skip
_YUE_INITIALS: Mapping[str, tuple[str, ...]] = {
    "b": ("p",), "p": ("pʰ",), "m": ("m",), "f": ("f",), "d": ("t",), "t": ("tʰ",), "n": ("n",), "l": ("l",), "g": ("k",),
    "k": ("kʰ",), "ng": ("ŋ",), "h": ("h",), "gw": ("k", "w"), "kw": ("kʰ", "w"), "w": ("w",), "z": ("ts",), "c": ("tsʰ",),
    "s": ("s",), "j": ("j",),
}  # fmt: skip
_EN_OTHERS: Mapping[str, tuple[str, ...]] = {
    "ah": ("ʌ",),
    "ax": ("ə",),
    "dx": ("ɾ",),
    "q": ("ʔ",),
    "dr": ("dʒ", "ɹ"),
    "tr": ("tʃ", "ɹ"),
}
_VOWELS, _GLIDES = ("vowel", "syllabic"), ("glide", "liquid")


def own_phones(phone: str, language: str | None) -> tuple[str, ...] | None:
    """Inventory symbols of a bank's phoneme in sung order, ``None`` if its name is not known.

    Args:
        phone: ``zh/ian`` or ``ian``, ``SP``, ``AP``.
        language: of a name without a prefix.
    """
    if phone in (SILENCE, BREATH):
        return (phone,)
    prefix, _, bare = phone.rpartition("/")
    spoken = prefix or language
    return _by_name(bare, spoken) if spoken in LANGUAGES else None


def language_of(phones: Sequence[str]) -> Language | None:
    """The language in which most of these bare phonemes have a meaning, ``None`` if none of them has."""
    counts = {each: sum(own_phones(phone, each) is not None for phone in phones) for each in LANGUAGES}
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] else None


def kind_by_name(phone: str, language: str | None) -> Kind:
    """Class of a phoneme that no dictionary lists, by the sound that it stands for; a consonant if that is not known."""
    bare = phone.rpartition("/")[2]
    found = own_phones(phone, language) or own_phones(bare, language_of([bare])) or ()
    classes = [INVENTORY[symbol].phone_class for symbol in found]
    if any(name in _VOWELS for name in classes) or found == ("ɴ",):
        return "vowel"
    return "glide" if classes and classes[0] in _GLIDES else "consonant"


def heard_as(phone: str, language: str | None, kind: Kind) -> str:
    """The one symbol that stands for a phoneme where a single sound is asked for, such as the shape of a mouth."""
    found = own_phones(phone, language) or ()
    if found in ((SILENCE,), (BREATH,)):
        return phone
    if kind == "vowel":
        return next((symbol for symbol in found if "nucleus" in INVENTORY[symbol].roles), "a")
    return next((symbol for symbol in found if "onset" in INVENTORY[symbol].roles), "t")


@cache
def _by_name(bare: str, language: str) -> tuple[str, ...] | None:
    if language == "zh":
        return _mandarin(bare)
    if language == "yue":
        return _cantonese(bare)
    if language == "ja":
        found = unit_map("openjtalk").get(bare)
        return None if found == (SILENCE,) else found
    known = unit_map("arpabet")
    return _EN_OTHERS.get(bare.lower()) or known.get(bare.upper()) or known.get(bare.upper().rstrip("012"))


def _mandarin(bare: str) -> tuple[str, ...] | None:
    if bare in _ZH_INITIALS:
        return (_ZH_INITIALS[bare],)
    return _ZH_OTHERS.get(bare) or unit_map("pinyin").get(_ZH_FINALS.get(bare, bare))


def _cantonese(bare: str) -> tuple[str, ...] | None:
    if bare in _YUE_INITIALS:
        return _YUE_INITIALS[bare]
    known = unit_map("jyutping")
    if bare in known:
        return known[bare]
    return next((known[head + bare][1:] for head in ("g", "s", "h", "d") if head + bare in known), None)

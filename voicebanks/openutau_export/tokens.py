"""The tokens of an exported bank: every phone in every place of a syllable, by language.

A graph sees a row of tokens without syllables, but the acoustic model wants to know each phone's role. So a token says both:
``zh/n`` opens a syllable and ``zh/-n`` closes one. English is read by OpenUtau itself, which gives plain ARPAbet; there
``en/n`` leaves the role to the graph (``told_phones``), ``en/n-`` and ``en/-n`` fix it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from frontend_g2p.english.codec import CONSONANTS, VOWELS
from frontend_g2p.inventory import INVENTORY, PhoneInfo, unit_map
from frontend_g2p.phones import LANGUAGES, Language, Role

SILENCE, BREATH = "SP", "AP"


@dataclass(frozen=True, slots=True)
class Token:
    """One entry of the token table.

    Attributes:
        name: as in ``phonemes.json``.
        language: ``None`` for SP and AP.
        symbol: phone of the inventory; of an open role the one that opens a syllable.
        role: ``None`` for SP and AP; of an open role ``onset``.
        is_open: whether the graph finds out if the phone opens or closes its syllable.
        closing: phone that it is in a coda, if its role is open.
        after_s: phone that it is in an onset after s, if its role is open.
        offglide: second phone of a diphthong that is one token.
    """

    name: str
    language: Language | None
    symbol: str
    role: Role | None
    is_open: bool = False
    closing: str = ""
    after_s: str = ""
    offglide: str = ""

    @property
    def kind(self) -> str:
        """Type of the symbol in dictionaries: ``vowel`` starts a note, everything else comes before or after it.

        Glides and liquids are plain consonants there, since OpenUtau would put a glide on the beat.
        """
        phone_class = INVENTORY[self.symbol].phone_class
        if self.role is None or (self.role == "nucleus" and self.symbol != "Q"):
            return "vowel"
        return phone_class if phone_class in ("stop", "affricate", "fricative", "nasal") else "consonant"


def token_name(language: Language, symbol: str, role: Role) -> str:
    """Name of the token for a phone whose role is known."""
    info = INVENTORY[symbol]
    if role == "coda" and info.roles != ("coda",):
        return f"{language}/-{info.ascii_id}"
    if language == "en" and role == "onset":
        return f"{language}/{info.ascii_id}-"
    return f"{language}/{info.ascii_id}"


@cache
def token_table() -> Mapping[str, Token]:
    """Every token by name, in the order of their ids, which start at 1."""
    found = {name: Token(name, None, name, None) for name in (SILENCE, BREATH)}
    for language in LANGUAGES:
        for info in INVENTORY.values():
            for role in _roles_in(info, language):
                name = token_name(language, info.symbol, role)
                found[name] = Token(name, language, info.symbol, role)
    for token in _arpabet_tokens():
        if found.setdefault(token.name, token).symbol != token.symbol:
            raise ValueError(f"two tokens are called {token.name}")
    return found


def _roles_in(info: PhoneInfo, language: Language) -> tuple[Role, ...]:
    if not info.roles or (info.languages and language not in info.languages):
        return ()
    return ("glide",) if info.phone_class == "glide" else info.roles


def _arpabet_tokens() -> list[Token]:
    units = unit_map("arpabet")
    tokens = []
    for vowel in VOWELS:
        first, *rest = units["AH1" if vowel == "AH" else vowel]
        tokens.append(Token(f"en/{vowel.lower()}", "en", first, "nucleus", offglide="".join(rest)))
    tokens.append(Token("en/ax", "en", units["AH0"][0], "nucleus"))
    for consonant in CONSONANTS:
        (symbol,) = units[consonant]
        name = f"en/{consonant.lower()}"
        if INVENTORY[symbol].phone_class == "glide":
            tokens.append(Token(name, "en", symbol, "glide"))
            continue
        (closing,) = units.get(f"{consonant}/_S,coda", (symbol,))
        tokens.append(Token(name, "en", symbol, "onset", True, closing, closing))
    return tokens


def token_ids() -> dict[str, int]:
    """Name of each token to its number in ``phonemes.json``; 0 is padding."""
    return {name: number for number, name in enumerate(token_table(), start=1)}

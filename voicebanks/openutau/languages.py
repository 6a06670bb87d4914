"""Which languages of the front end a bank can sing."""

from __future__ import annotations

from collections.abc import Collection

from frontend_g2p.phones import LANGUAGES, Language

_SIGNS: tuple[tuple[Language, frozenset[str]], ...] = (
    ("zh", frozenset(("zh", "ch", "ang", "ong"))),
    ("ja", frozenset(("ky", "ry", "N", "a"))),
    ("en", frozenset(("ae", "hh", "dh", "er"))),
    ("yue", frozenset(("gw", "aa", "oe", "ng"))),
)
"""Phonemes that banks of one language, whose names have no prefix, are known by."""


def languages_of(
    tokens: Collection[str], table: Collection[str], dictionaries: Collection[str], default: str | None
) -> tuple[Language, ...]:
    """Languages of a bank, in the front end's order.

    Args:
        tokens: its phonemes.
        table: languages of its ``languages.json``.
        dictionaries: languages that have a dictionary of their own.
        default: language of its default phonemizer.

    Returns:
        those named by dictionaries, prefixes of phonemes or the table; for a bank that names none, the default one, else the one
        that its phonemes look like.
    """
    prefixes = {name.partition("/")[0] for name in tokens if "/" in name}
    named = {*dictionaries, *prefixes, *table}
    found = tuple(language for language in LANGUAGES if language in named)
    if found:
        return found
    if default is not None:
        return tuple(language for language in LANGUAGES if language == default)
    return tuple(language for language, signs in _SIGNS if signs <= set(tokens))[:1]

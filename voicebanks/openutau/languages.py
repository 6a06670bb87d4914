"""Which languages of the front end a bank can sing."""

from __future__ import annotations

from collections.abc import Collection

from frontend_g2p.phones import LANGUAGES, Language
from singer.diffsinger.bank import BREATH, SILENCE
from singer.diffsinger.phone_names import language_of, own_phones

_KNOWN_SHARE = 0.8
"""Share of a bank's phonemes that must have a meaning in a language for the bank to be taken for one of that language."""


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
    names = [name for name in tokens if name not in (SILENCE, BREATH)]
    likely = language_of(names)
    known = sum(own_phones(name, likely) is not None for name in names)
    return (likely,) if likely is not None and known >= _KNOWN_SHARE * len(names) else ()

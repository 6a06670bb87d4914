"""Unknown words through the g2p_en package: a small network that spells out any string of letters.

Its answers are guesses and are reported as such. It is imported when the first unknown word comes (about a second):
it pulls in NLTK. NLTK is pointed at the data that ships in ``frontend_g2p/data/nltk_data`` so that the import never
asks for a download.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Protocol, cast

from frontend_g2p.english.arpabet import is_vowel

LONGEST_GUESSED_WORD = 40
"""Letters of the longest unknown word that is guessed at."""

_DECODER_LIMIT = 20
_LONGEST_PIECE = 14
_VOWEL_LETTERS = frozenset("aeiouy")
_LOADING = threading.Lock()


class _Network(Protocol):
    def predict(self, word: str) -> list[str]: ...


class _NoDictionary:
    """Stands in for NLTK's cmudict while the network is set up."""

    @staticmethod
    def dict() -> dict[str, list[list[str]]]:
        return {}


@cache
def _load_network() -> _Network:
    import nltk.data  # type: ignore[import-untyped]

    with _LOADING, as_file(files("frontend_g2p").joinpath("data", "nltk_data")) as folder:
        # g2p_en looks its data up with nltk.data.find while it is imported and downloads what is not found.
        nltk.data.path.insert(0, str(folder))
        try:
            from g2p_en import g2p  # type: ignore[import-untyped]

            # G2p() would spend a second on reading CMUdict, which only its sentence reader uses; we call predict.
            dictionary, g2p.cmudict = g2p.cmudict, _NoDictionary
            try:
                return cast(_Network, g2p.G2p())
            finally:
                g2p.cmudict = dictionary
        finally:
            nltk.data.path.remove(str(folder))


def _pieces(letters: str) -> list[str]:
    """Cut a long word before a consonant that a vowel follows: the network was trained on words of usual length."""
    if len(letters) <= _LONGEST_PIECE:
        return [letters]
    middle = len(letters) // 2
    cuts = [
        index
        for index in range(3, len(letters) - 3)
        if letters[index] not in _VOWEL_LETTERS and letters[index + 1] in _VOWEL_LETTERS
    ]
    cut = min(cuts, key=lambda index: abs(index - middle), default=middle)
    return _pieces(letters[:cut]) + _pieces(letters[cut:])


@lru_cache(maxsize=1024)
def guess(letters: str) -> tuple[str, ...]:
    """ARPAbet phones with stress for lower-case letters a-z; the network's guess, () when it gives nothing usable.

    The network stops after 20 phones without saying so, therefore long words are read in pieces, and an answer of
    20 phones counts as cut off.
    """
    network = _load_network()
    phones: list[str] = []
    for piece in _pieces(letters):
        guessed = network.predict(piece)
        if len(guessed) >= _DECODER_LIMIT:
            return ()
        phones.extend(f"{phone}1" if phone == "UW" else phone for phone in guessed if phone[0] != "<")
    return tuple(_without_final_h(phones))


def _without_final_h(phones: Sequence[str]) -> Iterator[str]:
    """Phones without an HH that no vowel or glide follows, which English has not, but the network gives."""
    for phone, following in zip(phones, (*phones[1:], ""), strict=True):
        if phone != "HH" or is_vowel(following) or following in ("Y", "W"):
            yield phone

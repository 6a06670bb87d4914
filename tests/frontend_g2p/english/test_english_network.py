from __future__ import annotations

import subprocess
import sys

import pytest

from frontend_g2p.english import network, read_english

OFFLINE_GUESS = """
import socket

def refuse(*args, **kwargs):
    raise AssertionError("network used")

socket.socket.connect = refuse
import nltk
nltk.download = refuse
from frontend_g2p.english import read_english
syllables = read_english("vrokthlinq", 0, 0)
assert {s.source for s in syllables} == {"network"}, syllables
assert not [path for path in nltk.data.path if "frontend_g2p" in path]
from g2p_en import g2p
from nltk.corpus import cmudict
assert g2p.cmudict is cmudict
"""


def test_the_package_guesses_without_any_download() -> None:
    """g2p_en asks NLTK for data when it is imported, and NLTK would fetch it from the network."""
    done = subprocess.run([sys.executable, "-c", OFFLINE_GUESS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_known_words_do_not_import_the_package() -> None:
    code = (
        "import sys; from frontend_g2p.english import read_english;"
        "read_english('Amazing grace, I read the moonlit raindrops of 1999', 0, 0);"
        "assert not {'g2p_en', 'nltk'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_cut_answer_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network stops after 20 phones without a word; singing half a word would be worse than refusing it."""

    class Cut:
        def predict(self, word: str) -> list[str]:
            return ["AA1"] * 20

    network.guess.cache_clear()
    monkeypatch.setattr(network, "_load_network", Cut)
    assert network.guess("zzyzxq") == ()
    network.guess.cache_clear()


def test_long_words_are_guessed_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Echo:
        def predict(self, word: str) -> list[str]:
            asked.append(word)
            return ["K", "AA1"]

    network.guess.cache_clear()
    monkeypatch.setattr(network, "_load_network", Echo)
    network.guess("floofengarbolinatrixoque")
    network.guess.cache_clear()
    assert "".join(asked) == "floofengarbolinatrixoque"
    assert len(asked) > 1
    assert max(map(len, asked)) <= 14


def test_parts_and_shapes_come_before_the_network() -> None:
    for word in ("moonfeather", "untweetable", "nanana", "Shinagawa"):
        assert {s.source for s in read_english(word, 0, 0)} == {"rule"}, word

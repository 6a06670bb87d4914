from __future__ import annotations

import time
from importlib.resources import files
from itertools import pairwise

from frontend_g2p.english.arpabet import syllabify, syllable_phones
from frontend_g2p.english.codec import PHONES, decode, encode
from frontend_g2p.english.words import find_word
from frontend_g2p.inventory import INVENTORY


def lines() -> list[bytes]:
    return files("frontend_g2p").joinpath("data", "english_words.txt").read_bytes().splitlines()


def test_keys_are_sorted_and_unique() -> None:
    keys = [line.split(b"\t")[0] for line in lines()]
    assert len(keys) > 200_000
    assert all(a < b for a, b in pairwise(keys))


def test_every_thousandth_word_and_both_ends_are_found() -> None:
    rows = lines()
    for line in [*rows[::1000], rows[-1]]:
        fields = line.decode().split("\t")
        entry = find_word(fields[0])
        assert entry is not None
        assert encode(entry.readings[0]) == fields[1].split()[0]


def test_unknown_words_are_not_found() -> None:
    assert find_word("xyzzyq") is None
    assert find_word("") is None
    assert find_word("~") is None
    assert find_word("0") is None
    assert find_word("épée") is None


def test_codec_round_trip() -> None:
    assert decode(encode(PHONES)) == PHONES


def test_readings_by_part_of_speech() -> None:
    entry = find_word("contract")
    assert entry is not None
    assert entry.by_tag["VERB"][:3] == ("K", "AH0", "N")
    assert entry.readings[0][:3] == ("K", "AA1", "N")


def test_every_pronunciation_of_a_sample_becomes_phones_of_the_inventory() -> None:
    checked = 0
    for line in lines()[::211]:
        for code in line.decode().split("\t")[1].split():
            phones = decode(code)
            if not any(phone[-1].isdigit() for phone in phones):
                continue
            for syllable in syllabify(phones):
                assert all(phone.symbol in INVENTORY for phone in syllable_phones(syllable))
            checked += 1
    assert checked > 1000


def test_first_look_up_is_quick() -> None:
    start = time.process_time()
    for word in ("amazing", "zephyr", "aardvark", "grace"):
        find_word(word)
    assert time.process_time() - start < 0.25

"""Syllables of the front end, and hints in lyrics, as phonemes of a bank.

A hint in brackets comes first, then the dictionary's word for the lyric as written, then the front end's reading of the lyric
looked up in the dictionary, then the sounds of that reading by the names of the bank's phonemes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from frontend_g2p.inventory import INVENTORY
from frontend_g2p.phones import Syllable
from frontend_g2p.user_dictionary import UserDictionary
from singer.diffsinger.bank import Bank
from singer.diffsinger.phone_names import heard_as, own_phones
from singer.diffsinger.words import word_starts
from singer.errors import LyricsError, VoicebankError
from singer.lyrics import Laid, NoteLyric, is_hold, lay_lyrics
from singer.score import BREATH, NEXT_SYLLABLE, Note, Score

_HINT = re.compile(r"[^\[\]]*\[([^\[\]]+)\]\s*")
_TONE = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class BankSyllable:
    """Phonemes of one syllable.

    Attributes:
        onset: before the beat.
        body: from the beat on, the last of them is held.
        coda: after the vowel.
    """

    onset: tuple[str, ...]
    body: tuple[str, ...]
    coda: tuple[str, ...]


def lay_for_bank(score: Score, bank: Bank, user_dictionary: UserDictionary | None = None) -> Laid:
    """What each note sings, as ``lay_lyrics`` says, with the bank's own hints and words kept as ``[phonemes]`` readings.

    Raises:
        LyricsError: a lyric that cannot be read, or a hint with phonemes that the bank has not.
    """
    hints = {
        place: hint for place, note in enumerate(score.notes) if (hint := _hint(score, note, place, bank))
    }
    notes = [
        replace(note, lyric="a", phones=_spoken_like(hints[place], note.language or score.language, bank))
        if place in hints
        else note
        for place, note in enumerate(score.notes)
    ]
    laid = lay_lyrics(replace(score, notes=tuple(notes)), user_dictionary)
    lyrics: list[NoteLyric] = []
    last: tuple[str, ...] | None = None
    for place, (note, lyric) in enumerate(zip(score.notes, laid.lyrics, strict=True)):
        is_again = lyric.kind == "sung" and is_hold(
            note.lyric
        )  # a hold behind a rest, sung as the word before it
        last = hints.get(place, last if is_again or not lyric.syllables else None)
        lyrics.append(_with_hint(lyric, "" if is_again else note.lyric, last))
    for place, lyric in enumerate(lyrics):
        try:
            bank_syllables(lyric.syllables, bank)
        except LyricsError as error:
            raise LyricsError(error.code, error.message, score.where(place)) from error
    return Laid(tuple(lyrics), laid.warnings)


def bank_syllables(syllables: Sequence[Syllable], bank: Bank) -> list[BankSyllable]:
    """Phonemes of syllables that are sung one after the other.

    Raises:
        LyricsError: a syllable that the bank has no phonemes for, naming reading and language.
    """
    found: list[BankSyllable] = []
    for _, word in groupby(syllables, key=lambda syllable: (syllable.language, syllable.word)):
        found += _word(list(word), bank)
    return found


def _word(word: list[Syllable], bank: Bank) -> list[BankSyllable]:
    if word[0].language == "en" and len(word) > 1 and not any(map(_bracketed, word)):
        whole = _looked_up("".join(syllable.text for syllable in word).strip(), "en", bank)
        parts = _cut(whole, word, bank) if whole else []
        if len(parts) == len(word):
            return parts
    return [_sung_again(syllable, split_syllable(_phonemes(syllable, bank), bank)) for syllable in word]


def _sung_again(syllable: Syllable, found: BankSyllable) -> BankSyllable:
    """Without its onset, where a vowel is only sung again after a rest."""
    has_onset = any(phone.role in ("onset", "glide") for phone in syllable.phones)
    return found if has_onset or syllable.text else replace(found, onset=())


def split_syllable(phones: Sequence[str], bank: Bank) -> BankSyllable:
    """A syllable's phonemes around its beat: at the vowel, or at the glide between a consonant and the vowel."""
    kinds = [bank.kind_of(phone) for phone in phones]
    vowels = [place for place, kind in enumerate(kinds) if kind == "vowel"] or [len(phones) - 1]
    starts = word_starts(phones, bank.kind_of)
    head = next((start for start in starts if start > 0 or kinds[0] == "vowel"), 0)
    return BankSyllable(
        tuple(phones[:head]), tuple(phones[head : vowels[-1] + 1]), tuple(phones[vowels[-1] + 1 :])
    )


def _cut(whole: Sequence[str], word: Sequence[Syllable], bank: Bank) -> list[BankSyllable]:
    """A word's phonemes cut into syllables: as many consonants before each vowel as the front end's reading has there."""
    vowels = [place for place, phone in enumerate(whole) if bank.kind_of(phone) == "vowel"]
    if len(vowels) != len(word):
        return []
    starts = [0]
    for before, vowel, syllable in zip(vowels, vowels[1:], word[1:], strict=False):
        onset = sum(phone.role in ("onset", "glide") for phone in syllable.phones)
        starts.append(max(before + 1, vowel - onset))
    ends = [*starts[1:], len(whole)]
    return [split_syllable(whole[start:end], bank) for start, end in zip(starts, ends, strict=True)]


def _phonemes(syllable: Syllable, bank: Bank) -> tuple[str, ...]:
    hint = _bracketed(syllable)
    if hint and all(name in bank.acoustic.tokens for name in hint):
        return hint
    for written in _spellings(syllable):
        found = _looked_up(written, syllable.language, bank)
        if found:
            return found
    sounds = tuple(_sounds(syllable, bank))
    if sounds:
        return sounds
    message = (
        f"the bank {bank.name} has no phonemes for {syllable.text!r} ({syllable.reading}, {syllable.language}); "
        f"write them as a hint, such as [{' '.join(list(bank.acoustic.tokens)[3:5])}]"
    )
    raise LyricsError("no_phonemes", message)


def _bracketed(syllable: Syllable) -> tuple[str, ...]:
    return tuple(syllable.reading[1:-1].split()) if syllable.reading.startswith("[") else ()


def _spellings(syllable: Syllable) -> Iterator[str]:
    """How dictionaries of the syllable's language may write it."""
    if syllable.language in ("zh", "yue"):
        plain = _TONE.sub("", syllable.reading)
        yield from dict.fromkeys((plain, plain.replace("ü", "v"), plain.replace("ü", "yu"), syllable.reading))
    elif syllable.language == "ja":
        from frontend_g2p.romaji import romaji_of

        katakana = "".join(
            chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign for sign in syllable.reading
        )
        yield from (syllable.reading, katakana, *romaji_of(syllable.reading))
    else:
        yield syllable.text.strip()


def _looked_up(written: str, language: str, bank: Bank) -> tuple[str, ...]:
    """Phonemes of a dictionary's entry that the bank has; none if there is no such entry."""
    entries = bank.lexicon(language).entries
    found = entries.get(written) or entries.get(written.lower()) or ()
    return found if all(phone in bank.acoustic.tokens for phone in found) else ()


def _sounds(syllable: Syllable, bank: Bank) -> Iterator[str]:
    """Phonemes by their names, from the sounds of the reading; nothing if one of them has no name here."""
    table = _by_sound(tuple(bank.acoustic.tokens), syllable.language)
    if syllable.language == "en":
        names = [_english(symbol, bank) for symbol in syllable.reading.split()]
        if names and None not in names:
            yield from (name for parts in names if parts for name in parts)
            return
    symbols = tuple(phone.symbol for phone in syllable.phones)
    found: list[str] = []
    while symbols:
        length = next((size for size in range(min(4, len(symbols)), 0, -1) if symbols[:size] in table), 0)
        if not length:
            return
        found.append(table[symbols[:length]])
        symbols = symbols[length:]
    yield from found


def _english(symbol: str, bank: Bank) -> tuple[str, ...] | None:
    """A symbol of ARPAbet as the bank's phonemes: replaced by its dictionary, else by its name."""
    plain = _TONE.sub("", symbol).lower()
    replaced = bank.lexicon("en").replacements.get(plain)
    for names in (replaced, (f"en/{plain}",), (plain,), ("en/ax",) if symbol == "AH0" else None):
        if names and all(name in bank.acoustic.tokens for name in names):
            return names
    return None


@lru_cache(maxsize=64)
def _by_sound(tokens: tuple[str, ...], language: str) -> Mapping[tuple[str, ...], str]:
    """Sounds to the phoneme that stands for them."""
    table: dict[tuple[str, ...], str] = {}
    for name in tokens:
        prefix = name.partition("/")[0] if "/" in name else ""
        sounds = own_phones(name, language) if prefix in ("", language) and name not in ("SP", "AP") else None
        if sounds:
            table.setdefault(sounds, name)
    return table


def _hint(score: Score, note: Note, place: int, bank: Bank) -> tuple[str, ...]:
    """Phonemes that are written for a note: as its phones, in brackets, or as a word of the dictionary with one vowel."""
    lyric, language = note.lyric.strip(), note.language or score.language
    if is_hold(lyric) or lyric in (NEXT_SYLLABLE, BREATH):
        return ()
    match = _HINT.fullmatch(lyric)
    written = note.phones or (match[1] if match else None)
    if written is None:
        found = _looked_up(lyric, language, bank)
        is_syllable = sum(bank.kind_of(phone) == "vowel" for phone in found) == 1
        return found if is_syllable else _as_phonemes(lyric, language, bank)
    try:
        return tuple(bank.acoustic.phone_of(name, language) for name in written.split())
    except VoicebankError as error:
        if all(name in INVENTORY for name in written.split()):
            return ()
        raise LyricsError(error.code, error.message, score.where(place)) from error


def _as_phonemes(lyric: str, language: str, bank: Bank) -> tuple[str, ...]:
    """A lyric that is itself phonemes with blanks between, named with their language: ``zh/n zh/i``; none if it is not."""
    parts = lyric.split()
    is_phonemes = any("/" in part for part in parts) and all(
        part in bank.acoustic.tokens or f"{language}/{part}" in bank.acoustic.tokens for part in parts
    )
    return tuple(bank.acoustic.phone_of(part, language) for part in parts) if is_phonemes else ()


def _spoken_like(hint: Sequence[str], language: str, bank: Bank) -> str:
    """Symbols of a syllable with as many consonants before its vowel, from which the rules take its timing."""
    syllable = split_syllable(hint, bank)
    onset = [heard_as(phone, language, "consonant") for phone in syllable.onset]
    onset = [symbol if "onset" in INVENTORY[symbol].roles else "t" for symbol in onset]
    vowel = heard_as(syllable.body[-1], language, "vowel")
    return " ".join((*onset, vowel if INVENTORY[vowel].phone_class == "vowel" else "a"))


def _with_hint(lyric: NoteLyric, text: str, hint: tuple[str, ...] | None) -> NoteLyric:
    if hint is None or not lyric.syllables:
        return lyric
    syllable = replace(lyric.syllables[0], text=text, reading=f"[{' '.join(hint)}]")
    return NoteLyric(lyric.kind, (syllable,))

"""English words heard by PocketSphinx: slow syllabic singing beside the teacher's own speech of the same
sentences.

The recogniser may hear any of the sentences' words and 200 other common ones, each as likely as every other,
in any order. The teacher's English sentences are sung one syllable a note, 0.6 s each, around A3-D4; the
teacher speaks them in the timbre that the voice learned from. Held-out sentences come first; where there are
few, sentences that the voice has learned from (spoken, not sung) fill up the number, and the held-out ones
are also reported by themselves.

The recogniser knows speech, and loses the teacher's own words as soon as their vowels are slow (its features
with vowels stretched to 450 ms: 96 % errors; ``docs/voice-log.md``, experiment 11). So before it listens
every sung vowel is cut to the length that the teacher gives the same vowel when speaking the sentence
(``bench.shortening``); nothing else is touched. The rate without the cut is reported beside. The English
example songs are heard phrase by phrase in the same way; the teacher has no recording of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.corpus import Item, takes
from bench.material import example_paths, slow_syllabic
from bench.options import Options
from bench.report import Report, Row, at_most
from bench.shortening import held_vowels_s, with_short_vowels, without_breaths
from bench.sung import Sung, load_voice, sing
from bench.word_listener import WordListener, vocabulary, word_errors, words_of
from frontend_g2p.phonemize import read_line
from singer.performance.performance import PhoneSpan
from singer.score import Score
from singer.voice import Voice

LIMIT = 1.2
SPOKEN_VOWEL_S = 0.07
"""The teacher's median in English, for sentences that she reads with other vowels than we sing, and for songs."""
LOWEST_MIDI = 57
SENTENCES = 24
HOW = (
    "PocketSphinx (US English), the sentences' vocabulary and 200 other common words, all equally likely "
    "in any order; "
    "the teacher's English sentences, spoken by the teacher and sung by the voice at 0.6 s a syllable "
    "(A3-D4); sung vowels cut to the teacher's spoken lengths before listening, because the recogniser cannot hear slow ones, "
    "and breaths muted, which it takes for words and the teacher's speech does not have."
)


def lyrics_of(text: str) -> tuple[str, ...]:
    """The sentence as lyrics, a note per syllable: each word, then ``+`` for its further syllables."""
    lyrics: list[str] = []
    for word in words_of(text):
        lyrics += [word, *["+"] * (len(read_line(word, "en")) - 1)]
    return tuple(lyrics)


def pronunciations(words: tuple[str, ...]) -> dict[str, str]:
    """ARPAbet of each word, without stress, blank-separated."""
    return {
        word: " ".join(
            syllable.reading.translate(str.maketrans("", "", "012")) for syllable in read_line(word, "en")
        )
        for word in words
    }


def spans_of(song: Sung) -> list[PhoneSpan]:
    """Phones of all phrases of a song, in time."""
    return [span for phrase in song.performance.phrases for span in phrase.phones]


def at_spoken_tempo(song: Sung, item: Item) -> NDArray[np.float32]:
    """The song without its breaths and with its vowels cut to the lengths that they have in the teacher's recording."""
    spans = spans_of(song)
    spoken_s = [end_s - start_s for start_s, end_s in held_vowels_s(item.phones)]
    count = len(held_vowels_s(spans))
    lengths_s = spoken_s if len(spoken_s) == count else [SPOKEN_VOWEL_S] * count
    words = without_breaths(song.samples, song.sample_rate_hz, spans)
    return with_short_vowels(words, song.sample_rate_hz, spans, lengths_s)


def phrases_of(song: Sung) -> list[tuple[str, NDArray[np.float32]]]:
    """Text and sound of each phrase of a song, its vowels cut short; words that go over from one phrase to
    the next stay with the first.
    """
    found: list[tuple[str, NDArray[np.float32]]] = []
    for phrase in song.performance.phrases:
        notes = sorted({span.note for span in phrase.phones if span.note is not None})
        text = " ".join(
            song.score.notes[note].lyric
            for note in notes
            if song.score.notes[note].lyric not in ("-", "+", "AP")
        )
        start, end = (round(time_s * song.sample_rate_hz) for time_s in (phrase.start_s, phrase.end_s))
        spans = [
            replace(span, start_s=span.start_s - phrase.start_s, end_s=span.end_s - phrase.start_s)
            for span in phrase.phones
        ]
        lengths_s = [SPOKEN_VOWEL_S] * len(held_vowels_s(spans))
        words = without_breaths(song.samples[start:end], song.sample_rate_hz, spans)
        found.append((text, with_short_vowels(words, song.sample_rate_hz, spans, lengths_s)))
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence: what was said, what PocketSphinx heard of the teacher and of the voice with vowels cut
    and as they were, whether it was held out.
    """

    said: tuple[str, ...]
    teacher: tuple[str, ...]
    sung: tuple[str, ...]
    sung_uncut: tuple[str, ...]
    heldout: bool


def error_rate(heard: Sequence[Heard], who: str) -> float:
    """Word error rate of what was heard of ``who``, a field of ``Heard``."""
    count = sum(len(each.said) for each in heard)
    return sum(word_errors(each.said, getattr(each, who)) for each in heard) / max(count, 1)


def english_items(options: Options) -> list[tuple[Item, bool]]:
    """Different English sentences of the voice's timbre, and whether each was held out; those that were come
    first.
    """
    found: list[tuple[Item, bool]] = []
    for heldout in (True, False):
        kept = takes(
            options.corpus, timbres=frozenset({options.timbre}), kind="spoken", heldout=heldout, language="en"
        )
        for item in kept:
            if item.text and item.text not in {known.text for known, _ in found}:
                found.append((item, heldout))
    if not found:
        raise FileNotFoundError(f"no English speech of timbre {options.timbre!r} in {options.corpus}")
    return found[: 1 if options.toy else SENTENCES]


def run(options: Options) -> Report:
    """Listen to the teacher and to the voice."""
    from singer.score_io import load_score

    voice = load_voice(options.voice)
    items = english_items(options)
    texts = [item.text for item, _ in items]
    words = vocabulary(texts)
    own = tuple(sorted({word for text in texts for word in words_of(text)}))
    listener = WordListener(words, pronunciations(own))
    heard: list[Heard] = []
    for item, heldout in items:
        song = sing(slow_syllabic(lyrics_of(item.text), LOWEST_MIDI), voice)
        cut = at_spoken_tempo(song, item)
        heard.append(
            Heard(
                words_of(item.text),
                listener.hear(item.samples, item.sample_rate_hz),
                listener.hear(cut, song.sample_rate_hz),
                listener.hear(song.samples, song.sample_rate_hz),
                heldout,
            )
        )
    count = sum(len(each.said) for each in heard)
    teacher_rate, sung_rate = error_rate(heard, "teacher"), error_rate(heard, "sung")
    unseen = [each for each in heard if each.heldout]
    floor = max(teacher_rate, 1 / count)
    measured = (
        f"{sung_rate:.1%} (teacher {teacher_rate:.1%}; ratio {sung_rate / floor:.2f}; {len(heard)} "
        f"sentences, {count} words; the {len(unseen)} held-out ones: {error_rate(unseen, 'sung'):.1%}, "
        f"teacher {error_rate(unseen, 'teacher'):.1%}; without the cut {error_rate(heard, 'sung_uncut'):.1%})"
    )
    limit = at_most(sung_rate, LIMIT * floor)
    what = "English words sung slowly, PocketSphinx: word error rate"
    rows = [Row(what, f"≤ {LIMIT} × the teacher's speech", measured, limit, HOW)]
    details: dict[str, object] = {
        "sentences": [
            {key: " ".join(getattr(each, key)) for key in ("said", "teacher", "sung")} for each in heard
        ],
        "vocabulary": len(words),
    }
    if not options.toy:
        songs = {path.stem: song_error_rate(load_score(path), voice) for path in example_paths()}
        details["songs"] = {name: rate for name, rate in songs.items() if rate is not None}
        listed = ", ".join(f"{name} {rate:.0%}" for name, rate in songs.items() if rate is not None)
        rows.append(
            Row("English example songs as written, PocketSphinx: word error rate", "", listed, None, HOW)
        )
    return Report(tuple(rows), details)


def song_error_rate(score: Score, voice: Voice) -> float | None:
    """Word error rate over the phrases of a song, its own vocabulary and 200 other words; ``None`` if it is
    not English.
    """
    if score.language != "en" or any(note.language not in (None, "en") for note in score.notes):
        return None
    phrases = phrases_of(sing(score, voice))
    texts = [text for text, _ in phrases]
    own = tuple(sorted({word for text in texts for word in words_of(text)}))
    listener = WordListener(vocabulary(texts), pronunciations(own))
    errors = sum(
        word_errors(words_of(text), listener.hear(samples, voice.spec.sample_rate_hz))
        for text, samples in phrases
    )
    return errors / sum(len(words_of(text)) for text in texts)

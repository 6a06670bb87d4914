"""English words heard by PocketSphinx: slow syllabic singing beside the teacher's own speech of the same
sentences.

The recogniser may hear any of the sentences' words and 200 other common ones, in any order (a word loop). The
teacher's held-out sentences are sung one syllable a note, 0.6 s each, around A3-D4; the teacher speaks them
in the timbre that the voice learned from. The English example songs are heard phrase by phrase in the same
way; the teacher has no recording of those.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.corpus import held_out_speech
from bench.material import example_paths, slow_syllabic
from bench.options import Options
from bench.report import Report, Row, at_most
from bench.sung import Sung, load_voice, sing
from bench.word_listener import WordListener, vocabulary, word_errors, words_of
from frontend_g2p.phonemize import read_line
from singer.score import Score

LIMIT = 1.5
LOWEST_MIDI = 57
SENTENCES = 20
HOW = (
    "PocketSphinx (US English), word loop over the sentences' vocabulary and 200 other common words; the "
    "teacher's held-out English sentences, "
    "spoken by the teacher and sung by the voice at 0.6 s a syllable (A3-D4)."
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


def phrases_of(song: Sung) -> list[tuple[str, NDArray[np.float32]]]:
    """Text and sound of each phrase of a song; words that go over from one phrase to the next stay with the
    first.
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
        found.append((text, song.samples[start:end]))
    return found


def run(options: Options) -> Report:
    """Listen to the teacher and to the voice."""
    from singer.score_io import load_score

    voice = load_voice(options.voice)
    items = [
        item
        for item in held_out_speech(options, per_language=1 if options.toy else SENTENCES)
        if item.language == "en" and item.text
    ]
    texts = [item.text for item in items]
    words = vocabulary(texts)
    listener = WordListener(
        words, pronunciations(tuple(sorted({w for text in texts for w in words_of(text)})))
    )
    heard: list[dict[str, str]] = []
    errors, count = {"teacher": 0, "sung": 0}, 0
    for item in items:
        said = words_of(item.text)
        song = sing(slow_syllabic(lyrics_of(item.text), LOWEST_MIDI), voice)
        answers = {
            "teacher": listener.hear(item.samples, item.sample_rate_hz),
            "sung": listener.hear(song.samples, song.sample_rate_hz),
        }
        count += len(said)
        for who, answer in answers.items():
            errors[who] += word_errors(said, answer)
        heard.append({"said": " ".join(said)} | {who: " ".join(answer) for who, answer in answers.items()})
    teacher, sung = errors["teacher"] / count, errors["sung"] / count
    rows = [
        Row(
            "English words sung, PocketSphinx: word error rate",
            "≤ 1.5 × the teacher's speech",
            f"{sung:.1%} (teacher {teacher:.1%}; ratio {sung / max(teacher, 1 / count):.2f}; {count} words)",
            at_most(sung, LIMIT * max(teacher, 1 / count)),
            HOW,
        )
    ]
    details: dict[str, object] = {"sentences": heard, "vocabulary": len(words)}
    if not options.toy:
        songs = {path.stem: song_error_rate(load_score(path), options) for path in example_paths()}
        details["songs"] = {name: rate for name, rate in songs.items() if rate is not None}
        listed = ", ".join(f"{name} {rate:.0%}" for name, rate in songs.items() if rate is not None)
        rows.append(
            Row("English example songs as written, PocketSphinx: word error rate", "", listed, None, HOW)
        )
    return Report(tuple(rows), details)


def song_error_rate(score: Score, options: Options) -> float | None:
    """Word error rate over the phrases of a song, its own vocabulary and 200 other words; ``None`` if it is
    not English.
    """
    if score.language != "en" or any(note.language not in (None, "en") for note in score.notes):
        return None
    phrases = phrases_of(sing(score, load_voice(options.voice)))
    texts = [text for text, _ in phrases]
    own = tuple(sorted({word for text in texts for word in words_of(text)}))
    listener = WordListener(vocabulary(texts), pronunciations(own))
    rate_hz = load_voice(options.voice).spec.sample_rate_hz
    errors = sum(word_errors(words_of(text), listener.hear(samples, rate_hz)) for text, samples in phrases)
    return errors / sum(len(words_of(text)) for text in texts)

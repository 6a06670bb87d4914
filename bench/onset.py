"""Vowel onsets heard in the audio against the beats of the score.

Two detectors look within 100 ms of the beat: one follows the signal (``bench.onset_detector``), one lays the
phones under the recogniser's log probabilities (``bench.onset_aligner``). Neither knows the engine's timing.
Both are first tried on the teacher's held-out recordings, whose alignment is exact, from start points
jittered by up to 30 ms; for each kind of sound before the vowel, the one with more hits there is the one that
judges the singing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.corpus import Item, held_out_speech
from bench.material import example_paths, range_melodies
from bench.onset_aligner import aligned_onset_s, heard_phones
from bench.onset_detector import Before, vowel_onset_s
from bench.options import Options
from bench.phone_recogniser import trained
from bench.report import Report, Row, at_least
from bench.sung import Sung, load_voice, performed_f0_hz, sing
from frontend_g2p.inventory import INVENTORY
from singer.performance.performance import PhoneSpan
from singer.training.recogniser.hearing import Recogniser
from singer.voice_onset import is_voiceless

NEAR_S = 0.025
JITTER_S = 0.030
TEACHER_ITEMS = 10
TARGET = 0.90
APPROXIMANTS = frozenset({"ɹ", "ɻ"})
"""Liquids that go over into the vowel as smoothly as glides do."""
VOWEL_CLASSES = frozenset({"vowel", "syllabic", "offglide"})
SILENT_CLASSES = frozenset({"special", "closure", "unreleased"})
DETECTORS = ("signal", "aligner")
BEFORES: tuple[Before, ...] = ("unvoiced", "voiced", "glide", "vowel")
HOW = (
    "Every note with its own syllable in the C3-A5 melodies and the examples; a signal detector and a "
    "phone aligner, chosen for each kind "
    "of preceding sound by their hits on the teacher's held-out recordings with exact alignment; a vowel "
    "not found counts as a miss."
)


@dataclass(frozen=True, slots=True)
class Onset:
    """A vowel whose onset is looked for.

    Attributes:
        expected_s: where it should be.
        before: what goes before it.
        phones: symbols around it, two before and one after where they are.
        vowel: place of the vowel in ``phones``.
        f0_hz: pitch, about.
    """

    expected_s: float
    before: Before
    phones: tuple[str, ...]
    vowel: int
    f0_hz: float


def kind_of(span: PhoneSpan) -> Before:
    """What a phone is to the vowel after it."""
    phone_class = INVENTORY[span.symbol].phone_class
    silent = phone_class in SILENT_CLASSES or span.symbol == "ʔ"
    if silent or is_voiceless(span.symbol):
        return "unvoiced"
    if phone_class == "glide" or span.symbol in APPROXIMANTS:
        return "glide"
    return "vowel" if phone_class in VOWEL_CLASSES else "voiced"


def _onset(spans: Sequence[PhoneSpan], place: int, expected_s: float, f0_hz: float) -> Onset:
    low, high = max(0, place - 2), min(len(spans), place + 2)
    symbols = tuple(span.symbol for span in spans[low:high])
    return Onset(expected_s, kind_of(spans[place - 1]), symbols, place - low, f0_hz)


def onsets_of_song(song: Sung) -> Iterator[Onset]:
    """First vowel of every note that has a syllable of its own; expected on the note's beat."""
    tempo, notes = song.score.tempo, song.score.notes
    for phrase in song.performance.phrases:
        seen: set[int] = set()
        for place, span in enumerate(phrase.phones):
            if span.role != "nucleus" or span.note is None or span.note in seen or place == 0:
                continue
            seen.add(span.note)
            if notes[span.note].lyric in ("-", "AP", "ー"):
                continue
            beat_s = tempo.seconds_at(notes[span.note].start_beat)
            f0_hz = float(performed_f0_hz(song.performance, np.array([beat_s + 0.05]))[0])
            yield _onset(
                phrase.phones, place, beat_s, f0_hz or 440.0 * 2 ** ((notes[span.note].midi - 69) / 12)
            )


def onsets_of_item(item: Item) -> Iterator[Onset]:
    """Every vowel of a teacher recording, where its alignment says."""
    for place, span in enumerate(item.phones):
        if span.role == "nucleus" and place > 0 and span.end_s - span.start_s >= 2 * NEAR_S:
            yield _onset(item.phones, place, span.start_s, 180.0)


def found_s(
    audio: tuple[NDArray[np.float32], int],
    heard: NDArray[np.float32],
    rows: dict[str, int],
    onset: Onset,
    near_s: float,
) -> dict[str, float | None]:
    """What each detector finds near ``near_s``."""
    return {
        "signal": vowel_onset_s(*audio, near_s, onset.before, onset.f0_hz),
        "aligner": aligned_onset_s(heard, [rows[symbol] for symbol in onset.phones], onset.vowel, near_s),
    }


@dataclass(frozen=True, slots=True)
class Judged:
    """One onset as the detectors heard it: what goes before it, and found minus expected in seconds (NaN: not
    found).
    """

    before: Before
    errors_s: dict[str, float]


def judge(
    samples: NDArray[np.float32],
    rate_hz: int,
    onsets: Sequence[Onset],
    recogniser: Recogniser,
    jitter_s: float,
) -> list[Judged]:
    """Look for every onset, starting up to ``jitter_s`` away from where it should be."""
    heard = heard_phones(recogniser, samples, rate_hz)
    rows = {symbol: row for row, symbol in enumerate(recogniser.phones)}
    rng = np.random.default_rng(len(samples))
    judged: list[Judged] = []
    for onset in onsets:
        near_s = onset.expected_s + float(rng.uniform(-jitter_s, jitter_s))
        found = found_s((samples, rate_hz), heard, rows, onset, near_s)
        errors = {
            name: float("nan") if time_s is None else time_s - onset.expected_s
            for name, time_s in found.items()
        }
        judged.append(Judged(onset.before, errors))
    return judged


def hit_share(judged: Sequence[Judged], detector: str, before: Before) -> float:
    """Share of onsets of one kind that a detector puts within 25 ms of where they should be; NaN if there are
    none.
    """
    hits = [abs(each.errors_s[detector]) <= NEAR_S for each in judged if each.before == before]
    return float(np.mean(hits)) if hits else float("nan")


def run(options: Options) -> Report:
    """Try the detectors on the teacher, then judge the singing."""
    from singer.score_io import load_score

    recogniser = trained(options)
    voice = load_voice(options.voice)
    teacher: list[Judged] = []
    for item in held_out_speech(options, per_language=1 if options.toy else TEACHER_ITEMS):
        teacher += judge(item.samples, item.sample_rate_hz, list(onsets_of_item(item)), recogniser, JITTER_S)
    chosen = {
        before: max(DETECTORS, key=lambda name: np.nan_to_num(hit_share(teacher, name, before)))
        for before in BEFORES
    }
    scores = range_melodies(voice.lowest_midi, voice.highest_midi, options.toy)
    scores = scores[:1] if options.toy else (*scores, *(load_score(path) for path in example_paths()))
    sung: list[Judged] = []
    by_song: dict[str, float] = {}
    for score in scores:
        song = sing(score, voice)
        judged = judge(song.samples, song.sample_rate_hz, list(onsets_of_song(song)), recogniser, 0.0)
        by_song[score.title] = _share(judged, chosen)
        sung += judged
    share = _share(sung, chosen)
    rows = (
        Row(
            "vowel onset against the beat: notes within 25 ms",
            "≥ 90 %",
            f"{share:.1%} of {len(sung)} (the detectors themselves, on the teacher's alignment: "
            f"{_share(teacher, chosen):.1%})",
            at_least(share, TARGET),
            HOW,
        ),
    )
    details: dict[str, object] = {
        "detector": chosen,
        "songs": by_song,
        "teacher": _table(teacher),
        "sung": _table(sung),
    }
    return Report(rows, details)


def _share(judged: Sequence[Judged], chosen: dict[Before, str]) -> float:
    if not judged:
        return float("nan")
    return float(np.mean([abs(each.errors_s[chosen[each.before]]) <= NEAR_S for each in judged]))


def _table(judged: Sequence[Judged]) -> dict[str, object]:
    """Count, and per detector share of hits and median signed error in ms, for each kind of sound before."""
    table: dict[str, object] = {}
    for before in BEFORES:
        kept = [each for each in judged if each.before == before]
        table[before] = {"count": len(kept)} | {
            name: [hit_share(kept, name, before), _median_ms([each.errors_s[name] for each in kept])]
            for name in DETECTORS
        }
    return table


def _median_ms(errors_s: Sequence[float]) -> float:
    found = [error for error in errors_s if np.isfinite(error)]
    return 1000.0 * float(np.median(found)) if found else float("nan")

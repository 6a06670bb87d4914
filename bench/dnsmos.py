"""DNSMOS of the solo voice, beside the teacher's held-out speech.

The voice sings own melodies in four languages inside the octave C4-C5 and the example songs; the teacher speaks its
held-out sentences in the timbre that the voice learned from. All are brought to 16 kHz and to the same level of their
sounding parts (-26 dB of full scale, the level of P.835 tests) before the networks listen (``bench.dnsmos_listener``).
The networks learned from speech, so singing as such costs points too: only the distance to the teacher is judged. Her own
held-out sung takes, and the voice singing those at her times and pitch, tell what the voice costs and what the songs do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bench.acoustic import BLOCK_FRAMES, as_performed
from bench.corpus import Item, held_out_speech, takes
from bench.dnsmos_listener import RATE_HZ, SCORES, DnsmosListener
from bench.material import C4, C5, example_paths, range_melody
from bench.options import Options
from bench.report import Report, Row, at_least
from bench.sung import load_voice, sing
from bench.vocoder import resampled
from frontend_g2p.phones import LANGUAGES
from singer.cancel import CancelToken
from singer.phrase_audio import sing_phrase
from singer.score import Score
from singer.voice import Voice

MOST_BELOW = 0.2
"""Points of the overall score that singing may lie below the teacher's speech."""
LEVEL_DB = -26.0
ITEMS_PER_LANGUAGE = 6
HOW = (
    "Own melodies in four languages inside C4-C5 and the example songs, solo voice, beside the teacher's held-out "
    "speech and singing, and the voice with the phones, times and pitch of that; 16 kHz, sounding parts at -26 "
    "dBFS; DNSMOS P.835 (overall, signal, background) and P.808 (networks of package speechmos), mean over files."
)

Scores = Mapping[str, Mapping[str, float]]
"""Opinion scores by the names of ``SCORES``, for each file."""


def at_level(audio: NDArray[np.float32], level_db: float = LEVEL_DB) -> NDArray[np.float32]:
    """Audio float32 [N] at 16 kHz, scaled so that its sounding frames (20 ms, within 40 dB of the loudest) have the
    root mean square ``level_db`` of full scale; peaks beyond full scale are cut.
    """
    size = RATE_HZ // 50
    frames = np.pad(audio.astype(np.float64), (0, -len(audio) % size)).reshape(-1, size)
    power = np.mean(frames**2, axis=1)
    sounding = power[power > power.max() * 1e-4]
    if not len(sounding):
        return audio
    gain = 10.0 ** (level_db / 20.0) / np.sqrt(sounding.mean())
    return np.asarray(np.clip(audio * gain, -1.0, 1.0), np.float32)


def songs(voice: Voice, toy: bool) -> Iterator[tuple[str, Score]]:
    """Name and score of everything that is sung."""
    from singer.score_io import load_score

    low, high = max(C4, round(voice.lowest_midi)), min(C5, round(voice.highest_midi))
    for language in LANGUAGES[: 1 if toy else None]:
        yield f"melody {language}", range_melody(language, low, high, 1 if toy else None)
    for path in () if toy else example_paths():
        yield path.stem, load_score(path)


def means(found: Scores) -> dict[str, float]:
    """Mean of each score over files."""
    return {name: float(np.mean([each[name] for each in found.values()])) for name in SCORES}


def table_row(sung: Scores, spoken: Scores) -> Row:
    """The row, from the scores of each song and of each sentence."""
    ours, teacher = means(sung), means(spoken)
    each = ", ".join(f"{name} {found['ovrl']:.2f}" for name, found in sung.items())
    parts = ", ".join(
        f"{told} {ours[name]:.2f} / {teacher[name]:.2f}"
        for name, told in (("sig", "signal"), ("bak", "background"), ("p808", "P.808"))
    )
    return Row(
        "DNSMOS of singing",
        f"no worse than the teacher's speech by more than {MOST_BELOW}",
        f"{ours['ovrl']:.2f} overall (teacher {teacher['ovrl']:.2f}, difference {ours['ovrl'] - teacher['ovrl']:+.2f}; "
        f"sung / teacher: {parts}; {each}; {len(spoken)} sentences)",
        at_least(ours["ovrl"], teacher["ovrl"] - MOST_BELOW),
        HOW,
    )


def held_out_singing(options: Options) -> Iterator[Item]:
    """Held-out sung takes in the voice's own timbre, in all languages."""
    for language in LANGUAGES:
        yield from takes(
            options.corpus, timbres=frozenset({options.timbre}), kind="sung", heldout=True, language=language
        )


def scale_row(singing: Scores) -> Row:
    """What singing costs the teacher herself."""
    found = means(singing)
    return Row(
        "DNSMOS of the teacher's own singing",
        "",
        f"{found['ovrl']:.2f} overall, signal {found['sig']:.2f}, background {found['bak']:.2f}, P.808 {found['p808']:.2f} "
        f"({len(singing)} held-out takes)",
        None,
        HOW,
    )


def copy_row(copied: Scores, spoken: Scores) -> Row:
    """What the voice itself costs: the same takes, sung by it at her times and pitch."""
    found, teacher = means(copied), means(spoken)
    return Row(
        "DNSMOS of the voice in those takes, at her times and pitch",
        "",
        f"{found['ovrl']:.2f} overall (her speech {found['ovrl'] - teacher['ovrl']:+.2f}), signal {found['sig']:.2f}, "
        f"background {found['bak']:.2f}, P.808 {found['p808']:.2f} ({len(copied)} takes)",
        None,
        HOW,
    )


def as_she_sang(item: Item, voice: Voice) -> NDArray[np.float32]:
    """The item's phones at its times and tracked pitch, sung by ``voice``: float32 [N] at the voice's rate."""
    blocks = sing_phrase(as_performed(item), voice, seed=0, block_frames=BLOCK_FRAMES, cancel=CancelToken())
    return np.concatenate(list(blocks))


def run(options: Options) -> Report:
    """Listen to the voice and to the teacher."""
    voice, listener = load_voice(options.voice), DnsmosListener()

    def heard(samples: NDArray[np.float32], sample_rate_hz: int) -> dict[str, float]:
        return listener.hear(at_level(resampled(samples, sample_rate_hz, RATE_HZ)))

    sung = {}
    for name, score in songs(voice, options.toy):
        song = sing(score, voice)
        sung[name] = heard(song.samples, song.sample_rate_hz)
    items = held_out_speech(options, per_language=1 if options.toy else ITEMS_PER_LANGUAGE)
    spoken = {item.name: heard(item.samples, item.sample_rate_hz) for item in items}
    singing = tuple(held_out_singing(options))
    takes_sung = {item.name: heard(item.samples, item.sample_rate_hz) for item in singing}
    copied = {item.name: heard(as_she_sang(item, voice), voice.spec.sample_rate_hz) for item in singing}
    rows = [table_row(sung, spoken)]
    if singing:
        rows += [scale_row(takes_sung), copy_row(copied, spoken)]
    return Report(
        tuple(rows), {"sung": sung, "spoken": spoken, "teacher_sung": takes_sung, "as_she_sang": copied}
    )

"""Playing live: notes sound where they are told to, words are sung in order, and nothing grows or clicks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from singer.errors import SingerError
from singer.live.controls import LiveControls
from singer.live.plan import LONGEST_ONSET_FRAMES
from singer.live.player import BLOCK_FRAMES, LivePlayer, Played
from singer.voice import Model, Voice
from voicebanks.load import load_voice

HOP = 441


@pytest.fixture(scope="module")
def voice() -> Voice:
    return load_voice("builtin")


@pytest.fixture(scope="module")
def suyin() -> Voice:
    return load_voice("suyin")


def run(player: LivePlayer, blocks: int) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.float32), *(player.next_block() for _ in range(blocks))])


def level_db(samples: np.ndarray, start_frame: int, stop_frame: int) -> float:
    part = samples[start_frame * HOP : stop_frame * HOP]
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


def pitch_hz(samples: np.ndarray) -> float:
    """Of a steady part, by autocorrelation."""
    windowed = samples * np.hanning(len(samples))
    power = np.fft.irfft(np.abs(np.fft.rfft(windowed, 2 * len(windowed))) ** 2)
    low, high = 44_100 // 1_000, 44_100 // 80
    near = np.flatnonzero(power[low:high] > 0.9 * power[low:high].max())
    lag = low + int(near[0]) + int(np.argmax(power[low + near[0] : low + near[0] + 20]))
    before, here, after = power[lag - 1 : lag + 2]
    return 44_100 / (lag + 0.5 * (before - after) / (before - 2 * here + after))


def test_silence_is_exact_before_anything_is_played(voice: Voice) -> None:
    player = LivePlayer(voice, language="en")
    silence = run(player, 5)
    assert len(silence) == 5 * BLOCK_FRAMES * HOP == player.position
    assert not silence.any()


def test_a_note_sounds_from_its_frame_at_its_pitch_until_it_is_let_go(suyin: Voice) -> None:
    player = LivePlayer(suyin, language="en")
    parts = [run(player, 10)]
    played = player.note_on(64, "la")
    assert played.first_frame == 10 * BLOCK_FRAMES + 1
    assert 0 < played.vowel_frame - played.first_frame <= LONGEST_ONSET_FRAMES
    parts.append(run(player, 40))
    player.note_off(64)
    let_go = 50 * BLOCK_FRAMES
    parts.append(run(player, 30))
    samples = np.concatenate(parts)
    assert not samples[: played.first_frame * HOP - HOP].any()
    vowel = samples[(played.vowel_frame + 20) * HOP : (let_go - 5) * HOP]
    assert abs(1200 * np.log2(pitch_hz(vowel) / 329.63)) < 5
    assert level_db(samples, played.vowel_frame + 10, let_go) > -35
    assert not samples[(let_go + 25) * HOP :].any(), "exact silence soon after"
    assert len(samples) == 80 * BLOCK_FRAMES * HOP == player.position


def test_the_player_lags_its_own_frames_by_less_than_thirty_milliseconds(voice: Voice) -> None:
    """What a block gives is complete but for the vocoder's overlap and the limiter's look-ahead."""
    player = LivePlayer(voice, language="en")
    run(player, 3)
    player.note_on(60, "la")
    run(player, 20)
    assert 23 * BLOCK_FRAMES * HOP - player.position < 0.030 * 44_100


def test_legato_takes_over_without_a_gap(suyin: Voice) -> None:
    player = LivePlayer(suyin, language="en")
    player.feed("ah ah")
    first = player.note_on(60)
    parts = [run(player, 30)]
    second = player.note_on(67)
    parts.append(run(player, 40))
    assert player.note_off(60) == (), "the note that was taken over is not held any more"
    parts.append(run(player, 5))
    samples = np.concatenate(parts)
    levels = [level_db(samples, frame, frame + 4) for frame in range(first.vowel_frame + 10, 140, 4)]
    assert min(levels) > -45
    late = samples[(second.vowel_frame + 25) * HOP : 140 * HOP]
    assert abs(1200 * np.log2(pitch_hz(late) / 392.0)) < 8


def test_words_are_sung_in_order_and_typed_ones_come_first(voice: Voice) -> None:
    player = LivePlayer(voice, language="en")
    assert player.feed("twinkle twinkle") == 4
    assert player.feed("好", "zh") == 5
    sung = []
    for lyric in (None, "beautiful", None, None, None, "-", "+", None, None):
        played = player.note_on(62, lyric)
        sung.append(played.lyric)
        run(player, 12)
    assert sung[0] == "twin"
    assert "".join(sung[1:4]) == "beautiful"
    assert sung[5] == "-"
    assert sung[4:5] + sung[6:] == ["kle", "twin", "kle", "好"]


def test_words_can_be_replaced(voice: Voice) -> None:
    player = LivePlayer(voice, language="en")
    player.feed("one two three")
    assert player.feed("la", replace=True) == 1
    assert player.note_on(60).lyric == "la"


def test_without_words_the_vowel_goes_on_or_the_last_syllable_comes_again(voice: Voice) -> None:
    player = LivePlayer(voice, language="en")
    assert [segment.symbol for segment in player.note_on(60).segments] == ["a"]
    run(player, 10)
    assert player.note_on(62).segments == ()
    run(player, 10)
    player.all_off()
    run(player, 30)
    assert [segment.symbol for segment in player.note_on(60, "me").segments] == ["m", "i"]
    run(player, 10)
    player.all_off()
    run(player, 30)
    assert player.note_on(60).lyric == "me"


def test_the_coda_is_sung_when_the_note_ends(voice: Voice) -> None:
    player = LivePlayer(voice, language="en")
    player.note_on(60, "time")
    run(player, 20)
    closing = player.note_off(60)
    assert [segment.symbol for segment in closing][-2:] == ["m", "SP"]
    assert closing[0].start >= 40


@pytest.mark.parametrize("gap_blocks", [0, 1, 2, 3])
def test_a_flood_of_notes_does_not_fall_behind(voice: Voice, gap_blocks: int) -> None:
    """A syllable that was never heard is dropped for the next one."""
    player = LivePlayer(voice, language="en")
    player.feed("strength " * 100)
    played: Played | None = None
    for number in range(60):
        played = player.note_on(60 + number % 12)
        run(player, gap_blocks)
    assert played is not None
    assert played.vowel_frame - 60 * gap_blocks * BLOCK_FRAMES < 60
    player.all_off()
    assert not run(player, 60)[-10 * HOP :].any()


def test_touching_a_key_for_an_instant_sings_its_syllable(voice: Voice) -> None:
    player = LivePlayer(voice, language="en")
    played = player.note_on(60, "so")
    player.note_off(60)
    samples = run(player, 40)
    assert level_db(samples, played.vowel_frame, played.vowel_frame + 6) > -50
    assert not samples[-HOP:].any()


def test_pitch_and_level_have_no_jumps_in_a_wild_performance(suyin: Voice) -> None:
    """No click: between neighbours the sound moves as little as that of a quietly held note does, for its level."""
    generator = np.random.default_rng(3)
    player = LivePlayer(suyin, language="zh")
    player.feed("好一朵美丽的茉莉花" * 10)
    parts = []
    for _ in range(40):
        if generator.random() < 0.7:
            player.note_on(float(generator.integers(57, 77)), velocity=int(generator.integers(40, 127)))
        else:
            player.all_off()
        parts.append(run(player, int(generator.integers(1, 25))))
    player.all_off()
    parts.append(run(player, 40))
    samples = np.concatenate(parts)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 10 ** (-1 / 20) + 1e-4
    # a click is a step that its surroundings do not explain: compare with the steps of the 10 ms around
    steps = np.abs(np.diff(samples))
    around = np.sqrt(np.convolve(samples**2, np.ones(HOP) / HOP, mode="same"))[1:]
    assert (steps < 8 * around + 0.01).all()


def test_controls_turn_while_a_note_is_held(suyin: Voice) -> None:
    live = LiveControls()
    player = LivePlayer(suyin, language="en", live=live)
    player.note_on(62, "ah")
    before = run(player, 40)
    live.turn("loudness_db", -12.0, 20.0)
    after = run(player, 40)
    assert live.told()[0].frame == 80
    fall_db = level_db(after, 20, 75) - level_db(before, 40, 75)
    assert -16 < fall_db < -8


def test_velocity_is_loudness(suyin: Voice) -> None:
    levels = []
    for velocity in (40, 80, 120):
        player = LivePlayer(suyin, language="en")
        player.note_on(62, "ah", velocity)
        levels.append(level_db(run(player, 40), 30, 75))
    assert levels[0] + 3 < levels[1] < levels[2] - 3


def test_the_same_notes_give_the_same_samples(voice: Voice) -> None:
    takes = []
    for _ in range(2):
        player = LivePlayer(voice, language="ja", seed=5)
        player.feed("さくら")
        takes.append(
            np.concatenate(
                [run(player, 4), *(run(player, 9) for midi in (60, 62, 64) if player.note_on(midi))]
            )
        )
    np.testing.assert_array_equal(takes[0], takes[1])


def test_a_note_held_for_a_minute_costs_no_more_at_its_end(voice: Voice) -> None:
    counting = CountingModel(voice.encoder)
    player = LivePlayer(replace(voice, encoder=counting), language="en")
    player.note_on(60, "ah")
    run(player, 3_000)
    assert max(counting.frames) < 600
    assert len(counting.frames) < 3_000 / 10


class CountingModel:
    """Passes on to a model, and keeps the frames that it was told of."""

    def __init__(self, model: Model) -> None:
        self.model, self.frames = model, []

    def run(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        self.frames.append(int(inputs["frames"].sum()))
        return self.model.run(**inputs)


@pytest.mark.parametrize(
    ("midi", "lyric", "velocity", "code"),
    [
        (200, "la", 100, "outside_range"),
        (60, "la", 0, "velocity"),
        (60, "la", 128, "velocity"),
        (60, "☃", 100, ""),
    ],
)
def test_what_cannot_be_played_is_refused(
    voice: Voice, midi: float, lyric: str, velocity: int, code: str
) -> None:
    player = LivePlayer(voice, language="en")
    with pytest.raises(SingerError) as caught:
        player.note_on(midi, lyric, velocity)
    assert code in caught.value.code
    assert not run(player, 3).any()
    player.note_on(60, "la")

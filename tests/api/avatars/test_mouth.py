"""The mouth between the marks: when it opens, how it goes from one to the next, and that it closes."""

from __future__ import annotations

import itertools

import pytest

from api.avatars.mouth import FADE_S, KEPT_S, SHAPES, MouthTrack
from singer.visemes import mouth_of, shapes_of
from tests.api.avatars.marks import END, RATE_HZ, SONG, mark


def track(offset_ms: float = 0.0) -> MouthTrack:
    made = MouthTrack(RATE_HZ, offset_ms)
    made.add(SONG)
    made.finish(END)
    return made


@pytest.mark.parametrize("names", list(SHAPES))
def test_inside_a_mark_the_mouth_is_the_marks(names: str) -> None:
    told = track().weights(1.25, names)  # type: ignore[arg-type]
    wanted = shapes_of(mouth_of("a"), 1.0)[names]
    assert tuple(told) == SHAPES[names]  # type: ignore[index]
    assert {name: value for name, value in told.items() if value} == pytest.approx(wanted)


def test_a_change_takes_60_ms_around_the_mark_and_is_straight() -> None:
    opening = [track().weights(time_s, "vrm")["aa"] for time_s in (0.969, 0.985, 1.0, 1.015, 1.031)]
    assert opening == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


def test_a_closure_shorter_than_the_fade_still_closes() -> None:
    assert track().weights(1.52, "vrm") == pytest.approx(dict.fromkeys(SHAPES["vrm"], 0.0), abs=1e-9)
    assert (
        track().weights(1.52, "arkit")["mouthClose"] == shapes_of(mouth_of("m"), 1.0)["arkit"]["mouthClose"]
    )


def test_nothing_jumps() -> None:
    for names in SHAPES:
        made = track()
        mouths = [made.weights(step / 1_000, names) for step in range(4_400)]
        steps = [abs(b[name] - a[name]) for a, b in itertools.pairwise(mouths) for name in a]
        assert max(steps) <= 1.7 / 40 + 1e-6  # from 1 rounded to 0.7 spread within the shortest mark


def test_the_last_mark_closes_when_its_length_is_over() -> None:
    made = track()
    assert made.weights(3.45, "vrm")["ih"] == 1.0
    assert made.weights(3.5 + FADE_S / 2 + 0.001, "vrm")["ih"] == 0.0


def test_a_mark_without_a_length_holds_until_the_end() -> None:
    made = MouthTrack(RATE_HZ)
    made.add([mark(0, "a", None)])
    assert made.end_s is None
    assert made.weights(60.0, "vrm")["aa"] == 1.0
    made.finish(61_000)
    assert made.weights(61.0, "vrm")["aa"] == pytest.approx(0.5)
    assert not any(made.weights(61.1, "vrm").values())


def test_an_early_end_leaves_out_what_was_to_come() -> None:
    made = track()
    made.finish(1_200)
    assert made.weights(1.1, "vrm")["aa"] == 1.0
    assert not any(any(made.weights(1.3 + step / 10, "vrm").values()) for step in range(30))


@pytest.mark.parametrize("offset_ms", [-150.0, 0.0, 200.0])
def test_a_positive_offset_is_a_later_mouth(offset_ms: float) -> None:
    made = track(offset_ms)
    times_s = [step / 1_000 for step in range(4_400)]
    opened = next(time_s for time_s in times_s if made.weights(time_s, "vrm")["aa"] >= 0.5)
    assert opened == pytest.approx(1.0 + offset_ms / 1_000, abs=0.0011)
    assert made.end_s == 4.0 + offset_ms / 1_000


def test_marks_may_come_after_they_were_needed_and_replace_what_was_told() -> None:
    made = MouthTrack(RATE_HZ)
    assert not any(made.weights(5.0, "vrm").values())
    made.add([mark(4_900, "a", 1_000), mark(5_400, "u", 500)])
    assert made.weights(5.0, "vrm")["aa"] == 1.0
    made.add([mark(5_400, "i", 500)])
    assert made.weights(5.6, "vrm") == {"aa": 0.0, "ih": 1.0, "ou": 0.0, "ee": 0.0, "oh": 0.0}


def test_old_marks_are_forgotten() -> None:
    made, most = MouthTrack(RATE_HZ), 0
    for step in range(3_000):
        made.add([mark(100 * step, "au"[step % 2], 100)])
        made.weights(step / 10, "vrm")
        most = max(most, len(made))
    assert most <= 10 * KEPT_S + 3
    never_asked = MouthTrack(RATE_HZ)
    never_asked.add(mark(100 * step, "a", 100) for step in range(30_000))
    assert len(never_asked) == 20_000


def test_the_volume_is_the_voices_not_the_lips() -> None:
    made = MouthTrack(RATE_HZ)
    made.add([mark(0, "a", 300, 0.4), mark(300, "p", 100), mark(400, "a", 300, 0.6)])
    assert [made.volume(time_s) for time_s in (0.2, 0.35, 0.5, 1.0)] == pytest.approx([0.4, 0.4, 0.6, 0.0])

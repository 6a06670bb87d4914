import pytest

from singer.errors import ScoreError
from singer.time_signatures import TimeSignature, TimeSignatures

WALTZ_THEN_MARCH = TimeSignatures((TimeSignature(0.0, 3, 4), TimeSignature(6.0, 2, 4)))
CUT = TimeSignatures((TimeSignature(0.0, 4, 4), TimeSignature(5.0, 6, 8)))
"""Its second bar lasts one beat."""


@pytest.mark.parametrize(
    ("beat", "bar"), [(-1.0, 1), (0.0, 1), (2.9, 1), (3.0, 2), (6.0, 3), (8.0, 4), (11.0, 5)]
)
def test_bars_are_counted_over_a_change(beat: float, bar: int) -> None:
    assert WALTZ_THEN_MARCH.bar_at(beat) == bar


def test_a_change_inside_a_bar_cuts_it() -> None:
    assert [CUT.bar_at(beat) for beat in (3.9, 4.5, 5.0, 7.9, 8.0)] == [1, 2, 3, 3, 4]
    assert [beat for beat, _ in CUT.bars(9.0)] == [0.0, 4.0, 5.0, 8.0]
    assert (CUT.cuts, WALTZ_THEN_MARCH.cuts) == (1, 0)


def test_bars_and_beats_agree() -> None:
    for signatures in (WALTZ_THEN_MARCH, CUT):
        starts = [beat for beat, _ in signatures.bars(40.0)]
        assert [signatures.bar_at(beat) for beat in starts] == list(range(1, len(starts) + 1))
        assert [signatures.beat_of_bar(bar) for bar in range(len(starts))] == starts
        assert signatures.bars_until(starts[-1]) == len(starts) - 1


def test_what_changes_nothing_is_not_kept() -> None:
    found = [
        TimeSignature(0.0, 3, 4),
        TimeSignature(3.0, 3, 4),
        TimeSignature(9.0, 0, 4),
        TimeSignature(12.0, 6, 8),
    ]
    assert TimeSignatures.of(found).changes == (found[0], found[3])
    assert TimeSignatures.of([TimeSignature(4.0, 5, 4)]).changes == (
        TimeSignature(),
        TimeSignature(4.0, 5, 4),
    )
    assert TimeSignatures.of([]) == TimeSignatures()


def test_the_same_signature_anew_begins_a_bar() -> None:
    assert [
        beat for beat, _ in TimeSignatures.of([TimeSignature(0.0, 3, 4), TimeSignature(1.0, 3, 4)]).bars(7.0)
    ] == [0, 1, 4]


def test_bars_of_files_become_beats() -> None:
    found = TimeSignatures.of_bars([(0, 3, 4), (2, 6, 8), (3, 4, 4)])
    assert found.changes == (TimeSignature(0.0, 3, 4), TimeSignature(6.0, 6, 8), TimeSignature(9.0, 4, 4))
    assert [bar for bar, _ in found.by_bar()] == [0, 2, 3]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ((), "time_signature_start"),
        ((TimeSignature(1.0),), "time_signature_start"),
        ((TimeSignature(), TimeSignature(4.0), TimeSignature(4.0)), "time_signature_order"),
        ((TimeSignature(0.0, 4, 3),), "time_signature_range"),
        ((TimeSignature(0.0, 0, 4),), "time_signature_range"),
        ((TimeSignature(0.0, 1, 64),), "time_signature_range"),
        ((TimeSignature(), TimeSignature(float("nan"))), "time_signature_range"),
    ],
)
def test_refused(changes: tuple[TimeSignature, ...], code: str) -> None:
    with pytest.raises(ScoreError) as caught:
        TimeSignatures(changes)
    assert caught.value.code == code

import pytest

from singer.pitch_names import pitch_midi, pitch_name


@pytest.mark.parametrize(
    ("name", "midi"),
    [("C4", 60), ("A4", 69), ("E4", 64), ("F#4", 66), ("Bb3", 58), ("c♯5", 73), ("e♭4", 63), ("C-1", 0), ("G9", 127),
     ("B#3", 60), ("Cb4", 59), ("Fx4", 67), ("Ebb4", 62), ("D♮4", 62)],
)  # fmt: skip
def test_names_are_the_pitches_that_musicians_mean(name: str, midi: float) -> None:
    assert pitch_midi(name) == midi


@pytest.mark.parametrize(
    "name", ["", "H4", "E", "4", "E44", "E#b4", "E 4", "E4 ", "E4\n", "Cb-1", "G#9", "60", "Do4"]
)
def test_other_texts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="pitch"):
        pitch_midi(name)


def test_every_midi_note_has_a_name_that_means_it() -> None:
    for midi in range(128):
        assert pitch_midi(pitch_name(midi)) == midi


def test_a_pitch_between_notes_is_named_with_cents() -> None:
    assert pitch_name(69.25) == "A4+25c"
    assert pitch_name(68.9) == "A4-10c"

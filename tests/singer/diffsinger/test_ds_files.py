"""``.ds`` files: every field read, wrong ones named, and what is written reads as it was."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from singer.diffsinger.ds_io import is_ds, read_ds
from singer.diffsinger.ds_write import ds_text
from singer.diffsinger.frames import Sampled
from singer.errors import ScoreError
from tests.singer.diffsinger.songs import GIVEN, PLAIN, segments

FULL: dict[str, Any] = {
    **PLAIN, "offset": 1.25, "ph_dur": "0.25 0.08 0.42 0.1 0.5 0.35 0.08 0.82 0.31",
    "note_glide": "none up none none none down none",
    "f0_seq": "220 0 230.5", "f0_timestep": "0.005", "energy": "-30 -20.5", "energy_timestep": "0.01", "tension": "1 2 3",
    "tension_timestep": 0.02, "gender": "0 0.5", "gender_timestep": "0.1", "velocity": "1 1.5", "velocity_timestep": "0.1",
    "expr": 0.5, "spk_mix": {"soft": 0.25, "bright": "0 0.5 1"}, "spk_mix_timestep": "0.5",
    "ph_spk_mix": {"soft": 1, "bright": "0 0 0 0 1 0 0 0 0"}, "seed": 42, "input_type": "phoneme", "unheard_of": [1],
}  # fmt: skip


def test_every_field_is_read() -> None:
    (found,) = segments(FULL)
    assert (found.offset_s, found.language, found.seed, found.expression) == (1.25, "zh", 42, 0.5)
    assert found.phones[1:3] == ("zh/n", "zh/i")
    assert found.lengths_s is not None
    assert found.lengths_s.sum() == pytest.approx(2.91)
    assert found.word_sizes is not None
    assert found.word_sizes.tolist() == [2, 2, 1, 2, 1, 1]
    assert found.notes is not None
    assert found.notes.midi[[1, 5]].tolist() == pytest.approx([60.0, 66.3])
    assert found.notes.rests.tolist() == [True, False, False, True, False, False, True]
    assert found.notes.slurs.tolist() == [False] * 5 + [True, False]
    assert found.notes.glides.tolist() == [0, 1, 0, 0, 0, 2, 0]
    assert found.f0_hz is not None
    assert found.f0_hz.values.tolist() == [220.0, 0.0, 230.5]
    assert set(found.variances) == {"energy", "tension"}
    assert found.variances["tension"].step_s == pytest.approx(0.02)
    assert isinstance(found.gender, Sampled)
    assert isinstance(found.velocity, Sampled)
    assert found.mix["soft"] == 0.25
    assert isinstance(found.mix["bright"], Sampled)
    assert found.phone_mix["soft"] == 1.0
    assert np.asarray(found.phone_mix["bright"]).tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_null_is_absence_and_one_object_is_a_list_of_one() -> None:
    found = read_ds(json.dumps({**FULL, "f0_seq": None, "spk_mix": None, "ph_dur": None}).encode())[0]
    assert found.f0_hz is None
    assert not found.mix
    assert found.lengths_s is None


def test_old_files_tell_notes_by_phoneme_and_are_sung_by_lengths_and_pitch() -> None:
    old = {key: value for key, value in GIVEN.items() if key not in ("note_dur", "note_slur", "ph_num")}
    old |= {"note_seq": "rest C4 C4 E4 E4 rest D4 D4 rest", "note_dur_seq": "0.3 0.5 0.5 0.45 0.45 0.4 0.6 0.6 0.3",
            "is_slur_seq": "0 0 0 0 0 0 0 0 0", "input_type": "phoneme"}  # fmt: skip
    (found,) = segments(old)
    assert found.notes is None
    assert found.duration_s == pytest.approx(2.91)
    with pytest.raises(ScoreError, match="note_dur"):
        segments({**old, "f0_seq": None})


def test_segments_are_sorted_and_what_is_written_reads_as_it_was() -> None:
    found = segments({**PLAIN, "offset": 5}, FULL)
    assert [segment.offset_s for segment in found] == [1.25, 5.0]
    again = read_ds(ds_text(found).encode())
    assert ds_text(again) == ds_text(found)
    for one, two in zip(found, again, strict=True):
        assert one.phones == two.phones
        assert one.notes is not None
        assert two.notes is not None
        assert np.allclose(one.notes.midi, two.notes.midi, equal_nan=True)
    assert again[0].f0_hz is not None
    assert again[0].f0_hz.values.tolist() == [220.0, 0.0, 230.5]
    assert "segment" not in ds_text(found)


@pytest.mark.parametrize(
    ("changed", "where", "told"),
    [
        ({"ph_dur": "0.1 0.2"}, "ph_dur", "2 items; ph_seq has 9"),
        ({"ph_dur": "a " * 9}, "ph_dur", "numbers"),
        ({"ph_dur": "-1" + " 1" * 8}, "ph_dur", "-1 at place 0"),
        ({"ph_num": "2 2"}, "ph_num", "4 phonemes in all"),
        ({"ph_num": "0 9"}, "ph_num", "found 0"),
        ({"ph_seq": ""}, "ph_seq", "words"),
        ({"note_seq": "rest C4 E4 H4 D4 F4 rest"}, "note_seq", "'H4'"),
        ({"note_slur": "1 0 0 0 0 0 0"}, "note_slur", "0 for the first"),
        ({"note_dur": None}, "note_dur", "missing"),
        ({"f0_seq": "220 220"}, "f0_timestep", "missing"),
        ({"f0_seq": "220 nan", "f0_timestep": "0.005"}, "f0_seq", "nan"),
        ({"energy": "1 2", "energy_timestep": "0"}, "energy_timestep", "found 0"),
        ({"spk_mix": ["soft"]}, "spk_mix", "object"),
        ({"ph_spk_mix": {"soft": "1 1"}}, "ph_spk_mix", "2 weights"),
        ({"expr": 3}, "expr", "found 3"),
        ({"seed": "x"}, "seed", "whole number"),
        ({"note_seq": None, "note_dur": None}, "ph_dur", "neither"),
        ({"offset": "later"}, "offset", "'later'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changed: dict[str, Any], where: str, told: str) -> None:
    with pytest.raises(ScoreError) as caught:
        segments(PLAIN, {**PLAIN, **changed})
    assert caught.value.where == f"segment 1, {where}"
    assert told in caught.value.message


@pytest.mark.parametrize(
    "document", [b"", b"\xff\xfe", b"[", b"[]", b"[1]", b"3", b"[" * 100_000, b'{"ph_seq": "\\ud800"}']
)
def test_what_is_no_project_is_refused(document: bytes) -> None:
    with pytest.raises(ScoreError):
        read_ds(document, "x.ds")


def test_projects_are_known_by_name_or_content() -> None:
    assert is_ds(b"", "a/song.DS")
    assert is_ds(b'\xef\xbb\xbf [ {"ph_seq": "a"}]')
    assert not is_ds(b'{"format": "singer-score"}', "song.json")

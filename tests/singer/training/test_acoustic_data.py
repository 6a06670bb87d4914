"""What the acoustic model learns from: rows where the teacher did not sing what was asked are left out."""

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("fairseq")

from singer.phone_track import role_row
from singer.training.acoustic_data import AcousticDataset, collate, row_weights, sung_as_meant
from singer.training.items import Item
from singer.training.prepare import PHONE_ROWS, RAISED_BY, factors_of

FRAMES = np.array([10, 6, 40, 4])


def item(symbols: tuple[str, ...] = ("SP", "s", "a", "SP")) -> Item:
    """Silence, a consonant and a vowel of 40 frames, 80 rows from row 32 on; all loud and voiced."""
    rows = 2 * int(FRAMES.sum())
    return Item(
        envelope=np.full((rows, 96), -3.0, np.float16),
        aperiodicity=np.full((rows, 12), 0.1, np.float16),
        log_f0=np.full(rows, 5.0, np.float32),
        audio=np.zeros(rows * 120, np.int16),
        phone=np.array([PHONE_ROWS[symbol] for symbol in symbols]),
        role=np.array([0, role_row("onset"), role_row("nucleus"), 0]),
        language=np.array([0, 1, 1, 0]),
        frames=FRAMES,
        timbre=0,
        kind="sung",
        raised=1.0,
        name="toy",
    )


def test_a_voiced_and_steady_vowel_is_learnt_whole() -> None:
    assert sung_as_meant(item()).all()


def test_whispered_rows_inside_a_vowel_are_left_out() -> None:
    take = item()
    take.aperiodicity[20:80] = 0.9
    left_out = np.flatnonzero(~sung_as_meant(take))
    np.testing.assert_array_equal(
        left_out, np.arange(40, 80), "the consonant and the vowel's first 40 ms stay"
    )


def test_faded_rows_of_a_vowel_are_left_out() -> None:
    take = item()
    take.envelope[60:90] -= 2.0
    np.testing.assert_array_equal(np.flatnonzero(~sung_as_meant(take)), np.arange(60, 90))
    take.envelope[60:90] += 1.2
    assert sung_as_meant(take).all(), "8 dB are no fading"


def test_noise_of_a_consonant_is_meant() -> None:
    take = item(("SP", "s", "s", "SP"))
    take.aperiodicity[:] = 1.0
    assert sung_as_meant(take).all()


def test_batches_leave_out_padding_and_what_was_not_meant() -> None:
    take, longer = item(), item()
    take.aperiodicity[50:60] = 0.9
    weight = collate([take, longer])["row_weight"].numpy()
    np.testing.assert_array_equal(np.flatnonzero(weight[0] == 0), np.arange(50, 60))
    assert (weight[1] > 0).all()


def test_long_phones_count_less_than_their_length() -> None:
    weight = row_weights(item())
    ends = 2 * np.cumsum(FRAMES)
    silence, consonant, vowel, _ = (part.sum() for part in np.split(weight, ends[:-1]))
    assert silence == 20
    assert consonant == 12, "a short phone counts in full"
    assert vowel == pytest.approx(np.sqrt(20 * 80)), "80 rows"


def taught_and_kept(folder: Path, take: Item) -> tuple[AcousticDataset, AcousticDataset]:
    """Data sets that hold one take: to be taught, and held out."""
    arrays = {
        field.name: getattr(take, field.name)
        for field in fields(take)
        if isinstance(getattr(take, field.name), np.ndarray)
    }
    for heldout in (False, True):
        np.savez(folder / f"{heldout}.npz", **arrays)
    rows = [
        {"file": f"{heldout}.npz", "timbre": 0, "heldout": heldout, "kind": take.kind, "raised": 1.0}
        for heldout in (False, True)
    ]
    (folder / "items.json").write_text(json.dumps({"timbres": ["toy"], "items": rows}), "utf-8")
    taught, kept = (AcousticDataset(folder, heldout=heldout, seed=1) for heldout in (False, True))
    return taught, kept


def test_spoken_takes_have_other_lengths_in_every_epoch(tmp_path: Path) -> None:
    """The held-out part stays as it is."""
    taught, kept = taught_and_kept(tmp_path, replace(item(), kind="spoken"))
    lengths = []
    for epoch in range(1, 6):
        taught.set_epoch(epoch)
        kept.set_epoch(epoch)
        lengths.append(tuple(taught[0].frames))
        np.testing.assert_array_equal(taught[0].frames, lengths[-1])
        np.testing.assert_array_equal(kept[0].frames, FRAMES)
    assert len(set(lengths)) > 1


def with_h() -> Item:
    """Pauses of 200 and of 40 ms, and between them 300 ms of voiceless [h] and a vowel."""
    frames = np.array([20, 30, 40, 4])
    rows = 2 * int(frames.sum())
    aperiodicity = np.full((rows, 12), 0.1, np.float16)
    aperiodicity[40:100] = 1.0
    return replace(
        item(("SP", "h", "a", "SP")),
        envelope=np.full((rows, 96), -3.0, np.float16),
        aperiodicity=aperiodicity,
        log_f0=np.full(rows, 5.0, np.float32),
        audio=np.zeros(rows * 120, np.int16),
        frames=frames,
    )


def test_a_long_pause_is_now_and_then_taught_as_a_breath(tmp_path: Path) -> None:
    taught, _ = taught_and_kept(tmp_path, with_h())
    breaths = 0
    for epoch in range(1, 101):
        taught.set_epoch(epoch)
        read = taught[0]
        pause = slice(0, 2 * int(read.frames[0]))
        breathed = read.phone[0] == PHONE_ROWS["AP"]
        assert breathed or read.phone[0] == PHONE_ROWS["SP"]
        assert (read.aperiodicity[pause] == (1.0 if breathed else np.float16(0.1))).all()
        assert ((read.envelope[pause] == -3.0).all()) != breathed
        assert read.phone[3] == PHONE_ROWS["SP"], "40 ms are too short to breathe"
        breaths += int(breathed)
    assert 10 < breaths < 60


def test_pauses_of_held_out_takes_stay_pauses(tmp_path: Path) -> None:
    _, kept = taught_and_kept(tmp_path, with_h())
    for epoch in range(1, 101):
        kept.set_epoch(epoch)
        for name in ("phone", "frames", "envelope", "aperiodicity", "log_f0"):
            np.testing.assert_array_equal(getattr(kept[0], name), getattr(with_h(), name))


def test_every_third_take_is_also_sped_up() -> None:
    factors = [factors_of(number) for number in range(9)]
    assert [len(each) for each in factors] == [2, 1, 1] * 3
    assert [each[1] for each in factors[::3]] == list(RAISED_BY)

"""Segments sung by generated banks: what is given is sung as given, every input does its work, every kind of bank runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.openutau_graphs import HOP, RATE_HZ, BankPlan
from singer.cancel import CancelToken
from singer.diffsinger.bank import Bank, Module
from singer.diffsinger.frames import Sampled
from singer.diffsinger.segment import Segment
from singer.diffsinger.sing import Rendered, SingOptions, sing_segment
from singer.diffsinger.song import DsSong, check_segments, stream_segments
from singer.diffsinger.stages import Line, raw_lengths
from singer.errors import Cancelled, ScoreError, VoicebankError
from tests.singer.diffsinger.conftest import Banks
from tests.singer.diffsinger.songs import plain, segments

STEP_S = HOP / RATE_HZ
LENGTHS = "0.25 0.08 0.42 0.1 0.5 0.35 0.08 0.82 0.31"
KINDS = {
    "plain": BankPlan(),
    "one singer": BankPlan(speakers=()),
    "one language": BankPlan(languages=("zh",), lang_ids=False),
    "phoneme mode": BankPlan(by_words=False),
    "speedup and whole depth": BankPlan(is_old=True),
    "speedup": BankPlan(is_old=True, has_depth=False),
    "lengths that know of words": BankPlan(dur_by_words=True),
    "noise": BankPlan(noise=True),
    "one curve": BankPlan(variances=("tension",)),
    "no curves": BankPlan(variances=(), modules=("dur", "pitch")),
}


def given(**more: object) -> Segment:
    return plain(ph_dur=LENGTHS, f0_seq=" ".join(["220"] * 600), f0_timestep="0.005", **more)


def far(one: Rendered, other: Rendered) -> float:
    return float(np.abs(one.mel - other.mel).max())


@pytest.mark.parametrize("plan", KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_bank_sings_repeatably(banks: Banks, plan: BankPlan) -> None:
    bank = banks(plan)
    song = plain(ph_seq="SP n i h ao AP t ian SP") if len(plan.languages) == 1 else plain()
    first, again = sing_segment(song, bank), sing_segment(song, bank)
    assert np.array_equal(first.samples, again.samples)
    assert len(first.samples) == HOP * first.phone_frames.sum()
    assert 0.01 < np.abs(first.samples).max() < 2.0
    assert set(first.variances) == set(plan.variances)
    other = sing_segment(song, bank, SingOptions(seed=1))
    assert np.array_equal(first.samples, other.samples) != plan.noise


def test_a_segments_own_seed_counts(banks: Banks) -> None:
    bank = banks(BankPlan(noise=True))
    own, again, other = (sing_segment(plain(seed=seed), bank) for seed in (3, 3, 4))
    assert np.array_equal(own.samples, again.samples)
    assert not np.array_equal(own.samples, other.samples)


def test_given_lengths_and_pitch_are_sung_exactly(bank: Bank) -> None:
    f0 = 300.0 + 40.0 * np.sin(np.arange(900) / 20.0)
    song = plain(ph_dur=LENGTHS, f0_seq=" ".join(f"{value:.4f}" for value in f0), f0_timestep="0.004")
    found = sing_segment(song, bank)
    ends_s = np.cumsum([float(each) for each in LENGTHS.split()])
    assert np.cumsum(found.phone_frames).tolist() == np.round(ends_s / STEP_S + 0.5).astype(int).tolist()
    wanted = np.interp(np.arange(len(found.f0_hz)) * STEP_S, np.arange(900) * 0.004, f0)
    assert np.abs(1200 * np.log2(found.f0_hz / wanted)).max() < 0.1
    # the toy vocoder is a tone of the pitch that it is given: count its periods
    crossings = np.flatnonzero((found.samples[:-1] < 0) & (found.samples[1:] >= 0))
    assert len(crossings) == pytest.approx(found.f0_hz.sum() * STEP_S, abs=2)


def test_predicted_lengths_fill_the_words_of_the_notes(bank: Bank) -> None:
    found = sing_segment(plain(), bank)
    notes = plain().notes
    assert notes is not None
    words = np.add.reduceat(found.phone_frames, [0, 2, 4, 5, 7, 8])
    assert np.abs(words - notes.word_frames(STEP_S)).max() <= 1  # rounding of two phonemes


def test_a_duration_model_may_take_words_and_their_lengths(banks: Banks, bank: Bank) -> None:
    """The generated model that takes them adds half of its word's frames to each phoneme."""
    line = Line(("SP", "zh/n", "zh/i", "SP"), None, np.array([2, 2]))
    frames = np.array([30, 50])
    found = []
    for each in (bank, banks(BankPlan(dur_by_words=True))):
        assert each.durations is not None
        found.append(raw_lengths(each.durations, line, frames, np.full(4, 60), {}))
    assert found[1] - found[0] == pytest.approx([15.0, 15.0, 25.0, 25.0], abs=1e-3)


def test_given_curves_are_kept_and_the_rest_is_predicted(bank: Bank) -> None:
    free = sing_segment(given(), bank)
    curve = Sampled(np.linspace(-50, -20, 100).astype(np.float32), 0.03)
    kept = sing_segment(replace(given(), variances={"energy": curve}), bank)
    total = len(kept.f0_hz)
    assert np.array_equal(kept.variances["energy"], curve.at_frames(STEP_S, total))
    assert not np.allclose(kept.variances["energy"], free.variances["energy"])
    assert np.array_equal(kept.variances["tension"], free.variances["tension"])


@pytest.mark.parametrize(
    "changed",
    [
        {"gender": 0.5},
        {"gender": "0 1 0", "gender_timestep": "1"},
        {"velocity": "1.5 1.5", "velocity_timestep": "1"},
        {"spk_mix": {"bright": 1.0}},
        {"spk_mix": {"soft": "1 0", "bright": "0 1"}, "spk_mix_timestep": "2.5"},
        {"ph_seq": "SP ja/n ja/i ja/h ja/o AP ja/k ja/e SP"},
    ],
)
def test_everything_that_can_be_given_is_heard(bank: Bank, changed: dict[str, object]) -> None:
    assert far(sing_segment(given(**changed), bank), sing_segment(given(), bank)) > 0.01


def test_expression_scales_the_pitch_models_part(bank: Bank) -> None:
    pitches = [
        np.log2(sing_segment(plain(ph_dur=LENGTHS, expr=expr), bank).f0_hz / 440) for expr in (0.0, 0.5, 1.0)
    ]
    assert np.abs(12 * (pitches[2] - pitches[0])).max() > 0.05
    assert np.abs(pitches[1] - (pitches[0] + pitches[2]) / 2).max() < 1e-4


def test_mixes_are_normalised_and_lie_between(bank: Bank) -> None:
    half = sing_segment(given(spk_mix={"soft": 0.2, "bright": 0.2}), bank)
    same = sing_segment(given(spk_mix={"soft": "1 1", "bright": "1 1"}, spk_mix_timestep="1"), bank)
    assert far(half, same) < 1e-6
    assert far(sing_segment(given(spk_mix={"soft": 0.3}), bank), sing_segment(given(), bank)) == 0.0
    lengths = [sing_segment(plain(ph_spk_mix=mix), bank).phone_frames for mix in ({"soft": 1}, {"bright": 1})]
    assert lengths[0].tolist() != lengths[1].tolist()


def test_mel_of_base_10_sounds_as_that_of_base_e(banks: Banks) -> None:
    natural, decimal = (sing_segment(given(), banks(BankPlan(mel_base=base))) for base in ("e", "10"))
    assert np.abs(natural.mel - decimal.mel * np.log(10)).max() < 1e-3
    assert np.abs(natural.samples - decimal.samples).max() < 1e-3


def test_another_key_moves_given_and_predicted_pitch(bank: Bank) -> None:
    for song in (given(), plain(ph_dur=LENGTHS)):
        low, high = (sing_segment(song, bank, SingOptions(semitones=moved)) for moved in (0.0, 5.0))
        assert 12 * np.log2(high.f0_hz / low.f0_hz) == pytest.approx(np.full(len(low.f0_hz), 5.0), abs=0.2)


def test_unvoiced_frames_reach_the_vocoder_as_such(bank: Bank) -> None:
    song = given()
    values = np.where(np.arange(600) < 300, 0.0, 220.0).astype(np.float32)
    found = sing_segment(replace(song, f0_hz=Sampled(values, 0.005)), bank)
    assert np.ptp(found.samples[: RATE_HZ // 2]) < 1e-6  # a tone of 0 Hz
    assert np.isfinite(found.mel).all()


@pytest.mark.parametrize(
    ("plan", "song", "told"),
    [
        (BankPlan(modules=("pitch", "variance")), plain(), "dsdur"),
        (BankPlan(modules=("dur", "variance")), plain(), "dspitch"),
        (BankPlan(modules=("dur", "pitch")), given(), "dsvariance"),
    ],
)
def test_a_module_that_is_missing_is_missed(banks: Banks, plan: BankPlan, song: Segment, told: str) -> None:
    with pytest.raises(VoicebankError, match=told):
        sing_segment(song, banks(plan))


def test_everything_given_needs_no_module(banks: Banks) -> None:
    curves = {
        name: Sampled(np.full(600, -30.0, np.float32), 0.005)
        for name in ("energy", "breathiness", "voicing", "tension")
    }
    song = replace(given(), variances=curves, notes=None, word_sizes=None)
    assert np.abs(sing_segment(song, banks(BankPlan(modules=()))).samples).max() > 0.01


def test_unknown_phonemes_speakers_and_words_are_named(bank: Bank) -> None:
    with pytest.raises(VoicebankError, match="'zh/q'"):
        sing_segment(plain(ph_seq="SP zh/q zh/i zh/h zh/ao AP zh/t zh/ian SP"), bank)
    with pytest.raises(VoicebankError, match="'nobody'"):
        sing_segment(given(spk_mix={"nobody": 1}), bank)
    with pytest.raises(ScoreError, match="6 words of phonemes and 7 of notes"):
        sing_segment(plain(note_slur="0 0 0 0 0 0 0"), bank)


def test_bare_names_need_a_language(bank: Bank) -> None:
    bare = plain(ph_seq="SP n i h ao AP t ian SP")
    assert np.array_equal(sing_segment(bare, bank).samples, sing_segment(plain(), bank).samples)
    with pytest.raises(VoicebankError, match="no phoneme 'ao'"):
        sing_segment(replace(bare, language="ja"), bank)


def test_a_cancelled_segment_stops(bank: Bank) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        sing_segment(plain(), bank, cancel=token)


def test_segments_lie_at_their_offsets_and_fade_into_each_other(bank: Bank) -> None:
    one = sing_segment(given(), bank).samples
    rate = RATE_HZ
    later = 6.0
    song = DsSong(segments(_at(0.0), _at(2.5), _at(later)))
    sound = np.concatenate([chunk.samples for chunk in stream_segments(song, bank)])
    assert np.array_equal(sound[: int(2.5 * rate)], one[: int(2.5 * rate)])
    over = len(one) - round(2.5 * rate)
    rising = (np.arange(over) + 0.5) / over
    wanted = one[-over:] * (1 - rising) + one[:over] * rising
    assert np.abs(sound[round(2.5 * rate) :][:over] - wanted).max() < 1e-6
    assert not sound[round(2.5 * rate) + len(one) : round(later * rate)].any()
    assert np.array_equal(sound[round(later * rate) :], one)


def _at(offset: float) -> dict[str, object]:
    from tests.singer.diffsinger.songs import PLAIN

    return {
        **PLAIN,
        "ph_dur": LENGTHS,
        "f0_seq": " ".join(["220"] * 600),
        "f0_timestep": "0.005",
        "offset": offset,
    }


def test_the_first_segment_sounds_before_the_second_is_sung(bank: Bank) -> None:
    broken = {**_at(9.0), "note_slur": "0 0 0 0 0 0 0", "ph_dur": None}
    chunks = stream_segments(DsSong(segments(_at(0.0), broken)), bank)
    first = next(chunks)
    assert np.abs(first.samples).max() > 0.01
    with pytest.raises(ScoreError, match="segment 1"):
        list(chunks)


def test_phonemes_are_checked_before_any_sound(bank: Bank) -> None:
    unknown = {**_at(9.0), "ph_seq": "SP zh/q zh/i zh/h zh/ao AP zh/t zh/ian SP"}
    with pytest.raises(VoicebankError, match="segment 1"):
        stream_segments(DsSong(segments(_at(0.0), unknown)), bank)


def test_singers_are_mixed_by_their_bare_names(bank: Bank) -> None:
    speakers = {f"acoustic_v2.{name}": vector for name, vector in bank.acoustic.speakers.items()}

    def named(module: Module | None) -> Module:
        assert module is not None
        return replace(module, speakers=speakers)

    renamed = replace(bank, acoustic=named(bank.acoustic), durations=named(bank.durations))
    renamed = replace(renamed, pitch=named(bank.pitch), variance=named(bank.variance))
    mixed = plain(spk_mix={"soft": 0.25, "bright": 0.75}, ph_spk_mix={"bright": 1})
    check_segments(DsSong((mixed,)), renamed)
    told = {name: f"acoustic_v2.{name}" for name in ("soft", "bright")}
    full = plain(spk_mix={told["soft"]: 0.25, told["bright"]: 0.75}, ph_spk_mix={told["bright"]: 1})
    assert np.array_equal(sing_segment(mixed, renamed).samples, sing_segment(full, renamed).samples)
    assert not np.array_equal(sing_segment(mixed, renamed).mel, sing_segment(plain(), renamed).mel)
    with pytest.raises(VoicebankError, match="nobody"):
        check_segments(DsSong((plain(spk_mix={"nobody": 1}),)), renamed)

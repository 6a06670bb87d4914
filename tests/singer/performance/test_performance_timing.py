"""Timing by hand-computed numbers, with a table of round lengths: 70 ms nasal, 110 ms fricative and so on."""

from dataclasses import replace

import pytest
from phrase_builders import phrase, syllable

from singer.errors import PerformanceError
from singer.performance.lengths import fit_lengths
from singer.performance.phone_timing import ClassTiming, DurationTable
from singer.performance.style import Style
from singer.performance.sung_units import syllable_weight
from singer.performance.timing import time_phones

QUIET = Style(breaths=False)
ROUND = DurationTable(
    classes={
        "stop": ClassTiming(0.060, 0.090),
        "voiced_stop": ClassTiming(0.060, 0.080),
        "aspirated_stop": ClassTiming(0.100, 0.100),
        "affricate": ClassTiming(0.080, 0.110),
        "aspirated_affricate": ClassTiming(0.115, 0.115),
        "fricative": ClassTiming(0.110, 0.110),
        "voiced_fricative": ClassTiming(0.090, 0.090),
        "nasal": ClassTiming(0.070, 0.110, 0.35),
        "liquid": ClassTiming(0.070, 0.100, 0.35),
        "glide": ClassTiming(0.050, 0.050),
        "unreleased": ClassTiming(0.070, 0.070),
        "offglide": ClassTiming(0.100, 0.100, 0.30),
        "closure": ClassTiming(0.090, 0.090),
    }
)


def rows(rows_in, language="zh", style=QUIET, durations=ROUND, **options):
    """Timing as (symbol, start, end) with times in milliseconds, rounded to 10 µs."""
    timing = time_phones(phrase(rows_in, language, **options), style, durations)
    return [
        (span.symbol, round(span.start_s * 1000, 2), round(span.end_s * 1000, 2)) for span in timing.spans
    ]


def test_mandarin_ni_hao():
    found = rows([("n i", 0.5, 64), ("x ɑ u̯", 0.5, 67)])
    assert found == [
        ("SP", 890, 930),  # 40 ms of silence before the onset
        ("n", 930, 1000),
        ("i", 1000, 1390),
        ("x", 1390, 1500),
        ("ɑ", 1500, 1900),
        ("u̯", 1900, 2000),
        ("SP", 2000, 2120),
    ]


def test_mandarin_glide_is_last_before_the_beat():
    found = rows([("ɕ j ɑ ŋ", 0.6, 60), ("ʈʂʰ w a n", 0.6, 62)])
    assert found[:3] == [("SP", 800, 840), ("ɕ", 840, 950), ("j", 950, 1000)]
    # 165 ms of onset from a note of 600 ms leave 435; ŋ takes its 110 of at most 35 % of that
    assert found[3:7] == [("ɑ", 1000, 1325), ("ŋ", 1325, 1435), ("ʈʂʰ", 1435, 1550), ("w", 1550, 1600)]


def test_cantonese_unreleased_stop():
    found = rows([("j y t̚", 0.4, 60), ("k w ɔ ŋ", 0.4, 62)], "yue")
    # k + w = 110 ms, below 45 % of 400; the closure takes 70 ms of the 290 left
    assert found[1:6] == [
        ("j", 950, 1000),
        ("y", 1000, 1220),
        ("t̚", 1220, 1290),
        ("k", 1290, 1350),
        ("w", 1350, 1400),
    ]
    # the last nasal: 110 ms, below 35 % of 400
    assert found[6:8] == [("ɔ", 1400, 1690), ("ŋ", 1690, 1800)]


def test_english_clusters_are_squeezed_together():
    found = rows([("ɡ o u̯", 0.4, 60), ("s t ɹ ɔ ŋ", 1.0, 62)], "en")
    # s t ɹ ask for 110 + 60 + 70 = 240 ms; 45 % of 400 is 180, so each gets three quarters
    assert found[4:7] == [("s", 1220, 1302.5), ("t", 1302.5, 1347.5), ("ɹ", 1347.5, 1400)]
    # 220 ms are left: the offglide may take 30 % of them, 66 ms
    assert found[2:4] == [("o", 1000, 1154), ("u̯", 1154, 1220)]


def test_english_coda_cluster_takes_at_most_half():
    found = rows([("w ɪ n d z", 0.4, 60), ("a", 0.4, 60)], "en")
    # n 110, d 80, z 90 = 280 ms are cut to 200 in proportion
    assert found[2] == ("ɪ", 1000, 1200)
    assert found[3] == ("n", 1200, pytest.approx(1200 + 110 * 200 / 280, abs=0.01))
    assert found[5][2] == 1400


def test_released_coda_sounds_on_into_the_last_rest():
    found = rows([("s ɪ t", 0.5, 60)], "en")
    # the release after the phrase is 120 ms, of which the t may use at most 60
    assert found[2:] == [("ɪ", 1000, 1470), ("t", 1470, 1560), ("SP", 1560, 1620)]
    assert rows([("s i n", 0.5, 60)], "en")[-2:] == [("n", 1390, 1500), ("SP", 1500, 1620)]


def test_japanese_sokuon_with_its_own_note_is_a_silent_nucleus():
    found = rows([("s a", 0.3, 60), ("Q", 0.3, 60), ("k a", 0.3, 60)], "ja")
    assert found[1:5] == [("s", 890, 1000), ("a", 1000, 1300), ("Q", 1300, 1540), ("k", 1540, 1600)]


def test_japanese_sokuon_without_a_note_closes_the_mora_before():
    found = rows([("s a Q", 0.4, 60), ("k a", 0.4, 60)], "ja")
    assert found[2:5] == [("a", 1000, 1250), ("Q", 1250, 1340), ("k", 1340, 1400)]


def test_japanese_moraic_nasal_has_its_own_note():
    found = rows([("h o", 0.4, 60), ("ɴ", 0.4, 60), ("t o", 0.4, 60)], "ja")
    assert found[2:5] == [("o", 1000, 1400), ("ɴ", 1400, 1740), ("t", 1740, 1800)]


def test_fast_passages_shorten_consonants():
    found = rows([("s a", 0.15, 60), ("s a", 0.15, 60)], "ja")
    # half the length at half of 300 ms: 55 ms, below 45 % of 150
    assert found[2:4] == [("a", 1000, 1095), ("s", 1095, 1150)]


def test_offglides_go_first_below_120_ms():
    assert [row[0] for row in rows([("a i̯", 0.119, 60), ("m a", 0.5, 60)])] == ["SP", "a", "m", "a", "SP"]
    assert [row[0] for row in rows([("a i̯", 0.121, 60), ("m a", 0.5, 60)])] == [
        "SP",
        "a",
        "i̯",
        "m",
        "a",
        "SP",
    ]


def test_notes_too_short_lose_codas_then_onsets_and_say_so():
    timing = time_phones(phrase([("a n", 0.055, 60), ("s t ɹ i", 0.5, 60)], "en"), QUIET, ROUND)
    assert [span.symbol for span in timing.spans] == ["SP", "a", "i", "SP"]
    assert timing.warnings == ((0, "too short to sing n s t ɹ, left out; make the note longer"),)
    timing = time_phones(phrase([("a n", 0.085, 60), ("s t ɹ i", 0.5, 60)], "en"), QUIET, ROUND)
    assert [span.symbol for span in timing.spans] == ["SP", "a", "t", "ɹ", "i", "SP"]


def test_onset_limit_of_250_ms():
    slow = ROUND.measured({("s", "onset"): 0.3, ("t", "onset"): 0.2})
    found = rows([("a", 2.0, 60), ("s t a", 1.0, 60)], "en", durations=slow)
    assert found[2:4] == [("s", 2750, 2900), ("t", 2900, 3000)]


def test_measured_lengths_replace_the_table():
    table = ROUND.measured({("n", "onset"): 0.05})
    assert rows([("n i", 0.5, 60)], durations=table)[1] == ("n", 950, 1000)
    assert table.length_s("n", "coda") == ROUND.length_s("n", "coda")
    with pytest.raises(PerformanceError) as caught:
        ROUND.measured({("n", "onset"): 0.5})
    assert (caught.value.code, caught.value.where) == ("duration_range", "length of n as onset")
    with pytest.raises(PerformanceError, match="allowed are p"):
        ROUND.measured({("!", "onset"): 0.1})


def test_melisma_repeats_the_nucleus_and_closes_at_the_end():
    timing = time_phones(
        phrase([("m a n", 0.5, 60), ("-", 0.5, 62), ("-", 0.5, 64), ("t i", 0.5, 60)]), QUIET
    )
    found = [(span.symbol, span.note) for span in timing.spans]
    assert found == [
        ("SP", None), ("m", 0), ("a", 0), ("a", 1), ("a", 2), ("n", 2), ("t", 3), ("i", 3), ("SP", None),
    ]  # fmt: skip
    assert [span.start_s for span in timing.spans if span.symbol == "a"] == [1.0, 1.5, 2.0]


def test_a_vowel_held_over_a_breath_closes_after_it():
    timing = time_phones(phrase([("m a n", 0.5, 60), ("AP", 0.3, 60), ("-", 0.5, 64)]), QUIET, ROUND)
    assert [span.symbol for span in timing.spans] == ["SP", "m", "a", "AP", "a", "n", "SP"]


def test_syllables_share_a_note_by_weight():
    timing = time_phones(phrase([("k a/t e/n o", 0.9, 60)], "ja"), QUIET, ROUND)
    assert [span.start_s for span in timing.spans if span.role == "nucleus"] == pytest.approx([1.0, 1.3, 1.6])
    assert {span.note for span in timing.spans} == {0, None}
    timing = time_phones(phrase([("k a/ɴ", 0.7, 60)], "ja"), QUIET, ROUND)
    assert [span.start_s for span in timing.spans if span.role == "nucleus"] == pytest.approx([1.0, 1.4])


@pytest.mark.parametrize(
    ("symbols", "language", "reading", "weight"),
    [
        ("m a", "zh", "ma5", 0.75),
        ("m a", "zh", "ma1", 1.0),
        ("m a", "yue", "maa5", 1.0),
        ("ð ə", "en", "DH AH0", 0.75),
        ("s ʌ n", "en", "S AH1 N", 1.0),
        ("Q", "ja", "っ", 0.75),
        ("k a", "ja", "か", 1.0),
    ],
)
def test_weights_of_syllables(symbols, language, reading, weight):
    assert syllable_weight(syllable(symbols, language, reading)) == weight


def test_notes_that_overlap_by_float_error_still_join():
    drawn = phrase([("m a", 0.5, 60), ("n i", 0.5, 62)])
    first = replace(drawn.notes[0], end_s=drawn.notes[0].end_s + 5e-7)
    timing = time_phones(replace(drawn, notes=(first, drawn.notes[1])), QUIET, ROUND)
    assert timing.units[0].end_s == timing.units[1].start_s == 1.5


def test_too_many_syllables_for_a_note_are_refused():
    with pytest.raises(PerformanceError) as caught:
        time_phones(phrase([("/".join(["k a"] * 30), 0.2, 60)], "ja"), QUIET, ROUND)
    assert (caught.value.code, caught.value.where) == ("note_too_short", "note 0")


def test_a_vowel_held_from_nowhere_is_refused():
    with pytest.raises(PerformanceError) as caught:
        time_phones(phrase([("-", 0.5, 60), ("k a", 0.5, 60)]), QUIET, ROUND)
    assert (caught.value.code, caught.value.where) == ("no_vowel_to_hold", "note 0")


def test_small_rests_hold_the_onset_and_then_silence():
    found = rows([("m a", 0.5, 60), ("rest", 0.2, 0), ("m a", 0.5, 60)])
    assert found[2:5] == [("a", 1000, 1500), ("SP", 1500, 1630), ("m", 1630, 1700)]
    # a rest shorter than the onset goes to the onset, which takes the rest of its time from the note
    found = rows([("m a", 0.5, 60), ("rest", 0.05, 0), ("s a", 0.5, 60)])
    assert found[2:4] == [("a", 1000, 1440), ("s", 1440, 1550)]
    # what is left of a rest below 20 ms is no silence: the vowel goes on
    found = rows([("m a", 0.5, 60), ("rest", 0.08, 0), ("m a", 0.5, 60)])
    assert found[2:4] == [("a", 1000, 1510), ("m", 1510, 1580)]


def test_released_coda_sounds_on_into_a_small_rest():
    found = rows([("s ɪ t", 0.5, 60), ("rest", 0.2, 0), ("m i", 0.5, 60)], "en")
    # 130 ms of rest are left by m; t may overrun by 60
    assert found[3:6] == [("t", 1470, 1560), ("SP", 1560, 1630), ("m", 1630, 1700)]


class TestFirstNote:
    def test_no_room_squeezes_the_onset_into_the_head_of_the_note(self):
        timing = time_phones(phrase([("s a", 0.5, 60), ("m a", 0.5, 60)], start_s=0.0), QUIET, ROUND)
        assert [(s.symbol, round(s.start_s, 6), round(s.end_s, 6)) for s in timing.spans[:2]] == [
            ("s", 0.0, 0.08),
            ("a", 0.08, 0.43),
        ]
        ((note, message),) = timing.warnings
        assert note == 0
        assert "80 ms late" in message

    def test_a_little_room_is_used_first(self):
        found = rows([("s a", 0.5, 60)], start_s=0.05)
        assert found[:2] == [("s", 0, 110), ("a", 110, 550)]

    def test_most_of_the_room_is_enough(self):
        found = rows([("s a", 0.5, 60)], start_s=0.07)
        assert found[:2] == [("s", 0, 70), ("a", 70, 570)]

    def test_a_vowel_needs_no_room(self):
        timing = time_phones(phrase([("a", 0.5, 60)], start_s=0.0), QUIET, ROUND)
        assert timing.spans[0].start_s == 0.0
        assert timing.warnings == ()


class TestBreaths:
    ROWS = (("m a", 1.0, 60), ("m a", 1.0, 62))

    def test_a_rest_with_room_gets_a_breath(self):
        found = rows(self.ROWS, style=Style())
        # 2 s of phrase: 300 ms * (5 + 2 * 2 / 8) / 6 = 275 ms, 30 ms before the onset
        assert found[:4] == [("SP", 580, 625), ("AP", 625, 900), ("SP", 900, 930), ("m", 930, 1000)]

    def test_a_breath_before_a_long_phrase_is_longer(self):
        found = rows([("m a", 2.0, 60)] * 5, style=Style())
        assert found[1] == ("AP", 550, 900)

    def test_a_short_rest_gets_none(self):
        symbols = [row[0] for row in rows(self.ROWS, style=Style(), start_s=5.0, before_s=0.44)]
        assert "AP" not in symbols
        assert rows(self.ROWS, style=Style(), start_s=5.0, before_s=0.46)[1][0] == "AP"

    def test_a_long_phrase_snatches_a_breath_in_a_short_rest(self):
        line = [("m a", 2.1, 60), ("m a", 2.0, 60)]
        # of 330 ms the release before takes 82.5; 70 go to m, 20 and 30 are silence
        found = rows(line, style=Style(), start_s=5.0, before_s=0.33, index=1)
        assert found[:3] == [("SP", 4760, 4780), ("AP", 4780, 4900), ("SP", 4900, 4930)]
        shorter = [("m a", 1.9, 60), ("m a", 2.0, 60)]
        assert "AP" not in [
            row[0] for row in rows(shorter, style=Style(), start_s=5.0, before_s=0.33, index=1)
        ]
        assert "AP" not in [
            row[0] for row in rows([("s t ɹ i", 4.1, 60)], "en", Style(), start_s=5.0, before_s=0.33, index=1)
        ]

    def test_breaths_can_be_switched_off(self):
        assert "AP" not in [row[0] for row in rows(self.ROWS, style=Style(breaths=False))]

    def test_breath_notes_of_the_score(self):
        found = rows([("AP", 0.5, 60), ("s a", 0.5, 60), ("AP", 0.3, 60), ("s a", 0.5, 60)], style=Style())
        assert [row[0] for row in found] == ["SP", "AP", "s", "a", "AP", "s", "a", "SP"]
        assert found[1:3] == [("AP", 1000, 1390), ("s", 1390, 1500)]

    def test_a_long_phrase_breathes_in_its_small_rests_before_it_runs_out(self):
        line = [("m a", 3.0, 60), ("rest", 0.29, 0)] * 4
        timing = time_phones(phrase(line[:-1], start_s=5.0), Style(), ROUND)
        breaths = [span for span in timing.spans if span.symbol == "AP"]
        # chances after 3, 6.29 and 9.58 s; the second is the last before 8 s are over
        assert [round(span.end_s, 2) for span in breaths] == [4.9, pytest.approx(5.0 + 6.58 - 0.07 - 0.03)]
        assert all(abs(span.end_s - span.start_s) >= 0.12 for span in breaths)
        short = time_phones(phrase(line[:3], start_s=5.0), Style(), ROUND)
        assert sum(span.symbol == "AP" for span in short.spans) == 1

    def test_a_breath_note_counts_as_a_breath(self):
        line = [("m a", 3.0, 60), ("AP", 0.29, 60), ("m a", 3.0, 60), ("rest", 0.29, 0), ("m a", 4.0, 60)]
        spans = time_phones(phrase(line, start_s=5.0), Style(), ROUND).spans
        # from the end of the breath note to the end of the phrase it is 7.3 s, from the start of the phrase 10.6 s
        assert [round(span.end_s, 2) for span in spans if span.symbol == "AP" and span.note is None] == [4.9]

    def test_breaths_never_shorten_notes(self):
        line = [("m a", 3.0, 60), ("rest", 0.29, 0)] * 4
        with_breaths, without = (
            [
                (s.start_s, s.end_s)
                for s in time_phones(phrase(line[:-1], start_s=5.0), style, ROUND).spans
                if s.role
            ]
            for style in (Style(), QUIET)
        )
        assert with_breaths == without


def test_fit_lengths():
    assert fit_lengths([0.1, 0.1], 0.1) == [0.05, 0.05]
    assert fit_lengths([0.3, 0.03], 0.1) == pytest.approx([0.08, 0.02])
    assert fit_lengths([1.0, 1.0, 1.0], 0.03) == pytest.approx([0.01] * 3)
    assert fit_lengths([1.0, 0.1, 0.23], 0.12) == pytest.approx([0.08, 0.02, 0.02])
    assert fit_lengths([], 0.3) == []

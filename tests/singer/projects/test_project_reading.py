"""Project files of other editors, against values known independently: hand-written files, and a song of LibreSVIP's."""

from __future__ import annotations

import io
import stat
import zipfile

import numpy as np
import pytest

import bench.fuzz
from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.projects import open_file
from singer.projects.lyrics import score_lyric, with_arpabet
from singer.score import Score
from singer.score_io import find_format, load_score
from tests.singer.projects.sources import HAND_WRITTEN, NOTES, s5p, ust, ustx, vpr, vsqx

SCORES: dict[str, Score] = {}


def score_of(name: str) -> Score:
    """The hand-written file of a format; opened once for all tests."""
    if name not in SCORES:
        SCORES[name] = load_score(HAND_WRITTEN[name](), name=f"song.{name}")
    return SCORES[name]


def midi_at(score: Score, tick: float) -> float | None:
    """Drawn pitch at a tick, ``None`` if there is none."""
    beat = tick / 480
    for line in score.drawn_pitch:
        if line[0][0] <= beat <= line[-1][0]:
            return float(np.interp(beat, *np.array(line).T))
    return None


@pytest.mark.parametrize("name", HAND_WRITTEN)
class TestHandWrittenFiles:
    def test_notes_lyrics_and_tempi(self, name: str) -> None:
        score = score_of(name)
        found = [
            (note.start_beat * 480, note.duration_beats * 480, note.midi, note.lyric) for note in score.notes
        ]
        assert found == [(start, length, key, lyric) for start, length, key, lyric in NOTES]
        assert score.tempo.changes == ((0.0, 100.0), (4.0, 140.0))
        assert score.language == "ja"

    def test_time_signatures(self, name: str) -> None:
        changes = score_of(name).time_signatures.changes
        expected = {"ustx": "3/4@0 6/8@6", "ccs": "3/4@0 6/8@6", "ust": "4/4@0"}.get(name, "4/4@0 3/4@4")
        assert " ".join(f"{change}@{change.beat:g}" for change in changes) == expected

    def test_the_bend_is_drawn_to_a_cent(self, name: str) -> None:
        score = score_of(name)
        for tick in (610, 650, 705):
            assert midi_at(score, tick) == pytest.approx(60.5, abs=0.01), tick
        assert midi_at(score, 1300) is None or midi_at(score, 1300) == pytest.approx(65.0, abs=0.01)


def test_cevio_pitch_after_a_change_of_tempo() -> None:
    assert midi_at(score_of("ccs"), 2425) == pytest.approx(67.25, abs=0.001)


def test_loudness_of_each_format() -> None:
    assert score_of("ustx").curves["loudness_db"] == ((0.5, 0.0), (1.5, -6.0))
    assert score_of("ustx").curves["gender"][0] == (0.5, 0.25)
    assert score_of("svp").curves["loudness_db"] == ((0.0, 0.0), (2.0, -6.0))
    beat, loudness_db = score_of("vsqx").curves["loudness_db"][-1]
    assert beat == 2.0
    assert loudness_db == pytest.approx(-6.0206, abs=1e-3)


def test_vibrato_of_openutau_and_utau() -> None:
    for name in ("ustx", "ust"):
        vibrato = score_of(name).notes[3].vibrato
        assert vibrato is not None
        assert (vibrato.depth_cents, vibrato.rate_hz, vibrato.start) == (30.0, 5.0, 0.5)
        length_s = 960 / 480 * 60 / 140
        assert vibrato.attack_s == pytest.approx(0.5 * 0.2 * length_s)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ustx", ("drums.wav", "voic", 'other tracks are not sung: 2 "Choir" (1 notes)')),
        ("svp", ("parameters voicing",)),
        ("vsqx", ("controllers clearness",)),
        ("vpr", ("controllers growl",)),
        ("ust", ("Flags",)),
    ],
)
def test_what_is_left_out_is_listed(name: str, words: tuple[str, ...]) -> None:
    told = "\n".join(score_of(name).warnings)
    for word in words:
        assert word in told


def test_vocaloid_lyrics_keep_their_letters_and_breaths_their_place() -> None:
    """か becomes a breath by its phoneme, which LibreSVIP leaves out; the bend of tick 600 stays where it is."""
    document = vsqx().decode().replace("<![CDATA[き]]>", "<![CDATA[Night]]>")
    document = document.replace("<![CDATA[か]]></y><p><![CDATA[a]]>", "<![CDATA[か]]></y><p><![CDATA[Asp]]>")
    score = load_score(document.encode(), name="song.vsqx")
    assert [note.lyric for note in score.notes] == ["AP", "Night", "-", "く"]
    assert score.notes[1].start_beat == 2.0
    assert midi_at(score, 650) == pytest.approx(60.5)
    assert score.curves["loudness_db"][-1][0] == 2.0


def test_bars_before_a_vocaloid_song_have_their_own_lengths() -> None:
    """Two of the four bars before the song have three beats, and the bars change once more after it has begun."""
    signature = "<timeSig><m>{}</m><nu>{}</nu><de>4</de></timeSig>"
    signatures = "".join(signature.format(*each) for each in ((0, 3), (2, 4), (5, 5)))
    document = vsqx().decode().replace(signature.format(0, 4), signatures)
    document = document.replace("<t>7680</t>", "<t>6720</t>").replace("<t>9600</t>", "<t>8640</t>")
    score = load_score(document.encode(), name="song.vsqx")
    assert [note.start_beat for note in score.notes] == [1.0, 2.0, 2.5, 4.0]
    assert score.tempo.changes == ((0.0, 100.0), (4.0, 140.0))


def test_no_backing_audio_is_not_listed() -> None:
    assert score_of("s5p").warnings == ()
    song = s5p().replace(b'"filename": ""', b'"filename": "C:\\\\music\\\\drums.wav"')
    assert load_score(song, name="song.s5p").warnings == ('left out: backing audio "drums.wav"',)


def test_a_track_by_number_or_name() -> None:
    for track in (2, "choir"):
        score = load_score(ustx(), options=ImportOptions(track=track))
        assert [note.lyric for note in score.notes] == ["ら"]
    with pytest.raises(ScoreError, match=r'1 "Lead" .4 notes.; 2 "Choir"') as caught:
        load_score(ustx(), options=ImportOptions(track="Bass"))
    assert caught.value.code == "which_track"


@pytest.mark.parametrize("name", ["tssln", "acep", "dv"])
def test_formats_that_cannot_be_written_by_hand(name: str) -> None:
    """Packed or scrambled formats: LibreSVIP writes the song that ``bench.fuzz`` describes; the values are that song's."""
    (document,) = (found for _, found in bench.fuzz.by_libresvip([name]))
    assert find_format(document) == name
    score = load_score(document, name=f"song.{name}")
    found = [(note.start_beat, note.duration_beats, note.midi, note.lyric) for note in score.notes]
    assert found == [
        (1.0, 1.0, 60.0, "か"),
        (2.0, 0.5, 64.0, "き"),
        (2.5, 0.5, 65.0, "-"),
        (4.0, 2.0, 67.0, "く"),
    ]
    assert score.tempo.changes == ((0.0, 100.0), (4.0, 140.0))
    expected = (
        [(0.0, 4, 4)] if name == "acep" else [(0.0, 4, 4), (8.0, 3, 4)]
    )  # ACE Studio's writer keeps the first one
    assert [(each.beat, each.beats, each.unit) for each in score.time_signatures.changes] == expected
    errors = [
        abs((midi_at(score, tick) or 0.0) - (60.0 + (tick / 480 - 1) * 48 / 40)) for tick in (600, 750, 900)
    ]
    assert max(errors) < (0.05 if name == "tssln" else 0.03)


def test_files_are_known_by_their_content() -> None:
    for name, make in HAND_WRITTEN.items():
        assert find_format(make()) == name
    assert find_format(b'{"format": "singer-score", "library": 1}', "song.svp") == "json"
    assert find_format(b"MThd") == "midi"


def test_without_libresvip_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_file, "find_spec", lambda name: None)
    with pytest.raises(ScoreError, match=r"singer-engine\[projects\]"):
        load_score(ustx())
    assert len(load_score(ust()).notes) == len(NOTES)


@pytest.mark.parametrize(
    ("text", "lyric"),
    [
        ("ー", "-"), ("+~", "-"), ("...", "-"), ("+", "+"), ("+2", "+"), ("br", "AP"), ("AP", "AP"),
        ("R", None), (" か ", "か"), ("っ", "っ"), ("?la", "la"),
    ],
)  # fmt: skip
def test_signs_of_other_editors(text: str, lyric: str | None) -> None:
    assert score_lyric(text)[0] == lyric


def test_phonetic_hints() -> None:
    assert score_lyric("hello[hh ah l ow]") == ("hello", "hh ah l ow")
    assert with_arpabet("hello", "en/hh en/ah0 en/l en/ow1") == "hello{HH AH0 L OW1}"
    assert with_arpabet("hello", "h @ l @U") is None


class TestUntrustedFiles:
    def test_a_number_beyond_all_bounds_is_refused(self) -> None:
        for document in (
            ustx().replace(b"duration: 960", b"duration: 1000000000000"),
            vsqx().replace(b"<dur>960</dur>", b"<dur>1000000000000</dur>"),
            ust().replace(b"Length=960", b"Length=1000000000000"),
        ):
            with pytest.raises(ScoreError):
                load_score(document)

    def test_a_wrong_value_is_named_with_its_place(self) -> None:
        with pytest.raises(ScoreError, match=r"duration: .*, found 'long'"):
            load_score(ustx().replace(b"duration: 960", b"duration: long", 1))

    def test_yaml_that_is_cut_off_at_the_end_of_a_line(self) -> None:
        document = ustx()
        inside_a_note = document[: document.index(b"    vibrato: {length: 50")]
        with pytest.raises(ScoreError, match="cut off: its last note has no vibrato"):
            load_score(inside_a_note, name="song.ustx")
        score = load_score(document[: document.index(b"- name: Second")], name="song.ustx")
        assert "no wave_parts" in "\n".join(score.warnings)

    def test_entities_and_references_are_not_followed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(open_file, "LONGEST_S", 4.0)
        bomb = b'<?xml version="1.0"?><!DOCTYPE v [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><vsq4 >&b;</vsq4>'
        with pytest.raises(ScoreError):
            load_score(bomb, name="song.vsqx")
        lists = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 12)}]" for n in range(1, 12))
        with pytest.raises(ScoreError):
            load_score(f"ustx_version: '0.6'\nl0: &l0 [1]\n{lists}\nvoice_parts: *l11\n".encode())
        with pytest.raises(ScoreError):
            load_score(b"ustx_version: !!python/object/apply:os.system ['exit']\n")

    def test_an_archive_that_unpacks_to_more_than_is_allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(open_file, "LARGEST_MEMBER_BYTES", 100)
        with pytest.raises(ScoreError, match="more than"):
            load_score(vpr(), name="song.vpr")

    def test_an_archive_with_links_or_a_password_is_not_opened(self) -> None:
        stream = io.BytesIO(vpr())
        with zipfile.ZipFile(stream, "a") as archive:
            link = zipfile.ZipInfo("a.wav")
            link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, "/etc/passwd")
        with pytest.raises(ScoreError, match="is a link"):
            load_score(stream.getvalue(), name="song.vpr")
        locked = bytearray(vpr())
        locked[locked.find(b"PK\x01\x02") + 8] |= 1
        with pytest.raises(ScoreError, match="encrypted"):
            load_score(bytes(locked), name="song.vpr")

    def test_a_ust_of_endless_bends_is_refused_before_it_is_read(self) -> None:
        with pytest.raises(ScoreError, match="2500000 numbers"):
            load_score(ust() + b"PBW=" + b"1," * (2_500_000 - ust().count(b",")))

    def test_a_reader_that_takes_too_long_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(open_file, "LONGEST_S", 0.01)
        with pytest.raises(ScoreError, match="took more than"):
            load_score(ustx())

"""Examples by the shipped singers: the octave, the self-check, the pictures, and the page that is made from them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bench.material import example_paths, write_score
from bench.singer_pictures import (
    BANDS_HZ,
    FOLDER,
    LARGEST_BYTES,
    OVERVIEW,
    PANELS,
    draw_overview,
    draw_singer,
    spectrum_db,
    vowel_places_hz,
)
from bench.singer_results import (
    REFERENCE,
    SingerResult,
    digest,
    read_results,
    shipped_singers,
    write_results,
)
from bench.singers import moved, octaves_for, self_check, sing_all, song_result, sung_vowels
from bench.singers_page import PAGE, block_of, blocks, fill, markers, passport_line, singer_block, song_table
from bench.sung import Sung, load_voice, sing
from singer.audio import read_audio
from singer.errors import ScoreError
from singer.pitch_names import pitch_name
from singer.score import Note, Score, TempoMap
from voicebanks.load import find_voice
from voicebanks.passport import read_passport

SINGERS = shipped_singers()
NAMES = [voice.manifest.name for voice in SINGERS]
RESULTS = read_results()
TEXT = PAGE.read_text(encoding="utf-8")
AGAIN = "run python -m bench.singers (with --page-only if no voice has changed)"


def melody(*heights: int) -> Score:
    notes = tuple(
        Note(1.0 + place, 1.0, float(midi), "la", phones="l a") for place, midi in enumerate(heights)
    )
    return Score(notes, "ja", TempoMap(((0.0, 120.0),)), "melody")


@pytest.fixture(scope="module")
def sung() -> Sung:
    return sing(melody(57, 60, 64), load_voice("builtin"))


class TestOctaves:
    def test_a_song_near_the_middle_stays(self) -> None:
        assert octaves_for(melody(60, 64, 67), 48, 84) == 0
        assert octaves_for(melody(57, 74), 43, 79) == 0

    def test_a_high_song_goes_down_for_a_low_voice_and_a_low_one_up(self) -> None:
        assert octaves_for(melody(62, 74), 38, 76) == -1
        assert octaves_for(melody(45, 50), 55, 88) == 2

    def test_notes_outside_decide_before_the_middle_does(self) -> None:
        assert octaves_for(melody(59, 60, 72), 60, 84) == 1

    def test_a_song_that_fits_nowhere_is_refused(self) -> None:
        with pytest.raises(ScoreError, match="outside the range"):
            octaves_for(melody(40, 80), 60, 72)

    def test_every_note_moves(self) -> None:
        assert [note.midi for note in moved(melody(60, 64), -1).notes] == [48, 52]


def test_the_self_check_is_kept_and_silence_is_told_as_none(sung: Sung) -> None:
    found = self_check(sung)
    kept = song_result(-1, found)
    assert (kept.octaves, kept.points, kept.rests_peak_dbfs) == (-1, found.points, None)
    assert kept.clear_points > 0
    assert kept.pitch_error_cents is not None
    assert kept.pitch_error_cents < 10
    loud = song_result(0, replace(found, rests_peak_dbfs=-20.0))
    assert loud.rests_peak_dbfs == -20.0


def test_a_spectrum_is_told_against_its_sum(sung: Sung) -> None:
    levels = spectrum_db([sung])
    assert len(levels) == len(BANDS_HZ)
    assert sum(10 ** (level / 10) for level in levels) == pytest.approx(1.0, abs=0.02)
    softer = replace(sung, samples=sung.samples * 0.1)
    assert spectrum_db([softer]) == pytest.approx(levels, abs=0.11)


def test_pictures_are_drawn_and_small(sung: Sung, tmp_path: Path) -> None:
    from PIL import Image

    draw_singer("Builtin", dict.fromkeys(PANELS, sung), tmp_path / "one.png")
    draw_overview(RESULTS, tmp_path / "all.png")
    for path in (tmp_path / "one.png", tmp_path / "all.png"):
        assert path.stat().st_size <= LARGEST_BYTES
        with Image.open(path) as picture:
            assert min(picture.size) > 300
            assert len(picture.convert("RGB").getcolors(1_000_000) or ()) > 8


class TestPage:
    """No singing here: manifests, passports and the results at hand against what the page says."""

    def test_made_blocks_are_those_that_would_be_made_now(self) -> None:
        for name, text in blocks(SINGERS, RESULTS).items():
            assert block_of(TEXT, name) == text.strip(), f"{name}: {AGAIN}"

    def test_all_shipped_singers_but_the_builtin_voice_are_there(self) -> None:
        assert set(NAMES) == {"suyin", "tangli", "yaoling", "yansha", "shenlin"}
        titles = re.findall(r"^## (.+)$", block_of(TEXT, "singers"), re.MULTILINE)
        assert titles == [voice.manifest.title for voice in SINGERS]

    @pytest.mark.parametrize("voice", SINGERS, ids=NAMES)
    def test_range_axes_and_cosines_are_those_of_the_folder(self, voice) -> None:
        manifest, evidence = voice.manifest, read_passport(voice.folder).evidence
        block = block_of(TEXT, "singers").split(f"## {manifest.title}\n")[1].split("\n## ")[0]
        lowest, highest = (
            pitch_name(midi) for midi in (manifest.range.lowest_midi, manifest.range.highest_midi)
        )
        assert f"Range: {lowest} to {highest}." in block
        for name, value in manifest.axes.items():
            assert f"{name} {value:+g}" in block
        for figures in (evidence.sung, evidence.spoken):
            source, near = max(figures.to_sources.items(), key=lambda item: item[1])
            assert f"`{source}` {near:.3f}" in block
            others = {name: near for name, near in figures.to_singers.items() if name in NAMES}
            singer, near = max(others.items(), key=lambda item: item[1])
            assert f"`{singer}` {near:.3f}" in block
            assert f"{figures.same_singer:.3f}" in block

    @pytest.mark.parametrize("voice", SINGERS, ids=NAMES)
    def test_results_are_of_the_voice_that_is_shipped(self, voice) -> None:
        result = RESULTS[voice.manifest.name]
        assert result.voice_digest == digest(voice), "sung by another voice: run python -m bench.singers"
        assert set(result.songs) == {path.stem for path in example_paths()}

    @pytest.mark.parametrize("name", [f"{name}.png" for name in NAMES] + [OVERVIEW])
    def test_pictures_are_there_and_small(self, name: str) -> None:
        assert 10_000 < (FOLDER / name).stat().st_size <= LARGEST_BYTES

    def test_every_song_is_in_tune_and_rests_are_silent(self) -> None:
        for result in RESULTS.values():
            for song in result.songs.values():
                assert song.pitch_error_cents is not None
                assert song.pitch_error_cents < 5.0
                assert song.rests_peak_dbfs is None
                assert song.peak_dbfs <= 0.0


def test_a_singer_that_was_mixed_says_of_what() -> None:
    voice = SINGERS[0]
    mixed = replace(
        voice, manifest=voice.manifest.model_copy(update={"mix": {"blend1": 0.75, "suyin": 0.25}})
    )
    assert "- Mixed from the taught timbres `blend1` 0.75, `suyin` 0.25.\n- Folder" in singer_block(
        mixed, NAMES
    )


def test_a_voice_without_a_passport_says_so(tmp_path: Path) -> None:
    assert passport_line(replace(SINGERS[0], folder=tmp_path), NAMES).startswith("none yet")


def test_a_narrow_run_keeps_the_rest_unless_the_voice_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vowels = sung_vowels(load_voice("builtin"), toy=True)
    assert (len(vowels.formants_hz), len(vowels.centroid_hz)) == (2, 2)
    monkeypatch.setattr("bench.singers.sung_vowels", lambda voice: vowels)
    monkeypatch.setattr("bench.singers.range_ends_cents", lambda voice: 1.0)
    path = tmp_path / "short.json"
    write_score(melody(60, 64), path)
    found = find_voice("builtin")
    before = RESULTS[REFERENCE]
    fresh = sing_all(found, [path], tmp_path / "out", before)
    assert set(fresh.songs) == {"short"}, "what another voice sang is not kept"
    assert len(fresh.spectrum_db) == len(BANDS_HZ)
    assert read_audio(tmp_path / "out" / "builtin" / "short.wav").duration_s > 1
    own = before.model_copy(update={"voice_digest": digest(found)})
    kept = sing_all(found, [path], tmp_path / "out", own)
    assert set(kept.songs) == {*before.songs, "short"}
    assert kept.spectrum_db == before.spectrum_db, "a spectrum is that of all songs"


def test_a_page_without_its_markers_is_refused() -> None:
    begin, end = markers("songs")
    assert fill(f"a\n{begin}\nold\n{end}\nb", {"songs": "new"}) == f"a\n{begin}\nnew\n{end}\nb"
    for page in ("a", f"{begin}", f"{end} {begin}", f"{begin}{begin}{end}"):
        with pytest.raises(ValueError, match="the page needs one"):
            fill(page, {"songs": "new"})
    with pytest.raises(ValueError, match="no block"):
        block_of("a", "songs")


def test_the_table_of_songs_tells_of_octaves_noise_and_what_is_not_sung() -> None:
    result = RESULTS[REFERENCE]
    song = next(iter(result.songs.values()))
    low = song.model_copy(update={"octaves": -1, "pitch_error_cents": 1.25, "within_50_cents": 0.5})
    breathy = song.model_copy(update={"pitch_error_cents": None, "clear_points": 0, "rests_peak_dbfs": -30.0})
    changed = {name: RESULTS[name] for name in NAMES}
    changed[NAMES[0]] = result.model_copy(update={"songs": {"one": low, "two": breathy}})
    table = song_table(SINGERS, changed)
    assert "| `one` | -1 octave: 1.25 / 50 % / " in table
    assert "| `two` | no clear pitch / " in table
    assert "| `jasmine` |  |" in table
    assert "not silent in 1 of them" in table


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_results(RESULTS, {"cpu": "X"}, tmp_path / "singers.json")
    assert read_results(tmp_path / "singers.json") == RESULTS
    assert read_results(tmp_path / "none.json") == {}


def test_vowels_stand_where_vowels_stand() -> None:
    result: SingerResult = RESULTS[REFERENCE]
    open_hz, close_hz = vowel_places_hz(result)[:2]
    assert open_hz[0] > close_hz[0] + 200, "a is more open than i"
    assert close_hz[1] > open_hz[1] + 500, "i is more in front than a"

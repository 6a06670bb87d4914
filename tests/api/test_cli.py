"""The other verbs as a user meets them: results, messages and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from singer.audio import read_audio
from tests.api.cli_runs import BUILTIN, ROOT, run
from tests.singer.score_files import Sung, midi_file, midi_track

pytestmark = pytest.mark.usefixtures("own_home")


class TestPhonemes:
    def test_entries(self) -> None:
        result = run("phonemes", "你好", "--language", "zh", "--json")
        entries = json.loads(result.stdout)
        assert [entry["reading"] for entry in entries] == ["ni3", "hao3"]
        assert entries[0] == {
            "text": "你",
            "language": "zh",
            "reading": "ni3",
            "phones": [{"phone": "n", "role": "onset"}, {"phone": "i", "role": "nucleus"}],
            "source": "dictionary",
        }

    @pytest.mark.parametrize(
        ("text", "language"), [("你好", "zh"), ("佢哋", "yue"), ("love", "en"), ("さくら", "ja")]
    )
    def test_language_is_guessed_from_the_script(self, text: str, language: str) -> None:
        assert {entry["language"] for entry in json.loads(run("phonemes", text, "--json").stdout)} == {
            language
        }

    @pytest.mark.parametrize(
        ("text", "language"), [("hang2", "zh"), ("hong4", "zh"), ("hoeng1 gong2", "yue"), ("ni3 hao3!", "zh")]
    )
    def test_readings_alone_tell_their_language(self, text: str, language: str) -> None:
        entries = json.loads(run("phonemes", text, "--json").stdout)
        assert [(entry["language"], entry["source"]) for entry in entries] == [(language, "typed")] * len(
            text.split()
        )

    def test_table_for_people(self) -> None:
        result = run("phonemes", "你好")
        assert "hao3" in result.stdout
        assert "x ɑ u̯" in result.stdout

    def test_lines_stay_aligned_around_errors(self) -> None:
        lines = ["你好", "", "Ω", "さくら", "abc\u2028你"]
        stdin = "\n".join(lines).encode() + b"\n\xff\xfe\n\xe4\xbd\xa0\r\n"
        result = run("phonemes", "-", "--json", stdin=stdin)
        documents = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(documents) == 7
        assert [len(documents[index]) for index in (0, 1, 3, 6)] == [2, 0, 3, 1]
        assert documents[2]["error"]["code"]
        assert documents[5]["error"]["code"] == "not_utf8"
        assert "line 3:" in result.stderr
        assert "line 6:" in result.stderr
        assert result.exit_code == 4

    def test_readable_lines_exit_with_0(self) -> None:
        assert run("phonemes", "-", "--json", stdin="你好\n".encode()).exit_code == 0

    @pytest.mark.parametrize("text", ["Ω", "", "  ", "\u200b", "!!!", "+ -"])
    def test_unreadable_text(self, text: str) -> None:
        result = run("phonemes", text, "--json")
        assert result.exit_code == 4
        assert json.loads(result.stdout)["error"]["code"]

    def test_missing_dictionary(self) -> None:
        assert run("phonemes", "你", "--dictionary", "absent.tsv").exit_code == 2

    def test_broken_dictionary(self) -> None:
        Path("bad.tsv").write_text("zh\t花\tqqq9\n", encoding="utf-8")
        result = run("phonemes", "你", "--dictionary", "bad.tsv")
        assert result.exit_code == 4
        assert "bad.tsv" in result.stderr


class TestPerform:
    def test_notes_that_an_import_leaves_out_are_told_of(self) -> None:
        notes = [Sung(0, 1, 60, "la"), Sung(3, 1, 62), Sung(6, 1, 64, "li")]
        Path("song.mid").write_bytes(midi_file(midi_track(notes)))
        assert (
            "warning: note at beat 3 (bar 1): it has no lyric" in run("perform", "song.mid", *BUILTIN).stderr
        )
        assert (
            "beat 3 (bar 1)"
            in json.loads(run("perform", "song.mid", *BUILTIN, "--json").stdout)["warnings"][0]
        )

    def test_standard_output(self, score: Path) -> None:
        document = json.loads(run("perform", score, "-o", "-").stdout)
        assert document["format"] == "singer-performance"
        assert len(document["phrases"]) == 2

    def test_json_result_and_default_name(self, score: Path) -> None:
        document = json.loads(run("perform", score, "--json").stdout)
        assert document["path"] == "song.performance.json"
        assert Path("song.performance.json").is_file()

    def test_a_performance_is_no_score(self, score: Path) -> None:
        run("perform", score, "-o", "p.json")
        assert run("perform", "p.json").exit_code == 3

    def test_two_things_on_standard_output(self, score: Path) -> None:
        assert run("perform", score, "-o", "-", "--json").exit_code == 2


class TestInspect:
    def test_the_encoding_of_midi_lyrics_can_be_told(self) -> None:
        notes = [Sung(0, 1, 60, "さ"), Sung(1, 1, 62, "く")]
        Path("song.mid").write_bytes(midi_file(midi_track(notes, encoding="euc-jp")))
        told = run("inspect", "song.mid", "--lyrics-encoding", "euc-jp", "--json")
        assert json.loads(told.stdout)["languages"] == ["ja"]
        wrong = json.loads(run("inspect", "song.mid", "--lyrics-encoding", "klingon", "--json").stdout)
        assert "unknown encoding 'klingon'" in wrong["problem"]

    def test_each_kind(self, score: Path) -> None:
        run("sing", score, "-o", "a.wav")
        run("perform", score, "-o", "p.json")
        folder = ROOT / "voicebanks" / "builtin"
        for target, kind in (
            (score, "score"),
            ("a.wav", "sound"),
            ("p.json", "performance"),
            (folder, "voice"),
        ):
            result = run("inspect", target, "--json")
            assert result.exit_code == 0, result.stderr
            assert json.loads(result.stdout)["kind"] == kind
            assert kind in run("inspect", target).stdout

    def test_score_facts(self, score: Path) -> None:
        document = json.loads(run("inspect", score, "--json").stdout)
        assert (document["notes"], document["lowest"], document["highest"]) == (4, "E4", "A4")
        assert document["duration_s"] == 4.5

    def test_tracks_of_a_midi_file(self) -> None:
        document = json.loads(
            run("inspect", ROOT / "examples" / "imports" / "amazing_grace.mid", "--json").stdout
        )
        assert document["format"] == "midi"
        assert any(track["syllables"] for track in document["tracks"])
        assert document["notes"] > 20

    def test_sound_facts(self, score: Path) -> None:
        run("sing", score, "-o", "a.wav")
        document = json.loads(run("inspect", "a.wav", "--json").stdout)
        assert 350 < document["median_pitch_hz"] < 450

    def test_other_files(self) -> None:
        Path("notes.txt").write_text("hello", encoding="utf-8")
        result = run("inspect", "notes.txt")
        assert result.exit_code == 3
        assert "notes.txt" in result.stderr


class TestVoicesAndDoctor:
    def test_voices(self) -> None:
        names = [voice["name"] for voice in json.loads(run("voices", "--json").stdout)]
        assert "builtin" in names
        assert "builtin" in run("voices").stdout

    def test_own_voices(self, own_home: Path) -> None:
        folder = own_home / ".local" / "share" / "singer" / "voices" / "broken"
        folder.mkdir(parents=True)
        (folder / "voicebank.json").write_text("{}", encoding="utf-8")
        result = run("voices", "--json")
        assert result.exit_code == 0
        assert "broken" in result.stderr
        names = [voice["name"] for voice in json.loads(result.stdout)]
        assert "suyin" in names, "one voice that cannot be read hides no other"
        assert "broken" not in names

    def test_doctor_sings_and_measures(self) -> None:
        result = run("doctor", "--json")
        report = json.loads(result.stdout)
        builtin = next(voice for voice in report["voices"] if voice["name"] == "builtin")
        assert report["ok"] is True
        assert result.exit_code == 0
        assert builtin["pitch_error_cents"] < 8
        assert "all is well" in run("doctor").stdout

    def test_doctor_finds_a_broken_voice(self, own_home: Path) -> None:
        folder = own_home / ".local" / "share" / "singer" / "voices" / "broken"
        folder.mkdir(parents=True)
        (folder / "voicebank.json").write_text("{}", encoding="utf-8")
        result = run("doctor", "--json")
        assert result.exit_code == 7
        assert json.loads(result.stdout)["ok"] is False
        assert "FAILS" in run("doctor").stdout


class TestDemo:
    def test_sings_every_score(self, score: Path) -> None:
        result = run("demo", ".", "out")
        assert result.exit_code == 0, result.stderr
        assert Path("out/song.wav").is_file()
        assert "real-time factor" in result.stdout

    def test_empty_folder(self) -> None:
        Path("empty").mkdir()
        assert run("demo", "empty", "out").exit_code == 3


class TestExpression:
    """``--emotion``, ``--control`` and the list of them."""

    def test_they_change_the_performance(self, score: Path) -> None:
        written = []
        for more in ((), ("--emotion", "tender=0.7", "--emotion", "bright=0.3"), ("--control", "growl=0.5")):
            assert run("perform", str(score), "-o", "out.json", *more).exit_code == 0
            written.append(json.loads(Path("out.json").read_text(encoding="utf-8"))["phrases"][0])
        plain, felt, growled = written
        assert max(felt["curves"]["breathiness"]) > max(plain["curves"]["breathiness"]) + 0.1
        assert "brightness" in felt["curves"]
        assert set(growled["curves"]["growl"]) == {0.5}
        assert growled["curves"]["f0_hz"] == plain["curves"]["f0_hz"]
        assert "growl" not in plain["curves"]

    def test_a_whispered_song_is_sung(self, score: Path) -> None:
        assert run("sing", str(score), "-o", "out.wav", "--control", "whisper=1").exit_code == 0
        assert read_audio("out.wav").samples.any()

    @pytest.mark.parametrize(
        ("more", "code", "message"),
        [
            (("--emotion", "tender=2"), 3, "weights from 0 to 1"),
            (("--emotion", "angry=1"), 3, "melancholic"),
            (("--control", "growl=-1"), 5, "0 to 1"),
            (("--control", "volume=1"), 5, "loudness_db"),
            (("--control", "growl"), 2, "NAME=NUMBER"),
            (("--control", "growl=much"), 2, "NAME=NUMBER"),
        ],
    )
    def test_wrong_values(self, score: Path, more: tuple[str, ...], code: int, message: str) -> None:
        result = run("sing", str(score), *more)
        assert result.exit_code == code
        assert message in result.stderr

    def test_a_performance_takes_controls_but_no_emotion(self, score: Path) -> None:
        assert run("perform", str(score), "-o", "p.json").exit_code == 0
        assert run("sing", "p.json", "-o", "p.wav", "--control", "falsetto=0.5").exit_code == 0
        refused = run("sing", "p.json", "--emotion", "tender=1")
        assert refused.exit_code == 5
        assert "give the score" in refused.stderr

    def test_the_list(self) -> None:
        assert all(word in run("controls").stdout for word in ("vocal_fry", "attack_s", "machine-like"))
        document = json.loads(run("controls", "--json").stdout)
        assert [entry["name"] for entry in document["portamento"]] == ["time_s", "shape"]
        assert document["controls"][0]["unit"] == "cents"


@pytest.mark.parametrize("verb", ["sing", "phonemes", "perform", "voices", "controls", "inspect", "doctor"])
def test_help_has_examples(verb: str) -> None:
    result = run(verb, "--help")
    assert result.exit_code == 0
    assert "\\b" not in result.stdout
    examples = [line.strip() for line in result.stdout.splitlines() if line.startswith(f"  singer {verb}")]
    assert examples
    assert all(example.count("singer ") == 1 for example in examples)


def test_main_help_lists_every_verb_and_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert all(
        verb in run("--help").stdout
        for verb in ("sing", "phonemes", "perform", "voices", "controls", "inspect", "doctor")
    )
    assert '\n  singer phonemes "好一朵美丽的茉莉花"\n' in run("--help").stdout
    assert run("--version").stdout.split() == ["singer", version("singer-engine")]


def test_unknown_verb() -> None:
    assert run("dance").exit_code == 2

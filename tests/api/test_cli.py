"""The command line as a user meets it: results, messages, exit codes, and nothing half-written."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from api.cli import main
from singer.audio import read_audio
from tests.singer.score_files import Sung, midi_file, midi_track

ROOT = Path(__file__).parents[2]
BUILTIN = ("--voice", "builtin")

SCORE: dict[str, Any] = {
    "format": "singer-score",
    "version": 1,
    "title": "Two lines",
    "language": "zh",
    "voice": "builtin",
    "tempo": [{"beat": 0, "bpm": 120}],
    "notes": [
        {"start": 1, "duration": 1, "pitch": "E4", "lyric": "好"},
        {"start": 2, "duration": 1, "pitch": 67, "lyric": "-"},
        {"start": 3, "duration": 2, "pitch": "A4", "lyric": "花"},
        {"start": 7, "duration": 2, "pitch": "G4", "lyric": "你"},
    ],
}


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No voices, cache or files of the machine's user."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "SINGER_VOICES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def score(own_home: Path) -> Path:
    path = Path("song.json").resolve()
    path.write_text(json.dumps(SCORE, ensure_ascii=False), encoding="utf-8")
    return path


def write(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps({**SCORE, **changes}, ensure_ascii=False), encoding="utf-8")
    return path


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def run_process(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "api.cli", *map(str, arguments)]
    return subprocess.run(
        command, input=stdin, capture_output=True, timeout=60, check=False, env=_environment()
    )


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


class TestSing:
    def test_sings_to_a_file_named_after_the_score(self, score: Path) -> None:
        result = run("sing", score)
        assert result.exit_code == 0, result.stderr
        assert result.stdout == ""
        audio = read_audio(Path("song.wav"))
        assert audio.sample_rate_hz == 44_100
        assert 4.5 <= audio.duration_s < 4.8
        assert "pitch within" in result.stderr
        assert sorted(path.name for path in Path().iterdir()) == ["song.json", "song.wav"]

    def test_json_result(self, score: Path) -> None:
        result = run("sing", score, "-o", "a.flac", "--json")
        document = json.loads(result.stdout)
        assert result.exit_code == 0
        assert document["path"] == "a.flac"
        assert document["phrases"] == 2
        assert document["warnings"] == []
        assert document["quality"]["is_good"] is True
        assert document["quality"]["pitch_error_cents"] < 8
        assert document["duration_s"] == pytest.approx(read_audio(Path("a.flac")).duration_s, abs=1e-4)
        assert document["real_time_factor"] == pytest.approx(
            (document["render_s"] + document["prepare_s"]) / document["duration_s"], abs=1e-3
        )

    def test_standard_output_holds_the_file(self, score: Path) -> None:
        piped = run_process("sing", score, "-o", "-")
        assert piped.returncode == 0, piped.stderr
        run("sing", score, "-o", "a.wav")
        streamed, rate = soundfile.read(io.BytesIO(piped.stdout), dtype="int16")
        assert rate == 44_100
        assert np.array_equal(streamed, soundfile.read("a.wav", dtype="int16")[0])

    def test_standard_input_and_raw_samples(self, score: Path) -> None:
        piped = run_process("sing", "-", "-o", "-", "--raw", "--encoding", "float", stdin=score.read_bytes())
        run("sing", score, "-o", "a.wav", "--encoding", "float")
        assert np.array_equal(np.frombuffer(piped.stdout, "<f4"), soundfile.read("a.wav", dtype="float32")[0])

    def test_a_pipe_can_be_read_only_once(self, score: Path) -> None:
        command = f"{sys.executable} -m api.cli sing <(cat {score}) -o a.wav"
        subprocess.run(
            ["bash", "-c", command], timeout=60, check=True, capture_output=True, env=_environment()
        )
        assert read_audio(Path("a.wav")).duration_s > 4

    def test_rate(self, score: Path) -> None:
        run("sing", score, "-o", "a.wav", "--rate", "48000")
        assert read_audio(Path("a.wav")).sample_rate_hz == 48_000

    def test_cache_sings_only_what_changed(self, score: Path, own_home: Path) -> None:
        first = json.loads(run("sing", score, "--cache", "--json", "-o", "a.wav").stdout)
        changed = [*SCORE["notes"][:3], {**SCORE["notes"][3], "pitch": "D4"}]
        write(score, notes=changed)
        second = json.loads(run("sing", score, "--cache", "--json", "-o", "b.wav").stdout)
        assert (first["cached_phrases"], second["cached_phrases"]) == (0, 1)
        assert list((own_home / ".cache" / "singer" / "phrases").glob("*.npy"))
        before, after = read_audio(Path("a.wav")).samples, read_audio(Path("b.wav")).samples
        assert np.array_equal(before[: 3 * 44_100], after[: 3 * 44_100])
        assert not np.array_equal(before, after)

    def test_without_cache_nothing_is_kept(self, score: Path, own_home: Path) -> None:
        run("sing", score)
        assert list(own_home.iterdir()) == []

    def test_performance_sings_as_its_score_does(self, score: Path) -> None:
        run("sing", score, "-o", "a.wav")
        assert run("perform", score, "-o", "p.json").exit_code == 0
        assert run("sing", "p.json", "-o", "b.wav").exit_code == 0
        assert Path("a.wav").read_bytes() == Path("b.wav").read_bytes()

    def test_interrupting_leaves_nothing_behind(self, score: Path) -> None:
        notes = [{"start": 2 * beat, "duration": 1, "pitch": "A4", "lyric": "花"} for beat in range(800)]
        write(score, notes=notes)
        command = [sys.executable, "-m", "api.cli", "sing", str(score), "-o", "a.wav"]
        heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a background job is born deaf to it
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, env=_environment(), preexec_fn=heed
        ) as process:
            deadline = time.monotonic() + 60
            while not any(
                path.suffix == ".wav" and path.stat().st_size > 200_000 for path in Path().iterdir()
            ):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        assert process.returncode == 130
        assert b"cancelled" in said
        assert b"Traceback" not in said
        assert [path.name for path in Path().iterdir()] == ["song.json"]

    def test_user_dictionary(self, score: Path) -> None:
        Path("mine.tsv").write_text("zh\t花\tma1\n", encoding="utf-8")
        run("sing", score, "-o", "a.wav")
        assert run("sing", score, "-o", "b.wav", "--dictionary", "mine.tsv").exit_code == 0
        assert Path("a.wav").read_bytes() != Path("b.wav").read_bytes()


class TestSingRefuses:
    """Each with its exit code, its place, and no file left behind."""

    def refused(self, code: int, *arguments: object, says: str) -> None:
        before = set(Path().iterdir())
        result = run("sing", *arguments)
        assert result.exit_code == code, result.stderr
        assert says in result.stderr
        assert "Traceback" not in result.stderr
        assert set(Path().iterdir()) == before
        if code != 2:
            as_json = run("sing", *arguments, "--json")
            assert as_json.exit_code == code
            assert set(json.loads(as_json.stdout)["error"]) == {"code", "message", "where"}

    def test_missing_file(self) -> None:
        self.refused(3, "absent.json", says="absent.json")

    def test_damaged_json(self, score: Path) -> None:
        score.write_text("{", encoding="utf-8")
        self.refused(3, score, says="JSON")

    def test_overlapping_notes(self, score: Path) -> None:
        write(score, notes=[SCORE["notes"][0], {**SCORE["notes"][1], "start": 1.5}])
        self.refused(3, score, says="note 1")

    def test_unknown_lyric(self, score: Path) -> None:
        write(score, notes=[{**SCORE["notes"][0], "lyric": "Ω"}])
        self.refused(4, score, says="note 0")

    def test_note_outside_the_voice(self, score: Path) -> None:
        write(score, notes=[SCORE["notes"][0], {**SCORE["notes"][3], "pitch": 110}])
        self.refused(3, score, says='note 1 "你" (bar 2)')

    def test_broken_performance(self) -> None:
        Path("p.json").write_text('{"format": "singer-performance", "version": 9}', encoding="utf-8")
        self.refused(5, "p.json", says="version")

    def test_performance_without_phrases(self, score: Path) -> None:
        document = json.loads(run("perform", score, "-o", "-").stdout)
        Path("p.json").write_text(json.dumps({**document, "phrases": []}), encoding="utf-8")
        self.refused(5, "p.json", says="nothing to sing")

    def test_unknown_voice_lists_the_known_ones(self, score: Path) -> None:
        self.refused(6, score, "--voice", "nobody", says="builtin")

    def test_provider_that_is_not_there(self, score: Path) -> None:
        from singer.onnx_model import PROVIDERS, runtime_versions

        absent = next(word for word in PROVIDERS if word not in runtime_versions()["providers"])  # type: ignore[operator]
        self.refused(7, score, "--provider", absent, says=absent)

    def test_output_that_cannot_be_written(self, score: Path) -> None:
        self.refused(8, score, "-o", "no/such/folder/a.wav", says="a.wav")

    def test_output_of_another_format(self, score: Path) -> None:
        self.refused(8, score, "-o", "a.mp3", says=".wav or .flac")

    @pytest.mark.parametrize(
        "arguments", [["-o", "-", "--json"], ["--raw"], ["--rate", "5"], ["--colour", "blue"]]
    )
    def test_wrong_use(self, score: Path, arguments: list[str]) -> None:
        self.refused(2, score, *arguments, says="Error")


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
        result = run("voices")
        assert result.exit_code == 6
        assert "broken" in result.stderr

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


class TestTerminals:
    """Progress for people, quiet for programs."""

    def test_a_reader_that_goes_away_ends_the_song_quietly(self, score: Path) -> None:
        piped = (
            f"{sys.executable} -m api.cli sing {score} -o - | head -c 100 > head.bin; echo ${{PIPESTATUS[0]}}"
        )
        done = subprocess.run(
            ["bash", "-c", piped], capture_output=True, text=True, timeout=60, check=False, env=_environment()
        )
        assert Path("head.bin").stat().st_size == 100
        assert done.stdout.strip() == "8"
        assert "went away" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr

    def test_progress_bar_only_on_a_terminal(self, score: Path) -> None:
        import pty

        command = [sys.executable, "-m", "api.cli", "sing", str(score), "-o", "a.wav"]
        main_end, terminal = pty.openpty()
        shown = b""
        with subprocess.Popen(command, stderr=terminal, env={**_environment(), "TERM": "xterm"}) as process:
            os.close(terminal)
            with contextlib.suppress(OSError):  # the end of a pseudo-terminal is an error on Linux
                while piece := os.read(main_end, 4096):
                    shown += piece
        os.close(main_end)
        assert process.returncode == 0
        assert b"\x1b[" in shown
        assert b"Two lines" in shown
        piped = subprocess.run(command, capture_output=True, timeout=60, check=True, env=_environment())
        assert b"\x1b[" not in piped.stderr
        assert b"Two lines" not in piped.stderr

"""``singer sing`` as a user meets it: sound, messages, exit codes, and nothing half-written."""

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

import numpy as np
import pytest
import soundfile

from singer.audio import read_audio
from tests.api.cli_runs import SCORE, environment, run, run_process, write

pytestmark = pytest.mark.usefixtures("own_home")


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
            ["bash", "-c", command], timeout=60, check=True, capture_output=True, env=environment()
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
        with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment(), preexec_fn=heed) as process:
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


class TestTerminals:
    """Progress for people, quiet for programs."""

    def test_a_reader_that_goes_away_ends_the_song_quietly(self, score: Path) -> None:
        piped = (
            f"{sys.executable} -m api.cli sing {score} -o - | head -c 100 > head.bin; echo ${{PIPESTATUS[0]}}"
        )
        done = subprocess.run(
            ["bash", "-c", piped], capture_output=True, text=True, timeout=60, check=False, env=environment()
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
        with subprocess.Popen(command, stderr=terminal, env={**environment(), "TERM": "xterm"}) as process:
            os.close(terminal)
            with contextlib.suppress(OSError):  # the end of a pseudo-terminal is an error on Linux
                while piece := os.read(main_end, 4096):
                    shown += piece
        os.close(main_end)
        assert process.returncode == 0
        assert b"\x1b[" in shown
        assert b"Two lines" in shown
        piped = subprocess.run(command, capture_output=True, timeout=60, check=True, env=environment())
        assert b"\x1b[" not in piped.stderr
        assert b"Two lines" not in piped.stderr

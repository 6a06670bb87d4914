"""Imported banks and ``.ds`` projects at the command line and in the server's list of voices."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from api.cli import main
from api.server.voices import VoicePool
from bench.openutau_bank import make_bank
from bench.openutau_graphs import BankPlan
from singer.diffsinger.bank_singer import BankSinger
from singer.errors import VoicebankError
from tests.singer.diffsinger.songs import GIVEN, PLAIN
from voicebanks.load import load_voice
from voicebanks.openutau.describe import describe_bank

SCORE = {
    "format": "singer-score", "version": 1, "language": "zh", "tempo": [{"beat": 0, "bpm": 90}],
    "notes": [
        {"start": 1, "duration": 1, "pitch": 60, "lyric": "你"}, {"start": 2, "duration": 1, "pitch": 64, "lyric": "好"},
        {"start": 4, "duration": 1, "pitch": 62, "lyric": "[zh/m zh/ao]"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("voices")
    make_bank(home / "toy")
    return home


@pytest.fixture(autouse=True)
def here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SINGER_VOICES", str(home))
    monkeypatch.chdir(tmp_path)
    Path("song.ds").write_text(json.dumps([GIVEN, {**GIVEN, "offset": 4}]), encoding="utf-8")
    Path("free.ds").write_text(json.dumps(PLAIN), encoding="utf-8")
    Path("song.json").write_text(json.dumps(SCORE), encoding="utf-8")
    return tmp_path


def sing(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, list(arguments))
    return done.exit_code, done.output


@pytest.mark.parametrize("voice", ["toy", "toy:bright", "builtin"])
def test_a_project_is_sung_by_both_kinds_of_voices(voice: str) -> None:
    assert sing("sing", "song.ds", "--voice", voice, "-o", "o.wav")[0] == 0
    samples, rate = soundfile.read("o.wav")
    assert rate == 44_100
    assert 6.8 < len(samples) / rate < 7.3
    assert np.abs(samples[: 3 * rate]).max() > 0.01
    assert np.abs(samples[4 * rate :]).max() > 0.01
    assert not samples[int(3.3 * rate) : int(3.9 * rate)].any()


def test_a_project_may_come_through_a_pipe_and_leave_through_one() -> None:
    raw = CliRunner().invoke(
        main, ["sing", "-", "--voice", "toy", "-o", "-"], input=Path("song.ds").read_bytes()
    )
    assert raw.exit_code == 0
    assert sing("sing", "song.ds", "--voice", "toy", "-o", "o.wav")[0] == 0
    assert raw.stdout_bytes[44:] == Path("o.wav").read_bytes()[44:]
    assert len(raw.stdout_bytes) == int.from_bytes(raw.stdout_bytes[4:8], "little") + 8


def test_what_a_bank_predicts_own_voices_ask_for() -> None:
    assert sing("sing", "free.ds", "--voice", "toy", "-o", "o.wav")[0] == 0
    code, told = sing("sing", "free.ds", "--voice", "builtin", "-o", "p.wav")
    assert (code, Path("p.wav").exists()) == (3, False)
    assert "segment 0, ph_dur" in told


def test_a_score_is_sung_performed_and_told_by_a_bank() -> None:
    assert sing("sing", "song.json", "--voice", "toy", "-o", "o.wav")[0] == 0
    assert sing("perform", "song.json", "--voice", "toy", "-o", "p.json")[0] == 0
    assert sing("sing", "p.json", "--voice", "toy", "-o", "p.wav")[0] == 0
    assert Path("o.wav").read_bytes() == Path("p.wav").read_bytes()
    assert sing("timeline", "song.json", "--voice", "toy", "-o", "o.lrc")[0] == 0
    assert "你" in Path("o.lrc").read_text(encoding="utf-8")


def test_a_performance_is_written_as_a_project_for_both_kinds() -> None:
    for voice in ("toy", "builtin"):
        assert (
            sing("perform", "song.ds" if voice == "builtin" else "song.json", "--voice", voice, "-o", "w.ds")[
                0
            ]
            == 0
        )
        assert sing("sing", "w.ds", "--voice", voice, "-o", f"{voice}.wav")[0] == 0
        assert np.abs(soundfile.read(f"{voice}.wav")[0]).max() > 0.01


def test_a_project_is_performed_and_told_by_a_bank() -> None:
    assert sing("perform", "song.ds", "--voice", "toy:bright", "-o", "p.json")[0] == 0
    phones = json.loads(Path("p.json").read_text(encoding="utf-8"))["phrases"][0]["phones"]
    assert [each["sung_as"] for each in phones if each["sung_as"] != "-"] == GIVEN["ph_seq"].split()
    assert sing("sing", "p.json", "--voice", "toy:bright", "-o", "p.wav")[0] == 0
    assert sing("sing", "song.ds", "--voice", "toy:bright", "-o", "o.wav")[0] == 0
    told, sung = soundfile.read("p.wav")[0], soundfile.read("o.wav")[0]
    assert len(told) == pytest.approx(
        len(sung), abs=0.25 * 44_100
    )  # the project's sound is followed by silence
    loud = [np.sqrt((each[: 3 * 44_100].reshape(-1, 2_205) ** 2).mean(axis=1)) for each in (told, sung)]
    assert np.corrcoef(loud)[0, 1] > 0.9
    assert sing("timeline", "song.ds", "--voice", "toy", "-o", "o.lab")[0] == 0
    first = Path("o.lab").read_text(encoding="utf-8").split("\n")[1].split()
    assert int(first[0]) / 1e7 == pytest.approx(0.25, abs=0.01)  # ph_dur: 0.25 s of silence, then n


def test_a_bank_predicts_what_the_performance_of_a_project_needs() -> None:
    code, told = sing("perform", "free.ds", "--voice", "toy", "-o", "p.json", "--json")
    assert code == 0
    assert json.loads(told)["duration_s"] == pytest.approx(2.91, abs=0.05)  # note_dur
    assert sing("sing", "p.json", "--voice", "toy", "-o", "x.wav")[0] == 0
    code, told = sing("sing", "song.ds", "--voice", "toy", "--control", "gender=0.5", "-o", "x.wav")
    assert code == 5
    assert "perform it" in told


def test_designing_from_a_bank_is_refused() -> None:
    code, told = sing("voices", "design", "mine", "--base", "toy")
    assert code == 6
    assert "own voices" in told


def test_listed_inspected_and_served(home: Path) -> None:
    listed = json.loads(sing("voices", "--json")[1])
    entry = next(each for each in listed if each["name"] == "toy")
    assert (entry["languages"], entry["lowest"], entry["licence"]) == (["zh", "en", "ja"], "C2", "unknown")
    code, told = sing("inspect", str(home / "toy"), "--json")
    assert code == 0
    assert "OpenUtau" in told
    pool = VoicePool([home], "builtin")
    assert "toy" in [each["name"] for each in pool.documents()]
    assert pool.get("toy:bright").name == "toy:bright"
    mixed, alone = pool.get("toy:soft=0.3+bright=0.7").imported, pool.get("toy").imported
    assert isinstance(mixed, BankSinger)
    assert isinstance(alone, BankSinger)
    assert mixed.bank is alone.bank  # opened once for all of its singers
    assert mixed.mix == {"soft": 0.3, "bright": 0.7}
    assert not pool.is_ready("toy:soft=0.3+bright=0.7")
    for unknown in ("builtin:bright", "nobody", str(home / "toy")):
        with pytest.raises(VoicebankError):
            pool.get(unknown)


@pytest.mark.parametrize(("rate_hz", "hop", "heard_hz"), [(22_050, 256, 44_100), (32_000, 512, 32_000)])
def test_banks_of_other_rates_sing_scores_and_projects_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate_hz: int, hop: int, heard_hz: int
) -> None:
    home = tmp_path / "rates"
    make_bank(home / "toy", BankPlan(rate_hz=rate_hz, hop=hop))
    monkeypatch.setenv("SINGER_VOICES", str(home))
    assert describe_bank(home / "toy").audio.to_spec() == load_voice("toy", [home]).spec
    given_hz = np.mean([220 + place % 7 for place in range(7)])
    for song, length_s, from_s, f0_hz in (("song.json", 3.5, 0.9, 261.63), ("song.ds", 6.91, 0.45, given_hz)):
        assert sing("sing", song, "--voice", "toy", "-o", "o.wav")[0] == 0
        samples, rate = soundfile.read("o.wav")
        assert rate == heard_hz
        assert len(samples) / rate == pytest.approx(length_s, abs=0.35)
        part = samples[int(from_s * rate) : int((from_s + 0.3) * rate)]
        peak_hz = np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 18))) * rate / (1 << 18)
        assert peak_hz == pytest.approx(f0_hz, rel=0.02)

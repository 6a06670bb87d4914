"""Audio in and out: exact bytes, files that appear whole or not at all, resampling in pieces."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from singer.audio import (
    Audio,
    AudioChunk,
    FileSink,
    Resampler,
    StreamSink,
    encode,
    peak_dbfs,
    read_audio,
    resample,
    write_audio,
)
from singer.errors import OutputError


def tone(seconds: float = 0.5, hz: float = 440.0, rate: int = 44_100) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def test_encode_rounds_clips_and_packs() -> None:
    samples = np.array([0.0, 0.5, -1.0, 1.0, 3.0], np.float32)
    assert np.frombuffer(encode(samples, "pcm16"), "<i2").tolist() == [0, 16384, -32768, 32767, 32767]
    assert encode(samples[1:3], "pcm24") == bytes([0, 0, 0x40, 0, 0, 0x80])
    assert np.frombuffer(encode(samples, "float"), "<f4").tolist() == samples.tolist()


@pytest.mark.parametrize("encoding", ["pcm16", "pcm24", "float"])
def test_standard_output_and_file_hold_the_same_samples(tmp_path: Path, encoding: str) -> None:
    stream = io.BytesIO()
    sink = StreamSink(stream, encoding)  # type: ignore[arg-type]
    sink.write_header(len(tone()), 44_100)
    sink.write(tone())
    write_audio(tmp_path / "a.wav", Audio(tone(), 44_100), encoding)  # type: ignore[arg-type]
    streamed, rate = soundfile.read(
        io.BytesIO(stream.getvalue()), dtype="int32" if encoding != "float" else "float32"
    )
    written, _ = soundfile.read(tmp_path / "a.wav", dtype="int32" if encoding != "float" else "float32")
    assert rate == 44_100
    assert np.array_equal(streamed, written)
    assert np.abs(read_audio(tmp_path / "a.wav").samples - tone()).max() <= 2.0**-15


def test_flac_holds_the_samples(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.flac", Audio(tone(), 44_100), "pcm24")
    assert np.abs(read_audio(tmp_path / "a.flac").samples - tone()).max() <= 2.0**-23


def test_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "song.wav"
    target.write_bytes(b"older take")
    with pytest.raises(RuntimeError, match="stop"), FileSink(target, 44_100, "pcm16") as sink:  # noqa: PT012
        sink.write(tone())
        raise RuntimeError("stop")
    assert target.read_bytes() == b"older take"
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]
    with FileSink(target, 44_100, "pcm16") as sink:
        sink.write(tone())
        assert target.read_bytes() == b"older take"
    assert read_audio(target).samples.shape == tone().shape
    assert [path.name for path in tmp_path.iterdir()] == ["song.wav"]


def test_clipped_samples_are_counted(tmp_path: Path) -> None:
    with FileSink(tmp_path / "a.wav", 44_100, "pcm16") as sink:
        sink.write(np.array([0.2, 1.5, -2.0], np.float32))
    assert sink.clipped_samples == 2
    assert read_audio(tmp_path / "a.wav").samples.tolist() == pytest.approx([0.2, 1.0, -1.0], abs=1e-4)


@pytest.mark.parametrize("name", ["song.mp3", "song", "missing/song.wav", "folder.wav"])
def test_bad_targets_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.wav").mkdir()
    with pytest.raises(OutputError) as caught:
        FileSink(tmp_path / name, 44_100, "pcm16")
    assert name in caught.value.where
    assert [path.name for path in tmp_path.iterdir()] == ["folder.wav"]


def test_float_flac_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="pcm16 or pcm24"):
        FileSink(tmp_path / "a.flac", 44_100, "float")


def test_a_reader_that_goes_away_is_an_output_error() -> None:
    class Closed(io.BytesIO):
        def write(self, content: object) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(OutputError, match="went away"):
        StreamSink(Closed(), "pcm16").write(tone())


def test_unreadable_audio_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"not sound")
    with pytest.raises(OutputError) as caught:
        read_audio(tmp_path / "a.wav")
    assert caught.value.code == "audio_unreadable"


def test_a_wav_too_long_for_its_header_is_refused() -> None:
    with pytest.raises(OutputError, match=r"\.flac"):
        StreamSink(io.BytesIO(), "pcm16").write_header(2**31, 44_100)


@pytest.mark.parametrize("to_hz", [48_000, 24_000, 16_000, 96_000])
def test_resampling_in_pieces_equals_one_piece_and_keeps_the_tone(to_hz: int) -> None:
    samples = tone(1.003)
    whole = Resampler(44_100, to_hz)
    expected = np.concatenate([whole.run(samples), whole.finish()])
    pieces = [samples[first : first + 1000] for first in range(0, len(samples), 1000)]
    chunks = [AudioChunk(1000 * index, piece) for index, piece in enumerate(pieces)]
    resampled = list(resample(chunks, 44_100, to_hz))
    got = np.concatenate([chunk.samples for chunk in resampled])
    assert len(got) == round(len(samples) * to_hz / 44_100)
    assert np.abs(got - expected).max() <= 1e-6
    starts = np.cumsum([0, *(len(chunk.samples) for chunk in resampled)])[:-1]
    assert [chunk.first_sample for chunk in resampled] == starts.tolist()
    middle = slice(to_hz // 10, -to_hz // 10)
    assert np.abs(got - tone(1.004, rate=to_hz)[: len(got)])[middle].max() <= 1e-3


def test_equal_rates_pass_through_untouched() -> None:
    chunk = AudioChunk(0, tone())
    assert next(resample([chunk], 44_100, 44_100)) is chunk


def test_peak_in_dbfs() -> None:
    assert peak_dbfs(np.array([0.1, -0.5], np.float32)) == pytest.approx(-6.0206, abs=1e-3)
    assert peak_dbfs(np.zeros(3, np.float32)) == float("-inf")


@pytest.mark.parametrize("samples", [np.zeros(3), np.zeros((1, 3), np.float32)])
def test_audio_checks_itself(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="float32"):
        Audio(samples, 44_100)  # type: ignore[arg-type]

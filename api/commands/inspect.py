"""``singer inspect``: what is in a file or folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from api.options import import_options, json_option, score_options
from api.reporting import print_json
from api.settings import read_settings
from api.songs import is_performance_file
from singer.errors import ScoreError
from singer.performance.performance import Performance

_FILES_OK = "all present, sizes and hashes as in the manifest"
_SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".aiff", ".aif")


@click.command("inspect")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@score_options
@json_option
def command(file: Path, as_json: bool, **given: Any) -> None:
    """Say what is in FILE: a score, a performance, a sound file, or the folder of a voice.

    \b
    singer inspect examples/jasmine.json
    singer inspect song.mid --json
    singer inspect jasmine.wav
    singer inspect voicebanks/builtin
    """
    document = describe(file, given)
    if as_json:
        print_json(document)
        return
    for key, value in document.items():
        click.echo(f"{key + ':':<18}{_shown(value)}")


def describe(file: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Facts on ``file``, the first one its kind."""
    if file.is_dir():
        return _describe_voice(file)
    if file.suffix.lower() in _SOUND_ENDINGS:
        return _describe_sound(file)
    if is_performance_file(file):
        from singer.performance_io import load_performance

        return _describe_performance(load_performance(file))
    return _describe_score(file, given)


def _describe_score(file: Path, given: dict[str, Any]) -> dict[str, Any]:
    from singer.describe import describe_file

    try:
        found = describe_file(file, import_options(given))
    except ScoreError as error:
        if error.code != "unknown_format":
            raise
        message = "is no score, performance (.json), MIDI, MusicXML, project of an editor, sound file or voice folder"
        raise ScoreError(error.code, message, str(file)) from error
    score = found.pop("score") or {}
    return {
        "kind": "score",
        "format": found["format"],
        **score,
        "tracks": found["tracks"],
        "problem": found["problem"],
    }


def _describe_performance(performance: Performance) -> dict[str, Any]:
    f0_hz = [phrase.curves["f0_hz"] for phrase in performance.phrases]
    edited = {
        name for phrase in performance.phrases for name, mark in phrase.marks.items() if mark == "edited"
    }
    return {
        "kind": "performance",
        "title": performance.title,
        "voice": performance.voice,
        "duration_s": round(performance.duration_s, 3),
        "phrases": len(performance.phrases),
        "phones": sum(len(phrase.phones) for phrase in performance.phrases),
        "lowest_f0_hz": round(min(float(curve.min()) for curve in f0_hz), 1) if f0_hz else None,
        "highest_f0_hz": round(max(float(curve.max()) for curve in f0_hz), 1) if f0_hz else None,
        "edited_curves": sorted(edited),
    }


def _describe_sound(file: Path) -> dict[str, Any]:
    import numpy as np

    from singer.audio import peak_dbfs, read_audio
    from singer.quality import pitch_hz

    audio = read_audio(file)
    window = int(0.05 * audio.sample_rate_hz)
    starts = range(0, len(audio.samples) - window, 2 * window)
    pitches = [pitch_hz(audio.samples[start : start + window], audio.sample_rate_hz) for start in starts]
    found = [pitch for pitch in pitches if pitch is not None]
    rms = float(np.sqrt(np.mean(audio.samples.astype(np.float64) ** 2))) if len(audio.samples) else 0.0
    return {
        "kind": "sound",
        "duration_s": round(audio.duration_s, 3),
        "sample_rate_hz": audio.sample_rate_hz,
        "peak_dbfs": _decibels(peak_dbfs(audio.samples)),
        "rms_dbfs": _decibels(20.0 * float(np.log10(rms)) if rms > 0 else float("-inf")),
        "pitched_share": round(len(found) / len(pitches), 3) if pitches else 0.0,
        "median_pitch_hz": round(float(np.median(found)), 1) if found else None,
    }


def _decibels(value: float) -> float | None:
    return round(value, 2) if value > float("-inf") else None


def _describe_voice(folder: Path) -> dict[str, Any]:
    from singer.pitch_names import pitch_name
    from voicebanks.load import check_files, open_folder

    voice = open_folder(folder, read_settings().voice_folders)
    if voice.is_imported:
        from voicebanks.openutau.open_bank import open_bank

        open_bank(folder)
    else:
        check_files(voice)
    manifest = voice.manifest
    return {
        "kind": "voice",
        "name": manifest.name,
        "title": manifest.title,
        "version": manifest.version_of_voice,
        "description": manifest.description,
        "languages": list(manifest.languages),
        "lowest": pitch_name(manifest.range.lowest_midi),
        "highest": pitch_name(manifest.range.highest_midi),
        "sample_rate_hz": manifest.audio.sample_rate_hz,
        "hop_samples": manifest.audio.hop_samples,
        "phones": len(manifest.phones),
        "parameters": sum(card.parameters for card in manifest.cards.values()),
        "bytes": voice.own_bytes,
        "base": voice.base.manifest.name if voice.base else None,
        "axes": dict(manifest.axes),
        "character": dict(manifest.character),
        "licence": manifest.licence.spdx,
        "files": "a bank made for OpenUtau; it opens" if voice.is_imported else _FILES_OK,
    }


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "-"
    return "-" if value in (None, "") else str(value)

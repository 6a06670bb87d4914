"""What ``python -m bench.singers`` measured, kept in ``bench/results/singers.json``: one entry a shipped singer.

The page ``docs/voices.md`` and the overview picture are made from it without singing anything again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bench.report import RESULTS
from voicebanks.load import VoiceFolder, list_voices
from voicebanks.manifest import MODEL_ROLES

PATH = RESULTS / "singers.json"
PORTRAIT = "portrait"
REFERENCE = "suyin"
"""The singer that formants are compared with."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SungSong(_Entry):
    """One song by one singer, judged by the engine's own self-check.

    Attributes:
        octaves: how far the song was moved.
        points, clear_points: places in held vowels where pitch was looked for, and where it was clear.
        pitch_error_cents: median absolute error; ``None`` without clear points.
        within_50_cents: share of clear points; ``None`` without clear points.
        peak_dbfs: highest sample.
        rests_peak_dbfs: highest sample between phrases; ``None`` for silence.
    """

    octaves: int
    points: int
    clear_points: int
    pitch_error_cents: float | None
    within_50_cents: float | None
    peak_dbfs: float
    rests_peak_dbfs: float | None


class SungVowels(_Entry):
    """Held vowels, as in ``bench.timbre_correlates.Heard``, one entry a note; the pitch as its median error."""

    formants_hz: tuple[tuple[float, ...], ...]
    centroid_hz: tuple[float, ...]
    softness_db: tuple[float, ...]
    harmonicity_db: tuple[float, ...]
    pitch_cents: float


class SingerResult(_Entry):
    """Everything measured on one singer.

    Attributes:
        voice_digest: ``digest`` of the voice that sang.
        date, commit: when, and with which engine.
        songs: name of a song's file to what was found.
        vowels: held vowels at C3, E3, A3 and D4.
        range_ends_cents: median pitch error at the three lowest and the three highest notes.
        spectrum_db: long-term average over all songs, levels of the bands of ``bench.singer_pictures.BANDS_HZ`` in dB
            against their sum.
    """

    voice_digest: str
    date: str
    commit: str
    songs: dict[str, SungSong]
    vowels: SungVowels
    range_ends_cents: float | None
    spectrum_db: tuple[float, ...]


def shipped_singers() -> tuple[VoiceFolder, ...]:
    """Voices that come with the engine and have a portrait, as all but the ``builtin`` one have; highest first."""
    found = [voice for voice in list_voices() if PORTRAIT in voice.manifest.files]
    return tuple(sorted(found, key=lambda voice: (-middle_midi(voice), voice.manifest.name)))


def middle_midi(voice: VoiceFolder) -> float:
    """Middle of the range."""
    return (voice.manifest.range.lowest_midi + voice.manifest.range.highest_midi) / 2.0


def digest(voice: VoiceFolder) -> str:
    """Short hash of all that decides how a voice sounds and what it sings: models, timbre, character, range."""
    manifest = voice.manifest
    parts = [
        [manifest.files[role].sha256 for role in MODEL_ROLES],
        list(manifest.timbre),
        sorted(manifest.character.items()),
        [manifest.range.lowest_midi, manifest.range.highest_midi],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def read_results(path: Path = PATH) -> dict[str, SingerResult]:
    """Results at hand, singer by singer; empty if there are none."""
    if not path.exists():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    return {name: SingerResult.model_validate(entry) for name, entry in document["singers"].items()}


def write_results(
    results: Mapping[str, SingerResult], machine: Mapping[str, object], path: Path = PATH
) -> None:
    """Write ``results`` beside the ``machine`` of this run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = {name: result.model_dump(mode="json") for name, result in results.items()}
    text = json.dumps({"benchmark": "singers", "machine": dict(machine), "singers": entries}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")

"""Songs that the server's tests have sung, and what they must sound like."""

from __future__ import annotations

import io
from typing import Any

import mido
import numpy as np
from numpy.typing import NDArray

from singer.audio import encode
from singer.render import RenderOptions, render
from singer.score_json import document_to_score
from voicebanks.load import load_voice


def song(bars: int = 2, **changes: Any) -> dict[str, Any]:
    """A score with one phrase in each bar."""
    notes = [
        {"start": 5 * bar + beat, "duration": 1, "pitch": 60 + (3 * bar + beat) % 7, "lyric": lyric}
        for bar in range(bars)
        for beat, lyric in enumerate(("la", "sa", "-", "ta"))
    ]
    return {
        "format": "singer-score", "version": 1, "language": "en", "tempo": [{"beat": 0, "bpm": 150}], "notes": notes,
        **changes,
    }  # fmt: skip


def sung(document: dict[str, Any], sample_rate: int | None = None, seed: int = 0) -> NDArray[np.int16]:
    """What the score sounds like, without a server."""
    options = RenderOptions(sample_rate_hz=sample_rate, seed=seed)
    whole = render(document_to_score(document), load_voice("builtin"), options=options)
    return np.frombuffer(encode(whole.samples, "pcm16"), "<i2")


def midi() -> bytes:
    """Two sung notes."""
    track = mido.MidiTrack()
    for pitch, lyric in ((64, "la"), (67, "sa")):
        track.append(mido.MetaMessage("lyrics", text=lyric))
        track.append(mido.Message("note_on", note=pitch, velocity=80))
        track.append(mido.Message("note_off", note=pitch, time=480))
    file = mido.MidiFile()
    file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


def musicxml() -> bytes:
    """The same two notes."""
    notes = "".join(
        f"<note><pitch><step>{step}</step><octave>4</octave></pitch><duration>1</duration>"
        f"<lyric><syllabic>single</syllabic><text>{lyric}</text></lyric></note>"
        for step, lyric in (("E", "la"), ("G", "sa"))
    )
    return (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>'
        '<part id="P1"><measure number="1"><attributes><divisions>1</divisions><time><beats>2</beats>'
        f"<beat-type>4</beat-type></time></attributes>{notes}</measure></part></score-partwise>"
    ).encode()

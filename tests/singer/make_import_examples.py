"""Makes ``examples/imports``: Amazing Grace from its JSON score as MIDI and MusicXML. Run with ``python -m``."""

from __future__ import annotations

from pathlib import Path

from singer.score_io import load_score
from tests.singer.score_files import Sung, midi_file, midi_track, musicxml, tempo_track, xml_measures

EXAMPLES = Path(__file__).parents[2] / "examples"
_SYLLABLES = {"Amazing": ("A-", "ma-", "zing")}


def amazing_grace() -> dict[str, bytes]:
    """File name to content."""
    score = load_score(EXAMPLES / "amazing_grace.json")
    waiting: list[str] = []
    sung = []
    for note in score.notes:
        text: str | None = note.lyric
        if note.lyric == "+":
            text = waiting.pop(0)
        elif note.lyric == "-":
            text = None
        elif note.lyric in _SYLLABLES:
            text, *waiting = _SYLLABLES[note.lyric]
        sung.append(Sung(note.start_beat, note.duration_beats, round(note.midi), text))
    (_, bpm), beats = score.tempo.changes[0], int(score.time_signatures.changes[0].bar_beats)
    bass = [Sung(bar * 3.0, 3.0, 43) for bar in range(1, 16)]
    return {
        "amazing_grace.mid": midi_file(
            tempo_track([(0, bpm)], (beats, 4), score.title),
            midi_track(sung, name="Voice"),
            midi_track(bass, name="Bass", lyrics=False, channel=1),
        ),
        "amazing_grace.musicxml": musicxml(
            {"Voice": xml_measures(sung, beats, bpm), "Bass": xml_measures(bass, beats, bpm)},
            title=score.title,
        ),
    }


if __name__ == "__main__":
    (EXAMPLES / "imports").mkdir(exist_ok=True)
    for name, content in amazing_grace().items():
        (EXAMPLES / "imports" / name).write_bytes(content)

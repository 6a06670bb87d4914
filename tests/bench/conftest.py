from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soxr

from bench.corpus import SAMPLE_RATE_HZ
from bench.options import Options
from bench.sung import load_voice, sing
from frontend_g2p.phones import LANGUAGES, Language
from singer.score import Note, Score, TempoMap

LYRICS: dict[Language, tuple[str, ...]] = {
    "zh": ("春", "风", "吹"),
    "yue": ("月", "光", "照"),
    "en": ("the", "sun", "shine"),
    "ja": ("は", "る", "の"),
}


def write_take(path: Path, language: Language) -> None:
    """Sound and phones of one short line, sung by the builtin voice."""
    notes = tuple(
        Note(1.0 + place, 1.0, 55.0 + 2 * place, lyric) for place, lyric in enumerate(LYRICS[language])
    )
    song = sing(Score(notes, language, TempoMap(((0.0, 150.0),))), load_voice("builtin"))
    (phrase,) = song.performance.phrases
    start = round(phrase.start_s * song.sample_rate_hz)
    audio = soxr.resample(song.samples[start:], song.sample_rate_hz, SAMPLE_RATE_HZ)
    np.savez(
        path,
        audio=audio.astype(np.float32),
        phone=np.array([span.symbol for span in phrase.phones]),
        role=np.array([span.role or "" for span in phrase.phones]),
        language=np.array([span.language or "" for span in phrase.phones]),
        start_s=np.array([span.start_s - phrase.start_s for span in phrase.phones]),
        end_s=np.array([span.end_s - phrase.start_s for span in phrase.phones]),
    )


def write_takes(folder: Path, timbre: str, *, heldout: bool, sung: tuple[Language, ...] = ()) -> None:
    """A corpus timbre in the corpus' own format: the builtin voice speaks a line of each language and sings some."""
    target = folder / timbre
    target.mkdir(parents=True)
    lines: list[str] = []
    kinds = [("spoken", language) for language in LANGUAGES] + [("sung", language) for language in sung]
    for kind, language in kinds:
        name = f"{language}.npz" if kind == "spoken" else f"{kind}_{language}.npz"
        write_take(target / name, language)
        row = {"file": name, "timbre": timbre, "kind": kind, "language": language, "heldout": heldout}
        text = " ".join(LYRICS[language]) if language == "en" else ""
        lines.append(json.dumps(row | {"text": text}))
    (target / "index.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def toy_options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    folder = tmp_path_factory.mktemp("bench")
    write_takes(folder / "corpus", "builtin", heldout=True, sung=("ja",))
    write_takes(folder / "corpus", "eval1", heldout=False)
    write_takes(folder / "corpus", "eval2", heldout=True)
    return Options("builtin", True, folder / "corpus", "builtin", folder / "cache")

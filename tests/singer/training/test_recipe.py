"""From prepared takes to a voice that sings: both trainings, resuming, export and loading, at toy size."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("fairseq")

from frontend_g2p.inventory import INVENTORY
from singer.cancel import CancelToken
from singer.phrase_audio import sing_phrase
from singer.training.fairseq_run import Schedule, read_network, train
from singer.training.prepare import prepare
from singer.training.voice_folder import Singer, make_voice_folder
from tests.singer.test_acoustics import phrase
from voicebanks.load import load_voice, open_folder

TOY = {
    "vocoder": ("--channels", "16", "--dilations", "1,2", "--segment-frames", "40"),
    "acoustic": ("--channels", "16", "--hidden", "16"),
}


def write_corpus(folder: Path) -> None:
    """Six takes of a buzzing vowel between hisses, in the corpus builder's format."""
    rng = np.random.default_rng(0)
    lines = []
    for number in range(6):
        rate, f0_hz = 24_000, 150.0 + 20 * number
        time_s = np.arange(int(rate * 1.2)) / rate
        buzz = sum(np.cos(2 * np.pi * f0_hz * k * time_s) / k for k in range(1, 20))
        audio = 0.03 * np.where((time_s > 0.4) & (time_s < 1.0), buzz, rng.standard_normal(len(time_s)))
        np.savez(
            folder / f"{number}.npz",
            audio=audio.astype(np.float32),
            f0_hz=np.full(97, f0_hz, np.float32),
            f0_rate=np.float32(80),
            phone=np.array(["SP", "s", "a", "SP"]),
            role=np.array(["", "onset", "nucleus", ""]),
            language=np.array(["", "zh", "zh", ""]),
            start_s=np.array([0, 0.2, 0.4, 1.0]),
            end_s=np.array([0.2, 0.4, 1.0, 1.2]),
        )
        heldout = "true" if number == 0 else "false"
        lines.append(f'{{"file": "{number}.npz", "kind": "sung", "heldout": {heldout}}}\n')
    (folder / "index.jsonl").write_text("".join(lines), "utf-8")


def test_from_takes_to_a_voice(tmp_path: Path) -> None:
    corpus, items = tmp_path / "corpus", tmp_path / "items"
    (corpus / "toy").mkdir(parents=True)
    write_corpus(corpus / "toy")
    prepare(corpus, items, ("toy",), workers=1)
    checkpoints = {}
    for part, options in TOY.items():
        schedule = Schedule(updates=3, batch=2, learning_rate=1e-3, options=options)
        first = train(part, items, tmp_path / part, schedule, threads=1)
        before = read_network(first)
        longer = Schedule(updates=5, batch=2, learning_rate=1e-3, options=options)
        checkpoints[part] = train(part, items, tmp_path / part, longer, threads=1)
        after = read_network(checkpoints[part])
        assert any(not np.array_equal(before[name], after[name]) for name in before), "did not go on learning"
    for name in ("LICENSE", "NOTICE", "README.md"):
        (tmp_path / name).write_text(name, "utf-8")
    singer = Singer(
        "toy", "Toy", "", "0.0.1", 0, 48, 84, 0.5, {"articulation": 0.2}, tmp_path, taught=("toy",)
    )
    target = tmp_path / "voices" / "toy"
    parity = make_voice_folder(singer, checkpoints["vocoder"], checkpoints["acoustic"], target)
    assert max(parity.values()) < 1e-4
    voice = load_voice(str(target))
    manifest = open_folder(target).manifest
    assert manifest.timbres == {"toy": manifest.timbre}
    assert set(voice.phones) == set(INVENTORY)
    blocks = [
        list(sing_phrase(phrase(), voice, seed=1, block_frames=n, cancel=CancelToken())) for n in (9, 200)
    ]
    chunked, whole = (np.concatenate(parts) for parts in blocks)
    assert len(whole) == 44_100
    np.testing.assert_allclose(chunked, whole, atol=1e-5)


def test_preparing_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no takes of nobody"):
        prepare(tmp_path, tmp_path / "items", ("nobody",), workers=1)

"""A small bank for OpenUtau's DiffSinger, made from fixed random weights: every input of the format does something in it.

Benchmarks and tests sing it; it has no learned voice. What it writes depends on its arguments alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.openutau_graphs import BINS, VARIANCES, WIDTH, BankPlan, models_of, vocoder

PHONES: dict[str, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("a", "vowel"), ("o", "vowel"), ("i", "vowel"), ("ian", "vowel"), ("ang", "vowel"), ("u", "vowel"), ("ao", "vowel"),
        ("b", "stop"), ("m", "nasal"), ("n", "nasal"), ("h", "fricative"), ("t", "stop"), ("w", "semivowel"), ("zh", "affricate"),
    ),
    "en": (
        ("aa", "vowel"), ("ah", "vowel"), ("ow", "vowel"), ("ay", "vowel"), ("hh", "fricative"), ("l", "liquid"),
        ("n", "nasal"), ("t", "stop"), ("s", "fricative"), ("w", "semivowel"), ("er", "vowel"), ("d", "stop"),
    ),
    "ja": (
        ("a", "vowel"), ("i", "vowel"), ("u", "vowel"), ("e", "vowel"), ("o", "vowel"), ("N", "vowel"), ("cl", "stop"),
        ("k", "stop"), ("s", "fricative"), ("r", "liquid"), ("m", "nasal"), ("ky", "stop"), ("n", "nasal"), ("h", "fricative"),
    ),
}  # fmt: skip
ENTRIES: dict[str, dict[str, str]] = {
    "zh": {
        "a": "a", "ba": "b a", "ma": "m a", "ni": "n i", "hao": "h ao", "tian": "t ian", "wang": "w ang", "zhang": "zh ang",
        "tiao": "t i ao", "wo": "w o",
    },
    "en": {"hello": "hh ah l ow"},
    "ja": {"a": "a", "か": "k a", "ka": "k a", "sa": "s a", "ku": "k u", "ra": "r a", "kyo": "ky o", "u": "u",
         "N": "N", "ni": "n i", "ha": "h a"},
}  # fmt: skip


def make_bank(folder: Path, plan: BankPlan | None = None) -> Path:
    """Write a bank into ``folder``, which is made; returns ``folder``."""
    plan = plan or BankPlan()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "character.txt").write_text("name=Toy\nauthor=Nobody\n", encoding="utf-8")
    write_yaml(folder / "character.yaml", {
        "name": "Toy", "singer_type": "diffsinger", "text_file_encoding": "utf-8", "portrait_opacity": 0.67,
        "subbanks": [{"color": name, "prefix": "", "suffix": name, "tone_ranges": ["C2-C6"]} for name in plan.speakers],
    })  # fmt: skip
    for place, module in enumerate(("", *(f"ds{name}" for name in plan.modules))):
        home = folder / module
        home.mkdir(exist_ok=True)
        _write_tables(home, plan, place)
        models = models_of(module, plan, place)
        for name, model in models.items():
            (home / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))
        write_yaml(home / "dsconfig.yaml", _config(module, plan, tuple(models)))
    home = (
        folder.parent / "Dependencies" / plan.shared_vocoder if plan.shared_vocoder else folder / "dsvocoder"
    )
    home.mkdir(parents=True, exist_ok=True)
    (home / "vocoder.onnx").write_bytes(vocoder(plan).SerializeToString(deterministic=True))
    write_yaml(
        home / "vocoder.yaml",
        {"name": "toy", "model": "vocoder.onnx", **_specs(plan), "mel_base": "e", "pitch_controllable": True},
    )
    return folder


def write_yaml(path: Path, values: object) -> None:
    """Write a configuration: JSON is YAML."""
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")


def tokens_of(plan: BankPlan) -> dict[str, int]:
    """Phoneme to number."""
    names = [_named(plan, language, phone) for language in plan.languages for phone, _ in PHONES[language]]
    return {"AP": 1, "SP": 2} | {name: 3 + place for place, name in enumerate(names)}


def _named(plan: BankPlan, language: str, phone: str) -> str:
    return f"{language}/{phone}" if len(plan.languages) > 1 else phone


def _write_tables(home: Path, plan: BankPlan, place: int) -> None:
    tokens = tokens_of(plan)
    if len(plan.languages) > 1:
        (home / "phonemes.json").write_text(json.dumps(tokens), encoding="utf-8")
        (home / "languages.json").write_text(json.dumps(_language_ids(plan)), encoding="utf-8")
    else:
        (home / "phonemes.txt").write_text("\n".join(["<PAD>", *tokens]) + "\n", encoding="utf-8")
    for number, name in enumerate(plan.speakers):
        vector = np.random.default_rng([plan.seed, place, number]).normal(size=WIDTH).astype("<f4")
        (home / f"{name}.emb").write_bytes(vector.tobytes())
    for language in plan.languages:
        symbols = [
            {"symbol": _named(plan, language, phone), "type": kind} for phone, kind in PHONES[language]
        ]
        symbols += [{"symbol": "SP", "type": "vowel"}, {"symbol": "AP", "type": "vowel"}]
        entries = [
            {"grapheme": word, "phonemes": [_named(plan, language, phone) for phone in phones.split()]}
            for word, phones in ENTRIES[language].items()
        ]
        if home.name == "dsdur":
            write_yaml(home / f"dsdict-{language}.yaml", {"symbols": symbols, "entries": entries})
    if home.name in ("dspitch", "dsvariance"):
        every = [
            {"symbol": _named(plan, lang, phone), "type": kind}
            for lang in plan.languages
            for phone, kind in PHONES[lang]
        ]
        write_yaml(home / "dsdict.yaml", {"symbols": every, "entries": []})


def _language_ids(plan: BankPlan) -> dict[str, int]:
    return {language: place + 1 for place, language in enumerate(plan.languages)}


def _specs(plan: BankPlan) -> dict[str, Any]:
    return {
        "sample_rate": plan.rate_hz, "hop_size": plan.hop, "win_size": 2_048, "fft_size": 2_048, "num_mel_bins": BINS,
        "mel_fmin": 40, "mel_fmax": 16_000, "mel_scale": "slaney",
    }  # fmt: skip


def _config(module: str, plan: BankPlan, models: Sequence[str]) -> dict[str, Any]:
    many = len(plan.languages) > 1
    config: dict[str, Any] = {
        "phonemes": "phonemes.json" if many else "phonemes.txt",
        "use_lang_id": plan.lang_ids, "hidden_size": WIDTH, "sample_rate": plan.rate_hz, "hop_size": plan.hop,
        "use_continuous_acceleration": not plan.is_old,
    }  # fmt: skip
    config |= {name: f"{name}.onnx" for name in models}
    config |= {"languages": "languages.json"} if many else {}
    config |= {"speakers": list(plan.speakers)} if plan.speakers else {}
    if not module:
        depth = (400 if plan.is_old else 0.6) if plan.has_depth else 0
        config |= {
            **_specs(plan), "vocoder": plan.shared_vocoder or "toy", "mel_base": plan.mel_base, "use_key_shift_embed": True,
            "use_speed_embed": True, "use_variable_depth": plan.has_depth, "max_depth": depth,
            **{f"use_{name}_embed": name in plan.variances for name in VARIANCES},
            "augmentation_args": {"random_pitch_shifting": {"range": [-5, 5]}},
        }  # fmt: skip
    elif module != "dsdur":
        config |= {"predict_dur": plan.by_words, "use_expr": True, "use_note_rest": True}
        config |= (
            {f"predict_{name}": name in plan.variances for name in VARIANCES}
            if module == "dsvariance"
            else {}
        )
    return config | (plan.extra if not module else {})

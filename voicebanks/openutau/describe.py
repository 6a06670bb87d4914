"""What a bank made for OpenUtau says of itself, in the words of the engine's own manifests; its models are not opened."""

from __future__ import annotations

from pathlib import Path

from singer.diffsinger.bank import voice_spec
from singer.errors import VoicebankError
from voicebanks.documents import read_yaml
from voicebanks.manifest import AudioContract, Licence, Manifest, Range
from voicebanks.openutau.character import read_character
from voicebanks.openutau.detect import CONFIG_NAME
from voicebanks.openutau.dictionaries import Dictionaries
from voicebanks.openutau.languages import languages_of
from voicebanks.openutau.tables import read_languages, read_tokens
from voicebanks.openutau.yaml_file import Config, read_inside

UNKNOWN_LICENCE = "unknown"


def describe_bank(folder: Path) -> Manifest:
    """Name, title, languages, range and audio contract of a bank. It has no files, phones or timbre of the engine's kind.

    Raises:
        VoicebankError: its configuration cannot be read.
    """
    character = read_character(folder)
    config = _config(folder)
    if not config.has("acoustic"):
        raise VoicebankError(
            "bank", "found nothing; expected is the acoustic model", f"{CONFIG_NAME}: acoustic"
        )
    tokens, table = read_tokens(config, folder), read_languages(config, folder)
    dictionaries = Dictionaries(folder / "dsdur", folder).languages
    languages = languages_of(tokens, table, dictionaries, character.language)
    spec = voice_spec(config.whole("sample_rate", 44_100, 8_000, 192_000))
    audio = AudioContract(sample_rate_hz=spec.sample_rate_hz, hop_samples=spec.hop_samples)
    return Manifest.model_construct(
        format="singer-voicebank",
        version=1,
        name=folder.resolve().name,
        title=character.title,
        description=character.about,
        version_of_voice=character.version,
        range=Range(lowest_midi=character.lowest_midi, highest_midi=character.highest_midi),
        licence=Licence(spdx=UNKNOWN_LICENCE, files=()),
        languages={language: place for place, language in enumerate(languages)},
        audio=audio,
        context_frames=0,
        phones={},
        timbre=(0.0,),
        files={},
    )


def singers_of(folder: Path) -> tuple[str, ...]:
    """Names of a bank's singers, the first of them sings unless another is asked for; none if it has only one."""
    return _config(folder).names("speakers")


def _config(folder: Path) -> Config:
    content = read_inside(folder, str(folder / CONFIG_NAME), CONFIG_NAME)
    return Config(read_yaml(content, CONFIG_NAME), folder, CONFIG_NAME)

"""Options that several verbs share, and what they stand for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from api.reporting import JSON_KEY
from api.settings import read_settings
from frontend_g2p.phones import LANGUAGES
from singer.errors import LyricsError

if TYPE_CHECKING:
    from frontend_g2p.user_dictionary import UserDictionary
    from singer.import_options import ImportOptions
    from singer.voice import Voice
    from voicebanks.load import VoiceFolder

DEFAULT_VOICE = "suyin"
PROVIDERS = ("cpu", "cuda", "directml", "coreml")

Command = TypeVar("Command", bound=Callable[..., Any])


def _note_json(context: click.Context, _: click.Parameter, value: bool) -> bool:
    context.find_root().meta[JSON_KEY] = value
    return value


def json_option(command: Command) -> Command:
    """``--json``: result, or error, as JSON on standard output."""
    text = "Print the result, or the error, as JSON."
    return click.option("--json", "as_json", is_flag=True, is_eager=True, callback=_note_json, help=text)(
        command
    )


def voice_options(command: Command) -> Command:
    """``--voice``, ``--provider`` and ``--threads``."""
    for decorate in (
        click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True, help="Threads."),
        click.option(
            "--provider",
            type=click.Choice(PROVIDERS),
            default="cpu",
            show_default=True,
            help="Where models run.",
        ),
        click.option(
            "--voice",
            metavar="NAME[@VERSION]|FOLDER",
            help=f"Who sings. Default: the voice that the song names, or {DEFAULT_VOICE}.",
        ),
    ):
        command = decorate(command)
    return command


def _use_words(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    from voicebanks.use_policy import is_use

    for word in given:
        if not is_use(word):
            message = f"found {word[:40]!r}; a use is one word of a-z 0-9 -, such as commercial"
            raise click.BadParameter(message, param=option)
    return given


def use_options(command: Command) -> Command:
    """``--use`` and ``--have-permission``: what the sound is for, to be held against the voice's use policy."""
    for decorate in (
        click.option(
            "--have-permission",
            is_flag=True,
            help="The voice's owner has permitted the commercial use, where the voice's policy asks for that.",
        ),
        click.option(
            "--use",
            "uses",
            metavar="USE",
            multiple=True,
            callback=_use_words,
            help="What the sound is for, such as commercial; refused if the voice's policy forbids it. May be repeated.",
        ),
    ):
        command = decorate(command)
    return command


def score_options(command: Command) -> Command:
    """What a score file leaves open: its part, verse, language, chords, text encoding, and the user's readings."""
    for decorate in (
        dictionary_option,
        click.option(
            "--chords",
            type=click.Choice(["refuse", "highest"]),
            default="refuse",
            show_default=True,
            help="Notes that sound together in MIDI, MusicXML and projects of other editors.",
        ),
        click.option(
            "--lyrics-encoding",
            metavar="NAME",
            help="Text encoding of lyrics in MIDI and UST files, such as shift-jis. Default: found out.",
        ),
        click.option(
            "--language", type=click.Choice(LANGUAGES), help="Language of the lyrics, in any file but JSON."
        ),
        click.option("--verse", type=click.IntRange(1), help="Verse of a MusicXML score."),
        click.option("--track", help="Track or part to sing, by number (from 1) or name."),
    ):
        command = decorate(command)
    return command


def _named_numbers(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in given:
        name, number = (*text.split("=", 1), "")[:2]
        try:
            found[name] = float(number)
        except ValueError as error:
            raise click.BadParameter(f"found {text!r}; write NAME=NUMBER", param=option) from error
    return found


def expression_options(command: Command) -> Command:
    """``--emotion`` and ``--control``: names with numbers, as dictionaries."""
    for name, metavar, text in (
        (
            "--control",
            "NAME=VALUE",
            "Added over the whole song; singer controls lists them. May be repeated.",
        ),
        ("--emotion", "NAME=WEIGHT", "Emotion of the song, in place of the score's. May be repeated."),
    ):
        decorate = click.option(name, metavar=metavar, multiple=True, callback=_named_numbers, help=text)
        command = decorate(command)
    return command


def dictionary_option(command: Command) -> Command:
    """``--dictionary``: the user's own readings."""
    text = "Your own readings: lines of language<TAB>word<TAB>reading, or JSON."
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option("--dictionary", type=kind, help=text)(command)


def import_options(given: dict[str, Any]) -> ImportOptions:
    """The values of ``score_options`` as the engine's type."""
    from singer.import_options import ImportOptions

    track = given["track"]
    return ImportOptions(
        track=int(track) if track is not None and track.isascii() and track.isdigit() else track,
        verse=given["verse"],
        language=given["language"],
        chords=given["chords"],
        encoding=given["lyrics_encoding"],
    )


def load_dictionary(path: Path | None) -> UserDictionary | None:
    """The user dictionary at ``path``, if one is given."""
    if path is None:
        return None
    from frontend_g2p.user_dictionary import UserDictionary

    try:
        return UserDictionary.load(path)
    except OSError as error:
        raise LyricsError("dictionary", f"cannot be read: {error.strerror}", str(path)) from error


def find_asked_voice(given: dict[str, Any], asked_for_by_song: str) -> VoiceFolder:
    """The voice of ``--voice``, else the song's, else the default one, found and not loaded."""
    from voicebanks.load import find_voice

    return find_voice(given["voice"] or asked_for_by_song or DEFAULT_VOICE, read_settings().voice_folders)


def load_found_voice(given: dict[str, Any], found: VoiceFolder) -> Voice:
    """A voice that was found, with its models loaded."""
    from singer.onnx_model import RunsOn
    from voicebanks.load import load_folder

    return load_folder(found, RunsOn(given.get("provider", "cpu"), given.get("threads", 1)))


def open_voice(given: dict[str, Any], asked_for_by_song: str) -> Voice:
    """The voice of ``--voice``, else the song's, else the default one, with its models loaded."""
    return load_found_voice(given, find_asked_voice(given, asked_for_by_song))


def read_bytes(path: str) -> bytes:
    """Content of a file of reasonable size, or of standard input for ``-``; raises ``ScoreError``."""
    from singer.score_io import read_source

    if path == "-":
        return read_source(sys.stdin.buffer)[0]
    return read_source(path)[0]

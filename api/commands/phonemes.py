"""``singer phonemes``: how lyrics are read, one entry per syllable."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from api.options import dictionary_option, json_option, load_dictionary
from api.reporting import as_singer_error, error_document, print_json, print_table
from frontend_g2p.errors import ReadingError
from frontend_g2p.phones import LANGUAGES, Language
from singer.errors import LyricsError

if TYPE_CHECKING:
    from frontend_g2p.phones import Syllable
    from frontend_g2p.user_dictionary import UserDictionary


@click.command("phonemes")
@click.argument("text")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Language of the line. Default: guessed from its script (kana: ja, Chinese characters: zh or, by its own "
    "characters, yue; numbered pinyin: zh; other numbered Jyutping: yue; Latin letters: en). "
    "Parts in another script are read in theirs either way.",
)
@dictionary_option
@json_option
def command(text: str, language: Language | None, dictionary: Any, as_json: bool) -> None:
    """Show how TEXT is sung: its syllables, the reading chosen for each, and their phones.

    TEXT is a line of lyrics, or - for lines from standard input. With --json every line gives one JSON array, and a
    line that cannot be read gives an object {"error": ...} in its place, so that lines stay aligned; the exit code
    then tells of the failure. A reading that is wrong can be typed in the lyric instead: 行{hang2}, 香{hoeng1}.

    \b
    singer phonemes "好一朵美丽的茉莉花"
    singer phonemes "月光光 照地堂" --language yue --json
    singer phonemes - --json < lyrics.txt
    """
    user_dictionary = load_dictionary(dictionary)
    if text == "-":
        failed = sum(
            _show_line(number, line, language, user_dictionary, as_json) for number, line in _lines()
        )
        if failed:
            raise SystemExit(LyricsError.exit_code)
        return
    syllables = read_lyrics(text, language, user_dictionary)
    if not syllables:
        raise LyricsError("no_text", "there is nothing to read in it; give a line of lyrics", repr(text[:40]))
    _show(syllables, as_json)


def _lines() -> Iterator[tuple[int, bytes]]:
    """Lines of standard input with their numbers; only a line feed ends a line."""
    for number, line in enumerate(sys.stdin.buffer, start=1):
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")


def _show_line(
    number: int, line: bytes, language: Language | None, dictionary: UserDictionary | None, as_json: bool
) -> bool:
    """Show one line, or report it; gives whether it failed."""
    try:
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise LyricsError("not_utf8", "is not UTF-8 text") from error
        _show(read_lyrics(text, language, dictionary) if text.strip() else (), as_json)
    except (LyricsError, ReadingError) as error:
        click.echo(f"line {number}: {as_singer_error(error)}", err=True)
        if as_json:
            print_json(error_document(error))
        return True
    return False


def read_lyrics(
    text: str, language: Language | None, dictionary: UserDictionary | None
) -> tuple[Syllable, ...]:
    """The syllables of a line, its language guessed if ``None``; raises ``LyricsError`` or ``ReadingError``."""
    from frontend_g2p.phonemize import read_line
    from singer.imported_notes import guess_language

    if not text.strip():
        raise LyricsError("no_text", "there is nothing to read; give a line of lyrics")
    return read_line(text, language or guess_language([text]), user_dictionary=dictionary)


def _show(syllables: tuple[Syllable, ...], as_json: bool) -> None:
    if as_json:
        print_json([entry(syllable) for syllable in syllables])
        return
    rows = [
        (
            syllable.text,
            syllable.language,
            syllable.reading,
            " ".join(phone.symbol for phone in syllable.phones),
            syllable.source,
        )
        for syllable in syllables
    ]
    print_table(("text", "language", "reading", "phones", "found by"), rows)


def entry(syllable: Syllable) -> dict[str, Any]:
    """A syllable as JSON."""
    return {
        "text": syllable.text,
        "language": syllable.language,
        "reading": syllable.reading,
        "phones": [{"phone": phone.symbol, "role": phone.role} for phone in syllable.phones],
        "source": syllable.source,
    }

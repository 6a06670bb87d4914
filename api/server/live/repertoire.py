"""The songs that a show may sing: the scores of a folder, found by what people type in a chat."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from singer.errors import ScoreError
from singer.score import Score, printable
from singer.score_io import load_score

SUFFIXES = (".json", ".mid", ".midi", ".musicxml", ".mxl")
_TAG = re.compile(r"[#＃]\s*([^#＃]+)")
"""A request in a chat: a hash sign and a title."""


@dataclass(frozen=True, slots=True)
class Song:
    """One song of the repertoire.

    Attributes:
        name: the file's name without its suffix; names the song in requests.
        title: its title.
        duration_s: its length.
        score: the song.
    """

    name: str
    title: str
    duration_s: float
    score: Score


class Repertoire:
    """The songs of a folder.

    Attributes:
        songs: name to song, by name.
        problems: name of a file to why it is not among them.
    """

    def __init__(self, folder: Path) -> None:
        """Read the scores of ``folder``; raises ``ScoreError`` if it is no folder."""
        if not folder.is_dir():
            raise ScoreError("no_repertoire", "there is no folder here; give one with scores", str(folder))
        songs: dict[str, Song] = {}
        self.problems: dict[str, str] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() not in SUFFIXES or path.stem in songs:
                continue
            try:
                score = load_score(path)
            except ScoreError as error:
                self.problems[path.name] = str(error)
            else:
                songs[path.stem] = Song(path.stem, score.title or path.stem, score.duration_s, score)
        self.songs: Mapping[str, Song] = songs

    def find(self, wanted: str) -> Song:
        """The song that somebody means.

        Args:
            wanted: a name or title, or a chat message with one after a hash sign (``#茉莉花``). Case, width of characters,
                blanks and punctuation do not count; a part that only one title has is enough.

        Raises:
            ScoreError: ``no_such_song`` or ``several_songs``, listing what there is.
        """
        tag = _TAG.search(wanted)
        key = _plain(tag[1] if tag else wanted)
        whole = [song for song in self.songs.values() if key in _keys(song)]
        found = whole or [
            song for song in self.songs.values() if key and any(key in each for each in _keys(song))
        ]
        if len(found) == 1:
            return found[0]
        titles = ", ".join(song.title for song in (found or self.songs.values()))
        shown = printable(wanted.strip(), 40)
        if found:
            raise ScoreError("several_songs", f'"{shown}" may be one of {titles}', "song")
        raise ScoreError(
            "no_such_song", f'found "{shown}"; the repertoire has {titles or "no songs"}', "song"
        )


def _keys(song: Song) -> Iterator[str]:
    yield _plain(song.name)
    yield _plain(song.title)


def _plain(text: str) -> str:
    """Letters and digits only, in one case and width."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())

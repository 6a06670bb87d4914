"""A score on its way to a performance: lyrics read and laid, phrases cut, the rules applied, the range checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from singer.lyrics import Laid, lay_lyrics
from singer.performance.perform import perform, performance_warnings
from singer.performance.performance import Performance
from singer.phrasing import split_phrases
from singer.score import Score, check_range
from singer.voice import Voice

if TYPE_CHECKING:
    from frontend_g2p.user_dictionary import UserDictionary
    from singer.performance.style import Style


@dataclass(frozen=True, slots=True)
class PerformedSong:
    """A performance, and what its maker should know about it.

    Attributes:
        performance: the song, ready to be rendered or edited.
        laid: what each note sings.
        warnings: what reading the file left out, readings that were guessed, and places that could not be sung
            quite as written, naming the note.
    """

    performance: Performance
    laid: Laid
    warnings: tuple[str, ...]


def perform_song(
    score: Score,
    voice: Voice,
    *,
    user_dictionary: UserDictionary | None = None,
    style: Style | None = None,
) -> PerformedSong:
    """Perform ``score`` for ``voice``.

    Args:
        score: the song.
        voice: who will sing it; its range and its languages count, its models are not run.
        user_dictionary: the user's own readings.
        style: controls of the rules of performance.

    Raises:
        LyricsError: a lyric that cannot be read.
        ScoreError: a note outside the voice's range.
        PerformanceError: a note that cannot be sung.
    """
    laid = laid_for(score, voice, user_dictionary)
    check_range(score, voice.title, voice.lowest_midi, voice.highest_midi)
    phrases = split_phrases(score, laid)
    performance = perform(score, phrases, voice=voice.name, style=style, imported=voice.imported)
    warnings = (*score.warnings, *laid.warnings, *performance_warnings(score, phrases, style=style))
    return PerformedSong(performance, laid, warnings)


def laid_for(score: Score, voice: Voice, user_dictionary: UserDictionary | None = None) -> Laid:
    """What the notes sing: read by the front end, and by the bank's own words and hints where the voice is an imported one.

    Raises:
        LyricsError: a lyric that cannot be read.
    """
    if voice.imported is None:
        return lay_lyrics(score, user_dictionary)
    return voice.imported.lay(score, user_dictionary)

"""Before the first request: what would be loaded during it is loaded, and what stays is no longer looked through."""

from __future__ import annotations

import gc
import logging

from frontend_g2p.errors import ReadingError
from frontend_g2p.phones import LANGUAGES, Language
from singer.errors import SingerError
from singer.render import render
from singer.score import Note, Score
from singer.voice import Voice

_LOG = logging.getLogger(__name__)
_WORDS: dict[Language, str] = {"zh": "花", "yue": "花", "en": "flower", "ja": "花"}


def warm_up(voice: Voice) -> None:
    """Sing a word in every language of ``voice``, then take all objects that live now out of garbage collection.

    The dictionaries are some 300 000 objects; looking through them stops every thread for 50 ms, in the middle of streams.
    """
    midi = (voice.lowest_midi + voice.highest_midi) / 2.0
    for language in LANGUAGES:
        if language not in voice.languages:
            continue
        try:
            render(Score((Note(1.0, 0.5, midi, _WORDS[language]),), language=language), voice)
        except (SingerError, ReadingError) as error:
            _LOG.warning("songs in %r cannot be sung here: %s", language, error)
    gc.collect()
    gc.freeze()

"""Phrases and scores made by hand, for the tests of the performance rules."""

from frontend_g2p.inventory import with_roles
from frontend_g2p.phones import Syllable
from singer.phrases import Phrase, PhraseNote
from singer.score import Note, Score, TempoMap


def syllable(symbols, language="zh", reading="x1"):
    return Syllable("x", language, reading, with_roles(symbols.split()), 0, 1, 0, "typed")


def notes_of(rows, language="zh", start_s=1.0, index=0):
    """Notes from rows (phones | "-" | "AP" | "rest", seconds, midi, options); phones of syllables parted by "/"."""
    found, time_s = [], start_s
    for row in rows:
        lyric, length_s, midi, options = (*row, {})[:4] if len(row) == 3 else row
        end_s = time_s + length_s
        if lyric != "rest":
            kind = {"-": "hold", "AP": "breath"}.get(lyric, "sung")
            made = tuple(syllable(part, language) for part in lyric.split("/")) if kind == "sung" else ()
            found.append(PhraseNote(time_s, end_s, midi, kind, made, index + len(found), **options))
        time_s = end_s
    return tuple(found)


def phrase(rows, language="zh", start_s=1.0, before_s=None, after_s=float("inf"), curves=(), index=0):
    notes = notes_of(rows, language, start_s)
    before_s = start_s if before_s is None else before_s
    return Phrase(notes, before_s, after_s, tuple(curves), index)


def score_of(*phrases, title="Test"):
    """A score whose note indices are those of the phrases; 60 beats per minute, so a beat is a second."""
    notes = {}
    for part in phrases:
        for note in part.notes:
            lyric = {"hold": "-", "breath": "AP"}.get(note.kind, "la")
            notes[note.index] = Note(note.start_s, note.end_s - note.start_s, note.midi, lyric)
    return Score(tuple(notes[key] for key in sorted(notes)), "zh", TempoMap(((0.0, 60.0),)), title)


def song(rows_of_phrases, gaps_s, language="zh", start_s=1.0):
    """Phrases one after another; ``gaps_s[i]`` is the rest after phrase i."""
    phrases, time_s, count = [], start_s, 0
    for place, rows in enumerate(rows_of_phrases):
        notes = notes_of(rows, language, time_s, count)
        before_s = start_s if place == 0 else gaps_s[place - 1]
        after_s = gaps_s[place] if place < len(gaps_s) else float("inf")
        phrases.append(Phrase(notes, before_s, after_s, (), place))
        count += len(notes)
        time_s = notes[-1].end_s + (after_s if place < len(gaps_s) else 0.0)
    return tuple(phrases)


def spans_of(performed, role=None):
    return [span for span in performed.phones if role is None or span.role == role]

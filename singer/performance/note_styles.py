"""The style of each note of a phrase: the song's style, moved by the note's emotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from singer.emotions import EMOTIONS, shares
from singer.performance.style import Style
from singer.phrases import Phrase

_MOVED = sorted({name for emotion in EMOTIONS.values() for name in emotion.style})
_BOUNDS = {control.name: control.metadata for control in fields(Style) if control.metadata}


@dataclass(frozen=True, slots=True)
class NoteStyles:
    """Styles in one phrase.

    Attributes:
        whole: what acts on the phrase as one (breaths, consonants, arch): the mean of its notes' styles by their length.
        by_note: index of a note in the score to its style.
        first, last: those of the phrase's first and last notes, which shape its start and its end.
    """

    whole: Style
    by_note: Mapping[int, Style]
    first: Style
    last: Style

    def of(self, note: int | None) -> Style:
        """Style of the note with this index in the score; that of the whole phrase for what belongs to none."""
        return self.whole if note is None else self.by_note.get(note, self.whole)


def note_styles(phrase: Phrase, style: Style) -> NoteStyles:
    """Styles of a phrase's notes; all are ``style`` itself where no note has an emotion."""
    if not any(note.emotion for note in phrase.notes):
        return NoteStyles(style, {note.index: style for note in phrase.notes}, style, style)
    styles = [blend(style, note.emotion) for note in phrase.notes]
    whole = _mean(styles, [note.end_s - note.start_s for note in phrase.notes])
    by_note = {note.index: own for note, own in zip(phrase.notes, styles, strict=True)}
    return NoteStyles(whole, by_note, styles[0], styles[-1])


def blend(style: Style, emotion: Mapping[str, float]) -> Style:
    """``style`` moved towards the styles of emotions.

    Each number goes from the style's to the emotion's by the emotion's share; shares sum to 1 at most, so that the result lies
    between the values that it is made of.

    Args:
        style: where it starts from.
        emotion: name of ``EMOTIONS`` to weight 0-1.
    """
    moved: dict[str, float] = {}
    for name, share in shares(emotion).items():
        for control, target in EMOTIONS[name].style.items():
            start = getattr(style, control)
            moved[control] = moved.get(control, start) + share * (target - start)
    return _bounded(style, moved)


def added_controls(emotion: Mapping[str, float]) -> dict[str, float]:
    """What emotions add to the controls: name of a control to a value."""
    added: dict[str, float] = {}
    for name, share in shares(emotion).items():
        for control, value in EMOTIONS[name].controls.items():
            added[control] = added.get(control, 0.0) + share * value
    return added


def _mean(styles: Sequence[Style], lengths_s: Sequence[float]) -> Style:
    total_s = sum(lengths_s)
    values = {
        name: sum(getattr(style, name) * length_s for style, length_s in zip(styles, lengths_s, strict=True))
        / total_s
        for name in _MOVED
    }
    return _bounded(styles[0], values)


def _bounded(style: Style, values: Mapping[str, float]) -> Style:
    """``style`` with ``values``; float error does not lead out of the bounds."""
    kept: dict[str, Any] = {
        name: min(max(value, _BOUNDS[name]["low"]), _BOUNDS[name]["high"]) for name, value in values.items()
    }
    return replace(style, **kept)

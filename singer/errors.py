"""The engine's one tree of errors. Each says what was found, what is allowed, and where in the user's document."""

from __future__ import annotations


class SingerError(Exception):
    """Any error that the engine reports to its user.

    Attributes:
        code: stable machine word, lower case with underscores, such as ``note_overlap``.
        message: what was found, what is allowed, and what to do, in the user's terms.
        where: place in the user's document, such as ``note 12 "ki" (bar 4)``; empty if the error has no place.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.code = code
        self.message = message
        self.where = where


class ScoreError(SingerError):
    """The score, or a file that should hold one, cannot be read or breaks a rule of scores."""

    exit_code = 3


class LyricsError(SingerError):
    """A lyric cannot be read or does not fit its notes."""

    exit_code = 4


class PerformanceError(SingerError):
    """A performance document cannot be read or breaks a rule of performances."""

    exit_code = 5


class VoicebankError(SingerError):
    """A voice folder is missing, damaged, unsafe or does not fit the request."""

    exit_code = 6


class ModelError(SingerError):
    """A neural model could not be loaded or run, or the provider asked for is not there."""

    exit_code = 7


class OutputError(SingerError):
    """The audio or document could not be written."""

    exit_code = 8


class Cancelled(SingerError):  # noqa: N818 - the word the field uses for it
    """The work was stopped on request; nothing was left half-written."""

    exit_code = 130

    def __init__(self, message: str = "cancelled on request") -> None:
        super().__init__("cancelled", message)

"""The front end's one error: a piece of text that it cannot read."""

from __future__ import annotations


class ReadingError(ValueError):
    """Text that cannot be read as lyrics.

    Attributes:
        code: stable machine word such as ``unknown_symbol``, ``unknown_word``, ``too_long``, ``bad_reading``,
            ``missing_package``.
        message: what was found, what is allowed and what to do.
        text: the piece of the lyric it is about.
        start, end: its code-point span in the line as the caller gave it.
    """

    def __init__(self, code: str, message: str, text: str, start: int, end: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.text = text
        self.start = start
        self.end = end

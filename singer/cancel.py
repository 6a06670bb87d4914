"""Stopping work that is under way: a token that every stage looks at before each model run."""

from __future__ import annotations

import threading

from singer.errors import Cancelled


class CancelToken:
    """A one-way switch, safe to share between threads: once cancelled, it stays so."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work that holds this token to stop at its next look."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether ``cancel`` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise ``Cancelled`` if ``cancel`` was called."""
        if self._event.is_set():
            raise Cancelled

"""Clients that stop reading an answer are dropped, so that they hold no place and no song for ever."""

from __future__ import annotations

import asyncio
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)

SLOW_S = 60.0
"""A player may stand still for a while; a download that does so for a minute is over."""


class SlowReaders:
    """Ends answers of which nothing was read for ``SLOW_S``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an answer that is not read ends as if the client had left."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            try:
                await asyncio.wait_for(send(message), SLOW_S)
            except TimeoutError as error:
                _LOG.info("a client did not read %s for %g s and was dropped", scope["path"], SLOW_S)
                raise _Gone from error

        try:
            await self._app(scope, receive, sent)
        except _Gone:
            return


class _Gone(Exception):  # noqa: N818 - it never leaves this module
    """The client was dropped."""

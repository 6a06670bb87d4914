"""The endpoints as an application of their own under a prefix, and on a port of their own."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.server.voicevox import info_routes, song_routes
from api.server.voicevox.about import engine_version
from api.server.voicevox.errors import details, tell_details

_DESCRIPTION = (
    "The song endpoints of the VOICEVOX engine's API, sung by the server's voices. Frames are 1/93.75 s; `speaker` is the number "
    'of a style. Errors are `{"detail": ...}`.'
)


def voicevox_app(app: FastAPI) -> FastAPI:
    """The endpoints, with the engine of ``app``."""
    made = FastAPI(title="Singer for VOICEVOX clients", version=engine_version(), description=_DESCRIPTION)
    made.state = app.state
    tell_details(made)
    made.include_router(info_routes.router, responses=details(401, 403, 404, 422, 429, 503))
    made.include_router(song_routes.router, responses=details(400, 401, 403, 413, 422, 429, 503))
    return made


class OwnPort:
    """Requests that come in at one port are asked of the application under ``prefix``."""

    def __init__(self, app: ASGIApp, port: int, prefix: str) -> None:
        self._app, self._port, self._prefix = app, port, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the prefix before the path of a request at the port."""
        server = scope.get("server")
        own = scope["type"] in ("http", "websocket") and server is not None and server[1] == self._port
        if own and not scope["path"].startswith(self._prefix + "/"):
            raw = self._prefix.encode() + scope["raw_path"]
            scope = {**scope, "path": self._prefix + scope["path"], "raw_path": raw}
        await self._app(scope, receive, send)

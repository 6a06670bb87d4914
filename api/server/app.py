"""The application: routes, errors and limits around one engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api.server.credits import HEADERS
from api.server.engine import Engine, open_engine
from api.server.live.routes import router as live_router
from api.server.problems import METHODS, problems, tell_problems
from api.server.routes import health, jobs, performance, reading, sing, voices
from api.server.routes.access import json_only
from api.server.security import BodyLimit, plain_origin
from api.server.settings import ServerSettings
from api.server.slow_readers import SlowReaders
from api.server.stream.routes import router as stream_router
from api.server.voicevox.mount import OwnPort, voicevox_app

_STATIC = Path(__file__).parents[1] / "static"
_LOCAL_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_ROUTERS = (health.router, voices.router, sing.router, performance.router, jobs.router)
_JSON_ROUTERS = (reading.router, live_router)
_DESCRIPTION = (
    "Singing in original synthetic voices: lyrics and a score in, sound out. Errors are problem documents (RFC 9457) whose "
    "`where` names the place in the song. Live singing goes over the WebSocket `/v1/stream`."
)


def create_app(settings: ServerSettings) -> FastAPI:
    """The application; its engine is opened when it starts, and closed when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine: Engine = open_engine(settings)
        app.state.engine = engine
        try:
            await engine.start()
            yield
        finally:
            app.state.engine = None
            await engine.close()

    app = FastAPI(
        title="Singer", version=version("singer-engine"), description=_DESCRIPTION, lifespan=lifespan
    )
    app.state.engine = None
    tell_problems(app)
    app.add_middleware(BodyLimit, largest_bytes=settings.largest_body_bytes)
    _allow_pages(app, settings)

    @app.middleware("http")
    async def counted(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        engine = app.state.engine
        if isinstance(engine, Engine):
            found = getattr(request.scope.get("route"), "path", None)
            route = "none" if found is None else request.scope.get("root_path", "") + found
            method = request.method if request.method in METHODS else "other"
            engine.metrics.requests.labels(method, route, response.status_code).inc()
        return response

    app.add_middleware(SlowReaders)
    _add_routers(app)
    _serve_files(app)
    if settings.voicevox_prefix:
        app.mount(settings.voicevox_prefix, voicevox_app(app), name="voicevox")
        if settings.voicevox_port is not None:
            app.add_middleware(OwnPort, port=settings.voicevox_port, prefix=settings.voicevox_prefix)
    return app


def _add_routers(app: FastAPI) -> None:
    for router in _ROUTERS:
        app.include_router(router)
    app.include_router(stream_router, responses=problems(422))
    for router in _JSON_ROUTERS:
        app.include_router(router, dependencies=[Depends(json_only)], responses=problems(400, 415, 422))


def _allow_pages(app: FastAPI, settings: ServerSettings) -> None:
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[plain_origin(origin) for origin in settings.allowed_origins],
        allow_origin_regex=_LOCAL_ORIGIN,
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=list(HEADERS),
    )


def _serve_files(app: FastAPI) -> None:
    if not _STATIC.is_dir():
        return
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")

    @app.get("/overlay", include_in_schema=False)
    async def overlay() -> FileResponse:
        return FileResponse(_STATIC / "overlay.html")

    @app.get("/client.js", include_in_schema=False)
    async def client() -> FileResponse:
        return FileResponse(_STATIC / "client.js", media_type="text/javascript")

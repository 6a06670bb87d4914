"""Who may ask, from where, how often: bearer tokens, origins, rates and sizes."""

from __future__ import annotations

import hashlib
import hmac
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.server.problems import RequestError, reply
from api.server.settings import SettingsError

_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_BEARER = "bearer."
"""A token among the subprotocols of a WebSocket, for browsers, which cannot send it in a header."""


class Token(BaseModel):
    """One token of the tokens file.

    Attributes:
        name: whom it belongs to; their jobs are theirs alone.
        sha256: hash of the token, 64 hexadecimal digits: the file holds no secrets.
        requests_per_minute: most requests in a minute.
        concurrent: most requests and streams at the same time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=64)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    requests_per_minute: int = Field(600, ge=1)
    concurrent: int = Field(20, ge=1)


class _TokensFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    token: list[Token] = []


def read_tokens(path: Path) -> tuple[Token, ...]:
    """The tokens in a TOML file with tables ``[[token]]``.

    Raises:
        SettingsError: it cannot be read, or says something that is not allowed.
    """
    try:
        return tuple(_TokensFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).token)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError("tokens_file", f"cannot be read: {error}", str(path)) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ", ".join(str(part) for part in first["loc"])
        raise SettingsError("tokens_file", f"{place}: {first['msg']}", str(path)) from error


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        name: of the token; "" where the server wants none.
        token: the token's limits; ``None`` where the server wants none.
    """

    name: str
    token: Token | None


class Guard:
    """Knows the tokens, and counts what their owners do. All of it belongs to one event loop."""

    def __init__(self, tokens: Sequence[Token] | None, allowed_origins: Iterable[str]) -> None:
        """``None`` for tokens lets everybody in."""
        self._tokens = tokens
        self._origins = frozenset(plain_origin(origin) for origin in allowed_origins)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._busy: Counter[str] = Counter()

    def identify(self, authorization: str | None, subprotocols: Iterable[str] = ()) -> Caller:
        """Who asks, by the header ``Authorization`` or a subprotocol ``bearer.TOKEN``.

        Raises:
            RequestError: ``unauthorised``; ``too_many_requests`` for more than the token's rate.
        """
        if self._tokens is None:
            return Caller("", None)
        given = [part.removeprefix(_BEARER) for part in subprotocols if part.startswith(_BEARER)]
        scheme, _, text = (authorization or "").partition(" ")
        if scheme.lower() == "bearer":
            given.insert(0, text.strip())
        digest = hashlib.sha256((given[0] if given else "").encode()).hexdigest()
        found = [token for token in self._tokens if hmac.compare_digest(token.sha256, digest)]
        if not given or not found:
            wanted = "this server wants a token: Authorization: Bearer TOKEN"
            message = "the token is not known" if given else wanted
            raise RequestError("unauthorised", message, "Authorization", {"WWW-Authenticate": "Bearer"})
        token = found[0]
        if not self._limiter.hit(RateLimitItemPerMinute(token.requests_per_minute), token.name):
            message = f"at most {token.requests_per_minute} requests in a minute are allowed"
            raise RequestError("too_many_requests", message, "Authorization", {"Retry-After": "60"})
        return Caller(token.name, token)

    @contextmanager
    def one_more(self, caller: Caller) -> Iterator[None]:
        """Count one more thing that the caller has the server do at this time; raises ``RequestError``."""
        self.enter(caller)
        try:
            yield
        finally:
            self.leave(caller)

    def enter(self, caller: Caller) -> None:
        """Begin to count; raises ``RequestError``, ``too_many_at_once``."""
        if caller.token is not None and self._busy[caller.name] >= caller.token.concurrent:
            message = f"at most {caller.token.concurrent} requests and streams at the same time are allowed"
            raise RequestError("too_many_at_once", message, "Authorization", {"Retry-After": "1"})
        self._busy[caller.name] += 1

    def leave(self, caller: Caller) -> None:
        """Count one less."""
        self._busy[caller.name] -= 1

    def allows_origin(self, origin: str | None) -> bool:
        """Whether a page from ``origin`` may use the server: one of this machine, or one that is allowed. Programs that are
        no pages send no origin.
        """
        if origin is None:
            return True
        try:
            host = urlsplit(origin).hostname
        except ValueError:
            return False
        return host in _LOCAL_HOSTS or plain_origin(origin) in self._origins


def plain_origin(text: str) -> str:
    """An origin as browsers write it."""
    return text.strip().rstrip("/").lower()


class BodyLimit:
    """Refuses bodies that are too large, before they are read whole."""

    def __init__(self, app: ASGIApp, largest_bytes: int) -> None:
        self._app, self._largest = app, largest_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as long as its body is not too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = dict(scope["headers"]).get(b"content-length", b"0")
        if told.isdigit() and int(told) > self._largest:
            await self._refuse(scope, receive, send)
            return
        read, begun, refused = 0, False, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._largest:
                raise _TooLarge
            return message

        async def noted(message: Message) -> None:
            nonlocal begun, refused
            refused = refused or (not begun and read > self._largest)
            if not refused:  # otherwise it is what the application has made of _TooLarge
                begun = True
                await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLarge:
            refused = not begun
        if refused:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = RequestError("body_too_large", f"a body may have {self._largest} bytes", "body")
        await reply(error)(scope, receive, send)


class _TooLarge(Exception):  # noqa: N818 - it never leaves this module
    """The body has grown too large."""

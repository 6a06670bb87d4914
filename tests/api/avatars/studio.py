"""A VTube Studio that holds its plug-ins to the letter of its API, and keeps what it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve

_KEYS = {"apiName", "apiVersion", "requestID", "messageType", "data"}


class Refusal(Exception):  # noqa: N818
    """An APIError of this number."""


class Studio:
    """One running VTube Studio.

    Attributes:
        tokens: those that it has given or knows, with whom.
        asked: types of the requests, in order, over all connections.
        told: loop time and values of each injection.
        parameters: name to what was created.
        refuse: request type to the number of the APIError that it gets.
        drop_at: request type at which the connection is cut, once.
    """

    def __init__(self) -> None:
        self.tokens: dict[str, tuple[str, str]] = {}
        self.asked: list[str] = []
        self.told: list[tuple[float, dict[str, float]]] = []
        self.parameters: dict[str, dict[str, Any]] = {}
        self.refuse: dict[str, int] = {}
        self.drop_at = ""
        self.connections = 0
        self.faults: list[str] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[Server]:
        async with serve(self._serve, "127.0.0.1", self.port) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            yield server

    async def _serve(self, connection: ServerConnection) -> None:
        self.connections += 1
        ids: set[str] = set()
        session = {"authenticated": False}
        async for text in connection:
            request = json.loads(text)
            kind = request["messageType"]
            self.asked.append(kind)
            if kind == self.drop_at:
                self.drop_at = ""
                connection.transport.abort()
                return
            reply = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0", "timestamp": 1}
            reply["requestID"] = request["requestID"]
            try:
                self._check(request, text, ids)
                data = self._answer(kind, request["data"], session)
                reply |= {"messageType": kind.replace("Request", "Response"), "data": data}
            except Refusal as error:
                data = {"errorID": error.args[0], "message": f"fault {error.args[0]}"}
                reply |= {"messageType": "APIError", "data": data}
            event = {**reply, "requestID": "event", "messageType": "ModelLoadedEvent", "data": {}}
            await connection.send(json.dumps(event))  # what a plug-in did not ask for may come at any time
            await connection.send(json.dumps(reply))

    def _check(self, request: dict[str, Any], text: str | bytes, ids: set[str]) -> None:
        self._rule(isinstance(text, str), "requests are text")
        self._rule(set(request) == _KEYS, f"keys {sorted(request)}")
        self._rule(request["apiName"] == "VTubeStudioPublicAPI" and request["apiVersion"] == "1.0", "api")
        named = request["requestID"]
        self._rule(bool(re.fullmatch(r"[A-Za-z0-9]{1,64}", named)), f"requestID {named!r}")
        self._rule(named not in ids, f"requestID {named!r} twice")
        ids.add(named)

    def _rule(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)

    def _answer(self, kind: str, data: dict[str, Any], session: dict[str, bool]) -> dict[str, Any]:
        if kind in self.refuse:
            raise Refusal(self.refuse[kind])
        who = (data.get("pluginName", ""), data.get("pluginDeveloper", ""))
        match kind:
            case "AuthenticationTokenRequest":
                self._rule(all(3 <= len(name) <= 32 for name in who), f"names {who}")
                token = f"token{len(self.tokens)}"
                self.tokens[token] = who
                return {"authenticationToken": token}
            case "AuthenticationRequest":
                session["authenticated"] = self.tokens.get(data["authenticationToken"]) == who
                return {"authenticated": session["authenticated"], "reason": ""}
        if not session["authenticated"]:
            raise Refusal(8)
        if kind == "ParameterCreationRequest":
            return self._create(data)
        if kind == "InjectParameterDataRequest":
            return self._inject(data)
        raise Refusal(7)

    def _create(self, data: dict[str, Any]) -> dict[str, Any]:
        name = data["parameterName"]
        if not re.fullmatch(r"[A-Za-z0-9]{4,32}", name):
            raise Refusal(350)
        if len(data["explanation"]) > 256:
            raise Refusal(353)
        if not data["min"] <= data["defaultValue"] <= data["max"]:
            raise Refusal(351)
        self.parameters[name] = data
        return {"parameterName": name}

    def _inject(self, data: dict[str, Any]) -> dict[str, Any]:
        self._rule(data["faceFound"] is False and data["mode"] == "set", "faceFound or mode")
        listed = data["parameterValues"]
        if not listed:
            raise Refusal(450)
        for value in listed:
            self._rule(set(value) == {"id", "value", "weight"}, f"keys {sorted(value)}")
            self._rule(0 <= value["weight"] <= 1, "weight")
            known = self.parameters.get(value["id"])
            if known is None:
                raise Refusal(453)
            self._rule(known["min"] <= value["value"] <= known["max"], f"value {value}")
        now_s = asyncio.get_running_loop().time()
        self.told.append((now_s, {value["id"]: value["value"] for value in listed}))
        return {}

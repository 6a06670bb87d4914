"""VTube Studio, through its plug-in API over WebSocket (https://github.com/DenchiSoft/VTubeStudio).

The plug-in makes three parameters of its own, which the user binds to the model's once: how far the mouth is open, how its
lips stand, and how loud the voice is.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from api.avatars.bridge import AvatarError, MouthFrame
from api.avatars.mouth import Names
from api.avatars.token_file import read_token, write_token
from singer.errors import OutputError

PORT = 8_001
PLUGIN = {"pluginName": "Singer", "pluginDeveloper": "Singer"}
MOUTH_OPEN, MOUTH_FORM, VOICE_VOLUME = "SingerMouthOpen", "SingerMouthForm", "SingerVoiceVolume"
PARAMETERS: Mapping[str, tuple[float, str]] = {
    MOUTH_OPEN: (0.0, "How far the singing mouth is open, 0 to 1."),
    MOUTH_FORM: (-1.0, "How the lips stand, -1 rounded to 1 spread."),
    VOICE_VOLUME: (0.0, "How loud the voice sings, 0 to 1."),
}
"""Each parameter with its lowest value and what it means; the highest is 1, the value at rest 0."""

KEEP_S = 0.5
"""What does not change is told again after this; VTube Studio forgets it after a second."""
REPLY_S = 5.0
CONSENT_S = 120.0
"""How long the user may think about whether the plug-in is allowed."""
SMALLEST_CHANGE = 0.001

_API = {"apiName": "VTubeStudioPublicAPI", "apiVersion": "1.0"}
_FOR_GOOD = {
    1: "its API is switched off; switch on 'Start API' in VTube Studio's settings",
    50: "the plug-in was not allowed; start again and allow it in VTube Studio's window",
    352: "the parameter belongs to another plug-in",
    355: "the plug-in has made too many parameters; remove some in VTube Studio's settings",
    356: "there are too many parameters; remove some in VTube Studio's settings",
}
"""Errors that do not pass by themselves, with what to do."""
_OFTEN = {
    51: "it is asking its user about another plug-in; answer there first",
    454: "another plug-in sets this parameter",
}

_log = logging.getLogger(__name__)


class VTubeStudioBridge:
    """One VTube Studio; connects with the first frame, and again with the next one after an error.

    Args:
        token_file: where the permission that the user gave is kept; its mode is 0600.
    """

    def __init__(self, token_file: Path, host: str = "localhost", port: int = PORT) -> None:
        self._token_file = token_file
        self._host, self._port = host, port
        self._connection: ClientConnection | None = None
        self._requests = 0
        self._told: dict[str, float] = {}
        self._told_at_s = 0.0

    @property
    def address(self) -> str:
        """As in the command line."""
        return f"vts://{self._host}:{self._port}"

    @property
    def names(self) -> Names:
        """The parameters of Live2D."""
        return "live2d"

    async def send(self, frame: MouthFrame) -> None:
        """Show ``frame``, if it differs from what was shown or that was half a second ago.

        Raises:
            AvatarError: ``vts_unreachable`` if there is none or it went away, ``vts_refused`` with its own words;
                connected anew by the next frame.
        """
        try:
            if self._connection is None:
                await self._open()
            await self._show(_values(frame))
        except (OSError, WebSocketException, TimeoutError) as error:
            await self.close()
            found = "it does not answer" if isinstance(error, TimeoutError) else str(error)
            message = (
                f"cannot be reached: {found}; start VTube Studio and switch on 'Start API' in its settings"
            )
            raise AvatarError("vts_unreachable", message, self.address) from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        self._told = {}
        if connection is not None:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                await asyncio.wait_for(connection.close(), 1.0)

    async def _open(self) -> None:
        url = f"ws://{self._host}:{self._port}"
        self._connection = await connect(url, open_timeout=REPLY_S, close_timeout=1, proxy=None)
        await self._log_in()
        for name, (lowest, meaning) in PARAMETERS.items():
            told = {
                "parameterName": name,
                "explanation": meaning,
                "min": lowest,
                "max": 1.0,
                "defaultValue": 0.0,
            }
            await self._ask("ParameterCreation", told)

    async def _log_in(self) -> None:
        """With the permission that is kept, or else with a new one, for which VTube Studio asks its user."""
        token = read_token(self._token_file)
        if token and await self._is_let_in(token):
            return
        _log.warning("%s: allow the plug-in Singer in VTube Studio's window", self.address)
        reply = await self._ask("AuthenticationToken", PLUGIN, CONSENT_S)
        token = str(reply.get("authenticationToken", ""))
        try:
            write_token(self._token_file, token)
        except OutputError as error:  # it will be asked for again the next time
            _log.warning("%s", error)
        if not await self._is_let_in(token):
            message = "refused the permission that it has just given; start VTube Studio again"
            raise AvatarError("vts_refused", message, self.address, can_pass=False)

    async def _is_let_in(self, token: str) -> bool:
        reply = await self._ask("Authentication", {**PLUGIN, "authenticationToken": token})
        return reply.get("authenticated") is True

    async def _show(self, values: Mapping[str, float]) -> None:
        now_s = asyncio.get_running_loop().time()
        same = self._told and all(abs(values[name] - self._told[name]) < SMALLEST_CHANGE for name in values)
        if same and now_s - self._told_at_s < KEEP_S:
            return
        listed = [{"id": name, "value": value, "weight": 1.0} for name, value in values.items()]
        await self._ask("InjectParameterData", {"faceFound": False, "mode": "set", "parameterValues": listed})
        self._told, self._told_at_s = dict(values), now_s

    async def _ask(self, kind: str, data: Mapping[str, Any], timeout_s: float = REPLY_S) -> dict[str, Any]:
        """The data of the reply to a request."""
        connection = self._connection
        if connection is None:
            raise ConnectionError("the connection is closed")
        self._requests += 1
        asked = f"singer{self._requests}"
        request = {**_API, "requestID": asked, "messageType": f"{kind}Request", "data": data}
        async with asyncio.timeout(timeout_s):
            await connection.send(json.dumps(request))
            while True:
                reply = self._read(await connection.recv())
                if reply.get("requestID") == asked:
                    return self._checked(reply, f"{kind}Response")

    def _read(self, text: str | bytes) -> dict[str, Any]:
        try:
            reply = json.loads(text)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise AvatarError("vts_reply", "answers in another way than VTube Studio does", self.address)
        return reply

    def _checked(self, reply: Mapping[str, Any], expected: str) -> dict[str, Any]:
        data = reply.get("data")
        data = data if isinstance(data, dict) else {}
        if reply.get("messageType") == "APIError":
            number, said = data.get("errorID"), data.get("message", "")
            told = _FOR_GOOD.get(number) or _OFTEN.get(number) if isinstance(number, int) else None
            message = f"{told} (error {number}: {said})" if told else f"refused: {said} (error {number})"
            raise AvatarError("vts_refused", message, self.address, can_pass=number not in _FOR_GOOD)
        if reply.get("messageType") != expected:
            found = f"found {reply.get('messageType')!r}; expected {expected!r}"
            raise AvatarError(
                "vts_reply", f"answers in another way than VTube Studio does: {found}", self.address
            )
        return data


def _values(frame: MouthFrame) -> dict[str, float]:
    return {
        MOUTH_OPEN: round(frame.shapes["ParamMouthOpenY"], 4),
        MOUTH_FORM: round(frame.shapes["ParamMouthForm"], 4),
        VOICE_VOLUME: round(frame.volume, 4),
    }

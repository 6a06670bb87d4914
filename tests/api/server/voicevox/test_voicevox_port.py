"""The prefix and the port of the endpoints: changed, switched off, and as ``singer serve`` opens them."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from api.server.app import create_app
from api.server.settings import ServerSettings
from api.server.voicevox.about import engine_version
from tests.api.cli_runs import run


def status(folder: Path, address: str, path: str, **settings: Any) -> int:
    told = ServerSettings.model_validate({"default_voice": "builtin", "data_folder": folder, **settings})
    app = create_app(told)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as client:
            return await client.get(address + path)

    response = asyncio.run(asked())
    assert response.status_code == 404 or response.json() in (engine_version(), {"status": "ok"}, [])
    return response.status_code


@pytest.mark.parametrize(
    ("address", "path", "settings", "expected"),
    [
        ("http://a:8765", "/voicevox/version", {}, 200),
        ("http://a:8765", "/version", {}, 404),
        ("http://a:8765", "/sing/api/speakers", {"voicevox_prefix": "/sing/api"}, 200),
        ("http://a:8765", "/voicevox/version", {"voicevox_prefix": "/sing/api"}, 404),
        ("http://a:8765", "/voicevox/version", {"voicevox_prefix": ""}, 404),
        ("http://a:50021", "/version", {"voicevox_port": 50_021}, 200),
        ("http://a:50021", "/voicevox/version", {"voicevox_port": 50_021}, 200),
        ("http://a:50021", "/healthz", {"voicevox_port": 50_021}, 404),
        ("http://a:8765", "/version", {"voicevox_port": 50_021}, 404),
        ("http://a:8765", "/healthz", {"voicevox_port": 50_021}, 200),
        ("http://a:50021", "/version", {"voicevox_port": 50_021, "voicevox_prefix": ""}, 404),
    ],
)
def test_where_the_endpoints_answer(
    tmp_path: Path, address: str, path: str, settings: dict[str, Any], expected: int
) -> None:
    assert status(tmp_path, address, path, **settings) == expected


def served(monkeypatch: pytest.MonkeyPatch, folder: Path, *options: str) -> tuple[list[int], str]:
    """Ports that ``singer serve`` opens, and what it says of them."""
    ports: list[int] = []

    def noted(_: uvicorn.Server, sockets: list[socket.socket]) -> None:
        ports.extend(each.getsockname()[1] for each in sockets)
        for each in sockets:
            each.close()

    monkeypatch.setattr(uvicorn.Server, "run", noted)
    result = run("serve", "--port", "0", "--data-folder", str(folder), *options)
    assert result.exit_code == 0, result.output
    return ports, result.stderr


def test_serve_opens_the_port_and_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    ports, told = served(monkeypatch, tmp_path, "--voicevox-port", str(number))
    assert len(ports) == 2
    assert ports[1] == number
    assert f"for VOICEVOX clients at http://127.0.0.1:{number}" in told
    assert len(served(monkeypatch, tmp_path)[0]) == 1
    assert len(served(monkeypatch, tmp_path, "--voicevox-port", str(number), "--voicevox-prefix", "")[0]) == 1

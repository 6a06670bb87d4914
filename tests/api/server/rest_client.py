"""What a client of REST does with answers."""

from __future__ import annotations

import io
from typing import Any

import httpx
import numpy as np
import soundfile


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a response, checked."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert set(told) == {"type", "title", "status", "detail", "code", "where"}
    assert (told["status"], told["code"], told["type"]) == (status, code, f"/problems/{code}")
    assert told["title"]
    assert told["detail"]
    return told


def post(client: httpx.Client, path: str = "/v1/sing", **body: Any) -> httpx.Response:
    return client.post(path, json=body)


def pcm(response: httpx.Response) -> np.ndarray:
    assert response.status_code == 200, response.text
    samples, rate = soundfile.read(io.BytesIO(response.content), dtype="int16")
    assert rate == 44_100
    return samples

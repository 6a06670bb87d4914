"""JSON Schemas of all messages, made from their types: one document for each direction."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from api.server.stream.messages import ClientMessage
from api.server.stream.replies import Reply


def client_schema() -> dict[str, Any]:
    """Schema of what a client sends in text frames."""
    return _titled(TypeAdapter(ClientMessage).json_schema(mode="validation"), "to the server")


def server_schema() -> dict[str, Any]:
    """Schema of what the server sends in text frames."""
    return _titled(TypeAdapter(Reply).json_schema(mode="serialization"), "from the server")


def _titled(schema: dict[str, Any], direction: str) -> dict[str, Any]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"singer stream, {direction}"}
    return head | schema

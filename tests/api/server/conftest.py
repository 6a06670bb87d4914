"""What several of the server's tests have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.server.job_gate import Gate


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate(monkeypatch)
    yield made
    made.open.set()

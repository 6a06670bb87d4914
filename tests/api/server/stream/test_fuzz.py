"""Frames that are wrong in all ways: every one is answered or closes its own connection, and nothing is left."""

from __future__ import annotations

import random
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from bench.live_faults import nonsense
from bench.material import song_of_length
from singer.score_json import score_to_document
from tests.api.server.stand import standing

FRAMES, AT_ONCE = 900, 90


def test_nonsense_is_answered_and_leaves_nothing(tmp_path: Path) -> None:
    generator = random.Random(17)
    score = score_to_document(song_of_length(3.0)) | {"voice": "builtin"}
    kinds: set[str] = set()
    with standing(tmp_path) as stand:
        for _ in range(FRAMES // AT_ONCE):
            with stand.connect() as client:
                try:
                    for _ in range(AT_ONCE):
                        client.connection.send(nonsense(generator, score))
                except ConnectionClosed:
                    kinds.add("closed")
                client.drain(0.3)
                kinds |= {message["type"] for message in client.heard}
        stand.wait_until_empty()
        with stand.connect() as client:
            client.send(type="sing", id="a", score=score, pace="reader")
            assert client.until("end", "error")["type"] == "end"
    assert "refused" in kinds
    assert "error" in kinds

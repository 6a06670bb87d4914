"""A stream is as long as its song: no limit of the requests that are made as a whole holds for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.server.settings import ServerSettings
from tests.api.server.stand import Stand, standing

LONGEST_BEATS = 8_000


@pytest.fixture
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with standing(tmp_path_factory.mktemp("server")) as made:
        yield made


def test_a_song_longer_than_a_request_may_be_is_streamed(stand: Stand) -> None:
    notes = [{"start": beat, "duration": 1, "pitch": 60, "lyric": "啦"} for beat in (0, LONGEST_BEATS)]
    score: dict[str, Any] = {
        "format": "singer-score", "version": 1, "language": "zh", "tempo": [{"beat": 0, "bpm": 60}], "notes": notes,
    }  # fmt: skip
    assert ServerSettings().longest_song_s < LONGEST_BEATS
    with stand.connect() as client:
        client.send(type="sing", id="a", score=score)
        assert client.until("start")["duration_s"] > LONGEST_BEATS

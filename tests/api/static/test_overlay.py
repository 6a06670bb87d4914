"""The overlay page in a real browser: it sounds, shows the words, moves its mouth, and lets what is behind it through."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from tests.api.server.stand import standing
from tests.api.static.browser import browsing

STATIC = Path(__file__).parents[3] / "api" / "static"
SCORE = {
    "format": "singer-score", "version": 1, "language": "zh", "tempo": [{"beat": 0, "bpm": 120}],
    "notes": [{"start": 1 + beat, "duration": 0.9, "pitch": 60, "lyric": word} for beat, word in enumerate("好一朵花")],
}  # fmt: skip


def test_everything_that_the_page_names_is_there(tmp_path: Path) -> None:
    with standing(tmp_path) as stand:
        for path in ("/overlay", "/client.js", "/static/overlay.js", "/static/overlay.css"):
            assert httpx.get(f"http://{stand.address}{path}").status_code == 200
    for name in ("overlay.html", "overlay.js", "overlay.css", "client.js"):
        assert "//cdn" not in (STATIC / name).read_text("utf-8")


def test_a_song_is_heard_read_and_seen(tmp_path: Path) -> None:
    with (
        standing(tmp_path / "data") as stand,
        browsing(f"http://{stand.address}/overlay", tmp_path / "profile") as page,
    ):
        page.wait_for(
            "window.singer?.position === null && document.querySelector('#lips').getAttribute('rx')"
        )
        page.value(
            "window.seen = {open: 0, peak: 0, visemes: []};"
            "setInterval(() => { const now = window.singer; seen.open = Math.max(seen.open, now.open);"
            "seen.peak = Math.max(seen.peak, now.peak);"
            "if (seen.visemes.at(-1) !== now.viseme) seen.visemes.push(now.viseme); }, 10);"
            f"window.postMessage({json.dumps({'score': SCORE})}, location.origin)"
        )
        ended = page.wait_for("window.singer.ended")
        assert ended["type"] == "end"
        page.wait_for("window.singer.sung.length === 4")
        assert page.value("document.querySelector('#lyrics').textContent") == "好一朵花"
        assert page.value("document.querySelector('#lyrics .sung').textContent") == "花"
        samples = [each["sample"] for each in page.value("window.singer.sung")]
        assert [round((sample / 44_100 - 0.5) / 0.5) for sample in samples] == [0, 1, 2, 3]
        assert page.value("seen.peak") > 0.05, "the page is silent"
        assert page.value("seen.open") > 0.3, "the mouth stays closed"
        assert {"aa", "sil"} <= set(page.value("seen.visemes"))
        assert page.value("window.singer.received") == ended["samples"]
        assert page.value("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("offset_ms", [0, 300])
def test_marks_follow_the_sound_by_the_offset(tmp_path: Path, offset_ms: int) -> None:
    url = "/overlay?offset_ms="
    with (
        standing(tmp_path / "data") as stand,
        browsing(f"http://{stand.address}{url}{offset_ms}", tmp_path / "profile") as page,
    ):
        page.wait_for("window.singer?.ready")
        page.value(
            "window.turns = []; setInterval(() => { const now = window.singer;"
            "if (now.sung.length > turns.length) turns.push(now.position); }, 2);"
            f"window.postMessage({json.dumps({'score': SCORE})}, location.origin)"
        )
        page.wait_for("window.singer.sung.length === 4")
        samples = [each["sample"] for each in page.value("window.singer.sung")]
        late_ms = max(
            (turn - sample) / 44.1 for turn, sample in zip(page.value("turns"), samples, strict=True)
        )
        assert abs(late_ms - offset_ms) < 80, "as near as the page's timers allow"


def test_what_fails_takes_its_words_along_and_closes_the_mouth(tmp_path: Path) -> None:
    wrong = SCORE | {"notes": [{"start": 0, "duration": 1, "pitch": 60, "lyric": "☃"}]}
    with (
        standing(tmp_path / "data") as stand,
        browsing(f"http://{stand.address}/overlay", tmp_path / "profile") as page,
    ):
        page.wait_for("window.singer?.ready")
        page.value(f"window.postMessage({json.dumps({'score': SCORE})}, location.origin)")
        page.wait_for("window.singer.ended?.type === 'end' && window.singer.sung.length >= 2")
        assert page.value("document.querySelector('#lyrics').textContent")
        page.value(f"window.postMessage({json.dumps({'score': wrong})}, location.origin)")
        page.wait_for("window.singer.ended?.type === 'error'")
        assert page.value("document.querySelector('#lyrics').textContent") == ""
        page.wait_for("window.singer.open < 0.01")

"""client.js under Node: the header is read, audio is scheduled on one clock, marks are told when they are heard."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

CLIENT = Path(__file__).parents[3] / "api" / "static" / "client.js"
MOST_LINES = 100
SCRIPT = """
import { SingerStream } from "%s";
const scheduled = [], told = [], messages = [], sent = [];
let socket;
globalThis.WebSocket = class { constructor(url, protocols) { this.url = url; this.protocols = protocols; socket = this; }
  send(text) { sent.push(JSON.parse(text)); } close() {} };
const context = { currentTime: 10, destination: {}, resume() {},
  createBuffer: (channels, length, rate) => ({ length, rate, copyToChannel(data) { this.data = data; } }),
  createBufferSource: () => ({ connect() {}, stop() { scheduled.push(["stop"]); },
    start(at) { scheduled.push([at, this.buffer.length, this.buffer.data[0]]); } }) };
const stream = new SingerStream({ url: "ws://x", token: "t", context, delayS: 0.5, offsetMs: 100,
  onMark: (mark) => told.push([context.currentTime, mark.sample]), onMessage: (message) => messages.push(message.type) });
const opened = stream.open(); socket.onopen(); await opened;
stream.send({ type: "sing" });
const text = (message) => socket.onmessage({ data: JSON.stringify(message) });
const audio = (first, values) => { const bytes = new ArrayBuffer(8 + 2 * values.length), view = new DataView(bytes);
  view.setBigUint64(0, BigInt(first), true); values.forEach((value, place) => view.setInt16(8 + 2 * place, value, true));
  socket.onmessage({ data: bytes }); };
text({ type: "start", sample_rate: 1000, encoding: "s16le" });
text({ type: "marks", marks: [{ sample: 0 }, { sample: 200 }, { sample: 900 }] });
audio(0, new Array(300).fill(16384)); audio(300, new Array(300).fill(-32768));
const wait = () => new Promise((done) => setTimeout(done, 30));
for (const now of [10.4, 10.59, 10.61, 10.81]) { context.currentTime = now; await wait(); }
const position = stream.position;
context.currentTime = 12; audio(600, [0]);
text({ type: "end", samples: 601 });
stream.close();
console.log(JSON.stringify({ scheduled, told, messages, sent, position, late: stream.received, protocols: socket.protocols }));
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    script = tmp_path_factory.mktemp("js") / "run.mjs"
    copy = script.with_name("client.mjs")
    shutil.copy2(CLIENT, copy)
    script.write_text(SCRIPT % copy.as_uri(), "utf-8")
    done = subprocess.run([node, str(script)], capture_output=True, text=True, check=True, timeout=60)
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_it_is_short() -> None:
    assert len(CLIENT.read_text("utf-8").splitlines()) <= MOST_LINES


def test_audio_is_scheduled_without_gaps_on_one_clock(found: dict[str, object]) -> None:
    assert found["scheduled"][:3] == [[10.5, 300, 0.5], [10.8, 300, -1], [12.5, 1, 0]]  # type: ignore[index]
    assert found["position"] == 310


def test_marks_are_told_when_they_are_heard_and_the_offset_delays_them(found: dict[str, object]) -> None:
    assert found["told"][:2] == [[10.61, 0], [10.81, 200]]  # type: ignore[index]


def test_messages_and_tokens(found: dict[str, object]) -> None:
    assert found["messages"] == ["start", "end"]
    assert found["sent"] == [{"type": "sing"}]
    assert found["protocols"] == ["singer.v1", "bearer.t"]

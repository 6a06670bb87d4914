"""What the server counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_LATENCIES_S = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)


class Metrics:
    """One server's counts, in a registry of their own.

    Attributes:
        requests: by method, route and status.
        audio_s, render_s: seconds of sound made, and of work for it.
        first_audio_s: from the wish to sing to the first audio of a stream.
        underruns: pieces of audio that were late.
        stream_ends: streams that have ended.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "singer_requests", "Requests.", ["method", "route", "status"], registry=self.registry
        )
        self.audio_s = Counter("singer_audio_seconds", "Seconds of sound made.", registry=self.registry)
        self.render_s = Counter("singer_render_seconds", "Seconds of work for sound.", registry=self.registry)
        self.first_audio_s = Histogram(
            "singer_first_audio_seconds",
            "From the wish to the first audio.",
            buckets=_LATENCIES_S,
            registry=self.registry,
        )
        self.underruns = Counter(
            "singer_underruns", "Pieces of audio that were late.", registry=self.registry
        )
        self.stream_ends = Counter("singer_stream_ends", "Streams that have ended.", registry=self.registry)

    def watch(self, name: str, text: str, value: Callable[[], float]) -> None:
        """Add a gauge that asks for its value."""
        Gauge(name, text, registry=self.registry).set_function(value)

    def page(self) -> tuple[bytes, str]:
        """The page for Prometheus, and its media type."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

"""The singing engine: a score in, sound out. The ten names below are all that most callers need.

Each is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from singer.audio import write_audio
    from singer.cancel import CancelToken
    from singer.performance_io import load_performance, save_performance
    from singer.phrase_cache import PhraseCache
    from singer.render import RenderOptions, stream
    from singer.render import render as sing
    from singer.score_io import load_score
    from singer.song import perform_song

_HOMES = {
    "CancelToken": ("cancel", "CancelToken"),
    "PhraseCache": ("phrase_cache", "PhraseCache"),
    "RenderOptions": ("render", "RenderOptions"),
    "load_performance": ("performance_io", "load_performance"),
    "load_score": ("score_io", "load_score"),
    "perform_song": ("song", "perform_song"),
    "save_performance": ("performance_io", "save_performance"),
    "sing": ("render", "render"),  # the module has the name "render" here
    "stream": ("render", "stream"),
    "write_audio": ("audio", "write_audio"),
}

__all__ = [
    "CancelToken",
    "PhraseCache",
    "RenderOptions",
    "load_performance",
    "load_score",
    "perform_song",
    "save_performance",
    "sing",
    "stream",
    "write_audio",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), attribute)

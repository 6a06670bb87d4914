"""What a voice is on disk: the manifest, the loader, and the voices that ship with the engine.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voicebanks.load import list_voices, load_voice

__all__ = ["list_voices", "load_voice"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("voicebanks.load"), name)

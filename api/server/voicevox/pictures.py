"""Portraits as PNG: VOICEVOX's clients show pixels, our portraits are SVG."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from functools import lru_cache
from importlib import import_module

from voicebanks.plain_svg import is_plain

_WIDTH, _HEIGHT, _ICON = 360, 440, 256


@lru_cache(maxsize=64)
def portrait_png(svg: str) -> str:
    """A portrait, PNG in base64."""
    return _png(svg, _WIDTH, _HEIGHT)


@lru_cache(maxsize=64)
def icon_png(svg: str) -> str:
    """The middle of a portrait as a square, PNG in base64."""
    view = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    square = f'viewBox="0 10 {_WIDTH} {_WIDTH}" width="{_ICON}" height="{_ICON}"'
    return _png(svg.replace(view, square, 1), _ICON, _ICON)


def _png(svg: str, width: int, height: int) -> str:
    try:
        if not is_plain(svg):
            raise ValueError("a picture that is not drawn")
        drawn = import_module("resvg_py").svg_to_bytes(
            svg_string=svg, width=width, height=height, skip_system_fonts=True
        )
    except (ImportError, ValueError):  # the package is not there, or the file is no plain picture
        drawn = _plain(svg, width, height)
    return base64.b64encode(drawn).decode()


def _plain(svg: str, width: int, height: int) -> bytes:
    """An area of one light colour that belongs to the picture, where the SVG cannot be drawn (PNG, ISO/IEC 15948)."""
    colour = bytes(160 + part % 96 for part in hashlib.sha256(svg.encode(errors="replace")).digest()[:3])
    rows = (b"\0" + colour * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )

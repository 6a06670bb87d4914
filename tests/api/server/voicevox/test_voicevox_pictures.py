"""Portraits as PNG: drawn where the package is there, plain where it is not or the file is no picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from api.server.voicevox import pictures
from voicebanks.portrait import portrait_svg

SVG = portrait_svg("someone", {"sweet": 1.0})


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    for kept in (pictures.portrait_png, pictures.icon_png):
        kept.cache_clear()
    yield
    for kept in (pictures.portrait_png, pictures.icon_png):
        kept.cache_clear()


def colours(png: str) -> tuple[tuple[int, int], int]:
    """Size of a picture, and how many colours it has."""
    image = pytest.importorskip("PIL.Image").open(io.BytesIO(base64.b64decode(png)))
    return image.size, len(image.convert("RGB").getcolors(2**20))


def without(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def failing(_: str) -> Any:
        raise error

    monkeypatch.setattr(pictures, "import_module", failing)


def test_without_the_package_a_picture_is_plain_and_belongs_to_its_portrait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without(monkeypatch, ImportError())
    assert colours(pictures.portrait_png(SVG)) == ((360, 440), 1)
    assert colours(pictures.icon_png(SVG)) == ((256, 256), 1)
    assert pictures.icon_png(SVG) != pictures.icon_png(portrait_svg("somebody", {}))


def test_with_the_package_it_is_drawn() -> None:
    pytest.importorskip("resvg_py")
    for png, size in ((pictures.portrait_png(SVG), (360, 440)), (pictures.icon_png(SVG), (256, 256))):
        found, count = colours(png)
        assert found == size
        assert count > 20
    assert colours(pictures.portrait_png("<svg")) == ((360, 440), 1)


def test_an_icon_is_a_square_of_the_portrait(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def drawn(**options: Any) -> bytes:
        asked.update(options)
        return b"png"

    monkeypatch.setattr(pictures, "import_module", lambda _: SimpleNamespace(svg_to_bytes=drawn))
    assert pictures.icon_png(SVG) == base64.b64encode(b"png").decode()
    assert (asked["width"], asked["height"]) == (256, 256)
    assert 'viewBox="0 10 360 360" width="256" height="256"' in asked["svg_string"]


def picture(inside: str, head: str = "") -> str:
    shape = '<circle cx="100" cy="100" r="90" fill="#c02040"/><rect width="30" height="30" fill="#2040c0"/>'
    opened = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 440" width="360" height="440">'
    return f"{head}{opened}{shape}{inside}</svg>"


def test_a_strangers_picture_of_plain_shapes_is_drawn() -> None:
    pytest.importorskip("resvg_py")
    assert colours(pictures.portrait_png(picture('<g><path d="M0 0h9" stroke-dasharray="9 2"/></g>')))[1] > 2


@pytest.mark.parametrize(
    "svg",
    [
        picture('<image href="/etc/logo.png" width="9" height="9"/>'),
        picture('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="other.svg#a"/>'),
        picture('<linearGradient href="other.svg#a"/>'),
        picture("<g>" * 200_000 + "</g>" * 200_000),
        picture("<g>" * 70 + "</g>" * 70),
        picture("<g/>" * 600),
        picture('<filter id="f"><feTurbulence numOctaves="2000000"/></filter>'),
        picture('<path d="M0 0h9" style="stroke-dasharray:.001"/>'),
        picture('<path d="M0 0L360 440" stroke="#000" stroke-dasharray="0.001"/>'),
        picture('<path d="M0 0L360 440" stroke="#000" stroke-dasharray="0.1 0.1"/>'),
        picture('<path d="M0 0L1e9 440" stroke="#000" stroke-dasharray="9 9"/>'),
        picture("&a;", '<!DOCTYPE svg [<!ENTITY a "b">]>'),
        picture("<script>1</script>"),
        picture("\ud800"),
    ],
)  # fmt: skip
def test_a_picture_that_reaches_out_or_takes_long_is_not_drawn(
    svg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "import_module", lambda _: pytest.fail("it would be drawn"))
    assert colours(pictures.portrait_png(svg)) == ((360, 440), 1)

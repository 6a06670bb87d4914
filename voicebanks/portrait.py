"""A portrait of a singer as SVG, drawn from the name and the place in the timbre space: the same in, the same out.

It shows nobody: colours, hair and emblem come from a hash of the name, the build of the figure from the axes.
"""

from __future__ import annotations

import colorsys
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from voicebanks.timbre_space import AXES

PORTRAIT_NAME = "portrait.svg"
WIDTH, HEIGHT = 360, 440
_CENTRE = 180.0
_FACE_Y = 205.0


@dataclass(frozen=True, slots=True)
class _Sitter:
    """What the drawing needs to know: five axes from -1 to 1, and five shares from 0 to 1 that belong to the name."""

    sweet: float
    young: float
    feminine: float
    bright: float
    husky: float
    hue: float
    hair_hue: float
    parting: float
    waves: float
    points: float

    def colour(self, hue: float, lightness: float, saturation: float) -> str:
        """Hexadecimal colour; bright singers are more saturated, husky ones less."""
        strength = min(max(saturation * (1.0 + 0.35 * self.bright - 0.3 * self.husky), 0.05), 0.95)
        level = min(max(lightness + 0.04 * self.bright + 0.03 * self.young, 0.04), 0.97)
        red, green, blue = colorsys.hls_to_rgb(hue % 1.0, level, strength)
        return f"#{round(255 * red):02x}{round(255 * green):02x}{round(255 * blue):02x}"


def portrait_svg(name: str, axes: Mapping[str, float]) -> str:
    """The portrait as an SVG document of ``WIDTH`` by ``HEIGHT``.

    Args:
        name: the singer's name.
        axes: place in the timbre space; axes that are left out are 0.
    """
    digest = hashlib.sha256(name.encode()).digest()
    shares = [byte / 255.0 for byte in digest[:5]]
    sitter = _Sitter(*(axes.get(axis, 0.0) for axis in AXES), *shares)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">',
        f"<title>{escape(name)}</title>",
        *_ground(sitter),
        *_sound(sitter),
        *_hair_behind(sitter),
        *_body(sitter),
        *_face(sitter),
        *_fringe(sitter),
        *_emblem(sitter),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _path(commands: str, **looks: str) -> str:
    told = " ".join(f'{key.replace("_", "-")}="{value}"' for key, value in looks.items())
    return f'<path d="{commands}" {told}/>'


def _ground(sitter: _Sitter) -> list[str]:
    top, bottom = sitter.colour(sitter.hue, 0.86, 0.55), sitter.colour(sitter.hue + 0.07, 0.7, 0.5)
    disc = sitter.colour(sitter.hue + 0.04, 0.93, 0.6)
    return [
        f'<defs><linearGradient id="ground" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient></defs>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="24" fill="url(#ground)"/>',
        f'<circle cx="{_n(_CENTRE)}" cy="190" r="132" fill="{disc}"/>',
    ]


def _sound(sitter: _Sitter) -> list[str]:
    """Rings around the head, one for a harmonic: more for bright singers, broken up for husky ones."""
    ring = sitter.colour(sitter.hue, 0.6, 0.5)
    gap = 6.0 * max(sitter.husky, 0.0)
    dash = f' stroke-dasharray="{_n(14.0 - gap)} {_n(2.0 * gap)}"' if gap else ""
    return [
        f'<circle cx="{_n(_CENTRE)}" cy="190" r="{132 + 11 * number}" fill="none" stroke="{ring}" '
        f'stroke-width="{_n(3.0 / number)}" opacity="{_n(0.9 - 0.1 * number)}"{dash}/>'
        for number in range(1, 5 + round(2 * sitter.bright))
    ]


def _hair_behind(sitter: _Sitter) -> list[str]:
    colour = sitter.colour(sitter.hair_hue, 0.3, 0.4)
    half = 73.0 + 8.0 * max(sitter.feminine, 0.0)
    end = max(262.0 + 72.0 * sitter.feminine + 10.0 * sitter.waves, 226.0)
    swing = (8.0 + 16.0 * sitter.waves) * min((end - 215.0) / 50.0, 1.0)
    dip = min(0.4 * (end - 195.0), 34.0)
    left, right = _CENTRE - half, _CENTRE + half
    outline = (
        f"M{_n(left)} 195 C{_n(left)} 80 {_n(right)} 80 {_n(right)} 195 "
        f"C{_n(right + swing)} {_n(0.5 * (195 + end))} {_n(right - swing)} {_n(end - 0.5 * dip)} {_n(right - 6)} {_n(end)} "
        f"Q{_n(_CENTRE)} {_n(end - dip)} {_n(left + 6)} {_n(end)} "
        f"C{_n(left + swing)} {_n(end - 0.5 * dip)} {_n(left - swing)} {_n(0.5 * (195 + end))} {_n(left)} 195 Z"
    )
    return [_path(outline, fill=colour)]


def _body(sitter: _Sitter) -> list[str]:
    """Shoulders and neck: broader and thicker the more masculine and the more grown."""
    cloth, skin = sitter.colour(sitter.hue + 0.5, 0.36, 0.45), _skin(sitter, 0.78)
    shoulder = 112.0 - 20.0 * sitter.feminine - 10.0 * sitter.young
    neck = 25.0 - 6.0 * sitter.feminine - 3.0 * sitter.young
    left, right = _CENTRE - shoulder, _CENTRE + shoulder
    garment = (
        f"M{_n(left - 12)} {HEIGHT} C{_n(left - 6)} 372 {_n(left + 30)} 340 {_n(_CENTRE - neck - 10)} 326 "
        f"Q{_n(_CENTRE)} 372 {_n(_CENTRE + neck + 10)} 326 "
        f"C{_n(right - 30)} 340 {_n(right + 6)} 372 {_n(right + 12)} {HEIGHT} Z"
    )
    throat = (
        f"M{_n(_CENTRE - neck)} 250 L{_n(_CENTRE - neck)} 312 Q{_n(_CENTRE - neck)} 324 {_n(_CENTRE - neck - 12)} 328 "
        f"Q{_n(_CENTRE)} 376 {_n(_CENTRE + neck + 12)} 328 Q{_n(_CENTRE + neck)} 324 {_n(_CENTRE + neck)} 312 "
        f"L{_n(_CENTRE + neck)} 250 Z"
    )
    return [_path(garment, fill=cloth), _path(throat, fill=skin)]


def _skin(sitter: _Sitter, lightness: float) -> str:
    return sitter.colour(0.07, lightness, 0.5)


def _face(sitter: _Sitter) -> list[str]:
    """A face that sings with closed eyes: rounder when young, with a stronger jaw when masculine, blushing when sweet."""
    half = 60.0 + 3.0 * sitter.young
    chin = 290.0 - 10.0 * sitter.young - 3.0 * sitter.feminine
    jaw = 46.0 - 10.0 * sitter.feminine
    left, right = _CENTRE - half, _CENTRE + half
    outline = (
        f"M{_n(left)} 190 C{_n(left)} 105 {_n(right)} 105 {_n(right)} 190 "
        f"C{_n(right)} 240 {_n(_CENTRE + jaw)} {_n(chin)} {_n(_CENTRE)} {_n(chin)} "
        f"C{_n(_CENTRE - jaw)} {_n(chin)} {_n(left)} 240 {_n(left)} 190 Z"
    )
    line = sitter.colour(sitter.hair_hue, 0.22, 0.4)
    eye_y = _FACE_Y + 4.0 * sitter.young
    drawn = [_path(outline, fill=_skin(sitter, 0.84))]
    for side in (-1.0, 1.0):
        x = _CENTRE + 27.0 * side
        lid = (
            f"M{_n(x - 13)} {_n(eye_y)} Q{_n(x)} {_n(eye_y + 9 + 3 * sitter.sweet)} {_n(x + 13)} {_n(eye_y)}"
        )
        tilt = 3.0 * sitter.sweet * side
        brow = f"M{_n(x - 14)} {_n(eye_y - 24 - tilt)} Q{_n(x)} {_n(eye_y - 31)} {_n(x + 14)} {_n(eye_y - 24 + tilt)}"
        drawn += [
            _path(lid, fill="none", stroke=line, stroke_width="3.4", stroke_linecap="round"),
            _path(
                brow, fill="none", stroke=line, stroke_width=_n(3.0 - sitter.feminine), stroke_linecap="round"
            ),
        ]
        if sitter.sweet > 0:
            drawn.append(
                f'<ellipse cx="{_n(_CENTRE + 38 * side)}" cy="{_n(eye_y + 24)}" rx="11" ry="6" fill="#e8798a" '
                f'opacity="{_n(0.5 * sitter.sweet)}"/>'
            )
    opening = 9.0 - 2.5 * sitter.sweet
    drawn.append(
        f'<ellipse cx="{_n(_CENTRE)}" cy="{_n(chin - 32)}" rx="{_n(11 + 2 * sitter.sweet)}" ry="{_n(opening)}" fill="#8c3b45"/>'
    )
    return drawn


def _fringe(sitter: _Sitter) -> list[str]:
    """Hair over the brow, parted where the name says, with as many locks as it says."""
    colour = sitter.colour(sitter.hair_hue, 0.36, 0.42)
    half = 68.0 + 3.0 * sitter.young
    left, right = _CENTRE - half, _CENTRE + half
    locks = 3 + round(3 * sitter.waves)
    step = (right - left) / locks
    part = 0.25 + 0.5 * sitter.parting
    edge = []
    for number in range(locks):
        x = right - step * (number + 1)
        middle = 1.0 - (number + 0.5) / locks
        depth = 176.0 - 26.0 * math.exp(-(((middle - part) / 0.2) ** 2))
        edge.append(
            f"Q{_n(x + 0.7 * step)} {_n(depth)} {_n(x)} {_n(depth - 14 if number < locks - 1 else 198)}"
        )
    outline = f"M{_n(left)} 198 C{_n(left - 6)} 84 {_n(right + 6)} 84 {_n(right)} 198 {' '.join(edge)} Z"
    return [_path(outline, fill=colour)]


def _emblem(sitter: _Sitter) -> list[str]:
    """A star at the collar, with five to nine points."""
    count = 5 + round(4 * sitter.points)
    corners = []
    for number in range(2 * count):
        radius = 15.0 if number % 2 == 0 else 8.0
        angle = math.pi * number / count - math.pi / 2
        corners.append(f"{_n(_CENTRE + radius * math.cos(angle))},{_n(386 + radius * math.sin(angle))}")
    return [f'<polygon points="{" ".join(corners)}" fill="{sitter.colour(sitter.hue, 0.88, 0.7)}"/>']

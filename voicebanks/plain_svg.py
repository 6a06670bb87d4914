"""Which portraits are drawn: shapes and colours, nothing that opens files or takes long. A voice may come from a stranger.

The library that draws follows links to files of this machine, ends the whole process on elements nested too deep, and takes a
minute for a line of tiny dashes.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from singer.errors import ScoreError
from singer.musicxml_tree import parse_xml

LARGEST_LETTERS = 100_000
MOST_ELEMENTS = 500
MOST_DASHED = 8
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {
    _SVG + name
    for name in (
        "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
        "linearGradient", "radialGradient", "stop",
    )
}  # fmt: skip
_LINKS = ("href", "style")
"""Attributes that name something else; a style may hide links and dashes."""
_DASHES = "stroke-dasharray"
_NUMBER = re.compile(r"[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")
_LONGEST_DASHED, _FARTHEST, _SHORTEST_DASH = 400, 1_000.0, 5.0
"""Letters of a dashed element's attributes, largest number in them, and length of a dash with its gap."""


def is_plain(svg: str) -> bool:
    """Whether the picture holds nothing but a bounded number of shapes with colours."""
    if len(svg) > LARGEST_LETTERS:
        return False
    try:
        elements = list(parse_xml(svg.encode()).iter())
    except (ScoreError, UnicodeEncodeError):
        return False
    dashed = [element for element in elements if _DASHES in element.keys()]  # noqa: SIM118 - it is no mapping
    return (
        len(elements) <= MOST_ELEMENTS
        and len(dashed) <= MOST_DASHED
        and all(element.tag in _ELEMENTS and not _links(element) for element in elements)
        and all(map(_has_few_dashes, dashed))
    )


def _links(element: Element) -> bool:
    return any(name.rpartition("}")[2] in _LINKS for name in element.keys())  # noqa: SIM118 - it is no mapping


def _has_few_dashes(element: Element) -> bool:
    written = " ".join(element.attrib.values())
    dash_and_gap = _NUMBER.findall(element.attrib[_DASHES])
    return (
        len(written) <= _LONGEST_DASHED
        and max(map(float, _NUMBER.findall(written))) <= _FARTHEST
        and len(dash_and_gap) == 2
        and sum(map(float, dash_and_gap)) >= _SHORTEST_DASH
    )

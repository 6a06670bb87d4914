"""What a MusicXML part holds that is not sung, for the user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from singer.musicxml_tree import XmlPart

_SIGNS = {
    "grace": "grace notes", "cue": "cue notes", "fermata": "fermatas", "glissando": "glissandi", "slide": "slides",
    "arpeggiate": "arpeggios",
}  # fmt: skip
_GROUPS = ("ornaments", "articulations", "technical")
_SUNG = ("breath-mark",)
_MOST_PARTS_LISTED = 32


def left_out_of(root: Element, part: XmlPart, parts: Sequence[XmlPart]) -> tuple[str, ...]:
    """Warnings: signs of the part that do nothing here, with their counts, and the other parts."""
    counts: Counter[str] = Counter()
    for element in root.findall("part")[part.number - 1].iter():
        tag = str(element.tag)
        if tag in _SIGNS:
            counts[_SIGNS[tag]] += 1
        elif tag == "wedge" and element.get("type") != "stop":
            counts["hairpins"] += 1
        elif tag in _GROUPS:
            counts.update(f"{child.tag} signs" for child in element if child.tag not in _SUNG)
    warnings = []
    if counts:
        listed = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        warnings.append(f"left out: {listed[:400]}")
    others = [str(other) for other in parts if other.number != part.number]
    if others:
        more = "; ..." if len(others) > _MOST_PARTS_LISTED else ""
        warnings.append(f"other parts are not sung: {'; '.join(others[:_MOST_PARTS_LISTED])}{more}")
    return tuple(warnings)

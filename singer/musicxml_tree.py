"""MusicXML as a tree of elements: parsed safely, its parts listed, cut down to what is sung."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, SubElement

from frontend_g2p.phones import Language
from singer.errors import ScoreError
from singer.score import printable

LARGEST_DOCUMENT_BYTES = 20_000_000
DEEPEST = 64
MOST_PART_NOTES = 20_000
MOST_MEASURES = 4_000
MOST_REPEATS = 16
MOST_PLAYED_MEASURES = 10_000
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_JUMPS = {
    "segno": "Segno", "coda": "Coda", "fine": "Fine", "tocoda": "To Coda", "dacapo": "Da Capo", "dalsegno": "Dal Segno"
}  # fmt: skip
_JUMP_WORDS = re.compile(r"\bd\.? ?[cs]\b|da capo|dal segno|\bfine\b|coda|segno", re.IGNORECASE)
MOST_TAGS = 1_500_000
"""Each element takes some 150 bytes of memory; long scores have a tenth of this."""
_NOT_SUNG = ("harmony", "figured-bass", "print", "listening", "grouping", "link", "bookmark")


@dataclass(frozen=True, slots=True)
class XmlPart:
    """One part of a MusicXML score: what a user chooses by number or name.

    Attributes:
        number: from 1, in file order.
        name, id: as in the file.
        notes, lyrics: how many notes it has, and how many of them have lyrics.
    """

    number: int
    name: str
    id: str
    notes: int
    lyrics: int

    def __str__(self) -> str:
        lyrics = f"{self.lyrics} syllables" if self.lyrics else "no lyrics"
        return f'{self.number} "{printable(self.name, 40)}" ({self.notes} notes, {lyrics})'


def parse_xml(document: bytes) -> Element:
    """Root of an XML document; no entity is expanded, nothing is fetched.

    Raises:
        ScoreError: not well-formed, declares entities, too large or nested too deeply.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if len(document) > LARGEST_DOCUMENT_BYTES:
        raise ScoreError("too_large", f"the document has more than {LARGEST_DOCUMENT_BYTES / 1e6:g} MB")
    if document.count(b"<") > MOST_TAGS:
        raise ScoreError("too_large", f"the document has more than {MOST_TAGS} tags")
    try:
        root: Element = fromstring(document, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise ScoreError(
            "xml_entities", "the document declares XML entities or refers to outside files; it is refused"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise ScoreError("not_xml", f"this is not well-formed XML: {error}") from error
    _check_depth(root)
    return root


def parse_musicxml(document: bytes) -> Element:
    """Root of a MusicXML document with its parts in ``part`` elements.

    Raises:
        ScoreError: as ``parse_xml``, or not MusicXML, or ordered by time instead of by part.
    """
    root = parse_xml(document)
    if root.tag == "score-timewise":
        raise ScoreError(
            "timewise", "the MusicXML is ordered by time (score-timewise); export it as score-partwise"
        )
    if root.tag != "score-partwise":
        raise ScoreError(
            "not_musicxml", f"this is XML, but not MusicXML: its root is <{printable(str(root.tag))}>"
        )
    return root


def list_parts(root: Element) -> tuple[XmlPart, ...]:
    """The parts of a score, by their order in the file."""
    names = {part.get("id"): (part.findtext("part-name") or "").strip() for part in root.iter("score-part")}
    parts = []
    for number, part in enumerate(root.findall("part"), start=1):
        notes = [note for note in part.iter("note") if note.find("pitch") is not None]
        lyrics = sum(any(lyric.findtext("text") for lyric in note.findall("lyric")) for note in notes)
        part_id = part.get("id") or ""
        parts.append(XmlPart(number, names.get(part_id) or f"part {number}", part_id, len(notes), lyrics))
    return tuple(parts)


def choose_part(parts: Sequence[XmlPart], track: str | int | None) -> XmlPart:
    """The part asked for by number or name, else the one with the most lyrics.

    Raises:
        ScoreError: ``which_track`` or ``no_lyrics``, with the parts there are.
    """
    listed = "; ".join(map(str, parts[:32])) or "none"
    if track is not None:
        asked = str(track).strip()
        found = [part for part in parts if str(part.number) == asked]
        found = found or [part for part in parts if part.name.casefold() == asked.casefold()]
        if len(found) != 1:
            problem = "no part is" if not found else "several parts are"
            raise ScoreError("which_track", f"{problem} called {asked!r}; choose from {listed}")
        return found[0]
    best = max(parts, key=lambda part: part.lyrics, default=None)
    if best is None or not best.lyrics:
        raise ScoreError("no_lyrics", f"no part has lyrics; write them under the notes. Parts: {listed}")
    return best


def keep_part(root: Element, part: XmlPart) -> None:
    """Remove from ``root`` what is not needed to sing ``part``: other parts but the first (it has the tempo).

    Raises:
        ScoreError: the part has too many notes, or repeats that would never end.
    """
    parts = root.findall("part")
    kept = {id(parts[0]), id(parts[part.number - 1])}
    ids = {element.get("id") for element in parts if id(element) in kept}
    for element in list(root):
        if element.tag not in ("part", "part-list") or (element.tag == "part" and id(element) not in kept):
            root.remove(element)
    for part_list in root.findall("part-list"):
        for element in list(part_list):
            if element.tag != "score-part" or element.get("id") not in ids:
                part_list.remove(element)
    for measure in root.iter("measure"):
        for element in [child for child in measure if child.tag in _NOT_SUNG]:
            measure.remove(element)
    _check_length(root)


def write_out_jumps(root: Element) -> None:
    """Give jumps that only ``sound`` elements tell of the signs and words that players of notation go by."""
    for part in root.findall("part"):
        end = _end_of_jumps(part)
        for measure in part.findall("measure"):
            written = " ".join(words.text or "" for words in measure.iter("words"))
            if _JUMP_WORDS.search(written) or any(
                measure.find(f".//{sign}") is not None for sign in ("segno", "coda")
            ):
                continue
            for sound in list(measure.iter("sound")):
                for name in _JUMPS:
                    if sound.get(name, "no") != "no":
                        _add_sign(measure, name, _JUMPS[name] + (end if name[:2] == "da" else ""))


def _end_of_jumps(part: Element) -> str:
    """What is written after Da Capo or Dal Segno, by where else the part's signs and words lead."""
    named = {name for sound in part.iter("sound") for name in _JUMPS if sound.get(name, "no") != "no"}
    named |= {(words.text or "").strip(" .").lower().replace(" ", "") for words in part.iter("words")}
    return " al Coda" if "tocoda" in named else " al Fine" if "fine" in named else ""


def _add_sign(measure: Element, name: str, words: str) -> None:
    direction = Element("direction")
    kind = SubElement(direction, "direction-type")
    if name in ("segno", "coda"):
        SubElement(kind, name)
        measure.insert(0, direction)
    else:
        SubElement(kind, "words").text = words
        measure.append(direction)


def find_language(root: Element) -> Language | None:
    """Language that the document declares for its lyrics, ``None`` if it names none or several."""
    named = {
        element.get(_XML_LANG) for tag in ("lyric-language", "text", "lyric") for element in root.iter(tag)
    }
    languages = {_language_of(tag) for tag in named if tag}
    return languages.pop() if len(languages) == 1 else None


def find_title(root: Element) -> str:
    """Title of the work or the movement, "" if there is none."""
    titles = (root.findtext("work/work-title"), root.findtext("movement-title"))
    return next((title.strip()[:500] for title in titles if title and title.strip()), "")


def _language_of(tag: str) -> Language | None:
    """Language of a BCP 47 tag; Chinese as spoken in Hong Kong and Macau is Cantonese."""
    subtags = tag.lower().replace("_", "-").split("-")
    if subtags[0] == "yue" or (subtags[0] == "zh" and {"yue", "hk", "mo"} & set(subtags)):
        return "yue"
    if subtags[0] in ("zh", "cmn"):
        return "zh"
    if subtags[0] in ("en", "eng"):
        return "en"
    return "ja" if subtags[0] in ("ja", "jpn") else None


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise ScoreError(
        "too_deep", f"the document is nested more than {DEEPEST} elements deep; that is no score"
    )


def _check_length(root: Element) -> None:
    """Repeats multiply measures, and music21's time grows with their square: both are bounded before it begins."""
    for part in root.findall("part"):
        measures, notes = len(part.findall("measure")), sum(1 for _ in part.iter("note"))
        if notes > MOST_PART_NOTES or measures > MOST_MEASURES:
            raise ScoreError(
                "too_many_notes",
                f"a part has {notes} notes in {measures} measures; {MOST_PART_NOTES} in {MOST_MEASURES} is the most",
            )
        depth = deepest = 0
        most_times = 2
        for repeat in part.iter("repeat"):
            depth = depth + 1 if repeat.get("direction") == "forward" else max(depth - 1, 0)
            deepest = max(deepest, depth, 1)
            times = repeat.get("times", "2")
            if not (times.isdecimal() and len(times) <= 3 and 1 <= int(times) <= MOST_REPEATS):
                raise ScoreError(
                    "repeats", f"a repeat is played {times[:9]!r} times; {MOST_REPEATS} is the most"
                )
            most_times = max(most_times, int(times))
        if measures * most_times**deepest > MOST_PLAYED_MEASURES:
            raise ScoreError(
                "repeats",
                f"{measures} measures, with repeats {deepest} deep played up to {most_times} times, are too many",
            )

"""JSON and YAML of strangers: read as plain data, with limits, before anything else looks at them."""

from __future__ import annotations

import json
import re
from importlib import import_module
from typing import Any, ClassVar

from singer.errors import VoicebankError

DEEPEST = 64
LARGEST_BYTES = 50_000_000
"""Room for a dictionary of a whole language."""
MOST_VALUES = 20_000_000
"""Values that a YAML document may stand for when its aliases are written out."""
LONGEST_NUMBER = 300
"""Letters of a YAML number: beyond it PyYAML takes very long (sexagesimal) or makes what cannot be shown (hexadecimal)."""
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map")}
_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_LIKE_A_NUMBER = re.compile(r"[-+.0-9][-+.0-9a-fA-F_:xo]*")
_NO_VALUE = (ValueError, LookupError, ArithmeticError, RecursionError)
"""What PyYAML lets through for text that is no value of its tag: no such date, no such truth, an empty number."""


def read_json(content: bytes, where: str) -> Any:
    """The document in ``content``; raises ``VoicebankError``, ``json``: damaged, too large or nested too deep."""
    _check_size(content, "json", where)
    try:
        document = json.loads(content)
    except RecursionError as error:
        raise VoicebankError("json", f"is nested deeper than {DEEPEST} levels", where) from error
    except ValueError as error:
        raise VoicebankError("json", f"is not JSON: {str(error)[:100]}", where) from error
    if _is_deep(document):
        raise VoicebankError("json", f"is nested deeper than {DEEPEST} levels", where)
    return document


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            part
            for value in level
            if isinstance(value, dict | list)
            for part in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def read_yaml(content: bytes, where: str, *, as_texts: bool = False) -> Any:
    """The document in ``content``, read by PyYAML's safe loader; raises as ``check_yaml``.

    Args:
        content: the file.
        where: its name, for messages.
        as_texts: every value is a text as it is written: ``no`` is a syllable, and ``1.10`` a version, in files that hold words.
    """
    check_yaml(content, where)
    yaml = _yaml(where)
    try:
        return yaml.load(content, Loader=_text_loader(yaml) if as_texts else _loader(yaml))
    except (yaml.YAMLError, *_NO_VALUE) as error:
        raise _not_yaml(error, where) from error


def check_yaml(content: bytes, where: str) -> None:
    """Walk over the document in ``content`` without building it, which for a dictionary of a whole language would take long.

    Raises:
        VoicebankError: ``yaml``: damaged, too large, nested too deep, with tags of its own, with a number of more than
            ``LONGEST_NUMBER`` letters, or with aliases that stand for more than ``MOST_VALUES`` values; ``extra_missing``: PyYAML
            is not installed.
    """
    _check_size(content, "yaml", where)
    yaml = _yaml(where)
    try:
        _check_events(yaml.parse(content, Loader=_loader(yaml)), yaml, where)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _not_yaml(error, where) from error


def _yaml(where: str) -> Any:
    try:
        return import_module("yaml")
    except ImportError as error:
        message = "banks made for OpenUtau need the package PyYAML; pip install 'singer-engine[banks]'"
        raise VoicebankError("extra_missing", message, where) from error


def _loader(yaml: Any) -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _text_loader(yaml: Any) -> Any:
    """The safe loader without YAML 1.1's guesses at numbers, dates and truth; only ``~`` and nothing at all are no value."""

    class Texts(_loader(yaml)):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    Texts.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("~?"), ["~", ""])
    return Texts


def _not_yaml(error: Exception, where: str) -> VoicebankError:
    said = " ".join(str(error).split())[:160]
    return VoicebankError("yaml", f"is not YAML that can be read: {said}", where)


def _check_events(events: Any, yaml: Any, where: str) -> None:
    """Walk over the document before it is built; sizes count aliases as what they stand for."""
    sizes: dict[str, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    total = 0
    for event in events:
        size, anchor = 0, getattr(event, "anchor", None)
        _check_tag(getattr(event, "tag", None), where)
        if isinstance(event, yaml.AliasEvent):
            size = sizes.get(str(anchor), MOST_VALUES)  # one that stands inside what it names never ends
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            _check_number(event, where)
            _remember(sizes, anchor, size)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            open_nodes.append((anchor, total))
            size = 1
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            named, before = open_nodes.pop()
            _remember(sizes, named, total - before)
        total += size
        if total > MOST_VALUES:
            raise VoicebankError("yaml", f"its aliases stand for more than {MOST_VALUES} values", where)
        if len(open_nodes) > DEEPEST:
            raise VoicebankError("yaml", f"is nested deeper than {DEEPEST} levels", where)


def _remember(sizes: dict[str, int], anchor: str | None, size: int) -> None:
    if anchor is not None:
        sizes[anchor] = size


def _check_tag(tag: str | None, where: str) -> None:
    if tag is not None and tag not in ("!", *_PLAIN_TAGS):
        message = f"has the tag {tag[:60]!r}; only plain values, lists and maps are read"
        raise VoicebankError("yaml", message, where)


def _check_number(scalar: Any, where: str) -> None:
    text = scalar.value
    if len(text) <= LONGEST_NUMBER:
        return
    plain = scalar.tag is None and scalar.implicit[0]
    if scalar.tag in _NUMBER_TAGS or (plain and _LIKE_A_NUMBER.fullmatch(text)):
        message = f"has a number of {len(text)} letters, {text[:20]}...; {LONGEST_NUMBER} are the most"
        raise VoicebankError("yaml", message, where)


def _check_size(content: bytes, kind: str, where: str) -> None:
    if len(content) > LARGEST_BYTES:
        message = f"has {len(content)} bytes; {LARGEST_BYTES} are the most"
        raise VoicebankError(kind, message, where)

"""Performance files: strict, versioned JSON, read and written without loss (``docs/performance.md``)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from frontend_g2p.inventory import INVENTORY
from singer.errors import PerformanceError
from singer.performance.performance import (
    CURVES,
    FIRST_CURVES,
    SLACK_S,
    Performance,
    PhoneSpan,
    PhrasePerformance,
)
from singer.whole_file import write_whole

if TYPE_CHECKING:
    from singer.performance.performance_document import PhraseDocument

FORMAT = "singer-performance"
VERSION = 1
LARGEST_FILE_BYTES = 500_000_000
"""Room for several hours of song: a minute takes about 0.2 MB."""


def load_performance(source: str | Path | BinaryIO | bytes) -> Performance:
    """Read a performance from a JSON file, an open binary file or bytes.

    Raises:
        PerformanceError: not readable, too large, not JSON, a key twice, unknown or missing, a value of the
        wrong
            type or out of bounds, phones with gaps, curves of unequal length; ``where`` names the place.
    """
    return document_to_performance(_parse(_read(source)))


def save_performance(performance: Performance, path: str | Path) -> None:
    """Write a performance as JSON; the file is complete or, on an error, as it was.

    Raises:
        OutputError: the file cannot be written.
        PerformanceError: the performance breaks a rule of documents, such as phrases that overlap.
    """
    write_whole(write_performance_json(performance), path)


def write_performance_json(performance: Performance) -> str:
    """JSON text of a performance, one phone and one curve per line; reading it gives equal values.

    Raises:
        PerformanceError: the performance breaks a rule of documents.
    """
    document = performance_to_document(performance)
    phrases = ",\n".join(_phrase_text(phrase) for phrase in document.pop("phrases"))
    head = "".join(f"  {_json(key)}: {_json(value)},\n" for key, value in document.items())
    return f'{{\n{head}  "phrases": [\n{phrases}\n  ]\n}}\n'


def performance_to_document(performance: Performance) -> dict[str, Any]:
    """Document of a performance, ready for ``json.dumps``.

    Raises:
        PerformanceError: the performance breaks a rule of documents.
    """
    _check_song(performance)
    return {
        "format": FORMAT,
        "version": VERSION,
        "voice": performance.voice,
        "title": performance.title,
        "duration_s": performance.duration_s,
        "phrases": [_phrase_document(phrase) for phrase in performance.phrases],
    }


def document_to_performance(raw: object) -> Performance:
    """Performance of a document already parsed from JSON (also the body of a request).

    Raises:
        PerformanceError: as ``load_performance``.
    """
    from pydantic import ValidationError

    from singer.performance.performance_document import PerformanceDocument

    _check_head(raw)
    try:
        wire = PerformanceDocument.model_validate(raw)
    except ValidationError as error:
        raise _explained(cast("Mapping[str, Any]", error.errors(include_url=False)[0])) from error
    phrases = tuple(_to_phrase(index, phrase) for index, phrase in enumerate(wire.phrases))
    performance = Performance(wire.voice, wire.title, wire.duration_s, phrases)
    _check_song(performance)
    return performance


def _read(source: str | Path | BinaryIO | bytes) -> bytes:
    if isinstance(source, bytes):
        document = source
    else:
        try:
            if isinstance(source, str | Path):
                with Path(source).open("rb") as file:
                    document = file.read(LARGEST_FILE_BYTES + 1)
            else:
                document = source.read(LARGEST_FILE_BYTES + 1)
        except OSError as error:
            message = f"cannot read: {error.strerror}; give the path of a performance file"
            raise PerformanceError("not_readable", message, str(source)) from error
    if len(document) > LARGEST_FILE_BYTES:
        message = f"the file is larger than {LARGEST_FILE_BYTES / 1e6:.0f} MB, the most that is read"
        raise PerformanceError("too_large", message)
    return document


def _parse(document: bytes) -> object:
    try:
        text = document.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        message = f"the document is not UTF-8 (byte {error.start}); save it as UTF-8"
        raise PerformanceError("encoding", message) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PerformanceError("not_json", f"this is not JSON: {error.msg}", place) from error
    except RecursionError as error:
        raise PerformanceError("not_json", "the document is nested too deeply") from error
    except ValueError as error:
        raise PerformanceError("not_finite", "found a number with too many digits") from error


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise PerformanceError("duplicate_key", f"the key {_shown(twice)} is given twice; keep one of them")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise PerformanceError("not_finite", f"found {name}; numbers must be finite")


def _check_head(raw: object) -> None:
    if not isinstance(raw, Mapping):
        raise PerformanceError("not_a_performance", f"a performance is a JSON object, found {_shown(raw)}")
    if raw.get("format") != FORMAT:
        message = f'found {_shown(raw.get("format"))}; it must be "{FORMAT}"'
        raise PerformanceError("format", message, "format")
    version = raw.get("version")
    if type(version) is not int or version != VERSION:
        message = f"found {_shown(version)}; this engine reads version {VERSION}"
        raise PerformanceError("version", message, "version")


def _check_song(performance: Performance) -> None:
    """The rules that hold between phrases, and those that the renderer leaves to the voice."""
    reached_s = 0.0
    for place, phrase in enumerate(performance.phrases):
        where = f"phrase {place}"
        if phrase.index != place:
            raise PerformanceError("phrase_index", f"found index {phrase.index}; it must be {place}", where)
        if phrase.start_s < reached_s - SLACK_S:
            message = (
                f"it starts at {phrase.start_s:.2f} s, before the end of the last one, {reached_s:.2f} s"
            )
            raise PerformanceError("phrase_overlap", message, where)
        if len(phrase.phones) > phrase.frames:
            message = f"{len(phrase.phones)} phones do not fit into {phrase.frames} frames of 10 ms"
            raise PerformanceError("too_many_phones", message, where)
        for number, span in enumerate(phrase.phones):
            _check_phone(span, f"{where}, phone {number}")
        reached_s = phrase.end_s
    if not reached_s - SLACK_S <= performance.duration_s < float("inf"):
        message = f"found {performance.duration_s} s; the last phrase ends at {reached_s:.2f} s"
        raise PerformanceError("duration", message, "duration_s")


def _check_phone(span: PhoneSpan, where: str) -> None:
    if span.symbol not in INVENTORY:
        message = f"found the phone {_shown(span.symbol)}; allowed are {' '.join(INVENTORY)}"
        raise PerformanceError("unknown_phone", message, where)
    roles = INVENTORY[span.symbol].roles or (None,)
    if span.role not in roles:
        allowed = " or ".join("null" if role is None else role for role in roles)
        message = f"found {span.symbol} with role {_shown(span.role)}; allowed is {allowed}"
        raise PerformanceError("phone_role", message, where)


def _explained(error: Mapping[str, Any]) -> PerformanceError:
    """One of pydantic's errors in the user's terms."""
    location = [part for part in error["loc"] if part != "constrained-int"]
    where = _where(location[:-1])
    key = str(location[-1])
    if error["type"] == "extra_forbidden":
        return PerformanceError(
            "unknown_key", f"found the key {_shown(key)}, which has no meaning here", where
        )
    if error["type"] == "missing":
        return PerformanceError("missing_key", f'the key "{key}" is missing', where)
    must_be = error["msg"].removeprefix("Input should be ")
    return PerformanceError(
        "wrong_type", f"found {_shown(error['input'])}; it must be {must_be}", _where(location)
    )


def _where(location: Sequence[object]) -> str:
    """``phrase 2, phone 5, end_s`` for the location of a value."""
    names = {"phrases": "phrase", "phones": "phone"}
    parts: list[str] = []
    for part in location:
        if isinstance(part, int):
            parts[-1] = f"{names.get(parts[-1], parts[-1] + ' frame')} {part}"
        elif part != "curves":
            parts.append(str(part)[:40])
    return ", ".join(parts)


def _to_phrase(index: int, wire: PhraseDocument) -> PhrasePerformance:
    told = {name: values for name in CURVES if (values := getattr(wire.curves, name)) is not None}
    _check_lengths({name: len(values) for name, values in told.items()}, index)
    phones = tuple(
        PhoneSpan(
            phone.phone,
            phone.role,
            phone.language,
            phone.start_s,
            phone.end_s,
            _note(phone.note, index),
            phone.sung_as,
        )
        for phone in wire.phones
    )
    with np.errstate(over="ignore"):
        curves = {name: np.array(values, np.float32) for name, values in told.items()}
    marks = {name: getattr(wire.marks, name) for name in CURVES}
    return PhrasePerformance(wire.start_s, phones, curves, marks, index)


def _check_lengths(values: Mapping[str, int], phrase: int) -> None:
    """Blame the curve that differs from the others, which need not be the second one."""
    usual = Counter(values.values()).most_common(1)[0][0]
    for name, found in values.items():
        if found != usual:
            message = f"found {found} values; it must be {usual}, as many as in the other curves"
            raise PerformanceError("curve_shape", message, f"phrase {phrase}, {name}")


def _note(note: int | None, phrase: int) -> int | None:
    if note is not None and note < 0:
        raise PerformanceError("note", f"found note {note}; notes count from 0", f"phrase {phrase}")
    return note


def _phrase_document(phrase: PhrasePerformance) -> dict[str, Any]:
    """A phrase; what the format's first readers did not know is told only where it is used."""
    told = [name for name in CURVES if name in FIRST_CURVES or _is_used(phrase, name)]
    return {
        "start_s": phrase.start_s,
        "phones": [
            {
                "phone": span.symbol,
                "role": span.role,
                "language": span.language,
                "start_s": span.start_s,
                "end_s": span.end_s,
                "note": span.note,
                **({"sung_as": span.sung_as} if span.sung_as is not None else {}),
            }
            for span in phrase.phones
        ],
        "curves": {name: short_floats(phrase.curves[name]) for name in told},
        "marks": {name: phrase.marks[name] for name in told},
    }


def _is_used(phrase: PhrasePerformance, name: str) -> bool:
    return phrase.marks[name] != "auto" or bool(phrase.curves[name].any())


def short_floats(values: NDArray[np.float32]) -> list[float]:
    """Floats with few digits that come back as exactly these float32 values."""
    short = [float(digits) for digits in values.astype("U")]
    back = np.array(short, np.float32)
    return [
        brief if same else float(value)
        for brief, value, same in zip(short, values, back == values, strict=True)
    ]


def _phrase_text(phrase: Mapping[str, Any]) -> str:
    phones = ",\n".join(f"        {_json(phone)}" for phone in phrase["phones"])
    named = phrase["curves"].items()
    curves = ",\n".join(f"        {_json(name)}: {_json(values)}" for name, values in named)
    return (
        f'    {{\n      "start_s": {_json(phrase["start_s"])},\n      "phones": [\n{phones}\n      ],\n'
        f'      "curves": {{\n{curves}\n      }},\n      "marks": {_json(phrase["marks"])}\n    }}'
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True, default=str)
    return text if len(text) <= 40 else text[:40] + "…"

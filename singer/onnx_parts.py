"""How many parts a protobuf message has, counted on its bytes, before a reader makes an object of each."""

from __future__ import annotations

from collections.abc import Mapping

_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_VARINT = 10
Inner = Mapping[str, Mapping[int, str]]
"""Message to the numbers of its fields that are counted into, with the message that lies in each; empty for plain numbers."""


def count_parts(content: bytes, message: str, inner: Inner, most: int) -> int:
    """Fields of the message and of those inside it (https://protobuf.dev/programming-guides/encoding/).

    Args:
        content: the message.
        message: its name in ``inner``.
        inner: what lies in what; all else is one field, however long.
        most: where counting stops.

    Returns:
        the number of fields, packed numbers counted by their bytes; more than ``most`` says only that there are more.

    Raises:
        ValueError: the bytes are no such message.
    """
    waiting = [(message, 0, len(content))]
    count = 0
    while waiting and count <= most:
        name, at, end = waiting.pop()
        fields = inner[name]
        while at < end and count <= most:
            key, at = _varint(content, at, end)
            count += 1
            if key & 7 != _BYTES:
                at = _after_number(content, key & 7, at, end)
                continue
            size, at = _varint(content, at, end)
            if at + size > end:
                raise ValueError("it ends inside a field")
            if (below := fields.get(key >> 3)) is not None:
                if below:
                    waiting.append((below, at, at + size))
                else:
                    count += size
            at += size
    return count


def _after_number(content: bytes, kind: int, at: int, end: int) -> int:
    if kind == _VARINT:
        return _varint(content, at, end)[1]
    if kind not in (_EIGHT_BYTES, _FOUR_BYTES):
        raise ValueError(f"it has a field of the unknown kind {kind}")
    at += 8 if kind == _EIGHT_BYTES else 4
    if at > end:
        raise ValueError("it ends inside a number")
    return at


def _varint(content: bytes, at: int, end: int) -> tuple[int, int]:
    """A number, and the place behind it."""
    value = 0
    for place in range(_LONGEST_VARINT):
        if at >= end:
            raise ValueError("it ends inside a number")
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return value, at
    raise ValueError("it has a number that is too long")

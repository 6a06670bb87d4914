"""What can be known of a bank's terms from its texts, without understanding them.

A prohibition is believed wherever it stands; a permission only where a licence file is a known licence and no other text
names a stricter one. All else is not known.
"""

from __future__ import annotations

import re
from pathlib import Path

from singer.midi_text import decode_texts
from voicebanks.store.files import files_below
from voicebanks.use_policy import UsePolicy, combined

_LARGEST_BYTES = 200_000
_TEXTS = re.compile(
    r"(licen[cs]e|copying|notice|readme|read me|terms|规约|規約|使用条款|授权|说明).*|character\.txt", re.I
)
_LICENCES = re.compile(r"(licen[cs]e|copying)", re.I)
_NONCOMMERCIAL = re.compile(
    r"creativecommons\.org/licenses/(by-nc(?:-[a-z]{2})?)/|\bCC[ -](BY-NC(?:-[A-Z]{2})?)\b|"
    r"Attribution-(NonCommercial)(?:-[A-Za-z]+)? [34]\.0",
    re.I,
)
_BEGINNINGS: tuple[tuple[str, str, bool], ...] = (
    ("Apache-2.0", r"Apache License\s+Version 2\.0", False),
    ("MIT", r"(The )?MIT License|Permission is hereby granted, free of charge", False),
    ("CC0-1.0", r"(Creative Commons )?CC0 1\.0 Universal", False),
    ("CC-BY-4.0", r"(Creative Commons )?Attribution 4\.0 International", True),
    ("CC-BY-SA-4.0", r"(Creative Commons )?Attribution-ShareAlike 4\.0 International", True),
)
"""SPDX name, how its text begins, and whether whoever uses it must be named."""


def policy_from_texts(folder: Path) -> UsePolicy | None:
    """The policy that the texts in the top folder of a bank show; ``None`` if nothing is known."""
    found: UsePolicy | None = None
    for name in files_below(folder):
        if "/" in name or not _TEXTS.fullmatch(name) or (folder / name).stat().st_size > _LARGEST_BYTES:
            continue
        told = _told(name, decode_texts([(folder / name).read_bytes()], None, None)[0])
        if told is not None:
            found = told if found is None else combined(found, told)
    return found


def _told(name: str, text: str) -> UsePolicy | None:
    if forbids := _NONCOMMERCIAL.search(text):
        note = f"{name} names {forbids[0].strip('/')}; read it for the rest"
        return UsePolicy(commercial="no", attribution_required=True, notes=(note,))
    if not _LICENCES.match(name):
        return None
    start = text.lstrip("\ufeff \t\r\n")
    for spdx, beginning, credit in _BEGINNINGS:
        if re.match(beginning, start, re.I):
            note = f"{name} is {spdx}; read it for the rest"
            return UsePolicy(commercial="yes", attribution_required=credit, notes=(note,))
    return UsePolicy(notes=(f"not known; see {name}",)) if name.isprintable() else None

"""Scores to VOCALOID's VSQX (version 4): XML, pitch as bends, controls from 0 to 127."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np

from frontend_g2p.phones import Language
from singer.projects.imported import TICKS
from singer.projects.sheet import Sheet, SheetNote, list_unwritten, on_grid
from singer.projects.vocaloid import FULL_BEND, around_middle, dynamics
from singer.projects.vocaloid_vibrato import FADING, WHOLE_NOTE, depth_of, rate_of
from singer.projects.write_ustx import vibrato_shares
from singer.score import BREATH, HOLD

NAMESPACE = "http://www.yamaha.co.jp/vocaloid/schema/vsq4/"
MOST_SEMITONES = 24
_PRE_MEASURE = 1
_LANGUAGES: dict[Language, str] = {"ja": "0", "en": "1", "zh": "4"}
_CONTROLS: tuple[tuple[str, str, Callable[[float], int]], ...] = (
    ("D", "loudness_db", dynamics),
    ("B", "breathiness", lambda value: round(max(value, 0.0) * 127)),
    ("R", "brightness", around_middle),
    ("G", "gender", around_middle),
)
_PHONEMES = {HOLD: "-", BREATH: "Asp"}
_PLAIN_STYLE = {
    "accent": 50,
    "bendDep": 0,
    "bendLen": 0,
    "decay": 50,
    "fallPort": 0,
    "opening": 127,
    "risePort": 0,
}
"""VOCALOID's own ways with notes, switched off."""


def write_vsqx(sheet: Sheet) -> bytes:
    """The file. VOCALOID finds the phonemes itself (Job, Convert Lyrics to Phonemes), as they depend on its voice."""
    list_unwritten(sheet, [control for _, control, _ in _CONTROLS], ("vibrato",))
    sheet.left_out.append("phonemes: convert the lyrics to phonemes in VOCALOID after opening the file")
    root = Element("vsq4", {"xmlns": NAMESPACE})
    _texts(root, vender="Yamaha Corporation", version="4.0.0.3")
    _voices(root, sheet.language)
    _mixer(root)
    lead = _master(root, sheet)
    _track(root, sheet, lead)
    indent(root)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _texts(parent: Element, **texts: object) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = str(text)


def _voices(root: Element, language: Language) -> None:
    voice = SubElement(SubElement(root, "vVoiceTable"), "vVoice")
    _texts(voice, bs=_LANGUAGES.get(language, "0"), pc=0, id="", name="Singer")
    _texts(SubElement(voice, "vPrm"), bre=0, bri=0, cle=0, gen=0, ope=0)


def _mixer(root: Element) -> None:
    mixer = SubElement(root, "mixer")
    _texts(SubElement(mixer, "masterUnit"), oDev=0, rLvl=0, vol=0)
    _texts(SubElement(mixer, "vsUnit"), tNo=0, iGin=0, sLvl=-898, sEnable=0, m=0, s=0, pan=64, vol=0)
    _texts(SubElement(mixer, "monoUnit"), iGin=0, sLvl=-898, sEnable=0, m=0, s=0, pan=64, vol=0)
    _texts(SubElement(mixer, "stUnit"), iGin=0, m=0, s=0, vol=0)


def _master(root: Element, sheet: Sheet) -> int:
    """Tempi and bars; the ticks of the bar that VOCALOID puts before the song."""
    signatures = sheet.signatures()
    lead = round(_PRE_MEASURE * signatures[0][1].bar_beats * TICKS)
    master = SubElement(root, "masterTrack")
    _texts(master, seqName=sheet.title, comment="", resolution=TICKS, preMeasure=_PRE_MEASURE)
    for bar, each in signatures:
        _texts(SubElement(master, "timeSig"), m=bar + _PRE_MEASURE if bar else 0, nu=each.beats, de=each.unit)
    for tick, bpm in sheet.tempos:
        _texts(SubElement(master, "tempo"), t=tick + lead if tick else 0, v=round(bpm * 100))
    if any(abs(round(bpm * 100) - bpm * 100) > 1e-6 for _, bpm in sheet.tempos):
        sheet.left_out.append("tempi were rounded to 0.01 quarter notes per minute")
    return lead


def _track(root: Element, sheet: Sheet, lead: int) -> None:
    track = SubElement(root, "vsTrack")
    _texts(track, tNo=0, name=sheet.title or "Singer", comment="")
    part = SubElement(track, "vsPart")
    _texts(part, t=lead, playTime=sheet.notes[-1].end + TICKS, name="Song", comment="")
    plug = SubElement(part, "sPlug")
    _texts(
        plug, id="ACA9C502-A04B-42b5-B2EB-5CEA36D16FCE", name="VOCALOID2 Compatible Style", version="3.0.0.1"
    )
    _attributes(SubElement(part, "pStyle"), **_PLAIN_STYLE)
    _texts(SubElement(part, "singer"), t=0, bs=_LANGUAGES.get(sheet.language, "0"), pc=0)
    for tick, name, value in sorted([*_bends(sheet), *_controls(sheet)], key=lambda change: change[0]):
        change = SubElement(part, "cc")
        SubElement(change, "t").text = str(tick)
        _attributes(change, **{name: value})
    for note in sheet.notes:
        found = SubElement(part, "note")
        _texts(
            found,
            t=note.start,
            dur=note.length,
            n=note.key,
            v=64,
            y=_PHONEMES.get(note.lyric, note.lyric),
            p=_PHONEMES.get(note.lyric, "a"),
        )
        _style(SubElement(found, "nStyle"), sheet, note)
    SubElement(part, "plane").text = "0"


def _style(style: Element, sheet: Sheet, note: SheetNote) -> None:
    """VOCALOID's ways with a note: none but its vibrato, which the drawn pitch of a note holds already."""
    shares = None if sheet.drawn(note) else vibrato_shares(note.note.vibrato, note, sheet.tempo)
    if shares is None:
        _attributes(style, **_PLAIN_STYLE, vibLen=0, vibType=0)
        return
    length, period_ms, depth_cents, grown = shares
    if abs(grown / 100 - FADING) > 1e-6:
        text = "vibrato grows in the first fifth of its length, as VOCALOID has it"
        sheet.left_out += [] if text in sheet.left_out else [text]
    _attributes(style, **_PLAIN_STYLE, vibLen=max(round(length), 1), vibType=1)
    for name, value in (("vibDep", depth_of(depth_cents)), ("vibRate", rate_of(1000 / period_ms))):
        point = SubElement(SubElement(style, "seq", {"id": name}), "cc")
        _texts(point, p=round((1 - max(round(length), 1) / 100) * WHOLE_NOTE), v=value)


def _attributes(parent: Element, **values: int) -> None:
    for name, value in values.items():
        SubElement(parent, "v", {"id": name}).text = str(value)


def _bends(sheet: Sheet) -> list[tuple[int, str, int]]:
    """Bends, with one range for the song: the smallest that holds them all."""
    bends = sheet.bends()
    if not bends:
        return []
    widest = max(abs(bend) for _, bend in bends)
    full = min(max(int(np.ceil(widest + 1e-9)), 2), MOST_SEMITONES)
    if widest > full:
        sheet.left_out.append(f"drawn pitch more than {full} semitones from its note was cut")
    limit = int(FULL_BEND)
    changes = [(0, "S", full)]
    for tick, bend in bends:
        changes.append((int(tick), "P", min(max(round(bend / full * FULL_BEND), -limit), limit - 1)))
    return changes


def _controls(sheet: Sheet) -> list[tuple[int, str, int]]:
    """Control changes at the grid's ticks, where the value changes."""
    changes: list[tuple[int, str, int]] = []
    for name, control, to_value in _CONTROLS:
        points = sheet.curves.get(control)
        if not points:
            continue
        if control == "breathiness" and any(value < 0 for _, value in points):
            sheet.left_out.append("breathiness below 0 was cut: VOCALOID has none")
        before: int | None = None
        for tick, amount in on_grid(sheet, points):
            value = to_value(amount)
            if value != before:
                changes.append((tick, name, value))
            before = value
    return changes

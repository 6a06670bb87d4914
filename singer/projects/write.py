"""Scores, and the pitch of their performances, to project files of other editors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from singer.errors import OutputError
from singer.performance.performance import Performance
from singer.projects.formats import WRITTEN
from singer.projects.sheet import Sheet, to_sheet
from singer.score import Score
from singer.whole_file import write_whole_bytes

_SAME = {"midi": "mid", "xml": "musicxml"}


def save_project(score: Score, path: str | Path, performance: Performance | None = None) -> tuple[str, ...]:
    """Write a score in the format that the ending of ``path`` names; the file is complete or as it was.

    Args:
        score: the song.
        path: ends in one of ``formats.WRITTEN``.
        performance: of this score; its f0 becomes the drawn pitch.

    Returns:
        What the format cannot hold, as sentences for the user.

    Raises:
        OutputError: an ending that is not written, or a file that cannot be.
    """
    document, left_out = write_project(score, format_of(path), performance)
    write_whole_bytes(document, path)
    return left_out


def format_of(path: str | Path) -> str:
    """One of ``formats.WRITTEN``, by the ending of ``path``; raises ``OutputError``."""
    ending = Path(path).suffix[1:].lower()
    known = _SAME.get(ending, ending)
    if known not in WRITTEN:
        allowed = ", ".join(f".{name}" for name in WRITTEN)
        raise OutputError("unknown_format", f"scores are written as {allowed}", str(path))
    return known


def write_project(
    score: Score, format_name: str, performance: Performance | None = None
) -> tuple[bytes, tuple[str, ...]]:
    """Bytes of a file in one of ``formats.WRITTEN``, and what it cannot hold; see ``save_project``."""
    if format_name == "json":
        return _json(score, performance)
    sheet = to_sheet(score, performance)
    return _writer(format_name)(sheet), tuple(sheet.left_out)


def _json(score: Score, performance: Performance | None) -> tuple[bytes, tuple[str, ...]]:
    from dataclasses import replace

    from singer.projects.sheet import sung_lines
    from singer.score_json import write_score_json

    if performance is not None:
        curves = {name: points for name, points in score.curves.items() if name != "pitch_cents"}
        score = replace(score, drawn_pitch=sung_lines(performance, score.tempo), curves=curves)
    return write_score_json(score).encode(), ()


def _writer(format_name: str) -> Callable[[Sheet], bytes]:
    if format_name == "ustx":
        from singer.projects.write_ustx import write_ustx

        return write_ustx
    if format_name == "svp":
        from singer.projects.write_svp import write_svp

        return write_svp
    if format_name == "vsqx":
        from singer.projects.write_vsqx import write_vsqx

        return write_vsqx
    if format_name == "ust":
        from singer.projects.write_ust import write_ust

        return write_ust
    if format_name == "mid":
        from singer.projects.write_midi import write_midi

        return write_midi
    from singer.projects.write_musicxml import write_musicxml

    return write_musicxml

"""What a request asks to be sung: a score, a performance or a file, and how."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.server.problems import RequestError
from api.songs import Expression, Prepared, prepare
from frontend_g2p.phones import Language
from singer.diffsinger.ds_io import document_to_ds, is_ds, parse_ds
from singer.diffsinger.song import DsSong
from singer.import_options import ImportOptions
from singer.performance.performance import Performance
from singer.performance_io import document_to_performance
from singer.projects.formats import READ
from singer.score import Score
from singer.score_io import load_score
from singer.score_json import document_to_score, score_to_document
from singer.voice import Voice
from voicebanks.use_policy import UseName

EXAMPLE_SCORE: dict[str, Any] = {
    "format": "singer-score", "version": 1, "title": "Jasmine", "language": "zh", "voice": "suyin",
    "tempo": [{"beat": 0, "bpm": 84}],
    "notes": [
        {"start": 0, "duration": 1, "pitch": "E4", "lyric": "好"},
        {"start": 1, "duration": 1, "pitch": 67, "lyric": "-"},
    ],
}  # fmt: skip
DS_TYPE = "application/x-ds"
FILE_TYPES = (
    "audio/midi", "audio/x-midi", "audio/mid", "application/vnd.recordare.musicxml+xml",
    "application/vnd.recordare.musicxml", "application/xml", "text/xml", "application/octet-stream", "application/x-lrc",
    DS_TYPE,
    *(project.media_type for project in READ.values()),
)  # fmt: skip
"""Media types of score and project files that may be sent in place of JSON."""


_MOST_DIGITS = 4
_Json = TypeVar("_Json")
_MOST_CONTAINERS = 1_000_000


def _plain(document: _Json) -> _Json:
    """The document; raises ``ValueError`` for text and numbers that JSON cannot carry back."""
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise ValueError("it has text with half a surrogate pair") from None
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError("it has a number that is not finite")
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return document


Document = Annotated[dict[str, Any] | None, AfterValidator(_plain)]
Segments = Annotated[list[dict[str, Any]] | None, AfterValidator(_plain)]


class SingBody(BaseModel):
    """A song, and how it is sung."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, json_schema_extra={"examples": [{"score": EXAMPLE_SCORE}]}
    )

    score: Annotated[Document, Field(description="A score (docs/score.md).")] = None
    performance: Annotated[Document, Field(description="A performance (docs/performance.md).")] = None
    ds: Annotated[
        Segments, Field(description="A DiffSinger project (docs/formats.md): the segments of a .ds file.")
    ] = None
    voice: Annotated[str | None, Field(min_length=1, max_length=64, description="Who sings.")] = None
    sample_rate: Annotated[int | None, Field(ge=8_000, le=192_000, description="Samples per second.")] = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1, description="Another noise.")] = 0
    use: Annotated[
        list[UseName], Field(max_length=8, description="What the sound is for, such as commercial.")
    ] = []
    controls: Annotated[dict[str, float], Field(description="Added to controls over the whole song.")] = {}
    emotion: Annotated[
        dict[str, float], Field(description="Emotions with weights, in place of the score's.")
    ] = {}
    warnings: Annotated[
        tuple[Annotated[str, Field(max_length=2_000)], ...],
        Field(
            max_length=1_000, description="What reading a file left out; comes back with the other warnings."
        ),
    ] = ()

    @model_validator(mode="after")
    def _one_song(self) -> SingBody:
        if sum(song is not None for song in (self.score, self.performance, self.ds)) != 1:
            raise ValueError("one of score, performance and ds is needed")
        return self

    @property
    def named_voice(self) -> str | None:
        """The voice that the song asks for."""
        voice = (self.score or self.performance or {}).get("voice")
        return voice if isinstance(voice, str) and voice else None

    def song(self) -> Score | Performance | DsSong:
        """The song; raises ``SingerError``."""
        if self.ds is not None:
            return DsSong(document_to_ds(self.ds, "ds"))
        if self.score is not None:
            return replace(document_to_score(self.score), warnings=self.warnings)
        return document_to_performance(self.performance)


def read_json_body(content: bytes) -> SingBody:
    """A body of JSON; raises ``RequestError``."""
    containers = content.count(b"[") + content.count(b"{")
    if containers > _MOST_CONTAINERS:  # reading them holds up all who sing
        message = f"the body has {containers} lists and objects; a song has {_MOST_CONTAINERS} at most"
        raise RequestError("wrong_value", message, "body")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RequestError("not_json", f"the body is not JSON: {str(error)[:80]}", "body") from error
    return _body(document, "body")


def prepared(body: SingBody, voice: Voice, check: Callable[[object], None]) -> Prepared:
    """The song as a performance for ``voice``.

    Args:
        body: the song, and how it is sung.
        voice: who sings.
        check: refuses songs beyond the server's limits, before the work for them is done.

    Raises:
        SingerError: the song cannot be sung.
    """
    song = body.song()
    check(song)
    made = prepare(song, voice, None, Expression(body.emotion, body.controls))
    check(made.performance)
    return made


def body_of_file(content: bytes, media_type: str, query: Mapping[str, str]) -> SingBody:
    """A score file as if it had been sent as JSON.

    Args:
        content: MIDI, MusicXML, LRC, a DiffSinger project or a project of another editor.
        media_type: one of ``FILE_TYPES``.
        query: ``name`` of the file, ``voice``, ``use`` (words with commas between them), ``language``, ``track`` and ``verse``.

    Raises:
        SingerError: the file cannot be read.
    """
    track, verse = query.get("track"), query.get("verse")
    if verse is not None and not (_is_number(verse) and int(verse) > 0):
        raise RequestError(
            "wrong_value", f"found verse {verse[:20]!r}; it must be a number from 1", "query, verse"
        )
    options = ImportOptions(
        track=int(track) if track and _is_number(track) else track,
        verse=int(verse) if verse else None,
        language=_language(query.get("language")),
    )
    named = {project.media_type: f"song.{project.name}" for project in READ.values()}
    name = query.get("name") or named.get(media_type, "")
    said = {"voice": query.get("voice"), "use": [use for use in query.get("use", "").split(",") if use]}
    if media_type == DS_TYPE or is_ds(content, name):
        found = parse_ds(content, name)
        return _body(said | {"ds": found if isinstance(found, list) else [found]}, "body")
    score = load_score(content, options=options, name=name)
    return _body(said | {"score": score_to_document(score), "warnings": score.warnings}, "query")


def check_size(song: object, most_notes: int, longest_s: float) -> None:
    """Refuse a song beyond the server's limits; raises ``RequestError``.

    Args:
        song: a score's or performance's document, or the song.
        most_notes: notes of a score.
        longest_s: length.
    """
    if isinstance(song, Score | Performance | DsSong):
        check_length(song.duration_s, longest_s)
    elif isinstance(song, Mapping):
        notes = song.get("notes")
        if isinstance(notes, list) and len(notes) > most_notes:
            message = f"found {len(notes)} notes; this server sings {most_notes} at most"
            raise RequestError("too_many_notes", message, "notes")


def check_length(duration_s: float, longest_s: float) -> None:
    """Refuse a song that lasts longer than the server's limit; raises ``RequestError``."""
    if duration_s > longest_s:
        message = f"the song lasts {duration_s:.0f} s; this server sings {longest_s:g} s at most"
        raise RequestError("song_too_long", message, "score")


def _body(document: object, place: str) -> SingBody:
    try:
        return SingBody.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ", ".join((place, *(str(part)[:40] for part in first["loc"])))
        raise RequestError("wrong_value", str(first["msg"]), where) from error


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS


def _language(text: str | None) -> Language | None:
    from frontend_g2p.phones import LANGUAGES

    found = next((language for language in LANGUAGES if language == text), None)
    if text is not None and found is None:
        message = f"found language {text[:20]!r}; allowed are {', '.join(LANGUAGES)}"
        raise RequestError("wrong_value", message, "query, language")
    return found

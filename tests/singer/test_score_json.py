import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from singer.controls import CONTROLS, NOTE_COLOURS
from singer.emotions import EMOTIONS
from singer.errors import ScoreError
from singer.note_shapes import Breath, Portamento, Vibrato
from singer.score import Note, Score, Section, TempoMap
from singer.score_document import score_schema
from singer.score_json import document_to_score, read_score_json, score_to_document, write_score_json
from singer.time_signatures import TimeSignature, TimeSignatures

SCHEMA_FILE = Path(__file__).parents[2] / "singer" / "schemas" / "score.schema.json"
JASMINE: dict[str, Any] = {
    "format": "singer-score",
    "version": 1,
    "title": "Jasmine",
    "language": "zh",
    "voice": "suyin",
    "tempo": [{"beat": 0, "bpm": 84}],
    "notes": [
        {"start": 0, "duration": 1, "pitch": "E4", "lyric": "好"},
        {"start": 1, "duration": 1, "pitch": 67, "lyric": "-"},
    ],
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    document = copy.deepcopy(JASMINE)
    change(document)
    return document


def with_note(**keys: object) -> dict[str, Any]:
    return changed(lambda document: document["notes"][1].update(keys))


def refused(document: object) -> ScoreError:
    with pytest.raises(ScoreError) as caught:
        document_to_score(document)
    return caught.value


def test_the_documented_score_is_read() -> None:
    assert document_to_score(JASMINE) == Score(
        notes=(Note(0.0, 1.0, 64.0, "好"), Note(1.0, 1.0, 67.0, "-")),
        language="zh",
        tempo=TempoMap(((0.0, 84.0),)),
        title="Jasmine",
        voice="suyin",
    )


def test_every_optional_key_is_read() -> None:
    vibrato = {"depth_cents": 30, "rate_hz": 6, "start": 0.5, "attack_s": 0.2, "shape": 1}
    document = with_note(lyric="ki", pitch=60.5, language="ja", phones="k i", loudness_db=-3, vibrato=vibrato)
    document |= {"curves": {"tension": [[0, 0], [2, 0.5]]}}
    document["time_signatures"] = [{"beat": 0, "signature": "3/4"}, {"beat": 6, "signature": "12/8"}]
    score = document_to_score(document)
    assert score.notes[1] == Note(1.0, 1.0, 60.5, "ki", "ja", "k i", -3.0, Vibrato(30.0, 6.0, 0.5, 0.2, 1.0))
    assert score.curves == {"tension": ((0.0, 0.0), (2.0, 0.5))}
    assert score.time_signatures.changes == (TimeSignature(0.0, 3, 4), TimeSignature(6.0, 12, 8))


@pytest.mark.parametrize(
    ("keys", "code", "message"),
    [
        ({"lyrics": "x"}, "unknown_key", 'did you mean "lyric"?'),
        ({"start": "1"}, "wrong_type", 'start: found "1"; it must be a number'),
        ({"start": True}, "wrong_type", "it must be a number"),
        ({"start": 0.5}, "note_overlap", "lasts until beat 1"),
        ({"start": -1}, "start_range", "-1"),
        ({"duration": 0}, "duration_range", "above 0"),
        ({"pitch": "H4"}, "pitch_name", "'H4'"),
        ({"pitch": 128}, "pitch_range", "0 to 127"),
        ({"pitch": None}, "wrong_type", 'a MIDI number or a name such as "E4"'),
        ({"pitch": 10**300}, "pitch_range", "0 to 127"),
        ({"pitch": 10**400}, "wrong_type", "pitch"),
        ({"lyric": ""}, "empty_lyric", "the lyric is empty"),
        ({"lyric": 5}, "wrong_type", "it must be text"),
        ({"lyric": "\ud800"}, "broken_text", "broken character"),
        ({"language": "fr"}, "wrong_type", "'zh', 'yue', 'en' or 'ja'"),
        ({"vibrato": {"depth_cents": 300}}, "vibrato", "0 to 200"),
        ({"vibrato": {"depth": 3}}, "missing_key", "depth_cents"),
        ({"loudness_db": 99}, "loudness_range", "-24 to 12"),
        ({"vibrato": {"depth_cents": 30, "shape": 2}}, "vibrato", "shape 2; -1 to 1"),
        ({"portamento": {"time_s": 0}}, "portamento", "0.02 to 1"),
        ({"portamento": {"shape": 0}}, "missing_key", "time_s"),
        ({"controls": {"growl": -0.1}}, "control_value", "growl -0.1; 0 to 1"),
        ({"controls": {"growling": 1}}, "control_name", "vocal_fry"),
        ({"controls": {"growl": "1"}}, "wrong_type", "a number"),
        ({"emotion": {"tender": 1.5}}, "emotion", "weights from 0 to 1"),
        ({"emotion": {"angry": 1}}, "emotion", "melancholic"),
        ({"lyric": "AP", "breath": {"length_s": 9}}, "breath", "0.1 to 3"),
        ({"lyric": "AP", "breath": {"loudness_db": 9}}, "breath", "-40 to 6"),
        ({"lyric": "好", "breath": {}}, "breath_of_a_sung_note", "AP"),
        ({"lyric": "AP", "portamento": {"time_s": 0.1}}, "pitch_of_a_breath", "no pitch"),
    ],
)
def test_a_bad_note_is_refused_with_its_place(keys: dict[str, object], code: str, message: str) -> None:
    error = refused(with_note(**keys))
    assert error.code == code
    assert message in error.message
    assert error.where.startswith("note 1")
    str(error).encode("utf-8")


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        (lambda d: d.update(version=2), "version", "version"),
        (lambda d: d.update(version=True), "version", "version"),
        (lambda d: d.update(version=1.0), "version", "version"),
        (lambda d: d.update(format="singer-performance"), "format", "format"),
        (lambda d: d.pop("format"), "format", "format"),
        (lambda d: d.pop("language"), "missing_key", "language"),
        (lambda d: d.pop("notes"), "missing_key", "notes"),
        (lambda d: d.update(notes=[]), "no_notes", "notes"),
        (lambda d: d.update(notes={}), "wrong_type", "notes"),
        (lambda d: d.update(notes=[5]), "wrong_type", "note 0"),
        (lambda d: d["notes"][1].pop("pitch"), "missing_key", 'note 1 "-" (bar 1)'),
        (lambda d: d.update(tempo=[]), "tempo_start", "tempo 0"),
        (lambda d: d.update(tempo=[{"beat": 0, "bpm": 1}]), "tempo_range", "tempo 0"),
        (
            lambda d: d.update(tempo=[{"beat": 0, "bpm": 60}, {"beat": 0, "bpm": 70}]),
            "tempo_order",
            "tempo 1",
        ),
        (lambda d: d.update(curves={"pitch": [[0, 0]]}), "unknown_key", "curves"),
        (lambda d: d.update(curves={"gender": [[0]]}), "wrong_type", "curves.gender.0"),
        (lambda d: d.update(curves={"gender": [[0, 9]]}), "curve_value", "curve gender, point 0"),
        (lambda d: d.update(time_signatures=[]), "time_signature_start", "time signature 0"),
        (
            lambda d: d.update(time_signatures=[{"beat": 0, "signature": "4/5"}]),
            "time_signature_range",
            "time signature 0",
        ),
        (
            lambda d: d.update(time_signatures=[{"beat": 0, "signature": "waltz"}]),
            "wrong_type",
            "time_signatures.0.signature",
        ),
        (lambda d: d.update(title="x" * 501), "wrong_type", "title"),
        (lambda d: d.update(extra=1), "unknown_key", ""),
    ],
)
def test_a_bad_document_is_refused_with_its_place(change: Any, code: str, where: str) -> None:
    error = refused(changed(change))
    assert (error.code, error.where) == (code, where)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[1]", "not_a_score"),
        (b"\xff\xfe{}", "encoding"),
        (b"[" * 100_000, "not_json"),
        (b'{"format": NaN}', "not_finite"),
        (b'{"format": -Infinity}', "not_finite"),
        (b'{"format": ' + b"9" * 5000 + b"}", "not_finite"),
        (b'{"format": "singer-score", "format": "singer-score"}', "duplicate_key"),
        (b" " * 20_000_001, "too_large"),
    ],
)
def test_bytes_that_hold_no_score_are_refused(document: bytes, code: str) -> None:
    with pytest.raises(ScoreError) as caught:
        read_score_json(document)
    assert caught.value.code == code


def test_a_key_given_twice_in_a_note_is_refused() -> None:
    text = json.dumps(JASMINE).replace('"pitch": 67', '"pitch": 67, "pitch": 69')
    with pytest.raises(ScoreError, match=r'note 1 "-" \(bar 1\): the key "pitch" is given twice'):
        read_score_json(text.encode())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"pitch": 67', '"pitch": NaN', 'note 1 "-" (bar 1): pitch: found NaN'),
        ('"duration": 1', '"duration": -Infinity', 'note 0 "好" (bar 1): duration: found -Infinity'),
        (
            '"start": 1',
            f'"start": {"9" * 5000}',
            'note 1 "-": start: found a number of 5000 digits, 999999999999…',
        ),
        ('"bpm": 84', '"bpm": NaN', "tempo.0.bpm: found NaN"),
        (
            '"pitch": 67',
            '"pitch": 67, "vibrato": {"rate_hz": 5, "rate_hz": 6}',
            'note 1 "-" (bar 1): the key "rate_hz"',
        ),
        ('"bpm": 84', '"bpm": 84, "bpm": 85', 'tempo.0: the key "bpm" is given twice'),
    ],
    ids=lambda text: text[:40],
)
def test_what_json_may_hold_but_no_score_is_refused_with_its_place(old: str, new: str, message: str) -> None:
    text = json.dumps(JASMINE, ensure_ascii=False)
    assert old in text
    with pytest.raises(ScoreError) as caught:
        read_score_json(text.replace(old, new, 1).encode())
    assert str(caught.value).startswith(message)


def test_a_huge_float_is_refused_with_its_place() -> None:
    text = json.dumps(JASMINE).replace('"pitch": 67', '"pitch": 1e999')
    with pytest.raises(ScoreError, match=r'note 1 "-" \(bar 1\): found pitch inf'):
        read_score_json(text.encode())


def random_score(seed: int) -> Score:
    rng = random.Random(seed)
    notes, beat = [], 0.0
    for index in range(rng.randint(1, 40)):
        beat += rng.choice([0, 0, 1 / 3, 2.5])
        duration = rng.choice([0.5, 1, 1 / 3, 2 / 7, 3.25])
        lyric = rng.choice(["好", "a", "きゃ", 'quo"te', "tab\tback\\"] + ["-", "+", "AP"] * (index > 0))
        phones = rng.choice([None, "a"]) if lyric not in ("-", "+", "AP") else None
        notes.append(
            Note(
                beat, duration, rng.choice([60.0, 61.0, 60.1, 71.37]), lyric, rng.choice([None, "ja", "yue"]), phones,
                rng.choice([0.0, -3.5, 12.0]), rng.choice([None, Vibrato(rng.uniform(0, 200), 5.0, 0.1, 1.0)]),
                None if lyric == "AP" else rng.choice([None, Portamento(0.2), Portamento(0.5, -1.0)]),
                rng.choice([None, Breath(), Breath(0.5, -3.0)]) if lyric == "AP" else None,
                {name: rng.uniform(*CONTROLS[name].bounds) for name in NOTE_COLOURS if rng.random() < 0.2},
                rng.choice([None, {}, {rng.choice(list(EMOTIONS)): 0.5}]),
            )
        )  # fmt: skip
        beat += duration
    tempo = [(0.0, rng.uniform(40, 200))] + [
        (float(beat), rng.uniform(40, 200)) for beat in range(4, rng.randint(4, 20))
    ]
    curves = {
        name: tuple((point / 3, rng.uniform(*control.bounds)) for point in range(rng.randint(1, 9)))
        for name, control in CONTROLS.items()
        if rng.random() < 0.5
    }
    return Score(
        tuple(notes), "yue", TempoMap(tuple(tempo)), "a “title”", "suyin", curves,
        rng.choice([TimeSignatures(), TimeSignatures((TimeSignature(0.0, 3, 4), TimeSignature(1.5, 7, 8)))]),
        rng.choice([{}, {"machine-like": 1.0}]), rng.choice([(), (Section(0.5, 3.0, {"plain": 0.25}),)]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_is_read_as_the_same_score_and_fits_the_schema(seed: int) -> None:
    score = random_score(seed)
    text = write_score_json(score)
    assert read_score_json(text.encode()) == score
    assert json.loads(text) == score_to_document(score)
    jsonschema.validate(json.loads(text), score_schema())


def test_the_example_of_the_documentation_is_read() -> None:
    text = (Path(__file__).parents[2] / "docs" / "score.md").read_text(encoding="utf-8")
    example = text.split("```json\n")[1].split("```")[0]
    assert read_score_json(example.encode()) == document_to_score(JASMINE)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert published == score_schema(), "run python -m singer.schemas"
    jsonschema.Draft202012Validator.check_schema(published)


@pytest.mark.parametrize(
    "document",
    [
        with_note(pitch="H4"),
        with_note(pitch=128),
        with_note(start=-1),
        with_note(start="1"),
        with_note(duration=0),
        with_note(lyric=""),
        with_note(lyric="  "),
        with_note(lyrics="x"),
        with_note(language="fr"),
        with_note(loudness_db=13),
        with_note(vibrato={"depth_cents": 300}),
        changed(lambda d: d.update(version=2)),
        changed(lambda d: d.update(notes=[])),
        changed(lambda d: d.pop("language")),
        changed(lambda d: d.update(tempo=[])),
        changed(lambda d: d.update(curves={"gender": [[0, 9]]})),
        changed(lambda d: d.update(curves={"gender": [[0]]})),
        changed(lambda d: d.update(curves={"gender": []})),
        changed(lambda d: d.update(curves={"whisper": [[0, -0.1]]})),
        changed(lambda d: d.update(emotion={"angry": 1})),
        changed(lambda d: d.update(emotion={"tender": 2})),
        changed(lambda d: d.update(sections=[{"start": -1, "end": 2, "emotion": {}}])),
        changed(lambda d: d.update(sections=[{"start": 1, "end": 2}])),
        with_note(controls={"pitch_cents": 5}),
        with_note(controls={"growl": 2}),
        with_note(emotion={"tender": -1}),
        with_note(portamento={"time_s": 2}),
        with_note(lyric="AP", breath={"length_s": 0}),
        changed(lambda d: d.update(title="x" * 501)),
    ],
)
def test_schema_and_reader_refuse_alike(document: dict[str, Any]) -> None:
    refused(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, score_schema())

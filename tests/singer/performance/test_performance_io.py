"""Performance documents: exact round trip, and every kind of bad document refused with its place."""

import io
import json
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from phrase_builders import phrase, score_of, song

import singer.schemas
from singer.errors import OutputError, PerformanceError
from singer.performance.perform import perform
from singer.performance.performance import CURVES, Performance
from singer.performance.performance_document import performance_schema
from singer.performance_io import (
    document_to_performance,
    load_performance,
    performance_to_document,
    save_performance,
    short_floats,
    write_performance_json,
)

SCHEMA = json.loads(
    Path(singer.schemas.__file__).with_name("performance.schema.json").read_text(encoding="utf-8")
)
ROWS = [("x ɑ u̯", 0.5, 64), ("n i", 0.3, 67), ("ʈʂʰ w a n", 1.2, 69)]


@pytest.fixture
def performance():
    phrases = song([ROWS, ROWS], [1.0])
    return perform(score_of(*phrases, title="茉莉花 “x”"), phrases, voice="suyin")


@pytest.fixture
def document(performance):
    return json.loads(write_performance_json(performance))


def assert_equal(one, other):
    assert (one.voice, one.title, one.duration_s) == (other.voice, other.title, other.duration_s)
    for here, there in zip(one.phrases, other.phrases, strict=True):
        assert (here.start_s, here.index, here.phones) == (there.start_s, there.index, there.phones)
        assert dict(here.marks) == dict(there.marks)
        for name in CURVES:
            assert here.curves[name].dtype == there.curves[name].dtype == np.float32
            assert np.array_equal(here.curves[name], there.curves[name])


def test_round_trip_is_exact(performance):
    first = performance.phrases[0]
    marked = replace(first, marks={**first.marks, "tension": "edited"})
    edited = replace(performance, phrases=(marked, performance.phrases[1]))
    text = write_performance_json(edited)
    back = load_performance(text.encode())
    assert_equal(back, edited)
    assert write_performance_json(back) == text


def test_files_and_streams(performance, tmp_path):
    path = tmp_path / "song.json"
    save_performance(performance, path)
    assert_equal(load_performance(path), performance)
    assert_equal(load_performance(str(path)), performance)
    assert_equal(load_performance(io.BytesIO(path.read_bytes())), performance)
    assert_equal(load_performance(b"\xef\xbb\xbf" + path.read_bytes()), performance)
    assert os.listdir(tmp_path) == ["song.json"]


def test_a_file_that_cannot_be_written_is_left_as_it_was(performance, tmp_path):
    (tmp_path / "song.json").mkdir()
    with pytest.raises(OutputError) as caught:
        save_performance(performance, tmp_path / "song.json")
    assert caught.value.code == "not_writable"
    assert os.listdir(tmp_path) == ["song.json"]
    with pytest.raises(OutputError):
        save_performance(performance, tmp_path / "missing" / "song.json")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(npst.arrays(np.float32, 20, elements=st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_floats_come_back_as_they_were(values):
    back = np.array(json.loads(json.dumps(short_floats(values))), np.float32)
    assert np.array_equal(back, values)


def test_floats_are_short():
    assert short_floats(np.array([0.1, 440.0, 1 / 3], np.float32)) == [0.1, 440.0, 0.33333334]


def test_an_empty_song():
    empty = Performance("x", "", 3.0, ())
    assert_equal(load_performance(write_performance_json(empty).encode()), empty)


class TestSchema:
    def test_the_published_schema_is_that_of_the_wire_types(self):
        assert performance_schema() == SCHEMA

    def test_it_is_a_schema_that_good_documents_pass(self, document):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        jsonschema.validate(document, SCHEMA)

    @pytest.mark.parametrize(
        "change",
        [
            lambda d: d.update(version=2),
            lambda d: d.update(extra=1),
            lambda d: d["phrases"][0]["phones"][0].update(phone="qq"),
            lambda d: d["phrases"][0]["phones"][0].update(role="vowel"),
            lambda d: d["phrases"][0]["curves"]["f0_hz"].__setitem__(0, 0.0),
            lambda d: d["phrases"][0]["curves"].pop("gender"),
            lambda d: d["phrases"][0]["marks"].update(f0_hz="drawn"),
            lambda d: d["phrases"][0].update(phones=[]),
        ],
    )
    def test_it_refuses_bad_documents(self, document, change):
        change(document)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, SCHEMA)


def cut_phone(document):
    document["phrases"][1]["phones"].pop(2)


def stretch_phone(document):
    document["phrases"][0]["phones"][-1]["end_s"] += 0.02


def turn_phone(document):
    first, second = document["phrases"][0]["phones"][:2]
    first["end_s"] = second["start_s"] = first["start_s"] - 0.1


def crowd_phones(document):
    part = document["phrases"][0]
    start_s = part["start_s"]
    part["curves"] = {name: values[:3] for name, values in part["curves"].items()}
    part["phones"] = [
        {**part["phones"][0], "start_s": start_s + 0.006 * i, "end_s": start_s + 0.006 * (i + 1)}
        for i in range(5)
    ]


def swap_phrases(document):
    document["phrases"].reverse()


def set_in(*path, value):
    def change(document):
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


P0, C0 = ("phrases", 0), ("phrases", 0, "curves")
BAD = [
    (set_in("format", value="singer-score"), "format", "format"),
    (set_in("version", value=2), "version", "version"),
    (set_in("version", value=True), "version", "version"),
    (set_in("mood", value=1), "unknown_key", ""),
    (set_in(*P0, "phones", 3, "pitch", value=1), "unknown_key", "phrase 0, phone 3"),
    (set_in(*C0, "energy", value=[]), "unknown_key", "phrase 0"),
    (lambda d: d.pop("voice"), "missing_key", ""),
    (lambda d: d["phrases"][1]["phones"][2].pop("end_s"), "missing_key", "phrase 1, phone 2"),
    (lambda d: d["phrases"][0]["curves"].pop("tension"), "missing_key", "phrase 0"),
    (lambda d: d["phrases"][0]["marks"].pop("tension"), "missing_key", "phrase 0, marks"),
    (set_in("voice", value=5), "wrong_type", "voice"),
    (set_in("phrases", value={}), "wrong_type", "phrases"),
    (set_in(*P0, "phones", 2, "start_s", value="1.0"), "wrong_type", "phrase 0, phone 2, start_s"),
    (set_in(*P0, "phones", 2, "note", value=1.5), "wrong_type", "phrase 0, phone 2, note"),
    (set_in(*P0, "phones", 2, "role", value="vowel"), "wrong_type", "phrase 0, phone 2, role"),
    (set_in(*P0, "phones", 2, "language", value="de"), "wrong_type", "phrase 0, phone 2, language"),
    (set_in(*P0, "marks", "gender", value="drawn"), "wrong_type", "phrase 0, marks, gender"),
    (set_in(*C0, "f0_hz", 7, value=None), "wrong_type", "phrase 0, f0_hz frame 7"),
    (set_in(*C0, "f0_hz", 7, value=True), "wrong_type", "phrase 0, f0_hz frame 7"),
    (set_in(*P0, "phones", 2, "note", value=-1), "note", "phrase 0"),
    (set_in(*P0, "phones", 3, "phone", value="qq"), "unknown_phone", "phrase 0, phone 3"),
    (set_in(*P0, "phones", 4, "phone", value="ʈʂʰ"), "phone_role", "phrase 0, phone 4"),
    (set_in(*P0, "phones", 0, "role", value="coda"), "phone_language", 'phrase 0, phone 0 "SP"'),
    (set_in(*C0, "f0_hz", 7, value=0.0), "curve_range", "phrase 0, f0_hz, frame 7"),
    (set_in(*C0, "f0_hz", 7, value=-5.0), "curve_range", "phrase 0, f0_hz, frame 7"),
    (set_in(*C0, "f0_hz", 7, value=1e300), "curve_range", "phrase 0, f0_hz, frame 7"),
    (set_in(*C0, "loudness_db", 3, value=30.0), "curve_range", "phrase 0, loudness_db, frame 3"),
    (set_in(*C0, "gender", 3, value=1.5), "curve_range", "phrase 0, gender, frame 3"),
    (lambda d: d["phrases"][0]["curves"]["tension"].pop(), "curve_shape", "phrase 0, tension"),
    (lambda d: d["phrases"][0]["curves"]["f0_hz"].pop(), "curve_shape", "phrase 0, f0_hz"),
    (lambda d: [c.clear() for c in d["phrases"][0]["curves"].values()], "empty_phrase", "phrase 0"),
    (set_in(*P0, "phones", value=[]), "empty_phrase", "phrase 0"),
    (set_in(*P0, "start_s", value=-1.0), "phrase_start", "phrase 0"),
    (set_in(*P0, "start_s", value=0.505), "phrase_start", "phrase 0"),
    (set_in(*P0, "start_s", value=0.0), "phone_gap", 'phrase 0, phone 0 "SP"'),
    (cut_phone, "phone_gap", "phrase 1, phone 2"),
    (turn_phone, "phone_length", 'phrase 0, phone 0 "SP"'),
    (stretch_phone, "phone_cover", "phrase 0"),
    (crowd_phones, "too_many_phones", "phrase 0"),
    (swap_phrases, "phrase_overlap", "phrase 1"),
    (set_in("duration_s", value=1.0), "duration", "duration_s"),
]


@pytest.mark.parametrize(
    ("change", "code", "where"), BAD, ids=[f"{code}-{i}" for i, (_, code, _) in enumerate(BAD)]
)
def test_bad_documents_are_refused_with_their_place(document, change, code, where):
    change(document)
    with pytest.raises(PerformanceError) as caught:
        document_to_performance(document)
    assert caught.value.code == code
    assert caught.value.where.startswith(where) if where else caught.value.where == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_a_performance"),
        (b'{"format": "singer-performance", "version": 1, "version": 1}', "duplicate_key"),
        (b'{"format": "singer-performance", "version": NaN}', "not_finite"),
        (b'{"format": "singer-performance", "version": 1, "duration_s": Infinity}', "not_finite"),
        (b'{"version": 1' + b"0" * 5000 + b"}", "not_finite"),
        (b"\xff\xfe{}", "encoding"),
    ],
)
def test_texts_that_are_no_document(text, code):
    with pytest.raises(PerformanceError) as caught:
        load_performance(text)
    assert caught.value.code == code


def test_infinite_by_size(document):
    text = json.dumps(document).replace(f'"duration_s": {document["duration_s"]}', '"duration_s": 1e999')
    with pytest.raises(PerformanceError) as caught:
        load_performance(text.encode())
    assert caught.value.where == "duration_s"


def test_a_missing_file(tmp_path):
    with pytest.raises(PerformanceError) as caught:
        load_performance(tmp_path / "none.json")
    assert (caught.value.code, caught.value.where) == ("not_readable", str(tmp_path / "none.json"))


def test_only_documents_that_can_be_read_are_written(performance):
    with pytest.raises(PerformanceError) as caught:
        performance_to_document(replace(performance, phrases=performance.phrases[1:]))
    assert caught.value.code == "phrase_index"


def test_the_document_reads_like_the_song(document):
    symbols = [phone["phone"] for phone in document["phrases"][0]["phones"]]
    assert " ".join(symbols) == "SP AP SP x ɑ u̯ n i ʈʂʰ w a n SP"
    assert all(a["end_s"] == b["start_s"] for a, b in pairwise(document["phrases"][0]["phones"]))
    assert document["title"] == "茉莉花 “x”"
    assert list(document) == ["format", "version", "voice", "title", "duration_s", "phrases"]


def test_an_old_phrase_can_be_sung_alone(performance):
    alone = phrase(ROWS)
    assert perform(score_of(alone), (alone,), voice="x").phrases[0].phones == performance.phrases[0].phones

import io
import json
import os
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from singer.errors import OutputError, ScoreError, SingerError
from singer.import_options import ImportOptions
from singer.score_io import find_format, load_score, read_source, save_score
from tests.singer.make_import_examples import EXAMPLES

IMPORTS = EXAMPLES / "imports"


def test_every_format_gives_the_same_song() -> None:
    score = load_score(EXAMPLES / "amazing_grace.json")
    for name in ("amazing_grace.mid", "amazing_grace.musicxml"):
        imported = load_score(IMPORTS / name, options=ImportOptions(voice="suyin"))
        assert imported == score


def test_paths_bytes_and_open_files_are_read_alike(tmp_path: Path) -> None:
    path = EXAMPLES / "jasmine.json"
    score = load_score(path)
    assert load_score(str(path)) == score
    assert load_score(path.read_bytes()) == score
    with path.open("rb") as stream:
        assert load_score(stream) == score
    assert load_score(io.BytesIO(path.read_bytes())) == score


def test_the_content_decides_the_format_before_the_name(tmp_path: Path) -> None:
    misnamed = tmp_path / "song.json"
    misnamed.write_bytes((IMPORTS / "amazing_grace.mid").read_bytes())
    assert len(load_score(misnamed).notes) == 32
    assert find_format(b"\xef\xbb\xbf  {", "") == "json"
    assert find_format(b"\xff\xfe<\0", "song.txt") == "musicxml"
    assert find_format(b"???", "song.KAR") == "midi"


def test_unknown_missing_and_empty_files_are_errors_that_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "song.txt").write_text("do re mi")
    (tmp_path / "empty.json").write_text("")
    for name, code in [
        ("song.txt", "unknown_format"),
        ("empty.json", "empty_file"),
        ("no.json", "not_readable"),
    ]:
        with pytest.raises(ScoreError) as caught:
            load_score(tmp_path / name)
        assert (caught.value.code, caught.value.where) == (code, str(tmp_path / name))
    for bad in (tmp_path, "a\0b"):
        with pytest.raises(ScoreError) as caught:
            load_score(bad)
        assert caught.value.code == "not_readable"


def test_no_more_than_the_largest_file_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    with large.open("wb") as stream:
        stream.truncate(10**12)
    with pytest.raises(ScoreError) as caught:
        read_source(large)
    assert caught.value.code == "too_large"


def test_a_saved_score_is_read_again_and_has_usual_permissions(tmp_path: Path) -> None:
    score = load_score(EXAMPLES / "sakura.json")
    path = tmp_path / "saved.json"
    save_score(score, path)
    assert load_score(path) == score
    assert json.loads(path.read_text(encoding="utf-8"))["title"] == "さくらさくら"
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    assert [found.name for found in tmp_path.iterdir()] == ["saved.json"]


def test_a_score_that_cannot_be_saved_leaves_nothing_behind(tmp_path: Path) -> None:
    score = load_score(EXAMPLES / "sakura.json")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "no" / "song.json"):
        with pytest.raises(OutputError) as caught:
            save_score(score, path)
        assert caught.value.where == str(path)
    assert [found.name for found in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_give_errors_of_ours_and_no_others(seed: int) -> None:
    rng = random.Random(seed)
    sources = [(IMPORTS / "amazing_grace.mid").read_bytes(), (EXAMPLES / "jasmine.json").read_bytes()]
    for _ in range(150):
        damaged = bytearray(rng.choice(sources))
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(damaged))
            match rng.randrange(3):
                case 0:
                    damaged[place] = rng.randrange(256)
                case 1:
                    del damaged[place : place + rng.randint(1, 20)]
                case 2:
                    damaged[place:place] = rng.choice([b"9999999999", b"-1", b"null", b"\xff\xff", b"e999"])
        try:
            load_score(bytes(damaged))
        except SingerError as error:
            str(error).encode("utf-8")


def test_reading_json_imports_no_library_for_other_formats() -> None:
    code = (
        "import sys; from singer.score_io import load_score; load_score(sys.argv[1]); "
        "sys.exit(bool({'music21', 'mido', 'defusedxml', 'torch'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code, str(EXAMPLES / "jasmine.json")], check=True)

import io
import zipfile

import pytest

from singer.errors import ScoreError
from singer.mxl_archive import unpack_mxl
from singer.score_io import load_score
from tests.singer.score_files import Sung, musicxml, xml_head, xml_lyric, xml_note

SCORE = musicxml({"Voice": [xml_head(4, 100) + xml_note(Sung(0, 4, 60), lyrics=xml_lyric("la"))]})


def container(path: str) -> str:
    kind = "application/vnd.recordare.musicxml+xml"
    return f'<container><rootfiles><rootfile full-path="{path}" media-type="{kind}"/></rootfiles></container>'


def mxl(*members: tuple[str, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packed) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def refused(document: bytes) -> ScoreError:
    with pytest.raises(ScoreError) as caught:
        unpack_mxl(document)
    return caught.value


def test_the_score_that_the_container_names_is_read() -> None:
    other = SCORE.replace(b"la", b"xx")
    document = mxl(("META-INF/container.xml", container("b.xml")), ("a.xml", other), ("b.xml", SCORE))
    assert unpack_mxl(document) == SCORE
    assert [note.lyric for note in load_score(document).notes] == ["la"]


def test_without_a_container_the_only_score_is_read() -> None:
    assert unpack_mxl(mxl(("song.musicxml", SCORE), ("cover.png", b"png"))) == SCORE
    assert refused(mxl(("a.xml", SCORE), ("b.xml", SCORE))).code == "mxl_without_score"
    assert refused(mxl(("cover.png", b"png"))).code == "mxl_without_score"


@pytest.mark.parametrize(
    "name", ["../a.xml", "/etc/a.xml", "x/../../a.xml", "..\\a.xml", "C:\\a.xml", "c:a.xml"]
)
def test_paths_out_of_the_archive_are_refused(name: str) -> None:
    assert refused(mxl(("song.xml", SCORE), (name, b"x"))).code == "mxl_unsafe"


def test_archives_in_the_archive_are_refused() -> None:
    inner = mxl(("song.xml", SCORE))
    assert refused(mxl(("song.xml", SCORE), ("more.mxl", inner))).code == "mxl_unsafe"
    assert refused(mxl(("song.xml", inner))).code == "mxl_unsafe"


def test_bombs_are_refused() -> None:
    large = b" " * 5_000_000
    assert "times smaller" in refused(mxl(("song.xml", large))).message
    huge = mxl(("song.xml", b"x" * 20_000_001), packed=zipfile.ZIP_STORED)
    assert "more than 20 MB" in refused(huge).message
    many = mxl(*((f"{index}.png", b"") for index in range(501)))
    assert "501 members" in refused(many).message


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    document = bytearray(mxl(("song.xml", b" " * 5_000_000)))
    size = (5_000_000).to_bytes(4, "little")
    while size in document:
        place = document.index(size)
        document[place : place + 4] = (100).to_bytes(4, "little")
    assert refused(bytes(document)).code in ("mxl_damaged", "mxl_unsafe")


def test_entities_in_the_container_are_refused() -> None:
    evil = '<!DOCTYPE a [<!ENTITY x "y">]>' + container("a.xml")
    assert refused(mxl(("META-INF/container.xml", evil), ("a.xml", SCORE))).code == "xml_entities"


def test_encrypted_and_strangely_packed_members_are_refused() -> None:
    assert refused(mxl(("song.xml", SCORE), packed=zipfile.ZIP_LZMA)).code == "mxl_unsafe"
    document = bytearray(mxl(("song.xml", SCORE)))
    document[document.index(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refused(bytes(document)).message


def test_a_damaged_archive_is_refused() -> None:
    document = mxl(("song.xml", SCORE))
    assert refused(document[:-30]).code == "mxl_damaged"
    middle = len(document) // 3
    assert refused(document[:middle] + b"\xff" * 20 + document[middle + 20 :]).code == "mxl_damaged"

import pytest

from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.musicxml_io import read_musicxml
from singer.score import Score
from tests.singer.score_files import Sung, musicxml, xml_head, xml_lyric, xml_measures, xml_note

HEAD = xml_head(4, 100)
REPEAT_FROM = '<barline location="left"><repeat direction="forward"/></barline>'
REPEAT_TO = '<barline location="right"><repeat direction="backward"/></barline>'


def bar_note(midi: int, beats: float, *lyrics: str, extra: str = "") -> str:
    return xml_note(Sung(0, beats, midi), extra=extra, lyrics="".join(lyrics))


def ending(number: int, content: str, *, repeat: bool = False) -> str:
    again = '<repeat direction="backward"/>' if repeat else ""
    return (
        f'<barline location="left"><ending number="{number}" type="start"/></barline>{content}'
        f'<barline location="right"><ending number="{number}" type="stop"/>{again}</barline>'
    )


def words(text: str, sound: str = "") -> str:
    return f"<direction><direction-type><words>{text}</words></direction-type>{sound}</direction>"


def read(*bars: str, document: bytes | None = None, **options: object) -> Score:
    return read_musicxml(document or musicxml({"Voice": bars}), ImportOptions(**options))  # type: ignore[arg-type]


def refused(*bars: str, document: bytes | None = None, **options: object) -> ScoreError:
    with pytest.raises(ScoreError) as caught:
        read(*bars, document=document, **options)
    return caught.value


def sung(score: Score) -> list[tuple[str, float, float]]:
    return [(note.lyric, note.start_beat, note.duration_beats) for note in score.notes]


def lyrics(score: Score) -> list[str]:
    return [note.lyric for note in score.notes]


def test_words_melismas_pickup_and_title_come_through() -> None:
    notes = [
        Sung(2, 1, 62, "A-"),
        Sung(3, 2, 67, "ma-"),
        Sung(5, 0.5, 71, "zing"),
        Sung(5.5, 0.5, 67),
        Sung(6, 2, 71, "grace"),
    ]
    score = read(document=musicxml({"Voice": xml_measures(notes, 3, 84)}, title="New Britain"))
    assert lyrics(score) == ["Amazing", "+", "+", "-", "grace"]
    assert [(n.start_beat, n.duration_beats, n.midi) for n in score.notes] == [
        (note.start, note.duration, note.midi) for note in notes
    ]
    assert (score.title, score.language, str(score.time_signatures.changes[0])) == (
        "New Britain",
        "en",
        "3/4",
    )
    assert score.tempo.changes == ((0, 84),)


def test_a_short_first_bar_is_a_pickup() -> None:
    score = read(HEAD + bar_note(60, 1, xml_lyric("Oh")), bar_note(62, 4, xml_lyric("yes")))
    assert sung(score) == [("Oh", 0, 1), ("yes", 1, 4)]


def test_a_repeat_sings_the_next_verse() -> None:
    two = HEAD + REPEAT_FROM + bar_note(60, 4, xml_lyric("one"), xml_lyric("two", 2)) + REPEAT_TO
    score = read(two, bar_note(62, 4, xml_lyric("end")))
    assert sung(score) == [("one", 0, 4), ("two", 4, 4), ("end", 8, 4)]
    assert lyrics(read(two, bar_note(62, 4, xml_lyric("end")), verse=2)) == ["two", "two", "end"]


def test_a_verse_that_is_not_there_is_an_error() -> None:
    error = refused(HEAD + bar_note(60, 4, xml_lyric("one"), xml_lyric("two", 2)), verse=3)
    assert (error.code, error.message) == ("which_verse", "there is no verse 3; choose from 1, 2")


def test_dotted_beats_and_sound_elements_give_the_tempo() -> None:
    dotted = HEAD.replace("<beat-unit>quarter</beat-unit>", "<beat-unit>quarter</beat-unit><beat-unit-dot/>")
    dotted = dotted.replace('<sound tempo="100"/>', "")
    assert read(dotted + bar_note(60, 4, xml_lyric("la"))).tempo.changes == ((0, 150),)
    plain = HEAD[: HEAD.index("<direction>")] + '<sound tempo="66"/>'
    assert read(plain + bar_note(60, 4, xml_lyric("la"))).tempo.changes == ((0, 66),)


def test_a_melisma_of_a_verse_takes_no_syllable_of_another() -> None:
    bar = bar_note(60, 2, xml_lyric("one"), xml_lyric("two", 2)) + bar_note(62, 2, xml_lyric("more"))
    score = read(HEAD + REPEAT_FROM + bar + REPEAT_TO)
    assert lyrics(score) == ["one", "more", "two", "-"]


def test_endings_are_sung_in_their_turn() -> None:
    score = read(
        HEAD + REPEAT_FROM + bar_note(60, 4, xml_lyric("one"), xml_lyric("two", 2)),
        ending(1, bar_note(62, 4, xml_lyric("first")), repeat=True),
        ending(2, bar_note(64, 4, xml_lyric("second", 2))),
        bar_note(65, 4, xml_lyric("end")),
    )
    assert lyrics(score) == ["one", "first", "two", "second", "end"]
    assert [note.midi for note in score.notes] == [60, 62, 60, 64, 65]


def test_da_capo_al_fine_is_played() -> None:
    score = read(
        HEAD + bar_note(60, 4, xml_lyric("a"), xml_lyric("A", 2)),
        bar_note(62, 4, xml_lyric("b")) + words("Fine", '<sound fine="yes"/>'),
        bar_note(64, 4, xml_lyric("c")) + words("D.C. al Fine", '<sound dacapo="yes"/>'),
    )
    assert lyrics(score) == ["a", "b", "c", "A", "b"]


def test_a_jump_without_words_is_played() -> None:
    a, b, c = (bar_note(60 + 2 * place, 4, xml_lyric(text)) for place, text in enumerate("abc"))
    da_capo = read(HEAD + a, b + '<sound fine="yes"/>', c + '<direction><sound dacapo="yes"/></direction>')
    assert lyrics(da_capo) == ["a", "b", "c", "a", "b"]
    al_fine = read(HEAD + a, b + words("Fine"), c + '<sound dacapo="yes"/>')
    assert lyrics(al_fine) == ["a", "b", "c", "a", "b"]
    dal_segno = read(HEAD + a, '<sound segno="1"/>' + b, c + '<sound dalsegno="1"/>')
    assert lyrics(dal_segno) == ["a", "b", "c", "b", "c"]


def test_repeats_that_never_end_are_refused() -> None:
    for times in ("1000000", "-1", "x"):
        many = REPEAT_TO.replace("/>", f' times="{times}"/>')
        assert refused(HEAD + bar_note(60, 4, xml_lyric("la")) + many).code == "repeats"
    nested = HEAD + REPEAT_FROM * 20 + bar_note(60, 4, xml_lyric("la")) + REPEAT_TO * 20
    assert refused(nested).code == "repeats"


def test_ties_join_and_slurs_hold() -> None:
    tie, tied = '<tie type="start"/>', '<tie type="stop"/>'
    slur = '<notations><slur type="start" number="1"/></notations>'
    score = read(
        HEAD + bar_note(60, 2, xml_lyric("la")) + bar_note(62, 2, xml_lyric("li"), extra=tie),
        bar_note(62, 2, extra=tied) + bar_note(64, 1, xml_lyric("lo"), extra=slur) + bar_note(65, 1),
    )
    assert sung(score) == [("la", 0, 2), ("li", 2, 4), ("lo", 6, 1), ("-", 7, 1)]


def test_grace_notes_are_left_out_and_a_breath_mark_is_a_breath() -> None:
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    breath = "<notations><articulations><breath-mark/></articulations></notations>"
    score = read(
        HEAD + grace + bar_note(60, 2, xml_lyric("la"), extra=breath) + bar_note(62, 2, xml_lyric("li"))
    )
    assert sung(score) == [("la", 0, 1.5), ("AP", 1.5, 0.5), ("li", 2, 2)]


def test_an_elision_puts_two_syllables_on_a_note() -> None:
    elided = (
        "<lyric><syllabic>end</syllabic><text>ny</text><elision>_</elision>"
        "<syllabic>single</syllabic><text>a</text></lyric>"
    )
    score = read(HEAD + bar_note(60, 2, xml_lyric("ma-")) + bar_note(62, 2, elided))
    assert lyrics(score) == ["many a", "+"]


def test_kana_syllables_stay_on_their_notes() -> None:
    bars = HEAD + bar_note(60, 2, xml_lyric("さ-")) + bar_note(62, 2, xml_lyric("く", syllabic="end"))
    assert lyrics(read(bars)) == ["さ", "く"]


def test_a_chord_is_an_error_unless_its_highest_note_is_asked_for() -> None:
    chord = "<note><chord/><pitch><step>G</step><octave>4</octave></pitch><duration>48</duration></note>"
    bar = HEAD + bar_note(60, 4, xml_lyric("la")) + chord
    assert refused(bar).code == "chord"
    assert [(note.midi, note.lyric) for note in read(bar, chords="highest").notes] == [(67, "la")]


def test_of_two_voices_the_one_with_lyrics_is_sung() -> None:
    def voice(number: int, step: str, lyric: str = "") -> str:
        pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch><duration>48</duration>"
        return f"<note>{pitch}<voice>{number}</voice>{lyric}</note>"

    back = "<backup><duration>48</duration></backup>"
    score = read(HEAD + voice(1, "G") + back + voice(2, "C", xml_lyric("alto")))
    assert [(note.midi, note.lyric) for note in score.notes] == [(60, "alto")]


def test_the_part_with_lyrics_is_sung_at_the_tempo_of_the_first_part() -> None:
    slower = (
        "<direction><direction-type><metronome><beat-unit>quarter</beat-unit><per-minute>60</per-minute></metronome>"
        '</direction-type><sound tempo="60"/></direction>'
    )
    dynamics = "<direction><direction-type><dynamics><p/></dynamics></direction-type></direction>"
    document = musicxml(
        {
            "Piano": [HEAD + bar_note(40, 4), slower + bar_note(41, 4)],
            "Voice": [
                "<attributes><divisions>12</divisions></attributes>" + bar_note(60, 4, xml_lyric("la")),
                dynamics + bar_note(62, 4, xml_lyric("li")),
            ],
        }
    )
    score = read(document=document)
    assert [note.midi for note in score.notes] == [60, 62]
    assert score.tempo.changes == ((0, 100), (4, 60))
    assert [note.loudness_db for note in score.notes] == [0, -5]
    assert refused(document=document, track="Piano").code == "no_lyrics"
    assert (
        'choose from 1 "Piano" (2 notes, no lyrics); 2 "Voice"'
        in refused(document=document, track="Flute").message
    )


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ja", "ja"), ("zh-Hant-HK", "yue"), ("yue", "yue"), ("zh-CN", "zh"), ("en-GB", "en")],
)
def test_the_language_that_the_document_declares_is_taken(tag: str, language: str) -> None:
    lyric = f'<lyric><text xml:lang="{tag}">花</text></lyric>'
    assert read(HEAD + bar_note(60, 4, lyric)).language == language
    assert read(HEAD + bar_note(60, 4, lyric), language="zh").language == "zh"


def test_transposing_parts_sound_where_they_sound() -> None:
    octave_down = "<transpose><diatonic>0</diatonic><chromatic>0</chromatic><octave-change>-1</octave-change></transpose>"
    head = HEAD.replace("</attributes>", octave_down + "</attributes>")
    assert [note.midi for note in read(head + bar_note(72, 4, xml_lyric("la"))).notes] == [60]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"<score-partwise", "not_xml"),
        (b"<a>" * 100_000, "not_xml"),
        (b"<a>" * 1000 + b"</a>" * 1000, "too_deep"),
        (b"<html/>", "not_musicxml"),
        (b"<score-timewise/>", "timewise"),
        (b"<score-partwise/>", "no_lyrics"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><score-partwise>&x;</score-partwise>', "xml_entities"),
        (
            b'<!DOCTYPE a [<!ENTITY a "1"><!ENTITY b "&a;&a;">]><score-partwise>&b;</score-partwise>',
            "xml_entities",
        ),
        (
            b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://example.invalid/x"> %p;]><score-partwise/>',
            "xml_entities",
        ),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><score-partwise>&x;</score-partwise>',
            "xml_entities",
        ),
        (b"<score-partwise>" + b" " * 20_000_000 + b"</score-partwise>", "too_large"),
        (musicxml({"Voice": [HEAD + bar_note(60, 4)]}), "no_lyrics"),
        (
            musicxml({"Voice": [HEAD + bar_note(60, 4, xml_lyric("la")).replace("<step>C", "<step>Q")]}),
            "musicxml_damaged",
        ),
        (
            musicxml({"Voice": [HEAD + bar_note(60, 4, xml_lyric("la")).replace(">48<", ">-48<")]}),
            "duration_range",
        ),
        (
            musicxml({"Voice": [HEAD + bar_note(60, 4, xml_lyric("la")).replace(">48<", ">1e999<")]}),
            "musicxml_damaged",
        ),
        (musicxml({"Voice": [HEAD + bar_note(60, 4, xml_lyric("la")) * 20_001]}), "too_many_notes"),
    ],
)
def test_unsafe_and_damaged_documents_are_refused(document: bytes, code: str) -> None:
    assert refused(document=document).code == code


def test_utf_16_documents_are_read() -> None:
    document = musicxml({"Voice": [HEAD + bar_note(60, 4, xml_lyric("花"))]}).decode()
    assert lyrics(read(document=document.replace("UTF-8", "UTF-16").encode("utf-16"))) == ["花"]


def test_what_is_not_sung_is_listed() -> None:
    wedge = '<direction><direction-type><wedge type="{}"/></direction-type></direction>'
    marked = "<notations><ornaments><trill-mark/></ornaments><articulations><staccato/><breath-mark/></articulations></notations>"
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    bar = HEAD + wedge.format("crescendo") + bar_note(60, 2, xml_lyric("la")) + wedge.format("stop") + grace
    bar += bar_note(62, 2, xml_lyric("lo"), extra=marked)
    score = read(document=musicxml({"Voice": [bar], "Piano": [HEAD + bar_note(40, 4)]}))
    assert score.warnings[0] == "left out: 1 grace notes, 1 hairpins, 1 staccato signs, 1 trill-mark signs"
    assert "Piano" in score.warnings[1]
    assert not read(HEAD + bar_note(60, 4, xml_lyric("la"))).warnings


def test_a_document_of_nothing_but_tags_is_refused_before_it_is_parsed() -> None:
    error = refused(document=b"<score-partwise>" + b"<a/>" * 1_600_000 + b"</score-partwise>")
    assert (error.code, "1500000 tags" in error.message) == ("too_large", True)

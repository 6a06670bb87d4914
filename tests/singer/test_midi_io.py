import mido
import pytest

from singer.errors import ScoreError
from singer.import_options import ImportOptions
from singer.imported_notes import guess_language
from singer.midi_io import parse_midi, read_midi
from singer.midi_text import decode_texts, to_syllables
from singer.score import Score
from tests.singer.score_files import TICKS, Sung, absolute_track, midi_file, midi_track, tempo_track

GRACE = [
    Sung(2, 1, 62, "A-"), Sung(3, 2, 67, "ma-"), Sung(5, 0.5, 71, "zing"), Sung(5.5, 0.5, 67), Sung(6, 2, 71, "grace"),
]  # fmt: skip
BASS = midi_track([Sung(0, 3, 40), Sung(3, 3, 43)], name="Bass", lyrics=False, channel=1)


def lyrics(score: Score) -> list[str]:
    return [note.lyric for note in score.notes]


def read(*tracks: mido.MidiTrack, **options: object) -> Score:
    return read_midi(midi_file(*tracks), ImportOptions(**options))  # type: ignore[arg-type]


def refused(*tracks: mido.MidiTrack, **options: object) -> ScoreError:
    with pytest.raises(ScoreError) as caught:
        read(*tracks, **options)
    return caught.value


def test_notes_words_tempo_and_title_come_through() -> None:
    score = read(
        tempo_track([(0, 84), (4, 90.5)], (3, 4), "New Britain"), midi_track(GRACE, name="Voice"), BASS
    )
    assert lyrics(score) == ["Amazing", "+", "+", "-", "grace"]
    assert [(n.start_beat, n.duration_beats, n.midi) for n in score.notes] == [
        (note.start, note.duration, note.midi) for note in GRACE
    ]
    assert score.tempo.changes == ((0, 84), (4, 90.5))
    assert (score.title, score.language, str(score.time_signatures.changes[0])) == (
        "New Britain",
        "en",
        "3/4",
    )


def test_a_tempo_that_no_round_number_stands_for_is_kept_exactly() -> None:
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=654_321)])
    assert read(track, midi_track(GRACE)).tempo.changes == ((0, 60e6 / 654_321),)


def test_karaoke_words_find_the_track_whose_notes_start_with_them() -> None:
    words = [Sung(0, 0, 0, "@KMIDI KARAOKE FILE"), Sung(0, 0, 0, "@TNew Britain"), Sung(2, 0, 0, "\\A"), Sung(3, 0, 0, "ma"),
             Sung(5, 0, 0, "zing "), Sung(6, 0, 0, "/grace")]  # fmt: skip
    melody = midi_track(GRACE, name="Melody", lyrics=False, channel=3)
    score = read(tempo_track([(0, 84)]), BASS, midi_track(words, name="Words", kind="text"), melody)
    assert lyrics(score) == ["Amazing", "+", "+", "-", "grace"]
    assert score.title == "New Britain"


def test_words_without_a_matching_track_are_an_error_that_lists_the_tracks() -> None:
    words = midi_track([Sung(0.5, 0, 0, "la "), Sung(1.5, 0, 0, "li ")], name="Words")
    error = refused(words, BASS)
    assert error.code == "which_track"
    assert '1 "Bass" (2 notes, no lyrics)' in error.message


@pytest.mark.parametrize("track", ["2", 2, "voice two", "Voice Two"])
def test_a_track_is_chosen_by_number_or_name(track: str | int) -> None:
    one = midi_track(GRACE, name="Voice One")
    two = midi_track([Sung(0, 1, 60, "la")], name="Voice Two")
    assert lyrics(read(one, two, track=track)) == ["la"]
    assert lyrics(read(one, two)) == ["Amazing", "+", "+", "-", "grace"]


def test_an_unknown_track_lists_those_there_are() -> None:
    error = refused(midi_track(GRACE, name="Voice"), BASS, track="Flute")
    assert error.code == "which_track"
    assert '1 "Voice" (5 notes, 4 syllables); 2 "Bass" (2 notes, no lyrics)' in error.message


def test_the_channels_of_one_track_are_parts_of_their_own() -> None:
    both = absolute_track(
        [(0, 1, mido.MetaMessage("lyrics", text="la")), (TICKS, 1, mido.MetaMessage("lyrics", text="li"))]
        + [(0, 2, mido.Message("note_on", note=40, channel=0)), (4 * TICKS, 0, mido.Message("note_off", note=40))]
        + [
            (tick * TICKS, order, mido.Message(kind, note=70 + note, channel=5))
            for tick, order, kind, note in [(0, 2, "note_on", 0), (1, 0, "note_off", 0), (1, 2, "note_on", 1)]
        ],
        "All",
    )  # fmt: skip
    parts = parse_midi(midi_file(both)).parts
    assert [part.name for part in parts] == ["All, channel 1", "All, channel 6"]
    assert [note.midi for note in read(both).notes] == [70, 71]


def test_a_chord_is_an_error_that_says_what_to_do() -> None:
    chord = midi_track([Sung(0, 1, 60, "la"), Sung(0, 1, 64), Sung(1, 1, 62, "li")])
    error = refused(chord)
    assert error.code == "chord"
    assert error.where == "beat 0"
    assert "E4" in error.message
    assert "C4" in error.message
    highest = read(chord, chords="highest")
    assert [(note.midi, note.lyric) for note in highest.notes] == [(64, "la"), (62, "li")]


@pytest.mark.parametrize(
    "off", [mido.Message("note_off", note=60), mido.Message("note_on", note=60, velocity=0)]
)
def test_a_repeated_note_may_begin_before_the_note_off_of_the_one_before(off: mido.Message) -> None:
    on = mido.Message("note_on", note=60)
    events = [
        (tick * TICKS, order, message)
        for tick, order, message in ((0, 1, on), (1, 1, on), (1, 2, off), (2, 1, off))
    ]
    words = [
        (tick * TICKS, 0, mido.MetaMessage("lyrics", text=text)) for tick, text in ((0, "la"), (1, "li"))
    ]
    score = read(absolute_track([*events, *words]))
    assert [(note.start_beat, note.duration_beats, note.lyric) for note in score.notes] == [
        (0, 1, "la"),
        (1, 1, "li"),
    ]


def test_legato_overlaps_are_cut() -> None:
    score = read(midi_track([Sung(0, 1.1, 60, "la"), Sung(1, 1, 62, "li")]))
    assert [(note.start_beat, note.duration_beats) for note in score.notes] == [(0, 1), (1, 1)]


def test_a_lyric_without_a_note_is_an_error_with_its_place() -> None:
    error = refused(midi_track([Sung(0, 1, 60, "la"), Sung(8, 1, 62), Sung(4.4, 0, 0, "lost")]))
    assert (error.code, error.where) == ("lyric_without_note", 'lyric "lost" at beat 4.4 (bar 2)')


def test_notes_before_the_first_lyric_and_after_rests_are_left_out_with_a_warning() -> None:
    notes = [
        Sung(0, 0.5, 60),
        Sung(0.5, 0.5, 60),
        Sung(1, 1, 62, "la"),
        Sung(2, 1, 64),
        Sung(6, 1, 65),
        Sung(8, 1, 67, "li"),
    ]
    score = read(midi_track(notes))
    assert [(note.start_beat, note.lyric) for note in score.notes] == [(1, "la"), (2, "-"), (8, "li")]
    intro, middle = score.warnings
    assert intro.startswith(
        "2 notes from beat 0 (bar 1) to beat 0.5 (bar 1): they have no lyric and come before"
    )
    assert middle.startswith("note at beat 6 (bar 2): it has no lyric and comes after a rest")


def test_syllables_on_one_note_are_sung_together() -> None:
    score = read(midi_track([Sung(0, 1, 60, "さ"), Sung(0.1, 0, 0, "く"), Sung(1, 1, 62, "ら")]))
    assert lyrics(score) == ["さく", "ら"]


@pytest.mark.parametrize(
    ("text", "encoding", "language"),
    [
        ("さくらさくら", "utf-8", "ja"),
        ("さくらさくら", "cp932", "ja"),
        ("弥生の空は見渡す限り", "cp932", "ja"),
        ("好一朵美丽的茉莉花", "gb18030", "zh"),
        ("月光光照地堂佢瞓咗", "big5hkscs", "yue"),
        ("好一朵美麗的茉莉花", "big5", "zh"),
    ],
)
def test_lyrics_are_read_in_the_encodings_of_their_countries(text: str, encoding: str, language: str) -> None:
    notes = [Sung(beat, 1, 60, character) for beat, character in enumerate(text)]
    if encoding == "big5hkscs":
        score = read(midi_track(notes, encoding=encoding), encoding=encoding)
    else:
        score = read(midi_track(notes, encoding=encoding))
    assert "".join(lyrics(score)) == text
    assert score.language == language


def test_an_encoding_that_does_not_fit_is_an_error() -> None:
    assert (
        refused(midi_track([Sung(0, 1, 60, "好")], encoding="gb18030"), encoding="utf-8").code == "encoding"
    )
    assert refused(midi_track(GRACE), encoding="klingon").code == "encoding"
    assert decode_texts([b"caf\xe9"], None, None) == ["café"]


def test_hyphens_or_blanks_join_syllables_to_words() -> None:
    by_hyphens = to_syllables([(0, "ev-"), (1, "er"), (2, "you"), (3, "_")], karaoke=False)
    assert [(s.text, s.goes_on) for s in by_hyphens] == [
        ("ev", True),
        ("er", False),
        ("you", False),
        ("-", False),
    ]
    by_blanks = to_syllables(
        [(0, "ev"), (1, "er "), (2, "{#tag}you\r"), (3, "and"), (4, " I")], karaoke=False
    )
    assert [(s.text, s.goes_on) for s in by_blanks] == [
        ("ev", True), ("er", False), ("you", False), ("and", False), ("I", False)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        b"MThd",
        midi_file(midi_track(GRACE))[:60],
        midi_file(midi_track(GRACE))[:-10],
        b"MThd" + b"\0\0\0\6\0\1\0\1\1\xe0" + b"\xff" * 200,
    ],
)
def test_damaged_files_are_refused(document: bytes) -> None:
    with pytest.raises(ScoreError) as caught:
        parse_midi(document)
    assert caught.value.code == "midi_damaged"


def test_files_the_engine_cannot_time_are_refused() -> None:
    good = midi_file(midi_track(GRACE))
    for document, code in [
        (good[:9] + b"\x02" + good[10:], "midi_type"),
        (good[:12] + b"\xe7\x28" + good[14:], "midi_time"),
        (good[:12] + b"\x00\x00" + good[14:], "midi_time"),
        (good + b"\0" * 2_000_000, "too_large"),
        (midi_file(tempo_track([(0, 84)])), "no_notes"),
    ]:
        with pytest.raises(ScoreError) as caught:
            parse_midi(document)
        assert caught.value.code == code


def test_a_file_without_lyrics_says_so_and_lists_its_parts() -> None:
    error = refused(BASS)
    assert error.code == "no_lyrics"
    assert '1 "Bass"' in error.message


def test_a_riff_wrapped_file_is_read() -> None:
    inner = midi_file(midi_track(GRACE))
    riff = (
        b"RIFF"
        + (len(inner) + 12).to_bytes(4, "little")
        + b"RMIDdata"
        + len(inner).to_bytes(4, "little")
        + inner
    )
    assert len(read_midi(riff, ImportOptions()).notes) == 5


def test_a_note_that_never_ends_ends_with_the_track() -> None:
    events = [(0, 1, mido.MetaMessage("lyrics", text="la")), (0, 2, mido.Message("note_on", note=60))]
    track = absolute_track([*events, (2 * TICKS, 0, mido.MetaMessage("end_of_track"))])
    assert [note.duration_beats for note in read(track).notes] == [2]


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["ni3", "hao3"], "zh"),
        (["hong4", "-", "lv4,"], "zh"),
        (["hoeng1", "gong2"], "yue"),
        (["mp3", "hao3"], "en"),
        (["-"], "en"),
    ],
)
def test_lyrics_that_are_readings_throughout_tell_their_language(texts: list[str], language: str) -> None:
    assert guess_language(texts) == language


def played(*messages: tuple[float, mido.Message]) -> mido.MidiTrack:
    """The song with more messages, at beats."""
    events = [(round(beat * TICKS), 1, message) for beat, message in messages]
    ticks = 0
    for message in midi_track(GRACE):
        ticks += message.time
        events.append((ticks, 2, message))
    return absolute_track(events)


def test_expression_is_loudness() -> None:
    def change(value: int) -> mido.Message:
        return mido.Message("control_change", control=11, value=value)

    score = read(played((2, change(64)), (4, change(127)), (6, change(0))))
    points = dict(score.curves["loudness_db"])
    assert points[2.0] == pytest.approx(
        -11.9, abs=0.01
    )  # 40 log10(64 / 127), General MIDI's recommended practice
    assert (points[4.0], points[6.0]) == (0.0, -24.0)
    assert points[4.0 - 1 / 480] == points[2.0]
    assert not score.warnings


def test_playing_that_is_left_out_is_listed() -> None:
    softer = mido.Message("control_change", control=1, value=5)
    score = read(played((2, softer), (3, mido.Message("aftertouch", value=3))), BASS)
    assert score.warnings[0] == "left out: controllers 1, aftertouch"
    assert score.warnings[1].startswith('other parts are not sung: 2 "Bass"')
    assert not score.curves


def test_velocities_that_differ_are_left_out() -> None:
    track = midi_track(GRACE)
    first = next(message for message in track if message.type == "note_on")
    first.velocity = 33
    assert read(track).warnings == ("left out: velocities of notes",)

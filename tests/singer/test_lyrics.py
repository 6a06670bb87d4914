import pytest

from frontend_g2p.user_dictionary import UserDictionary
from singer.errors import LyricsError
from singer.lyrics import Laid, lay_lyrics
from singer.score import Note, Score


def song(lyrics: str, language: str = "en") -> Score:
    """Notes of one beat (0.5 s); ``_`` is a rest; ``lyric@ja`` has its own language."""
    notes, beat = [], 0.0
    for lyric in lyrics.split():
        text, _, own = lyric.partition("@")
        if text != "_":
            notes.append(Note(beat, 1.0, 60.0, text, own or None))  # type: ignore[arg-type]
        beat += 1.0
    return Score(tuple(notes), language)  # type: ignore[arg-type]


def readings(laid: Laid) -> list[str]:
    """What each note sings: readings of syllables joined by a dot, or its kind."""
    return [".".join(syllable.reading for syllable in lyric.syllables) or lyric.kind for lyric in laid.lyrics]


def laid(lyrics: str, language: str = "en") -> list[str]:
    return readings(lay_lyrics(song(lyrics, language)))


def refused(lyrics: str, language: str = "en") -> LyricsError:
    with pytest.raises(LyricsError) as caught:
        lay_lyrics(song(lyrics, language))
    return caught.value


def test_a_word_gives_a_syllable_to_each_of_its_notes() -> None:
    assert laid("amazing + + grace") == ["AH0", "M EY1", "Z IH0 NG", "G R EY1 S"]


def test_holds_and_breaths_may_stand_inside_a_word() -> None:
    assert laid("amazing - + AP +") == ["AH0", "hold", "M EY1", "breath", "Z IH0 NG"]


def test_the_last_note_sings_what_is_left_of_a_word() -> None:
    assert laid("茉莉花 +", "zh") == ["mo4", "li4.hua1"]
    assert laid("你好", "zh") == ["ni3.hao3"]
    assert laid("かわ い", "ja") == ["か.わ", "い"]


def test_english_words_are_read_as_their_notes_ask() -> None:
    assert laid("heaven") == ["HH EH1 V N"]
    assert laid("heaven +") == ["HH EH1", "V AH0 N"]
    assert laid("fire +") == ["F AY1", "ER0"]
    assert laid("every +") == ["EH1 V", "R IY0"]
    assert laid("every + +") == ["EH1", "V ER0", "IY0"]
    assert laid("blessed +") == ["B L EH1", "S IH0 D"]


@pytest.mark.parametrize(
    ("lyrics", "language", "note", "count"),
    [("amazing + + + la", "en", 3, "3 syllables (a·ma·zing)"), ("la 好 +", "zh", 2, "1 syllable (好)")],
)
def test_a_plus_with_no_syllable_left_names_its_note(
    lyrics: str, language: str, note: int, count: str
) -> None:
    error = refused(lyrics, language)
    assert error.code == "no_syllable_left"
    assert error.where == f'note {note} "+" (bar 1)'
    assert count in error.message


@pytest.mark.parametrize(
    ("lyrics", "code"), [("AP +", "no_word"), ("AP -", "nothing_to_hold"), ("ー か", "nothing_to_hold")]
)
def test_nothing_to_go_on_with_is_an_error(lyrics: str, code: str) -> None:
    assert refused(lyrics, "ja").code == code


def test_erhua_takes_one_note_or_two() -> None:
    assert laid("花儿", "zh") == ["huar1"]
    assert laid("花儿 +", "zh") == ["hua1", "er5"]
    assert laid("花 儿", "zh")[0] == "hua1"
    assert laid("花 儿", "zh")[1].startswith("er")


def test_japanese_morae_own_their_notes() -> None:
    assert laid("ラ ー メ ン き っ と きゃ", "ja") == ["ら", "hold", "め", "ん", "き", "っ", "と", "きゃ"]
    score = song("き っ", "ja")
    assert [phone.symbol for phone in lay_lyrics(score).lyrics[1].syllables[0].phones] == ["Q"]


def test_languages_mix_in_one_line() -> None:
    assert laid("今 天 sing together + + そ ら 月@yue 光@yue", "zh") == [
        "jin1", "tian1", "S IH1 NG", "T AH0", "G EH1", "DH ER0", "そ", "ら", "jyut6", "gwong1",
    ]  # fmt: skip


def test_neighbouring_notes_are_the_context_of_a_reading() -> None:
    assert laid("银 行 步 行", "zh") == ["yin2", "hang2", "bu4", "xing2"]


def test_the_context_ends_at_a_rest() -> None:
    assert laid("银 _ 行", "zh") == laid("银", "zh") + laid("行", "zh")


def test_an_unreadable_lyric_names_its_note() -> None:
    error = refused("la - Ωμ", "en")
    assert (error.code, error.where) == ("unknown_symbol", 'note 2 "Ωμ" (bar 1)')
    assert refused("好 。", "zh").where == 'note 1 "。" (bar 1)'


def test_explicit_phones_are_sung_as_written() -> None:
    score = Score((Note(0, 1, 60.0, "好", phones="n i"), Note(1, 1, 60.0, "好", phones="n i x")), "zh")
    with pytest.raises(LyricsError) as caught:
        lay_lyrics(score)
    assert caught.value.where == 'note 1 "好" (bar 1)'
    first = lay_lyrics(Score(score.notes[:1], "zh")).lyrics[0].syllables[0]
    assert [phone.symbol for phone in first.phones] == ["n", "i"]


def test_the_user_dictionary_is_heard() -> None:
    words = UserDictionary.from_mapping({"zh": {"行": "hang2"}, "en": {"live": "L AY1 V"}})
    assert readings(lay_lyrics(song("步 行", "zh"), words)) == ["bu4", "hang2"]
    assert readings(lay_lyrics(song("live"), words)) == ["L AY1 V"]


def test_guessed_readings_are_reported_with_their_place() -> None:
    result = lay_lyrics(song("grace blorptastic + +"))
    assert len(result.warnings) == 1
    assert result.warnings[0].startswith('note 1 "blorptastic" (bar 1): the word is in no dictionary')


def test_a_hold_after_a_rest_or_breath_sings_its_vowel_again() -> None:
    result = lay_lyrics(song("sing - _ - AP -"))
    sung = result.lyrics
    assert [lyric.kind for lyric in sung] == ["sung", "hold", "sung", "breath", "sung"]
    assert [phone.symbol for phone in sung[2].syllables[0].phones] == ["ɪ", "ŋ"]
    assert [warning.split(":")[0] for warning in result.warnings] == [
        'note 2 "-" (bar 1)',
        'note 4 "-" (bar 2)',
    ]


def test_a_long_song_is_read_in_lines() -> None:
    score = song("好 " * 3000, "zh")
    assert len(lay_lyrics(score).lyrics) == 3000


@pytest.mark.parametrize("sign", ["-", "–", "—", "−", "ー"])
def test_a_lone_dash_holds(sign: str) -> None:
    assert laid(f"好 {sign}", "zh") == ["hao3", "hold"]


def test_words_that_may_be_romaji_or_english_are_named() -> None:
    result = lay_lyrics(song("きみ to ぼく home _ one more time", "ja"))
    assert readings(result)[1::2][:2] == ["と", "HH OW1 M"]
    assert result.warnings == (
        'note 1 "to" (bar 1): read as romaji, と; for English give it "language": "en"',
        'note 3 "home" (bar 1): read as English; if it is romaji, write it in kana',
    )

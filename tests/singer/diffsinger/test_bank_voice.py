"""An imported bank as a voice like any other: lyrics, performance, streaming, cache, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.openutau_graphs import BankPlan
from singer.cancel import CancelToken
from singer.diffsinger.bank import Module
from singer.diffsinger.bank_singer import BankSinger, bank_voice
from singer.diffsinger.speaker_mix import speaker_mix
from singer.diffsinger.stages import mixed
from singer.errors import Cancelled, LyricsError, PerformanceError, SingerError, VoicebankError
from singer.live.player import LivePlayer
from singer.note_shapes import Vibrato
from singer.performance.performance import Performance, PhoneSpan
from singer.performance_io import document_to_performance, performance_to_document
from singer.phrase_cache import PhraseCache
from singer.quality import QualityMeter
from singer.render import RenderOptions, render, stream, stream_phrases
from singer.score import Note, Score, TempoMap
from singer.song import perform_song
from singer.song_source import SongSource
from singer.timeline import song_marks
from singer.voice import Voice
from tests.singer.diffsinger.conftest import Banks
from voicebanks.load import load_voice

TEMPO = TempoMap(((0.0, 90.0),))


def song(*lyrics: str, language: str = "zh", rest: bool = True) -> Score:
    """One note a beat from beat 1, two phrases of them if ``rest``."""
    half = len(lyrics) // 2 if rest else len(lyrics)
    notes = [
        Note(1.0 + place + (2.0 if place >= half else 0.0), 1.0, 60.0 + 2 * (place % 4), lyric)
        for place, lyric in enumerate(lyrics)
    ]
    return Score(tuple(notes), language=language, tempo=TEMPO)  # type: ignore[arg-type]


def sung_as(performance: Performance) -> list[str]:
    return [
        str(span.sung_as)
        for phrase in performance.phrases
        for span in phrase.phones
        if span.sung_as not in ("SP", "AP")
    ]


def spans(performance: Performance) -> list[PhoneSpan]:
    return [span for phrase in performance.phrases for span in phrase.phones]


def test_lyrics_are_read_by_the_front_end_and_the_banks_dictionaries(imported: Voice) -> None:
    read = perform_song(song("你", "好", "王", "[zh/m zh/ao]"), imported).performance
    assert sung_as(read) == ["zh/n", "zh/i", "zh/h", "zh/ao", "zh/w", "zh/ang", "zh/m", "zh/ao"]
    read = perform_song(song("か", "さ", "ん", "「くに」"[1:2], language="ja"), imported).performance
    assert sung_as(read) == ["ja/k", "ja/a", "ja/s", "ja/a", "ja/N", "ja/k", "ja/u"]
    read = perform_song(song("hello", "+", "light", "so", language="en"), imported).performance
    # hello is in the dictionary, light and so go by their sounds
    assert sung_as(read) == ["en/hh", "en/ah", "en/l", "en/ow", "en/l", "en/ay", "en/t", "en/s", "en/ow"]


def test_a_vowel_sung_again_after_a_breath_is_that_of_the_hint(imported: Voice) -> None:
    for lyric, vowel in (("[m ao]", "zh/ao"), ("天", "zh/ian"), ("ni", "zh/i")):
        found = sung_as(perform_song(song(lyric, "AP", "-", rest=False), imported).performance)
        assert found[-1] == vowel
        assert found.count(vowel) == 2
        assert len(found) == 3


def test_hints_may_leave_out_the_language_and_win_over_the_lyric(imported: Voice) -> None:
    score = song("你", "好[m a]", rest=False)
    noted = replace(score, notes=(replace(score.notes[0], phones="t ian"), score.notes[1]))
    assert sung_as(perform_song(noted, imported).performance) == ["zh/t", "zh/ian", "zh/m", "zh/a"]


@pytest.mark.parametrize("lyric", ["[zh/q zh/i]", "你[nothing]", "青"])
def test_what_the_bank_cannot_say_is_named_with_its_note(imported: Voice, lyric: str) -> None:
    with pytest.raises(LyricsError) as caught:
        perform_song(song("你", lyric, rest=False), imported)
    assert caught.value.where.startswith("note 1 ")


def test_by_the_rules_vowels_start_on_their_beats(banks: Banks) -> None:
    voice = bank_voice(banks(BankPlan(modules=("variance",))))
    performance = perform_song(song("你", "好", "天", "王"), voice).performance
    starts = [span.start_s for span in spans(performance) if span.role == "nucleus"]
    assert starts == pytest.approx([60 / 90 * beat for beat in (1, 2, 5, 6)], abs=1e-6)


def test_the_banks_lengths_keep_words_on_their_beats_and_move_consonants(
    banks: Banks, imported: Voice
) -> None:
    score = song("你", "好", "天", "王")
    ruled = perform_song(score, bank_voice(banks(BankPlan(modules=("variance",))))).performance
    own = perform_song(score, imported).performance
    vowels = [[span.start_s for span in spans(each) if span.role == "nucleus"] for each in (ruled, own)]
    assert vowels[0] == pytest.approx(vowels[1], abs=1e-6)
    consonants = [[span.start_s for span in spans(each) if span.role == "onset"] for each in (ruled, own)]
    assert np.abs(np.subtract(*consonants)).max() > 0.005
    for phrase in own.phrases:
        assert phrase.phones[0].start_s == pytest.approx(phrase.start_s)


def test_holds_are_one_phoneme_on_several_notes(banks: Banks) -> None:
    voice = bank_voice(banks(BankPlan(modules=("variance",))))
    performance = perform_song(song("天", "-", "-", "你", rest=False), voice).performance
    assert sung_as(performance) == ["zh/t", "zh/ian", "-", "-", "zh/n", "zh/i"]
    held = [span for span in spans(performance) if span.sung_as in ("-", "zh/ian")]
    assert [span.note for span in held] == [0, 1, 2]


@pytest.mark.parametrize("keeps_pitch", [True, False])
def test_the_banks_pitch_is_sung_but_vibratos_and_drawn_curves_stay_the_users(
    banks: Banks, keeps_pitch: bool
) -> None:
    imported = bank_voice(banks(BankPlan(keeps_pitch=keeps_pitch)))
    plain = song("你", "好", "天", "王", rest=False)
    vibrato = Vibrato(depth_cents=80.0)
    written = replace(
        plain, notes=(*plain.notes[:2], replace(plain.notes[2], vibrato=vibrato), plain.notes[3])
    )
    ruled = perform_song(written, bank_voice(banks(BankPlan(modules=("variance",))))).performance.phrases[0]
    free = perform_song(plain, imported).performance.phrases[0]
    own = perform_song(written, imported).performance.phrases[0]
    when = own.start_s + np.arange(own.frames) / 100
    inside = (when > 3 * 60 / 90 + 0.05) & (when < 4 * 60 / 90 - 0.05)
    shared = ruled.curves["f0_hz"][round((own.start_s - ruled.start_s) * 100) :][: own.frames]
    assert np.abs(1200 * np.log2(own.curves["f0_hz"] / shared))[inside].max() < 5.0
    outside = when < 3 * 60 / 90 - 0.1
    assert np.array_equal(own.curves["f0_hz"][outside], free.curves["f0_hz"][outside])
    assert np.abs(1200 * np.log2(free.curves["f0_hz"] / shared))[outside].max() > 5.0
    drawn = perform_song(
        replace(plain, curves={"pitch_cents": ((0.0, 100.0), (9.0, 100.0))}), imported
    ).performance
    moved = 1200 * np.log2(drawn.phrases[0].curves["f0_hz"] / free.curves["f0_hz"])
    assert moved == pytest.approx(np.full(free.frames, 100.0), abs=0.1)


def test_it_sings_in_tune_and_the_stream_is_the_whole(imported: Voice) -> None:
    performance = perform_song(song("你", "好", "天", "王"), imported).performance
    audio = render(performance, imported)
    meter = QualityMeter(performance, audio.sample_rate_hz)
    meter.listen(audio.samples)
    found = meter.result()
    assert found.is_good
    assert found.points > 10
    chunks = list(stream(performance, imported, options=RenderOptions(first_block_frames=7, block_frames=13)))
    assert max(len(chunk.samples) for chunk in chunks) <= 13 * 441
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), audio.samples)
    assert len(audio.samples) == pytest.approx(performance.duration_s * 44_100, abs=1)


def test_seeds_name_the_noise(banks: Banks) -> None:
    voice = bank_voice(banks(BankPlan(noise=True)))
    performance = perform_song(song("你", "好"), voice).performance
    again = perform_song(song("你", "好"), voice).performance
    assert all(
        np.array_equal(one.curves["f0_hz"], two.curves["f0_hz"])
        for one, two in zip(performance.phrases, again.phrases, strict=True)
    )
    sounds = [render(performance, voice, options=RenderOptions(seed=seed)).samples for seed in (0, 0, 1)]
    assert np.array_equal(sounds[0], sounds[1])
    assert not np.array_equal(sounds[0], sounds[2])


def test_an_edit_sings_one_phrase_again(imported: Voice) -> None:
    cache = PhraseCache()
    render(perform_song(song("你", "好", "天", "王"), imported).performance, imported, cache=cache)
    render(perform_song(song("你", "好", "天", "马"), imported).performance, imported, cache=cache)
    assert (cache.hits, cache.misses) == (1, 3)


def test_a_lyric_may_be_phonemes(imported: Voice) -> None:
    read = perform_song(song("zh/n zh/i", "m zh/ao", "[zh/n i]", "好"), imported).performance
    assert sung_as(read) == ["zh/n", "zh/i", "zh/m", "zh/ao", "zh/n", "zh/i", "zh/h", "zh/ao"]
    with pytest.raises(LyricsError):
        perform_song(song("zh/n zh/xyz", "好"), imported)


def test_speakers_are_known_without_the_name_of_their_training(imported: Voice) -> None:
    singer = imported.imported
    assert isinstance(singer, BankSinger)
    acoustic = singer.bank.acoustic
    speakers = {f"acoustic_v2.{name}": vector for name, vector in acoustic.speakers.items()}
    bank = replace(singer.bank, acoustic=replace(acoustic, speakers=speakers))
    assert (
        speaker_mix(bank, "bright") == speaker_mix(bank, "acoustic_v2.bright") == {"acoustic_v2.bright": 1.0}
    )
    assert speaker_mix(bank, "soft=1+bright=3") == {"acoustic_v2.soft": 1.0, "acoustic_v2.bright": 3.0}


def test_speakers_sound_different_and_have_caches_of_their_own(imported: Voice) -> None:
    singer = imported.imported
    assert isinstance(singer, BankSinger)
    bright = bank_voice(singer.bank, "bright")
    performance = perform_song(song("你", "好"), imported).performance
    assert not np.array_equal(render(performance, imported).samples, render(performance, bright).samples)
    assert bright.fingerprint != imported.fingerprint
    with pytest.raises(VoicebankError, match="soft, bright"):
        bank_voice(singer.bank, "nobody")


def test_speakers_are_mixed_by_weight(imported: Voice) -> None:
    singer = imported.imported
    assert isinstance(singer, BankSinger)
    bank = singer.bank
    mel = []
    for asked in ("soft", "bright", "soft=3+bright", "soft=3+bright=0"):
        voice = bank_voice(bank, asked)
        assert isinstance(voice.imported, BankSinger)
        mix = {name: np.full(1, weight, np.float32) for name, weight in voice.imported.mix.items()}
        mel.append(mixed(bank.acoustic, mix, 2))
    assert mel[2] == pytest.approx(0.75 * mel[0] + 0.25 * mel[1], abs=1e-6)
    assert np.array_equal(mel[3], mel[0])
    performance = perform_song(song("你", "好"), imported).performance
    both = render(performance, bank_voice(bank, "soft+bright")).samples
    assert not np.array_equal(both, render(performance, imported).samples)
    for wrong in ("soft=x+bright", "soft=-1", "soft=nan", "soft=0", "soft+nobody=1", "+"):
        with pytest.raises(VoicebankError) as caught:
            bank_voice(bank, wrong)
        assert caught.value.code == "speakers"


@pytest.mark.parametrize(
    ("control", "value"), [("breathiness", 0.8), ("tension", 0.5), ("gender", 0.4), ("loudness_db", -6.0)]
)
def test_controls_that_a_bank_knows_are_heard(imported: Voice, control: str, value: float) -> None:
    plain = song("你", "好", rest=False)
    turned = replace(plain, curves={control: ((0.0, value), (9.0, value))})
    sounds = [render(perform_song(each, imported).performance, imported).samples for each in (plain, turned)]
    assert np.abs(sounds[0] - sounds[1]).max() > 1e-3
    if control == "loudness_db":
        assert sounds[1] == pytest.approx(sounds[0] * 10 ** (-6 / 20), abs=1e-4)


def test_first_audio_comes_while_later_phrases_are_not_sung_yet(
    imported: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sung: list[int] = []
    real = BankSinger.sing

    def counted(self: BankSinger, phrase: object, **more: object) -> object:
        sung.append(1)
        return real(self, phrase, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(BankSinger, "sing", counted)
    source = SongSource(song("你", "好", "天", "王"), imported)
    token = CancelToken()
    for chunk in stream_phrases(source, imported, cancel=token):
        if chunk is not None and chunk.samples.any():
            break
    assert len(sung) == 1
    token.cancel()
    with pytest.raises(Cancelled):
        list(stream(perform_song(song("你", "好"), imported).performance, imported, cancel=token))


def test_performances_are_documents_of_one_kind_of_voice(imported: Voice) -> None:
    performance = perform_song(song("你", "好", "天", "-"), imported).performance
    again = document_to_performance(performance_to_document(performance))
    assert spans(again) == spans(performance)
    assert np.array_equal(render(again, imported).samples, render(performance, imported).samples)
    own = load_voice("builtin")
    with pytest.raises(PerformanceError, match="imported bank"):
        render(performance, own)
    with pytest.raises(PerformanceError, match="another voice"):
        render(perform_song(song("你", "好"), own).performance, imported)


def test_the_timeline_tells_mouths_and_words(imported: Voice) -> None:
    score = song("你", "好", "天", "王")
    performed = perform_song(score, imported)
    marks = song_marks(performed.performance, ("viseme", "lyric", "phone"), score, performed.laid)
    assert [mark.values["text"] for mark in marks if mark.kind == "lyric"] == ["你", "好", "天", "王"]
    assert len({str(mark.values) for mark in marks if mark.kind == "viseme"}) >= 4


def test_playing_live_is_refused(imported: Voice) -> None:
    with pytest.raises(VoicebankError, match="own voices") as caught:
        LivePlayer(imported, language="zh")
    assert caught.value.code == "not_live"


def test_its_missing_models_refuse_rather_than_fail(imported: Voice) -> None:
    with pytest.raises(SingerError, match="imported bank"):
        imported.encoder.run()


@pytest.mark.parametrize("rate_hz", [11_025, 22_050, 24_000, 48_000])
def test_every_sample_rate_keeps_time_and_pitch(imported: Voice, rate_hz: int) -> None:
    singer = imported.imported
    assert isinstance(singer, BankSinger)
    bank = singer.bank

    def at_rate(module: Module) -> Module:
        return replace(module, spec=replace(module.spec, sample_rate_hz=rate_hz))

    vocoder = replace(bank.vocoder, spec=replace(bank.vocoder.spec, sample_rate_hz=rate_hz))
    acoustic, variance = at_rate(bank.acoustic), at_rate(bank.variance or bank.acoustic)
    bank = replace(bank, vocoder=vocoder, acoustic=acoustic, variance=variance, durations=None, pitch=None)
    voice = bank_voice(bank)
    performance = perform_song(song("a", "-", rest=False), voice).performance
    sound = render(performance, voice)
    assert sound.sample_rate_hz == voice.spec.sample_rate_hz == (rate_hz if rate_hz % 100 == 0 else 44_100)
    assert sound.duration_s == pytest.approx(performance.duration_s, abs=1e-3)
    held = sound.samples[sound.sample_rate_hz : int(1.25 * sound.sample_rate_hz)]
    spectrum = np.abs(np.fft.rfft(held * np.hanning(len(held)), 1 << 18))
    found_hz = float(np.argmax(spectrum)) * sound.sample_rate_hz / (1 << 18)
    phrase = performance.phrases[0]
    first = round((1.0 - phrase.start_s) * 100)
    told_hz = float(np.median(phrase.curves["f0_hz"][first : first + 25]))
    # the generated vocoder counts 44 100 samples a second, whatever the bank says
    assert found_hz == pytest.approx(told_hz * rate_hz / 44_100, rel=0.01)

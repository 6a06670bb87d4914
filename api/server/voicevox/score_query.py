"""A score to a query, and parts of one made anew: when its phonemes sound, their pitch and their volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from api.server.voicevox.errors import SongError
from api.server.voicevox.frames import QUERY_RATE_HZ
from api.server.voicevox.models import FrameAudioQuery, FramePhoneme, Note, Score
from api.server.voicevox.phonemes import PAUSE, mora_phonemes
from api.server.voicevox.pitches import check_pitch, log_pitch, middle_midi
from api.server.voicevox.placed import TimedPhoneme, place
from api.server.voicevox.rules import f0_of, onset_lengths_s, volume_by_rules
from singer.pitch_names import pitch_name
from singer.score import LONGEST_NOTE_S

LONGEST_NOTE_FRAMES = int(LONGEST_NOTE_S * QUERY_RATE_HZ)


def phonemes_of(note: Note) -> tuple[str, ...]:
    """The phonemes of a note; raises ``SongError``."""
    if not note.lyric:
        if note.key is not None:
            raise SongError("lyricが空文字列の場合、keyはnullである必要があります。")
        return (PAUSE,)
    if note.key is None:
        raise SongError("keyがnullの場合、lyricは空文字列である必要があります。")
    found = mora_phonemes(note.lyric)
    if found is None:
        raise SongError(f"lyricが不正です: {note.lyric[:40]}")
    return found


def check_length(frames: int, place: str) -> None:
    """Refuse a negative length; raises ``SongError``."""
    if frames < 0:
        raise SongError(f"{place}: frame_lengthは0以上です: {frames}")


def check_score(score: Score, lowest_midi: float, highest_midi: float) -> None:
    """Refuse a score that cannot be sung in a range; raises ``SongError``."""
    if not score.notes:
        raise SongError("notesが空です。")
    for number, note in enumerate(score.notes):
        phonemes = phonemes_of(note)
        place = f"notes[{number}]"
        if phonemes == (PAUSE,):
            check_length(note.frame_length, place)
            continue
        most = LONGEST_NOTE_FRAMES
        if not 1 <= note.frame_length <= most:
            raise SongError(f"{place}: frame_lengthは1から{most}までです: {note.frame_length}")
        if note.key is not None and not lowest_midi <= note.key <= highest_midi:
            names = f"{pitch_name(lowest_midi)}から{pitch_name(highest_midi)}まで"
            raise SongError(
                f"{place}: keyは{lowest_midi:g}から{highest_midi:g}まで ({names}) です: {note.key}"
            )


def query_of(score: Score, sample_rate_hz: int) -> FrameAudioQuery:
    """A checked score as our rules sing it.

    Raises:
        SongError: it begins with a consonant.
    """
    phonemes = [
        FramePhoneme(phoneme=phoneme, frame_length=length, note_id=note.id)
        for note, lengths in zip(score.notes, _lengths(score), strict=True)
        for phoneme, length in zip(phonemes_of(note), lengths, strict=True)
    ]
    f0_hz = f0_for(score, phonemes)
    return FrameAudioQuery(
        f0=f0_hz,
        volume=volume_for(score, phonemes, f0_hz),
        phonemes=phonemes,
        volumeScale=1,
        outputSamplingRate=sample_rate_hz,
        outputStereo=False,
    )


def f0_for(score: Score, phonemes: Sequence[FramePhoneme]) -> list[float]:
    """Pitch of each frame, Hz, for the lengths of ``phonemes``; raises ``SongError`` if they are not the score's."""
    timed = _with_pitches(score, phonemes)
    return [round(value, 4) for value in f0_of(place(timed), _frames(timed)).tolist()]


def volume_for(score: Score, phonemes: Sequence[FramePhoneme], f0_hz: Sequence[float]) -> list[float]:
    """Volume of each frame for the lengths of ``phonemes`` at this pitch: high notes are louder.

    Raises:
        SongError: phonemes that are not the score's, or a pitch curve that does not fit them.
    """
    timed = _with_pitches(score, phonemes)
    frames = _frames(timed)
    check_pitch(f0_hz, frames)
    pitches = middle_midi(log_pitch(f0_hz), [each.frames for each in timed])
    placed = place([replace(each, midi=midi) for each, midi in zip(timed, pitches, strict=True)])
    return [round(value, 7) for value in volume_by_rules(placed, frames).tolist()]


def _frames(timed: Sequence[TimedPhoneme]) -> int:
    return sum(each.frames for each in timed)


def _with_pitches(score: Score, phonemes: Sequence[FramePhoneme]) -> list[TimedPhoneme]:
    expected = [(phoneme, float(note.key or 0)) for note in score.notes for phoneme in phonemes_of(note)]
    if [phoneme for phoneme, _ in expected] != [each.phoneme for each in phonemes]:
        raise SongError("Scoreから抽出した音素列とFrameAudioQueryから抽出した音素列が一致しません。")
    for number, each in enumerate(phonemes):
        check_length(each.frame_length, f"phonemes[{number}]")
    return [
        TimedPhoneme(each.phoneme, each.frame_length, midi)
        for each, (_, midi) in zip(phonemes, expected, strict=True)
    ]


def _lengths(score: Score) -> list[list[int]]:
    """Frames of each note's phonemes: vowels start with their notes, consonants take theirs from what is before."""
    notes = score.notes
    sung = [phonemes_of(note) for note in notes]
    if len(sung[0]) == 2:
        raise SongError("consonant_lengths[0] must be 0, but 1")
    room = [0, *(max(note.frame_length - 1, 0) for note in notes[:-1])]
    least = [min(len(phonemes) - 1, free) for phonemes, free in zip(sung, room, strict=True)]
    draft = _split(score, sung, least)
    timed = [
        TimedPhoneme(phoneme, length, float(note.key or 0))
        for note, phonemes, lengths in zip(notes, sung, draft, strict=True)
        for phoneme, length in zip(phonemes, lengths, strict=True)
    ]
    wanted_s = onset_lengths_s(place(timed))
    number, onsets = 0, []
    for phonemes, own, free in zip(sung, least, room, strict=True):
        wished = round(wanted_s.get(number, 0.0) * QUERY_RATE_HZ)
        onsets.append(min(max(wished, own), free) if own else 0)
        number += phonemes != (PAUSE,)
    return _split(score, sung, onsets)


def _split(score: Score, sung: Sequence[tuple[str, ...]], onsets: Sequence[int]) -> list[list[int]]:
    """Lengths of phonemes where consonants have these."""
    return [
        [own, note.frame_length - taken][-len(phonemes) :]
        for note, phonemes, own, taken in zip(score.notes, sung, onsets, [*onsets[1:], 0], strict=True)
    ]

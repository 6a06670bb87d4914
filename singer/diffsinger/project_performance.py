"""A ``.ds`` project as a performance for whatever voice is to sing it: the document that can be edited and told on a timeline."""

from __future__ import annotations

from singer.cancel import CancelToken
from singer.diffsinger.bank_singer import BankSinger
from singer.diffsinger.sing import SingOptions, completed
from singer.diffsinger.song import DsSong, at_segment, check_segments, sung_by
from singer.diffsinger.to_performance import to_performance
from singer.errors import Cancelled, SingerError
from singer.performance.performance import Performance
from singer.voice import Voice


def project_performance(
    song: DsSong, voice: Voice, *, seed: int = 0, cancel: CancelToken | None = None
) -> tuple[Performance, tuple[str, ...]]:
    """A performance of a project, and warnings of what it leaves out.

    Args:
        song: the project.
        voice: who will sing. An imported bank predicts the lengths and the pitch that the project leaves out, and the performance
            names its phonemes; one of the engine's own voices needs them given.
        seed: names the noise of the predictions, for segments without a seed.
        cancel: looked at before every model.

    Raises:
        ScoreError, VoicebankError, ModelError: as ``to_performance`` and ``sing_segment``; ``where`` names the segment.
        Cancelled: asked to stop.
    """
    singer = voice.imported
    if not isinstance(singer, BankSinger):
        return to_performance(song.segments, voice.name, song.title)
    check_segments(song, singer.bank)
    told = []
    for place, segment in enumerate(song.segments):
        try:
            told.append(completed(sung_by(segment, singer.mix), singer.bank, SingOptions(seed=seed), cancel))
        except Cancelled:
            raise
        except SingerError as error:
            raise at_segment(error, place) from error
    return to_performance(told, voice.name, song.title, singer.bank)

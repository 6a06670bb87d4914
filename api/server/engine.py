"""What a running server is made of, opened and closed together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from api.server.free_memory import give_back_when_idle
from api.server.jobs.runner import JobRunner, JobSinging
from api.server.jobs.store import JobStore
from api.server.live.show import Show, ShowOptions
from api.server.metrics import Metrics
from api.server.problems import RequestError
from api.server.security import Caller, Guard, read_tokens
from api.server.settings import ServerSettings
from api.server.songs import check_size
from api.server.stream.session import Services
from api.server.stream.stream import Stream
from api.server.voices import Terms, VoicePool
from api.server.warm_up import warm_up
from api.server.workers import Workers
from api.settings import read_settings

_LOG = logging.getLogger(__name__)


@dataclass
class Engine:
    """A server's parts.

    Attributes:
        settings: how it runs.
        voices, workers, metrics, guard: who sings, the threads, the counts, who may ask.
        jobs, runner: the jobs, and what sings them.
        show: the live show, if there is one.
        file_reader: a thread that reads score files, one after the other: a damaged one may take half a minute, in which the
            threads that sing must not stand.
        streams, connections: how many are open.
    """

    settings: ServerSettings
    voices: VoicePool
    workers: Workers
    metrics: Metrics
    guard: Guard
    jobs: JobStore
    runner: JobRunner
    show: Show | None
    file_reader: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "file-reader"))
    streams: int = 0
    connections: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Load and try the default voice, begin with the jobs and the show."""
        await asyncio.to_thread(lambda: warm_up(self.voices.get(None)))
        self.runner.start(self.settings.job_threads)
        giving_back = give_back_when_idle(lambda: self.workers.finished)
        self._tasks.append(asyncio.create_task(giving_back, name="memory"))
        if self.show is not None:
            self._tasks.append(asyncio.create_task(self.show.run(), name="show"))

    async def close(self) -> None:
        """End everything; jobs under way are left to the next server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with ThreadPoolExecutor(
            1
        ) as pool:  # the runner waits for the workers, so the workers go on until it has left
            leaving = pool.submit(self.runner.close)
            leaving.result()
        self.file_reader.shutdown(cancel_futures=True)
        self.workers.close()
        self.jobs.close()

    def services(self, caller: Caller) -> Services:
        """What a stream of ``caller`` may use."""
        return Services(
            voice=self.voices.get,
            credit=self.voices.credit,
            workers=self.workers,
            admit=lambda: self._admit(caller),
            leave=lambda: self._leave(caller),
            ended=self._ended,
            largest_message=self.settings.largest_message_bytes,
            check_song=self.check_song,
        )

    def check_song(self, song: object) -> None:
        """Refuse a song beyond the server's limits; raises ``RequestError``."""
        check_size(song, self.settings.most_notes, self.settings.longest_song_s)

    @contextlib.contextmanager
    def connection(self) -> Iterator[None]:
        """Count a WebSocket; raises ``RequestError``, ``busy``."""
        if self.connections >= self.settings.most_connections:
            raise RequestError("busy", "the server has as many connections as it can; try again later")
        self.connections += 1
        try:
            yield
        finally:
            self.connections -= 1

    def _admit(self, caller: Caller) -> bool:
        if self.streams >= self.settings.most_streams:
            return False
        try:
            self.guard.enter(caller)
        except RequestError:
            return False
        self.streams += 1
        return True

    def _leave(self, caller: Caller) -> None:
        self.streams -= 1
        self.guard.leave(caller)

    def _ended(self, stream: Stream) -> None:
        self.metrics.stream_ends.inc()
        self.metrics.underruns.inc(stream.underruns)
        self.metrics.audio_s.inc(stream.position / stream.work.sample_rate_hz)
        if stream.first_audio_s is not None:
            self.metrics.first_audio_s.observe(stream.first_audio_s)


def open_engine(settings: ServerSettings) -> Engine:
    """A server's parts, ready to be started; raises ``SingerError``."""
    folders = read_settings().voice_folders
    tokens = None if settings.tokens_file is None else read_tokens(settings.tokens_file)
    terms = Terms(tuple(settings.uses), tuple(settings.permitted_voices))
    voices = VoicePool(folders, settings.default_voice, terms=terms)
    workers, metrics = Workers(settings.render_threads), Metrics()
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    jobs = JobStore(settings.jobs_url, settings.most_jobs)
    keep_s = 3_600.0 * settings.keep_jobs_hours
    singing = JobSinging(
        voices.get,
        workers,
        lambda song: check_size(song, settings.most_notes, settings.longest_song_s),
        lambda name: voices.credit(name).attribution,
    )
    runner = JobRunner(jobs, singing, settings.data_folder / "jobs", keep_s=keep_s)
    engine = Engine(
        settings, voices, workers, metrics, Guard(tokens, settings.allowed_origins), jobs, runner, None
    )
    engine.show = _show(settings, voices, workers)
    metrics.watch("singer_streams", "Open streams.", lambda: engine.streams)
    metrics.watch("singer_connections", "Open WebSockets.", lambda: engine.connections)
    metrics.watch("singer_work_waiting", "Pieces of work that wait for a thread.", lambda: workers.waiting)
    metrics.watch("singer_jobs_queued", "Jobs that wait.", lambda: jobs.counts("queued"))
    metrics.watch("singer_jobs_running", "Jobs that are sung.", lambda: jobs.counts("running"))
    return engine


def engine_of(connection: HTTPConnection) -> Engine:
    """The engine of the server that a request has reached."""
    engine: Any = connection.app.state.engine
    if not isinstance(engine, Engine):
        raise RequestError("busy", "the server is starting; try again in a moment")
    return engine


def _show(settings: ServerSettings, voices: VoicePool, workers: Workers) -> Show | None:
    if settings.show_folder is None:
        return None
    state_path: Path = settings.data_folder / "show.json"
    credit = voices.credit(settings.show_voice)
    options = ShowOptions(settings.show_folder, tuple(settings.show_filler), state_path, credit=credit)
    return Show(options, voices.get(settings.show_voice), workers)

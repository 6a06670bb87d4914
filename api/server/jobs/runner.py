"""Sings jobs: phrases go to a cache on disk as they are complete, the sound appears whole, and only then a job is done.

Whatever the moment at which a server is killed, the next one finds finished phrases in the cache and a finished file under
its name, and does only what is left.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from api.reporting import as_singer_error
from api.server.encoders import encoder_for
from api.server.jobs.store import MOST_ATTEMPTS, Job, JobStore
from api.server.problems import problem_of
from api.server.songs import SingBody, prepared
from api.server.workers import WHENEVER_S, Workers
from api.songs import Singing, chunks_of
from frontend_g2p.errors import ReadingError
from singer.cancel import CancelToken
from singer.errors import Cancelled, ModelError, SingerError
from singer.phrase_cache import PhraseCache
from singer.render import RenderOptions, output_samples
from singer.voice import Voice

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")

LOOK_S = 0.5
"""How often it is looked for jobs that nobody has told of."""
RENEW_S = 1.5
TIDY_S = 600.0


@dataclass(frozen=True, slots=True)
class JobSinging:
    """What jobs are sung with.

    Attributes:
        voice: gives the voice of a name, for the uses that are named.
        workers: the threads.
        check: refuses songs beyond the server's limits.
        attribution: the words that name the singer of a name, for the metadata of the sound.
    """

    voice: Callable[[str | None, Sequence[str]], Voice]
    workers: Workers
    check: Callable[[object], None]
    attribution: Callable[[str | None], str]


class _Held:
    """A job that is sung here, as long as its lease is renewed."""

    def __init__(
        self, job: Job, name: str, store: JobStore, workers: Workers, closed: threading.Event
    ) -> None:
        self.job, self.name = job, name
        self._store, self._workers, self._closed = store, workers, closed
        self._progress, self._sung_phrases, self._told_phrases = 0.0, 0, 0
        self._renewed_s = time.monotonic()

    def worked(self, work: Callable[[], Result]) -> Result:
        """What ``work`` gives, done by a worker; the lease is renewed while that takes its time.

        Raises:
            Cancelled: the server is closed, or the job is not ours any more.
        """
        try:
            future = self._workers.submit(work, WHENEVER_S)
        except RuntimeError as error:  # the workers are closed
            raise Cancelled from error
        while not wait([future], RENEW_S).done:
            try:
                self.renew()
            except Cancelled:
                future.cancel()
                raise
        if future.cancelled():
            raise Cancelled
        return future.result()

    def tell(self, progress: float, sung_phrases: int) -> None:
        """So much is sung; raises as ``renew``."""
        self._progress, self._sung_phrases = progress, sung_phrases
        if sung_phrases > self._told_phrases or time.monotonic() - self._renewed_s > RENEW_S:
            self.renew()

    def renew(self) -> None:
        """Keep the lease; raises ``Cancelled`` if the server is closed, or the job is not ours any more."""
        new = self._sung_phrases - self._told_phrases
        if self._closed.is_set() or not self._store.renew(self.job.id, self.name, self._progress, new):
            raise Cancelled
        self._told_phrases, self._renewed_s = self._sung_phrases, time.monotonic()


class JobRunner:
    """Threads that sing jobs one after the other; the singing itself is done by the workers, after all that is urgent."""

    def __init__(self, store: JobStore, singing: JobSinging, folder: Path, *, keep_s: float) -> None:
        self._store, self._singing = store, singing
        self._folder, self._keep_s = folder, keep_s
        self._name = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._cache_folder = folder / "phrases"
        self._closed, self._told = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, threads: int) -> None:
        """Begin to look for jobs."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in range(threads):
            name = f"{self._name}-{number}"
            thread = threading.Thread(target=self._run, args=(name,), name=f"jobs-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def tell(self) -> None:
        """There is a new job."""
        self._told.set()

    def close(self) -> None:
        """Leave the jobs under way to the next server, and end."""
        self._closed.set()
        self._told.set()
        for thread in self._threads:
            thread.join()

    def audio_of(self, job: Job) -> Path:
        """Where the sound of a job is when it is done."""
        return self._folder / f"{job.id}.{job.kind}"

    def _run(self, name: str) -> None:
        tidied_s = -TIDY_S
        while not self._closed.is_set():
            try:
                if time.monotonic() - tidied_s >= TIDY_S:
                    tidied_s = time.monotonic()
                    self._tidy()
                job = self._store.claim(name)
                if job is not None:
                    self._do(job, name)
                    continue
            except SQLAlchemyError:
                _LOG.exception("the database of jobs did not answer")
            self._told.wait(LOOK_S)
            self._told.clear()

    def _do(self, job: Job, name: str) -> None:
        try:
            if job.attempts > MOST_ATTEMPTS:
                message = f"begun {MOST_ATTEMPTS} times without getting on; the server does not try it again"
                raise ModelError("job_gives_up", message)
            if not self.audio_of(job).exists():
                self._sing(_Held(job, name, self._store, self._singing.workers, self._closed))
            if not self._store.end(job.id, name, "done") and not self._store.is_kept(job.id):
                self.audio_of(job).unlink(missing_ok=True)  # it was removed when its sound was just complete
        except Cancelled:
            self._store.release(job.id, name)
        except (SingerError, ReadingError) as error:
            self._store.end(job.id, name, "failed", problem_of(as_singer_error(error)).model_dump_json())
        except SQLAlchemyError:
            raise
        except Exception:
            _LOG.exception("job %s failed", job.id)
            failure = ModelError("internal", "the server failed; its log says how")
            self._store.end(job.id, name, "failed", problem_of(failure).model_dump_json())

    def _sing(self, held: _Held) -> None:
        job, singing = held.job, self._singing
        body = SingBody.model_validate(json.loads(job.request))
        asked = body.voice or body.named_voice
        voice = held.worked(lambda: singing.voice(asked, body.use))
        song = held.worked(lambda: prepared(body, voice, singing.check))
        cancel, cache = CancelToken(), PhraseCache(memory_bytes=64_000_000, folder=self._cache_folder)
        options = RenderOptions(sample_rate_hz=body.sample_rate, seed=body.seed)
        total = output_samples(song.performance, voice, options)
        encoder = encoder_for(job.kind, total, options.rate_of(voice), singing.attribution(asked))
        chunks = chunks_of(song, voice, Singing(options, cache, cancel))
        unfinished = self._folder / f"{job.id}.{held.name}.part"
        sung = 0
        try:
            with unfinished.open("wb") as file:
                while (chunk := held.worked(lambda: next(chunks, None))) is not None:
                    file.write(encoder.run(chunk.samples))
                    sung += len(chunk.samples)
                    held.tell(sung / max(total, 1), cache.misses)
                file.write(encoder.finish())
                file.flush()
                os.fsync(file.fileno())
            held.renew()
            unfinished.replace(self.audio_of(job))
        finally:
            cancel.cancel()
            unfinished.unlink(missing_ok=True)

    def _tidy(self) -> None:
        """Remove old jobs and their sound, and what a killed server has left."""
        for id in self._store.forget(time.time() - self._keep_s):
            for path in self._folder.glob(f"{id}.*"):
                path.unlink(missing_ok=True)
        for path in self._folder.glob("*.part"):
            if time.time() - path.stat().st_mtime > 3_600:
                path.unlink(missing_ok=True)

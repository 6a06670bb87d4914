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
from collections.abc import Callable
from concurrent.futures import CancelledError as FutureCancelled
from pathlib import Path
from typing import TypeVar

from api.reporting import as_singer_error
from api.server.encoders import encoder_for
from api.server.jobs.store import Job, JobStore
from api.server.problems import problem_of
from api.server.songs import SingBody, prepared
from api.server.workers import WHENEVER_S, Workers
from frontend_g2p.errors import ReadingError
from singer.cancel import CancelToken
from singer.errors import Cancelled, ModelError, SingerError
from singer.phrase_cache import PhraseCache
from singer.render import RenderOptions, output_samples, stream
from singer.voice import Voice

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")

LOOK_S = 0.5
"""How often it is looked for jobs that nobody has told of."""
RENEW_S = 1.5
TIDY_S = 600.0


class JobRunner:
    """Threads that sing jobs one after the other; the singing itself is done by the workers, after all that is urgent."""

    def __init__(
        self,
        store: JobStore,
        voice: Callable[[str | None], Voice],
        workers: Workers,
        folder: Path,
        *,
        keep_s: float,
    ) -> None:
        self._store, self._voice, self._workers = store, voice, workers
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
        tidied_s = 0.0
        while not self._closed.is_set():
            if time.monotonic() - tidied_s > TIDY_S or not tidied_s:
                self._tidy()
                tidied_s = time.monotonic()
            job = self._store.claim(name)
            if job is None:
                self._told.wait(LOOK_S)
                self._told.clear()
                continue
            self._do(job, name)

    def _do(self, job: Job, name: str) -> None:
        try:
            if not self.audio_of(job).exists():
                self._sing(job, name)
            self._store.end(job.id, name, "done")
        except Cancelled:
            _LOG.info("job %s was left", job.id)
        except (SingerError, ReadingError) as error:
            self._store.end(job.id, name, "failed", problem_of(as_singer_error(error)).model_dump_json())
        except Exception:
            _LOG.exception("job %s failed", job.id)
            failure = ModelError("internal", "the server failed; its log says how")
            self._store.end(job.id, name, "failed", problem_of(failure).model_dump_json())

    def _sing(self, job: Job, name: str) -> None:
        body = SingBody.model_validate(json.loads(job.request))
        voice = self._voice(body.voice or body.named_voice)
        song = self._worked(lambda: prepared(body, voice))
        cancel, cache = CancelToken(), PhraseCache(memory_bytes=64_000_000, folder=self._cache_folder)
        options = RenderOptions(sample_rate_hz=body.sample_rate, seed=body.seed)
        total = output_samples(song.performance, voice, options)
        encoder = encoder_for(job.kind, total, options.rate_of(voice))
        chunks = stream(song.performance, voice, options=options, cancel=cancel, cache=cache)
        unfinished = self._folder / f"{job.id}.{name}.part"
        sung, known, renewed_s = 0, 0, time.monotonic()
        try:
            with unfinished.open("wb") as file:
                while (chunk := self._worked(lambda: next(chunks, None))) is not None:
                    file.write(encoder.run(chunk.samples))
                    sung += len(chunk.samples)
                    if time.monotonic() - renewed_s > RENEW_S or cache.misses > known:
                        self._go_on(job, name, sung / max(total, 1), cache.misses - known)
                        known, renewed_s = cache.misses, time.monotonic()
                file.write(encoder.finish())
                file.flush()
                os.fsync(file.fileno())
            self._go_on(job, name, 1.0, cache.misses - known)
            unfinished.replace(self.audio_of(job))
        finally:
            unfinished.unlink(missing_ok=True)

    def _go_on(self, job: Job, name: str, progress: float, rendered: int) -> None:
        if self._closed.is_set() or not self._store.renew(job.id, name, progress, rendered):
            raise Cancelled

    def _worked(self, work: Callable[[], Result]) -> Result:
        try:
            return self._workers.submit(work, WHENEVER_S).result()
        except (RuntimeError, FutureCancelled) as error:
            raise Cancelled from error

    def _tidy(self) -> None:
        """Remove old jobs and their sound, and what a killed server has left."""
        for id in self._store.forget(time.time() - self._keep_s):
            for path in self._folder.glob(f"{id}.*"):
                path.unlink(missing_ok=True)
        for path in self._folder.glob("*.part"):
            if time.time() - path.stat().st_mtime > 3_600:
                path.unlink(missing_ok=True)

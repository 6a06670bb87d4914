"""The jobs in a database: SQLite by default, any that SQLAlchemy knows.

A job belongs to the runner that holds its lease. The lease is renewed while the job is sung; when a server is killed it runs
out, and another runner, or the same server after its restart, takes the job over.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import (
    Engine,
    String,
    Text,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from api.server.problems import RequestError
from singer.errors import OutputError

State = Literal["queued", "running", "done", "failed", "cancelled"]
LEASE_S = 6.0
MOST_ATTEMPTS = 25
"""A job that was claimed so often without getting on is what kills its servers."""
MOST_LISTED = 1_000


class _Base(DeclarativeBase):
    pass


class Job(_Base):
    """One job.

    Attributes:
        id: names it.
        owner: name of the token that made it; "" without tokens.
        key: the maker's own name for it: the same key gives the same job.
        state: where it stands.
        request: what is to be sung, JSON.
        kind: wav, flac or mp3.
        progress: 0 to 1.
        rendered: phrases that were sung for it; those from the cache do not count.
        error: the problem that ended it, JSON.
        created_s, ended_s: seconds since 1970.
        runner, lease_s: who sings it, and until when it is that runner's.
        attempts: how often it was claimed since a phrase of it was last complete.
    """

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("owner", "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), index=True)
    key: Mapped[str | None] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(String(16), index=True)
    request: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(8))
    progress: Mapped[float] = mapped_column(default=0.0)
    rendered: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    created_s: Mapped[float]
    ended_s: Mapped[float | None]
    runner: Mapped[str | None] = mapped_column(String(64))
    lease_s: Mapped[float] = mapped_column(default=0.0)
    attempts: Mapped[int] = mapped_column(default=0)


class JobStore:
    """The jobs; safe to share between threads and processes."""

    def __init__(self, url: str, most_unfinished: int = MOST_LISTED) -> None:
        """Open the database and make its table.

        Args:
            url: of the database, as SQLAlchemy has it.
            most_unfinished: jobs of one owner that wait or are sung.

        Raises:
            OutputError: it cannot be reached.
        """
        self._most_unfinished = most_unfinished
        try:
            self._engine = create_engine(url, pool_pre_ping=True)
            if url.startswith("sqlite"):
                event.listen(self._engine, "connect", _prepare_sqlite)
            _make_table(self._engine)
        except (SQLAlchemyError, ImportError) as error:
            raise OutputError(
                "database", f"the database of jobs cannot be opened: {error}", _shown(url)
            ) from error

    @property
    def engine(self) -> Engine:
        """The database."""
        return self._engine

    def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            with self._session() as session:
                session.execute(select(1))
        except SQLAlchemyError:
            return False
        return True

    def add(self, owner: str, request: str, kind: str, key: str | None) -> Job:
        """A new job, or the one that ``owner`` has given the same key.

        Raises:
            RequestError: ``job_key``, the key belongs to a job with another request; ``queue_full``, the owner has as many jobs
                as one may have.
        """
        if self._unfinished(owner) >= self._most_unfinished and not (key and self._of_key(owner, key)):
            message = f"{self._most_unfinished} jobs wait or are sung; add more when some are done"
            raise RequestError("queue_full", message)
        job = Job(
            id=uuid.uuid4().hex, owner=owner, key=key, state="queued", request=request, kind=kind, created_s=time.time()
        )  # fmt: skip
        try:
            with self._session() as session:
                session.add(job)
                session.commit()
                return job
        except IntegrityError:
            there = self._of_key(owner, key)
            if there is None:  # it was removed meanwhile
                return self.add(owner, request, kind, key)
            if (there.request, there.kind) != (request, kind):
                message = "this key was given to a job with another request; take a new one"
                raise RequestError("job_key", message, "Idempotency-Key") from None
            return there

    def _of_key(self, owner: str, key: str | None) -> Job | None:
        with self._session() as session:
            return session.scalars(select(Job).where(Job.owner == owner, Job.key == key)).one_or_none()

    def _unfinished(self, owner: str) -> int:
        waiting = (Job.owner == owner) & Job.state.in_(("queued", "running"))
        with self._session() as session:
            return session.scalar(select(func.count()).select_from(Job).where(waiting)) or 0

    def get(self, id: str, owner: str) -> Job:
        """A job of ``owner``; raises ``RequestError``, ``no_such_job``."""
        with self._session() as session:
            job = session.get(Job, id)
        if job is None or job.owner != owner:
            raise RequestError("no_such_job", f'there is no job "{id[:40]}"', "id")
        return job

    def list(self, owner: str) -> Sequence[Job]:
        """The jobs of ``owner``, the newest first."""
        with self._session() as session:
            found = select(Job).where(Job.owner == owner).order_by(Job.created_s.desc()).limit(MOST_LISTED)
            return session.scalars(found).all()

    def counts(self, state: State) -> int:
        """How many jobs are in a state."""
        with self._session() as session:
            return session.scalar(select(func.count()).select_from(Job).where(Job.state == state)) or 0

    def claim(self, runner: str) -> Job | None:
        """The oldest job that waits, or whose runner is gone, now ``runner``'s; ``None`` if there is none."""
        now_s = time.time()
        free = or_(Job.state == "queued", (Job.state == "running") & (Job.lease_s < now_s))
        with self._session() as session:
            for id in session.scalars(select(Job.id).where(free).order_by(Job.created_s).limit(10)).all():
                taken = session.execute(
                    update(Job)
                    .where(Job.id == id, free)
                    .values(
                        state="running", runner=runner, lease_s=now_s + LEASE_S, attempts=Job.attempts + 1
                    )
                )
                session.commit()
                if taken.rowcount == 1:  # type: ignore[attr-defined]
                    return session.get(Job, id)
        return None

    def renew(self, id: str, runner: str, progress: float, rendered: int = 0) -> bool:
        """Go on with a job; ``False`` if it is not ``runner``'s any more, or was cancelled."""
        told: dict[str, object] = {"attempts": 0, "rendered": Job.rendered + rendered} if rendered else {}
        return self._own(id, runner, progress=progress, lease_s=time.time() + LEASE_S, **told)

    def end(self, id: str, runner: str, state: State, error: str | None = None) -> bool:
        """A job has ended; ``False`` if it was not ``runner``'s any more."""
        done = {"progress": 1.0} if state == "done" else {}
        return self._own(id, runner, state=state, error=error, ended_s=time.time(), **done)

    def release(self, id: str, runner: str) -> bool:
        """Leave a job to whoever claims it next; ``False`` if it was not ``runner``'s any more."""
        return self._own(id, runner, state="queued", lease_s=0.0)

    def is_kept(self, id: str) -> bool:
        """Whether the job was not removed."""
        with self._session() as session:
            return session.get(Job, id) is not None

    def cancel(self, id: str, owner: str) -> None:
        """Remove a job of ``owner``, whatever its state; raises ``RequestError``."""
        self.get(id, owner)
        with self._session() as session:
            session.execute(delete(Job).where(Job.id == id))
            session.commit()

    def forget(self, ended_before_s: float) -> Sequence[str]:
        """Remove jobs that ended before a time; returns their ids."""
        with self._session() as session:
            old = session.scalars(select(Job.id).where(Job.ended_s < ended_before_s)).all()
            session.execute(delete(Job).where(Job.id.in_(old)))
            session.commit()
            return old

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _own(self, id: str, runner: str, **values: object) -> bool:
        with self._session() as session:
            mine = (Job.id == id, Job.runner == runner, Job.state == "running")
            changed = session.execute(update(Job).where(*mine).values(**values))
            session.commit()
            return bool(changed.rowcount == 1)  # type: ignore[attr-defined]

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)


def _make_table(engine: Engine) -> None:
    """Make the table unless it is there; another server that starts now may make it in the same moment."""
    try:
        _Base.metadata.create_all(engine)
    except OperationalError:
        _Base.metadata.create_all(engine)


def _prepare_sqlite(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _shown(url: str) -> str:
    """A URL without its password."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "database_url"

"""What a job's function holds while it works: its steps, its counts, and the question whether to go on."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, connection

from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import writing
from keqiao.platform.clock import now
from keqiao.platform.jobs.models import Job

log = logging.getLogger("keqiao.jobs")

#: Seconds between two writes of progress.
WRITE_EVERY = 0.5
#: Seconds between two beats of a job that does not advance.
BEAT_EVERY = 10.0


class Cancelled(Exception):
    """The user asked to cancel the job; raised by `Working.advance` and `Working.step`."""


class Interrupted(Exception):
    """The worker is to stop; the job goes back to the queue."""


class Lost(Exception):
    """Another worker has taken the job up, or it is gone; this one must leave it alone."""


class Working:
    """A job at work. ``payload`` is what it was enqueued with, ``actor`` who enqueued it."""

    def __init__(self, job: Job, stop: threading.Event | None = None) -> None:
        self.id: int = job.pk
        self.payload: dict[str, Any] = job.payload
        self.actor = actor_of(job)
        self._mine = {"pk": job.pk, "state": "running", "worker": job.worker, "attempts": job.attempts}
        self._stop = stop
        self._steps: list[dict[str, Any]] = []
        self._name, self._done, self._total = "", 0, 0
        self._began = self._wrote = time.monotonic()

    def step(self, name: str, total: int = 0) -> None:
        """Begin a step; the one before is kept with its time. ``name`` is ``中文|English``, ``total`` what it counts to."""
        self._close()
        self._name, self._done, self._total = name, 0, total
        self._save()

    def advance(self, n: int = 1) -> None:
        """Count ``n`` more of the step. Raises `Cancelled` where the user asked for it, at most `WRITE_EVERY` late."""
        self._done += n
        if time.monotonic() - self._wrote >= WRITE_EVERY:
            self._save()

    def steps(self) -> list[dict[str, Any]]:
        """All steps with their seconds and counts, the present one closed."""
        self._close()
        return self._steps

    def _close(self) -> None:
        if self._name:
            self._steps.append({"name": self._name, "seconds": round(time.monotonic() - self._began, 1), "count": self._done})
        self._name, self._began = "", time.monotonic()

    def _save(self) -> None:
        self._wrote = time.monotonic()
        if self._stop is not None and self._stop.is_set():
            raise Interrupted
        if writing():
            # Inside a write nothing of the job is written: it would wait for, or be undone with, the write itself.
            if Job.objects.filter(pk=self.id, cancel_asked=True).exists():
                raise Cancelled
            return
        found = Job.objects.filter(**self._mine)
        if not found.update(
            steps=self._steps, step=self._name, done=self._done, total=self._total, beat=now()
        ):
            raise Lost
        if found.filter(cancel_asked=True).exists():
            raise Cancelled


def actor_of(job: Job) -> Actor:
    """Who enqueued the job, or the site itself for scheduled ones."""
    member = job.membership
    return Actor(system_task=True) if member is None else Actor(member.user, member, request_id=f"job {job.pk}")


class Heart:
    """A thread that says every few seconds that the job is alive, for work that goes long without advancing."""

    def __init__(self, job: Job, every: float = BEAT_EVERY) -> None:
        self._mine = {"pk": job.pk, "state": "running", "worker": job.worker, "attempts": job.attempts}
        self._every, self._over = every, threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heart of job {job.pk}", daemon=True)

    def __enter__(self) -> Heart:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=1)

    def _beat(self) -> None:
        try:
            while not self._over.wait(self._every):
                try:
                    Job.objects.filter(**self._mine).update(beat=now())
                except DatabaseError as error:  # a long write holds the database, or it restarts
                    log.info("job %s: no beat: %s", self._mine["pk"], error)
        finally:
            connection.close()


def beat_limit() -> dt.timedelta:
    """How long a running job may be without a beat before it is taken up again: setting ``jobs_stale_seconds``, 60."""
    from django.conf import settings

    return dt.timedelta(seconds=float(str(settings.HOME.settings.get("jobs_stale_seconds", 60))))

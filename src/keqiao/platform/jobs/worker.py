"""The worker: takes jobs from the queue one after the other, and takes up again what another left behind."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import socket
import threading
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Q

from keqiao.errors import KeqiaoError
from keqiao.platform.clock import now
from keqiao.platform.jobs import registry, services
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.working import Cancelled, Heart, Interrupted, Lost, Working, beat_limit

log = logging.getLogger("keqiao.jobs")

ATTEMPTS = 3
#: Seconds between two looks at an empty queue.
PAUSE = 1.0
_LOCK = 0x4B52  # the advisory lock of PostgreSQL under which jobs are claimed
_BROKEN = {
    "zh": "这项任务中断了 3 次，没有做完，也没有留下半成品。请告诉管理员任务编号 {id}。",
    "en": "This job broke off 3 times; it is not done and left nothing half-done. Tell your administrator its number {id}.",
}


def run_jobs(*, once: bool = False, name: str = "", stop: threading.Event | None = None, pause: float = PAUSE) -> int:
    """Do jobs until ``stop`` is set, or with ``once`` until none is due; returns how many were done.

    ``name`` tells workers apart; two must not have the same.
    """
    name = name or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    done = 0
    while stop is None or not stop.is_set():
        if not connection.in_atomic_block:
            close_old_connections()
        try:
            job = claim(name)
        except DatabaseError as error:  # the database restarts or is held: wait for it
            if once:
                raise
            log.warning("the queue cannot be read: %s", error)
            job = None
        if job is not None:
            _do(job, stop)
            done += 1
        elif once:
            break
        elif stop is None or not stop.wait(pause):
            if stop is None:
                threading.Event().wait(pause)
    return done


def claim(name: str) -> Job | None:
    """Take the next job that is due: one short write, so that two workers never take the same."""
    _give_up_lost()
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        moment = now()
        lost = Q(state="running") & (Q(beat__isnull=True) | Q(beat__lt=moment - beat_limit()))
        held = Job.objects.filter(state="running").exclude(lost).exclude(lock="").values("lock")
        due = Q(state="waiting") & (Q(not_before__isnull=True) | Q(not_before__lte=moment))
        job = Job.objects.filter(due | lost, attempts__lt=ATTEMPTS).exclude(lock__in=held).order_by("id").first()
        if job is None:
            return None
        job.state, job.worker, job.beat = "running", name, moment
        job.attempts += 1
        job.started_at = job.started_at or moment
        job.steps, job.step, job.done, job.total = [], "", 0, 0
        job.save(update_fields=["state", "worker", "beat", "attempts", "started_at", "steps", "step", "done", "total"])
    return Job.objects.select_related("membership__user", "membership__office", "membership__enterprise").get(pk=job.pk)


def _give_up_lost() -> None:
    """End jobs that broke off too often."""
    limit = now() - beat_limit()
    for job in Job.objects.filter(state="running", beat__lt=limit, attempts__gte=ATTEMPTS):
        services.end(job, "failed", problem={k: v.format(id=job.pk) for k, v in _BROKEN.items()})


def _do(job: Job, stop: threading.Event | None) -> None:
    """Do one job and write how it ended; nothing that happens in it ends the worker."""
    working = Working(job, stop)
    try:
        with Heart(job):
            state, result, problem = _outcome(job, working)
        if state:
            services.end(job, state, result=result, problem=problem, steps=working.steps())
    except Lost:
        log.warning("job %s was taken up by another worker", job.pk)
    except Interrupted:
        mine = Job.objects.filter(pk=job.pk, state="running", worker=job.worker, attempts=job.attempts)
        mine.update(state="waiting", worker="", attempts=job.attempts - 1, step="")
    except DatabaseError:
        log.exception("job %s: its end could not be written; it is taken up again", job.pk)


def _outcome(job: Job, working: Working) -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
    kind = registry.find(job.kind)
    if kind is None:
        return "failed", {}, {"zh": f"没有“{job.kind}”这种任务。", "en": f"There is no kind of job {job.kind!r}."}
    try:
        if job.cancel_asked:
            raise Cancelled
        return "done", kind.work(working) or {}, {}
    except Cancelled:
        return "cancelled", {}, {}
    except (Interrupted, Lost):
        raise
    except KeqiaoError as error:
        return "failed", {}, {"zh": error.zh, "en": error.en}
    except Exception as error:
        return "failed", {}, _told(job, error)


def _told(job: Job, error: Exception) -> dict[str, str]:
    """A sentence for what was not foreseen: the cause where it is known, else a number that the log has too."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("job %s: the disk is full", job.pk)
        return {
            "zh": "服务器的磁盘满了，这项任务没有做完，已有的数据没有变。请管理员腾出空间后再试。",
            "en": "The server's disk is full. The job is not done and no data has changed. Try again when there is room.",
        }
    number = secrets.token_hex(3).upper()
    log.error("job %s (%s) failed, number %s", job.pk, job.kind, number, exc_info=error)
    return {
        "zh": f"这项任务没有做完，已有的数据没有变。再试一次；若仍不行，告诉我们编号 {number}。",
        "en": f"The job is not done and no data has changed. Try again; if it fails again, quote the number {number}.",
    }

"""Writing jobs: into the queue, asked to cancel, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import writing, written
from keqiao.platform.clock import now
from keqiao.platform.errors import Refused
from keqiao.platform.jobs import registry
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.working import actor_of


def enqueue(
    actor: Actor,
    kind: str,
    payload: Mapping[str, Any],
    *,
    lock: str = "",
    not_before: dt.datetime | None = None,
    every: dt.timedelta | None = None,
) -> Job:
    """Put a job into the queue; inside an open `written` it belongs to that write's event, else it makes its own.

    Two jobs with the same ``lock`` never run side by side. ``every`` runs it again after that time. Raises
    ValueError for a kind that nothing does.
    """
    if registry.find(kind) is None:
        raise ValueError(f"nothing does jobs of the kind {kind}")
    job = Job(kind=kind, payload=dict(payload), lock=lock, membership=actor.membership, not_before=not_before, every=every)
    if writing():
        job.save()
        return job
    with written(actor, "jobs:job:enqueue", kind=kind) as event:
        job.save()
        event.object = job
    return job


def schedule(kind: str, every: dt.timedelta, payload: Mapping[str, Any] | None = None) -> Job:
    """Make sure that the site does a kind of job again and again; returns the one that waits or runs."""
    found = Job.objects.filter(kind=kind, every__isnull=False, state__in=("waiting", "running")).first()
    return found or enqueue(Actor(system_task=True), kind, payload or {}, lock=kind, every=every)


def ask_to_cancel(actor: Actor, job: Job) -> None:
    """Ask a job to end: a waiting one at once, a running one at its next advance. Raises `Refused` for an ended one."""
    with written(actor, "jobs:job:cancel", job, kind=job.kind):
        waiting = Job.objects.filter(pk=job.pk, state="waiting").update(state="cancelled", cancel_asked=True, ended_at=now())
        if not waiting and not Job.objects.filter(pk=job.pk, state="running").update(cancel_asked=True):
            raise Refused("这项任务已经结束，不用取消。", "This job has ended already.")


def end(job: Job, state: str, *, result: Mapping[str, Any] | None = None, problem: Mapping[str, str] | None = None,
        steps: list[dict[str, Any]] | None = None) -> bool:  # fmt: skip
    """End a running job, and put its successor into the queue where it is a repeated one.

    False where the job is no longer this worker's; nothing is written then.
    """
    mine = Job.objects.filter(pk=job.pk, state="running", worker=job.worker, attempts=job.attempts)
    try:
        with written(actor_of(job), "jobs:job:end", job, kind=job.kind, state=state):
            changes: dict[str, Any] = {"state": state, "result": dict(result or {}), "problem": dict(problem or {}), "ended_at": now(), "step": ""}
            if steps is not None:
                changes["steps"] = steps
            if not mine.update(**changes):
                raise _Gone
            if job.every is not None and state != "cancelled":
                _again(job)
    except _Gone:
        return False
    return True


class _Gone(Exception):
    """Rolls back the event of a job that another worker has taken up."""


def _again(job: Job) -> None:
    """The next job of a repeated one; times that have passed meanwhile are left out."""
    assert job.every is not None
    following = (job.not_before or job.created_at) + job.every
    while following <= now():
        following += job.every
    Job.objects.create(
        kind=job.kind, payload=job.payload, lock=job.lock, membership=job.membership, not_before=following, every=job.every
    )

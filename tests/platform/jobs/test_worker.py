"""The queue: every job ends once, nothing is half-done, nobody waits for the dead."""

from __future__ import annotations

import datetime as dt
import errno
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.timezone import now

from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.errors import Refused
from keqiao.platform.jobs import registry, services, worker, working
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.worker import run_jobs
from keqiao.platform.jobs.working import Working

SITE = Actor(system_task=True)
pytestmark = pytest.mark.django_db


@pytest.fixture
def kind() -> Iterator[Callable[[Callable[[Working], Any]], str]]:
    """Declare the work of a kind for one test."""
    made: list[str] = []

    def declare(work: Callable[[Working], Any]) -> str:
        made.append(f"test:{len(made)}")
        registry.handles(made[-1], "试验", "trial")(work)
        return made[-1]

    yield declare
    for key in made:
        registry._kinds.pop(key)


def test_job_is_done_with_its_result_steps_and_events(kind: Any) -> None:
    def work(job: Working) -> dict[str, Any]:
        job.step("数|Counting", 3)
        job.advance(3)
        return {"seen": job.payload["n"]}

    job = services.enqueue(SITE, kind(work), {"n": 7})
    assert run_jobs(once=True) == 1
    job.refresh_from_db()
    assert (job.state, job.result, job.steps[0]["name"], job.steps[0]["count"]) == ("done", {"seen": 7}, "数|Counting", 3)
    assert list(Event.objects.order_by("number").values_list("tag", flat=True)) == ["jobs:job:enqueue", "jobs:job:end"]


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing does"):
        services.enqueue(SITE, "no:such", {})


def test_cancel_of_a_running_job_takes_effect_at_the_next_advance(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "WRITE_EVERY", 0)
    reached: list[int] = []

    def work(job: Working) -> dict[str, Any]:
        services.ask_to_cancel(SITE, Job.objects.get(pk=job.id))
        job.advance()
        reached.append(1)
        return {}

    job = services.enqueue(SITE, kind(work), {})
    run_jobs(once=True)
    job.refresh_from_db()
    assert (job.state, reached) == ("cancelled", [])


def test_waiting_job_is_cancelled_at_once_and_an_ended_one_not(kind: Any) -> None:
    job = services.enqueue(SITE, kind(lambda job: {}), {})
    services.ask_to_cancel(SITE, job)
    assert run_jobs(once=True) == 0
    with pytest.raises(Refused):
        services.ask_to_cancel(SITE, job)


def test_expected_error_is_kept_in_both_languages(kind: Any) -> None:
    def work(job: Working) -> dict[str, Any]:
        raise Refused("不行。", "No.")

    job = services.enqueue(SITE, kind(work), {})
    run_jobs(once=True)
    job.refresh_from_db()
    assert (job.state, job.problem) == ("failed", {"zh": "不行。", "en": "No."})


def test_unexpected_error_gives_a_number_that_the_log_has(kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    job = services.enqueue(SITE, kind(lambda job: 1 / 0), {})
    run_jobs(once=True)
    job.refresh_from_db()
    number = job.problem["en"].rsplit(" ", 1)[-1].rstrip(".")
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "division" not in job.problem["en"]


def test_full_disk_is_said_as_such(kind: Any) -> None:
    def work(job: Working) -> dict[str, Any]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    job = services.enqueue(SITE, kind(work), {})
    run_jobs(once=True)
    job.refresh_from_db()
    assert "磁盘满了" in job.problem["zh"]


def _abandon(job: Job, attempts: int) -> None:
    Job.objects.filter(pk=job.pk).update(
        state="running", worker="dead", attempts=attempts, beat=now() - dt.timedelta(seconds=61), lock="one"
    )


def test_job_of_a_dead_worker_is_taken_up_again(kind: Any) -> None:
    job = services.enqueue(SITE, kind(lambda job: {"again": True}), {})
    _abandon(job, 1)
    run_jobs(once=True)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result) == ("done", 2, {"again": True})


def test_job_that_broke_off_three_times_ends(kind: Any) -> None:
    job = services.enqueue(SITE, kind(lambda job: {}), {})
    _abandon(job, worker.ATTEMPTS)
    assert run_jobs(once=True) == 0
    job.refresh_from_db()
    assert job.state == "failed"
    assert str(job.pk) in job.problem["zh"]


def test_living_job_is_left_alone(kind: Any) -> None:
    job = services.enqueue(SITE, kind(lambda job: {}), {})
    Job.objects.filter(pk=job.pk).update(state="running", worker="alive", attempts=1, beat=now() - dt.timedelta(seconds=50))
    assert run_jobs(once=True) == 0


def test_worker_that_lost_its_job_writes_nothing(kind: Any) -> None:
    def work(job: Working) -> dict[str, Any]:
        Job.objects.filter(pk=job.id).update(worker="other", attempts=2)
        return {"mine": True}

    job = services.enqueue(SITE, kind(work), {})
    run_jobs(once=True)
    job.refresh_from_db()
    assert (job.state, job.result) == ("running", {})
    assert not Event.objects.filter(tag="jobs:job:end").exists()


def test_same_lock_never_runs_side_by_side(kind: Any) -> None:
    key = kind(lambda job: {})
    first, second = (services.enqueue(SITE, key, {}, lock="one") for _ in range(2))
    assert worker.claim("a") == first
    assert worker.claim("b") is None
    Job.objects.filter(pk=first.pk).update(state="done")
    assert worker.claim("b") == second


def test_repeated_job_is_enqueued_again_without_the_times_that_passed(kind: Any) -> None:
    key = kind(lambda job: {})
    job = services.schedule(key, dt.timedelta(days=1))
    Job.objects.filter(pk=job.pk).update(not_before=now() - dt.timedelta(days=3, hours=1))
    run_jobs(once=True)
    following = Job.objects.get(kind=key, state="waiting")
    assert dt.timedelta(0) < following.not_before - now() <= dt.timedelta(days=1)
    assert services.schedule(key, dt.timedelta(days=1)) == following


def test_enqueue_inside_a_write_belongs_to_its_event(kind: Any) -> None:
    from keqiao.platform.audit.services import written

    key = kind(lambda job: {})
    with written(SITE, "x:y:z"):
        services.enqueue(SITE, key, {})
    assert list(Event.objects.values_list("tag", flat=True)) == ["x:y:z"]

"""Who sees which job, and what of it."""

from __future__ import annotations

from typing import Any

import pytest

from keqiao.platform.jobs import services
from keqiao.platform.jobs.models import Job
from keqiao.platform.jobs.worker import run_jobs


@pytest.fixture
def job(town: Any, member: Any, acting: Any) -> Job:
    officer = member("authority", office=town["first_office"])
    return services.enqueue(acting(officer), "intake:tidy", {})


def test_colleagues_see_the_job_and_others_do_not(job: Job, town: Any, member: Any, logged_in: Any) -> None:
    def status(role: str, **scope: Any) -> int:
        return int(logged_in(member(role, **scope)).get(f"/jobs/{job.pk}").status_code)

    assert status("authority", office=town["first_office"]) == 200
    assert status("authority", office=town["second_office"]) == 404
    assert status("enterprise", enterprise=town["own"]) == 404
    assert status("system") == 200
    assert status("auditor") == 403


def test_panel_is_polled_while_it_runs_and_no_longer_at_the_end(job: Job, town: Any, member: Any, logged_in: Any) -> None:
    client = logged_in(member("authority", office=town["first_office"]))
    live = client.get(f"/jobs/{job.pk}", headers={"HX-Request": "true"})
    assert b"every 2s" in live.content
    assert "HX-Refresh" not in live.headers
    run_jobs(once=True)
    ended = client.get(f"/jobs/{job.pk}", headers={"HX-Request": "true"})
    assert b"every 2s" not in ended.content
    assert ended.headers["HX-Refresh"] == "true"


def test_system_administrator_sees_no_counts_and_no_problem(job: Job, member: Any, logged_in: Any) -> None:
    Job.objects.filter(pk=job.pk).update(state="failed", problem={"zh": "某企业的数不对", "en": "x"}, done=5, total=9)
    page = logged_in(member("system")).get(f"/jobs/{job.pk}").content.decode()
    assert "某企业" not in page
    assert "没有完成" in page


def test_list_and_cancel(job: Job, town: Any, member: Any, logged_in: Any) -> None:
    client = logged_in(member("authority", office=town["first_office"]))
    assert f"/jobs/{job.pk}" in client.get("/jobs").content.decode()
    assert client.post(f"/jobs/{job.pk}/cancel", {"back": "//evil.example"}).headers["Location"] == f"/jobs/{job.pk}"
    job.refresh_from_db()
    assert job.state == "cancelled"

"""From facts to reasons through the interface alone: write, run, read standings and traces."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keqiao.platform.assessments.models import Run
from keqiao.platform.jobs.worker import run_jobs

FACTS = [
    {"indicator": "职工人数", "year": 2025, "value": "96人"},
    {"indicator": "营业收入", "year": 2025, "value": "30000万元"},
    {"indicator": "资产总额", "year": 2025, "value": "8000万元"},
]


@pytest.fixture
def runs_folder(home: Path) -> Iterator[Path]:
    """The folder of runs, emptied before and after."""
    folder = home / "runs"
    for path in [*folder.iterdir()]:
        shutil.rmtree(path)
    yield folder
    for path in [*folder.iterdir()]:
        shutil.rmtree(path)


def test_from_facts_to_reasons(runs_folder: Path, town: Any, officer: Any, member: Any, caller: Any, day: dt.date) -> None:
    call, key = caller(officer), f"/enterprises/uscc/{town['own'].code}"
    assert call("put", f"{key}/facts", {"values": FACTS}, Idempotency_Key="1").status_code == 200
    started = call("post", "/runs", {"as_of": "2026-11-21", "year": 2025})
    assert started.status_code == 202
    assert started.json()["state"] == "waiting"
    where = started.headers["Location"].removeprefix("/api/v1")
    run_jobs(once=True)
    done = call("get", where).json()
    assert (done["state"], done["enterprises"]) == ("done", 1)
    assert {one["rule"] for one in done["rules"]} >= {"cn.tech_sme", "cn.hnte"}
    standing = call("get", f"{where}/standings").json()["items"]
    assert [one["code"] for one in standing] == [town["own"].code]
    assert standing[0]["outcomes"]["cn.tech_sme"] == "no"
    trace = call("get", f"{key}/explain/cn.tech_sme")
    assert trace.headers["X-Run"] == "1"
    revenue = next(one for one in trace.json()["because"] if one["id"] == "revenue")
    assert (revenue["outcome"], revenue["left"], revenue["margin"]) == ("no", "30000万元", "-10000万元")
    assert call("get", f"{key}/explain/cn.none").status_code == 404
    own = caller(member("enterprise", enterprise=town["own"]))
    assert own("get", f"{key}/explain/cn.tech_sme").status_code == 409  # not published yet
    Run.objects.update(published_at=dt.datetime.now(dt.UTC))
    assert own("get", f"{key}/explain/cn.tech_sme").json()["outcome"] == "no"


def test_a_second_run_while_one_is_under_way_is_a_conflict(officer: Any, caller: Any) -> None:
    call = caller(officer)
    assert call("post", "/runs", {}).status_code == 202
    assert call("post", "/runs", {}).status_code == 409
    assert Run.objects.count() == 1


@pytest.mark.parametrize("body", [{"as_of": "2999-01-01"}, {"year": 25}, {"year": "2025"}, {"days": 1}])
def test_a_run_of_what_cannot_be_meant_is_refused(body: Any, officer: Any, caller: Any) -> None:
    assert caller(officer)("post", "/runs", body).status_code == 422
    assert not Run.objects.exists()

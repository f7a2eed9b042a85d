"""Snapshots, runs, and where enterprises stand in them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router
from ninja.responses import Status

from keqiao.platform.api import queries
from keqiao.platform.api.pagination import Cursor, Limit, Page, page_of
from keqiao.platform.api.registry import declared
from keqiao.platform.api.schemas.common import RunId
from keqiao.platform.api.schemas.runs import RunIn, RunOut, SnapshotOut, StandingOut
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.queries import get_run, standings, state_of, visible_to
from keqiao.platform.assessments.services import start_run
from keqiao.platform.errors import Refused
from keqiao.platform.permissions import Act
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import plain

router = Router(tags=["runs"])


@router.get("/snapshots", response=Page[SnapshotOut], summary="Snapshots", **declared("list_snapshots", Act.RUN_SEE, "snapshots:read"))
def list_snapshots(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """The frozen facts of the office's runs that are done, the latest first."""
    done = visible_to(request.actor).filter(state="done")  # type: ignore[attr-defined]
    rows, following = page_of(done, limit, cursor, by="number", falling=True)
    items = [
        {"sha256": run.snapshot_hash, "run": run.pk, "as_of": run.as_of, "year": run.year, "enterprises": run.rows, "frozen_at": run.ended_at}
        for run in rows
    ]  # fmt: skip
    return {"items": items, "next": following}


@router.get("/runs", response=Page[RunOut], summary="Runs", **declared("list_runs", Act.RUN_SEE, "runs:read"))
def list_runs(request: HttpRequest, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """The office's runs, the latest first."""
    rows, following = page_of(visible_to(request.actor), limit, cursor, by="number", falling=True)  # type: ignore[attr-defined]
    return {"items": [_told(run) for run in rows], "next": following}


@router.post("/runs", response={202: RunOut}, summary="Start a run", **declared("start_run", Act.RUN, "runs:write"))
def start(request: HttpRequest, response: HttpResponse, body: RunIn) -> Any:
    """Put a run of all the office's enterprises into the queue. Look at the address in Location until it is done."""
    run = start_run(request.actor, as_of=body.as_of, year=body.year)  # type: ignore[attr-defined]
    response.headers["Location"] = reverse("api:v1:get_run", args=[run.pk])
    return Status(202, _told(get_run(request.actor, run.pk)))  # type: ignore[attr-defined]


@router.get("/runs/{id}", response=RunOut, url_name="get_run", summary="One run", **declared("get_run", Act.RUN_SEE, "runs:read"))
def one_run(request: HttpRequest, id: RunId) -> Any:
    """A run with its progress and, once it is done, how its rules came out."""
    return _told(get_run(request.actor, id))  # type: ignore[attr-defined]


@router.get("/runs/{id}/standings", response=Page[StandingOut], summary="Standings", **declared("list_standings", Act.RUN_SEE, "runs:read"))
def list_standings(request: HttpRequest, id: RunId, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """Where the enterprises of a run stand, of those that the token may read now."""
    run = get_run(request.actor, id)  # type: ignore[attr-defined]
    if state_of(run) != "done":
        raise Refused("评价还没有完成。", "The run is not done yet.")
    rows, following = page_of(standings(request.actor, run).select_related("enterprise"), limit, cursor, by="enterprise_id")  # type: ignore[attr-defined]
    outcomes = queries.outcomes_of(run, [row.enterprise_id for row in rows])
    items = [
        {
            "scheme": row.enterprise.scheme, "code": row.enterprise.code, "name": row.enterprise.name, "low": _points(row.low), "high": _points(row.high),
            "rank": row.rank, "outcomes": outcomes.get(row.enterprise_id, {}), "complete": f"{plain(Fraction(row.complete, 10), 1)}%",
        }
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next": following}


def _points(stored: int | None) -> str | None:
    return None if stored is None else plain(Fraction(stored, SCALES["points"]), 4)


def _told(run: Run) -> dict[str, Any]:
    """A run as the interface tells it."""
    rules = run.summary.get("rules", {})
    return {
        "id": run.pk, "number": run.number, "state": state_of(run), "as_of": run.as_of, "year": run.year, "enterprises": run.rows,
        "snapshot_sha256": run.snapshot_hash, "content_sha256": run.content_hash, "created_at": run.created_at, "ended_at": run.ended_at,
        "published_at": run.published_at,
        "job": None if run.job is None else {"state": run.job.state, "step": run.job.step, "done": run.job.done, "total": run.job.total},
        "rules": [
            {"rule": id, "title": _title(rule.get("title", id)), "version": str(rule.get("version", "")), "status": str(rule.get("status", "")),
             "unconfirmed": _count(rule.get("unconfirmed", 0)), "outcomes": {name: int(count) for name, count in rule.get("outcomes", {}).items()}}
            for id, rule in rules.items()
        ],
    }  # fmt: skip


def _title(title: Any) -> str:
    """A title that may be kept in two languages."""
    from keqiao.errors import language

    if isinstance(title, dict):
        return str(title.get(language()) or title.get("zh", ""))
    return str(title)


def _count(found: Any) -> int:
    return len(found) if isinstance(found, list) else int(found)

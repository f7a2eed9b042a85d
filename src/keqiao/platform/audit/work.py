"""The audit's own jobs: a check every day, and the check that an auditor asks for when the chain is long."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from keqiao.platform.audit import checking, heads
from keqiao.platform.jobs.registry import handles
from keqiao.platform.jobs.services import schedule

if TYPE_CHECKING:
    from keqiao.platform.jobs.working import Working

DAILY, VERIFY = "audit.daily", "audit.verify"


@handles(DAILY, "每日核对审计链", "Daily check of the audit chain")
def daily(job: Working) -> dict[str, Any]:
    """Walk the whole chain, record the findings and keep the head in the folder."""
    return _check(job, "daily")


@handles(VERIFY, "校验审计链", "Verification of the audit chain")
def verify(job: Working) -> dict[str, Any]:
    """The same, asked for by an auditor."""
    return _check(job, "verify")


def _check(job: Working, purpose: str) -> dict[str, Any]:
    job.step("校验|Verifying", heads.head_now().number)
    seen = 0

    def told(done: int, total: int) -> None:
        nonlocal seen
        job.advance(done - seen)
        seen = done

    given = job.payload.get("head")
    kept = [*heads.known_heads(), *([heads.Known(*given)] if given else [])]
    found = checking.verify(heads=kept, progress=told)
    heads.record(job.actor, purpose, found.stored())
    return {"ok": found.ok, "events": found.events, "breaks": found.count}


def plan() -> None:
    """Make sure that the daily check is in the queue."""
    schedule(DAILY, dt.timedelta(days=1))

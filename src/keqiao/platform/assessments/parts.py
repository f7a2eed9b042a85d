"""What the pages of this app share: who acts, the line of provenance, the strip of data that is not new."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.actor import Actor
from keqiao.platform.assessments.models import Run
from keqiao.platform.enterprises.models import Batch
from keqiao.platform.web.formats import day


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in a request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def provenance(run: Run | None) -> list[tuple[str, str]]:
    """The last line of a page: day, snapshot, run; what a result rests on."""
    if run is None or run.state != "done":
        return []
    return [
        (say("口径日", "As of"), f"{run.as_of}"), (say("年度", "Year"), str(run.year)), (say("快照", "Snapshot"), run.snapshot_hash[:12]),
        (say("运行", "Run"), say(f"第 {run.number} 次", f"{run.number}")), (say("结果", "Result"), run.content_hash[:12]),
    ]  # fmt: skip


def stale(actor: Actor, run: Run | None) -> dict[str, Any] | None:
    """Facts that came after the run: until when it goes, why, and the act; None where it is the newest."""
    if run is None:
        return None
    count = Batch.objects.filter(recorded_at__gt=run.created_at, office=actor.office_id, part_of__isnull=True).count()
    if not count:
        return None
    act = {"text": say("重新评价", "Assess again"), "url": reverse("assessments:start")}
    return {"until": run.created_at, "why": say(f"此后导入 {count} 批。", f"{count} batches were imported since."), "act": act}


def run_words(run: Run) -> str:
    """A run in a few words."""
    return say(f"第 {run.number} 次评价（口径日 {day(run.as_of)}）", f"run {run.number} as of {day(run.as_of)}")

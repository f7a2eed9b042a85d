"""Reading imports on their way, and the batches that came of them: those of one's own office."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.audit.models import Event
from keqiao.platform.enterprises.intake_files import staging
from keqiao.platform.enterprises.models import Batch, Intake
from keqiao.platform.errors import NotVisible

#: What an event about an intake did, for whoever meets its trace.
DID = {
    "enterprises:intake:start": ("上传了文件", "uploaded the files"),
    "enterprises:intake:headings": ("改了表头的对应", "changed what headings mean"),
    "enterprises:intake:edit": ("改了单元格", "changed cells"),
    "enterprises:intake:undo": ("撤销了单元格的改动", "undid changes of cells"),
    "enterprises:intake:replace": ("换了文件", "replaced the files"),
    "enterprises:intake:check": ("重新检查", "had it checked again"),
    "enterprises:intake:checked": ("检查完成", "the check was completed"),
    "enterprises:intake:commit": ("提交了", "committed it"),
    "enterprises:batch:commit": ("提交完成", "it was committed"),
    "enterprises:intake:abandon": ("放弃了这次导入", "abandoned it"),
}


def visible_to(actor: Actor) -> QuerySet[Intake]:
    """The imports of the actor's office, the latest first; nobody else's."""
    found = Intake.objects.select_related("by", "job", "batch").order_by("-id")
    if actor.role is not Role.AUTHORITY or actor.office_id is None:
        return found.none()
    return found.filter(office_id=actor.office_id)


def get_intake(actor: Actor, id: int) -> Intake:
    """One import. Raises `NotVisible`."""
    found = visible_to(actor).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def visible_batches(actor: Actor) -> QuerySet[Batch]:
    """The batches that the actor's office imported, the latest first; parts of an import stand under it."""
    found = Batch.objects.filter(kind="import", part_of__isnull=True).select_related("by", "withdrawn_by").order_by("-id")
    if actor.role is not Role.AUTHORITY or actor.office_id is None:
        return found.none()
    return found.filter(office_id=actor.office_id)


def get_batch(actor: Actor, id: int) -> Batch:
    """One batch. Raises `NotVisible`."""
    found = visible_batches(actor).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def stage(intake: Intake) -> str:
    """Where an import stands: checking, stopped (its check broke off), headings, errors, preview, committing, committed, abandoned.

    A job that failed, was cancelled or killed leaves the import where it can be checked or committed again.
    """
    live = intake.job is not None and intake.job.state in ("waiting", "running")
    if intake.state == "checking":
        return "checking" if live else "stopped"
    if intake.state == "committing" and live:
        return "committing"
    if intake.state in ("committed", "abandoned"):
        return intake.state
    if not intake.mapping.get("confirmed"):
        return "headings"
    return "errors" if intake.report.get("errors") or intake.report.get("dirty") else "preview"


def around(intake: Intake, place: str) -> dict[str, Any] | None:
    """The part of the sheet around a cell, as the last check kept it."""
    try:
        found: Mapping[str, Any] = json.loads((staging(intake.pk) / "around.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    part = found.get(place)
    return dict(part) if part is not None else None


def last_change(intake: Intake) -> Event | None:
    """The last event of an import: who changed what."""
    return Event.objects.filter(object_type="enterprises.intake", object_id=str(intake.pk)).order_by("-number").first()


def remembered(actor: Actor) -> dict[str, str]:
    """Headings that the office gave a meaning in its last committed imports, with what it chose."""
    found: dict[str, str] = {}
    for mapping in visible_to(actor).filter(state="committed").values_list("mapping", flat=True)[:5]:
        for choice in mapping.get("choices", {}).values():
            found.setdefault(choice["heading"], choice["to"])
    return found

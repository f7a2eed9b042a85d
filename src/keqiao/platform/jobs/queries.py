"""Reading jobs: those of one's own office, enterprise or institution."""

from __future__ import annotations

from django.db.models import QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.errors import NotVisible
from keqiao.platform.jobs.models import Job


def visible_to(actor: Actor) -> QuerySet[Job]:
    """The jobs whose progress the actor may see.

    All of one's office, enterprise or institution; for the system administrator all jobs, of which
    `open_to` says that only kind, state and times are shown.
    """
    jobs = Job.objects.select_related("membership__user").order_by("-id")
    if actor.role is Role.SYSTEM:
        return jobs
    for field, id in (("office", actor.office_id), ("enterprise", actor.enterprise_id), ("institution", actor.institution_id)):
        if id is not None:
            return jobs.filter(**{f"membership__{field}_id": id})
    return jobs.none()


def open_to(actor: Actor) -> bool:
    """Whether the actor sees counts, results and problems; the system administrator does not."""
    return actor.role is not Role.SYSTEM


def get_job(actor: Actor, id: int) -> Job:
    """One job. Raises `NotVisible`."""
    found = visible_to(actor).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found

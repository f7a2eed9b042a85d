"""Reading runs and where enterprises stand in them; everything starts from `visible_to`."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from keqiao.platform.actor import Actor, Role
from keqiao.platform.assessments.models import Run, Standing
from keqiao.platform.clock import today
from keqiao.platform.enterprises.models import Batch, Enterprise, Objection, Residence
from keqiao.platform.enterprises.queries import visible_to as visible_enterprises
from keqiao.platform.errors import NotVisible
from keqiao.platform.institutions.models import Office, Place

#: How a run's job may have ended without the run itself being told.
_ENDED = ("failed", "cancelled")


def visible_to(actor: Actor) -> QuerySet[Run]:
    """The runs whose page the actor may open, the latest first: those of its office."""
    runs = Run.objects.select_related("job", "by", "published_by", "previous").order_by("-number")
    if actor.role is Role.AUTHORITY and actor.office_id is not None:
        return runs.filter(office=actor.office_id)
    return runs.none()


def get_run(actor: Actor, id: int) -> Run:
    """One run. Raises `NotVisible`."""
    found = visible_to(actor).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def state_of(run: Run) -> str:
    """The run's state, with regard to a job that ended before the run began to be made."""
    if run.state in ("waiting", "running") and run.job is not None:
        return run.job.state if run.job.state in (*_ENDED, "running") else run.state
    return run.state


def latest_done(actor: Actor) -> Run | None:
    """The latest run of the actor's office that is done."""
    return visible_to(actor).filter(state="done").first()


def run_for(actor: Actor, enterprise: Enterprise) -> Run | None:
    """The run in which the actor may see where the enterprise stands.

    An authority: the latest of its own office that is done. An enterprise: the latest published one of an office that
    covers where it lies today. None where there is none that has the enterprise.
    """
    has_it = Exists(Standing.objects.filter(run=OuterRef("pk"), enterprise=enterprise.pk))
    if actor.role is Role.AUTHORITY:
        return visible_to(actor).filter(has_it, state="done").first() if visible_enterprises(actor).filter(pk=enterprise.pk).exists() else None
    if actor.role is Role.ENTERPRISE and actor.enterprise_id == enterprise.pk:
        published = Run.objects.filter(has_it, state="done", published_at__isnull=False, office__in=offices_over(enterprise))
        return published.select_related("previous").order_by("-published_at", "-pk").first()
    return None


def offices_over(enterprise: Enterprise) -> list[int]:
    """Ids of the offices that cover a place where the enterprise lies today."""
    day = today()
    here = Residence.objects.filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day), enterprise=enterprise
    )
    places = {int(part) for path in here.values_list("place__path", flat=True) for part in path.split("/") if part}
    return list(Office.objects.filter(places__in=places).values_list("pk", flat=True).distinct())


def standings(actor: Actor, run: Run) -> QuerySet[Standing]:
    """The standings of a run for the enterprises that the actor may read now."""
    return Standing.objects.filter(Exists(visible_enterprises(actor).filter(pk=OuterRef("enterprise_id"))), run=run)


def open_objections(actor: Actor, enterprise: Enterprise) -> list[Objection]:
    """The objections of an enterprise that are not decided yet, the first due first."""
    visible = visible_enterprises(actor).filter(pk=enterprise.pk)
    return list(Objection.objects.filter(enterprise__in=visible, state="open").select_related("indicator").order_by("due", "pk"))


def places_below(actor: Actor) -> list[tuple[int, str]]:
    """The places by which the actor may filter: those of its office and all below, ids with names."""
    return list(Place.objects.filter(pk__in=actor.places).order_by("path").values_list("pk", "name"))


def latest_import(actor: Actor) -> Batch | None:
    """The latest import of the actor's office that stands."""
    found = Batch.objects.filter(kind="import", part_of__isnull=True, withdrawn_at__isnull=True, office=actor.office_id, office__isnull=False)
    return found.order_by("-recorded_at").first()


def places_of(actor: Actor, enterprise: Enterprise) -> list[str]:
    """The names of the places where an enterprise that the actor may read lies today."""
    day = today()
    now = Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day)
    if not visible_enterprises(actor).filter(pk=enterprise.pk).exists():
        return []
    # sorted here: asked to sort, the database walks all places to find those of one enterprise
    found = Residence.objects.filter(*now, enterprise=enterprise).values_list("place__path", "place__name")
    return [name for _, name in sorted(found)]

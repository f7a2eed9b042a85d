"""Reading objections (异议) and the facts that may be objected to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from keqiao.errors import language, say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.clock import today
from keqiao.platform.enterprises import queries, wanted
from keqiao.platform.enterprises.declaring_queries import Voice, voices
from keqiao.platform.enterprises.models import Fact, Objection
from keqiao.platform.enterprises.recording import facts_of, show
from keqiao.platform.enterprises.recording.values import word_of
from keqiao.platform.errors import NotVisible

#: Days to the decision where ``objection_days`` of ``site.toml`` says nothing else (待核: offices set their own).
DAYS = 20
STATES = {
    "open": ("待裁定", "to be decided"),
    "upheld": ("已采纳", "upheld"),
    "rejected": ("未采纳", "rejected"),
    "withdrawn": ("已撤回", "withdrawn"),
}


@dataclass(frozen=True)
class Told:
    """An objection as pages show it: the fact, both values, the state in words, whether it is late."""

    objection: Objection
    label: str
    year: str
    theirs: tuple[Voice, ...]
    mine: str
    state: str
    late: bool
    was: str

    @property
    def pk(self) -> int:
        """The objection's id."""
        return self.objection.pk

    @property
    def moved(self) -> bool:
        """Whether the value in the record is no longer the one objected to."""
        return self.objection.state == "open" and bool(self.was) and all(voice.fact != self.objection.fact_id for voice in self.theirs)


def days() -> int:
    """Natural days from an objection to its decision."""
    given = settings.HOME.settings.get("objection_days", DAYS)
    return given if isinstance(given, int) and 1 <= given <= 365 else DAYS


def visible_to(actor: Actor) -> QuerySet[Objection]:
    """Objections of the enterprises that the actor may read."""
    if actor.role not in (Role.ENTERPRISE, Role.AUTHORITY):
        return Objection.objects.none()
    return Objection.objects.filter(Exists(queries.visible_to(actor).filter(pk=OuterRef("enterprise_id"))))


def get_objection(actor: Actor, id: int) -> Objection:
    """One objection. Raises `NotVisible`."""
    joined = ("enterprise", "indicator", "by", "decided_by", "fact", "fact__batch")
    found = visible_to(actor).select_related(*joined).filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def get_fact(actor: Actor, id: int) -> Fact:
    """A current fact of the actor's own enterprise. Raises `NotVisible`."""
    own = Fact.objects.filter(enterprise=actor.enterprise_id, ended_by__isnull=True) if actor.enterprise_id else Fact.objects.none()
    found = own.select_related("indicator", "batch").filter(pk=id).first()
    if found is None:
        raise NotVisible
    return found


def told(found: Iterable[Objection]) -> list[Told]:
    """Objections (with enterprise, indicator and fact joined) as pages show them."""
    many = list(found)
    held = facts_of({one.enterprise_id for one in many}, indicators={one.indicator.key for one in many}, rivals=True)
    return [_told(one, held) for one in many]


def _told(one: Objection, held: dict[Any, Any]) -> Told:
    key = one.indicator.key
    return Told(
        one, wanted.label_of(word_of(key)), "" if one.year == 0 else say(f"{one.year} 年", str(one.year)),
        voices(key, one.year, held.get(one.enterprise_id, {}).get(key, ())), show(key, one.number, one.text, language()),
        say(*STATES[one.state]), one.state == "open" and one.due < today(),
        show(key, one.fact.number, one.fact.text, language()) if one.fact is not None else "",
    )  # fmt: skip


def disputed(enterprise_ids: Iterable[int]) -> dict[int, set[tuple[str, int]]]:
    """Facts with an open objection, as indicator and year, by enterprise; traces say 异议中 beside them.

    The caller has made sure that the actor may read these enterprises.
    """
    found: dict[int, set[tuple[str, int]]] = {}
    rows = Objection.objects.filter(enterprise_id__in=list(enterprise_ids), state="open").values_list("enterprise_id", "indicator__key", "year")
    for id, key, year in rows:
        found.setdefault(id, set()).add((key, year))
    return found


@dataclass(frozen=True)
class Objectable:
    """One indicator and year of the record: what the sources say, and the open objection to it."""

    label: str
    voices: tuple[Voice, ...]
    open: int | None


def objectable(actor: Actor, year: int) -> list[tuple[str, list[Objectable]]]:
    """The enterprise's own current facts of a year, with static ones, by group."""
    if actor.enterprise_id is None:
        raise NotVisible
    held = facts_of([actor.enterprise_id], rivals=True).get(actor.enterprise_id, {})
    opened = {(one.indicator.key, one.year): one.pk for one in visible_to(actor).filter(state="open").select_related("indicator")}
    out = []
    kinds = [wanted.Wanted(word, 0) for word in wanted.declarable() if word.id in held]
    for title, group in wanted.grouped(kinds):
        rows = [
            Objectable(wanted.label_of(one.indicator), said, opened.get((one.indicator.id, y)))
            for one in group for y in ((0,) if one.indicator.period == "static" else (year,))
            if (said := voices(one.indicator.id, y, held[one.indicator.id]))
        ]  # fmt: skip
        if rows:
            out.append((title, rows))
    return out

"""What of this app waits for whom; the frame and the page 待办 show it."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.enterprises import declaring_queries, intake_todo, objecting_queries, registration_queries
from keqiao.platform.web.todo import Todo, register


def _office(actor: Actor) -> Iterable[Todo]:
    if actor.role is not Role.AUTHORITY:
        return
    waiting = registration_queries.visible_to(actor).filter(state="pending").count()
    if waiting:
        yield Todo(say(f"核验 {waiting} 件企业注册", f"Verify {waiting} registrations"), reverse("enterprises:registrations"), None, waiting)
    for one in objecting_queries.visible_to(actor).filter(state="open").select_related("enterprise").order_by("due")[:50]:
        name = one.enterprise.name
        yield Todo(say(f"裁定异议：{name}", f"Decide an objection: {name}"), reverse("enterprises:objection", args=[one.pk]), one.due)


def _enterprise(actor: Actor) -> Iterable[Todo]:
    if actor.role is not Role.ENTERPRISE:
        return
    for one in declaring_queries.open_requests(actor):
        number, office = len(one.request.indicators), one.request.office.name
        text = say(f"补 {number} 项资料（{office}）", f"Supply {number} facts ({office})")
        yield Todo(text, reverse("enterprises:own_request", args=[one.pk]), one.request.due)
    draft = declaring_queries.visible_to(actor).filter(state="draft").order_by("-saved_at").first()
    if draft is not None and draft.typed:
        text = say(f"提交 {draft.year} 年申报草稿", f"Submit the draft for {draft.year}")
        yield Todo(text, reverse("enterprises:declare") + f"?year={draft.year}")


def register_all() -> None:
    """Register the sources, once, when the app is ready."""
    register(_office)
    register(_enterprise)
    register(intake_todo.waiting)

"""What every page of the frame needs: language, actor, navigation, to-dos, strips, the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from keqiao.errors import language, say
from keqiao.platform.accounts.limits import limits
from keqiao.platform.actor import Actor, Role
from keqiao.platform.clock import today
from keqiao.platform.web import navigation, todo

ROLES = {
    Role.VISITOR: ("访客", "Visitor"),
    Role.AUTHORITY: ("主管部门", "Authority"),
    Role.INSTITUTION: ("机构", "Institution"),
    Role.ENTERPRISE: ("企业", "Enterprise"),
    Role.OWNER: ("项目单位", "Project owner"),
    Role.EXPERT: ("专家", "Expert"),
    Role.ANALYST: ("分析", "Analyst"),
    Role.SYSTEM: ("系统管理", "System administrator"),
    Role.SECURITY: ("安全管理", "Security administrator"),
    Role.AUDITOR: ("审计管理", "Audit administrator"),
}


@dataclass(frozen=True)
class Seat:
    """One membership in the role switch: where, as what, the number to switch by, and whether it is in force."""

    scope: str
    role: str
    id: int
    now: bool


Seats = Callable[[Actor], Iterable[Seat]]
_seats: list[Seats] = []


def register_seats(source: Seats) -> Seats:
    """Name the function that lists the memberships of a user; the accounts app does."""
    _seats[:] = [source]
    return source


def role_name(role: Role | str) -> str:
    """A role in the current language."""
    return say(*ROLES[Role(role)])


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of every template."""
    actor: Actor = getattr(request, "actor", None) or Actor()
    spoken = language()
    return {
        "actor": actor,
        "role_word": role_name(actor.role),
        "scope_word": actor.membership.scope_name() if actor.membership is not None else "",
        "seats": SimpleLazyObject(lambda: [seat for source in _seats for seat in source(actor)] if actor.user is not None else []),
        "language": spoken,
        "other_language": "zh" if spoken == "en" else "en",
        "site_title": site_title(),
        "demo": bool(getattr(settings, "DEMO", False)),
        "navigation": SimpleLazyObject(lambda: navigation.shown(actor.role, request.path)),
        "todo_count": SimpleLazyObject(lambda: todo.count(actor)),
        "today": today(),
        "printing": request.GET.get("print") == "1",
        "idle_minutes": limits().idle_minutes if actor.user is not None else 0,
        "keys_on": bool(actor.user is not None and (actor.user.preferences or {}).get("keys", False)),
    }


def site_title() -> str:
    """The name of this site, 科桥 where ``site.toml`` has no title of its own."""
    home = getattr(settings, "HOME", None)
    return (home.title if home is not None else "") or say("科桥", "Keqiao")

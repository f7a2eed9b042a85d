"""M3, M4: the security administrator's pages, without any business data."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from keqiao.errors import say
from keqiao.platform.accounts import queries, services
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.services import factors
from keqiao.platform.accounts.views.common import actor_of, done, field, number, show, to
from keqiao.platform.accounts.words import act_words, role_word
from keqiao.platform.actor import SECOND_FACTOR, Role
from keqiao.platform.clock import now
from keqiao.platform.permissions import Act, page
from keqiao.platform.secrets import NAMES

_KEYS = {
    "session.key": ("会话与表单签名", "sessions and forms"),
    "files.key": ("证据文件加密", "evidence files"),
    "audit.salt": ("审计遮蔽", "values hidden in the audit chain"),
}


@page(Act.SECURITY_ROLES)
def roles(request: HttpRequest) -> HttpResponse:
    """M3: who may do what, and who holds which role."""
    actor = actor_of(request)
    shown = list(Role)
    matrix = [(act.tag, act_words(act.tag), act.proof, [role in act.roles for role in shown]) for act in Act]
    holders = [
        (role, role_word(role), role in SECOND_FACTOR, queries.holders(actor, role)) for role in shown if role is not Role.VISITOR
    ]
    heads = [(role_word(role), role.value) for role in shown]
    return show(request, "accounts/roles.html", heads=heads, matrix=matrix, holders=holders)


@page(Act.SECURITY_LOCKS)
def locks(request: HttpRequest) -> HttpResponse:
    """M4: what is wrong? Locked login names, failures by address, missing second factors."""
    actor = actor_of(request)
    return show(
        request, "accounts/locks.html", locked=queries.locked_names(actor), addresses=queries.failures_by_address(actor),
        missing=queries.without_factor(actor), with_factor=queries.users_with_factor(actor), rules=limits(), demo_mode=settings.DEMO,
    )  # fmt: skip


@page(Act.SECURITY_LOCKS, methods=("POST",))
def unlock(request: HttpRequest) -> HttpResponse:
    """End the lock of a login name."""
    name = field(request, "username").lower()
    services.unlock(actor_of(request), name)
    done(request, say(f"“{name}”已解锁。", f"{name} is unlocked."))
    return to("accounts:locks")


@page(Act.SECURITY_LOCKS, methods=("POST",))
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Take away the second factor of one who has lost it."""
    actor = actor_of(request)
    user = queries.get_user(actor, number(request, "user"))
    factors.remove(actor, user)
    done(request, say(f"{user.name}的动态码已移除，下次登录时重新设置。", f"{user.name} sets up a new second factor at the next login."))
    return to("accounts:locks")


@page(Act.SECURITY_KEYS)
def keys(request: HttpRequest) -> HttpResponse:
    """M4: how old are the keys?"""
    rows = []
    for name in NAMES:
        path = settings.HOME.keys / name
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.is_file() else None
        rows.append((name, say(*_KEYS.get(name, (name, name))), made, (now() - made).days if made else None))
    return show(request, "accounts/keys.html", rows=rows)

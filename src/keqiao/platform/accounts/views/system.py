"""M1: the system administrator's users and their memberships."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_variables

from keqiao.errors import say
from keqiao.platform.accounts import queries, services
from keqiao.platform.accounts.access import SCOPES
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import User
from keqiao.platform.accounts.services.logins import is_unused
from keqiao.platform.accounts.services.users import temporary_password
from keqiao.platform.accounts.views.common import actor_of, attempt, done, field, show, to
from keqiao.platform.accounts.words import membership_word, role_word, state_word
from keqiao.platform.actor import Role
from keqiao.platform.errors import Invalid, NotVisible
from keqiao.platform.institutions import queries as bodies
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.tables import Pages

_SIZE = 50
#: business roles that the administrator gives by hand; an enterprise's first member comes by registration
_GRANTABLE = (Role.AUTHORITY, Role.INSTITUTION, Role.EXPERT, Role.ANALYST, Role.OWNER)


@page(Act.SYSTEM_USERS)
def users(request: HttpRequest) -> HttpResponse:
    """Who belongs where? Who waits for an approval?"""
    actor, text = actor_of(request), request.GET.get("q", "")
    found = queries.users(actor, text)
    raw = request.GET.get("page", "1")
    pages = Pages(found.count(), max(int(raw), 1) if raw.isdecimal() and len(raw) < 8 else 1, _SIZE)
    rows = found[(pages.number - 1) * _SIZE : pages.number * _SIZE]
    shown = [(user, [membership_word(one) for one in user.memberships.all() if one.state == "active"]) for user in rows]
    waiting = [(one, membership_word(one)) for one in queries.first_requests(actor)]
    return show(request, "accounts/users.html", rows=shown, pages=pages, q=text, waiting=waiting)


@sensitive_variables("text")
@page(Act.SYSTEM_USERS, methods=("GET", "POST"))
def new_user(request: HttpRequest) -> HttpResponse:
    """A new user with a password for one login, shown once."""
    if request.method == "GET":
        return show(request, "accounts/new_user.html", typed={})

    def work() -> HttpResponse:
        text = temporary_password()
        made = services.create_user(
            actor_of(request), field(request, "username"), field(request, "name"), text, email=field(request, "email"), must_change=True
        )
        return _user_page(request, made, password=text)

    return attempt(request, work, lambda **found: show(request, "accounts/new_user.html", typed=request.POST, **found))


@page(Act.SYSTEM_USERS)
def user(request: HttpRequest, id: int) -> HttpResponse:
    """One user: memberships, state, what may be done."""
    return _user_page(request, queries.get_user(actor_of(request), id))


def _user_page(request: HttpRequest, found: User, status: int = 200, **more: object) -> HttpResponse:
    actor = actor_of(request)
    held = [(one, membership_word(one), state_word(one.state)) for one in queries.memberships_of(actor, found)]
    return show(
        request, "accounts/user.html", status, user=found, held=held, rules=limits(), itself=actor.user is not None and actor.user.pk == found.pk,
        stopped=not found.is_active or is_unused(found),
        roles=[(role.value, role_word(role)) for role in _GRANTABLE], offices=[(one.pk, one.name) for one in bodies.visible_offices(actor).filter(is_active=True).order_by("name")],
        institutions=[(one.pk, one.name) for one in bodies.visible_institutions(actor).filter(is_active=True).order_by("path")], **more,
    )  # fmt: skip


@page(Act.SYSTEM_USERS, methods=("POST",))
def grant(request: HttpRequest, id: int) -> HttpResponse:
    """Give a user a business role."""
    actor = actor_of(request)
    found = queries.get_user(actor, id)

    def work() -> HttpResponse:
        role = Role(field(request, "role")) if field(request, "role") in {one.value for one in _GRANTABLE} else None
        if role is None:
            raise Invalid({"role": say("选一个身份", "Choose a role")})
        kind, chosen = SCOPES.get(role), field(request, SCOPES.get(role, "none"))
        scope = {kind: bodies.get_office(actor, chosen) if kind == "office" else bodies.get_institution(actor, chosen)} if kind else {}
        services.grant(actor, found, role, is_manager=bool(request.POST.get("manager")), **scope)  # type: ignore[arg-type]
        done(request, say(f"已授予“{role_word(role)}”。", f"The role {role_word(role)} is granted."))
        return to("accounts:user", id)

    return attempt(request, work, lambda **wrong: _user_page(request, found, typed=request.POST, **wrong))


@page(Act.SYSTEM_USERS, methods=("POST",))
def act_on_user(request: HttpRequest, id: int, act: str) -> HttpResponse:
    """Stop, restore, or reset the password of a user."""
    actor = actor_of(request)
    found = queries.get_user(actor, id)

    def work() -> HttpResponse:
        if act == "stop":
            services.stop_user(actor, found)
            done(request, say("已停用，登录全部结束。", "The user is stopped and all sessions have ended."))
        elif act == "restore":
            services.restore_user(actor, found)
            done(request, say("已恢复，可以登录。", "The user may log in again."))
        elif act == "reset":
            return _user_page(request, found, password=services.reset_password(actor, found))
        else:
            raise NotVisible
        return to("accounts:user", id)

    return attempt(request, work, lambda **wrong: _user_page(request, found, **wrong))


@page(Act.SYSTEM_USERS, methods=("POST",))
def act_on_membership(request: HttpRequest, id: int, act: str) -> HttpResponse:
    """Approve or refuse the first member of a body, or end a membership."""
    actor = actor_of(request)
    found = queries.get_membership(actor, id)
    if act == "approve":
        services.approve(actor, found, is_manager=True)
        done(request, say(f"已批准{found.user.name}，由其管理本单位成员。", f"{found.user.name} is approved and manages the members."))
    elif act == "refuse":
        services.refuse(actor, found)
        done(request, say("已拒绝。", "Refused."))
    elif act == "end":
        return attempt(request, lambda: _ended(request, found.pk), lambda **wrong: _user_page(request, found.user, **wrong))
    else:
        raise NotVisible
    return to("accounts:users")


def _ended(request: HttpRequest, id: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.get_membership(actor, id)
    services.end(actor, found)
    done(request, say("身份已终止。", "The membership has ended."))
    return to("accounts:user", found.user_id)

"""Rows of users and memberships, made inside a write that another service has opened.

Services of other apps (registration of enterprises) call these within their own `written`, so that the whole step
is one event.
"""

from __future__ import annotations

from keqiao.errors import say
from keqiao.platform.accounts.access import Scope, check_conflict, check_scope
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.accounts.services.passwords import check_password_rules, set_password
from keqiao.platform.actor import Role
from keqiao.platform.clock import now
from keqiao.platform.errors import Invalid, Refused

_ENDED = ("ended", "refused")


def clean_username(text: str) -> str:
    """A login name in lower case. Raises `Invalid` where it is not 3 to 80 letters, digits or ``. _ - @``."""
    name = text.strip().lower()
    if not (3 <= len(name) <= 80 and all(sign.isalnum() or sign in "._-@" for sign in name)):
        raise Invalid(
            {"username": say("登录名应为 3 到 80 个字母、数字或 . _ - @", "A login name has 3 to 80 letters, digits or . _ - @")},
            "登录名应为 3 到 80 个字母、数字或 . _ - @。", "A login name has 3 to 80 letters, digits or . _ - @.",
        )  # fmt: skip
    return name


def add_user(username: str, name: str, password: str, *, email: str = "", phone: str = "", must_change: bool = False) -> User:
    """A new user whose password keeps the rules. Raises `Invalid` or, where the login name is taken, `Refused`."""
    cleaned = clean_username(username)
    if not name.strip():
        raise Invalid({"name": say("写上姓名", "Give a name")}, "写上姓名。", "Give a name.")
    if User.objects.filter(username=cleaned).exists():
        raise Refused(f"登录名“{cleaned}”已有人用，换一个。", f"The login name {cleaned!r} is taken; choose another.")
    user = User(username=cleaned, name=name.strip(), email=email, phone=phone, must_change_password=must_change)
    check_password_rules(password, user)
    set_password(user, password)
    return user


def add_membership(
    user: User,
    role: Role | str,
    scope: Scope = Scope(),  # noqa: B008 - frozen
    *,
    state: str = "active",
    is_manager: bool = False,
    by: User | None = None,
    invited_by: User | None = None,
) -> Membership:
    """A new membership. Raises `Refused` where roles exclude each other or the user has this one already.

    The row of the user is locked, so that two grants at a time cannot make a conflict.
    """
    wanted = Role(role)
    check_scope(wanted, scope)
    User.objects.select_for_update().get(pk=user.pk)
    held = list(user.memberships.exclude(state__in=_ENDED))
    check_conflict(wanted, (one.role for one in held))
    if any(one.role == wanted.value and Scope.of(one) == scope for one in held):
        raise Refused("这位用户已有这个身份。", "The user has this membership already.")
    return Membership.objects.create(
        user=user, role=wanted.value, state=state, is_manager=is_manager, **scope.filters,
        invited_by=invited_by, approved_by=by if state == "active" else None, decided_at=now() if state == "active" else None,
    )  # fmt: skip

"""Users: made, renamed, stopped and given back; passwords changed and reset."""

from __future__ import annotations

import secrets

from keqiao.errors import say
from keqiao.platform.accounts.access import check_proved
from keqiao.platform.accounts.models import ApiToken, LoginSession, Membership, User
from keqiao.platform.accounts.services import records
from keqiao.platform.accounts.services.logins import is_password_of
from keqiao.platform.accounts.services.passwords import check_password_rules, set_password
from keqiao.platform.accounts.services.sessions import drop_sessions
from keqiao.platform.actor import ADMINISTRATORS, Actor, Role
from keqiao.platform.audit.services import veiled, written
from keqiao.platform.clock import now
from keqiao.platform.errors import Invalid, NotAllowed, Refused


def create_user(
    actor: Actor, username: str, name: str, password: str, *, email: str = "", phone: str = "", must_change: bool = False
) -> User:
    """A new user without any membership. Raises `Invalid` (rules) or `Refused` (login name taken)."""
    with written(actor, "account:user:create") as event:
        user = records.add_user(username, name, password, email=email, phone=phone, must_change=must_change)
        event.object, event.detail = user, {"username": veiled(user.username)}
    return user


def create_admin(username: str, password: str, role: Role | str, name: str = "") -> Membership:
    """A new administrator (system, security or auditor), made by command on the server.

    An existing user cannot become one here. Raises `Refused` for another role.
    """
    wanted = Role(role)
    if wanted not in ADMINISTRATORS:
        raise Refused("管理员身份只有 system、security、auditor 三种。", "An administrator is system, security or auditor.")
    with written(Actor(system_task=True), "account:admin:create", role=wanted.value) as event:
        user = records.add_user(username, name or username, password)
        membership = records.add_membership(user, wanted)
        user.chosen = membership
        user.save(update_fields=["chosen"])
        event.object = user
    return membership


def change_password(actor: Actor, old: str, new: str, again: str, keep_session: str = "") -> User:
    """A user's own new password; all his other sessions end. Raises `Invalid`."""
    user = _self(actor)
    if not is_password_of(actor, user, old):
        raise Invalid({"old": say("原密码不对。", "The present password is wrong.")}, "原密码不对。", "The present password is wrong.")
    if new != again:
        raise Invalid({"again": say("两次输入的新密码不同。", "The two new passwords differ.")}, "两次输入的新密码不同。", "They differ.")
    check_password_rules(new, user, "new")
    with written(actor, "account:password:change", user) as event:
        user.must_change_password = False
        set_password(user, new)
        event.detail["sessions_ended"] = drop_sessions(LoginSession.objects.filter(user=user).exclude(key=keep_session))
    return user


def reset_password(actor: Actor, user: User) -> str:
    """A password for one login, to be handed over and changed at once; all sessions end. Shown once."""
    check_proved(actor)
    _not_self(actor, user)
    made = temporary_password()
    with written(actor, "account:password:reset", user) as event:
        user.must_change_password = True
        set_password(user, made)
        event.detail["sessions_ended"] = drop_sessions(LoginSession.objects.filter(user=user))
        alive = ApiToken.objects.filter(membership__user=user, revoked_at__isnull=True)
        event.detail["tokens_revoked"] = alive.update(revoked_at=now())
    return made


def stop_user(actor: Actor, user: User) -> None:
    """The user cannot log in any more; all sessions end. Memberships stay as they are."""
    check_proved(actor)
    _not_self(actor, user)
    with written(actor, "account:user:stop", user) as event:
        user.is_active = False
        user.save(update_fields=["is_active"])
        event.detail["sessions_ended"] = drop_sessions(LoginSession.objects.filter(user=user))


def restore_user(actor: Actor, user: User) -> None:
    """A stopped or long unused user may log in again."""
    check_proved(actor)
    with written(actor, "account:user:restore", user):
        user.is_active, user.last_seen = True, now()
        user.save(update_fields=["is_active", "last_seen"])


def set_preferences(actor: Actor, *, keys: bool, language: str) -> None:
    """A user's own settings: single keys on or off, and the language of the pages."""
    user = _self(actor)
    if language not in ("zh", "en"):
        raise Invalid({"language": say("语言只有中文和英文。", "The languages are Chinese and English.")})
    with written(actor, "account:preferences:change", user, keys=keys, language=language):
        user.preferences = {**(user.preferences or {}), "keys": keys, "language": language}
        user.save(update_fields=["preferences"])


def temporary_password() -> str:
    """A password for one login that keeps the rules: 64 random bits in groups, easy to read out."""
    return "-".join(secrets.token_hex(2) for _ in range(4)) + "-Kq"


def _self(actor: Actor) -> User:
    assert actor.user is not None, "the view asks for a login"
    return actor.user


def _not_self(actor: Actor, user: User) -> None:
    if actor.user is not None and actor.user.pk == user.pk:
        raise NotAllowed("不能对自己做这一步。", "You may not do this to yourself.")

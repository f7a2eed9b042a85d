"""Logging in: password, limits per login name and per address, and words that do not tell whether a user exists."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.http import HttpRequest

from keqiao.platform.accounts.access import check_proved
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import Failure, User
from keqiao.platform.accounts.services import sessions
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import noted, veiled, written
from keqiao.platform.clock import ZONE, now
from keqiao.platform.errors import SiteError, TooMany


class LoginFailed(SiteError):
    """The login name or the password is wrong, or the login name is locked."""

    status = 401


def locked_until(username: str) -> dt.datetime | None:
    """Until when a login name is locked: after five failures within the window; the same for names nobody has."""
    rules = limits()
    since = now() - rules.window - rules.lock
    last = list(
        Failure.objects.filter(username=username, counted=True, at__gt=since).order_by("-at").values_list("at", flat=True)[: rules.failures]
    )
    if len(last) < rules.failures or last[0] - last[-1] > rules.window:
        return None
    until = last[0] + rules.lock
    return until if until > now() else None


def log_in(request: HttpRequest, username: str, password: str) -> User:
    """Begin a session. Raises `LoginFailed`, or `TooMany` where the address has failed too often."""
    name, address = username.strip().lower()[:80], request.META.get("REMOTE_ADDR", "")
    check_address(address)
    until = locked_until(name)
    if until is not None:
        fail(request, name, "locked")
        raise locked(until)
    # the hasher runs for a name that nobody has as well, so that both take the same time
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        raise fail(request, name, "password")
    if is_unused(user):
        noted(_visitor(request), "account:login:failed", user, success=False, reason="unused")
        raise LoginFailed(
            f"这个账户 {limits().unused_days} 天没有用过，已停用。找系统管理员恢复。",
            f"This account was not used for {limits().unused_days} days and is stopped. The system administrator restores it.",
        )
    forgive(name)
    sessions.begin_session(request, user)
    return user


def check_password_again(request: HttpRequest, user: User, password: str) -> None:
    """The password of the user who is logged in. Raises `LoginFailed`; failures count towards the lock."""
    until = locked_until(user.username)
    if until is not None:
        raise locked(until)
    if not check_password(password, user.password):
        failed = fail(request, user.username, "proof")
        raise failed if locked_until(user.username) else LoginFailed("密码不对。", "The password is wrong.")
    forgive(user.username)


def is_password_of(actor: Actor, user: User, password: str) -> bool:
    """Whether the password is the user's, outside the login page; a wrong one counts towards the lock.

    Raises `LoginFailed` while the login name is locked, and `TooMany` where the address has failed too often.
    """
    check_address(actor.address)
    until = locked_until(user.username)
    if until is not None:
        raise locked(until)
    if check_password(password, user.password):
        return True
    with transaction.atomic():
        Failure.objects.create(username=user.username, address=actor.address, at=now(), reason="proof", counted=True)
        noted(actor, "account:login:failed", user, success=False, reason="proof")
    return False


def check_address(address: str) -> None:
    """Raise `TooMany` where too many attempts failed from one address; nothing is recorded then."""
    rules = limits()
    recent = Failure.objects.filter(address=address, at__gt=now() - rules.window).order_by("-at").values_list("at", flat=True)
    last = list(recent[: rules.address_failures])
    if len(last) == rules.address_failures:
        wait = last[-1] + rules.window - now()
        raise TooMany(max(1, int(wait.total_seconds())))


def fail(request: HttpRequest, username: str, reason: str) -> LoginFailed:
    """Record a failure with its event; the error to raise, which says so where this one locked the name."""
    with transaction.atomic():
        Failure.objects.create(
            username=username, address=request.META.get("REMOTE_ADDR", ""), at=now(), reason=reason, counted=reason != "locked"
        )
        noted(_visitor(request), "account:login:failed", success=False, username=veiled(username), reason=reason)
    until = locked_until(username)
    if until is not None:
        return locked(until)
    return LoginFailed("登录名或密码不对。", "The login name or the password is wrong.")


def locked(until: dt.datetime) -> LoginFailed:
    """The error of a locked name: until when, and whom to ask."""
    at, minutes = until.astimezone(ZONE).strftime("%H:%M"), max(1, -(-int((until - now()).total_seconds()) // 60))
    return LoginFailed(
        f"连续失败太多次，这个登录名锁定到 {at}（还有 {minutes} 分钟）。等不及可找安全管理员解锁。",
        f"Too many failures: this login name is locked until {at} ({minutes} minutes). The security administrator can unlock it earlier.",
    )


def forgive(username: str) -> int:
    """Failures of a login name no longer count towards a lock; they stay on record. How many."""
    return Failure.objects.filter(username=username, counted=True).update(counted=False)


def unlock(actor: Actor, username: str) -> None:
    """A security administrator ends a lock; identity is proved."""
    check_proved(actor)
    with written(actor, "account:lock:clear", username=veiled(username)) as event:
        event.detail["failures"] = forgive(username)


def is_unused(user: User) -> bool:
    """Whether nobody has used the account for so long that it is stopped."""
    return user.last_seen is not None and now() - user.last_seen > dt.timedelta(days=limits().unused_days)


def _visitor(request: HttpRequest) -> Actor:
    return Actor(address=request.META.get("REMOTE_ADDR", ""), request_id=getattr(request, "request_id", ""))

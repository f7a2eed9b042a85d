"""Sessions: begun, switched, proved, ended. What a session keeps: ``membership``, ``started``, ``seen``, ``proved``."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

from django.conf import settings
from django.contrib.auth import login as begin
from django.contrib.auth import logout as finish
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpRequest

from keqiao.platform.accounts.access import is_open
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import LoginSession, Membership, User
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import noted, written
from keqiao.platform.clock import now
from keqiao.platform.errors import NotVisible

#: a session is saved at most this often only because it was used
STEP = dt.timedelta(seconds=60)


def begin_session(request: HttpRequest, user: User) -> Membership | None:
    """Log the user in under a new session key, in the membership chosen last or the first; one event."""
    address, agent = request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", "")[:200]
    membership = first_membership(user)
    actor = Actor(user, membership, address=address, request_id=getattr(request, "request_id", ""))
    with written(actor, "account:login:ok", user):
        # nothing of an earlier session stays, and the key changes, so that a planted one is worth nothing
        LoginSession.objects.filter(key=request.session.session_key or "").delete()
        request.session.flush()
        begin(request, user, backend="django.contrib.auth.backends.ModelBackend")
        user.last_seen = now()
        user.save(update_fields=["last_seen"])
        stamp = now().timestamp()
        request.session.update({"started": stamp, "seen": stamp, "proved": stamp, "membership": membership.pk if membership else 0})
        request.session.save()
        LoginSession.objects.create(
            user=user, key=request.session.session_key or "", address=address, agent=agent, started_at=now(), seen_at=now()
        )
    return membership


def first_membership(user: User) -> Membership | None:
    """The membership in force that the user chose last, else the oldest in force."""
    found = [one for one in user.memberships.filter(state="active").select_related("user", "office", "institution").order_by("pk") if is_open(one)]
    chosen = [one for one in found if one.pk == user.chosen_id]
    return (chosen or found or [None])[0]  # type: ignore[list-item]


def touch(request: HttpRequest, user: User) -> None:
    """Note that a session is in use; writes at most once a minute, so that reading pages stays cheap."""
    seen = request.session.get("seen")
    if seen is not None and now().timestamp() - seen < STEP.total_seconds():
        return
    stamp = now().timestamp()
    request.session.setdefault("started", stamp)
    request.session["seen"] = stamp
    User.objects.filter(pk=user.pk).update(last_seen=now())
    LoginSession.objects.filter(key=request.session.session_key).update(seen_at=now())


def expiry(request: HttpRequest) -> str:
    """Why a session is over: ``idle``, ``absolute``, or an empty text."""
    rules, at = limits(), now().timestamp()
    if at - request.session.get("seen", at) >= rules.idle.total_seconds():
        return "idle"
    return "absolute" if at - request.session.get("started", at) >= rules.absolute.total_seconds() else ""


def expire(request: HttpRequest, user: User, reason: str) -> None:
    """End a session that rested or lasted too long; one event."""
    _end(request, user, "account:session:expire", reason=reason)


def end_session(request: HttpRequest, actor: Actor) -> None:
    """Log out; one event."""
    if actor.user is not None:
        _end(request, actor.user, "account:logout:ok")


def _end(request: HttpRequest, user: User, tag: str, **detail: str) -> None:
    address, number = request.META.get("REMOTE_ADDR", ""), getattr(request, "request_id", "")
    with written(Actor(user, address=address, request_id=number), tag, user, **detail):
        LoginSession.objects.filter(key=request.session.session_key or "").delete()
        finish(request)


def switch(actor: Actor, request: HttpRequest, id: int) -> Membership:
    """Act in another of one's own memberships from now on. Raises `NotVisible` where it is not one's own or not in force."""
    found = Membership.objects.filter(pk=id, user=actor.user).select_related("user", "office", "institution", "enterprise").first()
    if found is None or not is_open(found):
        raise NotVisible
    with written(actor, "membership:role:switch", found, role=found.role):
        found.user.chosen = found
        found.user.save(update_fields=["chosen"])
        request.session["membership"] = found.pk
    return found


def mark_proved(actor: Actor, request: HttpRequest) -> None:
    """The user has just shown again who he is; the session key changes."""
    noted(actor, "account:proof:ok", actor.user)
    renew_key(request)
    request.session["proved"] = now().timestamp()


def is_proved(request: HttpRequest) -> bool:
    """Whether the user has proved within the limit who he is."""
    return bool(now().timestamp() - request.session.get("proved", 0) < limits().proof_minutes * 60)


def stay(request: HttpRequest, user: User) -> None:
    """Go on after one's own new password: a new session key, nothing held up any more."""
    old = request.session.session_key
    update_session_auth_hash(request, user)
    LoginSession.objects.filter(key=old).update(key=request.session.session_key)
    request.session.pop("hold", None)


def renew_key(request: HttpRequest) -> None:
    """Give the session a new key, and its row too."""
    old = request.session.session_key
    request.session.cycle_key()
    LoginSession.objects.filter(key=old).update(key=request.session.session_key)


def end_other(actor: Actor, request: HttpRequest, id: int | None = None) -> int:
    """End one other session of one's own, or all of them; how many ended."""
    rows = LoginSession.objects.filter(user=actor.user).exclude(key=request.session.session_key)
    if id is not None:
        rows = rows.filter(pk=id)
        if not rows.exists():
            raise NotVisible
    with written(actor, "account:session:end", actor.user) as event:
        event.detail["sessions_ended"] = ended = drop_sessions(rows)
    return ended


def sweep_sessions() -> int:
    """Delete what is left of sessions that are over; housekeeping of the site, no event. How many rows of ours."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return LoginSession.objects.filter(started_at__lte=now() - limits().absolute).delete()[0]


def drop_sessions(rows: QuerySet[LoginSession]) -> int:
    """End sessions, inside an open write: their rows and what Django keeps of them."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = list(rows.values_list("key", flat=True))
    for key in keys:
        store(key).delete()
    LoginSession.objects.filter(key__in=keys).delete()
    return len(keys)

"""Who acts in a request: the membership in force, the limits of the session, proof of identity, and what holds a user up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from keqiao.platform.accounts.access import is_open
from keqiao.platform.accounts.keeping import next_query
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.accounts.services import sessions
from keqiao.platform.accounts.services.factors import has_factor
from keqiao.platform.accounts.services.passwords import is_expired
from keqiao.platform.actor import SECOND_FACTOR, Actor, Role
from keqiao.platform.permissions import Act

#: pages that stay open to a user who is held up
_FREE = frozenset({"accounts:logout", "accounts:password", "accounts:factor", "accounts:verify", "accounts:switch", "accounts:prove"})


class Acting:
    """Sets ``request.actor``: always there, a visitor where nobody is logged in.

    A session that rested or lasted too long ends here (``request.expired`` says why, ``request.expired_user`` whose it
    was); the page that was asked for then answers as to a visitor, and the login page keeps what was typed. A user
    whose password must change or whose second factor is missing acts in no membership until that is done.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond
        limits()  # what site.toml says wrongly is said when the site starts, not at the first login

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find who acts, then answer."""
        request.held = ""  # type: ignore[attr-defined]
        request.actor = self._actor(request)  # type: ignore[attr-defined]
        return self.respond(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Lead a user who is held up to the page where he gets on; public pages stay open."""
        held, match = request.held, request.resolver_match  # type: ignore[attr-defined]
        if not held or match is None or match.view_name in _FREE or getattr(view, "act", None) is Act.PUBLIC or match.namespace == "api":
            return None
        back = request.get_full_path() if request.method == "GET" else "/"
        target = reverse(f"accounts:{held}") + next_query(back)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)

    def _actor(self, request: HttpRequest) -> Actor:
        address, number = request.META.get("REMOTE_ADDR", ""), getattr(request, "request_id", "")
        visitor = Actor(address=address, request_id=number)
        if not request.user.is_authenticated:
            return visitor
        user: User = request.user
        reason = sessions.expiry(request)
        if reason:
            request.expired, request.expired_user = reason, user.pk  # type: ignore[attr-defined]
            sessions.expire(request, user, reason)
            request.user = AnonymousUser()
            return visitor
        # a page that only asks by itself how far a job is does not keep its user logged in
        if "KQ-Poll" not in request.headers:
            sessions.touch(request, user)
        membership = self._membership(request, user)
        request.held = held = self._held(request, user, membership)  # type: ignore[attr-defined]
        proved = sessions.is_proved(request)
        return Actor(user, None if held else membership, proved, address, number)

    def _membership(self, request: HttpRequest, user: User) -> Membership | None:
        """The membership that the session names; the one chosen last where it names none. None where it is not in force."""
        related = ("user", "office", "institution", "enterprise")
        chosen = request.session.get("membership")
        if chosen is None:
            found = sessions.first_membership(user)
            request.session["membership"] = found.pk if found else 0
            chosen = request.session["membership"]
        if not chosen:
            return None
        membership = user.memberships.filter(pk=chosen).select_related(*related).first()
        return membership if membership is not None and is_open(membership) else None

    def _held(self, request: HttpRequest, user: User, membership: Membership | None) -> str:
        """The name of the page that a user must pass first: ``password``, ``verify``, ``factor``, or an empty text.

        A password that grows old during a session is asked for at the next login, so that no form is torn away.
        """
        if user.is_verified():  # type: ignore[attr-defined]
            pass
        elif self._needs_factor(user, membership):
            return "verify" if has_factor(user) else "factor"
        elif request.session.get("verify"):
            return "verify"
        if user.must_change_password or request.session.get("hold") == "password":
            return "password"
        return ""

    def _needs_factor(self, user: User, membership: Membership | None) -> bool:
        return not settings.DEMO and membership is not None and Role(membership.role) in SECOND_FACTOR


def hold_after_login(request: HttpRequest, user: User) -> None:
    """What a login leaves to do: an old password, or a second factor that the user has set up of his own will."""
    if is_expired(user):
        request.session["hold"] = "password"
    if has_factor(user):
        request.session["verify"] = True

"""Who may do what: every act of the site with its roles, and how views are declared with it.

A view without `page` is refused by the middleware of the tests and by `Declared` at start-up: the default is no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

from keqiao.platform.actor import Actor, Role
from keqiao.platform.errors import NeedsLogin, NeedsProof, NotAllowed

_ALL = frozenset(Role)
_IN = _ALL - {Role.VISITOR}
_SEES = frozenset({Role.AUTHORITY})


class Act(Enum):
    """An act: its tag, the roles that may do it, and whether identity must be proved again."""

    PUBLIC = ("public", _ALL)
    ACCOUNT = ("account", _IN)
    SWITCH = ("switch", _ALL)

    ENTERPRISES_SEE = ("enterprises:see", _SEES | {Role.ENTERPRISE})
    ENTERPRISES_LIST = ("enterprises:list", _SEES)
    ENTERPRISES_EXPORT = ("enterprises:export", _SEES)
    IMPORT = ("import", _SEES)
    RUN = ("run", _SEES)
    RUN_SEE = ("run:see", _SEES)
    FACTS_REQUEST = ("facts:request", _SEES)
    FACTS_DECLARE = ("facts:declare", frozenset({Role.ENTERPRISE}))
    EVIDENCE_SEE = ("evidence:see", _SEES | {Role.ENTERPRISE})
    OBJECT = ("objection:file", frozenset({Role.ENTERPRISE}))
    OBJECTION_DECIDE = ("objection:decide", _SEES)
    REGISTRATION_DECIDE = ("registration:decide", _SEES)
    REGISTER = ("register", frozenset({Role.VISITOR}))
    REGISTERED = ("registration:own", frozenset({Role.VISITOR, Role.ENTERPRISE}))  # whoever is logged in and has filed one
    MEMBERS = ("members", frozenset({Role.AUTHORITY, Role.INSTITUTION, Role.ENTERPRISE}))
    JOBS = ("jobs", _SEES | {Role.ENTERPRISE, Role.SYSTEM})
    TOKENS = ("tokens", frozenset({Role.AUTHORITY, Role.INSTITUTION, Role.ENTERPRISE}), True)

    SYSTEM_USERS = ("system:users", frozenset({Role.SYSTEM}))
    SYSTEM_PLACES = ("system:places", frozenset({Role.SYSTEM}))
    SYSTEM_STATE = ("system:state", frozenset({Role.SYSTEM}))
    SECURITY_ROLES = ("security:roles", frozenset({Role.SECURITY}))
    SECURITY_LOCKS = ("security:locks", frozenset({Role.SECURITY}))
    SECURITY_KEYS = ("security:keys", frozenset({Role.SECURITY}), True)
    AUDIT_SEE = ("audit:see", frozenset({Role.AUDITOR}))
    AUDIT_EXPORT = ("audit:export", frozenset({Role.AUDITOR}))

    def __init__(self, tag: str, roles: frozenset[Role], proof: bool = False) -> None:
        self.tag, self.roles, self.proof = tag, roles, proof

    def allowed(self, actor: Actor) -> bool:
        """Whether the actor's role may do this, without regard to the object or to proof.

        `Act.SWITCH` is for everyone who is logged in, also where no membership is in force yet.
        """
        return actor.role in self.roles and (actor.user is not None or self is not Act.SWITCH)


View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def check(actor: Actor, act: Act) -> None:
    """Raise `NeedsLogin`, `NotAllowed` or `NeedsProof` where the actor may not do the act."""
    if not act.allowed(actor):
        if actor.user is None:
            raise NeedsLogin
        raise NotAllowed("您现在的身份不能做这一步；可在上方切换身份。", "Your present role may not do this; switch roles in the bar above.")
    if act.proof and not actor.proved:
        raise NeedsProof


def page(act: Act, *, methods: Iterable[str] = ("GET",)) -> Callable[[View], View]:
    """Declare a view: the act it is, and the methods it answers (HEAD goes with GET).

    The declaration stands on the view as ``view.act`` and ``view.methods`` for the tests that walk all URLs.
    """
    wanted = tuple(methods)

    def declare(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request.actor, act)  # type: ignore[attr-defined]
            if request.method not in wanted and not (request.method == "HEAD" and "GET" in wanted):
                return HttpResponseNotAllowed(wanted)
            return view(request, *args, **kwargs)

        checked.act, checked.methods = act, wanted  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return declare

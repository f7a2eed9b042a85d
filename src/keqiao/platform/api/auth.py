"""Who calls: a token in the header ``Authorization``, acting as its membership within its scopes.

A session's cookie counts for nothing here, so that no page elsewhere can make a browser call the interface.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from keqiao.errors import say
from keqiao.platform.accounts.models import ApiToken
from keqiao.platform.accounts.services.tokens import find_token, mark_used
from keqiao.platform.actor import Actor
from keqiao.platform.api import throttling
from keqiao.platform.errors import NotAllowed, SiteError, TooMany
from keqiao.platform.permissions import Act


class Unauthorised(SiteError):
    """There is no token, or none that is valid; which of the reasons it is, is not told."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "要带有效的凭证：Authorization: Bearer kq_…。没有、写错、过期和已撤销的都不行。",
            "Send a valid token: Authorization: Bearer kq_…. None, a wrong, an expired or a revoked one will not do.",
        )


class Bearer(HttpBearer):
    """The check of one operation: a valid token, its scope, the role's right to the act. Sets ``request.actor``."""

    def __init__(self, act: Act, scope: str) -> None:
        super().__init__()
        self.act, self.scope = act, scope

    def __call__(self, request: HttpRequest) -> ApiToken:
        """The token. Raises `Unauthorised`, `NotAllowed` or `TooMany`."""
        address = request.META.get("REMOTE_ADDR", "")
        wait = throttling.GUESSES.wait(address)
        if wait:
            raise TooMany(wait)
        token = super().__call__(request)
        if token is None:
            if request.headers.get("Authorization"):
                throttling.GUESSES.take(address)
            raise Unauthorised
        request.actor = Actor(token.membership.user, token.membership, False, address, getattr(request, "request_id", ""))  # type: ignore[attr-defined]
        if self.scope not in token.scopes:
            raise NotAllowed(f"这个凭证没有“{self.scope}”权限。", f"This token lacks the scope {self.scope}.")
        if not self.act.allowed(request.actor):  # type: ignore[attr-defined]
            raise NotAllowed("凭证的身份不能做这一步。", "The token's role may not do this.")
        mark_used(token)
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The valid token of a text."""
        return find_token(token.strip()) if len(token) <= 200 else None


def spoken(scope: str) -> str:
    """What a scope lets a program do, in words."""
    from keqiao.platform.accounts.access import TOKEN_SCOPES

    zh, en, _ = TOKEN_SCOPES[scope]
    return say(zh, en)

"""B11: API tokens of the membership in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from keqiao.errors import say
from keqiao.platform.accounts import queries, services
from keqiao.platform.accounts.access import TOKEN_SCOPES, token_scopes
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import ApiToken
from keqiao.platform.accounts.views.common import actor_of, attempt, done, field, show, to
from keqiao.platform.actor import Actor
from keqiao.platform.clock import now
from keqiao.platform.permissions import Act, page


def _rows(actor: Actor) -> list[tuple[ApiToken, bool, str]]:
    """Each token, whether it works, and its scopes in words."""
    return [
        (one, one.revoked_at is None and one.expires_at > now(), say("、", ", ").join(say(*TOKEN_SCOPES[scope][:2]) for scope in one.scopes if scope in TOKEN_SCOPES))
        for one in queries.tokens(actor)
    ]  # fmt: skip


def _shown(request: HttpRequest, status: int = 200, **found: object) -> HttpResponse:
    actor = actor_of(request)
    scopes = [(name, say(zh, en), name in request.POST.getlist("scopes")) for name, (zh, en) in token_scopes(actor.role).items()]
    return show(request, "accounts/tokens.html", status, rows=_rows(actor), scopes=scopes, rules=limits(), typed=request.POST, **found)


@page(Act.TOKENS, methods=("GET", "POST"))
def tokens(request: HttpRequest) -> HttpResponse:
    """Which program may come in for us? A new token is shown once."""
    if request.method == "GET":
        return _shown(request)

    def work() -> HttpResponse:
        days = field(request, "days")
        made, text = services.make_token(
            actor_of(request), field(request, "name"), request.POST.getlist("scopes"), int(days) if days.isdecimal() and len(days) < 6 else 0
        )
        return _shown(request, made=made, text=text)

    return attempt(request, work, lambda **found: _shown(request, **found))


@page(Act.TOKENS, methods=("POST",))
def rotate(request: HttpRequest, id: int) -> HttpResponse:
    """A token in place of another; the old one works a week more."""
    actor = actor_of(request)

    def work() -> HttpResponse:
        made, text = services.rotate_token(actor, queries.get_token(actor, id))
        return _shown(request, made=made, text=text, rotated=True)

    return attempt(request, work, lambda **found: _shown(request, **found))


@page(Act.TOKENS, methods=("POST",))
def revoke(request: HttpRequest, id: int) -> HttpResponse:
    """A token stops at once."""
    actor = actor_of(request)
    services.revoke_token(actor, queries.get_token(actor, id))
    done(request, say("凭证已撤销，立即失效。", "The token is revoked and void at once."))
    return to("accounts:tokens")

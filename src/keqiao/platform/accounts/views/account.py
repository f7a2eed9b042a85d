"""One's own account: memberships, sessions, password, second factor, settings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters

from keqiao.errors import language, say
from keqiao.platform.accounts import queries
from keqiao.platform.accounts.access import check_proved
from keqiao.platform.accounts.keeping import safe_next
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.services import factors, sessions, users
from keqiao.platform.accounts.views.common import actor_of, attempt, done, field, show, to
from keqiao.platform.accounts.words import agent_words, membership_word, state_word
from keqiao.platform.permissions import Act, page
from keqiao.platform.web.middleware import LANGUAGE_COOKIE

_YEAR = 365 * 24 * 3600


@page(Act.SWITCH)
def account(request: HttpRequest) -> HttpResponse:
    """Who am I here, where am I logged in, how am I protected?"""
    actor = actor_of(request)
    assert actor.user is not None, "declared for users"
    own = queries.own_memberships(actor)
    held = [(one, membership_word(one), state_word(one.state), actor.membership is not None and one.pk == actor.membership.pk) for one in own]
    return show(
        request, "accounts/account.html", held=held, sessions=[(one, agent_words(one.agent)) for one in queries.own_sessions(actor)], here=request.session.session_key,
        has_factor=factors.has_factor(actor.user), codes_left=queries.recovery_left(actor), rules=limits(), user=actor.user,
        preferences={"keys": False, "language": language(), **(actor.user.preferences or {})},
    )  # fmt: skip


@page(Act.SWITCH, methods=("POST",))
def preferences(request: HttpRequest) -> HttpResponse:
    """Single keys and the language of the pages."""
    chosen = field(request, "language") or "zh"
    users.set_preferences(actor_of(request), keys=bool(request.POST.get("keys")), language=chosen)
    done(request, say("设置已保存。", "Settings saved."))
    answer = to("accounts:account")
    answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer


@page(Act.SWITCH, methods=("POST",))
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one other session, or all others."""
    chosen = field(request, "session")
    ended = sessions.end_other(actor_of(request), request, int(chosen) if chosen.isdecimal() else None)
    done(request, say(f"已结束 {ended} 处登录。", f"{ended} sessions ended."))
    return to("accounts:account")


@sensitive_post_parameters("old", "new", "again")
@page(Act.SWITCH, methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; also the page of one who must."""
    actor = actor_of(request)
    forced = request.held == "password"  # type: ignore[attr-defined]
    shown = {"rules": limits(), "forced": forced, "user": actor.user, "next": safe_next(request, "")}
    if request.method == "GET":
        return show(request, "accounts/password.html", **shown)

    def work() -> HttpResponse:
        old, new, again = (request.POST.get(name, "") for name in ("old", "new", "again"))
        user = users.change_password(actor, old, new, again, request.session.session_key or "")
        sessions.stay(request, user)
        done(request, say("密码已改，其他登录已结束。", "The password is changed and other sessions have ended."))
        return HttpResponseRedirect(safe_next(request) if forced else safe_next(request, "/account"))

    return attempt(request, work, lambda **found: show(request, "accounts/password.html", **shown, **found))


@page(Act.SWITCH, methods=("GET", "POST"))
def factor(request: HttpRequest) -> HttpResponse:
    """Set up the second factor: picture, first code, recovery codes (shown once)."""
    actor = actor_of(request)
    assert actor.user is not None, "declared for users"
    check_proved(actor)
    user = actor.user

    def page_again(status: int = 200, **found: object) -> HttpResponse:
        device = factors.open_device(user)
        picture, secret = factors.picture_of(device), factors.secret_of(device)
        forced = request.held == "factor"  # type: ignore[attr-defined]
        return show(request, "accounts/factor.html", status, picture=picture, secret=secret, forced=forced, next=safe_next(request, ""), **found)

    if request.method == "GET":
        return page_again()

    def work() -> HttpResponse:
        codes = factors.confirm(actor, request, field(request, "code"))
        request.session.pop("verify", None)
        return show(request, "accounts/codes.html", codes=codes, next=safe_next(request))

    return attempt(request, work, page_again)


@page(Act.ACCOUNT, methods=("POST",))
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old, shown once."""
    return show(request, "accounts/codes.html", codes=factors.renew_codes(actor_of(request)), next="/account")


@page(Act.SWITCH, methods=("GET", "POST"))
def verify(request: HttpRequest) -> HttpResponse:
    """The second factor after the password."""
    actor = actor_of(request)
    if request.method == "GET":
        return show(request, "accounts/verify.html")

    def work() -> HttpResponse:
        factors.verify(actor, request, field(request, "code"))
        request.session.pop("verify", None)
        target = "/resume" if request.session.get("kept") else safe_next(request)
        answer = HttpResponseRedirect(target)
        answer.status_code = 303
        return answer

    return attempt(request, work, lambda **found: show(request, "accounts/verify.html", **found))

"""Logging in and out, proof of identity, the form that was kept over a login, switching of roles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from keqiao.errors import say
from keqiao.platform.accounts.keeping import safe_next, unseal
from keqiao.platform.accounts.middleware import hold_after_login
from keqiao.platform.accounts.services import logins, sessions
from keqiao.platform.accounts.views.common import actor_of, attempt, done, number, show, to
from keqiao.platform.permissions import Act, page


@sensitive_post_parameters("password", "kept")
@page(Act.PUBLIC, methods=("GET", "POST"))
def login(request: HttpRequest) -> HttpResponse:
    """S1: login name and password. Who is logged in already is led on."""
    if request.method == "GET" and actor_of(request).user is not None:
        return HttpResponseRedirect(safe_next(request))
    if request.method == "GET":
        return show(request, "accounts/login.html")

    def work() -> HttpResponse:
        user = logins.log_in(request, request.POST.get("username", ""), request.POST.get("password", ""))
        hold_after_login(request, user)
        return _onward(request, user.pk)

    return attempt(request, work, lambda **found: show(request, "accounts/login.html", username=request.POST.get("username", ""), **found))


def _onward(request: HttpRequest, user: int) -> HttpResponseRedirect:
    """To the page that was asked for, or to the form that waits."""
    if unseal(request.POST.get("kept", ""), user) is not None:
        request.session["kept"] = request.POST["kept"]
        target = reverse("accounts:resume")
    else:
        target = safe_next(request)
    answer = HttpResponseRedirect(target)
    answer.status_code = 303
    return answer


@page(Act.PUBLIC, methods=("POST",))
def logout(request: HttpRequest) -> HttpResponse:
    """End the session; also where it has ended already."""
    sessions.end_session(request, actor_of(request))
    return to("accounts:login")


@page(Act.SWITCH, methods=("GET", "POST"))
def resume(request: HttpRequest) -> HttpResponse:
    """The form that was typed before the login: shown once more, sent by the user's own hand, or dropped."""
    kept = unseal(request.session.get("kept", ""), actor_of(request).user.pk)  # type: ignore[union-attr]
    if kept is None or request.method == "POST":
        request.session.pop("kept", None)
        return to("web:start")
    context: dict[str, Any] = {"carried": kept.fields, "action": kept.path, "files": kept.files}
    return show(request, "accounts/resume.html", **context)


@sensitive_post_parameters("password", "kept")
@page(Act.SWITCH, methods=("GET", "POST"))
def prove(request: HttpRequest) -> HttpResponse:
    """Show the password again before a dangerous act; then on to it."""
    actor = actor_of(request)
    user = actor.user
    assert user is not None, "declared for users"
    if request.method == "GET":
        return show(request, "accounts/prove.html")

    def work() -> HttpResponse:
        logins.check_password_again(request, user, request.POST.get("password", ""))
        sessions.mark_proved(actor, request)
        return _onward(request, user.pk)

    return attempt(request, work, lambda **found: show(request, "accounts/prove.html", **found))


@page(Act.SWITCH, methods=("POST",))
def switch(request: HttpRequest) -> HttpResponse:
    """Act in another membership; its own first page."""
    membership = sessions.switch(actor_of(request), request, number(request, "membership"))
    done(request, say(f"现在的身份：{membership.scope_name() or membership.user.name}。", f"You act for {membership.scope_name() or 'yourself'} now."))
    return to("web:start")



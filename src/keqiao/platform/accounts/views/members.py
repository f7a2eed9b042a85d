"""E14, B10: the members of one's own office, institution or enterprise; invitations and their acceptance."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from keqiao.errors import say
from keqiao.platform.accounts import queries, services
from keqiao.platform.accounts.limits import limits
from keqiao.platform.accounts.models import Membership
from keqiao.platform.accounts.views.common import actor_of, attempt, done, field, number, show, to
from keqiao.platform.accounts.words import role_word, state_word
from keqiao.platform.errors import NotVisible
from keqiao.platform.permissions import Act, page


@page(Act.MEMBERS, methods=("GET", "POST"))
def members(request: HttpRequest) -> HttpResponse:
    """Who acts for us? A manager invites here; the link is shown once."""
    actor = actor_of(request)

    def shown(status: int = 200, **found: object) -> HttpResponse:
        rows = [(one, state_word(one.state), queries.manages_member(actor, one), one.user_id == actor.user.pk) for one in queries.members(actor)]  # type: ignore[union-attr]
        return show(
            request, "accounts/members.html", status, waiting=[row for row in rows if row[0].state == "pending"],
            active=[row for row in rows if row[0].state == "active"], past=[row for row in rows if row[0].state in ("ended", "refused")],
            invitations=queries.invitations(actor), rules=limits(), typed=request.POST, **found,
        )  # fmt: skip

    if request.method == "GET":
        return shown()

    def work() -> HttpResponse:
        text = services.invite(actor, field(request, "name"), field(request, "username"), is_manager=bool(request.POST.get("manager")))
        link = request.build_absolute_uri(reverse("accounts:invite", args=[text]))
        return shown(link=link, invited=field(request, "name"))

    return attempt(request, work, shown)


_ACTS = {
    "approve": (services.approve, "已批准{name}。", "{name} is approved."),
    "refuse": (services.refuse, "已拒绝{name}的申请。", "The request of {name} is refused."),
    "end": (services.end, "已终止{name}的身份。", "The membership of {name} has ended."),
    "handover": (services.hand_over, "管理已移交给{name}。", "{name} manages now."),
    "promote": (lambda actor, one: services.set_manager(actor, one, True), "{name}可以管理成员了。", "{name} may manage members now."),
    "demote": (lambda actor, one: services.set_manager(actor, one, False), "{name}不再管理成员。", "{name} no longer manages members."),
}


@page(Act.MEMBERS, methods=("POST",))
def member(request: HttpRequest, id: int, act: str) -> HttpResponse:
    """One act on one member."""
    if act not in _ACTS:
        raise NotVisible
    actor, work = actor_of(request), _ACTS[act]
    found: Membership = queries.get_membership(actor, id)
    work[0](actor, found)
    name = found.user.name
    done(request, say(work[1].format(name=name), work[2].format(name=name)))
    return to("accounts:members")


@page(Act.MEMBERS, methods=("POST",))
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back an open invitation."""
    actor = actor_of(request)
    services.withdraw(actor, queries.get_invitation(actor, number(request, "invitation")))
    done(request, say("邀请已撤回，链接失效。", "The invitation is withdrawn; its link is void."))
    return to("accounts:members")


@sensitive_post_parameters("password", "again")
@page(Act.PUBLIC, methods=("GET", "POST"))
def invite(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an invitation: a new user with a password of his own, or the user who is logged in."""
    actor = actor_of(request)
    invitation = services.find_invitation(token)
    body = invitation.office or invitation.institution or invitation.enterprise
    shown: dict[str, Any] = {"invitation": invitation, "body": body, "role": role_word(invitation.role), "rules": limits(), "token": token}
    if request.method == "GET":
        return show(request, "accounts/invite.html", **shown, typed={"name": invitation.name, "username": invitation.username})

    def work() -> HttpResponse:
        if actor.user is not None and request.POST.get("join"):
            services.accept_as_user(actor, token)
            done(request, say(f"您已加入{body}；可在上方切换身份。", f"You have joined {body}; switch roles in the bar above."))
            return to("accounts:account")
        password, again = request.POST.get("password", ""), request.POST.get("again", "")
        services.accept_as_new(actor, token, field(request, "username"), field(request, "name"), password, again)
        done(request, say("账户已开通，用新密码登录。", "The account is ready; log in with the new password."))
        return to("accounts:login")

    return attempt(request, work, lambda **found: show(request, "accounts/invite.html", **shown, typed=request.POST, **found))

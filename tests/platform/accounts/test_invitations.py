"""Invitations: a link for one use within seven days."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keqiao.platform.accounts import services
from keqiao.platform.accounts.access import Scope
from keqiao.platform.accounts.models import Invitation, Membership, User
from keqiao.platform.actor import Actor, Role
from keqiao.platform.errors import Invalid, NotAllowed, NotVisible, Refused

PASSWORD = "Chengqu-8317"
VISITOR = Actor()


@pytest.fixture
def token(manager: Membership, acting: Any, clock: Any) -> str:
    """An open invitation into the manager's office."""
    return services.invite(acting(manager), "周文文", "zhou.wen")


def _accept(token: str, username: str = "zhou.wen") -> Membership:
    return services.accept_as_new(VISITOR, token, username, "周文文", PASSWORD, PASSWORD)


def test_accepting_makes_a_member_in_force(token: str, manager: Membership, tags: Any) -> None:
    made = _accept(token)
    assert (made.state, made.role, made.office_id, made.is_manager) == ("active", "authority", manager.office_id, False)
    assert made.approved_by_id == made.invited_by_id == manager.user_id
    assert made.user.check_password(PASSWORD)
    assert tags() == ["account:invitation:create", "account:invitation:accept"]


def test_the_token_is_not_in_the_database(token: str) -> None:
    assert token not in str(Invitation.objects.values().get())


def test_it_works_once(token: str) -> None:
    _accept(token)
    with pytest.raises(NotVisible):
        _accept(token, "other.name")
    assert User.objects.filter(username="other.name").count() == 0


@pytest.mark.parametrize(("days", "works"), [(6.9, True), (7, False)])
def test_it_works_for_seven_days(days: float, works: bool, token: str, clock: Any, client: Client) -> None:
    clock.forward(days=days)
    assert client.get(f"/invite/{token}").status_code == (200 if works else 404)
    if works:
        _accept(token)
    else:
        with pytest.raises(NotVisible):
            _accept(token)


def test_a_withdrawn_one_is_void(token: str, manager: Membership, acting: Any, tags: Any) -> None:
    services.withdraw(acting(manager), Invitation.objects.get())
    with pytest.raises(NotVisible):
        _accept(token)
    with pytest.raises(Refused):
        services.withdraw(acting(manager), Invitation.objects.get())
    assert tags() == ["account:invitation:create", "account:invitation:withdraw"]


def test_a_weak_password_leaves_it_open(token: str) -> None:
    with pytest.raises(Invalid):
        services.accept_as_new(VISITOR, token, "zhou.wen", "周文文", "short", "short")
    assert _accept(token).state == "active"


def test_a_taken_login_name_leaves_it_open(token: str) -> None:
    with pytest.raises(Refused, match="已有人用"):
        _accept(token, "guanli")
    assert _accept(token).state == "active"


def test_a_user_joins_with_the_account_he_has(token: str, somebody: User) -> None:
    made = services.accept_as_user(Actor(somebody), token)
    assert (made.user_id, made.state) == (somebody.pk, "active")


def test_an_administrator_cannot_join(token: str, member: Any, acting: Any) -> None:
    with pytest.raises(Refused, match="不能兼任业务身份"):
        services.accept_as_user(acting(member("auditor")), token)
    assert Invitation.objects.get().used_at is None


@pytest.mark.parametrize("role", ["plain", "visitor", "security"])
def test_only_managers_invite(role: str, member: Any, acting: Any, town: Any) -> None:
    actor = {"visitor": lambda: Actor(proved=True), "security": lambda: acting(member("security"))}.get(
        role, lambda: acting(member("authority", office=town["first_office"]))
    )()
    with pytest.raises(NotAllowed):
        services.invite(actor, "某", "mou.mou")


def test_the_system_administrator_invites_the_first_manager(member: Any, acting: Any, town: Any) -> None:
    text = services.invite(
        acting(member("system")), "周文文", "zhou.wen", is_manager=True, role=Role.AUTHORITY, scope=Scope(office=town["second_office"].pk)
    )
    made = _accept(text)
    assert (made.office_id, made.is_manager) == (town["second_office"].pk, True)


def test_the_whole_way_in_the_browser(client: Client, manager: Membership, enter: Any) -> None:
    enter(client, "guanli")
    page = client.post("/members", {"name": "周文文", "username": "zhou.wen"})
    link = page.context["link"]
    assert link not in client.get("/members").content.decode()
    guest = Client()
    path = link.removeprefix("http://testserver")
    assert "临澄高新区科技金融处" in guest.get(path).content.decode()
    typed = {"name": "周文文", "username": "zhou.wen", "password": PASSWORD, "again": PASSWORD}
    refused = guest.post(path, {**typed, "again": "x"})
    assert refused.status_code == 422
    assert 'value="zhou.wen"' in refused.content.decode()
    assert guest.post(path, typed).url == "/login"
    assert enter(guest, "zhou.wen", PASSWORD).status_code == 303
    assert guest.get("/members").status_code == 200
    assert guest.get(path).status_code == 404

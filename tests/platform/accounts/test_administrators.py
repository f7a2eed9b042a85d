"""The pages of the system and security administrators; no business data on any of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keqiao.platform.accounts import services
from keqiao.platform.accounts.access import Scope
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.accounts.services import logins

SYSTEM = ["/system/users", "/system/users/new", "/system/offices", "/system/institutions", "/system/places"]
SECURITY = ["/security/roles", "/security/locks", "/security/keys"]


@pytest.fixture
def admin(client: Client, member: Any, enter: Any) -> Client:
    """The system administrator, logged in."""
    member("system", username="xitong")
    enter(client, "xitong")
    return client


@pytest.fixture
def guard(member: Any, enter: Any) -> Client:
    """The security administrator, logged in."""
    member("security", username="anquan")
    client = Client()
    enter(client, "anquan")
    return client


@pytest.mark.parametrize("url", SYSTEM + SECURITY)
@pytest.mark.parametrize("role", ["system", "security", "auditor", "authority", "enterprise", "visitor"])
def test_each_page_is_for_one_role(url: str, role: str, member: Any, town: Any, enter: Any) -> None:
    client = Client()
    if role != "visitor":
        scope = {"authority": {"office": town["first_office"]}, "enterprise": {"enterprise": town["own"]}}.get(role, {})
        enter(client, member(role, **scope).user.username)
    allowed = (role == "system" and url in SYSTEM) or (role == "security" and url in SECURITY)
    assert client.get(url).status_code == (200 if allowed else 401 if role == "visitor" else 403)


@pytest.mark.parametrize("url", SYSTEM)
def test_no_enterprise_is_named_to_the_system_administrator(url: str, admin: Client, town: Any) -> None:
    assert town["own"].code not in admin.get(url).content.decode()


def test_a_new_user_gets_a_password_for_one_login(admin: Client, enter: Any, tags: Any) -> None:
    page = admin.post("/system/users/new", {"username": "zhou.wen", "name": "周文文"})
    password = page.context["password"]
    assert password in page.content.decode()
    assert tags()[-1] == "account:user:create"
    new = Client()
    enter(new, "zhou.wen", password)
    assert new.get("/account").url == "/account/password?next=/account"


def test_a_taken_login_name_keeps_the_form(admin: Client, manager: Membership) -> None:
    page = admin.post("/system/users/new", {"username": "guanli", "name": "周文文"})
    assert page.status_code == 409
    assert 'value="周文文"' in page.content.decode()


def test_granting_on_the_page(admin: Client, somebody: User, town: Any) -> None:
    data = {"role": "authority", "office": str(town["first_office"].pk), "manager": "1"}
    assert admin.post(f"/system/users/{somebody.pk}/grant", data).status_code == 303
    made = somebody.memberships.get()
    assert (made.office, made.is_manager, made.state) == (town["first_office"], True, "active")


@pytest.mark.parametrize("role", ["system", "security", "auditor", "enterprise", "nonsense"])
def test_the_page_grants_no_other_role(role: str, admin: Client, somebody: User) -> None:
    assert admin.post(f"/system/users/{somebody.pk}/grant", {"role": role}).status_code == 422
    assert not somebody.memberships.exists()


def test_the_first_member_of_an_office_is_approved_here_and_manages(admin: Client, somebody: User, town: Any, system: Any) -> None:
    one = services.request_membership(system, somebody, "authority", Scope(office=town["second_office"].pk))
    assert "周某" in admin.get("/system/users").content.decode()
    admin.post(f"/system/memberships/{one.pk}/approve")
    one.refresh_from_db()
    assert (one.state, one.is_manager) == ("active", True)


def test_where_a_manager_is_the_administrator_is_not_asked(admin: Client, somebody: User, manager: Membership, system: Any) -> None:
    services.request_membership(system, somebody, "authority", Scope.of(manager))
    assert "首位成员的申请" not in admin.get("/system/users").content.decode()


def test_a_stopped_user_is_out_at_once_and_comes_back(admin: Client, manager: Membership, enter: Any, tags: Any) -> None:
    officer = Client()
    enter(officer, "guanli")
    admin.post(f"/system/users/{manager.user_id}/stop")
    assert officer.get("/members").status_code == 401
    assert enter(officer, "guanli").status_code == 401
    admin.post(f"/system/users/{manager.user_id}/restore")
    assert enter(officer, "guanli").status_code == 303
    assert {"account:user:stop", "account:user:restore"} <= set(tags())


def test_an_administrator_cannot_stop_himself(admin: Client) -> None:
    own = User.objects.get(username="xitong")
    assert admin.post(f"/system/users/{own.pk}/stop").status_code == 403
    own.refresh_from_db()
    assert own.is_active


def test_the_memberships_of_administrators_are_not_ended_on_a_page(admin: Client, member: Any) -> None:
    other = member("auditor")
    assert admin.post(f"/system/memberships/{other.pk}/end").status_code == 403
    other.refresh_from_db()
    assert other.state == "active"


def test_the_matrix_lists_every_act_and_holder(guard: Client, manager: Membership) -> None:
    from keqiao.platform.permissions import Act

    page = guard.get("/security/roles").content.decode()
    assert all(act.tag in page for act in Act)
    assert "guanli" in page


def test_a_locked_name_is_listed_with_its_address_and_unlocked(guard: Client, manager: Membership, enter: Any, tags: Any) -> None:
    for _ in range(5):
        enter(Client(), "guanli", "wrong")
    page = guard.get("/security/locks").content.decode()
    assert "guanli" in page
    assert "127.0.0.1" in page
    guard.post("/security/locks/unlock", {"username": "guanli"})
    assert tags()[-1] == "account:lock:clear"
    assert enter(Client(), "guanli").status_code == 303


def test_unlocking_asks_for_proof(guard: Client, manager: Membership, enter: Any, clock: Any) -> None:
    clock.forward(minutes=11)
    for _ in range(5):
        enter(Client(), "guanli", "wrong")
    assert guard.post("/security/locks/unlock", {"username": "guanli"}).status_code == 403
    assert logins.locked_until("guanli") is not None


def test_who_lacks_a_second_factor_is_listed(guard: Client, manager: Membership, somebody: User) -> None:
    page = guard.get("/security/locks")
    assert [user.username for user in page.context["missing"]] == ["anquan", "guanli"]


def test_the_age_of_the_keys(guard: Client) -> None:
    page = guard.get("/security/keys").content.decode()
    assert all(name in page for name in ("session.key", "files.key", "audit.salt"))

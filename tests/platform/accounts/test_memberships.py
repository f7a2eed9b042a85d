"""Memberships: roles that exclude each other, scopes, approval, the last manager, handing over."""

from __future__ import annotations

from typing import Any

import pytest

from keqiao.platform.accounts import queries, services
from keqiao.platform.accounts.access import Scope
from keqiao.platform.accounts.models import Membership, User
from keqiao.platform.actor import ADMINISTRATORS, Actor, Role
from keqiao.platform.errors import NeedsProof, NotAllowed, NotVisible, Refused

ADMINS = sorted(ADMINISTRATORS)


@pytest.mark.parametrize(("first", "second"), [(a, b) for a in ADMINS for b in ADMINS if a != b])
def test_nobody_holds_two_administrators_roles(first: Role, second: Role, system: Actor, somebody: User, tags: Any) -> None:
    services.grant(system, somebody, first)
    with pytest.raises(Refused, match="三类管理员不能由一人兼任"):
        services.grant(system, somebody, second)
    assert tags() == ["account:membership:grant"]


@pytest.mark.parametrize("admin", ADMINS)
@pytest.mark.parametrize("business", [Role.AUTHORITY, Role.EXPERT])
@pytest.mark.parametrize("admin_first", [True, False])
def test_no_administrator_has_a_business_role(
    admin: Role, business: Role, admin_first: bool, system: Actor, somebody: User, town: Any
) -> None:
    scope = {"office": town["first_office"]} if business is Role.AUTHORITY else {}
    roles: list[tuple[Role, dict[str, Any]]] = [(admin, {}), (business, scope)]
    (one, its), (other, others) = roles if admin_first else roles[::-1]
    services.grant(system, somebody, one, **its)
    with pytest.raises(Refused, match="不能兼任业务身份"):
        services.grant(system, somebody, other, **others)


def test_a_conflict_counts_roles_that_wait_but_not_those_over(system: Actor, somebody: User, town: Any) -> None:
    waiting = services.request_membership(system, somebody, "authority", Scope(office=town["first_office"].pk))
    with pytest.raises(Refused):
        services.grant(system, somebody, "system")
    services.refuse(system, waiting)
    assert services.grant(system, somebody, "system").state == "active"


def test_several_business_roles_are_fine(system: Actor, somebody: User, town: Any) -> None:
    services.grant(system, somebody, "authority", office=town["first_office"])
    services.grant(system, somebody, "enterprise", enterprise=town["own"])
    assert somebody.memberships.count() == 2


def test_the_same_membership_twice_is_refused(system: Actor, somebody: User, town: Any) -> None:
    services.grant(system, somebody, "authority", office=town["first_office"])
    with pytest.raises(Refused, match="已有这个身份"):
        services.grant(system, somebody, "authority", office=town["first_office"])


@pytest.mark.parametrize(("role", "scope"), [("authority", ""), ("authority", "enterprise"), ("system", "office"), ("expert", "office")])
def test_a_role_has_exactly_its_kind_of_body(role: str, scope: str, system: Actor, somebody: User, town: Any) -> None:
    bodies = {"office": town["first_office"], "enterprise": town["own"]}
    with pytest.raises(Refused, match="所属单位不对"):
        services.grant(system, somebody, role, **({scope: bodies[scope]} if scope else {}))


@pytest.mark.parametrize("role", ADMINS)
def test_no_page_makes_an_administrator(role: Role, member: Any, acting: Any, somebody: User) -> None:
    with pytest.raises(NotAllowed):
        services.grant(acting(member("system")), somebody, role)


@pytest.mark.parametrize("role", ["authority", "security", "auditor", "expert"])
def test_only_the_system_administrator_grants(role: str, member: Any, acting: Any, somebody: User, town: Any) -> None:
    scope = {"office": town["first_office"], "is_manager": True} if role == "authority" else {}
    with pytest.raises(NotAllowed):
        services.grant(acting(member(role, **scope)), somebody, "expert")


def test_create_admin_makes_one_of_the_three(db: None, tags: Any) -> None:
    made = services.create_admin("anquan", "Chengqu-8317", "security")
    assert (made.role, made.user.chosen_id, tags()) == ("security", made.pk, ["account:admin:create"])
    with pytest.raises(Refused):
        services.create_admin("other", "Chengqu-8317", "authority")


@pytest.fixture
def waiting(system: Actor, somebody: User, manager: Membership) -> Membership:
    """Somebody who asked to join the manager's office."""
    return services.request_membership(system, somebody, "authority", Scope.of(manager))


def test_who_asks_waits_until_the_manager_approves(waiting: Membership, manager: Membership, acting: Any, tags: Any) -> None:
    assert waiting.state == "pending"
    services.approve(acting(manager), waiting)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.approved_by_id, waiting.is_manager) == ("active", manager.user_id, False)
    assert tags() == ["account:membership:request", "account:membership:approve"]


@pytest.mark.parametrize("work", [services.approve, services.refuse])
def test_a_request_is_decided_once(work: Any, waiting: Membership, manager: Membership, acting: Any) -> None:
    services.refuse(acting(manager), waiting)
    with pytest.raises(Refused, match="已有人处理"):
        work(acting(manager), waiting)


@pytest.mark.parametrize("kind", ["plain", "foreign", "self", "security"])
def test_nobody_else_approves(kind: str, waiting: Membership, member: Any, acting: Any, town: Any) -> None:
    actor = {
        "plain": lambda: acting(member("authority", office=town["first_office"])),
        "foreign": lambda: acting(member("authority", office=town["second_office"], is_manager=True)),
        "self": lambda: Actor(waiting.user, waiting, proved=True),
        "security": lambda: acting(member("security")),
    }[kind]()
    with pytest.raises(NotAllowed):
        services.approve(actor, waiting)


def test_ending_revokes_the_tokens(manager: Membership, member: Any, acting: Any, town: Any) -> None:
    one = member("authority", office=town["first_office"])
    _, text = services.make_token(acting(one), "交换", ["facts:read"], 30)
    services.end(acting(manager), one)
    assert services.find_token(text) is None
    one.refresh_from_db()
    assert one.state == "ended"


@pytest.mark.parametrize("work", [services.end, lambda actor, one: services.set_manager(actor, one, False)])
def test_the_last_manager_stays(work: Any, manager: Membership, acting: Any, member: Any, town: Any, tags: Any) -> None:
    member("authority", office=town["first_office"])
    member("authority", office=town["second_office"], is_manager=True)
    for actor in (acting(manager), acting(member("system"))):
        with pytest.raises(Refused, match="至少要留一位管理成员"):
            work(actor, manager)
    assert tags() == []


def test_one_of_two_managers_may_go(manager: Membership, acting: Any, member: Any, town: Any) -> None:
    other = member("authority", office=town["first_office"], is_manager=True)
    services.end(acting(manager), other)
    other.refresh_from_db()
    assert other.state == "ended"


def test_a_manager_whose_user_is_stopped_does_not_count(manager: Membership, acting: Any, member: Any, town: Any) -> None:
    other = member("authority", office=town["first_office"], is_manager=True)
    services.stop_user(acting(member("system")), other.user)
    with pytest.raises(Refused):
        services.end(acting(manager), manager)


def test_handing_over_moves_the_management_in_one_event(manager: Membership, acting: Any, member: Any, town: Any, tags: Any) -> None:
    other = member("authority", office=town["first_office"])
    services.hand_over(acting(manager), other)
    assert list(Membership.objects.filter(office=town["first_office"]).order_by("pk").values_list("is_manager", flat=True)) == [False, True]
    assert tags() == ["account:manager:handover"]


@pytest.mark.parametrize("to", ["self", "foreign", "pending"])
def test_handing_over_goes_to_a_member_of_the_same_body(to: str, manager: Membership, acting: Any, member: Any, town: Any, waiting: Any) -> None:
    target = {"self": manager, "pending": waiting}.get(to) or member("authority", office=town["second_office"])
    with pytest.raises(Refused):
        services.hand_over(acting(manager), target)


@pytest.mark.parametrize("work", ["end", "hand_over", "set_manager", "grant", "invite"])
def test_dangerous_acts_ask_for_proof(work: str, manager: Membership, member: Any, town: Any, somebody: User) -> None:
    other = member("authority", office=town["first_office"])
    actor, admin = Actor(manager.user, manager), member("system")
    acts = {
        "end": lambda: services.end(actor, other),
        "hand_over": lambda: services.hand_over(actor, other),
        "set_manager": lambda: services.set_manager(actor, other, True),
        "grant": lambda: services.grant(Actor(admin.user, admin), somebody, "expert"),
        "invite": lambda: services.invite(actor, "某", "mou.mou"),
    }
    with pytest.raises(NeedsProof):
        acts[work]()


def test_a_member_of_two_bodies_is_listed_for_the_present_one_only(manager: Membership, acting: Any, town: Any) -> None:
    Membership.objects.create(user=manager.user, role="authority", office=town["city_office"], state="active")
    assert list(queries.members(acting(manager))) == [manager]


def test_members_of_other_bodies_are_not_visible(manager: Membership, acting: Any, member: Any, town: Any) -> None:
    foreign = member("authority", office=town["second_office"])
    member("enterprise", enterprise=town["own"])
    assert list(queries.members(acting(manager))) == [manager]
    with pytest.raises(NotVisible):
        queries.get_membership(acting(manager), foreign.pk)


def test_a_head_office_sees_and_manages_its_branches_not_the_reverse(member: Any, acting: Any, system: Actor, db: None) -> None:
    from keqiao.platform.institutions.services import add_institution

    head = add_institution(system, "bank", "惠澄银行")
    branch = add_institution(system, "bank", "惠澄银行临澄支行", parent=head)
    above = member("institution", institution=head, is_manager=True)
    below = member("institution", institution=branch, is_manager=True)
    assert set(queries.members(acting(above))) == {above, below}
    assert set(queries.members(acting(below))) == {below}
    with pytest.raises(NotAllowed):
        services.end(acting(below), above)


def test_the_page_shows_members_and_acts_on_them(client: Any, manager: Membership, waiting: Membership, enter: Any, tags: Any) -> None:
    enter(client, "guanli")
    assert "待批准" in client.get("/members").content.decode()
    assert client.post(f"/members/{waiting.pk}/approve").status_code == 303
    assert "已批准周某" in client.get("/members").content.decode()
    assert tags()[-1] == "account:membership:approve"


def test_the_page_of_a_plain_member_offers_no_acts(client: Any, manager: Membership, member: Any, town: Any, enter: Any) -> None:
    member("authority", office=town["first_office"], username="putong")
    enter(client, "putong")
    text = client.get("/members").content.decode()
    assert "/end" not in text
    assert 'name="username"' not in text
    assert client.post(f"/members/{manager.pk}/end").status_code == 403
    assert client.post("/members", {"name": "某", "username": "mou.mou"}).status_code == 403

"""API tokens: made, found, rotated, revoked, expired."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keqiao.platform.accounts import services
from keqiao.platform.accounts.models import ApiToken, Membership, User
from keqiao.platform.actor import Actor
from keqiao.platform.errors import Invalid, NeedsProof, Refused


@pytest.fixture
def made(manager: Membership, acting: Any, clock: Any) -> tuple[ApiToken, str]:
    """A token for thirty days and its text."""
    return services.make_token(acting(manager), "数据交换", ["facts:read", "runs:read"], 30)


def test_the_text_finds_the_token_with_its_membership(made: tuple[ApiToken, str], manager: Membership) -> None:
    found = services.find_token(made[1])
    assert found is not None
    assert (found.membership, found.scopes) == (manager, ["facts:read", "runs:read"])


def test_the_secret_is_not_in_the_database(made: tuple[ApiToken, str]) -> None:
    secret = made[1].split("_", 2)[2]
    assert len(secret) >= 43
    assert secret not in str(ApiToken.objects.values().get())


@pytest.mark.parametrize("spoil", [lambda t: "", lambda t: t[:-1], lambda t: t + "x", lambda t: "xx" + t[2:], lambda t: t.replace("_", "-"), lambda t: "kq_000000000000_" + t.split("_", 2)[2]])
def test_every_other_text_finds_nothing(spoil: Any, made: tuple[ApiToken, str]) -> None:
    assert services.find_token(spoil(made[1])) is None


@pytest.mark.parametrize(("days", "works"), [(29.9, True), (30, False)])
def test_it_expires(days: float, works: bool, made: tuple[ApiToken, str], clock: Any) -> None:
    clock.forward(days=days)
    assert (services.find_token(made[1]) is not None) == works


@pytest.mark.parametrize("change", ["membership", "user", "office"])
def test_it_ends_with_what_it_stands_for(change: str, made: tuple[ApiToken, str], manager: Membership, town: Any) -> None:
    if change == "membership":
        Membership.objects.update(state="ended")
    elif change == "user":
        User.objects.update(is_active=False)
    else:
        town["first_office"].is_active = False
        town["first_office"].save()
    assert services.find_token(made[1]) is None


def test_rotation_leaves_a_week(made: tuple[ApiToken, str], manager: Membership, acting: Any, clock: Any) -> None:
    new, text = services.rotate_token(acting(manager), made[0])
    assert (new.name, new.scopes, new.replaces_id) == ("数据交换", ["facts:read", "runs:read"], made[0].pk)
    clock.forward(days=6)
    assert services.find_token(made[1]) and services.find_token(text)
    clock.forward(days=1)
    assert services.find_token(made[1]) is None
    assert services.find_token(text)


def test_rotation_never_lengthens_the_old_one(made: tuple[ApiToken, str], manager: Membership, acting: Any, clock: Any) -> None:
    clock.forward(days=28)
    services.rotate_token(acting(manager), made[0])
    clock.forward(days=2)
    assert services.find_token(made[1]) is None


def test_rotation_is_done_once_and_only_while_valid(made: tuple[ApiToken, str], manager: Membership, acting: Any, clock: Any) -> None:
    new, _ = services.rotate_token(acting(manager), made[0])
    with pytest.raises(Refused, match="已轮换过"):
        services.rotate_token(acting(manager), made[0])
    services.revoke_token(acting(manager), new)
    with pytest.raises(Refused, match="已失效"):
        services.rotate_token(acting(manager), new)


def test_revoking_stops_at_once(made: tuple[ApiToken, str], manager: Membership, acting: Any, tags: Any) -> None:
    services.revoke_token(acting(manager), made[0])
    assert services.find_token(made[1]) is None
    with pytest.raises(Refused):
        services.revoke_token(acting(manager), made[0])
    assert tags() == ["account:token:create", "account:token:revoke"]


@pytest.mark.parametrize(
    ("name", "scopes", "days", "field"),
    [("", ["facts:read"], 30, "name"), ("x", [], 30, "scopes"), ("x", ["no:such"], 30, "scopes"), ("x", ["facts:read"], 0, "days"), ("x", ["facts:read"], 366, "days")],
)
def test_what_is_wrong_is_said_at_its_field(name: str, scopes: list[str], days: int, field: str, manager: Membership, acting: Any) -> None:
    with pytest.raises(Invalid) as caught:
        services.make_token(acting(manager), name, scopes, days)
    assert list(caught.value.fields) == [field]


def test_an_enterprise_gets_no_scope_of_the_authority(member: Any, acting: Any, town: Any) -> None:
    with pytest.raises(Invalid):
        services.make_token(acting(member("enterprise", enterprise=town["own"])), "x", ["facts:write"], 30)


def test_making_one_asks_for_proof(manager: Membership) -> None:
    with pytest.raises(NeedsProof):
        services.make_token(Actor(manager.user, manager), "x", ["facts:read"], 30)


def test_use_is_noted_at_most_once_a_minute(made: tuple[ApiToken, str], clock: Any) -> None:
    for step, seen in ((0, 0), (30, 0), (31, 61)):
        clock.forward(seconds=step)
        services.mark_used(services.find_token(made[1]))  # type: ignore[arg-type]
        used = ApiToken.objects.get().last_used
        assert used is not None
        assert (used - made[0].created_at).total_seconds() == seen


def test_the_page_shows_a_new_token_once(client: Client, manager: Membership, enter: Any) -> None:
    enter(client, "guanli")
    page = client.post("/tokens", {"name": "交换", "scopes": ["facts:read"], "days": "90"})
    text = page.context["text"]
    assert text in page.content.decode()
    assert text not in client.get("/tokens").content.decode()
    rotated = client.post(f"/tokens/{ApiToken.objects.get().pk}/rotate")
    assert rotated.status_code == 200
    assert rotated.context["text"] != text


def test_another_members_token_is_not_there(client: Client, made: tuple[ApiToken, str], member: Any, town: Any, enter: Any) -> None:
    member("authority", office=town["first_office"], username="putong")
    enter(client, "putong")
    assert made[0].prefix not in client.get("/tokens").content.decode()
    assert client.post(f"/tokens/{made[0].pk}/revoke").status_code == 404

"""The rules of passwords, their history and age, forced changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keqiao.platform.accounts import services
from keqiao.platform.accounts.models import PasswordHistory, User
from keqiao.platform.accounts.services.logins import LoginFailed
from keqiao.platform.accounts.services.passwords import password_problems
from keqiao.platform.accounts.services.users import temporary_password
from keqiao.platform.actor import Actor
from keqiao.platform.errors import Invalid, NeedsProof, NotAllowed, Refused

NEW = "Chengqu-8317"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Chengqu-83", ""),
        ("Chengqu-8", "至少 10 个字符"),
        ("chengqu8317", "至少 10 个字符"),
        ("chengqu-8317", ""),
        ("linchengkejichu8", ""),
        ("linchengkejichux", "至少 10 个字符"),
        ("linchengkejich8", "至少 10 个字符"),
        ("临澄高新区科技金融处八三一七号楼7", ""),
        ("Password-2026", "太常见"),
        ("Qwertyuiop123", "太常见"),
        ("Aa1-Aa1-Aa1-", "太常见"),
        ("Zhou.Wen-8317", "登录名或姓名"),
        ("周文文-Ab8317xyz", "登录名或姓名"),
        ("A1-" + "长" * 254, "最多 256 个字符"),
    ],
)
def test_rules(text: str, wrong: str, db: None) -> None:
    found = " ".join(password_problems(text, User(username="zhou.wen", name="周文文")))
    assert wrong in found if wrong else found == ""


def test_a_temporary_password_keeps_the_rules(db: None) -> None:
    assert password_problems(temporary_password(), User(username="zhou.wen", name="周文文")) == []


def test_the_last_five_are_not_used_again(system: Actor, clock: Any, db: None) -> None:
    user = services.create_user(system, "zhou.wen", "周文文", f"{NEW}0")
    for number in range(1, 6):
        clock.forward(hours=1)
        services.change_password(Actor(user), f"{NEW}{number - 1}", f"{NEW}{number}", f"{NEW}{number}")
    assert PasswordHistory.objects.filter(user=user).count() == 5
    for number in range(1, 6):
        assert "最近 5 个" in " ".join(password_problems(f"{NEW}{number}", user))
    assert password_problems(f"{NEW}0", user) == []


@pytest.mark.parametrize(
    ("old", "new", "again", "field"), [("wrong", NEW, NEW, "old"), ("Keqiao-2026", NEW, NEW + "x", "again"), ("Keqiao-2026", "short", "short", "new")]
)
def test_a_wrong_change_is_refused_at_its_field(old: str, new: str, again: str, field: str, somebody: User, tags: Any) -> None:
    with pytest.raises(Invalid) as caught:
        services.change_password(Actor(somebody), old, new, again)
    assert list(caught.value.fields) == [field]
    assert tags() == (["account:login:failed"] if field == "old" else [])


def test_wrong_old_passwords_lock_the_login_name(somebody: User) -> None:
    for _ in range(5):
        with pytest.raises(Invalid):
            services.change_password(Actor(somebody), "wrong", NEW, NEW)
    with pytest.raises(LoginFailed):
        services.change_password(Actor(somebody), "Keqiao-2026", NEW, NEW)


def test_changing_ends_the_other_sessions_and_keeps_this_one(manager: Any, enter: Any, tags: Any) -> None:
    here, there = Client(), Client()
    enter(here, "guanli")
    enter(there, "guanli")
    assert here.post("/account/password", {"old": "Keqiao-2026", "new": NEW, "again": NEW}).status_code == 302
    assert here.get("/members").status_code == 200
    assert there.get("/members").status_code == 401
    assert tags()[-1] == "account:password:change"


def test_an_old_password_is_changed_at_the_next_login_not_in_the_middle(client: Client, system: Actor, clock: Any, enter: Any, town: Any) -> None:
    user = services.create_user(system, "zhou.wen", "周文文", NEW)
    services.grant(system, user, "authority", office=town["first_office"])
    clock.forward(days=89, hours=23, minutes=55)
    enter(client, "zhou.wen", NEW)
    clock.forward(minutes=10)
    assert client.get("/members").status_code == 200
    client.post("/logout")
    enter(client, "zhou.wen", NEW)
    assert client.get("/members").url == "/account/password?next=/members"
    answer = client.post("/account/password", {"old": NEW, "new": NEW + "x", "again": NEW + "x", "next": "/members"})
    assert answer.url == "/members"
    assert client.get("/members").status_code == 200


def test_a_reset_password_works_once_and_must_be_changed(client: Client, manager: Any, member: Any, acting: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    text = services.reset_password(acting(member("system")), manager.user)
    assert client.get("/members").status_code == 401
    enter(client, "guanli", text)
    assert client.get("/members").url == "/account/password?next=/members"
    assert client.post("/members", {"name": "x"}).url == "/account/password"
    client.post("/account/password", {"old": text, "new": NEW, "again": NEW})
    assert client.get("/members").status_code == 200


def test_resetting_asks_for_proof_and_another_user(member: Any, manager: Any, acting: Any) -> None:
    admin = member("system")
    with pytest.raises(NeedsProof):
        services.reset_password(Actor(admin.user, admin), manager.user)
    with pytest.raises(NotAllowed):
        services.reset_password(acting(admin), admin.user)


@pytest.mark.parametrize("name", ["ab", "空 格", "a" * 81, "x;y"])
def test_a_login_name_has_a_form(name: str, system: Actor, db: None) -> None:
    with pytest.raises(Invalid):
        services.create_user(system, name, "周文文", NEW)


def test_a_login_name_is_unique_in_any_case(system: Actor, db: None, tags: Any) -> None:
    services.create_user(system, "zhou.wen", "周文文", NEW)
    with pytest.raises(Refused):
        services.create_user(system, "Zhou.Wen", "周文武", NEW)
    assert tags() == ["account:user:create"]

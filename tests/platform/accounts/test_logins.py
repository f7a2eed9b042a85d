"""Logging in: words, locks, limits of addresses, session keys, what is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from keqiao.platform.accounts.models import Failure, LoginSession, User
from keqiao.platform.accounts.services import logins
from keqiao.platform.audit.models import Event

WRONG = "登录名或密码不对"


def test_the_page_answers_without_a_login(client: Client, db: None) -> None:
    page = client.get("/login")
    assert page.status_code == 200
    assert 'autocomplete="current-password"' in page.content.decode()


def test_the_right_password_begins_a_session_in_the_chosen_membership(client: Client, manager: Any, enter: Any, tags: Any) -> None:
    answer = enter(client, "guanli")
    assert (answer.status_code, answer.url) == (303, "/start")
    assert client.session["membership"] == manager.pk
    assert tags() == ["account:login:ok"]


def test_the_login_name_is_read_in_any_case(client: Client, manager: Any, enter: Any) -> None:
    assert enter(client, "  GuanLi ").status_code == 303


@pytest.mark.parametrize("name", ["guanli", "no-such-user"])
def test_a_failure_says_the_same_whether_the_user_exists(name: str, client: Client, manager: Any, enter: Any) -> None:
    answer = enter(client, name, "wrong")
    assert answer.status_code == 401
    assert WRONG in answer.content.decode()


def test_both_take_the_hasher_once(client: Client, manager: Any, enter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same work for a name that nobody has: the hasher runs once for each."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    runs: list[str] = []
    whole = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        runs.append(password)
        return whole(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    enter(client, "guanli", "wrong-1")
    enter(client, "no-such-user", "wrong-2")
    assert runs == ["wrong-1", "wrong-2"]


def test_a_stopped_user_is_told_the_same(client: Client, manager: Any, enter: Any) -> None:
    User.objects.update(is_active=False)
    assert WRONG in enter(client, "guanli").content.decode()


@pytest.mark.parametrize("name", ["guanli", "no-such-user"])
def test_five_failures_lock_the_name_and_say_how_long_and_whom_to_ask(name: str, client: Client, manager: Any, enter: Any) -> None:
    for _ in range(4):
        assert WRONG in enter(client, name, "wrong").content.decode()
    said = enter(client, name, "wrong").content.decode()
    assert "锁定到 09:15" in said
    assert "安全管理员" in said


@pytest.mark.parametrize(("minutes", "status"), [(14, 401), (15, 303)])
def test_the_right_password_waits_for_the_end_of_the_lock(
    minutes: int, status: int, client: Client, manager: Any, enter: Any, clock: Any
) -> None:
    for _ in range(5):
        enter(client, "guanli", "wrong")
    clock.forward(minutes=minutes)
    assert enter(client, "guanli").status_code == status


def test_slow_failures_lock_for_the_whole_time(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    for _ in range(5):
        enter(client, "guanli", "wrong")
        clock.forward(minutes=3)
    clock.forward(minutes=11)  # 14 minutes after the fifth
    assert enter(client, "guanli").status_code == 401


def test_failures_far_apart_do_not_lock(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    for _ in range(8):
        enter(client, "guanli", "wrong")
        clock.forward(minutes=4)
    assert enter(client, "guanli").status_code == 303


def test_attempts_while_locked_do_not_lengthen_the_lock(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    for _ in range(5):
        enter(client, "guanli", "wrong")
    clock.forward(minutes=10)
    enter(client, "guanli", "wrong")
    clock.forward(minutes=5)
    assert enter(client, "guanli").status_code == 303


def test_a_success_forgives_earlier_failures(client: Client, manager: Any, enter: Any) -> None:
    for _ in range(4):
        enter(client, "guanli", "wrong")
    enter(client, "guanli")
    for _ in range(4):
        enter(Client(), "guanli", "wrong")
    assert logins.locked_until("guanli") is None
    assert Failure.objects.count() == 8


def test_an_address_is_limited_and_then_records_nothing(client: Client, manager: Any, enter: Any) -> None:
    for number in range(30):
        enter(client, f"name{number}", "wrong")
    answer = enter(client, "guanli")
    assert answer.status_code == 429
    assert Failure.objects.count() == 30
    assert Event.objects.count() == 30


def test_a_failure_leaves_one_event_without_the_name(client: Client, manager: Any, enter: Any) -> None:
    enter(client, "guanli", "wrong")
    event = Event.objects.get()
    assert (event.tag, event.success, event.address) == ("account:login:failed", False, "127.0.0.1")
    assert "guanli" not in event.detail


def test_the_session_key_changes_at_the_login(client: Client, manager: Any, enter: Any) -> None:
    planted = client.session
    planted["x"] = 1
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    enter(client, "guanli")
    assert client.session.session_key != planted.session_key
    assert "x" not in client.session
    assert list(LoginSession.objects.values_list("key", flat=True)) == [client.session.session_key]


@pytest.mark.parametrize(
    ("wanted", "target"), [("/members", "/members"), ("https://evil.example/", "/start"), ("//evil.example", "/start"), ("javascript:1", "/start"), ("", "/start")]
)
def test_the_next_page_is_one_of_this_site(wanted: str, target: str, client: Client, manager: Any, enter: Any) -> None:
    assert enter(client, "guanli", next=wanted).url == target


def test_an_account_unused_for_ninety_days_is_stopped(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    client.post("/logout")
    clock.forward(days=91)
    said = enter(client, "guanli").content.decode()
    assert "90 天没有用过" in said
    assert WRONG in enter(client, "guanli", "wrong").content.decode()


def test_logging_out_ends_the_session(client: Client, manager: Any, enter: Any, tags: Any) -> None:
    enter(client, "guanli")
    key = client.session.session_key
    assert client.post("/logout").status_code == 303
    assert not client.session.exists(key)
    assert LoginSession.objects.count() == 0
    assert tags() == ["account:login:ok", "account:logout:ok"]


def test_logging_out_is_no_link(client: Client, manager: Any, enter: Any) -> None:
    enter(client, "guanli")
    assert client.get("/logout").status_code == 405


def test_new_passwords_are_hashed_with_argon2() -> None:
    assert settings.PASSWORD_HASHERS[-1].endswith("Argon2PasswordHasher")
    from django.contrib.auth.hashers import get_hasher

    assert get_hasher("argon2").encode("Keqiao-2026", "saltsaltsalt").startswith("argon2$argon2id$")

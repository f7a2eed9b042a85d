"""The second factor: who must have it, set-up, codes, recovery, loss."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from keqiao.platform.accounts.models import Failure
from keqiao.platform.accounts.services import factors
from keqiao.platform.actor import SECOND_FACTOR, Actor, Role
from keqiao.platform.errors import NeedsProof


def _code(device: TOTPDevice, steps: int = 0) -> str:
    """The code that a phone shows now, or some steps of 30 seconds later; computed from the key alone."""
    import time

    made = TOTP(device.bin_key, device.step, device.t0, device.digits)
    made.time = time.time() + 30 * steps
    return f"{made.token():06d}"


@pytest.fixture
def officer(client: Client, manager: Any, enter: Any, production: None) -> Client:
    """An officer outside demo mode, logged in by password."""
    enter(client, "guanli")
    return client


@pytest.fixture
def enrolled(officer: Client) -> list[str]:
    """The same with a second factor set up; its recovery codes."""
    officer.get("/account/factor")
    page = officer.post("/account/factor", {"code": _code(TOTPDevice.objects.get())})
    assert page.status_code == 200, page.content.decode()
    return list(page.context["codes"])


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.VISITOR}))
def test_who_must_have_one_outside_demo_mode(role: Role, member: Any, town: Any, logged_in: Any, production: None) -> None:
    from keqiao.platform.institutions.models import Institution

    scope: dict[str, Any] = {
        Role.AUTHORITY: {"office": town["first_office"]},
        Role.INSTITUTION: {"institution": Institution.objects.create(kind="bank", name="惠澄银行", path="/1/")},
        Role.ENTERPRISE: {"enterprise": town["own"]},
    }.get(role, {})
    answer = logged_in(member(role.value, **scope)).get("/account")
    assert (answer.status_code == 302 and answer.url == "/account/factor?next=/account") == (role in SECOND_FACTOR)


def test_demo_mode_asks_nobody(client: Client, manager: Any, enter: Any) -> None:
    enter(client, "guanli")
    assert client.get("/members").status_code == 200


def test_without_it_the_role_is_not_in_force(officer: Client) -> None:
    assert officer.get("/members").url == "/account/factor?next=/members"
    assert officer.post("/members", {"name": "x"}).url == "/account/factor"


def test_the_picture_carries_the_key(officer: Client) -> None:
    page = officer.get("/account/factor").content.decode()
    device = TOTPDevice.objects.get()
    assert base64.b32encode(device.bin_key).decode() in page
    assert "<svg" in page
    assert "style=" not in re.findall(r"<svg[^>]*segno[^>]*>", page)[0]


def test_setting_up_gives_ten_codes_and_opens_the_role(officer: Client, enrolled: list[str], tags: Any) -> None:
    assert len(set(enrolled)) == 10
    assert officer.get("/members").status_code == 200
    assert tags() == ["account:login:ok", "account:factor:enrol"]


def test_a_wrong_first_code_sets_nothing_up(officer: Client) -> None:
    officer.get("/account/factor")
    assert officer.post("/account/factor", {"code": "000000"}).status_code == 422
    assert not TOTPDevice.objects.get().confirmed


def test_the_next_login_asks_for_the_code(officer: Client, enrolled: list[str], enter: Any, tags: Any) -> None:
    officer.post("/logout")
    enter(officer, "guanli", next="/members")
    assert officer.get("/members").url == "/account/verify?next=/members"
    before = officer.session.session_key
    answer = officer.post("/account/verify", {"code": _code(TOTPDevice.objects.get(), 1), "next": "/members"})
    assert (answer.status_code, answer.url) == (303, "/members")
    assert officer.session.session_key != before
    assert officer.get("/members").status_code == 200
    assert tags()[-1] == "account:factor:verify"


def test_a_code_works_once(officer: Client, enrolled: list[str], enter: Any) -> None:
    code = _code(TOTPDevice.objects.get(), 1)
    for expected in (303, 422):
        officer.post("/logout")
        enter(officer, "guanli")
        assert officer.post("/account/verify", {"code": code}).status_code == expected


def test_a_recovery_code_works_once(officer: Client, enrolled: list[str], enter: Any, clock: Any) -> None:
    for expected in (303, 422):
        officer.post("/logout")
        enter(officer, "guanli")
        clock.forward(minutes=5)  # beyond the pause after the other device refused it
        assert officer.post("/account/verify", {"code": f" {enrolled[0].upper()} "}).status_code == expected


def test_five_wrong_codes_lock_the_login_name(officer: Client, enrolled: list[str], enter: Any) -> None:
    officer.post("/logout")
    enter(officer, "guanli")
    for _ in range(5):
        said = officer.post("/account/verify", {"code": "000000"}).content.decode()
    assert "锁定到" in said
    assert Failure.objects.filter(reason="factor").count() == 5
    assert enter(Client(), "guanli").status_code == 401


def test_what_was_typed_survives_the_second_factor(officer: Client, enrolled: list[str], enter: Any, clock: Any) -> None:
    clock.forward(minutes=20)
    page = officer.post("/members", {"name": "新成员"}).content.decode()
    enter(officer, "guanli", kept=page.partition('name="kept" value="')[2].partition('"')[0])
    assert officer.get("/resume").url.startswith("/account/verify")
    assert officer.post("/account/verify", {"code": _code(TOTPDevice.objects.get(), 1)}).url == "/resume"
    assert dict(officer.get("/resume").context["carried"]) == {"name": "新成员"}


def test_a_new_phone_replaces_the_old(officer: Client, enrolled: list[str]) -> None:
    old = TOTPDevice.objects.get().key
    officer.get("/account/factor")
    officer.post("/account/factor", {"code": _code(TOTPDevice.objects.get(confirmed=False))})
    assert TOTPDevice.objects.get().key != old


def test_setting_up_asks_for_proof(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=11)
    assert client.get("/account/factor").status_code == 403
    assert not TOTPDevice.objects.exists()


def test_the_security_administrator_removes_a_lost_one(officer: Client, enrolled: list[str], manager: Any, member: Any, acting: Any, tags: Any) -> None:
    admin = acting(member("security"))
    with pytest.raises(NeedsProof):
        factors.remove(Actor(admin.user, admin.membership), manager.user)
    factors.remove(admin, manager.user)
    assert not factors.has_factor(manager.user)
    assert officer.get("/members").status_code == 401
    assert tags()[-1] == "account:factor:remove"

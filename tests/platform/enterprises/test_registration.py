"""Registration: filed by a visitor, decided by the zone's office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from keqiao.platform.accounts.models import Failure, Membership, User
from keqiao.platform.actor import Actor
from keqiao.platform.audit.models import Event
from keqiao.platform.enterprises import registration
from keqiao.platform.enterprises.models import Enterprise, Evidence, Registration
from keqiao.platform.errors import Invalid, NotVisible, Refused

CODE = "91990100MA0000003N"
PASSWORD = "Lin-Cheng-2026!"


@pytest.fixture
def form(town: dict[str, Any], upload: Callable[..., Any]) -> dict[str, Any]:
    return {
        "code": CODE, "name": "澄云科技有限公司", "place": str(town["first"].pk), "username": "chengyun", "person": "周敏",
        "password": PASSWORD, "again": PASSWORD, "licence": upload("执照.pdf"), "authorisation": upload("授权书.pdf"),
    }  # fmt: skip


@pytest.fixture
def filed(form: dict[str, Any]) -> Registration:
    claim = registration.Claim(**{name: form[name] for name in ("code", "name", "place", "username", "person", "password", "again")})
    return registration.file(Actor(), claim, form["licence"], form["authorisation"])


def test_a_visitor_registers_with_one_event(form: dict[str, Any]) -> None:
    response = Client().post(reverse("enterprises:register"), form)
    assert response.status_code == 302
    found = Registration.objects.get()
    assert (found.state, found.code, found.user.username) == ("pending", CODE, "chengyun")
    assert sorted(found.files.values_list("purpose", flat=True)) == ["authorisation", "licence"]
    assert list(Event.objects.values_list("tag", flat=True)) == ["enterprises:registration:file"]
    assert CODE not in Event.objects.get().detail


def test_the_answer_does_not_tell_whether_the_enterprise_is_known(form: dict[str, Any], town: dict[str, Any], upload: Callable[..., Any]) -> None:
    unknown = Client().post(reverse("enterprises:register"), form)
    Enterprise.objects.filter(pk=town["other"].pk).update(code="91990100MA0000004R")
    again = {**form, "code": "91990100MA0000004R", "username": "other-one", "licence": upload(), "authorisation": upload()}
    known = Client().post(reverse("enterprises:register"), again)
    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)


def test_sent_twice_it_is_filed_once(form: dict[str, Any], upload: Callable[..., Any]) -> None:
    client = Client()
    client.post(reverse("enterprises:register"), form)
    response = client.post(reverse("enterprises:register"), {**form, "licence": upload(), "authorisation": upload()})
    assert response.status_code == 302
    assert (Registration.objects.count(), User.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_the_form_is_no_way_round_the_lock_of_a_login_name(form: dict[str, Any], filed: Registration, upload: Callable[..., Any]) -> None:
    url = reverse("enterprises:register")
    for _ in range(5):
        Client().post(url, {**form, "password": "Guess-2026-x", "again": "Guess-2026-x", "licence": upload(), "authorisation": upload()})
    assert Failure.objects.filter(username="chengyun", counted=True).count() == 5
    right = Client().post(url, {**form, "licence": upload(), "authorisation": upload()})
    assert right.status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", "91990100MA00000030"), ("code", "123"), ("name", ""), ("place", "9999"), ("username", "a"), ("password", "123"), ("again", "x"), ("person", "")],
)
def test_what_is_wrong_stands_beside_its_field(form: dict[str, Any], field: str, value: str) -> None:
    response = Client().post(reverse("enterprises:register"), {**form, field: value})
    assert response.status_code == 422
    assert f'href="#id_{field}"' in response.content.decode()
    assert not Registration.objects.exists()


def test_a_marked_file_refuses_all_and_leaves_an_event_without_its_text(form: dict[str, Any], upload: Callable[..., Any], home: Any) -> None:
    before = set((home / "files").iterdir())
    response = Client().post(reverse("enterprises:register"), {**form, "licence": upload("执照.pdf", "秘密★5年 澄湖项目")})
    assert response.status_code == 422
    assert "国家秘密标志" in response.content.decode()
    event = Event.objects.get()
    assert (event.tag, event.success, "澄湖" in event.detail) == ("evidence:file:refused", False, False)
    assert set((home / "files").iterdir()) == before
    assert not Evidence.objects.exists() and not User.objects.exists()


def test_demo_codes_are_refused_in_production(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.HOME = settings.HOME.__class__(settings.HOME.path, "production")
    with pytest.raises(Invalid, match="99"):
        registration.clean_code(CODE)


def test_code_is_read_generously() -> None:
    assert registration.clean_code(" ９１９９０１００ma0000003n ") == CODE


def test_approval_makes_the_enterprise_and_its_manager(filed: Registration, actors: dict[str, Actor], town: dict[str, Any]) -> None:
    Event.objects.all().delete()
    registration.approve(actors["officer"], filed.pk)
    enterprise = Enterprise.objects.get(code=CODE)
    membership = Membership.objects.get(user=filed.user)
    assert (membership.enterprise, membership.is_manager, membership.state) == (enterprise, True, "active")
    assert enterprise.verified_at is not None
    assert [one.place for one in enterprise.residences.all()] == [town["first"]]
    assert list(Event.objects.values_list("tag", flat=True)) == ["enterprises:registration:approve"]


def test_the_second_member_does_not_manage(filed: Registration, town: dict[str, Any], actors: dict[str, Actor]) -> None:
    Registration.objects.filter(pk=filed.pk).update(code=town["own"].code)
    registration.approve(actors["officer"], filed.pk)
    assert not Membership.objects.get(user=filed.user).is_manager


def test_an_office_cannot_take_an_enterprise_of_another_zone(filed: Registration, town: dict[str, Any], actors: dict[str, Actor]) -> None:
    Registration.objects.filter(pk=filed.pk).update(code=town["other"].code)
    with pytest.raises(Refused):
        registration.approve(actors["officer"], filed.pk)
    assert not town["other"].residences.filter(place=town["first"]).exists()


def test_two_officers_decide_once(filed: Registration, actors: dict[str, Actor]) -> None:
    registration.approve(actors["officer"], filed.pk)
    events = Event.objects.count()
    with pytest.raises(Refused, match="已通过"):
        registration.refuse(actors["second"], filed.pk, "授权书没有盖章")
    assert Event.objects.count() == events


def test_refusal_needs_a_reason_that_the_applicant_reads(filed: Registration, people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    client = logged_in(people["officer"])
    url = reverse("enterprises:registration_decide", args=[filed.pk])
    assert client.post(url, {"decision": "refuse", "reason": ""}).status_code == 422
    assert client.post(url, {"decision": "refuse", "reason": "授权书没有盖章"}).status_code == 302
    applicant = Client()
    applicant.force_login(filed.user)
    page = applicant.get(reverse("enterprises:registered")).content.decode()
    assert "授权书没有盖章" in page and "已退回" in page


@pytest.mark.parametrize("who", ["sibling", "own", "foreign"])
def test_others_do_not_see_a_registration(filed: Registration, actors: dict[str, Actor], who: str) -> None:
    with pytest.raises(NotVisible):
        registration.approve(actors[who], filed.pk)


def test_licence_is_opened_by_the_zone_alone(filed: Registration, people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    url = reverse("enterprises:evidence", args=[filed.files.first().pk])
    assert logged_in(people["officer"]).get(url).status_code == 200
    assert logged_in(people["city"]).get(url).status_code == 200
    assert logged_in(people["sibling"]).get(url).status_code == 404
    assert logged_in(people["own"]).get(url).status_code == 404
    assert Client().get(url).status_code == 401


def test_the_list_shows_what_waits(filed: Registration, people: dict[str, Any], logged_in: Callable[..., Client]) -> None:
    assert "澄云科技有限公司" in logged_in(people["officer"]).get(reverse("enterprises:registrations")).content.decode()
    assert "澄云科技有限公司" not in logged_in(people["sibling"]).get(reverse("enterprises:registrations")).content.decode()


def test_the_own_page_asks_for_a_login(db: None) -> None:
    assert Client().get(reverse("enterprises:registered")).status_code == 401


def test_who_waits_is_led_to_the_registration_and_then_to_the_enterprise(
    filed: Registration, actors: dict[str, Actor], logged_in: Callable[..., Client]
) -> None:
    client = Client()
    client.force_login(filed.user)
    assert client.get(reverse("web:start")).url == reverse("enterprises:registered")
    registration.approve(actors["officer"], filed.pk)
    client = logged_in(Membership.objects.get(user=filed.user))
    assert client.get(reverse("web:start")).url == reverse("enterprises:home")
    assert client.get(reverse("enterprises:home")).status_code == 200

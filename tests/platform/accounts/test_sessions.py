"""Sessions: idle and absolute limits, what was typed is kept, proof, switching, other sessions."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from keqiao.platform.accounts import keeping
from keqiao.platform.accounts.models import LoginSession, Membership, User
from keqiao.platform.accounts.services import sessions
from keqiao.platform.audit.models import Event


@pytest.mark.parametrize(("minutes", "status"), [(14, 200), (15, 401)])
def test_a_session_that_rests_ends_after_fifteen_minutes(
    minutes: int, status: int, client: Client, manager: Any, enter: Any, clock: Any
) -> None:
    enter(client, "guanli")
    clock.forward(minutes=minutes)
    assert client.get("/members").status_code == status


def test_a_session_in_use_lasts_eight_hours(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    for _ in range(8 * 6 - 1):
        clock.forward(minutes=10)
        assert client.get("/members").status_code == 200
    clock.forward(minutes=10)
    page = client.get("/members")
    assert page.status_code == 401
    assert "最长 8 小时" in page.content.decode()


def test_the_end_is_recorded_once_and_the_session_is_gone(client: Client, manager: Any, enter: Any, clock: Any, tags: Any) -> None:
    enter(client, "guanli")
    key = client.session.session_key
    clock.forward(minutes=20)
    client.get("/members")
    client.get("/members")
    assert tags() == ["account:login:ok", "account:session:expire"]
    assert not client.session.exists(key)
    assert LoginSession.objects.count() == 0


def _kept(page: Any) -> str:
    """The sealed form in a login page."""
    text: str = page.content.decode()
    return text.partition('name="kept" value="')[2].partition('"')[0]


TYPED = {"name": "新成员", "username": "xin.chengyuan", "note": "第一行\n第二行 <b>"}


def test_what_was_typed_is_offered_again_after_the_login(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=20)
    page = client.post("/members?from=x", TYPED)
    assert page.status_code == 401
    assert "xin.chengyuan" not in page.content.decode()
    answer = enter(client, "guanli", kept=_kept(page))
    assert answer.url == "/resume"
    again = client.get("/resume")
    assert again.context["action"] == "/members?from=x"
    assert dict(again.context["carried"]) == TYPED


def test_the_offered_form_works_when_sent(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=20)
    page = client.post("/members", TYPED)
    enter(client, "guanli", kept=_kept(page))
    resumed = client.get("/resume")
    sent = client.post(resumed.context["action"], dict(resumed.context["carried"]))
    assert sent.status_code == 200
    assert "/invite/" in sent.content.decode()


def test_passwords_are_not_kept(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=20)
    page = client.post("/account/password", {"old": "Keqiao-2026", "new": "Another-2026", "again": "Another-2026"})
    assert _kept(page) == ""


def test_another_user_is_not_offered_it(client: Client, manager: Any, enter: Any, clock: Any, member: Any, town: Any) -> None:
    member("authority", office=town["second_office"], username="bieren")
    enter(client, "guanli")
    clock.forward(minutes=20)
    page = client.post("/members", TYPED)
    assert enter(client, "bieren", kept=_kept(page)).url == "/start"


def test_a_failed_login_keeps_it_too(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=20)
    kept = _kept(client.post("/members", TYPED))
    assert _kept(enter(client, "guanli", "wrong", kept=kept)) == kept


def test_a_forged_form_is_not_kept(manager: Any, enter: Any, clock: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager.user)
    session = client.session
    session["seen"] = clock.at.timestamp()
    session.save()
    clock.forward(minutes=20)
    page = client.post("/members", TYPED)
    assert page.status_code == 403
    assert 'name="kept" value="' not in page.content.decode()


@pytest.mark.parametrize("text", ["", "x", "gAAAAABtampered", "é"])
def test_a_text_that_is_not_ours_is_nothing(text: str) -> None:
    assert keeping.unseal(text, 1) is None


def test_kept_text_grows_old(clock: Any) -> None:
    text = keeping.seal(keeping.Kept("/x", (("a", "b"),), 1))
    clock.forward(hours=7)
    assert keeping.unseal(text, 1) == keeping.Kept("/x", (("a", "b"),), 1)
    clock.forward(hours=2)
    assert keeping.unseal(text, 1) is None


def test_a_form_beyond_the_limit_is_not_kept_and_the_page_says_so(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=20)
    page = client.post("/members", {"note": "字" * 80_000})
    assert _kept(page) == ""
    assert "那一步没有做" in page.content.decode()


def test_dropping_the_kept_form_forgets_it(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=20)
    enter(client, "guanli", kept=_kept(client.post("/members", TYPED)))
    client.post("/resume")
    assert client.get("/resume").url == "/start"


@pytest.mark.parametrize(("minutes", "proved"), [(0, True), (9, True), (10, False)])
def test_proof_lasts_ten_minutes(minutes: int, proved: bool, client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=minutes)
    assert client.get("/tokens").status_code == (200 if proved else 403)


def test_proving_leads_on_and_is_recorded(client: Client, manager: Any, enter: Any, clock: Any, tags: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=12)
    assert "再验证一次身份" in client.get("/tokens").content.decode()
    answer = client.post("/prove", {"password": "Keqiao-2026", "next": "/tokens"})
    assert (answer.status_code, answer.url) == (303, "/tokens")
    assert client.get("/tokens").status_code == 200
    assert tags()[-1] == "account:proof:ok"


def test_a_dangerous_form_is_kept_over_the_proof(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(minutes=12)
    page = client.post("/members", TYPED)
    assert page.status_code == 403
    assert client.post("/prove", {"password": "Keqiao-2026", "kept": _kept(page)}).url == "/resume"
    assert dict(client.get("/resume").context["carried"]) == TYPED


def test_failed_proofs_lock_like_failed_logins(client: Client, manager: Any, enter: Any) -> None:
    enter(client, "guanli")
    for _ in range(5):
        said = client.post("/prove", {"password": "wrong"}).content.decode()
    assert "锁定到" in said
    assert client.post("/prove", {"password": "Keqiao-2026"}).status_code == 401


def test_switching_to_another_own_membership(client: Client, manager: Any, enter: Any, town: Any, tags: Any) -> None:
    other = Membership.objects.create(user=manager.user, role="authority", office=town["second_office"], state="active")
    enter(client, "guanli")
    assert client.post("/switch", {"membership": other.pk}).status_code == 303
    assert client.session["membership"] == other.pk
    assert User.objects.get(pk=manager.user_id).chosen_id == other.pk
    assert tags()[-1] == "membership:role:switch"


@pytest.mark.parametrize("state", ["foreign", "ended", "pending", "closed", "nonsense"])
def test_switching_elsewhere_is_refused(state: str, client: Client, manager: Any, enter: Any, town: Any, member: Any) -> None:
    if state == "foreign":
        target: Any = member("authority", office=town["second_office"]).pk
    elif state == "nonsense":
        target = "x"
    else:
        target = Membership.objects.create(
            user=manager.user, role="authority", office=town["second_office"], state="active" if state == "closed" else state
        ).pk
        town["second_office"].is_active = False
        town["second_office"].save()
    enter(client, "guanli")
    before = Event.objects.count()
    assert client.post("/switch", {"membership": target}).status_code == 404
    assert client.session["membership"] == manager.pk
    assert Event.objects.count() == before


def test_a_membership_that_ended_gives_nothing_from_the_next_request_on(client: Client, manager: Any, enter: Any) -> None:
    enter(client, "guanli")
    Membership.objects.update(state="ended")
    assert client.get("/members").status_code == 403
    assert client.get("/account").status_code == 200


def test_a_stopped_office_gives_nothing(client: Client, manager: Any, enter: Any, town: Any) -> None:
    enter(client, "guanli")
    town["first_office"].is_active = False
    town["first_office"].save()
    assert client.get("/members").status_code == 403


def test_other_sessions_are_listed_and_ended(manager: Any, enter: Any, tags: Any) -> None:
    here, there = Client(), Client(HTTP_USER_AGENT="另一台")
    enter(here, "guanli")
    enter(there, "guanli")
    assert "另一台" in here.get("/account").content.decode()
    here.post("/account/sessions/end")
    assert there.get("/members").status_code == 401
    assert here.get("/members").status_code == 200
    assert tags()[-1] == "account:session:end"


def test_a_session_of_another_user_cannot_be_ended(manager: Any, enter: Any, member: Any, town: Any) -> None:
    member("authority", office=town["second_office"], username="bieren")
    here, there = Client(), Client()
    enter(here, "guanli")
    enter(there, "bieren")
    row = LoginSession.objects.get(user__username="bieren")
    assert here.post("/account/sessions/end", {"session": row.pk}).status_code == 404
    assert there.get("/members").status_code == 200


def test_preferences_are_saved(client: Client, manager: Any, enter: Any, tags: Any) -> None:
    enter(client, "guanli")
    client.post("/account/preferences", {"keys": "1", "language": "en"})
    assert User.objects.get(pk=manager.user_id).preferences == {"keys": True, "language": "en"}
    assert "Where I am logged in" in client.get("/account").content.decode()
    assert tags()[-1] == "account:preferences:change"


def test_reading_pages_writes_at_most_once_a_minute(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    client.get("/account")
    clock.forward(seconds=30)
    seen = User.objects.get(pk=manager.user_id).last_seen
    client.get("/account")
    assert User.objects.get(pk=manager.user_id).last_seen == seen
    clock.forward(seconds=31)
    client.get("/account")
    assert User.objects.get(pk=manager.user_id).last_seen == clock.at


def test_a_page_that_asks_by_itself_does_not_keep_the_session(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    for _ in range(14):
        clock.forward(minutes=1)
        assert client.get("/members", headers={"KQ-Poll": "1"}).status_code == 200
    clock.forward(minutes=1)
    assert client.get("/members", headers={"KQ-Poll": "1"}).status_code == 401


def test_what_is_left_of_old_sessions_is_swept_away(client: Client, manager: Any, enter: Any, clock: Any) -> None:
    enter(client, "guanli")
    clock.forward(hours=7)
    enter(Client(), "guanli")
    clock.forward(hours=1)
    assert sessions.sweep_sessions() == 1
    assert LoginSession.objects.count() == 1

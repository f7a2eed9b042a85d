"""The auditor's pages: search, export, verify."""

from __future__ import annotations

import csv
import datetime as dt
import io

import openpyxl
import pytest

from keqiao.platform.actor import Actor
from keqiao.platform.audit import exporting, heads, queries, services
from keqiao.platform.audit.models import Event, Head
from keqiao.platform.audit.queries import Search
from keqiao.platform.clock import today


@pytest.fixture
def auditor(member):
    return member("auditor", username="shenji")


@pytest.fixture
def client(auditor, logged_in):
    return logged_in(auditor)


@pytest.fixture
def past(member, acting, town):
    """Events of two users on two kinds of objects."""
    officer, system = member("authority", office=town["first_office"], username="guan"), member("system", username="xitong")
    services.noted(acting(officer), "enterprises:batch:commit", town["own"], rows=3, name=services.veiled("秘密的名字"))
    services.noted(acting(system), "account:user:create", system.user)
    services.noted(Actor(), "account:login:failed", success=False)


def numbers(actor, **wanted):
    return [event.number for event in queries.search(actor, Search(**wanted))]


def test_search_narrows(past, auditor, acting):
    actor = acting(auditor)
    assert numbers(actor) == [3, 2, 1]
    assert numbers(actor, person="guan") == [1]
    assert numbers(actor, act="account") == [3, 2]
    assert numbers(actor, object="enterprises.enterprise") == [1]
    assert numbers(actor, success="no") == [3]
    assert numbers(actor, number=2) == [2]
    assert numbers(actor, first=today() + dt.timedelta(days=1)) == []
    assert numbers(actor, last=today()) == [3, 2, 1]


@pytest.mark.parametrize("role", ["system", "security"])
def test_others_read_nothing(past, member, acting, role):
    actor = acting(member(role))
    assert numbers(actor) == []
    assert not queries.checks(actor).exists()


def test_acts_are_the_first_words(past, auditor, acting):
    assert queries.acts(acting(auditor)) == ["account", "enterprises"]


def test_page_veils_values(past, client):
    page = client.get("/audit/events").content.decode()
    assert "已遮蔽" in page
    assert "秘密的名字" not in page


def test_wrong_day_is_said(past, client):
    answer = client.get("/audit/events?first=2026-13-01")
    assert answer.status_code == 422
    assert "日期写作" in answer.content.decode()


def test_event_page(past, client):
    assert Event.objects.get(number=2).hash in client.get("/audit/events/2").content.decode()
    assert client.get("/audit/events/99").status_code == 404


def test_csv_has_events_and_head(past, client):
    answer = client.get("/audit/events.csv?act=account")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:-1]][:2] == ["2", "3"]
    head = heads.head_now()
    assert lines[-1] == ["链头", str(head.number), head.hash]


def test_workbook_has_what_the_search_has(past, client):
    answer = client.get("/audit/events.xlsx?person=guan")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["事件", "口径说明"]
    cells = [[cell.value for cell in row] for row in book["事件"].iter_rows()]
    assert any(row[0] == "1" and row[4] == "enterprises:batch:commit" for row in cells)
    assert not any(row[0] == "2" for row in cells)


def test_export_is_an_event(past, client):
    client.get("/audit/events.csv")
    assert Event.objects.order_by("-number").first().tag == "audit:events:export"


def test_export_beyond_a_sheet_is_refused(past, client, monkeypatch):
    monkeypatch.setattr(exporting, "SHEET_LIMIT", 1)
    assert client.get("/audit/events.xlsx").status_code == 409


def test_verify_says_whole(past, client):
    answer = client.post("/audit/verify", follow=True)
    assert "完整" in answer.content.decode()
    assert Head.objects.get().purpose == "verify"


def test_verify_lists_breaks(past, client, attacker):
    attacker("UPDATE audit_event SET tag = 'x' WHERE number = 2")
    page = client.post("/audit/verify", follow=True).content.decode()
    assert "第 2 条的内容被改过" in page


def test_verify_against_a_head_kept_elsewhere(past, client, attacker):
    text = heads.text_of(heads.head_now())
    attacker("DELETE FROM audit_event WHERE number > 1")
    page = client.post("/audit/verify", {"head": io.BytesIO(text.encode())}, follow=True).content.decode()
    assert "链在第 1 条之后断掉" in page


def test_verify_with_another_file_is_refused(past, client):
    assert client.post("/audit/verify", {"head": io.BytesIO(b"x")}).status_code == 422


def test_long_chain_is_checked_by_a_job(past, auditor, acting, monkeypatch):
    from keqiao.platform.jobs.models import Job
    from keqiao.platform.jobs.worker import run_jobs

    monkeypatch.setattr(services, "SHORT", 2)
    assert services.check_now(acting(auditor))
    assert run_jobs(once=True) == 1
    assert Job.objects.get().result["ok"] is True
    assert Head.objects.get().purpose == "verify"


def test_head_as_a_file(past, client):
    answer = client.post("/audit/head.txt")
    found = heads.read_text(answer.content.decode())
    assert heads.contains(found)
    assert Head.objects.get().purpose == "export"


def test_health_says_that_the_database_is_old(past, client, attacker):
    heads.keep()
    assert client.get("/health").json()["audit"] is True
    attacker("DELETE FROM audit_event WHERE number > 1")
    answer = client.get("/health")
    assert answer.json()["audit"] is False
    assert answer.status_code == 503

"""Each operation: nobody, a wrong, expired or revoked token, a lacking scope, a role that may not; nothing leaks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from keqiao.platform.accounts.models import ApiToken
from keqiao.platform.accounts.services.tokens import revoke_token
from keqiao.platform.api.api import api
from keqiao.platform.api.registry import ACTS, SCOPES
from keqiao.platform.clock import now
from keqiao.platform.permissions import Act

#: operation id to method and a path that exists for the officer of the first zone, or would for another
CALLS = {
    "list_enterprises": ("get", "/enterprises"),
    "get_enterprise": ("get", "/enterprises/uscc/91990100MA0000001X"),
    "get_facts": ("get", "/enterprises/uscc/91990100MA0000001X/facts"),
    "put_facts": ("put", "/enterprises/uscc/91990100MA0000001X/facts"),
    "explain_enterprise": ("get", "/enterprises/uscc/91990100MA0000001X/explain/cn.tech_sme"),
    "list_snapshots": ("get", "/snapshots"),
    "list_runs": ("get", "/runs"),
    "start_run": ("post", "/runs"),
    "get_run": ("get", "/runs/1"),
    "list_standings": ("get", "/runs/1/standings"),
    "explain_case": ("post", "/explain"),
}
CLOSED = sorted(CALLS)


def test_the_calls_are_all_operations_that_need_a_token() -> None:
    assert sorted(id for id, scope in SCOPES.items() if scope) == CLOSED


def test_every_operation_declares_its_act() -> None:
    described = {operation["operationId"] for methods in api.get_openapi_schema()["paths"].values() for operation in methods.values()}
    assert described == set(ACTS)
    assert all((ACTS[id] is Act.PUBLIC) == (scope == "") for id, scope in SCOPES.items())


@pytest.mark.parametrize("id", CLOSED)
def test_nobody_is_told_to_bring_a_token(id: str, anonymous: Any, db: None) -> None:
    answer = anonymous(*CALLS[id])
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("id", CLOSED)
def test_a_session_is_no_token(id: str, officer: Any, logged_in: Any) -> None:
    method, path = CALLS[id]
    assert getattr(logged_in(officer), method)(f"/api/v1{path}").status_code == 401


@pytest.mark.parametrize("spoil", ["unknown", "secret", "expired", "revoked", "ended"])
def test_a_token_that_is_not_valid_is_like_none(spoil: str, officer: Any, token: Any, calling: Any, anonymous: Any, acting: Any) -> None:
    text = token(officer)
    made = ApiToken.objects.get()
    if spoil == "unknown":
        text = "kq_000000000000_" + text.split("_", 2)[2]
    elif spoil == "secret":
        text = text[:-1] + ("A" if text[-1] != "A" else "B")
    elif spoil == "expired":
        ApiToken.objects.update(expires_at=now() - dt.timedelta(seconds=1))
    elif spoil == "revoked":
        revoke_token(acting(officer), made)
    else:
        officer.state = "ended"
        officer.save()
    refused = calling(text)("get", "/enterprises")
    assert refused.status_code == 401
    assert refused.json()["detail"] == anonymous("get", "/enterprises").json()["detail"]


@pytest.mark.parametrize("id", CLOSED)
def test_a_scope_that_is_lacking_refuses(id: str, officer: Any, caller: Any) -> None:
    other = "catalogue:read"
    answer = caller(officer, other)(*CALLS[id])
    assert answer.status_code == 403
    assert SCOPES[id] in answer.json()["detail"]


@pytest.mark.parametrize("id", ["put_facts", "list_runs", "start_run", "get_run", "list_standings", "list_snapshots"])
def test_a_role_that_may_not_is_refused_even_with_the_scope(id: str, town: Any, member: Any, caller: Any) -> None:
    call = caller(member("enterprise", enterprise=town["own"]))
    ApiToken.objects.update(scopes=[SCOPES[id]])
    assert call(*CALLS[id]).status_code == 403


@pytest.mark.parametrize("id", ["get_enterprise", "get_facts", "put_facts", "explain_enterprise"])
def test_what_lies_elsewhere_is_as_if_it_were_not(id: str, town: Any, member: Any, caller: Any) -> None:
    call = caller(member("authority", office=town["second_office"]))
    method, path = CALLS[id]
    body = {"values": [{"indicator": "employees", "year": 2025, "value": "96人"}]} if method == "put" else None
    headers = {"Idempotency_Key": "1"} if method == "put" else {}
    theirs, none = call(method, path, body, **headers), call(method, path.replace("0000001X", "00000031"), body, **headers)
    assert theirs.status_code == none.status_code == 404
    assert theirs.json()["detail"] == none.json()["detail"]


def test_a_run_of_another_office_is_as_if_it_were_not(town: Any, officer: Any, member: Any, caller: Any, day: dt.date) -> None:
    from keqiao.platform.assessments.models import Run

    run = Run.objects.create(number=1, office=town["first_office"], as_of=day, year=day.year - 1, state="done")
    assert caller(officer)("get", f"/runs/{run.pk}").status_code == 200
    other = caller(member("authority", office=town["second_office"]))
    assert other("get", f"/runs/{run.pk}").status_code == other("get", f"/runs/{run.pk + 1}").status_code == 404
    assert other("get", f"/runs/{run.pk}/standings").status_code == 404
    assert other("get", "/runs").json()["items"] == []


def test_an_enterprise_reads_itself_alone(town: Any, member: Any, caller: Any) -> None:
    call = caller(member("enterprise", enterprise=town["own"]))
    assert [one["code"] for one in call("get", "/enterprises").json()["items"]] == [town["own"].code]
    assert call("get", f"/enterprises/uscc/{town['other'].code}").status_code == 404


def test_the_catalogue_is_open(anonymous: Any, db: None) -> None:
    for path in ("/openapi.json", "/docs", "/catalogue/rules", "/catalogue/rules/cn.tech_sme", "/catalogue/rules/cn.tech_sme/sql", "/catalogue/vocabulary"):
        assert anonymous("get", path).status_code == 200

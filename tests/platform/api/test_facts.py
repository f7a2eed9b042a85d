"""Facts read and written: exact, with their sources, all or none, once for each key."""

from __future__ import annotations

from typing import Any

import pytest

from keqiao.platform.api.models import Answered
from keqiao.platform.audit.models import Event
from keqiao.platform.enterprises.models import Batch, Fact

BODY = {
    "source": "财务报表",
    "values": [
        {"indicator": "revenue", "year": 2025, "value": "8000.01万元"},
        {"indicator": "职工人数", "year": 2025, "value": "96"},
        {"indicator": "resident", "value": True},
    ],
}


@pytest.fixture
def path(town: Any) -> str:
    return f"/enterprises/uscc/{town['own'].code}/facts"


@pytest.fixture
def call(officer: Any, caller: Any) -> Any:
    return caller(officer)


def _static_flag() -> str:
    from keqiao.platform.catalogue.shipped import packs

    return next(one.id for one in packs().vocabulary.indicators.values() if one.type == "flag" and one.period == "static")


@pytest.fixture
def body() -> dict[str, Any]:
    values = [dict(one) for one in BODY["values"]]  # type: ignore[attr-defined]
    values[2]["indicator"] = _static_flag()
    return {"source": BODY["source"], "values": values}


def _put(call: Any, path: str, body: Any, key: str = "k1", **headers: str) -> Any:
    return call("put", path, body, Idempotency_Key=key, **headers)


def test_what_is_written_is_read_back_exactly(call: Any, path: str, body: Any) -> None:
    assert _put(call, path, body).json() | {"batch": 0} == {"batch": 0, "new": 3, "changed": 0, "gone": 0, "same": 0, "status": "recorded"}
    facts = {one["indicator"]: one for one in call("get", path).json()["facts"]}
    assert facts["revenue"]["value"] == "8000.01万元"
    assert facts["revenue"]["source"] == "财务报表"
    assert facts["revenue"]["year"] == 2025
    assert facts["employees"]["value"] == "96人"
    assert facts[_static_flag()] | {"recorded_at": "", "batch": 0} == facts[_static_flag()] | {"value": "是", "year": None, "recorded_at": "", "batch": 0}


@pytest.mark.parametrize("value", ["0.01元", "-123456789.99元", "99999999999.99元", "8000万元"])
def test_money_goes_round_without_loss(value: str, call: Any, path: str) -> None:
    one = {"indicator": "net_profit", "year": 2025, "value": value}
    assert _put(call, path, {"values": [one]}).status_code == 200
    read = call("get", path).json()["facts"][0]["value"]
    assert _put(call, path, {"values": [{**one, "value": read}]}, "k2").json()["same"] == 1


def test_floats_are_refused(call: Any, path: str) -> None:
    answer = _put(call, path, {"values": [{"indicator": "revenue", "year": 2025, "value": 8000.01}]})
    assert answer.status_code == 422
    assert Batch.objects.count() == 0


def test_one_wrong_value_refuses_all_and_every_one_is_named(call: Any, path: str) -> None:
    values = [
        {"indicator": "revenue", "year": 2025, "value": "8000万元"},
        {"indicator": "revenue", "year": 2025, "value": "1万元"},
        {"indicator": "职工人数", "year": 2025, "value": "九十六"},
        {"indicator": "职工人次", "year": 2025, "value": "1"},
        {"indicator": "employees", "value": "96"},
        {"indicator": "title.hnte", "value": True},
    ]
    answer = _put(call, path, {"values": values})
    assert answer.status_code == 422
    assert [one["loc"][2] for one in answer.json()["errors"]] == ["1", "2", "3", "4", "5"]
    assert not Fact.objects.exists()
    assert not Answered.objects.exists()


def test_the_same_key_is_answered_again_and_not_done_again(call: Any, path: str, body: Any) -> None:
    first, second = _put(call, path, body), _put(call, path, body)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Batch.objects.count() == 1
    assert Event.objects.filter(tag="api:facts:put").count() == 1


def test_a_key_for_something_else_is_a_conflict(call: Any, path: str, body: Any) -> None:
    _put(call, path, body)
    body["values"][1]["value"] = "97"
    assert _put(call, path, body).status_code == 409
    assert Fact.objects.get(indicator__key="employees").number == 96 * 10**4


def test_keys_of_two_memberships_do_not_meet(call: Any, path: str, body: Any, town: Any, member: Any, caller: Any) -> None:
    _put(call, path, body)
    other = caller(member("authority", office=town["city_office"]))
    assert _put(other, path, body).json()["same"] == 3


def test_without_a_key_nothing_is_written(call: Any, path: str, body: Any) -> None:
    assert call("put", path, body).status_code == 422
    assert not Batch.objects.exists()


def test_a_state_that_has_changed_refuses(call: Any, path: str, body: Any) -> None:
    before = call("get", path).headers["ETag"]
    assert _put(call, path, body, If_Match=before).status_code == 200
    after = call("get", path).headers["ETag"]
    assert after != before
    body["values"][1]["value"] = "97"
    assert _put(call, path, body, "k2", If_Match=before).status_code == 412
    assert Batch.objects.count() == 1
    assert _put(call, path, body, "k3", If_Match=after).status_code == 200


def test_null_says_that_the_source_no_longer_gives_it(call: Any, path: str, body: Any) -> None:
    _put(call, path, body)
    gone = _put(call, path, {"source": BODY["source"], "values": [{"indicator": "employees", "year": 2025, "value": None}]}, "k2")
    assert gone.json()["gone"] == 1
    assert "employees" not in {one["indicator"] for one in call("get", path).json()["facts"]}


def test_rivals_show_who_says_otherwise(call: Any, path: str) -> None:
    for key, source, value in (("a", "企业自报", "96"), ("b", "统计局", "90")):
        _put(call, path, {"source": source, "values": [{"indicator": "employees", "year": 2025, "value": value}]}, key)
    assert len(call("get", path).json()["facts"]) == 1
    both = call("get", path + "?rivals=true&indicator=employees").json()["facts"]
    assert {one["value"] for one in both} == {"96人", "90人"}
    assert sum(one["prevails"] for one in both) == 1


def test_the_event_names_no_values(call: Any, path: str, body: Any) -> None:
    _put(call, path, body)
    assert "8000" not in Event.objects.get(tag="api:facts:put").detail

"""The record: nothing overwritten, nothing lost, the right value prevails."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils.timezone import now

from keqiao.errors import FactError
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import written
from keqiao.platform.enterprises.models import Batch, Enterprise, Fact
from keqiao.platform.enterprises.recording import Value, facts_of, read_typed, record_values, show, withdraw
from keqiao.platform.errors import Refused

SITE = Actor(system_task=True)
pytestmark = pytest.mark.django_db


def put(*values: tuple[str, int, int | None], kind: str = "import", source: str = "", to: Enterprise, days_ago: int = 0) -> Batch:
    with written(SITE, "test:batch:record") as event:
        batch = Batch.objects.create(kind=kind, source=source, year=2025, recorded_at=now() - dt.timedelta(days=days_ago))
        event.object = batch
        record_values(batch, [Value(to.pk, key, year, number) for key, year, number in values])
    return batch


def back(batch: Batch) -> None:
    with written(SITE, "test:batch:withdraw", batch):
        withdraw(Batch.objects.get(pk=batch.pk))


def current(of: Enterprise, key: str = "employees", year: int = 2025) -> int | None:
    found = [h.number for h in facts_of([of.pk]).get(of.pk, {}).get(key, []) if h.year == year]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.fixture
def firm(town: Any) -> Enterprise:
    found: Enterprise = town["own"]
    return found


def test_unchanged_value_is_not_written_again(firm: Enterprise) -> None:
    first = put(("employees", 2025, 5), ("revenue", 2025, 9), to=firm)
    again = put(("employees", 2025, 5), ("revenue", 2025, 8), to=firm)
    assert Fact.objects.count() == 3
    assert {k: again.counts[k] for k in ("new", "changed", "same", "confirms")} == {
        "new": 0, "changed": 1, "same": 1, "confirms": {str(first.pk): 1},
    }  # fmt: skip
    ended = Fact.objects.get(batch=first, indicator__key="revenue")
    assert (ended.ended_by_id, ended.prevails) == (again.pk, False)


def test_what_a_batch_does_not_mention_stays(firm: Enterprise) -> None:
    put(("employees", 2025, 5), to=firm)
    put(("revenue", 2025, 9), to=firm)
    assert current(firm) == 5


def test_value_taken_back_by_its_source_ends(firm: Enterprise) -> None:
    put(("employees", 2025, 5), to=firm)
    batch = put(("employees", 2025, None), to=firm)
    assert current(firm) is None
    assert batch.counts["gone"] == 1
    back(batch)
    assert current(firm) == 5


@pytest.mark.parametrize("order", [("统计", "税务"), ("税务", "统计")])
def test_declared_order_of_sources_prevails_whichever_came_first(firm: Enterprise, order: tuple[str, str]) -> None:
    for source in order:
        put(("employees", 2025, {"统计": 1, "税务": 2}[source]), source=source, to=firm)
    assert current(firm) == 2


def test_source_declared_for_an_indicator_goes_before_general_ones(firm: Enterprise) -> None:
    put(("employees", 2025, 2), source="税务", to=firm)
    put(("employees", 2025, 3), source="社保", to=firm)
    assert current(firm) == 3


def test_of_undeclared_sources_the_latest_prevails_and_a_declaration_stands_before_them(firm: Enterprise) -> None:
    put(("employees", 2025, 1), source="甲", to=firm)
    put(("employees", 2025, 2), source="乙", to=firm)
    assert current(firm) == 2
    put(("employees", 2025, 3), kind="declaration", to=firm)
    assert current(firm) == 3
    put(("employees", 2025, 4), source="乙", to=firm)
    assert current(firm) == 3


def test_decided_objection_prevails_over_every_source(firm: Enterprise) -> None:
    put(("employees", 2025, 7), kind="objection", to=firm)
    put(("employees", 2025, 8), source="社保", to=firm)
    assert current(firm) == 7


def test_withdrawing_gives_back_what_was_ended(firm: Enterprise) -> None:
    put(("employees", 2025, 5), to=firm)
    batch = put(("employees", 2025, 6), ("revenue", 2025, 1), to=firm)
    back(batch)
    assert (current(firm), current(firm, "revenue")) == (5, None)


def test_withdrawing_lets_another_source_prevail_again(firm: Enterprise) -> None:
    put(("employees", 2025, 1), source="统计", to=firm)
    batch = put(("employees", 2025, 2), source="税务", to=firm)
    back(batch)
    assert current(firm) == 1


@pytest.mark.parametrize("number", [5, 6], ids=["confirmed", "changed"])
def test_batch_that_a_later_one_confirmed_or_changed_is_not_withdrawn(firm: Enterprise, number: int) -> None:
    first = put(("employees", 2025, 5), to=firm)
    later = put(("employees", 2025, number), to=firm)
    with pytest.raises(Refused, match=f"第 {later.pk} 批"):
        back(first)
    back(later)
    back(first)
    assert current(firm) is None


def test_batch_older_than_thirty_days_is_not_withdrawn(firm: Enterprise) -> None:
    batch = put(("employees", 2025, 5), to=firm, days_ago=31)
    with pytest.raises(Refused, match="30 天"):
        back(batch)


def test_enterprise_carries_the_prevailing_name_of_its_facts(firm: Enterprise) -> None:
    with written(SITE, "test:batch:record") as event:
        batch = Batch.objects.create(kind="import", year=2025, recorded_at=now())
        event.object = batch
        record_values(batch, [Value(firm.pk, "name", 0, None, "新名称有限公司"), Value(firm.pk, "stage", 2024, None, "初创期"), Value(firm.pk, "stage", 2025, None, "成长期")])
    firm.refresh_from_db()
    assert (firm.name, firm.stage) == ("新名称有限公司", "成长期")


def test_recording_outside_of_a_write_is_refused(firm: Enterprise) -> None:
    batch = Batch.objects.create(kind="import", year=2025, recorded_at=now())
    with pytest.raises(RuntimeError):
        record_values(batch, [])


@pytest.mark.parametrize(
    ("key", "typed", "number", "text", "zh", "en"),
    [
        ("revenue", "1,260.5", 1_260_500_000, None, "1,260.5万元", "1,260.5 10k CNY"),
        ("revenue", "1.2亿元", 12_000_000_000, None, "12,000万元", "12,000 10k CNY"),
        ("net_profit", "-3", -3_000_000, None, "−3万元", "−3 10k CNY"),
        ("founded_date", "1969-12-31", -1, None, "1969-12-31", "1969-12-31"),
        ("resident_enterprise", "是", 1, None, "是", "yes"),
        ("stage", "成长期", None, "成长期", "成长期", "成长期"),
        ("niche_market_share", "12.5", 12_500_000, None, "12.5%", "12.5%"),
    ],
)
def test_typed_value_is_kept_exactly_and_shown_again(key: str, typed: str, number: int | None, text: str | None, zh: str, en: str) -> None:
    assert read_typed(key, typed) == (number, text)
    assert (show(key, number, text), show(key, number, text, "en")) == (zh, en)


@pytest.mark.parametrize(("key", "typed"), [("revenue", "约三百"), ("stage", "老年期"), ("revenue", " "), ("no_such", "1")])
def test_wrong_text_is_refused_in_a_sentence(key: str, typed: str) -> None:
    with pytest.raises(FactError):
        read_typed(key, typed)

"""A rule as SQL: what it says of itself, and what it refuses rather than decides wrongly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from keqiao.errors import PackError, RuleError
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.dimensions import ITEMS, MONEY, PEOPLE, RATIO, describe
from keqiao.rules.references import in_order
from keqiao.rules.sql.compile import compile_sql, header
from properties.packs import Pack, build, head
from rules.small import AS_OF
from rules.test_semantics import BANDED, CARD


def rules_of(**packs: Pack) -> Any:
    return build({f"t.{id}": head(f"t.{id}") | pack for id, pack in packs.items()})


def sql_of(text: str, dialect: str = "duckdb", **more: Any) -> str:
    rules = rules_of(main={"require": {"id": "c", "title": "c", "when": text, "cite": "1"}, **more})
    return compile_sql(rules["t.main"], rules.__getitem__, as_of=AS_OF, year=2025, dialect=dialect, conditions=True)


REFUSED = [
    ("score('total') / 5 > 1分", None),
    ("ABS(score('total')) > 1分", "ABS"),
    ("score('total') / score('i') > 5%", "得分区间不能作除法"),
    ("score('total') > 评审得分 / 占有率", "得分不能与比值"),
    ("营业收入 * 研发费用 * 资产总额 * 注册资本 > 营业收入 * 研发费用 * 资产总额 * 注册资本", "38位"),
]


@pytest.mark.parametrize(("text", "part"), REFUSED)
def test_what_sql_cannot_decide_exactly_is_refused(text: str, part: str | None) -> None:
    if part is None:
        assert sql_of(text, scores=[BANDED])
        return
    with pytest.raises(RuleError, match=part):
        sql_of(text, scores=[BANDED])


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_no_division_decides_and_no_output_is_boolean(dialect: str) -> None:
    sql = sql_of("研发费用 / 营业收入 >= 5% AND holds('科技奖励', within => 3年)", dialect)
    assert " / " not in sql
    assert sql.startswith("SELECT")
    assert "TRUE" not in sql.split("FROM")[0]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_text_in_a_rule_is_quoted(dialect: str) -> None:
    sql = sql_of("行政区划 = 'x''; DROP TABLE facts; --\\'", dialect)
    # outside the quotes nothing of the text is left
    kept, inside, i = [], False, 0
    while i < len(sql):
        if sql[i] == "\\" and dialect == "spark" and inside:
            i += 2
            continue
        if sql[i] == "'":
            inside = not inside
        elif not inside:
            kept.append(sql[i])
        i += 1
    assert "DROP" not in "".join(kept)
    assert not inside


def test_header_names_rule_version_and_scales() -> None:
    rules = rules_of(main=CARD)
    text = header(rules["t.main"], AS_OF, 2025, "postgres")
    assert all(line.startswith("-- ") for line in text.splitlines())
    for part in ("t.main", "2026-11-21", "year 2025", "jsonb", "status official"):
        assert part in text


def test_rules_that_ask_each_other_in_a_circle_are_refused() -> None:
    asks = {name: {"require": {"id": "c", "title": "c", "when": f"outcome('t.{other}')"}} for name, other in ("ab", "bc", "ca")}
    rules = rules_of(**asks)
    with pytest.raises(PackError, match=r"t\.a → t\.b → t\.c → t\.a"):
        in_order(rules["t.a"], rules.__getitem__)
    with pytest.raises(PackError, match="成环"):
        compile_rule(rules["t.b"], rules.__getitem__)


def test_rule_not_in_force_is_no_in_sql() -> None:
    rules = rules_of(main=CARD | {"effective": {"from": dt.date(2027, 1, 1)}})
    sql = compile_sql(rules["t.main"], rules.__getitem__, as_of=AS_OF, year=2025)
    assert '0 AS "outcome"' in sql


@pytest.mark.parametrize(
    ("dimension", "zh", "en"),
    [
        (MONEY.times(PEOPLE, -1), "金额/人数", "money per people"),
        (MONEY.times(MONEY), "金额×金额", "money × money"),
        (RATIO.times(ITEMS, -1), "1/件数", "1 per count"),
        (MONEY, "金额", "money"),
    ],
)
def test_compound_dimensions_have_names(dimension: Any, zh: str, en: str) -> None:
    assert describe(dimension) == (zh, en)

"""Near misses against brute force: each threshold is moved in the rule's text and every enterprise explained anew."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from assess.assess_sample import (
    Packs,
    Run,
    Snapshot,
    decimal,
    explained,
    head,
    packs_of,
    rows_by_key,
    run_of,
    snapshot_of,
)
from keqiao.assess import misses
from keqiao.assess.comparisons import moved, thresholds
from keqiao.assess.tables import Explainer
from keqiao.errors import KeqiaoError

WITHIN = Fraction(1, 10)


@dataclass(frozen=True)
class Case:
    """A rule with ``{0}``, ``{1}`` … for thresholds, their values (together where one comparison has several), the rest."""

    text: str
    thresholds: tuple[tuple[str, ...], ...]
    scores: str = ""

    def write(self, moved: int | None = None, share: Fraction = Fraction(0)) -> str:
        values = [
            decimal(Fraction(value) * (1 + (share if Fraction(value) > 0 else -share) * (i == moved)))
            for i, values in enumerate(self.thresholds) for value in values
        ]
        return head("t.near", "临界") + "require:\n" + self.text.format(*values) + self.scores


CASES = {
    "nested": Case(
        """  all:
    - {{id: staff, title: 职工, when: 职工人数 <= {0}人}}
    - id: money
      title: 钱
      any:
        - {{id: both, title: 两样, when: 营业收入 >= {1}万元 AND 研发费用 > {2}万元}}
        - id: small
          title: 不大
          not: {{id: large, title: 大, when: 资产总额 >= {3}万元}}
        - {{id: debt, title: 负债, when: NOT 负债总额 / 资产总额 > {4}%}}
    - id: field
      title: 领域
      when: CASE WHEN known(属于高新技术领域) THEN 属于高新技术领域 AND 净利润 >= {5}万元 ELSE 净利润 > {6}万元 END
""",
        (("500",), ("1000",), ("50",), ("2000",), ("60",), ("-100",), ("20",)),
    ),
    "scores": Case(
        """  all:
    - {{id: total, title: 总分, when: score('total') >= {0}分 AND score('rd') > {1}分}}
    - {{id: between, title: 之间, when: 职工人数 BETWEEN {2}人 AND {3}人}}
    - {{id: some, title: 几项, when: "count_yes(营业收入 >= {4}万元, 研发费用 >= {5}万元, 居民企业) >= {6}项"}}
    - {{id: half, title: 两项之比, when: "score('rd') >= {7}% * score('size')"}}
""",
        (("50",), ("0",), ("100",), ("500",), ("1000",), ("50",), ("2",), ("75",)),
        """scores:
  - {id: rd, title: 研发, value: 研发费用 / 营业收入, bands: {6%: 30, 5%: 25, 4%: 20, below: 0}}
  - {id: size, title: 规模, value: 营业收入, bands: {1000万元: 28, 950万元: 24, 900万元: 20, below: 10}}
""",
    ),
    "years": Case(
        """  all:
    - {{id: each, title: 每年, when: "each_of(growth(营业收入) >= {0}%, 2)"}}
    - id: any
      title: 任一
      any:
        - {{id: tier, title: 分档, when: 研发费用 / 营业收入 >= CASE WHEN 营业收入 <= 1000万元 THEN {1}% ELSE {2}% END}}
        - {{id: cagr, title: 复合, when: "cagr(研发费用, 2) >= {3}%"}}
        - {{id: own, title: 自比, when: 研发费用 >= {4}% * 营业收入}}
    - {{id: net, title: 净利, when: "净利润 > {5}万元"}}
""",
        (("10",), ("6", "5"), ("20",), ("5",), ("-100",)),
    ),
}


def sheet(seed: int) -> str:
    """Enterprises on, near and off every threshold, a fifth of the values missing."""
    draw = random.Random(seed)
    grid = {
        "职工人数": [90, 91, 99, 100, 400, 500, 501, 549, 550, 551], "营业收入（万元）": [899, 900, 901, 950, 999, 1000, 1001, 1100, 1200],
        "研发费用（万元）": [40, 45, 46, 49, 50, 51, 55, 60, 72], "资产总额（万元）": [1900, 2000, 2100, 2200, 2300],
        "负债总额（万元）": [1200, 1260, 1320, 1386, 1500], "净利润（万元）": [-120, -110, -105, -100, -90, 20], "居民企业": ["是", "否"],
        "属于高新技术领域": ["是", "是", "否"],
    }  # fmt: skip
    lines = ["企业编号,年度," + ",".join(grid)]
    for i in range(90):
        for year in (2025, 2024, 2023):
            cells = [str(draw.choice(values)) if draw.random() > 0.1 else "" for values in grid.values()]
            if year < 2025:
                cells[-2:] = ["", ""]
                cells[1] = str(draw.choice([750, 800, 830, 900, 910])) if year == 2024 else str(draw.choice([700, 750, 800]))
            cells = cells[:-2] + ([*cells[-2:]] if year == 2025 else ["", ""])
            lines.append(f"E{i:03d},{year}," + ",".join(cells))
    return "\n".join(lines) + "\n"


def brute(home: Path, case: Case, snapshot: Snapshot, within: Fraction) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Outcomes as they are, and per enterprise the outcomes with any one threshold moved either way."""
    before = explained(packs_of(home, {"near": case.write()}), "t.near", snapshot)
    after: dict[str, set[str]] = {key: set() for key in before}
    for i in range(len(case.thresholds)):
        for share in (within, -within):
            packs = packs_of(home, {"near": case.write(i, share)})
            for key, outcome in explained(packs, "t.near", snapshot).items():
                after[key].add(outcome)
    return before, after


@pytest.fixture(scope="module", params=list(CASES))
def world(request: pytest.FixtureRequest, home: Path) -> tuple[Case, Packs, Run, Path]:
    case = CASES[request.param]
    packs = packs_of(home, {"near": case.write()})
    snapshot = snapshot_of(home, sheet(len(request.param)), packs)
    return case, packs, run_of(home, snapshot, packs, ["t.near"]), home


def test_near_misses_are_those_that_brute_force_finds(world: tuple[Case, Packs, Run, Path]) -> None:
    case, _, run, home = world
    before, after = brute(home, case, run.snapshot, WITHIN)
    found = misses(run, "t.near", WITHIN)
    near = {key for key, outcome in before.items() if outcome == "no" and "yes" in after[key]}
    apart = {key for key, outcome in before.items() if outcome == "no" and "yes" not in after[key] and after[key] - {"no"}}
    assert {row.key for row in found.rows} == near
    assert {row.key for row in found.apart} == apart
    assert (found.count, found.count_apart) == (len(near), len(apart))
    assert len(near) >= 3


def test_the_share_is_the_least_that_turns(world: tuple[Case, Packs, Run, Path]) -> None:
    _, _, run, _ = world
    rows = misses(run, "t.near", WITHIN).rows
    for row in rows[:: max(len(rows) // 4, 1)]:
        only = (row.scheme, row.key)
        slightly = row.share * Fraction(10**9 + 1, 10**9) + Fraction(1, 10**12)
        assert misses(run, "t.near", slightly, only=only).count == 1, row
        if row.share:
            assert misses(run, "t.near", row.share * Fraction(10**9 - 1, 10**9), only=only).count == 0, row


def test_the_nearest_few_are_the_first_of_all(world: tuple[Case, Packs, Run, Path]) -> None:
    _, _, run, _ = world
    every = misses(run, "t.near", Fraction(1, 5))
    for limit in (1, 2):
        found = misses(run, "t.near", Fraction(1, 5), limit=limit)
        assert (found.rows, found.apart) == (every.rows[:limit], every.apart[:limit])
        assert (found.count, found.count_apart) == (len(every.rows), len(every.apart))


@pytest.mark.parametrize("rule", ["cn.tech_sme", "cn.hnte"])
def test_shipped_rules_turn_alike_one_by_one(city: Run, rule: str) -> None:
    wide, near, apart = Fraction(2, 5), set(), set()
    made = [Explainer(city, moved(city.rule(rule), one, wide, one.eager is not False)) for one in thresholds(city.rule(rule))]
    for (_, key), row, traces in city.traces([rule]):
        if traces[rule].outcome == "no":
            codes = {one.trace(row).outcome for one in made}
            if "yes" in codes:
                near.add(key)
            elif codes - {"no"}:
                apart.add(key)
    found = misses(city, rule, wide)
    assert ({row.key for row in found.rows}, {row.key for row in found.apart}) == (near, apart)
    assert near | apart


# ---- by hand ---------------------------------------------------------------------------------------


def test_rows_say_which_condition_and_by_how_much(run: Run) -> None:
    found = misses(run, "t.title", WITHIN)
    rows = rows_by_key(found.rows)
    assert sorted(rows) == ["B", "G"]
    b = rows["B"]
    assert (b.clause, b.left, b.right, b.gap, b.share, b.then, b.ways) == ("staff", "105人", "100人", "5人", Fraction(5, 100), "yes", 1)
    assert (b.name, b.place, b.cite) == ("乙公司", "110101", "第一条")
    assert (rows["G"].clause, rows["G"].gap, rows["G"].share) == ("ratio", "0.2%", Fraction(4, 100))


def test_what_would_still_be_open_is_listed_apart(run: Run) -> None:
    apart = misses(run, "t.title", WITHIN).apart
    assert [(row.key, row.clause, row.then) for row in apart] == [("F", "staff", "unknown")]


def test_nearest_first_and_no_more_than_asked(run: Run) -> None:
    found = misses(run, "t.title", WITHIN, limit=1)
    assert [row.key for row in found.rows] == ["G"]
    assert found.count == 2


def test_thresholds_are_counted_one_by_one(run: Run) -> None:
    found = {one.clause: (one.threshold, one.near, one.apart) for one in misses(run, "t.title", WITHIN).by_clause}
    assert found == {"staff": ("100人", 1, 1), "revenue": ("1000万元", 0, 0), "ratio": ("5%", 1, 0)}


def test_years_since_moves_by_whole_months(home: Path) -> None:
    rule = head("t.young", "年轻") + "require: {all: [{id: y, title: 年轻, when: years_since(成立日期) <= 5年}]}\n"
    own = packs_of(home, {"young": rule})
    # a tenth of 5 years is 6 months: A was founded 5 years and 6 months before the day, B a day earlier, C just 5 years
    data = "企业编号,年度,成立日期\nA,2025,2021-05-21\nB,2025,2021-05-20\nC,2025,2021-11-21\nD,2025,2021-11-20\n"
    run = run_of(home, snapshot_of(home, data, own), own, ["t.young"])
    rows = [(row.key, row.left, row.right, row.gap, row.share) for row in misses(run, "t.young", WITHIN).rows]
    assert rows == [("D", "2021-11-20", "5年", "1个月", Fraction(1, 60)), ("A", "2021-05-21", "5年", "6个月", Fraction(1, 10))]


def test_compound_growth_is_shown_to_what_keeps_it_off_the_threshold(home: Path, packs: Packs) -> None:
    rule = head("t.cagr", "复合") + "require: {all: [{id: g, title: 增长, when: 'cagr(营业收入, 2) >= 20%'}]}\n"
    own = packs_of(home, {"cagr": rule})
    # 142.8 / 100 is 1.19499…² and 143 / 100 is 1.19582…²
    data = "企业编号,年度,营业收入（万元）\nA,2025,143\nA,2023,100\nB,2025,120\nB,2023,100\n"
    found = misses(run_of(home, snapshot_of(home, data, own), own, ["t.cagr"]), "t.cagr", WITHIN)
    assert [(row.key, row.left, row.gap) for row in found.rows] == [("A", "19.58%", "0.42%")]


def test_exactly_on_a_strict_threshold_is_no_distance(home: Path, packs: Packs) -> None:
    rule = head("t.strict", "严格") + "require: {all: [{id: s, title: 多于, when: 职工人数 > 10人}, {id: z, title: 正, when: 净利润 > 0元}]}\n"
    own = packs_of(home, {"strict": rule})
    data = "企业编号,年度,职工人数,净利润（万元）\nA,2025,10,5\nB,2025,9,5\nC,2025,11,0\n"
    run = run_of(home, snapshot_of(home, data, own), own, ["t.strict"])
    rows = misses(run, "t.strict", WITHIN).rows
    # B needs the threshold just below 9, more than a tenth away; C needs a threshold of zero to move
    assert [(row.key, row.share, row.gap) for row in rows] == [("A", 0, "恰在界限上")]
    assert misses(run, "t.strict", WITHIN, language="en").rows[0].gap == "on the limit"


def test_rules_without_conditions_have_no_near_misses(run: Run) -> None:
    for rule in ("t.card", "t.later", "cn.size_class"):
        assert misses(run, rule).rows == ()


def test_a_share_above_the_whole_is_refused(run: Run) -> None:
    with pytest.raises(KeqiaoError, match="10%"):
        misses(run, "t.title", Fraction(3, 2))


def test_a_rule_that_compares_with_peers_is_asked_over_the_whole_table(home: Path) -> None:
    card = head("t.peers", "同行", kind="scorecard") + """\
require:
  all:
    - {id: pass, title: 不低于60分, when: score('total') >= 60分}
scores:
  - {id: p, title: 收入百分位, value: 营业收入, percentile: {points: 100, over: [划型行业]}}
"""
    own = packs_of(home, {"peers": card})
    # among five known values the percentiles are 10, 30, 50, 70 and 90
    data = "企业编号,年度,划型行业,营业收入（万元）\n" + "".join(f"{k},2025,工业,{v}\n" for k, v in zip("ABCDE", (1, 2, 3, 4, 5), strict=True))
    run = run_of(home, snapshot_of(home, data, own, as_of=dt.date(2026, 11, 21)), own, ["t.peers"])
    assert [row.key for row in misses(run, "t.peers", Fraction(1, 5)).rows] == ["C"]
    assert misses(run, "t.peers", Fraction(1, 5), only=("other", "C")).count == 1

"""Indicators counted from records; every expected number is counted by hand."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, B, code, the
from records_sample import CONTRACTS, EQUITY, MAIN, PATENTS, fact, opened, packs, places, took

from keqiao.errors import KeqiaoError
from keqiao.facts.declared import Declared
from keqiao.packs.records import counted
from keqiao.packs.schema_words import CountedNode
from keqiao.rules.vocabulary import Indicator

IN_FORCE = [
    PATENTS,
    [A, "1", "发明", "2020-01-01", "2022-05-01", "有效"],
    [A, "2", "发明", "2021-01-01", "2025-12-31", "有效"],
    [A, "3", "发明", "2022-01-01", "2026-01-01", "有效"],  # granted after the end of 2025
    [A, "4", "发明", "2015-01-01", "2017-01-01", "失效"],
    [A, "5", "实用新型", "2025-01-01", "2025-06-01", "有效"],
    [A, "6", "发明", "2025-07-01", None, "审中"],
    [A, "7", "发明", "2025-08-01", None, "审中"],
]


def test_inventions_in_force_at_the_end_of_the_year(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": IN_FORCE})
    assert fact(report, "invention_patents") == {"2025": "2件"}


def test_applications_by_the_year_of_filing(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": IN_FORCE})
    per_year = fact(report, "invention_applications")
    assert {y: n for y, n in per_year.items() if n != "0件"} == {
        "2025": "2件", "2022": "1件", "2021": "1件", "2020": "1件", "2015": "1件"
    }  # fmt: skip


def test_none_listed_is_none(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": IN_FORCE})
    assert fact(report, "invention_patents", B) == {"2025": "0件"}
    note = next(p for p in report.problems if p.code == "counted" and "有效发明专利数" in p.zh)
    assert "2 家" in note.zh
    assert "1 家表中没有相应记录，计为 0" in note.zh


def test_headings_alone_say_that_there_are_none(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": [PATENTS]})
    assert fact(report, "invention_patents") == {"2025": "0件"}


def test_without_the_sheet_nothing_is_counted(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN})
    assert fact(report, "invention_patents") is None
    assert "invention_patents" not in opened(report).columns


def test_a_record_without_the_deciding_field_leaves_the_count_unknown(tmp_path: Path) -> None:
    rows = [*IN_FORCE, [B, "9", "发明", "2020-01-01", "2022-01-01", None]]
    report = took(tmp_path, {"企业": MAIN, "专利": rows})
    assert fact(report, "invention_patents", B) is None
    assert fact(report, "invention_patents") == {"2025": "2件"}
    assert "1 家" in the(report, "counted-open").zh


def test_an_undecided_record_of_another_kind_does_not_matter(tmp_path: Path) -> None:
    rows = [PATENTS, [A, "1", "外观设计", None, None, None]]
    report = took(tmp_path, {"企业": MAIN, "专利": rows})
    assert fact(report, "invention_patents") == {"2025": "0件"}
    assert fact(report, "invention_applications") == {"2025": "0件"}


def test_a_sheet_without_the_column_is_not_counted_from(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": IN_FORCE})
    assert fact(report, "pct_applications") is None
    assert "申请途径" in the(report, "counted-not").zh
    assert [p for p in report.problems if p.severity == "warning"] == []


def test_patents_apart_from_the_main_business_are_not_counted_as_applications(tmp_path: Path) -> None:
    rows = [
        [CODE, "专利号", "专利类型", "申请日", "申请途径", "与主营业务相关"],
        [A, "1", "发明", "2025-01-01", "PCT", "是"], [A, "2", "发明", "2025-01-01", "国内", "否"],
        [A, "3", "发明", "2025-01-01", "国内", None], [A, "4", "实用新型", "2025-01-01", "PCT", None],
    ]  # fmt: skip
    report = took(tmp_path, {"企业": MAIN, "专利": rows})
    assert fact(report, "invention_applications") == {"2025": "2件"}
    assert fact(report, "pct_applications") == {"2025": "2件"}


def test_equity_by_year_of_payment_and_in_total(tmp_path: Path) -> None:
    rows = [
        [*EQUITY, "备案专业投资机构"],
        [A, "天使轮", 300, "2022-05-01", "甲基金", "是", "是"],
        [A, "A轮", 1000.5, "2024-03-01", "乙基金", "是", "否"],
        [A, "B轮", 2000, "2025-01-01", "丙基金", "是", "是"],
        [A, "B轮", 500, "2025-12-31", "个人", "否", "否"],
        [A, "C轮", 9000, "2026-01-01", "丁基金", "是", "是"],  # after the year
    ]
    report = took(tmp_path, {"企业": MAIN, "股权融资": rows})
    assert fact(report, "equity_raised") == {
        "2025": "2000万元", "2024": "1000.5万元", "2023": "0万元", "2022": "300万元"
    }  # fmt: skip
    assert fact(report, "equity_raised_total") == {"2025": "3300.5万元"}
    assert fact(report, "early_round_raised") == {"2025": "300万元"}


def test_registered_technology_contracts_by_year_of_registration(tmp_path: Path) -> None:
    rows = [
        CONTRACTS,
        [A, "1", "技术开发", 100, "是", "2025-02-01"], [A, "2", "技术服务", 50, "是", "2025-12-31"],
        [A, "3", "技术转让", 70, "否", None], [A, "4", "销售", 900, None, None],
        [A, "5", "技术咨询", 30, "是", "2024-12-31"], [B, "6", "技术许可", 10, "是", None],
    ]  # fmt: skip
    report = took(tmp_path, {"企业": MAIN, "合同": rows})
    assert fact(report, "tech_contract_value") == {"2025": "150万元", "2024": "30万元"}
    assert fact(report, "tech_contract_value", B) is None, "registered, but not told when"


def test_projects_of_two_years(tmp_path: Path) -> None:
    head = [CODE, "项目编号", "项目级别", "立项日"]
    rows = [[A, "1", "国家级", "2024-01-01"], [A, "2", "省级", "2025-12-31"], [A, "3", "市级", "2025-01-01"],
            [A, "4", "省级", "2023-12-31"], [A, "5", "省级", "2026-01-01"]]  # fmt: skip
    report = took(tmp_path, {"企业": MAIN, "项目": [head, *rows]})
    assert fact(report, "provincial_projects_2y") == {"2025": "2项"}


def test_a_supplied_value_prevails_and_the_difference_is_told(tmp_path: Path) -> None:
    main = [[*MAIN[0], "有效发明专利数"], [*MAIN[1], 5], [*MAIN[2], 0]]
    report = took(tmp_path, {"企业": main, "专利": IN_FORCE})
    assert fact(report, "invention_patents") == {"2025": "5件"}
    problem = the(report, "counted-differs")
    assert problem.place == "企业!D2"
    assert "5件" in problem.zh
    assert "2件" in problem.zh
    sources = opened(report).table("sources.parquet")
    assert sources is not None
    kept = [(r["value"], r["source"], r["prevails"]) for r in sources.to_pylist() if r["indicator"] == "invention_patents"]
    assert kept == [("5件", "", True), ("2件", "专利表计数", False)]


def test_a_count_fills_what_was_not_supplied(tmp_path: Path) -> None:
    main = [[*MAIN[0], "有效发明专利数"], [*MAIN[1], None], [*MAIN[2], 3]]
    report = took(tmp_path, {"企业": main, "专利": [*IN_FORCE, [B, "9", "发明", None, "2022-01-01", None]]})
    assert fact(report, "invention_patents") == {"2025": "2件"}
    assert fact(report, "invention_patents", B) == {"2025": "3件"}
    sources = opened(report).table("sources.parquet")
    assert sources is not None
    assert [r["source"] for r in sources.to_pylist() if r["indicator"] == "invention_patents"] == ["专利表计数"]


def test_a_wholly_counted_column_names_its_source_in_the_manifest(tmp_path: Path) -> None:
    columns = opened(took(tmp_path, {"企业": MAIN, "专利": IN_FORCE})).manifest["columns"]
    assert columns["invention_patents"]["source"] == "专利表计数"
    assert "source" not in columns["employees"]


def test_checks_see_what_was_counted(tmp_path: Path) -> None:
    main = [[*MAIN[0], "累计股权融资额（万元）"], [*MAIN[1], 10], [*MAIN[2], 0]]
    rows = [EQUITY, [A, "A轮", 100, "2025-01-01", "x", "是"]]
    report = took(tmp_path, {"企业": main, "股权融资": rows}, checks=True)
    assert len(places(report, "check:equity_of_total")) == 1


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_a_plain_count(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    keys = [code(n) for n in range(12)]
    rows = [
        [draw.choice(keys), f"P{n}", draw.choice(["发明", "实用新型"]), f"{draw.randint(2019, 2026)}-07-01",
         draw.choice([None, "2026-10-01"]), draw.choice(["审中", "失效", None])]
        for n in range(60)
    ]  # fmt: skip
    rows += [[draw.choice(keys), f"Q{n}", "发明", "2018-01-01", f"{draw.randint(2019, 2026)}-12-31", "有效"] for n in range(20)]
    report = took(tmp_path, {"企业": [[CODE, "职工人数"], *([k, 1] for k in keys)], "专利": [PATENTS, *rows]})
    cases = {c["id"]: c["facts"] for c in opened(report).cases()}
    for key in keys:
        mine = [r for r in rows if r[0] == key and r[2] == "发明"]
        unsure = any(r[5] is None and (r[4] is None or r[4] <= "2025-12-31") for r in mine)
        valid = sum(r[5] == "有效" and str(r[4]) <= "2025-12-31" for r in mine)
        assert cases[key].get("invention_patents") == (None if unsure else {"2025": f"{valid}件"})
        for year in range(2018, 2026):
            filed = sum(r[3].startswith(str(year)) for r in mine)
            assert cases[key]["invention_applications"][str(year)] == f"{filed}件"


#: declaration, indicator type and period, part of the message
REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    ({"from": "patent"}, "count", "stock", "没有记录"),
    ({"from": "patents", "what": "sum(专利号)"}, "count", "stock", "不是数"),
    ({"from": "patents", "what": "average"}, "count", "stock", "what 不能"),
    ({"from": "patents"}, "money", "stock", "不合"),
    ({"from": "patents", "by": "专利号"}, "count", "annual", "应是日期"),
    ({"from": "patents", "by": "申请时间"}, "count", "annual", "没有字段"),
    ({"from": "patents"}, "count", "annual", "要写 by"),
    ({"from": "patents", "where": "专利类型 = '商标'"}, "count", "stock", "商标"),
]


@pytest.mark.parametrize(("node", "type", "period", "message"), REFUSED)
def test_a_declaration_that_does_not_fit_is_refused(node: dict[str, Any], type: str, period: str, message: str) -> None:
    unit = {"count": "件", "money": "万元"}[type]
    with pytest.raises(KeqiaoError) as caught:
        counted(CountedNode.model_validate(node), Indicator("x", "甲", (), type, unit, period), packs().records)
    assert message in caught.value.zh


@pytest.mark.parametrize(("what", "day"), [("min(申请日)", "2015-01-01"), ("max(申请日)", "2025-08-01")])
def test_the_first_and_the_last_day_of_all_records(tmp_path: Path, what: str, day: str) -> None:
    node = CountedNode.model_validate({"from": "patents", "what": what})
    indicator = packs().vocabulary.indicators["founded_date"]
    known = Declared(tuple(packs().records.values()), (counted(node, indicator, packs().records),))
    report = took(tmp_path, {"企业": MAIN, "专利": IN_FORCE}, known=known)
    assert fact(report, "founded_date") == day
    assert fact(report, "founded_date", B) is None, "no record has no first day"


def test_a_count_may_prevail_where_the_vocabulary_says_so(tmp_path: Path) -> None:
    node = CountedNode.model_validate({"from": "patents", "prevails": "counted"})
    indicator = packs().vocabulary.indicators["ip_class1"]
    known = Declared(tuple(packs().records.values()), (counted(node, indicator, packs().records),))
    main = [[*MAIN[0], "Ⅰ类知识产权数"], [*MAIN[1], 3], [*MAIN[2], 0]]
    report = took(tmp_path, {"企业": main, "专利": IN_FORCE}, known=known)
    assert fact(report, "ip_class1") == {"2025": "7件"}
    assert "以计数为准" in the(report, "counted-differs").zh

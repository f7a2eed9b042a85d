"""Renames and mergers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, B, C, code, codes, the
from records_sample import PATENTS, fact, opened, places, took

OLD, OLDER = code(7), code(8)
HEAD = [CODE, "年度", "企业名称", "职工人数", "营业收入（万元）"]
LINK = ["新代码", "原代码", "原名称", "日期", "类型"]
RENAMED = [LINK, [A, OLD, "老甲", "2025-02-01", "更名"]]


def test_a_rename_takes_the_facts_of_the_old_key(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "甲", 10, 500], [OLD, 2024, "老甲", 8, 400], [OLD, 2023, "老甲", 7, 300]]
    report = took(tmp_path, {"企业": rows, "更名与合并": RENAMED})
    assert [c["id"] for c in opened(report).cases()] == [A]
    assert fact(report, "revenue") == {"2025": "500万元", "2024": "400万元", "2023": "300万元"}
    assert fact(report, "name") == "甲"
    assert codes(report, "warning") == set()
    assert the(report, "link-taken").place == "更名与合并!A2"


def test_what_the_new_key_has_itself_goes_first(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2024, "甲", 9, None], [OLD, 2024, "老甲", 8, 400]]
    report = took(tmp_path, {"企业": rows, "更名与合并": RENAMED})
    assert fact(report, "employees") == {"2024": "9人"}
    assert fact(report, "revenue") == {"2024": "400万元"}
    assert places(report, "link-differs") == ["企业!D3"]
    table = opened(report).table("sources.parquet")
    assert table is not None
    assert ("8人", "原代码", False) in [(r["value"], r["source"], r["prevails"]) for r in table.to_pylist()]


def test_titles_and_records_of_the_old_key_follow(tmp_path: Path) -> None:
    report = took(tmp_path, {
        "企业": [HEAD, [A, 2025, "甲", 10, 500]], "更名与合并": RENAMED,
        "称号": [[CODE, "称号"], [OLD, "高新技术企业"]],
        "专利": [PATENTS, [OLD, "1", "发明", "2020-01-01", "2022-01-01", "有效"]],
    })  # fmt: skip
    assert opened(report).case("uscc", A)["holds"] == [{"title": "title.hnte"}]
    assert fact(report, "invention_patents") == {"2025": "1件"}


def test_a_row_of_the_old_key_alone_is_taken_under_the_new_one(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": [HEAD, [OLD, 2025, "老甲", 10, 500]], "更名与合并": RENAMED})
    assert [c["id"] for c in opened(report).cases()] == [A]


def test_renames_one_after_the_other(tmp_path: Path) -> None:
    links = [*RENAMED, [OLD, OLDER, "更老的甲", "2023-02-01", "名称变更"]]
    rows = [HEAD, [A, 2025, "甲", 10, 500], [OLD, 2024, "老甲", 8, 400], [OLDER, 2022, "更老的甲", 5, 200]]
    report = took(tmp_path, {"企业": rows, "更名与合并": links})
    assert fact(report, "revenue") == {"2025": "500万元", "2024": "400万元", "2022": "200万元"}


def test_a_rename_ahead_is_not_applied(tmp_path: Path) -> None:
    links = [LINK, [A, OLD, "老甲", "2026-12-01", "更名"]]
    report = took(tmp_path, {"企业": [HEAD, [A, 2025, "甲", 1, 1], [OLD, 2025, "老甲", 2, 2]], "更名与合并": links})
    assert len(list(opened(report).cases())) == 2
    assert places(report, "future-date") == ["更名与合并!D2"]


def test_a_merger_is_kept_and_nothing_is_added_up(tmp_path: Path) -> None:
    links = [LINK, [A, B, "乙", "2025-06-30", "吸收合并"], [A, C, "丙", "2025-06-30", "分立"]]
    rows = [HEAD, [A, 2025, "甲", 10, 500], [B, 2025, "乙", 20, 700]]
    report = took(tmp_path, {"企业": rows, "更名与合并": links})
    assert (fact(report, "revenue"), fact(report, "revenue", B)) == ({"2025": "500万元"}, {"2025": "700万元"})
    assert places(report, "link-merger") == ["更名与合并!A2", "更名与合并!A3"]
    table = opened(report).table("links.parquet")
    assert table is not None
    assert [(r["old_id"], r["kind"], r["on"]) for r in table.to_pylist()] == [
        (B, "合并", dt.date(2025, 6, 30)), (C, "分立", dt.date(2025, 6, 30))
    ]  # fmt: skip
    assert opened(report).verify()


def test_a_new_name_under_the_same_code_is_kept(tmp_path: Path) -> None:
    links = [LINK, [A, None, "老甲", "2024-01-01", "更名"], [A, A, "更老的甲", "2022-01-01", "更名"]]
    report = took(tmp_path, {"企业": [HEAD, [A, 2025, "甲", 1, 1]], "更名与合并": links})
    table = opened(report).table("links.parquet")
    assert table is not None
    assert [r["old_name"] for r in table.to_pylist()] == ["更老的甲", "老甲"]
    assert [p for p in report.problems if p.severity != "note"] == []


def test_earlier_rows_may_have_the_earlier_name(tmp_path: Path) -> None:
    rows = [HEAD, [A, 2025, "甲", 1, 1], [A, 2024, "老甲", 1, 1], [B, 2025, "乙", 1, 1]]
    links = [LINK, [A, None, "老甲", "2025-01-01", "更名"], [B, None, "乙", "2026-01-01", "更名"]]
    report = took(tmp_path, {"企业": rows, "更名与合并": links})
    assert (fact(report, "name"), fact(report, "name", B)) == ("甲", "乙")
    assert codes(took_again(tmp_path, {"企业": rows}), "error") == {"static-differs"}


def took_again(folder: Path, sheets: Any) -> Any:
    """The same without the links, in a folder of its own."""
    (folder / "again").mkdir()
    return took(folder / "again", sheets)


def test_links_of_stock_codes(tmp_path: Path) -> None:
    rows = [["证券代码", "年度", "营业收入（万元）"], ["300001", 2025, 5], ["300999", 2024, 4]]
    links = [LINK, ["300001", "300999", "老股", "2025-01-01", "更名"]]
    report = took(tmp_path, {"企业": rows, "更名与合并": links})
    assert opened(report).case("stock", "300001")["facts"]["revenue"] == {"2025": "5万元", "2024": "4万元"}


#: rows of the sheet, code, place
FAULTS: list[tuple[list[list[Any]], str, str]] = [
    ([[A, OLD[:-1], "x", "2025-01-01", "更名"]], "uscc", "B2"),
    ([[C, OLD, "x", "2025-01-01", "更名"]], "record-stranger", "A2"),
    ([[A, OLD, "x", "2025-01-01", "改名"]], "value", "E2"),
    ([[A, OLD, "x", None, "更名"]], "record-missing", "D2"),
    ([[A, OLD, "x", "2025-01-01", "更名"], [B, OLD, "x", "2025-01-01", "更名"]], "link-twice", "B3"),
]


@pytest.mark.parametrize(("rows", "problem", "place"), FAULTS)
def test_a_fault_of_a_link_is_told_at_its_cell(tmp_path: Path, rows: Any, problem: str, place: str) -> None:
    main = [HEAD, [A, 2025, "甲", 1, 1], [B, 2025, "乙", 1, 1]]
    report = took(tmp_path, {"企业": main, "更名与合并": [LINK, *rows]})
    assert places(report, problem) == [f"更名与合并!{place}"]
    assert codes(report, "error") == {problem}


def test_renames_in_a_circle_are_refused(tmp_path: Path) -> None:
    links = [LINK, [A, B, "乙", "2024-01-01", "更名"], [B, A, "甲", "2025-01-01", "更名"]]
    report = took(tmp_path, {"企业": [HEAD, [A, 2025, "甲", 1, 1]], "更名与合并": links})
    assert set(places(report, "link-cycle")) == {"更名与合并!B2", "更名与合并!B3"}

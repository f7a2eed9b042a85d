"""The sheet of titles (称号)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from facts_sample import CODE, A, B, C, book, case, codes, load, sheet, the

HOLDS = [CODE, "称号", "起始日", "截止日"]

def test_titles(tmp_path: Path) -> None:
    titles = [HOLDS, [A, "高企", "2024-01-01", dt.date(2027, 1, 1)], [A, "专精特新「小巨人」企业", None, "长期"]]
    titles[2][1] = '专精特新"小巨人"企业'
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1], [B, 1]], titles))
    assert report.titles == 2
    assert case(report)["holds"] == [
        {"title": "title.hnte", "from": "2024-01-01", "to": "2027-01-01"}, {"title": "title.little_giant"}
    ]  # fmt: skip
    assert case(report, B)["holds"] == []


def test_without_a_sheet_of_titles_they_are_unknown(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]]))
    assert report.titles is None
    assert "holds" not in case(report)


def test_headings_alone_say_that_there_are_no_titles(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS]))
    assert report.titles == 0
    assert case(report)["holds"] == []


def test_a_blank_sheet_of_titles_says_nothing(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], []))
    assert report.titles is None
    assert the(report, "titles-blank").severity == "warning"


@pytest.mark.parametrize("name", ["称号.csv", "2025称号名单.csv", "holders.csv", "titles.csv"])
def test_titles_in_a_second_csv(tmp_path: Path, name: str) -> None:
    report = load(
        sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "1"]]),
        sheet(tmp_path / name, [["uscc", "title", "from", "to"], [A, "title.hnte", "2024-01-01", ""]]),
    )
    assert case(report)["holds"] == [{"title": "title.hnte", "from": "2024-01-01"}]


def test_titles_with_the_heading_code(tmp_path: Path) -> None:
    report = load(
        sheet(tmp_path / "a.csv", [[CODE, "职工人数"], [A, "1"]]),
        sheet(tmp_path / "称号.csv", [["名单", ""], ["code", "title"], [A, "hnte"]]),
    )
    assert case(report)["holds"] == [{"title": "title.hnte"}]


#: name, row of the sheet 称号, code, place
TITLES: list[tuple[str, list[Any], str, str]] = [
    ("ends early", [A, "高新技术企业", "2024-01-02", "2024-01-01"], "title-ends-early", "D2"),
    ("stranger", [C, "高新技术企业", None, None], "title-stranger", "A2"),
    ("bad key", ["x", "高新技术企业", None, None], "uscc", "A2"),
    ("unknown", [A, "高新技术单位", None, None], "title-unknown", "B2"),
    ("nameless", [A, None, "2024-01-01", None], "title-unknown", "B2"),
    ("impossible", [A, "高新技术企业", "2024-02-30", None], "date", "C2"),
    ("no date", [A, "高新技术企业", None, "三年"], "date", "D2"),
    ("broken", [A, "高新技术企业", "=1+1", None], "formula-no-value", "C2"),
    ("broken key", ["=1+1", "高新技术企业", None, None], "formula-no-value", "A2"),
]


@pytest.mark.parametrize(("row", "problem", "place"), [t[1:] for t in TITLES], ids=[t[0] for t in TITLES])
def test_a_fault_of_titles_is_told_at_its_cell(tmp_path: Path, row: list[Any], problem: str, place: str) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, row]))
    assert (the(report, problem).severity, the(report, problem).place) == ("error", f"称号!{place}")
    assert codes(report, "error") == {problem}


def test_the_nearest_title_is_suggested(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, [A, "高新技术单位"]]))
    assert "高新技术企业" in the(report, "title-unknown").zh


def test_a_sheet_of_titles_needs_its_headings(tmp_path: Path) -> None:
    for titles in ([["企业", "称号"], [A, "高企"]], [[CODE, "荣誉"], [A, "高企"]]):
        report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], titles))
        assert the(report, "titles-headings").place == "称号"


def test_a_repeated_title_counts_once(tmp_path: Path) -> None:
    row = [A, "高新技术企业", "2024-01-01", None]
    report = load(book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, row, row]))
    assert report.titles == 1
    assert the(report, "title-twice").place == "称号!B3"


def test_a_title_from_the_future_is_warned_of(tmp_path: Path) -> None:
    report = load(
        book(tmp_path / "a.xlsx", [[CODE, "职工人数"], [A, 1]], [HOLDS, [A, "高企", "2026-12-01", "2029-12-01"]])
    )
    assert [p.place for p in report.problems if p.code == "future-date"] == ["称号!C2"]


def test_strangers_are_not_told_where_keys_are_wrong(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数"], [A[:-1], 1]]
    assert codes(load(book(tmp_path / "a.xlsx", rows, [HOLDS, [A, "高企"]])), "error") == {"uscc"}


def test_a_title_column_beside_the_sheet_of_titles_adds_titles(tmp_path: Path) -> None:
    rows = [[CODE, "年度", "高新技术企业"], [A, 2025, "是"], [A, 2024, "否"], [B, 2025, "否"], [C, 2025, None]]
    report = load(book(tmp_path / "a.xlsx", rows, [HOLDS]))
    assert [case(report, k)["holds"] for k in (A, B, C)] == [[{"title": "title.hnte"}], [], []]


def test_a_title_column_must_not_contradict_the_sheet_of_titles(tmp_path: Path) -> None:
    rows = [[CODE, "高新技术企业"], [A, "否"], [B, "是"], [C, "否"]]
    titles = [HOLDS, [A, "高企", "2025-01-01"], [B, "高企", None, "2024-01-01"], [C, "高企", None, "2024-01-01"]]
    report = load(book(tmp_path / "a.xlsx", rows, titles))
    assert [p.place for p in report.problems if p.code == "title-conflict"] == ["企业!B2", "企业!B3"]


def test_a_title_cannot_be_a_column_of_a_year(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "高新技术企业2024"], [A, "是"]], [HOLDS]))
    assert the(report, "title-column").place == "企业!B1"

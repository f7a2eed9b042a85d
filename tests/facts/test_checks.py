"""Cross-field checks on import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from facts_sample import CODE, A, B, book, load, the

from keqiao.facts import FactCheck


def check(severity: Any = "error", reads: tuple[str, ...] = ("tech_staff", "employees")) -> FactCheck:
    def fails(values: Any) -> bool:
        staff, all_staff = values.get("tech_staff"), values.get("employees")
        return staff is not None and all_staff is not None and staff > all_staff

    return FactCheck("staff", "科技人员不多于职工", "科技人员数 <= 职工人数", severity, fails, reads)


STAFF = [[CODE, "年度", "职工人数", "科技人员数"], [A, 2025, 10, 10], [A, 2024, 10, 11], [B, 2025, None, 3]]


def test_a_check_is_told_at_the_first_fact_it_reads(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", STAFF), checks=[check()])
    assert the(report, "check:staff").place == "企业!D3"
    assert "2024" in the(report, "check:staff").zh


def test_a_check_that_reads_everything_is_told_at_the_key(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", STAFF), checks=[check("warning", ())])
    assert (the(report, "check:staff").place, report.warnings) == ("企业!A2", 1)


def test_a_check_of_static_facts_runs_once(tmp_path: Path) -> None:
    old = FactCheck("old", "成立日期", "x", "warning", lambda v: v["founded_date"] is not None, ("founded_date",))
    rows = [[CODE, "年度", "成立日期", "职工人数"], [A, 2025, "2020-01-01", 1], [A, 2024, "2020-01-01", 1]]
    assert load(book(tmp_path / "a.xlsx", rows), checks=[old]).warnings == 1


def test_a_check_of_facts_that_were_not_supplied_finds_nothing(tmp_path: Path) -> None:
    report = load(book(tmp_path / "a.xlsx", [[CODE, "企业名称"], [A, "甲"]]), checks=[check(), check("error", ())])
    assert report.problems == []

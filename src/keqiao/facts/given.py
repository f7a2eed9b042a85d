"""Sheets of a template that say of themselves whether they are filled in."""

from __future__ import annotations

from keqiao.facts.problems import Findings, Mark
from keqiao.facts.sheets import RawSheet, is_blank, text_of

#: The first cells of such a sheet: the word, and one of two states.
STATUS, NOT_GIVEN, COMPLETE = "填报状态", "未提供", "已列全"


def leave_out(sheets: list[RawSheet], findings: Findings) -> list[RawSheet]:
    """The sheets without those that say 未提供; such a sheet with rows is an error.

    A sheet that is left out is unknown, as if it were not there; without this line a sheet of headings
    alone would say that there are none.
    """
    return [sheet for sheet in sheets if not _is_left_out(sheet, findings)]


def _is_left_out(sheet: RawSheet, findings: Findings) -> bool:
    if not sheet.rows or len(sheet.rows[0]) < 2 or text_of(sheet.rows[0][0]).rstrip(":：") != STATUS:
        return False
    state, mark = text_of(sheet.rows[0][1]), Mark(sheet, 0, 1)
    if state == COMPLETE:
        return False
    if state == NOT_GIVEN and all(is_blank(row) for row in sheet.rows[2:]):
        findings.cell(
            "note", "not-given", mark, f"这张表写明{NOT_GIVEN}，其内容为未知",
            "the sheet says that it is not given; what it would hold is unknown",
        )  # fmt: skip
        return True
    findings.cell(
        "error", "not-given", mark,
        f"{STATUS}是“{state}”，而表里有数据；列全了就选“{COMPLETE}”，否则删去数据行"
        if state == NOT_GIVEN
        else f"{STATUS}应为“{NOT_GIVEN}”或“{COMPLETE}”，这里是“{state}”",
        f"the sheet's state is {state!r}; choose {COMPLETE} where it has rows, {NOT_GIVEN} (not given) where it has none",
    )  # fmt: skip
    return False

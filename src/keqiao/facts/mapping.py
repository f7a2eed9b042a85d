"""Headings of a sheet of enterprises to columns, with what is wrong with them."""

from __future__ import annotations

from keqiao.facts.headings import Heading, Headings, money_unit_above
from keqiao.facts.keys import role_of, scheme_of
from keqiao.facts.mainsheet import MOST_YEARS_BACK, Column, MainSheet
from keqiao.facts.problems import Findings, Mapped, Mark
from keqiao.rules.dimensions import SCALES


def map_columns(main: MainSheet, headings: Headings, year: int, findings: Findings) -> list[Mapped]:
    """Fill the columns from the headings, report what is wrong with them, return the mapping.

    ``year`` is the case's year, to which headings without a year belong.
    """
    sheet, heads = main.sheet, main.heads
    heads.report(sheet, main.key_column, findings)
    above = money_unit_above(sheet.rows[: heads.top])
    mapped: list[Mapped] = []
    taken: dict[tuple[str, int | None], int] = {}
    for c, text in enumerate(heads.texts):
        if not text or c == main.key_column:
            continue
        mark = Mark(sheet, heads.places[c], c)
        if role_of(text) == "year":
            _year_column(main, c, mark, findings)
            continue
        if role_of(text) == "source" and main.source_column is None:
            main.source_column = c
            continue
        heading = headings.read(text)
        if heading is None or scheme_of(text, headings) is not None:
            _unknown(text, mark, headings, findings)
            continue
        if not _sound(heading, text, mark, findings) or not _year_kept(heading, text, year, mark, findings):
            continue
        if not _first(main, heading, text, year, taken, mark, findings):
            continue
        unit = _unit(heading, text, above, mark, findings)
        main.columns.append(Column(heading.indicator, c, unit, heading.year))
        mapped.append(
            Mapped(
                sheet.title, sheet.place(mark.row, c), " ".join(text.split()), heading.indicator.id,
                heading.indicator.label, unit or "", heading.year,
            )
        )  # fmt: skip
    _one_kind_of_year(main, findings)
    return mapped


def _first(
    main: MainSheet, heading: Heading, text: str, year: int, taken: dict[tuple[str, int | None], int], mark: Mark,
    findings: Findings,
) -> bool:  # fmt: skip
    """Whether no earlier column is of this indicator and year; a heading without a year is of the case's."""
    indicator = heading.indicator
    slot = (indicator.id, None if indicator.period == "static" else heading.year or year)
    c = taken.setdefault(slot, mark.column)
    if c == mark.column:
        return True
    first = main.sheet.place(main.heads.places[c], c)
    which = f"{year}年的" if slot[1] == year and text != main.heads.texts[c] else ""
    findings.cell(
        "error", "heading-twice", mark,
        f"标题“{text}”与 {first} 都是{which}“{indicator.label}”，请只留一列",
        f"the heading {text!r} and {first} both mean {indicator.id}{f' of {year}' if which else ''}; keep one",
    )  # fmt: skip
    return False


def _year_kept(heading: Heading, text: str, year: int, mark: Mark, findings: Findings) -> bool:
    """Whether a column's year is kept: neither after the case's year nor too far back."""
    if heading.year is None or year - MOST_YEARS_BACK <= heading.year <= year:
        return True
    if heading.year > year:
        findings.cell(
            "warning", "later-year", mark, f"标题“{text}”的年份晚于评价年度 {year}，这一列没有导入",
            f"the year of the heading {text!r} is after {year}; the column is not imported",
        )  # fmt: skip
    else:
        findings.cell(
            "error", "year", mark, f"标题“{text}”的年份比评价年度早 {MOST_YEARS_BACK} 年以上，请核对",
            f"the year of the heading {text!r} lies more than {MOST_YEARS_BACK} years back; check it",
        )  # fmt: skip
    return False


def _year_column(main: MainSheet, c: int, mark: Mark, findings: Findings) -> None:
    if main.year_column is None:
        main.year_column = c
        return
    findings.cell(
        "error", "heading-twice", mark, "有两个年度列，请只留一列",
        "there are two columns for the year; keep one",
    )  # fmt: skip


def _unknown(text: str, mark: Mark, headings: Headings, findings: Findings) -> None:
    near = headings.suggest(text)
    zh = f"；相近的指标：{'、'.join(near)}" if near else ""
    en = f"; nearest: {', '.join(near)}" if near else ""
    shown = " ".join(text.split())
    findings.cell(
        "warning", "heading-unknown", mark, f"标题“{shown}”不是已知指标，这一列没有导入{zh}",
        f"the heading {shown!r} is no known indicator; the column is not imported{en}",
    )  # fmt: skip


def _sound(heading: Heading, text: str, mark: Mark, findings: Findings) -> bool:
    indicator = heading.indicator
    if len(heading.indicators) > 1:
        names = "、".join(i.label for i in heading.indicators)
        findings.cell(
            "error", "heading-ambiguous", mark, f"标题“{text}”可指 {names}，请用其中一个全称",
            f"the heading {text!r} may mean {names}; write one of them in full",
        )  # fmt: skip
        return False
    if heading.wrong_unit is not None:
        findings.cell(
            "error", "heading-unit", mark,
            f"标题“{text}”中的“{heading.wrong_unit}”不是“{indicator.label}”可用的单位"
            f"（应如 {indicator.unit}）",
            f"{heading.wrong_unit!r} in the heading {text!r} is no unit of {indicator.id} "
            f"(expected for instance {indicator.unit})",
        )  # fmt: skip
        return False
    if indicator.is_title:
        if heading.year is not None:
            findings.cell(
                "error", "title-column", mark, f"称号不能按年份成列：“{text}”，请用 称号 表",
                f"a title cannot be a column of a year: {text!r}; use the sheet 称号",
            )  # fmt: skip
        return heading.year is None
    if heading.year is not None and indicator.period == "static":
        findings.cell(
            "error", "static-year", mark,
            f"“{indicator.label}”不随年份变化，标题不应写年份：“{text}”",
            f"{indicator.id} does not change by year; take the year out of {text!r}",
        )  # fmt: skip
        return False
    return True


def _unit(heading: Heading, text: str, above: str | None, mark: Mark, findings: Findings) -> str | None:
    indicator = heading.indicator
    name = indicator.dimension.name
    if heading.unit is not None or name == "ratio" or name not in SCALES:
        return heading.unit
    if name != "money":
        return indicator.unit
    if above is not None:
        findings.cell(
            "note", "money-unit-above", mark, f"“{text}”按表头上方写明的单位 {above} 读取",
            f"{text!r} is read in {above}, the unit declared above the headings",
        )  # fmt: skip
        return above
    findings.cell(
        "warning", "money-no-unit", mark,
        f"金额标题“{text}”没有写单位，按{indicator.unit}读取；请写明，如“{text}（{indicator.unit}）”",
        f"the money heading {text!r} has no unit and is read in {indicator.unit}; write it out",
    )  # fmt: skip
    return indicator.unit


def _one_kind_of_year(main: MainSheet, findings: Findings) -> None:
    dated = [c for c in main.columns if c.year is not None]
    if main.year_column is not None and dated:
        findings.cell(
            "error", "year-twice", Mark(main.sheet, main.heading_row, dated[0].column),
            "表中既有年度列，又有带年份的标题，请只用一种",
            "the sheet has both a column for the year and headings with a year; use one",
        )  # fmt: skip

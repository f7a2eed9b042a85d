"""The sheet 分档: bounds, conditions and points of the items that are not simply proportional."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped, unused-ignore]

from keqiao.packs.weights import card as c
from keqiao.packs.weights.card import Card, Figure
from keqiao.packs.weights.styles import Styles, banner, finish

_HEADS = (
    ("编号\nNo.", 7),
    ("指标\nIndicator", 27),
    ("方式\nForm", 20),
    ("界限或条件\nBound or condition", 48),
    ("得分\nPoints", 11),
    ("得分上限（专家区间）\nUp to", 17),
)


def write_forms(sheet: Any, card: Card, every: list[list[Figure]], styles: Styles) -> None:
    """Write the figures of each item, one a line; ``every`` has one list per item."""
    banner(sheet, card, styles, "分档与得分", c.HIGH_COLUMN)
    sheet.write_string(c.HEADER_ROW, 0, c.ID_HEAD)
    sheet.set_row(c.HEADER_ROW, 34)
    for column, (text, width) in enumerate(_HEADS, start=1):
        sheet.set_column(column, column, width)
        sheet.write_string(c.HEADER_ROW, column, text, styles.head)
    line = c.HEADER_ROW
    for index, figures in enumerate(every):
        for position, figure in enumerate(figures):
            line += 1
            sheet.set_row(line, 20 if len(figure.bound or "") <= 30 else 36)
            sheet.write_string(line, 0, figure.key)
            sheet.write_number(line, 1, index + 1, styles.get("centre", position == 0))
            title = card.rule.items[index].title.zh
            sheet.write_string(
                line, c.FORM_TITLE, title, styles.get("again" if position else "name", position == 0)
            )
            _write_figure(sheet, line, figure, styles, position == 0)
    finish(sheet, card, line, c.HIGH_COLUMN, c.FORM_TITLE + 1)


def _write_figure(sheet: Any, line: int, figure: Figure, styles: Styles, first: bool) -> None:
    sheet.write_string(line, 3, figure.kind, styles.get("small", first))
    bound = figure.bound or ""
    if figure.fixed:
        sheet.write_string(line, c.BOUND_COLUMN, bound, styles.get("off", first))
    else:
        # write_string: a condition may begin with a sign that Excel would take for a formula
        sheet.write_string(line, c.BOUND_COLUMN, bound, styles.get("input_rule", first))
        if len(bound) <= 200:
            _mark(sheet, line, c.BOUND_COLUMN, f'"{bound.replace(chr(34), chr(34) * 2)}"', styles)
    _write_points(sheet, line, c.LOW_COLUMN, figure.low, styles, first)
    if figure.ranged:
        _write_points(sheet, line, c.HIGH_COLUMN, figure.high, styles, first)
    else:
        sheet.write_blank(line, c.HIGH_COLUMN, None, styles.get("off", first))


def _write_points(sheet: Any, line: int, column: int, points: Any, styles: Styles, first: bool) -> None:
    style = styles.get("input_number", first)
    if points is None:
        sheet.write_blank(line, column, None, style)
    else:
        sheet.write_number(line, column, float(points), style)
        _mark(
            sheet, line, column, format(points, "f") if not isinstance(points, int) else str(points), styles
        )
    sheet.data_validation(
        line,
        column,
        line,
        column,
        {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -100000,
            "maximum": 100000,
            "error_title": "得分不对",
            "error_message": "请填分数，如 8 或 8.5。\nA number such as 8 or 8.5.",
        },
    )


def _mark(sheet: Any, line: int, column: int, value: str, styles: Styles) -> None:
    cell = xl_rowcol_to_cell(line, column)
    sheet.conditional_format(
        line, column, line, column, styles.sample(f"AND(NOT(ISBLANK({cell})),{cell}={value})")
    )

"""The sheets of points: the items of one rule as columns under their groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from keqiao.engine.run import Progress
from keqiao.reports.book import SHEET_NAME, Book, Sheet
from keqiao.reports.outcomes import (
    Cell,
    Column,
    Enterprises,
    outcome_look,
    points_cell,
    rest,
    who_columns,
    write_table,
)
from keqiao.reports.wording import RuleView
from keqiao.rules.quantities import plain


def points_sheet_name(rule: RuleView) -> str:
    """The name wanted for a rule's sheet of points; what is illustrative says so also where the title is too long."""
    name = rule.words.say("积分·", "Points·") + rule.title
    if len(name) <= SHEET_NAME:
        return name
    short = re.sub(r"\s*[（(][^（()）]*[）)]$", "", rule.title)
    return (rule.words.say("示例·", "Illustrative·") if rule.illustrative else rule.words.say("积分·", "Points·")) + short


def write_points(
    book: Book, rule: RuleView, who: Enterprises, strips: Sequence[str], *, limit: int, progress: Progress | None
) -> None:
    """Write the sheet of one rule's points; an item that is certain is a number, else a text such as 0~8."""
    words = book.words
    columns = who_columns(book, who)
    columns.append(Column("", words.say("结论", "Outcome"), 10, _outcome(book, rule)))
    columns += [
        Column(words.say("总分", "Total"), words.say("积分下限", "Points, low"), 10, points_cell(book, rule, "score_low")),
        Column(words.say("总分", "Total"), words.say("积分上限", "Points, high"), 10, points_cell(book, rule, "score_high")),
    ]
    for group, items in _groups(rule).items():
        columns += _group_columns(book, rule, group, items)
    sheet = book.sheet(
        points_sheet_name(rule), words.say("积分明细：", "Points: ") + rule.title, [column.width for column in columns],
        strips=strips, note=_note(book, rule) + rest(book, len(who), limit),
    )  # fmt: skip
    step = words.say(f"积分明细：{rule.title}", f"points: {rule.title}")
    write_table(sheet, columns, min(len(who), limit), frozen=2, step=step, progress=progress)


def _note(book: Book, rule: RuleView) -> str:
    words = book.words
    text = words.say(
        "数字为已确定的得分；灰色斜体如 0~8 为缺数据时可能得分的区间。",
        "Numbers are certain; grey italics such as 0~8 are the points still possible while data is missing.",
    )
    if rule.rule.weighting is not None:
        text += words.say(
            "得分已乘权重；决定权重的数据（如发展阶段）缺失时不列小计。",
            " Weights are applied; where what chooses the weights is missing, subtotals are left out.",
        )
    return text + words.say("状态：", " Status: ") + rule.status_words + words.say("。", ".")


def _outcome(book: Book, rule: RuleView) -> Cell:
    codes: list[int] = rule.column("outcome")
    looks = [(rule.outcome(code), outcome_look(book, rule, code)) for code in range(4)]

    def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
        sheet.string(row, col, *looks[codes[i]])

    return cell


def _groups(rule: RuleView) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for item in rule.rule.items:
        found.setdefault(item.group, []).append(item.id)
    return found


def _group_columns(book: Book, rule: RuleView, group: str | None, items: list[str]) -> list[Column]:
    title = rule.score_names.get(group, group) if group else book.words.say("指标", "Items")
    digits = rule.places
    lows = {id: rule.stored(f"low:{id}") for id in items}
    highs = {id: rule.stored(f"high:{id}") for id in items}
    columns = []
    for id in items:
        head = rule.score_names[id]
        if rule.doubtful_items(id) and not rule.illustrative:
            head += book.words.say("（待核）", " (to confirm)")
        columns.append(_ends(book, rule, title, head, lows[id], highs[id], digits))
    if group is not None and len(items) > 1 and len(_groups(rule)) > 1:
        low, high = _subtotals(rule, group, [lows[id] for id in items], [highs[id] for id in items])
        columns.append(_ends(book, rule, title, book.words.say("小计", "Subtotal"), low, high, digits))
    return columns


def _ends(
    book: Book, rule: RuleView, group: str, head: str, lows: Sequence[int | None], highs: Sequence[int | None], digits: int
) -> Column:
    """A column of points that are numbers where certain, else ranges as text."""
    number, span, none = book.style(f"points{rule.places}"), book.style("range"), book.style("dash")
    texts: dict[int, str] = {}

    def text(stored: int) -> str:
        found = texts.get(stored)
        if found is None:
            found = texts[stored] = plain(Fraction(stored, 10_000), digits)
        return found

    def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
        low, high = lows[i], highs[i]
        if low is None or high is None:
            sheet.string(row, col, "—", none)
        elif low == high:
            sheet.points(row, col, low, number)
        else:
            sheet.string(row, col, f"{text(low)}~{text(high)}", span)

    spans = (text(a) + text(b) for a, b in zip(lows, highs, strict=True) if a is not None and b is not None and a != b)
    return Column(group, head, float(max(9, max(map(len, spans), default=0) + 3.5)), cell)


def _subtotals(
    rule: RuleView, group: str, lows: list[list[int | None]], highs: list[list[int | None]]
) -> tuple[list[int | None], list[int | None]]:
    """Sums of a group's items, capped; None where the enterprise's weights are not known.

    With the weights open, an item's range spans several rows of weights, and the ends of a sum are not
    the sums of the ends. They are exactly where the sums of all groups add up to the ends of the total.
    """
    fits = _fits(rule)

    def known(sums: list[int | None]) -> list[int | None]:
        return [value if fit else None for value, fit in zip(sums, fits, strict=True)]

    return known(_capped(rule, group, lows)), known(_capped(rule, group, highs))


def _capped(rule: RuleView, group: str | None, parts: list[list[int | None]]) -> list[int | None]:
    """Per enterprise the sum of a group's items, at most its cap; None without points."""
    cap = rule.rule.caps.get(group) if group is not None else None
    most = None if cap is None else int(cap * 10_000)
    sums: list[int | None] = []
    for row in zip(*parts, strict=True):
        values = [value for value in row if value is not None]
        total = sum(values)
        sums.append(None if len(values) < len(row) else total if most is None else min(total, most))
    return sums


def _fits(rule: RuleView) -> list[bool]:
    """Per enterprise whether the sums of the groups add up to the ends of the total."""
    if rule.rule.weighting is None:
        return [True] * int(rule.run.receipt["rows"])
    found = [True] * int(rule.run.receipt["rows"])
    for end in ("low", "high"):
        sums = [
            _capped(rule, group, [rule.stored(f"{end}:{id}") for id in items])
            for group, items in _groups(rule).items()
        ]
        totals = rule.stored(f"score_{end}")
        for i, (total, row) in enumerate(zip(totals, zip(*sums, strict=True), strict=True)):
            if None in row or sum(value for value in row if value is not None) != total:
                found[i] = False
    return found

"""Reading a filled-in template: every cell checked, every row accounted for, every sum exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from keqiao.errors import PackError
from keqiao.packs.loader import Packs
from keqiao.packs.weights import card as c
from keqiao.packs.weights.card import Card, card_of, figures, percent, row_name
from keqiao.packs.weights.cells import read_points, read_text, read_weight
from keqiao.packs.weights.rows import find_rows
from keqiao.packs.weights.sheet import Book, Cell, Sheet
from keqiao.rules import model as m
from keqiao.rules.dimensions import Dimension
from keqiao.rules.source import read_quantity

T = TypeVar("T")


class SheetError(PackError):
    """What is wrong in a filled-in sheet: ``problems`` in order, each with its place and remedy."""

    def __init__(self, problems: list[PackError]) -> None:
        self.problems = problems
        zh = "\n".join([f"表中有 {len(problems)} 处要改：", *(f"{p.where}：{p.zh}" for p in problems)])
        en = "\n".join(
            [f"{len(problems)} places need correction:", *(f"{p.where}: {p.en}" for p in problems)]
        )
        super().__init__(zh, en, problems[0].where)

    def __str__(self) -> str:
        return self.message


@dataclass(slots=True)
class Filled:
    """What a sheet holds: weights per row and values for full marks by item id, figures by their key.

    ``places`` has the cell of each figure's bound.
    """

    card: Card
    weights: dict[str, dict[tuple[str, ...], Decimal]] = field(default_factory=dict)
    fulls: dict[str, str] = field(default_factory=dict)
    figures: dict[str, c.Bounded] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


class Reader:
    """Reads one workbook, keeping all problems until the end."""

    def __init__(self, packs: Packs, scorecard_id: str, book: Book) -> None:
        self.problems: list[PackError] = []
        self.book = book
        self.sheet = book.sheet(c.WEIGHTS)
        self.card = self._card(packs, scorecard_id)
        self.filled = Filled(self.card)
        total = self.card.weighting.total
        self.total = None if total is None else c.decimal_of(total)

    def read(self) -> Filled:
        """All figures. Raises `SheetError` with every problem, or `PackError` for a foreign sheet."""
        self._weights()
        if any(figures(data) for data in self.card.data["scores"]):
            self._forms()
        if self.problems:
            raise SheetError(self.problems) if len(self.problems) > 1 else self.problems[0]
        return self.filled

    def _card(self, packs: Packs, scorecard_id: str) -> Card:
        mark, id, version = (self.sheet.cell(row, 0) for row in range(3))
        if mark.text != c.FORMAT:
            raise mark.error(
                "这不是本命令生成的权重模板，或隐藏的 A 列被改动；请重新生成模板填写",
                "this is no template of weights, or its hidden column A was changed; write a new template",
            )
        if id.text != scorecard_id:
            raise id.error(
                f"这张表是 {id.text} 的，不是 {scorecard_id} 的；请换文件或改 --scorecard",
                f"this sheet is for {id.text}, not {scorecard_id}; use the other file or scorecard",
            )
        return card_of(packs, scorecard_id, version.text)

    def _attempt(self, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except PackError as problem:
            self.problems.append(problem)
            return None

    # ---- the sheet of weights ----------------------------------------------------------------

    def _weights(self) -> None:
        items = self.card.rule.items
        columns = self._weight_columns()
        rows = find_rows(self.sheet, {i.id: i.title.zh for i in items}, c.TITLE_COLUMN, self.problems)
        for index, item in enumerate(items):
            if item.id in rows:
                self._item(item, index, rows[item.id], columns)
        complete = all(item.id in self.filled.weights for item in items if item.weights is not None)
        if complete and not self.problems:
            self._sums(columns)

    def _weight_columns(self) -> dict[tuple[str, ...], tuple[int, bool]]:
        """The column of each row of weights, and whether its heading says %."""
        found: dict[tuple[str, ...], tuple[int, bool]] = {}
        heads = {
            column: "".join(self._head(column).split())
            for column in range(c.FIRST_WEIGHT, self.sheet.columns)
        }
        for index, row in enumerate(self.card.weighting.rows):
            name = row_name(row)
            at = [column for column, text in heads.items() if text.startswith(f"{name}权重")]
            if len(at) != 1:
                place = self.sheet.place(c.HEADER_ROW, at[1] if at else c.FIRST_WEIGHT + index)
                wrong = ("出现了两次", "stands twice") if at else ("不见了", "is missing")
                raise PackError(
                    f"表头“{name}权重（%）”{wrong[0]}，请从模板恢复",
                    f"the heading {name}权重（%） {wrong[1]}; restore it from the template",
                    place,
                )
            found[row] = (at[0], "%" in heads[at[0]] or "％" in heads[at[0]])
        return found

    def _head(self, column: int) -> str:
        return self.sheet.cell(c.HEADER_ROW, column).text

    def _item(
        self, item: m.Item, index: int, row: int, columns: dict[tuple[str, ...], tuple[int, bool]]
    ) -> None:
        found: dict[tuple[str, ...], Decimal] = {}
        for name, (column, in_percent) in columns.items():
            cell = self.sheet.cell(row, column)
            if item.weights is None:
                self._attempt(partial(_still, cell, c.UNWEIGHTED))
                continue
            weight = self._attempt(partial(read_weight, cell, in_percent, self.total))
            if weight is not None:
                found[name] = weight
        if len(found) == len(columns):
            self.filled.weights[item.id] = found
        cell = self.sheet.cell(row, c.FULL_COLUMN)
        data = self.card.form_data(index)
        if not isinstance(item.form, m.Linear) or "linear" not in data:
            self._attempt(partial(_still, cell, c.ELSEWHERE))
            return
        written = str(data["linear"]["full"])
        text = self._attempt(partial(self._full, cell, written, item.form.full.dim))
        if text is not None:
            self.filled.fulls[item.id] = text

    def _full(self, cell: Cell, written: str, dimension: Dimension) -> str:
        """The value for full marks; an expression may only stay as it is written."""
        if cell.text == written:
            return written
        return read_text(cell, dimension, positive=True)

    def _sums(self, columns: dict[tuple[str, ...], tuple[int, bool]]) -> None:
        if self.total is None:
            return
        bottom = next(
            (r for r in range(self.sheet.rows) if self.sheet.cell(r, 0).text == f"{c.BELOW}total"),
            c.HEADER_ROW,
        )
        for name, (column, _) in columns.items():
            found = sum((weights[name] for weights in self.filled.weights.values()), Decimal(0))
            if found == self.total:
                continue
            more, gap = found > self.total, percent(abs(found - self.total))
            self.problems.append(
                PackError(
                    f"“{row_name(name)}”的权重合计 {percent(found)}，应为 {percent(self.total)}，"
                    f"{'多' if more else '少'} {gap}，请对照文件改正",
                    f"the weights of {row_name(name)} sum to {percent(found)}, not {percent(self.total)}: "
                    f"{gap} too {'much' if more else 'little'}; compare them with the document",
                    self.sheet.place(bottom, column),
                )
            )

    # ---- the sheet of bands and steps --------------------------------------------------------

    def _forms(self) -> None:
        sheet = self.book.sheet(c.FORMS)
        every = [
            (figure, item)
            for item, data in zip(self.card.rule.items, self.card.data["scores"], strict=True)
            for figure in figures(data)
        ]
        titles = {figure.key: item.title.zh for figure, item in every}
        rows = find_rows(sheet, titles, c.FORM_TITLE, self.problems)
        last: dict[str, Any] = {}
        for figure, item in every:
            if figure.key in rows:
                self._figure(sheet, rows[figure.key], figure, item, last)

    def _figure(self, sheet: Sheet, row: int, figure: c.Figure, item: m.Item, last: dict[str, Any]) -> None:
        cell = sheet.cell(row, c.BOUND_COLUMN)
        self.filled.places[figure.key] = cell.place
        bound = self._attempt(partial(_bound, cell, figure, item))
        if bound is not None and "/bands/" in figure.key and not figure.fixed:
            self._attempt(partial(_in_order, cell, bound, figure, last))
        points = self._attempt(partial(_points, sheet, row, figure))
        if bound is not None and points is not None:
            self.filled.figures[figure.key] = (bound, points)


def _still(cell: Cell, text: str) -> None:
    """Refuse a change where nothing is to be filled in."""
    if cell.trouble or cell.text != text:
        raise cell.error(
            f"这一格不填，应为“{text}”，请从模板恢复",
            f"nothing is filled in here; restore {text!r} from the template",
        )


def _bound(cell: Cell, figure: c.Figure, item: m.Item) -> str:
    written = figure.bound or ""
    if figure.fixed and cell.is_empty and not written:
        return ""
    if cell.text == written:
        return written
    if figure.fixed:
        _still(cell, written)
    dimension = _dimension(item.form, figure.key.split("/")[1:])
    return read_text(cell, dimension, positive=figure.key.endswith("/linear"))


def _points(sheet: Sheet, row: int, figure: c.Figure) -> Any:
    """The points, or ``[low, high]`` for an expert's range."""
    low = read_points(sheet.cell(row, c.LOW_COLUMN))
    cell = sheet.cell(row, c.HIGH_COLUMN)
    if cell.is_empty:
        return low
    if not figure.ranged:
        raise cell.error(
            "这一行没有得分区间，请清空", "there is no range of points in this row; clear the cell"
        )
    high = read_points(cell)
    if high < low:
        raise cell.error(f"得分上限 {high} 小于得分 {low}", f"the upper end {high} is below the points {low}")
    return [low, high]


def _dimension(form: m.Form, path: list[str]) -> Dimension | None:
    """What a figure's bound is a quantity of; None for a condition."""
    if isinstance(form, m.Best):
        return _dimension(form.forms[int(path[1])], path[2:])
    if isinstance(form, m.Bands):
        return form.value.dim
    return form.full.dim if isinstance(form, m.Linear) else None


def _in_order(cell: Cell, bound: str, figure: c.Figure, last: dict[str, Any]) -> None:
    """Refuse a bound that is not beyond the one above it."""
    value, key = read_quantity(bound).value, figure.key.rpartition("/")[0]
    before, last[key] = last.get(key), value
    rising = figure.kind == c.UPPER
    if before is not None and not (value > before if rising else value < before):
        zh, en = ("大于", "above") if rising else ("小于", "below")
        raise cell.error(f"档界 {bound} 应{zh}上一档", f"the bound {bound} must be {en} the one before it")

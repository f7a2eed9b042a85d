"""The sheet with one row per enterprise: its outcome under every rule, and its points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from keqiao.assess.locating import naming_of
from keqiao.engine.run import Progress, Run
from keqiao.reports.book import Book, Sheet, Style, units
from keqiao.reports.wording import RuleView
from keqiao.rules.model import UNKNOWN, YES

#: Writes the cell of a column in a sheet's row for the enterprise at an index.
Cell = Callable[[Sheet, int, int, int], None]

_STEP = 1_000


@dataclass(frozen=True, slots=True)
class Enterprises:
    """Keys, names, codes and short names of places of all enterprises, in the order of every table of a run."""

    schemes: list[str]
    ids: list[str]
    names: list[str | None]
    regions: list[str | None]
    places: list[str | None]

    @classmethod
    def read(cls, run: Run) -> Enterprises:
        """Read them from the run's snapshot; a column that was not imported is all None."""
        columns = set(run.snapshot.columns)
        wanted = [name for name in ("scheme", "id", "name", "region") if name in columns]
        table = pq.read_table(run.snapshot.facts_path, columns=wanted)
        none: list[str | None] = [None] * table.num_rows

        def column(name: str) -> list[Any]:
            return list(table[name].to_pylist()) if name in columns else none

        named, regions = naming_of(run), column("region")
        return cls(column("scheme"), column("id"), column("name"), regions, [named(code) for code in regions])

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def mixed(self) -> bool:
        """Whether keys are of more than one kind."""
        return len(set(self.schemes)) > 1


@dataclass(slots=True)
class Column:
    """A column of a table: its group, head, width, and how a cell is written."""

    group: str
    head: str
    width: float
    cell: Cell


def write_outcomes(
    book: Book, run: Run, rules: Sequence[RuleView], who: Enterprises, strips: Sequence[str], *, limit: int, progress: Progress | None
) -> None:
    """Write the sheet, sorted by key."""
    say = book.words.say
    columns = [*who_columns(book, who), *_place(book, who)]
    fixed = len(columns)
    for rule in rules:
        columns += _rule_columns(book, rule)
    columns.append(_unknowns(book, rules))
    note = say("一企一行，按企业代码排序；√是 ×否 ?未知 ◆转人工。", "One row per enterprise, sorted by code; √ yes × no ? unknown ◆ refer.")
    name = say("结论", "Outcomes")
    title = say("各企业结论", "Outcomes by enterprise")
    sheet = book.sheet(name, title, [column.width for column in columns], strips=strips, note=note + rest(book, len(who), limit))
    write_table(sheet, columns, min(len(who), limit), frozen=min(fixed, 2), step=title, progress=progress)


def write_table(sheet: Sheet, columns: Sequence[Column], rows: int, *, frozen: int, step: str, progress: Progress | None) -> None:
    """Group heads, heads, and the rows of a table."""
    first = sheet.row
    _groups(sheet, columns)
    head = sheet.heads([column.head for column in columns])
    for i in range(rows):
        if progress is not None and i % _STEP == 0:
            progress(step, i, rows)
        for col, column in enumerate(columns):
            column.cell(sheet, sheet.row, col, i)
        sheet.row += 1
    sheet.table(head, len(columns), frozen=frozen, first=first)


def _groups(sheet: Sheet, columns: Sequence[Column]) -> None:
    """The row above the heads: one title over the columns of each group."""
    spans: list[tuple[str, int, int]] = []
    for i, column in enumerate(columns):
        if spans and spans[-1][0] == column.group and column.group:
            spans[-1] = (column.group, spans[-1][1], i)
        else:
            spans.append((column.group, i, i))
    texts = [(text, sum(sheet.widths[first : last + 1])) for text, first, last in spans if text]
    sheet.fit(texts)
    style = sheet.book.style("group")
    for text, first, last in spans:
        if last > first:
            sheet.sheet.merge_range(sheet.row, first, sheet.row, last, "", style.plain)
        sheet.string(sheet.row, first, text, style)
    sheet.row += 1


def rest(book: Book, rows: int, limit: int) -> str:
    """What to say where not all rows are written."""
    if rows <= limit:
        return ""
    return book.words.say(
        f" 本表只列前{limit:,}家，其余{rows - limit:,}家见结果目录 results/ 中的 Parquet 文件。",
        f" Only the first {limit:,} are listed; the Parquet files in results/ hold the other {rows - limit:,} as well.",
    )


# ---- columns ---------------------------------------------------------------------------------------


def who_columns(book: Book, who: Enterprises) -> list[Column]:
    """Key and name, and the kind of key where there are several."""
    words = book.words
    code, cell, none = book.style("code"), book.style("cell"), book.style("none")
    missing = words.say("缺", "missing")

    def key(sheet: Sheet, row: int, col: int, i: int) -> None:
        sheet.string(row, col, who.ids[i], code)

    def name(sheet: Sheet, row: int, col: int, i: int) -> None:
        value = who.names[i]
        sheet.string(row, col, value or missing, cell if value else none)

    def scheme(sheet: Sheet, row: int, col: int, i: int) -> None:
        sheet.string(row, col, words.scheme(who.schemes[i]), cell)

    columns = [
        Column("", words.key(who.schemes), 21 if "uscc" in who.schemes else 13, key),
        Column("", words.say("企业名称", "Enterprise"), _name_width(who), name),
    ]
    if who.mixed:
        columns.append(Column("", words.say("代码类别", "Kind of code"), 18, scheme))
    return columns


def _name_width(who: Enterprises) -> float:
    longest = max((units(name) for name in who.names if name), default=10)
    return float(min(max(longest + 2, 12), 44))


def _place(book: Book, who: Enterprises) -> list[Column]:
    """The place's name and its code; no columns where no place is known."""
    if not any(who.regions):
        return []
    say, none = book.words.say, book.style("none")
    missing = say("缺", "missing")

    def texts(values: Sequence[str | None], look: Style) -> Cell:
        def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
            sheet.string(row, col, values[i] or missing, look if values[i] else none)

        return cell

    return [
        Column("", say("所在地", "Place"), 17, texts(who.places, book.style("cell"))),
        Column("", say("区划代码", "Place code"), 10, texts(who.regions, book.style("center"))),
    ]


def _rule_columns(book: Book, rule: RuleView) -> list[Column]:
    words = book.words
    group = f"{rule.title}\n{rule.status_words}"
    if rule.kind == "classes":
        return [Column(group, words.say("类型", "Class"), max(14.0, _width(group)), _class_cell(book, rule))]
    head = words.say("计分", "Score") if rule.kind == "scores" else words.say("结论", "Outcome")
    columns = [Column(group, head, 12.0 if not rule.in_force else 10.0, _outcome_cell(book, rule))]
    if rule.has_score:
        low, high = words.say("积分下限", "Points, low"), words.say("积分上限", "Points, high")
        columns += [
            Column(group, low, 10, points_cell(book, rule, "score_low")),
            Column(group, high, 10, points_cell(book, rule, "score_high")),
        ]
    else:
        columns[0].width = max(columns[0].width, _width(group))
    return columns


def _width(group: str) -> float:
    return float(min(max(units(line) for line in group.split("\n")) + 2, 22))


def outcome_look(book: Book, rule: RuleView, code: int, place: str = "") -> Style:
    """The style of an outcome: coloured where it is one, plain where the rule only scores or is not in force."""
    if not rule.in_force:
        return book.style(f"{place}none")
    if code == YES and rule.kind != "standard":
        return book.style(f"{place}center")
    return book.outcome_style(code, place)


def _outcome_cell(book: Book, rule: RuleView) -> Cell:
    codes: list[int] = rule.column("outcome")
    looks = [(rule.outcome(code), outcome_look(book, rule, code)) for code in range(4)]

    def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
        sheet.string(row, col, *looks[codes[i]])

    return cell


def _class_cell(book: Book, rule: RuleView) -> Cell:
    classes = rule.rule.classes
    assert classes is not None
    names: list[str | None] = rule.column("class")
    codes: list[int] = rule.column("outcome")
    labels = {name: classes.labels[name].get(book.words.language) for name in classes.order}
    center = book.style("center")

    def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
        name = names[i]
        if name is None or not rule.in_force:
            sheet.string(row, col, rule.outcome(codes[i]), outcome_look(book, rule, codes[i]))
        else:
            sheet.string(row, col, labels.get(name, name), center)

    return cell


def points_cell(book: Book, rule: RuleView, column: str) -> Cell:
    """The cell of a column of points in 1/10000; a dash where there is none."""
    stored = rule.stored(column)
    style, none = book.style(f"points{rule.places}"), book.style("dash")

    def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
        value = stored[i]
        if value is None:
            sheet.string(row, col, "—", none)
        else:
            sheet.points(row, col, value, style)

    return cell


def _unknowns(book: Book, rules: Sequence[RuleView]) -> Column:
    """How many rules are unknown for each enterprise."""
    codes = [rule.column("outcome") for rule in rules if rule.in_force]
    counts = [sum(code == UNKNOWN for code in row) for row in zip(*codes, strict=True)]
    style = book.style("count").plain

    def cell(sheet: Sheet, row: int, col: int, i: int) -> None:
        sheet.sheet.write_number(row, col, counts[i] if counts else 0, style)

    return Column("", book.words.say("未知规则数", "Rules unknown"), 9, cell)

"""Sheets of records: patents, equity rounds, contracts and whatever the vocabulary declares."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.headings import Headings, fold
from keqiao.facts.keys import HEADING_ROWS, Key, find_headings
from keqiao.facts.mainsheet import MainSheet, open_main, read_column, read_rows, report_structure
from keqiao.facts.mapping import map_columns
from keqiao.facts.problems import Findings, Mapped, Mark
from keqiao.facts.sheets import RawSheet, is_blank
from keqiao.facts.wide import to_array
from keqiao.packs.records import RecordKind
from keqiao.packs.schema import CheckNode
from keqiao.rules.closures.compile import condition
from keqiao.rules.closures.values import AS_OF, YEAR, Condition, Env
from keqiao.rules.form import Node
from keqiao.rules.quantities import Stored
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope

#: Words around the name of a sheet that do not change which records it holds.
_AROUND = re.compile(r"(?:19|20)\d\d年?度?|清单|明细|台账|一览|名单|情况|信息|记录|表|[\d_\-.()]")
Row = tuple[Stored | None, ...]


@dataclass(slots=True)
class Records:
    """All records of one kind: ``values`` by field id run alongside ``keys`` and ``cells``.

    A cell is a data row of a sheet: the sheet as read and the row's index in it.
    """

    kind: RecordKind
    keys: list[Key] = field(default_factory=list)
    values: dict[str, list[Stored | None]] = field(default_factory=dict)
    cells: list[tuple[MainSheet, int]] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.values = {part.indicator.id: [] for part in self.kind.fields}

    def mark(self, row: int, name: str | None = None) -> Mark:
        """The cell of a record's field, or of its enterprise where the sheet has no such column."""
        main, index = self.cells[row]
        column = next((c.column for c in main.columns if c.indicator.id == name), main.key_column)
        return main.mark(index, column)

    def table(self) -> pa.Table:
        """scheme, id and the fields, sorted by enterprise and the record's key."""
        return self.table_in_order().sort_by([(name, "ascending") for name in ("scheme", "id", *self.kind.key)])

    def table_in_order(self) -> pa.Table:
        """scheme, id and the fields, as the sheets have them."""
        columns = {"scheme": pa.array([k[0] for k in self.keys], pa.string())}
        columns["id"] = pa.array([k[1] for k in self.keys], pa.string())
        for part in self.kind.fields:
            columns[part.indicator.id] = to_array(part.indicator, self.values[part.indicator.id])
        return pa.table(columns)


class RecordReader:
    """Tells sheets of records from others and reads them."""

    def __init__(self, kinds: Iterable[RecordKind], as_of: dt.date, findings: Findings) -> None:
        self._as_of, self._findings = as_of, findings
        self.kinds = {kind.id: kind for kind in kinds}
        self._headings = {id: Headings(kind.columns()) for id, kind in self.kinds.items()}
        self._names = {_bare(name): id for id, kind in self.kinds.items() for name in kind.sheets}
        self.found: dict[str, Records] = {}
        #: the scheme of keys under a heading that does not tell it
        self.scheme = "uscc"

    def kind_of(self, sheet: RawSheet) -> RecordKind | None:
        """The kind of record a sheet holds: by its name, or by an enterprise with every required field."""
        named = self._names.get(_bare(sheet.name or sheet.file.stem))
        for id in [named] if named else self.kinds:
            kind = self.kinds[id]
            fields = self._fields(sheet, kind)
            required = {part.indicator.id for part in kind.fields if part.required}
            if named and (fields is None or fields or not _texts(sheet)):
                return kind
            if fields is not None and len(required) > 1 and required <= fields and not kind.headings:
                return kind
        return None

    def _fields(self, sheet: RawSheet, kind: RecordKind) -> set[str] | None:
        """The fields that a sheet has columns for; None without a column of enterprises."""
        found = self._layout(sheet, kind)
        if found is None:
            return None
        headings = self._headings[kind.id]
        read = [headings.read(v) for v in sheet.rows[found[0]] if isinstance(v, str) and v.strip()]
        return {heading.indicator.id for heading in read if heading is not None}

    def _layout(self, sheet: RawSheet, kind: RecordKind) -> tuple[int, int, str] | None:
        if kind.headings:
            names = {fold(name) for name in kind.headings}
            for r, row in enumerate(sheet.rows[:HEADING_ROWS]):
                for c, value in enumerate(row):
                    if isinstance(value, str) and fold(value).lstrip("*") in names:
                        return r, c, self.scheme
        return find_headings(sheet, self._headings[kind.id])

    def read(self, sheet: RawSheet, kind: RecordKind, renames: Mapping[Key, Key]) -> list[Mapped]:
        """Read one sheet into ``found``; wrong cells are reported. ``renames`` are old keys to new ones."""
        if not _texts(sheet):
            self._findings.add(
                "warning", "record-blank", sheet.title,
                f"{kind.title}表是空白的，视为未提供；确实没有时请保留标题行",
                f"the sheet of {kind.title_en} is blank and taken as not given; keep its headings to say none",
            )  # fmt: skip
            return []
        found = self._layout(sheet, kind)
        fields = self._fields(sheet, kind) or set()
        lacking = [part.indicator.label for part in kind.fields if part.required and part.indicator.id not in fields]
        if found is None or lacking:
            wanted = lacking if found is not None else [(*kind.headings, "统一社会信用代码")[0], *lacking]
            self._findings.add(
                "error", "record-headings", sheet.title, f"{kind.title}表缺少标题：{'、'.join(wanted)}",
                f"the sheet of {kind.title_en} lacks the heading(s) {', '.join(wanted)}",
            )  # fmt: skip
            return []
        main = open_main(sheet, *found, self._headings[kind.id])
        mapping = map_columns(main, self._headings[kind.id], self._as_of.year, self._findings)
        main.year_column = None
        read_rows(main, self._findings)
        self._columns(main, kind)
        report_structure(main, self._findings)
        self._add(main, kind, renames)
        return mapping

    def _columns(self, main: MainSheet, kind: RecordKind) -> None:
        parts = {part.indicator.id: part for part in kind.fields}
        for column in main.columns:
            part = parts[column.indicator.id]
            before = self._findings.total("error")
            read_column(main, column, dt.date.max if part.future else self._as_of, self._findings)
            if part.reads:
                reads = part.reads
                column.values = [reads.get(v, v) if isinstance(v, str) else v for v in column.values]
            if part.required and self._findings.total("error") == before:
                self._required(main, column.column, column.values, part.indicator.label)

    def _required(self, main: MainSheet, c: int, values: Sequence[Stored | None], label: str) -> None:
        for i, value in enumerate(values):
            if value is None and not main.sheet.is_broken(main.rows[i], c):
                self._findings.cell(
                    "error", "record-missing", main.mark(i, c), f"{label}没有填写，这一列每行都要有",
                    f"{label} is empty; every row of this column needs a value",
                )  # fmt: skip

    def _add(self, main: MainSheet, kind: RecordKind, renames: Mapping[Key, Key]) -> None:
        records = self.found.setdefault(kind.id, Records(kind))
        records.sheets.append(main.sheet.title)
        values = {column.indicator.id: column.values for column in main.columns}
        nothing: list[Stored | None] = [None] * len(main.rows)
        for i, key in enumerate(main.keys):
            if key is not None:
                records.keys.append(renames.get(key, key))
                records.cells.append((main, i))
        kept = [i for i, key in enumerate(main.keys) if key is not None]
        for id, into in records.values.items():
            column_values = values.get(id, nothing)
            into.extend([column_values[i] for i in kept])

    def check(self, known: Iterable[Key] | None) -> None:
        """Report strangers (where the enterprises are ``known``), repeated records and failed checks."""
        keys = None if known is None else set(known)
        for records in self.found.values():
            if keys is not None:
                _strangers(records, keys, self._findings)
            _repeated(records, self._findings)
            for node in records.kind.checks:
                _run_check(records, node, self._findings)


def _bare(name: str) -> str:
    folded = fold(name)
    return _AROUND.sub("", folded) or folded


def _texts(sheet: RawSheet) -> bool:
    return any(not is_blank(row) for row in sheet.rows)


def _strangers(records: Records, known: set[Key], findings: Findings) -> None:
    for row, key in enumerate(records.keys):
        if key not in known:
            findings.cell(
                "error", "record-stranger", records.mark(row),
                f"“{key[1]}”不在企业表中；请补上该企业或删去这一行",
                f"{key[1]!r} is not on the main sheet; add the enterprise or delete the row",
            )  # fmt: skip


def _repeated(records: Records, findings: Findings) -> None:
    names = records.kind.key
    if not names:
        return
    first: dict[tuple[Any, ...], int] = {}
    for row, values in enumerate(zip(records.keys, *(records.values[name] for name in names), strict=True)):
        if None in values:
            continue
        known = first.setdefault(values, row)
        if known != row:
            mark = records.mark(known, names[0])
            place = mark.sheet.place(mark.row, mark.column)
            findings.cell(
                "error", "record-twice", records.mark(row, names[0]),
                f"同一企业的同一条{records.kind.title}重复，第一次在 {place}，请只留一条",
                f"the same record of the same enterprise is repeated, first at {place}; keep one",
            )  # fmt: skip


class RowTest:
    """A condition of the rule language over records, row by row: True, False or None (undecided)."""

    def __init__(self, node: Node) -> None:
        self._env = Env()
        self._made: Condition = condition(node, self._env)
        self.reads = [id for id, _ in self._env.slots]

    def results(self, records: Records, as_of: dt.date) -> list[bool | None]:
        """The condition of every record."""
        case: list[Any] = [None] * self._env.size[0]
        case[AS_OF], case[YEAR] = as_of.toordinal(), as_of.year
        slots = list(self._env.slots.values())
        columns = [records.values[id] for id in self.reads]
        test = self._made.test
        out: list[bool | None] = []
        for row in zip(*columns, strict=True) if columns else ((),) * len(records.keys):
            for slot, value in zip(slots, row, strict=True):
                case[slot] = value
            out.append(test(case))
        return out


def _run_check(records: Records, node: CheckNode, findings: Findings) -> None:
    test = RowTest(read_condition(node.when, Scope(records.kind.vocabulary())))
    for row, result in enumerate(test.results(records, dt.date.max)):
        if result is False:
            findings.cell(
                node.severity, f"check:{node.id}", records.mark(row, test.reads[0]),
                f"{node.title.zh}：应满足 {node.when}",
                f"{node.title.en or node.title.zh}: {node.when} must hold",
            )  # fmt: skip

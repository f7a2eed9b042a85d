"""Records, what is counted from them, and sources, as the vocabulary declares them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keqiao.errors import KeqiaoError
from keqiao.packs.messages import Fault
from keqiao.packs.schema_words import CheckNode, CountedNode, FieldNode, RecordNode, SourceNode
from keqiao.rules import dimensions as d
from keqiao.rules import form as f
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope
from keqiao.rules.vocabulary import Indicator, Vocabulary

_WHAT = re.compile(r"(sum|max|min)\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class RecordField:
    """A column of a sheet of records.

    ``indicator`` is the field as rules see it; ``column`` is the same with every value a sheet may
    hold, which ``reads`` brings to the values of the field. ``future`` dates need no warning.
    """

    indicator: Indicator
    column: Indicator
    required: bool
    future: bool
    reads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record: a sheet of its own with a row a record.

    ``sheets`` are the names a sheet may have; ``key`` the fields that tell records of one
    enterprise apart; ``headings`` further headings of the column of enterprises.
    """

    id: str
    title: str
    title_en: str
    sheets: tuple[str, ...]
    fields: tuple[RecordField, ...]
    key: tuple[str, ...] = ()
    checks: tuple[CheckNode, ...] = ()
    headings: tuple[str, ...] = ()

    def vocabulary(self) -> Vocabulary:
        """The fields as words of the rule language."""
        return Vocabulary(part.indicator for part in self.fields)

    def columns(self) -> Vocabulary:
        """The fields as headings and cells are read."""
        return Vocabulary(part.column for part in self.fields)


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator counted from records.

    ``what`` is ``count``, or ``sum``, ``max`` or ``min`` of ``field``; ``where`` the records that
    count (None: all). ``by`` is the date that tells a record's year: an annual indicator takes
    those of its calendar year, an event indicator those of the last ``years`` years, a stock or
    static one those up to the end of the case's year. Without ``by`` every record counts.
    """

    indicator: Indicator
    kind: str
    what: str
    field: str | None
    where: f.Node | None
    by: str | None
    years: int
    supplied_prevails: bool


@dataclass(frozen=True, slots=True)
class SourceWord:
    """A declared source; ``indicators`` limits it to some (empty: all)."""

    id: str
    label: str
    names: frozenset[str]
    confidence: str
    indicators: frozenset[str]


def record_kind(node: RecordNode) -> RecordKind:
    """A kind of record as written."""
    sheets = (node.title.zh, node.id, *([node.title.en] if node.title.en else []), *node.sheets)
    return RecordKind(
        node.id, node.title.zh, node.title.en or node.id, tuple(dict.fromkeys(sheets)),
        tuple(_field(part) for part in node.fields), tuple(node.key), tuple(node.checks),
    )  # fmt: skip


def _field(node: FieldNode) -> RecordField:
    def made(values: Iterable[str]) -> Indicator:
        return Indicator(
            node.id, node.label, tuple(node.aliases), node.type, node.unit, "static", node.definition,
            tuple(values), english=node.en,
        )  # fmt: skip

    plain = made(node.values)
    column = made((*node.values, *node.reads)) if node.reads else plain
    return RecordField(plain, column, node.required, node.future, dict(node.reads))


def counted(node: CountedNode, indicator: Indicator, kinds: Mapping[str, RecordKind]) -> Counted:
    """What is counted for an indicator. Raises `Fault` where the declaration does not fit."""
    kind = kinds.get(node.from_)
    if kind is None:
        known = "、".join(kinds)
        raise Fault("name", f"没有记录“{node.from_}”；已有：{known}", f"there is no record {node.from_!r}; known: {known}")
    words = kind.vocabulary()
    what, field = _what(node.what, words)
    measured = d.ITEMS if field is None else field.dimension
    if indicator.dimension != measured and not (field is None and indicator.dimension == d.PEOPLE):
        raise Fault(
            "unit", f"{node.what} 与指标“{indicator.label}”的类型 {indicator.type} 不合",
            f"{node.what} does not fit the type {indicator.type} of {indicator.id}",
        )
    by = None if node.by is None else _word(node.by, words)
    if by is not None and by.dimension != d.DATE:
        raise Fault("unit", f"by 应是日期字段，“{by.label}”不是", f"by is a date, which {by.id} is not")
    if by is None and indicator.period in ("annual", "event"):
        raise Fault(
            "schema", "逐年或当年的指标要写 by：按哪个日期归入年度", "an annual or event indicator needs by: the date that tells the year"
        )
    where = None if node.where is None else read_condition(node.where, Scope(words))
    return Counted(
        indicator, kind.id, what, None if field is None else field.id, where, None if by is None else by.id,
        node.years, node.prevails == "supplied",
    )  # fmt: skip


def _what(text: str, words: Vocabulary) -> tuple[str, Indicator | None]:
    if text == "count":
        return "count", None
    match = _WHAT.fullmatch(text)
    if match is None:
        raise Fault(
            "schema", f"what 不能是“{text}”，可写 count、sum(字段)、max(字段)、min(字段)",
            f"what cannot be {text!r}; use count, sum(field), max(field) or min(field)",
        )
    field = _word(match[2].strip(), words)
    if match[1] == "sum" and not field.dimension.is_number:
        raise Fault("unit", f"“{field.label}”不是数，不能合计", f"{field.id} is no number and cannot be summed")
    return match[1], field


def _word(name: str, words: Vocabulary) -> Indicator:
    field = words.find(name)
    if field is None:
        known = "、".join(i.label for i in words.indicators.values())
        raise Fault("name", f"记录没有字段“{name}”；有：{known}", f"the record has no field {name!r}; it has {known}")
    return field


def check_record(node: RecordNode) -> Iterable[tuple[int, KeqiaoError]]:
    """The checks of a record that cannot be read, with their numbers."""
    scope = Scope(record_kind(node).vocabulary())
    for i, check in enumerate(node.checks):
        try:
            read_condition(check.when, scope)
        except KeqiaoError as problem:
            yield i, problem


def source_word(node: SourceNode, vocabulary: Vocabulary) -> SourceWord:
    """A source as written; indicators by id or label. Raises `Fault` for unknown ones."""
    found: set[str] = set()
    for name in node.indicators:
        indicator = vocabulary.find(name)
        if indicator is None:
            near = "、".join(vocabulary.nearest(name))
            raise Fault("name", f"没有指标“{name}”；相近的：{near}", f"there is no indicator {name!r}; nearest: {near}")
        found.add(indicator.id)
    names = frozenset({node.id, node.label, *node.aliases, *([node.en] if node.en else [])})
    return SourceWord(node.id, node.label, names, node.confidence, frozenset(found))

"""Values as a reader wants them: value, threshold and gap in one unit, with thousands separators."""

from __future__ import annotations

import dataclasses
import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.reports.deciding import column_of, deciding
from keqiao.reports.wording import RuleView, Words
from keqiao.rules import form as f
from keqiao.rules.closures.tree import Told
from keqiao.rules.dimensions import SCALES, UNITS, UNITS_OF
from keqiao.rules.model import NO, Clause
from keqiao.rules.quantities import display_unit, show
from keqiao.rules.spans import days_inside, elapsed, span
from keqiao.rules.trace import Trace, measured
from keqiao.rules.trace_text import told_yearly
from keqiao.rules.vocabulary import Vocabulary

#: How many facts stand for a clause that is not one comparison.
FACTS = 3

_DIGITS = re.compile(r"(?<![\d.])(?!\d{4}-\d\d-\d\d)\d{4,}")  # no dates
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

#: A value in base units as low and high end.
Ends = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Sides:
    """A failing comparison as text; ``share`` is the gap as a part of the threshold, where there is one."""

    left: str = ""
    right: str = ""
    gap: str = ""
    share: Fraction | None = None


class Values:
    """Writes the values behind a failing clause of one rule."""

    def __init__(self, vocabulary: Vocabulary, rule: RuleView) -> None:
        self.vocabulary = vocabulary
        self.rule = rule
        self.words = rule.words
        self.english = rule.words.english
        self.say = rule.words.say

    def of(self, told: Told, trace: Trace, row: Mapping[str, Any]) -> Sides:
        """What made a clause fail: its two sides and the gap, or the facts that it reads."""
        clause = told.tree.node
        assert isinstance(clause, Clause)
        nodes = list(deciding(clause.when, row))
        if isinstance(clause.when, f.Anniversary) and told.left is not None:
            return self._since(clause.when, *told.left)
        years = [] if trace.case is None else self._yearly(told, trace.case)
        if years:
            together = self._together(years)
            rights = {sides.right for _, sides in years}
            return dataclasses.replace(together, right=rights.pop()) if len(rights) == 1 else together
        sides = measured(told)
        if sides is not None and sides[0] is not None and isinstance(clause.when, f.Compare):
            when = nodes[0] if isinstance(nodes[0], f.Compare) else clause.when
            return self._compared(when, *sides)
        failing = [found for node in nodes if (found := self._failing(node, trace, row)) is not None]
        if failing:
            return self._together(failing) if len(nodes) > 1 else failing[0][1]
        facts = self.words.more(self.facts(nodes, row))
        return Sides(left=facts or self.say("见所引规则", "see the rule referred to"))

    def _yearly(self, told: Told, case: list[Any]) -> list[tuple[str, Sides]]:
        """Of one comparison in each of the last years those years that fail, each with its two sides."""
        found = []
        for year, part in told_yearly(told, case):
            sides, clause = measured(part), part.tree.node
            if part.outcome == NO and sides is not None and sides[0] is not None:
                assert isinstance(clause, Clause) and isinstance(clause.when, f.Compare)
                found.append((self.say(f"{year}年 ", f"{year}:"), self._compared(clause.when, *sides)))
        return found

    # ---- one comparison ----------------------------------------------------------------------

    def _since(self, when: f.Anniversary, start: int, day: int) -> Sides:
        """Time since a day: what has passed, the span, and the days between."""
        left, right = elapsed(start, day, when.months, self.english), span(when.months, self.english)
        days = days_inside(when.op, start, day, when.months)
        if days is None:
            return Sides(left, right)
        return Sides(left, right, self._outside(self.number(Fraction(-days), "天"), days == 0, when.op))

    def _compared(self, when: f.Compare, left: Any, right: Any, margin: Any) -> Sides:
        if not when.left.dim.is_number:
            return Sides(self._plain(when.left, left), self._plain(when.right, right))
        unit = self._unit(when)
        share = None
        if margin is not None:
            far, threshold = abs(_ends(margin)[1]), _ends(right)[1]
            share = far / abs(threshold) if threshold else None
        return Sides(self.number(left, unit, right), self.number(right, unit, left), self._gap(when, margin, unit), share)

    def _gap(self, when: f.Compare, margin: Any, unit: str) -> str:
        """How far outside: the near end of a range is named last."""
        if margin is None:
            return ""
        near, far = (abs(end) for end in reversed(_ends(margin)))
        text = self.number(near if near == far else (near, far), unit, Fraction(0))
        if unit == "%":
            text = re.sub(r"([\d.,]+)%", r"\1", text) + self.say("个百分点", " percentage points")
        return self._outside(text, far == 0, when.op)

    def _outside(self, gap: str, touching: bool, op: str) -> str:
        """By how much a comparison fails, in words."""
        if touching:
            return self.say("恰在门槛，须越过", "exactly at the threshold")
        over = op[0] == "<"
        return self.say("超出" if over else "差", "over by " if over else "short by ") + gap

    def _unit(self, when: f.Compare) -> str:
        """The unit of the written threshold, so that both sides read alike; else the indicator's."""
        if isinstance(when.right, f.Quantity):  # the reader puts a written threshold on the right
            written = "".join(ch for ch in when.right.text if not (ch.isdigit() or ch in ".,-"))
            if written:
                return written
        for side in (when.left, when.right):
            if isinstance(side, f.Fact) and (own := self.vocabulary.indicators[side.id].unit) in UNITS_OF.get(
                side.dim.name, []
            ):
                return own
        return display_unit(when.left.dim.name)

    def number(self, value: Any, unit: str, other: Any = None) -> str:
        """A number or a range in base units as text in a unit; empty where it is unknown."""
        if value is None:
            return ""
        low, high = _ends(value)
        limit = None if other is None else _ends(other)[0]
        if low == high:
            return self._one(low, unit, limit)
        first, last = self._one(low, unit, limit), self._one(high, unit, limit)
        tail = re.search(r"[^\d.,]*$", last)
        if tail and unit != "%":  # both ends of a percentage keep the sign
            first = first.removesuffix(tail.group())
        return f"{first}~{last}"

    def _one(self, value: Fraction, unit: str, limit: Fraction | None) -> str:
        top, _, below = unit.partition("/")
        if below and top in UNITS and below in UNITS:
            factor = UNITS[top].factor / UNITS[below].factor
            text = show(value / factor, "", None if limit is None else limit / factor) + unit
        else:
            text = show(value, unit, limit, self.english)
        return text if unit in ("年", "") else grouped(text)

    def _plain(self, side: f.Node, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return self._flag(value)
        if side.dim.kind == "date":
            return dt.date.fromordinal(int(value)).isoformat()
        return str(value)

    def _flag(self, value: bool) -> str:
        return self.say("是", "yes") if value else self.say("否", "no")

    # ---- several comparisons, flags, titles --------------------------------------------------

    def _failing(self, node: f.Node, trace: Trace, row: Mapping[str, Any]) -> tuple[str, Sides] | None:
        """A part that is itself a comparison and does not hold, with what it compares."""
        if not isinstance(node, f.Compare):
            return None
        left, right = self._ends_of(node.left, trace, row), self._ends_of(node.right, trace, row)
        if left is None or right is None:
            return None
        upward = node.op[0] != "<"
        best = (left[1], right[0]) if upward else (left[0], right[1])
        if _OPERATORS[node.op](*best):
            return None
        margin = None
        if node.op not in ("=", "<>"):
            margin = (left[0] - right[1], left[1] - right[0]) if upward else (right[0] - left[1], right[1] - left[0])
        return self._name(node.left), self._compared(node, left, right, margin)

    def _together(self, failing: list[tuple[str, Sides]]) -> Sides:
        """Each failing part by its name."""
        more, colon = self.words.more, self.say("", " ")
        return Sides(
            more(f"{name}{colon}{sides.left}" for name, sides in failing),
            more(sides.right for _, sides in failing),
            more(sides.gap for _, sides in failing),
            max((sides.share for _, sides in failing if sides.share is not None), default=None),
        )

    def _name(self, node: f.Node) -> str:
        if isinstance(node, f.Score):
            return self.rule.score_names.get(node.id, self.say("总分", "total score"))
        if isinstance(node, f.Fact):
            return self.label(node.id)
        return ""

    def _ends_of(self, node: f.Node, trace: Trace, row: Mapping[str, Any]) -> Ends | None:
        """The value of a literal, a fact or a score in base units; None for anything else."""
        if isinstance(node, f.Quantity):
            return node.value, node.value
        if isinstance(node, f.Fact) and node.dim.is_number:
            stored = row.get(column_of(node))
            if stored is None:
                return None
            return (Fraction(stored, SCALES[node.dim.name]),) * 2
        if isinstance(node, f.Score):
            return self._score(node.id, trace)
        return None

    def _score(self, id: str, trace: Trace) -> Ends | None:
        scale = SCALES["points"]
        if id == "total":
            return None if trace.total is None else (Fraction(trace.total[0], scale), Fraction(trace.total[1], scale))
        for item, (low, high) in zip(self.rule.rule.items, trace.points, strict=True):
            if item.id == id:
                return Fraction(low, scale), Fraction(high, scale)
        return None  # a group is not kept by itself, and with weights unknown its ends are no sums of items

    def label(self, id: str) -> str:
        """The name of an indicator in the workbook's language."""
        indicator = self.vocabulary.indicators.get(id)
        if indicator is None:
            return id
        return (indicator.english or indicator.label) if self.english else indicator.label

    def wanted(self, id: str, row: Mapping[str, Any]) -> str:
        """The name of a missing fact; where this year's value is known, earlier years' are wanted."""
        if row.get(id) is None:
            return self.label(id)
        return self.label(id) + self.say("（往年）", " (earlier years)")

    def facts(self, nodes: list[f.Node], row: Mapping[str, Any]) -> list[str]:
        """The first known facts and titles that conditions read, each with its name."""
        found: dict[str, None] = {}
        for top in nodes:
            for node in f.walk(top):
                if isinstance(node, f.Fact) and (value := row.get(column_of(node))) is not None:
                    found[f"{self._dated(node)}{self.say('：', ': ')}{self._fact(node, value)}"] = None
                elif isinstance(node, f.Holds):
                    found[self._held(node.title, row)] = None
        return list(found)[:FACTS]

    def _dated(self, node: f.Fact) -> str:
        name = self.label(node.id)
        if not node.shift:
            return name
        return self.say(f"前{node.shift}年{name}", f"{name}, {node.shift} year(s) earlier")

    def _fact(self, node: f.Fact, value: Any) -> str:
        if isinstance(value, bool):
            return self._flag(value)
        if isinstance(value, dt.date):
            return value.isoformat()
        if node.dim.is_number:
            unit = self.vocabulary.indicators[node.id].unit
            return self._one(Fraction(value, SCALES[node.dim.name]), unit, None)
        return str(value)

    def _held(self, title: str, row: Mapping[str, Any]) -> str:
        """What is on record of a title that does not hold: its last span, or that there is none."""
        name = self.label(title)
        spans = [entry for entry in row.get("titles") or () if entry["title"] == title]
        if not spans:
            return self.say(f"无“{name}”登记", f"no “{name}” on record")
        last = max(spans, key=lambda entry: (entry["to"] or dt.date.max, entry["from"] or dt.date.min))
        start, end = (day.isoformat() if day else "…" for day in (last["from"], last["to"]))
        return self.say(f"{name}：{start}至{end}", f"{name}: {start} to {end}")


def grouped(text: str) -> str:
    """A text with thousands separators in its whole numbers of four digits and more."""
    return _DIGITS.sub(lambda found: f"{int(found.group()):,}", text)


def as_gap(words: Words, text: str) -> str:
    """A gap as `keqiao.assess` tells it; the difference of two ratios is in percentage points."""
    return grouped(re.sub(r"%$", words.say("个百分点", " percentage points"), text))


def _ends(value: Any) -> Ends:
    if isinstance(value, tuple):
        return value[0], value[1]
    return value, value

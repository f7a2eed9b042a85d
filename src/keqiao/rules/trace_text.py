"""The parts of a trace in words: decided clauses with their two sides, what items measure, the peers."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from keqiao.rules import form as f
from keqiao.rules.dimensions import SCALES, UNITS_OF
from keqiao.rules.model import OUTCOMES, Clause
from keqiao.rules.quantities import display_unit, plain, show
from keqiao.rules.roots import compound_rate
from keqiao.rules.spans import days_inside, elapsed, span
from keqiao.rules.text import Writer

if TYPE_CHECKING:
    from keqiao.rules.closures.compare import Comparison
    from keqiao.rules.closures.scores import Measured
    from keqiao.rules.closures.tree import Told, Yearly
    from keqiao.rules.trace import Trace
    from keqiao.rules.vocabulary import Vocabulary

_POINT = SCALES["points"]


def points(stored: int) -> int | float | Any:
    """Points as an int, or as an exact decimal number of at most 4 places.

    A Python float prints a number of up to 15 digits back exactly, and nothing is decided on it.
    """
    whole, part = divmod(stored, _POINT)
    return whole if not part else float(plain(Fraction(stored, _POINT), 4))


class TraceWriter:
    """Writes decided clauses in one language."""

    def __init__(self, vocabulary: Vocabulary | None, language: str, trace: Trace | None = None) -> None:
        self.vocabulary = vocabulary
        self.trace = trace
        self.language = language
        self.english = language == "en"
        self.writer = Writer(vocabulary, language) if vocabulary is not None else None

    def node(self, told: Told) -> dict[str, Any]:
        """One clause or group with its parts."""
        node = told.tree.node
        found: dict[str, Any] = {"id": node.id, "title": node.title.get(self.language)}
        if isinstance(node, Clause):
            found["text"] = self.text(node)
        found["outcome"] = OUTCOMES[told.outcome]
        if told.parts is not None:
            found[getattr(node, "kind", "all")] = [self.node(part) for part in told.parts]
        else:
            found.update(self._sides(told))
            found.update(self._years(told))
            if isinstance(node, Clause):
                found.update(self.peers(node.when))
            if told.gaps is not None and told.gaps.missing:
                missing = told.gaps.missing
                found["missing"] = self.vocabulary.sort(missing) if self.vocabulary else sorted(missing)
        if node.cite:
            found["cite"] = node.cite
        if isinstance(node, Clause) and node.note:
            found["note"] = node.note
        if node.verify:
            found["verify"] = True
        return found

    def measured(self, measured: Measured, case: list[Any]) -> dict[str, str]:
        """What an item measures as ``text``, and its ``value`` where it has one."""
        found = {"text": self.writer.write(measured.node)} if self.writer is not None else {}
        raw, made = measured.value.get(case), measured.value
        if raw is None or made.kind == "range":
            return found
        if made.kind not in ("int", "pair"):
            return found | {"value": str(raw)}
        value = (Fraction(*raw) if made.kind == "pair" else Fraction(raw)) * made.factor
        unit = ""
        if isinstance(measured.node, f.Fact) and self.vocabulary is not None:
            unit = self.vocabulary.indicators[measured.node.id].unit
        unit = unit if unit in UNITS_OF.get(measured.node.dim.name, []) else display_unit(measured.node.dim.name)
        nearest = min(measured.bounds, key=lambda bound: abs(bound - value), default=None)
        return found | {"value": show(value, unit, nearest, self.english)}

    def peers(self, *nodes: f.Node) -> dict[str, Any]:
        """Under ``peers`` each comparison with peers in the nodes: its value, how many are known, and the partition."""
        if self.trace is None or self.trace.case is None or not self.trace.code.peers:
            return {}
        parts = dict.fromkeys(part for node in nodes for part in f.walk(node) if isinstance(part, f.Peer))
        found = [self._peer(part, self.trace) for part in parts]
        return {"peers": found} if found else {}

    def _peer(self, node: f.Peer, trace: Trace) -> dict[str, Any]:
        code, case = trace.code.peers[node], trace.case
        assert case is not None
        found: dict[str, Any] = {"text": self.writer.write(node)} if self.writer is not None else {}
        raw, codes, group = code.value.get(case), code.codes(case), code.group(case)
        if raw is not None:
            found["value"] = show(Fraction(*raw), display_unit(node.dim.name), None, self.english)
        if group is not None:
            found["known"] = group.known
        if codes is not None:
            names = [self.writer.write(part) if self.writer is not None else str(part) for part in node.over]
            found["partition"] = dict(zip(names, codes, strict=True))
            if group is None:
                found["reason"] = "needs the data of the peers" if self.english else "需要同行数据"
        return found

    def text(self, clause: Clause) -> str:
        """The clause's rule text with local names expanded."""
        return self.writer.write(clause.when) if self.writer is not None else clause.text

    def classes(self, trace: Trace) -> list[dict[str, Any]]:
        """The class tests that were made."""
        classes = trace.code.rule.classes
        assert classes is not None
        found = []
        words = {True: "yes", False: "no", None: "unknown"}
        row = classes.table.get(trace.class_code or "", {})
        for name, holds in trace.class_tests:
            entry: dict[str, Any] = {"id": name, "title": classes.labels[name].get(self.language)}
            if self.writer is not None and name in row:
                entry["text"] = self.writer.write(row[name])
            entry["outcome"] = words[holds]
            if classes.cite:
                entry["cite"] = classes.cite
            found.append(entry)
        return found

    def _years(self, told: Told) -> dict[str, Any]:
        """Under ``years`` what each year's comparison saw, where the clause is one in each of the last years."""
        if self.trace is None or self.trace.case is None:
            return {}
        found = [
            {"year": year, "outcome": OUTCOMES[part.outcome], **self._sides(part)}
            for year, part in told_yearly(told, self.trace.case)
        ]
        return {"years": found} if found else {}

    def _sides(self, told: Told) -> dict[str, Any]:
        compared: Comparison | None = getattr(told.tree, "compared", None)
        if compared is not None and compared.kind == "since":
            return self._since(told, compared.op)
        sides = measured(told)
        if sides is None or compared is None:
            return {}
        left, right, margin = sides
        clause = told.tree.node
        assert isinstance(clause, Clause) and isinstance(clause.when, f.Compare)
        left_unit, right_unit = self._units(clause.when)
        found: dict[str, Any] = {}
        if left is not None:
            found["left"] = self._show(left, left_unit, right, compared)
        elif told.left is not None:  # a quotient below zero has no compound rate, and lies below all of them
            found["left"] = "below -100%" if self.english else "低于-100%"
        if right is not None:
            literal = clause.when.right
            if isinstance(literal, f.Quantity) and self.writer is not None:
                found["right"] = self.writer.quantity(literal)
            else:
                found["right"] = self._show(right, right_unit, left, compared)
        if margin is not None:
            found["margin"] = self._show(margin, left_unit, Fraction(0), compared)
        return found

    def _since(self, told: Told, op: str) -> dict[str, Any]:
        """The time that has passed, the span that is allowed, and the days between them."""
        months = told.right
        right = {"right": span(months, self.english)}
        if told.left is None:
            return right
        start, day = told.left
        found = {"left": elapsed(start, day, months, self.english), **right}
        margin = days_inside(op, start, day, months)
        if margin is not None:
            found["margin"] = show(Fraction(margin), "天", None, self.english)
        return found

    def _units(self, when: f.Compare) -> tuple[str, str]:
        """Units of both sides: the indicator's, else the literal's, else the customary one."""
        if not when.left.dim.is_number:
            return "", ""
        units = []
        literal = ""
        for side in (when.left, when.right):
            if isinstance(side, f.Quantity):
                literal = "".join(ch for ch in side.text if not (ch.isdigit() or ch in ".-"))
        for side in (when.left, when.right):
            own = ""
            if isinstance(side, f.Fact) and self.vocabulary is not None:
                own = self.vocabulary.indicators[side.id].unit
            if own not in UNITS_OF.get(side.dim.name, []):
                own = ""
            units.append(own or literal or display_unit(side.dim.name))
        return units[0], units[1] if isinstance(when.right, f.Fact) else units[0]

    def _show(self, value: Any, unit: str, other: Any, compared: Comparison) -> str:
        if compared.kind == "plain":
            if compared.sides[0].kind == "date":
                return dt.date.fromordinal(value).isoformat()
            return str(value)
        if compared.sides[0].kind == "int" and unit == "":
            return str(value)
        if isinstance(value, tuple):
            low, high = value
            if low != high:
                return f"{show(low, '', None)}~{show(high, unit, None, self.english)}" if unit in ("分", "件") else (
                    f"{show(low, unit, None, self.english)}~{show(high, unit, None, self.english)}"
                )
            value = low
        limit = other[0] if isinstance(other, tuple) else other
        return show(value, unit, limit, self.english)


def told_yearly(told: Told, case: list[Any]) -> list[tuple[int, Told]]:
    """The years that a clause asks one by one, each decided, the latest first; none for other clauses."""
    yearly: Yearly | None = getattr(told.tree, "yearly", None)
    return yearly.tell(case) if yearly is not None else []


def years_text(years: list[dict[str, Any]], english: bool) -> tuple[str, str]:
    """The ``years`` of a node as values in a row, and the threshold that all share; each its own where they differ."""
    limits = {year["right"] for year in years if "right" in year}
    one = limits.pop() if len(limits) == 1 else ""
    found = []
    for year in years:
        value = year.get("left", "unknown" if english else "未知")
        text = f"{year['year']}: {value}" if english else f"{year['year']}年 {value}"
        if not one and "right" in year:
            text += f" (threshold {year['right']})" if english else f"（界限 {year['right']}）"
        found.append(text)
    return (", " if english else "、").join(found), one


def _times(x: Any, factor: Fraction) -> Any:
    if isinstance(x, tuple):
        return x[0] * factor, x[1] * factor
    return x * factor


def measured(told: Told) -> tuple[Any, Any, Any] | None:
    """Left, right and margin of a clause that is one comparison, in base units; else None.

    Each is a Fraction, a pair of them for a range, or a plain value (an ordinal day, a text); None where
    it is unknown, and the margin also where none is defined (equality, texts, dates). Time since a day is
    counted in years and days and has no sides here.
    """
    compared: Comparison | None = getattr(told.tree, "compared", None)
    if compared is None or compared.kind == "since":
        return None
    if compared.compound is not None:
        return _compound(_raw(told.left, compared, 0), compared.op, *compared.compound)
    margin = told.margin
    if margin is not None:
        margin = _times(Fraction(*margin) if compared.kind == "pair" else margin, compared.factor)
    return _raw(told.left, compared, 0), _raw(told.right, compared, 1), margin


def _compound(ratio: Fraction | None, op: str, years: int, bound: Fraction) -> tuple[Any, Any, Any]:
    """A compound rate, its threshold and the margin; the rate is on its side of the threshold."""
    rate = None if ratio is None else compound_rate(ratio, years, bound)
    if rate is None or op in ("=", "<>"):
        return rate, bound, None
    return rate, bound, (bound - rate if op[0] == "<" else rate - bound)


def _raw(x: Any, compared: Comparison, side: int) -> Any:
    """A raw side in base units."""
    if x is None:
        return None
    factor = compared.sides[side].factor
    if compared.kind == "pair":
        return Fraction(x[0], x[1]) * factor
    if compared.kind in ("int", "range"):
        return _times(x, factor)
    return x

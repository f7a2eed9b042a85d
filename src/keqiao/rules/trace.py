"""The trace of one case: what was decided, by which value against which threshold, and what is missing.

A `Trace` holds exact raw values; `Trace.to_dict` writes them as the JSON object that
``trace.schema.json`` describes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from keqiao.rules import form as f
from keqiao.rules.dimensions import SCALES, UNITS_OF
from keqiao.rules.model import NO, OUTCOMES, UNKNOWN, Clause
from keqiao.rules.quantities import display_unit, plain, show
from keqiao.rules.text import Writer

if TYPE_CHECKING:
    from keqiao.rules.closures.compare import Comparison
    from keqiao.rules.closures.rule import RuleCode
    from keqiao.rules.closures.scores import Measured
    from keqiao.rules.closures.tree import Told
    from keqiao.rules.vocabulary import Vocabulary

FORMAT = 1
_POINT = SCALES["points"]


class Trace(Mapping[str, Any]):
    """One rule decided for one case; reads like its JSON object, ``trace["outcome"]``.

    ``told`` is the decided tree, ``total`` low and high of the total in 1/10000 points, ``lows``
    and ``highs`` the same per item, ``classes`` the classes still possible. `vocabulary` is set by who
    evaluates, for names and units.
    """

    __slots__ = (
        "as_of", "case", "class_code", "class_tests", "classes", "code", "highs", "id", "in_force", "lows", "missing_ids",
        "outcome_code", "told", "total", "vocabulary", "written", "year",
    )  # fmt: skip

    def __init__(self, code: RuleCode, id: str, as_of: int, year: int) -> None:
        self.code = code
        self.id = id
        self.as_of = as_of
        self.year = year
        self.outcome_code = NO
        self.in_force = True
        self.told: Told | None = None
        self.total: tuple[int, int] | None = None
        self.case: list[Any] | None = None
        self.lows: list[int] = []
        self.highs: list[int] = []
        self.classes: list[str] | None = None
        self.class_code: str | None = None
        self.class_tests: list[tuple[str, bool | None]] = []
        self.missing_ids: set[str] = set()
        self.vocabulary: Vocabulary | None = None
        self.written: dict[str, Any] | None = None

    def _object(self) -> dict[str, Any]:
        if self.written is None:
            self.written = self.to_dict()
        return self.written

    def __getitem__(self, key: str) -> Any:
        return self._object()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._object())

    def __len__(self) -> int:
        return len(self._object())

    def title(self, language: str = "zh") -> str:
        """The rule's title; says so where it rests on another rule's illustrative figures."""
        own = self.code.rule.title.get(language)
        if self.code.status == self.code.rule.status:
            return own
        return f"{own}（含示例数字）" if language == "zh" else f"{own} (with illustrative figures)"

    @property
    def points(self) -> list[tuple[int, int]]:
        """Low and high per item in 1/10000 points, in the rule's order."""
        return list(zip(self.lows, self.highs, strict=True))

    @property
    def outcome(self) -> str:
        """``yes``, ``no``, ``unknown`` or ``refer``."""
        return OUTCOMES[self.outcome_code]

    @property
    def missing(self) -> list[str]:
        """Vocabulary ids that an unknown outcome waits for, in the vocabulary's order; else empty."""
        if self.outcome_code != UNKNOWN:
            return []
        return self.vocabulary.sort(self.missing_ids) if self.vocabulary else sorted(self.missing_ids)

    def to_dict(self, language: str = "zh") -> dict[str, Any]:
        """The trace as a JSON object; numbers as int or as text of an exact decimal are never floats."""
        rule = self.code.rule
        found: dict[str, Any] = {
            "format": FORMAT,
            "id": self.id,
            "rule": rule.id,
            "title": self.title(language),
            "version": rule.version,
            "status": self.code.status,
            "as_of": dt.date.fromordinal(self.as_of).isoformat(),
            "year": self.year,
            "outcome": self.outcome,
        }
        if not self.in_force:
            found["reason"] = "不在有效期" if language == "zh" else "not in force"
        if self.total is not None:
            found["score"] = {"low": points(self.total[0]), "high": points(self.total[1])}
            if self.code.pass_mark is not None:
                found["score"]["pass"] = points(int(self.code.pass_mark * _POINT))
        if self.classes is not None:
            if len(self.classes) == 1:
                found["class"] = self.classes[0]
            else:
                found["classes"] = self.classes
        found["missing"] = self.missing
        found["because"] = self._because(language)
        if self.lows:
            found["items"] = self._items(language)
        if self.code.unconfirmed:
            found["verify"] = list(self.code.unconfirmed)
        return found

    def to_json(self, language: str = "zh") -> str:
        """The trace as one line of JSON."""
        return json.dumps(self.to_dict(language), ensure_ascii=False, separators=(",", ":"), default=_number)

    def _items(self, language: str) -> list[dict[str, Any]]:
        """Every score item with what it measures, its value and its points."""
        writer = TraceWriter(self.vocabulary, language)
        measures = self.code.measures(self.case) if self.case is not None else []
        found = []
        for item, (low, high), measured in zip(self.code.rule.items, self.points, measures, strict=True):
            entry: dict[str, Any] = {"id": item.id, "title": item.title.get(language)}
            if measured is not None and self.case is not None:
                entry |= writer.measured(measured, self.case)
            entry |= {"low": points(low), "high": points(high)}
            if item.cite:
                entry["cite"] = item.cite
            found.append(entry)
        return found

    def _because(self, language: str) -> list[dict[str, Any]]:
        writer = TraceWriter(self.vocabulary, language)
        if self.told is not None:
            top = writer.node(self.told)
            return top["all"] if set(top) >= {"all"} and not top.get("title") else [top]
        if self.classes is not None:
            return writer.classes(self)
        return []


def _number(value: object) -> Any:
    raise TypeError(f"not a JSON value: {value!r}")


def points(stored: int) -> int | float | Any:
    """Points as an int, or as an exact decimal number of at most 4 places.

    A Python float prints a number of up to 15 digits back exactly, and nothing is decided on it.
    """
    whole, part = divmod(stored, _POINT)
    return whole if not part else float(plain(Fraction(stored, _POINT), 4))


class TraceWriter:
    """Writes decided clauses in one language."""

    def __init__(self, vocabulary: Vocabulary | None, language: str) -> None:
        self.vocabulary = vocabulary
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

    def _sides(self, told: Told) -> dict[str, Any]:
        sides = measured(told)
        if sides is None:
            return {}
        left, right, margin = sides
        compared: Comparison = told.tree.compared  # type: ignore[union-attr, assignment]
        clause = told.tree.node
        assert isinstance(clause, Clause) and isinstance(clause.when, f.Compare)
        left_unit, right_unit = self._units(clause.when)
        found: dict[str, Any] = {}
        if left is not None:
            found["left"] = self._show(left, left_unit, right, compared)
        if right is not None:
            literal = clause.when.right
            if isinstance(literal, f.Quantity) and self.writer is not None:
                found["right"] = self.writer.quantity(literal)
            else:
                found["right"] = self._show(right, right_unit, left, compared)
        if margin is not None:
            found["margin"] = self._show(margin, left_unit, Fraction(0), compared)
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


def _times(x: Any, factor: Fraction) -> Any:
    if isinstance(x, tuple):
        return x[0] * factor, x[1] * factor
    return x * factor


def measured(told: Told) -> tuple[Any, Any, Any] | None:
    """Left, right and margin of a clause that is one comparison, in base units; else None.

    Each is a Fraction, a pair of them for a range, or a plain value (an ordinal day, a text); None where
    it is unknown, and the margin also where none is defined (equality, texts, dates).
    """
    compared: Comparison | None = getattr(told.tree, "compared", None)
    if compared is None:
        return None
    margin = told.margin
    if margin is not None:
        margin = _times(Fraction(*margin) if compared.kind == "pair" else margin, compared.factor)
    return _raw(told.left, compared, 0), _raw(told.right, compared, 1), margin


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

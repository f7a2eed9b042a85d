"""The trace of one case: what was decided, by which value against which threshold, and what is missing.

A `Trace` holds exact raw values; `Trace.to_dict` writes them as the JSON object that
``trace.schema.json`` describes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from keqiao.rules.dimensions import SCALES
from keqiao.rules.model import NO, OUTCOMES, UNKNOWN, form_nodes
from keqiao.rules.trace_text import TraceWriter as TraceWriter
from keqiao.rules.trace_text import measured as measured
from keqiao.rules.trace_text import points as points

if TYPE_CHECKING:
    from keqiao.rules.closures.rule import RuleCode
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
        writer = TraceWriter(self.vocabulary, language, self)
        measures = self.code.measures(self.case) if self.case is not None else []
        found = []
        for item, (low, high), reads in zip(self.code.rule.items, self.points, measures, strict=True):
            entry: dict[str, Any] = {"id": item.id, "title": item.title.get(language)}
            if reads is not None and self.case is not None:
                entry |= writer.measured(reads, self.case)
            entry |= writer.peers(*form_nodes(item.form))
            entry |= {"low": points(low), "high": points(high)}
            if item.cite:
                entry["cite"] = item.cite
            found.append(entry)
        return found

    def _because(self, language: str) -> list[dict[str, Any]]:
        writer = TraceWriter(self.vocabulary, language, self)
        if self.told is not None:
            top = writer.node(self.told)
            return top["all"] if set(top) >= {"all"} and not top.get("title") else [top]
        if self.classes is not None:
            return writer.classes(self)
        return []


def _number(value: object) -> Any:
    raise TypeError(f"not a JSON value: {value!r}")

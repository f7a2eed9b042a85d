"""The weights of a scorecard: rows by code, checked against the declared total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keqiao.errors import RuleError
from keqiao.packs import schema as s
from keqiao.packs.forms import Reads
from keqiao.packs.yaml import Key
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.dimensions import RATIO
from keqiao.rules.reader import read_value
from keqiao.rules.source import read_quantity

Row = tuple[str, ...]
_PLAIN = re.compile(r"\d+(\.\d+)?")


class WeightBuilder:
    """Builds the weight table of one pack file; ``weighting`` is None where there is none."""

    def __init__(self, reads: Reads, pack: s.RulePack) -> None:
        self.reads, self.pack = reads, pack
        self.weighting: m.Weighting | None = None
        self.open = pack.has_open_weights
        if pack.weights is not None:
            self.weighting = self._weighting(pack.weights)

    def of(self, index: int) -> Mapping[Row, Fraction] | None:
        """The weights of the item at ``index``, by row. Raises `Fault` where a row is missing or too many."""
        item, key = self.pack.scores[index], ("scores", index, "weight")
        if item.weight is None:
            return None
        if self.weighting is None:
            raise self.reads.error("weights", "有 weight 就要有 weights.by", "weight needs weights.by", key)
        found = self._rows(item.weight, key)
        for row in self.weighting.rows:
            if row not in found:
                name_zh, name_en = "、".join(row), ", ".join(row)
                zh, en = f"缺“{name_zh}”的权重", f"the weight for {name_en} is missing"
                raise self.reads.error("weights", zh, en, key)
        for row, weight in found.items():
            if row not in self.weighting.rows:
                zh = f"“{'、'.join(row)}”的权重只有这一项写了，请各项一致"
                en = f"only this item has a weight for {', '.join(row)}; all items need the same rows"
                raise self.reads.error("weights", zh, en, key)
            if weight < 0:
                zh, en = "权重不能是负数；扣分请把 points 写成负数", "a weight cannot be negative; write negative points"
                raise self.reads.error("weights", zh, en, key)
        return found

    def _weighting(self, node: s.WeightsNode) -> m.Weighting:
        error = self.reads.error
        by = tuple(self.reads.read(name, ("weights", "by", i), read_value) for i, name in enumerate(node.by))
        for i, part in enumerate(by):
            if part.dim.kind != "code":
                zh, en = "weights.by 应是代码，如 发展阶段", "weights.by must be a code"
                raise error("weights", zh, en, ("weights", "by", i))
        first = next(((i, item.weight) for i, item in enumerate(self.pack.scores) if item.weight), None)
        if first is None or not by:
            zh, en = "写了 weights，但没有一项有 weight", "weights without any item weight"
            raise error("weights", zh, en, ("weights",))
        self._check_open()
        total = None if node.total is None else self._ratio(node.total, ("weights", "total"))
        rows = tuple(self._rows(first[1], ("scores", first[0], "weight"), len(by)))
        self._check_codes(by, rows, ("scores", first[0], "weight"))
        weighting = m.Weighting(by, rows, total, self._covered(by, rows))
        self._check_totals(weighting)
        return weighting

    def _check_open(self) -> None:
        """Weights are open all together, only where the figures are not published, and with a total."""
        if not self.open:
            return
        numbers = [i for i, item in enumerate(self.pack.scores) if item.weight and not s.opens(item.weight, every=True)]
        if numbers:
            zh, en = "权重要么都写 open，要么都写数字", "weights are all open, or all numbers"
            raise self.reads.error("weights", zh, en, ("scores", numbers[0], "weight"))
        if self.pack.status != "stated":
            zh, en = "open 只用于 status: stated 的规则包", "open weights belong to a pack with status: stated"
            raise self.reads.error("weights", zh, en, ("status",))
        if self.pack.weights is None or self.pack.weights.total is None:
            zh, en = "权重写 open 时要写 weights.total", "open weights need weights.total"
            raise self.reads.error("weights", zh, en, ("weights",))

    def form_of(self, form: m.Form) -> m.Form:
        """An item whose weight is open: anything from nothing to its full marks under the whole weight."""
        assert self.weighting is not None and self.weighting.total is not None
        if isinstance(form, m.Mark):
            most = form.most
        elif isinstance(form, m.Linear):
            most = form.points
        else:
            zh, en = "权重为 open 的项只写 mark 或 linear", "an item of open weight is a mark or linear"
            raise self.reads.error("weights", zh, en, ("scores",))
        return m.Ladder((), (Fraction(0), most * self.weighting.total))

    def _values(self, part: f.Node) -> Row:
        """The values that a code can have; empty where any."""
        return self.reads.scope.vocabulary.indicators[part.id].values if isinstance(part, f.Fact) else ()

    def _check_codes(self, by: tuple[f.Node, ...], rows: tuple[Row, ...], key: Key) -> None:
        for row in rows:
            for part, code in zip(by, row, strict=True):
                values = self._values(part)
                if values and code not in values:
                    zh = f"“{code}”不是该代码的值；可用：{'、'.join(values)}"
                    en = f"{code!r} is not a value of the code; use {', '.join(values)}"
                    raise self.reads.error("weights", zh, en, key)

    def _covered(self, by: tuple[f.Node, ...], rows: tuple[Row, ...]) -> bool:
        """Whether the rows are all combinations of the values of closed codes."""
        combinations: set[Row] = {()}
        for part in by:
            combinations = {(*row, value) for row in combinations for value in self._values(part)}
        return combinations == set(rows)

    def _check_totals(self, weighting: m.Weighting) -> None:
        if weighting.total is None or self.open:
            return
        tables = [
            self._rows(item.weight, ("scores", i, "weight"), len(weighting.by))
            for i, item in enumerate(self.pack.scores)
            if item.weight
        ]
        for row in weighting.rows:
            total = sum((table.get(row, Fraction(0)) for table in tables), Fraction(0))
            if total != weighting.total:
                raise self.reads.error(
                    "weights",
                    f"“{'、'.join(row)}”的权重合计 {_percent(total)}，应为 {_percent(weighting.total)}",
                    f"the weights of {', '.join(row)} sum to {_percent(total)}, not {_percent(weighting.total)}",
                    ("weights",),
                )

    def _rows(self, weight: Mapping[str, Any], key: Key, depth: int = 0) -> dict[Row, Fraction]:
        """A nested mapping as weights by row; every branch is as deep as there are codes."""
        depth = depth or len(self.weighting.by if self.weighting else ())
        found: dict[Row, Fraction] = {}
        for code, inner in weight.items():
            place = (*key, code)
            if isinstance(inner, Mapping) != (depth > 1):
                zh = "权重的层数应与 weights.by 的代码数一致"
                en = "weights are nested as deep as weights.by has codes"
                raise self.reads.error("weights", zh, en, place)
            if depth > 1:
                found |= {(code, *rest): value for rest, value in self._rows(inner, place, depth - 1).items()}
            else:
                found[(code,)] = self._ratio(inner, place)
        return found

    def _ratio(self, value: object, key: Key) -> Fraction:
        """A weight such as 8% or 0.08; nothing where it is open."""
        if value == s.OPEN:
            return Fraction(0)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return Fraction(value)
        if isinstance(value, str) and _PLAIN.fullmatch(value):
            return Fraction(value)
        try:
            literal = read_quantity(value)
        except RuleError:
            literal = None
        if literal is None or literal.dimension != RATIO:
            zh, en = f"权重“{value}”应是比率，如 8%", f"the weight {value!r} must be a ratio such as 8%"
            raise self.reads.error("weights", zh, en, key)
        return literal.value


def _percent(value: Fraction) -> str:
    """A ratio as a percentage, for messages."""
    return f"{float(value * 100):.6g}%"

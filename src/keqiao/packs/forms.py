"""Score forms of a pack: bands in order, maps written whole, ladders that end."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, Protocol

from keqiao.errors import RuleError
from keqiao.packs import schema as s
from keqiao.packs.messages import Fault
from keqiao.packs.yaml import Document, Key
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.dimensions import RATIO, describe
from keqiao.rules.peer_calls import peer, scorecards_only
from keqiao.rules.reader import read_condition, read_value
from keqiao.rules.scope import Scope
from keqiao.rules.source import read_quantity


class Reads(Protocol):
    """What a part of a pack needs to be built: the file, the names, and where to put errors."""

    document: Document
    scope: Scope

    def error(self, code: str, zh: str, en: str, key: Key) -> Fault:
        """An error at a place of the file."""

    def read(self, text: str, key: Key, reader: Callable[[str, Scope], f.Node] = read_condition) -> f.Node:
        """Read a rule text, its errors placed in the file."""


class FormBuilder:
    """Builds the score forms of one pack file."""

    def __init__(self, reads: Reads) -> None:
        self.error, self.read, self.document, self.scope = reads.error, reads.read, reads.document, reads.scope

    def build(self, node: s.FormNode, key: Key) -> m.Form:
        """The form of an item or of an alternative. Raises `Fault` or `RuleError`."""
        form = self._read(node, key)
        for part in (p for top in m.form_nodes(form) for p in f.walk(top)):
            if isinstance(part, f.Score):  # items are computed together, before any score exists
                zh = f"得分项里不能再用 score('{part.id}')；请把共用的算式写进 define"
                en = f"an item cannot use score('{part.id}'); write the shared formula under define"
                raise self.error("score", zh, en, key)
        return form

    def _read(self, node: s.FormNode, key: Key) -> m.Form:
        if node.bands is not None:
            return self._bands(node, key)
        if node.map is not None:
            return self._map(node, key)
        if node.linear is not None:
            value, full = self._number(node.value, (*key, "value")), self._number(node.linear.full, (*key, "linear", "full"))
            self._same(value, full, (*key, "linear", "full"))
            self._single(value, "linear", (*key, "value"))
            self._single(full, "linear", (*key, "linear", "full"))
            return m.Linear(value, full, Fraction(node.linear.points))
        if node.percentile is not None:
            return self._percentile(node, node.percentile, key)
        if node.ladder is not None:
            return self._ladder(node.ladder, (*key, "ladder"))
        if node.best is not None:
            return m.Best(tuple(self._read(part, (*key, "best", i)) for i, part in enumerate(node.best)))
        if node.sum is not None:
            steps = [self._step(step, (*key, "sum", i)) for i, step in enumerate(node.sum)]
            return m.Capped(tuple(steps), None if node.cap is None else Fraction(node.cap))
        value = self._number(node.mark, (*key, "mark"))
        if value.dim.name != "points":
            raise self.error("unit", "mark 应是分数", "mark must be points", (*key, "mark"))
        self._single(value, "mark", (*key, "mark"))
        return m.Mark(value, Fraction(node.max or 0))

    def _percentile(self, node: s.FormNode, percentile: s.PercentileNode, key: Key) -> m.Linear:
        """Points in proportion to a percentile: the full mark is 100 %."""
        place = (*key, "percentile")
        if not self.scope.peers:
            raise self.error("score", *scorecards_only("percentile"), place)
        value = self._number(node.value, (*key, "value"))
        over = [self.read(text, (*place, "over", i), read_value) for i, text in enumerate(percentile.over)]
        ranked = peer(lambda zh, en, at: self.error("score", zh, en, place), "percentile", value, tuple(over), value.at)
        return m.Linear(ranked, f.Quantity(Fraction(1), RATIO, "100%"), Fraction(percentile.points))

    def _number(self, text: str | None, key: Key) -> f.Node:
        node = self.read(text or "", key, read_value)
        if not node.dim.is_number:
            zh, en = describe(node.dim)
            raise self.error("unit", f"这里应是数，得到的是{zh}", f"a number is expected here, not {en}", key)
        return node

    def _single(self, node: f.Node, form: str, key: Key) -> None:
        """Points of another rule and counts of conditions may be ranges, which only bands and steps can take."""
        if f.may_be_range(node):
            zh = f"{form} 里不能用 points() 和 count_yes()，它们可能是区间；请用 bands、ladder，或写成条件"
            en = f"{form} cannot take points() or count_yes(), which may be ranges; use bands, a ladder, or a condition"
            raise self.error("score", zh, en, key)

    def _same(self, value: f.Node, other: f.Node, key: Key) -> None:
        if value.dim != other.dim:
            a, b = describe(value.dim), describe(other.dim)
            zh, en = f"单位不合：value 是{a[0]}，这里是{b[0]}", f"value is {a[1]}, this is {b[1]}"
            raise self.error("unit", zh, en, key)

    def _bands(self, node: s.FormNode, key: Key) -> m.Bands:
        value = self._number(node.value, (*key, "value"))
        bands = node.bands or {}
        rests = [name for name in ("below", "above") if name in bands]
        if len(rests) != 1:
            raise self.error(
                "bands",
                "bands 要有且只有 below（其余为下限）或 above（其余为上限）",
                "bands need exactly one of below (the others are lower bounds) and above (upper bounds)",
                (*key, "bands"),
            )
        upper = rests[0] == "above"
        bounds: list[Fraction] = []
        for name in bands:
            if name == rests[0]:
                continue
            place = (*key, "bands", name)
            try:
                literal = read_quantity(name)
            except RuleError as problem:
                raise problem.at(self.document.where(place)) from None
            if literal.dimension != value.dim:
                a, b = describe(value.dim), describe(literal.dimension)
                zh, en = f"档界“{name}”是{b[0]}，value 是{a[0]}", f"bound {name!r} is {b[1]}, value is {a[1]}"
                raise self.error("unit", zh, en, place)
            if bounds and not (literal.value > bounds[-1] if upper else literal.value < bounds[-1]):
                raise self.error(
                    "bands",
                    f"档界要由{'小到大' if upper else '大到小'}排列且不重叠：“{name}”的位置不对",
                    f"bounds must {'rise' if upper else 'fall'} without overlap: {name!r} is out of order",
                    place,
                )
            bounds.append(literal.value)
        if not bounds or list(bands)[-1] != rests[0]:
            zh, en = f"{rests[0]} 应写在最后，前面至少一档", f"{rests[0]} comes last, after at least one band"
            raise self.error("bands", zh, en, (*key, "bands"))
        points = tuple(self._points(p, (*key, "bands", name)) for name, p in bands.items())
        return m.Bands(value, tuple(bounds), points, upper)

    def _map(self, node: s.FormNode, key: Key) -> m.MapPoints:
        value = self.read(node.value or "", (*key, "value"), read_value)
        if value.dim.kind not in ("code", "text"):
            zh, en = "map 的 value 应是代码", "the value of a map must be a code"
            raise self.error("unit", zh, en, (*key, "value"))
        table = {name: self._points(p, (*key, "map", name)) for name, p in (node.map or {}).items()}
        otherwise = table.pop("else", None)
        allowed = self.scope.vocabulary.indicators[value.id].values if isinstance(value, f.Fact) else ()
        for name in table:
            if allowed and name not in allowed:
                raise self.error(
                    "name",
                    f"“{name}”不是该代码的值；可用：{'、'.join(allowed)}",
                    f"{name!r} is not a value of the code; use {', '.join(allowed)}",
                    (*key, "map", name),
                )
        if otherwise is None and (not allowed or set(allowed) - set(table)):
            left = "、".join(v for v in allowed if v not in table) or "其他值"
            zh, en = f"map 没有写全：还缺 {left}，可用 else", f"the map leaves out {left}; add them or else"
            raise self.error("score", zh, en, (*key, "map"))
        # a closed map has no other codes; naming one of its own points keeps the range as it is
        return m.MapPoints(value, table, next(iter(table.values())) if otherwise is None else otherwise)

    def _ladder(self, nodes: list[s.StepNode], key: Key) -> m.Ladder:
        if len(nodes) < 2 or nodes[-1].else_ is None or any(n.else_ is not None for n in nodes[:-1]):
            raise self.error("score", "ladder 最后一级且只有最后一级是 else", "a ladder ends with its only else", key)
        steps = tuple(self._step(n, (*key, i)) for i, n in enumerate(nodes[:-1]))
        return m.Ladder(steps, self._points(nodes[-1].else_, (*key, len(nodes) - 1)))

    def _step(self, node: s.StepNode, key: Key) -> m.Step:
        if node.when is None:
            raise self.error("score", "sum 里没有 else", "a sum has no else", key)
        return m.Step(self.read(node.when, (*key, "when")), self._points(node.points, (*key, "points")), node.title or "")

    def _points(self, value: Any, key: Key) -> m.Range:
        if isinstance(value, list):
            if len(value) != 2 or value[0] > value[1]:
                raise self.error("score", "专家区间写作 [低, 高]", "write an expert's range as [low, high]", key)
            return Fraction(value[0]), Fraction(value[1])
        return Fraction(value), Fraction(value)

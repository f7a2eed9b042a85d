"""From a checked pack file to a rule: every text read, every band in order, every error at its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keqiao.errors import PackError, RuleError
from keqiao.packs import schema as s
from keqiao.packs.yaml import Document, Key
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.dimensions import RATIO, describe
from keqiao.rules.reader import read_condition, read_value
from keqiao.rules.scope import ListMembers, RuleFace, Scope
from keqiao.rules.source import read_quantity
from keqiao.rules.vocabulary import Vocabulary

_ZERO = (Fraction(0), Fraction(0))


def face_of(pack: s.RulePack) -> RuleFace:
    """What other rules may ask of a pack's rule."""
    classes = tuple(pack.classes.order) if pack.classes is not None else ()
    return RuleFace(pack.id, True, bool(pack.scores), classes)


class Builder:
    """Builds the rule of one pack file."""

    def __init__(
        self,
        pack: s.RulePack,
        document: Document,
        vocabulary: Vocabulary,
        faces: Mapping[str, RuleFace],
        lists: Mapping[str, ListMembers],
    ) -> None:
        self.pack = pack
        self.document = document
        scores = {item.id for item in pack.scores} | {item.group for item in pack.scores if item.group}
        self.scope = Scope(
            vocabulary,
            pack.subject,
            {},
            frozenset(scores | {"total"}) if pack.scores else frozenset(),
            faces,
            lists,
            pack.kind == "scorecard",
        )
        self.ids: set[str] = set()

    def error(self, zh: str, en: str, key: Key) -> PackError:
        """A `PackError` at a place of the file."""
        return PackError(zh, en, self.document.where(key))

    def read(self, text: str, key: Key, reader: Callable[[str, Scope], f.Node] = read_condition) -> f.Node:
        """Read a rule text, its errors placed in the file."""
        try:
            return reader(text, self.scope)
        except RuleError as problem:
            raise problem.at(self.document.where(key)) from None

    def build(self) -> m.Rule:
        """The rule. Raises `PackError` or `RuleError` with file, line and column."""
        pack = self.pack
        self._define()
        weighting = self._weighting()
        items = tuple(self._item(item, i, weighting) for i, item in enumerate(pack.scores))
        require = self._tree(pack.require, ("require",), True) if pack.require is not None else None
        groups = {g.id: m.Title(g.title.zh, g.title.en or g.title_en) for g in pack.groups}
        self._check_groups(items, groups)
        return m.Rule(
            id=pack.id,
            kind=pack.kind,
            title=m.Title(pack.title.zh, pack.title.en),
            origin=m.Origin(pack.source.document, pack.source.number, pack.source.issuer, pack.source.date),
            recorded=pack.recorded,  # type: ignore[arg-type]
            status=pack.status,
            effective_from=pack.effective.from_,
            effective_to=pack.effective.to,
            subject=pack.subject,
            verify=pack.verify,
            require=require,
            items=items,
            groups=groups,
            caps={name: Fraction(cap) for name, cap in pack.caps.items()},
            weighting=weighting,
            classes=self._classes() if pack.classes is not None else None,
        )

    # ---- names -------------------------------------------------------------------------------

    def _define(self) -> None:
        """Read local names in the order in which they need each other."""
        texts = self.pack.define
        done: dict[str, f.Node] = {}
        self.scope.locals = done
        path: list[str] = []

        def visit(name: str) -> None:
            if name in done:
                return
            if name in path:
                circle = " → ".join([*path[path.index(name) :], name])
                raise self.error(
                    f"define 互相引用成环：{circle}", f"names refer to each other in a circle: {circle}", ("define", name)
                )
            path.append(name)
            for other in texts:
                if other != name and other in texts[name]:
                    visit(other)
            done[name] = self.read(texts[name], ("define", name), read_value)
            path.pop()

        for name in texts:
            if self.scope.vocabulary.find(name) is not None:
                raise self.error(
                    f"“{name}”已是词表里的指标，请换一个名称",
                    f"{name!r} is an indicator already; choose another name",
                    ("define", name),
                )
            visit(name)

    def _take_id(self, id: str, key: Key) -> str:
        if id in self.ids:
            raise self.error(f"编号“{id}”用了两次", f"the id {id!r} is used twice", key)
        self.ids.add(id)
        return id

    # ---- tree --------------------------------------------------------------------------------

    def _tree(self, node: s.Node, key: Key, top: bool = False) -> m.Tree:
        id = node.id or ("require" if top else "")
        if not id:
            raise self.error("这一组缺 id", "this group has no id", key)
        if not top:
            self._take_id(id, (*key, "id"))
        title = _title(node.title, node.title_en)
        if node.when is not None:
            when = self.read(node.when, (*key, "when"))
            return m.Clause(id, title, when, node.when, node.cite, node.verify, node.note)
        if node.none_of is not None:
            parts = tuple(self._flag(name, node, (*key, "none_of", i)) for i, name in enumerate(node.none_of))
            return m.Branch(id, title, "all", parts, node.cite, node.verify)
        if node.not_ is not None:
            return m.Branch(id, title, "not", (self._tree(node.not_, (*key, "not")),), node.cite, node.verify)
        kind = "all" if node.all is not None else "any"
        below = node.all or node.any or []
        return m.Branch(
            id, title, kind, tuple(self._tree(part, (*key, kind, i)) for i, part in enumerate(below)), node.cite, node.verify
        )

    def _flag(self, name: str, node: s.Node, key: Key) -> m.Clause:
        flag = self.read(name, key)
        if not isinstance(flag, f.Fact):
            raise self.error("none_of 里只写是否指标的名称", "none_of takes names of flags", key)
        indicator = self.scope.vocabulary.indicators[flag.id]
        title = m.Title(_without(indicator.label), f"no {indicator.english}" if indicator.english else None)
        id = self._take_id(flag.id, key)
        return m.Clause(id, title, f.Not(flag, at=flag.at), f"NOT {indicator.label}", node.cite, node.verify, node.note)

    # ---- scores ------------------------------------------------------------------------------

    def _item(self, item: s.ItemNode, index: int, weighting: m.Weighting | None) -> m.Item:
        key: Key = ("scores", index)
        self._take_id(item.id, (*key, "id"))
        if item.id == "total" or item.group == "total":
            raise self.error("total 是合计的名称，不能作编号", "total is the name of the sum, not of an item", key)
        form = self._form(item, key)
        weights = self._weights(item, weighting, key)
        return m.Item(
            item.id, _title(item.title, item.title_en), form, item.cite, item.group, item.verify, weights, _form_text(item)
        )

    def _check_groups(self, items: tuple[m.Item, ...], groups: Mapping[str, m.Title]) -> None:
        used = {item.group for item in items if item.group}
        for name in used & {item.id for item in items}:
            raise self.error(f"“{name}”既是得分项又是组", f"{name!r} is both an item and a group", ("scores",))
        for name in sorted((set(groups) | set(self.pack.caps)) - used):
            raise self.error(f"组“{name}”没有得分项", f"group {name!r} has no items", ("groups",))

    def _form(self, node: s.FormNode, key: Key) -> m.Form:
        if node.bands is not None:
            return self._bands(node, key)
        if node.map is not None:
            return self._map(node, key)
        if node.linear is not None:
            value, full = self._number(node.value, (*key, "value")), self._number(node.linear.full, (*key, "linear", "full"))
            self._same(value, full, (*key, "linear", "full"))
            return m.Linear(value, full, Fraction(node.linear.points))
        if node.ladder is not None:
            return self._ladder(node.ladder, (*key, "ladder"))
        if node.best is not None:
            return m.Best(tuple(self._form(part, (*key, "best", i)) for i, part in enumerate(node.best)))
        if node.sum is not None:
            steps = [self._step(step, (*key, "sum", i)) for i, step in enumerate(node.sum)]
            return m.Capped(tuple(steps), None if node.cap is None else Fraction(node.cap))
        value = self._number(node.mark, (*key, "mark"))
        if value.dim.name != "points":
            raise self.error("mark 应是分数", "mark must be points", (*key, "mark"))
        return m.Mark(value, Fraction(node.max or 0))

    def _number(self, text: str | None, key: Key) -> f.Node:
        node = self.read(text or "", key, read_value)
        if not node.dim.is_number:
            zh, en = describe(node.dim)
            raise self.error(f"这里应是数，得到的是{zh}", f"a number is expected here, not {en}", key)
        return node

    def _same(self, value: f.Node, other: f.Node, key: Key) -> None:
        if value.dim != other.dim:
            a, b = describe(value.dim), describe(other.dim)
            raise self.error(f"单位不合：value 是{a[0]}，这里是{b[0]}", f"value is {a[1]}, this is {b[1]}", key)

    def _bands(self, node: s.FormNode, key: Key) -> m.Bands:
        value = self._number(node.value, (*key, "value"))
        bands = node.bands or {}
        rests = [name for name in ("below", "above") if name in bands]
        if len(rests) != 1:
            raise self.error(
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
                raise self.error(f"档界“{name}”是{b[0]}，value 是{a[0]}", f"bound {name!r} is {b[1]}, value is {a[1]}", place)
            if bounds and not (literal.value > bounds[-1] if upper else literal.value < bounds[-1]):
                raise self.error(
                    f"档界要由{'小到大' if upper else '大到小'}排列且不重叠：“{name}”的位置不对",
                    f"bounds must {'rise' if upper else 'fall'} without overlap: {name!r} is out of order",
                    place,
                )
            bounds.append(literal.value)
        if not bounds or list(bands)[-1] != rests[0]:
            raise self.error(f"{rests[0]} 应写在最后，前面至少一档", f"{rests[0]} comes last, after at least one band", (*key, "bands"))
        points = tuple(self._points(p, (*key, "bands", name)) for name, p in bands.items())
        return m.Bands(value, tuple(bounds), points, upper)

    def _map(self, node: s.FormNode, key: Key) -> m.MapPoints:
        value = self.read(node.value or "", (*key, "value"), read_value)
        if value.dim.kind not in ("code", "text"):
            raise self.error("map 的 value 应是代码", "the value of a map must be a code", (*key, "value"))
        table = {name: self._points(p, (*key, "map", name)) for name, p in (node.map or {}).items()}
        otherwise = table.pop("else", None)
        allowed = ()
        if isinstance(value, f.Fact):
            allowed = self.scope.vocabulary.indicators[value.id].values
        for name in table:
            if allowed and name not in allowed:
                raise self.error(
                    f"“{name}”不是该代码的值；可用：{'、'.join(allowed)}",
                    f"{name!r} is not a value of the code; use {', '.join(allowed)}",
                    (*key, "map", name),
                )
        if otherwise is None and (not allowed or set(allowed) - set(table)):
            left = "、".join(v for v in allowed if v not in table) or "其他值"
            raise self.error(f"map 没有写全：还缺 {left}，可用 else", f"the map leaves out {left}; add them or else", (*key, "map"))
        return m.MapPoints(value, table, otherwise or _ZERO)

    def _ladder(self, nodes: list[s.StepNode], key: Key) -> m.Ladder:
        if len(nodes) < 2 or nodes[-1].else_ is None or any(n.else_ is not None for n in nodes[:-1]):
            raise self.error("ladder 最后一级且只有最后一级是 else", "a ladder ends with its only else", key)
        steps = tuple(self._step(n, (*key, i)) for i, n in enumerate(nodes[:-1]))
        return m.Ladder(steps, self._points(nodes[-1].else_, (*key, len(nodes) - 1)))

    def _step(self, node: s.StepNode, key: Key) -> m.Step:
        if node.when is None:
            raise self.error("sum 里没有 else", "a sum has no else", key)
        return m.Step(self.read(node.when, (*key, "when")), self._points(node.points, (*key, "points")), node.title or "")

    def _points(self, value: Any, key: Key) -> m.Range:
        if isinstance(value, list):
            if len(value) != 2 or value[0] > value[1]:
                raise self.error("专家区间写作 [低, 高]", "write an expert's range as [low, high]", key)
            return Fraction(value[0]), Fraction(value[1])
        return Fraction(value), Fraction(value)

    # ---- weights and classes -----------------------------------------------------------------

    def _weighting(self) -> m.Weighting | None:
        node = self.pack.weights
        if node is None:
            return None
        by = tuple(self.read(name, ("weights", "by", i), read_value) for i, name in enumerate(node.by))
        for i, part in enumerate(by):
            if part.dim.kind != "code":
                raise self.error("weights.by 应是代码，如 发展阶段", "weights.by must be a code", ("weights", "by", i))
        first = next((item.weight for item in self.pack.scores if item.weight), None)
        if first is None:
            raise self.error("写了 weights，但没有一项有 weight", "weights without any item weight", ("weights",))
        total = None if node.total is None else _ratio(node.total)
        rows = tuple(_rows(first, len(by)))
        weighting = m.Weighting(by, rows, total, self._covered(by, rows))
        self._check_totals(weighting)
        return weighting

    def _covered(self, by: tuple[f.Node, ...], rows: tuple[tuple[str, ...], ...]) -> bool:
        """Whether the rows are all combinations of the values of closed codes."""
        combinations: set[tuple[str, ...]] = {()}
        for part in by:
            values = self.scope.vocabulary.indicators[part.id].values if isinstance(part, f.Fact) else ()
            combinations = {(*row, value) for row in combinations for value in values}
        return combinations == set(rows)

    def _check_totals(self, weighting: m.Weighting) -> None:
        if weighting.total is None:
            return
        for row in weighting.rows:
            weights = [_weight(item.weight, row) for item in self.pack.scores if item.weight]
            total = sum((w for w in weights if w is not None), Fraction(0))
            if total != weighting.total:
                raise self.error(
                    f"“{'、'.join(row)}”的权重合计 {float(total):.4%}，应为 {float(weighting.total):.4%}",
                    f"the weights of {', '.join(row)} sum to {float(total):.4%}, not {float(weighting.total):.4%}",
                    ("weights",),
                )

    def _weights(
        self, item: s.ItemNode, weighting: m.Weighting | None, key: Key
    ) -> Mapping[tuple[str, ...], Fraction] | None:
        if item.weight is None:
            return None
        if weighting is None:
            raise self.error("有 weight 就要有 weights.by", "weight needs weights.by", (*key, "weight"))
        found: dict[tuple[str, ...], Fraction] = {}
        for row in weighting.rows:
            weight = _weight(item.weight, row)
            if weight is None:
                raise self.error(
                    f"缺“{'、'.join(row)}”的权重", f"the weight for {', '.join(row)} is missing", (*key, "weight")
                )
            if weight < 0:
                raise self.error("权重不能是负数；扣分请把 points 写成负数", "a weight cannot be negative; write negative points", (*key, "weight"))
            found[row] = weight
        return found

    def _classes(self) -> m.Classes:
        node = self.pack.classes
        assert node is not None
        by = self.read(node.by, ("classes", "by"), read_value)
        table: dict[str, dict[str, f.Node]] = {}
        texts: dict[str, dict[str, str]] = {}
        verify: set[tuple[str, str]] = set()
        for code, row in node.table.items():
            if list(row) != node.order[:-1]:
                raise self.error(
                    f"“{code}”应依次写 {'、'.join(node.order[:-1])}",
                    f"{code!r} needs {', '.join(node.order[:-1])} in this order",
                    ("classes", "table", code),
                )
            table[code], texts[code] = {}, {}
            for name, cell in row.items():
                place: Key = ("classes", "table", code, name)
                table[code][name] = self.read(cell.when, place)
                texts[code][name] = cell.when
                if cell.verify:
                    verify.add((code, name))
        labels = {name: m.Title(name) for name in node.order}
        labels |= {name: m.Title(t.zh, t.en) for name, t in node.labels.items()}
        return m.Classes(by, tuple(node.order), labels, table, texts, frozenset(verify), node.cite)


def _without(label: str) -> str:
    """The title of a clause that requires a flag to be false."""
    for start, instead in (("属于", "不属于"), ("列入", "未列入"), ("提供", "未提供"), ("不适用", "不属于不适用")):
        if label.startswith(start):
            return instead + label.removeprefix(start)
    return f"无{label}"


def _title(title: s.Titles | None, english: str | None) -> m.Title:
    return m.Title(title.zh if title else "", (title.en if title else None) or english)


def _ratio(value: object) -> Fraction:
    if isinstance(value, int | Decimal):
        return Fraction(value)
    text = str(value)
    try:
        return Fraction(text)
    except ValueError:
        literal = read_quantity(text)
        if literal.dimension != RATIO:
            raise RuleError(f"权重“{text}”应是比率，如 8%", f"the weight {text!r} must be a ratio such as 8%") from None
        return literal.value


def _rows(weight: Mapping[str, Any], depth: int) -> list[tuple[str, ...]]:
    if depth == 1:
        return [(code,) for code in weight]
    return [(code, *rest) for code, inner in weight.items() for rest in _rows(inner, depth - 1)]


def _weight(weight: Mapping[str, Any] | None, row: tuple[str, ...]) -> Fraction | None:
    found: Any = weight
    for code in row:
        if not isinstance(found, Mapping) or code not in found:
            return None
        found = found[code]
    return None if isinstance(found, Mapping) else _ratio(found)


def _form_text(node: s.FormNode) -> str:
    """The text of what an item measures, for readers."""
    if node.value is not None:
        return node.value
    if node.mark is not None:
        return node.mark
    steps = node.ladder or node.sum or []
    parts = [step.when for step in steps if step.when]
    parts += [_form_text(part) for part in node.best or []]
    return "；".join(parts)

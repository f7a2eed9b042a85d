"""From a checked pack file to a rule: every text read, every id used once, every error at its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from keqiao.errors import RuleError
from keqiao.packs import schema as s
from keqiao.packs.forms import FormBuilder
from keqiao.packs.messages import Fault
from keqiao.packs.weighting import WeightBuilder
from keqiao.packs.yaml import Document, Key
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.reader import read_condition, read_value
from keqiao.rules.scope import ListMembers, RuleFace, Scope
from keqiao.rules.vocabulary import Vocabulary


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
        *,
        blank: bool = False,
    ) -> None:
        """``blank`` keeps items of open weight as they are written, for a sheet to be filled in."""
        self.pack = pack
        self.blank = blank
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

    def error(self, code: str, zh: str, en: str, key: Key) -> Fault:
        """A fault at a place of the file; ``code`` is the check that refuses it."""
        return Fault(code, zh, en, self.document.where(key))

    def read(self, text: str, key: Key, reader: Callable[[str, Scope], f.Node] = read_condition) -> f.Node:
        """Read a rule text, its errors placed in the file."""
        try:
            return reader(text, self.scope)
        except RuleError as problem:
            raise problem.at(self.document.where(key)) from None

    def build(self) -> m.Rule:
        """The rule. Raises `Fault` or `RuleError` with file, line and column."""
        pack = self.pack
        self._define()
        forms, weights = FormBuilder(self), WeightBuilder(self, pack)
        items = tuple(self._item(item, i, forms, weights) for i, item in enumerate(pack.scores))
        require = self._tree(pack.require, ("require",), True) if pack.require is not None else None
        groups = {g.id: m.Title(g.title.zh, g.title.en or g.title_en) for g in pack.groups}
        self._check_groups(items, groups)
        return m.Rule(
            id=pack.id,
            kind=pack.kind,
            title=m.Title(pack.title.zh, pack.title.en),
            origin=m.Origin(pack.source.document, pack.source.number, pack.source.issuer, pack.source.date),
            recorded=pack.recorded or dt.date.min,  # the schema requires it
            status=pack.status,
            effective_from=pack.effective.from_,
            effective_to=pack.effective.to,
            subject=pack.subject,
            verify=pack.verify,
            require=require,
            items=items,
            groups=groups,
            caps={name: Fraction(cap) for name, cap in pack.caps.items()},
            weighting=weights.weighting if self.blank or not weights.open else None,
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
                zh, en = f"define 互相引用成环：{circle}", f"names refer to each other in a circle: {circle}"
                raise self.error("define", zh, en, ("define", name))
            path.append(name)
            for other in texts:
                if mentions(texts[name], other):
                    visit(other)
            done[name] = self.read(texts[name], ("define", name), read_value)
            path.pop()

        for name in texts:
            if self.scope.vocabulary.find(name) is not None:
                raise self.error(
                    "define",
                    f"“{name}”已是词表里的指标，请换一个名称",
                    f"{name!r} is an indicator already; choose another name",
                    ("define", name),
                )
            visit(name)

    def _take_id(self, id: str, key: Key) -> str:
        if id in self.ids:
            raise self.error("duplicate", f"编号“{id}”用了两次", f"the id {id!r} is used twice", key)
        self.ids.add(id)
        return id

    # ---- tree --------------------------------------------------------------------------------

    def _tree(self, node: s.Node, key: Key, top: bool = False) -> m.Tree:
        id = node.id or ("require" if top else "")
        if not id:
            raise self.error("schema", "这一组缺 id", "this group has no id", key)
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
        branches = tuple(self._tree(part, (*key, kind, i)) for i, part in enumerate(below))
        return m.Branch(id, title, kind, branches, node.cite, node.verify)

    def _flag(self, name: str, node: s.Node, key: Key) -> m.Clause:
        flag = self.read(name, key)
        if not isinstance(flag, f.Fact) or flag.shift:
            raise self.error("unit", "none_of 里只写是否指标的名称", "none_of takes names of flags", key)
        indicator = self.scope.vocabulary.indicators[flag.id]
        title = m.Title(_without(indicator.label), _english_without(indicator.english))
        id = self._take_id(flag.id, key)
        return m.Clause(id, title, f.Not(flag, at=flag.at), f"NOT {indicator.label}", node.cite, node.verify, node.note)

    # ---- scores ------------------------------------------------------------------------------

    def _item(self, item: s.ItemNode, index: int, forms: FormBuilder, weights: WeightBuilder) -> m.Item:
        key: Key = ("scores", index)
        self._take_id(item.id, (*key, "id"))
        if item.id == "total" or item.group == "total":
            zh, en = "total 是合计的名称，不能作编号", "total is the name of the sum, not of an item"
            raise self.error("duplicate", zh, en, key)
        form, weight = forms.build(item, key), weights.of(index)
        if weights.open and weight is not None and not self.blank:
            form, weight = weights.form_of(form), None
        return m.Item(
            item.id,
            _title(item.title, item.title_en),
            form,
            item.cite,
            item.group,
            item.verify,
            weight,
            _form_text(item),
        )

    def _check_groups(self, items: tuple[m.Item, ...], groups: Mapping[str, m.Title]) -> None:
        used = {item.group for item in items if item.group}
        for name in used & {item.id for item in items}:
            raise self.error("group", f"“{name}”既是得分项又是组", f"{name!r} is both an item and a group", ("scores",))
        places: dict[str, Key] = {name: ("caps", name) for name in self.pack.caps}
        places |= {group.id: ("groups", i) for i, group in enumerate(self.pack.groups)}
        for name, place in places.items():
            if name not in used:
                raise self.error("group", f"组“{name}”没有得分项", f"group {name!r} has no items", place)

    # ---- classes -----------------------------------------------------------------------------

    def _classes(self) -> m.Classes:
        node = self.pack.classes
        assert node is not None
        by = self.read(node.by, ("classes", "by"), read_value)
        if by.dim.kind not in ("code", "text"):
            raise self.error("unit", "classes.by 应是代码", "classes.by must be a code", ("classes", "by"))
        self._check_class_names(node, by)
        table: dict[str, dict[str, f.Node]] = {}
        texts: dict[str, dict[str, str]] = {}
        verify: set[tuple[str, str]] = set()
        for code, row in node.table.items():
            if list(row) != node.order[:-1]:
                raise self.error(
                    "class",
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

    def _check_class_names(self, node: s.ClassesNode, by: f.Node) -> None:
        """Classes are named once, labels belong to classes, rows to values of the code."""
        if len(node.order) < 2 or len(set(node.order)) < len(node.order):
            zh, en = "order 至少两类，且不重复", "order has at least two classes, each once"
            raise self.error("class", zh, en, ("classes", "order"))
        for name in node.labels:
            if name not in node.order:
                zh, en = f"order 里没有“{name}”这一类", f"there is no class {name!r} in order"
                raise self.error("class", zh, en, ("classes", "labels", name))
        values = self.scope.vocabulary.indicators[by.id].values if isinstance(by, f.Fact) else ()
        for code in node.table:
            if values and code not in values:
                zh = f"“{code}”不是该代码的值；可用：{'、'.join(values)}"
                en = f"{code!r} is not a value of the code; use {', '.join(values)}"
                raise self.error("class", zh, en, ("classes", "table", code))


def mentions(text: str, name: str) -> bool:
    """Whether a rule text uses a name as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _without(label: str) -> str:
    """The title of a clause that requires a flag to be false."""
    for start, instead in (("属于", "不属于"), ("列入", "未列入"), ("提供", "未提供"), ("不适用", "不属于不适用")):
        if label.startswith(start):
            return instead + label.removeprefix(start)
    return f"无{label}"


def _english_without(label: str | None) -> str | None:
    """The same in English: a list is one not to be on, anything else is absent."""
    if not label:
        return None
    return f"Not on the {label}" if label.endswith(" list") else f"No {label}"


def _title(title: s.Titles | None, english: str | None) -> m.Title:
    return m.Title(title.zh if title else "", (title.en if title else None) or english)


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

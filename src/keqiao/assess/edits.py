"""What differs between two versions of a rule: clauses, score items, bands, weights, caps, classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeVar

from keqiao.assess.answers_changes import Edit
from keqiao.assess.words import say_in, title_of
from keqiao.rules import model as m
from keqiao.rules.quantities import display_unit, plain, show
from keqiao.rules.text import Writer

T = TypeVar("T")


class Edits:
    """Compares two versions and tells every difference as texts in one language."""

    def __init__(self, old: m.Rule, new: m.Rule, old_writer: Writer, new_writer: Writer, language: str) -> None:
        self.old, self.new, self.language = old, new, language
        self.writers = old_writer, new_writer

    def all(self) -> tuple[Edit, ...]:
        """Every difference: the head, the conditions in written order, then scores and classes."""
        return (*self._head(), *self._tree(), *self._items(), *self._weights(), *self._caps(), *self._classes())

    def _say(self, zh: str, en: str) -> str:
        return say_in(self.language, zh, en)

    def _edit(self, part: str, id: str, title: str, old: str | None, new: str | None, cite: str | None = "") -> Iterator[Edit]:
        """An edit, where the texts differ; None stands for what is not there."""
        if old != new:
            kind = "added" if old is None else "removed" if new is None else "changed"
            yield Edit(kind, part, id, title, old or "", new or "", cite or "")

    # ---- head --------------------------------------------------------------------------------

    def _head(self) -> Iterator[Edit]:
        olds, news = self._head_of(self.old), self._head_of(self.new)
        for title, new in news.items():
            yield from self._edit("head", "", title, olds[title], new)

    def _head_of(self, rule: m.Rule) -> dict[str, str]:
        document = " ".join(str(part) for part in (rule.origin.document, rule.origin.number) if part)
        start = rule.effective_from.isoformat() if rule.effective_from else self._say("未载明", "not stated")
        end = rule.effective_to.isoformat() if rule.effective_to else self._say("未载明", "open")
        return {
            self._say("规则", "rule"): f"{rule.title.get(self.language)}（{rule.id}）",
            self._say("依据", "document"): document,
            self._say("施行", "in force from"): start,
            self._say("至", "to"): end,
            self._say("状态", "status"): rule.status,
        }

    # ---- conditions --------------------------------------------------------------------------

    def _tree(self) -> Iterator[Edit]:
        olds, news = _placed(self.old.require), _placed(self.new.require)
        for id in _merged(olds, news):
            old, new = olds.get(id), news.get(id)
            node, part = (new or old or ("", None))[1], "clause"
            assert node is not None
            if isinstance(node, m.Branch):
                part = "group"
            title = title_of(node, self.language)
            texts = [None if one is None else self._text(one[1], writer) for one, writer in zip((old, new), self.writers, strict=True)]
            yield from self._edit(part, id, title, texts[0], texts[1], node.cite)
            if old is not None and new is not None and old[0] != new[0]:
                yield from self._edit(part, id, title, self._inside(old[0], olds), self._inside(new[0], news), node.cite)

    def _inside(self, parent: str, nodes: Mapping[str, tuple[str, m.Tree]]) -> str:
        name = nodes[parent][1].title.get(self.language) if parent in nodes else ""
        return self._say(f"在“{name}”之内", f"within {name!r}") if name else self._say("在最外层", "at the top")

    def _text(self, node: m.Tree, writer: Writer) -> str:
        if isinstance(node, m.Clause):
            return writer.write(node.when)
        return self._say(*{"all": ("全部满足", "all of"), "any": ("满足其一", "any of"), "not": ("不得满足", "not")}[node.kind])

    # ---- scores ------------------------------------------------------------------------------

    def _items(self) -> Iterator[Edit]:
        olds, news = ({item.id: item for item in rule.items} for rule in (self.old, self.new))
        for id in _merged(olds, news):
            old, new = olds.get(id), news.get(id)
            one = new or old
            assert one is not None
            title = one.title.get(self.language)
            lines = [None if item is None else self._lines(item.form, writer) for item, writer in zip((old, new), self.writers, strict=True)]
            if lines[0] is None or lines[1] is None:
                whole = ["；".join(f"{k}：{v}" if k else v for k, v in found.items()) if found is not None else None for found in lines]
                yield from self._edit("item", id, title, whole[0], whole[1], one.cite)
                continue
            assert old is not None and new is not None
            yield from self._edit("item", id, title, self._group(self.old, old), self._group(self.new, new), one.cite)
            for key in _merged(lines[0], lines[1]):
                part = "band" if key else "item"
                yield from self._edit(part, id, f"{title} {key}".strip(), lines[0].get(key), lines[1].get(key), one.cite)

    def _group(self, rule: m.Rule, item: m.Item) -> str:
        name = "" if item.group is None else rule.groups[item.group].get(self.language) if item.group in rule.groups else item.group
        return self._say(f"属于“{name}”组", f"in group {name!r}") if name else self._say("不属于任何组", "in no group")

    def _lines(self, form: m.Form, writer: Writer) -> dict[str, str]:
        """A form as lines: what it measures under the empty key, then each band, code or step."""
        if isinstance(form, m.Bands):
            sign, unit = ("≤" if form.upper else "≥"), display_unit(form.value.dim.name)
            rows = {f"{sign} {show(bound, unit)}": self._points(p) for bound, p in zip(form.bounds, form.points, strict=False)}
            return {"": writer.write(form.value), **rows, self._rest(): self._points(form.points[-1])}
        if isinstance(form, m.MapPoints):
            codes = {code: self._points(points) for code, points in form.points.items()}
            return {"": writer.write(form.value), **codes, self._rest(): self._points(form.otherwise)}
        if isinstance(form, m.Linear):
            full = {self._say("满分值", "full at"): writer.write(form.full), self._say("满分", "full marks"): self._points((form.points, form.points))}
            return {"": writer.write(form.value), **full}
        if isinstance(form, m.Mark):
            return {"": writer.write(form.value), self._say("最高", "at most"): self._points((form.most, form.most))}
        if isinstance(form, m.Best):
            return {
                f"{self._say('算法', 'way')}{i} {key}".strip(): text
                for i, part in enumerate(form.forms, 1) for key, text in self._lines(part, writer).items()
            }  # fmt: skip
        steps = {writer.write(step.when): self._points(step.points) for step in form.steps}
        if isinstance(form, m.Ladder):
            return {**steps, self._rest(): self._points(form.otherwise)}
        cap = {} if form.cap is None else {self._say("封顶", "cap"): self._points((form.cap, form.cap))}
        return {**steps, **cap}

    def _rest(self) -> str:
        return self._say("其余", "otherwise")

    def _points(self, points: m.Range) -> str:
        low, high = (plain(end, 4) for end in points)
        return (low if low == high else f"{low}~{high}") + self._say("分", " points")

    def _weights(self) -> Iterator[Edit]:
        tables = [{item.id: item.weights or {} for item in rule.items} for rule in (self.old, self.new)]
        titles = {item.id: item.title.get(self.language) for rule in (self.old, self.new) for item in rule.items}
        for id in _merged(*tables):
            rows = [table.get(id, {}) for table in tables]
            if id not in tables[0] or id not in tables[1]:
                continue  # the item itself is told as added or removed
            for row in _merged(*rows):
                texts = [None if row not in found else _percent(found[row]) for found in rows]
                yield from self._edit("weight", id, f"{titles[id]} {'·'.join(row)}", texts[0], texts[1])

    def _caps(self) -> Iterator[Edit]:
        for group in _merged(self.old.caps, self.new.caps):
            title = (self.new.groups.get(group) or self.old.groups.get(group) or m.Title(group)).get(self.language)
            texts = [None if group not in rule.caps else self._points((rule.caps[group],) * 2) for rule in (self.old, self.new)]
            yield from self._edit("cap", group, title, texts[0], texts[1])

    # ---- classes -----------------------------------------------------------------------------

    def _classes(self) -> Iterator[Edit]:
        olds, news = (self._cells(rule, writer) for rule, writer in zip((self.old, self.new), self.writers, strict=True))
        for id in _merged(olds, news):
            yield from self._edit("class", id, id, olds.get(id), news.get(id))

    def _cells(self, rule: m.Rule, writer: Writer) -> dict[str, str]:
        if rule.classes is None:
            return {}
        labels = rule.classes.labels
        return {
            f"{code} {labels[name].get(self.language)}": writer.write(when)
            for code, row in rule.classes.table.items() for name, when in row.items()
        }  # fmt: skip


def _placed(tree: m.Tree | None, parent: str = "") -> dict[str, tuple[str, m.Tree]]:
    """Every clause and group by id, with the id of the group around it, in written order."""
    if tree is None:
        return {}
    found: dict[str, tuple[str, m.Tree]] = {tree.id: (parent, tree)}
    for part in tree.parts if isinstance(tree, m.Branch) else ():
        found |= _placed(part, tree.id)
    return found


def _merged(olds: Mapping[T, object], news: Mapping[T, object]) -> list[T]:
    """All keys in the order of the new, those that are gone after the one they followed."""
    found = list(news)
    before: T | None = None
    for key in olds:
        if key not in news:
            found.insert(found.index(before) + 1 if before in found else 0, key)
        before = key
    return found


def _percent(weight: Fraction) -> str:
    return plain(weight * 100, 4) + "%"

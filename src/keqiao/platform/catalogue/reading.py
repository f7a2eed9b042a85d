"""A rule read aloud: its conditions as a tree of sentences, its points as tables, its examples; without any values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from keqiao.errors import language, say
from keqiao.packs.lint.examples import written
from keqiao.packs.loader import Packs
from keqiao.platform.catalogue.shipped import packs, source_of
from keqiao.reports.prose import Prose
from keqiao.reports.wording import RuleView, Words
from keqiao.rules import model as m
from keqiao.rules.quantities import display_unit, plain, show
from keqiao.rules.text import Writer

#: Examples shown on a page; the workbook has all.
EXAMPLES = 12


@dataclass(frozen=True)
class _Day:
    """What `Prose` asks of a run: the packs and the day."""

    packs: Packs
    as_of: dt.date


@dataclass(frozen=True)
class _View:
    """What `Prose` asks of a rule of a run."""

    run: _Day
    rule: m.Rule
    words: Words
    score_names: Mapping[str, str]


def prose_of(rule: m.Rule, day: dt.date) -> Prose:
    """Writes the conditions of a rule as sentences in the current language."""
    spoken = language()
    names = {id: title.get(spoken) for id, title in rule.groups.items()}
    names |= {item.id: item.title.get(spoken) for item in rule.items}
    view = _View(_Day(packs(), day), rule, Words(spoken), names)
    return Prose(packs().vocabulary, cast(RuleView, view))


@dataclass(frozen=True)
class Line:
    """A clause or a group of the tree. ``kind`` is ``all``, ``any``, ``not`` or ``clause``."""

    id: str
    kind: str
    title: str
    sentence: str = ""
    text: str = ""
    cite: str = ""
    verify: bool = False
    note: str = ""
    parts: tuple[Line, ...] = ()

    @property
    def word(self) -> str:
        """How the parts of a group belong together."""
        words = {"all": ("全部满足", "all of"), "any": ("满足其一", "any of"), "not": ("不得满足", "none of")}
        return say(*words[self.kind]) if self.kind in words else ""


def tree_of(rule: m.Rule, day: dt.date) -> Line | None:
    """The conditions of a rule; None where it only scores or classifies."""
    if rule.require is None:
        return None
    return _line(rule.require, prose_of(rule, day), Writer(packs().vocabulary, language()))


def _line(node: m.Tree, prose: Prose, plain_text: Writer) -> Line:
    title = node.title.get(language())
    if isinstance(node, m.Clause):
        sentence, text = prose.write(node.when), plain_text.write(node.when)
        return Line(node.id, "clause", title, sentence, "" if text == sentence else text, node.cite or "", node.verify, node.note or "")
    parts = tuple(_line(part, prose, plain_text) for part in node.parts)
    return Line(node.id, node.kind, title, cite=node.cite or "", verify=node.verify, parts=parts)


# ---- points ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """One way to give points: what is measured, and (when, points) from top to bottom; ``note`` where there are no steps."""

    measured: str
    rows: tuple[tuple[str, str], ...]
    note: str = ""


@dataclass(frozen=True)
class Scored:
    """A score item: its group and title, the ways to give points (several: the best counts), and its weights."""

    id: str
    group: str
    title: str
    cite: str
    verify: bool
    marks: tuple[Marks, ...]
    weights: tuple[tuple[str, str], ...] = ()


def items_of(rule: m.Rule, day: dt.date) -> list[Scored]:
    """Every score item as tables."""
    prose, spoken = prose_of(rule, day), language()
    found = []
    for item in rule.items:
        group = rule.groups[item.group].get(spoken) if item.group and item.group in rule.groups else ""
        weights = tuple(("·".join(row), show(weight, "%")) for row, weight in (item.weights or {}).items())
        found.append(Scored(item.id, group, item.title.get(spoken), item.cite or "", item.verify, tuple(_marks(item.form, prose)), weights))
    return found


def caps_of(rule: m.Rule) -> list[tuple[str, str]]:
    """Groups with the most points that they may give."""
    return [(rule.groups[name].get(language()) if name in rule.groups else name, plain(cap, 4)) for name, cap in rule.caps.items()]


def _marks(form: m.Form, prose: Prose) -> Iterator[Marks]:
    rest = say("其余", "otherwise")
    if isinstance(form, m.Best):
        for part in form.forms:
            yield from _marks(part, prose)
    elif isinstance(form, m.Bands):
        sign = "≤" if form.upper else "≥"
        unit = _unit(form, prose)
        rows = [(f"{sign} {show(bound, unit, english=prose.english)}", _points(mark)) for bound, mark in zip(form.bounds, form.points, strict=False)]
        yield Marks(prose.write(form.value), (*rows, (rest, _points(form.points[-1]))))
    elif isinstance(form, m.MapPoints):
        yield Marks(prose.write(form.value), tuple((code, _points(mark)) for code, mark in form.points.items()))
    elif isinstance(form, m.Ladder | m.Capped) and form.steps:
        rows = [(prose.write(step.when), _points(step.points)) for step in form.steps]
        if isinstance(form, m.Ladder):
            yield Marks(say("满足的第一项", "the first that holds"), (*rows, (rest, _points(form.otherwise))))
        else:
            cap = "" if form.cap is None else say(f"，至多 {plain(form.cap, 4)} 分", f", at most {plain(form.cap, 4)}")
            yield Marks(say("各项相加", "the sum of") + cap, tuple(rows))
    else:
        yield Marks("", (), prose.item(form))


def _unit(form: m.Bands, prose: Prose) -> str:
    indicator = prose.vocabulary.indicators.get(getattr(form.value, "id", ""))
    return indicator.unit if indicator is not None and form.value.dim.is_number else display_unit(form.value.dim.name)


def _points(mark: tuple[Fraction, Fraction]) -> str:
    low, high = (plain(end, 4) for end in mark)
    return low if low == high else f"{low}～{high}"


# ---- classes ---------------------------------------------------------------------------------------


def classes_of(rule: m.Rule, day: dt.date) -> tuple[list[str], list[tuple[str, list[tuple[str, bool]]]]]:
    """The heads of the table of classes, and per code the conditions with whether they are to be verified."""
    if rule.classes is None:
        return [], []
    prose, names, spoken = prose_of(rule, day), rule.classes.order, language()
    heads = [prose.write(rule.classes.by), *(rule.classes.labels[name].get(spoken) for name in names)]
    rows = []
    for code, row in rule.classes.table.items():
        cells = [(prose.write(when), (code, name) in rule.classes.verify) for name, when in row.items()]
        rows.append((code, [*cells, (say("其余", "the rest"), False)]))
    return heads, rows


# ---- examples --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """An example as written: its title, the facts by label, what it is like, and what is expected."""

    title: str
    like: str
    facts: str
    expect: str


def examples_of(rule: m.Rule) -> list[Case]:
    """The examples of one version, in written order."""
    pack, document = source_of(rule)
    return [_case(rule, example) for example, _ in written(packs(), pack, document)]


def _case(rule: m.Rule, example: Any) -> Case:
    join = say("；", "; ")
    facts = [f"{_label(name)} {_value(raw)}" for name, raw in example.facts.items()]
    if example.holds is not None:
        held = [str(one.get("title")) if isinstance(one, Mapping) else str(one) for one in example.holds]
        facts.append(say("持有称号：", "titles: ") + (say("、", ", ").join(held) or say("没有", "none")))
    if example.as_of is not None:
        facts.append(say(f"评定日 {example.as_of}", f"as of {example.as_of}"))
    return Case(example.title, example.like or "", join.join(facts), join.join(_expected(rule, example.expect)))


def _label(name: str) -> str:
    found = packs().vocabulary.find(name)
    return name if found is None else say(found.label, found.english or found.id)


def _value(raw: object) -> str:
    if raw is None:
        return say("缺", "missing")
    if isinstance(raw, bool):
        return say("是", "yes") if raw else say("否", "no")
    if isinstance(raw, Mapping):
        return say("，", ", ").join(f"{year}：{_value(value)}" for year, value in raw.items())
    return str(raw)


_OUTCOMES = {"yes": ("符合", "met"), "no": ("不符合", "not met"), "unknown": ("缺资料", "data missing"), "refer": ("需人工", "for review")}


def _expected(rule: m.Rule, expect: Mapping[str, Any]) -> Iterator[str]:
    named = {node.id: node.title.get(language()) for node in (m.nodes(rule.require) if rule.require is not None else ())}
    named |= {item.id: item.title.get(language()) for item in rule.items}
    heads = {"outcome": ("结论", "outcome"), "score": ("总分", "score"), "missing": ("缺", "missing"), "class": ("类型", "class"), "classes": ("可能的类型", "classes")}
    for key, value in expect.items():
        if key == "items" and isinstance(value, Mapping):
            yield from (f"{named.get(id, id)} {_wanted(rule, mark)}" for id, mark in value.items())
        elif key == "missing" and not value:
            continue
        else:
            head = say(*heads[key]) if key in heads else named.get(key) or key
            yield f"{head} {_wanted(rule, value)}"


def _wanted(rule: m.Rule, value: Any) -> str:
    if isinstance(value, list):
        return say("、", ", ").join(_wanted(rule, one) for one in value)
    if isinstance(value, Mapping):
        return "～".join(str(one) for one in value.values())
    if str(value) in _OUTCOMES:
        return say(*_OUTCOMES[str(value)])
    labels = rule.classes.labels if rule.classes is not None else {}
    return labels[str(value)].get(language()) if str(value) in labels else _label(str(value))

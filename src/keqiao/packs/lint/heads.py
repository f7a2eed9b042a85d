"""Checks of single files: dates, citations, titles, local names, the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable

from keqiao.errors import KeqiaoError
from keqiao.packs import schema as s
from keqiao.packs.build import mentions
from keqiao.packs.lint.places import key_of, rule_texts, tree
from keqiao.packs.lint.report import LintReport, Unconfirmed
from keqiao.packs.loader import Packs
from keqiao.packs.records import check_record, counted, source_word
from keqiao.packs.yaml import Document, Key
from keqiao.rules import model as m
from keqiao.rules.quantities import MULTIPLIERS
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope


def check_head(pack: s.Head, document: Document, report: LintReport) -> None:
    """What every kind of file must have: when it was recorded, and a sensible period."""
    span = pack.effective
    if pack.recorded is None:
        zh, en = "缺 recorded：何时记入", "recorded is missing: the day it was written down"
        report.add("recorded", pack.id, document.where(()), zh, en)
    if span.from_ is not None and span.to is not None and span.to < span.from_:
        zh, en = f"截止日 {span.to} 早于施行日 {span.from_}", f"it ends on {span.to}, before it begins on {span.from_}"
        report.add("period", pack.id, document.where(("effective", "to")), zh, en)
    issued = pack.source.date
    if span.from_ is not None and issued is not None and span.from_ < issued and not pack.retroactive:
        zh = f"施行日 {span.from_} 早于文件日期 {issued}；确为追溯适用的，请写 retroactive: true"
        en = f"in force from {span.from_}, before its text of {issued}; write retroactive: true where that is meant"
        report.add("early", pack.id, document.where(("effective", "from")), zh, en)


def check_rule(pack: s.RulePack, document: Document, report: LintReport) -> None:
    """Citations, repeated titles and unused names of one rule, and notes on its standing."""
    _cites(pack, document, report)
    _titles(pack, document, report)
    used = [*rule_texts(pack), *pack.define.values()]
    for name in pack.define:
        if not any(mentions(text, name) for text in used):
            zh, en = f"define 的“{name}”没有用到", f"the local name {name!r} is not used"
            report.add("define-unused", pack.id, document.where(("define", name)), zh, en)
    if pack.effective.from_ is None:
        last = pack.effective.to
        zh = "没有写 effective.from，" + (f"{last} 及以前的日期都按有效处理" if last else "任何日期都按有效处理")
        en = "without effective.from it counts as in force on every day" + (f" up to {last}" if last else "")
        report.add("always", pack.id, document.where(("effective",)), zh, en)
    if pack.status == "illustrative":
        zh, en = "数字为示例，结论不得当作官方结果发布", "the figures are illustrative; not for publication"
        report.add("illustrative", pack.id, document.where(("status",)), zh, en)


def _cites(pack: s.RulePack, document: Document, report: LintReport) -> None:
    """Every clause, list of flags, score item and class table names its article."""
    missing: list[tuple[str, Key]] = []
    for node, key in tree(pack.require):
        if (node.when is not None or node.none_of is not None) and not node.cite:
            missing.append((node.id or "", key))
    missing += [(item.id, ("scores", i)) for i, item in enumerate(pack.scores) if not item.cite]
    if pack.classes is not None and not pack.classes.cite:
        missing.append(("classes", ("classes",)))
    for id, key in missing:
        zh, en = f"“{id}”没有写依据 cite", f"{id!r} has no cite: the article it is written from"
        report.add("cite", pack.id, document.where(key), zh, en)


def _titles(pack: s.RulePack, document: Document, report: LintReport) -> None:
    named = [(node.title.zh, key) for node, key in tree(pack.require) if node.title is not None]
    for titles in (named, [(item.title.zh, ("scores", i)) for i, item in enumerate(pack.scores)]):
        seen: set[str] = set()
        for title, key in titles:
            if title in seen:
                zh, en = f"标题“{title}”用了两次", f"the title {title!r} is used twice"
                report.add("duplicate", pack.id, document.where((*key, "title")), zh, en)
            seen.add(title)


def check_example_titles(found: Iterable[tuple[s.Example, str]], rule: str, report: LintReport) -> None:
    """Titles of examples are what `like` refers to, so each stands once."""
    seen: set[str] = set()
    for example, where in found:
        if example.title in seen:
            zh, en = f"算例标题“{example.title}”用了两次", f"the example title {example.title!r} is used twice"
            report.add("duplicate", rule, where, zh, en)
        seen.add(example.title)


def note_unconfirmed(rule: m.Rule, pack: s.RulePack, document: Document, packs: Packs, report: LintReport) -> None:
    """One note for all that is marked ``verify``, and each of them for the list of the unconfirmed."""
    ids = rule.unconfirmed()
    if not ids:
        return
    titles = {item.id: item.title.zh for item in rule.items}
    titles |= {node.id: node.title.zh for node in m.nodes(rule.require)} if rule.require is not None else {}
    for id in ids:
        key = ("verify",) if id == "source" else key_of(pack, id, packs.vocabulary)
        title = rule.origin.document or rule.title.zh if id == "source" else titles.get(id, id)
        report.unverified.append(Unconfirmed(rule.id, id, title, document.where(key)))
    zh, en = f"待核 {len(ids)} 处：{'、'.join(ids)}", f"{len(ids)} unconfirmed: {', '.join(ids)}"
    report.add("verify", rule.id, document.where(("verify",)), zh, en)


def note_file(pack: s.Head, document: Document, report: LintReport) -> None:
    """The note for a file that is no rule and is marked ``verify`` as a whole."""
    if pack.verify:
        where = document.where(("verify",))
        report.unverified.append(Unconfirmed(pack.id, "source", pack.source.document or pack.title.zh, where))
        report.add("verify", pack.id, where, "待核 1 处：source", "1 unconfirmed: source")


def check_list(pack: s.ListPack, document: Document, report: LintReport) -> None:
    """Members stand once."""
    for i, member in enumerate(pack.members):
        if member in pack.members[:i]:
            zh, en = f"名单里“{member}”写了两次", f"the member {member!r} is there twice"
            report.add("duplicate", pack.id, document.where(("members", i)), zh, en)


def check_vocabulary(pack: s.VocabularyPack, document: Document, packs: Packs, report: LintReport) -> None:
    """Names mean one indicator, units fit types, and the checks can be read."""
    for i, node in enumerate(pack.indicators):
        place: Key = ("indicators", i)
        for name in (node.id, node.label):
            other = packs.vocabulary.find(name)
            if other is None or other.id != node.id:
                taken = other.id if other is not None else "?"
                zh, en = f"名称“{name}”已属于指标 {taken}", f"the name {name!r} belongs to {taken} already"
                report.add("duplicate", pack.id, document.where(place), zh, en)
        if node.id in (earlier.id for earlier in pack.indicators[:i]):
            zh, en = f"指标“{node.id}”写了两次", f"the indicator {node.id!r} is there twice"
            report.add("duplicate", pack.id, document.where(place), zh, en)
        kind = packs.vocabulary.indicators[node.id].dimension.name
        if kind in MULTIPLIERS and node.unit not in MULTIPLIERS[kind]:
            known = "、".join(MULTIPLIERS[kind])
            zh = f"单位“{node.unit}”不合类型 {node.type}，可用：{known}"
            en = f"the unit {node.unit!r} does not fit {node.type}; use {known}"
            report.add("unit", pack.id, document.where((*place, "unit")), zh, en)
    for i, check in enumerate(pack.checks):
        try:
            read_condition(check.when, Scope(packs.vocabulary))
        except KeqiaoError as problem:
            report.add_error(problem.at(document.where(("checks", i, "when"))), pack.id, document.path.name)
    _check_records(pack, document, packs, report)


def _check_records(pack: s.VocabularyPack, document: Document, packs: Packs, report: LintReport) -> None:
    """Checks of records and what is counted from them can be read; sources name indicators that exist."""
    for i, node in enumerate(pack.records):
        for k, problem in check_record(node):
            where = document.where(("records", i, "checks", k, "when"))
            report.add_error(problem.at(where), pack.id, document.path.name)
    for i, indicator in enumerate(pack.indicators):
        if indicator.counted is not None:
            try:
                counted(indicator.counted, packs.vocabulary.indicators[indicator.id], packs.records)
            except KeqiaoError as problem:
                where = document.where(("indicators", i, "counted"))
                report.add_error(problem.at(where), pack.id, document.path.name)
    for i, source in enumerate(pack.sources):
        try:
            source_word(source, packs.vocabulary)
        except KeqiaoError as problem:
            report.add_error(problem.at(document.where(("sources", i))), pack.id, document.path.name)


def check_places(pack: s.PlacesPack, document: Document, packs: Packs, report: LintReport) -> None:
    """Every parent is a place, and no place lies within itself."""
    for i, node in enumerate(pack.nodes):
        seen = {node.id}
        parent = node.parent
        while parent is not None and parent in packs.places and parent not in seen:
            seen.add(parent)
            parent = packs.places[parent].parent
        if parent in seen:
            zh, en = f"“{node.name}”在自己之内", f"{node.id!r} lies within itself"
            report.add("cycle", pack.id, document.where(("nodes", i, "parent")), zh, en)
        elif parent is not None and not (len(parent) == 6 and parent.isdecimal()):
            zh, en = f"没有地点“{parent}”", f"there is no place {parent!r}"
            report.add("name", pack.id, document.where(("nodes", i, "parent")), zh, en)

"""What can be asked for one rule on one day: its questions, the rule compiled so that open questions stay open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from keqiao.assess.questions_asks import Ask, asks_of
from keqiao.assess.questions_careful import ASKED, careful_rule, column_of
from keqiao.assess.questions_parts import needs_of_nodes, parts_of
from keqiao.assess.questions_sample import Spans
from keqiao.errors import KeqiaoError
from keqiao.packs.loader import Packs, RuleHandle
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.calendar import months_before
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.closures.tree import Told
from keqiao.rules.closures.values import Case
from keqiao.rules.references import in_order
from keqiao.rules.trace import Trace

#: Columns and titles that an expression reads, and the scores and rules that it asks.
_Look = tuple[frozenset[str], tuple[f.Score | f.Points | f.Outcome | f.ClassAmong, ...]]


@dataclass(frozen=True, slots=True)
class View:
    """A rule with some questions answered.

    The careful trace and its outcome; the questions still ``open``, and those of them that are ``useful`` now, because
    what is undecided waits for them. ``live`` are the conditions that still can change the outcome, by identity; None
    where the rule is no tree of conditions, or asks other rules.
    """

    trace: Trace
    outcome: int
    open: tuple[str, ...] = ()
    useful: tuple[str, ...] = ()
    live: frozenset[int] | None = None


class Book:
    """One rule on one day. Raises `KeqiaoError` where it cannot be asked."""

    def __init__(self, handle: RuleHandle, as_of: dt.date, year: int) -> None:
        packs, id = handle.packs, handle.id
        self.handle, self.as_of, self.year, self.vocabulary = handle, as_of, year, packs.vocabulary
        _refuse_open_weights(packs, id, as_of)
        made: dict[str, m.Rule] = {}

        def find(asked: str) -> m.Rule:
            if asked not in made:
                made[asked] = careful_rule(packs.version(asked, as_of))
            return made[asked]

        self.rules = {rule.id: rule for rule in in_order(find(id), find)}
        self.rule = self.rules[id]
        self.code, env = compile_rule(self.rule, find)
        _refuse_peers(self.rule, bool(self.code.peers))
        self.asks = asks_of(list(self.rules.values()), packs.vocabulary)
        self.key_of = {column: ask.key for ask in self.asks.values() for column in ask.columns}
        self.parts = parts_of(list(self.rules.values()), env)
        self.titles = tuple(ask.columns[0] for ask in self.asks.values() if ask.indicators[0].is_title)
        self._slots = {column_of(fact, shift): slot for (fact, shift), slot in env.slots.items()}
        self._marks = {
            column_of(mark.removesuffix(ASKED), shift): slot for (mark, shift), slot in env.slots.items() if mark.endswith(ASKED)
        }
        self._looks: dict[int, _Look] = {}
        self._blank: Case = [None] * env.size[0]
        self._needs = {rule.id: needs_of_nodes(list(m.rule_nodes(rule))) for rule in self.rules.values()}

    # ---- cases -------------------------------------------------------------------------------

    def case(self, values: Mapping[str, Any], asked: Iterable[str]) -> Case:
        """The case of answered values by column; ``asked`` are the keys of what was answered or skipped."""
        case = self._blank.copy()
        case[0], case[1] = self.as_of.toordinal(), self.year
        case[2] = dict.fromkeys(self.titles)
        for key in asked:
            ask = self.asks[key]
            self.put(case, ask, [values.get(column) for column in ask.columns])
        return case

    def put(self, case: Case, ask: Ask, values: Iterable[Any]) -> None:
        """Answer one question in a case, in place; None is skipped."""
        for column, value in zip(ask.columns, values, strict=True):
            if column in self._slots:
                case[self._slots[column]] = value
            else:
                case[2] = {**case[2], column: value}
            if column in self._marks:
                case[self._marks[column]] = True

    def known(self, case: Case) -> frozenset[str]:
        """The columns and titles that have a value in a case."""
        facts = (column for column, slot in self._slots.items() if case[slot] is not None)
        return frozenset((*facts, *(title for title, spans in case[2].items() if spans is not None)))

    def trace(self, values: Mapping[str, Any]) -> Trace:
        """The rule itself on the answers, everything else missing."""
        code, reader = self.handle.compiled(self.as_of)
        case = reader.read_stored(values, self.as_of, self.year)
        case[2] = {title: values.get(title) for title in self.titles}
        trace = code.evaluate(case)
        trace.vocabulary = self.vocabulary
        return trace

    def title_answer(self, ask: Ask, spans: Spans) -> Spans:
        """What a holder answers: yes or no; within a time, the latest day in it."""
        day = self.as_of.toordinal()
        if ask.months is None:
            held = any((a is None or a <= day) and (b is None or day <= b) for a, b in spans)
            return ((None, None),) if held else ()
        first = months_before(day, ask.months)
        days = [a for a, _ in spans if a is not None and first <= a <= day]
        return ((max(days), None),) if days else ()

    # ---- what is open ------------------------------------------------------------------------

    def view(self, case: Case, asked: Iterable[str]) -> View:
        """Decide a case carefully and find which questions are left; outcomes but unknown are final."""
        trace = self.code.evaluate(case)
        if trace.outcome_code != m.UNKNOWN:
            return View(trace, trace.outcome_code)
        done = set(asked)
        open_ = {self.key_of[column] for column in self._open(trace)} - done
        missing = {id.removesuffix(ASKED) for id in trace.missing_ids}
        named = {key for key in open_ if any(i.id in missing for i in self.asks[key].indicators)}
        ordered = tuple(key for key in self.asks if key in open_)
        live = None
        if trace.told is not None and len(self.rules) == 1:
            live = frozenset(id(clause.when) for clause in _unknown(trace.told))
        return View(trace, trace.outcome_code, ordered, tuple(key for key in ordered if key in named), live)

    def _open(self, trace: Trace) -> set[str]:
        """Columns and titles that undecided clauses under undecided groups read, and items that are still a range."""
        rule = self.rule
        if trace.told is not None:
            found: set[str] = set()
            for clause in _unknown(trace.told):
                found |= self._of_nodes([clause.when], trace)
            return found
        if rule.classes is not None:
            rows = rule.classes.table
            row = None if trace.class_code is None else rows.get(trace.class_code)
            chosen = list(rows.values()) if row is None else [row]
            return self._of_nodes([rule.classes.by, *(node for row in chosen for node in row.values())], trace)
        return self._of_items({item.id for item in rule.items}, trace)

    def _of_nodes(self, nodes: Iterable[f.Node], trace: Trace) -> set[str]:
        found: set[str] = set()
        for node in nodes:
            needs, asks = self._look(node)
            found |= needs
            for part in asks:
                if isinstance(part, f.Score):
                    found |= self._of_items({i.id for i in self.rule.items if part.id in (i.id, i.group, "total")}, trace)
                else:
                    found |= self._everything(part.rule)
        return found

    def _look(self, node: f.Node) -> _Look:
        """What an expression reads, looked up by identity: the rule keeps its expressions as long as the book."""
        known = self._looks.get(id(node))
        if known is None:
            asks = tuple(part for part in f.walk(node) if isinstance(part, f.Score | f.Points | f.Outcome | f.ClassAmong))
            known = self._looks[id(node)] = (needs_of_nodes([node]), asks)
        return known

    def _of_items(self, ids: set[str], trace: Trace) -> set[str]:
        found: set[str] = set()
        for item, low, high in zip(self.rule.items, trace.lows, trace.highs, strict=True):
            if item.id in ids and low != high:
                found |= self._of_nodes(m.form_nodes(item.form), trace)
        if self.rule.weighting is not None:
            found |= self._of_nodes(self.rule.weighting.by, trace)
        return found

    def _everything(self, id: str) -> set[str]:
        rules = in_order(self.rules[id], self.rules.__getitem__)
        return {column for rule in rules for column in self._needs[rule.id]}


@lru_cache(maxsize=32)
def book_of(handle: RuleHandle, as_of: dt.date, year: int) -> Book:
    """The book of a rule, made once in a process for each day and year. Raises `KeqiaoError`."""
    return Book(handle, as_of, year)


def _unknown(told: Told) -> Iterator[m.Clause]:
    """Unknown clauses below groups that are unknown."""
    if told.outcome != m.UNKNOWN:
        return
    node = told.tree.node
    if told.parts is None and isinstance(node, m.Clause):
        yield node
    for part in told.parts or ():
        yield from _unknown(part)


def _refuse_open_weights(packs: Packs, id: str, day: dt.date) -> None:
    if id not in packs.complete(day):
        title = packs.version(id, day).title
        raise KeqiaoError(
            f"“{title.zh}”的权重没有公布，算不出分数，不能自测",
            f"the weights of {title.get('en')!r} are not published, so it gives no points and cannot be checked",
        )


def _refuse_peers(rule: m.Rule, compares: bool) -> None:
    if compares:
        raise KeqiaoError(
            f"“{rule.title.zh}”要与同行比较，一家企业的回答定不了，不能自测",
            f"{rule.title.get('en')!r} compares with peers; the answers of one enterprise cannot decide it",
        )

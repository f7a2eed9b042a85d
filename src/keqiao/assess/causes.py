"""Why an enterprise's outcome under a rule differs between two runs: the facts, the rule, or the day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from keqiao.assess.answers_changes import Cause
from keqiao.assess.facts_read import label_of, reads, value_text
from keqiao.assess.tables import Explainer, find_in
from keqiao.assess.words import say_in, title_of
from keqiao.engine.run import Run
from keqiao.rules import form as f
from keqiao.rules.closures.tree import Told
from keqiao.rules.model import NO, OUTCOMES, YES, Branch, Clause, Rule, rule_nodes
from keqiao.rules.text import Writer
from keqiao.rules.trace import Trace, points

_WORDS = {"yes": ("是", "yes"), "no": ("否", "no"), "unknown": ("未知", "unknown"), "refer": ("转人工", "refer")}
#: Facts that are named per clause; more would not be read.
_MOST = 6
Row = Mapping[str, Any]


def outcome_word(outcome: str, language: str) -> str:
    """One of the four outcomes to be read."""
    return say_in(language, *_WORDS[outcome])


class Causes:
    """Finds the causes under one rule; made once for two runs."""

    def __init__(self, before: Run, after: Run, id: str, language: str) -> None:
        self.before, self.after, self.language = before, after, language
        self.old, self.new = before.rule(id), after.rule(id)
        self._first, self._last = Explainer(before, self.old), Explainer(after, self.new)
        self._same = self.old == self.new
        # the new rule on the old facts and the old day tells whether the text alone would do it
        self._crossed = None if self._same else Explainer(before, self.new, find_in(after))
        self._asked = {
            one: (Explainer(before, before.packs.version(one, before.as_of)), Explainer(after, after.packs.version(one, after.as_of)))
            for one in _asked_by(self.old) & _asked_by(self.new)
        }
        self._writers = Writer(before.packs.vocabulary, language), Writer(after.packs.vocabulary, language)
        self._texts: dict[str, tuple[str, str]] = {}

    def of(self, old_row: Row, new_row: Row) -> tuple[Cause, ...]:
        """The causes for one enterprise, given its stored facts in both runs."""
        first, last = self._first.trace(old_row), self._last.trace(new_row)
        if first.in_force != last.in_force:
            words = [say_in(self.language, *(("有效", "in force") if one.in_force else ("不在有效期", "not in force"))) for one in (first, last)]
            what = say_in(self.language, "规则的有效期", "the rule's period")
            return (self._cause("day", "", what, what, words[0], words[1]),)
        found: list[Cause] = []
        if first.told is not None and last.told is not None:
            olds, news = _by_id(first.told), _by_id(last.told)
            for id in _turned(last.told, olds):
                found += self._of_clause(id, olds.get(id), news[id], old_row, new_row)
            found += self._gone(olds, news)
        return _merged(found) or tuple(self._of_rule(first, last, old_row, new_row))

    # ---- clauses -----------------------------------------------------------------------------

    def _of_clause(self, id: str, old: Told | None, new: Told, old_row: Row, new_row: Row) -> Iterator[Cause]:
        node = new.tree.node
        assert isinstance(node, Clause)
        title = title_of(node, self.language)
        after_text = self._writers[1].write(node.when)
        if old is None or not isinstance(old.tree.node, Clause):
            yield self._cause("rule", id, title, say_in(self.language, "新增条款", "new clause"), "", after_text)
            return
        outcomes = f"{outcome_word(OUTCOMES[old.outcome], self.language)}→{outcome_word(OUTCOMES[new.outcome], self.language)}"
        before_text = self._writers[0].write(old.tree.node.when)
        rewritten = old.tree.node.when != node.when
        if rewritten:
            yield self._cause("rule", id, title, say_in(self.language, "条款改了", "the clause changed"), before_text, after_text, outcomes)
            if self._crossed is not None:
                crossed = self._crossed.trace(old_row)
                if crossed.told is not None and _by_id(crossed.told)[id].outcome == new.outcome:
                    return
        found = list(self._of_facts(id, title, [node.when], self.new, old_row, new_row, outcomes))
        found += self._of_others(id, title, node.when, old_row, new_row, outcomes)
        if not found and not rewritten:
            found.append(self._of_day(id, title, node.when, new_row, outcomes))
        yield from found

    def _of_facts(
        self, id: str, title: str, nodes: list[f.Node], rule: Rule, old_row: Row, new_row: Row, text: str
    ) -> Iterator[Cause]:
        """What is read and differs; a score by its items that changed."""
        items = [part.id for node in nodes for part in f.walk(node) if isinstance(part, f.Score)]
        if items:
            yield from self._of_items(id, title, items, old_row, new_row, text)
        shown = 0
        years = (self.before.year, self.after.year)
        for read in reads(nodes, rule):
            old, new = (value_text(self.after.packs.vocabulary, row, read, self.language) for row in (old_row, new_row))
            if old != new and shown < _MOST:
                shown += 1
                year = None if years[0] == years[1] else years[1]
                yield self._cause("fact", id, title, label_of(self.after.packs.vocabulary, read, self.language, year), old, new, text)

    def _of_items(self, id: str, title: str, scores: list[str], old_row: Row, new_row: Row, text: str) -> Iterator[Cause]:
        first, last = self._first.trace(old_row), self._last.trace(new_row)
        olds = dict(zip((item.id for item in self.old.items), first.points, strict=True))
        for item, now in zip(self.new.items, last.points, strict=True):
            then = olds.get(item.id)
            if then != now and any(one in ("total", item.id, item.group) for one in scores):
                old = "" if then is None else _span(then)
                yield self._cause("points", id, title, item.title.get(self.language), old, _span(now), text)

    def _of_others(self, id: str, title: str, node: f.Node, old_row: Row, new_row: Row, text: str) -> Iterator[Cause]:
        """Rules that the clause asks and whose answer changed."""
        asked = {part.rule for part in f.walk(node) if isinstance(part, f.Points | f.Outcome | f.ClassAmong)}
        for one in sorted(asked & self._asked.keys()):
            first, last = self._asked[one][0].trace(old_row), self._asked[one][1].trace(new_row)
            old, new = self._answer(first), self._answer(last)
            if old != new:
                yield self._cause("other", id, title, last.title(self.language), old, new, text)

    def _answer(self, trace: Trace) -> str:
        parts = [outcome_word(trace.outcome, self.language)]
        if trace.total is not None:
            parts.append(_span(trace.total))
        if trace.classes is not None and len(trace.classes) == 1:
            parts.append(trace.classes[0])
        return " ".join(parts)

    def _of_day(self, id: str, title: str, node: f.Node, row: Row, text: str) -> Cause:
        held = [part.title for part in f.walk(node) if isinstance(part, f.Holds)]
        what = say_in(self.language, "评定日", "the day")
        if held:
            spans = "；".join(
                f"{label_of(self.after.packs.vocabulary, one, self.language)} {value_text(self.after.packs.vocabulary, row, one, self.language)}"
                for one in held
            )
            what += say_in(self.language, f"（{spans}）", f" ({spans})")
        return self._cause("day", id, title, what, self.before.as_of.isoformat(), self.after.as_of.isoformat(), text)

    def _gone(self, olds: Mapping[str, Told], news: Mapping[str, Told]) -> Iterator[Cause]:
        """Clauses that stood in the way and are no more."""
        for id, told in olds.items():
            node = told.tree.node
            if id not in news and isinstance(node, Clause) and told.outcome != YES:
                what = say_in(self.language, "取消条款", "clause dropped")
                yield self._cause("rule", id, title_of(node, self.language), what, self._writers[0].write(node.when), "")

    # ---- rules without clauses, and what no clause tells -------------------------------------

    def _of_rule(self, first: Trace, last: Trace, old_row: Row, new_row: Row) -> Iterator[Cause]:
        whole = say_in(self.language, "整条规则", "the whole rule")
        if not self._same:
            what = say_in(self.language, "规则换了版本", "another version of the rule")
            versions = (self.old.version, self.new.version)
            same = versions[0] == versions[1]  # the text was edited under the same first day
            yield self._cause("rule", "", whole, what, *(("", "") if same else versions))
        facts = [one for one in self._of_facts("", whole, list(rule_nodes(self.new)), self.new, old_row, new_row, "") if one.kind == "fact"]
        yield from facts
        if self._same and not facts:
            yield self._cause("day", "", whole, say_in(self.language, "评定日", "the day"), self.before.as_of.isoformat(), self.after.as_of.isoformat())

    def _cause(self, kind: str, clause: str, title: str, what: str, old: str, new: str, text: str = "") -> Cause:
        return Cause(kind, clause, title, what, old, new, text)


def _asked_by(rule: Rule) -> set[str]:
    return {
        part.rule for node in rule_nodes(rule) for part in f.walk(node) if isinstance(part, f.Points | f.Outcome | f.ClassAmong)
    }


def _by_id(told: Told) -> dict[str, Told]:
    found = {told.tree.node.id: told}
    for part in told.parts or ():
        found |= _by_id(part)
    return found


def _turned(told: Told, olds: Mapping[str, Told], kind: str = "all") -> Iterator[str]:
    """Ids of the clauses that turned, below groups that turned; new ones where they bear on their group."""
    node, old = told.tree.node, olds.get(told.tree.node.id)
    if old is not None and old.outcome == told.outcome:
        return
    if told.parts is None or not isinstance(node, Branch):
        if old is not None or told.outcome != (NO if kind == "any" else YES):
            yield node.id
        return
    for part in told.parts:
        yield from _turned(part, olds, node.kind)


def _span(ends: tuple[int, int]) -> str:
    low, high = (str(points(end)) for end in ends)
    return low if low == high else f"{low}~{high}"


def _merged(causes: list[Cause]) -> tuple[Cause, ...]:
    """One cause for several clauses is told once, with all their titles."""
    found: dict[tuple[str, str, str, str], Cause] = {}
    for one in causes:
        key = (one.kind, one.what, one.old, one.new)
        known = found.get(key)
        if known is None:
            found[key] = one
        elif one.clause not in known.clause.split(","):
            clause, title = f"{known.clause},{one.clause}", f"{known.title}；{one.title}"
            found[key] = Cause(one.kind, clause, title, one.what, one.old, one.new, known.text if known.text == one.text else "")
    return tuple(found.values())

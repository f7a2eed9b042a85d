"""The clauses that matter: why an enterprise is not a yes under a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from keqiao.reports.deciding import deciding
from keqiao.reports.prose import Prose
from keqiao.reports.values import Sides, Values
from keqiao.reports.wording import RuleView
from keqiao.rules import form as f
from keqiao.rules.closures.tree import Told
from keqiao.rules.model import NO, REFER, UNKNOWN, YES, Branch, Clause
from keqiao.rules.quantities import plain
from keqiao.rules.trace import Trace
from keqiao.rules.vocabulary import Vocabulary

_NO_SIDES = Sides()

#: Longer conditions are not repeated in every row; the sheet of definitions has them in full.
LONG = 90


@dataclass(frozen=True, slots=True)
class Reason:
    """One row: a failing clause, a clause that a person decides, or all that lacks data.

    ``outcome`` is NO, REFER or UNKNOWN; ``text`` what is required or, for UNKNOWN, what is missing.
    """

    outcome: int
    clause: str
    text: str
    sides: Sides = _NO_SIDES
    cite: str = ""
    mark: str = ""


@dataclass(slots=True)
class _Open:
    """What lacks data: names of clauses, their number, and the facts."""

    names: list[str] = field(default_factory=list)
    count: int = 0
    missing: set[str] = field(default_factory=set)
    doubtful: bool = False


@dataclass(slots=True)
class _Case:
    """One enterprise under the rule, and what was found so far."""

    trace: Trace
    row: Mapping[str, Any]
    found: list[Reason] = field(default_factory=list)
    gaps: _Open = field(default_factory=_Open)


class Because:
    """Finds the reasons of one rule. Keeps the texts of clauses, which are the same for all enterprises."""

    def __init__(self, vocabulary: Vocabulary, rule: RuleView) -> None:
        self.vocabulary = vocabulary
        self.rule = rule
        self.say = rule.words.say
        self.join = rule.words.join
        self.values = Values(vocabulary, rule)
        self.prose = Prose(vocabulary, rule)
        self._texts: dict[str, str] = {}
        self._doubts: dict[str, bool] = {}

    def reasons(self, trace: Trace, row: Mapping[str, Any]) -> list[Reason]:
        """The reasons in the rule's order, what lacks data last; none for a yes or a rule not in force."""
        if trace.outcome_code == YES or not trace.in_force:
            return []
        if trace.told is not None:
            into = _Case(trace, row)
            self._walk(trace.told, "", False, into)
            if into.gaps.count:
                into.found.append(self._unknown(into.gaps, ("项条件", "condition"), row))
            return into.found
        return [self._of_classes(trace, row) if trace.classes is not None else self._of_scores(trace, row)]

    # ---- trees -------------------------------------------------------------------------------

    def _walk(self, told: Told, path: str, doubtful: bool, into: _Case) -> None:
        """Only parts that share the group's outcome matter; referred ones also where others lack data."""
        node = told.tree.node
        doubtful = doubtful or node.verify
        if told.parts is None:
            assert isinstance(node, Clause)
            self._leaf(told, node, path, doubtful, into)
            return
        assert isinstance(node, Branch)
        if node.kind == "not":
            self._negated(told, node, path, doubtful, into)
            return
        wanted = (UNKNOWN, REFER) if told.outcome == UNKNOWN else (told.outcome,)
        title = node.title.get(self.rule.words.language)
        whole = _leaves(told) if title and told.outcome == UNKNOWN else []
        if len(whole) > 1 and all(leaf.outcome == UNKNOWN for leaf in whole):
            into.gaps.names.append(self._group_name(title, node.kind, len(whole)))
            for leaf in whole:
                self._gap(leaf, doubtful, into.gaps)
            return
        inner = path
        if title:
            inner = path + title + (self.say("（任一）", " (any)") if node.kind == "any" else "") + " › "
        for part in told.parts:
            if part.outcome in wanted:
                self._walk(part, inner, doubtful, into)

    def _group_name(self, title: str, kind: str, count: int) -> str:
        if kind == "any":
            return self.say(f"{title}（{count}项任一）", f"{title} (any of {count})")
        return self.say(f"{title}（{count}项）", f"{title} ({count})")

    def _leaf(self, told: Told, node: Clause, path: str, doubtful: bool, into: _Case) -> None:
        if told.outcome == UNKNOWN:
            self._gap(told, doubtful, into.gaps)
            into.gaps.names.append(self._open_name(told, node))
            return
        sides = Sides(left=self.say("待人工判断", "for a person to judge"))
        if told.outcome == NO:
            sides = self.values.of(told, into.trace, into.row)
        title = path + (node.title.get(self.rule.words.language) or node.id)
        text = self._text(node, into.row)
        into.found.append(Reason(told.outcome, title, text, sides, node.cite or "", self._mark(node, doubtful)))

    def _open_name(self, told: Told, node: Clause) -> str:
        """The clause; of a score that is still a range also where it stands."""
        title = node.title.get(self.rule.words.language) or node.id
        if isinstance(node.when, f.Compare) and isinstance(told.left, tuple) and isinstance(node.when.left, f.Score):
            low, high = (Fraction(end, 10_000) for end in told.left)
            now = self.values.number((low, high), "分")
            return self.say(f"{title}（现为{now}）", f"{title} (now {now})")
        return title

    def _gap(self, leaf: Told, doubtful: bool, gaps: _Open) -> None:
        gaps.count += 1
        if leaf.gaps is not None:
            gaps.missing |= leaf.gaps.missing
        node = leaf.tree.node
        assert isinstance(node, Clause)
        gaps.doubtful = gaps.doubtful or doubtful or self._doubtful(node)

    def _negated(self, told: Told, node: Branch, path: str, doubtful: bool, into: _Case) -> None:
        """A group that must not hold: undecided like its part, or failing because its part holds."""
        assert told.parts is not None
        language = self.rule.words.language
        if told.outcome == UNKNOWN:
            into.gaps.names.append(node.title.get(language) or self.join(leaf.tree.node.title.get(language) for leaf in _leaves(told)))
            for leaf in _leaves(told):
                if leaf.outcome == UNKNOWN:
                    self._gap(leaf, doubtful, into.gaps)
            return
        if told.outcome == REFER:
            self._walk(told.parts[0], path, doubtful, into)
            return
        inner = [leaf.tree.node for leaf in _leaves(told)]
        nodes = [part.when for part in inner if isinstance(part, Clause)]
        title = path + (node.title.get(language) or self.join(part.title.get(language) for part in inner))
        text = self.say("不得：", "must not hold: ") + self.join(self.prose.write(when) for when in nodes)
        sides = Sides(left=self.rule.words.more(self.values.facts(nodes, into.row)))
        into.found.append(Reason(NO, title, text, sides, node.cite or inner[0].cite or "", self._mark(node, doubtful)))

    def _text(self, node: Clause, row: Mapping[str, Any]) -> str:
        """The condition in words; of a CASE the branch that decides."""
        whole = self._texts.get(node.id)
        if whole is None:
            whole = self._texts[node.id] = self.prose.write(node.when)
        if len(whole) <= LONG:
            return whole
        parts = list(deciding(node.when, row))
        short = self.rule.words.more(self.prose.write(part) for part in parts)
        if len(short) <= LONG:
            return short
        return self.say("条件较长，全文见“口径说明”", "a long condition: see the sheet of definitions")

    def _doubtful(self, node: Clause) -> bool:
        """Whether the clause reads a score with unconfirmed items."""
        found = self._doubts.get(node.id)
        if found is None:
            scores = [part for part in f.walk(node.when) if isinstance(part, f.Score)]
            found = self._doubts[node.id] = any(self.rule.doubtful_items(score.id) for score in scores)
        return found

    def _mark(self, node: Clause | Branch, doubtful: bool) -> str:
        return self._marked(doubtful or (isinstance(node, Clause) and self._doubtful(node)))

    def _marked(self, doubtful: bool) -> str:
        if self.rule.illustrative:
            return self.say("示例", "illustrative")
        return self.say("待核", "to confirm") if doubtful else ""

    # ---- what lacks data ---------------------------------------------------------------------

    def _unknown(self, gaps: _Open, what: tuple[str, str], row: Mapping[str, Any]) -> Reason:
        names, count = self.join(gaps.names), gaps.count
        zh, en = what[0], what[1] + ("s" if count > 1 else "")
        if gaps.missing:
            head = self.say(f"未知：{count}{zh}缺数据：{names}", f"Unknown: data missing for {count} {en}: {names}")
        else:
            head = self.say(f"未知：{count}{zh}无法计算：{names}", f"Unknown: {count} {en} that cannot be computed: {names}")
        return Reason(UNKNOWN, head, self._lacking(gaps.missing, row), mark=self._marked(gaps.doubtful))

    def _lacking(self, missing: set[str], row: Mapping[str, Any]) -> str:
        if not missing:
            return self.say("数据已有，但分母或基数为零，比率没有意义", "nothing is missing, but a base is zero and the ratio undefined")
        labels = self.join(self.values.wanted(id, row) for id in self.vocabulary.sort(missing))
        return self.say(f"缺：{labels}", f"missing: {labels}")

    def _of_scores(self, trace: Trace, row: Mapping[str, Any]) -> Reason:
        language = self.rule.words.language
        items = [item for item, (low, high) in zip(self.rule.rule.items, trace.points, strict=True) if low != high]
        names = [item.title.get(language) for item in items]
        if len(items) == len(self.rule.rule.items) > 1:
            names = [self.say("全部指标", "every item")]
        doubtful = any(item.verify for item in items)
        if trace.outcome_code == REFER:
            title = self.say(f"转人工：待判断{len(items)}项指标：", f"Refer: to be judged ({len(items)}): ") + self.join(names)
            return Reason(REFER, title, "", Sides(left=self._total(trace)), mark=self._marked(doubtful))
        gaps = _Open(names, len(items), trace.missing_ids, doubtful)
        found = self._unknown(gaps, ("项指标", "item"), row)
        return Reason(UNKNOWN, found.clause, found.text, Sides(left=self._total(trace)), mark=found.mark)

    def _total(self, trace: Trace) -> str:
        assert trace.total is not None
        low, high = (plain(Fraction(end, 10_000), 2) for end in trace.total)
        return self.say(f"总分{low}~{high}分", f"total {low}~{high} points")

    def _of_classes(self, trace: Trace, row: Mapping[str, Any]) -> Reason:
        classes = self.rule.rule.classes
        assert classes is not None and trace.classes is not None
        names = [classes.labels[name].get(self.rule.words.language) for name in trace.classes]
        if len(names) == len(classes.order):
            head = self.say("未知：各类型均有可能", "Unknown: every class is possible")
        else:
            head = self.say("未知：可能为", "Unknown: may be ") + self.say("或", " or ").join(names)
        doubtful = any(code == trace.class_code for code, _ in classes.verify)
        mark = self._marked(doubtful)
        return Reason(trace.outcome_code, head, self._lacking(trace.missing_ids, row), cite=classes.cite or "", mark=mark)


def _leaves(told: Told) -> list[Told]:
    if told.parts is None:
        return [told]
    return [leaf for part in told.parts for leaf in _leaves(part)]

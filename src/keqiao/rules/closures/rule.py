"""A whole rule as closures: scores first, then the tree or the classes, then the trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from keqiao.rules.closures.compile import condition, value
from keqiao.rules.closures.scores import Measured, Points, Scored, compile_form
from keqiao.rules.closures.sums import Sums
from keqiao.rules.closures.tree import compile_tree, undecided, waiting
from keqiao.rules.closures.values import Case, Env, Gaps, Get, Value, Why
from keqiao.rules.form import Compare, Quantity, Score, walk
from keqiao.rules.model import NO, UNKNOWN, YES, Clause, Rule, leaves
from keqiao.rules.references import effective_status, in_order
from keqiao.rules.trace import Trace

_ONE = Fraction(1)


class RuleCode:
    """One rule compiled for single cases.

    ``others`` are the rules it asks, already compiled into the same case. Use `evaluate` on a case
    made by `keqiao.rules.case.CaseReader`.
    """

    def __init__(self, rule: Rule, env: Env, status: str | None = None) -> None:
        self.rule = rule
        self.status = status or rule.status
        self.names = [item.id for item in rule.items]
        self._sums = Sums(rule, env)
        inner = env.inside(self._sums.slots, {})
        self._rows = self._compile_rows(inner)
        self._gets = [[item.get for item in row] for row in self._rows]
        self._weights = [value(node, inner) for node in rule.weighting.by] if rule.weighting else []
        self._row_of = {row: i for i, row in enumerate(rule.weighting.rows)} if rule.weighting else {}
        self.peers = inner.peers
        self._why = self._score_gaps()
        inner.score_gaps.update(self._why)
        self._tree = compile_tree(rule.require, inner) if rule.require is not None else None
        self._classes = _ClassCode(rule, inner) if rule.classes is not None else None
        self.pass_mark = _pass_mark(rule)
        self.unconfirmed = tuple(rule.unconfirmed())
        self._first = (rule.effective_from or dt.date.min).toordinal()
        self._last = (rule.effective_to or dt.date.max).toordinal()

    def _compile_rows(self, env: Env) -> list[list[Scored]]:
        if self.rule.weighting is None:
            return [[compile_form(item.form, _ONE, env) for item in self.rule.items]]
        return [
            [
                compile_form(item.form, item.weights[row] if item.weights else _ONE, env)
                for item in self.rule.items
            ]
            for row in self.rule.weighting.rows
        ]

    # ---- scores ------------------------------------------------------------------------------

    def _possible_rows(self, c: Case) -> list[int]:
        """The rows of weights that the known codes leave."""
        if not self._weights:
            return [0]
        codes = [part.get(c) for part in self._weights]
        exact = self._row_of.get(tuple(codes))
        if exact is not None:
            return [exact]
        fits = [
            i for row, i in self._row_of.items() if all(a is None or a == b for a, b in zip(codes, row, strict=True))
        ]
        return fits or list(self._row_of.values())

    def score(self, c: Case) -> None:
        """Compute all items, groups and the total into the case's slots."""
        if not self.names:
            return
        rows = self._possible_rows(c)
        if len(rows) == 1:
            self._sums.store(c, [get(c) for get in self._gets[rows[0]]])
            return
        every = [[get(c) for get in self._gets[row]] for row in rows]
        totals = [self._sums.add(found) for found in every]
        items = [(min(p[i][0] for p in every), max(p[i][1] for p in every)) for i in range(len(self.names))]
        self._sums.store(c, items, totals)

    def _score_gaps(self) -> dict[str, Why]:
        def of_items(choose: Callable[[Case, int], list[int]]) -> Why:
            def gaps(c: Case, g: Gaps) -> None:
                rows = self._possible_rows(c)
                if len(rows) > 1:  # which weights apply is open, and no judgement settles that
                    g.unknown = True
                    for part in self._weights:
                        if part.get(c) is None:
                            part.gaps(c, g)
                for row in rows:
                    for i in choose(c, row):
                        scored = self._rows[row][i]
                        low, high = scored.get(c)
                        if low != high:
                            scored.gaps(c, g)

            return gaps

        def of_one(i: int) -> Why:
            return of_items(lambda c, row: [i])

        table = {id: of_one(i) for i, id in enumerate(self.names)}
        for group, members, _ in self._sums.groups:
            if group is not None:
                table[group] = of_items(lambda c, row, members=members: members)  # type: ignore[misc]
        table["total"] = of_items(lambda c, row: self._sums.open_members([get(c) for get in self._gets[row]]))
        return table

    def measures(self, c: Case) -> list[Measured | None]:
        """Per item what it measures; None where it asks conditions, or the row of weights is open."""
        rows = self._possible_rows(c)
        return [scored.measure(c) for scored in self._rows[rows[0]]]

    # ---- what other rules ask ----------------------------------------------------------------

    def total(self, c: Case) -> Points | None:
        """Low and high of the total in 1/10000 points; None where the rule is not in force."""
        if not self._applies(c):
            return None
        self.score(c)
        low, high = self._sums.slots["total"]
        return c[low], c[high]

    def total_gaps(self, c: Case, g: Gaps) -> None:
        """Why the total is a range."""
        self.score(c)
        self._why["total"](c, g)

    def outcome(self, c: Case) -> int:
        """The outcome code alone."""
        return self.evaluate(c).outcome_code

    def missing(self, c: Case) -> set[str]:
        """What an unknown outcome waits for."""
        return set(self.evaluate(c).missing_ids)

    def possible_classes(self, c: Case) -> list[str] | None:
        """The classes still possible; None where the rule is not in force."""
        if self._classes is None or not self._applies(c):
            return None
        return self._classes.possible(c)[0]

    def _applies(self, c: Case) -> bool:
        day: int = c[0]
        return self._first <= day <= self._last

    # ---- the case ------------------------------------------------------------------------------

    def evaluate(self, c: Case, id: str = "") -> Trace:
        """Decide the case and keep why."""
        trace = Trace(self, id, c[0], c[1])
        if not self._applies(c):
            trace.outcome_code = NO
            trace.in_force = False
            return trace
        trace.case = c
        self.score(c)
        if self.names:
            trace.lows, trace.highs, trace.total = self._sums.read(c)
        if self._tree is not None:
            told = trace.told = self._tree.tell(c)
            trace.outcome_code = told.outcome
            if told.outcome == UNKNOWN:
                waiting(told, trace.missing_ids)
        elif self._classes is not None:
            self._classify(trace, c)
        else:
            self._judge_score(trace, c)
        return trace

    def _classify(self, trace: Trace, c: Case) -> None:
        assert self._classes is not None
        trace.classes, gaps, trace.class_tests = self._classes.possible(c)
        trace.class_code = self._classes.by.get(c)
        if len(trace.classes) == 1:
            trace.outcome_code = YES
            return
        trace.outcome_code = undecided(gaps)
        if trace.outcome_code == UNKNOWN:
            trace.missing_ids |= gaps.missing

    def _judge_score(self, trace: Trace, c: Case) -> None:
        """A rule of scores alone is decided when its total is certain."""
        assert trace.total is not None
        if trace.total[0] == trace.total[1]:
            trace.outcome_code = YES
            return
        gaps = Gaps()
        self._why["total"](c, gaps)
        trace.outcome_code = undecided(gaps)
        if trace.outcome_code == UNKNOWN:
            trace.missing_ids |= gaps.missing


class _ClassCode:
    """A classification compiled: the classes still possible, and what they wait for."""

    def __init__(self, rule: Rule, env: Env) -> None:
        assert rule.classes is not None
        self.order = rule.classes.order
        self.by: Value = value(rule.classes.by, env)
        self.table: dict[str, list[tuple[str, Get, Why]]] = {}
        for code, row in rule.classes.table.items():
            made = [(name, condition(node, env)) for name, node in row.items()]
            self.table[code] = [(name, part.test, part.gaps) for name, part in made]

    def possible(self, c: Case) -> tuple[list[str], Gaps, list[tuple[str, bool | None]]]:
        """Possible classes in order, the gaps, and the tests made with their results."""
        gaps = Gaps()
        code = self.by.get(c)
        if code is None:
            self.by.gaps(c, gaps)
            return list(self.order), gaps, []
        row = self.table.get(code)
        if row is None:  # a code outside the table cannot be classified, whatever else is known
            gaps.unknown = True
            return list(self.order), gaps, []
        found: list[str] = []
        tests: list[tuple[str, bool | None]] = []
        for name, test, why in row:
            holds = test(c)
            tests.append((name, holds))
            if holds is None:
                why(c, gaps)
                found.append(name)
            elif holds:
                return [*found, name], gaps, tests
        return [*found, self.order[-1]], gaps, tests


def _pass_mark(rule: Rule) -> Fraction | None:
    """The threshold that the rule compares its total with, where there is one."""
    for clause in leaves(rule.require) if rule.require is not None else ():
        found = _total_threshold(clause)
        if found is not None:
            return found
    return None


def _total_threshold(clause: Clause) -> Fraction | None:
    for node in walk(clause.when):
        if isinstance(node, Compare) and node.left == Score("total") and isinstance(node.right, Quantity):
            return node.right.value
    return None


def compile_rule(
    rule: Rule, find: Callable[[str], Rule], env: Env | None = None
) -> tuple[RuleCode, Env]:
    """Compile a rule and the rules it asks into one case.

    ``find`` gives the version of another rule that belongs to the same day. Returns the compiled
    rule and the environment whose slots a `CaseReader` fills.
    """
    env = env or Env()
    compiled: dict[str, RuleCode] = {}
    for one in in_order(rule, find):
        inner = Env(env.slots, {}, {}, compiled, env.size, env.peers)
        compiled[one.id] = RuleCode(one, inner, effective_status(in_order(one, find)))
    return compiled[rule.id], env

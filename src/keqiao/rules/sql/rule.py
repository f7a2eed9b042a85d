"""A whole rule lowered: scores, clauses with margins, groups, classes, outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.closures.scores import stored
from keqiao.rules.dimensions import SCALES
from keqiao.rules.model import NO, REFER, UNKNOWN, YES
from keqiao.rules.references import in_order
from keqiao.rules.sql import values as v
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.lower import Facts, Lowering
from keqiao.rules.sql.scores import Pts, lower_item
from keqiao.rules.sql.values import Cond, Num, Plain, Span

#: Margins of compound dimensions (money per person) are kept in 1/10⁸ of base units.
MARGIN_SCALE = 10**8


@dataclass(slots=True)
class Lowered:
    """What a rule gives per row.

    ``outcome`` is a code of `model.OUTCOMES`; ``clauses`` maps clause and group ids to outcome
    codes, ``margins`` clause ids to whole numbers (NULL where the side is open); ``items`` and
    ``total`` are points in 1/10000; ``possible`` says per class whether it is still possible.
    """

    outcome: X
    clauses: dict[str, X] = field(default_factory=dict)
    margins: dict[str, X] = field(default_factory=dict)
    items: dict[str, tuple[X, X]] = field(default_factory=dict)
    total: Span | None = None
    possible: dict[str, X] | None = None
    class_: X | None = None


class RuleLowering:
    """Lowers one rule for one day within a graph shared with other rules."""

    def __init__(self, rule: m.Rule, low: Lowering) -> None:
        self.rule, self.low, self.g = rule, low, low.g
        self.found = Lowered(self.g.number(NO))

    def run(self) -> Lowered:
        """Lower the rule."""
        if not self.rule.in_force(dt.date.fromordinal(self.low.as_of)):
            self._absent()
            return self.found
        if self.rule.items:
            self._scores()
        if self.rule.require is not None:
            self.found.outcome = self._code(self._tree(self.rule.require))
        elif self.rule.classes is not None:
            self._classes(self.rule.classes)
        else:
            self._of_total()
        return self.found

    def _absent(self) -> None:
        nothing = self.g.null("int")
        if self.rule.items:
            self.found.total = Span(nothing, nothing, Fraction(1, SCALES["points"]))
            self.found.items = {item.id: (nothing, nothing) for item in self.rule.items}
        for node in m.nodes(self.rule.require) if self.rule.require is not None else ():
            self.found.clauses[node.id] = nothing

    def _code(self, cond: Cond) -> X:
        """A condition as an outcome code."""
        g = self.g
        rows = [(cond.b, g.number(YES))]
        if not cond.b.null:
            return g.case(rows, g.number(NO))
        if cond.refer is not None:
            rows.append((g.both([g.is_null(cond.b), cond.refer]), g.number(REFER)))
        rows.append((g.is_null(cond.b), g.number(UNKNOWN)))
        return g.case(rows, g.number(NO))

    # ---- clauses -----------------------------------------------------------------------------

    def _tree(self, tree: m.Tree) -> Cond:
        g = self.g
        if isinstance(tree, m.Clause):
            made = self.low.condition(tree.when)
            margin = self._margin(tree.when)
            if margin is not None:
                self.found.margins[tree.id] = margin
        else:
            parts = [self._tree(part) for part in tree.parts]
            refer = v.only_judgement(g, [(g.is_null(p.b), p.refer) for p in parts])
            if tree.kind == "not":
                made = Cond(g.negate(parts[0].b), parts[0].refer)
            else:
                made = Cond((g.both if tree.kind == "all" else g.either)(p.b for p in parts), refer)
        if tree is not self.rule.require or isinstance(tree, m.Clause):
            self.found.clauses[tree.id] = self._code(made)
        return made

    def _margin(self, when: f.Node) -> X | None:
        """How far inside the threshold, in stored units; None where there is no margin."""
        if not isinstance(when, f.Compare) or when.op in ("=", "<>") or isinstance(when.left, f.Cagr):
            return None
        a, b = self.low.value(when.left), self.low.value(when.right)
        if not isinstance(a, Num | Span) or not isinstance(b, Num | Span):
            return None
        if when.op in ("<", "<="):
            a, b = b, a
        try:
            return margin_of(self.g, a, b, SCALES.get(when.left.dim.name, MARGIN_SCALE))
        except RuleError:  # wider than 38 digits: the decision needs fewer, only the margin is left out
            return None

    # ---- scores ------------------------------------------------------------------------------

    def _scores(self) -> None:
        weighting = self.rule.weighting
        rows = weighting.rows if weighting is not None else ((),)
        table: list[list[Pts]] = []
        for item in self.rule.items:
            weights = [item.weights[row] if item.weights else Fraction(1) for row in rows]
            table.append(lower_item(self.low, item.form, weights))
        fits = self._fits(weighting)
        factor = Fraction(1, SCALES["points"])
        closed = self._open_rows(fits)
        for i, item in enumerate(self.rule.items):
            span = self._over_rows(fits, [self._ends(row) for row in table[i]])
            self.found.items[item.id] = span
            self.low.scores[item.id] = Span(*span, factor, self._refer(fits, [[row] for row in table[i]], closed))
        groups: dict[str | None, list[int]] = {}
        for i, item in enumerate(self.rule.items):
            groups.setdefault(item.group, []).append(i)
        sums: list[list[tuple[X, X]]] = []
        for group, members in groups.items():
            per_row = [self._group(group, [table[i][row] for i in members]) for row in range(len(rows))]
            sums.append(per_row)
            if group is not None:
                refer = self._refer(fits, [[table[i][r] for i in members] for r in range(len(rows))], closed)
                self.low.scores[group] = Span(*self._over_rows(fits, per_row), factor, refer)
        g = self.g
        totals = []
        for row in range(len(rows)):
            low = g.sum(part[row][0] for part in sums)
            width = g.sum(part[row][1] for part in sums)
            totals.append((low, width))
        every = [
            [part for group, of in groups.items() for part in self._parts(group, [table[i][r] for i in of])]
            for r in range(len(rows))
        ]
        total = Span(*self._over_rows(fits, totals), factor, self._refer(fits, every, closed))
        self.low.scores["total"] = self.found.total = total

    def _ends(self, points: Pts) -> tuple[X, X]:
        return points.low, points.width

    def _group(self, group: str | None, members: list[Pts]) -> tuple[X, X]:
        """Low and width of a group, capped."""
        g = self.g
        low, width = g.sum(p.low for p in members), g.sum(p.width for p in members)
        cap = self.rule.caps.get(group) if group is not None else None
        if cap is None:
            return low, width
        limit = g.number(stored(cap))
        capped_low = v.pick(g, [low, limit], True)
        return capped_low, g.subtract(v.pick(g, [g.add(low, width), limit], True), capped_low)

    def _parts(self, group: str | None, members: list[Pts]) -> list[Pts]:
        """What can keep the total open: the items, or the group as a whole, which its cap may close."""
        if group is None or group not in self.rule.caps:
            return members
        zero = self.g.number(0)
        refer = v.only_judgement(self.g, [(self.g.compare(">", p.width, zero), p.refer) for p in members])
        return [Pts(*self._group(group, members), refer)]

    def _fits(self, weighting: m.Weighting | None) -> list[X]:
        """Per row of weights, whether it applies for sure."""
        if weighting is None:
            return [self.g.true]
        codes = [self.low.plain(node).x for node in weighting.by]
        return [
            self.g.both(self.g.among(code, (name,)) for code, name in zip(codes, row, strict=True))
            for row in weighting.rows
        ]

    def _open_rows(self, fits: list[X]) -> list[X]:
        """Per row, whether it is possible where no row applies for sure; empty where that cannot be."""
        weighting = self.rule.weighting
        if weighting is None or self._decided(weighting):
            return []
        g = self.g
        codes = [self.low.plain(node).x for node in weighting.by]
        possible = [
            g.both(g.either([g.is_null(code), g.sure(g.among(code, (name,)))]) for code, name in zip(codes, row, strict=True))
            for row in weighting.rows
        ]
        none = g.negate(g.either(possible))
        return [g.either([p, none]) for p in possible]

    def _decided(self, weighting: m.Weighting) -> bool:
        """Whether some row applies for sure in every case."""
        return weighting.closed and all(not self.low.plain(node).x.null for node in weighting.by)

    def _over_rows(self, fits: list[X], per_row: list[tuple[X, X]]) -> tuple[X, X]:
        """Low and high of the row that applies; the range around all possible rows otherwise."""
        g = self.g
        if len(per_row) == 1 and fits[0] is g.true:
            low, width = per_row[0]
            return low, g.add(low, width)
        possible = self._open_rows(fits)
        if not possible:
            low = g.case(list(zip(fits[:-1], [p[0] for p in per_row[:-1]], strict=True)), per_row[-1][0])
            width = g.case(list(zip(fits[:-1], [p[1] for p in per_row[:-1]], strict=True)), per_row[-1][1])
            return low, g.add(low, width)
        lows, highs = [p[0] for p in per_row], [g.add(*p) for p in per_row]
        widest_low, widest_high = g.null("int"), g.null("int")
        for maybe, low, high in zip(possible, lows, highs, strict=True):
            below = g.either([g.is_null(widest_low), g.sure(g.compare("<", low, widest_low))])
            above = g.either([g.is_null(widest_high), g.sure(g.compare(">", high, widest_high))])
            widest_low = g.case([(g.both([maybe, below]), low)], widest_low)
            widest_high = g.case([(g.both([maybe, above]), high)], widest_high)
        zipped_low = list(zip(fits, lows, strict=True))
        zipped_high = list(zip(fits, highs, strict=True))
        return g.case(zipped_low, widest_low), g.case(zipped_high, widest_high)

    def _refer(self, fits: list[X], rows: list[list[Pts]], possible: list[X]) -> X | None:
        """Whether only judgement keeps open what is open; per row of weights."""
        g = self.g
        if all(p.refer is None for row in rows for p in row):
            return None
        zero = g.number(0)
        per_row = [
            v.only_judgement(g, [(g.compare(">", p.width, zero), p.refer) for p in row]) or g.false for row in rows
        ]
        if len(per_row) == 1:
            return per_row[0]
        # no row for sure: the code of the weights itself is missing, which no judgement settles
        return g.case(list(zip(fits, per_row, strict=True)), g.false)

    def _of_total(self) -> None:
        """A rule of scores alone is decided when its total is certain."""
        g, total = self.g, self.found.total
        assert total is not None
        if total.low is total.high:
            self.found.outcome = g.number(YES)
            return
        rows = [(g.compare("=", total.low, total.high), g.number(YES))]
        if total.refer is not None:
            rows.append((total.refer, g.number(REFER)))
        self.found.outcome = g.case(rows, g.number(UNKNOWN))

    # ---- classes -----------------------------------------------------------------------------

    def _classes(self, classes: m.Classes) -> None:
        g = self.g
        by = self.low.value(classes.by)
        assert isinstance(by, Plain)
        codes = list(classes.table)
        known = g.sure(g.among(by.x, tuple(codes)))
        tests: list[tuple[str, Cond]] = []
        for name in classes.order[:-1]:
            conds = [self.low.condition(classes.table[code][name]) for code in codes]
            matches = [g.among(by.x, (code,)) for code in codes]
            b = g.case([(match, cond.b) for match, cond in zip(matches, conds, strict=True)], g.null("bool"))
            refers = [(match, cond.refer or g.false) for match, cond in zip(matches, conds, strict=True)]
            refer = g.case(refers, by.refer or g.false) if any(c.refer for c in conds) else by.refer
            tests.append((name, Cond(b, refer)))
        earlier: list[X] = []
        possible: dict[str, X] = {}
        waiting: list[X] = []
        for name, cond in tests:
            before = g.both(g.negate(x) for x in earlier)
            possible[name] = g.both([before, g.negate(g.sure(g.negate(cond.b)))])
            waiting.append(g.both([before, g.is_null(cond.b), g.negate(cond.refer or g.false)]))
            earlier.append(g.sure(cond.b))
        possible[classes.order[-1]] = g.both(g.negate(x) for x in earlier)
        self.found.possible = possible
        rows: list[tuple[X, X]] = []
        for name, cond in tests:
            rows += [(cond.b, g.text(name)), (g.is_null(cond.b), g.null("text"))]
        self.found.class_ = g.case(rows, g.text(classes.order[-1]))
        decided = g.negate(g.is_null(self.found.class_))
        if any(cond.refer is not None for _, cond in tests):
            judged = g.both([known, g.negate(g.either(waiting))])
            self.found.outcome = g.case([(decided, g.number(YES)), (judged, g.number(REFER))], g.number(UNKNOWN))
        else:
            self.found.outcome = g.case([(decided, g.number(YES))], g.number(UNKNOWN))


def margin_of(g: Graph, a: Num | Span, b: Num | Span, scale: int) -> X:
    """``a - b`` in 1/scale of base units, rounded half away but never to zero; the low end of a range."""
    if isinstance(a, Span) or isinstance(b, Span):
        p, q = v.as_span(g, a), v.as_span(g, b)
        a, b = Num(p.low, None, p.factor), Num(q.high, None, q.factor)
    difference = v.add(g, v.tidied(g, a), v.tidied(g, b), -1)
    assert isinstance(difference, Num)
    unit = difference.factor * scale
    top = g.scaled(difference.num, unit.numerator)
    bottom = g.number(unit.denominator)
    if difference.den is not None:
        bottom = g.scaled(difference.den, unit.denominator)
    if bottom.op == "lit" and bottom.extra == 1:
        return top
    rounded = v.round_half_away(g, top, bottom)
    zero = g.number(0)
    lost = g.compare("=", rounded, zero)
    return g.case(
        [
            (g.both([lost, g.compare(">", top, zero)]), g.number(1)),
            (g.both([lost, g.compare("<", top, zero)]), g.number(-1)),
        ],
        rounded,
    )


def lower_rule(
    rule: m.Rule,
    find: Callable[[str], m.Rule],
    as_of: dt.date,
    year: int,
    facts: Facts | None = None,
    graph: Graph | None = None,
    known: dict[str, Lowered] | None = None,
) -> Lowered:
    """Lower a rule and those it asks for one day and year.

    Pass ``graph`` and ``known`` to lower several rules into one query. Raises `RuleError` where the
    numbers could pass 38 digits.
    """
    graph = graph or Graph()
    done: dict[str, Lowered] = known if known is not None else {}
    for one in in_order(rule, find):
        if one.id not in done:
            others: Mapping[str, Lowered] = done
            low = Lowering(graph, as_of.toordinal(), year, facts or Facts(), {}, others)
            done[one.id] = RuleLowering(one, low).run()
    return done[rule.id]

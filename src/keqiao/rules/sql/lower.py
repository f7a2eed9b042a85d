"""Node by node from the typed form to the lowered form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules.calendar import months_before
from keqiao.rules.closures.values import common_factor
from keqiao.rules.dimensions import LIMITS, SCALES
from keqiao.rules.model import NO, REFER, YES
from keqiao.rules.sql import values as v
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.values import Cond, Num, Plain, Span, Value

_POINTS = Fraction(1, SCALES["points"])
_KINDS = {"flag": "bool", "date": "date"}
_TYPES = {"int": "bigint", "bool": "boolean", "date": "date", "text": "text"}


@dataclass(slots=True)
class Facts:
    """Which columns the table has: ``present`` None means all; ``complete`` have no NULL."""

    present: frozenset[str] | None = None
    complete: frozenset[str] = frozenset()


@dataclass(slots=True)
class Lowering:
    """Lowers expressions of one rule for one day.

    ``scores`` are the rule's own scores as ranges, ``others`` the results of other rules.
    """

    g: Graph
    as_of: int
    year: int
    facts: Facts = field(default_factory=Facts)
    scores: dict[str, Span] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    def value(self, node: f.Node) -> Value:
        """Lower a value; conditions become `Cond`."""
        build = _VALUES.get(type(node))
        if build is not None:
            return build(self, node)
        if isinstance(node, f.Window) and node.kind != "each":
            return _window(self, node)
        return self.condition(node)

    def number(self, node: f.Node) -> Num | Span:
        """Lower a number."""
        found = self.value(node)
        assert isinstance(found, Num | Span)
        return found

    def condition(self, node: f.Node) -> Cond:
        """Lower a condition."""
        if isinstance(node, f.Window):
            return _each(self, node)
        build = _CONDITIONS.get(type(node))
        if build is not None:
            return build(self, node)
        found = self.value(node)
        assert isinstance(found, Cond)
        return found

    def plain(self, node: f.Node) -> Plain:
        """Lower a text or a date."""
        found = self.value(node)
        assert isinstance(found, Plain)
        return found

    def column(self, node: f.Fact) -> X:
        """The column of a fact; all NULL where the table does not have it."""
        name = node.id if not node.shift else f"{node.id}__{node.shift}"
        kind = "int" if node.dim.is_number else _KINDS.get(node.dim.kind, "text")
        absent = self.facts.present is not None and name not in self.facts.present
        bound = LIMITS[node.dim.name] if kind == "int" else 0
        return self.g.column(name, kind, name not in self.facts.complete, bound, _TYPES[kind] if absent else "")


# ---- values ----------------------------------------------------------------------------------


def _fact(low: Lowering, node: f.Fact) -> Value:
    column = low.column(node)
    refer = low.g.true if node.judgement else None
    if node.dim.is_number:
        return Num(column, None, Fraction(1, SCALES[node.dim.name]), refer)
    return Cond(column, refer) if column.kind == "bool" else Plain(column, refer)


def _arithmetic(low: Lowering, node: f.Arithmetic) -> Value:
    a, b = low.number(node.left), low.number(node.right)
    if node.op in "+-":
        return v.add(low.g, a, b, 1 if node.op == "+" else -1)
    return v.multiply(low.g, a, b) if node.op == "*" else v.divide(low.g, a, b)


def _choice(low: Lowering, branches: list[tuple[Cond, Value]], default: Value) -> Value:
    """CASE over values of one kind; an undecided condition gives NULL."""
    g = low.g
    values = [value for _, value in branches] + [default]

    def chosen(pick: Callable[[Any], X], kind: str) -> X:
        rows: list[tuple[X, X]] = []
        for (when, _), value in zip(branches, values, strict=False):
            rows.append((when.b, pick(value)))
            if when.b.null:
                rows.append((g.is_null(when.b), g.null(kind)))
        return g.case(rows, pick(default))

    refer = _choice_refer(low, branches, default)
    if isinstance(default, Cond):
        return Cond(chosen(lambda c: c.b, "bool"), refer)
    if isinstance(default, Plain):
        return Plain(chosen(lambda p: p.x, default.x.kind), refer)
    numbers = [value for value in values if isinstance(value, Num | Span)]
    factor = numbers[0].factor
    for number in numbers[1:]:
        factor = common_factor(factor, number.factor)
    if any(isinstance(number, Span) for number in numbers):
        spans = {id(n): v.as_span(g, n) for n in numbers}
        low_x = chosen(lambda n: g.scaled(spans[id(n)].low, int(spans[id(n)].factor / factor)), "int")
        high_x = chosen(lambda n: g.scaled(spans[id(n)].high, int(spans[id(n)].factor / factor)), "int")
        return Span(low_x, high_x, factor, refer)
    tidy = {id(n): v.tidied(g, n) for n in numbers if isinstance(n, Num)}
    num = chosen(lambda n: g.scaled(tidy[id(n)].num, int(n.factor / factor)), "int")
    if all(n.den is None for n in tidy.values()):
        return Num(num, None, factor, refer)
    return Num(num, chosen(lambda n: tidy[id(n)].den or g.number(1), "int"), factor, refer, True)


def _choice_refer(low: Lowering, branches: list[tuple[Cond, Value]], default: Value) -> X | None:
    """Of the undecided condition that stops, or of the chosen value."""
    g = low.g
    if all(when.refer is None and value.refer is None for when, value in branches) and default.refer is None:
        return None
    rows: list[tuple[X, X]] = []
    for when, value in branches:
        rows.append((when.b, value.refer or g.false))
        if when.b.null:
            rows.append((g.is_null(when.b), when.refer or g.false))
    return g.case(rows, default.refer or g.false)


def _case(low: Lowering, node: f.Case) -> Value:
    branches = [(low.condition(when), low.value(then)) for when, then in node.branches]
    return _choice(low, branches, low.value(node.default))


def _first_known(low: Lowering, node: f.FirstKnown) -> Value:
    parts = [low.value(p) for p in node.parts]
    branches = [(Cond(low.g.negate(v.undefined(low.g, p))), p) for p in parts[:-1]]
    found = _choice(low, branches, parts[-1])
    refer = v.merged(low.g, parts)
    if isinstance(found, Span) and refer is not None:  # where a part has a value, its own range counts alone
        refer = low.g.case([(low.g.is_null(found.low), refer)], found.refer or low.g.false)
    if isinstance(found, Num):
        return Num(found.num, found.den, found.factor, refer, found.tidy)
    if isinstance(found, Span):
        return Span(found.low, found.high, found.factor, refer)
    return Plain(found.x, refer) if isinstance(found, Plain) else Cond(found.b, refer)


def _extreme(low: Lowering, node: f.Extreme) -> Value:
    g = low.g
    best: Value = low.number(node.parts[0])
    for part in node.parts[1:]:
        other = low.number(part)
        refer = v.merged(g, (best, other))
        assert isinstance(best, Num | Span)
        factor = common_factor(best.factor, other.factor)
        m, n = int(best.factor / factor), int(other.factor / factor)
        if isinstance(best, Span) or isinstance(other, Span):
            p, q = v.as_span(g, best), v.as_span(g, other)
            ends = [
                v.pick(g, [g.scaled(x, m), g.scaled(y, n)], node.least) for x, y in ((p.low, q.low), (p.high, q.high))
            ]
            best = Span(ends[0], ends[1], factor, refer)
            continue
        a, b = v.tidied(g, best), v.tidied(g, other)
        if a.den is None and b.den is None:
            best = Num(v.pick(g, [g.scaled(a.num, m), g.scaled(b.num, n)], node.least), None, factor, refer)
            continue
        nothing = g.either([v.undefined(g, a), v.undefined(g, b)])
        better = _compare(low, "<" if node.least else ">", b, a).b
        one = g.number(1)
        num = g.case([(nothing, g.null("int")), (better, g.scaled(b.num, n))], g.scaled(a.num, m))
        den = g.case([(nothing, g.null("int")), (better, b.den or one)], a.den or one)
        best = Num(num, den, factor, refer, True)
    return best


def _rounding(low: Lowering, node: f.Rounding) -> Value:
    g, x = low.g, low.number(node.x)
    zero = g.number(0)
    if node.kind == "abs":
        if isinstance(x, Span):
            raise RuleError("ABS 不能用于得分区间", "ABS cannot be used on a range of points")
        made = v.tidied(g, x)
        num = g.case([(g.compare("<", made.num, zero), g.subtract(zero, made.num))], made.num)
        return Num(num, made.den, made.factor, made.refer, made.tidy)
    unit = x.factor * 10**node.digits
    rounder = v.round_half_away if node.kind == "round" else v.floor

    def one(num: X, den: X | None) -> X:
        top = g.scaled(num, unit.numerator)
        bottom = g.number(unit.denominator) if den is None else g.scaled(den, unit.denominator)
        return top if bottom.op == "lit" and bottom.extra == 1 else rounder(g, top, bottom)

    factor = Fraction(1, 10**node.digits)
    if isinstance(x, Span):
        return Span(one(x.low, None), one(x.high, None), factor, x.refer)
    made = v.tidied(g, x)
    return Num(one(made.num, made.den), None, factor, made.refer)


def _count_yes(low: Lowering, node: f.CountYes) -> Value:
    g = low.g
    parts = [low.condition(p) for p in node.parts]
    one, zero = g.number(1), g.number(0)
    low_x = g.sum(g.case([(p.b, one)], zero) for p in parts)
    high_x = g.sum(g.case([(p.b, one), (g.is_null(p.b), one)], zero) for p in parts)
    refer = v.only_judgement(g, [(g.is_null(p.b), p.refer) for p in parts])
    return Span(low_x, high_x if any(p.b.null for p in parts) else low_x, Fraction(1), refer)


def _ratio(low: Lowering, current: f.Node, base: f.Node) -> Num:
    """current / base; undefined where the base is not positive."""
    g = low.g
    a, b = low.number(current), low.number(base)
    if isinstance(a, Span) or isinstance(b, Span):
        raise RuleError("得分没有增长率", "points have no growth")
    refer = v.merged(g, (a, b))
    bottom = v.tidied(g, b)
    positive = g.compare(">", bottom.num, g.number(0))
    num = a.num if bottom.den is None else g.times(a.num, bottom.den)
    den = g.case([(positive, bottom.num)], g.null("int"))
    tidy = a.den is None or a.tidy
    if refer is not None:
        refer = g.both([refer, g.negate(g.sure(g.compare("<=", bottom.num, g.number(0))))])
    return Num(num, den if a.den is None else g.times(a.den, den), a.factor / b.factor, refer, tidy)


def _growth(low: Lowering, node: f.Growth) -> Value:
    return v.add(low.g, _ratio(low, node.current, node.base), v.constant(low.g, Fraction(1)), -1)


def _counts(low: Lowering, node: f.Window) -> tuple[list[Cond], X | None]:
    """For each number of years, whether the count is it; and why the count is undefined."""
    count = low.number(node.count)
    if isinstance(count, Span):
        raise RuleError("年数不能由得分算出", "a number of years cannot come from points")
    g = low.g
    tests = [_compare(low, "=", count, v.constant(g, Fraction(i + 1))) for i in range(len(node.parts))]
    return tests, count.refer


def _window(low: Lowering, node: f.Window) -> Value:
    g = low.g
    tests, _ = _counts(low, node)
    sums: list[Value] = []
    for part in node.parts:
        lowered = low.number(part)
        sums.append(lowered if not sums else v.add(g, sums[-1], lowered, 1))
    if node.kind == "avg":
        sums = [v.divide(g, s, v.constant(g, Fraction(i + 1))) for i, s in enumerate(sums)]
    nothing = Num(g.null("int"))
    return _choice(low, list(zip(tests, sums, strict=True)), nothing)


def _each(low: Lowering, node: f.Window) -> Cond:
    g = low.g
    tests, _ = _counts(low, node)
    parts = [low.condition(p) for p in node.parts]
    rows: list[tuple[Cond, Value]] = [(test, _all_of(g, parts[: i + 1])) for i, test in enumerate(tests)]
    found = _choice(low, rows, Cond(g.null("bool")))
    assert isinstance(found, Cond)
    return found


def _score(low: Lowering, node: f.Score) -> Value:
    return low.scores[node.id]


def _points(low: Lowering, node: f.Points) -> Value:
    return low.others[node.rule].total  # type: ignore[no-any-return]


def _days(low: Lowering, node: f.DaysSince) -> Value:
    date = low.plain(node.date)
    return Num(low.g.days_until(low.as_of, date.x), None, Fraction(1), date.refer)


def _year_of(low: Lowering, node: f.YearOf) -> Value:
    date = low.plain(node.date)
    return Num(low.g.year(date.x), None, Fraction(1), date.refer)


def _negative(low: Lowering, node: f.Negative) -> Value:
    return v.multiply(low.g, low.number(node.x), v.constant(low.g, Fraction(-1)))


def _peer(low: Lowering, node: f.Peer) -> Value:
    raise RuleError(
        f"{node.kind} 要与同业比较，这一版还不能计算，请先改用固定界限",
        f"{node.kind} compares with peers, which this version cannot compute yet; use a fixed threshold",
    )


_VALUES: dict[type[f.Node], Callable[[Lowering, Any], Value]] = {
    f.Quantity: lambda low, n: v.constant(low.g, n.value),
    f.Text: lambda low, n: Plain(low.g.text(n.value)),
    f.Day: lambda low, n: Plain(low.g.date(n.value)),
    f.Truth: lambda low, n: Cond(low.g.true if n.value else low.g.false),
    f.Fact: _fact,
    f.Arithmetic: _arithmetic,
    f.Negative: _negative,
    f.Extreme: _extreme,
    f.Rounding: _rounding,
    f.Case: _case,
    f.FirstKnown: _first_known,
    f.CountYes: _count_yes,
    f.DaysSince: _days,
    f.YearOf: _year_of,
    f.AssessmentYear: lambda low, n: Num(low.g.number(low.year)),
    f.YearGap: lambda low, n: v.add(low.g, low.number(n.left), low.number(n.right), -1),
    f.Growth: _growth,
    f.Score: _score,
    f.Points: _points,
    f.Peer: _peer,
}


# ---- conditions ------------------------------------------------------------------------------


def _compare(low: Lowering, op: str, a: Value, b: Value) -> Cond:
    """A comparison decided by cross-multiplication."""
    g = low.g
    refer = v.merged(g, (a, b))
    if isinstance(a, Plain) and isinstance(b, Plain):
        return Cond(g.compare(op, a.x, b.x), refer)
    assert isinstance(a, Num | Span) and isinstance(b, Num | Span)
    factor = common_factor(a.factor, b.factor)
    m, n = int(a.factor / factor), int(b.factor / factor)
    if isinstance(a, Span) or isinstance(b, Span):
        return _compare_spans(low, op, v.as_span(g, a), v.as_span(g, b), m, n, refer)
    one = g.number(1)
    left, right = g.scaled(g.times(a.num, b.den or one), m), g.scaled(g.times(b.num, a.den or one), n)
    dens = [(x.den, x.tidy) for x in (a, b) if x.den is not None]
    if all(tidy for _, tidy in dens):
        if not dens:
            return Cond(g.compare(op, left, right), refer)
        return Cond(g.compare(op, left, right), refer)
    product = one
    for den, _ in dens:
        product = g.times(product, den)
    zero, flipped = g.number(0), {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(op, op)
    return Cond(
        g.case(
            [(g.compare(">", product, zero), g.compare(op, left, right)), (g.compare("<", product, zero), g.compare(flipped, left, right))],
            g.null("bool"),
        ),
        refer,
    )


def _compare_spans(low: Lowering, op: str, a: Span, b: Span, m: int, n: int, refer: X | None) -> Cond:
    g = low.g
    a_low, a_high, b_low, b_high = g.scaled(a.low, m), g.scaled(a.high, m), g.scaled(b.low, n), g.scaled(b.high, n)
    if a.low is a.high and b.low is b.high:
        return Cond(g.compare(op, a_low, b_low), refer)
    if op in ("=", "<>"):
        same = g.both([g.compare("=", a_low, a_high), g.compare("=", b_low, b_high), g.compare("=", a_low, b_low)])
        apart = g.either([g.compare("<", a_high, b_low), g.compare("<", b_high, a_low)])
        yes, no = (same, apart) if op == "=" else (apart, same)
        both_sure = g.both([g.compare("=", a_low, a_high), g.compare("=", b_low, b_high)])
        rest = g.case([(both_sure, g.false)], g.null("bool")) if op == "=" else g.null("bool")
        return Cond(g.case([(yes, g.true), (no, g.false)], rest), refer)
    worst, best = ((a_low, b_high), (a_high, b_low)) if op in (">", ">=") else ((a_high, b_low), (a_low, b_high))
    sure = g.compare(op, *worst)
    never = g.negate(g.compare(op, *best))
    return Cond(g.case([(sure, g.true), (never, g.false)], g.null("bool")), refer)


def _comparison(low: Lowering, node: f.Compare) -> Cond:
    if isinstance(node.left, f.Cagr) and isinstance(node.right, f.Quantity):
        bound = (1 + node.right.value) ** node.left.years
        return _compare(low, node.op, _ratio(low, node.left.current, node.left.base), v.constant(low.g, bound))
    return _compare(low, node.op, low.value(node.left), low.value(node.right))


def _all_of(g: Graph, parts: list[Cond]) -> Cond:
    refer = v.only_judgement(g, [(g.is_null(p.b), p.refer) for p in parts])
    return Cond(g.both(p.b for p in parts), refer)


def _any_of(g: Graph, parts: list[Cond]) -> Cond:
    refer = v.only_judgement(g, [(g.is_null(p.b), p.refer) for p in parts])
    return Cond(g.either(p.b for p in parts), refer)


def _not(low: Lowering, node: f.Not) -> Cond:
    inner = low.condition(node.x)
    return Cond(low.g.negate(inner.b), inner.refer)


def _among(low: Lowering, node: f.Among) -> Cond:
    x = low.plain(node.x)
    return Cond(low.g.among(x.x, node.values), x.refer)


def _starts_with(low: Lowering, node: f.StartsWith) -> Cond:
    x = low.plain(node.x)
    return Cond(low.g.starts_with(x.x, node.prefix), x.refer)


def _in_list(low: Lowering, node: f.InList) -> Cond:
    x = low.plain(node.x)
    inside = low.g.among(x.x, node.members)
    return Cond(low.g.case([(inside, low.g.true)], low.g.null("bool")) if node.open else inside)


def _known(low: Lowering, node: f.Known) -> Cond:
    return Cond(low.g.negate(v.undefined(low.g, low.value(node.x))))


def _holds(low: Lowering, node: f.Holds) -> Cond:
    absent = low.facts.present is not None and "titles" not in low.facts.present
    titles = low.g.column("titles", "titles", "titles" not in low.facts.complete, 0, "titles" if absent else "")
    if absent:
        return Cond(low.g.null("bool"))
    first = None if node.months is None else months_before(low.as_of, node.months)
    return Cond(low.g.holds(titles, node.title, first, low.as_of))


def _anniversary(low: Lowering, node: f.Anniversary) -> Cond:
    date, g = low.plain(node.date), low.g
    # as_of <= d + n  is  d >= first day whose anniversary is not before as_of
    at_most = g.compare(">=", date.x, g.date(months_before(low.as_of, node.months)))
    below = g.compare(">=", date.x, g.date(months_before(low.as_of + 1, node.months)))
    made = {
        "<=": lambda: at_most,
        "<": lambda: below,
        ">=": lambda: g.negate(below),
        ">": lambda: g.negate(at_most),
        "=": lambda: g.both([at_most, g.negate(below)]),
        "<>": lambda: g.negate(g.both([at_most, g.negate(below)])),
    }[node.op]()
    return Cond(made, date.refer)


def _outcome(low: Lowering, node: f.Outcome) -> Cond:
    g, code = low.g, low.others[node.rule].outcome
    decided = g.case([(g.compare("=", code, g.number(YES)), g.true), (g.compare("=", code, g.number(NO)), g.false)], g.null("bool"))
    return Cond(decided, g.compare("=", code, g.number(REFER)))


def _class_among(low: Lowering, node: f.ClassAmong) -> Cond:
    g, possible = low.g, low.others[node.rule].possible
    if possible is None:  # not in force: undefined
        return Cond(g.null("bool"))
    inside = g.either(x for name, x in possible.items() if name in node.classes)
    outside = g.either(x for name, x in possible.items() if name not in node.classes)
    decided = g.case([(g.negate(outside), g.true), (g.negate(inside), g.false)], g.null("bool"))
    return Cond(decided, g.compare("=", low.others[node.rule].outcome, g.number(REFER)))


_CONDITIONS: dict[type[f.Node], Callable[[Lowering, Any], Cond]] = {
    f.AllOf: lambda low, n: _all_of(low.g, [low.condition(p) for p in n.parts]),
    f.AnyOf: lambda low, n: _any_of(low.g, [low.condition(p) for p in n.parts]),
    f.Not: _not,
    f.Compare: _comparison,
    f.Among: _among,
    f.StartsWith: _starts_with,
    f.InList: _in_list,
    f.Known: _known,
    f.Holds: _holds,
    f.Anniversary: _anniversary,
    f.Outcome: _outcome,
    f.ClassAmong: _class_among,
}

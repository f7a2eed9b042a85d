"""Values lowered, node by node."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules.closures.values import common_factor
from keqiao.rules.dimensions import SCALES
from keqiao.rules.sql import values as v
from keqiao.rules.sql.compare import compare
from keqiao.rules.sql.ir import X
from keqiao.rules.sql.lowering import Lowering
from keqiao.rules.sql.peers import lower_peer
from keqiao.rules.sql.values import Cond, Num, Plain, Span, Value


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


def choice(low: Lowering, branches: list[tuple[Cond, Value]], default: Value) -> Value:
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
    return choice(low, branches, low.value(node.default))


def _first_known(low: Lowering, node: f.FirstKnown) -> Value:
    parts = [low.value(p) for p in node.parts]
    branches = [(Cond(low.g.negate(v.undefined(low.g, p))), p) for p in parts[:-1]]
    found = choice(low, branches, parts[-1])
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
        better = compare(low.g, "<" if node.least else ">", b, a).b
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


def ratio(low: Lowering, current: f.Node, base: f.Node) -> Num:
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
    return v.add(low.g, ratio(low, node.current, node.base), v.constant(low.g, Fraction(1)), -1)


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


VALUES: dict[type[f.Node], Callable[[Lowering, Any], Value]] = {
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
    f.Peer: lower_peer,
}

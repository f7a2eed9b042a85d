"""Lowering values: whole numbers over whole numbers, ranges for scores, and why something is NULL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from keqiao.rules.closures.values import common_factor
from keqiao.rules.sql.ir import Graph, X


@dataclass(frozen=True, slots=True)
class Cond:
    """A lowered condition: three-valued ``b``.

    ``refer`` is a condition that is never NULL and says, where ``b`` is NULL, that only judgement
    is wanting; None where that cannot be.
    """

    b: X
    refer: X | None = None


@dataclass(frozen=True, slots=True)
class Num:
    """``num / den * factor``; NULL where undefined. ``den`` None is 1.

    ``den`` may have any sign and be zero (then the value is undefined) unless ``tidy``: then it is
    positive or NULL. ``refer`` as in `Cond`.
    """

    num: X
    den: X | None = None
    factor: Fraction = Fraction(1)
    refer: X | None = None
    tidy: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A range: ``low`` and ``high`` times ``factor``, both NULL where undefined.

    ``refer`` says, where the range is open or NULL, that only judgement keeps it so.
    """

    low: X
    high: X
    factor: Fraction
    refer: X | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """A text or a date."""

    x: X
    refer: X | None = None


Value = Num | Span | Plain | Cond


def only_judgement(g: Graph, parts: Iterable[tuple[X, X | None]]) -> X | None:
    """Given (is undecided, refer) of the parts: whether all undecided ones want judgement only.

    None where no part can refer.
    """
    listed = [(open_, refer) for open_, refer in parts if open_ is not g.false]
    if all(refer is None for _, refer in listed):
        return None
    return g.both(g.either([g.negate(open_), refer or g.false]) for open_, refer in listed)


def undefined(g: Graph, v: Value) -> X:
    """A never-NULL condition: the value is undefined (NULL, or a division by zero)."""
    if isinstance(v, Num):
        if v.den is None:
            return g.is_null(v.num)
        tests = [g.is_null(v.num), g.is_null(v.den)]
        if not v.tidy:
            tests.append(g.sure(g.compare("=", v.den, g.number(0))))
        return g.either(tests)
    if isinstance(v, Span):
        return g.is_null(v.low)
    return g.is_null(v.x if isinstance(v, Plain) else v.b)


def open_(g: Graph, v: Value) -> X:
    """A never-NULL condition: the value is undefined or a range that is open."""
    if isinstance(v, Span) and v.low is not v.high:
        return g.either([g.is_null(v.low), g.sure(g.compare("<", v.low, v.high))])
    return undefined(g, v)


def tidied(g: Graph, v: Num) -> Num:
    """The same value with a denominator that is positive or NULL, and NULL as a whole where undefined."""
    if v.den is None or v.tidy:
        return v
    zero = g.number(0)
    negative = g.compare("<", v.den, zero)
    flipped = g.subtract(zero, v.num)
    num = g.case([(negative, flipped)], v.num)
    den = g.case([(negative, g.subtract(zero, v.den)), (g.compare("=", v.den, zero), g.null("int"))], v.den)
    return Num(num, den, v.factor, v.refer, True)


def constant(g: Graph, value: Fraction) -> Num:
    """A constant."""
    return Num(g.number(value.numerator), None, Fraction(1, value.denominator))


def merged(g: Graph, parts: Iterable[Value]) -> X | None:
    """The ``refer`` of an operation that is undefined where any part is.

    A division by zero is unknown, not refer, so it counts as undecided without judgement.
    """
    listed: list[tuple[X, X | None]] = []
    for part in parts:
        listed.append((open_(g, part), part.refer))
        if isinstance(part, Num) and part.den is not None and part.refer is not None and not part.tidy:
            listed.append((g.sure(g.compare("=", part.den, g.number(0))), None))
    return only_judgement(g, listed)


def add(g: Graph, a: Value, b: Value, sign: int) -> Value:
    """``a + sign * b``."""
    refer = merged(g, (a, b))
    assert isinstance(a, Num | Span) and isinstance(b, Num | Span)
    factor = common_factor(a.factor, b.factor)
    m, n = int(a.factor / factor), int(b.factor / factor) * sign
    if isinstance(a, Span) or isinstance(b, Span):
        p, q = as_span(g, a), as_span(g, b)
        low, high = (q.low, q.high) if n > 0 else (q.high, q.low)
        return Span(
            g.add(g.scaled(p.low, m), g.scaled(low, n)), g.add(g.scaled(p.high, m), g.scaled(high, n)), factor, refer
        )
    if a.den is None and b.den is None:
        return Num(_sum(g, a.num, m, b.num, n), None, factor, refer)
    if a.den is b.den:
        return Num(_sum(g, a.num, m, b.num, n), a.den, factor, refer, a.tidy and b.tidy)
    one = g.number(1)
    da, db = a.den or one, b.den or one
    num = _sum(g, g.times(a.num, db), m, g.times(b.num, da), n)
    return Num(num, g.times(da, db), factor, refer, (a.tidy or a.den is None) and (b.tidy or b.den is None))


def _sum(g: Graph, a: X, m: int, b: X, n: int) -> X:
    if n < 0:
        return g.subtract(g.scaled(a, m), g.scaled(b, -n))
    return g.add(g.scaled(a, m), g.scaled(b, n))


def multiply(g: Graph, a: Value, b: Value) -> Value:
    """``a * b``."""
    refer = merged(g, (a, b))
    assert isinstance(a, Num | Span) and isinstance(b, Num | Span)
    factor = a.factor * b.factor
    if isinstance(a, Span) or isinstance(b, Span):
        p, q = as_span(g, a), as_span(g, b)
        corners = [g.times(x, y) for x in dict.fromkeys((p.low, p.high)) for y in dict.fromkeys((q.low, q.high))]
        return Span(pick(g, corners, True), pick(g, corners, False), factor, refer)
    den = b.den if a.den is None else (a.den if b.den is None else g.times(a.den, b.den))
    tidy = (a.tidy or a.den is None) and (b.tidy or b.den is None)
    return Num(g.times(a.num, b.num), den, factor, refer, tidy)


def divide(g: Graph, a: Value, b: Value) -> Value:
    """``a / b``; division by zero is undefined."""
    if isinstance(b, Num) and b.den is None and b.num.op == "lit" and b.num.extra != 0:
        return multiply(g, a, constant(g, 1 / (b.num.extra * b.factor)))
    refer = merged(g, (a, b))
    if isinstance(a, Span) or isinstance(b, Span):
        return _divide_span(g, a, b, refer)
    assert isinstance(a, Num) and isinstance(b, Num)
    num = a.num if b.den is None else g.times(a.num, b.den)
    den = b.num if a.den is None else g.times(a.den, b.num)
    if b.den is not None and not b.tidy:  # x / (y / 0) stays undefined although the zero moves up
        den = g.case([(g.compare("=", b.den, g.number(0)), g.null("int"))], den)
    return Num(num, den, a.factor / b.factor, refer)


def _divide_span(g: Graph, a: Value, b: Value, refer: X | None) -> Value:
    from keqiao.errors import RuleError

    raise RuleError(
        "得分区间不能作除法，请改写为乘法或加减",
        "a range of points cannot be divided by a fact; write it as a product or a sum",
    )


def as_span(g: Graph, v: Num | Span) -> Span:
    """A number without denominator as a range of itself."""
    if isinstance(v, Span):
        return v
    if v.den is None:
        return Span(v.num, v.num, v.factor, v.refer)
    from keqiao.errors import RuleError

    raise RuleError(
        "得分不能与比值相加减或比较大小，请拆成两个条件",
        "points cannot be combined with a quotient; split this into two conditions",
    )


def pick(g: Graph, parts: list[X], least: bool) -> X:
    """LEAST or GREATEST of whole numbers; NULL where any is."""
    best = parts[0]
    for part in parts[1:]:
        if part is not best:
            better = g.compare("<" if least else ">", part, best)
            nulls = g.either([g.is_null(best), g.is_null(part)])
            best = g.case([(nulls, g.null("int")), (better, part)], best)
    return best


def round_half_away(g: Graph, num: X, den: X) -> X:
    """``num / den`` rounded half away from zero; ``den`` positive."""
    zero, two = g.number(0), g.number(2)
    double, twice = g.times(num, two), g.times(den, two)
    up = g.quotient(g.add(double, den), twice)
    down = g.quotient(g.subtract(double, den), twice)
    return g.case([(g.compare(">=", num, zero), up)], down)


def floor(g: Graph, num: X, den: X) -> X:
    """``num / den`` rounded down; ``den`` positive."""
    below = g.subtract(num, g.subtract(den, g.number(1)))
    return g.case([(g.compare(">=", num, g.number(0)), g.quotient(num, den))], g.quotient(below, den))

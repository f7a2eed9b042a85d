"""Node by node from the typed form to closures."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules.calendar import add_months, months_before
from keqiao.rules.closures import values as v
from keqiao.rules.closures.compare import OPERATORS, comparison
from keqiao.rules.closures.values import AS_OF, TITLES, YEAR, Case, Condition, Env, Gaps, Value, Why
from keqiao.rules.dimensions import SCALES
from keqiao.rules.model import NO, REFER, UNKNOWN, YES

_POINTS = Fraction(1, SCALES["points"])


def value(node: f.Node, env: Env) -> Value:
    """Compile a node that has a value. Conditions become flags."""
    build = _VALUES.get(type(node))
    if build is not None:
        return build(node, env)
    if isinstance(node, f.Window) and node.kind != "each":
        return _window(node, env)
    made = condition(node, env)
    return Value("flag", made.test, made.gaps)


def condition(node: f.Node, env: Env) -> Condition:
    """Compile a condition."""
    build = _CONDITIONS.get(type(node))
    if isinstance(node, f.Window):
        build = _each
    if build is None:
        made = value(node, env)
        return Condition(made.get, made.gaps)
    return build(node, env)


# ---- values ----------------------------------------------------------------------------------


def _arithmetic(node: f.Arithmetic, env: Env) -> Value:
    left, right = value(node.left, env), value(node.right, env)
    if node.op == "+":
        return v.add(left, right, 1)
    if node.op == "-":
        return v.add(left, right, -1)
    return v.multiply(left, right) if node.op == "*" else v.divide(left, right)


def _case(node: f.Case, env: Env) -> Value:
    tests = [condition(when, env) for when, _ in node.branches]
    parts = [value(then, env) for _, then in node.branches] + [value(node.default, env)]
    kind, factor, gets, times = v.unify(parts)

    def chosen(c: Case) -> int | None:
        for i, test in enumerate(tests):
            holds = test.test(c)
            if holds:
                return i
            if holds is None:
                return None
        return len(tests)

    def get(c: Case) -> Any:
        i = chosen(c)
        if i is None:
            return None
        x = gets[i](c)
        return None if x is None else v.scaled(kind, x, times[i])

    def gaps(c: Case, g: Gaps) -> None:
        for i, test in enumerate(tests):
            holds = test.test(c)
            if holds is None:
                test.gaps(c, g)
                return
            if holds:
                parts[i].gaps(c, g)
                return
        parts[-1].gaps(c, g)

    return Value(kind, get, gaps, factor)


def _first_known(node: f.FirstKnown, env: Env) -> Value:
    parts = [value(p, env) for p in node.parts]
    kind, factor, gets, times = v.unify(parts)

    def get(c: Case) -> Any:
        for part, by in zip(gets, times, strict=True):
            x = part(c)
            if x is not None:
                return v.scaled(kind, x, by)
        return None

    def gaps(c: Case, g: Gaps) -> None:
        for part in parts:
            if part.get(c) is not None:  # a range that is still open waits for what it waits for
                part.gaps(c, g)
                return
        for part in parts:
            part.gaps(c, g)

    return Value(kind, get, gaps, factor)


def _count_yes(node: f.CountYes, env: Env) -> Value:
    parts = [condition(p, env) for p in node.parts]
    tests = [p.test for p in parts]

    def get(c: Case) -> Any:
        low = high = 0
        for test in tests:
            holds = test(c)
            if holds:
                low += 1
                high += 1
            elif holds is None:
                high += 1
        return low, high

    return Value("range", get, _undecided_parts(parts))


def _undecided_parts(parts: list[Condition]) -> Why:
    def gaps(c: Case, g: Gaps) -> None:
        for part in parts:
            if part.test(c) is None:
                part.gaps(c, g)

    return gaps


def _growth_ratio(current: f.Node, base: f.Node, env: Env) -> Value:
    """current / base; a base that is not positive is undefined and waits for nothing."""
    top, bottom = value(current, env), value(base, env)
    ratio = v.divide(top, bottom)
    get, kind, bottom_get = ratio.get, bottom.kind, bottom.get

    def not_positive(c: Case) -> bool:
        y = bottom_get(c)
        return y is not None and (y if kind == "int" else y[0]) <= 0

    def guarded(c: Case) -> Any:
        return None if not_positive(c) else get(c)

    def gaps(c: Case, g: Gaps) -> None:
        top.gaps(c, g)
        bottom.gaps(c, g)
        if not_positive(c):
            g.unknown = True

    return Value(ratio.kind, guarded, gaps, ratio.factor)


def _growth(node: f.Growth, env: Env) -> Value:
    return v.add(_growth_ratio(node.current, node.base, env), v.constant(Fraction(1)), -1)


def _window(node: f.Window, env: Env) -> Value:
    count = value(node.count, env)
    parts = [value(p, env) for p in node.parts]
    sums: list[Value] = []
    for part in parts:
        sums.append(part if not sums else v.add(sums[-1], part, 1))
    if node.kind == "avg":
        sums = [v.divide(s, v.constant(Fraction(i + 1))) for i, s in enumerate(sums)]
    kind, factor, gets, times = v.unify(sums)
    years = _years(count, len(parts))

    def get(c: Case) -> Any:
        n = years(c)
        if n is None:
            return None
        x = gets[n - 1](c)
        return None if x is None else v.scaled(kind, x, times[n - 1])

    def gaps(c: Case, g: Gaps) -> None:
        n = years(c)
        if n is None:
            _count_gaps(count, c, g)
        else:
            for part in parts[:n]:
                part.gaps(c, g)

    return Value(kind, get, gaps, factor)


def _years(count: Value, most: int) -> Callable[[Case], int | None]:
    """A whole number of years from 1 to ``most``, else None."""
    pair, factor = v.as_pair(count), count.factor

    def years(c: Case) -> int | None:
        x = pair(c)
        if x is None:
            return None
        n = Fraction(x[0], x[1]) * factor
        return int(n) if n.denominator == 1 and 1 <= n <= most else None

    return years


def _count_gaps(count: Value, c: Case, g: Gaps) -> None:
    if count.get(c) is None:
        count.gaps(c, g)
    else:  # a number of years outside 1 to the most, or not whole: nothing to wait for
        g.unknown = True


def _score(node: f.Score, env: Env) -> Value:
    low, high = env.score_slots[node.id]
    why = env.score_gaps[node.id]

    def get(c: Case) -> Any:
        return c[low], c[high]

    def gaps(c: Case, g: Gaps) -> None:
        if c[low] != c[high]:
            why(c, g)

    return Value("range", get, gaps, _POINTS)


def _points(node: f.Points, env: Env) -> Value:
    other = env.others[node.rule]

    def get(c: Case) -> Any:
        return other.total(c)

    def gaps(c: Case, g: Gaps) -> None:
        found = other.total(c)
        if found is None:  # not in force on the day: nothing to wait for
            g.unknown = True
        elif found[0] != found[1]:
            other.total_gaps(c, g)

    return Value("range", get, gaps, _POINTS)


def _quantity(node: f.Quantity, env: Env) -> Value:
    return v.constant(node.value)


def _plain(kind: str) -> Callable[[Any, Env], Value]:
    def build(node: Any, env: Env) -> Value:
        x = node.value
        return Value(kind, lambda c: x, v.no_gaps)

    return build


def _peer(node: f.Peer, env: Env) -> Value:
    raise RuleError(
        f"{node.kind} 要与同业比较，这一版还不能计算，请先改用固定界限",
        f"{node.kind} compares with peers, which this version cannot compute yet; use a fixed threshold",
    )


_VALUES: dict[type[f.Node], Callable[[Any, Env], Value]] = {
    f.Quantity: _quantity,
    f.Text: _plain("text"),
    f.Day: _plain("date"),
    f.Truth: _plain("flag"),
    f.Fact: v.fact,
    f.Arithmetic: _arithmetic,
    f.Negative: lambda n, env: v.negate(value(n.x, env)),
    f.Extreme: lambda n, env: v.extreme([value(p, env) for p in n.parts], n.least),
    f.Rounding: lambda n, env: v.rounding(n, value(n.x, env)),
    f.Case: _case,
    f.FirstKnown: _first_known,
    f.CountYes: _count_yes,
    f.DaysSince: lambda n, env: v.date_parts("days", value(n.date, env)),
    f.YearOf: lambda n, env: v.date_parts("year", value(n.date, env)),
    f.AssessmentYear: lambda n, env: Value("int", lambda c: c[YEAR], v.no_gaps),
    f.YearGap: lambda n, env: v.add(value(n.left, env), value(n.right, env), -1),
    f.Growth: _growth,
    f.Score: _score,
    f.Points: _points,
    f.Peer: _peer,
}


# ---- conditions ------------------------------------------------------------------------------


def _all(node: f.AllOf, env: Env) -> Condition:
    parts = [condition(p, env) for p in node.parts]
    tests = [p.test for p in parts]

    def test(c: Case) -> bool | None:
        result: bool | None = True
        for part in tests:
            holds = part(c)
            if holds is None:
                result = None
            elif not holds:
                return False
        return result

    return Condition(test, _undecided_parts(parts))


def _any(node: f.AnyOf, env: Env) -> Condition:
    parts = [condition(p, env) for p in node.parts]
    tests = [p.test for p in parts]

    def test(c: Case) -> bool | None:
        result: bool | None = False
        for part in tests:
            holds = part(c)
            if holds is None:
                result = None
            elif holds:
                return True
        return result

    return Condition(test, _undecided_parts(parts))


def _not(node: f.Not, env: Env) -> Condition:
    inner = condition(node.x, env)
    get = inner.test

    def test(c: Case) -> bool | None:
        holds = get(c)
        return None if holds is None else not holds

    return Condition(test, inner.gaps)


def _compare(node: f.Compare, env: Env) -> Condition:
    if isinstance(node.left, f.Cagr) and isinstance(node.right, f.Quantity):
        ratio = _growth_ratio(node.left.current, node.left.base, env)
        bound = (1 + node.right.value) ** node.left.years
        return comparison(node.op, ratio, v.constant(bound)).condition()
    return comparison(node.op, value(node.left, env), value(node.right, env)).condition()


def _of_text(x: f.Node, env: Env, accept: Callable[[str], bool]) -> Condition:
    made = value(x, env)
    get = made.get

    def test(c: Case) -> bool | None:
        text = get(c)
        return None if text is None else accept(text)

    return Condition(test, made.gaps)


def _among(node: f.Among, env: Env) -> Condition:
    values = frozenset(node.values)
    return _of_text(node.x, env, lambda text: text in values)


def _starts_with(node: f.StartsWith, env: Env) -> Condition:
    prefix = node.prefix
    return _of_text(node.x, env, lambda text: text.startswith(prefix))


def _in_list(node: f.InList, env: Env) -> Condition:
    made, members, open_list = value(node.x, env), frozenset(node.members), node.open
    get = made.get

    def test(c: Case) -> bool | None:
        text = get(c)
        if text is None:
            return None
        return True if text in members else (None if open_list else False)

    def gaps(c: Case, g: Gaps) -> None:
        made.gaps(c, g)
        g.unknown = True  # an open list never says no, and no fact of the subject settles it

    return Condition(test, gaps)


def _known(node: f.Known, env: Env) -> Condition:
    get = value(node.x, env).get
    return Condition(lambda c: get(c) is not None, v.no_gaps)


def _holds(node: f.Holds, env: Env) -> Condition:
    title, months = node.title, node.months

    def test(c: Case) -> bool | None:
        titles = c[TITLES]
        if titles is None:
            return None
        entries = titles.get(title)
        if not entries:
            return False
        day = c[AS_OF]
        if months is None:
            return any((a is None or a <= day) and (b is None or day <= b) for a, b in entries)
        first = months_before(day, months)
        return any(a is None or first <= a <= day for a, _ in entries)

    def gaps(c: Case, g: Gaps) -> None:
        g.missing.add(title)
        g.unknown = True

    return Condition(test, gaps)


def _anniversary(node: f.Anniversary, env: Env) -> Condition:
    made = value(node.date, env)
    get, months = made.get, node.months
    holds = OPERATORS[node.op]

    def test(c: Case) -> bool | None:
        x = get(c)
        return None if x is None else holds(c[AS_OF], add_months(x, months))

    return Condition(test, made.gaps)


def _outcome(node: f.Outcome, env: Env) -> Condition:
    other = env.others[node.rule]

    def test(c: Case) -> bool | None:
        code = other.outcome(c)
        return True if code == YES else (False if code == NO else None)

    def gaps(c: Case, g: Gaps) -> None:
        code = other.outcome(c)
        if code == UNKNOWN:
            g.unknown = True
            g.missing.update(other.missing(c))
        elif code != YES and code != NO:
            g.refer = True

    return Condition(test, gaps)


def _class_among(node: f.ClassAmong, env: Env) -> Condition:
    other, classes = env.others[node.rule], frozenset(node.classes)

    def test(c: Case) -> bool | None:
        possible = other.possible_classes(c)
        if possible is None:
            return None
        inside = sum(name in classes for name in possible)
        return True if inside == len(possible) else (False if inside == 0 else None)

    def gaps(c: Case, g: Gaps) -> None:
        if other.outcome(c) == REFER:  # the classes still possible differ by judgement alone
            g.refer = True
        else:
            g.unknown = True
            g.missing.update(other.missing(c))

    return Condition(test, gaps)


def _each(node: f.Window, env: Env) -> Condition:
    count = value(node.count, env)
    parts = [condition(p, env) for p in node.parts]
    years = _years(count, len(parts))

    def test(c: Case) -> bool | None:
        n = years(c)
        if n is None:
            return None
        result: bool | None = True
        for part in parts[:n]:
            holds = part.test(c)
            if holds is None:
                result = None
            elif not holds:
                return False
        return result

    def gaps(c: Case, g: Gaps) -> None:
        n = years(c)
        if n is None:
            _count_gaps(count, c, g)
        else:
            _undecided_parts(parts[:n])(c, g)

    return Condition(test, gaps)


_CONDITIONS: dict[type[f.Node], Callable[[Any, Env], Condition]] = {
    f.AllOf: _all,
    f.AnyOf: _any,
    f.Not: _not,
    f.Compare: _compare,
    f.Among: _among,
    f.StartsWith: _starts_with,
    f.InList: _in_list,
    f.Known: _known,
    f.Holds: _holds,
    f.Anniversary: _anniversary,
    f.Outcome: _outcome,
    f.ClassAmong: _class_among,
}

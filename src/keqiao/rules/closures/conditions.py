"""Conditions as closures, node by node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.calendar import months_before
from keqiao.rules.closures import values as v
from keqiao.rules.closures.compare import Comparison, comparison, since
from keqiao.rules.closures.dispatch import condition, value
from keqiao.rules.closures.expressions import growth_ratio
from keqiao.rules.closures.values import AS_OF, TITLES, Case, Condition, Env, Gaps, undecided_parts
from keqiao.rules.model import NO, REFER, UNKNOWN, YES


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

    return Condition(test, undecided_parts(parts))


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

    return Condition(test, undecided_parts(parts))


def _not(node: f.Not, env: Env) -> Condition:
    inner = condition(node.x, env)
    get = inner.test

    def test(c: Case) -> bool | None:
        holds = get(c)
        return None if holds is None else not holds

    return Condition(test, inner.gaps)


def compared(node: f.Node, env: Env) -> Comparison | None:
    """The condition as one comparison, where it is one; compound rates are compared by powers."""
    if isinstance(node, f.Anniversary):
        return since(node.op, value(node.date, env), node.months)
    if not isinstance(node, f.Compare):
        return None
    if isinstance(node.left, f.Cagr) and isinstance(node.right, f.Quantity):
        rate, bound = node.left, node.right.value
        made = comparison(
            node.op, growth_ratio(rate.current, rate.base, env), v.constant((1 + bound) ** rate.years)
        )
        made.compound = rate.years, bound
        return made
    return comparison(node.op, value(node.left, env), value(node.right, env))


def _compared(node: f.Compare | f.Anniversary, env: Env) -> Condition:
    made = compared(node, env)
    assert made is not None
    return made.condition()


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
        entries = titles.get(title, ())
        if entries is None:  # of this title alone it is not known
            return None
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


CONDITIONS: dict[type[f.Node], Callable[[Any, Env], Condition]] = {
    f.AllOf: _all,
    f.AnyOf: _any,
    f.Not: _not,
    f.Compare: _compared,
    f.Among: _among,
    f.StartsWith: _starts_with,
    f.InList: _in_list,
    f.Known: _known,
    f.Holds: _holds,
    f.Anniversary: _compared,
    f.Outcome: _outcome,
    f.ClassAmong: _class_among,
}

"""A whole rule by the naive interpreter: scores, tree, classes, and the rules it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from keqiao.rules import form as f
from keqiao.rules import model as m
from properties.oracle import JUDGEMENT, NOTHING, UNDEFINED, Case, Oracle, Pair, Why, ends, half_away, union

ORDER = {"no": 0, "unknown": 1, "refer": 2, "yes": 3}


@dataclass
class Verdict:
    """What a rule gives for a case."""

    outcome: str = "no"
    in_force: bool = True
    missing: set[str] = field(default_factory=set)
    clauses: dict[str, str] = field(default_factory=dict)
    margins: dict[str, Fraction | None] = field(default_factory=dict)
    items: dict[str, Pair] = field(default_factory=dict)
    total: tuple[Pair, Why] | None = None
    classes: list[str] = field(default_factory=list)


def judge(
    rules: Mapping[str, m.Rule], id: str, case: Case, known: dict[str, Verdict] | None = None, peers: Sequence[Case] = ()
) -> Verdict:
    """Decide the rule ``id`` for a case, and before it the rules it asks."""
    known = {} if known is None else known
    if id in known:
        return known[id]
    rule = rules[id]
    for node in m.rule_nodes(rule):
        for part in f.walk(node):
            if isinstance(part, f.Points | f.Outcome | f.ClassAmong):
                judge(rules, part.rule, case, known, peers)
    verdict = known[id] = Verdict()
    if (rule.effective_from and case.as_of < rule.effective_from) or (rule.effective_to and case.as_of > rule.effective_to):
        verdict.in_force = False
        return verdict
    oracle = Oracle(case, rule, {}, known, peers)
    if rule.items:
        _score(oracle, verdict)
    if rule.require is not None:
        verdict.outcome, verdict.missing = _tree(oracle, rule.require, verdict)
    elif rule.classes is not None:
        _classify(oracle, rule.classes, verdict)
    else:
        assert verdict.total is not None
        (low, high), why = verdict.total
        verdict.outcome = "yes" if low == high else why.outcome
        verdict.missing = set(why.missing)
    if verdict.outcome != "unknown":
        verdict.missing = set()
    return verdict


# ---- the tree ----------------------------------------------------------------------------------


def _tree(oracle: Oracle, tree: m.Tree, verdict: Verdict) -> tuple[str, set[str]]:
    if isinstance(tree, m.Clause):
        holds, why = oracle.test(tree.when)
        outcome = ("yes" if holds else "no") if holds is not None else why.outcome
        verdict.clauses[tree.id] = outcome
        verdict.margins[tree.id] = _margin(oracle, tree.when)
        return outcome, set(why.missing) if outcome == "unknown" else set()
    parts = [_tree(oracle, part, verdict) for part in tree.parts]
    outcomes = [outcome for outcome, _ in parts]
    if tree.kind == "not":
        outcome = {"yes": "no", "no": "yes"}.get(outcomes[0], outcomes[0])
    else:
        ranking = ("no", "unknown", "refer", "yes") if tree.kind == "all" else ("yes", "unknown", "refer", "no")
        outcome = next(o for o in ranking if o in outcomes)
    verdict.clauses[tree.id] = outcome
    undecided = outcome in ("unknown", "refer")
    return outcome, set().union(*(missing for _, missing in parts)) if undecided else set()


def _margin(oracle: Oracle, when: f.Node) -> Fraction | None:
    """How far inside (positive) or outside (negative); the low end of a range."""
    if not isinstance(when, f.Compare) or when.op in ("=", "<>") or isinstance(when.left, f.Cagr):
        return None
    x, y = oracle.value(when.left)[0], oracle.value(when.right)[0]
    if not isinstance(x, Fraction | tuple) or not isinstance(y, Fraction | tuple):
        return None
    if when.op in ("<", "<="):
        x, y = y, x
    return ends(x)[0] - ends(y)[1]


# ---- scores ------------------------------------------------------------------------------------


def _score(oracle: Oracle, verdict: Verdict) -> None:
    rule = oracle.rule
    rows, why_rows = _rows(oracle)
    of_row = [_one_row(oracle, row) for row in rows]
    for name in of_row[0]:
        low = min(found[name][0][0] for found in of_row)
        high = max(found[name][0][1] for found in of_row)
        open_ = [found[name][1] for found in of_row if found[name][0][0] != found[name][0][1]]
        oracle.scores[name] = ((low, high), why_rows | union(open_))
    verdict.items = {item.id: oracle.scores[item.id][0] for item in rule.items}
    verdict.total = oracle.scores["total"]


def _rows(oracle: Oracle) -> tuple[list[tuple[str, ...] | None], Why]:
    """The rows of weights that the known codes leave, and what a choice between them waits for."""
    weighting = oracle.rule.weighting
    if weighting is None:
        return [None], NOTHING
    codes = [oracle.value(node) for node in weighting.by]
    fits = [r for r in weighting.rows if all(c is None or c == v for (c, _), v in zip(codes, r, strict=True))]
    sure = [r for r in fits if all(c is not None for c, _ in codes)]
    if sure:
        return list(sure), NOTHING
    return list(fits or weighting.rows), union(why for c, why in codes if c is None) | UNDEFINED


def _one_row(oracle: Oracle, row: tuple[str, ...] | None) -> dict[str, tuple[Pair, Why]]:
    rule = oracle.rule
    found: dict[str, tuple[Pair, Why]] = {}
    members: dict[str | None, list[str]] = {}
    for item in rule.items:
        weight = item.weights[row] if item.weights is not None and row is not None else Fraction(1)
        found[item.id] = _form(oracle, item.form, weight)
        members.setdefault(item.group, []).append(item.id)
    low = high = Fraction(0)
    whys: list[Why] = []
    for group, ids in members.items():
        a, b = sum(found[i][0][0] for i in ids), sum(found[i][0][1] for i in ids)
        if group is not None and group in rule.caps:
            a, b = min(a, rule.caps[group]), min(b, rule.caps[group])
        why = union(found[i][1] for i in ids if found[i][0][0] != found[i][0][1])
        if group is not None:
            found[group] = ((Fraction(a), Fraction(b)), why)
        if a != b:  # a group closed by its cap keeps nothing open
            whys.append(why)
        low, high = low + a, high + b
    found["total"] = ((low, high), union(whys))
    return found


def _kept(points: Pair, weight: Fraction) -> Pair:
    a, b = half_away(points[0] * weight, 4), half_away(points[1] * weight, 4)
    return min(a, b), max(a, b)


def _around(pairs: list[Pair]) -> Pair:
    return min(p[0] for p in pairs), max(p[1] for p in pairs)


def _expert(points: Pair) -> Why:
    return JUDGEMENT if points[0] != points[1] else NOTHING


def _form(oracle: Oracle, form: m.Form, weight: Fraction) -> tuple[Pair, Why]:
    """Contribution of an item, and what an open one waits for."""
    found: tuple[Pair, Why]
    if isinstance(form, m.Bands):
        found = _bands(oracle, form, weight)
    elif isinstance(form, m.MapPoints):
        code, why = oracle.value(form.value)
        if code is None:
            found = _around([_kept(p, weight) for p in (*form.points.values(), form.otherwise)]), why
        else:
            points = form.points.get(code, form.otherwise)
            found = _kept(points, weight), _expert(points)
    elif isinstance(form, m.Linear):
        found = _linear(oracle, form, weight)
    elif isinstance(form, m.Mark):
        mark, why = oracle.value(form.value)
        whole = _kept((Fraction(0), form.most), weight)
        if mark is not None:
            mark = min(max(mark, Fraction(0)), form.most)
            whole = _kept((mark, mark), weight)
        found = whole, why
    elif isinstance(form, m.Ladder):
        found = _ladder(oracle, form, weight)
    elif isinstance(form, m.Best):
        parts = [_form(oracle, part, weight) for part in form.forms]
        low, high = max(p[0][0] for p in parts), max(p[0][1] for p in parts)
        found = (low, high), union(why for (_, end), why in parts if end > low)
    else:
        found = _capped(oracle, form, weight)
    return found


def _bands(oracle: Oracle, form: m.Bands, weight: Fraction) -> tuple[Pair, Why]:
    x, why = oracle.value(form.value)
    if x is None:
        return _around([_kept(p, weight) for p in form.points]), why

    def place(value: Any) -> int:
        for i, bound in enumerate(form.bounds):
            if (value <= bound) if form.upper else (value >= bound):
                return i
        return len(form.bounds)

    low, high = ends(x)
    reached = form.points[min(place(low), place(high)) : max(place(low), place(high)) + 1]
    if low == high:
        return _kept(reached[0], weight), _expert(reached[0])
    return _around([_kept(p, weight) for p in reached]), (why if len(reached) > 1 else _expert(reached[0]))


def _linear(oracle: Oracle, form: m.Linear, weight: Fraction) -> tuple[Pair, Why]:
    (x, a), (full, b) = oracle.value(form.value), oracle.value(form.full)
    why = a | b
    if full is not None and full <= 0:
        why = why | UNDEFINED
    if x is None or full is None or full <= 0:
        return _kept((Fraction(0), form.points), weight), why
    share = min(max(x / full, Fraction(0)), Fraction(1))
    return _kept((share * form.points, share * form.points), weight), NOTHING


def _ladder(oracle: Oracle, form: m.Ladder, weight: Fraction) -> tuple[Pair, Why]:
    possible: list[Pair] = []
    whys: list[Why] = []
    last = form.otherwise
    for step in form.steps:
        holds, why = oracle.test(step.when)
        if holds:
            last = step.points
            break
        if holds is None:
            possible.append(_kept(step.points, weight))
            whys.append(why)
    return _around([*possible, _kept(last, weight)]), union(whys) if whys else _expert(last)


def _capped(oracle: Oracle, form: m.Capped, weight: Fraction) -> tuple[Pair, Why]:
    low = high = Fraction(0)
    waits: list[Why] = []
    judged = NOTHING
    for step in form.steps:
        holds, why = oracle.test(step.when)
        if holds is None:
            waits.append(why)
            low, high = low + min(Fraction(0), step.points[0]), high + max(Fraction(0), step.points[1])
        elif holds:
            low, high = low + step.points[0], high + step.points[1]
            judged = judged | _expert(step.points)
    if form.cap is not None:
        low, high = min(low, form.cap), min(high, form.cap)
    return _kept((low, high), weight), union(waits) if waits else judged


# ---- classes -----------------------------------------------------------------------------------


def _classify(oracle: Oracle, classes: m.Classes, verdict: Verdict) -> None:
    code, why = oracle.value(classes.by)
    verdict.classes = []
    if code is None or code not in classes.table:
        verdict.classes = list(classes.order)
        why = why | UNDEFINED if code is not None else why
    else:
        whys: list[Why] = []
        for name in classes.order[:-1]:
            holds, waits = oracle.test(classes.table[code][name])
            if holds is not False:
                verdict.classes.append(name)
            if holds:
                break
            if holds is None:
                whys.append(waits)
        else:
            verdict.classes.append(classes.order[-1])
        why = union(whys)
    verdict.outcome = "yes" if len(verdict.classes) == 1 else why.outcome
    verdict.missing = set(why.missing)

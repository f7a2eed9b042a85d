"""One random family of rules over many cases: closures, oracle and SQL side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from keqiao.errors import RuleError
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.dimensions import SCALES
from keqiao.rules.form import Fact, walk
from keqiao.rules.model import OUTCOMES, Rule, leaves, nodes, rule_nodes
from keqiao.rules.peers import PeerTable
from keqiao.rules.sql.compile import compile_sql
from keqiao.rules.sql.lower import Facts
from keqiao.rules.trace import Trace
from properties.cases import Caster, Written
from properties.engines import Engine
from properties.oracle import half_away
from properties.oracle_rule import Verdict, judge
from properties.packs import DAYS, Pack, build, family
from properties.words import VOCABULARY

POINT = SCALES["points"]


@dataclass
class Trial:
    """A family of rules, its cases, and what the oracle says of each."""

    packs: dict[str, Pack]
    rules: dict[str, Rule]
    as_of: dt.date
    year: int
    cases: list[Written]
    verdicts: list[Verdict]
    peers: PeerTable | None = None

    @property
    def main(self) -> Rule:
        return self.rules["t.main"]

    def find(self, id: str) -> Rule:
        return self.rules[id]

    def columns(self) -> set[str]:
        """The columns that the rules read."""
        facts = [p for r in self.rules.values() for n in rule_nodes(r) for p in walk(n) if isinstance(p, Fact)]
        return {f"{p.id}__{p.shift}" if p.shift else p.id for p in facts}


def trial(rng: Random, count: int, make: Callable[[Random], dict[str, Pack]] = family) -> Trial:
    """A random trial of rules that ``make`` writes; every case is a peer of every other."""
    packs = make(rng)
    rules = build(packs)
    as_of = rng.choice(DAYS)
    year = as_of.year - rng.choice([1, 1, 1, 0])
    caster = Caster(rng, rules.values(), as_of, year)
    rates = [rng.choice([0.0, 0.05, 0.15, 0.5]) for _ in range(count)]
    cases = [caster.make(rate) for rate in rates]
    peers = [c.case for c in cases]
    return Trial(packs, rules, as_of, year, cases, [judge(rules, "t.main", c.case, peers=peers) for c in cases])


# ---- closures ----------------------------------------------------------------------------------


def told(trace: Trace) -> dict[str, Any]:
    """Decided clauses and groups by id."""
    found: dict[str, Any] = {}
    pending = [trace.told] if trace.told is not None else []
    while pending:
        one = pending.pop()
        found[one.tree.node.id] = one
        pending += one.parts or []
    return found


def check_closures(one: Trial) -> list[Trace]:
    """The closures say what the oracle says."""
    code, env = compile_rule(one.main, one.find)
    reader = CaseReader(VOCABULARY, env)
    traces = []
    for written, verdict in zip(one.cases, one.verdicts, strict=True):
        case = reader.read(written.facts, written.holds, one.as_of, one.year, one.peers)
        trace = code.evaluate(case)
        trace.vocabulary = VOCABULARY
        traces.append(trace)
        parts = told(trace)
        saw = {
            "outcome": trace.outcome,
            "missing": set(trace.missing),
            "clauses": {id: OUTCOMES[t.outcome] for id, t in parts.items()},
            "items": dict(zip([i.id for i in one.main.items], trace.points, strict=False)),
            "score": trace.total,
            "classes": trace.classes,
        }
        assert saw == expected(verdict, one.main), written.facts | {"holds": written.holds}
        _check_margins(parts, verdict)
    return traces


def expected(verdict: Verdict, rule: Rule) -> dict[str, Any]:
    """The oracle's verdict in the shape of a trace."""
    total = verdict.total
    return {
        "outcome": verdict.outcome,
        "missing": verdict.missing,
        "clauses": verdict.clauses,
        "items": {id: _points(pair) for id, pair in verdict.items.items()},
        "score": None if total is None else _points(total[0]),
        "classes": verdict.classes if rule.classes is not None and verdict.in_force else None,
    }


def _points(pair: tuple[Fraction, Fraction]) -> tuple[int, int]:
    assert all((end * POINT).denominator == 1 for end in pair)
    return int(pair[0] * POINT), int(pair[1] * POINT)


def _check_margins(parts: Mapping[str, Any], verdict: Verdict) -> None:
    for id, margin in verdict.margins.items():
        raw = parts[id].margin
        if raw is not None:
            compared = parts[id].tree.compared
            if compared.kind == "pair":
                raw = Fraction(*raw)
            elif compared.kind == "range":
                raw = raw[0]
            raw = raw * compared.factor
        assert raw == margin, id


# ---- SQL ---------------------------------------------------------------------------------------


def facts_of(one: Trial, rng: Random) -> Facts | None:
    """All columns; or only those that hold anything, with those that lack nothing marked."""
    if rng.random() < 0.5:
        return None
    names = [*one.columns(), "titles"]
    rows = [c.row for c in one.cases]
    present = frozenset(n for n in names if any(r.get(n) is not None for r in rows))
    complete = frozenset(n for n in names if all(r.get(n) is not None for r in rows))
    return Facts(present, complete)


def check_sql(one: Trial, engine: Engine, facts: Facts | None) -> bool:
    """The SQL says what the oracle says; False where the rule is refused as too wide for SQL."""
    try:
        sql = compile_sql(
            one.main, one.find, as_of=one.as_of, year=one.year, dialect=engine.dialect, keys=("n",), conditions=True, facts=facts
        )
    except RuleError:
        return False
    engine.load([c.row for c in one.cases], one.columns())
    for written, verdict, row in zip(one.cases, one.verdicts, engine.run(sql), strict=True):
        saw, want = _of_row(one.main, row), expected(verdict, one.main)
        want["clauses"] = {id: o for id, o in want["clauses"].items() if id in saw["clauses"]}
        del want["missing"]
        want["classes"] = want["classes"][0] if len(want["classes"] or ()) == 1 else None
        assert saw == want, (written.facts | {"holds": written.holds}, sql)
        _check_sql_margins(one.main, verdict, row)
    return True


def _of_row(rule: Rule, row: Mapping[str, Any]) -> dict[str, Any]:
    clauses = {}
    if rule.require is not None:
        ids = [n.id for n in nodes(rule.require)]
        clauses = {id: OUTCOMES[row[f"c:{id}"]] for id in ids if row.get(f"c:{id}") is not None}
    items = {}
    for item in rule.items:
        low = row[f"low:{item.id}"]
        if low is not None:
            items[item.id] = (low, row.get(f"high:{item.id}", low))
    score = None
    if row.get("score_low") is not None:
        score = (row["score_low"], row["score_high"])
    return {"outcome": OUTCOMES[row["outcome"]], "clauses": clauses, "items": items, "score": score, "classes": row.get("class")}


def _check_sql_margins(rule: Rule, verdict: Verdict, row: Mapping[str, Any]) -> None:
    """Stored units, rounded half away, but never to zero where it is not zero."""
    for clause in leaves(rule.require) if rule.require is not None else ():
        if f"m:{clause.id}" not in row:
            continue
        margin = verdict.margins.get(clause.id)
        if margin is not None:
            scale = SCALES.get(clause.when.left.dim.name, 10**8)  # type: ignore[attr-defined]
            rounded = int(half_away(margin * scale, 0))
            margin = Fraction(rounded or (margin > 0) - (margin < 0))
        assert row[f"m:{clause.id}"] == margin, clause.id

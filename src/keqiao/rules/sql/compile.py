"""A rule as one SQL query over a table of facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from keqiao.errors import say
from keqiao.rules.form import has_peers
from keqiao.rules.model import Rule, rule_nodes
from keqiao.rules.sql.dialects import DIALECTS
from keqiao.rules.sql.emit import Emitter
from keqiao.rules.sql.ir import Graph, X
from keqiao.rules.sql.lower import Facts
from keqiao.rules.sql.rule import Lowered, lower_rule


def outputs_of(lowered: Lowered, conditions: bool | Iterable[str]) -> dict[str, X]:
    """Output columns by name.

    ``outcome`` is 0 no, 1 unknown, 2 refer, 3 yes; ``score_low`` and ``score_high`` in 1/10000
    points. With ``conditions`` also ``c:ID`` (outcome of a clause or group), ``m:ID`` (margin in
    stored units), ``low:ID`` and ``high:ID`` (points of an item); given ids, only the outcomes of those.
    """
    found: dict[str, X] = {"outcome": lowered.outcome}
    if lowered.total is not None:
        found |= {"score_low": lowered.total.low, "score_high": lowered.total.high}
    if lowered.class_ is not None:
        found["class"] = lowered.class_
    if not isinstance(conditions, bool):
        found |= {f"c:{id}": lowered.clauses[id] for id in conditions}
    elif conditions:
        found |= {f"c:{id}": x for id, x in lowered.clauses.items()}
        found |= {f"m:{id}": x for id, x in lowered.margins.items()}
        for id, (low, high) in lowered.items.items():
            found[f"low:{id}"] = low
            if high is not low:
                found[f"high:{id}"] = high
    return found


def compile_sql(
    rule: Rule,
    find: Callable[[str], Rule],
    *,
    as_of: dt.date,
    year: int,
    dialect: str = "duckdb",
    table: str = "facts",
    keys: Iterable[str] = ("scheme", "id"),
    conditions: bool | Iterable[str] = False,
    facts: Facts | None = None,
) -> str:
    """One SELECT that decides every row of ``table`` (see `outputs_of` for its columns)."""
    graph = Graph()
    lowered = lower_rule(rule, find, as_of, year, facts, graph)
    return Emitter(DIALECTS[dialect], table, keys).query(outputs_of(lowered, conditions))


def header(rule: Rule, as_of: dt.date, year: int, dialect: str, table: str = "facts") -> str:
    """The comment above a compiled rule: what it is, what the table must hold, how to read the result."""
    origin = " ".join(str(p) for p in (rule.origin.document, rule.origin.number) if p)
    titles = 'jsonb array of {"title", "from", "to"}' if dialect == "postgres" else "array of (title, from, to)"
    lines = [
        f"keqiao: {rule.id} {rule.title.zh} · {origin} · version {rule.version} · status {rule.status}",
        f"as of {as_of.isoformat()}, year {year}, dialect {dialect}",
        say(
            f"表 {table}：每行一户；列名为指标编号，上年为 编号__1；金额为分，比率为 10^-8，人数、件数、分数、年数为 10^-4 的整数；",
            f"table {table}: a row per enterprise; columns are indicator ids, the year before is id__1; money in 分, "
            "ratios in 10^-8, people, counts, points and years in 10^-4, all whole numbers;",
        ),
        say(f"日期为 DATE，是否为 BOOLEAN，titles 为 {titles}；NULL 为未知", f"dates DATE, flags BOOLEAN, titles {titles}; NULL is unknown"),
        say("outcome：0 否，1 未知，2 转人工，3 是；得分为 10^-4 分", "outcome: 0 no, 1 unknown, 2 refer, 3 yes; scores in 10^-4 points"),
    ]
    if any(map(has_peers, rule_nodes(rule))):
        lines.append(say("与同行比较：表里要有全部企业，不能只取一部分", "compares with peers: the table must hold every enterprise, not a part"))
    return "\n".join(f"-- {line}" for line in lines)

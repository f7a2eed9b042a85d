"""Comparisons with peers lowered: windows over whole numbers, quotients put in exact order without dividing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from keqiao.errors import RuleError
from keqiao.rules import form as f
from keqiao.rules.dimensions import SCALES
from keqiao.rules.peers import PeerTable
from keqiao.rules.sql import values as v
from keqiao.rules.sql.dialects import DIALECTS
from keqiao.rules.sql.emit import Emitter
from keqiao.rules.sql.ir import WIDEST, Graph, X
from keqiao.rules.sql.values import Num, Plain, Span

if TYPE_CHECKING:
    from keqiao.rules.sql.lower import Lowering

#: Compound dimensions (money per person) are rounded to 1/10⁸ of base units before a median is taken.
COMPOUND = 10**8


def lower_peer(low: Lowering, node: f.Peer) -> Num:
    """A percentile or a median over all rows of the table."""
    own = low.number(node.x)
    if isinstance(own, Span):
        raise RuleError("得分区间不能与同行比较", "a range of points cannot be compared with peers")
    codes = [low.plain(part) for part in node.over]
    x = v.tidied(low.g, own)
    if node.kind == "percentile":
        return _percentile(low.g, x, codes, v.merged(low.g, (own, *codes)))
    return _median(low.g, rounded(low.g, x, node.dim.name), codes, v.merged(low.g, codes))


def _percentile(g: Graph, x: Num, codes: list[Plain], refer: X | None) -> Num:
    """(below + ½ equal) / known, as (rank - 1 + how many are not above) / 2 known."""
    keys, parts = order_keys(g, x), tuple(code.x for code in codes)
    unknown = g.either([g.is_null(keys[0]), *(g.is_null(part) for part in parts)])
    rank = g.window("rank", None, parts, keys)
    upto, known = g.window("count", keys[0], parts, keys), g.window("count", keys[0], parts, ())
    nothing = g.null("int")
    num = g.case([(unknown, nothing)], g.subtract(g.add(rank, upto), g.number(1)))
    return Num(num, g.case([(unknown, nothing)], g.scaled(known, 2)), Fraction(1), refer, True)


def _median(g: Graph, x: Num, codes: list[Plain], refer: X | None) -> Num:
    """The mean of the least value with half of all at or below it, and the least with more than half."""
    parts, nothing = tuple(code.x for code in codes), g.null("int")
    known = g.window("count", x.num, parts, ())
    twice = g.scaled(g.window("count", x.num, parts, (x.num,)), 2)
    middle = [
        g.window("min", g.case([(g.compare(op, twice, known), x.num)], nothing), parts, ()) for op in (">=", ">")
    ]
    unknown = g.either(g.is_null(part) for part in parts)
    return Num(g.case([(unknown, nothing)], g.add(*middle)), None, x.factor / 2, refer)


def rounded(g: Graph, x: Num, dimension: str) -> Num:
    """A tidy number rounded half away from zero to the scale of its dimension."""
    scale = SCALES.get(dimension, COMPOUND)
    unit = x.factor * scale
    top = g.scaled(x.num, unit.numerator)
    bottom = g.number(unit.denominator) if x.den is None else g.scaled(x.den, unit.denominator)
    whole = bottom.op == "lit" and bottom.extra == 1
    return Num(top if whole else v.round_half_away(g, top, bottom), None, Fraction(1, scale), x.refer)


def order_keys(g: Graph, x: Num) -> tuple[X, ...]:
    """Whole numbers that order a tidy number exactly, and are equal only where it is.

    A quotient is written digit by digit to a base S: n / d cut towards zero, then what is left times S, and so on.
    Two quotients whose denominators are at most D differ by at least 1 / D², so t digits after the first with
    S^t ≥ D² tell any two apart. Every key is NULL where the number is.
    """
    if x.den is None:
        return (x.num,)
    most = x.den.bound
    base = 10 ** (len(str(WIDEST // most)) - 1)
    if base < 10:
        raise RuleError(
            "同行比较的除数太大，不能精确排序；请减少连乘或除法",
            "the divisor of what peers are compared by is too large to be ordered exactly; use fewer products",
        )
    keys, rest, reach = [g.quotient(x.num, x.den)], g.remainder(x.num, x.den), 1
    while reach < most * most:
        scaled = g.scaled(rest, base)
        keys.append(g.quotient(scaled, x.den))
        rest, reach = g.remainder(scaled, x.den), reach * base
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class PeerQuery:
    """One SELECT of a comparison's known values: ``codes``, ``num``, ``den``, ``count``; values rise within codes."""

    factor: Fraction
    sql: str


def peer_queries(low: Lowering, peers: Mapping[str, f.Peer], table: str = "facts") -> dict[str, PeerQuery]:
    """Per key the DuckDB query whose rows make a `PeerTable`, lowered by the same rules as the decision."""
    return {key: _query(low, node, table) for key, node in peers.items()}


def fetch_peers(
    low: Lowering, peers: Mapping[str, f.Peer], run: Callable[[str], Iterable[Sequence[Any]]], table: str = "facts"
) -> PeerTable:
    """The table of a few rows at once; ``run`` gives the rows of a DuckDB query."""
    return PeerTable.of_rows(
        (key, str(query.factor), codes, int(num), None if den is None else int(den), count)
        for key, query in peer_queries(low, peers, table).items()
        for codes, num, den, count in run(query.sql)
    )


def _query(low: Lowering, node: f.Peer, table: str) -> PeerQuery:
    g, own = low.g, low.number(node.x)
    assert isinstance(own, Num)
    x = v.tidied(g, own)
    if node.kind == "median":
        x = rounded(g, x, node.dim.name)
    columns = {f"c{i}": low.plain(part).x for i, part in enumerate(node.over)}
    keys = {f"k{i}": key for i, key in enumerate(order_keys(g, x))}
    inner = Emitter(DIALECTS["duckdb"], table).query(
        columns | keys | {"num": x.num, "den": x.den or g.null("int")}
    )
    names, order = [*columns], [*columns, *keys]
    known = " AND ".join(f"{name} IS NOT NULL" for name in [*names, "k0"])
    sql = (
        f"SELECT CAST([{', '.join(names)}] AS VARCHAR[]) AS codes, CAST(ARG_MIN(num, COALESCE(den, 1)) AS DECIMAL(38, 0)) AS num, "
        f"CAST(MIN(den) AS DECIMAL(38, 0)) AS den, COUNT(*) AS count\nFROM ({inner})\nWHERE {known}\n"
        f"GROUP BY {', '.join(order)}\nORDER BY {', '.join(order)}"
    )
    return PeerQuery(x.factor, sql)

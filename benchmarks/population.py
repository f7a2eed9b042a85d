"""Snapshots of any size, drawn by DuckDB straight into Parquet, laid out like those that import writes.

A value depends on the number of its row and the name of its column alone, so that the same call gives
the same facts. One value in fifty is missing. The enterprises are invented.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterable
from pathlib import Path

import duckdb

from keqiao.facts.snapshot import FACTS, FORMAT, MANIFEST, describe_columns
from keqiao.packs.loader import Packs
from keqiao.rules.closures.rule import compile_rule
from keqiao.rules.closures.values import Env
from keqiao.rules.vocabulary import Indicator

AS_OF, YEAR = dt.date(2026, 11, 21), 2025
#: One value in this many is missing.
MISSING = 50
#: Rows of a group of the Parquet file; DuckDB wants a multiple of 2,048.
GROUP = 20_480
#: Stored units: money in 分, people, items, points and years in 1/10,000, ratios in 1/10**8.
_DRAWS = {
    "employees": "10000 * CAST(exp(size * 0.75 - 1.8) + 1 AS BIGINT)",
    "revenue": "100 * CAST(exp(size + 10 + 0.4 * {u}) AS BIGINT)",
    "main_revenue": "100 * CAST((0.7 + 0.3 * {u}) * exp(size + 10 + 0.4 * {revenue}) AS BIGINT)",
    "total_assets": "100 * CAST(exp(size + 9.8 + 1.2 * {u}) AS BIGINT)",
    "net_assets": "100 * CAST(exp(size + 9.2 + 1.2 * {u}) AS BIGINT)",
    "total_costs": "100 * CAST(exp(size + 10 + 0.3 * {u}) AS BIGINT)",
    "rd_expense": "100 * CAST(exp(size + 7 + 0.4 * {u} + 2 * rd) AS BIGINT)",
    "tech_staff": "10000 * CAST(exp(size * 0.75 - 1.8) * 0.4 * {u} AS BIGINT)",
    "rd_staff": "10000 * CAST(exp(size * 0.75 - 1.8) * 0.3 * {u} AS BIGINT)",
}
_TYPES = {
    "money": "100 * CAST(exp(size + 6.5 + 3 * {u}) AS BIGINT)",
    "ratio": "CAST(1200000 * {u} * {u} AS BIGINT) * 100",
    "people": "10000 * CAST(30 * {u} * {u} AS BIGINT)",
    "count": "10000 * CAST(12 * {u} * {u} * {u} AS BIGINT)",
    "points": "10000 * CAST(100 * {u} AS BIGINT)",
    "years": "10000 * CAST(15 * {u} AS BIGINT)",
    "days": "CAST(4000 * {u} AS BIGINT)",
    "date": "DATE '2026-11-01' - CAST(9000 * {u} AS INTEGER)",
    "text": "'企业' || i",
}
#: Flags that speak against an enterprise are rare, the others common.
_BAD = ("accident", "violation", "dishonesty", "abnormal", "restricted", "excluded", "evasion", "false")
_TITLES = {
    "title.hnte": 0.2, "title.tech_innovative_sme": 0.6, "title.srdi_sme": 0.3, "title.innovative_sme": 0.3,
    "title.national_science_award_top3": 0.05, "title.provincial_science_award_top3": 0.1,
}  # fmt: skip


def columns_of(packs: Packs, rules: Iterable[str]) -> list[str]:
    """Columns that the rules read on the day, in order of the vocabulary; titles are always there."""
    env = Env()
    for id in rules:
        compile_rule(packs.version(id, AS_OF), lambda asked: packs.version(asked, AS_OF), env)
    order = {id: i for i, id in enumerate(packs.vocabulary.indicators)}
    read = sorted((pair for pair in env.slots if pair[0] in order), key=lambda pair: (order[pair[0]], pair[1]))
    return [f"{id}__{back}" if back else id for id, back in read]


def write_population(out: Path, rows: int, packs: Packs, rules: Iterable[str]) -> None:
    """Write a snapshot of ``rows`` enterprises with the columns that the rules read."""
    out.mkdir(parents=True)
    names = columns_of(packs, rules)
    drawn = [f"{_column(name, packs.vocabulary.indicators[name.partition('__')[0]])} AS \"{name}\"" for name in names]
    titles = ", ".join(
        f"CASE WHEN {_uniform('title ' + t)} < {share} THEN {{'title': '{t}', 'from': "
        f"DATE '2026-12-01' - CAST(2500 * {_uniform('from ' + t)} AS INTEGER), 'to': NULL::DATE}} END"
        for t, share in _TITLES.items()
    )
    query = f"""
        SELECT 'other' AS scheme, 'E' || lpad(CAST(i AS VARCHAR), 11, '0') AS id, {', '.join(drawn)},
          CASE WHEN {_uniform('titles')} >= {1 / MISSING} THEN list_filter([{titles}], lambda t: t IS NOT NULL) END AS titles
        FROM (SELECT i, 2 + 9 * {_uniform('size')} AS size, {_uniform('rd')} AS rd FROM range({rows}) AS r(i))"""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        connection.execute(f"SET temp_directory = '{out / 'spill'}'")
        connection.execute(f"COPY ({query}) TO '{out / FACTS}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP})")
        known = connection.sql(f"SELECT count(*) FROM '{out / FACTS}'").fetchall()
    manifest = {
        "format": FORMAT, "year": YEAR, "as_of": AS_OF.isoformat(), "rows": known[0][0], "label": "invented for measuring",
        "sources": [], "warnings": 0, "columns": describe_columns(packs.vocabulary, names), "content_hash": "",
    }  # fmt: skip
    (out / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _uniform(salt: str) -> str:
    """An even draw from 0 to 1 of the row ``i``."""
    return f"(CAST(hash(i + {zlib.crc32(salt.encode()) * 2**24}) >> 32 AS DOUBLE) / 4294967296)"


def _column(name: str, indicator: Indicator) -> str:
    draw = _DRAWS.get(indicator.id)
    u = _uniform(name)
    if draw is None:
        draw = _TYPES.get(indicator.type)
    if indicator.type == "flag":
        draw = f"{{u}} < {0.01 if any(word in indicator.id for word in _BAD) else 0.8}"
    elif indicator.type == "code" and draw is None:
        values = indicator.values or ("330100", "330200", "440100", "C3921")
        listed = ", ".join(f"'{v}'" for v in values)
        draw = f"([{listed}])[1 + CAST(floor({len(values)} * {{u}}) AS INTEGER)]"
    assert draw is not None, f"no way to draw {indicator.id} of type {indicator.type}"
    return f"CASE WHEN {_uniform('known ' + name)} >= {1 / MISSING} THEN {draw.format(u=u, revenue=_uniform(name.replace('main_', '')))} END"

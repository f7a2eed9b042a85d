"""Make the frozen sample of the self-check, or check that the packaged one is what this tool makes.

    python tools/questions_sample.py [--out FILE]    # write it and print its content hash
    python tools/questions_sample.py --check         # compare content hashes; 1 where they differ

2,000 enterprises of the synthetic city with a seed of their own and nothing missing. Columns are what the shipped
standards and scorecards read, of every version; the code stands beside them to show that the enterprise is
synthetic. To keep the file small, amounts are whole 万元 of three significant digits, and whole numbers are divided by
what all of their column have in common (`times` in the file's metadata).
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from keqiao.assess.questions_sample import SAMPLE_DAY, SAMPLE_HASH, SAMPLE_YEAR, sample_path
from keqiao.engine.canonical import table_hash
from keqiao.examples import CITY_LABEL, Enterprise, city_enterprises
from keqiao.packs.loader import Packs, load_packs
from keqiao.rules import form as f
from keqiao.rules.model import rule_nodes
from keqiao.rules.quantities import read_fact
from keqiao.rules.vocabulary import Indicator

ROWS, SEED = 2000, 9199
DIGITS = 3
TITLES = pa.list_(pa.struct([("title", pa.string()), ("from", pa.date32()), ("to", pa.date32())]))
TYPES = {"flag": pa.bool_(), "date": pa.date32(), "code": pa.string(), "text": pa.string()}

Column = tuple[str, int]


def main() -> int:
    """Write or check the sample."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=sample_path())
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    target = arguments.out.with_suffix(".part") if arguments.check else arguments.out
    try:
        write(load_packs(), target)
        made = table_hash(target)
    finally:
        if arguments.check:
            target.unlink(missing_ok=True)
    print(made)
    if arguments.check and made != SAMPLE_HASH:
        print(f"the packaged sample is {SAMPLE_HASH}: run this tool and put the new hash into SAMPLE_HASH", file=sys.stderr)
        return 1
    return 0


def write(packs: Packs, target: Path) -> None:
    """Write the sample as Parquet."""
    columns, titles = read_by_rules(packs)
    enterprises = list(city_enterprises(ROWS, SEED, 0))
    table: dict[str, pa.Array] = {"uscc": pa.array([e.uscc for e in enterprises])}
    times: dict[str, int] = {}
    for id, shift in columns:
        indicator = packs.vocabulary.indicators[id]
        values = [value_of(e, indicator, shift) for e in enterprises]
        kind = TYPES.get(indicator.dimension.kind, pa.int64())
        if kind == pa.date32():
            values = [None if v is None else dt.date.fromordinal(v) for v in values]
        name = f"{id}__{shift}" if shift else id
        if kind == pa.int64():
            times[name] = math.gcd(*(v or 0 for v in values)) or 1
            values = [None if v is None else v // times[name] for v in values]
        table[name] = pa.array(values, kind)
    table["titles"] = pa.array([list(held(e, titles)) for e in enterprises], TITLES)
    note = {"label": CITY_LABEL, "seed": str(SEED), "as_of": SAMPLE_DAY.isoformat(), "year": str(SAMPLE_YEAR)}
    note["times"] = json.dumps(times)
    made = pa.table(table).replace_schema_metadata(note)
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(made, target, compression="zstd", compression_level=19, write_statistics=False)


def read_by_rules(packs: Packs) -> tuple[list[Column], frozenset[str]]:
    """The facts and titles that any version of a shipped rule reads, in the vocabulary's order."""
    facts: set[Column] = set()
    titles: set[str] = set()
    for id in packs:
        for source, _ in packs.sources(id):
            for node in rule_nodes(packs.built(id, source.effective.from_)):
                for part in f.walk(node):
                    if isinstance(part, f.Fact):
                        facts.add((part.id, part.shift))
                    elif isinstance(part, f.Holds):
                        titles.add(part.title)
    order = packs.vocabulary.order
    return sorted(facts, key=lambda c: (order[c[0]], c[1])), frozenset(titles)


def value_of(enterprise: Enterprise, indicator: Indicator, shift: int) -> Any:
    """A stored value of an enterprise, amounts rounded; None where it has none."""
    row = next((row for row in enterprise.rows if row["year"] == SAMPLE_YEAR - shift), {})
    raw = row.get(indicator.id)
    if raw is not None and indicator.type == "money":
        raw = rounded(Decimal(str(raw)))
    return read_fact(indicator, raw)


def rounded(value: Decimal) -> Decimal:
    """Whole 万元 with at most so many significant digits."""
    return round(value, min(0, DIGITS - 1 - value.adjusted()))


def held(enterprise: Enterprise, titles: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The titles of an enterprise that rules ask for."""
    for one in enterprise.titles:
        if one.title in titles:
            yield {"title": one.title, "from": one.start, "to": one.end}


if __name__ == "__main__":
    sys.exit(main())

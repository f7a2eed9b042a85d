"""The frozen sample that self-check questions are chosen by: 2,000 synthetic enterprises, packaged.

Nothing in it is a real enterprise's or a visitor's. `tools/questions_sample.py` makes it from the synthetic city
and checks it; how it is used is told in `docs/decisions/0009-next-question.md`.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

#: The day that the sample's dates and titles are as of, and the year of its facts.
SAMPLE_DAY, SAMPLE_YEAR = dt.date(2026, 11, 21), 2025

#: SHA-256 of what the file says (see `keqiao.engine.canonical.table_hash`).
SAMPLE_HASH = "26ffd2df51352a1b0b5f5773e1450477b9f7d934aea61e56fe23d0dfab99ff8b"

#: A title's spans: first and last day as ordinals, None where open.
Spans = tuple[tuple[int | None, int | None], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """Stored values by column (``x``, ``x__1`` for the year before), one entry an enterprise, None where it has none.

    Money in 分, other numbers in the scales of `keqiao.rules.dimensions`, dates as ordinal days; ``titles`` has all
    titles of each enterprise, by id.
    """

    rows: int
    columns: dict[str, list[Any]]
    titles: list[dict[str, Spans]]


def sample_path() -> Path:
    """The packaged Parquet file."""
    return Path(str(resources.files("keqiao.assess") / "data" / "questions_sample.parquet"))


@cache
def read_sample() -> Sample:
    """The sample as packaged, read once in a process."""
    table = pq.read_table(sample_path())
    times: dict[str, int] = json.loads(table.schema.metadata[b"times"])
    columns: dict[str, list[Any]] = {}
    titles: list[dict[str, Spans]] = []
    for name in table.column_names:
        values = table.column(name).to_pylist()
        if name == "titles":
            titles = [_titles(held) for held in values]
        else:
            columns[name] = _stored(values, times.get(name))
    return Sample(table.num_rows, columns, titles)


def _stored(values: list[Any], times: int | None) -> list[Any]:
    if times is not None:
        return [None if v is None else v * times for v in values]
    return [v.toordinal() if isinstance(v, dt.date) else v for v in values]


def _titles(held: list[dict[str, Any]]) -> dict[str, Spans]:
    found: dict[str, Spans] = {}
    for one in held:
        span = (_ordinal(one["from"]), _ordinal(one["to"]))
        found[one["title"]] = (*found.get(one["title"], ()), span)
    return found


def _ordinal(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal()

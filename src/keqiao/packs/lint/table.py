"""Cases as a table of facts in stored form, as a snapshot holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.rules.closures.values import TITLES, Case, Env
from keqiao.rules.vocabulary import Vocabulary

#: The column that numbers the rows, from 0.
ROW = "row"
_EPOCH = dt.date(1970, 1, 1).toordinal()
TITLE_TYPE = pa.list_(pa.struct([("title", pa.string()), ("from", pa.date32()), ("to", pa.date32())]))
_TYPES = {"flag": pa.bool_(), "date": pa.date32(), "code": pa.string(), "text": pa.string()}


def facts_table(cases: Sequence[Case], env: Env, vocabulary: Vocabulary) -> pa.Table:
    """One row per case: ``row``, a column per fact that the rule reads, and ``titles``.

    ``env`` says which slot of a case holds which fact: the column of ``(id, n)`` is ``id``, or
    ``id__n`` for n years earlier. Numbers are in the stored scale, NULL is missing.
    """
    columns = {ROW: pa.array(range(len(cases)), pa.int64())}
    for (id, shift), slot in env.slots.items():
        name = f"{id}__{shift}" if shift else id
        columns[name] = _column([case[slot] for case in cases], vocabulary.indicators[id].dimension.kind)
    columns["titles"] = pa.array([_titles(case) for case in cases], TITLE_TYPE)
    return pa.table(columns)


def _column(values: list[object], kind: str) -> pa.Array:
    if kind == "date":
        days = [None if day is None else int(str(day)) - _EPOCH for day in values]
        return pa.array(days, pa.int32()).cast(pa.date32())
    return pa.array(values, _TYPES.get(kind, pa.int64()))


def _titles(case: Case) -> list[dict[str, object]] | None:
    titles = case[TITLES]
    if titles is None:
        return None
    return [
        {"title": title, "from": _day(start), "to": _day(end)}
        for title, spans in titles.items()
        for start, end in spans
    ]


def _day(ordinal: int | None) -> dt.date | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal)

"""Where enterprises lie: the code of their registered place, and the parks and blocks they belong to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.places import Places
from keqiao.facts.problems import Findings
from keqiao.facts.records import Records
from keqiao.facts.wide import Wide
from keqiao.packs.records import RecordField, RecordKind
from keqiao.packs.schema import CheckNode, Titles
from keqiao.rules.vocabulary import Indicator

#: The indicator that holds the code of the registered place.
REGION = "region"


def _field(indicator: Indicator, required: bool = False, future: bool = False) -> RecordField:
    return RecordField(indicator, indicator, required, future, {})


MEMBERSHIP = RecordKind(
    "places", "所属园区", "parks", ("所属园区", "园区", "所属片区", "片区", "places"),
    (
        _field(Indicator("place", "园区", ("所属园区", "园区名称", "片区", "所属片区"), english="place"), True),
        _field(Indicator("from", "起始日", ("起始日期", "入园日期", "入驻日期"), "date", english="start date")),
        _field(Indicator("to", "截止日", ("截止日期", "离园日期", "退出日期"), "date", english="end date"), future=True),
    ),
    key=("place", "from"),
    checks=(CheckNode(id="place_ends", title=Titles(zh="截止不早于起始", en="ends no earlier than it begins"), when="截止日 >= 起始日"),),
)  # fmt: skip


def check_region(wide: Wide, places: Places, findings: Findings) -> None:
    """Warn of codes of registered places that no table knows, and tell of those no longer in use."""
    values = wide.values.get((REGION, 0))
    if values is None:
        return
    judged: dict[str, tuple[str, str, str] | None] = {}
    retired: list[int] = []
    for i, value in enumerate(values):
        if value is None:
            continue
        code = str(value)
        if code not in judged:
            judged[code] = _judge(code, places)
        found = judged[code]
        mark = None if found is None else wide.mark((REGION, 0), i)
        if found is None or mark is None:
            continue
        if found[0] == "unknown-place":
            findings.cell("warning", "unknown-place", mark, found[1], found[2])
        else:
            retired.append(i)
    if retired:
        first = str(values[retired[0]])
        mark = wide.mark((REGION, 0), retired[0])
        assert mark is not None
        findings.cell(
            "note", "place-retired", mark,
            f"有 {len(retired)} 家的行政区划代码已不再使用（此处为第一家：{first} {places.full_name(first)}），照原样保存",
            f"{len(retired)} enterprise(s) have a code that is no longer in use (this is the first: {first}); "
            "it is kept as it stands",
        )  # fmt: skip


def _judge(code: str, places: Places) -> tuple[str, str, str] | None:
    if places.known(code):
        return None if places.current(code) else ("place-retired", "", "")
    near = places.find(code) or (code[:6] if places.known(code[:6]) else None)
    zh = f"；应为六位代码，是不是 {near}（{places.full_name(near)}）？" if near else "；应为六位行政区划代码，如 330106"
    en = f"; did you mean {near}?" if near else "; write the six-digit code of the division, such as 330106"
    return "unknown-place", f"没有“{code}”这个行政区划代码{zh}", f"there is no division {code!r}{en}"


def membership_table(records: Records, places: Places | None, findings: Findings) -> pa.Table:
    """scheme, id, place (its id in the tree, else as written), name, from, to; unknown places are warned of."""
    tree = places or Places()
    known: dict[str, str | None] = {}
    ids: list[str] = []
    for row, value in enumerate(records.values["place"]):
        text = str(value)
        if text not in known:
            known[text] = tree.find(text)
        found = known[text]
        ids.append(found or text)
        if found is None and places is not None:
            findings.cell(
                "warning", "unknown-place", records.mark(row, "place"),
                f"没有“{text}”这个园区或片区，照原样保存；请在 kind: places 的规则包里写明它属于哪里",
                f"there is no park or block {text!r}; it is kept as written; declare it in a pack of kind places",
            )  # fmt: skip
    table = records.table_in_order()
    at = table.schema.get_field_index("place")
    days = [None if d is None else dt.date.fromordinal(int(d)) for d in records.values["from"]]
    names = [tree.name_of(id, day) or id for id, day in zip(ids, days, strict=True)]
    table = table.set_column(at, "place", pa.array(ids, pa.string()))
    table = table.add_column(at + 1, "name", pa.array(names, pa.string()))
    return table.sort_by([(name, "ascending") for name in ("scheme", "id", "place", "from")])


def places_of(table: pa.Table | None, day: dt.date) -> Mapping[tuple[str, str], list[str]]:
    """The parks and blocks of each enterprise on a day, by key; several at once are possible."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in table.to_pylist() if table is not None else ():
        if (row["from"] is None or row["from"] <= day) and (row["to"] is None or day <= row["to"]):
            found.setdefault((row["scheme"], row["id"]), []).append(row["place"])
    return found

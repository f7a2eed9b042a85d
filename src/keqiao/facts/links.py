"""Renames and mergers (更名与合并): dated links between keys.

A rename makes the old key the new one: rows, titles and records under it are taken under the new
key, behind what the new key has itself. A merger or a split is kept and reported, and nothing is
added up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]

from keqiao.facts.keys import BadKey, Key, read_key
from keqiao.facts.mainsheet import MainSheet
from keqiao.facts.problems import Findings
from keqiao.facts.records import Records
from keqiao.packs.records import RecordField, RecordKind
from keqiao.rules.quantities import Stored
from keqiao.rules.vocabulary import Indicator

RENAME = "更名"


def _plain(indicator: Indicator, required: bool = False, reads: Mapping[str, str] | None = None) -> RecordField:
    column = indicator
    if reads:
        column = Indicator(
            indicator.id, indicator.label, indicator.aliases, indicator.type,
            values=(*indicator.values, *reads), english=indicator.english,
        )  # fmt: skip
    return RecordField(indicator, column, required, False, dict(reads or {}))


LINKS = RecordKind(
    "links", "更名与合并", "renames and mergers", ("更名与合并", "更名", "合并", "更名合并", "links"),
    (
        _plain(Indicator("old_id", "原代码", ("原统一社会信用代码", "旧代码"), english="old code")),
        _plain(Indicator("old_name", "原名称", ("原企业名称", "旧名称"), english="old name")),
        _plain(Indicator("new_name", "新名称", ("新企业名称", "现名称"), english="new name")),
        _plain(Indicator("on", "日期", ("变更日期", "更名日期", "合并日期"), "date", english="date"), True),
        _plain(
            Indicator("kind", "类型", ("变更类型",), "code", values=(RENAME, "合并", "分立"), english="kind"), True,
            {"变更": RENAME, "名称变更": RENAME, "吸收合并": "合并", "新设合并": "合并"},
        ),
    ),
    headings=("新代码", "新统一社会信用代码", "现代码", "new code"),
)  # fmt: skip


@dataclass(slots=True)
class Links:
    """The links of an import: ``renames`` from every old key to the one in use, ``steps`` how many there were."""

    records: Records | None = None
    old: list[Key | None] = field(default_factory=list)
    renames: dict[Key, Key] = field(default_factory=dict)
    steps: dict[Key, int] = field(default_factory=dict)

    def table(self) -> pa.Table | None:
        """scheme, id (the new key), old_scheme, old_id, old_name, new_name, on, kind; None where there are none."""
        if self.records is None:
            return None
        table = self.records.table_in_order()
        schemes = [None if key is None else key[0] for key in self.old]
        ids = [None if key is None else key[1] for key in self.old]
        at = table.schema.get_field_index("old_id")
        table = table.set_column(at, "old_id", pa.array(ids, pa.string()))
        table = table.add_column(at, "old_scheme", pa.array(schemes, pa.string()))
        return table.sort_by([(name, "ascending") for name in ("scheme", "id", "on", "old_id")])


def read_links(records: Records | None, as_of: dt.date, findings: Findings) -> Links:
    """The links of the records read; wrong old codes, double renames and circles are reported."""
    links = Links(records)
    if records is None:
        return links
    direct: dict[Key, Key] = {}
    for row, new in enumerate(records.keys):
        old = _old_key(records, row, findings)
        links.old.append(old)
        day = records.values["on"][row]
        if records.values["kind"][row] != RENAME or old in (None, new) or day is None or int(day) > as_of.toordinal():
            continue
        assert old is not None
        if direct.setdefault(old, new) != new:
            findings.cell(
                "error", "link-twice", records.mark(row, "old_id"),
                f"“{old[1]}”更名为两个不同的代码，请核对", f"{old[1]!r} is renamed to two different codes; check them",
            )  # fmt: skip
    for old in direct:
        end, seen = direct[old], {old}
        while end in direct and end not in seen:
            seen.add(end)
            end = direct[end]
        if end in seen:
            row = links.old.index(old)
            findings.cell(
                "error", "link-cycle", records.mark(row, "old_id"),
                f"“{old[1]}”几次更名以后又回到它自己，请核对", f"the renames of {old[1]!r} lead back to it; check them",
            )  # fmt: skip
        else:
            links.renames[old] = end
            links.steps[old] = len(seen)
    return links


def _old_key(records: Records, row: int, findings: Findings) -> Key | None:
    text = records.values["old_id"][row]
    if text is None:
        return None
    scheme = records.keys[row][0]
    try:
        return scheme, read_key(scheme, text)
    except BadKey as error:
        findings.cell("error", error.code, records.mark(row, "old_id"), error.zh, error.en)
        return None


def drop_old_names(mains: Sequence[MainSheet], links: Links) -> None:
    """Leave out a name that an enterprise had before, where its rows have another one as well."""
    if links.records is None:
        return
    old = set(zip(links.records.keys, links.records.values["old_name"], strict=True))
    names: dict[Key, set[Stored]] = {}
    columns = [(main, column) for main in mains for column in main.columns if column.indicator.id == "name"]
    for main, column in columns:
        for key, name in zip(main.keys, column.values, strict=True):
            if key is not None and name is not None:
                names.setdefault(key, set()).add(name)
    for main, column in columns:
        column.values = [
            None if key is not None and (key, name) in old and len(names.get(key, ())) > 1 else name
            for key, name in zip(main.keys, column.values, strict=True)
        ]


def report_links(links: Links, known: Collection[Key] | None, main_keys: Collection[Key], findings: Findings) -> None:
    """Report links of enterprises that are not there, what was taken over, and mergers.

    ``known`` are the enterprises in the end (None: not to be checked), ``main_keys`` the keys as
    the main sheets have them.
    """
    records = links.records
    if records is None:
        return
    for row, new in enumerate(records.keys):
        old = links.old[row]
        if known is not None and links.renames.get(new, new) not in known and old not in known:
            findings.cell(
                "error", "record-stranger", records.mark(row),
                f"“{new[1]}”不在企业表中；请补上该企业或删去这一行",
                f"{new[1]!r} is not on the main sheet; add the enterprise or delete the row",
            )  # fmt: skip
        elif old in links.renames and old in main_keys:
            findings.cell(
                "note", "link-taken", records.mark(row),
                f"“{old[1]}”已更名为“{new[1]}”：原代码各行的数据归入新代码，新代码已有的以新代码为准",
                f"{old[1]!r} was renamed {new[1]!r}: the rows of the old code are taken under the new one, "
                "behind what the new one has",
            )  # fmt: skip
        elif records.values["kind"][row] in ("合并", "分立"):
            kind = records.values["kind"][row]
            name = old[1] if old is not None else records.values["old_name"][row] or ""
            findings.cell(
                "warning", "link-merger", records.mark(row),
                f"“{name}”与“{new[1]}”{kind}：两家的数据不相加，各按各的代码评价，请核对要用哪一家",
                f"{name!r} and {new[1]!r} merged or split: nothing is added up, each is judged by its own code; "
                "check which one to use",
            )  # fmt: skip

"""The sheet of titles (称号): who holds what, from when to when."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from keqiao.facts.cells import Tally
from keqiao.facts.headings import Headings
from keqiao.facts.keys import BadKey, Key, find_code_heading, find_headings, read_key, role_of
from keqiao.facts.problems import Findings, Mapped, Mark
from keqiao.facts.remarks import report_cells, report_dates, report_tally
from keqiao.facts.sheets import RawSheet, is_blank, text_of
from keqiao.facts.values import NotADate, cell_date
from keqiao.rules.vocabulary import Vocabulary

_OPEN_END = {"长期", "永久", "无固定期限", "—", "-"}


@dataclass(frozen=True, slots=True)
class Title:
    """A title held: its vocabulary id, first and last day as ordinals (None: not given)."""

    id: str
    first: int | None
    last: int | None


@dataclass(slots=True)
class Titles:
    """All titles by enterprise, and how many entries there are."""

    of: dict[Key, list[Title]] = field(default_factory=dict)
    entries: int = 0

    def add(self, key: Key, title: Title) -> bool:
        """Add an entry; False where the same one is already there."""
        held = self.of.setdefault(key, [])
        if title in held:
            return False
        held.append(title)
        self.entries += 1
        return True


def is_titles_sheet(sheet: RawSheet, headings: Headings) -> bool:
    """Whether a sheet is named 称号 or titles, or has a key and a heading 称号."""
    name = sheet.name or sheet.file.stem
    if "称号" in name or name.casefold() == "titles":
        return True
    found = find_headings(sheet, headings)
    return found is not None and any(role_of(text_of(v)) == "title" for v in sheet.rows[found[0]])


@dataclass(slots=True)
class _Layout:
    row: int
    scheme: str
    key: int
    title: int
    first: int | None
    last: int | None


def _layout(sheet: RawSheet, headings: Headings) -> _Layout | None:
    found = find_headings(sheet, headings)
    if found is None:
        for r, row in enumerate(sheet.rows):
            code = find_code_heading(row)
            if code is not None:
                found = (r, code, "uscc")
                break
        else:
            return None
    row_index, key, scheme = found
    roles: dict[str | None, int] = {}
    for c, value in enumerate(sheet.rows[row_index]):
        roles.setdefault(role_of(text_of(value)), c)
    if "title" not in roles:
        return None
    return _Layout(row_index, scheme, key, roles["title"], roles.get("from"), roles.get("to"))


class TitleReader:
    """Reads sheets of titles against the enterprises of the main sheets."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        headings: Headings,
        as_of: dt.date,
        findings: Findings,
        renames: Mapping[Key, Key] | None = None,
    ) -> None:
        self.renames = renames or {}
        self._headings, self._as_of, self._findings = headings, as_of, findings
        self._labels = {i.label: i.id for i in vocabulary.indicators.values() if i.is_title}
        self._known: dict[str, str | None] = {}
        self.titles = Titles()
        self.given = False

    def read(self, sheet: RawSheet, enterprises: Iterable[Key] | None) -> list[Mapped]:
        """Read one sheet; ``enterprises`` are the keys of the main sheets (None: not to be checked).

        Any sheet with headings makes titles known (``given``), also where it has no rows.
        """
        if not any(not is_blank(row) for row in sheet.rows):
            self._findings.add(
                "warning", "titles-blank", sheet.title,
                "称号表是空白的，视为未提供；确实没有称号时请保留标题行",
                "the sheet of titles is blank and taken as not given; keep its headings to say none",
            )  # fmt: skip
            return []
        self.given = True
        layout = _layout(sheet, self._headings)
        if layout is None:
            self._findings.add(
                "error", "titles-headings", sheet.title,
                "称号表缺少标题“统一社会信用代码”和“称号”（另有“起始日”“截止日”）",
                "the sheet of titles lacks the headings 统一社会信用代码 and 称号 (and 起始日, 截止日)",
            )  # fmt: skip
            return []
        used = {layout.key, layout.title}
        used.update(c for c in (layout.first, layout.last) if c is not None)
        report_cells(sheet, layout.row, used, self._findings)
        known = None if enterprises is None else set(enterprises)
        self._rows(sheet, layout, known)
        return [Mapped(sheet.title, sheet.place(layout.row, layout.title), "称号", "titles", "称号", "", None)]

    def _rows(self, sheet: RawSheet, layout: _Layout, known: set[Key] | None) -> None:
        rows = [
            r for r in range(layout.row + 1, len(sheet.rows)) if not is_blank(sheet.rows[r])
        ]  # fmt: skip
        firsts = self._dates(sheet, rows, layout.first, "起始日", False)
        lasts = self._dates(sheet, rows, layout.last, "截止日", True)
        for i, r in enumerate(rows):
            key = self._key(sheet, layout, r, known)
            id = self._title(sheet, layout, r)
            first, last = firsts[i], lasts[i]
            if first is not None and last is not None and last < first and layout.last is not None:
                self._findings.cell(
                    "error", "title-ends-early", Mark(sheet, r, layout.last),
                    f"称号的截止日 {dt.date.fromordinal(last)} 早于起始日 {dt.date.fromordinal(first)}",
                    f"the title ends {dt.date.fromordinal(last)} before it begins "
                    f"{dt.date.fromordinal(first)}",
                )  # fmt: skip
            if key is not None and id is not None and not self.titles.add(key, Title(id, first, last)):
                self._findings.cell(
                    "warning", "title-twice", Mark(sheet, r, layout.title),
                    "同一企业的同一称号重复，只计一次", "the same title of the same enterprise is repeated",
                )  # fmt: skip

    def _key(self, sheet: RawSheet, layout: _Layout, r: int, known: set[Key] | None) -> Key | None:
        mark = Mark(sheet, r, layout.key)
        try:
            key = (layout.scheme, read_key(layout.scheme, sheet.rows[r][layout.key]))
        except BadKey as error:
            if not sheet.is_broken(r, layout.key):
                self._findings.cell("error", error.code, mark, error.zh, error.en)
            return None
        key = self.renames.get(key, key)
        if known is not None and key not in known:
            self._findings.cell(
                "error", "title-stranger", mark,
                f"“{key[1]}”不在企业表中；请补上该企业或删去这一行",
                f"{key[1]!r} is not on the main sheet; add the enterprise or delete the row",
            )  # fmt: skip
            return None
        return key

    def _title(self, sheet: RawSheet, layout: _Layout, r: int) -> str | None:
        text = text_of(sheet.rows[r][layout.title])
        if text not in self._known:
            found = self._headings.title(text) if text else None
            self._known[text] = found.id if found else None
        id = self._known[text]
        if id is None and not sheet.is_broken(r, layout.title):
            near = difflib.get_close_matches(text, self._labels, n=2, cutoff=0.4)
            zh = f"，相近的有：{'、'.join(near)}" if near else ""
            en = f"; nearest: {', '.join(near)}" if near else ""
            self._findings.cell(
                "error", "title-unknown", Mark(sheet, r, layout.title),
                f"没有“{text}”这一称号{zh}", f"there is no title {text!r}{en}",
            )  # fmt: skip
        return id

    def _dates(
        self, sheet: RawSheet, rows: list[int], column: int | None, label: str, is_end: bool
    ) -> list[int | None]:
        if column is None:
            return [None] * len(rows)
        tally = Tally()
        out: list[int | None] = []
        for i, r in enumerate(rows):
            value = sheet.rows[r][column]
            text = text_of(value)
            if not text or (is_end and text in _OPEN_END):
                out.append(None)
                continue
            try:
                day, remark = cell_date(value, sheet.date1904, sheet.is_csv)
            except NotADate as error:
                self._findings.cell(
                    "error", "date", Mark(sheet, r, column), f"{label}：{error.zh}", f"{label}: {error.en}"
                )
                out.append(None)
                continue
            if remark:
                tally.add(remark, i)
            out.append(day.toordinal())
        report_tally(tally, label, rows, sheet, column, self._findings)
        if not is_end:
            report_dates(out, self._as_of, rows, sheet, column, label, self._findings)
        return out

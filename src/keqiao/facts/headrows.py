"""One or two rows of headings, read as one text a column.

Groups stand above (``2024年`` or 基本情况 merged over several columns) or parts below (``2023 | 2024 | 2025``
under 研发费用, or 万元 under an amount). What can be read in one way only is read; anything else is told as
``heading-rows``, for a wrong year or indicator would be silent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from keqiao.facts.given import STATUS
from keqiao.facts.headings import Headings, fold, is_unit, unit_in_brackets
from keqiao.facts.keys import role_of, scheme_of
from keqiao.facts.problems import Findings, Mark
from keqiao.facts.sheets import RawSheet, text_of
from keqiao.rules.dimensions import SCALES

_YEAR_WORD = r"(?:年度|年末|年底|年)?"
_YEAR_ONLY = re.compile(r"((?:19|20)\d\d)" + _YEAR_WORD)
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
#: Parts that are the whole of what stands above them.
_WHOLE = ("合计", "总计", "小计", "总额", "全部")
#: Lines that stand above headings and are no groups: 单位：万元, 填报日期：2026年3月.
_REMARK = re.compile(r".*(?:[:：]|单位|日期|时间|填报|制表|备注|说明).*")


@dataclass(slots=True)
class HeadingRows:
    """``texts`` by column, as one heading; ``places`` the row in which each stands; ``bottom`` the last row."""

    top: int
    bottom: int
    texts: list[str]
    places: list[int]
    groups: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    faults: list[tuple[int, int, str, str]] = field(default_factory=list)

    def report(self, sheet: RawSheet, key_column: int, findings: Findings) -> None:
        """Tell how two rows were read, and what could not be."""
        for row, column, zh, en in self.faults:
            findings.cell("error", "heading-rows", Mark(sheet, row, column), zh, en)
        if not self.joined and not self.groups:
            return
        groups = "、".join(f"“{group}”" for group in self.groups)
        zh = f"两行表头：上面一行{groups}只是分组，不影响读数"
        en = f"two rows of headings: {groups} above are groups only and change nothing"
        if self.joined:
            zh = f"两行表头已合起来读，共 {len(self.joined)} 列，如 {self.joined[0]}"
            en = f"two rows of headings are read as one in {len(self.joined)} column(s), such as {self.joined[0]}"
        findings.cell("note", "two-heading-rows", Mark(sheet, self.bottom, key_column), zh, en)


def read_heading_rows(sheet: RawSheet, row: int, key_column: int, headings: Headings) -> HeadingRows:
    """The headings of a sheet whose key's heading stands at ``row`` and ``key_column``."""
    texts = [_line(text_of(v)) for v in sheet.rows[row]]
    below = _part_row(sheet, row, key_column, headings)
    if below is not None:
        groups, merged = _spread(sheet, row, texts)
        return _combine(sheet, groups, merged, (row, below), headings)
    found = HeadingRows(row, row, texts, [row] * len(texts))
    above = [text_of(v) for v in sheet.rows[row - 1]] if row else []
    if not any(above[key_column + 1 :]) or above[0].rstrip(":：") == STATUS:
        return found
    groups, merged = _spread(sheet, row - 1, above)
    if above[key_column] or groups[key_column]:
        title = groups[key_column]  # what covers the key is a title line or 基本情况, never a group of facts
        groups = ["" if g == title and merged[c] == merged[key_column] else g for c, g in enumerate(groups)]
    if not any(_means(g, headings) for g in groups):
        # 基本情况, 财务情况: nothing that a heading needs
        wide = [text for text in above if text and not _REMARK.fullmatch(text)]
        found.groups = [_line(text) for text in wide] if len(wide) > 1 else []
        return found
    return _combine(sheet, groups, merged, (row - 1, row), headings)


def _part_row(sheet: RawSheet, row: int, key_column: int, headings: Headings) -> int | None:
    """The second row of headings below the key's, or None where data begin there."""
    if row + 1 >= len(sheet.rows) or text_of(sheet.rows[row + 1][key_column]):
        return None
    values = [text_of(v) for v in sheet.rows[row + 1]]
    if any(v != "" and not isinstance(v, str) and not _YEAR_ONLY.fullmatch(text_of(v)) for v in sheet.rows[row + 1]):
        return None  # figures are data
    merged = next((m for m in sheet.merges if m[0] <= row <= m[2] and m[1] <= key_column <= m[3]), None)
    if merged is not None and merged[2] > row:
        return row + 1 if merged[2] == row + 1 else None
    texts = [v for v in values if v]
    if not texts:
        return None
    groups, _ = _spread(sheet, row, [text_of(v) for v in sheet.rows[row]])
    known = [p for g, p in zip(groups, values, strict=True) if p and _is_part(g, p, headings)]
    return row + 1 if len(known) * 2 >= len(texts) else None


def _is_part(group: str, part: str, headings: Headings) -> bool:
    """Whether a text of a second row is a heading, by itself or together with the one above it."""
    if _YEAR_ONLY.fullmatch(fold(part)):
        named = headings.read(group) if group else None
        return named is not None and named.indicator.period != "static"
    if is_unit(part):
        joined = headings.read(f"{group}（{part.strip('（）()')}）") if group else None
        return joined is not None and joined.unit is not None
    if headings.read(part) is not None:
        return True
    whole = headings.read(_part_of(group, part, headings)) if group else None
    return whole is not None and whole.indicator.dimension.name in SCALES


def _spread(sheet: RawSheet, row: int, texts: list[str]) -> tuple[list[str], list[int]]:
    """A row's texts over the columns they cover, and for each column where its text stands.

    Merged cells say how far a text reaches; in a row without any it reaches to the next text, as csv
    and sheets unmerged by other programs leave it.
    """
    spread, origin = list(texts), list(range(len(texts)))
    across = [m for m in sheet.merges if m[0] <= row <= m[2] and m[3] > m[1]]
    for _, left, _, right in across:
        for c in range(left, min(right + 1, len(texts))):
            spread[c], origin[c] = texts[left], left
    if not across:
        for c in range(1, len(texts)):
            if not texts[c] and spread[c - 1]:
                spread[c], origin[c] = spread[c - 1], origin[c - 1]
    return spread, origin


def _means(group: str, headings: Headings) -> bool:
    """Whether a group's text bears on the headings below it: a year, an indicator or a unit."""
    if not group or _REMARK.fullmatch(group):
        return False
    return bool(_YEARS.search(fold(group))) or headings.read(group) is not None or unit_in_brackets(group) is not None


def _combine(
    sheet: RawSheet, groups: list[str], origin: list[int], rows: tuple[int, int], headings: Headings
) -> HeadingRows:
    top, bottom = rows
    parts = [_line(text_of(v)) for v in sheet.rows[bottom]]
    found = HeadingRows(top, bottom, [], [])
    for c, part in enumerate(parts):
        group = groups[c]
        if not part and origin[c] != c:
            group = ""  # a column without a heading of its own below a neighbour's group
        text = _join(group, part, headings) if group and part and fold(group) != fold(part) else part or group
        if isinstance(text, tuple):
            found.faults.append((bottom, c, *text))
            text = ""
        elif group and part and text != part:
            found.joined.append(f"“{_line(group)}”+“{part}”＝“{_line(text)}”")
        found.texts.append(text)
        found.places.append(bottom if part else top)
    return found


def _line(text: str) -> str:
    return " ".join(text.split())


def _join(group: str, part: str, headings: Headings) -> str | tuple[str, str]:
    """A group and a part as one heading, or what is wrong with them (zh, en)."""
    if scheme_of(part, headings) is not None or role_of(part) is not None:
        return part
    if scheme_of(group, headings) is not None or role_of(group) is not None:
        return group
    if _REMARK.fullmatch(group) and headings.read(group) is None:
        return part
    own = headings.read(part)
    if found := _YEAR_ONLY.fullmatch(fold(part)):
        return f"{found[1]}年{group}"
    if is_unit(part):
        return f"{group}（{part.strip('（）()')}）"
    years = sorted(set(_YEARS.findall(fold(group))))
    named = headings.read(group)
    if years and named is None:
        return _of_year(years, group, part, headings)
    if named is not None and own is None:
        return _part_of(group, part, headings)
    if named is not None and own is not None and named.indicators != own.indicators:
        return (
            f"上面的“{_line(group)}”和这里的“{_line(part)}”各是一个指标，分不清这一列是哪个；请改成一行表头",
            f"{_line(group)!r} above and {_line(part)!r} here are two indicators; write the headings in one row",
        )
    unit = unit_in_brackets(group)
    if own is not None and own.unit is None and unit is not None and own.indicator.type == "money":
        return f"{part}（{unit}）"
    return part


def _of_year(years: list[str], group: str, part: str, headings: Headings) -> str | tuple[str, str]:
    own = headings.read(part)
    if own is None or own.indicator.period == "static":
        return part
    if len(years) > 1 or (own.year is not None and str(own.year) != years[0]):
        return (
            f"上面的“{_line(group)}”和这里的“{_line(part)}”说的年份不是一个，分不清这一列是哪年；请在标题里写明年份",
            f"{_line(group)!r} above and {_line(part)!r} here do not name one year; write the year in the heading",
        )
    return part if own.year is not None else f"{years[0]}年{part}"


def _part_of(group: str, part: str, headings: Headings) -> str:
    """A part of an indicator such as 境内 below 研发费用（万元）, where the two make a known name."""
    bare, bracket = re.fullmatch(r"([^（(]*)(.*)", group, re.DOTALL).groups()  # type: ignore[union-attr]
    word = re.sub(r"^其中[:：]?", "", part)
    if word in _WHOLE:
        return group
    for text in (f"{word}{bare}{bracket}", f"{bare}{word}{bracket}"):
        if headings.read(text) is not None:
            return text
    return f"{group}·{part}"

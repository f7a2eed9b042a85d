"""The synthetic city as an Excel workbook of the form that the import reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter  # type: ignore[import-untyped, unused-ignore]

from keqiao.examples.codes import CITY_CODE, CITY_NAME, PLACES
from keqiao.examples.profile import EARLIER
from keqiao.examples.records import COUNTED
from keqiao.rules.vocabulary import Indicator, Vocabulary

if TYPE_CHECKING:
    from keqiao.examples.city import Enterprise

#: Excel counts days from here (1 January 1900 is day 1, with the leap day that never was).
_EPOCH = dt.date(1899, 12, 30).toordinal()

#: A fixed creation date keeps the bytes of two runs equal.
_CREATED = dt.datetime(2026, 11, 21)

_TITLE_HEADINGS = ("统一社会信用代码", "称号", "起始日", "截止日")
_PATENT_HEADINGS = ("统一社会信用代码", "专利号", "专利类型", "申请途径", "申请日", "授权日", "法律状态")
_ROUND_HEADINGS = ("统一社会信用代码", "轮次", "金额（万元）", "到账日", "投资方", "合格机构投资者", "备案专业投资机构")
_Row = tuple[object, ...]


def heading(indicator: Indicator) -> str:
    """The column's heading: the label, with the unit in brackets for numbers."""
    return f"{indicator.label}（{indicator.unit}）" if indicator.dimension.is_number else indicator.label


def write_workbook(
    path: Path, enterprises: Iterable[Enterprise], vocabulary: Vocabulary, seed: int, count: int
) -> None:
    """Write the sheets 企业, 称号, 专利, 股权融资 and 说明 to ``path``.

    Indicators of the vocabulary that the generator does not make have no column: nobody in the
    city has them, and they stay unknown. Nor have those that are counted from the records.
    """
    # In memory the strings are shared, which halves the time to read the file back, and the
    # archive's entries do not depend on the temporary folder. About 60 kB per enterprise.
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties(
        {
            "title": f"{CITY_NAME}企业数据（合成数据）",
            "comments": "合成数据，非真实企业 synthetic data, no real enterprises",
            "created": _CREATED,
        }
    )
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E8EEF5"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    titles: list[_Row] = []
    patents: list[_Row] = []
    rounds: list[_Row] = []
    _write_enterprises(book, _kept(enterprises, vocabulary, titles, patents, rounds), vocabulary, head, day)
    _write_rows(book, "称号", _TITLE_HEADINGS, titles, head, day)
    _write_rows(book, "专利", _PATENT_HEADINGS, patents, head, day)
    _write_rows(book, "股权融资", _ROUND_HEADINGS, rounds, head, day)
    _write_notes(book, head, seed, count)
    book.close()


def _write_enterprises(
    book: Any, enterprises: Iterable[Enterprise], vocabulary: Vocabulary, head: Any, day: Any
) -> None:
    """Write the main sheet row by row."""
    sheet = book.add_worksheet("企业")
    rest = iter(enterprises)
    first = list(islice(rest, 1))
    made = {name for enterprise in first for name in enterprise.rows[0]} - COUNTED
    columns = [i for i in vocabulary.indicators.values() if i.id in made]
    names = ["uscc", "name", "year", *(c.id for c in columns if c.id not in ("uscc", "name"))]
    texts = {c.id: heading(c) for c in columns} | {"year": "年度"}
    sheet.freeze_panes(1, 3)
    sheet.set_column(0, 0, 21)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, len(names) - 1, 12)
    for column, name in enumerate(names):
        sheet.write_string(0, column, texts[name], head)
    line = 0
    for enterprise in chain(first, rest):
        for row in enterprise.rows:
            line += 1
            for column, name in enumerate(names):
                _write_value(sheet, line, column, row[name], day)


def _kept(
    enterprises: Iterable[Enterprise], vocabulary: Vocabulary, titles: list[_Row], patents: list[_Row], rounds: list[_Row]
) -> Iterator[Enterprise]:
    """The enterprises one by one; the rows of the other sheets are kept on the way."""
    for one in enterprises:
        titles += [(one.uscc, vocabulary.indicators[t.title].label, t.start, t.end) for t in one.titles]
        patents += [(one.uscc, p.number, "发明", p.route, p.applied, p.granted, p.state) for p in one.patents]
        rounds += [(one.uscc, r.name, r.amount, r.paid, r.investor, True, True) for r in one.rounds]
        yield one


def _write_value(sheet: Any, line: int, column: int, value: object, day: Any) -> None:
    if value is None:
        return
    if value is True or value is False:
        sheet.write_string(line, column, "是" if value else "否")
    elif isinstance(value, str):
        sheet.write_string(line, column, value)
    elif isinstance(value, dt.date):
        sheet.write_number(line, column, value.toordinal() - _EPOCH, day)
    elif isinstance(value, Decimal):
        # A float holds every value of up to 15 digits exactly as far as a sheet shows it.
        sheet.write_number(line, column, float(value))
    else:
        sheet.write_number(line, column, value)


def _write_rows(book: Any, name: str, headings: Sequence[str], rows: Iterable[_Row], head: Any, day: Any) -> None:
    """Write a sheet of titles or records."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, len(headings) - 1, 12)
    for column, text in enumerate(headings):
        sheet.write_string(0, column, text, head)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            _write_value(sheet, line, column, value, day)


def _write_notes(book: Any, head: Any, seed: int, count: int) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 3, 14)
    lines: list[tuple[str, ...]] = [
        ("合成数据", "本工作簿全部内容由程序生成，不对应任何真实企业、地区或机构，不得作为统计资料引用。"),
        ("Synthetic", "Every value in this workbook is generated; no enterprise, place or body is real."),
        ("企业数", str(count)),
        ("种子 seed", str(seed)),
        ("缺失", "除代码、名称、年度外，约10%的单元格随机留空（行为记录等约1%），表示未知，不表示零。"),
        ("年度", f"{EARLIER}年只有营业收入和研发费用，供三年复合增长率的基期之用。"),
        ("代码", "统一社会信用代码以9199开头，属于不存在的地区，校验位按国家标准计算。"),
        ("金额", "单位见表头；同一企业的资产总额等于负债总额加净资产。"),
        ("称号", "称号表列出企业取得的全部称号；未列出即未取得。起止日两端均含，无截止日为长期有效。"),
        ("专利", "专利表列出全部发明（不列实用新型和外观设计）；发明专利申请量、PCT专利申请量由它计数，企业表不再列。"),
        ("股权融资", "股权融资表列出合格机构投资者的全部融资；新增股权融资额由它计数，企业表不再列。"),
        (),
        ("地区代码", "名称", "类别", "上级"),
        (CITY_CODE, CITY_NAME, "市", ""),
        *((p.code, p.name, p.kind, p.parent) for p in PLACES),
    ]
    for line, cells in enumerate(lines):
        for column, text in enumerate(cells):
            style = head if column == 0 or cells[0] == "地区代码" else None
            sheet.write_string(line, column, text, style)

"""Files other than .xlsx and csv: .xls, json and Parquet, read as exactly and refused as clearly."""

from __future__ import annotations

import datetime as dt
import json
import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from facts_sample import CODE, A, B, case, codes, facts, load, the
from old_sample import error, number, ole, record, text, workbook
from openpyxl import load_workbook

from keqiao.facts import Limits

MADE_BY_LIBREOFFICE = Path(__file__).parent / "data" / "libreoffice.xls"


def old(path: Path, cells: bytes, globals_: bytes = b"", hidden: bool = False) -> Path:
    """An .xls with CODE and 职工人数 as headings."""
    head = text(0, 0, CODE) + text(0, 1, "职工人数") + text(1, 0, A)
    path.write_bytes(ole("Workbook", workbook(head + cells, globals_, hidden=hidden)))
    return path


def as_json(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), "utf-8")
    return path


def as_parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table({CODE: [A, B], **columns}), path)
    return path


# ---- .xls ------------------------------------------------------------------------------------


def test_an_old_workbook_of_another_program(tmp_path: Path) -> None:
    report = load(MADE_BY_LIBREOFFICE, out=tmp_path / "s")
    assert case(report) == {
        "id": A, "as_of": "2026-11-21", "year": 2025,
        "facts": {
            "name": "示例1", "founded_date": "2010-01-01", "resident_enterprise": True, "employees": {"2025": "101人"},
            "revenue": {"2025": "1234.56万元"}, "rd_expense": {"2025": "123.456万元"}, "niche_market_share": {"2025": "5%"},
        },
        "holds": [{"title": "title.hnte", "from": "2024-01-01"}],
    }  # fmt: skip
    assert the(report, "hidden-rows").place == "企业!A3"
    assert the(report, "hidden-column").place == "企业!H1"


def test_an_old_workbook_by_hand(tmp_path: Path) -> None:
    cells = number(1, 1, 7) + text(0, 2, "细分市场占有率") + number(1, 2, 0.05, style=1)
    assert facts(load(old(tmp_path / "a.xls", cells))) == {
        "employees": {"2025": "7人"}, "niche_market_share": {"2025": "5%"}
    }  # fmt: skip


def test_several_numbers_in_one_record(tmp_path: Path) -> None:
    small = lambda value: (value << 2) | 2  # noqa: E731  an RK number that is whole
    many = struct.pack("<HH", 1, 1) + struct.pack("<HI", 0, small(7)) + struct.pack("<HI", 1, small(5)) + struct.pack("<H", 2)
    cells = text(0, 2, "细分市场占有率") + record(0xBD, many)
    assert facts(load(old(tmp_path / "a.xls", cells)))["niche_market_share"] == {"2025": "500%"}


def test_errors_of_old_workbooks(tmp_path: Path) -> None:
    found = the(load(old(tmp_path / "a.xls", error(1, 1, 42))), "excel-error")
    assert (found.place, "#N/A" in found.zh) == ("企业!B2", True)


def test_an_error_that_a_formula_gives(tmp_path: Path) -> None:
    body = struct.pack("<HHH", 1, 1, 0) + bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF]) + struct.pack("<HIH", 0, 0, 3) + b"\x1e\1\0"
    assert "#DIV/0!" in the(load(old(tmp_path / "a.xls", record(0x06, body))), "excel-error").zh


def test_merged_and_hidden_cells_of_old_workbooks(tmp_path: Path) -> None:
    merged = record(0xE5, struct.pack("<5H", 1, 1, 2, 1, 1))
    hidden = record(0x208, struct.pack("<HHHHHHI", 1, 0, 2, 255, 0, 0, 0x20)) + record(0x7D, struct.pack("<6H", 1, 1, 9, 0, 1, 0))
    report = load(old(tmp_path / "a.xls", number(1, 1, 7) + merged + hidden, hidden=True))
    assert the(report, "merged").place == "企业!B2"
    assert codes(report, "warning") == {"hidden-sheet", "hidden-rows", "hidden-column"}


def test_dates_of_1904_in_old_workbooks(tmp_path: Path) -> None:
    day = (dt.date(2020, 1, 2) - dt.date(1904, 1, 1)).days
    cells = number(1, 1, 7) + text(0, 2, "成立日期") + number(1, 2, day)
    report = load(old(tmp_path / "a.xls", cells, record(0x22, b"\1\0")))
    assert facts(report)["founded_date"] == "2020-01-02"


def test_an_encrypted_old_workbook(tmp_path: Path) -> None:
    assert "密码" in the(load(old(tmp_path / "a.xls", b"", record(0x2F, bytes(54)))), "password").zh


def test_an_encrypted_new_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole("EncryptedPackage", b"secret"))
    assert the(load(path), "password").place == "a.xlsx"


def test_another_office_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(ole("WordDocument", b"text"))
    assert ".xlsx" in the(load(path), "format").zh


def test_a_web_page_named_xls(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>1</td></tr></table></html>")
    assert "HTML" in the(load(path), "format").zh


@pytest.mark.parametrize("cut", [100, 600, 1500, 2000, 4500])
def test_a_truncated_old_workbook(tmp_path: Path, cut: int) -> None:
    path = old(tmp_path / "a.xls", number(1, 1, 7))
    path.write_bytes(path.read_bytes()[:cut])
    assert the(load(path), "corrupt")


@pytest.mark.parametrize(
    ("cells", "globals_"),
    [
        (record(0x200, struct.pack("<IIHHH", 0, 2**32 - 1, 0, 255, 0)), b""),
        (number(1, 300, 1), b""),
        (b"", record(0xFC, struct.pack("<II", 1, 2**32 - 1))),
    ],
)
def test_an_old_workbook_that_claims_to_be_huge(tmp_path: Path, cells: bytes, globals_: bytes) -> None:
    assert the(load(old(tmp_path / "a.xls", cells, globals_)), "corrupt")


@pytest.mark.parametrize(("at", "value"), [(44, 2**31), (64, 2**31), (72, 2**31), (30, 77), (76, 9_999), (48, 9_999)])
def test_an_ole_header_that_does_not_fit(tmp_path: Path, at: int, value: int) -> None:
    path = old(tmp_path / "a.xls", number(1, 1, 7))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, at, value)
    path.write_bytes(bytes(data))
    assert "OLE" in the(load(path), "corrupt").zh


def test_an_ole_chain_that_runs_in_a_circle(tmp_path: Path) -> None:
    path = old(tmp_path / "a.xls", number(1, 1, 7))
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, 512 + 4 * 3, 2)  # the stream's second sector points to its first
    path.write_bytes(bytes(data))
    assert the(load(path), "corrupt")


def test_a_format_of_its_own_that_is_a_percentage(tmp_path: Path) -> None:
    own = record(0x41E, struct.pack("<HHB", 9, 5, 0) + b"0.000")  # takes the place of the built-in one
    cells = number(1, 1, 7) + text(0, 2, "细分市场占有率（%）") + number(1, 2, 5, style=1)
    assert facts(load(old(tmp_path / "a.xls", cells, own)))["niche_market_share"] == {"2025": "5%"}


def test_no_byte_of_an_old_workbook_can_break_the_import(tmp_path: Path) -> None:
    sound = MADE_BY_LIBREOFFICE.read_bytes()
    for at in range(24, len(sound), 97):
        path = tmp_path / f"{at}.xls"
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 0xFF]) + sound[at + 1 :])
        report = load(path, out=tmp_path / f"s{at}")
        assert report.snapshot or report.errors


# ---- json ------------------------------------------------------------------------------------


def test_a_list_of_objects(tmp_path: Path) -> None:
    rows = [
        {CODE: A, "企业名称": "甲", "研发费用（万元）": 1200.25, "职工人数": 5, "居民企业": True, "成立日期": "2020-01-02"},
        {CODE: B, "细分市场占有率": "5%", "企业名称": None},
    ]
    report = load(as_json(tmp_path / "a.json", rows))
    assert facts(report) == {
        "name": "甲", "founded_date": "2020-01-02", "resident_enterprise": True, "employees": {"2025": "5人"},
        "rd_expense": {"2025": "1200.25万元"},
    }  # fmt: skip
    assert facts(report, B) == {"niche_market_share": {"2025": "5%"}}
    assert report.problems == []


def test_numbers_of_json_are_decimals(tmp_path: Path) -> None:
    text = f'[{{"{CODE}": "{A}", "营业收入（元）": 1234567890123.45, "净利润（元）": 0.30000000000000004}}]'
    report = load(as_json(tmp_path / "a.json", text))
    assert facts(report)["revenue"] == {"2025": "123456789.012345万元"}
    assert the(report, "rounded").place == "a.json 第1条 净利润（元）"


def test_values_by_year(tmp_path: Path) -> None:
    report = load(as_json(tmp_path / "a.json", [{CODE: A, "研发费用（万元）": {"2025": 3, "2024": 2}}]))
    assert facts(report)["rd_expense"] == {"2025": "3万元", "2024": "2万元"}


def test_titles_inside_objects(tmp_path: Path) -> None:
    rows = [{CODE: A, "称号": ["高企", {"称号": "专精特新小巨人企业", "起始日": "2025-01-01"}]}, {CODE: B, "称号": []}]
    report = load(as_json(tmp_path / "a.json", rows))
    assert case(report)["holds"] == [{"title": "title.hnte"}, {"title": "title.little_giant", "from": "2025-01-01"}]
    assert case(report, B)["holds"] == []
    none = load(as_json(tmp_path / "b.json", [{CODE: A, "职工人数": 1, "titles": []}]), out=tmp_path / "none")
    assert case(none)["holds"] == []


def test_titles_beside_the_rows(tmp_path: Path) -> None:
    content = {"rows": [{CODE: A, "职工人数": 5}], "titles": [{CODE: A, "title": "高企", "from": "2024-01-01"}]}
    assert case(load(as_json(tmp_path / "a.json", content)))["holds"] == [{"title": "title.hnte", "from": "2024-01-01"}]


def test_places_in_json(tmp_path: Path) -> None:
    rows = [{CODE: A, "研发费用": 1}, {CODE: B, "研发费用": "x", "称号": ["高企"]}]
    rows[0]["称号"] = [{"称号": "高企", "起始日": "?"}]
    report = load(as_json(tmp_path / "企业.json", rows))
    assert the(report, "not-a-number").place == "企业.json 第2条 研发费用"
    assert the(report, "money-no-unit").place == "企业.json 研发费用"
    assert the(report, "date").place == "企业.json 第1条 称号 第1项 起始日"
    assert [p.place for p in report.problems if p.severity == "error"] == [
        "企业.json 第1条 称号 第1项 起始日", "企业.json 第2条 研发费用",
    ]  # fmt: skip


def test_a_refused_json_has_a_marked_copy(tmp_path: Path) -> None:
    report = load(as_json(tmp_path / "a.json", [{CODE: A, "职工人数": "x"}]))
    assert report.marked_copy
    cell = load_workbook(report.marked_copy)["a"]["B2"]
    assert (cell.value, cell.comment is not None) == ("x", True)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("[{", "JSON"),
        ("[NaN]", "JSON"),
        ('{"a": 1}', "rows"),
        ("[1]", "第1条"),
        ('[{"a": 1, "a": 2}]', "两次"),
        ('[{"a": {"b": 1}}]', "按年份"),
        ('[{"a": [{"b": {"c": 1}}]}]', "第1项"),
        ('[{"称号": ["高企"]}, {"b": 1}]', "写 []"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_json_that_is_no_table(tmp_path: Path, content: str, word: str) -> None:
    assert word in the(load(as_json(tmp_path / "a.json", content)), "json").zh


def test_a_json_file_that_is_too_large(tmp_path: Path) -> None:
    path = as_json(tmp_path / "a.json", [{CODE: A, "职工人数": 5}])
    assert ".parquet" in the(load(path, limits=Limits(json_bytes=10)), "too-large").zh
    assert the(load(path, limits=Limits(cells=1)), "too-large")


@pytest.mark.parametrize("value", ["1e400", "-1e999999999", "1" * 5000])
def test_numbers_beyond_all_amounts(tmp_path: Path, value: str) -> None:
    report = load(as_json(tmp_path / "a.json", f'[{{"{CODE}": "{A}", "净利润（元）": {value}}}]'))
    assert codes(report, "error") <= {"not-a-number", "out-of-range"}
    assert report.errors == 1


# ---- Parquet ---------------------------------------------------------------------------------


def test_typed_columns(tmp_path: Path) -> None:
    path = as_parquet(
        tmp_path / "a.parquet",
        **{
            "研发费用（万元）": pa.array([Decimal("1.2345"), None], pa.decimal128(30, 4)),
            "营业收入（万元）": pa.array([0.1 + 0.2, None]),
            "净利润（元）": pa.array([0.1, None], pa.float32()),
            "职工人数": pa.array([5, None], pa.int16()),
            "成立日期": pa.array([dt.date(2020, 1, 2), None]),
            "居民企业": pa.array([True, None]),
            "企业规模": pa.array(["小型", None]).dictionary_encode(),
        },
    )
    report = load(path)
    assert facts(report) == {
        "founded_date": "2020-01-02", "size_class": {"2025": "小型"}, "resident_enterprise": True,
        "employees": {"2025": "5人"}, "revenue": {"2025": "0.3万元"}, "rd_expense": {"2025": "1.2345万元"},
        "net_profit": {"2025": "0.00001万元"},
    }  # fmt: skip
    assert facts(report, B) == {}
    assert report.problems == []


def test_a_point_of_time_is_the_day_in_china(tmp_path: Path) -> None:
    late = dt.datetime(2020, 1, 1, 20, tzinfo=dt.UTC)
    path = as_parquet(tmp_path / "a.parquet", 成立日期=pa.array([late, None], pa.timestamp("ms", "UTC")))
    assert facts(load(path))["founded_date"] == "2020-01-02"


def test_places_in_parquet(tmp_path: Path) -> None:
    report = load(as_parquet(tmp_path / "企业.parquet", 职工人数=[1, -1]))
    assert the(report, "negative").place == "企业.parquet 第2行 职工人数"


def test_a_ratio_without_percent_is_refused_in_parquet_as_well(tmp_path: Path) -> None:
    assert the(load(as_parquet(tmp_path / "a.parquet", 细分市场占有率=[0.05, None])), "silent-percent")


def test_a_column_that_is_no_column_of_a_sheet(tmp_path: Path) -> None:
    assert "list" in the(load(as_parquet(tmp_path / "a.parquet", x=[[1], [2]])), "format").zh


@pytest.mark.parametrize("data", [b"PAR1" + bytes(100), b"hello"])
def test_a_damaged_parquet_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(data)
    assert the(load(path), "corrupt")


def test_a_parquet_file_that_is_too_large(tmp_path: Path) -> None:
    path = as_parquet(tmp_path / "a.parquet", 职工人数=[1, 2])
    assert the(load(path, limits=Limits(cells=1)), "too-large")
    assert the(load(path, limits=Limits(unpacked_bytes=10)), "too-large")

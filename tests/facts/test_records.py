"""Sheets of records."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from facts_sample import AS_OF, CODE, VOCABULARY, A, B, C, codes, sheet, the
from records_sample import MAIN, PATENTS, declared, opened, packs, places, take, took

from keqiao.facts import import_files
from keqiao.facts.snapshot import snapshot_files
from keqiao.packs.records import record_kind
from keqiao.packs.schema_words import RecordNode

ZL1 = [A, "ZL1", "发明", "2022-01-01", "2024-06-30", "有效"]


def test_records_are_kept_with_exact_values(tmp_path: Path) -> None:
    rows = [[CODE, "轮次", "金额（万元）", "到账日"], [B, "A轮", 1234.567891, dt.date(2025, 3, 1)], [A, "B轮", "1.2亿元", "2024年2月29日"]]
    report = took(tmp_path, {"企业": MAIN, "股权融资": rows})
    table = opened(report).records("equity_rounds")
    assert table is not None
    assert table.select(["id", "round", "amount", "paid_on"]).to_pylist() == [
        {"id": A, "round": "B轮", "amount": 12_000_000_000, "paid_on": dt.date(2024, 2, 29)},
        {"id": B, "round": "A轮", "amount": 1_234_567_891, "paid_on": dt.date(2025, 3, 1)},
    ]
    assert report.records == {"股权融资": 2}
    assert table.schema.names[:3] == ["scheme", "id", "round"]


def test_the_words_of_offices_become_the_values_of_the_field(tmp_path: Path) -> None:
    rows = [PATENTS, [A, "1", "发明专利", None, None, "驳回"], [A, "2", "外观", None, "2024-01-01", "授权"]]
    table = opened(took(tmp_path, {"企业": MAIN, "专利": rows})).records("patents")
    assert table is not None
    assert table["patent_type"].to_pylist() == ["发明", "外观设计"]
    assert table["legal_status"].to_pylist() == ["失效", "有效"]


@pytest.mark.parametrize("name", ["专利", "2025年专利清单", "专利明细表", "patents", "清单一"])
def test_a_sheet_is_known_by_its_name_or_its_headings(tmp_path: Path, name: str) -> None:
    assert took(tmp_path, {"企业": MAIN, name: [PATENTS, ZL1]}).records == {"专利": 1}


def test_records_in_a_csv(tmp_path: Path) -> None:
    report = take(sheet(tmp_path / "a.csv", MAIN), sheet(tmp_path / "专利.csv", [PATENTS, ZL1]))
    assert report.records == {"专利": 1}


def test_records_on_two_sheets_add_up(tmp_path: Path) -> None:
    more = [B, *ZL1[1:]]
    assert took(tmp_path, {"企业": MAIN, "专利": [PATENTS, ZL1], "专利明细": [PATENTS, more]}).records == {"专利": 2}


def test_every_kind_of_record_is_read(tmp_path: Path) -> None:
    kinds = {
        "合同": [[CODE, "合同编号", "合同类型", "合同金额（万元）"], [A, "H1", "销售", 1]],
        "订单": [[CODE, "订单号", "订单金额（万元）", "下单日", "交付日"], [A, "D1", 1, "2025-01-01", "2027-01-01"]],
        "应收": [[CODE, "应收编号", "应收金额（万元）", "应收到期日"], [A, "Y1", 1, "2027-01-01"]],
        "项目": [[CODE, "项目编号", "项目级别", "立项日"], [A, "X1", "省级", "2025-01-01"]],
    }
    report = took(tmp_path, {"企业": MAIN, **kinds})
    assert report.records == {"合同": 1, "订单": 1, "应收": 1, "项目": 1}
    assert codes(report, "warning") == set(), "a delivery or due date may lie ahead"


#: name, row of the sheet 专利, code, place
FAULTS: list[tuple[str, list[Any], str, str]] = [
    ("stranger", [C, *ZL1[1:]], "record-stranger", "A2"),
    ("bad key", ["x", *ZL1[1:]], "uscc", "A2"),
    ("type", [A, "1", "商标", None, None, None], "value", "C2"),
    ("impossible day", [A, "1", "发明", "2025-02-30", None, None], "date", "D2"),
    ("granted before applied", [A, "1", "发明", "2024-02-01", "2024-01-31", None], "check:granted_after_applied", "E2"),
    ("no number", [A, None, "发明", None, None, None], "record-missing", "B2"),
    ("no type", [A, "1", None, None, None, None], "record-missing", "C2"),
    ("broken", [A, "1", "发明", "=1+1", None, None], "formula-no-value", "D2"),
]


@pytest.mark.parametrize(("row", "code", "place"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_of_a_record_is_told_at_its_cell(tmp_path: Path, row: list[Any], code: str, place: str) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": [PATENTS, row]})
    assert places(report, code) == [f"专利!{place}"]
    assert codes(report, "error") == {code}


def test_a_repeated_record_is_told_at_the_second(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": [PATENTS, ZL1, [B, *ZL1[1:]], ZL1]})
    assert places(report, "record-twice") == ["专利!B4"]
    assert "专利!B2" in the(report, "record-twice").zh


def test_a_negative_amount_is_refused(tmp_path: Path) -> None:
    rows = [[CODE, "轮次", "金额（万元）", "到账日"], [A, "A轮", -1, "2025-01-01"]]
    assert places(took(tmp_path, {"企业": MAIN, "股权融资": rows}), "negative") == ["股权融资!C2"]


def test_a_record_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    rows = [[CODE, "项目编号", "项目级别", "立项日", "项目结束日"], [A, "X1", "省级", "2025-01-02", "2025-01-01"]]
    report = took(tmp_path, {"企业": MAIN, "项目": rows})
    assert places(report, "check:project_ends_after_approved") == ["项目!E2"]


def test_a_date_ahead_is_warned_of(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": [PATENTS, [A, "1", "发明", "2026-11-22", None, "审中"]]})
    assert places(report, "future-date") == ["专利!D2"]


def test_a_sheet_of_records_needs_its_required_headings(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": [[CODE, "专利号"], [A, "1"]]})
    assert "专利类型" in the(report, "record-headings").zh
    report = took(tmp_path, {"企业": MAIN, "专利": [["序号", "专利号"], [1, "1"]]})
    assert CODE in the(report, "record-headings").zh


def test_a_blank_sheet_of_records_says_nothing(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": []})
    assert the(report, "record-blank").severity == "warning"
    assert opened(report).records("patents") is None


def test_an_unknown_heading_of_a_record_is_warned_of(tmp_path: Path) -> None:
    report = took(tmp_path, {"企业": MAIN, "专利": [[*PATENTS, "备注"], [*ZL1, "x"]]})
    assert places(report, "heading-unknown") == ["专利!G1"]


def test_strangers_are_not_told_where_keys_of_the_main_sheet_are_wrong(tmp_path: Path) -> None:
    rows = [[CODE, "职工人数"], [A[:-1], 1]]
    assert codes(took(tmp_path, {"企业": rows, "专利": [PATENTS, ZL1]}), "error") == {"uscc"}


def test_a_main_sheet_named_like_records_stays_one(tmp_path: Path) -> None:
    report = took(tmp_path, {"项目": MAIN})
    assert (report.enterprises, report.records) == (2, {})


def test_without_declarations_a_sheet_of_records_is_passed_over(tmp_path: Path) -> None:
    first, second = sheet(tmp_path / "a.csv", MAIN), sheet(tmp_path / "专利.csv", [PATENTS, ZL1])
    report = import_files([first, second], vocabulary=VOCABULARY, year=2025, as_of=AS_OF, out=tmp_path / "s")
    assert the(report, "sheet-skipped").place == "专利.csv"


def test_a_kind_of_one_s_own(tmp_path: Path) -> None:
    node = {
        "id": "loans", "title": "贷款", "key": ["number"],
        "fields": [
            {"id": "number", "label": "借据号", "type": "text", "required": True},
            {"id": "rate", "label": "利率", "type": "ratio", "unit": "%"},
        ],
    }  # fmt: skip
    own = declared().__class__(records=(record_kind(RecordNode.model_validate(node)),))
    report = took(tmp_path, {"企业": MAIN, "贷款": [[CODE, "借据号", "利率（%）"], [A, "J1", 3.45]]}, known=own)
    table = opened(report).records("loans")
    assert table is not None
    assert table["rate"].to_pylist() == [3_450_000]


def test_the_manifest_and_the_hash_cover_the_records(tmp_path: Path) -> None:
    snapshot = opened(took(tmp_path, {"企业": MAIN, "专利": [PATENTS, ZL1]}))
    assert snapshot.record_kinds() == ["patents"]
    assert snapshot.manifest["records"]["patents"]["granted_on"]["type"] == "date"
    assert snapshot_files(snapshot.path) == ["facts.parquet", "records/patents.parquet", "manifest.json"]
    assert all((snapshot.path / name).is_file() for name in snapshot_files(snapshot.path))
    assert snapshot.verify()
    path = snapshot.path / "records" / "patents.parquet"
    table = pq.read_table(path)
    at = table.schema.get_field_index("legal_status")
    pq.write_table(table.set_column(at, "legal_status", [["失效"]]), path)
    assert not snapshot.verify()
    path.unlink()
    assert not snapshot.verify()


def test_the_same_records_in_another_order_have_the_same_hash(tmp_path: Path) -> None:
    more = [B, "ZL2", "发明", None, None, "审中"]
    found = []
    for name, rows in (("x", [ZL1, more]), ("y", [more, ZL1])):
        (tmp_path / name).mkdir()
        found.append(opened(took(tmp_path / name, {"企业": MAIN, "专利": [PATENTS, *rows]})).manifest["content_hash"])
    assert found[0] == found[1]


def test_without_records_the_hash_is_that_of_the_facts(tmp_path: Path) -> None:
    manifests = []
    for name, known in (("x", declared()), ("y", None)):
        (tmp_path / name).mkdir()
        path = sheet(tmp_path / name / "a.csv", MAIN)
        report = import_files(
            [path], vocabulary=packs().vocabulary, year=2025, as_of=AS_OF, out=tmp_path / name / "s", declared=known
        )
        manifests.append(opened(report).manifest)
    assert manifests[0]["content_hash"] == manifests[1]["content_hash"]
    assert "tables" not in manifests[0]

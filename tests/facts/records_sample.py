"""Workbooks with sheets of records, imported under the shipped vocabulary or a small one."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from facts_sample import AS_OF, CODE, A, B, Rows
from openpyxl import Workbook

from keqiao.facts import ImportRefused, ImportReport, Snapshot, import_files
from keqiao.facts.declared import Declared, declared_of
from keqiao.facts.packchecks import vocabulary_checks
from keqiao.packs.loader import Packs, load_packs

MAIN: Rows = [[CODE, "企业名称", "职工人数"], [A, "甲", 10], [B, "乙", 20]]
PATENTS = [CODE, "专利号", "专利类型", "申请日", "授权日", "法律状态"]
EQUITY = [CODE, "轮次", "金额（万元）", "到账日", "投资方", "合格机构投资者"]
CONTRACTS = [CODE, "合同编号", "合同类型", "合同金额（万元）", "经认定登记", "认定登记日"]


@functools.cache
def packs() -> Packs:
    """The shipped packs."""
    return load_packs()


@functools.cache
def declared() -> Declared:
    """What they declare."""
    return declared_of(packs())


def workbook(path: Path, sheets: Mapping[str, Rows]) -> Path:
    """A workbook of these sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def take(
    *files: Path, sources: Mapping[Path, str] | None = None, known: Declared | None = None, checks: bool = False
) -> ImportReport:
    """Import under the shipped vocabulary; the report of a refusal as well."""
    out = files[0].parent / "snapshot"
    try:
        return import_files(
            files, vocabulary=packs().vocabulary, year=2025, as_of=AS_OF, out=out, declared=known or declared(),
            sources=sources, checks=vocabulary_checks(packs(), AS_OF, 2025) if checks else (),
        )  # fmt: skip
    except ImportRefused as refused:
        assert not out.exists()
        return refused.report


def took(folder: Path, sheets: Mapping[str, Rows], **given: Any) -> ImportReport:
    """`take` of one workbook."""
    return take(workbook(folder / "a.xlsx", sheets), **given)


def opened(report: ImportReport) -> Snapshot:
    """The snapshot of a successful import."""
    assert report.snapshot is not None, [str(p) for p in report.problems]
    return Snapshot.open(report.snapshot)


def fact(report: ImportReport, indicator: str, id: str = A) -> Any:
    """One fact of an enterprise as its case has it; None where it is unknown."""
    return opened(report).case("uscc", id)["facts"].get(indicator)


def places(report: ImportReport, code: str) -> list[str]:
    """Where a code was told."""
    return [p.place for p in report.problems if p.code == code]

"""Prepare the accounts of listed companies that ship as example data.

    python tools/prepare_listed.py SOURCE [--out FILE]

SOURCE is a folder with ``a_share_indicators.parquet`` and ``stock_list.csv`` of the repository
github.com/lfh2016/chinese-stock-Financial-Index (Apache-2.0). The same source gives the same
bytes. What is taken, left out and derived is told in ``src/keqiao/examples/listed/NOTICE.md``;
keep both in step.
"""

from __future__ import annotations

import argparse
import csv
import io
import unicodedata
from decimal import Decimal
from pathlib import Path

import duckdb

YEARS = (2012, 2013, 2014)

#: Boards whose companies the platform is about: the SME board (002) and ChiNext (300).
BOARDS = ("002", "300")

#: Own heading to the column of the source, in the order of the sheet.
COLUMNS = {
    "营业收入（万元）": "主营业务收入(万元)",
    "净利润（万元）": "净利润(万元)",
    "扣非净利润（万元）": "净利润(扣除非经常性损益后)(万元)",
    "经营活动现金流量净额（万元）": "经营活动产生的现金流量净额(万元)",
    "资产总额（万元）": "总资产(万元)",
    "负债总额（万元）": "总负债(万元)",
    "加权平均净资产收益率（%）": "净资产收益率加权(%)",
}
PARENT_EQUITY = "股东权益不含少数股东权益(万元)"

#: Profits of the source belong to the owners of the parent alone.
PROFITS = ("净利润（万元）", "扣非净利润（万元）")

#: Largest difference in 万元 that rounding of three figures to whole 万元 can explain.
ROUNDING = Decimal(2)

Row = dict[str, Decimal | None]


def read_accounts(source: Path) -> dict[tuple[str, int], Row]:
    """Annual figures by code and year, from the year before the first; money in 万元, ROE in %."""
    columns = [*COLUMNS.values(), PARENT_EQUITY]
    chosen = ", ".join(f'"{name}"' for name in columns)
    boards = ", ".join(f"'{board}'" for board in BOARDS)
    rows = duckdb.execute(
        f"SELECT code, year(report_date), {chosen} FROM read_parquet(?)"
        f" WHERE month(report_date) = 12 AND year(report_date) BETWEEN ? AND ?"
        f" AND left(code, 3) IN ({boards})",
        [str(source / "a_share_indicators.parquet"), YEARS[0] - 1, YEARS[-1]],
    ).fetchall()
    return {
        (code, year): {
            name: None if value is None else Decimal(repr(value)).normalize()
            for name, value in zip(columns, values, strict=True)
        }
        for code, year, *values in rows
    }


def read_names(source: Path) -> dict[str, str]:
    """Short names by code, full-width letters and inner blanks removed."""
    with (source / "stock_list.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["代码"]: "".join(unicodedata.normalize("NFKC", row["名字"]).split()) for row in csv.DictReader(file)
        }


def wholly_owned(row: Row | None) -> bool:
    """Whether the balance sheet shows no minority interest: assets − liabilities is the parent's equity."""
    if row is None:
        return False
    assets, debts, equity = row["总资产(万元)"], row["总负债(万元)"], row[PARENT_EQUITY]
    if assets is None or debts is None or equity is None:
        return False
    return abs(assets - debts - equity) <= ROUNDING


def prepare(accounts: dict[tuple[str, int], Row], names: dict[str, str]) -> str:
    """The sheet as csv text, sorted by code and year; an unknown figure is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    headings = list(COLUMNS)
    headings.insert(headings.index("负债总额（万元）") + 1, "净资产（万元）")
    writer.writerow(["证券代码", "企业名称", "年度", *headings])
    for (code, year), row in sorted(accounts.items()):
        if year not in YEARS:
            continue
        values: Row = {own: row[theirs] for own, theirs in COLUMNS.items()}
        if not (wholly_owned(row) and wholly_owned(accounts.get((code, year - 1)))):
            values.update(dict.fromkeys(PROFITS))
        assets, debts = values["资产总额（万元）"], values["负债总额（万元）"]
        values["净资产（万元）"] = None if assets is None or debts is None else assets - debts
        writer.writerow([code, names[code], year, *(_text(values[name]) for name in headings)])
    return out.getvalue()


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description="Prepare the example accounts of listed companies.")
    parser.add_argument("source", type=Path, help="folder of the source data")
    shipped = Path(__file__).parents[1] / "src/keqiao/examples/listed/accounts.csv"
    parser.add_argument("--out", type=Path, default=shipped, help="csv file to write")
    chosen = parser.parse_args()
    text = prepare(read_accounts(chosen.source), read_names(chosen.source))
    # The byte order mark makes Excel read the Chinese headings right.
    chosen.out.write_bytes(text.encode("utf-8-sig"))
    print(f"{chosen.out}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main()

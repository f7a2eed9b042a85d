"""Measure an import beside what calamine alone needs to read the same workbook.

    python benchmarks/importing.py [--rows 20000] [--rounds 3] [--csv 1000000]

Every measurement runs in a process of its own and times only the work, not the start of Python; the ratio is taken
within a round, one right after the other, medians over rounds. ``accepted`` is a sound workbook of 40 columns with
every check of the vocabulary; ``refused`` the same with faults in one row of a hundred, the marked copy included.
With ``--csv N`` a csv file of N rows and 12 columns is imported once as well.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

YEAR, AS_OF = 2025, dt.date(2026, 11, 21)
BAR = 8
CODE = "统一社会信用代码"
FLAGS = ["居民企业", "查账征收", "拥有核心知识产权", "自主品牌", "重大安全事故", "重大质量事故", "严重环境违法", "列入经营异常名录"]
PEOPLE = ["科技人员数", "研发人员数", "研究生以上人员数", "吸纳应届毕业生人数"]
MONEY = [
    "主营业务收入", "企业总收入", "成本费用总额", "研发费用", "研发费用加计扣除所得税减免额", "净利润", "扣非净利润", "资产总额",
    "负债总额", "净资产", "经营活动现金流量净额", "新增股权融资额", "技术合同成交额",
]  # fmt: skip
COUNTS = ["Ⅰ类知识产权数", "Ⅱ类知识产权数", "有效发明专利数", "发明专利申请量", "科技成果转化数"]
HEADINGS = [
    CODE, "企业名称", "成立日期", "国民经济行业代码", "企业规模", *FLAGS, "职工人数（人）", *(f"{p}（人）" for p in PEOPLE),
    "营业收入（万元）", *(f"{m}（万元）" for m in MONEY), *(f"{c}（件）" for c in COUNTS), "细分市场占有率（%）", "加权平均净资产收益率（%）",
    "细分市场年限（年）",
]  # fmt: skip


def codes(count: int) -> list[str]:
    """Valid codes of the region that does not exist."""
    from stdnum.cn import uscc

    bases = [f"91990100MA{number:07d}" for number in range(count)]
    return [base + str(uscc.calc_check_digit(base)) for base in bases]


def row_of(code: str, dice: random.Random) -> list[object]:
    """A plausible enterprise: parts below their whole, assets that balance, 5 % of the amounts empty."""
    staff = dice.randint(5, 900)
    revenue = round(dice.lognormvariate(8, 1.3), 2)
    assets = round(revenue * dice.uniform(0.5, 2), 2)
    debts = round(assets * dice.uniform(0.1, 0.8), 2)
    profit = round(revenue * dice.uniform(-0.2, 0.3), 2)
    research = round(revenue * dice.uniform(0, 0.2), 2)
    money: list[object] = [
        round(revenue * 0.9, 2), round(revenue * 1.01, 2), round(revenue * 0.8, 2), research, round(research * 0.15, 2), profit, round(profit - 1, 2), assets, debts, round(assets - debts, 2),
        round(revenue * dice.uniform(-0.1, 0.2), 2), dice.choice([0, 500, 1000.5]), round(revenue * 0.05, 2),
    ]  # fmt: skip
    money = [m if i in (7, 8, 9) or dice.random() > 0.05 else None for i, m in enumerate(money)]
    return [
        code, f"示例企业{code[-6:]}", dt.date(1995, 1, 1) + dt.timedelta(dice.randrange(10_000)), f"C{dice.randint(13, 43)}10",
        dice.choice(["大型", "中型", "小型", "微型"]), *(dice.choice("是否") for _ in FLAGS), staff,
        *(int(staff * dice.uniform(0, 0.6)) for _ in PEOPLE), revenue, *money, *(dice.randint(0, 30) for _ in COUNTS),
        round(dice.uniform(0, 60), 2), round(dice.uniform(-20, 40), 2), dice.randint(0, 20),
    ]  # fmt: skip


def write_book(path: Path, rows: int, faults: bool) -> None:
    """A workbook of ``rows`` × 40; with ``faults`` a bad number and a bad flag in one row of a hundred."""
    import xlsxwriter

    dice = random.Random(7)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("企业")
    page.write_row(0, 0, HEADINGS)
    for i, code in enumerate(codes(rows), 1):
        row = row_of(code, dice)
        if faults and i % 100 == 0:
            row[13], row[5] = "待定", "不详"
        page.write_row(i, 0, row)
    book.close()


def write_csv(path: Path, rows: int) -> None:
    """A csv file of ``rows`` × 12."""
    dice = random.Random(7)
    kept = [0, 1, 2, 4, 5, 13, 14, 18, 19, 22, 25, 36]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([HEADINGS[k] for k in kept])
        writer.writerows([row[k] for k in kept] for row in (row_of(code, dice) for code in codes(rows)))


def read_alone(path: Path) -> float:
    """Seconds calamine needs for the workbook's values."""
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    seconds = time.perf_counter() - start
    assert len(rows) > 1
    return seconds


def import_all(path: Path) -> float:
    """Seconds of an import with every check, until the snapshot or the marked copy is on disk."""
    import keqiao
    from keqiao.facts import ImportRefused, import_files
    from keqiao.facts.declared import declared_of
    from keqiao.facts.packchecks import vocabulary_checks

    packs = keqiao.load_packs()
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        start = time.perf_counter()
        checks = vocabulary_checks(packs, AS_OF, YEAR)
        try:
            import_files(
                [path], vocabulary=packs.vocabulary, year=YEAR, as_of=AS_OF, out=Path(folder) / "s", checks=checks,
                declared=declared_of(packs),
            )  # fmt: skip
        except ImportRefused as refused:
            if "faults" not in path.name or refused.report.marked_copy is None:
                raise
        return time.perf_counter() - start


def measure(what: str, path: Path) -> tuple[float, float]:
    """Seconds and peak MB of one measurement in a fresh process."""
    done = subprocess.run(
        [sys.executable, __file__, "--measure", what, str(path)], check=True, capture_output=True, text=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def compare(name: str, path: Path, rounds: int) -> float:
    """Print one line of medians; returns the ratio."""
    pairs = [(measure("read", path)[0], measure("import", path)) for _ in range(rounds)]
    ratio = statistics.median(whole / alone for alone, (whole, _) in pairs)
    alone = statistics.median(p[0] for p in pairs)
    whole = statistics.median(p[1][0] for p in pairs)
    print(f"{name:<10} calamine {alone:6.2f} s   import {whole:6.2f} s   ratio {ratio:5.1f}   peak {pairs[0][1][1]:5.0f} MB")
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--csv", type=int, default=0, metavar="N")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        import resource

        seconds = {"read": read_alone, "import": import_all}[options.measure[0]](Path(options.measure[1]))
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    print(f"{options.rows:,} rows x {len(HEADINGS)} columns, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        for name, faults in (("accepted", False), ("refused", True)):
            path = Path(folder) / ("faults.xlsx" if faults else "sound.xlsx")
            write_book(path, options.rows, faults)
            ratio = compare(name, path, options.rounds)
            if not faults:
                print(f"{'':<10} the bar is {BAR}: {'kept' if ratio <= BAR else 'MISSED'}")
        if options.csv:
            path = Path(folder) / "sound.csv"
            write_csv(path, options.csv)
            seconds, peak = measure("import", path)
            size = path.stat().st_size / 1e6
            print(f"csv        {options.csv:,} rows x 12 columns, {size:.0f} MB: {seconds:.1f} s, peak {peak:.0f} MB")


if __name__ == "__main__":
    main()

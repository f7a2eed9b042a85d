"""Write examples/city/dirty: the clean twin, a file per kind of fault, faults.csv, and the page about them.

    python tools/write_dirty.py [FOLDER] [--large]

``--large`` writes the three files of great size as well (a zip bomb, a sheet of 200 MB, a csv of a
million rows). The password-protected workbook needs the package msoffcrypto-tool; without it, or
where the file exists, it is left as it is (its bytes are random).
"""

from __future__ import annotations

import argparse
import csv
import sys
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from dirty import large
from dirty.faults import FAULTS
from dirty.model import clean

HERE = Path(__file__).parents[1] / "examples" / "city" / "dirty"
PAGE = HERE.parents[2] / "docs" / "reference" / "faults.md"
LARGE = {"bomb.xlsx": large.bomb, "sheet-200mb.xlsx": large.sheet_200mb, "million-rows.csv": large.million_rows}


def main() -> None:
    """Write the folder."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", nargs="?", type=Path, default=HERE)
    reader.add_argument("--large", action="store_true")
    given = reader.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.large:
        for name, write in LARGE.items():
            print(name, flush=True)
            write(given.folder / name)
        return
    clean().write(given.folder / "clean.xlsx")
    rows = []
    for number, fault in enumerate(FAULTS, 1):
        name = f"{fault.slug}{fault.suffix}"
        rows.append([number, name, fault.zh, fault.severity, fault.code, fault.place])
        if fault.slug == "password" and ((given.folder / name).exists() or find_spec("msoffcrypto") is None):
            continue
        book = clean()
        data = fault.spoil(book)
        if data is None:
            book.write(given.folder / name)
        else:
            (given.folder / name).write_bytes(data)
    with (given.folder / "faults.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["no", "file", "fault", "severity", "code", "place"], *rows])
    if given.folder == HERE:
        PAGE.write_text(page(rows), encoding="utf-8")
    print(f"{len(rows)} files in {given.folder}")


def page(rows: list[list[object]]) -> str:
    """The page of the docs that lists the faults."""
    names = {"error": "错误，整份退回", "warning": "提醒", "note": "说明，照读"}
    lines = [f"| {r[0]} | `{r[1]}` | {r[2]} | {names[str(r[3])]} | `{r[4]}` | `{r[5]}` |" for r in rows]
    return "\n".join([HEAD, *lines, FOOT])


HEAD = """# 表格里的差错 · Faults in sheets

`examples/city/dirty/` 里每个文件只有一处差错，其余与没有差错的 `clean.xlsx`（24 家合成企业，两年）相同。逐个导入看报告：

```
keqiao facts import examples/city/dirty/check-digit.xlsx --year 2025 --out 快照
```

下表由 `python tools/write_dirty.py` 写出，测试逐行核对：每一处都在所写的位置以所写的代码报告，错误的什么都不导入。代码的含义见[导入](import.md)。

| | 文件 | 差错 | 结果 | 代码 | 位置 |
|---|---|---|---|---|---|"""

FOOT = """
三种太大、不便存放的差错，用 `python tools/write_dirty.py FOLDER --large` 写出：

| 文件 | 差错 | 结果 |
|---|---|---|
| `bomb.xlsx` | 4 MB 的工作簿，解压后近 4 GB | 错误 `too-large`，不解压就退回 |
| `sheet-200mb.xlsx` | 一张表的内容有 200 MB | 能读；内存有界 |
| `million-rows.csv` | 一百万行的 csv | 能读；内存有界 |

写到一半磁盘满了、进程被杀，目标位置保持原样：要么没有快照，要么是完整的快照（`tests/facts` 与 `make soak`）。
"""


if __name__ == "__main__":
    main()

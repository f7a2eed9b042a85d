"""Measure Keqiao beside hand-written SQL and other engines, and write docs/reference/benchmarks.md.

    python benchmarks/run.py --bench FOLDER [--rounds 5] [--rows 1000000]

FOLDER holds the harness (bench.py with its engines). Every round measures the hand-written query and
the three variants of Keqiao one after the other; ratios are taken within a round, medians over rounds.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from report import TARGET, put_section

ROOT = Path(__file__).resolve().parent.parent
BASE = "duckdb_hand:exact"
BARS = {"keqiao:complete": 1.3, "keqiao:missing": 2.2, "keqiao:explain": 3.0}
NAMES = {
    "keqiao:complete": "nothing missing",
    "keqiao:missing": "10 % of the indicators missing",
    "keqiao:explain": "every condition, point and margin kept",
}


def one_round(harness: Path, home: Path, rows: int) -> dict[str, dict[str, str]]:
    """One run of the harness over the base and Keqiao; the records by engine."""
    command = [
        sys.executable, str(harness / "bench.py"), str(rows), "--home", str(home),
        "--engines", str(ROOT / "benchmarks" / "engines"), "--only", f"{BASE},keqiao",
    ]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with (home / "results" / f"full-{rows}.csv").open(newline="") as file:
        return {record["engine"]: record for record in csv.DictReader(file)}


def explain_tech_sme(home: Path) -> float:
    """Milliseconds of one traced case of cn.tech_sme, in the harness's environment."""
    python = home / "env" / "main" / "bin" / "python"
    out = subprocess.run([str(python), str(ROOT / "benchmarks" / "explain.py")], check=True, capture_output=True, text=True)
    return float(out.stdout)


def write(path: Path, rows: int, rounds: list[dict[str, dict[str, str]]], traced: list[float]) -> None:
    """The report with machine, versions, ratios."""
    first = rounds[0]
    lines = [
        "## One scorecard beside hand-written SQL",
        "",
        "Made by `make bench`; do not edit between the marks. The harness compares one scorecard (18 indicators, 5 bands, 3 stages of",
        "weights, 3 rules) on many engines in one run; the base is the same rule set written by hand in exact DuckDB SQL.",
        "",
        f"- {dt.date.today().isoformat()}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        f"- Keqiao {first['keqiao:complete']['version']}, DuckDB {first[BASE]['version']}",
        f"- {rows:,} rows, {len(rounds)} rounds, medians",
        "",
        "| variant | seconds | ratio to the base | bar | wrong decisions | added MB |",
        "|---|---:|---:|---:|---:|---:|",
        f"| hand-written SQL (base) | {median(rounds, BASE):.3f} | 1.00 | | {wrong(rounds, BASE)} | {added(rounds, BASE):.0f} |",
    ]
    for engine, bar in BARS.items():
        ratio = statistics.median(float(r[engine]["best_s"]) / float(r[BASE]["best_s"]) for r in rounds)
        mistakes = wrong(rounds, engine) if engine != "keqiao:missing" else "not comparable"
        lines.append(
            f"| Keqiao, {NAMES[engine]} | {median(rounds, engine):.3f} | {ratio:.2f} | {bar} | {mistakes} | {added(rounds, engine):.0f} |"
        )
    case = statistics.median(float(r["keqiao:complete"]["explain_ms"]) for r in rounds)
    lines += [
        "",
        "| one traced case | milliseconds | bar |",
        "|---|---:|---:|",
        f"| the reference scorecard, row 0 | {case:.3f} | 0.1 |",
        f"| `cn.tech_sme` | {statistics.median(traced):.3f} | 0.1 |",
        "",
        "A traced case: facts read from numbers and texts with units, every condition decided, both sides and the margin",
        "of every comparison kept; not rendered to JSON.",
        "",
        "With 10 % missing the decisions differ from those on complete data by design: what is missing stays open.",
        "",
        "To repeat: `make bench KEQIAO_BENCH=FOLDER` with the harness in FOLDER.",
    ]
    put_section("scorecard", lines, path)


def median(rounds: list[dict[str, dict[str, str]]], engine: str) -> float:
    return statistics.median(float(r[engine]["best_s"]) for r in rounds)


def added(rounds: list[dict[str, dict[str, str]]], engine: str) -> float:
    return statistics.median(float(r[engine]["added_mb"]) for r in rounds)


def wrong(rounds: list[dict[str, dict[str, str]]], engine: str) -> str:
    return " / ".join(str(max(int(r[engine][f"wrong_{e}"]) for r in rounds)) for e in ("e1", "e2", "e3"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    if not (options.bench / "bench.py").exists():
        print(f"no benchmark harness at {options.bench}; set KEQIAO_BENCH to its folder. Nothing was measured.")
        return
    rounds, traced = [], []
    for i in range(options.rounds):
        print(f"round {i + 1} of {options.rounds}", file=sys.stderr, flush=True)
        rounds.append(one_round(options.bench.resolve(), options.home.resolve(), options.rows))
        traced.append(explain_tech_sme(options.home.resolve()))
    write(TARGET, options.rows, rounds, traced)
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

"""Measure official standards over a million and ten million enterprises, beside the same rules by hand.

    python benchmarks/standards.py [--rows 1000000] [--rounds 5] [--large 10000000] [--home build/standards]

Writes its section of docs/reference/benchmarks.md. Four measurements (choose with ``--only``):

speed    Parquet in to Parquet out, three rules by hand (benchmarks/hand/*.sql) and as packs, one after the
         other in every round; the outcomes of both are compared row by row
every    all packs together, a whole `assess` with hashes and receipt, time and peak memory
scale    the three rules, a whole `assess`, over ``--rows`` and ``--large`` enterprises: time per row, peak memory
explain  one enterprise under all rules
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

import keqiao
from keqiao.engine import assess
from keqiao.engine.deciding import database, deciding, quoted
from keqiao.engine.explaining import Explaining
from keqiao.engine.settings import settings_of
from keqiao.facts.snapshot import Snapshot
from population import AS_OF, MISSING, YEAR, write_population
from report import put_section

ROOT = Path(__file__).resolve().parent.parent
RULES = ("cn.tech_sme", "cn.srdi_sme", "cn.size_class")
BARS = {"speed": 1.5, "memory": 1500, "explain": 5.0}
WAYS = {
    "hand": "by hand, exact SQL (base)",
    "outcomes": "Keqiao, outcomes (with score range and class)",
    "conditions": "Keqiao, every condition, point and margin kept",
}


def population(home: Path, rows: int, rules: tuple[str, ...], name: str) -> Path:
    """A snapshot of so many enterprises, drawn once and kept."""
    path = home / f"{name}-{rows}"
    if not (path / "manifest.json").exists():
        shutil.rmtree(path, ignore_errors=True)
        print(f"drawing {rows:,} enterprises", file=sys.stderr, flush=True)
        write_population(path, rows, keqiao.load_packs(), rules)
    return path


def decide(way: str, snapshot: Snapshot, packs: Any, options: argparse.Namespace, out: Path) -> float:
    """Seconds for the three rules one way, from opening the database to the last file."""
    settings = settings_of(options.memory, options.threads)
    start = time.perf_counter()
    if way == "hand":
        with database(settings, out / "spill") as connection:
            connection.execute(f"CREATE VIEW facts AS SELECT * FROM read_parquet({quoted(snapshot.facts_path)})")
            for id in RULES:
                query = (ROOT / "benchmarks" / "hand" / f"{id.partition('.')[2]}.sql").read_text(encoding="utf-8")
                connection.execute(f"COPY ({query}) TO {quoted(out / f'{way}-{id}.parquet')} (FORMAT parquet, COMPRESSION zstd)")
    else:
        with deciding(snapshot, packs, settings, way, out / "spill") as engine:  # type: ignore[arg-type]
            for id in RULES:
                engine.write(packs.version(id, snapshot.as_of), out / f"{way}-{id}.parquet")
    return time.perf_counter() - start


def different(out: Path, id: str) -> int:
    """Enterprises whose outcome (or class) differs between hand and packs."""
    hand, ours = (quoted(out / f"{way}-{id}.parquet") for way in ("hand", "outcomes"))
    same = "h.outcome = o.outcome" + (" AND h.class IS NOT DISTINCT FROM o.class" if id == "cn.size_class" else "")
    (count,) = duckdb.sql(f"SELECT count(*) FROM {hand} h FULL JOIN {ours} o USING (scheme, id) WHERE ({same}) IS NOT TRUE").fetchall()[0]
    return int(count)


def speed(options: argparse.Namespace) -> dict[str, Any]:
    """Rounds of all ways, interleaved, with the shares of outcomes."""
    packs, out = keqiao.load_packs(), options.home / "out"
    snapshot = Snapshot.open(population(options.home, options.rows, RULES, "three"))
    out.mkdir(exist_ok=True)
    rounds = []
    for i in range(options.rounds + 1):  # the first warms up the file cache and the compiled rules
        print(f"round {i} of {options.rounds}", file=sys.stderr, flush=True)
        rounds.append({way: decide(way, snapshot, packs, options, out) for way in WAYS})
    shares = {id: dict(duckdb.sql(f"SELECT outcome, count(*) FROM {quoted(out / f'hand-{id}.parquet')} GROUP BY 1").fetchall()) for id in RULES}
    return {"rounds": rounds[1:], "wrong": {id: different(out, id) for id in RULES}, "shares": shares}


def run_once(options: argparse.Namespace) -> dict[str, Any]:
    """One whole `assess` in this process: seconds and peak MB."""
    packs, out = keqiao.load_packs(), options.home / "run"
    shutil.rmtree(out, ignore_errors=True)
    rules = RULES if options.what == "three" else None
    start = time.perf_counter()
    run = assess(
        Snapshot.open(options.snapshot), packs, out, rules=rules, keep=options.keep, memory=options.memory, threads=options.threads
    )
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    size = sum(path.stat().st_size for path in (out / "results").iterdir()) / 1e6
    rows, count = run.receipt["rows"], len(run.rules)
    shutil.rmtree(out)
    return {"seconds": seconds, "peak": peak, "rows": rows, "rules": count, "size": size}


def assess_alone(snapshot: Path, what: str, keep: str, options: argparse.Namespace) -> dict[str, Any]:
    """`run_once` in a process of its own."""
    print(f"assess {snapshot.name}, {keep}", file=sys.stderr, flush=True)
    command = [
        sys.executable, __file__, "--run", "--snapshot", str(snapshot), "--what", what, "--keep", keep,
        "--home", str(options.home), "--memory", options.memory, "--threads", str(options.threads),
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {"keep": keep, **json.loads(done.stdout)}


def every(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All packs over the smaller number."""
    path = population(options.home, options.rows, tuple(keqiao.load_packs()), "every")
    return [assess_alone(path, "every", keep, options) for keep in ("outcomes", "conditions")]


def scale(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The three rules over both numbers; of the smaller the median of three."""
    found = []
    for rows in (options.rows, options.large):
        path = population(options.home, rows, RULES, "three")
        for keep in ("outcomes", "conditions"):
            times = [assess_alone(path, "three", keep, options) for _ in range(3 if rows == options.rows else 1)]
            found.append(sorted(times, key=lambda record: record["seconds"])[len(times) // 2])
    return found


def explain(options: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds to read one enterprise's facts as texts with units and trace it under all rules."""
    packs = keqiao.load_packs()
    snapshot = Snapshot.open(population(options.home, 1_000, tuple(packs), "every"), packs.vocabulary)
    cases = list(snapshot.cases())[:20]
    explaining = Explaining(packs, packs, AS_OF)
    times = []
    for _ in range(20):
        for case in cases:
            start = time.perf_counter()
            explaining.read(case["facts"], YEAR, holds=case.get("holds"))
            times.append(1000 * (time.perf_counter() - start))
    return {"rules": len(packs), "facts": len(cases[0]["facts"]), "median": statistics.median(times)}


def write(found: dict[str, Any], options: argparse.Namespace) -> list[str]:
    """The section's lines."""
    lines = [
        "## Official standards at scale",
        "",
        "Made by `benchmarks/standards.py`; do not edit between the marks. Invented enterprises, one fact in "
        f"{MISSING} missing, drawn into Parquet with all columns that the rules read.",
        "",
        f"- {dt.date.today().isoformat()}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        f"- Keqiao {keqiao.__version__}, DuckDB {duckdb.__version__}, {options.threads} threads, {options.memory} for the database",
    ]
    for name, make in (("speed", _speed), ("every", _every), ("scale", _scale), ("explain", _explain)):
        if name in found:
            lines += ["", *make(found[name], options)]
    return [*lines, "", "To repeat: `make bench-standards`."]


def _speed(found: dict[str, Any], options: argparse.Namespace) -> list[str]:
    lines = [
        f"`cn.tech_sme`, `cn.srdi_sme` (2026) and `cn.size_class` over {options.rows:,} enterprises, Parquet in to Parquet out, one file",
        f"a rule, {len(found['rounds'])} rounds, every way once a round; ratios within a round, medians. Both sides stream through the same",
        "database with the same settings. The hand-written queries (`benchmarks/hand/`) give key and outcome, for",
        "`cn.size_class` also the class.",
        "",
        "| way | seconds | ratio to the base | bar |",
        "|---|---:|---:|---:|",
    ]
    for way, title in WAYS.items():
        seconds = statistics.median(r[way] for r in found["rounds"])
        ratio = statistics.median(r[way] / r["hand"] for r in found["rounds"])
        bar = BARS["speed"] if way == "outcomes" else ""
        lines.append(f"| {title} | {seconds:.2f} | {ratio:.2f} | {bar} |")
    lines += ["", "| rule | no | unknown | refer | yes | outcomes that differ from those by hand |", "|---|---:|---:|---:|---:|---:|"]
    for id, wrong in found["wrong"].items():
        counts = " | ".join(f"{found['shares'][id].get(code, 0):,}" for code in range(4))
        lines.append(f"| `{id}` | {counts} | {wrong} |")
    return lines


def _runs(records: list[dict[str, Any]]) -> list[str]:
    lines = ["| enterprises | rules | kept | seconds | µs per enterprise and rule | peak MB | results MB |", "|---:|---:|---|---:|---:|---:|---:|"]
    for r in records:
        each = 1e6 * r["seconds"] / r["rows"] / r["rules"]
        lines.append(
            f"| {r['rows']:,} | {r['rules']} | {r['keep']} | {r['seconds']:.1f} | {each:.2f} | {r['peak']:.0f} | {r['size']:.0f} |"
        )
    return lines


def _every(records: list[dict[str, Any]], options: argparse.Namespace) -> list[str]:
    return ["All packs together: a whole `assess` in its own process, with the hashes of every file and of its content, and the receipt.", "", *_runs(records)]


def _scale(records: list[dict[str, Any]], options: argparse.Namespace) -> list[str]:
    return [
        f"From {options.rows:,} to {options.large:,} enterprises, the three rules, likewise; peak memory of the process, bar {BARS['memory']:,} MB.",
        "",
        *_runs(records),
    ]


def _explain(found: dict[str, Any], options: argparse.Namespace) -> list[str]:
    return [
        f"One enterprise under all {found['rules']} rules ({found['facts']} facts as texts with units, parsed; all traces built):"
        f" {found['median']:.2f} ms, bar {BARS['explain']:.0f} ms.",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--home", type=Path, default=ROOT / "build" / "standards")
    parser.add_argument("--only", default="speed,every,scale,explain")
    parser.add_argument("--print", action="store_true", help="print the section instead of writing it")
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--snapshot", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--what", help=argparse.SUPPRESS)
    parser.add_argument("--keep", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.home = options.home.resolve()
    options.home.mkdir(parents=True, exist_ok=True)
    if options.run:
        print(json.dumps(run_once(options)))
        return
    measures = {"speed": speed, "every": every, "scale": scale, "explain": explain}
    if "scale" in options.only and shutil.disk_usage(options.home).free < options.large * 300:
        print(f"{options.large:,} enterprises need about {options.large * 300 / 1e9:.0f} GB of disk; scale is left out", file=sys.stderr)
        del measures["scale"]
    found = {name: measure(options) for name, measure in measures.items() if name in options.only.split(",")}
    lines = write(found, options)
    if not options.print:
        put_section("standards", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()

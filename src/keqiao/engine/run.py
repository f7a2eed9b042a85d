"""A run: every chosen rule over every enterprise of a snapshot, in DuckDB.

A run's folder holds ``results/RULE.parquet`` (one row an enterprise), ``packs/`` (the pack files it
used), ``snapshot/`` (its facts) and ``receipt.json``.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from keqiao.engine.folders import file_hash, link_or_copy, new_folder
from keqiao.errors import KeqiaoError, say
from keqiao.facts.snapshot import FACTS, MANIFEST, Snapshot
from keqiao.packs.loader import Packs, load_packs
from keqiao.rules.model import OUTCOMES, Rule
from keqiao.rules.references import effective_status, in_order
from keqiao.rules.sql.compile import compile_sql
from keqiao.rules.sql.lower import Facts
from keqiao.rules.trace import Trace
from keqiao.version import __version__

FORMAT = 1
RECEIPT = "receipt.json"
Progress = Callable[[str, int, int], None]


def assess(
    snapshot: Snapshot,
    packs: Packs,
    out: Path,
    *,
    rules: Sequence[str] | None = None,
    progress: Progress | None = None,
    replace: bool = False,
    finish: Callable[[Run], object] | None = None,
) -> Run:
    """Decide every enterprise of a snapshot under the rules (all, if none are named).

    Writes the folder ``out`` at once; raises `KeqiaoError` where it exists (unless ``replace``) or a
    rule is unknown. ``progress`` is told a step's name, and how many of how many are done. ``finish``
    may add files to the run before it appears, such as the workbook.
    """
    chosen = [packs.find(id).id for id in rules] if rules else list(packs)
    facts = table_facts(snapshot)
    with new_folder(out, replace=replace) as folder:
        (folder / "results").mkdir()
        for name in (FACTS, MANIFEST):
            link_or_copy(snapshot.path / name, folder / "snapshot" / name)
        _copy_packs(packs, folder / "packs")
        found: dict[str, Any] = {}
        for i, id in enumerate(chosen):
            rule = packs.version(id, snapshot.as_of)
            if progress is not None:
                progress(rule.title.zh, i, len(chosen))
            found[id] = _decide(rule, packs, snapshot, facts, folder / "results" / f"{id}.parquet")
        if progress is not None:
            progress(say("写回执", "receipt"), len(chosen), len(chosen))
        (folder / RECEIPT).write_text(
            json.dumps(_receipt(snapshot, packs, found, folder), ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
        if finish is not None:
            finish(Run.open(folder))
    return Run.open(out)


def table_facts(snapshot: Snapshot) -> Facts:
    """Which columns the snapshot's table has, and which have no NULL."""
    metadata = pq.ParquetFile(snapshot.facts_path).metadata
    columns = snapshot.columns
    complete = set(columns)
    for group in range(metadata.num_row_groups):
        for i in range(metadata.num_columns):
            column = metadata.row_group(group).column(i)
            statistics = column.statistics
            if statistics is None or not statistics.has_null_count or statistics.null_count:
                complete.discard(column.path_in_schema.split(".")[0])
    return Facts(frozenset(columns), frozenset(complete - {"titles"}))


def _decide(rule: Rule, packs: Packs, snapshot: Snapshot, facts: Facts, out: Path) -> dict[str, Any]:
    """Write one rule's results and return what the receipt says of them."""
    query = compile_sql(
        rule,
        lambda id: packs.version(id, snapshot.as_of),
        as_of=snapshot.as_of,
        year=snapshot.year,
        conditions=True,
        facts=facts,
    )
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE VIEW facts AS SELECT * FROM read_parquet($1)".replace("$1", _quoted(snapshot.facts_path)))
        table = connection.sql(query).to_arrow_table()
    pq.write_table(table, out, compression="zstd")
    codes = table.column("outcome").to_pylist() if table.num_rows else []
    return {
        "title": rule.title.zh,
        "version": rule.version,
        "status": effective_status(in_order(rule, lambda id: packs.version(id, snapshot.as_of))),
        "unconfirmed": rule.unconfirmed(),
        "outcomes": {name: codes.count(i) for i, name in enumerate(OUTCOMES)},
    }


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _copy_packs(packs: Packs, folder: Path) -> None:
    """The pack files in the order in which they were laid over each other."""
    for i, (_, document) in enumerate(packs.files):
        target = folder / f"{i:04d}-{document.path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(document.path, target)


def _receipt(snapshot: Snapshot, packs: Packs, found: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    hashes = {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(folder.glob("packs/*"))}
    hashes |= {p.relative_to(folder).as_posix(): file_hash(p) for p in sorted(folder.glob("results/*"))}
    return {
        "format": FORMAT,
        "keqiao": __version__,
        "duckdb": duckdb.__version__,
        "as_of": snapshot.as_of.isoformat(),
        "year": snapshot.year,
        "label": snapshot.label,
        "rows": snapshot.manifest["rows"],
        "snapshot": snapshot.manifest["content_hash"],
        "outcomes": list(OUTCOMES),
        "rules": dict(found),
        "files": hashes,
    }


class Run:
    """An open run."""

    def __init__(self, path: Path, receipt: dict[str, Any]) -> None:
        self.path, self.receipt = path, receipt
        self._packs: Packs | None = None

    @classmethod
    def open(cls, path: Path) -> Run:
        """Open a run's folder. Raises `KeqiaoError` where it is none."""
        path = Path(path)
        try:
            receipt = json.loads((path / RECEIPT).read_text("utf-8"))
        except (OSError, ValueError) as problem:
            raise KeqiaoError(
                f"“{path}”不是一次评价的结果（{problem}）；先用 keqiao assess 生成",
                f"{str(path)!r} is not a run ({problem}); make one with keqiao assess",
            ) from None
        if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
            raise KeqiaoError(f"“{path}”的格式不是 {FORMAT}", f"{str(path)!r} is not of format {FORMAT}")
        return cls(path, receipt)

    @property
    def packs(self) -> Packs:
        """The packs as they were when the run was made."""
        if self._packs is None:
            self._packs = load_packs([self.path / "packs"], ours=False)
        return self._packs

    @property
    def snapshot(self) -> Snapshot:
        """The facts of the run."""
        return Snapshot.open(self.path / "snapshot", self.packs.vocabulary)

    @property
    def rules(self) -> list[str]:
        """Ids of the rules that were decided, in order."""
        return list(self.receipt["rules"])

    @property
    def as_of(self) -> dt.date:
        """The day on which the rules were read."""
        return dt.date.fromisoformat(self.receipt["as_of"])

    @property
    def year(self) -> int:
        """The cases' year."""
        return int(self.receipt["year"])

    def rule(self, id: str) -> Rule:
        """The version of a rule that was decided."""
        if id not in self.receipt["rules"]:
            known = "、".join(self.rules)
            raise KeqiaoError(f"这次评价没有规则“{id}”；有：{known}", f"this run has no rule {id!r}; it has {known}")
        return self.packs.version(id, self.as_of)

    def results(self, id: str) -> pa.Table:
        """One rule's results: ``scheme``, ``id``, ``outcome``, scores, ``c:``, ``m:``, ``low:``, ``high:`` columns."""
        self.rule(id)
        return pq.read_table(self.path / "results" / f"{id}.parquet")

    def explain(self, id: str, key: str) -> Trace:
        """The trace of one enterprise; ``key`` is its id, or ``scheme:id`` where ids repeat."""
        self.rule(id)
        scheme, _, code = key.rpartition(":")
        every = self.snapshot.keys()
        keys = [k for k in every if k[1] == code and scheme in ("", k[0])]
        if not keys:
            raise KeqiaoError(f"这次评价没有企业“{key}”", f"this run has no enterprise {key!r}")
        for _, _, traces in self.traces([id], keys[:1]):
            return traces[id]
        raise AssertionError("the key was found above")

    def traces(
        self, ids: Sequence[str], keys: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[tuple[tuple[str, str], dict[str, Any], dict[str, Trace]]]:
        """Per enterprise its key, its stored facts by column, and its traces by rule; in the table's order."""
        vocabulary = self.packs.vocabulary
        made = {id: self.packs[id].compiled(self.as_of) for id in ids}
        wanted = None if keys is None else set(keys)
        with pq.ParquetFile(self.snapshot.facts_path) as file:
            for batch in file.iter_batches(batch_size=5_000):
                for row in batch.to_pylist():
                    key = (row["scheme"], row["id"])
                    if wanted is not None and key not in wanted:
                        continue
                    traces = {}
                    for id, (code, reader) in made.items():
                        trace = code.evaluate(reader.read_stored(row, self.as_of, self.year), key[1])
                        trace.vocabulary = vocabulary
                        traces[id] = trace
                    yield key, row, traces

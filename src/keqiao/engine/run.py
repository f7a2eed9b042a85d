"""A run: every chosen rule over every enterprise of a snapshot, in DuckDB.

A run's folder holds ``results/RULE.parquet`` (one row an enterprise), ``packs/`` (the pack files it
used), ``snapshot/`` (its facts) and ``receipt.json``.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keqiao.engine.deciding import Keep, deciding
from keqiao.engine.deciding import table_facts as table_facts
from keqiao.engine.explaining import Explaining
from keqiao.engine.folders import link_folder, new_folder, recover
from keqiao.engine.peers import read_peers, write_peers
from keqiao.engine.receipt import RECEIPT, make_receipt, pack_name, read_receipt, render, rule_entry, with_other_files
from keqiao.engine.settings import settings_of
from keqiao.errors import KeqiaoError, say
from keqiao.facts.keys import Key
from keqiao.facts.snapshot import FACTS, Snapshot
from keqiao.packs.loader import Packs, load_packs
from keqiao.rules.model import Rule
from keqiao.rules.peers import PeerTable
from keqiao.rules.trace import Trace

Progress = Callable[[str, int, int], None]
#: Where the database puts what does not fit into memory; gone before the run appears.
_SCRATCH = "scratch"


def assess(
    snapshot: Snapshot,
    packs: Packs,
    out: Path,
    *,
    rules: Sequence[str] | None = None,
    progress: Progress | None = None,
    replace: bool = False,
    finish: Callable[[Run], object] | None = None,
    keep: Keep = "conditions",
    memory: str | None = None,
    threads: int | None = None,
) -> Run:
    """Decide every enterprise of a snapshot under the rules.

    Where none are named, these are all but the scorecards whose weights are not published
    (`Packs.complete`): those would leave every enterprise open.

    Writes the folder ``out`` at once; raises `KeqiaoError` where it exists (unless ``replace``) or a
    rule is unknown. ``progress`` is told a step's name, and how many of how many are done. ``finish``
    may add files to the run before it appears, such as the workbook. ``keep`` says which columns the
    results have. ``memory`` (such as ``1GB``) bounds the database, which goes to disk beyond it, and
    ``threads`` its threads; see `settings_of` for what holds without them.
    """
    chosen = [packs.find(id).id for id in rules] if rules else packs.complete(snapshot.as_of)
    settings = settings_of(memory, threads)
    with new_folder(out, replace=replace) as folder:
        (folder / "results").mkdir()
        link_folder(snapshot.path, folder / "snapshot")
        _copy_packs(packs, folder)
        found: dict[str, Any] = {}
        with deciding(snapshot, packs, settings, keep, folder / _SCRATCH) as decide:
            for i, id in enumerate(chosen):
                rule = packs.version(id, snapshot.as_of)
                if progress is not None:
                    progress(rule.title.zh, i, len(chosen))
                counts = decide.write(rule, folder / "results" / f"{id}.parquet")
                found[id] = rule_entry(rule, packs, snapshot, counts)
            write_peers(decide, [packs.version(id, snapshot.as_of) for id in chosen], folder)
        shutil.rmtree(folder / _SCRATCH, ignore_errors=True)
        if progress is not None:
            progress(say("写回执", "receipt"), len(chosen), len(chosen))
        receipt = make_receipt(snapshot, packs, found, keep, settings, folder)
        (folder / RECEIPT).write_text(render(receipt), "utf-8")
        if finish is not None:
            finish(Run(folder, receipt))
            (folder / RECEIPT).write_text(render(with_other_files(receipt, folder)), "utf-8")
    return Run.open(out)


def _copy_packs(packs: Packs, folder: Path) -> None:
    """The pack files in the order in which they were laid over each other."""
    (folder / "packs").mkdir()
    for i, (_, document) in enumerate(packs.files):
        shutil.copyfile(document.path, folder / pack_name(i, document))



class Run:
    """An open run."""

    def __init__(self, path: Path, receipt: dict[str, Any]) -> None:
        self.path, self.receipt = path, receipt
        self._packs: Packs | None = None
        self._explaining: dict[tuple[str, ...], Explaining] = {}

    @classmethod
    def open(cls, path: Path) -> Run:
        """Open a run's folder. Raises `KeqiaoError` where it is none."""
        path = Path(path)
        if not path.exists():
            recover(path)
        return cls(path, read_receipt(path))

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

    @cached_property
    def peers(self) -> PeerTable | None:
        """What percentiles and medians were taken over; None where no rule compares with peers."""
        return read_peers(self.path)

    def rule(self, id: str) -> Rule:
        """The version of a rule that was decided."""
        if id not in self.receipt["rules"]:
            known = "、".join(self.rules)
            raise KeqiaoError(f"这次评价没有规则“{id}”；有：{known}", f"this run has no rule {id!r}; it has {known}")
        return self.packs.version(id, self.as_of)

    def results_path(self, id: str) -> Path:
        """The Parquet file of one rule's results."""
        self.rule(id)
        return self.path / "results" / f"{id}.parquet"

    def results(self, id: str, columns: Iterable[str] | None = None) -> pa.Table:
        """One rule's results: ``scheme``, ``id``, ``outcome``, scores, ``c:``, ``m:``, ``low:``, ``high:`` columns.

        With ``columns`` only those are read, in that order.
        """
        path = self.results_path(id)
        return pq.read_table(path) if columns is None else pq.read_table(path, columns=list(columns))

    def explain(self, id: str, key: str) -> Trace:
        """The trace of one enterprise; ``key`` is its id, or ``scheme:id`` where ids repeat."""
        self.rule(id)
        for _, _, traces in self.traces([id], [self.find(key)]):
            return traces[id]
        raise AssertionError("the key was found above")

    def find(self, key: str) -> Key:
        """The enterprise with an id, or with ``scheme:id``. Raises `KeqiaoError`, also where several schemes have the id."""
        scheme, _, code = key.strip().rpartition(":")
        wanted = [("id", "=", code)] + ([("scheme", "=", scheme)] if scheme else [])
        found = pq.read_table(self.path / "snapshot" / FACTS, columns=["scheme", "id"], filters=wanted)
        if not found.num_rows:
            if code != code.upper():  # letters of a code are capitals
                return self.find(f"{scheme}:{code.upper()}" if scheme else code.upper())
            raise KeqiaoError(f"这次评价没有企业“{key}”；请写企业代码，不写名称", f"this run has no enterprise {key!r}; write its code, not its name")
        if found.num_rows > 1:
            ways = "、".join(f"{one}:{code}" for one in sorted(found["scheme"].to_pylist()))
            raise KeqiaoError(f"有几家企业的代码是“{key}”，请写明主键：{ways}", f"several enterprises have the code {key!r}; write one of {ways}")
        return found["scheme"][0].as_py(), found["id"][0].as_py()

    def traces(
        self, ids: Sequence[str], keys: Sequence[Key] | None = None
    ) -> Iterator[tuple[Key, dict[str, Any], dict[str, Trace]]]:
        """Per enterprise its key, its stored facts by column, and its traces by rule; in the table's order."""
        explaining = self._explaining.get(tuple(ids))
        if explaining is None:
            explaining = self._explaining[tuple(ids)] = Explaining(self.packs, ids, self.as_of)
        peers = self.peers if explaining.compares else None
        for row in _rows(self.path / "snapshot" / FACTS, keys):
            key = (row["scheme"], row["id"])
            yield key, row, explaining.stored(row, self.year, id=key[1], peers=peers)


def _rows(path: Path, keys: Sequence[Key] | None) -> Iterator[dict[str, Any]]:
    """Rows of the facts by column, all or those with a key; other groups of rows are not read."""
    wanted = None if keys is None else set(keys)
    codes = None if keys is None else pa.array(sorted({id for _, id in keys}), pa.string())
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            if codes is not None and not pc.any(pc.is_in(file.read_row_group(group, ["id"])["id"], codes)).as_py():
                continue
            for batch in file.iter_batches(batch_size=5_000, row_groups=[group]):
                if codes is not None:
                    batch = batch.filter(pc.is_in(batch["id"], codes))
                yield from (r for r in batch.to_pylist() if wanted is None or (r["scheme"], r["id"]) in wanted)

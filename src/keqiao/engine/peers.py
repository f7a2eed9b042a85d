"""The peers of a run: the values that percentiles and medians were taken over, kept for its reasons.

``peers/values.parquet`` has a row per comparison, partition and distinct value, in rising order:
``expression``, ``factor``, ``codes``, ``num``, ``den`` (NULL is 1) and ``count``.
"""

from __future__ import annotations

import shutil
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from keqiao.engine.deciding import Deciding, deciding
from keqiao.engine.settings import settings_of
from keqiao.facts.snapshot import Snapshot
from keqiao.packs.loader import Packs
from keqiao.rules.model import Rule
from keqiao.rules.peers import Codes, Group, PeerTable, peers_of
from keqiao.rules.sql.ir import Graph
from keqiao.rules.sql.lower import Lowering
from keqiao.rules.sql.peers import peer_queries

FOLDER = "peers"
FILE = "values.parquet"
_WIDE = pa.decimal128(38, 0)
SCHEMA = pa.schema(
    [
        ("expression", pa.string()), ("factor", pa.string()), ("codes", pa.list_(pa.string())),
        ("num", _WIDE), ("den", _WIDE), ("count", pa.int64()),
    ]
)  # fmt: skip
_COLUMNS = ("codes", "num", "den", "count")


def write_peers(decide: Deciding, rules: Iterable[Rule], folder: Path) -> None:
    """Write the peers' values that the rules and those they ask compare with; nothing where none does."""
    snapshot, packs = decide.snapshot, decide.packs
    found = peers_of(rules, lambda id: packs.version(id, snapshot.as_of))
    if not found:
        return
    low = Lowering(Graph(), snapshot.as_of.toordinal(), snapshot.year, decide.facts)
    (folder / FOLDER).mkdir()
    with pq.ParquetWriter(folder / FOLDER / FILE, SCHEMA, compression="zstd") as file:
        for key, query in peer_queries(low, found).items():
            batches: Iterable[pa.RecordBatch] = decide.connection.sql(query.sql).to_arrow_reader(100_000)
            for batch in batches:
                words = [pa.array([word] * batch.num_rows, pa.string()) for word in (key, str(query.factor))]
                arrays = [*words, *(batch.column(name).cast(SCHEMA.field(name).type) for name in _COLUMNS)]
                file.write_batch(pa.RecordBatch.from_arrays(arrays, schema=SCHEMA))


def read_peers(folder: Path) -> PeerTable | None:
    """The peers that a run's folder keeps; None where its rules compare with none."""
    path = folder / FOLDER / FILE
    if not path.exists():
        return None
    groups: dict[str, dict[Codes, Group]] = {}
    table = pq.read_table(path).combine_chunks()
    for start, end in _spans(table):
        part = table.slice(start, end - start)
        key, factor, codes = (part[name][0].as_py() for name in ("expression", "factor", "codes"))
        dens = None if part["den"].null_count else _whole(part["den"])
        upto = _whole(pc.cumulative_sum(part["count"]))
        groups.setdefault(key, {})[tuple(codes)] = Group(Fraction(factor), _whole(part["num"]), dens, upto)
    return PeerTable(groups)


def _spans(table: pa.Table) -> Iterator[tuple[int, int]]:
    """First row and the row after the last of each comparison and partition: their rows stand together."""
    start = 0
    for end in _turns(table["expression"]):
        codes = table["codes"].slice(start, end - start)
        turns = {end}
        for i in range(len(codes[0].as_py())):
            turns |= {start + turn for turn in _turns(pc.list_element(codes, i))}
        for turn in sorted(turns):
            yield start, turn
            start = turn


def _turns(column: pa.ChunkedArray) -> list[int]:
    """The rows after which a column changes."""
    joined = column.combine_chunks()
    return list(pc.run_end_encode(joined).run_ends.to_pylist())


def _whole(column: pa.ChunkedArray) -> Sequence[int]:
    """Whole numbers of Python, packed where they fit into 64 bits."""
    try:
        packed = array("q")
        packed.frombytes(column.cast(pa.int64()).to_numpy().astype("=i8").tobytes())
        return packed
    except pa.ArrowInvalid:
        return [int(x) for x in column.to_pylist()]


def freeze_peers(snapshot: Snapshot, packs: Packs, ids: Sequence[str], memory: str | None = None) -> PeerTable:
    """The peers of a snapshot as a reference table for cases that are not in it.

    For the comparisons of the rules ``ids`` and of those they ask; ``PeerTable.write`` keeps it.
    """
    scratch = Path(tempfile.mkdtemp(prefix="keqiao-"))
    try:
        with deciding(snapshot, packs, settings_of(memory), "outcomes", scratch / "database") as decide:
            write_peers(decide, [packs.version(packs.find(id).id, snapshot.as_of) for id in ids], scratch)
        return read_peers(scratch) or PeerTable()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

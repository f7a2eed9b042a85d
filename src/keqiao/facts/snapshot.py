"""Snapshots: an immutable folder with one wide Parquet table and a manifest.

`write_snapshot` makes the folder appear at once, complete, or not at all. `Snapshot` reads it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from keqiao.errors import KeqiaoError
from keqiao.facts.exact import Writer, column_info, writer_of
from keqiao.facts.hashes import content_hash, table_hash
from keqiao.facts.keys import Key
from keqiao.rules.vocabulary import Vocabulary

FORMAT = 1
FACTS, MANIFEST = "facts.parquet", "manifest.json"
_GROUP = 20_000


def refuse_existing(out: Path) -> None:
    """Raise where something is already at ``out``; nothing is ever overwritten."""
    if os.path.lexists(out):
        raise KeqiaoError(
            f"“{out}”已经存在，请换一个名字或先移走它",
            f"{str(out)!r} already exists; choose another name or move it away",
        )


def describe_columns(vocabulary: Vocabulary, names: Iterable[str]) -> dict[str, dict[str, object]]:
    """For the manifest: type, unit and period of each indicator among the names of columns."""
    ids = {name.partition("__")[0] for name in names}
    return {id: column_info(vocabulary.indicators[id]) for id in vocabulary.sort(ids & vocabulary.indicators.keys())}


def write_snapshot(
    table: pa.Table, manifest: Mapping[str, Any], out: Path, tables: Mapping[str, pa.Table] | None = None
) -> dict[str, Any]:
    """Write a snapshot folder and return its complete manifest.

    ``table`` has the columns ``scheme``, ``id`` and the facts as the module `wide` lays them out;
    it is sorted here. ``manifest`` needs ``year`` and ``as_of``; ``format``, ``rows``,
    ``content_hash`` and the ``known`` counts in ``columns`` are filled in. ``tables`` are further
    tables by their path in the folder, such as ``records/patents.parquet``; the content hash covers
    them. Raises `KeqiaoError`
    where ``out`` exists, keys repeat, or the disk fails; then nothing is left behind.
    """
    refuse_existing(out)
    table = table.sort_by([("scheme", "ascending"), ("id", "ascending")]).combine_chunks()
    keys = table.select(["scheme", "id"])
    if table.num_rows and keys.group_by(["scheme", "id"]).aggregate([]).num_rows != table.num_rows:
        raise KeqiaoError("快照中有重复的企业", "the snapshot's table repeats an enterprise")
    further = {name: (tables or {})[name].combine_chunks() for name in sorted(tables or {})}
    complete = _complete(table, manifest, further)
    temporary = out.parent / f".{out.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        _write_files(temporary, {FACTS: table} | further, complete)
        os.rename(temporary, out)
        _sync_folder(out.parent)
    except OSError as error:
        raise KeqiaoError(
            f"无法写入“{out}”：{error.strerror or error}，没有留下任何文件",
            f"cannot write {str(out)!r}: {error.strerror or error}; nothing was left behind",
        ) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return complete


def _write_files(folder: Path, tables: Mapping[str, pa.Table], manifest: Mapping[str, Any]) -> None:
    for name, table in tables.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            pq.write_table(table, file, row_group_size=_GROUP, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        if path.parent != folder:
            _sync_folder(path.parent)
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as text:
        json.dump(manifest, text, ensure_ascii=False, indent=1)
        text.write("\n")
        text.flush()
        os.fsync(text.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _complete(table: pa.Table, manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    given = manifest.get("columns", {})
    columns = {}
    for name in table.column_names:
        if name not in ("scheme", "id") and "__" not in name:
            known = table.num_rows - table.column(name).null_count
            columns[name] = {"known": known} | {k: v for k, v in given.get(name, {}).items() if k != "known"}
    head = {"format": FORMAT, "year": manifest["year"], "as_of": str(manifest["as_of"]), "rows": table.num_rows}
    rest = {"label": "", "sources": [], "warnings": 0} | {k: v for k, v in manifest.items() if k not in head}
    complete = head | rest | {"columns": columns}
    if tables:
        complete["tables"] = {
            name: {"rows": further.num_rows, "content_hash": table_hash(further)} for name, further in tables.items()
        }
    complete["content_hash"] = content_hash(table, head["year"], head["as_of"], tables)
    return complete


def snapshot_files(path: Path) -> list[str]:
    """All files of a snapshot by their path in it, the manifest last: what a copy of it takes."""
    manifest = json.loads((Path(path) / MANIFEST).read_text(encoding="utf-8"))
    return [FACTS, *manifest.get("tables", {}), MANIFEST]


class Snapshot:
    """An open snapshot; reads lazily and holds no file open."""

    def __init__(self, path: Path, manifest: dict[str, Any], vocabulary: Vocabulary | None) -> None:
        self.path, self.manifest = path, manifest
        self._vocabulary = vocabulary

    @classmethod
    def open(cls, path: Path, vocabulary: Vocabulary | None = None) -> Snapshot:
        """Open a snapshot folder. Raises `KeqiaoError` where it is none or not readable.

        ``vocabulary`` is only needed by `case` and `cases` for columns whose type the manifest
        does not tell.
        """
        path = Path(path)
        try:
            manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
            rows = pq.read_metadata(path / FACTS).num_rows
        except FileNotFoundError:
            missing = next((name for name in (MANIFEST, FACTS) if not (path / name).exists()), MANIFEST)
            raise KeqiaoError(
                f"“{path}”不是快照：里面没有 {missing}；快照由 keqiao facts import 写出",
                f"{str(path)!r} is no snapshot: it has no {missing}; keqiao facts import writes one",
            ) from None
        except (OSError, ValueError, pa.ArrowException) as error:
            raise KeqiaoError(
                f"“{path}”不是可读的快照（{error}）",
                f"{str(path)!r} is no readable snapshot ({error})",
            ) from None
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise KeqiaoError(
                f"“{path}”的快照格式不是 {FORMAT}，请用同一版本的科桥重新导入",
                f"the snapshot {str(path)!r} is not of format {FORMAT}; import it again",
            )
        if manifest.get("rows") != rows:
            raise KeqiaoError(
                f"“{path}”的清单写 {manifest.get('rows')} 行，数据有 {rows} 行，快照已损坏",
                f"the manifest of {str(path)!r} says {manifest.get('rows')} rows, the table has {rows}",
            )
        return cls(path, manifest, vocabulary)

    @property
    def facts_path(self) -> Path:
        """The Parquet file with one row an enterprise."""
        return self.path / FACTS

    @property
    def columns(self) -> list[str]:
        """All columns of the table, with ``scheme``, ``id`` and ``titles``."""
        return list(pq.read_schema(self.facts_path).names)

    @property
    def year(self) -> int:
        """The case's year: plain columns belong to it, ``x__1`` to the year before."""
        return int(self.manifest["year"])

    @property
    def as_of(self) -> dt.date:
        """The day on which the facts are looked at."""
        return dt.date.fromisoformat(self.manifest["as_of"])

    @property
    def label(self) -> str:
        """What must be said wherever the data is shown, such as that it is synthetic."""
        return str(self.manifest.get("label", ""))

    def keys(self) -> list[Key]:
        """All enterprises as (scheme, id), in the table's order."""
        table = pq.read_table(self.facts_path, columns=["scheme", "id"])
        return list(zip(table["scheme"].to_pylist(), table["id"].to_pylist(), strict=True))

    def table(self, name: str) -> pa.Table | None:
        """A further table by its path, such as ``links.parquet``; None where the snapshot has none."""
        if name not in self.manifest.get("tables", {}):
            return None
        return pq.read_table(self.path / name)

    def records(self, kind: str) -> pa.Table | None:
        """The records of a kind: ``scheme``, ``id`` and its fields, in stored units; None where none were given."""
        return self.table(f"records/{kind}.parquet")

    def record_kinds(self) -> list[str]:
        """The kinds of records that were given."""
        names = self.manifest.get("tables", {})
        return [name[len("records/") : -len(".parquet")] for name in names if name.startswith("records/")]

    def verify(self) -> bool:
        """Whether the tables still are what the manifest's content hash says."""
        names = self.manifest.get("tables", {})
        try:
            table = pq.read_table(self.facts_path).combine_chunks()
            tables = {name: pq.read_table(self.path / name).combine_chunks() for name in names}
        except (OSError, pa.ArrowException):
            return False
        found = content_hash(table, self.year, self.manifest["as_of"], tables)
        return found == str(self.manifest["content_hash"])

    def case(self, scheme: str, id: str) -> dict[str, Any]:
        """One enterprise as a case for ``explain``. Raises `KeqiaoError` where it is unknown.

        ``facts`` maps indicator ids to exact strings with unit, booleans, texts or ISO dates;
        all but static ones by year. ``holds`` is absent where titles are unknown.
        """
        found = pq.read_table(self.facts_path, filters=[("scheme", "=", scheme), ("id", "=", id)])
        for case in self._cases_of(found):
            return case
        raise KeqiaoError(f"快照中没有企业“{id}”（{scheme}）", f"the snapshot has no enterprise {id!r} ({scheme})")

    def cases(self, keys: Collection[Key] | None = None) -> Iterator[dict[str, Any]]:
        """Cases of all enterprises, or of those with a key in ``keys``, in the table's order."""
        wanted = None if keys is None else set(keys)
        with pq.ParquetFile(self.facts_path) as file:
            for batch in file.iter_batches(batch_size=_GROUP):
                if wanted is not None:
                    pairs = zip(batch["scheme"].to_pylist(), batch["id"].to_pylist(), strict=True)
                    batch = batch.filter(pa.array([p in wanted for p in pairs], pa.bool_()))
                yield from self._cases_of(batch)

    def _cases_of(self, rows: pa.Table | pa.RecordBatch) -> Iterator[dict[str, Any]]:
        writers: list[tuple[str, str | None, Writer, list[Any]]] = []
        for name in rows.schema.names:
            if name in ("scheme", "id", "titles"):
                continue
            id, _, back = name.partition("__")
            info = self._info(id)
            year = None if info["period"] == "static" else str(self.year - int(back or 0))
            writers.append((id, year, writer_of(info), rows.column(name).to_pylist()))
        titles = rows.column("titles").to_pylist() if "titles" in rows.schema.names else None
        for i, key in enumerate(rows.column("id").to_pylist()):
            facts: dict[str, Any] = {}
            for id, year, write, values in writers:
                value = values[i]
                if value is None:
                    continue
                if year is None:
                    facts[id] = write(value)
                else:
                    facts.setdefault(id, {})[year] = write(value)
            case = {"id": key, "as_of": self.manifest["as_of"], "year": self.year, "facts": facts}
            if titles is not None and titles[i] is not None:
                case["holds"] = [_held(t) for t in titles[i]]
            yield case

    def _info(self, id: str) -> Mapping[str, Any]:
        info = self.manifest.get("columns", {}).get(id, {})
        if "type" in info:
            return dict(info)
        if self._vocabulary is not None and id in self._vocabulary.indicators:
            return column_info(self._vocabulary.indicators[id])
        raise KeqiaoError(
            f"快照的清单没有写明“{id}”的类型，请连同指标词汇表打开",
            f"the snapshot's manifest does not tell the type of {id!r}; open it with a vocabulary",
        )


def _held(title: Mapping[str, Any]) -> dict[str, str]:
    days = {end: title[end].isoformat() for end in ("from", "to") if title[end] is not None}
    return {"title": title["title"], **days}

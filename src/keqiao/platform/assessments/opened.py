"""Open runs of this process: their packs, their rules compiled once, and the last enterprises that were looked at."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pyarrow.parquet as pq

from keqiao.engine import Run as Files
from keqiao.engine.explaining import Explaining
from keqiao.errors import KeqiaoError
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.scoring import leading, titles_in
from keqiao.platform.assessments.services import folder_of
from keqiao.platform.errors import Refused
from keqiao.rules.trace import Trace

T = TypeVar("T")
Key = tuple[str, str]


class Kept:
    """The last few values by key, for all threads; a value is made by one of them."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.RLock()
        self._values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made where it is not there."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]


@dataclass
class Opened:
    """A run with its rules compiled. ``score`` is the leading scorecard, ``titles`` the rules that decide a title."""

    files: Files
    explaining: Explaining
    score: str | None
    titles: list[str]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: Kept = field(default_factory=lambda: Kept(64))

    def look(self, key: Key) -> tuple[dict[str, Any], dict[str, Trace]]:
        """The stored facts of an enterprise by column, and its trace under every rule. Raises `KeqiaoError`."""
        with self._lock:
            return self._seen.get(key, lambda: self._read(key))

    def _read(self, key: Key) -> tuple[dict[str, Any], dict[str, Trace]]:
        wanted = [("scheme", "=", key[0]), ("id", "=", key[1])]
        # one thread: the pages of other users wait for the same cores
        found = pq.read_table(self.files.snapshot.facts_path, filters=wanted, use_threads=False).to_pylist()
        if not found:
            raise KeqiaoError("这次评价没有这家企业。", "The run does not have this enterprise.")
        peers = self.files.peers if self.explaining.compares else None
        return found[0], self.explaining.stored(found[0], self.files.year, id=key[1], peers=peers)


_runs = Kept(8)
_packs = Kept(4)
_rules = Kept(4)


def opened(run: Run) -> Opened:
    """A run's files, kept open. Raises `Refused` where they are gone."""
    return _runs.get((run.pk, run.content_hash), lambda: _open(run))


def _open(run: Run) -> Opened:
    try:
        files = Files.open(folder_of(run))
    except KeqiaoError:
        raise Refused("这次评价的文件不在了，重新评价一次。", "The files of this run are gone; assess once more.") from None
    read_from = tuple(sorted((name, digest) for name, digest in files.receipt["content"].items() if name.startswith("packs/")))
    # runs of the same packs share them, and the rules compiled from them
    files._packs = _packs.get(read_from, lambda: files.packs)
    ids = tuple(files.rules)
    explaining = _rules.get((read_from, ids, files.as_of), lambda: Explaining(files.packs, ids, files.as_of))
    return Opened(files, explaining, leading(files), titles_in(files))

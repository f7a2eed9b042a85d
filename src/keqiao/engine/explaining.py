"""Several rules over one enterprise: its facts are read once, and every rule is traced on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from keqiao.packs.loader import Packs
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import RuleCode, compile_rule
from keqiao.rules.closures.values import Case, Env
from keqiao.rules.peers import PeerTable
from keqiao.rules.trace import Trace


class Explaining:
    """Rules of one day compiled into one case."""

    def __init__(self, packs: Packs, ids: Iterable[str], as_of: dt.date) -> None:
        self.as_of, self._vocabulary = as_of, packs.vocabulary
        env = Env()
        self._codes: dict[str, RuleCode] = {
            id: compile_rule(packs.version(packs.find(id).id, as_of), lambda asked: packs.version(asked, as_of), env)[0]
            for id in ids
        }
        self._reader = CaseReader(packs.vocabulary, env)

    @property
    def compares(self) -> bool:
        """Whether a rule compares with peers."""
        return any(code.peers for code in self._codes.values())

    def read(
        self, facts: Mapping[str, Any], year: int, *, holds: Iterable[Any] | None = None, id: str = "", peers: PeerTable | None = None
    ) -> dict[str, Trace]:
        """Traces by rule of facts as people write them (see `RuleHandle.explain`). Raises `FactError`."""
        return self._traced(self._reader.read(facts, holds, self.as_of, year, peers), id)

    def stored(self, row: Mapping[str, Any], year: int, *, id: str = "", peers: PeerTable | None = None) -> dict[str, Trace]:
        """Traces by rule of one row of a snapshot."""
        return self._traced(self._reader.read_stored(row, self.as_of, year, peers), id)

    def _traced(self, case: Case, id: str) -> dict[str, Trace]:
        found = {}
        for rule, code in self._codes.items():
            trace = found[rule] = code.evaluate(case, id)
            trace.vocabulary = self._vocabulary
        return found

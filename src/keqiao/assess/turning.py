"""Which enterprises turn when one threshold moves: decided exactly, for all thresholds in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from keqiao.assess.comparisons import Threshold, moved
from keqiao.assess.tables import Asking, Key, Tables, find_in, quoted
from keqiao.engine.run import Run
from keqiao.errors import RuleError
from keqiao.rules.model import NO, YES, Rule
from keqiao.rules.peers import peers_of
from keqiao.rules.sql.ir import X
from keqiao.rules.sql.rule import Lowered

#: Where far more turn than are asked for, the nearest are looked for within these parts of the share.
_PARTS = (64, 16, 4)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many turn ``yes`` or become undecided, in all and by threshold."""

    near: int
    apart: int
    each_near: Sequence[int]
    each_apart: Sequence[int]


class Turning:
    """Those who are ``no`` and turn, kept as the table ``near``.

    It has the outcome per moved threshold (``t0`` …) and ``best`` of them all. ``usable`` are the thresholds
    that could be decided, ``skipped`` the ids of clauses whose numbers are too wide.
    """

    def __init__(
        self, tables: Tables, run: Run, rule: Rule, every: Sequence[Threshold], within: Fraction, only: Key | None
    ) -> None:
        self.tables, self._run, self._rule, self._within = tables, run, rule, within
        self._peers = bool(peers_of([rule], find_in(run)))
        if only is not None and not self._peers:  # percentiles need the whole table
            tables.restrict(only)
        sql, columns, self.usable = self._query(tables.asking(), every, within)
        self.skipped = [one.clause.id for one in every if one not in self.usable]
        listed = "".join(f", {column} AS t{i}" for i, column in enumerate(columns))
        test = f"outcome = {NO} AND {_best(columns)} > {NO}"
        if only is not None:
            test += f" AND scheme = {quoted(only[0])} AND id = {quoted(only[1])}"
        tables.keep("near", f"SELECT scheme, id{listed}, {_best(columns)} AS best FROM ({sql}) WHERE {test}")

    def _query(
        self, asking: Asking, every: Sequence[Threshold], share: Fraction
    ) -> tuple[str, list[str], list[Threshold]]:
        """The outcome as it is and with each threshold moved; an expression for each that could be decided."""
        find = find_in(self._run)
        known: dict[str, Lowered] = {}
        outputs: dict[str, X] = {"outcome": asking.lower(self._rule, find, known).outcome}
        known.pop(self._rule.id)  # what the rule asks is the same in all its variants
        columns: list[str] = []
        usable: list[Threshold] = []
        for one in every:
            ways = (True, False) if one.eager is None else (one.eager,)
            try:
                turned = [asking.lower(moved(self._rule, one, share, way), find, dict(known)).outcome for way in ways]
            except RuleError:  # a product with the share could pass 38 digits
                continue
            names = [f"t{len(columns)}_{way}" for way in range(len(turned))]
            outputs |= dict(zip(names, turned, strict=True))
            columns.append(names[0] if len(names) == 1 else f"GREATEST({', '.join(names)})")
            usable.append(one)
        return asking.sql(outputs), columns, usable

    def sizes(self) -> Sizes:
        """How many turn."""
        sums = [f"COUNT(*) FILTER (WHERE best = {YES})", f"COUNT(*) FILTER (WHERE best <> {YES})"]
        for i in range(len(self.usable)):
            sums += [f"COUNT(*) FILTER (WHERE t{i} = {YES})", f"COUNT(*) FILTER (WHERE best <> {YES} AND t{i} <> {NO})"]
        row = self.tables.one(f"SELECT {', '.join(sums)} FROM near")
        return Sizes(row[0], row[1], row[2::2], row[3::2])

    def nearest(self, code: int, count: int, limit: int | None) -> str:
        """The name of a kept table that holds the nearest ``limit`` of those who turn ``yes`` (or become undecided).

        So that only some need be measured where far more turn than are shown.
        """
        if limit is None or count <= 4 * limit or self._peers:
            return "near"
        test = f"= {YES}" if code == YES else f"<> {YES}"
        self.tables.connection.execute(
            f"CREATE OR REPLACE VIEW few_facts AS SELECT f.* FROM facts f SEMI JOIN (FROM near WHERE best {test}) n USING (scheme, id)"
        )
        for part in _PARTS:
            sql, columns, usable = self._query(self.tables.asking(table="few_facts"), self.usable, self._within / part)
            if len(usable) < len(self.usable):
                break
            wanted = f"= {YES}" if code == YES else f"> {NO}"
            self.tables.keep("few", f"SELECT scheme, id FROM ({sql}) WHERE {_best(columns)} {wanted}")
            if self.tables.one("SELECT COUNT(*) FROM few")[0] >= limit:
                return "few"
        return "near"


def _best(columns: Sequence[str]) -> str:
    if len(columns) < 2:
        return columns[0] if columns else str(NO)
    return f"GREATEST({', '.join(columns)})"

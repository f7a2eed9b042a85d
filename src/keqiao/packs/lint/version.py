"""One version of a rule compiled on its own, whatever other versions there are."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from keqiao.packs import schema as s
from keqiao.packs.lint.probes import Entry, branch_probes, entries, probe_tree
from keqiao.packs.loader import Packs
from keqiao.packs.yaml import Document, Key
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import RuleCode, compile_rule
from keqiao.rules.closures.values import Env
from keqiao.rules.model import Clause, Rule
from keqiao.rules.references import in_order


@dataclass(slots=True)
class Compiled:
    """A version as closures for one period of the rules it asks.

    ``probes`` decides in the same case every inner condition and score step, for coverage;
    ``order`` is the rule with all it asks, the asked first.
    """

    code: RuleCode
    probes: RuleCode | None
    env: Env
    reader: CaseReader
    order: list[Rule]


class Version:
    """One version of one rule: as written, as built, and compiled by day."""

    def __init__(self, packs: Packs, pack: s.RulePack, document: Document) -> None:
        self.packs, self.pack, self.document = packs, pack, document
        self.rule = packs.built(pack.id, pack.effective.from_)
        self._compiled: dict[int, Compiled] = {}

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id

    @property
    def first_day(self) -> dt.date:
        """The first day in force, or the day of recording where none is written."""
        return self.rule.effective_from or self.rule.recorded

    def where(self, key: Key = ("id",)) -> str:
        """A place in the version's file."""
        return self.document.where(key)

    @cached_property
    def entries(self) -> list[Entry]:
        """The bands, steps, map entries and class cells whose coverage is asked for."""
        return entries(self.rule)

    @cached_property
    def branches(self) -> list[Clause]:
        """The inner conditions whose coverage is asked for."""
        return branch_probes(self.rule)

    def find(self, day: dt.date) -> Callable[[str], Rule]:
        """The rules of a day, this version standing for its own id."""

        def find(id: str) -> Rule:
            return self.rule if id == self.id else self.packs.version(id, day)

        return find

    def compiled(self, day: dt.date) -> Compiled:
        """The version as closures, with the versions of other rules that belong to a day."""
        period = bisect.bisect_right(self.packs.turns, day)
        found = self._compiled.get(period)
        if found is None:
            find = self.find(day)
            code, env = compile_rule(self.rule, find)
            probes = None
            tree = probe_tree(self.entries, self.branches)
            if tree is not None:
                probes, _ = compile_rule(replace(self.rule, require=tree, classes=None), find, env)
            reader = CaseReader(self.packs.vocabulary, env)
            found = self._compiled[period] = Compiled(code, probes, env, reader, in_order(self.rule, find))
        return found

"""What the examples of a version leave out: clauses one way only, entries never reached, inner branches."""

from __future__ import annotations

from collections.abc import Iterable

from keqiao.packs.lint.examples import ExampleResult, outcomes
from keqiao.packs.lint.probes import Entry
from keqiao.packs.lint.report import LintReport
from keqiao.packs.lint.version import Version
from keqiao.rules import form as f
from keqiao.rules.model import NO, OUTCOMES, YES
from keqiao.rules.text import Writer

_WANTED = (YES, NO)


class Coverage:
    """Collects, example by example, what a version's examples have seen."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self._clauses: dict[str, set[int]] = {
            clause.id: set() for clause in version.rule.clauses() if not f.has_peers(clause.when)  # an example has no peers
        }
        self._branches: dict[str, set[int]] = {probe.id: set() for probe in version.branches}
        self._entries: set[int] = set()
        self._seen = 0

    def see(self, results: Iterable[ExampleResult]) -> None:
        """Count what examples reach; only those that come out as expected."""
        for result in results:
            if result.ok and result.trace is not None and result.trace.in_force:
                self._seen += 1
                self._see_one(result)

    def _see_one(self, result: ExampleResult) -> None:
        assert result.trace is not None
        assert result.case is not None
        for id, outcome in outcomes(result.trace).items():
            if id in self._clauses:
                self._clauses[id].add(outcome)
        probes = self.version.compiled(result.as_of).probes
        # without inner branches there are no probes, but an entry may still stand for itself
        told = outcomes(probes.evaluate(result.case.copy())) if probes is not None else {}
        for id, seen in self._branches.items():
            seen.add(told[id])
        for i, entry in enumerate(self.version.entries):
            if i not in self._entries and _reached(entry, told):
                self._entries.add(i)

    def report(self, report: LintReport) -> None:
        """One note for clauses and entries, one for inner branches, each naming what is left out."""
        if not self._seen:
            zh = "没有算例：请写 examples，让每一条都有通过和不通过"
            en = "no examples: write some in which each clause holds and fails"
            report.add("coverage", self.version.id, self.version.where(), zh, en)
            return
        left = [f"{id} {OUTCOMES[o]}" for id, seen in self._clauses.items() for o in _WANTED if o not in seen]
        left += [entry.label for i, entry in enumerate(self.version.entries) if i not in self._entries]
        self._add(report, "coverage", "算例没有覆盖", "the examples never see", [(name, name) for name in left])
        vocabulary = self.version.packs.vocabulary
        chinese, english = Writer(vocabulary, "zh"), Writer(vocabulary, "en")
        branches = [
            (f"{chinese.write(probe.when)} {OUTCOMES[o]}", f"{english.write(probe.when)} {OUTCOMES[o]}")
            for probe in self.version.branches
            for o in _WANTED
            if o not in self._branches[probe.id]
        ]
        self._add(report, "branches", "算例没有覆盖分支", "the examples never take", branches)

    def _add(self, report: LintReport, code: str, zh: str, en: str, left: list[tuple[str, str]]) -> None:
        if left:
            zh_list, en_list = "；".join(row[0] for row in left), "; ".join(row[1] for row in left)
            report.add(code, self.version.id, self.version.where(), f"{zh}：{zh_list}", f"{en}: {en_list}")


def _reached(entry: Entry, told: dict[str, int]) -> bool:
    if entry.when is not None and told[entry.when] != YES:
        return False
    return all(told[id] == NO for id in entry.before)

"""Which facts unknown outcomes wait for, by the traces of all enterprises or of an even sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keqiao.assess.tables import Tables, name_of, results_of
from keqiao.engine.run import Progress, Run
from keqiao.reports.wording import RuleView
from keqiao.rules.model import UNKNOWN, YES
from keqiao.rules.trace import Trace
from keqiao.rules.vocabulary import Vocabulary

#: Enterprises whose traces are made where a run has more.
SAMPLE = 5_000
_STEP = 200
_CODE = "outcome of "

#: A fact by id, and whether it is wanted for earlier years alone.
Wanted = tuple[str, bool]


@dataclass(slots=True)
class Tally:
    """One rule: unknown outcomes, of those without any missing fact, and per fact all and the only one."""

    unknown: int = 0
    undefined: int = 0
    waiting: Counter[Wanted] = field(default_factory=Counter)
    only: Counter[Wanted] = field(default_factory=Counter)

    def ranked(self, vocabulary: Vocabulary) -> list[Wanted]:
        """The facts, the most wanted first."""
        order = vocabulary.order
        return sorted(self.waiting, key=lambda one: (-self.waiting[one], order.get(one[0], len(order)), one[1]))


@dataclass(slots=True)
class Needs:
    """What unknown outcomes wait for, over ``counted`` of ``rows`` enterprises: every ``step``-th by key."""

    rules: Sequence[RuleView]
    rows: int
    step: int = 1
    counted: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)

    def add(self, traces: Mapping[str, Trace], row: Mapping[str, Any]) -> None:
        """Count one enterprise; a fact whose value of this year is known is wanted for earlier years."""
        self.counted += 1
        for id, trace in traces.items():
            if trace.outcome_code != UNKNOWN:
                continue
            tally = self.tallies.setdefault(id, Tally())
            tally.unknown += 1
            wanted = [(id, row.get(id) is not None) for id in trace.missing_ids]
            tally.waiting.update(wanted)
            if len(wanted) == 1:
                tally.only.update(wanted)
            elif not wanted:
                tally.undefined += 1

    @property
    def whole(self) -> bool:
        """Whether every enterprise was counted."""
        return self.counted >= self.rows

    @property
    def marked(self) -> str:
        """What stands behind the heads of its counts: that they are of a sample, where they are."""
        return "" if self.whole or not self.rules else self.rules[0].words.say("（样本）", " (sample)")

    def basis(self) -> str:
        """In words which enterprises were counted; empty where all were."""
        if self.whole or not self.rules:
            return ""
        return self.rules[0].words.say(
            f"按企业代码的次序每{self.step:,}家取1家，对取出的{self.counted:,}家（共{self.rows:,}家）逐家追溯统计。",
            f"Counted by tracing every {self.step:,}th enterprise in the order of codes: {self.counted:,} of {self.rows:,}.",
        )


def count_needs(run: Run, tables: Tables, rules: Sequence[RuleView], *, most: int = SAMPLE, progress: Progress | None = None) -> Needs:
    """Trace all enterprises, or an even sample of at most ``most``, and count what is missing."""
    living = [rule for rule in rules if rule.in_force]
    rows = int(run.receipt["rows"])
    needs = Needs(rules, rows, max(1, -(-rows // max(most, 1))))
    if not living:
        return needs
    ids = [rule.id for rule in living]
    joins = "".join(f" JOIN {results_of(run, id)} r{i} USING (scheme, id)" for i, id in enumerate(ids))
    codes = "".join(f", r{i}.outcome AS {name_of(_CODE + id)}" for i, id in enumerate(ids))
    # only the keys are sorted and numbered; the wide rows of the others are never put together
    numbered = "(SELECT scheme, id, row_number() OVER (ORDER BY scheme, id) AS place_ FROM facts)"
    tables.keep("sampled", f"SELECT scheme, id FROM {numbered} WHERE (place_ - 1) % {needs.step} = 0")
    query = f"SELECT f.*{codes} FROM sampled JOIN facts f USING (scheme, id){joins}"
    step = living[0].words.say("统计缺的数据", "count what is missing")
    total = -(-rows // needs.step)
    for i, (_, row, traces) in enumerate(traced(run, tables, ids, query)):
        if progress is not None and i % _STEP == 0:
            progress(step, i, total)
        needs.add(traces, row)
    return needs


def traced(
    run: Run, tables: Tables, ids: Iterable[str], query: str
) -> Iterator[tuple[tuple[str, str], dict[str, Any], dict[str, Trace]]]:
    """Key, stored facts and traces of the enterprises that a query over ``facts`` gives, in its order.

    Where the query gives a rule's outcome as the column ``outcome of RULE``, only unknown ones are traced.
    The connection serves this query until it is read to its end.
    """
    made = {id: run.packs[id].compiled(run.as_of) for id in ids}
    peers = run.peers if any(code.peers for code, _ in made.values()) else None
    for row in tables.stream(query):
        key = (row["scheme"], row["id"])
        traces = {}
        for id, (code, facts) in made.items():
            if row.pop(_CODE + id, UNKNOWN) != UNKNOWN:
                continue
            trace = code.evaluate(facts.read_stored(row, run.as_of, run.year, peers), key[1])
            trace.vocabulary = run.packs.vocabulary
            traces[id] = trace
        yield key, row, traces


def first_rows(run: Run, most: int, rows: int) -> str:
    """A query for the stored facts of all enterprises by key, or of the first ``most``.

    First are those that meet most standards in force; equal ones by the points (low end) of the rules
    that only score, and then by key.
    """
    if most >= rows:
        return "SELECT * FROM facts ORDER BY scheme, id"
    met, points, joins = ["0", "0"], ["0", "0"], ""  # a lone number would be read as a column's place
    for i, id in enumerate(run.rules):
        rule = run.rule(id)
        if not rule.in_force(run.as_of) or (rule.require is None and not rule.items):
            continue
        joins += f" JOIN {results_of(run, id)} r{i} USING (scheme, id)"
        if rule.require is not None:
            met.append(f"(r{i}.outcome = {YES})::INT")
        else:
            points.append(f"coalesce(r{i}.score_low::BIGINT, 0)")
    return f"SELECT f.* FROM facts f{joins} ORDER BY {' + '.join(met)} DESC, {' + '.join(points)} DESC, scheme, id LIMIT {most}"

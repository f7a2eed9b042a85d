"""Which conditions exclude how many: the funnel, and the conditions by how many fail them."""

from __future__ import annotations

from keqiao.assess.answers import Excluding, Funnel, Step
from keqiao.assess.tables import name_of, needs_conditions, results_of, tables_of
from keqiao.assess.words import about, cite_of, conditions_of, text_of, title_of
from keqiao.engine.run import Run
from keqiao.rules.model import NO, OUTCOMES, Rule, Tree
from keqiao.rules.text import Writer


def funnel(run: Run, rule: str, *, language: str = "zh") -> Funnel:
    """Top-level conditions in written order, and how many enterprises each leaves.

    A condition that is unknown or referred excludes nobody. A rule without conditions (points or
    classes alone), or not in force, has no steps.
    """
    head, found = about(run, rule, language), run.rule(rule)
    parts = conditions_of(found) if head.in_force else ()
    outcomes = dict(run.receipt["rules"][rule]["outcomes"])
    if not parts:
        return Funnel(head, head.enterprises, (), outcomes)
    columns = [_column(found, part) for part in parts]
    needs_conditions(run)
    sums, reached = [], "TRUE"
    for column in columns:
        sums += [f"COUNT(*) FILTER (WHERE {reached} AND {column} = {code})" for code in range(len(OUTCOMES))]
        reached += f" AND {column} <> {NO}"
    with tables_of(run.snapshot) as tables:
        row = tables.one(f"SELECT {', '.join(sums)} FROM {results_of(run, rule)}")
    writer, size = Writer(run.packs.vocabulary, language), len(OUTCOMES)
    steps = []
    for i, part in enumerate(parts):
        counts = dict(zip(OUTCOMES, row[i * size : (i + 1) * size], strict=True))
        entering = sum(counts.values())
        steps.append(
            Step(part.id, title_of(part, language), text_of(part, writer), cite_of(part), entering, counts["yes"],
                 counts["no"], counts["unknown"], counts["refer"], entering - counts["no"])
        )  # fmt: skip
    return Funnel(head, head.enterprises, tuple(steps), outcomes)


def excluding(run: Run, rule: str, *, language: str = "zh") -> list[Excluding]:
    """Top-level conditions by how many enterprises fail them, most first; equal ones in written order."""
    found = run.rule(rule)
    parts = conditions_of(found) if found.in_force(run.as_of) else ()
    if not parts:
        return []
    columns = [_column(found, part) for part in parts]
    needs_conditions(run)
    sums = []
    failing = " + ".join(f"CAST({column} = {NO} AS INTEGER)" for column in columns)
    for column in columns:
        sums.append(f"COUNT(*) FILTER (WHERE {column} = {NO})")
        sums.append(f"COUNT(*) FILTER (WHERE {column} = {NO} AND {failing} = 1)")
        sums += [f"COUNT(*) FILTER (WHERE {column} = {OUTCOMES.index(name)})" for name in ("unknown", "refer")]
    with tables_of(run.snapshot) as tables:
        row = tables.one(f"SELECT {', '.join(sums)} FROM {results_of(run, rule)}")
    writer = Writer(run.packs.vocabulary, language)
    every = [
        Excluding(part.id, title_of(part, language), text_of(part, writer), cite_of(part), *row[4 * i : 4 * i + 4])
        for i, part in enumerate(parts)
    ]
    return sorted(every, key=lambda one: -one.failed)


def _column(rule: Rule, part: Tree) -> str:
    """The column of a condition's outcome; the outermost group has only the rule's."""
    return "outcome" if part is rule.require else name_of(f"c:{part.id}")

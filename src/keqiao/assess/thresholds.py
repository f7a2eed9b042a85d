"""Moved thresholds: what a rule would decide with other constants, for every enterprise of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from keqiao.assess.answers import KnockOn, Setting, WhatIf
from keqiao.assess.comparisons import change_clause
from keqiao.assess.constants import Constant, growth_too_low, put, read_constant, the_constant
from keqiao.assess.locating import naming_of
from keqiao.assess.tables import Find, Tables, find_in, moved_rows, tables_of
from keqiao.assess.words import about, clause_of, title_of, titled
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.rules import form as f
from keqiao.rules.model import YES, Rule
from keqiao.rules.references import effective_status, in_order
from keqiao.rules.spans import span
from keqiao.rules.sql.ir import X
from keqiao.rules.text import Writer


def whatif(
    run: Run, rule: str, settings: Mapping[str, str], *, limit: int | None = None, language: str = "zh"
) -> WhatIf:
    """The rule again with other constants: clause id to the new one, such as ``{"employees": "600人"}``.

    Only for clauses whose condition has one constant; the new one is of the same kind. The rule is decided
    again for every enterprise of the run, and so are the run's rules that ask it. ``limit`` is for how many
    who gain and lose are named (None: all). Raises `KeqiaoError` naming what would be right.
    """
    if not settings:
        raise KeqiaoError("请写要移动的数，如 employees=600人", "say which figure moves, such as employees=600人")
    old, find = run.rule(rule), find_in(run)
    if not old.in_force(run.as_of):
        raise KeqiaoError(f"规则“{rule}”在 {run.as_of} 不在有效期", f"rule {rule!r} is not in force on {run.as_of}")
    new, told = _moved(run, old, settings, language)

    def find_new(id: str) -> Rule:
        return new if id == rule else find(id)

    asking = [id for id in run.rules if id != rule and any(one.id == rule for one in in_order(run.rule(id), find))]
    with tables_of(run.snapshot) as tables:
        _keep_both(tables, [rule, *asking], find, find_new)
        knock_on = tuple(
            KnockOn(id, _title(run, id, language), tables.counts("pairs", f"b{i}"), tables.counts("pairs", f"a{i}"))
            for i, id in enumerate(asking, 1)
        )
        gained, lost = f"b0 <> {YES} AND a0 = {YES}", f"b0 = {YES} AND a0 <> {YES}"
        named = naming_of(run)
        count_gained, count_lost = tables.one(f"SELECT COUNT(*) FILTER (WHERE {gained}), COUNT(*) FILTER (WHERE {lost}) FROM pairs")
        return WhatIf(
            about(run, rule, language), told, tables.counts("pairs", "b0"), tables.counts("pairs", "a0"),
            count_gained, count_lost,
            moved_rows(tables, "pairs", "b0", "a0", gained, limit, named), moved_rows(tables, "pairs", "b0", "a0", lost, limit, named),
            knock_on,
        )  # fmt: skip


def _title(run: Run, id: str, language: str) -> str:
    rules = in_order(run.rule(id), find_in(run))
    return titled(run.rule(id), effective_status(rules), language)


def _moved(run: Run, rule: Rule, settings: Mapping[str, str], language: str) -> tuple[Rule, tuple[Setting, ...]]:
    """The rule with the new constants, and what was moved."""
    writer, told = Writer(run.packs.vocabulary, language), []
    for id, text in settings.items():
        clause = clause_of(rule, id)
        old = the_constant(clause)
        new = read_constant(clause, old, text)
        changed = put(clause.when, old, new)
        if growth_too_low(changed):
            raise KeqiaoError(
                f"条款“{id}”的复合增长率只能与大于 -100% 的数比较", f"clause {id!r}: compound growth compares with more than -100%"
            )
        assert rule.require is not None
        rule = dataclasses.replace(rule, require=change_clause(rule.require, id, lambda _, when=changed: when))  # type: ignore[misc]
        told.append(
            Setting(
                id, title_of(clause, language), _shown(old, writer), _shown(new, writer), writer.write(clause.when),
                writer.write(changed), clause.cite or "",
            )
        )
    return rule, tuple(told)


def _shown(constant: Constant, writer: Writer) -> str:
    """A constant as the language writes it."""
    if constant.kind in (f.Anniversary, f.Holds):
        return span(int(constant.value * 12), writer.english)
    if constant.kind is f.Day:
        return constant.text
    return writer.quantity(f.Quantity(constant.value, constant.dimension, constant.text))


def _keep_both(tables: Tables, ids: list[str], find: Find, find_new: Find) -> None:
    """Keep the table ``pairs``: per rule the outcome as it is (``b0`` …) and as it would be (``a0`` …)."""
    asking = tables.asking()
    outputs: dict[str, X] = {}
    for name, finder in (("b", find), ("a", find_new)):
        for i, id in enumerate(ids):
            outputs[f"{name}{i}"] = asking.lower(finder(id), finder).outcome
    tables.keep("pairs", asking.sql(outputs))

"""Two runs side by side: who gained or lost which title, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keqiao.assess.answers_changes import Change, Comparison, RuleChange
from keqiao.assess.causes import Causes
from keqiao.assess.locating import Naming, naming_of
from keqiao.assess.tables import PLACE, Tables, quoted, result_columns, results_of, tables_of
from keqiao.assess.words import about, nearest
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.rules.model import OUTCOMES, YES, Rule

_LISTED = 200


def compare(
    before: Run, after: Run, *, rules: Sequence[str] | None = None, limit: int | None = 1000, language: str = "zh"
) -> Comparison:
    """Who gained or lost which title between two runs, and why.

    Over the enterprises that are in both; who is in one only is listed as entered or left. ``limit`` is for how
    many per rule and kind are named with reasons (None: all). Raises `KeqiaoError` where a rule is in
    neither run, or the runs have no rule in common.
    """
    both = [id for id in after.rules if id in before.rules]
    for id in rules or ():
        if id not in both:
            near = nearest(id, both)
            zh, en = ("是不是", "did you mean") if near else ("有", "they have")
            known = "、".join(near or both)
            raise KeqiaoError(f"两次评价没有共同的规则“{id}”；{zh}：{known}", f"the runs have no rule {id!r} in common; {en}: {known}")
    chosen = [id for id in both if rules is None or id in rules]
    if not chosen:
        raise KeqiaoError("两次评价没有共同的规则", "the runs have no rule in common")
    with tables_of(after.snapshot) as tables:
        source = f"read_parquet({quoted(str(before.snapshot.facts_path))})"
        tables.connection.execute(f"CREATE VIEW facts_before AS SELECT * FROM {source}")
        entered, count_entered = _only(tables, "facts", "facts_before", tables.column("name"), limit)
        name = "f.name" if "name" in before.snapshot.columns else "CAST(NULL AS VARCHAR)"
        left, count_left = _only(tables, "facts_before", "facts", name, limit)
        found = tuple(_of_rule(tables, before, after, id, limit, language) for id in chosen)
    return Comparison(
        (before.as_of, after.as_of), (before.year, after.year), (before.snapshot.label, after.snapshot.label),
        (int(before.receipt["rows"]), int(after.receipt["rows"])), found,
        tuple(id for id in before.rules if id not in after.rules), tuple(id for id in after.rules if id not in before.rules),
        count_entered, count_left, entered, left,
    )  # fmt: skip


def _only(
    tables: Tables, view: str, other: str, name: str, limit: int | None
) -> tuple[tuple[tuple[str, str, str | None], ...], int]:
    """Enterprises of one view that the other lacks."""
    sql = f"FROM {view} f ANTI JOIN {other} o ON f.scheme = o.scheme AND f.id = o.id"
    count = tables.one(f"SELECT COUNT(*) {sql}")[0]
    most = "" if limit is None else f" LIMIT {int(limit)}"
    rows = tables.all(f"SELECT f.scheme, f.id, {name} {sql} ORDER BY f.scheme, f.id{most}")
    return tuple((scheme, id, name) for scheme, id, name in rows), int(count)


def _of_rule(tables: Tables, before: Run, after: Run, id: str, limit: int | None, language: str) -> RuleChange:
    rule = after.rule(id)
    _keep_pairs(tables, before, after, id)
    titled = rule.require is not None
    tests = {
        "gained": f"b <> {YES} AND a = {YES}" if titled else "FALSE",
        "lost": f"b = {YES} AND a <> {YES}" if titled else "FALSE",
        "changed": f"(b <> a OR bc IS DISTINCT FROM ac) AND NOT (b <> a AND {YES} IN (b, a))"
        if titled else "(b <> a OR bc IS DISTINCT FROM ac)",
    }  # fmt: skip
    sums = [f"COUNT(*) FILTER (WHERE {test})" for test in tests.values()]
    sums += ["COUNT(*) FILTER (WHERE asl > bsl)", "COUNT(*) FILTER (WHERE asl < bsl)"]
    gained, lost, changed, rose, fell = tables.one(f"SELECT {', '.join(sums)} FROM pairs")
    causes = Causes(before, after, id, language)
    named = naming_of(after)
    lists = {name: _changes(tables, causes, rule, test, limit, language, named) for name, test in tests.items()}
    return RuleChange(
        about(after, id, language), before.rule(id).version, tables.counts("pairs", "b"), tables.counts("pairs", "a"),
        gained, lost, changed, rose, fell, lists["gained"], lists["lost"], lists["changed"],
    )  # fmt: skip


def _keep_pairs(tables: Tables, before: Run, after: Run, id: str) -> None:
    """Keep the table ``pairs``: per enterprise of both runs outcome, class and low total before and after."""
    olds, news = result_columns(before, id, tables), result_columns(after, id, tables)

    def column(alias: str, name: str, have: frozenset[str]) -> str:
        return f"{alias}.{name}" if name in have else "NULL"

    tables.keep(
        "pairs",
        f"SELECT n.scheme, n.id, o.outcome AS b, n.outcome AS a, {column('o', 'class', olds)} AS bc, {column('n', 'class', news)} AS ac, "
        f"{column('o', 'score_low', olds)} AS bsl, {column('n', 'score_low', news)} AS asl "
        f"FROM {results_of(after, id)} n JOIN {results_of(before, id)} o ON n.scheme = o.scheme AND n.id = o.id",
    )


def _changes(
    tables: Tables, causes: Causes, rule: Rule, test: str, limit: int | None, language: str, named: Naming
) -> tuple[Change, ...]:
    most = "" if limit is None else f" LIMIT {int(limit)}"
    rows = tables.all(
        f"SELECT p.scheme, p.id, {tables.column('name')}, {tables.column(PLACE)}, b, a, bc, ac "
        f"FROM pairs p JOIN facts f ON p.scheme = f.scheme AND p.id = f.id WHERE {test} ORDER BY p.scheme, p.id{most}"
    )
    found: list[Change] = []
    for start in range(0, len(rows), _LISTED):
        piece = rows[start : start + _LISTED]
        keys = [(row[0], row[1]) for row in piece]
        olds, news = tables.rows(keys, "facts_before"), tables.rows(keys)
        for scheme, id, name, place, b, a, bc, ac in piece:
            key = (scheme, id)
            why = causes.of(olds[key], news[key])
            said = _said(rule, b, bc, language), _said(rule, a, ac, language)
            found.append(Change(scheme, id, name, place, named(place), *said, why))
    return tuple(found)


def _said(rule: Rule, code: int, class_: Any, language: str) -> str:
    """An outcome's name, or the class's label."""
    if class_ is not None and rule.classes is not None and class_ in rule.classes.labels:
        return rule.classes.labels[class_].get(language)
    return OUTCOMES[code]

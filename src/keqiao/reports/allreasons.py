"""All reasons of a run as one Parquet file: every condition that keeps an enterprise from a yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from keqiao.assess.tables import Tables, name_of, quoted, result_columns, results_of, tables_of
from keqiao.engine.folders import new_file
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import refuse_existing
from keqiao.rules.model import NO, OUTCOMES, REFER, UNKNOWN, YES, Branch, Clause, Rule, Tree


def write_reasons(run: Run, out: Path, *, rules: Sequence[str] | None = None, language: str = "zh") -> Path:
    """Write every reason of a run and return the path.

    A row per enterprise, rule and condition that is not met and matters: ``scheme``, ``id``, ``rule``,
    ``rule_outcome``, ``clause`` (its id), ``title``, ``cite``, ``outcome`` (``no``, ``unknown`` or ``refer``) and
    ``margin`` (in the stored units of the left side, NULL where there is none). Conditions in a group
    that is met are left out. Rules that only score or classify have no conditions and no rows. Raises
    `KeqiaoError` where ``out`` exists or cannot be written, or the run kept no conditions.
    """
    out = Path(out)
    refuse_existing(out)
    chosen = [run.rule(id).id for id in rules] if rules is not None else run.rules
    with new_file(out) as written, tables_of(run.snapshot) as tables:
        parts = [query for id in chosen if (query := _query(run, tables, run.rule(id), language))]
        query = " UNION ALL ".join(parts) or _EMPTY
        tables.connection.execute(f"COPY ({query}) TO {quoted(str(written))} (FORMAT parquet, COMPRESSION zstd)")
    return out


_EMPTY = (
    "SELECT ''::VARCHAR AS scheme, '' AS id, '' AS rule, '' AS rule_outcome, '' AS clause, '' AS title, '' AS cite, '' AS outcome, "
    "NULL::DECIMAL(38, 0) AS margin WHERE FALSE"
)


def _query(run: Run, tables: Tables, rule: Rule, language: str) -> str:
    """The reasons of one rule; empty where it has no conditions or is not in force."""
    if rule.require is None or not rule.in_force(run.as_of):
        return ""
    columns = result_columns(run, rule.id, tables)
    if not any(column.startswith("c:") for column in columns):
        raise KeqiaoError(
            "这次评价只留了结论（--keep outcomes），没有逐条的原因；请不带 --keep 重新评价",
            "this run kept outcomes only (--keep outcomes) and has no reasons; assess again without --keep",
        )
    structs = ", ".join(
        f"{{clause: {quoted(node.id)}, title: {quoted(node.title.get(language) or node.id)}, cite: {quoted(node.cite or '')}, "
        f"code: {test}, margin: {_margin(node, columns)}}}"
        for node, test in _parts(rule.require, [], top=True)
    )
    return (
        f"SELECT scheme, id, {quoted(rule.id)} AS rule, {_named('rule_code')} AS rule_outcome, c.clause AS clause, c.title AS title, "
        f"c.cite AS cite, {_named('c.code')} AS outcome, c.margin AS margin FROM (SELECT scheme, id, outcome AS rule_code, "
        f"unnest([{structs}]) AS c FROM {results_of(run, rule.id)} WHERE outcome <> {YES}) WHERE c.code <> {YES}"
    )


def _named(code: str) -> str:
    cases = " ".join(f"WHEN {i} THEN {quoted(OUTCOMES[i])}" for i in (NO, UNKNOWN, REFER))
    return f"CASE {code} {cases} END"


def _parts(tree: Tree, above: Sequence[str], *, top: bool = False) -> Iterator[tuple[Tree, str]]:
    """The conditions that may be reasons, each with its outcome's code, which is NULL under a group that is met."""
    column = "outcome" if top and isinstance(tree, Branch) else name_of(f"c:{tree.id}")
    if isinstance(tree, Clause) or tree.kind == "not":
        met = " OR ".join(f"{group} = {YES}" for group in above)
        yield tree, f"(CASE WHEN {met} THEN NULL ELSE {column} END)" if met else f"({column})"
        return
    inner = above if top else [*above, column]
    for part in tree.parts:
        yield from _parts(part, inner)


def _margin(node: Tree, columns: frozenset[str]) -> str:
    column = f"m:{node.id}"
    return f"{name_of(column)}::DECIMAL(38, 0)" if column in columns else "NULL::DECIMAL(38, 0)"

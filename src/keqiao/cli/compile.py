"""``keqiao compile``: a rule as SQL for somebody's own warehouse."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from keqiao.cli.common import (
    USAGE,
    AsOfOption,
    LangOption,
    PacksOption,
    YearOption,
    day_of,
    fail,
    packs_of,
    rule_of,
    told,
)
from keqiao.errors import say
from keqiao.rules.sql.compile import compile_sql, header
from keqiao.rules.sql.dialects import DIALECTS


def compile_(
    rule: Annotated[str, typer.Argument(help=say("规则编号", "rule id"))],
    dialect: Annotated[str, typer.Option("--dialect", help=" | ".join(DIALECTS))] = "duckdb",
    conditions: Annotated[
        bool, typer.Option("--conditions", help=say("另给每个条件的结论与余量、每项得分", "also every condition's outcome and margin, and points"))
    ] = False,
    table: Annotated[str, typer.Option("--table", help=say("数据表的名称", "name of the table"))] = "facts",
    as_of: AsOfOption = None,
    year: YearOption = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Write a rule as one SQL query over a table of facts."""
    if dialect not in DIALECTS:
        raise fail(say(f"没有方言 {dialect}；可用：{'、'.join(DIALECTS)}", f"no dialect {dialect}; use {', '.join(DIALECTS)}"), USAGE)
    with told():
        known = packs_of(packs)
        rule_of(known, rule)
        day = day_of(as_of)
        chosen = day.year - 1 if year is None else year
        version = known.version(rule, day)
        query = compile_sql(
            version, lambda id: known.version(id, day), as_of=day, year=chosen, dialect=dialect, table=table, conditions=conditions
        )
        sys.stdout.write(f"{header(version, day, chosen, dialect, table)}\n{query};\n")

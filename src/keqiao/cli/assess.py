"""``keqiao assess``: every enterprise under every rule, as a workbook and Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from keqiao.cli.common import (
    USAGE,
    LangOption,
    OutOption,
    PacksOption,
    fail,
    lang_of,
    out,
    packs_of,
    progress,
    rule_of,
    told,
)
from keqiao.errors import language, say

if TYPE_CHECKING:
    from keqiao.engine import Run

WORKBOOK = "评价结果.xlsx"

MemoryOption = Annotated[
    str | None,
    typer.Option("--memory", help=say("数据库可用的内存，如 500MB、4GB，超出的用磁盘；缺省 1GB", "memory of the database, such as 500MB; default 1GB")),
]
ThreadsOption = Annotated[int | None, typer.Option("--threads", help=say("线程数；缺省为核数", "threads; default one per core"))]
KeepOption = Annotated[
    str,
    typer.Option("--keep", help=say("conditions 保留每个条件、余量和得分；outcomes 只留结论、合计和类别", "conditions, or outcomes only")),
]


def assess(
    snapshot: Annotated[Path, typer.Argument(help=say("keqiao facts import 的结果", "what keqiao facts import wrote"))],
    out_: OutOption,
    rules: Annotated[list[str] | None, typer.Option("--rules", help=say("规则编号，可多个；缺省为全部", "rule ids; default all"))] = None,
    packs: PacksOption = None,
    keep: KeepOption = "conditions",
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
    lang: LangOption = None,
) -> None:
    """Decide every enterprise under the rules and write a workbook with reasons, and Parquet."""
    # imported here so that the other commands start without the database and the workbook writer
    from keqiao.engine import assess as run_rules
    from keqiao.facts import Snapshot
    from keqiao.reports import write_workbook

    if keep not in ("conditions", "outcomes"):
        raise fail(say(f"--keep “{keep}”：只有 conditions 和 outcomes", f"--keep {keep!r}: conditions or outcomes"), USAGE)
    if not snapshot.exists():
        raise fail(say(f"没有快照 {snapshot}；先用 keqiao facts import 生成", f"there is no snapshot {snapshot}; make one with keqiao facts import"), USAGE)
    with told():
        known = packs_of(packs)
        chosen = [rule_of(known, id) for word in rules or [] for id in word.split(",") if id]
        with progress() as report:
            run = run_rules(
                Snapshot.open(snapshot),
                known,
                out_,
                rules=chosen or None,
                progress=report,
                keep="outcomes" if keep == "outcomes" else "conditions",
                memory=memory,
                threads=threads,
                finish=None
                if keep == "outcomes"  # the workbook is about conditions and points
                else lambda made: write_workbook(made, made.path / WORKBOOK, language=lang_of(lang), progress=report),
            )
    out().print(summary(run))
    if keep == "conditions":
        out().print(say(f"工作簿：{out_ / WORKBOOK}", f"workbook: {out_ / WORKBOOK}"), markup=False)
    out().print(
        say(
            f"看一家企业：keqiao explain {run.rules[0]} --run {out_} --enterprise 代码",
            f"one enterprise: keqiao explain {run.rules[0]} --run {out_} --enterprise CODE",
        ),
        markup=False,
    )


def summary(run: Run) -> Table:
    """Rules with the counts of their outcomes."""
    title = say(f"{run.receipt['rows']} 家企业，评定日 {run.as_of}，年度 {run.year}", f"{run.receipt['rows']} enterprises as of {run.as_of}, year {run.year}")
    table = Table(title=title)
    table.add_column(say("规则", "rule"), no_wrap=True)
    table.add_column(say("名称", "title"), overflow="fold")
    for head in outcome_heads():
        table.add_column(head, justify="right", no_wrap=True)
    for id, found in run.receipt["rules"].items():
        counts = found["outcomes"]
        name = run.rule(id).title.get(language())
        table.add_row(id, name, *(str(counts[outcome]) for outcome in ("yes", "no", "unknown", "refer")))
    return table


def outcome_heads() -> tuple[str, ...]:
    """Heads of the four outcomes."""
    return say("是", "yes"), say("否", "no"), say("未知", "unknown"), say("转人工", "refer")

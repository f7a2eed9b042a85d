"""``keqiao facts``: sheets into snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from keqiao.cli.common import (
    BAD,
    USAGE,
    AsOfOption,
    LangOption,
    OutOption,
    PacksOption,
    day_of,
    fail,
    out,
    packs_of,
    progress,
    told,
)
from keqiao.errors import say

if TYPE_CHECKING:
    from keqiao.facts import ImportReport

app = typer.Typer(no_args_is_help=True, help=say("企业数据：导入", "facts: import"))

#: Problems of one severity printed to the terminal; the report holds all.
SHOWN = 60

_SEVERITIES = {"error": ("错误", "error", "red"), "warning": ("提醒", "warning", "yellow"), "note": ("说明", "note", "dim")}


@app.command("import", help=say("逐格检查表格，写成快照；有一处错误就什么都不写", "check sheets cell by cell and keep them as a snapshot; all or nothing"))
def import_(
    files: Annotated[list[Path], typer.Argument(help=say("表格文件 .xlsx 或 .csv，可多个", "sheets, .xlsx or .csv; several allowed"))],
    year: Annotated[int, typer.Option("--year", help=say("评价年度：没写年度的行和列属于它", "the case's year"))],
    out_: OutOption,
    as_of: AsOfOption = None,
    label: Annotated[str, typer.Option("--label", help=say("随处显示的数据说明", "a label shown wherever the data is"))] = "",
    mapping: Annotated[
        bool, typer.Option("--mapping", help=say("列出每个表头读作什么指标、什么单位", "list what each heading was read as"))
    ] = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Check sheets cell by cell and keep them as a snapshot; all or nothing."""
    from keqiao.facts import ImportRefused, import_files
    from keqiao.facts.packchecks import vocabulary_checks

    for file in files:
        if not file.exists():
            raise fail(say(f"没有文件 {file}", f"there is no file {file}"), USAGE)
    with told():
        known = packs_of(packs)
        day = day_of(as_of)
        try:
            with progress() as report:
                done = import_files(
                    files, vocabulary=known.vocabulary, year=year, as_of=day, out=out_, label=label,
                    checks=vocabulary_checks(known, day, year), progress=report,
                )  # fmt: skip
        except ImportRefused as refused:
            show_report(refused.report, mapping)
            _refusal(refused.report)
            raise typer.Exit(BAD) from None
    show_report(done, mapping)
    _accepted(done, out_)


def show_report(report: ImportReport, mapping: bool = False) -> None:
    """Print problems by severity; with ``mapping`` also what each heading was read as."""
    console = out()
    if mapping:
        console.print(mapping_table(report))
    for severity, (zh, en, style) in _SEVERITIES.items():
        listed = [p for p in report.problems if p.severity == severity]
        if not listed:
            continue
        total = {"error": report.errors, "warning": report.warnings, "note": report.notes}[severity]
        console.print(say(f"{zh} {total} 处", f"{total} {en}{'' if total == 1 else 's'}"), style=f"bold {style}")
        for problem in listed[:SHOWN]:
            console.print(f"  {problem}", style=style, markup=False)
        if len(listed) > SHOWN:
            console.print(say(f"  …… 另有 {len(listed) - SHOWN} 行未显示", f"  … {len(listed) - SHOWN} more lines"), style=style)


def _refusal(report: ImportReport) -> None:
    console = out()
    console.print(say("没有导入任何数据。请改正后重新导入。", "Nothing was imported. Correct the sheet and import again."), style="bold")
    if report.marked_copy is not None:
        console.print(say(f"标注了错误的副本：{report.marked_copy}", f"copy with the errors marked: {report.marked_copy}"), markup=False)


def _accepted(report: ImportReport, path: Path) -> None:
    console = out()
    titles = say("无称号表", "no titles sheet") if report.titles is None else say(f"称号 {report.titles} 条", f"{report.titles} titles")
    console.print(
        say(
            f"已导入 {report.enterprises} 家企业、{report.rows} 行、{len(report.mapping)} 列，{titles}：{path}",
            f"imported {report.enterprises} enterprises, {report.rows} rows, {len(report.mapping)} columns, {titles}: {path}",
        ),
        markup=False,
    )
    console.print(say(f"下一步：keqiao assess {path} --out 结果", f"next: keqiao assess {path} --out RUN"), markup=False)


def mapping_table(report: ImportReport) -> Table:
    """Which heading was read as what, for showing."""
    table = Table(title=say("列的对应", "how headings were read"))
    for head in (say("位置", "place"), say("表头", "heading"), say("指标", "indicator"), say("单位", "unit"), say("年度", "year")):
        table.add_column(head)
    for column in report.mapping:
        table.add_row(column.place, column.heading, column.label, column.unit, str(column.year or ""))
    return table

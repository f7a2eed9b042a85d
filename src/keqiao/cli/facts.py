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
    rule_of,
    told,
    year_of,
)
from keqiao.errors import say

if TYPE_CHECKING:
    from keqiao.facts import ImportReport

app = typer.Typer(no_args_is_help=True, help=say("企业数据：导入、填报表", "facts: import, blank workbooks"))

#: Problems of one severity printed to the terminal; the report holds all.
SHOWN = 60

_SEVERITIES = {"error": ("错误", "error", "red"), "warning": ("提醒", "warning", "yellow"), "note": ("说明", "note", "dim")}


@app.command("import", help=say("逐格检查表格，写成快照；有一处错误就什么都不写", "check sheets cell by cell and keep them as a snapshot; all or nothing"))
def import_(
    files: Annotated[list[Path], typer.Argument(help=say("表格文件 .xlsx .xls .csv .parquet .json，可多个", "sheets, .xlsx .xls .csv .parquet .json; several allowed"))],
    year: Annotated[int, typer.Option("--year", help=say("评价年度：没写年度的行和列属于它", "the case's year"))],
    out_: OutOption,
    as_of: AsOfOption = None,
    label: Annotated[str, typer.Option("--label", help=say("随处显示的数据说明", "a label shown wherever the data is"))] = "",
    mapping: Annotated[
        bool, typer.Option("--mapping", help=say("列出每个表头读作什么指标、什么单位", "list what each heading was read as"))
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help=say("来源=文件：整个文件的数据来源，如 税务=a.xlsx，可重复", "SOURCE=FILE: whose data a whole file is; repeatable")),
    ] = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Check sheets cell by cell and keep them as a snapshot; all or nothing."""
    from keqiao.facts import ImportRefused, import_files
    from keqiao.facts.declared import declared_of
    from keqiao.facts.packchecks import vocabulary_checks

    sources = sources_of(source or [])
    files = [*files, *(file for file in sources if file not in files)]
    for file in files:
        if not file.exists():
            raise fail(say(f"没有文件 {file}", f"there is no file {file}"), USAGE)
    with told():
        known = packs_of(packs)
        day = day_of(as_of)
        year_of(year, day)
        try:
            with progress() as report:
                done = import_files(
                    files, vocabulary=known.vocabulary, year=year, as_of=day, out=out_, label=label,
                    checks=vocabulary_checks(known, day, year), progress=report, declared=declared_of(known),
                    sources=sources,
                )  # fmt: skip
        except ImportRefused as refused:
            show_report(refused.report, mapping)
            _refusal(refused.report)
            raise typer.Exit(BAD) from None
    show_report(done, mapping)
    _accepted(done, out_)


@app.command("template", help=say("按规则要用的数据写一份空白填报表", "write a blank workbook with just the facts that rules need"))
def template(
    rules: Annotated[list[str], typer.Option("--rules", help=say("规则编号，可多个", "rule ids; several allowed"))],
    out_: Annotated[Path, typer.Option("--out", help=say("填报表，.xlsx", "the workbook, .xlsx"))],
    year: Annotated[int | None, typer.Option("--year", help=say("评价年度；缺省为基准日的上一年", "the case's year; default the year before"))] = None,
    years: Annotated[
        int | None, typer.Option("--years", help=say("每个年度指标至少填几年；缺省按规则所需", "years asked for of every annual indicator at least"))
    ] = None,
    layout: Annotated[
        str, typer.Option("--layout", help=say("headings 年份写在表头，rows 每年一行", "headings: a heading a year; rows: a row a year"))
    ] = "headings",
    as_of: AsOfOption = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Write a blank workbook with just the facts that some rules need."""
    from keqiao.facts.template import write_template

    if out_.suffix.lower() != ".xlsx" or layout not in ("headings", "rows") or (years is not None and not 1 <= years <= 10):
        raise fail(say("--out 应是 .xlsx；--layout 为 headings 或 rows；--years 为 1 至 10", "--out is an .xlsx file; --layout headings or rows; --years 1 to 10"), USAGE)
    ids = [id for word in rules for id in word.split(",") if id]
    with told():
        day = day_of(as_of)
        case_year = day.year - 1 if year is None else year_of(year, day)
        known = packs_of(packs)
        ids = [rule_of(known, id) for id in ids]
        needs = write_template(known, ids, out_, as_of=day, year=case_year, years=years, layout=layout)
    asked = len(needs.indicators)
    out().print(
        say(
            f"已写出填报表：{asked} 个指标、{len(needs.titles)} 个称号，评价年度 {case_year}：{out_}",
            f"workbook written: {asked} indicators, {len(needs.titles)} titles, year {case_year}: {out_}",
        ),
        markup=False,
    )
    out().print(say(f"填好后：keqiao facts import {out_} --year {case_year} --out 快照", f"when filled in: keqiao facts import {out_} --year {case_year} --out SNAPSHOT"), markup=False)


def sources_of(texts: list[str]) -> dict[Path, str]:
    """Files and their sources from SOURCE=FILE."""
    found: dict[Path, str] = {}
    for text in texts:
        name, equals, file = text.partition("=")
        if not (name.strip() and equals and file.strip()):
            raise fail(say(f"--source 应写作 来源=文件，如 税务=a.xlsx，不是“{text}”", f"--source is written SOURCE=FILE, not {text!r}"), USAGE)
        found[Path(file.strip())] = name.strip()
    return found


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
    records = "".join(f"，{title} {rows} 条" for title, rows in report.records.items())
    records_en = "".join(f", {title} {rows}" for title, rows in report.records.items())
    console.print(
        say(
            f"已导入 {report.enterprises} 家企业、{report.rows} 行、{len(report.mapping)} 列，{titles}{records}：{path}",
            f"imported {report.enterprises} enterprises, {report.rows} rows, {len(report.mapping)} columns, {titles}{records_en}: {path}",
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

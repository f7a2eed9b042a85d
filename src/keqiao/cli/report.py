"""``keqiao report``: a run as one HTML file to read, print and pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keqiao.cli.common import USAGE, LangOption, fail, lang_of, out, progress, told
from keqiao.errors import say

REPORT = "评价报告.html"


def report(
    run: Annotated[Path, typer.Argument(help=say("keqiao assess 的结果", "what keqiao assess wrote"))],
    out_: Annotated[
        Path | None, typer.Option("--out", help=say("写到哪个文件：.html、.xlsx 或 .parquet；已存在则拒绝", "the file, .html, .xlsx or .parquet; refused where it exists"))
    ] = None,
    rules: Annotated[list[str] | None, typer.Option("--rules", help=say("规则编号，可多个；缺省为全部", "rule ids; default all"))] = None,
    no_names: Annotated[bool, typer.Option("--no-names", help=say("网页报告不列单家企业", "the page lists no single enterprise"))] = False,
    since: Annotated[Path | None, typer.Option("--since", help=say("上一次评价的结果；工作簿多一张“变化”表", "an earlier run; the workbook then has a sheet of changes"))] = None,
    reasons: Annotated[
        int | None, typer.Option("--reasons", min=0, help=say("工作簿写多少家企业的原因；缺省 1000", "reasons in the workbook for how many; default 1000"))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write a run as one HTML file that needs nothing else, its workbook anew, or all reasons as Parquet."""
    from keqiao.engine import Run
    from keqiao.reports import write_html, write_reasons, write_workbook
    from keqiao.reports.workbook import REASONS

    if out_ is None:
        raise fail(say(f"要写 --out，如 --out {REPORT}", f"--out is needed, such as --out {REPORT}"), USAGE)
    kind = out_.suffix.lower()
    if kind not in (".html", ".htm", ".xlsx", ".parquet"):
        raise fail(say(f"--out “{out_}”要以 .html、.xlsx 或 .parquet 结尾", f"--out {str(out_)!r} must end in .html, .xlsx or .parquet"), USAGE)
    wrong = _only(kind, names=not no_names, since=since, reasons=reasons)
    if wrong:
        raise fail(wrong, USAGE)
    for folder in (run, since):
        if folder is not None and not folder.exists():
            raise fail(say(f"没有文件夹 {folder}", f"there is no folder {folder}"), USAGE)
    with told():
        opened = Run.open(run)
        chosen = [opened.rule(id).id for word in rules or [] for id in word.split(",") if id] or None
        with progress() as told_:
            if kind == ".xlsx":
                earlier = Run.open(since) if since is not None else None
                write_workbook(
                    opened, out_, language=lang_of(lang), rules=chosen, since=earlier,
                    reasons=REASONS if reasons is None else reasons, progress=told_,
                )  # fmt: skip
            elif kind == ".parquet":
                write_reasons(opened, out_, language=lang_of(lang), rules=chosen)
            else:
                write_html(opened, out_, language=lang_of(lang), rules=chosen, names=not no_names, progress=told_)
    out().print(say(f"报告：{out_}", f"report: {out_}"), markup=False)


def _only(kind: str, *, names: bool, since: Path | None, reasons: int | None) -> str:
    """What is wrong with the options for a kind of file; empty where nothing is."""
    if kind not in (".html", ".htm") and not names:
        return say("--no-names 只用于 .html", "--no-names is for .html only")
    if kind != ".xlsx" and (since is not None or reasons is not None):
        return say("--since 和 --reasons 只用于 .xlsx", "--since and --reasons are for .xlsx only")
    return ""

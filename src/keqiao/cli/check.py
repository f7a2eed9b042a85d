"""``keqiao check``: lint packs, run their examples and generated edge cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keqiao.cli.common import BAD, USAGE, LangOption, PacksOption, fail, out, progress, told
from keqiao.errors import say


def check(
    folder: Annotated[Path | None, typer.Argument(help=say("规则包文件夹；缺省为内置规则包", "folder of packs; default the shipped ones"))] = None,
    unverified: Annotated[bool, typer.Option("--unverified", help=say("列出全部待核之处", "list everything still to be verified"))] = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Check packs: schema, names, units, bands, dates, citations, examples, agreement of the compilers."""
    from keqiao.packs.lint import check as lint

    folders = [*(packs or []), *([folder] if folder is not None else [])]
    for one in folders:
        if not one.exists():
            raise fail(say(f"没有文件夹 {one}", f"there is no folder {one}"), USAGE)
    console = out()
    with told(), progress() as report:
        found = lint(folders, progress=report)
    for finding in found.findings:
        style = "red" if finding.severity == "error" else "dim"
        word = say("错误", "error") if finding.severity == "error" else say("说明", "note")
        place = f"{finding.where}: " if finding.where else ""
        console.print(f"{word} {place}{say(finding.zh, finding.en)} [{finding.code}]", style=style, markup=False)
    if unverified:
        console.print(say("待核之处", "to be verified"), style="bold")
        for entry in found.unverified:
            console.print(f"  {entry.rule}  {entry.id}  {entry.title}  {entry.where}", markup=False)
    errors = sum(f.severity == "error" for f in found.findings)
    notes = len(found.findings) - errors
    ladders = (f"{found.ladders} 个梯度，", f"{found.ladders} ladders, ") if found.ladders else ("", "")
    console.print(
        say(
            f"{found.rules} 条规则，{ladders[0]}{found.clauses} 个条款，{found.examples} 个示例，{found.edge_cases} 个边界案例：错误 {errors}，说明 {notes}",
            f"{found.rules} rules, {ladders[1]}{found.clauses} clauses, {found.examples} examples, {found.edge_cases} edge cases: "
            f"{errors} errors, {notes} notes",
        ),
        style="bold",
    )
    if errors:
        raise typer.Exit(BAD)

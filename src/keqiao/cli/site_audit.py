"""``keqiao site audit-verify``: whether the chain of events is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keqiao.cli.common import BAD, LangOption, Wrong, fail, out, progress, told
from keqiao.cli.site_common import opened
from keqiao.errors import say


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit-verify", help=say("校验审计链：改、删、换位、截断", "verify the audit chain: edits, deletions, moves, truncation"))(audit_verify)


def audit_verify(
    head: Annotated[
        list[Path] | None, typer.Option("--head", help=say("另外保存的链头文件，可重复", "a head kept elsewhere; may be repeated"))
    ] = None,
    export: Annotated[Path | None, typer.Option("--export", help=say("把链头写到这个文件；已存在则拒绝", "write the head to this file; refused where it exists"))] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help=say("有意恢复过旧数据库：承认现在的状态，记一条事件", "an older database was put back on purpose: accept it, as an event"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Walk the whole chain and compare it with every kept head; exit code 1 where there is a break."""
    opened()
    from keqiao.engine.folders import new_file
    from keqiao.platform.audit import checking, heads
    from keqiao.platform.operating.starting import operator

    with told():
        kept = [*heads.known_heads(), *(heads.read_file(path) for path in head or ())]
        with progress() as report:
            found = checking.verify(heads=kept, progress=lambda done, total: report(say("校验", "verifying"), done, total))
        heads.record(operator(), "verify", found.stored())
    for line in found.lines():
        out().print(line, markup=False)
    if not found.ok and accept:
        if any(problem.kind not in ("truncated", "rewritten") for problem in found.problems):
            raise fail(say("链中间有断点，不能承认", "the chain is broken inside; that cannot be accepted"))
        with told():
            heads.accept(operator())
        out().print(say("已承认现在的状态，并记为一条事件", "the present state is accepted, as an event"), style="yellow", markup=False)
    elif not found.ok:
        raise Wrong(BAD)
    if export is not None:
        with told(), new_file(export) as part:
            part.write_text(heads.text_of(heads.head_now()), encoding="utf-8")
        out().print(say(f"链头写到 {export}，保存在站点之外", f"the head is in {export}; keep it outside the site"), markup=False)

"""``keqiao verify``: whether a run still is what its receipt says, and comes out the same again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keqiao.cli.assess import MemoryOption, ThreadsOption
from keqiao.cli.common import BAD, USAGE, LangOption, Wrong, fail, out, told
from keqiao.errors import say


def verify(
    run: Annotated[Path, typer.Argument(help=say("keqiao assess 的结果", "what keqiao assess wrote"))],
    no_replay: Annotated[
        bool, typer.Option("--no-replay", help=say("只核对文件，不重算", "compare files only, do not decide again"))
    ] = False,
    memory: MemoryOption = None,
    threads: ThreadsOption = None,
    lang: LangOption = None,
) -> None:
    """Compare a run's files with its receipt, decide its rules again from its own facts and packs, and tell what differs."""
    # imported here so that the other commands start without the database
    from keqiao.engine import verify_run

    if not run.exists():
        raise fail(say(f"没有文件夹 {run}", f"there is no folder {run}"), USAGE)
    with told():
        found = verify_run(run, replay=not no_replay, memory=memory, threads=threads)
    for line in found.lines():
        out().print(line, markup=False)
    if not found.ok:
        raise Wrong(BAD)

"""``keqiao compare``: two runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keqiao.cli.answering import FileOption, JsonOption, answer, asked, file_of, opened
from keqiao.cli.common import LangOption, lang_of
from keqiao.errors import say


def compare(
    before: Annotated[Path, typer.Argument(help=say("前一次评价的文件夹", "folder of the earlier run"), metavar="RUN")],
    after: Annotated[Path, typer.Argument(help=say("后一次评价的文件夹", "folder of the later run"), metavar="RUN")],
    rules: Annotated[list[str] | None, typer.Option("--rules", help=say("规则编号，可多个；缺省为全部", "rule ids; default all"))] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help=say("每条规则每种变化至多列多少家的原因", "how many are named with reasons, per rule and kind"))] = 1000,
    out_: FileOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Who gained or lost which title between two runs, and why."""
    from keqiao.assess import compare as compare_runs

    file, first, last = file_of(out_), opened(before), opened(after)
    chosen = [id for word in rules or [] for id in word.split(",") if id]
    with asked():
        made = compare_runs(first, last, rules=chosen or None, limit=limit, language=lang_of(lang))
    answer(made, file, json, lang_of(lang))

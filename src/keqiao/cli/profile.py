"""``keqiao profile``: one enterprise under all rules of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from keqiao.cli.answering import FileOption, JsonOption, RunArgument, answer, file_of, opened
from keqiao.cli.common import LangOption, lang_of, told
from keqiao.errors import say


def profile(
    run: RunArgument,
    enterprise: Annotated[str, typer.Argument(help=say("企业代码；重复时写 scheme:代码", "the enterprise's code; scheme:code where codes repeat"))],
    out_: FileOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """One enterprise: all outcomes, its ladders, what it nearly reaches, its strengths and peers."""
    from keqiao.assess import profile as portray

    file, found = file_of(out_), opened(run)
    with told():
        made = portray(found, enterprise, language=lang_of(lang))
    answer(made, file, json, lang_of(lang))

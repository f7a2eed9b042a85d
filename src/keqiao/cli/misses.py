"""``keqiao misses``: who nearly meets a rule, and by how much."""

from __future__ import annotations

from typing import Annotated

import typer

from keqiao.cli.answering import FileOption, JsonOption, RunArgument, answer, asked, file_of, opened, rule_in, share_of
from keqiao.cli.common import LangOption, lang_of
from keqiao.errors import say


def misses(
    run: RunArgument,
    rule: Annotated[str, typer.Argument(help=say("规则编号", "rule id"))],
    within: Annotated[str, typer.Option("--within", help=say("门槛最多移动它自己的多少，如 10%", "how far a threshold may move, as a share of itself, such as 10%"))] = "10%",
    out_: FileOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Who is a no and becomes a yes when exactly one threshold moves a little."""
    from keqiao.assess import misses as near_misses

    share, file = share_of(within, "--within"), file_of(out_)
    found = opened(run)
    rule_in(found, rule)
    with asked():
        made = near_misses(found, rule, share, language=lang_of(lang))
    answer(made, file, json, lang_of(lang))

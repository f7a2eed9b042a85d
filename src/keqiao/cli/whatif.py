"""``keqiao whatif``: a rule with moved thresholds over a run."""

from __future__ import annotations

from typing import Annotated

import typer

from keqiao.cli.answering import FileOption, JsonOption, RunArgument, answer, asked, file_of, opened, rule_in
from keqiao.cli.common import USAGE, LangOption, fail, lang_of
from keqiao.errors import say


def whatif(
    run: RunArgument,
    rule: Annotated[str, typer.Argument(help=say("规则编号", "rule id"))],
    set_: Annotated[list[str] | None, typer.Option("--set", help=say("条款编号=新的数，如 employees=600人；可重复", "clause=new figure, such as employees=600人; may be repeated"))] = None,
    out_: FileOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """What a rule would decide with other constants: who gains, who loses."""
    from keqiao.assess import whatif as decide_again

    settings: dict[str, str] = {}
    for text in set_ or ():
        clause, sign, value = text.partition("=")
        clause, value = clause.strip(), value.strip()
        if not (sign and clause and value):
            raise fail(say(f"--set “{text}”应写作 条款编号=新的数，如 employees=600人", f"--set {text!r}: write clause=figure, such as employees=600人"), USAGE)
        if clause in settings:
            raise fail(say(f"--set 里“{clause}”写了两次", f"--set names {clause!r} twice"), USAGE)
        settings[clause] = value
    if not settings:
        raise fail(say("请用 --set 写要移动的数，如 --set employees=600人", "say what moves with --set, such as --set employees=600人"), USAGE)
    file, found = file_of(out_), opened(run)
    rule_in(found, rule)
    with asked():
        made = decide_again(found, rule, settings, language=lang_of(lang))
    answer(made, file, json, lang_of(lang))

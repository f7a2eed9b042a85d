"""``keqiao rank``: a ranked list with a filter, caps and written tie-breaks."""

from __future__ import annotations

from typing import Annotated

import typer

from keqiao.cli.answering import FileOption, JsonOption, RunArgument, answer, asked, file_of, opened
from keqiao.cli.common import USAGE, LangOption, fail, lang_of
from keqiao.errors import say


def rank(
    run: RunArgument,
    by: Annotated[str | None, typer.Option("--by", help=say("规则编号（按总分）、规则:得分项，或指标；可加 asc", "rule id (its total), rule:item, or an indicator; may end in asc"))] = None,
    top: Annotated[int | None, typer.Option("--top", help=say("取前几名；缺省为全部", "how many; default all"))] = None,
    where: Annotated[str | None, typer.Option("--where", help=say("筛选条件，用规则语言写", "a filter in the rule language"))] = None,
    cap: Annotated[list[str] | None, typer.Option("--cap", help=say("限额，如 place:20、park:20（园区）、industry:10、stage:5 或 代码指标:数；可重复", "a cap such as place:20, park:20, industry:10, stage:5 or CODE:n; may be repeated"))] = None,
    in_: Annotated[str | None, typer.Option("--in", help=say("只列这个地点的企业：名称或代码，含下属和园区成员", "only enterprises of this place: name or code, with all below it and members of parks"))] = None,
    tie: Annotated[list[str] | None, typer.Option("--tie", help=say("同分时再按什么，如 '研发费用 desc'；可重复", "tie-break such as 'rd_expense desc'; may be repeated"))] = None,
    out_: FileOption = None,
    json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Rank enterprises by points or a figure, filter them, cap places, and write the list with its reasons."""
    from keqiao.assess import rank as make_list
    from keqiao.reports.ranking import write_ranking

    file, found = file_of(out_), opened(run)
    if by is None:
        known = "、".join(id for id in found.rules if found.rule(id).items)
        raise fail(say(f"请用 --by 写按什么排名；有得分的规则：{known}", f"say what to rank by with --by; rules with points: {known}"), USAGE)
    caps = [_cap(text) for text in cap or ()]
    with asked():
        made = make_list(found, by, top, where, caps, tie or (), within=in_, language=lang_of(lang))
    answer(made, file, json, lang_of(lang), write=write_ranking)


def _cap(text: str) -> tuple[str, int]:
    name, _, most = text.rpartition(":")
    if not name.strip() or not most.strip().isdecimal():
        raise fail(say(f"--cap “{text}”应写作 place:20", f"--cap {text!r}: write it as place:20"), USAGE)
    return name.strip(), int(most)

"""``keqiao packs``: what rules there are, what one says, and replacing a scorecard's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from keqiao.cli.common import (
    USAGE,
    AsOfOption,
    LangOption,
    PacksOption,
    day_of,
    fail,
    lang_of,
    out,
    packs_of,
    rule_of,
    told,
)
from keqiao.cli.describe import describe_ladder, describe_list, describe_rule, describe_vocabulary
from keqiao.cli.narrate import status_words
from keqiao.errors import say
from keqiao.packs.schema import ListPack

app = typer.Typer(no_args_is_help=True, help=say("规则包：列出、查看、替换权重", "packs: list, show, replace weights"))


@app.command("list", help=say("列出每条规则的版本和状态", "list every rule with its versions and status"))
def list_(packs: PacksOption = None, lang: LangOption = None) -> None:
    """List every rule with its versions and status."""
    with told():
        known = packs_of(packs)
        table = Table(padding=0)
        for head in (say("编号", "id"), say("版本", "version"), say("至", "to")):
            table.add_column(head, no_wrap=True)
        # What the rule is founded on stands in `packs show`; beside it nothing else would fit a terminal.
        for head in (say("名称", "title"), say("状态", "status")):
            table.add_column(head, overflow="fold")
        for id in known:
            for pack, _ in known.sources(id):
                rule = known.built(id, pack.effective.from_)
                until = rule.effective_to.isoformat() if rule.effective_to else ""
                words = status_words(rule.status, len(rule.unconfirmed()), lang_of(lang))
                table.add_row(id, rule.version, until, rule.title.get(lang_of(lang)), words)
        out().print(table)


@app.command("show", help=say("用文字说明一条规则及其条款，或一个梯度、名单；vocabulary 列出指标", "say what a rule, ladder or list says, with its articles; vocabulary lists the indicators"))
def show(
    id: Annotated[str, typer.Argument(help=say("规则、梯度或名单的编号，或 vocabulary", "id of a rule, ladder or list, or vocabulary"))],
    as_of: AsOfOption = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Say what a rule, ladder or list says, in words; ``vocabulary`` lists the indicators."""
    with told():
        known = packs_of(packs)
        if id == "vocabulary":
            out().print(describe_vocabulary(known.vocabulary, lang_of(lang)))
            return
        day = day_of(as_of)
        if id in known.ladder_files:
            out().print(describe_ladder(*known.ladder(id, day), known.vocabulary, lang_of(lang)), markup=False)
            return
        if id in known.lists:
            pack = next(pack for pack, _ in reversed(known.files) if isinstance(pack, ListPack) and pack.id == id)
            out().print(describe_list(pack, lang_of(lang)), markup=False)
            return
        rule_of(known, id)
        rule = known.version(id, day)
        if not rule.in_force(day):
            out().print(say(f"{day} 不在有效期；以下是最近的版本。", f"not in force on {day}; this is the nearest version."), style="yellow", markup=False)
        out().print(describe_rule(rule, known.vocabulary, lang_of(lang)), markup=False)


@app.command("weights", help=say("替换评分卡的权重和参考值：--template 写出工作表，FILE 读回", "replace a scorecard's weights and reference values: --template writes a sheet, FILE reads it back"))
def weights(
    file: Annotated[Path | None, typer.Argument(help=say("填好的工作表", "the filled sheet"))] = None,
    scorecard: Annotated[str, typer.Option("--scorecard", help=say("评分卡编号", "scorecard id"))] = "cn.innovation_points",
    template: Annotated[Path | None, typer.Option("--template", help=say("写出空白工作表", "write the sheet to fill"))] = None,
    document: Annotated[str | None, typer.Option("--document", help=say("文件名称", "name of the document"))] = None,
    number: Annotated[str | None, typer.Option("--number", help=say("文号", "number of the document"))] = None,
    status: Annotated[str | None, typer.Option("--status", help="official | local")] = None,
    out_: Annotated[Path | None, typer.Option("--out", help=say("覆盖包写到哪个文件夹", "folder for the overlay pack"))] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help=say("发文机关", "issuer"))] = None,
    date: Annotated[str | None, typer.Option("--date", help=say("发文日期", "date of the document"))] = None,
    effective_from: Annotated[str | None, typer.Option("--from", help=say("施行日期", "first day in force"))] = None,
    by: Annotated[str | None, typer.Option("--by", help=say("录入人姓名，第二人确认时核对", "who recorded it; the second person must be another"))] = None,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """Replace a scorecard's weights and reference values: --template writes a sheet, FILE reads it back."""
    from keqiao.packs.weights import read_template, write_template

    if (file is None) == (template is None):
        raise fail(say("先用 --template 写出工作表，填好后把它作为 FILE 读回", "write the sheet with --template, then give it as FILE"), USAGE)
    with told():
        known = packs_of(packs)
        rule_of(known, scorecard)
        if template is not None:
            write_template(known, scorecard, template)
            out().print(say(f"已写出 {template}；填好后：keqiao packs weights {template} --scorecard {scorecard} --document … --number … --status official --out 文件夹",
                            f"wrote {template}; fill it, then: keqiao packs weights {template} --scorecard {scorecard} --document … --number … --status official --out DIR"), markup=False)
            return
        if document is None or number is None or status not in ("official", "local") or out_ is None:
            raise fail(say("读回要写 --document、--number、--status official|local、--out", "reading back needs --document, --number, --status official|local and --out"), USAGE)
        assert file is not None
        made = read_template(
            known, scorecard, file, document=document, number=number, status="official" if status == "official" else "local", out=out_, issuer=issuer,
            date=day_of(date) if date else None, effective_from=day_of(effective_from) if effective_from else None,
            recorded_by=by,
        )  # fmt: skip
        out().print(say(f"覆盖包：{made}；在任何命令后加 --packs {out_} 即可使用，第二人确认前为待核", f"overlay pack: {made}; use it with --packs {out_}; to be verified until a second person confirms"), markup=False)


@app.command("confirm", help=say("第二人确认规则包的数字，去掉待核", "confirm a pack as the second person: its figures are then no longer to be verified"))
def confirm(
    file: Annotated[Path, typer.Argument(help=say("覆盖包文件", "the overlay pack"))],
    by: Annotated[str, typer.Option("--by", help=say("确认人姓名，不能是录入人", "who confirms; not the one who recorded it"))],
    date: Annotated[str | None, typer.Option("--date", help=say("确认日期；缺省为今天", "the day; default today"))] = None,
    lang: LangOption = None,
) -> None:
    """Confirm a pack as the second person: its figures are then no longer to be verified."""
    from keqiao.packs.weights import confirm as confirm_pack

    if not file.exists():
        raise fail(say(f"没有文件 {file}", f"there is no file {file}"), USAGE)
    with told():
        confirm_pack(file, by, day_of(date))
    out().print(say(f"{by} 已确认 {file}", f"{by} confirmed {file}"), markup=False)

"""``keqiao diff``: two versions of a rule, and whose outcome changes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from keqiao.cli.answering import FileOption, JsonOption, answer, asked, file_of
from keqiao.cli.common import USAGE, LangOption, PacksOption, day_of, fail, lang_of, packs_of, rule_of, told
from keqiao.errors import say
from keqiao.packs.loader import Packs


def diff(
    old: Annotated[str, typer.Argument(help=say("规则编号@日期，如 cn.srdi_sme@2026-03-31", "rule@date, such as cn.srdi_sme@2026-03-31"), metavar="RULE@DATE")],
    new: Annotated[str, typer.Argument(help=say("规则编号@日期", "rule@date"), metavar="RULE@DATE")],
    snapshot: Annotated[Path | None, typer.Option("--snapshot", help=say("快照或评价结果：再列出哪些企业的结论会变", "a snapshot or a run: also list whose outcome changes"))] = None,
    ranks: Annotated[bool, typer.Option("--ranks", help=say("改为比较两版的积分和名次", "compare points and ranks under both instead"))] = False,
    out_: FileOption = None,
    json: JsonOption = False,
    packs: PacksOption = None,
    lang: LangOption = None,
) -> None:
    """What changed between two versions of a rule, and the enterprises whose outcome changes."""
    from keqiao.assess import Difference, Migration, difference
    from keqiao.assess.migration import migrated
    from keqiao.facts import Snapshot

    file = file_of(out_)
    if ranks and snapshot is None:
        raise fail(say("--ranks 要与 --snapshot 同用", "--ranks needs --snapshot"), USAGE)
    if snapshot is not None and not snapshot.exists():
        raise fail(say(f"没有快照 {snapshot}", f"there is no snapshot {snapshot}"), USAGE)
    with told():
        known = packs_of(packs)
        (first, a), (last, b) = _version(known, old), _version(known, new)
        facts = Snapshot.open(_facts_of(snapshot), known.vocabulary) if snapshot is not None else None
    made: Difference | Migration
    with asked():
        if ranks and facts is not None:
            made = migrated(facts, known, first, a, b, other=last, limit=None, language=lang_of(lang))
        else:
            made = difference(known, first, a, b, facts, other=last, language=lang_of(lang))
    answer(made, file, json, lang_of(lang))


def _facts_of(path: Path) -> Path:
    """The snapshot of a run, where the folder is one."""
    inside = path / "snapshot"
    return inside if inside.is_dir() else path


def _version(packs: Packs, text: str) -> tuple[str, dt.date]:
    """A rule and a day; ends with a usage error that says what would be right."""
    id, sign, day = text.partition("@")
    if not sign or not day:
        raise fail(say(f"“{text}”应写作 规则编号@日期，如 cn.srdi_sme@2026-03-31", f"write {text!r} as rule@date, such as cn.srdi_sme@2026-03-31"), USAGE)
    return rule_of(packs, id), day_of(day)

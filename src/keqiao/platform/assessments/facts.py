"""The facts of an enterprise over three years as its page shows them, what sources disagree on, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keqiao.errors import language, say
from keqiao.platform.assessments.profile import Said, View
from keqiao.platform.enterprises.recording import Held, show
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.web import formats
from keqiao.rules.dimensions import SCALES

#: What stands first; all others follow on request.
FIRST = ("revenue", "rd_expense", "net_profit", "total_assets", "total_liabilities", "employees", "tech_staff", "rd_staff", "ip_class1", "invention_patents")
BACK = (2, 1, 0)
KINDS = {
    "import": ("导入", "Import"), "declaration": ("企业申报", "Declaration"), "objection": ("异议裁定", "Objection decided"),
    "demo": ("示例数据", "Demonstration data"), "api": ("接口报送", "Sent by a program"),
}  # fmt: skip


def years_of(view: View) -> list[int]:
    """The three years, the earliest first."""
    return [view.run.year - back for back in BACK]


def rows_of(view: View, said: Said, *, whole: bool) -> list[dict[str, Any]]:
    """Facts by year: ``label``, ``key``, ``unit``, ``texts`` (one a year), ``change``, ``disputed`` (both values in words).

    Values are those of the run; ``whole`` asks for all, else for `FIRST`.
    """
    vocabulary, found = view.opened.files.packs.vocabulary, []
    disputed = {one.indicator.key: one for one in said.objections}
    rest = [id for id in vocabulary.indicators if id not in FIRST and id not in ("name", "uscc")] if whole else [id for id in disputed if id not in FIRST]
    for id in (*FIRST, *rest):
        word = vocabulary.indicators.get(id)
        if word is None or word.is_title:
            continue
        columns = [id if word.period == "static" or not back else f"{id}__{back}" for back in BACK]
        values = [None if word.period == "static" and back else view.facts.get(column) for column, back in zip(columns, BACK, strict=True)]
        if all(value is None for value in values) and id not in disputed:
            continue
        texts = ["—" if word.period == "static" and back else formats.fact(value, word, bare=True) for value, back in zip(values, BACK, strict=True)]
        row = {"key": id, "label": word.label if language() == "zh" else word.english or id, "unit": formats.unit_head(word.unit), "texts": texts,
               "change": _change(values[1], values[2], word.dimension.name), "disputed": ""}  # fmt: skip
        if id in disputed:
            one = disputed[id]
            claimed = show(id, one.number, one.text, language())
            row["disputed"] = say(f"异议中：企业主张 {claimed}（{one.year or '不分年度'}），{one.due} 前裁定", f"under objection: the enterprise says {claimed} ({one.year or 'any year'}), to be decided by {one.due}")
        found.append(row)
    return found


def _change(before: Any, after: Any, kind: str) -> str:
    """Growth in percent; ratios in points; empty where there is none to tell."""
    if not isinstance(before, int) or not isinstance(after, int) or isinstance(before, bool) or kind not in SCALES:
        return ""
    if kind == "ratio":
        return formats.points_change(after - before)
    if before <= 0:
        return ""
    return formats.signed((after - before) * formats.RATIO // before, "ratio")


def disagreeing(said: Said) -> list[str]:
    """Sentences on facts that current sources say differently, and which one prevails."""
    found = []
    for key, held in said.facts.items():
        for year in dict.fromkeys(one.year for one in held):
            same = [one for one in held if one.year == year]
            if len({(one.number, one.text) for one in same}) > 1:
                found.append(_sentence(key, year, same))
    return found


def _sentence(key: str, year: int, same: Sequence[Held]) -> str:
    from keqiao.assess.facts_read import label_of
    from keqiao.platform.catalogue.shipped import packs

    label = label_of(packs().vocabulary, key, language())
    texts = [f"{source_name(one.kind, one.source) or say('未写来源', 'unnamed')} {show(key, one.number, one.text, language())}" for one in same]
    first = next((one for one in same if one.prevails), same[0])
    chosen = source_name(first.kind, first.source) or say("未写来源", "unnamed")
    when = f"{year} " if year else ""
    return say(f"{when}{label}：{'，'.join(texts)}；以{chosen}为准", f"{when}{label}: {', '.join(texts)}; {chosen} prevails")


def events_of(view: View | None, said: Said) -> list[dict[str, Any]]:
    """What happened to the enterprise's data, the latest first, for the part ``timeline.html``."""
    batches: dict[int, tuple[Held, int]] = {}
    for held in said.facts.values():
        for one in held:
            first, count = batches.get(one.batch_id, (one, 0))
            batches[one.batch_id] = (first, count + 1)
    events: list[dict[str, Any]] = [
        {"text": say(*KINDS.get(one.kind, (one.kind, one.kind))), "when": one.recorded_at, "who": source_name(one.kind, one.source),
         "note": say(f"{count:,} 项现行数据", f"{count:,} current values")} for one, count in batches.values()
    ]  # fmt: skip
    if view is not None:
        events.append({"text": say(f"第 {view.run.number} 次评价", f"Run {view.run.number}"), "when": view.run.ended_at, "who": ""})
        if view.run.published_at:
            events.append({"text": say("结果已发布给企业", "Results published to enterprises"), "when": view.run.published_at, "who": ""})
    events.sort(key=lambda event: event["when"], reverse=True)
    waiting = [
        {"text": say("异议待裁定", "Objection to decide"), "when": one.due, "who": "", "todo": True} for one in said.objections
    ]  # fmt: skip
    return [*waiting, *events]

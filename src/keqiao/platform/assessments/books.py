"""Workbooks of the pages: the list of enterprises as it is on screen, one enterprise, near misses; each with 口径说明."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from keqiao.assess.answers import Misses
from keqiao.errors import say
from keqiao.platform.assessments.listing import Listing
from keqiao.platform.assessments.models import Run
from keqiao.platform.assessments.profile import View, score_of, titles_of
from keqiao.platform.catalogue.books import illustrative_warning
from keqiao.platform.clock import today
from keqiao.platform.web import formats
from keqiao.platform.web.outcomes import outcome_word
from keqiao.reports.papers import Paper, Table

_POINT = 10_000
#: Rows of a list that one workbook takes.
MOST = 200_000
_PIECE = 5_000


def list_paper(listing: Listing) -> Paper:
    """Exactly the rows, columns and order of the list's address, over all its pages."""
    columns = [column for column in listing.columns if column.kind != "outcomes"]
    counts = [] if listing.fresh else ["yes", "refer", "unknown", "no"]
    heads = [say("企业", "Enterprise"), say("代码", "Code"), *(column.label for column in columns[1:]), *(outcome_word(code) for code in counts)]
    rows: list[list[Any]] = []
    for start in range(0, min(listing.total, MOST), _PIECE):
        for row in listing.rows(start, start + _PIECE):
            cells = [_cell(row.get(column.key), column.kind) for column in columns[1:]]
            rows.append([row["who"].text, row["who"].note, *cells, *(row["titles"][code] for code in counts)])
    facts = [
        (say("范围", "Scope"), listing.actor.membership.scope_name() if listing.actor.membership else ""),
        (say("筛选", "Filters"), "；".join(f"{label} {words}" for _, label, words in listing.words()) or say("无", "none")),
        (say("次序与家数", "Order and count"), listing.stated), *_run_facts(listing.run),
        (say("积分", "Points"), say("合计得分的下限；缺数据的项按可能的最低分", "the low end of the total; items that lack data count their least")),
        (say("完整度", "Complete"), say("规则要用的指标里，有值的占多少", "how many of the facts that the rules ask for are known")),
    ]
    return Paper(say("企业列表", "Enterprises"), _warnings(listing.run), facts, [Table(say("企业", "Enterprises"), heads, rows)])


def _cell(value: Any, kind: str) -> Any:
    if value is None or value == "na":
        return "缺" if value is None and kind != "signed" else "—"
    if kind in ("points", "signed"):
        return Fraction(int(value), _POINT)
    return value


def _warnings(run: Run | None) -> list[str]:
    if run is None:
        return []
    label = run.summary.get("label")
    told = [label] if label else []
    shown = any(rule["status"] == "illustrative" for rule in run.summary["rules"].values())
    return [*told, illustrative_warning()] if shown else told


def _run_facts(run: Run | None) -> list[tuple[str, str]]:
    found = [(say("下载日", "Downloaded"), today().isoformat())]
    if run is None:
        return [*found, (say("评价", "Run"), say("还没有评价", "none yet"))]
    return [
        *found, (say("评价", "Run"), say(f"第 {run.number} 次", f"run {run.number}")), (say("口径日、年度", "Day and year"), f"{run.as_of} · {run.year}"),
        (say("快照", "Snapshot"), run.snapshot_hash), (say("结果", "Result"), run.content_hash),
    ]  # fmt: skip


def profile_paper(view: View, years: Sequence[int], facts: Sequence[dict[str, Any]]) -> Paper:
    """One enterprise: titles with reasons, points by group, and the facts of three years."""
    heads = [say("资格", "Title"), say("结论", "Outcome"), say("关键理由", "Deciding reason"), say("距门槛", "Margin"), say("还缺", "Missing"), say("依据", "Source")]
    titles = [[line.title, outcome_word(line.outcome), line.reason, line.margin, "、".join(line.missing), line.cite] for line in titles_of(view)]
    tables = [Table(say("资格与理由", "Titles"), heads, titles)]
    score = score_of(view)
    if score is not None:
        rows = [[group.label, group.text, " · ".join(f"{value:g}" for value in group.peers) if group.peers else "—"] for group in score.groups]
        rows.append([say("合计", "Total"), formats.points(score.low, "bare") + (f"～{formats.points(score.high, 'bare')}" if score.high != score.low else ""), "—"])
        tables.append(Table(say("得分", "Points"), [say("组", "Group"), say("得分 / 满分", "Points / full"), say("同行四分位", "Peers' quartiles")], rows))
    fact_heads = [say("指标", "Fact"), say("单位", "Unit"), *(str(year) for year in years)]
    tables.append(Table(say("三年数据", "Facts"), fact_heads, [[row["label"], row["unit"], *row["texts"]] for row in facts]))
    told = [(say("企业", "Enterprise"), view.enterprise.name), (say("代码", "Code"), view.enterprise.code), *_run_facts(view.run)]
    return Paper(view.enterprise.name, _warnings(view.run), told, tables)


def misses_paper(run: Run, title: str, within: str, rows: Sequence[dict[str, Any]], found: Misses) -> Paper:
    """Near misses of one rule as they are on the page."""
    heads = [say("企业", "Enterprise"), say("代码", "Code"), say("差哪一项", "Condition"), say("现在", "Now"), say("门槛", "Threshold"), say("差多少", "Short by"), say("依据", "Source")]
    listed = [[row["who"].text, row["who"].note, row["clause"], row["left"], row["right"], row["gap"], row["cite"]] for row in rows]
    facts = [(say("规则", "Rule"), title), (say("幅度", "Within"), within), (say("家数", "Count"), str(found.count)), *_run_facts(run)]
    return Paper(say("差一点名单", "Near misses"), _warnings(run), facts, [Table(say("差一点", "Near misses"), heads, listed)])

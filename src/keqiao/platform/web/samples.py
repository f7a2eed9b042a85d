"""Made-up data for 组件一览: every part in its states, the longest legal name, the largest amount, and nothing at all."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from keqiao.errors import language, say
from keqiao.packs.loader import Packs, load_packs
from keqiao.platform.clock import now, today
from keqiao.platform.web import drawing, tracing
from keqiao.platform.web.formats import MASKED, NA
from keqiao.platform.web.outcomes import SHOWN
from keqiao.platform.web.tables import Chip, Choice, Column, Empty, Link, Pages, Table

#: 40 characters, the longest that a register takes
LONGEST = "临澄中科澜图智能感知与工业视觉系统工程技术研究院（集团）科技发展股份有限责任公司"
#: 99,999.9亿元 in 分
LARGEST = 999_999 * 10**9
_CODE = "91990100MA7K3E2D5E"


@cache
def packs() -> Packs:
    """The packs that the site is installed with, read once."""
    return load_packs()


def samples() -> dict[str, Any]:
    """The context of the page 组件一览 in the current language."""
    return {
        "longest": LONGEST,
        "largest": LARGEST,
        "na": NA,
        "masked": MASKED,
        "moment": now() - dt.timedelta(minutes=3),
        "yesterday": today() - dt.timedelta(days=2),
        "tomorrow": today() + dt.timedelta(days=2),
        "today": today(),
        "outcomes": SHOWN,
        "headers": _headers(),
        "cells": _cells(),
        "cells_empty": [{"label": say("创新积分", "Innovation points"), "value": None}, {"label": say("排名", "Rank"), "value": NA}, {"label": say("授信", "Credit line"), "value": MASKED}],
        "tables": _tables(),
        "trees": _trees(),
        "trace_links": [Link(say("以文字查看规则", "The rule as text"), "#"), Link(say("换一组数据试算", "Try other data"), "#"), Link("JSON", "#")],
        "groups": _groups(),
        "gaps": _gaps(),
        "steps_of_funnel": _funnel(),
        "errors": [{"id": "id_staff", "text": say("“职工人数”的“1,26O”里有字母 O，应为 1,260", "“1,26O” under employees holds the letter O; 1,260 is right")}],
        "wizard": [say("上传", "Upload"), say("对表头", "Headings"), say("改错", "Correct"), say("预览变化", "Preview"), say("提交", "Commit")],
        "problems": _problems(),
        "tabs": [{"text": say("错误 2", "Errors 2"), "url": "#cells", "now": True}, {"text": say("提醒 12", "Warnings 12"), "url": "#cells"}],
        "sheet": _sheet(),
        "changes": _changes(),
        "jobs": _jobs(),
        "events": _events(),
        "seats_of_approval": _seats(),
        "approval_acts": [{"text": say("保存草稿", "Save draft"), "name": "act", "value": "save"}, {"text": say("提交复核（286 家）", "Send for review (286)"), "name": "act", "value": "send", "primary": True}],
        "consents": _consents(),
        "question": _question(),
        "state": {"outcome": "unknown", "sentence": say("综合评价可能在 24～94 分，门槛 60 分，还不能下结论。", "The total may lie between 24 and 94; the threshold is 60, so nothing is certain yet."), "chart": drawing.score_range(24, 94, 60, 100, say("得分区间 24～94，门槛 60", "24 to 94 points, threshold 60"))},
        "files": [{"name": say("营业执照.pdf", "licence.pdf"), "size": "1.2 MB", "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "when": now(), "who_may": say("本企业和科技金融处", "this enterprise and the zone's office"), "url": "#", "remove_url": "#"}],
        "done": {"text": say("已提交复核。", "Sent for review."), "undo_url": "#", "undo_note": say("10 分钟内可撤回。", "Can be undone for 10 minutes.")},
        "conflict_fields": [{"label": say("职工人数", "Employees"), "name": "staff", "mine": "180人", "theirs": "183人"}],
        "empties": _empties(),
        "prov": [(say("口径日", "As of"), "2026-11-21"), (say("快照", "Snapshot"), "2026-11-18 第3号"), (say("规则包", "Packs"), "cn 2026.11"), (say("运行", "Run"), "R-2026-0412")],
    }


def _headers() -> list[dict[str, Any]]:
    acts = [
        {"text": say("导出工作簿", "Export workbook"), "url": "#", "icon": "download"},
        {"text": say("打印", "Print"), "url": "?print=1", "icon": "print"},
        {"text": say("发起补充资料", "Ask for facts"), "url": "#", "primary": True},
    ]
    meta = [(say("信用代码", "Code"), _CODE), (say("片区", "District"), say("科学城", "Science City")), (say("阶段", "Stage"), say("成长期", "Growth")), (say("评价年度", "Year"), "2025")]
    crumbs = [Link(say("企业", "Enterprises"), "#"), Link(say("画像", "Profile"))]
    return [
        {"title": LONGEST, "crumbs": crumbs, "meta": meta, "acts": acts, "illustrative": True},
        {"title": say("评价", "Assessments"), "acts": [{"text": say("放弃本次导入", "Drop this import"), "url": "#", "danger": True}]},
    ]


def _cells() -> list[dict[str, Any]]:
    return [
        {"label": say("创新积分", "Innovation points"), "key": "points", "value": "68.4", "unit": say("/ 100分", "/ 100"), "note": say("同行同阶段 312 家中第 41 位，较上年 +7.7", "41st of 312 peers, +7.7 on the year"), "illustrative": True},
        {"label": say("资格（6项）", "Titles (6)"), "outcomes": [("yes", 2), ("refer", 1), ("unknown", 1), ("no", 2)], "note": say("离结论最近：补 2 项资料可定专精特新", "nearest: 2 facts settle the SRDI title"), "url": "#", "wide": True},
        {"label": say("完整度", "Completeness"), "key": "completeness", "value": "87.0%", "note": "40 / 46"},
        {"label": say("营业收入", "Revenue"), "key": "revenue", "value": say("99,999.9亿元", "9,999,990 million CNY"), "note": "2025"},
    ]


def _columns() -> list[Column]:
    return [
        Column("name", say("企业", "Enterprise"), "name", sort="name"),
        Column("code", say("信用代码", "Code"), "code", unit="short", wide_only=True),
        Column("points", say("创新积分", "Points"), "points", sort="points"),
        Column("outcome", say("结论", "Outcome"), "outcome"),
        Column("revenue", say("营业收入", "Revenue"), "money", unit="万元", sort="revenue"),
        Column("share", say("研发占比", "R&D share"), "ratio"),
        Column("change", say("较上次", "Change"), "signed", unit="points"),
        Column("day", say("更新", "Updated"), "day"),
        Column("due", say("期限", "Due"), "due"),
        Column("tag", say("变动", "Moved"), "tag"),
    ]


def _rows() -> list[dict[str, Any]]:
    first = {"name": Link(LONGEST, "#", say("工程技术研究", "engineering research")), "code": _CODE, "points": 812_000, "outcome": "yes", "revenue": LARGEST, "share": 15_500_000, "change": 77_000, "day": today(), "due": today(), "tag": say("新进", "new")}
    second = {"name": Link("临澄芯衡微电子有限公司", "#"), "code": _CODE, "points": 684_000, "outcome": "cond", "revenue": 1_864_000_000_0, "share": 5_911_000, "change": -62_000, "day": "2025-12-31", "due": today() - dt.timedelta(days=2), "tag": None}
    empty = {"name": Link("云溪新设企业有限公司", "#"), "code": None, "points": None, "outcome": "unknown", "revenue": 0, "share": NA, "change": 0, "day": None, "due": NA, "tag": None}
    return [first, second, empty, {**second, "outcome": "no", "revenue": MASKED, "points": MASKED}, {**second, "outcome": "refer"}]


def _tables() -> list[Table]:
    title = say("名单预览", "List preview")
    choices = [Choice("place", say("片区", "District"), [("1", say("科学城", "Science City")), ("2", say("临港", "Harbour"))], "1")]
    full = Table(
        "demo", title, _columns(), _rows(), say("286 家，按积分从高到低", "286, by points from the highest"), Pages(286, 2, 50), "-points", "q", "",
        say("名称或信用代码，两字起", "name or code, two characters"), choices, [Chip(say("片区：科学城", "District: Science City"), "#")], "#", illustrative=True,
        caption=say("口径日 2026-11-21", "as of 2026-11-21"),
    )  # fmt: skip
    none = Empty(say("没有同时满足“临港、积分 ≥ 80分”的企业。去掉“积分”后有 71 家。", "Nothing meets “Harbour, points ≥ 80”. Without the points there are 71."), Link(say("去掉“积分”", "Drop the points"), "#"))
    return [full, Table("none", say("没有结果的名单", "A list without results"), _columns(), [], say("0 家", "0"), search="q2", query="临港", empty=none)]


def _trees() -> list[tracing.Tree]:
    facts = {
        "居民企业": True, "查账征收": True, "职工人数": "180人", "科技人员数": "52人", "营业收入": "18640万元", "研发费用": "1102万元",
        "成本费用总额": "16900万元", "资产总额": "15820万元", "Ⅰ类知识产权数": "3件", "Ⅱ类知识产权数": "6件", "主持制定标准数": "0项", "研发机构级别": "无",
        "属于禁止限制淘汰类": False, "不适用加计扣除行业": False, "重大安全事故": False, "重大质量事故": False, "严重环境违法": False,
        "科研严重失信": False, "列入经营异常名录": False, "列入严重失信名单": False,
    }  # fmt: skip
    less = {key: value for key, value in facts.items() if key not in ("研发费用", "成本费用总额")}
    cases = [("cn.tech_sme", facts, ()), ("cn.tech_sme", less, ("职工人数",)), ("cn.tech_sme", {**facts, "营业收入": "23000万元"}, ()), ("cn.innovation_points", {}, ())]
    found: list[tracing.Tree] = []
    for rule, given, disputed in cases:
        trace = packs()[rule].explain(given, holds=[], as_of="2026-11-21", id="E1").to_dict(language())
        names = {key: _label(key) for key in given}
        known = tracing.Known(
            values={names[key]: str(value) for key, value in given.items() if isinstance(value, str)} if language() == "zh" else {},
            sources={_label("职工人数"): say("2025年报", "annual report 2025"), _label("营业收入"): say("审计报告", "audit report")},
            disputed=tuple(_label(key) for key in disputed),
        )
        found.append(tracing.tree_of(trace, packs(), known, key=f"{len(found)}"))
    return found


def _label(name: str) -> str:
    """An indicator's name in the current language."""
    indicator = packs().vocabulary.find(name)
    return name if indicator is None else (indicator.english or indicator.label) if language() == "en" else indicator.label


def _groups() -> list[drawing.Group]:
    return [
        drawing.Group(say("技术创新", "Technology"), 31.2, 31.2, 42, "31.2 / 42", (18.0, 23.5, 30.5)),
        drawing.Group(say("成长经营", "Growth"), 18, 29, 36, "18～29 / 36", (16.2, 20.8, 25.5)),
        drawing.Group(say("辅助指标", "Auxiliary"), 12.6, 12.6, 22, "12.6 / 22"),
    ]


def _gaps() -> list[dict[str, Any]]:
    return [
        {"code": "unknown", "act": say("补“细分市场年限”", "Supply the years in the market"), "url": "#", "url_text": say("去补", "supply"), "why": say("补齐后可判定专精特新中小企业。", "Then the SRDI title can be decided.")},
        {"code": "cond", "act": say("研发费用再增 16.4万元", "R&D expense +164,000 CNY"), "effect": say("+10分", "+10 points"), "why": say("占比达到 6%，由 40 分升到 50 分。", "The share reaches 6%: from 40 to 50 points.")},
        {"code": "no", "act": say("主营业务收入占比再升 3.8 个百分点", "Main business share +3.8 points"), "effect": say("小巨人", "Little giant"), "why": ""},
    ]


def _funnel() -> list[drawing.Step]:
    return [
        drawing.Step(say("园区企业", "All"), 5000),
        drawing.Step(say("持有资格", "Hold a title"), 1862, say("减 3,138：无资格 2,417，缺资料 721", "−3,138: no title 2,417, data missing 721")),
        drawing.Step(say("积分 ≥ 60分", "60 points or more"), 437, say("减 1,425：低于 60分 1,203，区间跨线 222", "−1,425: below 1,203, range crosses 222")),
    ]


def _problems() -> list[dict[str, Any]]:
    return [
        {"place": "企业数据!D7", "anchor": "#cell-D7", "column": say("研发费用（万元）", "R&D expense"), "before": "1,26", "bad": "O", "after": "", "text": say("数字里有字母 O，应为 1,260", "a letter O in the number; 1,260 is right"), "suggestion": say("改为 1,260", "Use 1,260"), "fix_url": "#", "value": "1260"},
        {"place": "企业数据!A24:A25", "column": None, "before": say("合并单元格", "merged"), "text": say("两家企业共用一个名称", "two enterprises share one name"), "suggestion": ""},
    ]


def _sheet() -> dict[str, Any]:
    rows = [
        {"number": 6, "cells": [{"value": "澄光激光装备（临澄）股份有限公司"}, {"value": "41,260", "numeric": True}, {"value": "2,310", "numeric": True}]},
        {"number": 7, "cells": [{"value": LONGEST}, {"value": "11,520", "numeric": True, "warn": True, "id": "cell-C7"}, {"value": "1,26O", "numeric": True, "bad": True, "id": "cell-D7"}]},
    ]
    return {"title": "企业数据", "place": "D7", "text": say("数字里有字母 O，应为数字 0", "a letter O where a zero belongs"), "letters": ["A", "C", "D"], "heads": (4, ["企业名称", "营业收入（万元）", "研发费用（万元）"]), "rows": rows, "previous": "#", "next": "#", "form_url": "#", "value": "1,260", "hint": say("万元；上年 1,105", "10,000 CNY; last year 1,105")}


def _changes() -> list[dict[str, Any]]:
    return [
        {"what": say("临澄芯衡微电子有限公司 · 研发费用", "Xinheng · R&D expense"), "kind_word": say("改动", "changed"), "before": "905", "after": "1,102", "change": "+197"},
        {"what": say("云溪新设企业有限公司 · 营业收入", "Yunxi · revenue"), "kind_word": say("新增", "new"), "before": None, "after": "0", "change": NA},
    ]


def _jobs() -> list[dict[str, Any]]:
    steps = [{"text": say("读取 2 张工作表", "read 2 sheets"), "time": "0.9 s", "state": "done"}, {"text": say("逐格检查 200,480 格", "check 200,480 cells"), "time": "1.4 s", "state": "now"}, {"text": say("与 2024 年度比较", "compare with 2024"), "time": say("约 2 秒", "about 2 s"), "state": "todo"}]
    base = {"title": say("检查企业表", "Checking the sheet"), "total": 100, "steps": steps}
    return [
        {**base, "id": "J-1183", "state_words": say("进行中", "running"), "now": say("逐格检查", "checking cells"), "done": 82, "counts": "164,393 / 200,480", "left": say("约 1 分钟。", "About 1 minute."), "poll_url": "", "cancel_url": "#"},
        {**base, "id": "J-1184", "state_words": say("完成", "done"), "now": say("完成", "done"), "done": 100, "counts": "200,480", "result_url": "#", "result_text": say("看结果", "See the result")},
        {**base, "id": "J-1185", "state_words": say("没有完成", "failed"), "now": say("停在第 2 步", "stopped at step 2"), "done": 40, "counts": "80,192", "problem": say("磁盘已满，没有写入任何内容。腾出空间后再试一次。", "The disk is full; nothing was written. Make room and try again.")},
    ]


def _events() -> list[dict[str, Any]]:
    return [
        {"text": say("提出异议", "Objection filed"), "when": today() - dt.timedelta(days=9), "who": say("企业 周某", "enterprise, Zhou"), "note": say("职工人数 183人，附社保清单", "183 employees, with the list")},
        {"text": say("更正：撤回一份证据", "Corrected: one file withdrawn"), "when": "2025-12-30"},
        {"text": say("应于期限前裁定，逾期 2 天", "decision is 2 days late"), "late": True, "todo": True},
    ]


def _seats() -> list[dict[str, Any]]:
    return [
        {"act": say("起草", "Drafted by"), "who": "周某", "when": now(), "filled": True},
        {"act": say("复核", "Reviewed by"), "who": say("尚未指定", "nobody yet"), "note": say("须为另一人", "must be another person")},
        {"act": say("发布", "Published by"), "who": "", "note": say("复核后", "after the review")},
    ]


def _consents() -> list[dict[str, Any]]:
    base = {"who": "江澄银行临澄科技支行", "fields": [_label("营业收入"), _label("研发费用")], "purpose": say("贷款受理", "loan application"), "until": "2027-05-12"}
    return [
        {**base, "number": "C-1", "state_words": say("有效", "in force"), "last_read": now(), "accesses": [{"when": now(), "who": "江澄银行", "what": _label("营业收入")}], "withdraw_url": "#"},
        {**base, "number": "C-2", "state_words": say("请求中", "asked"), "accesses": [], "grant_url": "#", "refuse_url": "#"},
    ]


def _question() -> dict[str, Any]:
    return {"title": say("去年研发费用有多少？", "How much was R&D expense last year?"), "hint": say("按企业财务报表“研发费用”填写。", "As in the accounts, line R&D expense."), "label": _label("研发费用"), "unit": say("万元", "CNY 10,000"), "value": "460", "kind": "number", "echo": say("即 4,600,000 元，占您填的营业收入 8,000万元 的 5.75%", "4,600,000 CNY, 5.75% of the revenue you gave"), "why": say("在现有答案下，研发费用占比最能决定结果。", "With the answers so far it decides most."), "number": 3, "most": 4, "certain": 45}


def _empties() -> list[Empty]:
    return [
        Empty(say("还没有名单。先写一条规则，看看多少企业符合。", "No list yet. Write a rule and see how many meet it."), Link(say("新建名单", "New list"), "#")),
        Empty(say("没有同时满足“临港、积分 ≥ 80分”的企业。", "Nothing meets “Harbour, points ≥ 80”."), Link(say("去掉“积分”", "Drop the points"), "#")),
        Empty(say("没有逾期的推荐。", "Nothing is late."), good=True),
    ]

"""What the pages of an import show: problems, the sheet around a cell, headings, changes, batches."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.urls import reverse

from keqiao.errors import language, say
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.enterprises import intake_queries
from keqiao.platform.enterprises.models import Batch, Intake
from keqiao.platform.enterprises.recording import may_withdraw, show
from keqiao.platform.web.formats import MONEY, day, fixed, money, whole
from keqiao.platform.web.tables import Column, Empty, Link, Pages, Table

SIZE = 50
STAGES = {
    "checking": ("检查中", "being checked"), "stopped": ("检查中断", "check broke off"), "headings": ("对表头", "headings"),
    "errors": ("改错", "to mend"), "preview": ("待提交", "to commit"), "committing": ("写入中", "being recorded"),
    "committed": ("已提交", "committed"), "abandoned": ("已放弃", "abandoned"),
}  # fmt: skip
STEP = {"checking": 1, "stopped": 1, "headings": 2, "errors": 3, "preview": 4, "committing": 5}


def steps() -> list[str]:
    """The five steps in words."""
    return [say("上传", "Upload"), say("对表头", "Headings"), say("改错", "Mend"), say("预览变化", "Preview"), say("提交", "Commit")]


def size(number: int) -> str:
    """Bytes for a reader."""
    return f"{fixed(number, 2**20, 1)} MB" if number >= 2**20 else f"{whole(max(number // 1024, 1))} KB"


def address(name: str, intake: Intake, **query: Any) -> str:
    """The address of a step's form, with the version that the page shows."""
    return reverse(f"enterprises:{name}", args=[intake.pk]) + "?" + urlencode({"version": intake.version, **query})


def problems(intake: Intake, tab: str, number: int) -> tuple[list[dict[str, Any]], Pages]:
    """One page of the problems of a tab (``error``, ``warning`` or ``note``), as ``cell_errors.html`` shows them."""
    found = intake.report.get("problems", {}).get(tab, [])
    pages = Pages(len(found), min(max(number, 1), Pages(len(found), 1, SIZE).last), SIZE)
    done = {e["place"]: e["new"] for e in intake.edits}
    return [_problem(intake, one, done, tab) for one in found[pages.first_row - 1 if found else 0 : pages.last_row]], pages


def _problem(intake: Intake, one: dict[str, Any], done: dict[str, str], tab: str) -> dict[str, Any]:
    before, bad, after = one["value"] or ["", "", ""]
    shown: dict[str, Any] = {
        "place": one["place"], "anchor": "", "column": one["column"], "before": before, "bad": bad, "after": after, "text": say(one["zh"], one["en"]),
    }  # fmt: skip
    if tab != "note" and one["value"] is not None:
        shown["anchor"] = "?" + urlencode({"tab": tab, "cell": one["place"]}) + "#sheet-h"
    advice = one["advice"]
    if one["place"] in done:
        to = done[one["place"]]
        shown |= {
            "suggestion": say(f"撤销（已改为 {to or '空'}）", f"undo (changed to {to or 'empty'})"), "value": "",
            "fix_url": address("import_undo", intake, place=one["place"]),
        }  # fmt: skip
    elif len(advice) == 1:
        to = advice[0]["to"]
        shown |= {
            "suggestion": say(f"改为 {to}", f"change to {to}") if to else say("清空（未知）", "clear (unknown)"), "value": to,
            "fix_url": address("import_edit", intake, place=one["place"]),
        }  # fmt: skip
    elif advice:
        shown["suggestion"] = say("应为 ", "either ") + say(" 或 ", " or ").join(a["to"] for a in advice)
    return shown


def sheet(intake: Intake, tab: str, place: str) -> dict[str, Any] | None:
    """The part of the sheet around a cell as ``sheet.html`` shows it; the first problem with a cell where none is named."""
    found = [p for p in intake.report.get("problems", {}).get(tab, []) if p["value"] is not None]
    if tab == "note" or not found:
        return None
    places = list(dict.fromkeys(p["place"] for p in found))
    place = place if place in places else places[0]
    part = intake_queries.around(intake, place)
    if part is None:
        return None
    at = places.index(place)
    one = next(p for p in found if p["place"] == place)
    edited = {e["place"]: e["new"] for e in intake.edits}
    value = edited.get(place, one["advice"][0]["to"] if one["advice"] else "".join(one["value"]))
    bad_row, bad_column = part["at"]

    def link(i: int) -> str:
        return "?" + urlencode({"tab": tab, "cell": places[i]}) + "#sheet-h" if 0 <= i < len(places) else ""

    indicator = next((i for i in packs().vocabulary.indicators.values() if one["label"] and i.label == one["label"]), None)
    return {
        "title": part["sheet"], "place": part["cell"], "text": say(one["zh"], one["en"]), "letters": part["letters"], "heads": part["heads"],
        "rows": [
            {"number": row["number"], "cells": [
                {
                    "value": edited.get(place, text) if (row["number"], c) == (bad_row, bad_column) else text, "numeric": _is_number(text),
                    "bad": tab == "error" and (row["number"], c) == (bad_row, bad_column),
                    "warn": tab == "warning" and (row["number"], c) == (bad_row, bad_column), "id": "cell",
                }
                for c, text in enumerate(row["cells"])
            ]}
            for row in part["rows"]
        ],
        "previous": link(at - 1), "next": link(at + 1), "value": value, "hint": indicator.unit if indicator is not None else "",
        "form_url": address("import_edit", intake, place=place, next=places[at + 1] if at + 1 < len(places) else place),
    }  # fmt: skip


def _is_number(text: str) -> bool:
    return len(text) <= 16 and re.fullmatch(r"[-+]?[\d,]+(?:\.\d+)?%?", text) is not None


def mapping(intake: Intake) -> list[dict[str, Any]]:
    """Every heading with what it was read as and what may be chosen for it; those not recognised come first."""
    choices, known = intake.mapping.get("choices", {}), packs().vocabulary.indicators
    found = []
    for place, head in {m["place"]: m for m in intake.report.get("mapping", [])}.items():
        chosen = choices.get(place)
        to = chosen["to"] if chosen else head["indicator"]
        if chosen is not None:
            how = say("您选定的", "your choice")
        elif head["indicator"]:
            how = say("认出", "recognised") + (say("，单位 ", ", unit ") + head["unit"] if head["unit"] else "")
        else:
            how = say("没有认出，不导入", "not recognised, left out")
        found.append({
            **head, "heading": chosen["heading"] if chosen else head["heading"], "to": known[to].label if to in known else to, "how": how,
            # columns of sheets of records and titles are told by their sheet, and are not chosen
            "fixed": bool(head["indicator"]) and head["indicator"] not in known and chosen is None,
            "wrong": head.get("code", "heading-unknown") != "heading-unknown",
        })  # fmt: skip
    return sorted(found, key=lambda head: bool(head["indicator"]))


def indicators() -> list[str]:
    """The labels of all indicators that a heading may mean."""
    return [i.label for i in packs().vocabulary.indicators.values() if i.subject == "enterprise" and not i.is_title]


def label_of(key: str) -> str:
    """An indicator in the current language."""
    found = packs().vocabulary.indicators.get(key)
    return key if found is None else say(found.label, found.english or found.label)


def changes(intake: Intake) -> list[dict[str, Any]]:
    """The largest changes as ``preview.html`` shows them."""
    return [_change(row) for row in intake.preview.get("largest", [])]


def _change(row: dict[str, Any]) -> dict[str, Any]:
    key, (n0, t0), (n1, t1) = row["indicator"], row["before"], row["after"]
    year = f" {row['year']}" if row["year"] else ""
    source = f" · {row['source']}" if row["source"] else ""
    found = packs().vocabulary.indicators.get(key)
    difference = "—"
    if n0 is not None and n1 is not None and found is not None and found.type not in ("flag", "date"):
        percent = f" ({'+' if n1 > n0 else '−'}{fixed(abs(n1 - n0) * 100, abs(n0), 1)}%)" if n0 else ""
        amount = money(n1 - n0) if found.unit in MONEY else show(key, n1 - n0, None, language())
        difference = ("+" if n1 > n0 else "") + amount + percent
    return {
        "what": f"{row['name']} · {label_of(key)}{year}{source}", "kind_word": say("改变", "changed"),
        "before": show(key, n0, t0, language()), "after": show(key, n1, t1, language()), "change": difference,
    }  # fmt: skip


def by_indicator(intake: Intake) -> Table:
    """New, changed and same values of each indicator."""
    found = intake.preview.get("indicators", [])
    rows = [{**row, "indicator": label_of(row["indicator"])} for row in found if row["changed"] or row["new"]]
    still = len(found) - len(rows)
    foot = say(f"另有 {still} 个指标没有变化", f"{still} more indicators do not change") if still else ""
    columns = [
        Column("indicator", say("指标", "Indicator")), Column("changed", say("改变", "Changed"), "whole"), Column("new", say("新增", "New"), "whole"),
        Column("same", say("不变", "Same"), "whole"),
    ]  # fmt: skip
    return Table("by", say("按指标", "By indicator"), columns, rows, say("改变最多的在前", "most changed first"), tight=True, foot=foot, empty=Empty(say("没有指标变化。", "No indicator changes.")))


def batch_rows(page: Page[Batch], total: int) -> Table:
    """Batches as a table."""
    columns = [
        Column("number", say("批次", "Batch"), "name"), Column("when", say("记录时间", "Recorded"), "time"), Column("who", say("谁", "Who"), "dim"),
        Column("source", say("来源", "Source")), Column("enterprises", say("企业", "Enterprises"), "whole"), Column("new", say("新增", "New"), "whole"),
        Column("changed", say("改变", "Changed"), "whole"), Column("same", say("不变", "Same"), "whole", wide_only=True), Column("state", say("状态", "State"), "tag"),
    ]  # fmt: skip
    rows = [
        {
            "number": Link(say(f"第 {one.pk} 批", f"Batch {one.pk}"), reverse("enterprises:batch", args=[one.pk]), "、".join(f["name"] for f in one.files)[:80]),
            "when": one.recorded_at, "who": one.by.name if one.by is not None else say("系统", "the site"), "source": one.source or say("未写", "not named"),
            "state": say("已撤回", "withdrawn") if one.withdrawn_at else say("有效", "in force"),
            **{key: one.counts.get(key, 0) for key in ("enterprises", "new", "changed", "same")},
        }
        for one in page
    ]  # fmt: skip
    empty = Empty(say("还没有导入过数据。上传一份表，检查通过后提交，就有第一批。", "Nothing was imported yet."), Link(say("导入数据", "Import"), reverse("enterprises:imports")))
    return Table("batches", say("已记录的批次", "Recorded batches"), columns, rows, say("最近的在前", "the latest first"), Pages(total, page.number, SIZE), empty=empty)


def intake_rows(found: list[Intake]) -> Table:
    """Imports on their way as a table."""
    columns = [
        Column("name", say("文件", "Files"), "name"), Column("year", say("年度", "Year"), "number"), Column("who", say("谁", "Who"), "dim"),
        Column("when", say("上传", "Uploaded"), "time"), Column("stage", say("到哪一步", "Step"), "tag"),
    ]  # fmt: skip
    rows = [
        {
            "name": Link("、".join(f["name"] for f in one.files), reverse("enterprises:import", args=[one.pk])), "year": str(one.year),
            "who": one.by.name, "when": one.created_at, "stage": say(*STAGES[intake_queries.stage(one)]),
        }
        for one in found
    ]  # fmt: skip
    return Table("open", say("未完成的导入", "Imports on their way"), columns, rows, empty=Empty(say("没有未完成的导入。", "No import is on its way."), good=True))


def batch_facts(found: Batch) -> dict[str, Any]:
    """A batch for its page: counts, and why it may not be withdrawn."""
    why = may_withdraw(found)
    parts = [{"source": p.source, **p.counts} for p in found.parts.all()]
    return {"batch": found, "counts": found.counts, "why": "" if why is None else str(why), "parts": parts, "recorded": day(found.recorded_at, "time")}

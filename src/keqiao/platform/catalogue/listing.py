"""The table of rules: as the page shows it and as the workbook repeats it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.catalogue.queries import Found, Wanted, checked, find_rules, issuers, read_day
from keqiao.platform.catalogue.shipped import KINDS, STANDINGS, kind_word, period
from keqiao.platform.web.tables import Chip, Choice, Column, Empty, Link, Table

#: Names of the orders that the table knows: key of `?sort=` to what is compared.
ORDERS = ("title", "effective", "open")


def wanted_of(query: QueryDict) -> Wanted:
    """What an address asks for; unknown values of filters are left out. Raises `Invalid` for a wrong date."""
    return checked(
        Wanted(
            query.get("q", "").strip(), query.get("kind", ""), query.get("issuer", ""), query.get("status", ""), query.get("force", ""),
            read_day(query.get("as_of")),
        )
    )  # fmt: skip


def sorted_by(found: list[Found], sort: str) -> list[Found]:
    """In the order of the packs, or by title, first day or number of open points; ``-`` before it for the reverse."""
    key = sort.removeprefix("-")
    if key not in ORDERS:
        return found
    ways = {
        "title": lambda one: one.title.encode("gb18030", "replace"),
        "effective": lambda one: one.rule.effective_from or dt.date.min,
        "open": lambda one: len(one.stands.open),
    }
    return sorted(found, key=ways[key], reverse=sort.startswith("-"))


def table_of(query: QueryDict) -> Table:
    """The table of an address. Raises `Invalid`."""
    wanted = wanted_of(query)
    sort = query.get("sort", "") if query.get("sort", "").removeprefix("-") in ORDERS else ""
    found = sorted_by(find_rules(wanted), sort)
    whole = say("在这一天有效", "in force on the day") if wanted.force == "on" else say("含不在有效期的", "with those not in force")
    order = say("按规则包的顺序", "in the order of the packs") if not sort else say("按所选列", "by the chosen column")
    asked = urlencode({key: value for key, value in query.items() if key != "page"})
    return Table(
        key="rules", title=say("规则", "Rules"), columns=columns(), rows=[row_of(one, wanted.day) for one in found],
        stated=say(f"{len(found)} 条，{whole}，{order}", f"{len(found)}, {whole}, {order}"), sort=sort, search="q", query=wanted.query,
        search_hint=say("名称、文号、机关", "Title, number, issuer"), choices=_choices(wanted), chips=_chips(wanted, query),
        download=reverse("catalogue:rules_book") + (f"?{asked}" if asked else ""), empty=_empty(wanted),
        caption=say(f"生效日 {wanted.on}", f"as of {wanted.on}"), keep={"as_of": wanted.day.isoformat()} if wanted.day else {},
    )  # fmt: skip


def columns() -> list[Column]:
    """The columns on the page and in the workbook."""
    return [
        Column("title", say("名称", "Title"), "name", sort="title"),
        Column("number", say("文件与文号", "Document and number"), "link"),
        Column("issuer", say("发文机关", "Issuer"), "dim"),
        Column("kind", say("类别", "Kind"), wide_only=True),
        Column("effective", say("有效期", "In force"), "link", sort="effective"),
        Column("standing", say("状态", "Standing"), "tag"),
        Column("open", say("待核处", "To verify"), "whole", sort="open"),
    ]


def row_of(one: Found, day: dt.date | None) -> Mapping[str, object]:
    """The cells of a rule."""
    rule = one.rule
    url = reverse("catalogue:rule", args=[one.id]) + (f"?as_of={day}" if day else "")
    return {
        "title": Link(one.title, url, one.id),
        "number": Link(rule.origin.document or say("待核", "to verify"), note=rule.origin.number or ""),
        "issuer": rule.origin.issuer or say("待核", "to verify"),
        "kind": kind_word(one.kind),
        "effective": Link(period(rule.effective_from, rule.effective_to), note="" if one.in_force else say("不在有效期", "not in force")),
        "standing": one.stands.word,
        "open": len(one.stands.open),
    }  # fmt: skip


def _choices(wanted: Wanted) -> list[Choice]:
    return [
        Choice("kind", say("类别", "Kind"), [(key, say(zh, en)) for key, zh, en in KINDS], wanted.kind),
        Choice("issuer", say("机关", "Issuer"), [(name, name) for name in issuers()], wanted.issuer),
        Choice("status", say("状态", "Standing"), [(key, say(zh, en)) for key, zh, en in STANDINGS], wanted.standing),
        Choice("force", say("有效", "In force"), [("on", say("在这一天有效", "on the day")), ("all", say("含不在有效期的", "with those not in force"))], wanted.force),
    ]  # fmt: skip


def _chips(wanted: Wanted, query: QueryDict) -> list[Chip]:
    """The filters in force with the address without each."""

    def without(name: str) -> str:
        rest = {key: value for key, value in query.items() if key not in (name, "page")}
        return "?" + urlencode(rest)

    words = {
        "q": f"“{wanted.query}”" if wanted.query else "",
        "kind": kind_word(wanted.kind) if wanted.kind else "",
        "issuer": wanted.issuer,
        "status": next((say(zh, en) for key, zh, en in STANDINGS if key == wanted.standing), ""),
        "as_of": say(f"{wanted.day} 有效的版本", f"as of {wanted.day}") if wanted.day else "",
        "force": say("含不在有效期的", "with those not in force") if wanted.force == "all" else "",
    }
    return [Chip(text, without(name)) for name, text in words.items() if text]


def _empty(wanted: Wanted) -> Empty:
    """What to say where nothing fits, with the way back."""
    asked = "、".join(part for part in (wanted.query, wanted.issuer, str(wanted.day or "")) if part)
    text = say(f"没有符合“{asked}”和所选条件的规则。", f"No rule fits “{asked}” and the chosen filters.") if asked else say("没有符合所选条件的规则。", "No rule fits the chosen filters.")
    return Empty(text, Link(say("看全部规则", "Show all rules"), reverse("catalogue:rules") + "?force=all"))

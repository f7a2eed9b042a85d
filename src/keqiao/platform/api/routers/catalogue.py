"""The catalogue: rules and the vocabulary, for anyone."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from keqiao.platform.api.pagination import Cursor, Limit, Page, slice_of
from keqiao.platform.api.registry import declared
from keqiao.platform.api.schemas.catalogue import IndicatorOut, RuleBrief, RuleOut
from keqiao.platform.api.schemas.common import RuleId, Search
from keqiao.platform.catalogue import queries, reading
from keqiao.platform.catalogue.shipped import packs, source_of, yaml_of
from keqiao.platform.clock import today
from keqiao.platform.permissions import Act

router = Router(tags=["catalogue"])

AsOf = Annotated[dt.date | None, Query(ge=dt.date(1990, 1, 1), le=dt.date(2200, 12, 31), description="the version of this day; today where left out")]


@router.get("/rules", response=Page[RuleBrief], summary="Rules", **declared("list_rules", Act.PUBLIC))
def list_rules(
    request: HttpRequest,
    q: Search = "",
    kind: Literal["", "standard", "scorecard", "classes"] = "",
    issuer: Search = "",
    standing: Literal["", "official", "written", "stated", "local", "illustrative"] = "",
    force: Annotated[Literal["on", "all"], Query(description="in force on the day, or all")] = "on",
    as_of: AsOf = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    """The rules, in the order of the packs."""
    found = queries.find_rules(queries.Wanted(q, kind, issuer, standing, force, as_of))
    rows, following = slice_of(found, limit, cursor)
    return {"items": [_brief(one) for one in rows], "next": following}


def _brief(one: queries.Found) -> dict[str, Any]:
    rule = one.rule
    return {
        "id": one.id, "title": one.title, "title_en": rule.title.en, "kind": one.kind, "document": rule.origin.document, "number": rule.origin.number,
        "issuer": rule.origin.issuer, "version": rule.version, "effective_from": rule.effective_from, "effective_to": rule.effective_to,
        "in_force": one.in_force, "status": one.stands.status, "standing": one.stands.key, "verify": list(one.stands.open),
    }  # fmt: skip


@router.get("/rules/{id}", response=RuleOut, summary="One rule", **declared("get_rule", Act.PUBLIC))
def get_rule(request: HttpRequest, id: RuleId, as_of: AsOf = None) -> Any:
    """A rule in full, its conditions read aloud."""
    day = as_of or today()
    one = queries.get_rule(id, day)
    tree = reading.tree_of(one.rule, day)
    return _brief(one) | {
        "recorded": one.rule.recorded, "conditions": None if tree is None else _clause(tree), "items": [_item(item) for item in reading.items_of(one.rule, day)],
        "versions": [
            {"version": version.rule.version, "effective_from": version.rule.effective_from, "effective_to": version.rule.effective_to,
             "standing": version.stands.key, "changes": None if version.edits is None else len(version.edits)}
            for version in queries.versions_of(id)
        ],
        "notes": " ".join((source_of(one.rule)[0].notes or "").split()), "yaml": yaml_of(one.rule),
    }  # fmt: skip


def _clause(line: reading.Line) -> dict[str, Any]:
    return {
        "id": line.id, "kind": line.kind, "title": line.title, "sentence": line.sentence, "text": line.text or line.sentence, "cite": line.cite,
        "verify": line.verify, "parts": [_clause(part) for part in line.parts],
    }  # fmt: skip


def _item(item: reading.Scored) -> dict[str, Any]:
    ways = [{"measured": way.measured, "bands": [{"when": when, "points": points} for when, points in way.rows], "note": way.note} for way in item.marks]
    return {"id": item.id, "group": item.group, "title": item.title, "cite": item.cite, "verify": item.verify, "ways": ways, "weights": dict(item.weights)}


@router.get("/rules/{id}/sql", response=str, summary="A rule as SQL", **declared("get_rule_sql", Act.PUBLIC))
def get_rule_sql(request: HttpRequest, id: RuleId, dialect: Literal["duckdb", "postgres", "spark"] = "duckdb", as_of: AsOf = None) -> Any:
    """The rule as one query over a table of facts, with a comment that says what the table must hold."""
    return HttpResponse(queries.sql_of(id, as_of or today(), dialect), content_type="text/plain; charset=utf-8")


@router.get("/vocabulary", response=Page[IndicatorOut], summary="Vocabulary", **declared("list_vocabulary", Act.PUBLIC))
def list_vocabulary(request: HttpRequest, limit: Limit = 200, cursor: Cursor = "") -> Any:
    """The indicators: ids, labels, units of numbers, periods."""
    rows, following = slice_of(list(packs().vocabulary.indicators.values()), limit, cursor)
    items = [
        {"id": one.id, "label": one.label, "label_en": one.english, "aliases": list(one.aliases), "type": one.type, "unit": one.unit, "period": one.period,
         "definition": one.definition, "values": list(one.values), "judgement": one.judgement}
        for one in rows
    ]  # fmt: skip
    return {"items": items, "next": following}

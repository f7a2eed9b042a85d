"""Enterprises, their facts, and why a rule decides as it does for one."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from keqiao.errors import language
from keqiao.platform.api import queries, services
from keqiao.platform.api.pagination import Cursor, Limit, Page, page_of
from keqiao.platform.api.registry import declared
from keqiao.platform.api.schemas.common import Code, RuleId, Scheme, Search, Trace
from keqiao.platform.api.schemas.enterprises import EnterpriseOut, FactsDone, FactsIn, FactsOut
from keqiao.platform.assessments.opened import opened
from keqiao.platform.assessments.queries import open_objections, run_for
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.enterprises.models import Enterprise
from keqiao.platform.enterprises.recording import facts_of
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.enterprises.recording.values import value_of
from keqiao.platform.errors import NotVisible, Refused
from keqiao.platform.permissions import Act

router = Router(tags=["enterprises"])


def _brief(enterprise: Enterprise, places: dict[int, list[str]]) -> dict[str, Any]:
    return {
        "scheme": enterprise.scheme, "code": enterprise.code, "name": enterprise.name, "industry": enterprise.industry, "stage": enterprise.stage,
        "size": enterprise.size, "places": places.get(enterprise.pk, []), "synthetic": enterprise.is_synthetic,
    }  # fmt: skip


@router.get("", response=Page[EnterpriseOut], summary="Enterprises", **declared("list_enterprises", Act.ENTERPRISES_SEE, "enterprises:read"))
def list_enterprises(
    request: HttpRequest,
    q: Search = "",
    place: Annotated[str, Query(max_length=20, description="code of a place; those below it count")] = "",
    updated: Annotated[dt.datetime | None, Query(description="facts changed at or after this time (RFC 3339)")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Any:
    """The enterprises that the token may read, in the order in which they were entered."""
    since = updated.replace(tzinfo=dt.UTC) if updated is not None and updated.tzinfo is None else updated
    rows, following = page_of(queries.find(request.actor, q.strip(), place, since), limit, cursor)  # type: ignore[attr-defined]
    places = queries.places_of(row.pk for row in rows)
    return {"items": [_brief(row, places) for row in rows], "next": following}


@router.get("/{scheme}/{code}", response=EnterpriseOut, summary="One enterprise", **declared("get_enterprise", Act.ENTERPRISES_SEE, "enterprises:read"))
def get_enterprise(request: HttpRequest, scheme: Scheme, code: Code) -> Any:
    """One enterprise by its key."""
    found = queries.by_key(request.actor, scheme, code)  # type: ignore[attr-defined]
    return _brief(found, queries.places_of([found.pk]))


@router.get("/{scheme}/{code}/facts", response=FactsOut, summary="Facts of an enterprise", **declared("get_facts", Act.ENTERPRISES_SEE, "facts:read"))
def get_facts(
    request: HttpRequest,
    response: HttpResponse,
    scheme: Scheme,
    code: Code,
    indicator: Annotated[list[str], Query(max_length=200, description="ids; all where left out")] = [],  # noqa: B006 - ninja copies it
    rivals: Annotated[bool, Query(description="also the values that do not prevail")] = False,
) -> Any:
    """The current facts with their sources. The header ETag goes into If-Match of a write."""
    found = queries.by_key(request.actor, scheme, code)  # type: ignore[attr-defined]
    response.headers["ETag"] = queries.state_tag(found)
    facts = facts_of([found.pk], indicators=indicator or None, rivals=rivals).get(found.pk, {})
    return {
        "scheme": found.scheme, "code": found.code, "titles_known": found.titles_known,
        "facts": [fact for key, held in sorted(facts.items(), key=lambda one: _order(one[0])) for one in held if (fact := _fact(key, one)) is not None],
        "titles": [
            {"title": title.title, "since": title.since, "until": title.until, "source": source_name(title.batch.kind, title.batch.source)}
            for title in queries.titles_of(found)
        ],
    }  # fmt: skip


def _order(key: str) -> int:
    order = packs().vocabulary.order
    return order.get(key, len(order))


def _fact(key: str, held: Any) -> dict[str, Any] | None:
    """One fact as a text with its unit; None for what the vocabulary no longer has."""
    from keqiao.facts.exact import text_of_stored

    indicator = packs().vocabulary.indicators.get(key)
    if indicator is None:
        return None
    value = value_of(indicator, held.number, held.text)
    if value is None:
        return None
    return {
        "indicator": key, "label": indicator.label, "type": indicator.type, "year": held.year or None, "value": text_of_stored(indicator, value),
        "source": source_name(held.kind, held.source), "recorded_at": held.recorded_at, "batch": held.batch_id, "prevails": held.prevails,
    }  # fmt: skip


@router.put("/{scheme}/{code}/facts", response=FactsDone, summary="Write facts", **declared("put_facts", Act.IMPORT, "facts:write"))
def put_facts(
    request: HttpRequest,
    response: HttpResponse,
    scheme: Scheme,
    code: Code,
    body: FactsIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=80, pattern=r"^[!-~]+$")],
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=80)] = None,
) -> Any:
    """Write values of one source, all or none. The same key with the same body is answered again, not done again.

    With If-Match nothing is written where the facts have changed since they were read (412). Values that the source
    does not name stay as they are.
    """
    found = queries.by_key(request.actor, scheme, code)  # type: ignore[attr-defined]
    answer, repeated = services.put_facts(request.actor, found, body, idempotency_key, if_match)  # type: ignore[attr-defined]
    if repeated:
        response.headers["Idempotency-Replayed"] = "true"
    response.headers["ETag"] = queries.state_tag(found)
    return answer


@router.get("/{scheme}/{code}/explain/{rule}", response=Trace, summary="Why, for an enterprise", **declared("explain_enterprise", Act.ENTERPRISES_SEE, "explain:read"))
def explain_enterprise(request: HttpRequest, scheme: Scheme, code: Code, rule: RuleId) -> Any:
    """The trace of the run that counts for the caller: of an office its latest, of an enterprise the published one.

    The header X-Run has the number of the run; `disputed` lists the facts under objection (异议中).
    """
    actor = request.actor  # type: ignore[attr-defined]
    found = queries.by_key(actor, scheme, code)
    run = run_for(actor, found)
    if run is None:
        raise Refused("这家企业还没有进入已完成（对企业：已发布）的评价。", "No run that is done (for enterprises: published) has this enterprise yet.")
    _, traces = opened(run).look((scheme, code))
    if rule not in traces:
        raise NotVisible
    told = traces[rule].to_dict(language()) | {"disputed": [one.indicator.key for one in open_objections(actor, found)]}
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str), content_type="application/json; charset=utf-8")
    answer.headers["X-Run"] = str(run.number)
    return answer

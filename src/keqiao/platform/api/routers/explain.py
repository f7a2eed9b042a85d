"""A case of one's own against a rule; nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from keqiao.errors import language
from keqiao.platform.api.registry import declared
from keqiao.platform.api.schemas.common import Trace
from keqiao.platform.api.schemas.runs import ExplainIn
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.permissions import Act

router = Router(tags=["explain"])


@router.post("", response=Trace, summary="Why, for a case of your own", **declared("explain_case", Act.ACCOUNT, "explain:read"))
def explain_case(request: HttpRequest, body: ExplainIn) -> Any:
    """Decide one case under a rule and say why: the same object as `keqiao explain --format json`."""
    handle = packs().find(body.rule)
    trace = handle.explain(body.facts, as_of=body.as_of, year=body.year, holds=body.holds, id=body.id)  # type: ignore[arg-type]
    return HttpResponse(trace.to_json(language()), content_type="application/json; charset=utf-8")

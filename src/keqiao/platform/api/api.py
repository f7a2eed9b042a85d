"""The interface: its routers, its errors, its description."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from keqiao.platform.api import errors
from keqiao.platform.api.parsing import Exact, Readable
from keqiao.platform.api.registry import SCOPES
from keqiao.platform.api.routers import catalogue, enterprises, explain, runs
from keqiao.platform.api.schemas.common import Problem

_DESCRIPTION = """科桥的接口：企业、数据、评价、判定理由、规则库。

凭证在“接口凭证”页新建，写在请求头 `Authorization: Bearer kq_…`；规则库不要凭证。
金额、比率等都是带单位的精确文字（`8000万元`、`5.75%`），没有浮点数。
出错一律为 `application/problem+json`，按 `Accept-Language` 用中文或英文。

Keqiao for programs: enterprises, facts, runs, reasons, rules. Amounts are exact texts with units; errors are problem+json.
"""
_TAKEN = {"401": "no valid token", "403": "scope or role is lacking", "404": "nothing here for this token", "422": "the content is wrong", "429": "too many requests"}
_MORE = {
    "put_facts": {"400": "not JSON", "409": "the key was used for another request", "412": "changed since it was read", "413": "more than 10 MB"},
    "start_run": {"400": "not JSON", "409": "a run is under way, or there is no enterprise", "413": "more than 10 MB"},
    "explain_case": {"400": "not JSON", "413": "more than 10 MB"},
    "explain_enterprise": {"409": "no run has the enterprise yet"},
    "list_standings": {"409": "the run is not done"},
}


class Interface(NinjaAPI):
    """The API, whose description also tells the errors with their media type."""

    _described: OpenAPISchema | None = None

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The description, version 3.1; made once."""
        if path_prefix is None and self._described is not None:
            return self._described
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"] |= schema["components"]["schemas"]["Problem"].pop("$defs", {})
        for methods in schema["paths"].values():
            for operation in methods.values():
                _describe(operation)
        if path_prefix is None:
            self._described = schema
        return schema


def _describe(operation: dict[str, Any]) -> None:
    """Add the errors that an operation may answer, and the media types that are not JSON."""
    id = operation["operationId"]
    responses = {str(status): found for status, found in operation["responses"].items()}
    for status, words in ({**_TAKEN, **_MORE.get(id, {})}).items():
        if status in ("401", "403") and not SCOPES[id]:
            continue
        content = {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses[status] = {"description": words, "content": content}
    if id == "get_rule_sql":
        responses["200"]["content"] = {"text/plain": {"schema": {"type": "string"}}}
    operation["responses"] = dict(sorted(responses.items()))


api = Interface(
    title="科桥 Keqiao", version="1", description=_DESCRIPTION, urls_namespace="api:v1", docs_url=None, openapi_url="/openapi.json", parser=Exact(), renderer=Readable(),
)  # fmt: skip
errors.register(api)
api.add_router("/enterprises", enterprises.router)
api.add_router("", runs.router)
api.add_router("/explain", explain.router)
api.add_router("/catalogue", catalogue.router)

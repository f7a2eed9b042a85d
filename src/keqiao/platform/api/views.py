"""The page that lists the operations, read from the description itself; no scripts from elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keqiao.errors import say
from keqiao.platform.api.api import api
from keqiao.platform.api.auth import spoken
from keqiao.platform.api.registry import SCOPES
from keqiao.platform.permissions import Act, page

_TAGS = {
    "enterprises": ("企业与数据", "Enterprises and facts"), "runs": ("快照与评价", "Snapshots and runs"), "explain": ("判定理由", "Reasons"),
    "catalogue": ("规则库", "Catalogue"),
}  # fmt: skip

#: what an operation does, in Chinese; the English is its description
_WORDS = {
    "list_enterprises": "凭证看得到的企业，按录入的先后。可按名称或代码、片区、数据更新时间筛选。",
    "get_enterprise": "一家企业。",
    "get_facts": "现行的数据和来源。回答头里的 ETag 用于写数据时的 If-Match。",
    "put_facts": "写入一个来源的数据，全部写入或全不写入。同一个键重发同样的内容只写一次；带 If-Match 时，读过以后有人改过就不写（412）。没有提到的值不变。",
    "explain_enterprise": "这家企业在一次评价里为什么是这个结论：主管部门取最近一次完成的，企业取已发布的。头 X-Run 是第几次；disputed 列出异议中的指标。",
    "list_snapshots": "本处室已完成的评价所冻结的数据，新的在前。",
    "list_runs": "本处室的评价，新的在前。",
    "start_run": "开始一次评价，排入队列；按 Location 的地址看进度。",
    "get_run": "一次评价的进度；完成后有各规则的结论户数。",
    "list_standings": "一次评价里各企业的积分、名次和结论，只列凭证现在看得到的企业。",
    "explain_case": "按一条规则判定您自己的一个案例，并说明理由；案例不保存。",
    "list_rules": "规则，按规则包的顺序；可看某一天有效的版本。",
    "get_rule": "一条规则的全文：条件用文字写出，附计分、版本和原文。",
    "get_rule_sql": "一条规则的 SQL，在自己的数据库里判定；注释写明数据表要有哪些列。",
    "list_vocabulary": "指标：编号、名称、不带单位的数按什么单位、是否分年度。",
}


@page(Act.PUBLIC)
def docs(request: HttpRequest) -> HttpResponse:
    """What can a program ask, and with which scope?"""
    schema = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(_shown(request, address, method, operation, schema))
    shown = [(say(*_TAGS[tag]), operations) for tag, operations in groups.items()]
    scopes = sorted({scope for scope in SCOPES.values() if scope})
    return render(request, "api/docs.html", {"groups": shown, "scopes": [(scope, spoken(scope)) for scope in scopes]})


def _shown(request: HttpRequest, address: str, method: str, operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    scope = SCOPES[operation["operationId"]]
    lines = ["curl" + (f" -X {method.upper()}" if method != "get" else "") + f" {request.scheme}://{request.get_host()}{address}"]
    if scope:
        lines.append("-H 'Authorization: Bearer kq_…'")
    if operation["operationId"] == "put_facts":
        lines.append("-H 'Idempotency-Key: …'")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    if body:
        lines += ["-H 'Content-Type: application/json'", "-d @body.json"]
    fields = schema["components"]["schemas"].get(body.rsplit("/", 1)[-1], {}) if body else {}
    return {
        "id": operation["operationId"], "method": method.upper(), "address": address, "summary": operation["summary"], "text": say(_WORDS[operation["operationId"]], operation.get("description", "")),
        "scope": scope, "curl": " \\\n  ".join(lines), "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "body": [
            {"name": name, "where": "body", "required": name in fields.get("required", []), "type": _kind(one), "text": one.get("description", "")}
            for name, one in fields.get("properties", {}).items()
        ],
    }  # fmt: skip


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    schema = one.get("schema", {})
    return {"name": one["name"], "where": one["in"], "required": one.get("required", False), "type": _kind(schema), "text": schema.get("description", "")}


def _kind(schema: dict[str, Any]) -> str:
    """The type of a value in a word or two."""
    if "enum" in schema:
        return " | ".join(str(one) or "''" for one in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    kind = str(schema.get("format") or schema.get("type", "any"))
    return f"{kind}[{_kind(schema['items'])}]" if kind == "array" and "items" in schema else kind

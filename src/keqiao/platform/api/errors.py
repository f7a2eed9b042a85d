"""Every error as ``application/problem+json`` (RFC 9457), in the language of ``Accept-Language``."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

from keqiao.errors import KeqiaoError, say
from keqiao.platform.errors import Invalid, NotVisible, SiteError, TooMany

log = logging.getLogger("keqiao.site")

MEDIA_TYPE = "application/problem+json"
#: status to slug and titles
KINDS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", "请求读不懂", "Bad request"),
    401: ("unauthorised", "没有有效的凭证", "No valid token"),
    403: ("forbidden", "凭证不能做这一步", "Not allowed"),
    404: ("not-found", "没有，或者不能看", "Not found"),
    405: ("method-not-allowed", "这个地址不能这样用", "Method not allowed"),
    409: ("conflict", "与现在的状态冲突", "Conflict"),
    412: ("precondition-failed", "数据在您读过以后变了", "Precondition failed"),
    413: ("too-large", "请求太大", "Content too large"),
    422: ("invalid", "内容有错", "Invalid content"),
    428: ("precondition-required", "缺必要的请求头", "Precondition required"),
    429: ("too-many", "请求太多", "Too many requests"),
    500: ("broken", "站点出错", "Server error"),
}


class Stale(SiteError):
    """What the caller read has changed since (``If-Match``)."""

    status = 412

    def __init__(self) -> None:
        super().__init__("数据在您读过以后变了，没有写入。再读一次，核对后重发。", "The facts changed after you read them; nothing was written. Read them again and resend.")


class Wrong(Invalid):
    """Several things are wrong with a body; ``errors`` says each with its place."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__({}, f"有 {len(errors)} 处要改，什么也没有写入。", f"{len(errors)} to correct; nothing was written.")
        self.errors = list(errors)


def problem(request: HttpRequest, status: int, detail: str, errors: Sequence[Mapping[str, Any]] = (), *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An error as JSON: type, title, status, detail, instance, request_id, errors of {loc, message, type}."""
    slug, zh, en = KINDS.get(status, KINDS[400] if status < 500 else KINDS[500])
    body = {
        "type": f"urn:keqiao:problem:{slug}", "title": say(zh, en), "status": status, "detail": detail, "instance": request.path,
        "request_id": getattr(request, "request_id", ""), "errors": list(errors),
    }  # fmt: skip
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    for name, value in (headers or {}).items():
        answer.headers[name] = value
    return answer


def told(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem of any exception; what is no expected one is logged and told by a number alone."""
    if isinstance(error, Throttled | TooMany):
        wait = error.wait if isinstance(error, TooMany) else getattr(request, "wait", 1)
        return problem(request, 429, TooMany(int(wait or 1)).message, headers={"Retry-After": str(int(wait or 1))})
    if isinstance(error, ValidationError):
        found = [{"loc": [str(part) for part in one["loc"]], "message": one["msg"], "type": one["type"]} for one in error.errors]
        return problem(request, 422, say(f"有 {len(found)} 处要改。", f"{len(found)} to correct."), found)
    if isinstance(error, Wrong):
        return problem(request, 422, error.message, error.errors)
    if isinstance(error, Invalid):
        return problem(request, 422, error.message, [{"loc": [name], "message": text, "type": "invalid"} for name, text in error.fields.items()])
    if isinstance(error, SiteError):
        more = {"WWW-Authenticate": 'Bearer realm="keqiao"'} if error.status == 401 else None
        return problem(request, error.status, error.message, headers=more)
    if isinstance(error, KeqiaoError):
        return problem(request, 422, str(error))
    if isinstance(error, Http404):
        return problem(request, 404, NotVisible().message)
    if isinstance(error, RequestDataTooBig):
        return problem(request, 413, say("请求超过 10 MB。", "The request exceeds 10 MB."))
    if isinstance(error, HttpError) and error.status_code < 500:
        return problem(request, error.status_code, say("请求体不是合法的 JSON。", "The body is not valid JSON.") if error.status_code == 400 else str(error))
    if isinstance(error, SuspiciousOperation):
        return problem(request, 400, say("这个请求读不懂。", "This request cannot be read."))
    return _broken(request, error)


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    number = secrets.token_hex(2).upper()
    log.error("problem %s in request %s: %s %s", number, getattr(request, "request_id", "-"), request.method, request.path, exc_info=error)
    return problem(request, 500, say(f"是我们的问题，编号 {number}。再试一次；若仍不行，告诉我们编号。", f"The fault is ours, number {number}. Try again; if it fails again, tell us the number."))


def register(api: NinjaAPI) -> None:
    """Make the interface answer every exception as a problem."""
    for kind in (Exception, HttpError, ValidationError, Http404):
        api.add_exception_handler(kind, lambda request, error: told(request, error if isinstance(error, Exception) else error()))

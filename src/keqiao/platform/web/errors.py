"""Problems as pages: what happened, what is safe, what to do, and a number to quote."""

from __future__ import annotations

import logging
import secrets
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string, select_template

from keqiao.errors import KeqiaoError, say
from keqiao.platform.errors import Invalid, NeedsLogin, NeedsProof, NotAllowed, NotVisible, SiteError

log = logging.getLogger("keqiao.site")

#: Names of form fields whose values are never carried over a login.
_SECRET = ("password", "code", "csrfmiddlewaretoken", "secret", "token")


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page and not for a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def carried(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed into a form whose session had ended, without secrets: name and value."""
    if request.method != "POST":
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values if not any(part in name.lower() for part in _SECRET)]


def told(request: HttpRequest, error: KeqiaoError) -> HttpResponse:
    """The page of an expected error."""
    status = error.status if isinstance(error, SiteError) else 422
    if isinstance(error, NeedsLogin) and not is_htmx(request):
        return _first(request, ("accounts/login.html", "web/problems/401.html"), 401, error, next=_next(request), carried=carried(request))
    if isinstance(error, NeedsProof) and not is_htmx(request):
        return _first(request, ("accounts/prove.html", "web/problems/401.html"), 403, error, next=_next(request), carried=carried(request))
    extra: dict[str, Any] = {"fields": error.fields} if isinstance(error, Invalid) else {}
    return problem(request, status, str(error), **extra)


def problem(request: HttpRequest, status: int, sentence: str, **more: Any) -> HttpResponse:
    """A page with the status, or the sentence alone for htmx, which `keqiao.js` puts into its place."""
    context = {"status": status, "sentence": sentence, **more}
    if is_htmx(request):
        answer = HttpResponse(render_to_string("web/problems/fragment.html", context, request), status=status)
        answer.headers["KQ-Problem"] = "1"
        return answer
    names = [f"web/problems/{status}.html", "web/problems/any.html"]
    return HttpResponse(select_template(names).render(context, request), status=status)


def _first(request: HttpRequest, names: tuple[str, ...], status: int, error: KeqiaoError, **more: Any) -> HttpResponse:
    """The first template that exists, such as the login page of the accounts app."""
    return HttpResponse(select_template(names).render({"sentence": str(error), "status": status, **more}, request), status=status)


def _next(request: HttpRequest) -> str:
    """Where to go after the login: this page, or after a form the page that it stood on."""
    return request.get_full_path()


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of what does not exist or may not be seen."""
    return problem(request, 404, str(NotVisible()))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of what the role may not do."""
    error = NotAllowed("您现在的身份不能做这一步。", "Your present role may not do this.")
    return problem(request, 403, str(error))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of a request that cannot be read."""
    return problem(request, 400, say("这个请求读不懂。可从页面上的链接或按钮进入。", "This request cannot be read. Use the links and buttons of the pages."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page of a form that was open too long or came from elsewhere; what was typed is shown again."""
    sentence = say(
        "这张表单已过期，没有提交。您填的内容在下面，核对后再提交一次。",
        "This form has expired and was not sent. What you typed stands below; check it and send it again.",
    )
    return problem(request, 403, sentence, expired=True, carried=carried(request), path=request.get_full_path())


def broken(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page of our own mistake; the number stands in the log beside the cause."""
    number = secrets.token_hex(2).upper()
    cause = exception or sys.exc_info()[1]
    log.error("problem %s in request %s: %s %s", number, getattr(request, "request_id", "-"), request.method, request.path, exc_info=cause)
    sentence = say(
        f"这一步没有完成，是我们的问题。再试一次；若仍不行，告诉我们编号 {number}。",
        f"This step was not completed, and the fault is ours. Try again; if it fails again, tell us the number {number}.",
    )
    try:
        return problem(request, 500, sentence, number=number)
    except Exception:  # the frame itself may be what is broken, for instance without a database
        log.exception("the page of problem %s cannot be drawn", number)
        return HttpResponse(sentence, status=500, content_type="text/plain; charset=utf-8")

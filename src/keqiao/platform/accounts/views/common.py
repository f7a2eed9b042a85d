"""What the pages of this app share: a line that says what was done, forms shown again with their faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from keqiao.platform.actor import Actor
from keqiao.platform.errors import Invalid, NeedsProof, NotVisible, SiteError

_DONE = "done_lines"


def actor_of(request: HttpRequest) -> Actor:
    """Who acts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def done(request: HttpRequest, text: str) -> None:
    """A line that the next page shows."""
    request.session[_DONE] = [*request.session.get(_DONE, []), text]


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page, with the lines that wait for it."""
    lines = request.session.pop(_DONE, []) if request.method == "GET" and _DONE in request.session else []
    return render(request, template, {"done_lines": [{"text": text} for text in lines], **context}, status=status)


def to(name: str, *args: object) -> HttpResponseRedirect:
    """On to another page after a form (303, so that going back does not send it again)."""
    answer = HttpResponseRedirect(reverse(name, args=args))
    answer.status_code = 303
    return answer


def attempt(request: HttpRequest, work: Callable[[], HttpResponse], again: Callable[..., HttpResponse]) -> HttpResponse:
    """Do the work of a form; where it is refused, the same page again with what was typed and what is wrong.

    ``again`` is called with ``status``, ``problem`` (a sentence) and ``fields``. Proof of identity and what is not
    visible are pages of the frame.
    """
    try:
        return work()
    except (NeedsProof, NotVisible):
        raise
    except SiteError as error:
        fields = error.fields if isinstance(error, Invalid) else {}
        return again(status=error.status, problem=str(error), fields=fields)


def field(request: HttpRequest, name: str) -> str:
    """A field of the form, trimmed; empty where it is missing."""
    return request.POST.get(name, "").strip()


def number(request: HttpRequest, name: str) -> int:
    """A whole number of the form. Raises `NotVisible` where it is none: only our own forms send it."""
    try:
        return int(request.POST.get(name, ""))
    except ValueError:
        raise NotVisible from None

"""What the pages of this app share: who acts, fields of forms, and the line that says what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from keqiao.platform.actor import Actor
from keqiao.platform.web.formats import hidden

_DONE = "enterprises_done"


@dataclass(frozen=True)
class Field:
    """A field of a form, as ``web/parts/field.html`` shows it."""

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    value: str = ""
    error: str = ""
    required: bool = True
    options: Sequence[tuple[object, str]] = ()
    autocomplete: str = ""
    inputmode: str = ""
    maxlength: int | None = None
    rows: int = 4
    accept: str = ""
    unit: str = ""


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in a request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def tell(request: HttpRequest, text: str) -> None:
    """Keep a line that the next page shows."""
    request.session[_DONE] = text


def shown(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page with the line of what was done before it."""
    text = request.session.pop(_DONE, "")
    lines = [{"text": text}] if text else []
    return render(request, template, {**context, "done_lines": lines}, status=status)


def then(request: HttpRequest, text: str, url: str, *args: object) -> HttpResponse:
    """Say what was done, and go on to a page."""
    tell(request, text)
    return redirect(url, *args)


def surname(name: str) -> str:
    """A person of another body as a page shows him: the surname alone."""
    return hidden(name, "person") if name else "—"

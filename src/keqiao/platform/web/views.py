"""Home, help, to-dos, definitions, health, and the list of components."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

from keqiao.platform.errors import NotVisible
from keqiao.platform.permissions import Act, page
from keqiao.platform.web import health as state
from keqiao.platform.web import navigation, searching, terms, todo
from keqiao.platform.web.errors import is_htmx
from keqiao.platform.web.samples import packs, samples


@page(Act.PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """科桥: three sentences and three ways in."""
    return render(request, "web/home.html")


@page(Act.PUBLIC)
def help_page(request: HttpRequest) -> HttpResponse:
    """How to read the pages, the marks, and the keys."""
    return render(request, "web/help.html")


@page(Act.SWITCH)
def start(request: HttpRequest) -> HttpResponse:
    """Lead whoever has logged in, or changed roles, to the first page of the role."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor.user is not None and actor.membership is None:
        return redirect("enterprises:registered")  # whoever waits for a membership sees what became of the registration
    return redirect(navigation.first(actor.role))


@page(Act.PUBLIC)
def search(request: HttpRequest) -> HttpResponse:
    """S3: where is it? ``?q=`` asks, ``?group=`` lists one group alone."""
    actor, asked = request.actor, searching.cleaned(request.GET.get("q", ""))  # type: ignore[attr-defined]
    alone = "indicators" if request.GET.get("group") == "indicators" else ""
    groups = searching.search(actor, asked, alone)
    return render(request, "web/search.html", {
        "asked": asked, "groups": groups, "found": sum(group.total for group in groups), "alone": alone, "sees": searching.sees_enterprises(actor),
    })  # fmt: skip


@page(Act.ACCOUNT)
def todos(request: HttpRequest) -> HttpResponse:
    """What waits for the user, what is due first at the top."""
    return render(request, "web/todos.html", {"todos": todo.todos(request.actor)})  # type: ignore[attr-defined]


@page(Act.ACCOUNT)
def stay(request: HttpRequest) -> HttpResponse:
    """Nothing but a sign of life, so that the session goes on."""
    return HttpResponse(status=204)


@page(Act.PUBLIC)
def components(request: HttpRequest) -> HttpResponse:
    """组件一览: every part in every state."""
    return render(request, "web/components.html", samples())


@page(Act.PUBLIC)
def definition(request: HttpRequest, key: str) -> HttpResponse:
    """A definition, as a page or for the drawer. Raises `NotVisible` where there is no such word."""
    term = terms.find(key, packs().vocabulary)
    if term is None:
        raise NotVisible
    name = "web/parts/definition.html" if is_htmx(request) else "web/definition.html"
    response = render(request, name, {"term": term})
    patch_vary_headers(response, ["HX-Request"])
    return response


@page(Act.PUBLIC)
def health(request: HttpRequest) -> JsonResponse:
    """Whether the site works: 200 or 503."""
    found = state.state()
    return JsonResponse(found, status=200 if found["ok"] else 503, headers={"Cache-Control": "no-store"})

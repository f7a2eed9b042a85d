"""All that the site answers: views by URL, with their act, methods and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from keqiao.platform.permissions import Act

#: What fills a parameter that names no record.
WORDS: dict[str, str] = {"ending": "csv", "key": "revenue", "token": "x" * 32, "act": "none", "dialect": "postgres", "rest": "nothing", "id": "cn.tech_sme"}


@dataclass(frozen=True)
class View:
    """One URL: its name with the app, its route, the act and methods that `page` put on it, its parameters."""

    name: str
    route: str
    act: Act | None
    methods: tuple[str, ...]
    converters: dict[str, Any] = field(compare=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """Parameters that are numbers of records."""
        return tuple(name for name, one in self.converters.items() if isinstance(one, IntConverter))

    def path(self, **ids: int) -> str:
        """The address with numbers of records; what is not given is 1, words come from `WORDS`."""
        route = self.route
        for name in self.converters:
            value = str(ids.get(name, 1)) if name in self.ids else WORDS.get(name, "x")
            start = route.index("<")
            end = route.index(">", start) + 1
            route = route[:start] + value + route[end:]
        return "/" + route

    def __str__(self) -> str:
        return self.name


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[View]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            view = pattern.callback
            name = namespace + (pattern.name or route)
            yield View(name, route, getattr(view, "act", None), tuple(getattr(view, "methods", ("GET",))), dict(pattern.pattern.converters))


@cache
def views() -> tuple[View, ...]:
    """Every URL of the site, those of the programs' interface as well."""
    return tuple(_walk(get_resolver(), "", ""))


@cache
def pages() -> tuple[View, ...]:
    """The URLs of pages."""
    return tuple(view for view in views() if not view.route.startswith("api/"))

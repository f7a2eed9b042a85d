"""What waits for the actor: apps add their sources, the frame shows the sum, the page 待办 lists them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keqiao.platform.actor import Actor


@dataclass(frozen=True)
class Todo:
    """One thing to do: what it is, where it is done, by when, and how many it stands for."""

    text: str
    url: str
    due: dt.date | None = None
    number: int = 1


Source = Callable[[Actor], Iterable[Todo]]

_sources: list[Source] = []


def register(source: Source) -> Source:
    """Add a source of to-dos, once; usable as a decorator in an app's ``ready``."""
    if source not in _sources:
        _sources.append(source)
    return source


def todos(actor: Actor) -> list[Todo]:
    """All that waits for the actor, what is due first at the top, what has no day last."""
    found = [todo for source in _sources for todo in source(actor)]
    return sorted(found, key=lambda todo: (todo.due is None, todo.due or dt.date.max))


def count(actor: Actor) -> int:
    """How many to-dos there are; 0 for a visitor."""
    return len(todos(actor)) if actor.user is not None else 0

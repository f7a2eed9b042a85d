"""Lists in pages: ``limit`` and an opaque ``cursor``; the answer names the next one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query, Schema

from keqiao.errors import say
from keqiao.platform.errors import Invalid

T = TypeVar("T")
M = TypeVar("M", bound=Model)

Limit = Annotated[int, Query(ge=1, le=200, description="how many at most")]
Cursor = Annotated[str, Query(max_length=80, description="`next` of the page before; leave out for the first page")]


class Page(Schema, Generic[T]):
    """A page of a list; ``next`` is the cursor of the following page, null on the last."""

    items: list[T]
    next: str | None


def page_of(found: QuerySet[M], limit: int, cursor: str, *, by: str = "pk", falling: bool = False) -> tuple[list[M], str | None]:
    """The rows of a page and the next cursor. ``by`` is a field of whole numbers without equals among the rows."""
    after = _read(cursor)
    if after is not None:
        found = found.filter(**{f"{by}__{'lt' if falling else 'gt'}": after})
    rows = list(found.order_by(f"-{by}" if falling else by)[: limit + 1])
    more = len(rows) > limit
    return rows[:limit], _write(_key(rows[limit - 1], by)) if more else None


def slice_of(rows: Sequence[T], limit: int, cursor: str) -> tuple[Sequence[T], str | None]:
    """The same for a short list that is at hand."""
    start = _read(cursor) or 0
    more = start + limit < len(rows)
    return rows[start : start + limit], _write(start + limit) if more else None


def _key(row: Any, by: str) -> int:
    for part in by.split("__"):
        row = getattr(row, part)
    return int(row)


def _write(key: int) -> str:
    return base64.urlsafe_b64encode(f"k{key}".encode()).decode().rstrip("=")


def _read(cursor: str) -> int | None:
    """The key of a cursor, None for the first page. Raises `Invalid`."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if text[:1] != "k" or not text[1:].isdecimal() or int(text[1:]) >= 2**63:
            raise ValueError
    except (ValueError, binascii.Error):
        zh, en = "cursor 不是上一页给出的 next。", "cursor is not the next of a page."
        raise Invalid({"cursor": say(zh, en)}, zh, en) from None
    return int(text[1:])

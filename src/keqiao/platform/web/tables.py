"""Tables as pages show and downloads repeat them: columns with a kind, rows, order, page, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keqiao.errors import say


@dataclass(frozen=True)
class Column:
    """A column: ``key`` into each row, its heading, and how cells are shown.

    Kinds: ``name`` (a `Link`, the row's heading), ``link``, ``figure`` (a `Link` whose text is a number), ``text``, ``dim``, ``code``, ``number`` (text already made,
    right-aligned), ``money`` (分, in ``unit``), ``ratio``, ``points``, ``count`` (stored), ``whole``, ``signed``,
    ``day``, ``time``, ``due``, ``outcome`` (code, or a pair of code and word), ``outcomes`` (code to count), ``tag``,
    ``act`` (a `Link` shown as a button), ``select`` (a check box with this value).
    ``sort`` is the name in ``?sort=``, empty where the table cannot be ordered by it.
    """

    key: str
    label: str
    kind: str = "text"
    unit: str = ""
    sort: str = ""
    wide_only: bool = False
    definition: str = ""

    @property
    def numeric(self) -> bool:
        """Whether cells are aligned right."""
        return self.kind in ("number", "figure", "money", "ratio", "points", "count", "whole", "signed")


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere, with an optional line below it."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Chip:
    """A filter in force: its words, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True)
class Pages:
    """Where a page stands in a list: ``total`` rows, page ``number`` from 1, ``size`` rows a page."""

    total: int
    number: int = 1
    size: int = 50

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(-(-self.total // self.size), 1)

    @property
    def first_row(self) -> int:
        """The position of the first row shown, from 1; 0 where there is none."""
        return min((self.number - 1) * self.size + 1, self.total)

    @property
    def last_row(self) -> int:
        """The position of the last row shown."""
        return min(self.number * self.size, self.total)

    @property
    def previous(self) -> int | None:
        """The page before, if there is one."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The page after, if there is one."""
        return self.number + 1 if self.number < self.last else None


@dataclass(frozen=True)
class Choice:
    """A select in the tools of a table: its name in the address, its label, and (value, words) with the chosen one."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str = ""


@dataclass(frozen=True)
class Empty:
    """What stands where there are no rows: a sentence and the one act that helps; ``good`` where nothing is well."""

    text: str
    act: Link | None = None
    good: bool = False


@dataclass(frozen=True)
class Table:
    """A table of a page. ``key`` makes its ids, ``stated`` says count and order in words.

    ``rows`` map column keys to values; ``ids`` (same length) name rows for tests and for focus. ``search`` is the
    name of the search field in the address, empty for none; ``query`` what stands in it.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    stated: str = ""
    pages: Pages | None = None
    sort: str = ""
    search: str = ""
    query: str = ""
    search_hint: str = ""
    choices: Sequence[Choice] = ()
    chips: Sequence[Chip] = ()
    download: str = ""
    empty: Empty | None = None
    illustrative: bool = False
    caption: str = ""
    total_row: Mapping[str, Any] | None = None
    foot: str = ""
    tight: bool = False
    keep: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What the live region says: how many there are."""
        total = self.pages.total if self.pages is not None else len(self.rows)
        return say(f"共 {total:,} 条", f"{total:,} in all")

    @property
    def has_tools(self) -> bool:
        """Whether anything stands above the table."""
        return bool(self.search or self.choices or self.chips)

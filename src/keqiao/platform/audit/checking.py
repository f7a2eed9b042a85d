"""Checking the chain: what was edited, removed, moved, cut off.

The chain alone shows every change inside it. That its end was cut off, or that all of it was written anew, shows only
against a head that was kept elsewhere (`keqiao.platform.audit.heads`): on paper, at an auditor, in the site's folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from keqiao.errors import say
from keqiao.platform.audit.chain import FIELDS, GENESIS, hash_of
from keqiao.platform.audit.heads import Known, head_now, known_heads
from keqiao.platform.audit.models import Event

#: Events read at a time, and how many problems are listed one by one.
BATCH, LISTED = 5_000, 100
#: How far a moved event is looked for, in numbers.
_REACH = 500

_WORDS = {
    "edited": ("第 {n} 条的内容被改过", "event {n} was edited"),
    "deleted": ("第 {n} 条{more}被删去", "event {n}{more} was deleted"),
    "reordered": ("第 {n} 条被换了位置", "event {n} was moved from another place"),
    "replaced": ("第 {n} 条接不上前一条", "event {n} does not follow the one before it"),
    "truncated": ("链在第 {n} 条之后断掉，留存的链头是第 {more} 条", "the chain ends after event {n}; the kept head is event {more}"),
    "rewritten": ("第 {n} 条与留存的链头不同，链被重写过", "event {n} differs from the kept head; the chain was written anew"),
}


@dataclass(frozen=True)
class Problem:
    """One break of the chain: ``kind`` is a key of the words, ``number`` the event, ``more`` a last number or empty."""

    kind: str
    number: int
    more: str = ""

    def __str__(self) -> str:
        zh, en = _WORDS[self.kind]
        between = self.kind == "deleted" and self.more
        more_zh, more_en = (f"至第 {self.more} 条", f" to {self.more}") if between else (self.more, self.more)
        return say(zh.format(n=self.number, more=more_zh), en.format(n=self.number, more=more_en))


@dataclass
class Findings:
    """What a check found: ``events`` looked at, the ``head`` it ended with, and the breaks (the first 100 listed)."""

    events: int = 0
    head: Known = field(default_factory=lambda: Known(0, GENESIS))
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    heads: int = 0

    @property
    def ok(self) -> bool:
        """Whether the chain is whole as far as it can be seen."""
        return self.count == 0

    def add(self, problem: Problem) -> None:
        """Count a break and list it while there is room."""
        self.count += 1
        if len(self.problems) < LISTED:
            self.problems.append(problem)

    def lines(self) -> list[str]:
        """The findings as sentences, in the current language."""
        checked = say(f"核对 {self.events:,} 条事件、{self.heads} 个留存的链头", f"checked {self.events:,} events and {self.heads} kept heads")
        if self.ok:
            end = say(f"完整；链头第 {self.head.number:,} 条，{self.head.hash}", f"whole; head {self.head.number:,}, {self.head.hash}")
            return [checked, end]
        more = self.count - len(self.problems)
        rest = [say(f"另有 {more} 处", f"and {more} more")] if more else []
        return [checked, say(f"发现 {self.count} 处断点：", f"{self.count} breaks:"), *map(str, self.problems), *rest]

    def stored(self) -> str:
        """The findings as JSON, for the history of checks."""
        listed = [[p.kind, p.number, p.more] for p in self.problems]
        return json.dumps({"ok": self.ok, "events": self.events, "heads": self.heads, "count": self.count, "problems": listed})


def verify(
    since: Known | None = None, heads: Iterable[Known] | None = None, progress: Callable[[int, int], None] | None = None
) -> Findings:
    """Walk the chain from ``since`` (a head checked before; None: from the first event) to its end of this moment.

    ``heads`` are kept heads to compare with; None takes the site's own (table and file). Memory holds one batch.
    Events that are appended meanwhile are not looked at.
    """
    found = Findings(head=since or Known(0, GENESIS))
    kept = {head.number: head for head in (known_heads() if heads is None else heads) if head.number > found.head.number}
    found.heads = len(kept)
    end = head_now()
    for event in _events(found.head.number, end.number):
        _look(found, event, kept)
        if progress is not None and found.events % BATCH == 0:
            progress(found.events, end.number)
    if end.number == 0 and since is not None and since.number:
        found.add(Problem("truncated", 0, str(since.number)))
    beyond = max((number for number in kept if number > end.number), default=0)
    if beyond:
        found.add(Problem("truncated", end.number, str(beyond)))
    return found


def _events(after: int, last: int) -> Iterator[dict[str, Any]]:
    """The events from the one after ``after`` up to ``last``, in order, a batch in memory."""
    while after < last:
        rows = list(Event.objects.filter(number__gt=after, number__lte=last).order_by("number").values(*FIELDS, "hash")[:BATCH])
        if not rows:
            return
        yield from rows
        after = rows[-1]["number"]


def _look(found: Findings, event: dict[str, Any], kept: dict[int, Known]) -> None:
    """Compare one event with itself, with the one before and with a kept head of its number."""
    number, before = event["number"], found.head
    gap = number != before.number + 1
    if gap:
        last = number - 1
        found.add(Problem("deleted", before.number + 1, str(last) if last > before.number + 1 else ""))
    if _hash(event) != event["hash"]:
        found.add(Problem("reordered" if _moved(event) else "edited", number))
    elif event["previous"] != before.hash and not gap:
        found.add(Problem("replaced", number))
    if number in kept and kept[number].hash != event["hash"]:
        found.add(Problem("rewritten", number))
    found.events += 1
    found.head = Known(number, event["hash"])


def _hash(event: dict[str, Any]) -> str:
    """The hash that the event's fields give; empty where they cannot be read any more."""
    try:
        return hash_of(event)
    except (ValueError, AttributeError, TypeError):
        return ""


def _moved(event: dict[str, Any]) -> bool:
    """Whether the event is genuine under another number near by."""
    number = event["number"]
    return any(_hash({**event, "number": other}) == event["hash"] for other in range(max(number - _REACH, 1), number + _REACH + 1))

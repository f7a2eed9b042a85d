"""Items, groups and the total of one rule within a case: their places, and sums with caps."""

from __future__ import annotations

from keqiao.rules.closures.scores import Points, stored
from keqiao.rules.closures.values import Case, Env
from keqiao.rules.model import Rule


class Sums:
    """Places of items, groups and total in the case, and the sums with their caps.

    Items lie side by side: all low ends, then all high ends.
    """

    def __init__(self, rule: Rule, env: Env) -> None:
        self.count = len(rule.items)
        self.base = env.new_slots(2 * self.count)
        self.slots = {item.id: (self.base + i, self.base + self.count + i) for i, item in enumerate(rule.items)}
        members: dict[str | None, list[int]] = {}
        for i, item in enumerate(rule.items):
            members.setdefault(item.group, []).append(i)
        self.groups = [(group, of, _cap(rule, group)) for group, of in members.items()]
        for group, _, _ in self.groups:
            if group is not None:
                self.slots[group] = (env.new_slot(), env.new_slot())
        if rule.items:
            self.slots["total"] = (env.new_slot(), env.new_slot())

    def add(self, found: list[Points]) -> dict[str, Points]:
        """Groups and total of one set of item points."""
        sums: dict[str, Points] = {}
        low_total = high_total = 0
        for group, members, cap in self.groups:
            low = sum([found[i][0] for i in members])
            high = sum([found[i][1] for i in members])
            if cap is not None:
                low, high = min(low, cap), min(high, cap)
            if group is not None:
                sums[group] = (low, high)
            low_total += low
            high_total += high
        sums["total"] = (low_total, high_total)
        return sums

    def open_members(self, found: list[Points]) -> list[int]:
        """Items of the groups that are open; a group that its cap closes keeps nothing open."""
        every: list[int] = []
        for _, members, cap in self.groups:
            if cap is None or sum([found[i][0] for i in members]) < cap:
                every += members
        return every

    def store(self, c: Case, found: list[Points], totals: list[dict[str, Points]] | None = None) -> None:
        """Write items and sums into the case; several totals become the range around them."""
        base, count = self.base, self.count
        c[base : base + count] = [low for low, _ in found]
        c[base + count : base + 2 * count] = [high for _, high in found]
        if totals is None:
            for id, (low, high) in self.add(found).items():
                a, b = self.slots[id]
                c[a], c[b] = low, high
            return
        for id in totals[0]:
            a, b = self.slots[id]
            c[a] = min(sums[id][0] for sums in totals)
            c[b] = max(sums[id][1] for sums in totals)

    def read(self, c: Case) -> tuple[list[int], list[int], Points]:
        """Low ends and high ends of the items, and the total."""
        middle = self.base + self.count
        low, high = self.slots["total"]
        return c[self.base : middle], c[middle : middle + self.count], (c[low], c[high])


def _cap(rule: Rule, group: str | None) -> int | None:
    cap = rule.caps.get(group) if group is not None else None
    return None if cap is None else stored(cap)

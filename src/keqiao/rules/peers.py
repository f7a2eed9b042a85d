"""The peers that an enterprise is compared with: per expression and partition the known values, in order.

SQL ranks a whole table by itself. One case alone needs a `PeerTable`, frozen from a snapshot or read from
a file. It holds whole numbers only, and a case that is not in it changes nothing in it.
"""

from __future__ import annotations

import dataclasses
import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from keqiao.errors import KeqiaoError
from keqiao.rules import form as f
from keqiao.rules.model import Rule, rule_nodes
from keqiao.rules.references import in_order
from keqiao.rules.text import Writer
from keqiao.rules.vocabulary import Vocabulary

FORMAT = 1
Codes = tuple[str, ...]
#: Expression, factor, codes, numerator, denominator (None is 1), how many have this value.
Row = tuple[str, str, Sequence[str], int, int | None, int]


@cache
def key_of(peer: f.Peer) -> str:
    """What a comparison is stored under: its text with ids for names and numbers in base units."""
    return Writer(Vocabulary([])).write(_plain(peer))


def _plain(node: f.Node) -> f.Node:
    if isinstance(node, f.Quantity):  # equal numbers must not differ by how they were written
        return dataclasses.replace(node, text=f"{node.value} {node.dim.name}")
    return f.rebuild(node, _plain)


def peers_of(rules: Iterable[Rule], find: Callable[[str], Rule]) -> dict[str, f.Peer]:
    """Every comparison with peers in the rules and in the rules they ask, by key."""
    found: dict[str, f.Peer] = {}
    for rule in rules:
        for one in in_order(rule, find):
            for node in rule_nodes(one):
                found |= {key_of(part): part for part in f.walk(node) if isinstance(part, f.Peer)}
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """The known values of one partition: distinct, rising, with how many lie at or below each.

    A value is ``nums[i] / dens[i] * factor`` in base units; denominators are positive, None stands for 1.
    """

    factor: Fraction
    nums: Sequence[int]
    dens: Sequence[int] | None
    upto: Sequence[int]

    @property
    def known(self) -> int:
        """How many peers have a value."""
        return self.upto[-1]

    def percentile(self, num: int, den: int) -> tuple[int, int]:
        """(below + ½ equal) / known of the value ``num / den`` in base units, as numerator and denominator."""
        n, d = num * self.factor.denominator, den * self.factor.numerator
        nums, dens = self.nums, self.dens
        low, high = 0, len(nums)
        while low < high:  # the first value that is not below
            middle = (low + high) // 2
            if nums[middle] * d < n * (dens[middle] if dens is not None else 1):
                low = middle + 1
            else:
                high = middle
        below = self.upto[low - 1] if low else 0
        at = low < len(nums) and nums[low] * d == n * (dens[low] if dens is not None else 1)
        return below + (self.upto[low] if at else below), 2 * self.known

    def median(self) -> tuple[int, int]:
        """The middle value, or the mean of the middle two, in base units as numerator and denominator."""
        first, second = (self._at(place) for place in ((self.known - 1) // 2, self.known // 2))
        mean = (first + second) / 2 * self.factor
        return mean.numerator, mean.denominator

    def _at(self, place: int) -> Fraction:
        i = bisect_right(self.upto, place)
        return Fraction(self.nums[i], self.dens[i] if self.dens is not None else 1)


@dataclass(frozen=True, slots=True)
class PeerTable:
    """Frozen reference values: by the comparison's key and the codes of the partition."""

    groups: Mapping[str, Mapping[Codes, Group]] = field(default_factory=dict)

    def group(self, key: str, codes: Codes) -> Group | None:
        """The peers that share the codes; None where none of them has a value."""
        return self.groups.get(key, {}).get(codes)

    @classmethod
    def of_rows(cls, rows: Iterable[Row]) -> PeerTable:
        """A table of rows that stand together by expression and codes, values rising."""
        groups: dict[str, dict[Codes, Group]] = {}
        for (key, factor, codes), found in groupby(rows, lambda row: (row[0], row[1], tuple(row[2]))):
            _, _, _, nums, dens, counts = zip(*found, strict=True)
            whole = None if dens[0] is None else dens
            groups.setdefault(key, {})[codes] = Group(Fraction(factor), nums, whole, tuple(accumulate(counts)))
        return cls(groups)

    def write(self, path: Path) -> None:
        """Write the table as JSON of whole numbers and texts."""
        groups = [
            {
                "expression": key,
                "codes": list(codes),
                "factor": str(group.factor),
                "nums": list(group.nums),
                **({} if group.dens is None else {"dens": list(group.dens)}),
                "upto": list(group.upto),
            }
            for key, of in self.groups.items()
            for codes, group in of.items()
        ]
        path.write_text(json.dumps({"format": FORMAT, "groups": groups}, ensure_ascii=False) + "\n", "utf-8")

    @classmethod
    def read(cls, path: Path) -> PeerTable:
        """Read what `write` wrote. Raises `KeqiaoError` where the file is no such table."""
        groups: dict[str, dict[Codes, Group]] = {}
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["format"] != FORMAT:
                raise ValueError(f"format {data['format']}")
            for entry in data["groups"]:
                groups.setdefault(str(entry["expression"]), {})[tuple(entry["codes"])] = _group(entry)
        except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as problem:
            raise KeqiaoError(
                f"“{path}”不是同行数据表（{problem}），应由 PeerTable.write 写出",
                f"{str(path)!r} is not a table of peers ({problem}); write one with PeerTable.write",
            ) from None
        return cls(groups)


def _group(entry: Mapping[str, Any]) -> Group:
    nums, dens, upto = entry["nums"], entry.get("dens"), entry["upto"]
    columns = [nums, upto] if dens is None else [nums, upto, dens]
    if not nums or len({len(column) for column in columns}) != 1:
        raise ValueError("nums, dens, upto")
    if any(type(x) is not int for column in columns for x in column) or min(dens or [1]) < 1:
        raise ValueError("whole numbers only")
    group = Group(Fraction(entry["factor"]), nums, dens, upto)
    over = dens or [1] * len(nums)
    rising = all(nums[i] * over[i + 1] < nums[i + 1] * over[i] for i in range(len(nums) - 1))
    if group.factor <= 0 or not rising or sorted(set(upto)) != upto or upto[0] < 1:
        raise ValueError("values must rise")
    return group

"""Mappings from an enterprise's index that cost a few bytes an entry, for sheets of a million rows."""

from __future__ import annotations

from array import array
from collections.abc import ItemsView, Iterator, MutableMapping

from keqiao.facts.problems import Mark
from keqiao.facts.sheets import RawSheet


class _Pairs(ItemsView[int, int]):
    """The entries in the order of the enterprises, read off the array."""

    _mapping: Rows  # as `ItemsView` keeps it

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((i, row) for i, row in enumerate(self._mapping.array) if row >= 0)


class Rows(MutableMapping[int, int]):
    """Enterprise index to row index, both from 0; as large as there are enterprises."""

    __slots__ = ("_count", "_rows")

    def __init__(self, size: int) -> None:
        self._rows = array("i", b"\xff" * 4) * size  # -1: none
        self._count = 0

    def __getitem__(self, index: int) -> int:
        row = self._rows[index]
        if row < 0:
            raise KeyError(index)
        return row

    def __setitem__(self, index: int, row: int) -> None:
        self._count += self._rows[index] < 0
        self._rows[index] = row

    def __delitem__(self, index: int) -> None:
        self._count -= self._rows[index] >= 0
        self._rows[index] = -1

    def __contains__(self, index: object) -> bool:
        return isinstance(index, int) and self._rows[index] >= 0

    def __iter__(self) -> Iterator[int]:
        return (i for i, row in enumerate(self._rows) if row >= 0)

    def __len__(self) -> int:
        return self._count

    @property
    def array(self) -> array[int]:
        """The row of every enterprise, -1 where there is none."""
        return self._rows

    def items(self) -> ItemsView[int, int]:
        """All entries, without looking each up."""
        return _Pairs(self)


class Marks(MutableMapping[int, Mark]):
    """Enterprise index to a cell, kept as three numbers."""

    __slots__ = ("_columns", "_rows", "_sheet_of", "_sheets")

    def __init__(self, size: int) -> None:
        self._rows = Rows(size)
        self._columns = array("i", bytes(4)) * size
        self._sheet_of = array("i", bytes(4)) * size
        self._sheets: list[RawSheet] = []

    def __getitem__(self, index: int) -> Mark:
        return Mark(self._sheets[self._sheet_of[index]], self._rows[index], self._columns[index])

    def __setitem__(self, index: int, mark: Mark) -> None:
        if not self._sheets or self._sheets[-1] is not mark.sheet:
            self._sheets.append(mark.sheet)
        self._rows[index], self._columns[index] = mark.row, mark.column
        self._sheet_of[index] = len(self._sheets) - 1

    def __delitem__(self, index: int) -> None:
        del self._rows[index]

    def __contains__(self, index: object) -> bool:
        return index in self._rows

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

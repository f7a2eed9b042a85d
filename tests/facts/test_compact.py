"""The small mappings of an import behave as dicts do."""

from __future__ import annotations

from pathlib import Path

import pytest

from keqiao.facts.compact import Marks, Rows
from keqiao.facts.problems import Mark
from keqiao.facts.sheets import RawSheet


def test_rows_are_a_mapping() -> None:
    rows = Rows(4)
    rows[2], rows[0] = 7, 0
    rows[2] = 8
    assert dict(rows) == dict(rows.items()) == {0: 0, 2: 8}
    assert (len(rows), 1 in rows, rows.get(1), rows.get(2)) == (2, False, None, 8)
    del rows[2]
    assert list(rows) == [0]
    with pytest.raises(KeyError):
        rows[2]


def test_marks_are_a_mapping() -> None:
    first, second = (RawSheet(Path("a.csv"), name, []) for name in ("a", "b"))
    marks = Marks(3)
    marks[1], marks[0] = Mark(first, 5, 2), Mark(second, 6, 3)
    assert dict(marks) == {1: Mark(first, 5, 2), 0: Mark(second, 6, 3)}
    assert marks.setdefault(1, Mark(second, 9, 9)) == Mark(first, 5, 2)
    del marks[1]
    assert (len(marks), 1 in marks, list(marks)) == (1, False, [0])

"""Which parts of a condition decide it for one row of the snapshot."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from keqiao.rules import form as f


def deciding(node: f.Node, row: Mapping[str, Any]) -> Iterator[f.Node]:
    """The parts of a condition that decide it: of AND and OR all, of CASE the branch that is taken.

    A branch can only be told where its WHEN asks which facts are known; otherwise the whole stands.
    """
    if isinstance(node, f.AllOf | f.AnyOf):
        for part in node.parts:
            yield from deciding(part, row)
    elif isinstance(node, f.Case):
        for when, result in node.branches:
            known = _known(when, row)
            if known is None:
                yield node
                return
            if known:
                yield from deciding(result, row)
                return
        yield from deciding(node.default, row)
    elif isinstance(node, f.Compare) and isinstance(node.left, f.Case):
        taken = list(deciding(node.left, row))
        yield dataclasses.replace(node, left=taken[0]) if len(taken) == 1 else node
    else:
        yield node


def _known(node: f.Node, row: Mapping[str, Any]) -> bool | None:
    """Whether ``known(…)`` of facts holds; None for other conditions."""
    if isinstance(node, f.Known) and isinstance(node.x, f.Fact):
        return row.get(column_of(node.x)) is not None
    if isinstance(node, f.AllOf):
        found = [_known(part, row) for part in node.parts]
        return False if False in found else (None if None in found else True)
    return None


def column_of(node: f.Fact) -> str:
    """The column of the snapshot that holds a fact of this year or an earlier one."""
    return f"{node.id}__{node.shift}" if node.shift else node.id

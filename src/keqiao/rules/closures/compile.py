"""Compiling nodes of the typed form to closures: every kind of value and of condition."""

from keqiao.rules.closures import conditions as _conditions
from keqiao.rules.closures import expressions as _expressions
from keqiao.rules.closures import windows as _windows
from keqiao.rules.closures.conditions import compared
from keqiao.rules.closures.dispatch import CONDITIONS, VALUES, condition, value

VALUES |= _expressions.VALUES | _windows.VALUES
CONDITIONS |= _conditions.CONDITIONS | _windows.CONDITIONS

__all__ = ["compared", "condition", "value"]

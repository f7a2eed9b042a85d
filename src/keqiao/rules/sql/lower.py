"""Lowering nodes of the typed form: every kind of value and of condition."""

from keqiao.rules.sql import conditions as _conditions
from keqiao.rules.sql import expressions as _expressions
from keqiao.rules.sql import windows as _windows
from keqiao.rules.sql.lowering import CONDITIONS, VALUES, Facts, Lowering

VALUES |= _expressions.VALUES | _windows.VALUES
CONDITIONS |= _conditions.CONDITIONS | _windows.CONDITIONS

__all__ = ["Facts", "Lowering"]

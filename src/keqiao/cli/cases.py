"""Reading cases: JSON with exact decimals, one object, a list, or one object per line."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from keqiao.errors import FactError
from keqiao.packs.loader import RuleHandle
from keqiao.rules.trace import Trace


def parse(text: str) -> Any:
    """JSON with decimals; a key given twice and NaN are refused with `FactError`."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as problem:
        raise FactError(
            f"不是合法的 JSON：第{problem.lineno}行第{problem.colno}列 {problem.msg}",
            f"not valid JSON: line {problem.lineno} column {problem.colno} {problem.msg}",
        ) from None
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, ValueError):
            raise FactError("JSON 里有一个数太长", "the JSON holds a number that is too long") from None
        raise FactError("JSON 嵌套太深", "the JSON is nested too deeply") from None


def _constant(name: str) -> Any:
    raise FactError(f"{name} 不是数", f"{name} is not a number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FactError(f"“{twice}”写了两次，请只留一个", f"{twice!r} is given twice; keep one")
    return found


def explain_case(handle: RuleHandle, case: Any, as_of: dt.date, year: int | None = None) -> Trace:
    """Explain one case ``{"id", "as_of", "year", "facts"}``; its own day beats ``as_of``.

    Raises `FactError` where the case cannot be read. Other keys are left alone.
    """
    if not isinstance(case, dict) or not isinstance(case.get("facts"), dict):
        raise FactError(
            '一个案例应是 {"id": …, "as_of": …, "facts": {…}}', 'a case is {"id": …, "as_of": …, "facts": {…}}'
        )
    own_day, own_year = case.get("as_of"), case.get("year")
    holds = case.get("holds") if "holds" not in case["facts"] else None
    return handle.explain(
        case["facts"],
        as_of=as_of if own_day is None else str(own_day),
        year=year if own_year is None else own_year,
        holds=holds,
        id=_text(case.get("id")),
    )


def _text(id: Any) -> Any:
    return id if id is None or isinstance(id, str | int) else str(id)

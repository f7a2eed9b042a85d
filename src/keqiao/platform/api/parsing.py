"""Bodies read exactly: numbers as decimals, and a name given twice refused; answers written as readable UTF-8."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer


class Exact(Parser):
    """Reads JSON without floats."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Raises `HttpError` 400."""
        try:
            return json.loads(request.body, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once)
        except (ValueError, RecursionError) as problem:
            raise HttpError(400, str(problem)) from None


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is given twice")
    return found


class Readable(JSONRenderer):
    """Writes JSON with its Chinese as it is."""

    json_dumps_params = {"ensure_ascii": False}

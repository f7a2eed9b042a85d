"""What several answers share."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Path, Query, Schema
from pydantic import AfterValidator

Scheme = Literal["uscc", "stock", "other"]


def _plain(text: str) -> str:
    if any(ord(char) < 32 for char in text):
        raise ValueError("control characters are not allowed")
    return text


Code = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z.\-]+$", description="18-character code for uscc")]
RuleId = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9_.\-]+$", description="such as cn.tech_sme")]
RunId = Annotated[int, Path(ge=1, le=2**53)]
Text = Annotated[str, AfterValidator(_plain)]
Search = Annotated[str, Query(max_length=80), AfterValidator(_plain)]

#: ``yes``, ``no``, ``unknown`` (facts are missing), ``refer`` (human judgement)
Outcome = Literal["yes", "no", "unknown", "refer"]


class Fault(Schema):
    """One thing that is wrong: where, and what would be right."""

    loc: list[str]
    message: str
    type: str


class Problem(Schema):
    """Every error (RFC 9457)."""

    type: str = Field(description="urn:keqiao:problem:…, stable")
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[Fault]


class Trace(Schema):
    """Why a rule decides as it does; the same object as `keqiao explain --format json` (docs/reference/trace.md)."""

    format: int
    id: str | int | None
    rule: str
    title: str
    version: str
    status: str
    as_of: str
    year: int
    outcome: Outcome
    missing: list[str]
    because: list[dict[str, Any]]

    model_config = {"extra": "allow"}

"""What every mapping and every pack file has in common: no unknown keys, titles, sources, the head."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool


class Strict(BaseModel):
    """A mapping without unknown keys."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


def _as_text(value: object) -> object:
    """Numbers where text is wanted (a bound written 500) become text; the rule reader judges them."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text)]
Rule = Annotated[str, BeforeValidator(_as_text)]
Number = int | Decimal
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]+$")]


class Titles(Strict):
    """A title in Chinese, and English where written."""

    zh: str
    en: str | None = None


Title = Annotated[Titles, BeforeValidator(lambda v: {"zh": v} if isinstance(v, str) else v)]


class Source(Strict):
    """The founding document; what is not known is null."""

    document: str | None = None
    number: str | None = None
    issuer: str | None = None
    date: dt.date | None = None


class Effective(Strict):
    """From and to, both included."""

    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None


class Head(Strict):
    """What every pack file begins with."""

    kind: str
    id: Id
    title: Title
    source: Source = Source()
    effective: Effective = Effective()  # type: ignore[call-arg]
    recorded: dt.date | None = None
    recorded_by: str | None = None
    status: Literal["official", "stated", "local", "illustrative"] = "official"
    verify: StrictBool = False
    retroactive: StrictBool = False
    subject: str = "enterprise"
    notes: str | None = None
    confirmed: list[dict[str, Any]] = []

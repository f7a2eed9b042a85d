"""Enterprises and their facts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StrictBool, StrictInt, StrictStr

from keqiao.platform.api.schemas.common import Text


class EnterpriseOut(Schema):
    """An enterprise by its key."""

    scheme: str
    code: str
    name: str
    industry: str = Field(description="code of the size classification, empty where unknown")
    stage: str
    size: str
    places: list[str] = Field(description="codes of the places where it lies today")
    synthetic: bool = Field(description="made up for demonstration")


class FactOut(Schema):
    """One value as one source gives it. `value` can be sent back as it is."""

    indicator: str
    label: str
    type: str
    year: int | None = Field(description="null where the fact belongs to every year")
    value: str = Field(description="exact, with its unit: 8000万元, 5.75%, 96人, 2009-11-21, 是", examples=["8000万元"])
    source: str
    recorded_at: dt.datetime
    batch: int
    prevails: bool = Field(description="whether rules read this value; false only with rivals=true")


class TitleOut(Schema):
    """A title that the enterprise holds or held."""

    title: str
    since: dt.date | None
    until: dt.date | None
    source: str


class FactsOut(Schema):
    """The current facts of an enterprise; the header ETag names this state."""

    scheme: str
    code: str
    facts: list[FactOut]
    titles: list[TitleOut]
    titles_known: bool = Field(description="false: which titles it holds is unknown")


class FactIn(Schema):
    """One value to write. A number without unit is in the indicator's unit (see catalogue/vocabulary)."""

    indicator: Annotated[Text, Field(min_length=1, max_length=80)] = Field(description="id or Chinese label")
    year: StrictInt | None = Field(None, description="left out where the fact belongs to every year")
    value: StrictStr | StrictBool | None = Field(description="a text with or without unit, true or false; null: the source no longer gives it")

    model_config = {"extra": "forbid"}


class FactsIn(Schema):
    """Values of one source, written all or not at all."""

    source: Annotated[Text, Field(min_length=1, max_length=40)] = Field("接口报送", description="who says so, as in the sheet 来源")
    values: Annotated[list[FactIn], Field(min_length=1, max_length=5000)]

    model_config = {"extra": "forbid"}


class FactsDone(Schema):
    """What was written."""

    batch: int
    new: int
    changed: int
    gone: int
    same: int
    status: Literal["recorded"] = "recorded"

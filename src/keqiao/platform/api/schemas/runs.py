"""Snapshots, runs and standings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema
from pydantic import StrictInt

from keqiao.platform.api.schemas.common import Outcome


class SnapshotOut(Schema):
    """The facts that a run has frozen."""

    sha256: str
    run: int
    as_of: dt.date
    year: int
    enterprises: int
    frozen_at: dt.datetime | None


class RunIn(Schema):
    """A run to start."""

    as_of: dt.date | None = Field(None, description="the day that counts; today where left out")
    year: StrictInt | None = Field(None, description="the year before the day where left out")

    model_config = {"extra": "forbid"}


class Progress(Schema):
    """How far the job of a run has come."""

    state: str
    step: str
    done: int
    total: int


class RuleOut(Schema):
    """How the enterprises of a run stand under one rule."""

    rule: str
    title: str
    version: str
    status: str
    unconfirmed: int
    outcomes: dict[str, int]


class RunOut(Schema):
    """A run of the token's office."""

    id: int
    number: int
    state: str = Field(description="waiting, running, done, failed or cancelled")
    as_of: dt.date
    year: int
    enterprises: int
    snapshot_sha256: str
    content_sha256: str
    created_at: dt.datetime
    ended_at: dt.datetime | None
    published_at: dt.datetime | None
    job: Progress | None
    rules: list[RuleOut] = Field(description="empty until the run is done")


class StandingOut(Schema):
    """Where an enterprise stands in a run. Points are texts of exact decimals; low and high differ while facts are missing."""

    scheme: str
    code: str
    name: str
    low: str | None
    high: str | None
    rank: int | None
    outcomes: dict[str, Outcome]
    complete: str = Field(description="share of the facts known, such as 87.5%")


class ExplainIn(Schema):
    """A case of your own against a rule. Nothing is stored."""

    rule: str = Field(max_length=80, examples=["cn.tech_sme"])
    id: str | StrictInt | None = Field(None, description="given back in the answer")
    as_of: dt.date | None = None
    year: StrictInt | None = None
    facts: dict[str, Any] = Field(
        description="id or label to value: 8000万元, true, or {\"2024\": …, \"2025\": …}", max_length=1000,
        examples=[{"职工人数": "96人", "营业收入": "8000万元"}],
    )  # fmt: skip
    holds: list[Any] | None = Field(None, max_length=500, description="titles, complete where given")

    model_config = {"extra": "forbid"}

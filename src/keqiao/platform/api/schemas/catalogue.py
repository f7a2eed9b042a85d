"""Rules and the vocabulary."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema


class RuleBrief(Schema):
    """A rule on a day."""

    id: str
    title: str
    title_en: str | None
    kind: str = Field(description="standard, scorecard or classes")
    document: str | None
    number: str | None
    issuer: str | None
    version: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    in_force: bool
    status: str = Field(description="official, stated, local or illustrative; illustrative also where it asks such a rule")
    standing: str = Field(description="official (nothing to verify), written, stated, local or illustrative")
    verify: list[str] = Field(description="ids of what is to be verified")


class ClauseOut(Schema):
    """A clause or a group, read aloud."""

    id: str
    kind: str = Field(description="clause, all, any or not")
    title: str
    sentence: str
    text: str
    cite: str
    verify: bool
    parts: list[ClauseOut]


class BandOut(Schema):
    """When, and how many points."""

    when: str
    points: str


class WayOut(Schema):
    """One way to give points; of several the best counts."""

    measured: str
    bands: list[BandOut]
    note: str


class ItemOut(Schema):
    """A score item."""

    id: str
    group: str
    title: str
    cite: str
    verify: bool
    ways: list[WayOut]
    weights: dict[str, str]


class VersionOut(Schema):
    """A version of a rule."""

    version: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    standing: str
    changes: int | None = Field(description="from the version before; null for the first")


class RuleOut(RuleBrief):
    """A rule in full."""

    recorded: dt.date
    conditions: ClauseOut | None
    items: list[ItemOut]
    versions: list[VersionOut]
    notes: str
    yaml: str = Field(description="the file as written")


class IndicatorOut(Schema):
    """A word of the vocabulary."""

    id: str
    label: str
    label_en: str
    aliases: list[str]
    type: str
    unit: str = Field(description="of numbers without unit")
    period: str = Field(description="static, annual, stock or event")
    definition: str
    values: list[str] = Field(description="of a code; empty: any")
    judgement: bool


ClauseOut.model_rebuild()

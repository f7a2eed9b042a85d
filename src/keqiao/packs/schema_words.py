"""The schema of vocabularies and places: indicators, checks, records, what is counted, sources, places."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, StrictBool, field_validator, model_validator

from keqiao.packs.schema_base import Head, Id, Rule, Strict, Text, Title
from keqiao.rules.vocabulary import PERIODS, TYPES


def _known_type(value: str) -> str:
    if value not in TYPES:
        raise ValueError(f"type 应是 {'、'.join(TYPES)} 之一 (one of {', '.join(TYPES)})")
    return value


class CountedNode(Strict):
    """How an indicator is counted from records."""

    from_: Id = Field(alias="from")
    what: str = "count"
    where: Rule | None = None
    by: str | None = None
    years: int = Field(1, ge=1, le=10)
    prevails: Literal["supplied", "counted"] = "supplied"


class IndicatorNode(Strict):
    """One word of the vocabulary."""

    id: Id
    label: str
    aliases: list[str] = []
    type: str
    unit: Text = ""
    period: str
    definition: str = ""
    values: list[str] = []
    judgement: StrictBool = False
    subject: str = "enterprise"
    en: str = ""
    used_by: list[str] = []
    counted: CountedNode | None = None

    _type = field_validator("type")(_known_type)

    @field_validator("period")
    @classmethod
    def _known_period(cls, value: str) -> str:
        if value not in PERIODS:
            raise ValueError(f"period 应是 {'、'.join(PERIODS)} 之一 (one of {', '.join(PERIODS)})")
        return value


class CheckNode(Strict):
    """A cross-field check of facts, or between the fields of a record."""

    id: Id
    title: Title
    when: Rule
    severity: Literal["error", "warning"] = "error"


class FieldNode(Strict):
    """One column of a sheet of records."""

    id: Id
    label: str
    aliases: list[str] = []
    type: str
    unit: Text = ""
    values: list[str] = []
    reads: dict[str, str] = {}
    required: StrictBool = False
    future: StrictBool = False
    definition: str = ""
    en: str = ""

    _type = field_validator("type")(_known_type)

    @model_validator(mode="after")
    def _reads_known_values(self) -> FieldNode:
        unknown = [value for value in self.reads.values() if value not in self.values]
        if unknown:
            raise ValueError(f"reads 的“{unknown[0]}”不在 values 里 (reads names a value that values does not list)")
        return self


class RecordNode(Strict):
    """A kind of record: a sheet of its own, a row a record."""

    id: Id
    title: Title
    sheets: list[str] = []
    key: list[Id] = []
    fields: list[FieldNode]
    checks: list[CheckNode] = []
    definition: str = ""

    @model_validator(mode="after")
    def _key_of_fields(self) -> RecordNode:
        ids = [node.id for node in self.fields]
        if len(set(ids)) != len(ids) or {"scheme", "id"} & set(ids):
            raise ValueError("字段的编号要各不相同，且不是 scheme、id (ids of fields differ, and are not scheme or id)")
        for name in self.key:
            if name not in ids:
                raise ValueError(f"key 里的“{name}”不是字段 ({name!r} in key is no field)")
        return self


class SourceNode(Strict):
    """A source of facts; the list goes from the one that prevails to the last."""

    id: Id
    label: str
    aliases: list[str] = []
    confidence: Literal["high", "medium", "low"] = "medium"
    indicators: list[str] = []
    en: str = ""


class VocabularyPack(Head):
    """Indicators, checks, records and sources; several files add up."""

    kind: Literal["vocabulary"]
    indicators: list[IndicatorNode] = []
    checks: list[CheckNode] = []
    records: list[RecordNode] = []
    sources: list[SourceNode] = []


class PlaceNode(Strict):
    """A place: a district of one's own, a park (园区) or a block (片区); ``short`` is its name in tables."""

    id: Text
    name: str
    short: str | None = None
    level: Literal["province", "city", "county", "park", "block"]
    parent: Text | None = None
    aliases: list[str] = []
    from_: dt.date | None = Field(None, alias="from")
    to: dt.date | None = None


class PlacesPack(Head):
    """Places beside the official divisions."""

    kind: Literal["places"]
    nodes: list[PlaceNode]

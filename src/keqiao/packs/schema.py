"""The schema of pack files, in pydantic: unknown keys are refused, with the likely cause."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, field_validator, model_validator
from pydantic_core import PydanticCustomError

from keqiao.rules.vocabulary import PERIODS, TYPES


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


class Node(Strict):
    """A clause, a group, or a list of conduct flags."""

    id: Id | None = None
    title: Title | None = None
    title_en: str | None = None
    cite: Text | None = None
    verify: StrictBool = False
    note: str | None = None
    when: Rule | None = None
    all: list[Node] | None = None
    any: list[Node] | None = None
    not_: Node | None = Field(None, alias="not")
    none_of: list[str] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Node:
        kinds = [k for k in ("when", "all", "any", "not_", "none_of") if getattr(self, k) is not None]
        if len(kinds) != 1:
            raise ValueError("写且只写 when、all、any、not、none_of 之一 (exactly one of when, all, any, not, none_of)")
        if kinds == ["when"] and (self.id is None or self.title is None):
            raise ValueError("条款要有 id 和 title (a clause needs id and title)")
        for name in ("all", "any", "none_of"):
            if getattr(self, name) == []:
                raise ValueError(f"{name} 是空的 ({name} is empty)")
        return self


PointsValue = Number | list[Number]


class StepNode(Strict):
    """One step of a ladder or a sum."""

    when: Rule | None = None
    points: PointsValue | None = None
    title: str | None = None
    else_: PointsValue | None = Field(None, alias="else")

    @model_validator(mode="after")
    def _complete(self) -> StepNode:
        step = self.when is not None and self.points is not None and self.else_ is None
        rest = self.else_ is not None and self.when is None and self.points is None
        if not (step or rest):
            raise ValueError("一级写 when 和 points，最后一级写 else (a step has when and points; the last has else)")
        return self


class LinearNode(Strict):
    """Points in proportion to a reference value."""

    full: Rule
    points: Number


class FormNode(Strict):
    """One way to give points."""

    value: Rule | None = None
    bands: dict[str, PointsValue] | None = None
    map: dict[str, PointsValue] | None = None
    linear: LinearNode | None = None
    ladder: list[StepNode] | None = None
    best: list[FormNode] | None = None
    sum: list[StepNode] | None = None
    cap: Number | None = None
    mark: Rule | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _one_form(self) -> FormNode:
        forms = [k for k in ("bands", "map", "linear", "ladder", "best", "sum", "mark") if getattr(self, k) is not None]
        if len(forms) != 1:
            raise ValueError(
                "写且只写 bands、map、linear、ladder、best、sum、mark 之一"
                " (exactly one of bands, map, linear, ladder, best, sum, mark)"
            )
        form = forms[0]
        if (self.value is not None) != (form in ("bands", "map", "linear")):
            raise ValueError("bands、map、linear 要有 value，其余不要 (value goes with bands, map and linear only)")
        if self.cap is not None and form != "sum":
            raise ValueError("cap 只用于 sum (cap goes with sum only)")
        if (self.max is not None) != (form == "mark"):
            raise ValueError("mark 要有 max，其余不要 (max goes with mark only)")
        return self


class ItemNode(FormNode):
    """A score item."""

    id: Id
    title: Title
    title_en: str | None = None
    cite: Text | None = None
    verify: StrictBool = False
    note: str | None = None
    group: Id | None = None
    weight: dict[str, Any] | None = None


class WeightsNode(Strict):
    """Which codes choose the weights, and what they sum to."""

    by: list[str]
    total: Text | None = None


class GroupNode(Strict):
    """A group of score items."""

    id: Id
    title: Title
    title_en: str | None = None


class ClassCell(Strict):
    """The conditions of one class in one row."""

    when: Rule
    verify: StrictBool = False
    note: str | None = None


Cell = Annotated[ClassCell, BeforeValidator(lambda v: {"when": v} if isinstance(v, str) else v)]


class ClassesNode(Strict):
    """A classification table."""

    by: str
    order: list[Id]
    labels: dict[str, Title] = {}
    cite: Text | None = None
    table: dict[str, dict[str, Cell]]


class Example(Strict):
    """A case with what is expected of it."""

    title: str
    like: str | None = None
    as_of: dt.date | None = None
    year: int | None = None
    facts: dict[str, Any] = {}
    holds: list[Any] | None = None
    expect: dict[str, Any] = {}


class RulePack(Head):
    """A standard or a scorecard."""

    kind: Literal["standard", "scorecard"]
    define: dict[str, Rule] = {}
    require: Node | None = None
    scores: list[ItemNode] = []
    groups: list[GroupNode] = []
    caps: dict[str, Number] = {}
    weights: WeightsNode | None = None
    classes: ClassesNode | None = None
    examples: list[Example] = []

    @model_validator(mode="after")
    def _complete(self) -> RulePack:
        if self.require is None and self.classes is None and not self.scores:
            raise ValueError("规则没有 require、classes 或 scores (a rule needs require, classes or scores)")
        if self.require is not None and self.classes is not None:
            raise ValueError("require 与 classes 只写一个 (write require or classes, not both)")
        if self.recorded is None:
            raise PydanticCustomError("recorded", "缺 recorded：何时记入 (recorded is missing: the day it was written down)")
        return self


class ListPack(Head):
    """A dated, cited list."""

    kind: Literal["list"]
    members: list[Text]
    open: StrictBool = False


class ExamplesPack(Strict):
    """Further examples of a rule, in a file of their own."""

    kind: Literal["examples"]
    id: Id
    effective: Effective = Effective()  # type: ignore[call-arg]
    examples: list[Example]


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

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in TYPES:
            raise ValueError(f"type 应是 {'、'.join(TYPES)} 之一 (one of {', '.join(TYPES)})")
        return value

    @field_validator("period")
    @classmethod
    def _known_period(cls, value: str) -> str:
        if value not in PERIODS:
            raise ValueError(f"period 应是 {'、'.join(PERIODS)} 之一 (one of {', '.join(PERIODS)})")
        return value


class CheckNode(Strict):
    """A cross-field check of facts."""

    id: Id
    title: Title
    when: Rule
    severity: Literal["error", "warning"] = "error"


class VocabularyPack(Head):
    """Indicators and checks; several files add up."""

    kind: Literal["vocabulary"]
    indicators: list[IndicatorNode] = []
    checks: list[CheckNode] = []


PACKS: dict[str, type[BaseModel]] = {
    "standard": RulePack,
    "scorecard": RulePack,
    "list": ListPack,
    "vocabulary": VocabularyPack,
    "examples": ExamplesPack,
}

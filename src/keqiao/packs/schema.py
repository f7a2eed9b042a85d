"""The schema of pack files, in pydantic: unknown keys are refused, with the likely cause."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from keqiao.packs.schema_base import Effective as Effective
from keqiao.packs.schema_base import Head as Head
from keqiao.packs.schema_base import Id as Id
from keqiao.packs.schema_base import Number as Number
from keqiao.packs.schema_base import Rule as Rule
from keqiao.packs.schema_base import Source as Source
from keqiao.packs.schema_base import Strict as Strict
from keqiao.packs.schema_base import Text as Text
from keqiao.packs.schema_base import Title as Title
from keqiao.packs.schema_base import Titles as Titles
from keqiao.packs.schema_words import CheckNode as CheckNode
from keqiao.packs.schema_words import IndicatorNode as IndicatorNode
from keqiao.packs.schema_words import PlaceNode as PlaceNode
from keqiao.packs.schema_words import PlacesPack as PlacesPack
from keqiao.packs.schema_words import SourceNode as SourceNode
from keqiao.packs.schema_words import VocabularyPack as VocabularyPack


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


_OF_VALUE = ("bands", "map", "linear", "percentile")
_FORMS = (*_OF_VALUE, "ladder", "best", "sum", "mark")


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


class PercentileNode(Strict):
    """Points in proportion to the share of peers that lie below; ``over`` are codes, none means all enterprises."""

    points: Number
    over: list[Rule] = []


class FormNode(Strict):
    """One way to give points."""

    value: Rule | None = None
    bands: dict[str, PointsValue] | None = None
    map: dict[str, PointsValue] | None = None
    linear: LinearNode | None = None
    percentile: PercentileNode | None = None
    ladder: list[StepNode] | None = None
    best: list[FormNode] | None = None
    sum: list[StepNode] | None = None
    cap: Number | None = None
    mark: Rule | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _one_form(self) -> FormNode:
        forms = [k for k in _FORMS if getattr(self, k) is not None]
        if len(forms) != 1:
            raise ValueError(f"写且只写 {'、'.join(_FORMS)} 之一 (exactly one of {', '.join(_FORMS)})")
        form = forms[0]
        if (self.value is not None) != (form in _OF_VALUE):
            raise ValueError(
                "bands、map、linear、percentile 要有 value，其余不要 (value goes with bands, map, linear and percentile only)"
            )
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
    order: int = 1000
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

    @property
    def has_open_weights(self) -> bool:
        """Whether an item's weight is not published, so that no enterprise has a score yet."""
        return any(opens(item.weight) for item in self.scores)


#: What stands for a weight that the document does not give.
OPEN = "open"


def opens(weight: object, *, every: bool = False) -> bool:
    """Whether a weight is open anywhere, or everywhere."""
    if isinstance(weight, dict):
        return (all if every else any)(opens(inner, every=every) for inner in weight.values())
    return weight == OPEN


class ListPack(Head):
    """A dated, cited list."""

    kind: Literal["list"]
    cite: Text | None = None
    members: list[Text]
    open: StrictBool = False


class RungNode(Strict):
    """One step of a ladder of titles."""

    title: str
    rule: str | None = None


class LadderPack(Head):
    """A chain of titles, lowest first."""

    kind: Literal["ladder"]
    steps: Annotated[list[RungNode], Field(min_length=2)]


class ExamplesPack(Strict):
    """Further examples of a rule, in a file of their own."""

    kind: Literal["examples"]
    id: Id
    effective: Effective = Effective()  # type: ignore[call-arg]
    examples: list[Example]


PACKS: dict[str, type[BaseModel]] = {
    "standard": RulePack,
    "scorecard": RulePack,
    "list": ListPack,
    "ladder": LadderPack,
    "vocabulary": VocabularyPack,
    "places": PlacesPack,
    "examples": ExamplesPack,
}

"""A scorecard as the sheet shows it: its items, its rows of weights, and the figures in their forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keqiao.errors import PackError
from keqiao.packs import schema as s
from keqiao.packs.build import Builder
from keqiao.packs.loader import Packs
from keqiao.packs.yaml import Document
from keqiao.rules import model as m

#: The sheets, and the format's name in the hidden column.
GUIDE, WEIGHTS, FORMS = "填写说明", "权重", "分档"
FORMAT = "keqiao-weights/1"
HEADER_ROW = 3
#: Columns before the weights: hidden id, 编号, 分组, 指标, 单位/口径, 满分参考值.
TITLE_COLUMN, FULL_COLUMN, FIRST_WEIGHT = 3, 5, 6
#: Columns of 分档: hidden id, 编号, 指标, 方式, 界限或条件, 得分, 得分上限.
FORM_TITLE, BOUND_COLUMN, LOW_COLUMN, HIGH_COLUMN = 2, 4, 5, 6
#: Texts of the hidden column that are no item: the header and whatever stands below the items.
ID_HEAD, BELOW = "id", "#"
#: What stands where nothing is to be filled in.
ELSEWHERE, UNWEIGHTED, REST = "见“分档”", "不加权", "其余"
#: Kinds of bands.
LOWER, UPPER = "分档（下限，含）", "分档（上限，含）"


@dataclass(frozen=True, slots=True)
class Card:
    """One version of a scorecard: as written (``data``), as checked, and as built."""

    pack: s.RulePack
    document: Document
    rule: m.Rule

    @property
    def data(self) -> dict[str, Any]:
        """The file's plain values; not to be changed."""
        return self.document.data  # type: ignore[no-any-return]

    @property
    def illustrative(self) -> bool:
        """Whether the figures are ours, for demonstration."""
        return self.rule.status == "illustrative"

    @property
    def weighting(self) -> m.Weighting:
        """The rows of weights."""
        assert self.rule.weighting is not None
        return self.rule.weighting

    def form_data(self, index: int) -> dict[str, Any]:
        """The written form of an item."""
        return self.data["scores"][index]  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the sheet 分档.

    ``key`` is unique in the scorecard; ``bound`` is the text before the points, None where there is
    none; ``fixed`` says that it cannot be changed. ``low`` and ``high`` are points, ``high`` None
    unless an expert chooses within a range, and ``ranged`` says whether a range may be given.
    """

    key: str
    kind: str
    bound: str | None
    fixed: bool
    low: int | Decimal
    high: int | Decimal | None = None
    ranged: bool = True


ZERO = Fraction(0)

#: What was read for a figure: the bound, and the points as a number or a [low, high].
Bounded = tuple[str, Any]


def card_of(packs: Packs, scorecard_id: str, version: str | None = None) -> Card:
    """A scorecard's version (``Rule.version``), by default the newest.

    Raises `PackError` where the id is unknown or is not a scorecard with a table of weights.
    """
    packs.find(scorecard_id)
    found = None
    for pack, document in packs.sources(scorecard_id):
        rule = packs.built(scorecard_id, pack.effective.from_)
        if version is None or rule.version == version:
            blank = Builder(pack, document, packs.vocabulary, packs.faces, packs.lists, blank=True).build()
            found = Card(pack, document, blank if pack.weights is not None else rule)
    if found is None:
        raise PackError(
            f"{scorecard_id} 没有 {version} 的版本，请重新生成模板",
            f"{scorecard_id} has no version of {version}; write a new template",
        )
    if found.pack.kind != "scorecard" or found.rule.weighting is None:
        cards = "、".join(id for id in packs if packs.sources(id)[-1][0].weights is not None)
        raise PackError(
            f"{scorecard_id} 没有权重表；有权重表的：{cards}",
            f"{scorecard_id} has no table of weights; these have one: {cards}",
        )
    return found


def figures(item: Mapping[str, Any]) -> list[Figure]:
    """The figures of an item that stand in 分档; none for a plain linear item."""
    return [] if "linear" in item else _figures(item, str(item["id"]))


def _figures(form: Mapping[str, Any], key: str) -> list[Figure]:
    if "bands" in form:
        upper = "above" in form["bands"]
        kind = UPPER if upper else LOWER
        rest = "above" if upper else "below"
        return [
            _figure(f"{key}/bands/{i}", kind, REST if bound == rest else str(bound), bound == rest, points)
            for i, (bound, points) in enumerate(form["bands"].items())
        ]
    if "map" in form:
        return [
            _figure(f"{key}/map/{code}", "按代码", REST if code == "else" else code, True, points)
            for code, points in form["map"].items()
        ]
    if "percentile" in form:
        among = "、".join(form["percentile"].get("over") or ["全部企业"])
        return [Figure(f"{key}/percentile", "按同行分位（满分）", among, True, form["percentile"]["points"], None, False)]
    if "linear" in form:
        full, points = str(form["linear"]["full"]), form["linear"]["points"]
        return [Figure(f"{key}/linear", "按比例（满分参考值）", full, False, points, None, False)]
    if "best" in form:
        return [f for i, part in enumerate(form["best"]) for f in _figures(part, f"{key}/best/{i}")]
    if "mark" in form:
        return [Figure(f"{key}/mark", "直接给分（上限）", str(form["mark"]), True, form["max"], None, False)]
    return _steps(form, key)


def _steps(form: Mapping[str, Any], key: str) -> list[Figure]:
    name = "ladder" if "ladder" in form else "sum"
    kind = "阶梯（先符合者）" if name == "ladder" else "累加"
    found = [
        _figure(f"{key}/{name}/{i}", kind, REST, True, step["else"])
        if "else" in step
        else _figure(f"{key}/{name}/{i}", kind, str(step["when"]), False, step["points"])
        for i, step in enumerate(form[name])
    ]
    if form.get("cap") is not None:
        found.append(Figure(f"{key}/cap", "累加上限", None, True, form["cap"], None, False))
    return found


def _figure(key: str, kind: str, bound: str, fixed: bool, points: Any) -> Figure:
    low, high = points if isinstance(points, list) else (points, None)
    return Figure(key, kind, bound, fixed, low, high)


def refill(item: Mapping[str, Any], read: Callable[[str], Bounded]) -> dict[str, Any]:
    """An item's form with what ``read`` gives for each figure's key; the inverse of `figures`."""
    return _refill(item, str(item["id"]), read)


def _refill(form: Mapping[str, Any], key: str, read: Callable[[str], Bounded]) -> dict[str, Any]:
    filled = dict(form)
    if "bands" in form:
        lines = [(bound, read(f"{key}/bands/{i}")) for i, bound in enumerate(form["bands"])]
        filled["bands"] = {b if b in ("below", "above") else bound: points for b, (bound, points) in lines}
    elif "map" in form:
        filled["map"] = {code: read(f"{key}/map/{code}")[1] for code in form["map"]}
    elif "linear" in form:
        full, points = read(f"{key}/linear")
        filled["linear"] = {"full": full, "points": points}
    elif "percentile" in form:
        filled["percentile"] = form["percentile"] | {"points": read(f"{key}/percentile")[1]}
    elif "best" in form:
        filled["best"] = [_refill(part, f"{key}/best/{i}", read) for i, part in enumerate(form["best"])]
    elif "mark" in form:
        filled["max"] = read(f"{key}/mark")[1]
    else:
        name = "ladder" if "ladder" in form else "sum"
        filled[name] = [_step(step, read(f"{key}/{name}/{i}")) for i, step in enumerate(form[name])]
        if form.get("cap") is not None:
            filled["cap"] = read(f"{key}/cap")[1]
    return filled


def _step(step: Mapping[str, Any], filled: Bounded) -> dict[str, Any]:
    if "else" in step:
        return {**step, "else": filled[1]}
    return {**step, "when": filled[0], "points": filled[1]}


def row_name(row: tuple[str, ...]) -> str:
    """A row of weights for a reader: 初创期, or 初创期·工业."""
    return "·".join(row)


def decimal_of(value: Fraction) -> Decimal:
    """A finite decimal exactly (weights are written as such)."""
    digits, denominator = 0, value.denominator
    while denominator != 1 and (10**digits) % denominator:
        digits += 1
        if digits > 60:
            raise ValueError(value)
    return Decimal(value.numerator * (10**digits // denominator)).scaleb(-digits)


def percent(value: Decimal) -> str:
    """A ratio as written in a pack: ``Decimal("0.085")`` to ``8.5%``."""
    text = format(value * 100, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"

"""Who may be on a list: a filter in the rule language, and caps per place, park, industry, stage or another code."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from keqiao.assess.locating import Naming, members, naming_of
from keqiao.assess.tables import INDUSTRY, PLACE, STAGE, name_of
from keqiao.assess.words import say_in
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError, RuleError
from keqiao.rules.model import Clause, Origin, Rule, Title
from keqiao.rules.reader import read_condition
from keqiao.rules.scope import Scope

PARK = "park"
_SHORT = {"place": PLACE, "industry": INDUSTRY, "stage": STAGE}


def filter_of(run: Run, text: str) -> Rule:
    """A filter as a rule of one clause, read with the words, lists and rules of the run.

    The bare id of a rule stands for its outcome. Raises `RuleError` with line and column.
    """
    packs = run.packs
    scope = Scope(packs.vocabulary, rules=packs.faces, lists=packs.lists)
    text = f"outcome('{text.strip()}')" if text.strip() in packs.faces else text
    try:
        when = read_condition(text, scope)
    except RuleError as problem:
        if re.search(r"outcome\([^)]*\)\s*(?:=|<>)", text):
            problem.zh += "；outcome('…') 本身就是条件，不写 = 'yes'，取反用 NOT outcome('…')"
            problem.en += "; outcome('…') is a condition itself: leave = 'yes' away, and write NOT outcome('…') for the opposite"
        raise problem.at("--where") from None
    title = Title("筛选条件", "filter")
    return Rule("where", "standard", title, Origin(), dt.date.min, "local", require=Clause("where", title, when, text))


@dataclass(slots=True)
class Cap:
    """At most ``most`` on the list per value of a code; ``column`` is its column of the facts, or ``park``.

    ``sql`` gives the list of an enterprise's values over the alias ``f``: one, or all the parks that it is in,
    each of which it counts in. ``named`` turns a value into what is shown.
    """

    column: str
    label: str
    most: int
    sql: str
    named: Naming
    taken: Counter[str | None] = field(default_factory=Counter)

    def refusal(self, values: Sequence[str | None], language: str) -> str:
        """Why an enterprise with these values is not taken; empty where it may be."""
        full = [value for value in values if self.taken[value] >= self.most]
        if not full:
            return ""
        shown = self.named(full[0]) or say_in(language, "未知", "unknown")
        return say_in(
            language, f"{self.label} {shown} 已满 {self.most} 家", f"{self.label} {shown} already has {self.most}"
        )

    def take(self, values: Sequence[str | None]) -> None:
        """Count an enterprise that is taken."""
        self.taken.update(values)

    def note(self) -> tuple[str, str]:
        """How the cap is read, in both languages."""
        zh = f"限额：每个{self.label}至多 {self.most} 家，按名次先后取；"
        en = f"Cap: at most {self.most} per {self.label}, in the order of ranks; "
        if self.column == PARK:
            return (
                zh + "在几个园区的每个都计，其中一个已满即不取；评价日不在任何园区的不受此限。",
                en + "who is in several counts in each and is not taken where one is full; who is in none is not capped.",
            )
        return zh + f"{self.label}未知的合为一组。", en + f"those without {self.label} are one group."


def caps_of(run: Run, caps: Sequence[tuple[str, int]], language: str) -> list[Cap]:
    """Caps by ``place``, ``park``, ``industry``, ``stage`` or a code's id or label. Raises `KeqiaoError`."""
    found, named = [], naming_of(run)
    for name, most in caps:
        if most < 1:
            raise KeqiaoError(f"“{name}”的限额应至少为 1", f"the cap of {name!r} is at least 1")
        if name in (PARK, "园区"):
            found.append(Cap(PARK, say_in(language, "园区", "park"), most, _parks(run), named))
            continue
        indicator = run.packs.vocabulary.find_alias(_SHORT.get(name, name))
        if indicator is None or indicator.dimension.kind not in ("code", "text") or indicator.is_title:
            near = "、".join(["place", PARK, "industry", "stage", *(run.packs.vocabulary.nearest(name) if indicator is None else [])])
            raise KeqiaoError(
                f"不能按“{name}”限额：应是 place、park、industry、stage 或一个代码型指标；相近的有：{near}",
                f"cannot cap by {name!r}: use place, park, industry, stage or an indicator that is a code; near: {near}",
            )
        if indicator.id not in run.snapshot.columns:
            raise KeqiaoError(
                f"这次评价的数据里没有“{indicator.label}”，不能按它限额", f"the data of this run has no {indicator.id} to cap by"
            )
        at_place = indicator.id == PLACE
        label = indicator.label if language == "zh" else indicator.english or indicator.id
        found.append(
            Cap(
                indicator.id, place_label(language) if at_place else label, most, f"[CAST(f.{name_of(indicator.id)} AS VARCHAR)]",
                named if at_place else lambda value: value,
            )
        )  # fmt: skip
    return found


def place_label(language: str) -> str:
    """What a place is called beside its name."""
    return say_in(language, "所在地", "place")


def _parks(run: Run) -> str:
    """The list of the parks that an enterprise is in on the day; empty where it is in none."""
    listed = f"SELECT scheme AS s, id AS i, list_sort(list(place)) AS parks FROM ({members(run.snapshot)}) GROUP BY ALL"
    return f"COALESCE((SELECT parks FROM ({listed}) WHERE s = f.scheme AND i = f.id), [])"

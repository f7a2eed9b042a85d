"""Which facts an enterprise is asked to declare, in groups, and for which year."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from keqiao.errors import language, say
from keqiao.facts.needs import needs_of
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.clock import today
from keqiao.rules.vocabulary import Indicator

#: The rules that every office assesses by; what they need is asked of everyone.
BASIC = ("cn.tech_sme", "cn.innovative_sme", "cn.srdi_sme", "cn.hnte", "cn.innovation_points")
#: The sections of the vocabulary by their first indicator.
_SECTIONS = (
    ("uscc", "主体与属性", "Identity and attributes"),
    ("employees", "人员", "People"),
    ("revenue", "收入、成本与研发", "Income, costs and research"),
    ("net_profit", "利润、资产与股权融资", "Profit, assets and equity"),
    ("ip_class1", "知识产权与成果", "Intellectual property and results"),
    ("rd_institution_level", "平台、奖励与项目", "Platforms, awards and projects"),
    ("in_hightech_field", "高新技术企业评审", "High-tech review"),
    ("niche_years", "专精特新", "Specialised and new"),
    ("software_company", "上市与地方标准", "Listing and local standards"),
    ("major_safety_accident", "行为记录", "Conduct"),
)
#: What identifies the enterprise is confirmed at registration and not declared.
_IDENTITY = frozenset({"uscc", "name"})


@dataclass(frozen=True)
class Wanted:
    """An indicator that is asked for, with years back that rules read (0: the year alone)."""

    indicator: Indicator
    back: int

    def years(self, year: int) -> list[int]:
        """The columns to fill: the year before and the year of an annual fact, else one (0 for a static fact)."""
        if self.indicator.period == "static":
            return [0]
        return [year - 1, year] if self.indicator.period == "annual" else [year]


def default_year() -> int:
    """The year whose facts are declared today: the one before."""
    return today().year - 1


def label_of(indicator: Indicator) -> str:
    """An indicator's name in the current language."""
    return indicator.label if language() == "zh" else indicator.english or indicator.id


def may_declare(indicator: Indicator) -> bool:
    """Whether an enterprise says this of itself: no titles, no marks of experts, no judgements of officers."""
    if indicator.is_title or indicator.subject != "enterprise" or indicator.id in _IDENTITY:
        return False
    return not indicator.judgement and indicator.unit != "判断" and indicator.type != "points"


def wanted(requested: Iterable[str] = (), *, everything: bool = False) -> list[Wanted]:
    """What is asked of an enterprise, in the vocabulary's order: the needs of the basic (or all) rules and of requests."""
    backs = dict(_needs(today(), everything))
    vocabulary = packs().vocabulary
    for id in requested:
        if id in vocabulary.indicators:
            backs.setdefault(id, 0)
    found = (Wanted(vocabulary.indicators[id], backs[id]) for id in vocabulary.sort(backs))
    return [one for one in found if may_declare(one.indicator)]


def declarable() -> list[Indicator]:
    """Every indicator that an enterprise may declare, in the vocabulary's order."""
    return [one for one in packs().vocabulary.indicators.values() if may_declare(one)]


def needs_of_rule(rule: str) -> list[str]:
    """Ids of the indicators that one rule needs and an enterprise may declare. Raises `PackError` for an unknown rule."""
    return [need.indicator.id for need in needs_of(packs(), (rule,), today()).indicators if may_declare(need.indicator)]


def grouped(found: Sequence[Wanted]) -> list[tuple[str, list[Wanted]]]:
    """The indicators by section of the vocabulary; those that the vocabulary got later stand with the last before them."""
    order = packs().vocabulary.order
    starts = [order.get(first, 0) for first, _, _ in _SECTIONS]
    groups: dict[int, list[Wanted]] = {}
    for one in found:
        groups.setdefault(max(bisect_right(starts, order[one.indicator.id]) - 1, 0), []).append(one)
    return [(say(*_SECTIONS[n][1:]), groups[n]) for n in sorted(groups)]


@lru_cache(maxsize=4)
def _needs(day: dt.date, everything: bool) -> tuple[tuple[str, int], ...]:
    """Indicator and years back of the rules, per day since versions change by day."""
    rules = packs().complete(day) if everything else [id for id in BASIC if id in packs()]
    return tuple((need.indicator.id, need.back) for need in needs_of(packs(), rules, day).indicators)


@lru_cache(maxsize=2)
def _uses(day: dt.date) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for need in needs_of(packs(), packs().complete(day), day).indicators:
        for use in need.uses:
            found.setdefault(need.indicator.id, {})[use.rule] = None
    return {id: tuple(rules) for id, rules in found.items()}


def rules_using(indicator: str) -> list[str]:
    """Titles of the rules that read an indicator, in the current language."""
    return [title_of_rule(rule) for rule in _uses(today()).get(indicator, ())]


def title_of_rule(rule: str) -> str:
    """The title of a rule in force today."""
    title = packs().version(rule, today()).title
    return say(title.zh, title.en or title.zh)


def rules() -> list[tuple[str, str]]:
    """Ids and titles of the rules in force."""
    return [(id, title_of_rule(id)) for id in packs().complete(today())]

"""Awards, institutions, marks, judgements and conduct of a synthetic enterprise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from keqiao.examples.accounts import Accounts
from keqiao.examples.draws import Draw, clip, snap
from keqiao.examples.profile import YEARS, Facts, Profile

_LEVELS = ("无", "市级以下", "市级", "省级", "国家级")
_GROWTH_MARKS = ((0.35, 10), (0.25, 8), (0.15, 6), (0.05, 4), (0.0, 2))

#: Flags of conduct.
CONDUCT = (
    "major_safety_accident",
    "major_quality_accident",
    "serious_env_violation",
    "research_dishonesty",
    "abnormal_operation",
    "serious_dishonesty",
    "tax_evasion",
    "false_materials",
)

#: Facts that are seldom missing: conduct stands in public registers, and what is a rare distinction
#: or an own claim is told by those who have it and denied by the others.
SELDOM_MISSING = frozenset(CONDUCT) | {
    "star_core_tech_leading",
    "star_national_award",
    "star_national_project",
    "star_import_substitution",
    "other_tech_enterprise",
}


@dataclass(frozen=True, slots=True)
class Award:
    """A science award: the ``year``, whether ``national``, the ``rank`` of the winner, the ``grade``."""

    year: int
    national: bool
    rank: int
    grade: int


def draw_awards(profile: Profile) -> list[Award]:
    """Science awards won from 2021 on, oldest first."""
    draw = profile.draw("awards")
    found = []
    for year in range(YEARS[0] - 2, YEARS[-1] + 1):
        usual = 0.006 * math.exp(0.9 * profile.innovation + 0.4 * profile.scale) if profile.field else 0.0
        won, national = draw.chance(min(usual, 0.3)), draw.chance(0.18)
        rank, grade = draw.whole(1, 8), draw.whole(1, 3)
        if won and year > profile.founded.year:
            found.append(Award(year, national, rank, grade))
    return found


def merit_facts(profile: Profile, accounts: list[Accounts], awards: list[Award]) -> list[Facts]:
    """Institution, platforms, awards and projects per year; levels never fall."""
    draw = profile.draw("merits")
    lift = draw.normal(0.0, 0.7)
    found: list[Facts] = []
    level = 0
    for books in accounts:
        strength = math.log10(books.rd_expense / 100 + 1) + 0.5 * profile.innovation + lift
        reached = sum(strength >= bound for bound in (2.6, 3.1, 3.9, 5.2)) if profile.field else 0
        level = max(level, reached)
        busy = math.exp(0.6 * profile.innovation) * (0.3 + 0.3 * level)
        found.append(
            {
                "rd_institution_level": _LEVELS[level],
                "provincial_platforms_2y": draw.count(0.25 * (level - 2)) if level > 2 else 0,
                "provincial_awards_2y": sum(books.year - 1 <= a.year <= books.year for a in awards),
                "provincial_projects_2y": draw.count(0.18 * busy) if profile.field else 0,
            }
        )
    return found


def review_facts(profile: Profile, accounts: list[Accounts], ip: list[Facts]) -> list[Facts]:
    """Marks given by reviewers, consistent with the facts they mark."""
    draw = profile.draw("marks")
    found: list[Facts] = []
    for index in range(len(accounts)):
        advance = _mark(draw, 5.4 + 1.1 * profile.innovation, 8)
        support = _mark(draw, 5.7 + 1.0 * profile.innovation, 8)
        management = _mark(draw, 15.5 + 1.8 * profile.quality + 1.0 * profile.innovation, 20)
        acquired = 4 if ip[index]["ip_self_developed"] else 1
        rights = min(30, advance + support + _rights(ip[index]) + acquired)
        score = rights + _conversions(ip[: index + 1]) + management + _growth(accounts[: index + 1])
        usual = 52 + 7 * profile.innovation + 4 * profile.quality + (9 if profile.specialised else 0)
        evaluated = clip(draw.normal(usual, 8), 5, 98)
        found.append(
            {
                "hnte_innovation_score": score,
                "hnte_advancement_mark": advance,
                "hnte_support_mark": support,
                "hnte_management_mark": management,
                "local_speciality_score": _mark(draw, 9 + 2 * profile.innovation, 15),
                "srdi_development_score": Decimal(round(10 * snap(draw, evaluated, (50, 60), 0.03))) / 10,
            }
        )
    return found


def _mark(draw: Draw, mean: float, top: int) -> int:
    return round(clip(draw.normal(mean, 0.11 * top), 0, top))


def _rights(ip: Facts) -> int:
    """The mark for the number of rights (8 at most)."""
    first, second = int(str(ip["ip_class1"])), int(str(ip["ip_class2"]))
    return 8 if first else (6 if second >= 5 else 4 if second >= 3 else 2 if second else 0)


def _conversions(ip: list[Facts]) -> int:
    """The mark for conversions per year (30 at most)."""
    usual = sum(int(str(facts["tech_conversions"])) for facts in ip) / len(ip)
    return min(30, 6 * int(usual) + (3 if usual >= 1 else 0))


def _growth(accounts: list[Accounts]) -> int:
    """The mark for the growth of net assets and sales over the years at hand (20 at most)."""
    mark = 0
    for name in ("net_assets", "revenue"):
        values = [int(getattr(a, name)) for a in accounts]
        steps = [after / before - 1 for before, after in pairwise(values) if before > 0]
        mean = sum(steps) / len(steps) if steps else 0.1
        mark += next((points for bound, points in _GROWTH_MARKS if mean > bound), 0)
    return mark


def standing_facts(profile: Profile, accounts: list[Accounts]) -> list[Facts]:
    """Market position, quality and digital standing per year."""
    draw = profile.draw("standing")
    share = clip(draw.lognormal(4.0, 0.9) * math.exp(0.5 * profile.quality + 0.3 * profile.scale), 0.05, 85.0)
    focus = draw.uniform(0.4, 1.0)
    if profile.specialised:
        share, focus = min(3.0 * share, 85.0), max(focus, 0.7)
    digital = clip(draw.normal(2.2 + 0.5 * profile.quality, 0.7), 1, 4)
    orderly = clip(0.55 + 0.12 * profile.quality + 0.1 * profile.scale, 0.05, 0.98)
    fixed: Facts = {
        "emerging_industry": profile.field is not None and draw.chance(0.6),
        "core_business_it": min(9, draw.count(2.0 + 0.6 * max(profile.scale, -2.0))),
        "quality_system_cert": draw.chance(orderly),
        "foreign_product_cert": draw.chance(clip(0.08 + 0.05 * profile.quality, 0.01, 0.5)),
        "own_brand": draw.chance(clip(0.55 + 0.1 * profile.quality, 0.1, 0.95)),
    }
    found: list[Facts] = []
    for books in accounts:
        part = snap(draw, share * draw.lognormal(1.0, 0.06), (10.0,), 0.05)
        rank = max(1, round(40 / (part + 1) * draw.lognormal(1.0, 0.3)))
        found.append(
            fixed
            | {
                "niche_years": int(profile.age(books.year) * focus),
                "niche_market_share": Decimal(round(clip(part, 0.01, 90.0) * 100)).scaleb(-2),
                "niche_market_rank": rank,
                "market_share_high": rank <= 5,
                "digital_level": round(clip(digital + draw.normal(0.0, 0.2), 1, 4)),
            }
        )
    return found


def judgement_facts(profile: Profile, accounts: list[Accounts], awards: list[Award]) -> list[Facts]:
    """Flags that reviewers and examiners decide; those about fields and products stay the same."""
    draw = profile.draw("judgements")
    tech = profile.field is not None
    strong = clip(0.08 + 0.05 * profile.innovation, 0.005, 0.5) if tech else 0.0
    fixed: Facts = {
        "in_hightech_field": tech and not draw.chance(0.02),
        "product_key_link": draw.chance(2.5 * strong) or profile.specialised,
        "product_supporting": draw.chance(0.30 if tech else 0.05),
        "product_key_field": tech and draw.chance(0.8 if profile.specialised else 0.55),
        "modern_industry_field": tech and draw.chance(0.8),
        "future_industry": tech and draw.chance(0.22),
        "star_fifth_set": (profile.industry.is_pharma and draw.chance(0.15)) or (tech and draw.chance(0.003)),
        "star_core_tech_leading": draw.chance(0.15 * strong),
        "star_national_project": draw.chance(0.3 * strong),
        "star_import_substitution": draw.chance(strong),
        "product_state_approved": profile.industry.is_pharma and draw.chance(0.6),
        "market_space_large": draw.chance(clip(0.3 + 0.1 * profile.quality, 0.02, 0.9)),
        "stage_results": tech and draw.chance(0.4),
        "phase2_products": draw.count(0.5) if profile.industry.is_pharma else 0,
        "restricted_business": draw.chance(0.01),
        "excluded_rd_industry": profile.industry.excluded_from_relief,
        "other_tech_enterprise": tech and draw.chance(0.03),
    }
    return [
        fixed | {"star_national_award": any(a.national and a.rank <= 5 and a.year <= b.year for a in awards)}
        for b in accounts
    ]


def conduct_facts(profile: Profile) -> list[Facts]:
    """Conduct flags per year: rare (about 1 %), gathered in few enterprises."""
    draw = profile.draw("conduct")
    found: list[Facts] = []
    for _ in profile.years:
        flags: Facts = {name: draw.chance(0.28 if profile.troubled else 0.0008) for name in CONDUCT}
        found.append(flags | {"audited_tax_collection": not draw.chance(0.03)})
    return found

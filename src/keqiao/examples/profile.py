"""What an enterprise of the synthetic city is: its fixed facts and the traits behind the others."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from keqiao.examples.codes import Place, draw_place, uscc
from keqiao.examples.draws import Draw, clip
from keqiao.examples.industries import FIELDS, INDUSTRIES, ORDINARY_RD, Industry

#: The years of the sheet; the last one is the case's year.
YEARS: tuple[int, ...] = (2023, 2024, 2025)

#: The year before, of which only revenue and R&D expense are on record: the base of growth over three years.
EARLIER = YEARS[0] - 1

#: What a fact is here: money, ratios and points as exact decimals in the indicator's unit.
Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Profile:
    """The fixed side of one enterprise.

    ``innovation``, ``quality`` and ``scale`` are hidden standard-normal traits from which the
    dependence between R&D, patents, titles, margins and size comes. ``rd_ratio`` is R&D expense per
    revenue in a usual year; ``grain`` is 100 where money is reported in whole 万元, else 1
    (hundredths); ``troubled`` marks the few with conduct flags, ``specialised`` those that have long
    kept to one niche (专精特新): they lead it, spend more on R&D and score higher.
    """

    number: int
    seed: int
    uscc: str
    name: str
    founded: dt.date
    place: Place
    industry: Industry
    field: str | None
    innovation: float
    quality: float
    scale: float
    rd_ratio: float
    grain: int
    troubled: bool
    specialised: bool

    def draw(self, topic: str) -> Draw:
        """The stream of random values for one topic of this enterprise."""
        return Draw(self.seed, self.number, topic)

    @property
    def years(self) -> tuple[int, ...]:
        """The years with a row: those of the sheet in which the enterprise existed."""
        return tuple(year for year in YEARS if year >= self.founded.year)

    def age(self, year: int) -> float:
        """Years since founding at the end of ``year``."""
        return (dt.date(year, 12, 31) - self.founded).days / 365.25

    def static_facts(self) -> Facts:
        """The facts that hold in every year."""
        return {
            "uscc": self.uscc,
            "name": self.name,
            "founded_date": self.founded,
            "region": self.place.code,
            "industry_code": self.industry.code,
            "size_industry": self.industry.size,
            "hightech_field": self.field,
            "resident_enterprise": not self.draw("resident").chance(0.003),
            "software_company": self.industry.is_software,
            "pharma_company": self.industry.is_pharma,
        }


def draw_profile(seed: int, number: int) -> Profile:
    """Enterprise ``number`` (from 1) of the city with this seed."""
    draw = Draw(seed, number, "profile")
    place = draw_place(draw)
    weights = [i.weight * (place.tech if i.field else 1.0) for i in INDUSTRIES]
    industry = INDUSTRIES[draw.pick(weights)]
    founded = _founded(draw, industry)
    innovation, quality, scale = draw.normal(), draw.normal(), draw.normal()
    usual = FIELDS[industry.field] if industry.field else ORDINARY_RD
    # Larger enterprises spend a smaller share; the innovative a larger one.
    spread = 0.45 * innovation - 0.18 * scale + draw.normal(0.0, 0.25)
    special = _is_specialised(Draw(seed, number, "specialised"), founded, industry, quality + scale)
    usual *= 1.4 if special else 1.0
    return Profile(
        number=number,
        seed=seed,
        uscc=uscc(number, place),
        name=f"合成企业{number:06d}{industry.trade}有限公司",
        founded=founded,
        place=place,
        industry=industry,
        field=industry.field,
        innovation=innovation,
        quality=quality,
        scale=scale,
        rd_ratio=clip(usual * math.exp(spread), 0.0, 0.6),
        grain=100 if draw.chance(0.25) else 1,
        troubled=draw.chance(0.035),
        specialised=special,
    )


def _is_specialised(draw: Draw, founded: dt.date, industry: Industry, strength: float) -> bool:
    """Whether an enterprise has kept to one niche: technology, some years old, and none too weak."""
    likely = draw.chance(clip(0.16 + 0.12 * strength, 0.0, 0.6))
    return likely and industry.field is not None and founded.year <= YEARS[0] - 3


def _founded(draw: Draw, industry: Industry) -> dt.date:
    """A founding day from 1993 to mid-2025; technology enterprises are younger."""
    usual = 6.5 if industry.field else 9.5
    age, other = max(draw.lognormal(usual, 0.75), 0.3), draw.uniform(8.0, 32.0)
    age = age if age <= 32.0 else other
    day = dt.date(2025, 12, 31) - dt.timedelta(days=int(age * 365.25))
    # Few are registered on New Year's holiday; a round anniversary (1 January) helps edge cases.
    return day.replace(day=1, month=1) if draw.chance(0.01) else day

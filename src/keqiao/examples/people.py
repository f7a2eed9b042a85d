"""Staff, intellectual property and other yearly counts of a synthetic enterprise."""

from __future__ import annotations

import math

from keqiao.examples.accounts import Accounts
from keqiao.examples.draws import Draw, clip, snap
from keqiao.examples.profile import Facts, Profile

_HEAD_MARKS = (10, 20, 100, 200, 300, 500, 1000)
_TECH_MARKS = (0.10, 0.15, 0.20, 0.25, 0.30)


def staff_facts(profile: Profile, accounts: list[Accounts]) -> list[Facts]:
    """People per year: employees from revenue per head, and their parts."""
    draw = profile.draw("staff")
    tech = profile.field is not None
    pace = draw.lognormal(profile.industry.per_head, 0.35) * math.exp(0.12 * profile.scale)
    usual = 0.26 + 0.07 * profile.innovation if tech else 0.05
    share = clip(draw.normal(usual, 0.09), 0.0 if not tech else 0.02, 0.92)
    research = draw.uniform(0.6, 1.0)
    masters = clip(draw.normal(0.10 + 0.04 * profile.innovation, 0.05), 0.0, 0.6)
    talent = draw.count(0.25 * math.exp(0.8 * profile.innovation)) if tech else 0
    found: list[Facts] = []
    for books in accounts:
        heads = max(books.revenue / 100 / pace, books.rd_expense / 100 / 60, 2.0) * draw.lognormal(1.0, 0.05)
        people = max(1, round(snap(draw, heads, _HEAD_MARKS)))
        technical = round(people * snap(draw, share, _TECH_MARKS, 0.06))
        staff = int(technical * research)
        found.append(
            {
                "employees": people,
                "tech_staff": min(technical, people),
                "rd_staff": min(staff, people),
                "postgrad_staff": min(people, round(people * masters * (1.0 if tech else 0.25))),
                "fresh_graduates": min(people, draw.count(people * (0.03 if tech else 0.008))),
                "talent_d_or_above": min(talent, staff),
            }
        )
    return found


def ip_facts(profile: Profile, accounts: list[Accounts]) -> list[Facts]:
    """Intellectual property per year: stocks never fall, parts never exceed their wholes."""
    draw = profile.draw("ip")
    lasting = min(profile.age(profile.years[0]) + 0.5, 12.0) / 6.0
    money = sum(a.rd_expense for a in accounts) / len(accounts) / 100
    push = (2.4 if profile.specialised else 1.0 if profile.field else 0.25) * draw.lognormal(1.0, 0.35)
    flow = push * 0.9 * (money / 500.0) ** 0.7 * math.exp(0.45 * profile.innovation)
    second = push * 3.0 * (money / 300.0) ** 0.5 * math.exp(0.25 * profile.innovation)
    patents, models = draw.count(flow * lasting * 2.2), draw.count(second * lasting * 2.0)
    other = draw.count(0.6) if profile.industry.code in ("6520", "3973", "2720", "2761") else 0
    shares = _IpShares(draw)
    found: list[Facts] = []
    for books in accounts:
        found.append(shares.stocks(patents, models, other) | _flows(profile, draw, flow, books))
        patents, models = patents + draw.count(0.45 * flow), models + draw.count(0.45 * second)
    return found


class _IpShares:
    """The shares of an enterprise's intellectual property that are related, own, in use, …"""

    def __init__(self, draw: Draw) -> None:
        self.related = draw.uniform(0.7, 1.0)
        self.valuable = draw.uniform(0.0, 0.5)
        self.own = draw.uniform(0.6, 1.0) if draw.chance(0.9) else 0.0
        self.used = draw.uniform(0.4, 1.0)
        self.leading = draw.uniform(0.7, 1.0)
        self.star = draw.uniform(0.4, 0.95)
        self.granted = draw.uniform(0.5, 1.0)
        self.controls = draw.chance(0.95)

    def stocks(self, patents: int, models: int, other: int) -> Facts:
        """The stocks at a year's end from patents, class II rights and other class I rights."""
        first = math.ceil(patents * self.related) + other
        own, used = math.ceil(first * self.own), math.ceil(first * self.used)
        core = own + int(models * self.own * 0.5)
        return {
            "ip_class1": first,
            "ip_class2": models,
            "ip_class1_high_value": int(first * self.valuable),
            "ip_class1_own": own,
            "ip_class1_in_use": used,
            "ip_class1_own_in_use": int(min(own, used) * self.leading),
            "owns_core_ip": first + models > 0 and self.controls,
            "ip_self_developed": own > 0 or (models > 0 and self.own > 0),
            "invention_patents": patents,
            "star_patents": int(patents * self.star),
            "core_ip": core,
            "core_ip_granted": int(core * self.granted),
        }


def _conversions(profile: Profile, flow: float) -> float:
    """The usual number of results converted in a year."""
    if profile.field is None:
        return 0.05
    return clip(4.3 + 1.2 * profile.innovation + 0.4 * min(flow, 3.0), 0.4, 9.0)


def _flows(profile: Profile, draw: Draw, flow: float, books: Accounts) -> Facts:
    filed = draw.count(0.75 * flow)
    return {
        "invention_applications": filed,
        "pct_applications": min(filed, draw.count(0.12 * flow)),
        "tech_conversions": min(12, draw.count(_conversions(profile, flow))),
        "standards_led": (led := draw.count(0.03 * (books.revenue / 2e6) ** 0.4 * min(flow, 6.0))),
        "standards_participated": led + draw.count(0.12 * (books.revenue / 2e6) ** 0.4 * min(flow, 6.0)),
    }

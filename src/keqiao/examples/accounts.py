"""Yearly accounts of a synthetic enterprise that hang together.

Assets = liabilities + net assets to the last digit; parts never exceed their wholes; net assets
roll forward by profit, capital raised and dividends. All money here is an integer in hundredths
of 万元.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from keqiao.examples.draws import Draw, clip, snap
from keqiao.examples.profile import EARLIER, YEARS, Profile

_REVENUE_MARKS = (300, 500, 1000, 1500, 2000, 5000, 10000, 20000, 30000, 40000)
_ASSET_MARKS = (5000, 20000)
_RATIO_MARKS = (0.03, 0.04, 0.05, 0.06, 0.10)
_MAIN_MARKS = (0.5, 0.55, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Accounts:
    """One year's money in hundredths of 万元; ``roe`` in hundredths of a per cent."""

    year: int
    revenue: int
    main_revenue: int
    total_income: int
    hightech_revenue: int
    total_costs: int
    rd_expense: int
    rd_expense_domestic: int
    rd_tax_relief: int
    net_profit: int
    net_profit_recurring: int
    total_assets: int
    total_liabilities: int
    net_assets: int
    operating_cash_flow: int
    roe: int
    equity_raised: int
    equity_raised_total: int
    early_round_raised: int
    venture_capital: int
    tech_contract_value: int
    market_value: int


@dataclass(slots=True)
class _Books:
    """What is carried from one year to the next, in 万元."""

    net_assets: float
    raised_total: float
    early: float


class _Shares:
    """Shares that an enterprise keeps through the years, so that they do not jump."""

    def __init__(self, profile: Profile) -> None:
        draw = profile.draw("shares")
        tech = profile.field is not None
        wide = clip(draw.normal(0.94, 0.05), 0.6, 1.0) if draw.chance(0.8) else draw.uniform(0.42, 0.9)
        narrow = max(wide, 0.92) if profile.specialised else wide
        self.main = snap(draw, narrow, _MAIN_MARKS, 0.02)
        base = draw.normal(0.74 + 0.05 * profile.innovation, 0.14) if tech else draw.normal(0.03, 0.04)
        self.hightech = snap(draw, clip(base, 0.0, 0.99), (0.6,), 0.03)
        debt = clip(draw.normal(0.46 - 0.04 * profile.quality, 0.17), 0.06, 0.93)
        self.debt = snap(draw, debt, (0.55, 0.7))
        self.domestic = 1.0 if draw.chance(0.93) else draw.uniform(0.45, 0.98)
        self.eligible = draw.uniform(0.7, 0.98)
        backed = 0.11 + 0.08 * profile.innovation + 0.06 * profile.scale
        self.backed = draw.chance(clip(backed, 0.01, 0.5) if tech else 0.01)


def draw_accounts(profile: Profile) -> list[Accounts]:
    """The accounts of every year in which the enterprise has a row, oldest first."""
    draw, shares = profile.draw("accounts"), _Shares(profile)
    books: _Books | None = None
    found: list[Accounts] = []
    for year, revenue in zip(profile.years, _revenues(profile, draw), strict=True):
        if books is None:
            books = _opening(profile, draw, shares, revenue)
        found.append(_year(profile, draw, shares, books, year, revenue))
    return found


def draw_earlier(profile: Profile, accounts: list[Accounts]) -> tuple[int, int] | None:
    """Revenue and R&D expense of `EARLIER` in hundredths of 万元; None where it was founded later.

    Drawn backwards from the first year, on a stream of its own.
    """
    first = accounts[0]
    if profile.founded.year > EARLIER:
        return None
    draw = profile.draw("earlier")
    step = clip(_usual_growth(profile, EARLIER) + draw.normal(0.0, 0.17), -0.9, 1.4)
    revenue = snap(draw, max(first.revenue / 100 / math.exp(step), 3.0), _REVENUE_MARKS)
    sales = profile.grain * round(revenue * 100 / profile.grain)
    ratio = min(profile.rd_ratio * draw.lognormal(1.0, 0.10), 1.0)
    return sales, profile.grain * round(ratio * sales / profile.grain)


def _usual_growth(profile: Profile, year: int) -> float:
    """The usual growth (logarithm) of an enterprise of this age; the young and innovative grow faster."""
    usual = 0.05 + 0.05 * profile.innovation + 0.04 * profile.quality
    return usual + 0.35 * math.exp(-profile.age(year) / 3.0)


def _revenues(profile: Profile, draw: Draw) -> list[float]:
    """Revenue of each year in 万元: log-normal by industry, growth autocorrelated over the years."""
    age = profile.age(profile.years[0])
    ripeness = clip(0.25 + age / 9.0, 0.12, 1.5)
    spread = profile.industry.spread * profile.scale
    level = profile.industry.revenue * ripeness * math.exp(spread + 0.12 * profile.quality)
    # Half of last year's surprise stays.
    usual = _usual_growth(profile, profile.years[0])
    surprise, found = draw.normal(0.0, 0.14), []
    for index, _ in enumerate(profile.years):
        if index:
            surprise = 0.5 * surprise + draw.normal(0.0, 0.13)
            level *= math.exp(clip(usual * 0.75**index + surprise, -0.9, 1.4))
        found.append(snap(draw, max(level, 3.0), _REVENUE_MARKS))
    return found


def _opening(profile: Profile, draw: Draw, shares: _Shares, revenue: float) -> _Books:
    assets = revenue / profile.industry.turnover * draw.lognormal(1.0, 0.35) + draw.lognormal(60.0, 0.8)
    before = 0.0
    if shares.backed and profile.age(profile.years[0]) > 1 and draw.chance(0.6):
        before = _round(draw, draw.lognormal(1200.0, 0.9) * math.exp(0.6 * profile.scale))
    early = before * (1.0 if draw.chance(0.6) else draw.uniform(0.3, 0.9))
    return _Books(max(assets * (1 - shares.debt), 0.4 * before), before, early)


def _round(draw: Draw, amount: float) -> float:
    """An amount of capital as it is usually agreed: whole 100 万元, above 5,000 whole 500, in 万元."""
    step = 100.0 if amount < 5000 else 500.0
    return max(step, step * round(amount / step))


def _year(profile: Profile, draw: Draw, shares: _Shares, books: _Books, year: int, revenue: float) -> Accounts:
    grain = profile.grain

    def money(value: float) -> int:
        return grain * round(value * 100 / grain)

    sales = money(revenue)
    raised = _raised(profile, draw, shares, books, year)
    research = _research(profile, draw, books, sales, grain)
    profit, costs, income = _result(profile, draw, sales, research)
    rate = 0.15 if research >= 0.04 * sales else (0.05 if profit < 30000 else 0.25)
    relief = 0.0
    if not profile.industry.excluded_from_relief and profit > 0:
        relief = min(research * shares.eligible, profit) * rate
    # The relief is a deduction of taxable profit at the enterprise's rate.
    net = money((profit - max(0.0, profit * rate - relief)) / 100)
    opening = books.net_assets
    dividends = 0.3 * net / 100 if net > 0 and profile.age(year) > 5 else 0.0
    # Owners put in what keeps a loss-making enterprise solvent (no capital from institutions).
    floor = max(10.0, 0.03 * revenue)
    books.net_assets = max(opening + net / 100 + raised - dividends, floor)
    liabilities = books.net_assets * shares.debt / (1 - shares.debt) * draw.lognormal(1.0, 0.12)
    own = money(books.net_assets)
    assets = max(money(snap(draw, own / 100 + liabilities, _ASSET_MARKS)), own)
    one_off = money(abs(draw.normal(0.0, 0.012)) * revenue)
    main = min(sales, grain * round(sales * shares.main / grain))
    tech = clip(shares.hightech + draw.normal(0.0, 0.02), 0.0, 1.0)
    return Accounts(
        year=year,
        revenue=sales,
        main_revenue=main,
        total_income=income,
        hightech_revenue=min(sales, money(revenue * tech)),
        total_costs=costs,
        rd_expense=research,
        rd_expense_domestic=min(research, grain * round(research * shares.domestic / grain)),
        rd_tax_relief=money(relief / 100),
        net_profit=net,
        net_profit_recurring=net - one_off if draw.chance(0.9) else net + one_off,
        total_assets=assets,
        total_liabilities=assets - own,
        net_assets=own,
        operating_cash_flow=money(net / 100 + draw.normal(0.02, 0.08) * revenue),
        roe=round(200 * net / (opening + books.net_assets)),
        equity_raised=money(raised),
        equity_raised_total=money(books.raised_total),
        early_round_raised=money(min(books.early, books.raised_total)),
        venture_capital=money(raised if draw.chance(0.7) else raised * draw.uniform(0.3, 0.9)),
        tech_contract_value=_contracts(profile, draw, sales, grain),
        market_value=_value(draw, net, sales, own, money(books.raised_total)),
    )


def _raised(profile: Profile, draw: Draw, shares: _Shares, books: _Books, year: int) -> float:
    """Equity raised in the year in 万元; updates what was raised so far and in early rounds."""
    age = profile.age(year)
    likely = 0.45 * math.exp(-age / 9.0) if shares.backed else 0.004
    happens, size = draw.chance(likely), draw.lognormal(1500.0 + 250.0 * min(age, 8.0), 0.9)
    if not happens:
        return 0.0
    amount = _round(draw, min(size * math.exp(0.3 * profile.innovation + 0.4 * profile.scale), 120000.0))
    books.raised_total += amount
    if age <= 5 or books.early == 0:
        books.early += amount
    return amount


def _research(profile: Profile, draw: Draw, books: _Books, sales: int, grain: int) -> int:
    """R&D expense: a lasting share of revenue, or what a start-up's capital pays for."""
    ratio = snap(draw, profile.rd_ratio * draw.lognormal(1.0, 0.10), _RATIO_MARKS, 0.08, 0.3)
    exact, whole = divmod(round(ratio * 100 * sales), 100)
    # On a mark such as 5 % the expense is the exact share where it can be written in hundredths.
    amount = exact if whole == 0 else grain * round(ratio * sales / grain)
    funded = draw.lognormal(0.12, 0.5) * books.raised_total * 100
    if profile.field and funded > amount:
        amount = grain * round(funded / grain)
    return max(0, min(amount, 4 * sales + 100000))


def _result(profile: Profile, draw: Draw, sales: int, research: int) -> tuple[int, int, int]:
    """Profit before tax, costs and total income; costs always cover R&D."""
    grain = profile.grain
    strain = max(0.0, research / sales - 0.10)
    margin = profile.industry.margin + 0.03 * profile.quality + draw.normal(0.0, 0.035) - 0.8 * strain
    costs = max(sales * (1 - clip(margin, -4.0, 0.45)), 1.2 * research)
    costs_out = grain * round(costs / grain)
    other = grain * round(sales * abs(draw.normal(0.0, 0.015)) / grain)
    return sales - costs_out + other, costs_out, sales + other


def _contracts(profile: Profile, draw: Draw, sales: int, grain: int) -> int:
    likely = clip(0.22 + 0.10 * profile.innovation, 0.02, 0.7) if profile.field else 0.01
    share, signed = clip(draw.lognormal(0.06, 0.9), 0.0, 0.6), draw.chance(likely)
    return grain * round(sales * share / grain) if signed else 0


def _value(draw: Draw, net: int, sales: int, own: int, raised: int) -> int:
    """Expected market value, in whole 100 万元; investors pay a multiple of what they put in."""
    rough = max(22 * net, 2.2 * sales, 1.5 * own, 5 * raised) * draw.lognormal(1.0, 0.35)
    return 10000 * max(1, round(rough / 10000))


__all__ = ["YEARS", "Accounts", "draw_accounts", "draw_earlier"]

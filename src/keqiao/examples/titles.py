"""Titles (称号) of a synthetic enterprise, consistent with its facts and dated.

Most holders of a title meet its conditions and a few no longer do, as in life. The conditions
here are rough and only for plausible data; the rules that decide are the packs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from keqiao.examples.accounts import Accounts
from keqiao.examples.draws import Draw
from keqiao.examples.merits import Award
from keqiao.examples.profile import Facts, Profile

#: Titles are awarded up to this day; the demonstration looks at the city on this day.
LAST_DAY = dt.date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Title:
    """A title by its vocabulary id; valid from ``start`` to ``end``, both included (None: no end)."""

    title: str
    start: dt.date
    end: dt.date | None


@dataclass(frozen=True, slots=True)
class _Case:
    """All that is known of an enterprise when its titles are drawn; lists run by year."""

    profile: Profile
    accounts: list[Accounts]
    facts: list[Facts]

    def upto(self, year: int) -> int:
        """How many years of data exist up to ``year``, at least one."""
        return max(1, sum(a.year <= year for a in self.accounts))


def draw_titles(profile: Profile, accounts: list[Accounts], facts: list[Facts], awards: list[Award]) -> list[Title]:
    """The titles of an enterprise, sorted by start and id. ``facts`` are its complete rows by year."""
    case, draw = _Case(profile, accounts, facts), profile.draw("titles")
    found = _hightech(case, draw)
    found += _small_and_medium(case, draw)
    found += _graded(case, draw)
    found += _standing(case, draw)
    found += _growth(case, draw)
    found += [title for award in awards for title in _award_titles(award, draw)]
    kept = [t for t in found if profile.founded < t.start <= LAST_DAY]
    return sorted(kept, key=lambda t: (t.start, t.title))


def _years_later(day: dt.date, years: int) -> dt.date:
    """The last day of ``years`` full years that begin on ``day`` (no title begins in February)."""
    return day.replace(year=day.year + years) - dt.timedelta(days=1)


def _term(title: str, draw: Draw, year: int, months: tuple[int, int], years: int) -> Title:
    """A title awarded in ``year`` between two months (included) and valid for ``years``."""
    start = draw.day(dt.date(year, months[0], 1), dt.date(year, months[1], 28))
    return Title(title, start, _years_later(start, years))


def _number(facts: Facts, name: str) -> float:
    return float(str(facts[name]))


def meets_hightech(accounts: list[Accounts], facts: list[Facts]) -> bool:
    """Whether the figures of these years satisfy the main conditions of 高新技术企业."""
    last, row = accounts[-1], facts[-1]
    tier = 0.05 if last.revenue <= 500000 else 0.04 if last.revenue <= 2000000 else 0.03
    used = accounts[-3:]
    research, sales = sum(a.rd_expense for a in used), sum(a.revenue for a in used)
    return (
        bool(row["in_hightech_field"] and row["owns_core_ip"])
        and 10 * _number(row, "tech_staff") >= _number(row, "employees")
        and research >= tier * sales
        and 5 * last.hightech_revenue >= 3 * last.total_income
        and _number(row, "hnte_innovation_score") > 70
    )


def _hightech(case: _Case, draw: Draw) -> list[Title]:
    """高新技术企业: three-year certificates of 2020 to 2025, issued late in the year."""
    year = 2020 + draw.pick((0.05, 0.05, 0.10, 0.30, 0.25, 0.25))
    asks, lenient, renews = draw.chance(0.92), draw.chance(0.03), draw.chance(0.7)
    first = _term("title.hnte", draw, year, (10, 12), 3)
    second = _term("title.hnte", draw, min(year + 3, 2025), (10, 12), 3)
    if case.profile.age(year) < 1.0 or case.profile.field is None:
        return []

    def granted(in_year: int) -> bool:
        # A certificate of 2025 rests on the figures up to 2024; before the data, on the first year.
        known = case.upto(in_year - 1)
        return lenient or meets_hightech(case.accounts[:known], case.facts[:known])

    if not (asks and granted(year)):
        return []
    again = year + 3 <= 2025 and renews and granted(year + 3)
    return [first, second] if again else [first]


def _small_and_medium(case: _Case, draw: Draw) -> list[Title]:
    """科技型中小企业 (each calendar year) and its provincial and 2026 relatives."""
    found: list[Title] = []
    for year in (2024, 2025, 2026):
        row, books = case.facts[case.upto(year - 1) - 1], case.accounts[case.upto(year - 1) - 1]
        small = _number(row, "employees") <= 500 and max(books.revenue, books.total_assets) <= 2000000
        active = 10 * _number(row, "tech_staff") >= _number(row, "employees")
        active = active and 50 * books.rd_expense >= 2 * books.revenue
        start = draw.day(dt.date(year, 7, 1), dt.date(year, 9, 30))
        if draw.chance(0.7) and small and active and case.profile.field:
            found.append(Title("title.tech_sme", start, dt.date(year, 12, 31)))
    provincial = _term("title.provincial_tech_sme", draw, draw.whole(2022, 2026), (3, 9), 5)
    newest = _term("title.tech_innovative_sme", draw, 2026, (5, 10), 3)
    if found and draw.chance(0.55):
        found.append(provincial)
    if found and draw.chance(0.8 if case.profile.specialised else 0.3):
        found.append(newest)
    return found


def _graded(case: _Case, draw: Draw) -> list[Title]:
    """创新型, 专精特新, 小巨人 and 单项冠军: each rests on the one before."""
    row, books = case.facts[-1], case.accounts[-1]
    innovation, age = case.profile.innovation, case.profile.age(2025)
    likely = (0.9, 0.9, 0.4) if case.profile.specialised else (0.34 + 0.1 * innovation, 0.5, 0.3 + 0.1 * innovation)
    small_size = row["size_class"] != "大型"
    able = case.profile.field is not None and small_size and 50 * books.rd_expense >= 2 * books.revenue
    # The months keep the order of the titles where they fall into one year.
    years = [draw.whole(2021, 2025)]
    for wait in (2, 2, 1):
        years.append(min(2025, years[-1] + draw.whole(0, wait)))
    innovative = _term("title.innovative_sme", draw, years[0], (3, 4), 3)
    special = _term("title.srdi_sme", draw, years[1], (5, 6), 3)
    giant = _term("title.little_giant", draw, years[2], (7, 10), 3)
    key = _term("title.key_little_giant", draw, years[3], (11, 11), 3)
    steps = [draw.random() for _ in range(5)]
    found: list[Title] = []
    able = able and case.profile.founded < innovative.start
    if able and age > 2 and steps[0] < likely[0]:
        found.append(innovative)
        if age > 3 and books.revenue >= 100000 and books.rd_expense >= 10000 and steps[1] < likely[1]:
            found.append(special)
            strong = books.revenue >= 500000 and _number(row, "ip_class1") >= 2
            if strong and steps[2] < likely[2]:
                found.append(giant)
                found += [key] if steps[3] < 0.2 else []
    champion = _term("title.manufacturing_champion", draw, draw.whole(2022, 2025), (3, 11), 3)
    leads = _number(row, "niche_market_rank") <= 3 and books.revenue >= 2000000
    if case.profile.industry.size == "工业" and leads and steps[4] < 0.25:
        found.append(champion)
    return found


def _standing(case: _Case, draw: Draw) -> list[Title]:
    """Titles for intellectual property, innovation management, quality and the maker contest."""
    row, books = case.facts[-1], case.accounts[-1]
    patents = _number(row, "invention_patents")
    demo = _term("title.tech_innovation_demo", draw, draw.whole(2022, 2025), (9, 12), 3)
    advantage = _term("title.ip_advantage", draw, draw.whole(2022, 2025), (9, 12), 3)
    leading = _term("title.ip_demo", draw, draw.whole(2022, 2025), (9, 12), 3)
    quality = _term("title.provincial_quality_award", draw, draw.whole(2021, 2025), (6, 12), 5)
    contest = draw.day(dt.date(2023, 9, 1), dt.date(2026, 10, 31))
    steps = [draw.random() for _ in range(6)]
    found: list[Title] = []
    if patents >= 20 and books.revenue >= 3000000:
        found += [demo] if steps[0] < 0.10 else []
    if patents >= 10:
        found += [advantage] if steps[1] < 0.12 else []
        found += [leading] if steps[2] < 0.04 else []
    if row["quality_system_cert"] and books.revenue >= 2000000:
        found += [quality] if steps[3] < 0.04 else []
    young = case.profile.field is not None and case.profile.age(2025) < 12
    if young and steps[4] < 0.008 + 0.006 * case.profile.innovation:
        found.append(Title("title.maker_china_top500", contest, None))
        found += [Title("title.maker_china_top50", contest, None)] if steps[5] < 0.25 else []
    return found


def _growth(case: _Case, draw: Draw) -> list[Title]:
    """瞪羚, 独角兽 and 新雏鹰: by growth, value and youth."""
    books, age = case.accounts[-1], case.profile.age(2025)
    grows = len(case.accounts) == 3 and books.revenue > 1.44 * case.accounts[0].revenue
    gazelle = _term("title.gazelle", draw, draw.whole(2024, 2026), (5, 9), 3)
    unicorn = _term("title.unicorn", draw, draw.whole(2024, 2026), (3, 6), 2)
    eaglet = _term("title.new_eaglet", draw, draw.whole(2025, 2026), (4, 9), 3)
    steps = [draw.random() for _ in range(3)]
    later = case.profile.draw("cultivation")
    cultivated = _term("title.gazelle_cultivation", later, later.whole(2024, 2026), (5, 9), 3)
    found: list[Title] = []
    if grows and books.revenue >= 100000 and case.profile.field and steps[0] < 0.35:
        found.append(gazelle)
    if grows and books.revenue >= 50_000 and not found and case.profile.field and later.chance(0.3):
        found.append(cultivated)
    if books.market_value >= 60_000_000 and books.equity_raised_total >= 500_000 and steps[1] < 0.95:
        found.append(unicorn)
    spends = 10 * books.rd_expense >= books.revenue and _number(case.facts[-1], "core_ip") >= 3
    if age <= 5 and case.profile.field and spends and steps[2] < 0.3:
        found.append(eaglet)
    return found


def _award_titles(award: Award, draw: Draw) -> list[Title]:
    """An award under every name that its level, rank and grade deserve; awards do not expire."""
    day = draw.day(dt.date(award.year, 3, 1), dt.date(award.year, 11, 30))
    if award.national:
        names = ["national_science_award"]
        names += ["national_science_award_top5"] if award.rank <= 5 else []
        names += ["national_science_award_top3"] if award.rank <= 3 else []
    else:
        names = ["provincial_science_award"]
        names += ["provincial_science_award_top3"] if award.rank <= 3 else []
        names += ["provincial_science_award_2nd"] if award.grade <= 2 else []
    return [Title(f"title.{name}", day, None) for name in names]

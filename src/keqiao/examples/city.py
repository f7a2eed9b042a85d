"""The synthetic city: enterprises, their rows and titles, and the sheet that holds them.

Nothing here is a statistic or belongs to a real enterprise. The same seed gives the same city on
every machine, and enterprise 17 is the same whether the city has 20 enterprises or 5,000.

    for row in city_rows(enterprises=100):
        print(row["year"], row["name"], row["rd_expense"])
    write_city(Path("demo"))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from keqiao.examples import accounts as books
from keqiao.examples import merits, people
from keqiao.examples.draws import Draw, wan
from keqiao.examples.industries import size_class
from keqiao.examples.profile import EARLIER, YEARS, Facts, Profile, draw_profile
from keqiao.examples.records import Patent, Round, draw_patents, draw_rounds
from keqiao.examples.titles import Title, draw_titles
from keqiao.examples.workbook import write_workbook
from keqiao.packs.loader import load_packs
from keqiao.rules.vocabulary import Vocabulary

SEED = 20261121

#: Share of missing values among all facts but the key, the year and the name.
MISSING = 0.10

#: Of that share, how much is missing of the facts in `merits.SELDOM_MISSING`.
SELDOM = 0.1

#: What every product of this data says of it (manifest, titles of workbooks).
CITY_LABEL = "合成数据（示例市），非真实企业 / synthetic data, no real enterprises"

#: Facts that are never missing.
KEYS = frozenset({"uscc", "name", "year"})

_MONEY = tuple(name for name in books.Accounts.__dataclass_fields__ if name not in ("year", "roe"))


@dataclass(frozen=True, slots=True)
class Enterprise:
    """One enterprise: a row of facts per year, oldest first, its titles, and the records behind some of the facts."""

    uscc: str
    rows: tuple[Facts, ...]
    titles: tuple[Title, ...]
    patents: tuple[Patent, ...] = ()
    rounds: tuple[Round, ...] = ()


def city_enterprises(enterprises: int = 5000, seed: int = SEED, missing: float = MISSING) -> Iterator[Enterprise]:
    """The enterprises of the city in the order of their numbers.

    Each row has ``year`` and every indicator of the vocabulary but the titles and the marks that only
    a body elsewhere gives (创新积分, 领航积分): money (万元),
    ratios (%) and points as `Decimal`, counts and people as int, flags as bool, dates, codes and
    text; None where missing. ``missing`` 0 gives the same city with the values that the default
    hides (a high-tech field stays empty where there is none). The row of `EARLIER` has only
    revenue and R&D expense besides the fixed facts.
    """
    for number in range(1, enterprises + 1):
        profile = draw_profile(seed, number)
        rows, titles = _complete(profile)
        told = [row for row in rows if row["year"] != EARLIER]
        patents, rounds = draw_patents(profile, told), draw_rounds(profile, told)
        yield Enterprise(profile.uscc, tuple(_with_gaps(profile, rows, missing)), tuple(titles), tuple(patents), tuple(rounds))


def city_rows(enterprises: int = 5000, seed: int = SEED, missing: float = MISSING) -> Iterator[Facts]:
    """The rows of all enterprises, one per enterprise and year; see `city_enterprises`."""
    for enterprise in city_enterprises(enterprises, seed, missing):
        yield from enterprise.rows


def city_titles(enterprises: int = 5000, seed: int = SEED) -> Iterator[tuple[str, Title]]:
    """The titles of all enterprises as (统一社会信用代码, title)."""
    for enterprise in city_enterprises(enterprises, seed):
        yield from ((enterprise.uscc, title) for title in enterprise.titles)


def write_city(
    folder: Path,
    *,
    enterprises: int = 5000,
    seed: int = SEED,
    progress: Callable[[int, int], None] | None = None,
    vocabulary: Vocabulary | None = None,
) -> list[Path]:
    """Write ``city.xlsx`` into ``folder`` and return the files written.

    Sheets 企业 (a row per enterprise and year), 称号, 专利, 股权融资 and 说明; the facts of
    `keqiao.examples.records.COUNTED` have no column and are counted from the records. An earlier file is replaced when
    the new one is complete. ``progress`` is called with (enterprises done, enterprises).
    ``vocabulary`` gives headings and units; the shipped one by default. The bytes depend only on
    ``enterprises``, ``seed``, the vocabulary and the versions of XlsxWriter and zlib.
    """
    words = vocabulary or load_packs().vocabulary
    folder.mkdir(parents=True, exist_ok=True)
    target, part = folder / "city.xlsx", folder / "city.xlsx.part"
    try:
        write_workbook(part, _counted(enterprises, seed, progress), words, seed, enterprises)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return [target]


def _counted(enterprises: int, seed: int, progress: Callable[[int, int], None] | None) -> Iterator[Enterprise]:
    for done, enterprise in enumerate(city_enterprises(enterprises, seed), start=1):
        yield enterprise
        if progress and (done % 50 == 0 or done == enterprises):
            progress(done, enterprises)


def _complete(profile: Profile) -> tuple[list[Facts], list[Title]]:
    """All rows without gaps, and the titles that follow from them."""
    accounts, awards = books.draw_accounts(profile), merits.draw_awards(profile)
    staff, ip = people.staff_facts(profile, accounts), people.ip_facts(profile, accounts)
    parts = [
        staff,
        ip,
        merits.merit_facts(profile, accounts, awards),
        merits.review_facts(profile, accounts, ip),
        merits.standing_facts(profile, accounts),
        merits.judgement_facts(profile, accounts, awards),
        merits.conduct_facts(profile),
    ]
    static = profile.static_facts()
    rows: list[Facts] = []
    for index, year in enumerate(accounts):
        row: Facts = {"year": year.year} | static | _money_facts(year)
        row |= _state_facts(profile, year, staff[index])
        for part in parts:
            row |= part[index]
        rows.append(row)
    titles = draw_titles(profile, accounts, rows, awards)
    _add_reviews(rows, titles)
    return [*_earlier_rows(profile, accounts, rows[0]), *rows], titles


def _earlier_rows(profile: Profile, accounts: list[books.Accounts], like: Facts) -> list[Facts]:
    """The row of the year before the others, if the enterprise existed: fixed facts, revenue and R&D."""
    known = books.draw_earlier(profile, accounts)
    if known is None:
        return []
    revenue, research = known
    row: Facts = dict.fromkeys(like)
    row |= {"year": EARLIER} | profile.static_facts()
    return [row | {"revenue": wan(revenue), "rd_expense": wan(research)}]


def _money_facts(year: books.Accounts) -> Facts:
    facts: Facts = {name: wan(getattr(year, name)) for name in _MONEY}
    return facts | {"roe": wan(year.roe)}


def _state_facts(profile: Profile, year: books.Accounts, staff: Facts) -> Facts:
    """Size and stage as the enterprise reports them."""
    revenue, people_ = year.revenue / 100, int(str(staff["employees"]))
    age = profile.age(year.year)
    stage = "成长期"
    if age <= 5 and revenue < 2000:
        stage = "初创期"
    elif age > 10 and revenue >= 10000:
        stage = "稳定期"
    size = size_class(profile.industry.size, people_, revenue, year.total_assets / 100)
    return {"size_class": size, "stage": stage}


def _add_reviews(rows: list[Facts], titles: list[Title]) -> None:
    """期满复核 is asked for in the year before a graded title ends."""
    ends = {t.end.year for t in titles if t.end and t.title in ("title.srdi_sme", "title.little_giant")}
    for row in rows:
        row["review_application"] = int(str(row["year"])) + 1 in ends


def _with_gaps(profile: Profile, rows: list[Facts], missing: float) -> list[Facts]:
    """The rows with facts removed at random; a static fact is missing in all rows or in none."""
    draw = Draw(profile.seed, profile.number, "gaps")
    static = set(profile.static_facts()) - KEYS
    lost = {name for name in sorted(static) if draw.chance(missing)}
    shares = {name: missing * (SELDOM if name in merits.SELDOM_MISSING else 1.0) for name in rows[0]}
    changing = [name for name in rows[-1] if name not in KEYS and name not in static]
    # Latest first, so that the older rows do not decide what is missing of the newest.
    for row in reversed(rows):
        gaps = lost.union(name for name in changing if draw.chance(shares[name]))
        row.update(dict.fromkeys(gaps))
    return rows


__all__ = [
    "CITY_LABEL",
    "EARLIER",
    "KEYS",
    "MISSING",
    "SEED",
    "SELDOM",
    "YEARS",
    "Enterprise",
    "city_enterprises",
    "city_rows",
    "city_titles",
    "write_city",
]

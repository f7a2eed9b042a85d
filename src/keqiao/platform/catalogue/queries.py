"""What the catalogue finds: rules, ladders and lists. They are public, so that no actor is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from keqiao.assess.answers_changes import Edit
from keqiao.assess.versions import difference
from keqiao.errors import PackError, language, say
from keqiao.packs import schema as s
from keqiao.packs.ladders import Ladder
from keqiao.platform.catalogue.shipped import KINDS, STANDINGS, Standing, kind_of, packs, period, standing, title_of
from keqiao.platform.clock import today
from keqiao.platform.errors import Invalid, NotVisible
from keqiao.rules.model import Rule
from keqiao.rules.quantities import normalise

P = TypeVar("P", s.ListPack, s.LadderPack)


@dataclass(frozen=True)
class Wanted:
    """What a reader looks for. ``force`` is ``on`` (in force on the day) or ``all``."""

    query: str = ""
    kind: str = ""
    issuer: str = ""
    standing: str = ""
    force: str = "on"
    day: dt.date | None = None

    @property
    def on(self) -> dt.date:
        """The day that counts; today where none is given."""
        return self.day or today()


@dataclass(frozen=True)
class Found:
    """A rule on a day: its version, what it is, where it stands, whether it is in force."""

    rule: Rule
    stands: Standing
    in_force: bool

    @property
    def id(self) -> str:
        """The rule's id."""
        return self.rule.id

    @property
    def title(self) -> str:
        """The title in the current language."""
        return title_of(self.rule, self.stands)

    @property
    def kind(self) -> str:
        """One of `shipped.KINDS`."""
        return kind_of(self.rule)


def read_day(text: str | None) -> dt.date | None:
    """A day from an address; None where there is none. Raises `Invalid`."""
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not 1990 <= found.year <= 2200:
        zh, en = f"“{text[:40]}”不是日期，应写作 2026-11-21。", f"{text[:40]!r} is not a date; write it as 2026-11-21."
        raise Invalid({"as_of": say(zh, en)}, zh, en)
    return found


def find_rules(wanted: Wanted) -> list[Found]:
    """The rules that fit, in the order of the packs."""
    every = (_found(id, wanted.on) for id in packs())
    return [one for one in every if _fits(one, wanted)]


def get_rule(id: str, day: dt.date | None = None) -> Found:
    """One rule, in the version of a day (today). Raises `NotVisible` where there is none of that id."""
    if id not in packs():
        raise NotVisible
    return _found(id, day or today())


def _found(id: str, day: dt.date) -> Found:
    rule = packs().version(id, day)
    return Found(rule, standing(rule, day), rule.in_force(day))


def _fits(one: Found, wanted: Wanted) -> bool:
    if wanted.force != "all" and not one.in_force:
        return False
    if wanted.kind and one.kind != wanted.kind:
        return False
    if wanted.standing and one.stands.key != wanted.standing:
        return False
    if wanted.issuer and wanted.issuer not in issuers_of(one.rule):
        return False
    words = normalise(wanted.query).casefold().split()
    origin = one.rule.origin
    text = normalise(" ".join(str(part) for part in (one.id, one.rule.title.zh, one.rule.title.en, origin.document, origin.number, origin.issuer) if part))
    return all(word in text.casefold() for word in words)


def issuers_of(rule: Rule) -> list[str]:
    """The bodies that issued the document of a rule."""
    return (rule.origin.issuer or "").replace("、", " ").split()


def issuers() -> list[str]:
    """Every body that issued a rule, in the order of the packs."""
    return list(dict.fromkeys(name for id in packs() for pack, _ in packs().sources(id) for name in (pack.source.issuer or "").replace("、", " ").split()))


def checked(wanted: Wanted) -> Wanted:
    """The same without values that no filter has, as a stale or mistyped address may hold."""
    kinds, standings = {key for key, *_ in KINDS}, {key for key, *_ in STANDINGS}
    return Wanted(
        wanted.query[:80], wanted.kind if wanted.kind in kinds else "", wanted.issuer if wanted.issuer in issuers() else "",
        wanted.standing if wanted.standing in standings else "", "all" if wanted.force == "all" else "on", wanted.day,
    )  # fmt: skip


# ---- versions --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Version:
    """One version of a rule: the rule, where it stands, and what changed from the version before; None for the first."""

    rule: Rule
    stands: Standing
    day: dt.date
    edits: tuple[Edit, ...] | None

    @property
    def period(self) -> str:
        """When it holds, in words."""
        return period(self.rule.effective_from, self.rule.effective_to)


def versions_of(id: str) -> list[Version]:
    """All versions of a rule, the newest first. Raises `NotVisible`."""
    if id not in packs():
        raise NotVisible
    days = [_first_day(pack) for pack, _ in packs().sources(id)]
    found = []
    for i, day in enumerate(days):
        rule = packs().version(id, day)
        edits = difference(packs(), id, days[i - 1], day, language=language()).edits if i else None
        found.append(Version(rule, standing(rule, day), day, edits))
    return found[::-1]


def _first_day(pack: s.RulePack) -> dt.date:
    """A day on which a version counts: its first, or for one without beginning its last, or the day of recording."""
    return pack.effective.from_ or pack.effective.to or pack.recorded or today()


# ---- ladders and lists -----------------------------------------------------------------------------


def ladders_on(day: dt.date) -> Sequence[tuple[Ladder, s.LadderPack]]:
    """The ladders in force on a day with their files, by id."""
    return [packs().ladder(id, day) for id in packs().ladders_on(day)]


def ladders_with(id: str, day: dt.date) -> list[tuple[Ladder, int]]:
    """The ladders that a rule decides a step of, with the step's place from 0."""
    return [
        (ladder, place)
        for ladder in packs().ladders_on(day).values()
        for place, step in enumerate(ladder.steps)
        if step.rule == id
    ]  # fmt: skip


def lists() -> list[s.ListPack]:
    """Every list, the last file of each id."""
    return list(_latest(pack for pack, _ in packs().files if isinstance(pack, s.ListPack)).values())


def get_list(id: str) -> s.ListPack:
    """One list. Raises `NotVisible`."""
    found = next((pack for pack in lists() if pack.id == id), None)
    if found is None:
        raise NotVisible
    return found


def _latest(every: Iterator[P]) -> Mapping[str, P]:
    return {pack.id: pack for pack in every}


def sql_of(id: str, day: dt.date, dialect: str) -> str:
    """A rule as one SQL query in a dialect, with a comment that says what it reads. Raises `NotVisible`, `Invalid`."""
    from keqiao.rules.sql.compile import compile_sql, header
    from keqiao.rules.sql.dialects import DIALECTS

    if dialect not in DIALECTS:
        names = ", ".join(DIALECTS)
        zh, en = f"没有方言“{dialect[:20]}”；可用：{names}。", f"There is no dialect {dialect[:20]!r}; use {names}."
        raise Invalid({"dialect": say(zh, en)}, zh, en)
    rule, year = get_rule(id, day).rule, day.year - 1
    try:
        query = compile_sql(rule, lambda other: packs().version(other, day), as_of=day, year=year, dialect=dialect)
    except PackError as problem:
        raise Invalid(None, problem.zh, problem.en) from None
    return f"{header(rule, day, year, dialect)}\n{query};\n"

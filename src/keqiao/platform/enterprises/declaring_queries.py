"""Reading declarations: the draft, and the table with what the record holds beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from keqiao.errors import KeqiaoError, language, say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.clock import today
from keqiao.platform.enterprises import queries, wanted
from keqiao.platform.enterprises.models import Asked, Declaration, Evidence
from keqiao.platform.enterprises.recording import Held, facts_of, read_typed, show
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.errors import NotVisible
from keqiao.platform.web.formats import unit_head
from keqiao.rules.vocabulary import Indicator

Typed = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Voice:
    """What one source says: the value in words, the source, the day, and whether rules read it."""

    shown: str
    source: str
    day: str
    prevails: bool
    fact: int


@dataclass(frozen=True)
class Cell:
    """One value to fill: ``name`` of its field, what is typed, what the sources say, and what is wrong with it."""

    name: str
    head: str
    typed: str
    voices: tuple[Voice, ...]
    note: str = ""
    wrong: str = ""
    earlier: bool = False

    @property
    def settled(self) -> bool:
        """Whether it is the year before and known: shown, not asked again; a wrong value is objected to."""
        return self.earlier and bool(self.voices) and not self.typed and not self.wrong

    @property
    def differs(self) -> bool:
        """Whether sources say different things."""
        return len({voice.shown for voice in self.voices}) > 1


@dataclass(frozen=True)
class Line:
    """One indicator of the table."""

    indicator: Indicator
    label: str
    unit: str
    cells: tuple[Cell, ...]
    requested: bool
    files: tuple[Evidence, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def known(self) -> bool:
        """Whether the year itself has a value, in the record or typed."""
        return bool(self.cells[-1].voices or self.cells[-1].typed)


@dataclass(frozen=True)
class Group:
    """A section of the table."""

    title: str
    lines: Sequence[Line]

    @property
    def missing(self) -> int:
        """How many of its facts are unknown."""
        return sum(not line.known for line in self.lines)

    @property
    def open(self) -> bool:
        """Whether it shows at first: something is missing, asked for, typed or wrong."""
        return any(not line.known or line.requested or cell.typed or cell.wrong for line in self.lines for cell in line.cells)


@dataclass(frozen=True)
class Sheet:
    """The table in groups."""

    groups: Sequence[Group]

    @property
    def lines(self) -> list[Line]:
        """All lines."""
        return [line for group in self.groups for line in group.lines]


def visible_to(actor: Actor) -> QuerySet[Declaration]:
    """An enterprise: its own. An authority: the submitted ones of its enterprises."""
    found = Declaration.objects.filter(Exists(queries.visible_to(actor).filter(pk=OuterRef("enterprise_id"))))
    return found.filter(state="submitted") if actor.role is Role.AUTHORITY else found


def get_draft(actor: Actor, year: int) -> Declaration | None:
    """The enterprise's draft for a year, None before anything was typed."""
    if actor.role is not Role.ENTERPRISE:
        raise NotVisible
    return visible_to(actor).filter(year=year, state="draft").select_related("by").order_by("-pk").first()


def open_requests(actor: Actor) -> QuerySet[Asked]:
    """Requests to the enterprise that still wait for facts."""
    if actor.role is not Role.ENTERPRISE or actor.enterprise_id is None:
        return Asked.objects.none()
    found = Asked.objects.filter(enterprise=actor.enterprise_id, answered_at__isnull=True, request__withdrawn_at__isnull=True)
    return found.select_related("request", "request__office").order_by("request__due")


def year_of(actor: Actor, given: str = "") -> int:
    """The year to declare: the given one of the last five, else that of the first open request, else the year before."""
    if given.isdigit() and today().year - 5 <= int(given) <= today().year:
        return int(given)
    first = open_requests(actor).first()
    return first.request.year if first is not None else wanted.default_year()


def name_of(indicator: str, year: int) -> str:
    """The name of a field."""
    return f"v:{indicator}:{year}"


def sheet(actor: Actor, year: int, typed: Typed, wrong: Mapping[str, str], *, everything: bool = False) -> Sheet:
    """The table of the actor's enterprise: what is wanted, what is typed, what every source says."""
    if actor.enterprise_id is None:
        raise NotVisible
    requested = {id for one in open_requests(actor) if one.request.year == year for id in one.request.indicators}
    found = wanted.wanted({*requested, *typed}, everything=everything)
    held = facts_of([actor.enterprise_id], indicators=[one.indicator.id for one in found], rivals=True).get(actor.enterprise_id, {})
    draft = get_draft(actor, year)
    files: dict[str, list[Evidence]] = {}
    for one in draft.files.filter(wiped_at=None) if draft is not None else ():
        files.setdefault(one.indicator, []).append(one)
    groups = []
    for title, group in wanted.grouped(found):
        lines = []
        for want in group:
            id = want.indicator.id
            cells = tuple(_cell(want, y, year, typed.get(id, {}).get(str(y), ""), held.get(id, ()), wrong) for y in want.years(year))
            lines.append(
                Line(
                    want.indicator, wanted.label_of(want.indicator), _unit(want.indicator), cells, id in requested,
                    tuple(files.get(id, ())), _choices(want.indicator),
                )
            )  # fmt: skip
        groups.append(Group(title, lines))
    return Sheet(groups)


def voices(indicator: str, year: int, held: Iterable[Held]) -> tuple[Voice, ...]:
    """What the sources say of one indicator in one year, the prevailing one first."""
    return tuple(
        Voice(show(indicator, one.number, one.text, language()), source_name(one.kind, one.source) or say("导入", "import"),
              f"{one.recorded_at:%Y-%m-%d}", one.prevails, one.fact_id)
        for one in sorted(held, key=lambda one: not one.prevails) if one.year == year
    )  # fmt: skip


def reading(indicator: str, text: str) -> tuple[str, str]:
    """What was understood of a typed text, and what is wrong with it; one of the two is empty."""
    if not text.strip():
        return "", ""
    try:
        found = read_typed(indicator, text)
    except KeqiaoError as error:
        return "", error.message
    return show(indicator, found.number, found.text, language()), ""


def _cell(want: wanted.Wanted, year: int, declared: int, typed: str, held: Iterable[Held], wrong: Mapping[str, str]) -> Cell:
    name = name_of(want.indicator.id, year)
    note, problem = reading(want.indicator.id, typed)
    head = "" if year == 0 else say(f"{year} 年", str(year))
    return Cell(name, head, typed, voices(want.indicator.id, year, held), note, wrong.get(name, problem), 0 < year < declared)


def _unit(indicator: Indicator) -> str:
    return "" if indicator.type in ("flag", "code", "text", "date") else unit_head(indicator.unit)


def _choices(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """What may be chosen, with its words; empty where it is typed."""
    if indicator.type == "flag":
        return (("是", say("是", "yes")), ("否", say("否", "no")))
    return tuple((value, value) for value in indicator.values) if len(indicator.values) <= 12 else ()

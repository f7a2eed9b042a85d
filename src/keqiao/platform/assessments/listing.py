"""The list of enterprises: what an address asks for, as a query, a page of rows, and a workbook of the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from keqiao.errors import say
from keqiao.platform.actor import Actor
from keqiao.platform.assessments.counting import counted
from keqiao.platform.assessments.models import Outcome, RuleKey, Run, Standing
from keqiao.platform.assessments.queries import latest_done, places_below, standings
from keqiao.platform.clock import today
from keqiao.platform.enterprises.models import Enterprise, Residence
from keqiao.platform.enterprises.queries import visible_to as visible_enterprises
from keqiao.platform.web.formats import points
from keqiao.platform.web.outcomes import outcome_word
from keqiao.platform.web.tables import Chip, Choice, Column, Empty, Link, Pages, Table
from keqiao.rules.model import OUTCOMES

SIZE = 40
#: Fewer enterprises than this are looked up one by one.
_FEW = 20_000
#: Sorts by name in the address: fields, and their words.
SORTS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "-points": (("-low", "-enterprise_id"), "积分从高到低", "most points first"),
    "points": (("low", "enterprise_id"), "积分从低到高", "fewest points first"),
    "-complete": (("-complete", "-enterprise_id"), "完整度从高到低", "most complete first"),
    "complete": (("complete", "enterprise_id"), "完整度从低到高", "least complete first"),
    "name": (("enterprise__name", "enterprise_id"), "按名称", "by name"),
    "-name": (("-enterprise__name", "-enterprise_id"), "按名称倒序", "by name, backwards"),
}
CHANGES = (("gained", "得到称号", "Gained a title"), ("lost", "失去称号", "Lost a title"), ("new", "尚未评价", "Not assessed yet"))
#: The change that lists enterprises which no run has decided yet.
NEW = "new"


@dataclass(frozen=True)
class Wanted:
    """What is asked for; empty parts ask for nothing."""

    q: str = ""
    place: str = ""
    industry: str = ""
    stage: str = ""
    title: str = ""
    outcome: str = ""
    change: str = ""
    sort: str = "-points"
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict | Mapping[str, str]) -> Wanted:
        """Read an address; what is not understood is left out."""
        given = {name: (query.get(name) or "").strip()[:100] for name in ("q", "place", "industry", "stage", "title", "outcome", "change", "sort")}
        page = query.get("page") or "1"
        given["sort"] = given["sort"] if given["sort"] in SORTS else "-points"
        given["place"] = given["place"] if given["place"].isdecimal() else ""
        given["outcome"] = given["outcome"] if given["outcome"] in OUTCOMES else ""
        given["change"] = given["change"] if given["change"] in {key for key, _, _ in CHANGES} else ""
        given["q"] = given["q"] if len(given["q"]) >= 2 else ""
        return cls(**given, page=max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1)

    @property
    def address(self) -> dict[str, str]:
        """The parts that are asked for, as they stand in an address, without the page."""
        found = {name: getattr(self, name) for name in ("q", "place", "industry", "stage", "title", "outcome", "change", "sort")}
        return {name: value for name, value in found.items() if value and not (name == "sort" and value == "-points")}

    def link(self, **changes: Any) -> str:
        """The address of the list with parts changed."""
        query = QueryDict(mutable=True)
        query.update(replace(self, **changes).address)
        return reverse("assessments:enterprises") + (f"?{query.urlencode()}" if query else "")


class Listing:
    """The list that an actor asks for, over the latest run of its office where there is one."""

    def __init__(self, actor: Actor, wanted: Wanted, run: Run | None = None) -> None:
        self.actor, self.wanted = actor, wanted
        self.run = run or latest_done(actor)

    @cached_property
    def fresh(self) -> bool:
        """Whether enterprises are listed that no run has decided."""
        return self.run is None or self.wanted.change == NEW

    @cached_property
    def enterprises(self) -> QuerySet[Enterprise]:
        """The visible enterprises that pass the filters on themselves and are in no run, by name."""
        found = visible_enterprises(self.actor).filter(self._who(""))
        if self.run is not None:
            found = found.filter(~Exists(Standing.objects.filter(run=self.run, enterprise=OuterRef("pk"))))
        return found.order_by("-name" if self.wanted.sort == "-name" else "name", "pk")

    @cached_property
    def standings(self) -> QuerySet[Standing]:
        """The standings that pass all filters, in the order asked for."""
        return self._standings(few=self._narrow and self.total < _FEW).order_by(*SORTS[self.wanted.sort][0])

    def _standings(self, *, few: bool) -> QuerySet[Standing]:
        """Those that pass all filters; where they are ``few`` they are looked up, else met on the way down the order."""
        assert self.run is not None
        wanted = self.wanted
        if few:
            found = Standing.objects.filter(run=self.run, enterprise__in=visible_enterprises(self.actor).filter(self._who("")).values("pk"))
        else:
            found = standings(self.actor, self.run).filter(self._who("enterprise__"))
        if wanted.change in ("gained", "lost") and not wanted.title:
            found = found.filter(**{f"{wanted.change}__gt": 0})
        if wanted.title and (wanted.outcome or wanted.change):
            outcomes = self._outcomes()
            if self._expected < _FEW:
                return found.filter(enterprise__in=outcomes.values("enterprise"))
            return found.filter(Exists(outcomes.filter(enterprise=OuterRef("enterprise_id"))))
        return found

    def _outcomes(self) -> QuerySet[Outcome]:
        found = Outcome.objects.filter(run=self.run, rule=self._rule)
        if self.wanted.outcome:
            found = found.filter(outcome=OUTCOMES.index(self.wanted.outcome))
        if self.wanted.change == "gained":
            found = found.filter(outcome=3, before__lt=3)
        if self.wanted.change == "lost":
            found = found.filter(outcome__lt=3, before=3)
        return found

    @cached_property
    def _rule(self) -> int:
        """The number of the title's rule; 0 for one that no run has."""
        return RuleKey.objects.filter(key=self.wanted.title).values_list("pk", flat=True).first() or 0

    @property
    def _narrow(self) -> bool:
        """Whether something is asked of the enterprises themselves."""
        return bool(self.wanted.q or self.wanted.place or self.wanted.industry or self.wanted.stage)

    @property
    def _expected(self) -> int:
        """How many of the run have the outcome or the change that is asked for, whatever else is asked."""
        told = self.run.summary["rules"].get(self.wanted.title, {}) if self.run is not None else {}
        counts = [told.get("outcomes", {}).get(self.wanted.outcome, 0)] if self.wanted.outcome else []
        return min([*counts, *([told.get(self.wanted.change, 0)] if self.wanted.change else [])], default=0)

    def _who(self, prefix: str) -> Q:
        wanted = self.wanted
        found: Any = Q()
        if wanted.q:
            found &= Q(**{f"{prefix}name__contains": wanted.q}) | Q(**{f"{prefix}code__contains": wanted.q.upper()})
        if wanted.industry:
            found &= Q(**{f"{prefix}industry": wanted.industry})
        if wanted.stage:
            found &= Q(**{f"{prefix}stage": wanted.stage})
        if wanted.place:
            outer = OuterRef("pk") if not prefix else OuterRef("enterprise_id")
            below = Q(place__path__contains=f"/{int(wanted.place)}/")
            day = today()
            now = Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day)
            found &= Exists(Residence.objects.filter(below, *now, enterprise=outer, place__in=self.actor.places))
        return found

    @cached_property
    def total(self) -> int:
        """How many there are."""
        rows: QuerySet[Any] = self.enterprises if self.fresh else self._standings(few=self._narrow)
        key = (self.run.pk if self.run else 0, str(self.run.created_at) if self.run else "", self.actor.office_id, today(), *sorted(self.wanted.address.items()))
        return counted(key, rows.order_by().count)

    @cached_property
    def waiting(self) -> int:
        """How many visible enterprises the run has not decided."""
        if self.run is None:
            return 0
        new = Listing(self.actor, Wanted(change=NEW), self.run)
        return new.total

    def rows(self, start: int, end: int) -> list[dict[str, Any]]:
        """Rows of the table, by the keys of `columns`."""
        if self.fresh:
            found = list(self.enterprises[start:end])
            where = _places([one.pk for one in found])
            return [_row(one, None, where) for one in found]
        listed = list(self.standings.select_related("enterprise")[start:end])
        where = _places([one.enterprise_id for one in listed])
        return [_row(one.enterprise, one, where) for one in listed]

    @property
    def columns(self) -> list[Column]:
        """The columns of page and workbook alike."""
        sorting = not self.fresh
        found = [
            Column("who", say("企业", "Enterprise"), "name", sort="name"), Column("place", say("片区", "Place")),
            Column("kind", say("行业 · 阶段", "Industry · stage")),
        ]
        if sorting:
            found += [
                Column("points", self.points_word, "points", sort="points"), Column("titles", say("资格", "Titles"), "outcomes"),
                Column("moved", say("积分较上次", "Points since last"), "signed", unit="points"), Column("changes", say("得失", "Changes")),
                Column("complete", say("完整度", "Complete"), "number", sort="complete"),
            ]
        return found

    @property
    def points_word(self) -> str:
        """The head of the points, which says where they are illustrative."""
        told = self.run.summary.get("score") if self.run is not None else None
        return say("积分", "Points") + (say("（示例）", " (illustrative)") if told and told["illustrative"] else "")

    @property
    def stated(self) -> str:
        """How many, in which order."""
        zh, en = SORTS["name" if self.fresh else self.wanted.sort][1:]
        return say(f"{self.total:,} 家，{zh}", f"{self.total:,}, {en}")

    def table(self) -> Table:
        """The page of the table that is asked for."""
        last = max(-(-self.total // SIZE), 1)
        number = min(self.wanted.page, last)
        rows = self.rows((number - 1) * SIZE, number * SIZE)
        told = self.run.summary.get("score") if self.run is not None else None
        # the page tells the whole range of points that lack data; the workbook keeps numbers, the low end
        columns = [replace(one, kind="number") if one.key == "points" else one for one in self.columns]
        rows = [row | {"points": row.get("range")} for row in rows]
        return Table(
            "enterprises", say("企业", "Enterprises"), columns, rows, stated=self.stated, pages=Pages(self.total, number, SIZE),
            sort=self.wanted.sort, search="q", query=self.wanted.q, search_hint=say("名称或代码，两个字起", "name or code, from two characters"),
            choices=self._choices(), chips=self._chips(), download=self._download(), empty=self._empty(),
            illustrative=bool(told and told["illustrative"]),
        )

    def _download(self) -> str:
        query = QueryDict(mutable=True)
        query.update(self.wanted.address)
        return reverse("assessments:enterprises_book") + (f"?{query.urlencode()}" if query else "")

    def _choices(self) -> list[Choice]:
        wanted, found = self.wanted, [
            Choice("place", say("片区", "Place"), [(str(pk), name) for pk, name in self._places], self.wanted.place),
        ]  # fmt: skip
        if self.run is None:
            return found
        spread = self.run.summary["spread"]
        for key, zh, en in (("industry", "行业", "Industry"), ("stage", "阶段", "Stage")):
            values = [(row["value"], row["value"]) for row in spread[key] if row["value"]]
            found.append(Choice(key, say(zh, en), values, getattr(wanted, key)))
        rules = self.run.summary["rules"]
        found.append(Choice("title", say("资格", "Title"), [(id, say(rules[id]["zh"], rules[id]["en"])) for id in self.run.summary["titles"]], wanted.title))
        found.append(Choice("outcome", say("结论", "Outcome"), [(code, outcome_word(code)) for code in ("yes", "refer", "unknown", "no")], wanted.outcome))
        found.append(Choice("change", say("变化", "Change"), [(key, say(zh, en)) for key, zh, en in CHANGES], wanted.change))
        return found

    @cached_property
    def _places(self) -> list[tuple[int, str]]:
        return places_below(self.actor)

    def words(self) -> list[tuple[str, str, str]]:
        """The filters in force: name in the address, label, words."""
        found = [("q", say("查找", "Find"), self.wanted.q)] if self.wanted.q else []
        for choice in self._choices():
            if choice.chosen:
                found.append((choice.name, choice.label, dict(choice.options).get(choice.chosen, choice.chosen)))
        return found

    def _chips(self) -> list[Chip]:
        return [Chip(f"{label} {words}", self.wanted.link(**{name: ""})) for name, label, words in self.words()]

    def _empty(self) -> Empty:
        words = self.words()
        if words:
            name, label, _ = words[-1]
            told = "、".join(f"{label} {text}" for _, label, text in words)
            if not self.wanted.title and self.wanted.outcome:
                told += say("（选了结论还要选资格）", " (an outcome needs a title)")
            without = Link(say(f"去掉“{label}”", f"Drop {label}"), self.wanted.link(**{name: ""}))
            return Empty(say(f"没有同时满足“{told}”的企业。", f"No enterprise meets all of: {told}."), without)
        return Empty(
            say("还没有企业。导入今年的数据表以后，企业列在这里。", "No enterprises yet. They stand here once this year's sheet is imported."),
            Link(say("导入数据", "Import data"), reverse("enterprises:imports")),
        )


def _row(one: Enterprise, standing: Standing | None, where: Mapping[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "who": Link(one.name, reverse("assessments:profile", args=[one.pk]), one.code), "place": where.get(one.pk),
        "kind": " · ".join(part or say("缺", "missing") for part in (one.industry, one.stage)), "id": one.pk,
    }  # fmt: skip
    if standing is not None:
        moved = None if standing.low_before is None or standing.low is None else standing.low - standing.low_before
        changes = [*([say(f"得 {standing.gained}", f"+{standing.gained}")] if standing.gained else ()),
                   *([say(f"失 {standing.lost}", f"−{standing.lost}")] if standing.lost else ())]  # fmt: skip
        found |= {
            "points": standing.low, "range": _range(standing), "titles": {"yes": standing.yes, "refer": standing.refer, "unknown": standing.unknown, "no": standing.no},
            "moved": "na" if moved is None else moved, "changes": " ".join(changes) or "na", "complete": f"{standing.complete / 10:.1f}%",
        }  # fmt: skip
    return found


def _range(one: Standing) -> str | None:
    """Points as 68.4, or as 44～94 where data is missing; None where there are none."""
    if one.low is None or one.high is None:
        return None
    low = points(one.low, "bare")
    return low if one.low == one.high else f"{low}～{points(one.high, 'bare')}"


def _places(ids: Sequence[int]) -> dict[int, str]:
    """Names of the places where enterprises lie today, joined."""
    day, found = today(), dict[int, list[str]]()
    rows = Residence.objects.filter(
        Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day), enterprise__in=list(ids)
    )
    # sorted here: asked to sort, the database walks all places to find those of forty enterprises
    for _, enterprise, name in sorted(rows.values_list("place__path", "enterprise_id", "place__name")):
        found.setdefault(enterprise, []).append(name)
    return {enterprise: "、".join(names) for enterprise, names in found.items()}

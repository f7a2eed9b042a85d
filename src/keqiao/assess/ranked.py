"""Ranking and selection: who comes first, who is on the list, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from keqiao.assess.answers import About, Ranked, Ranking
from keqiao.assess.locating import Inside, Naming, inside, naming_of
from keqiao.assess.orderings import Measure, measure_of
from keqiao.assess.selecting import Cap, caps_of, filter_of
from keqiao.assess.tables import INDUSTRY, PLACE, STAGE, Tables, find_in, results_of, tables_of
from keqiao.assess.words import say_in
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.rules.model import NO, OUTCOMES, REFER, UNKNOWN, YES, Rule
from keqiao.rules.references import effective_status, in_order

_FETCH = 5_000


def rank(
    run: Run,
    by: str,
    top: int | None = None,
    where: str | None = None,
    caps: Sequence[tuple[str, int]] = (),
    ties: Sequence[str] = (),
    *,
    within: str | None = None,
    language: str = "zh",
) -> Ranking:
    """A ranked list by a rule's points, a score item (``rule:item``) or an indicator (id or label).

    Ranges are ordered by their low end, then by their high end, then by ``ties`` (such as ``rd_expense desc``);
    who is equal in all of these shares a rank and stands in the order of the keys. An unknown measure comes
    last, and never onto a list with a ``top``. ``where`` is a condition of the rule language: only a certain
    ``yes`` is ranked. ``caps`` such as ``("place", 20)`` are taken up in the order of ranks. ``within`` is the code
    or name of a place: only who is registered in it or below it, or is a member of a park there on the day, is
    ranked. Raises `KeqiaoError`.
    """
    if top is not None and top < 1:
        raise KeqiaoError("--top 应至少为 1", "--top is at least 1")
    measure = measure_of(run, by, language, "m")
    tied = [measure_of(run, text, language, f"t{i}") for i, text in enumerate(ties)]
    limits = caps_of(run, caps, language)
    chosen = filter_of(run, where) if where is not None else None
    asking = [one.rule for one in (measure, *tied) if one.rule is not None] + ([chosen] if chosen is not None else [])
    with tables_of(run.snapshot) as tables:
        area = inside(run, tables, within) if within is not None else None
        _keep_table(tables, run, measure, tied, limits, chosen, area)
        sizes = _sizes(tables, area)
        select = _Select(measure, tied, limits, top, language, naming_of(run))
        for row in _ordered(tables, measure, tied):
            if not select.take(row):
                break
    left_out = _left_out(sizes, select, language)
    return Ranking(
        _about(run, measure, asking, language), measure.id, measure.label, measure.unit, top, where,
        tuple((cap.column, cap.label, cap.most) for cap in limits),
        tuple(f"{one.label}（{one.way(language)}）" if language == "zh" else f"{one.label} ({one.way(language)})" for one in tied),
        _order(measure, tied, language), (*_notes(measure, limits, where, top, area, language), *_rests_on(run, asking, measure, language)),
        tuple(select.rows), tuple(select.dropped), left_out, area.name if area is not None else None,
    )  # fmt: skip


# ---- the table -------------------------------------------------------------------------------------


def _keep_table(
    tables: Tables, run: Run, measure: Measure, tied: Sequence[Measure], limits: Sequence[Cap], chosen: Rule | None,
    area: Inside | None,
) -> None:  # fmt: skip
    """Keep the table ``listed``: everyone (of a place) with measure, tie-breaks, codes of caps, and the filter's outcome."""
    columns = [
        "f.scheme", "f.id", f"{tables.column('name')} AS name", f"{tables.column(PLACE)} AS place",
        f"{tables.column(STAGE)} AS stage", f"{tables.column(INDUSTRY)} AS industry",
    ]  # fmt: skip
    columns += [f"{measure.low} AS low", f"{measure.high} AS high"]
    columns.append(f"{measure.alias}.outcome AS outcome" if measure.rule is not None else "NULL AS outcome")
    for i, one in enumerate(tied):
        columns += [f"{one.low} AS tie{i}", f"{one.high} AS tie_high{i}"]
    columns += [f"{cap.sql} AS cap{i}" for i, cap in enumerate(limits)]
    joins = ""
    for one in (measure, *tied):
        if one.rule is not None:
            joins += f" JOIN {results_of(run, one.rule.id)} {one.alias} ON {one.alias}.scheme = f.scheme AND {one.alias}.id = f.id"
    if chosen is not None:
        asking = tables.asking()
        tables.keep("chosen", asking.sql({"outcome": asking.lower(chosen, find_in(run)).outcome}))
        joins += " JOIN chosen w ON w.scheme = f.scheme AND w.id = f.id"
        columns.append("w.outcome AS chosen")
    else:
        columns.append(f"{YES} AS chosen")
    only = f" WHERE {area.test}" if area is not None else ""
    tables.keep("listed", f"SELECT {', '.join(columns)} FROM facts f{joins}{only}")


def _ordered(tables: Tables, measure: Measure, tied: Sequence[Measure]) -> Iterator[tuple[Any, ...]]:
    """Those who pass the filter, in the order of ranks: rank, then the columns of ``listed``."""
    way = "DESC" if measure.falling else "ASC"
    terms = [f"low {way} NULLS LAST", f"high {way} NULLS LAST"]
    for i, one in enumerate(tied):
        tie = "DESC" if one.falling else "ASC"
        terms += [f"tie{i} {tie} NULLS LAST", f"tie_high{i} {tie} NULLS LAST"]
    order = ", ".join(terms)
    found = tables.connection.execute(
        f"SELECT RANK() OVER (ORDER BY {order}) AS rank, * FROM listed WHERE chosen = {YES} ORDER BY rank, scheme, id"
    )
    while rows := found.fetchmany(_FETCH):
        yield from rows


@dataclass(frozen=True, slots=True)
class _Sizes:
    """How many by the filter's outcome, how many of the chosen have no measure, who is not in the place or may be."""

    by_outcome: dict[int, int]
    unknown: int
    outside: int
    nowhere: int


def _sizes(tables: Tables, area: Inside | None) -> _Sizes:
    outside = nowhere = 0
    if area is not None:
        tests = f"COUNT(*) FILTER (WHERE {area.nowhere}), COUNT(*) FILTER (WHERE NOT {area.test})"
        nowhere, outside = tables.one(f"SELECT {tests} FROM facts f")
    found = tables.all("SELECT chosen, COUNT(*), COUNT(*) FILTER (WHERE low IS NULL) FROM listed GROUP BY chosen")
    return _Sizes({code: count for code, count, _ in found}, sum(nulls for code, _, nulls in found if code == YES), outside - nowhere, nowhere)


# ---- selecting -------------------------------------------------------------------------------------


class _Select:
    """Takes rows in the order of ranks onto the list until it is full."""

    def __init__(
        self, measure: Measure, tied: Sequence[Measure], limits: Sequence[Cap], top: int | None, language: str, named: Naming
    ) -> None:
        self.named = named
        self.measure, self.tied, self.limits, self.top, self.language = measure, tied, limits, top, language
        self.rows: list[Ranked] = []
        self.dropped: list[Ranked] = []
        self.capped = 0

    def take(self, row: tuple[Any, ...]) -> bool:
        """Take one row or drop it; False where the list is full."""
        if self.top is not None and len(self.rows) >= self.top:
            return False
        codes = row[len(row) - 1 - len(self.limits) : len(row) - 1]
        if row[7] is None:  # the measure is unknown: last, and never among the top
            reason = "" if self.top is None else say_in(self.language, "排名依据未知，不参加排名", "the measure is unknown")
            (self.rows if self.top is None else self.dropped).append(self._ranked(row, reason))
            return True
        refusals = (cap.refusal(values, self.language) for cap, values in zip(self.limits, codes, strict=True))
        refusal = next((reason for reason in refusals if reason), "")
        if refusal:
            self.dropped.append(self._ranked(row, refusal))
            self.capped += 1
            return True
        for cap, values in zip(self.limits, codes, strict=True):
            cap.take(values)
        self.rows.append(self._ranked(row, ""))
        return True

    def _ranked(self, row: tuple[Any, ...], reason: str) -> Ranked:
        place, scheme, id, name, region, stage, industry, low, high, outcome, *rest = row
        ends = self.measure.value(low), self.measure.value(high)
        ties = tuple(
            one.text(one.value(rest[2 * i]), one.value(rest[2 * i + 1]), self.language) for i, one in enumerate(self.tied)
        )
        return Ranked(
            None if low is None else place, scheme, id, name, region, self.named(region), stage, industry, *ends,
            self.measure.text(*ends, self.language), "" if outcome is None else OUTCOMES[outcome], ties, reason,
        )  # fmt: skip


def _left_out(sizes: _Sizes, select: _Select, language: str) -> dict[str, int]:
    """How many are not on the list, by reason; reasons without anyone are left away."""
    counts = sizes.by_outcome
    unknown = sizes.unknown if select.top is not None else 0
    beyond = counts.get(YES, 0) - unknown - select.capped - sum(row.rank is not None for row in select.rows)
    if select.top is None:
        beyond -= sizes.unknown
    found = {
        say_in(language, "不在所选地点", "not in the place"): sizes.outside,
        say_in(language, "所在地未知", "the place is unknown"): sizes.nowhere,
        say_in(language, "不符合筛选条件", "the filter is no"): counts.get(NO, 0),
        say_in(language, "筛选条件未知（缺数据）", "the filter is unknown (data missing)"): counts.get(UNKNOWN, 0),
        say_in(language, "筛选条件须人工判断", "the filter is for a person to judge"): counts.get(REFER, 0),
        say_in(language, "超出限额", "beyond a cap"): select.capped,
        say_in(language, "排名依据未知", "the measure is unknown"): unknown,
        say_in(language, "名次在名单之后", "ranked below the list"): beyond,
    }
    return {reason: count for reason, count in found.items() if count}


# ---- words -----------------------------------------------------------------------------------------


def _about(run: Run, measure: Measure, asking: Sequence[Rule], language: str) -> About:
    find = find_in(run)
    rules = {one.id: one for rule in asking for one in in_order(rule, find)}
    rules.pop("where", None)
    status = effective_status(rules.values()) if rules else "local"
    if measure.rule is not None and status != "illustrative":
        status = measure.rule.status
    title = measure.label
    if status == "illustrative" and "示例" not in title and "illustrative" not in title.lower():
        title += say_in(language, "（含示例数字）", " (with illustrative figures)")
    unconfirmed = sum(len(one.unconfirmed()) for one in rules.values())
    in_force = measure.rule is None or measure.rule.in_force(run.as_of)
    return About(
        measure.rule.id if measure.rule is not None else "", title, measure.rule.version if measure.rule is not None else "",
        status, unconfirmed, run.as_of, run.year, run.snapshot.label, in_force, int(run.receipt["rows"]),
    )  # fmt: skip


def _rests_on(run: Run, asking: Sequence[Rule], measure: Measure, language: str) -> Iterator[str]:
    """The rules that a filter or a tie-break asks beside the measure's own, each with what is not official in it."""
    find = find_in(run)
    own = set() if measure.rule is None else {one.id for one in in_order(measure.rule, find)}
    others = {one.id: one for rule in asking for one in in_order(rule, find) if one.id not in own and one.id != "where"}
    for one in others.values():
        open_ = len(one.unconfirmed())
        zh, en = f"还引用“{one.title.zh}”（{one.id}，{one.version} 版", f"Also asks {one.title.get('en')} ({one.id}, version {one.version}"
        if one.status == "illustrative":
            zh, en = f"{zh}，示例，非官方数字", f"{en}, illustrative, not official figures"
        elif one.status == "stated":
            zh, en = f"{zh}，参数未公布", f"{en}, figures not published"
        elif open_:
            zh, en = f"{zh}，{open_} 处待核", f"{en}, {open_} points to be verified"
        yield say_in(language, f"{zh}）。", f"{en}).")


def _order(measure: Measure, tied: Sequence[Measure], language: str) -> str:
    zh = f"按{measure.label}{measure.way('zh')}"
    en = f"By {measure.label}, {measure.way('en')}"
    if measure.low != measure.high:
        zh += "；得分是区间的按下限，下限相同的按上限"
        en += "; ranges by their low end, then by their high end"
    for one in tied:
        zh += f"；再按{one.label}{one.way('zh')}"
        en += f"; then by {one.label}, {one.way('en')}"
    zh += "；以上都相同的名次并列，按企业代码先后列出。"
    en += "; who is equal in all of these shares a rank and is listed by code."
    return say_in(language, zh, en)


def _notes(
    measure: Measure, limits: Sequence[Cap], where: str | None, top: int | None, area: Inside | None, language: str
) -> tuple[str, ...]:
    """What a reader of the list must know besides the order."""
    found: list[tuple[str, str]] = []
    if area is not None:
        found.append((
            f"只列{area.name}的企业：登记在其中（含下属的区县、园区、片区），或评价日是其中园区的成员。",
            f"Only enterprises of {area.name}: registered there or below it, or members of a park there on the day.",
        ))  # fmt: skip
    if where is not None:
        found.append((f"筛选条件：{where}。只有结论为“是”的参加排名。", f"Filter: {where}. Only a certain yes is ranked."))
    elif measure.rule is not None and measure.rule.require is not None:
        found.append((
            f"没有筛选条件：“{measure.rule.title.zh}”结论不是“是”的企业也在排名之内，见“结论”列。",
            f"No filter: enterprises that are not a yes under {measure.rule.title.get('en')} are ranked as well; see the outcome.",
        ))  # fmt: skip
    found += [cap.note() for cap in limits]
    unknown = ("排名依据未知的不参加排名，未知不当作零。", "An unknown measure is not ranked; unknown is never zero.")
    last = ("排名依据未知的列在最后，没有名次，未知不当作零。", "An unknown measure comes last, without a rank; unknown is never zero.")
    found.append(unknown if top is not None else last)
    return tuple(say_in(language, *one) for one in found)

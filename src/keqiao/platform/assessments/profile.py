"""Where one enterprise stands, for the pages of authorities and of enterprises alike.

Everything is read from the run that the actor may see (`queries.run_for`): an authority the latest of its office, an
enterprise the latest that is published. None where there is no such run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from keqiao.assess.answers_profile import Gap, Position
from keqiao.assess.facts_read import label_of, value_text
from keqiao.assess.gaps import gaps_of as gaps_in
from keqiao.assess.gaps import missing_labels
from keqiao.assess.single import position_of
from keqiao.errors import language, say
from keqiao.platform.actor import Actor
from keqiao.platform.assessments.models import Run, Standing
from keqiao.platform.assessments.opened import Opened, opened
from keqiao.platform.assessments.queries import open_objections, run_for
from keqiao.platform.assessments.scoring import full_marks, group_of
from keqiao.platform.enterprises.models import Enterprise, Objection
from keqiao.platform.enterprises.recording import Held, facts_of, show
from keqiao.platform.enterprises.recording.precedence import source_name
from keqiao.platform.errors import NotVisible
from keqiao.platform.web import drawing, formats
from keqiao.platform.web.reading import amount, margin_words
from keqiao.platform.web.tracing import Known, Tree, tree_of
from keqiao.rules.trace import Trace

_POINT = 10_000


@dataclass(frozen=True)
class TitleLine:
    """One title: its outcome, the deciding reason, how far it is from the threshold, what it waits for."""

    rule: str
    title: str
    outcome: str
    reason: str
    margin: str
    cite: str
    missing: tuple[str, ...]
    illustrative: bool
    unconfirmed: int


@dataclass(frozen=True)
class Score:
    """Points of the leading scorecard: stored ends, rank among ``count``, its groups beside the peers' quartiles."""

    rule: str
    title: str
    low: int
    high: int
    full: int
    rank: int | None
    count: int
    before: int | None
    illustrative: bool
    groups: Sequence[drawing.Group]
    peers_words: str


@dataclass(frozen=True)
class View:
    """An enterprise in the run that the actor sees. ``facts`` are stored values by column of the snapshot."""

    enterprise: Enterprise
    run: Run
    standing: Standing
    opened: Opened
    facts: dict[str, Any]
    traces: dict[str, Trace]

    @cached_property
    def gaps(self) -> dict[str, tuple[Gap, ...]]:
        """What stands between the enterprise and each title."""
        vocabulary = self.opened.files.packs.vocabulary
        return {id: gaps_in(self.traces[id], vocabulary, language()) for id in self.opened.titles}

    @property
    def counts(self) -> list[tuple[str, int]]:
        """Titles by outcome, those without any left out."""
        every = (("yes", self.standing.yes), ("refer", self.standing.refer), ("unknown", self.standing.unknown), ("no", self.standing.no))
        return [(code, count) for code, count in every if count]


def standing_of(actor: Actor, enterprise: Enterprise) -> View | None:
    """Where the enterprise stands; None without a run that the actor may see."""
    run = run_for(actor, enterprise)
    if run is None:
        return None
    standing = Standing.objects.get(run=run, enterprise=enterprise.pk)
    files = opened(run)
    facts, traces = files.look((enterprise.scheme, enterprise.code))
    return View(enterprise, run, standing, files, facts, traces)


def titles_of(view: View) -> list[TitleLine]:
    """All titles of the run, in the order of its rules."""
    return [_line(view, id) for id in view.opened.titles]


def trace_of(actor: Actor, enterprise: Enterprise, rule: str) -> Tree | None:
    """Why the outcome of one rule is what it is. Raises `NotVisible` for a rule that the run does not have."""
    view = standing_of(actor, enterprise)
    return None if view is None else tree_in(view, rule, known_of(actor, view))


def tree_in(view: View, rule: str, known: Known) -> Tree:
    """The tree of one rule. Raises `NotVisible` for a rule that the run does not have."""
    if rule not in view.traces:
        raise NotVisible
    return tree_of(view.traces[rule].to_dict(language()), view.opened.files.packs, known)


def ladder_of(actor: Actor, enterprise: Enterprise) -> list[Position]:
    """The enterprise's place on every ladder; empty without a run."""
    view = standing_of(actor, enterprise)
    return [] if view is None else ladders_in(view)


def ladders_in(view: View) -> list[Position]:
    """The place on every ladder of the run's packs."""
    files = view.opened.files
    ladders = files.packs.ladders_on(files.as_of).values()
    return [position_of(files, ladder, view.facts, view.traces, language()) for ladder in ladders]


def gaps_of(actor: Actor, enterprise: Enterprise) -> list[dict[str, Any]]:
    """What is least to be done for further titles, as the part ``gaps.html`` takes it; empty without a run."""
    view = standing_of(actor, enterprise)
    return [] if view is None else steps_in(view)


# ---- titles ----------------------------------------------------------------------------------------


def _line(view: View, id: str) -> TitleLine:
    trace, entry = view.traces[id], view.run.summary["rules"][id]
    reason, margin = _reason(view, trace)
    missing = missing_labels(trace, view.opened.files.packs.vocabulary, language())
    cite = entry.get("number") or ""
    return TitleLine(
        id, trace.title(language()), trace.outcome, reason, margin, cite, missing, entry["status"] == "illustrative", entry["unconfirmed"]
    )


def _reason(view: View, trace: Trace) -> tuple[str, str]:
    """The deciding reason in one line, and how far it is from turning."""
    if not trace.in_force:
        return say("不在有效期", "not in force"), ""
    vocabulary = view.opened.files.packs.vocabulary
    gaps = view.gaps[trace.code.rule.id]
    if trace.outcome == "unknown":
        labels = missing_labels(trace, vocabulary, language())
        more = say(f" 等 {len(labels)} 项", f" and {len(labels) - 3} more") if len(labels) > 3 else ""
        return say("缺 ", "lacks ") + say("、", ", ").join(labels[:3]) + more, ""
    first = next((gap for gap in gaps if gap.outcome == trace.outcome), None)
    if first is None:
        count = sum(1 for _ in trace.code.rule.clauses())
        return say(f"所需条件都满足（共 {count} 条）", f"every condition needed is met ({count} in all)"), ""
    return _said(first), margin_words(f"-{first.gap}") if first.gap and trace.outcome == "no" else ""


def _said(gap: Gap) -> str:
    """A condition with its two sides, without the groups around it."""
    title = _bare(gap)
    if gap.left and gap.right:
        left, right = amount(gap.left), amount(gap.right)
        return say(f"{title}：{left}，门槛 {right}", f"{title}: {left}, threshold {right}")
    return say(f"待认定“{title}”", f"to be judged: {title}") if gap.outcome == "refer" else say(f"未满足“{title}”", f"not met: {title}")


def _bare(gap: Gap) -> str:
    return gap.title.rpartition(" › ")[2]


def steps_in(view: View, most: int = 6) -> list[dict[str, Any]]:
    """Supplying facts first, then single thresholds, then those with several things to do."""
    found: list[tuple[tuple[int, int], dict[str, Any]]] = []
    for id in view.opened.titles:
        trace = view.traces[id]
        gaps = view.gaps[id] if trace.in_force else ()
        if not gaps or len(gaps) > 4:
            continue
        title = trace.title(language())
        if trace.outcome == "unknown":
            labels = missing_labels(trace, view.opened.files.packs.vocabulary, language())
            act = say(f"补“{'”“'.join(labels[:4])}”", f"supply {', '.join(labels[:4])}") + ("…" if len(labels) > 4 else "")
            found.append(((0, len(labels)), {"code": "unknown", "act": act, "effect": title, "why": say("补齐后可以判定。", "Then it can be decided.")}))
        elif trace.outcome == "no":
            only = [gap for gap in gaps if gap.outcome == "no"]
            if not only:
                continue
            far = margin_words(f"-{only[0].gap}") if only[0].gap else ""
            act = say(f"满足“{_bare(only[0])}”", f"meet: {_bare(only[0])}") + (say("，", ", ") + far if far else "")
            why = say(f"另有 {len(gaps) - 1} 项未满足。", f"{len(gaps) - 1} more not met.") if len(gaps) > 1 else say("其余条件都满足。", "All else is met.")
            found.append(((1, len(gaps)), {"code": "cond" if len(gaps) == 1 else "no", "act": act, "effect": title, "why": why}))
    return [step for _, step in sorted(found, key=lambda one: one[0])[:most]]


# ---- points ----------------------------------------------------------------------------------------


def score_of(view: View) -> Score | None:
    """Points with their groups beside the peers; None where the run has no scorecard."""
    id = view.opened.score
    if id is None or view.traces[id].total is None:
        return None
    trace, told = view.traces[id], view.run.summary["score"]
    rule = trace.code.rule
    full = full_marks(rule, view.facts)
    ends: dict[str, list[int]] = {}
    for item, (low, high) in zip(rule.items, trace.points, strict=True):
        both = ends.setdefault(group_of(item), [0, 0])
        both[0], both[1] = both[0] + low, both[1] + high
    peers, words = _peers(view, told)
    groups = []
    for group in told["groups"]:
        low, high = (_capped(end, rule.caps.get(group["id"])) for end in ends[group["id"]])
        most = full[group["id"]]
        cut = peers["groups"].get(group["id"]) if peers else None
        shown = formats.points(low, "1") + (f"～{formats.points(high, '1')}" if high != low else "")
        groups.append(drawing.Group(
            say(group["zh"], group["en"]), low / _POINT, high / _POINT, float(most), f"{shown} / {formats.short(int(most * _POINT), _POINT, 1)}",
            tuple(value / _POINT for value in cut) if cut else None,
        ))  # fmt: skip
    total = trace.total
    assert total is not None
    return Score(
        id, trace.title(language()), total[0], total[1], int(sum(full.values()) * _POINT), view.standing.rank, view.run.rows,
        view.standing.low_before, told["illustrative"], groups, words,
    )  # fmt: skip


def _capped(stored: int, cap: Any) -> int:
    return stored if cap is None else min(stored, int(cap * _POINT))


def _peers(view: View, told: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """The quartiles of the nearest peers that are enough, with their name."""
    stage, industry = view.facts.get("stage") or "", view.facts.get("size_industry") or ""
    for key, words in ((f"{stage}|{industry}", say("同行业、同阶段", "the same industry and stage")), (f"{stage}|", say("同阶段", "the same stage")), ("|", say("全部企业", "all enterprises"))):
        if key in told["peers"]:
            found = told["peers"][key]
            return found, say(f"{words} {found['count']:,} 家", f"{found['count']:,} of {words}")
    return None, ""


# ---- facts -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """The current facts of an enterprise in the record, all sources, and its open objections."""

    facts: dict[str, list[Held]]
    objections: list[Objection]


def said_of(actor: Actor, enterprise: Enterprise) -> Said:
    """What the record says of an enterprise now; the caller has made sure that the actor may read it."""
    return Said(facts_of([enterprise.pk], rivals=True).get(enterprise.pk, {}), open_objections(actor, enterprise))


def known_of(actor: Actor, view: View, said: Said | None = None) -> Known:
    """Values, sources and objections for the tree of reasons, by label."""
    said = said or said_of(actor, view.enterprise)
    vocabulary, spoken = view.opened.files.packs.vocabulary, language()
    values, sources, disputed = {}, {}, set()
    for id in vocabulary.indicators:
        if view.facts.get(id) is not None and not vocabulary.indicators[id].is_title:
            values[label_of(vocabulary, id, spoken)] = value_text(vocabulary, view.facts, id, spoken)
    for id, held in said.facts.items():
        first = next((one for one in held if one.prevails and one.year in (0, view.run.year)), None)
        if first is not None and (name := source_name(first.kind, first.source)):
            sources[label_of(vocabulary, id, spoken)] = name
    for one in said.objections:
        label = label_of(vocabulary, one.indicator.key, spoken)
        disputed.add(label)
        claimed = show(one.indicator.key, one.number, one.text, spoken)
        sources[label] = say(f"异议中：企业主张 {claimed}", f"under objection: the enterprise says {claimed}")
    return Known(values, sources, disputed)



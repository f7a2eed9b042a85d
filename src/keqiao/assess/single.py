"""One enterprise: all outcomes, what it is strong in, what it nearly reaches, its peers, its ladders."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from keqiao.assess.answers import About, Miss
from keqiao.assess.answers_profile import Position, Profile, Rung, Standing
from keqiao.assess.gaps import gaps_of, missing_labels
from keqiao.assess.locating import naming_of
from keqiao.assess.nearly import misses
from keqiao.assess.peers import peers_of, strengths_of
from keqiao.assess.tables import INDUSTRY, PLACE, STAGE, Key, needs_conditions, tables_of
from keqiao.assess.words import about, say_in
from keqiao.engine.run import Run
from keqiao.packs.ladders import Ladder
from keqiao.rules.model import NO, OUTCOMES, YES
from keqiao.rules.trace import Trace, points

_NEAREST = 5


def profile(run: Run, key: str, *, language: str = "zh") -> Profile:
    """One enterprise under all rules of a run; ``key`` is its id, or ``scheme:id`` where ids repeat.

    Raises `KeqiaoError` where the run does not have it, or keeps outcomes alone.
    """
    needs_conditions(run)
    found = run.find(key)
    _, facts, traces = next(iter(run.traces(run.rules, [found])))
    heads = {id: about(run, id, language) for id in run.rules}
    with tables_of(run.snapshot) as tables:
        strengths = strengths_of(tables, run, facts, traces, language)
        peers = tuple(peers_of(tables, run, facts, traces, language))
    nearest = _nearest(run, found, traces, language)
    return Profile(
        found[0], found[1], facts.get("name"), facts.get(PLACE), naming_of(run)(facts.get(PLACE)), facts.get(INDUSTRY), facts.get(STAGE),
        run.as_of, run.year, run.snapshot.label, tuple(_standing(run, heads[id], trace, language) for id, trace in traces.items()),
        strengths, tuple(miss for miss, _ in nearest), tuple(head for _, head in nearest), peers,
        tuple(position_of(run, ladder, facts, traces, language) for ladder in _ladders(run)),
    )  # fmt: skip


def _standing(run: Run, head: About, trace: Trace, language: str) -> Standing:
    text = ""
    classes = trace.code.rule.classes
    if classes is not None and trace.classes is not None:
        text = say_in(language, "或", " or ").join(classes.labels[name].get(language) for name in trace.classes)
    elif trace.total is not None:
        low, high = (points(end) for end in trace.total)
        text = (str(low) if low == high else f"{low}~{high}") + say_in(language, "分", " points")
    if not trace.in_force:
        text = say_in(language, "不在有效期", "not in force")
    missing = missing_labels(trace, run.packs.vocabulary, language)
    return Standing(head.rule, head.title, head.status, trace.outcome, text, missing, head.unconfirmed)


def _nearest(run: Run, key: Key, traces: Mapping[str, Trace], language: str) -> list[tuple[Miss, About]]:
    """Of each rule that says ``no`` the single threshold nearest to turning it, the nearest first."""
    found = []
    for id, trace in traces.items():
        if trace.outcome_code == NO and trace.in_force and trace.told is not None:
            near = misses(run, id, Fraction(1), only=key, limit=1, language=language)
            found += [(miss, near.about) for miss in near.rows]
    return sorted(found, key=lambda one: one[0].share)[:_NEAREST]


# ---- ladders ---------------------------------------------------------------------------------------


def _ladders(run: Run) -> list[Ladder]:
    return list(run.packs.ladders_on(run.as_of).values())


def position_of(run: Run, ladder: Ladder, facts: Mapping[str, Any], traces: Mapping[str, Trace], language: str) -> Position:
    """Where an enterprise stands on a ladder, from its stored facts and its traces by rule."""
    rungs = []
    for step in ladder.steps:
        indicator = run.packs.vocabulary.indicators[step.title]
        title = indicator.label if language == "zh" else indicator.english or indicator.id
        decided = traces.get(step.rule or "")
        held = _held(facts.get("titles"), step.title, run)
        rungs.append(Rung(title, step.rule or "", held, decided.outcome if decided is not None else None))
    at = max((i for i, rung in enumerate(rungs, 1) if rung.held or rung.outcome == OUTCOMES[YES]), default=0)
    upper = at + 1 if at < len(rungs) else None
    asked = traces.get(ladder.steps[at].rule or "") if upper is not None else None
    gaps = gaps_of(asked, run.packs.vocabulary, language) if asked is not None else ()
    return Position(ladder.id, ladder.title.get(language), tuple(rungs), at, upper, gaps)


def _held(titles: Any, title: str, run: Run) -> bool:
    """Whether a title is held on the day of the run; unknown titles are not held."""
    day = run.as_of
    return any(
        entry["title"] == title and (entry["from"] is None or entry["from"] <= day) and (entry["to"] is None or entry["to"] >= day)
        for entry in titles or ()
    )

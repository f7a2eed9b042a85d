"""What pages show of a run without opening its folder: made once, when the run is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keqiao.assess import compare, excluding
from keqiao.assess.answers_changes import Cause, Change, Comparison
from keqiao.assess.locating import MEMBERSHIP, members
from keqiao.assess.tables import INDUSTRY, STAGE, name_of, results_of
from keqiao.engine.run import Run
from keqiao.platform.assessments.placing import Placed
from keqiao.platform.assessments.scoring import group_of
from keqiao.rules.model import OUTCOMES

#: Peers: fewer say nothing.
FEWEST = 20
#: How many gains and losses of a title are told with reasons, and how many excluding conditions.
TOLD, CONDITIONS = 8, 3
_LANGUAGES = ("zh", "en")
Told = Callable[[int], None]


def summary_of(placed: Placed, tell: Told) -> dict[str, Any]:
    """The summary of a run; ``tell`` is called after each part and may raise to stop.

    ``rules`` per rule, ``score`` (the leading scorecard with its groups and the peers' quartiles), ``spread`` (points by
    stage, industry, place), ``conclusions`` (all outcomes of all titles) and ``changes``.
    """
    run = placed.run
    rules = {id: _rule(placed, id) for id in run.rules}
    tell(1)
    for id in placed.titles:
        rules[id]["excluding"] = _excluding(run, id)
        tell(1)
    totals = {name: sum(rules[id]["outcomes"][name] for id in placed.titles) for name in OUTCOMES}
    found: dict[str, Any] = {
        "rules": rules, "titles": placed.titles, "conclusions": totals, "score": _score(placed),
        "spread": {name: _spread(placed, sql) for name, sql in _groups(placed).items()},
        "complete": int(placed.tables.one("SELECT COALESCE(AVG(complete), 0)::INTEGER FROM standing")[0]),
        "open": int(placed.tables.one('SELECT COUNT(*) FROM standing WHERE "unknown" > 0')[0]),
        "label": run.snapshot.label,
    }  # fmt: skip
    tell(1)
    if placed.previous is not None:
        found["changes"] = _changes(placed, rules)
        tell(1)
    return found


def _rule(placed: Placed, id: str) -> dict[str, Any]:
    entry, rule = placed.run.receipt["rules"][id], placed.run.rule(id)
    found = {
        "zh": rule.title.get("zh"), "en": rule.title.get("en"), "version": entry["version"], "status": entry["status"],
        "unconfirmed": len(entry.get("unconfirmed") or ()), "outcomes": entry["outcomes"], "title": id in placed.titles,
        "number": rule.origin.number or "", "in_force": rule.in_force(placed.run.as_of),
    }  # fmt: skip
    if id in placed.titles:
        found["gained"], found["lost"], found["moved"] = (int(n) for n in placed.moves(id))
    return found


def _excluding(run: Run, id: str) -> list[dict[str, Any]]:
    spoken = [excluding(run, id, language=language)[:CONDITIONS] for language in _LANGUAGES]
    return [
        {"id": zh.id, "zh": zh.title, "en": en.title, "text": zh.text, "cite": zh.cite, "failed": zh.failed, "alone": zh.alone, "unknown": zh.unknown}
        for zh, en in zip(*spoken, strict=True) if zh.failed
    ]  # fmt: skip


# ---- points ----------------------------------------------------------------------------------------


def _score(placed: Placed) -> dict[str, Any]:
    """The leading scorecard: its groups with the quartiles of peers by ``stage|industry``, ``stage|`` and ``|``."""
    if placed.score is None:
        return {}
    rule = placed.run.rule(placed.score)
    items: dict[str, list[str]] = {}
    for item in rule.items:
        items.setdefault(group_of(item), []).append(name_of(f"low:{item.id}"))
    sums = []
    for group, columns in items.items():
        total = " + ".join(f"COALESCE(s.{column}, 0)" for column in columns)
        sums.append(f"LEAST({total}, {int(rule.caps[group] * 10_000)})" if group in rule.caps else f"({total})")
    cut = ", ".join(f"quantile_disc({sql}::BIGINT, [0.25, 0.5, 0.75])" for sql in [*sums, "s.score_low"])
    stage, industry = placed.tables.column(STAGE), placed.tables.column(INDUSTRY)
    rows = placed.tables.all(
        f"SELECT {stage}, {industry}, GROUPING({stage}, {industry}), COUNT(*), {cut} FROM {results_of(placed.run, placed.score)} s "
        f"JOIN facts f ON f.scheme = s.scheme AND f.id = s.id GROUP BY GROUPING SETS (({stage}, {industry}), ({stage}), ()) "
        f"HAVING COUNT(*) >= {FEWEST}"
    )
    peers = {}
    for of_stage, of_industry, level, count, *cuts in rows:
        if (of_stage is None and level < 3) or (of_industry is None and level == 0):
            continue
        key = f"{of_stage if level < 3 else ''}|{of_industry if level == 0 else ''}"
        peers[key] = {"count": count, "groups": dict(zip(items, cuts[:-1], strict=True)), "total": cuts[-1]}
    status = placed.run.receipt["rules"][placed.score]["status"]
    groups = [
        {"id": group, "zh": rule.groups[group].get("zh") if group in rule.groups else rule.title.get("zh"),
         "en": rule.groups[group].get("en") if group in rule.groups else rule.title.get("en")} for group in items
    ]  # fmt: skip
    return {"rule": placed.score, "illustrative": status == "illustrative", "groups": groups, "peers": peers}


def _groups(placed: Placed) -> dict[str, str]:
    """By what points are told: name to a query of scheme, id and value."""
    found = {
        "stage": f"SELECT scheme, id, {placed.tables.column(STAGE)} AS value FROM facts f",
        "industry": f"SELECT scheme, id, {placed.tables.column(INDUSTRY)} AS value FROM facts f",
    }
    if MEMBERSHIP in placed.run.snapshot.manifest.get("tables", {}):
        source = members(placed.run.snapshot)
        found["place"] = source.replace("DISTINCT scheme, id, place FROM", "DISTINCT scheme, id, name AS value FROM", 1)
    return found


def _spread(placed: Placed, sql: str) -> list[dict[str, Any]]:
    """Per value how many enterprises, the median of points (stored), and how many hold at least one title; most first."""
    rows = placed.tables.all(
        f"SELECT g.value, COUNT(*), quantile_disc(t.low, 0.5), COUNT(*) FILTER (WHERE t.yes > 0) FROM ({sql}) g "
        "JOIN ids k ON k.scheme = g.scheme AND k.id = g.id JOIN standing t ON t.enterprise = k.enterprise "
        "GROUP BY g.value ORDER BY COUNT(*) DESC, g.value"
    )
    return [{"value": value, "count": count, "median": median, "titled": titled} for value, count, median, titled in rows]


# ---- changes ---------------------------------------------------------------------------------------


def _changes(placed: Placed, rules: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What is different from the run before: counts, and per title who gained and lost with reasons."""
    assert placed.previous is not None
    both = [id for id in placed.titles if id in placed.previous.rules]
    if not both:
        return {"entered": 0, "left": 0, "titles": {}}
    # reasons are asked only of titles that somebody gained or lost; one at least tells who came and left
    moved = [id for id in both if rules[id]["gained"] or rules[id]["lost"]] or both[:1]
    spoken = [compare(placed.previous, placed.run, rules=moved, limit=TOLD, language=language) for language in _LANGUAGES]
    return {
        "entered": spoken[0].count_entered, "left": spoken[0].count_left,
        "gained": sum(rules[id]["gained"] for id in both), "lost": sum(rules[id]["lost"] for id in both),
        "titles": _told(spoken, _ids(placed)),
    }  # fmt: skip


def _ids(placed: Placed) -> Callable[[Change], int]:
    def find(change: Change) -> int:
        rows = placed.tables.connection.execute("SELECT enterprise FROM ids WHERE scheme = ? AND id = ?", [change.scheme, change.key]).fetchall()
        return int(rows[0][0])

    return find


def _told(spoken: list[Comparison], id_of: Callable[[Change], int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for zh, en in zip(spoken[0].rules, spoken[1].rules, strict=True):
        lists = {"gained": zip(zh.gained, en.gained, strict=True), "lost": zip(zh.lost, en.lost, strict=True)}
        told = {
            way: [
                {"enterprise": id_of(one), "name": one.name or one.key, "before": one.before, "after": one.after,
                 "zh": "；".join(map(_cause, one.causes)), "en": "; ".join(map(_cause, other.causes))}
                for one, other in pairs
            ] for way, pairs in lists.items()
        }  # fmt: skip
        if told["gained"] or told["lost"]:
            found[zh.about.rule] = told
    return found


def _cause(cause: Cause) -> str:
    """A reason in one line: what changed from what to what, and the condition that it turned."""
    changed = f"{cause.what} {cause.old} → {cause.new}".strip() if cause.old or cause.new else cause.what
    return f"{cause.title}（{changed}）" if cause.title and changed and cause.title != cause.what else changed or cause.text

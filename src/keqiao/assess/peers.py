"""Where one enterprise stands among its peers: totals of points, and what it is strong in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keqiao.assess.answers_profile import Peers, Strength
from keqiao.assess.facts_read import label_of
from keqiao.assess.locating import naming_of
from keqiao.assess.selecting import place_label
from keqiao.assess.tables import INDUSTRY, PLACE, STAGE, Tables, name_of, quoted, results_of
from keqiao.assess.words import say_in
from keqiao.engine.run import Run
from keqiao.rules import form as f
from keqiao.rules.closures.tree import Told
from keqiao.rules.dimensions import RATIO
from keqiao.rules.model import YES, Clause
from keqiao.rules.text import Writer
from keqiao.rules.trace import Trace, TraceWriter, points

#: Fewer peers than this say nothing: then the whole table stands for them.
FEWEST = 20
_TOP = Fraction(3, 4)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies among known ones."""

    below: int
    equal: int
    known: int

    @property
    def percentile(self) -> Fraction:
        """(below + ½ equal) / known."""
        return Fraction(2 * self.below + self.equal, 2 * self.known) if self.known else Fraction(0)


def places(tables: Tables, run: Run, id: str, values: Mapping[str, int], code: str | None, value: str | None) -> dict[str, Place]:
    """Per column of a rule's results where a value lies, among those with ``value`` in the column ``code`` (None: all)."""
    if not values:
        return {}
    sums = []
    for column, own in values.items():
        name = f"r.{name_of(column)}"
        sums += [f"COUNT(*) FILTER (WHERE {name} < {own})", f"COUNT(*) FILTER (WHERE {name} = {own})", f"COUNT({name})"]
    join = ""
    if code is not None and value is not None:
        join = f" JOIN facts f ON f.scheme = r.scheme AND f.id = r.id WHERE f.{name_of(code)} = {quoted(value)}"
    row = tables.one(f"SELECT {', '.join(sums)} FROM {results_of(run, id)} r{join}")
    return {column: Place(*row[3 * i : 3 * i + 3]) for i, column in enumerate(values)}


def peers_of(tables: Tables, run: Run, facts: Mapping[str, Any], traces: Mapping[str, Trace], language: str) -> Iterator[Peers]:
    """Rank and percentile of each total among those of the same industry, stage and place."""
    named = naming_of(run)
    for id, trace in traces.items():
        if trace.total is None:
            continue
        for code in (INDUSTRY, STAGE, PLACE):
            value = facts.get(code)
            if value is None:
                continue
            place = places(tables, run, id, {"score_low": trace.total[0]}, code, value)["score_low"]
            above = place.known - place.below - place.equal
            shown = named(value) or value if code == PLACE else value
            label = place_label(language) if code == PLACE else label_of(run.packs.vocabulary, code, language)
            yield Peers(id, label, shown, above + 1, place.known, place.percentile)


# ---- strengths -------------------------------------------------------------------------------------


def strengths_of(
    tables: Tables, run: Run, facts: Mapping[str, Any], traces: Mapping[str, Trace], language: str, most: int = 12
) -> tuple[Strength, ...]:
    """Items and clauses in the top quarter of the peers of the same industry, the best first.

    Items with points above zero that are certain; clauses that are ``yes`` and ask for at least something, or for
    at most a ratio: to be far below a limit of size is no strength. Where fewer than 20 peers are known the
    whole table is compared with.
    """
    found: list[Strength] = []
    seen: set[str] = set()
    industry = facts.get(INDUSTRY)
    for id, trace in traces.items():
        own = _own(tables, run, trace, (facts["scheme"], facts["id"]), language)
        values = {column: value for column, (value, _, _) in own.items()}
        near, whole = places(tables, run, id, values, INDUSTRY, industry), places(tables, run, id, values, None, None)
        for column, (_, title, text) in own.items():
            use_peers = industry is not None and near[column].known >= FEWEST
            place = near[column] if use_peers else whole[column]
            if place.known >= FEWEST and place.percentile >= _TOP and title not in seen:
                seen.add(title)
                who = industry if use_peers and industry is not None else say_in(language, "全部企业", "all enterprises")
                found.append(Strength(id, column.partition(":")[2], title, text, place.percentile, place.known, who))
    return tuple(sorted(found, key=lambda one: -one.percentile)[:most])


def _own(
    tables: Tables, run: Run, trace: Trace, key: tuple[str, str], language: str
) -> dict[str, tuple[int, str, str]]:
    """Per column of the results the enterprise's stored value, the title and the value to be read."""
    sql = f"SELECT * FROM {results_of(run, trace.code.rule.id)} WHERE scheme = {quoted(key[0])} AND id = {quoted(key[1])}"
    row = next(iter(tables.stream(sql)), {})
    found: dict[str, tuple[int, str, str]] = {}
    for item, (low, high) in zip(trace.code.rule.items, trace.points, strict=False):
        if low == high > 0 and f"low:{item.id}" in row:
            found[f"low:{item.id}"] = (low, item.title.get(language), _points(low, language))
    writer, texts = TraceWriter(run.packs.vocabulary, language), Writer(run.packs.vocabulary, language, prose=True)
    for told in _leaves(trace.told):
        node = told.tree.node
        margin = row.get(f"m:{node.id}")
        if margin is not None and isinstance(node, Clause) and told.outcome == YES and _asks_for_more(node.when):
            assert isinstance(node.when, f.Compare)
            found[f"m:{node.id}"] = (int(margin), texts.write(node.when.left), writer.node(told).get("left", ""))
    return found


def _asks_for_more(when: f.Node) -> bool:
    """Whether to be far inside the threshold is a strength."""
    return isinstance(when, f.Compare) and (when.op[0] == ">" or when.left.dim == RATIO)


def _leaves(told: Told | None) -> Iterator[Told]:
    if told is None:
        return
    if told.parts is None:
        yield told
    for part in told.parts or ():
        yield from _leaves(part)


def _points(stored: int, language: str) -> str:
    return str(points(stored)) + say_in(language, "分", " points")

"""What unknown outcomes wait for, and which enterprises come first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from keqiao.assess.tables import tables_of
from keqiao.engine import Run, assess
from keqiao.reports.needs import Needs, count_needs, first_rows
from keqiao.reports.wording import Words, rule_views
from keqiao.rules.model import UNKNOWN, YES


def _counted(run: Run, most: int = 5_000) -> Needs:
    with tables_of(run.snapshot) as tables:
        return count_needs(run, tables, rule_views(run, Words("zh")), most=most)


def test_every_unknown_outcome_counts_as_its_trace_tells(city: Run) -> None:
    """Against `Run.traces`, which does not know which outcomes the results hold."""
    waiting: dict[str, Counter[str]] = {id: Counter() for id in city.rules}
    unknown: Counter[str] = Counter()
    for _, _, traces in city.traces(city.rules):
        for id, trace in traces.items():
            if trace.outcome_code == UNKNOWN:
                unknown[id] += 1
                waiting[id].update(trace.missing_ids)
    needs = _counted(city)
    assert needs.whole
    assert needs.basis() == ""
    for id in city.rules:
        found: Counter[str] = Counter()
        for (fact, _), count in needs.tallies[id].waiting.items():
            found[fact] += count
        assert needs.tallies[id].unknown == unknown[id]
        assert found == waiting[id]


def test_a_sample_is_even_and_says_so(city: Run) -> None:
    needs = _counted(city, 25)
    assert (needs.step, needs.counted, needs.whole) == (3, 20, False)
    assert "每3家取1家，对取出的20家（共60家）" in needs.basis()


def test_facts_known_this_year_are_wanted_for_earlier_years(mixed: Run) -> None:
    wanted = set().union(*(tally.waiting for tally in _counted(mixed).tallies.values()))
    assert ("revenue", True) in wanted
    assert ("revenue", False) in wanted  # C3 has none at all


def test_first_come_those_that_meet_most_rules(city: Run) -> None:
    met: Counter[str] = Counter()
    for id in city.rules:
        if city.rule(id).require is not None:
            table = city.results(id)
            met.update(dict(zip(table["id"].to_pylist(), (code == YES for code in table["outcome"].to_pylist()), strict=True)))
    with tables_of(city.snapshot) as tables:
        found = [row["id"] for row in tables.stream(first_rows(city, 10, 60))]
        every = [row["id"] for row in tables.stream(first_rows(city, 60, 60))]
    assert len(found) == 10
    assert [met[id] for id in found] == sorted(met.values(), reverse=True)[:10]
    assert every == sorted(every)


def test_without_a_rule_that_counts_the_first_are_the_first_by_key(city: Run, tmp_path: Path) -> None:
    classes = assess(city.snapshot, city.packs, tmp_path / "run", rules=["cn.size_class"])
    with tables_of(classes.snapshot) as tables:
        assert [row["id"] for row in tables.stream(first_rows(classes, 3, 60))] == city.results("cn.size_class")["id"].to_pylist()[:3]

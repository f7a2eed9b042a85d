"""Percentiles and medians: closures, DuckDB and PostgreSQL say what counting by hand says."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keqiao.rules.model import rule_nodes
from keqiao.rules.reader import read_value
from keqiao.rules.scope import RuleFace, Scope
from keqiao.rules.text import Writer
from properties.agreement import check_closures, check_sql, facts_of, trial
from properties.engines import Postgres, duck
from properties.packs import LISTS, build
from properties.peers import peer_family, table_of
from properties.words import VOCABULARY
from rules.traces import checked

CASES = 16
SEEDS = st.integers(0, 2**48)


@given(SEEDS)
def test_duckdb_and_closures_rank_as_the_oracle_counts(seed: int) -> None:
    rng = Random(seed)
    one = trial(rng, CASES, peer_family)
    check_sql(one, duck(), facts_of(one, rng))
    one.peers = table_of(one, duck())
    if one.peers is not None:
        for trace in check_closures(one)[:4]:
            checked(trace)


@pytest.mark.postgres
@given(SEEDS)
@settings(max_examples=40)
def test_postgres_ranks_as_the_oracle(postgres: Postgres, seed: int) -> None:
    rng = Random(seed)
    one = trial(rng, CASES, peer_family)
    check_sql(one, postgres, facts_of(one, rng))


def test_few_random_comparisons_are_too_wide() -> None:
    rng = Random(5)
    decided = [check_sql(one, duck(), None) for one in (trial(rng, 2, peer_family) for _ in range(40))]
    assert sum(decided) >= 30


@given(SEEDS)
@settings(max_examples=40)
def test_written_comparisons_read_back_as_the_same_form(seed: int) -> None:
    writer = Writer(VOCABULARY)
    for rule in build(peer_family(Random(seed))).values():
        scores = frozenset({item.id for item in rule.items} | {item.group for item in rule.items if item.group} | {"total"})
        faces = {"t.card": RuleFace("t.card", True, True)}
        for node in rule_nodes(rule):
            scope = Scope(VOCABULARY, scores=scores, rules=faces, lists=LISTS, peers=True)
            assert read_value(writer.write(node), scope) == node

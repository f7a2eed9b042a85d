"""Closures, DuckDB and PostgreSQL decide random rules as the naive interpreter does."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from properties.agreement import check_closures, check_sql, facts_of, trial
from properties.engines import Postgres, duck
from rules.traces import checked

CASES = 16
SEEDS = st.integers(0, 2**48)


@given(SEEDS)
def test_closures_decide_as_the_oracle(seed: int) -> None:
    check_closures(trial(Random(seed), CASES))


@given(SEEDS)
def test_duckdb_decides_as_the_oracle(seed: int) -> None:
    rng = Random(seed)
    one = trial(rng, CASES)
    check_sql(one, duck(), facts_of(one, rng))


@pytest.mark.postgres
@given(SEEDS)
def test_postgres_decides_as_the_oracle(postgres: Postgres, seed: int) -> None:
    rng = Random(seed)
    one = trial(rng, CASES)
    check_sql(one, postgres, facts_of(one, rng))


def test_few_random_rules_are_too_wide_for_sql() -> None:
    rng = Random(1)
    decided = [check_sql(one, duck(), None) for one in (trial(rng, 1) for _ in range(40))]
    assert sum(decided) >= 36


def test_the_random_cases_reach_every_outcome() -> None:
    rng = Random(2)
    found = {verdict.outcome for _ in range(20) for verdict in trial(rng, CASES).verdicts}
    assert found == {"yes", "no", "unknown", "refer"}


@settings(max_examples=40)
@given(SEEDS)
def test_every_trace_follows_its_schema(seed: int) -> None:
    for trace in check_closures(trial(Random(seed), 4)):
        checked(trace)
        checked(trace, "en")

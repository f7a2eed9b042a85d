"""Profiles: a fixed set of examples for every run, a large random one for `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from properties.engines import Postgres

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "keqiao", max_examples=100, derandomize=True, deadline=None, database=None, print_blob=True, suppress_health_check=QUIET
)
settings.register_profile(
    "keqiao-soak", max_examples=6000, deadline=None, database=None, print_blob=True, suppress_health_check=QUIET
)
settings.load_profile("keqiao-soak" if os.environ.get("KEQIAO_SOAK") else "keqiao")

URL = os.environ.get("KEQIAO_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A session on the PostgreSQL server; the test is skipped where none answers."""
    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    try:
        engine = Postgres(URL)
    except psycopg.OperationalError as problem:
        pytest.skip(f"no PostgreSQL server answers at KEQIAO_DATABASE_URL ({problem})")
    yield engine
    engine.connection.close()

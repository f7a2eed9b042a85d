"""The profile of random tests, and the PostgreSQL server that some of them use."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from properties.engines import Postgres
from properties.profiles import load_profile

load_profile()

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

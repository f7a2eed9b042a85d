"""Profiles of hypothesis: a fixed set of examples for every run, a large random one for `make soak`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "keqiao", max_examples=100, derandomize=True, deadline=None, database=None, print_blob=True, suppress_health_check=QUIET
)
settings.register_profile(
    "keqiao-soak", max_examples=6000, deadline=None, database=None, print_blob=True, suppress_health_check=QUIET
)


def load_profile() -> None:
    """The large profile where ``KEQIAO_SOAK`` is set, else the fixed one."""
    settings.load_profile("keqiao-soak" if os.environ.get("KEQIAO_SOAK") else "keqiao")

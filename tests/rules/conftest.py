"""The profile of random tests."""

from __future__ import annotations

from properties.profiles import load_profile

load_profile()

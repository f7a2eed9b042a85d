"""The synthetic city, generated once for all tests of this folder."""

from __future__ import annotations

import pytest

from keqiao import load_packs
from keqiao.examples import Enterprise, city_enterprises
from keqiao.rules.vocabulary import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    return load_packs().vocabulary


@pytest.fixture(scope="session")
def city() -> list[Enterprise]:
    """The city of 5,000 enterprises without gaps."""
    return list(city_enterprises(missing=0))

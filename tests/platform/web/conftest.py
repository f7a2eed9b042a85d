"""Languages for the tests of the frame."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from keqiao.errors import Language, use_language


@pytest.fixture(params=["zh", "en"])
def tongue(request: pytest.FixtureRequest) -> Iterator[Language]:
    """Each language in turn, spoken while the test runs."""
    use_language(request.param)
    yield request.param
    use_language("zh")


@pytest.fixture
def english() -> Iterator[None]:
    """English while the test runs."""
    use_language("en")
    yield
    use_language("zh")

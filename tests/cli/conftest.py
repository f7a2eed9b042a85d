"""Running the command as a user does: its own process, text in, text out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Keqiao = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def keqiao(tmp_path: Path) -> Keqiao:
    """Run ``keqiao`` in an empty folder; ``env`` adds variables, ``stdin`` is its input."""

    def run(*arguments: object, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "keqiao", *map(str, arguments)],
            input=stdin, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path,
            env={**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", **(env or {})},
        )  # fmt: skip

    return run

"""How much memory and how many threads a run may use."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fractions import Fraction

from keqiao.errors import KeqiaoError

MEMORY, THREADS = "KEQIAO_MEMORY", "KEQIAO_THREADS"
DEFAULT_MEMORY = "1GB"
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
#: Below this the database cannot hold one block of rows per thread.
_LEAST = 100 * 10**6


@dataclass(frozen=True, slots=True)
class Settings:
    """``memory`` of the database in bytes, beyond which it uses the disk; ``threads`` at least 1."""

    memory: int
    threads: int


def settings_of(memory: str | None = None, threads: int | None = None) -> Settings:
    """What is asked for, else what the environment says, else 1 GB and a thread per core.

    ``memory`` is a number with a unit, such as ``500MB`` or ``4GB``. Raises `KeqiaoError`.
    """
    said = memory or os.environ.get(MEMORY) or DEFAULT_MEMORY
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)\s*", said, re.IGNORECASE)
    size = int(Fraction(found[1]) * _UNITS[found[2].upper()]) if found else 0
    if size < _LEAST:
        raise KeqiaoError(
            f"内存“{said}”应写作 500MB、1GB、4GB 等，至少 100MB", f"memory {said!r} must be like 500MB, 1GB or 4GB, at least 100MB"
        )
    return Settings(size, _threads(threads))


def _threads(threads: int | None) -> int:
    said = os.environ.get(THREADS) if threads is None else str(threads)
    if not said:
        return os.cpu_count() or 1
    if not re.fullmatch(r"[1-9]\d{0,3}", said):
        raise KeqiaoError(f"线程数“{said}”应为 1 以上的整数", f"threads {said!r} must be a whole number from 1")
    return int(said)

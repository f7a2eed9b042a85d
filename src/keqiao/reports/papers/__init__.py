"""The answers of `keqiao.assess` as tables: what the terminal, a workbook and a csv file show alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keqiao.assess import Comparison, Difference, Migration, Misses, Profile, Ranking, WhatIf
from keqiao.reports.papers.base import Cell, Paper, Table
from keqiao.reports.papers.changes import comparison, difference, migration
from keqiao.reports.papers.enterprise import profile
from keqiao.reports.papers.figures import misses, ranking, whatif
from keqiao.reports.wording import Words

__all__ = ["Cell", "Paper", "Table", "paper_of"]

_PAPERS: dict[type, Callable[[Any, Words], Paper]] = {
    Misses: misses,
    WhatIf: whatif,
    Ranking: ranking,
    Comparison: comparison,
    Difference: difference,
    Migration: migration,
    Profile: profile,
}


def paper_of(answer: Any, language: str) -> Paper:
    """An answer of `keqiao.assess` as a paper in a language."""
    return _PAPERS[type(answer)](answer, Words(language))

"""A ranked list as a workbook: 名单, 未入选及原因, 口径说明."""

from __future__ import annotations

from pathlib import Path

from keqiao.assess import Ranking
from keqiao.reports.written import write_answer


def write_ranking(ranking: Ranking, out: Path, *, language: str = "zh") -> Path:
    """Write a list with its order, its reasons and how to read it; ``out`` ends in .xlsx, .csv or .json.

    The file appears complete or not at all; raises `KeqiaoError` where ``out`` exists or cannot be written.
    """
    return write_answer(ranking, out, language=language)

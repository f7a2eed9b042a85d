"""Annual accounts of real listed companies, 2012 to 2014, with their attribution.

``accounts.csv`` has one row per company and year under the key scheme ``stock`` (证券代码);
``NOTICE.md`` beside it names the source, its licence and what was changed.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

#: What every product of this data says of its source (manifest, titles of workbooks).
LISTED_LABEL = (
    "上市公司年报数据2012—2014，来源 GitHub lfh2016/chinese-stock-Financial-Index（Apache-2.0）"
    " / annual accounts of listed companies, from lfh2016/chinese-stock-Financial-Index (Apache-2.0)"
)


def listed_files() -> list[Path]:
    """The data files to import (without the notice).

    Raises `TypeError` where the package is not a folder on disk, for instance inside a zip file.
    """
    return [Path(str(files(__name__) / "accounts.csv"))]

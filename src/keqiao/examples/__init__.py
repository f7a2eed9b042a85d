"""Example data: a synthetic city, and the accounts of real listed companies.

The synthetic city is generated (`write_city`, `city_rows`); the accounts are package data
(`listed_files`). What is synthetic says so; what is real names its source.
"""

from __future__ import annotations

from keqiao.examples.city import (
    CITY_LABEL,
    Enterprise,
    city_enterprises,
    city_rows,
    city_titles,
    write_city,
)
from keqiao.examples.listed import LISTED_LABEL, listed_files
from keqiao.examples.titles import Title

__all__ = [
    "CITY_LABEL",
    "LISTED_LABEL",
    "Enterprise",
    "Title",
    "city_enterprises",
    "city_rows",
    "city_titles",
    "listed_files",
    "write_city",
]

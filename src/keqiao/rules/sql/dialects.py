"""What differs between DuckDB, PostgreSQL and Spark."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Dialect:
    """One SQL dialect: names of types, and the operators that are written differently."""

    name: str
    types: dict[str, str] = field(hash=False)
    quotes: str = '"'
    #: Ends a derived table so that the planner does not merge it into the next: PostgreSQL would
    #: write out every column where it is used, layer after layer, until memory ends.
    fence: str = ""

    def quote(self, name: str) -> str:
        """A column name."""
        return f"{self.quotes}{name.replace(self.quotes, self.quotes * 2)}{self.quotes}"

    def text(self, value: str) -> str:
        """A text literal; backslashes count only in Spark."""
        escaped = value.replace("\\", "\\\\") if self.name == "spark" else value
        return "'" + escaped.replace("'", "''" if self.name != "spark" else "\\'") + "'"

    def date(self, day: int) -> str:
        """A date literal, from an ordinal day."""
        return f"DATE '{dt.date.fromordinal(day).isoformat()}'"

    def days(self, day: int, date: str) -> str:
        """Days from a date to a day."""
        if self.name == "spark":
            return f"DATEDIFF({self.date(day)}, {date})"
        return f"({self.date(day)} - {date})"

    def quotient(self, a: str, b: str, width: int) -> str:
        """Whole-number division cut towards zero; ``width`` 2 is wider than 64 bits."""
        if self.name == "duckdb":
            return f"(({a}) // ({b}))"
        if self.name == "spark":
            return f"(({a}) DIV ({b}))"
        return f"DIV({a}, {b})" if width == 2 else f"(({a}) / ({b}))"

    def holds(self, titles: str, title: str, first: int | None, last: int) -> str:
        """A title in force on ``last``, or awarded in ``first`` … ``last``; NULL where titles are."""
        name, day = self.text(title), self.date(last)
        if self.name == "postgres":
            start, end = "CAST(t.value ->> 'from' AS date)", "CAST(t.value ->> 'to' AS date)"
            inside = self._inside(start, end, first, day)
            found = (
                f"EXISTS (SELECT 1 FROM jsonb_array_elements({titles}) AS t "
                f"WHERE t.value ->> 'title' = {name} AND {inside})"
            )
            return f"CASE WHEN {titles} IS NULL THEN NULL ELSE {found} END"
        q = self.quotes
        inside = self._inside(f"t.{q}from{q}", f"t.{q}to{q}", first, day)
        test = f"t.{q}title{q} = {name} AND {inside}"
        if self.name == "spark":
            return f"EXISTS({titles}, t -> {test})"
        return f"(LENGTH(LIST_FILTER({titles}, lambda t: {test})) > 0)"

    def _inside(self, start: str, end: str, first: int | None, day: str) -> str:
        if first is None:
            return f"({start} IS NULL OR {start} <= {day}) AND ({end} IS NULL OR {end} >= {day})"
        return f"({start} IS NULL OR ({start} >= {self.date(first)} AND {start} <= {day}))"


DIALECTS: dict[str, Dialect] = {
    "duckdb": Dialect(
        "duckdb", {"bigint": "BIGINT", "wide": "HUGEINT", "boolean": "BOOLEAN", "date": "DATE", "text": "VARCHAR"}
    ),
    "postgres": Dialect(
        "postgres",
        {"bigint": "bigint", "wide": "numeric", "boolean": "boolean", "date": "date", "text": "text"},
        fence=" OFFSET 0",
    ),
    "spark": Dialect(
        "spark",
        {"bigint": "BIGINT", "wide": "DECIMAL(38, 0)", "boolean": "BOOLEAN", "date": "DATE", "text": "STRING"},
        "`",
    ),
}

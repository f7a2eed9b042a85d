"""What all sections of a report share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from keqiao.assess.locating import Naming, naming_of
from keqiao.assess.tables import Tables
from keqiao.engine.run import Progress, Run
from keqiao.reports.wording import RuleView, Words
from keqiao.rules.vocabulary import Vocabulary

#: Rows of a list of single enterprises in the report; the workbook has more.
ROWS = 15


@dataclass(frozen=True)
class Context:
    """A run being reported: its rules as views, its tables, and whether single enterprises may be named."""

    run: Run
    words: Words
    rules: Sequence[RuleView]
    tables: Tables
    names: bool
    progress: Progress | None

    @property
    def rows(self) -> int:
        """Enterprises of the run."""
        return int(self.run.receipt["rows"])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the run's packs."""
        return self.run.packs.vocabulary

    @cached_property
    def place(self) -> Naming:
        """Short names of places by code."""
        return naming_of(self.run)

    @property
    def living(self) -> list[RuleView]:
        """The rules that are in force on the day."""
        return [rule for rule in self.rules if rule.in_force]

    def told(self, step: str, done: int) -> None:
        """Tell the progress, counted in rules."""
        if self.progress is not None:
            self.progress(step, done, len(self.rules))

    def say(self, zh: str, en: str) -> str:
        """The text in the report's language."""
        return self.words.say(zh, en)

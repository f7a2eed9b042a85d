"""Facts: sheets of enterprises into immutable snapshots, with errors told at their cells."""

from keqiao.facts.checks import FactCheck
from keqiao.facts.declared import Declared, declared_of
from keqiao.facts.importer import import_files
from keqiao.facts.problems import ImportRefused, ImportReport, Mapped, Problem
from keqiao.facts.sheets import Limits
from keqiao.facts.snapshot import Snapshot, write_snapshot

__all__ = [
    "Declared",
    "FactCheck",
    "ImportRefused",
    "ImportReport",
    "Limits",
    "Mapped",
    "Problem",
    "Snapshot",
    "declared_of",
    "import_files",
    "write_snapshot",
]

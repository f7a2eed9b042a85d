"""What the tests of this folder share: small packs and sheets, imported and assessed; and a second way to decide.

The second way writes the moved threshold into the rule's text and explains each enterprise by itself, so
that nothing of `keqiao.assess` takes part in it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from keqiao.engine import Run, assess
from keqiao.facts import Snapshot, import_files
from keqiao.packs.loader import Packs, read_folder, shipped

AS_OF = dt.date(2026, 11, 21)
_FOLDERS = itertools.count()


def head(id: str, zh: str, *, first: str | None = "2026-01-01", last: str | None = None, status: str = "local", kind: str = "standard") -> str:
    return (
        f"kind: {kind}\nid: {id}\ntitle: {{zh: {zh}, en: {id}}}\n"
        "source: {document: 试验办法, number: 试〔2026〕1号, issuer: 试验局, date: 2025-12-01}\n"
        f"effective: {{from: {first or 'null'}, to: {last or 'null'}}}\nrecorded: 2026-11-21\nstatus: {status}\n"
    )


#: The shipped vocabulary and a few rules; all of them would make every small run slow.
SHIPPED = [
    (pack, document)
    for pack, document in read_folder(shipped())
    if pack.kind == "vocabulary" or (pack.kind == "standard" and pack.id in ("cn.size_class", "cn.tech_sme"))
]


def packs_of(folder: Path, texts: Mapping[str, str]) -> Packs:
    """A few shipped packs with files of these texts laid over them."""
    folder = folder / f"packs{next(_FOLDERS)}"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return Packs([*SHIPPED, *read_folder(folder, 1)])


def snapshot_of(folder: Path, sheet: str, packs: Packs, *, titles: str | None = None, as_of: dt.date = AS_OF, year: int = 2025, label: str = "") -> Snapshot:
    """Import a sheet (and titles) given as csv text."""
    folder = folder / f"data{next(_FOLDERS)}"
    folder.mkdir(parents=True)
    files = [folder / "main.csv"]
    files[0].write_text("\ufeff" + sheet, "utf-8")
    if titles is not None:
        files.append(folder / "称号.csv")
        files[1].write_text("\ufeff" + titles, "utf-8")
    import_files(files, vocabulary=packs.vocabulary, year=year, as_of=as_of, out=folder / "snapshot", label=label)
    return Snapshot.open(folder / "snapshot", packs.vocabulary)


def run_of(folder: Path, snapshot: Snapshot, packs: Packs, rules: Sequence[str]) -> Run:
    """Assess some rules."""
    return assess(snapshot, packs, folder / f"run{next(_FOLDERS)}", rules=rules)


def explained(packs: Packs, rule: str, snapshot: Snapshot) -> dict[str, str]:
    """The outcome of each enterprise, one at a time from its facts as texts."""
    return {
        case["id"]: packs[rule].explain(case["facts"], holds=case.get("holds"), as_of=snapshot.as_of, year=snapshot.year).outcome
        for case in snapshot.cases()
    }


def rows_by_key(rows: Sequence[Any]) -> dict[str, Any]:
    return {row.key: row for row in rows}


def decimal(value: Fraction) -> str:
    """A finite decimal as rule text."""
    scaled = value * 10**12
    assert scaled.denominator == 1, value
    digits = str(abs(scaled.numerator)).rjust(13, "0")
    text = f"{digits[:-12]}.{digits[-12:]}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text

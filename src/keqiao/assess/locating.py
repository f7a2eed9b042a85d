"""Where enterprises lie: codes of places as names, the parks they are in, and who lies in a place."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from keqiao.assess.tables import PLACE, Tables, quoted
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.facts.places import Places
from keqiao.facts.snapshot import Snapshot
from keqiao.packs.loader import Packs

#: The dated membership of enterprises in parks and blocks.
MEMBERSHIP = "places.parquet"

#: From a code of a place to its short name; unknown codes stay as they are.
Naming = Callable[[str | None], str | None]


def naming(packs: Packs, day: dt.date) -> Naming:
    """Names of places on a day, each code looked up once."""
    places = Places(packs.places)

    @cache
    def name(code: str | None) -> str | None:
        return code if code is None else places.short_name(code, day) or code

    return name


def naming_of(run: Run) -> Naming:
    """`naming` by the packs of a run, on its day."""
    return naming(run.packs, run.as_of)


def members(snapshot: Snapshot) -> str:
    """Who is in which park or block on the snapshot's day, as a query of ``scheme``, ``id``, ``place``.

    Raises `KeqiaoError` where no sheet of parks was imported.
    """
    if MEMBERSHIP not in snapshot.manifest.get("tables", {}):
        raise KeqiaoError(
            "这次评价的数据没有“所属园区”表，不能按园区限额", "the data of this run has no sheet of parks (所属园区) to cap by"
        )
    day = f"DATE {quoted(snapshot.as_of.isoformat())}"
    return (
        f'SELECT DISTINCT scheme, id, place FROM read_parquet({quoted(str(snapshot.path / MEMBERSHIP))}) '
        f'WHERE ("from" IS NULL OR "from" <= {day}) AND ("to" IS NULL OR {day} <= "to")'
    )


@dataclass(frozen=True, slots=True)
class Inside:
    """A place with everything in it: its name, and SQL over the alias ``f`` that tells who lies there or is a member.

    ``nowhere`` tells those of whom neither a registered place nor a park is known.
    """

    name: str
    test: str
    nowhere: str


def inside(run: Run, tables: Tables, text: str) -> Inside:
    """Read a place by its code, name or alias. Raises `KeqiaoError` with the nearest ones."""
    places, given = Places(run.packs.places), tables.columns & {PLACE}
    joined = members(run.snapshot) if MEMBERSHIP in run.snapshot.manifest.get("tables", {}) else None
    codes = {code for (code,) in tables.all(f"SELECT DISTINCT {PLACE} FROM facts")} if given else set()
    parks = {code for (code,) in tables.all(f"SELECT DISTINCT place FROM ({joined})")} if joined else set()
    known = (codes | parks) - {None}
    if not known:
        raise KeqiaoError(
            "这次评价的数据没有行政区划代码，也没有“所属园区”表，不能按地点筛选",
            "the data of this run has neither codes of places nor a sheet of parks to filter by",
        )
    target = text if text in parks else places.find(text)
    if target is None:
        raise _unknown(run, text, known)
    within = ", ".join(quoted(code) for code in sorted(known) if code == target or places.within(code, target))
    tests, lost = ["FALSE"], []
    if given and within:
        tests.append(f"f.{PLACE} IN ({within})")
    if given:
        lost.append(f"f.{PLACE} IS NULL")
    if joined:
        if within:
            tests.append(f"(f.scheme, f.id) IN (SELECT (scheme, id) FROM ({joined}) WHERE place IN ({within}))")
        lost.append(f"(f.scheme, f.id) NOT IN (SELECT (scheme, id) FROM ({joined}))")
    name = places.full_name(target, run.as_of) or target
    return Inside(name, f"COALESCE({' OR '.join(tests)}, FALSE)", " AND ".join(lost))


def _unknown(run: Run, text: str, known: set[str]) -> KeqiaoError:
    name = naming_of(run)
    every = {name(code) or code: code for code in sorted(known)}
    near = difflib.get_close_matches(text, every, n=4, cutoff=0.4) or list(every)[:8]
    return KeqiaoError(
        f"没有“{text}”这个地点，或者同名的有几个；请写代码，数据里有：{'、'.join(f'{one}（{every[one]}）' for one in near)}",
        f"there is no place {text!r}, or several have this name; write its code. The data has {', '.join(f'{one} ({every[one]})' for one in near)}",
    )

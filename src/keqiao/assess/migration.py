"""A scorecard under two versions: points, ranks, who moves most, and how far the order stays the same."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext
from fractions import Fraction

from keqiao.assess.answers_changes import Migration, Mover
from keqiao.assess.locating import Naming, naming
from keqiao.assess.tables import PLACE, Tables, tables_of
from keqiao.assess.versions import keep_versions
from keqiao.assess.words import about_rule
from keqiao.engine.run import Run
from keqiao.errors import KeqiaoError
from keqiao.facts.snapshot import Snapshot
from keqiao.packs.loader import Packs
from keqiao.rules.dimensions import SCALES
from keqiao.rules.quantities import plain

_DIGITS = 60


def migrate(
    run: Run, rule: str, day_a: dt.date, day_b: dt.date, *, other: str | None = None, limit: int | None = 20,
    language: str = "zh",
) -> Migration:  # fmt: skip
    """`migrated` over a run's enterprises, with the packs that it was made with."""
    return migrated(run.snapshot, run.packs, rule, day_a, day_b, other=other, limit=limit, language=language)


def migrated(
    snapshot: Snapshot, packs: Packs, rule: str, day_a: dt.date, day_b: dt.date, *, other: str | None = None,
    limit: int | None = 20, language: str = "zh",
) -> Migration:  # fmt: skip
    """Points and ranks under the versions of two days (or of two rules), and who moves most.

    Both versions are read on the snapshot's day as if they were in force. Ranks go by the low end, then the
    high end, among those with points under both; equals share a rank. The correlation is Spearman's: Pearson's
    of the mean ranks (Spearman 1904). ``limit`` is for how many movers are given (None: all), the farthest
    first. Raises `KeqiaoError` where a rule is unknown or has no points.
    """
    versions = [(rule, day_a), (other or rule, day_b)]
    heads = []
    for id, day in versions:
        packs.find(id)
        one = packs.version(id, day)
        if not one.items:
            raise KeqiaoError(f"规则“{id}”没有得分，不能比较名次", f"rule {id!r} has no points to compare")
        heads.append(about_rule(one, lambda id, day=day: packs.version(id, day), snapshot, day, language))  # type: ignore[misc]
    with tables_of(snapshot) as tables:
        keep_versions(tables, packs, versions[0], versions[1])
        tables.keep("ranks", _RANKS)
        both, unchanged = tables.one("SELECT COUNT(*), COUNT(*) FILTER (WHERE br = ar) FROM ranks")
        return Migration(heads[0], heads[1], both, unchanged, _spearman(tables, both), _movers(tables, limit, naming(packs, snapshot.as_of)))


#: Ranks, and doubled mean ranks (whole numbers) for the correlation.
_RANKS = """
SELECT *, 2 * br + COUNT(*) OVER (PARTITION BY bl, bh) - 1 AS bm, 2 * ar + COUNT(*) OVER (PARTITION BY al, ah) - 1 AS am
FROM (SELECT *, RANK() OVER (ORDER BY bl DESC, bh DESC) AS br, RANK() OVER (ORDER BY al DESC, ah DESC) AS ar
      FROM pairs WHERE bl IS NOT NULL AND al IS NOT NULL)
"""


def _movers(tables: Tables, limit: int | None, named: Naming) -> tuple[Mover, ...]:
    most = "" if limit is None else f" LIMIT {int(limit)}"
    rows = tables.all(
        f"SELECT r.scheme, r.id, {tables.column('name')}, {tables.column(PLACE)}, bl, bh, al, ah, br, ar FROM ranks r "
        f"JOIN facts f ON f.scheme = r.scheme AND f.id = r.id ORDER BY ABS(br - ar) DESC, ar, r.scheme, r.id{most}"
    )
    return tuple(
        Mover(scheme, id, name, place, named(place), _points(bl, bh), _points(al, ah), br, ar, br - ar)
        for scheme, id, name, place, bl, bh, al, ah, br, ar in rows
    )


def _points(low: int, high: int) -> str:
    ends = [plain(Fraction(int(end), SCALES["points"]), 4) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}~{ends[1]}"


def _spearman(tables: Tables, n: int) -> str | None:
    """Spearman's correlation to four decimals from exact sums; None where one side is all equal."""
    wide = [f"SUM(CAST({one} AS HUGEINT))" for one in ("bm", "am", "bm * bm", "am * am", "bm * am")]
    sums = tables.one(f"SELECT {', '.join(wide)} FROM ranks")
    if not n:
        return None
    x, y, xx, yy, xy = (int(value) for value in sums)
    spread = (n * xx - x * x) * (n * yy - y * y)
    if not spread:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        found = Decimal(n * xy - x * y) / Decimal(spread).sqrt()
        return str(found.quantize(Decimal("0.0001")))

"""Values whose sources disagree: how many, and which source prevailed."""

from __future__ import annotations

from dataclasses import dataclass

from keqiao.assess.tables import quoted, tables_of
from keqiao.engine.run import Run
from keqiao.reports.wording import Words

#: The values that several sources give, or whose source is told one by one.
SOURCES = "sources.parquet"

#: Pairs of sources that are named; there are few kinds of sources, but any sheet may name its own.
_MOST = 6

#: A value that did not prevail beside the one that did. The name under an earlier code contradicts nothing.
_PAIRS = """
SELECT p.source AS kept, r.source AS other, r.scheme, r.id, r.indicator, r.year
FROM read_parquet({path}) r JOIN read_parquet({path}) p USING (scheme, id, indicator)
WHERE p.prevails AND NOT r.prevails AND p.year IS NOT DISTINCT FROM r.year AND p.value <> r.value
  AND NOT (r.indicator = 'name' AND r.source LIKE '%原代码%')"""


@dataclass(frozen=True, slots=True)
class Disagreeing:
    """``values`` of ``enterprises`` differ between sources; ``pairs`` are kept source, other source and values, the most first."""

    values: int
    enterprises: int
    pairs: tuple[tuple[str, str, int], ...]


def disagreeing(run: Run) -> Disagreeing | None:
    """What the sources disagree about; None where the import kept no sources apart."""
    if SOURCES not in run.snapshot.manifest.get("tables", {}):
        return None
    pairs = _PAIRS.format(path=quoted(str(run.snapshot.path / SOURCES)))
    with tables_of(run.snapshot) as tables:
        tables.keep("pairs", pairs)
        values, enterprises = tables.one(
            "SELECT COUNT(DISTINCT (scheme, id, indicator, year)), COUNT(DISTINCT (scheme, id)) FROM pairs"
        )
        rows = tables.all("SELECT kept, other, COUNT(*) FROM pairs GROUP BY ALL ORDER BY 3 DESC, 1, 2")
    return Disagreeing(values, enterprises, tuple((kept, other, count) for kept, other, count in rows))


def told(run: Run, words: Words) -> str:
    """`disagreeing` as a sentence; empty where the import kept no sources apart."""
    found, say = disagreeing(run), words.say
    if found is None:
        return ""
    if not found.values:
        return say("各来源没有不一致的值", "the sources disagree about no value")
    unnamed = say("未写来源的", "no source named")
    shown = [
        say(f"取{kept or unnamed}、不取{other or unnamed} {count:,} 个", f"{kept or unnamed} over {other or unnamed}: {count:,}")
        for kept, other, count in found.pairs[:_MOST]
    ]
    if found.pairs[_MOST:]:
        count = sum(count for _, _, count in found.pairs[_MOST:])
        shown.append(say(f"其他 {count:,} 个", f"others: {count:,}"))
    return say(
        f"{found.values:,} 个值（{found.enterprises:,} 家企业）各来源不一致：{'；'.join(shown)}",
        f"{found.values:,} values of {found.enterprises:,} enterprises differ between sources: {'; '.join(shown)}",
    )

"""`record_values`: many values of one source into the record, in one write.

Values that the same source gave before stay as they are; changed ones end the old with ``ended_by``; new ones are
added. ``prevails`` is worked out anew for just the enterprises, indicators and years that were touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from django.db import connection

from keqiao.platform.audit.services import writing
from keqiao.platform.enterprises.models import Batch
from keqiao.platform.enterprises.recording import loading
from keqiao.platform.enterprises.recording.copied import copy_to_enterprises
from keqiao.platform.enterprises.recording.loading import GIVEN, Row, rows, run
from keqiao.platform.enterprises.recording.precedence import group, rank
from keqiao.platform.enterprises.recording.values import LONGEST, Value, indicator_ids


@dataclass
class Counts:
    """What a batch did: values ``new``, ``changed``, ``gone`` and ``same``, and how many enterprises were given.

    ``confirms`` counts, by earlier batch, the values that this one repeated.
    """

    new: int = 0
    changed: int = 0
    gone: int = 0
    same: int = 0
    enterprises: int = 0
    titles: int = 0
    records: int = 0
    created: int = 0
    confirms: dict[str, int] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        """Take the counts of a further part of the batch."""
        for name in ("new", "changed", "gone", "same", "titles", "records", "created"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.enterprises = max(self.enterprises, other.enterprises)
        for id, count in other.confirms.items():
            self.confirms[id] = self.confirms.get(id, 0) + count

    def as_json(self) -> dict[str, object]:
        """For `Batch.counts`."""
        return asdict(self)


def record_values(batch: Batch, values: Iterable[Value]) -> Counts:
    """Record the values of a batch; sets and saves ``batch.counts``.

    ``batch`` is saved already. A value may come once for each enterprise, indicator and year; one with neither number
    nor text ends what the same source had said. Raises RuntimeError outside a write.
    """
    if not writing():
        raise RuntimeError("facts are recorded inside `written`")
    counts = record_rows(batch, _rows(values))
    batch.counts = counts.as_json()
    batch.save(update_fields=["counts"])
    return counts


def _rows(values: Iterable[Value]) -> Iterator[Row]:
    ids: dict[str, int] = {}
    for enterprise, key, year, number, text in values:
        if key not in ids:
            ids |= indicator_ids([key])
        if text is not None and len(text) > LONGEST:
            raise ValueError(f"a text of {len(text)} characters for {key}")
        yield enterprise, ids[key], year, number, text


def record_rows(batch: Batch, values: Iterable[Row]) -> Counts:
    """`record_values` for rows with indicators' numbers, without writing the batch's counts."""
    with loading.given(values) as total:
        counts = compare(batch)
        counts.enterprises = rows(f"SELECT count(DISTINCT enterprise_id) FROM {GIVEN}")[0][0]
        _keep_only_changes(counts)
        run("UPDATE enterprises_fact SET ended_by_id = %s, prevails = %s WHERE id IN (SELECT fact_id FROM kq_old)", [batch.pk, False])
        run(
            "INSERT INTO enterprises_fact (enterprise_id, indicator_id, year, number, text, batch_id, ended_by_id, prevails)"
            f" SELECT enterprise_id, indicator_id, year, number, text, %s, NULL, %s FROM {GIVEN}"
            " WHERE number IS NOT NULL OR text IS NOT NULL ORDER BY enterprise_id, indicator_id, year",
            [batch.pk, True],
        )
        if total != counts.same:
            loading.learn("enterprises_fact", counts.new + counts.changed)
            settle(batch)
            copy_to_enterprises(f"SELECT DISTINCT enterprise_id FROM {GIVEN}")
        loading.drop("kq_old")
    return counts


def compare(batch: Batch) -> Counts:
    """Compare `GIVEN` with what the same source says now: the table ``kq_old`` (fact, place, same) and the counts.

    ``batch`` need not be saved.
    """
    loading.drop("kq_old")
    kinds = group(batch.kind)
    run(
        "CREATE TEMPORARY TABLE kq_old AS SELECT f.id AS fact_id, f.batch_id, f.enterprise_id, f.indicator_id, f.year,"
        " (f.number IS NOT DISTINCT FROM g.number AND f.text IS NOT DISTINCT FROM g.text) AS same,"
        " (g.number IS NULL AND g.text IS NULL) AS gone"
        f" FROM {GIVEN} g JOIN enterprises_fact f ON f.enterprise_id = g.enterprise_id AND f.indicator_id = g.indicator_id"
        " AND f.year = g.year JOIN enterprises_batch b ON b.id = f.batch_id WHERE f.ended_by_id IS NULL"
        f" AND b.source = %s AND b.kind IN ({', '.join(['%s'] * len(kinds))})",
        [batch.source, *kinds],
    )
    found = {(bool(same), bool(gone)): count for same, gone, count in rows("SELECT same, gone, count(*) FROM kq_old GROUP BY same, gone")}
    same, changed, gone = found.get((True, False), 0), found.get((False, False), 0), found.get((False, True), 0)
    given = rows(f"SELECT count(*) FROM {GIVEN} WHERE number IS NOT NULL OR text IS NOT NULL")[0][0]
    confirms = {str(id): count for id, count in rows("SELECT batch_id, count(*) FROM kq_old WHERE same GROUP BY batch_id")}
    return Counts(new=given - same - changed, changed=changed, gone=gone, same=same, confirms=confirms)


def _keep_only_changes(counts: Counts) -> None:
    """Take what is the same out of both tables, so that only changes are written."""
    if counts.same:
        place = "(enterprise_id, indicator_id, year)"
        run(f"DELETE FROM {GIVEN} WHERE {place} IN (SELECT enterprise_id, indicator_id, year FROM kq_old WHERE same)")
        run("DELETE FROM kq_old WHERE same")


def settle(batch: Batch | None) -> None:
    """Say anew which current fact prevails, for each enterprise, indicator and year of `GIVEN` with other voices.

    ``batch`` is the one just recorded, whose facts alone need no settling.
    """
    loading.drop("kq_voice", "kq_rank", "kq_order")
    run(
        "CREATE TEMPORARY TABLE kq_voice AS SELECT f.id AS fact_id, f.enterprise_id, f.indicator_id, f.year, b.kind, b.source,"
        f" b.recorded_at FROM {GIVEN} g JOIN enterprises_fact f ON f.enterprise_id = g.enterprise_id"
        " AND f.indicator_id = g.indicator_id AND f.year = g.year JOIN enterprises_batch b ON b.id = f.batch_id"
        " WHERE f.ended_by_id IS NULL AND EXISTS (SELECT 1 FROM enterprises_fact o WHERE o.enterprise_id = g.enterprise_id"
        " AND o.indicator_id = g.indicator_id AND o.year = g.year AND o.ended_by_id IS NULL AND o.batch_id <> %s)",
        [batch.pk if batch is not None else 0],
    )
    ranks = _ranks()
    if ranks:
        run("CREATE TEMPORARY TABLE kq_rank (kind varchar(12), source varchar(40), indicator_id integer, place integer)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO kq_rank VALUES (%s, %s, %s, %s)", ranks)
        run(
            "CREATE TEMPORARY TABLE kq_order AS SELECT v.fact_id, row_number() OVER"
            " (PARTITION BY v.enterprise_id, v.indicator_id, v.year ORDER BY r.place, v.recorded_at DESC, v.fact_id DESC) AS n"
            " FROM kq_voice v JOIN kq_rank r ON r.kind = v.kind AND r.source = v.source AND r.indicator_id = v.indicator_id"
        )
        for wins, which in ((False, "n > 1"), (True, "n = 1")):  # only what turns is written
            run(
                f"UPDATE enterprises_fact SET prevails = %s WHERE prevails = %s AND id IN (SELECT fact_id FROM kq_order WHERE {which})",
                [wins, not wins],
            )
    loading.drop("kq_voice", "kq_rank", "kq_order")


def _ranks() -> list[tuple[str, str, int, int]]:
    """The rank of every voice for every indicator on which several speak."""
    voices = rows(
        "SELECT DISTINCT v.kind, v.source, v.indicator_id, i.key FROM kq_voice v JOIN enterprises_indicator i ON i.id = v.indicator_id"
    )
    return [(kind, source, id, rank(kind, source, key)) for kind, source, id, key in voices]

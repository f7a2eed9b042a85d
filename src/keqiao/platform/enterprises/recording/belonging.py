"""Where enterprises lie, and what they were called before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]
from django.db.models import Q

from keqiao.facts.keys import Key
from keqiao.facts.snapshot import Snapshot
from keqiao.platform.clock import today
from keqiao.platform.enterprises.models import Batch, Enterprise, Link, Residence
from keqiao.platform.errors import Refused
from keqiao.platform.institutions.models import Place

_PIECE = 900


@dataclass(frozen=True)
class Reach:
    """Where a snapshot may write: ``home`` is where new enterprises lie, ``places`` (None: all) what may be named.

    An office that could write an enterprise of another zone would thereby come to see all its facts.
    """

    home: int | None = None
    places: frozenset[int] | None = None

    def strangers(self, ids: Iterable[int]) -> list[int]:
        """Those of the enterprises that lie today in none of the places."""
        if self.places is None:
            return []
        wanted, within, day = sorted(set(ids)), set(), today()
        for start in range(0, len(wanted), _PIECE):
            found = Residence.objects.filter(
                Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day),
                enterprise_id__in=wanted[start : start + _PIECE], place__in=self.places,
            )  # fmt: skip
            within |= set(found.values_list("enterprise_id", flat=True))
        return [id for id in wanted if id not in within]

    def refuse_strangers(self, ids: Iterable[int]) -> None:
        """Raise `Refused` where an enterprise lies elsewhere."""
        found = self.strangers(ids)
        if found:
            codes = "、".join(Enterprise.objects.filter(pk__in=found[:3]).order_by("code").values_list("code", flat=True))
            raise Refused(
                f"有 {len(found)} 家企业登记在本处室的片区以外（如 {codes}），本处室不能写入它们的数据；删去这些行，或先请系统管理员登记它们的片区。",
                f"{len(found)} enterprises lie outside the places of your office (such as {codes}); you may not write their facts."
                " Remove these rows, or have the system administrator enter their place first.",
            )


def settle_homes(made: Iterable[int], reach: Reach, snapshot: Snapshot, of_keys: Sequence[int]) -> None:
    """New enterprises lie in the place of their region code where it is within reach, else in the office's own."""
    wanted = set(made)
    if reach.home is None or not wanted:
        return
    places = dict(Place.objects.filter(pk__in=reach.places or ()).values_list("code", "pk"))
    codes: list[str | None] = [None] * len(of_keys)
    if "region" in snapshot.columns:
        codes = pq.read_table(snapshot.facts_path, columns=["region"]).column(0).to_pylist()
    homes = {id: places.get(code or "", reach.home) for id, code in zip(of_keys, codes, strict=True) if id in wanted}
    Residence.objects.bulk_create([Residence(enterprise_id=id, place_id=home) for id, home in homes.items()], batch_size=200)


def record_places(snapshot: Snapshot, ids: dict[Key, int], reach: Reach) -> int:
    """Residences from the sheet 所属园区, by code or name of the place; those beyond the reach are left out."""
    table = snapshot.table("places.parquet")
    if table is None:
        return 0
    by_word: dict[str, int] = {}
    for pk, code, name in Place.objects.values_list("pk", "code", "name"):
        if reach.places is None or pk in reach.places:
            by_word |= {code: pk, name: pk}
    wanted = {}
    for row in table.to_pylist():
        place = by_word.get(row["place"]) or by_word.get(row["name"] or "")
        if place is not None:
            wanted[ids[row["scheme"], row["id"]], place] = (row["from"], row["to"])
    known = {
        (one.enterprise_id, one.place_id): one
        for start in range(0, len(ids), _PIECE)
        for one in Residence.objects.filter(enterprise_id__in=list(ids.values())[start : start + _PIECE])
    }
    for key, (since, until) in wanted.items():
        old = known.get(key)
        if old is None:
            Residence.objects.create(enterprise_id=key[0], place_id=key[1], since=since, until=until)
        elif (old.since, old.until) != (since, until):
            old.since, old.until = since, until
            old.save(update_fields=["since", "until"])
    return len(wanted)


def record_links(batch: Batch, snapshot: Snapshot, ids: dict[Key, int]) -> int:
    """Renames and mergers, each once."""
    table = snapshot.table("links.parquet")
    made = 0
    for row in table.to_pylist() if table is not None else ():
        _, new = Link.objects.get_or_create(
            enterprise_id=ids[row["scheme"], row["id"]], old_scheme=row["old_scheme"] or row["scheme"], old_code=row["old_id"] or "",
            old_name=row["old_name"] or "", on=row["on"], kind=row["kind"], defaults={"batch": batch},
        )  # fmt: skip
        made += new
    return made

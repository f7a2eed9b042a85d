"""The official divisions in force, as the site's places."""

from __future__ import annotations

import csv
from importlib import resources

from keqiao.facts.places import Places
from keqiao.platform.actor import Actor
from keqiao.platform.audit.services import written
from keqiao.platform.institutions.models import Place

_LEVELS = {"province": "province", "city": "city", "county": "district"}


def load_places(actor: Actor) -> int:
    """Record the divisions of today that the site does not know yet, from the table of `keqiao.facts`; gives how many."""
    with (resources.files("keqiao.facts") / "places.csv").open(encoding="utf-8") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file) if not row["last"]}
    tree, known = Places(), dict(Place.objects.values_list("code", "path"))
    ids: dict[str, int] = dict(Place.objects.values_list("code", "pk"))
    added = 0
    with written(actor, "institutions:place:load") as pending:
        following = (Place.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
        for level in ("province", "city", "county"):
            made = []
            for code, name in sorted(names.items()):
                if code in known or tree.level_of(code) != level:
                    continue
                above = _above(tree, code, known)
                path = f"{known[above] if above else '/'}{following}/"
                made.append(Place(pk=following, code=code, name=name, level=_LEVELS[level], parent_id=ids[above] if above else None, path=path))
                known[code], ids[code], following = path, following, following + 1
            Place.objects.bulk_create(made, batch_size=500)
            added += len(made)
        pending.detail["places"] = added
    _move_sequence()
    return added


def _above(tree: Places, code: str, known: dict[str, str]) -> str | None:
    """The nearest place above that is recorded."""
    above = tree.parent(code)
    while above is not None and above not in known:
        above = tree.parent(above)
    return above


def _move_sequence() -> None:
    """Let PostgreSQL give ids after those given here."""
    from django.core.management.color import no_style
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Place]):
            cursor.execute(statement)

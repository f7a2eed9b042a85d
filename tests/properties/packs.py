"""Random rule packs from random texts, built as the loader builds files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

from keqiao.packs import schema
from keqiao.packs.build import Builder, face_of
from keqiao.packs.yaml import Document
from keqiao.rules.model import Rule
from keqiao.rules.scope import ListMembers
from properties.rules import Writer, form_of
from properties.words import MEMBERS, STAGES, TRADES, VOCABULARY

LISTS = {"l.open": ListMembers(MEMBERS, True), "l.closed": ListMembers(MEMBERS, False)}
Pack = dict[str, Any]


def head(id: str, kind: str = "standard") -> Pack:
    return {"kind": kind, "id": id, "title": id, "recorded": "2026-01-01", "status": "official"}


def tree(rng: Random, writer: Writer, ids: list[str], depth: int = 2) -> Pack:
    """A clause or a group."""
    id = f"c{len(ids)}"
    ids.append(id)
    if depth == 0 or rng.random() < 0.45:
        return {"id": id, "title": id, "when": writer.condition(rng.choice([0, 1, 2])), "cite": "1"}
    if rng.random() < 0.15:
        return {"id": id, "title": id, "not": tree(rng, writer, ids, depth - 1)}
    parts = [tree(rng, writer, ids, depth - 1) for _ in range(rng.choice([2, 2, 3]))]
    return {"id": id, "title": id, rng.choice(["all", "any"]): parts}


def scores(rng: Random, writer: Writer, pack: Pack) -> None:
    """Items with groups, caps and perhaps weights."""
    items = [{"id": f"i{n}", "title": f"i{n}", "cite": "1", **form_of(rng, writer)} for n in range(rng.choice([1, 2, 3, 4]))]
    groups = set()
    for item in items:
        if rng.random() < 0.5:
            item["group"] = rng.choice(["g1", "g2"])
            groups.add(item["group"])
    pack["groups"] = [{"id": g, "title": g} for g in sorted(groups)]
    pack["caps"] = {g: rng.choice([5, 12, "20.5"]) for g in sorted(groups) if rng.random() < 0.6}
    if rng.random() < 0.35 and not any("sum" in str(item) for item in items):
        _weights(rng, items, pack)
    pack["scores"] = items


def _weights(rng: Random, items: list[Pack], pack: Pack) -> None:
    two = rng.random() < 0.3
    stages = STAGES if rng.random() < 0.7 else STAGES[:2]  # an open table leaves a stage out
    pack["weights"] = {"by": ["发展阶段", "行业"] if two else ["发展阶段"]}
    for item in items:

        def weight() -> str:
            return rng.choice(["8%", "100%", "50%", "0%", "33.33%"])

        item["weight"] = {s: {t: weight() for t in TRADES} if two else weight() for s in stages}


def standard(rng: Random, id: str, others: bool) -> Pack:
    """A tree, mostly with scores."""
    pack = head(id)
    names: tuple[str, ...] = ()
    if rng.random() < 0.6:
        scores(rng, Writer(rng, (), others), pack)
        names = ("total", *(i["id"] for i in pack["scores"]), *(g["id"] for g in pack["groups"]))
    pack["require"] = tree(rng, Writer(rng, names, others), [])
    return pack


def scorecard(rng: Random, id: str, others: bool = False) -> Pack:
    """Scores alone."""
    pack = head(id, "scorecard")
    scores(rng, Writer(rng, (), others), pack)
    return pack


def sized(rng: Random, id: str, others: bool = False) -> Pack:
    """A classification."""
    pack = head(id)
    writer = Writer(rng, (), others)
    order = ["big", "mid", "low"]
    trades = TRADES if rng.random() < 0.6 else TRADES[:2]
    table = {trade: {name: writer.condition(rng.choice([0, 1])) for name in order[:-1]} for trade in trades}
    pack["classes"] = {"by": "行业", "order": order, "table": table}
    return pack


def family(rng: Random) -> dict[str, Pack]:
    """The rule under test as ``t.main``, and the three rules that it may ask."""
    found = {"t.scored": scorecard(rng, "t.scored"), "t.sized": sized(rng, "t.sized"), "t.tree": standard(rng, "t.tree", False)}
    for pack in found.values():
        kind = rng.random()
        if kind < 0.1:
            pack["effective"] = {"from": "2030-01-01"}
        elif kind < 0.2:
            pack["status"] = "illustrative"
    make = rng.choice([standard, standard, standard, scorecard, sized])
    found["t.main"] = make(rng, "t.main", rng.random() < 0.5)
    return found


def build(packs: dict[str, Pack]) -> dict[str, Rule]:
    """The rules of a family."""
    read = {id: schema.RulePack.model_validate(pack) for id, pack in packs.items()}
    faces = {id: face_of(pack) for id, pack in read.items()}
    return {
        id: Builder(pack, Document(Path(f"{id}.yaml"), packs[id]), VOCABULARY, faces, LISTS).build()
        for id, pack in read.items()
    }


#: Days on which anniversaries and leap days fall.
DAYS = [dt.date(2026, 11, 21), dt.date(2024, 2, 29), dt.date(2025, 2, 28), dt.date(2025, 3, 1), dt.date(2028, 2, 29)]


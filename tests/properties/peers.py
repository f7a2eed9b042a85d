"""Random scorecards that compare with peers, and the table that closures look them up in."""

from __future__ import annotations

from random import Random

from keqiao.errors import KeqiaoError
from keqiao.rules.peers import PeerTable, peers_of
from keqiao.rules.sql.ir import Graph
from keqiao.rules.sql.lower import Facts, Lowering
from keqiao.rules.sql.peers import fetch_peers
from properties.agreement import Trial
from properties.engines import Duck
from properties.packs import Pack, build, head, scores, tree
from properties.rules import Writer

PARTITIONS = ("", "PARTITION BY 行业", "PARTITION BY 行业", "PARTITION BY 发展阶段", "PARTITION BY 行业, 机构级别", "PARTITION BY 行政区划")
RANKED = ("money", "people", "ratio", "ratio", "count", "years", "days", "points")


class PeerWriter(Writer):
    """Writes numbers of which some are percentiles or medians."""

    def number(self, type: str, depth: int = 2, shiftable: bool = False) -> str:
        """A number of a type, without ranges."""
        rng = self.rng
        plain = Writer(rng)
        if rng.random() < 0.4:
            over = f"OVER ({rng.choice(PARTITIONS)})"
            if type == "ratio":
                return f"percentile({plain.number(rng.choice(RANKED), rng.choice([0, 1, 2]), shiftable)}) {over}"
            return f"median({plain.number(type, 1, shiftable)}) {over}"
        return super().number(type, depth, shiftable)


def peer_family(rng: Random) -> dict[str, Pack]:
    """A scorecard with scores and a tree that compare with peers; or a standard that asks its points."""
    while True:
        pack = head("t.main", "scorecard")
        scores(rng, PeerWriter(rng), pack)
        over = rng.choice([[], ["行业"], ["发展阶段", "行业"]])
        ranked = {"value": Writer(rng).number(rng.choice(RANKED), 2), "percentile": {"points": rng.choice([60, "7.5", -5]), "over": over}}
        item = rng.choice(pack["scores"])
        for key in set(item) - {"id", "title", "cite", "group", "weight"}:
            del item[key]
        item |= ranked if rng.random() < 0.7 else {"best": [ranked, {"mark": "评审得分", "max": 8}]}
        if rng.random() < 0.6:
            names = ("total", *(i["id"] for i in pack["scores"]), *(g["id"] for g in pack["groups"]))
            pack["require"] = tree(rng, PeerWriter(rng, names), [])
        found = {"t.main": pack}
        if rng.random() < 0.2:
            found = {"t.main": head("t.main") | {"require": {"id": "c", "title": "c", "when": "points('t.card') >= 20分"}}}
            found["t.card"] = pack | {"id": "t.card"}
        try:
            build(found)
        except KeqiaoError:  # a peer inside known(), or inside another
            continue
        return found


def table_of(one: Trial, engine: Duck) -> PeerTable | None:
    """The peers of a trial, by the queries of the compiler; None where they are refused as too wide."""
    engine.load([c.row for c in one.cases], one.columns())
    low = Lowering(Graph(), one.as_of.toordinal(), one.year, Facts())
    try:
        return fetch_peers(low, peers_of([one.main], one.find), lambda sql: engine.connection.execute(sql).fetchall())
    except KeqiaoError:
        return None



"""Keqiao: the scorecard as a pack, compiled to DuckDB SQL for the table and to closures for one case."""
import datetime as dt
import json
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import spec

REQUIRES = ["../.."]
PACKAGE = "keqiao"
VARIANTS = {
    "complete": {"label": "Keqiao (exact), nothing missing", "quick": True},
    "missing": {"label": "Keqiao (exact), 10 % of the indicators missing", "quick": True},
    "explain": {"label": "Keqiao (exact), keeping points, conditions and margins", "quick": True},
}
AS_OF, YEAR = dt.date(2026, 11, 21), 2025
#: name: type, unit, stored integers per unit of the table
COLUMNS = {
    **dict.fromkeys(spec.IND, ("points", "分", 10000)),
    "revenue": ("money", "元", 100),
    "employees": ("people", "人", 10_000),
    "age_years": ("years", "年", 10_000),
    "rd_ratio": ("ratio", "倍", 10**8),
    "debt_ratio": ("ratio", "倍", 10**8),
    "patents": ("count", "件", 10_000),
}


def packs():
    """The rule set of spec.py as a vocabulary and one standard, in pack files (JSON is YAML)."""
    indicators = [
        {"id": k, "label": k, "type": t, "unit": u, "period": "annual"} for k, (t, u, _) in COLUMNS.items()
    ]
    indicators += [{"id": k, "label": k, "type": "flag", "period": "annual"} for k in spec.FLAGS]
    indicators += [{"id": "stage", "label": "stage", "type": "code", "period": "annual", "values": spec.STAGES}]
    head = {"title": "benchmark", "recorded": "2026-11-21", "status": "illustrative"}
    scores = []
    for k in spec.IND:
        cuts, points = spec.CUTS[k][::-1], spec.PTS[k][::-1]
        bands = {f"{c}分": p for c, p in zip(cuts, points)} | {"below": points[-1]}
        weight = {s: str(spec.W[s][k]) for s in spec.STAGES}
        scores.append({"id": f"p_{k}", "title": k, "value": k, "bands": bands, "weight": weight, "cite": "spec"})

    def clause(id, when):
        return {"id": id, "title": id, "when": when, "cite": "spec"}

    e1 = {"id": "e1", "any": [
        {"id": "e1_size", "all": [clause("e1a", "revenue >= 20000000元"), clause("e1b", "employees <= 1000人")]},
        clause("e1c", "rd_ratio >= 5%")]}
    e2 = {"id": "e2", "all": [
        clause("e2a", "age_years >= 3年"), clause("e2b", "score('total') >= 50分"), clause("e2c", "NOT blacklisted")]}
    e3 = {"id": "e3", "all": [
        {"id": "e3_tech", "any": [clause("e3a", "patents >= 5件"), clause("e3b", "high_tech")]},
        clause("e3c", "debt_ratio < 70%"), clause("e3d", "score('total') >= 45分")]}
    rule = {**head, "kind": "standard", "id": "bench", "require": {"any": [e1, e2, e3]}, "scores": scores,
            "weights": {"by": ["stage"]}}
    folder = tempfile.mkdtemp()
    for name, pack in (("vocabulary", {**head, "kind": "vocabulary", "id": "v", "indicators": indicators}), ("rule", rule)):
        Path(folder, f"{name}.yaml").write_text(json.dumps(pack, ensure_ascii=False))
    import keqiao

    return keqiao.load_packs([folder], ours=False)


class Engine:
    def __init__(self, variant):
        from keqiao.rules.sql.compile import compile_sql
        from keqiao.rules.sql.lower import Facts

        self.variant = variant
        self.packs = packs()
        self.rule = self.packs["bench"]
        columns = frozenset([*COLUMNS, *spec.FLAGS, "stage"])
        missing = frozenset(spec.IND) if variant == "missing" else frozenset()
        self.query = compile_sql(
            self.rule.at(AS_OF), lambda id: self.packs.version(id, AS_OF), as_of=AS_OF, year=YEAR, table="ent", keys=(),
            conditions=True if variant == "explain" else ("e1", "e2", "e3"), facts=Facts(columns, columns - missing),
        )

    def prepare(self, table):
        """Scaled integers in DuckDB's own table; ten per cent of the indicators set to NULL where asked."""
        self.con = duckdb.connect()
        random = np.random.default_rng(7)
        columns = {}
        for k, v in table.items():
            if k in COLUMNS:
                stored = np.rint(v * COLUMNS[k][2]).astype("int64")
                if np.abs(stored).max() < 2**31:
                    stored = stored.astype("int32")
                mask = random.random(len(v)) < 0.1 if self.variant == "missing" and k in spec.IND else None
                columns[k] = pa.array(stored, mask=mask)
            elif k == "stage":
                columns[k] = pa.DictionaryArray.from_arrays(pa.array(v.astype("int32")), pa.array(spec.STAGES))
            else:
                columns[k] = pa.array(v)
        self.con.register("arrow", pa.table(columns))
        self.con.execute("CREATE TABLE ent AS SELECT * FROM arrow")

    def evaluate(self, _):
        result = self.con.sql(self.query).to_arrow_table()
        score = result["score_low"].to_numpy() / 10_000
        return {"score": score, **{e: result[f"c:{e}"].to_numpy() == 3 for e in ("e1", "e2", "e3")}}

    def explain(self, row):
        """One case: facts read, decided, with both sides and margins of every condition."""
        return self.rule.explain(row, as_of=AS_OF, year=YEAR)


def load(variant):
    return Engine(variant)

"""Random rules as texts: what a person could write, over the small vocabulary of `words`."""

from __future__ import annotations

from random import Random
from typing import Any

from properties.words import LEVELS, STAGES, TITLES, TRADES, by_type

UNITS = {
    "money": ("元", "万元", "亿元", "千元"),
    "people": ("人",),
    "ratio": ("%", "‰", "BP"),
    "count": ("件", "项", "个"),
    "points": ("分",),
    "years": ("年",),
    "days": ("天",),
}
NUMBERS = {
    "money": ("0", "1", "500", "2000", "1,500", "0.5", "12.34"),
    "people": ("0", "1", "5", "20", "500"),
    "ratio": ("0", "5", "20", "60", "3.5", "150", "33.33"),
    "count": ("0", "1", "2", "4"),
    "points": ("0", "1", "10", "20", "60"),
    "years": ("1", "2", "3", "5"),
    "days": ("0", "90", "365"),
}
COMPARISONS = ("<", "<=", ">", ">=", ">=", "<=", "=", "<>")


class Writer:
    """Writes one rule; ``ranges`` says whether scores, points and counts may stand for numbers."""

    def __init__(self, rng: Random, scores: tuple[str, ...] = (), others: bool = False) -> None:
        self.rng = rng
        self.scores = scores
        self.others = others

    def literal(self, type: str) -> str:
        """A quantity with a unit."""
        rng = self.rng
        sign = "-" if type in ("money", "ratio") and rng.random() < 0.1 else ""
        return f"{sign}{rng.choice(NUMBERS[type])}{rng.choice(UNITS[type])}"

    def fact(self, type: str, shiftable: bool = False) -> str:
        """A fact of a type; one with earlier years where it will be shifted."""
        found = by_type(type, ("annual", "static") if shiftable else ("static", "annual", "stock", "event"))
        one = self.rng.choice(found or by_type("money", ("annual",)))
        name = self.rng.choice([one.id, one.label])
        if one.period == "annual" and self.rng.random() < 0.15:
            return f"prior({name}, {self.rng.choice([1, 1, 2])})"
        return name

    def count(self) -> str:
        """A number of years for a window: literal, or bounded and computed."""
        if self.rng.random() < 0.6:
            return str(self.rng.choice([1, 2, 2, 3]))
        inner = self.rng.choice(["细分年限", "assessment_year() - year_of(成立日期) + 1年", "细分年限 - 1年"])
        bound = f"LEAST({self.rng.choice([2, 3])}年, {inner})"
        return f"GREATEST(1年, {bound})" if self.rng.random() < 0.4 else bound

    def number(self, type: str, depth: int = 2, shiftable: bool = False) -> str:
        """A number of a type, without ranges."""
        rng = self.rng
        if depth <= 0 or rng.random() < 0.35:
            if type == "days":
                return f"days_since({self.date()})" if not shiftable and rng.random() < 0.5 else "账期"
            return self.fact(type, shiftable) if by_type(type, ("annual",)) or not shiftable else "账期"
        deeper = depth - 1

        def part() -> str:
            return self.number(type, deeper, shiftable)

        kinds = ["sum", "scale", "extreme", "round", "case", "known", "negative"]
        if type in ("money", "people", "ratio", "count", "years"):
            kinds += ["window", "prior"]
        if type == "ratio":
            kinds += ["quotient", "quotient", "quotient", "growth", "growth"]
        if type == "years" and not shiftable:
            kinds += ["gap"]
        kind = rng.choice(kinds)
        if kind == "sum":
            return f"({part()} {rng.choice('+-')} {part() if rng.random() < 0.7 else self.literal(type)})"
        if kind == "scale":
            by = rng.choice(["2", "30%", "0.5", "-1", self.number("ratio", deeper - 1, shiftable)])
            return f"{part()} * {by}" if rng.random() < 0.7 else f"({part()} / {rng.choice(['2', '3', '150%'])})"
        if kind == "extreme":
            return f"{rng.choice(['LEAST', 'GREATEST'])}({part()}, {part() if rng.random() < 0.6 else self.literal(type)})"
        if kind == "round":
            return rng.choice([f"ROUND({part()}, {rng.choice([0, 1, 2])})", f"FLOOR({part()})", f"ABS({part()})"])
        if kind == "case":
            when = self.condition(0, shiftable)
            return f"CASE WHEN {when} THEN {part()} ELSE {rng.choice([part(), self.literal(type)])} END"
        if kind == "known":
            return f"{rng.choice(['COALESCE', 'first_known'])}({part()}, {rng.choice([part(), self.literal(type)])})"
        if kind == "negative":
            return f"(-{self.fact(type, shiftable)})"
        if kind == "window":
            return f"{rng.choice(['sum_of', 'avg_of'])}({self.number(type, deeper - 1, True)}, {self.count()})"
        if kind == "prior":
            return f"prior({self.number(type, deeper - 1, True)}, 1)"
        if kind == "growth":
            return f"growth({self.number(rng.choice(['money', 'people']), deeper - 1, True)})"
        if kind == "gap":
            return "(assessment_year() - year_of(成立日期))"
        over = rng.choice(["money", "people", "count"])
        return f"{self.number(over, deeper, shiftable)} / {self.number(over, deeper - 1, shiftable)}"

    def date(self) -> str:
        """A date."""
        return self.rng.choice(["成立日期", "获批日期", "founded"])

    def ranged(self) -> tuple[str, str]:
        """A number that can be a range, and its type."""
        rng = self.rng
        choices = ["count"]
        if self.scores:
            choices += ["score"] * 3
        if self.others:
            choices += ["points"]
        kind = rng.choice(choices)
        if kind == "score":
            text = f"score('{rng.choice(self.scores)}')"
        elif kind == "points":
            text = "points('t.scored')"
        else:
            parts = ", ".join(self.condition(0) for _ in range(rng.choice([1, 2, 3])))
            return f"count_yes({parts})", "count"
        if rng.random() < 0.04:  # decided by closures only: SQL refuses to divide or measure a range
            return rng.choice([f"{text} / 评审得分", f"评审得分 / {text}", f"{text} / (5分 - {text})"]), "ratio"
        if rng.random() < 0.04:
            return rng.choice([f"ABS({text} - 5分)", f"{text} + 评审得分 / 3", f"{text} * 占有率"]), "points"
        if rng.random() < 0.2:
            other = rng.choice(["评审得分", "score('total')" if self.scores else "5分", "2.5分"])
            text = rng.choice([f"{text} + {other}", f"{text} - {other}", f"LEAST({text}, {other})", f"{text} * 2", f"{text} * -1",
                               f"ROUND({text})", f"FLOOR({text})", f"first_known({text}, {other})",
                               f"CASE WHEN 自主品牌 THEN {text} ELSE {other} END"])  # fmt: skip
        return text, "points"

    def condition(self, depth: int = 2, shiftable: bool = False) -> str:
        """A condition."""
        rng = self.rng
        if depth > 0 and rng.random() < 0.35:
            parts = [self.condition(depth - 1, shiftable) for _ in range(rng.choice([2, 2, 3]))]
            joined = rng.choice([" AND ", " OR "]).join(f"({p})" for p in parts)
            return rng.choice([joined, joined, f"NOT ({joined})"])
        kinds = ["plain"] * 4 + ["between", "code", "flag", "flag", "among", "like", "case", "known", "growth", "cagr", "ratio", "ratio"]
        if not shiftable:
            kinds += ["holds", "holds", "date", "date", "list", "each", "range", "range", "judgement", "judgement"]
            if self.others:
                kinds += ["outcome", "class", "range"]
        return getattr(self, f"_{rng.choice(kinds)}")(shiftable)

    def _plain(self, shiftable: bool) -> str:
        type = self.rng.choice(["money", "money", "people", "count", "ratio", "years"] + ([] if shiftable else ["days", "points"]))
        left = self.number(type, self.rng.choice([0, 1, 2]), shiftable)
        right = self.literal(type) if self.rng.random() < 0.7 else self.number(type, 1, shiftable)
        pair = (left, right) if self.rng.random() < 0.9 else (right, left)
        return f"{pair[0]} {self.rng.choice(COMPARISONS)} {pair[1]}"

    def _ratio(self, shiftable: bool) -> str:
        over = self.rng.choice(["money", "people"])
        left = f"{self.number(over, 1, shiftable)} / {self.number(over, 0, shiftable)}"
        return f"{left} {self.rng.choice(COMPARISONS)} {self.literal('ratio')}"

    def _growth(self, shiftable: bool) -> str:
        inner = f"growth({self.number(self.rng.choice(['money', 'people']), 0, True)})"
        text = self.rng.choice([inner, f"avg_of({inner}, 2)"])
        return f"{text} {self.rng.choice(COMPARISONS)} {self.literal('ratio')}"

    def _cagr(self, shiftable: bool) -> str:
        bound = self.rng.choice(["20%", "0%", "33.33%", "-50%", "5‰"])
        inner = self.number(self.rng.choice(["money", "people"]), self.rng.choice([0, 0, 1]), True)
        return f"cagr({inner}, {self.rng.choice([1, 2, 3])}) {self.rng.choice(COMPARISONS)} {bound}"

    def _between(self, shiftable: bool) -> str:
        word = self.rng.choice(["BETWEEN", "NOT BETWEEN"])
        return f"{self.number('money', 1, shiftable)} {word} 500万元 AND 2000万元"

    def _code(self, shiftable: bool) -> str:
        return self.rng.choice(["发展阶段 = '成长期'", "行业 <> '工业'", "行业 = '农业'", "region = '3301'"])

    def _among(self, shiftable: bool) -> str:
        return self.rng.choice(["行业 IN ('工业', '农业')", "发展阶段 NOT IN ('初创期')", "region IN ('3301', '4401''06')"])

    def _like(self, shiftable: bool) -> str:
        return self.rng.choice(["行政区划 LIKE '33%'", "行政区划 NOT LIKE '44%'", "行政区划 LIKE '%'"])

    def _flag(self, shiftable: bool) -> str:
        if shiftable:
            return self.rng.choice(["亏损", "NOT 亏损"])
        return self.rng.choice(["亏损", "自主品牌", "自主品牌 = FALSE", "prior(亏损)", "NOT brand"])

    def _judgement(self, shiftable: bool) -> str:
        return self.rng.choice(["重点领域", "前景良好", "NOT field", "prior(前景良好, 1)"])

    def _case(self, shiftable: bool) -> str:
        a, b, c = (self.condition(0, shiftable) for _ in range(3))
        return f"CASE WHEN {a} THEN {b} ELSE {c} END"

    def _known(self, shiftable: bool) -> str:
        return f"known({self.rng.choice([self.number('money', 1, shiftable), self.number('ratio', 1, shiftable), '亏损', '成立日期'])})"

    def _holds(self, shiftable: bool) -> str:
        within = self.rng.choice(["", ", within => 3年", ", within => 5年", ", within => 6个月"])
        return f"holds('{self.rng.choice(TITLES)}'{within})"

    def _date(self, shiftable: bool) -> str:
        op = self.rng.choice(COMPARISONS)
        return self.rng.choice(
            [
                f"years_since({self.date()}) {op} {self.rng.choice([1, 3, 5])}年",
                f"years_since({self.date()}) {op} 18个月",
                f"days_since({self.date()}) {op} 365天",
                f"{self.date()} {op} '2024-02-29'",
                f"成立日期 {op} 获批日期",
                f"year_of({self.date()}) {op} assessment_year()",
            ]
        )

    def _list(self, shiftable: bool) -> str:
        return f"in_list({self.rng.choice(['行业', 'region'])}, '{self.rng.choice(['l.open', 'l.closed'])}')"

    def _each(self, shiftable: bool) -> str:
        return f"each_of({self.condition(0, True)}, {self.count()})"

    def _range(self, shiftable: bool) -> str:
        text, type = self.ranged()
        right = self.literal(type) if self.rng.random() < 0.85 else self.fact(type)
        return f"{text} {self.rng.choice(COMPARISONS)} {right}"

    def _outcome(self, shiftable: bool) -> str:
        return f"outcome('{self.rng.choice(['t.scored', 't.sized', 't.tree'])}')"

    def _class(self, shiftable: bool) -> str:
        return self.rng.choice(["class('t.sized') = 'big'", "class('t.sized') IN ('big', 'mid')", "class('t.sized') <> 'low'"])


def points_of(rng: Random, negative: bool = True) -> Any:
    """Points of a step: whole, with decimals, an expert's range, or a deduction."""
    kind = rng.random()
    if kind < 0.6:
        return rng.choice([0, 1, 2, 4, 5, 8, 10, 20, 50])
    if kind < 0.75:
        return rng.choice(["2.5", "0.125", "7.3333"])
    if kind < 0.9 or not negative:
        return [rng.choice([0, 1, 7]), rng.choice([8, 10])]
    return rng.choice([-5, -1])


def form_of(rng: Random, writer: Writer, deep: bool = True) -> dict[str, Any]:
    """One score form."""
    kind = rng.choice(["bands", "bands", "bands", "map", "linear", "ladder", "sum", "mark", *(["best"] if deep else [])])
    if kind == "bands":
        return _bands(rng, writer)
    if kind == "map":
        of, values = rng.choice([("行业", TRADES), ("机构级别", LEVELS), ("发展阶段", STAGES)])
        table = {code: points_of(rng) for code in values}
        if rng.random() < 0.4:
            del table[rng.choice(values)]
            table["else"] = points_of(rng)
        return {"value": of, "map": table}
    if kind == "linear":
        type = rng.choice(["money", "people", "ratio", "count"])
        full = rng.choice({"money": ("1000万元", "资产总额", "7元"), "people": ("30人", "职工人数"), "ratio": ("10%", "3%"),
                           "count": ("3件", "专利数")}[type])  # fmt: skip
        return {"value": writer.number(type, 1), "linear": {"full": full, "points": rng.choice([60, 10, "7.5", -5])}}
    if kind == "ladder":
        steps = [{"when": writer.condition(1), "points": points_of(rng)} for _ in range(rng.choice([1, 2, 3]))]
        return {"ladder": [*steps, {"else": points_of(rng)}]}
    if kind == "sum":
        steps = [{"when": writer.condition(1), "points": points_of(rng)} for _ in range(rng.choice([1, 2, 3]))]
        return {"sum": steps, **({"cap": rng.choice([3, 5, 10])} if rng.random() < 0.7 else {})}
    if kind == "mark":
        return {"mark": "评审得分", "max": rng.choice([15, 8, "12.5"])}
    return {"best": [form_of(rng, writer, False) for _ in range(rng.choice([2, 3]))]}


def _bands(rng: Random, writer: Writer) -> dict[str, Any]:
    if rng.random() < 0.12:
        parts = ", ".join(writer.condition(0) for _ in range(3))
        return {"value": f"count_yes({parts})", "bands": {"3项": 10, "2项": 5, "1项": rng.choice([2, 5]), "below": 0}}
    type = rng.choice(["money", "people", "ratio", "ratio", "count"])
    bounds = {"money": ["2亿元", "5000万元", "500万元", "0元"], "people": ["500人", "20人", "5人"],
              "ratio": ["150%", "60%", "20%", "3.5%", "0%"], "count": ["4件", "2件", "1件"]}[type]  # fmt: skip
    kept = [b for b in bounds if rng.random() < 0.7] or bounds[:1]
    rest = "below"
    if rng.random() < 0.35:
        kept.reverse()
        rest = "above"
    value = writer.number(type, rng.choice([0, 1, 2]))
    return {"value": value, "bands": {**{b: points_of(rng) for b in kept}, rest: points_of(rng)}}

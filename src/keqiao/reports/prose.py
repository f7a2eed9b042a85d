"""Conditions and score items in words, for readers who do not know the rule language."""

from __future__ import annotations

from fractions import Fraction

from keqiao.reports.wording import RuleView
from keqiao.rules import form as f
from keqiao.rules import model as m
from keqiao.rules.quantities import display_unit, plain, show
from keqiao.rules.text import Writer
from keqiao.rules.vocabulary import Vocabulary

_LEAF = 9
_SIGNS = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


class Prose(Writer):
    """Writes conditions as sentences, also the functions that the rule language spells in English."""

    def __init__(self, vocabulary: Vocabulary, rule: RuleView) -> None:
        super().__init__(vocabulary, rule.words.language, prose=True, scores=rule.score_names)
        self._rule = rule
        self._say = rule.words.say

    def _write(self, node: f.Node) -> tuple[str, int]:
        if isinstance(node, f.Known):
            inner = self.write(node.x)
            return self._say(f"已知{inner}", f"{inner} is known"), 4
        if isinstance(node, f.DaysSince | f.YearsSince):
            date, unit = self.write(node.date), ("天", "days") if isinstance(node, f.DaysSince) else ("年", "years")
            return self._say(f"自{date}起的{unit[0]}数", f"{unit[1]} since {date}"), _LEAF
        if isinstance(node, f.YearOf):
            inner = self.write(node.date)
            return self._say(f"{inner}所在年", f"year of {inner}"), _LEAF
        if isinstance(node, f.AssessmentYear):
            return self._say("评价年度", "the assessment year"), _LEAF
        if isinstance(node, f.FirstKnown):
            inner = self._rule.words.join(self.write(part) for part in node.parts)
            return self._say(f"（{inner}中第一个已知者）", f"(the first known of {inner})"), _LEAF
        if isinstance(node, f.CountYes):
            inner = self._rule.words.join(self.write(part) for part in node.parts)
            return self._say(f"（{inner}）中满足的项数", f"how many hold of ({inner})"), _LEAF
        if isinstance(node, f.Extreme):
            inner = self._rule.words.join(self.write(part) for part in node.parts)
            if node.least:
                return self._say(f"（{inner}中较低者）", f"(the lower of {inner})"), _LEAF
            return self._say(f"（{inner}中较高者）", f"(the higher of {inner})"), _LEAF
        if isinstance(node, f.Window):
            return self._window(node), _LEAF
        if isinstance(node, f.Holds) and node.months is None:
            name = self.name(node.title)
            return self._say(f"“{name}”称号在有效期内", f"holds a valid title “{name}”"), 4
        if isinstance(node, f.Points | f.Outcome | f.ClassAmong):
            return self._other(node), 4
        return super()._write(node)

    def _window(self, node: f.Window) -> str:
        inner, count = self.write(node.parts[0]), self.write(node.count)
        zh = {"sum": "合计", "avg": "年均", "each": "每年"}[node.kind]
        en = {"sum": "sum of", "avg": "mean of", "each": "each year"}[node.kind]
        return self._say(f"{inner}近n年{zh}（n为{count}）", f"{en} {inner} over n years (n: {count})")

    def _other(self, node: f.Points | f.Outcome | f.ClassAmong) -> str:
        run = self._rule.run
        other = run.packs.version(node.rule, run.as_of)
        title = other.title.get(self._rule.words.language)
        if isinstance(node, f.Points):
            return self._say(f"“{title}”总分", f"points under “{title}”")
        if isinstance(node, f.Outcome):
            return self._say(f"符合“{title}”", f"meets “{title}”")
        labels = other.classes.labels if other.classes is not None else {}
        names = [labels[name].get(self._rule.words.language) if name in labels else name for name in node.classes]
        return self._say(f"“{title}”为{'或'.join(names)}", f"“{title}” is {' or '.join(names)}")

    # ---- score items -------------------------------------------------------------------------

    def item(self, form: m.Form) -> str:
        """How points are given, in words."""
        say, more = self._say, self._rule.words.more
        if isinstance(form, m.Bands):
            return f"{self.write(form.value)}{say('：', ': ')}{self._bands(form)}"
        if isinstance(form, m.MapPoints):
            steps = [f"{code} {self.points(mark)}" for code, mark in form.points.items()]
            return f"{self.write(form.value)}{say('：', ': ')}{more(steps)}"
        if isinstance(form, m.Linear):
            value, full, points = self.write(form.value), self.write(form.full), plain(form.points, 4)
            return say(
                f"{points}分×{value}÷{full}，在0至{points}分之间", f"{points} × {value} ÷ {full}, between 0 and {points}"
            )
        if isinstance(form, m.Best):
            return say("取其高：", "the best of: ") + say("；或 ", "; or ").join(self.item(part) for part in form.forms)
        if isinstance(form, m.Mark):
            return say(
                f"{self.write(form.value)}，至多{plain(form.most, 4)}分", f"{self.write(form.value)}, at most {plain(form.most, 4)}"
            )
        if isinstance(form, m.Ladder) and form.steps and (one := _one_value(form)) is not None:
            steps = [f"{_SIGNS[op]}{self.write(right)} {self.points(points)}" for op, right, points in one[1]]
            rest = say("其余 ", "otherwise ") + self.points(form.otherwise)
            return f"{self.write(one[0])}{say('：', ': ')}{more([*steps, rest])}"
        if not form.steps:
            return self._without_steps(form)
        steps = [f"{self.write(step.when)} {self.points(step.points)}" for step in form.steps]
        if isinstance(form, m.Ladder):
            return more([*steps, say("其余 ", "otherwise ") + self.points(form.otherwise)])
        cap = "" if form.cap is None else say(f"（至多{plain(form.cap, 4)}分）", f" (at most {plain(form.cap, 4)})")
        return say("各项相加", "sum of") + cap + say("：", ": ") + more(steps)

    def _without_steps(self, form: m.Ladder | m.Capped) -> str:
        """An item whose figures the document does not give: only the range of its points is known."""
        ends = form.otherwise if isinstance(form, m.Ladder) else (Fraction(0), form.cap or Fraction(0))
        return self._say("计分办法未公布，", "how it is scored is not published; ") + self.points(ends)

    def _bands(self, form: m.Bands) -> str:
        sign = "≤" if form.upper else "≥"
        unit = self._band_unit(form.value)
        steps = [
            f"{sign}{show(bound, unit, english=self.english)} {self.points(points)}"
            for bound, points in zip(form.bounds, form.points, strict=False)
        ]
        return self._rule.words.more([*steps, self._say("其余 ", "otherwise ") + self.points(form.points[-1])])

    def _band_unit(self, value: f.Node) -> str:
        if isinstance(value, f.Fact) and value.dim.is_number:
            return self.vocabulary.indicators[value.id].unit
        return display_unit(value.dim.name)

    def points(self, mark: tuple[Fraction, Fraction]) -> str:
        """Points of one step; an expert's range with both ends."""
        low, high = (plain(x, 4) for x in mark)
        text = low if low == high else f"{low}~{high}"
        return self._say(f"得{text}分", f"gives {text}")


def _one_value(form: m.Ladder) -> tuple[f.Node, list[tuple[str, f.Node, m.Range]]] | None:
    """The value that all steps compare, with each step's sign, bound and points; None for other ladders."""
    steps: list[tuple[str, f.Node, m.Range]] = []
    values: list[f.Node] = []
    for step in form.steps:
        if not isinstance(step.when, f.Compare):
            return None
        values.append(step.when.left)
        steps.append((step.when.op, step.when.right, step.points))
    if any(value != values[0] for value in values):
        return None
    return values[0], steps

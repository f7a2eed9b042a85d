"""The result of a self-check in words: the conclusion, the reasons with margins, what is missing, the next step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keqiao.errors import language, say
from keqiao.platform.catalogue import asking, books
from keqiao.platform.catalogue.queries import Found, ladders_with
from keqiao.platform.catalogue.shipped import packs
from keqiao.platform.web.outcomes import outcome_word
from keqiao.platform.web.reading import readable
from keqiao.platform.web.tracing import Known, Tree, margin_words, tree_of
from keqiao.reports.papers import Paper, Table
from keqiao.rules.model import NO, OUTCOMES

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    """A row of reasons: the outcome's code, the condition, what stands at its right, and a line below."""

    code: str
    act: str
    effect: str
    why: str


@dataclass(frozen=True)
class Result:
    """What the page of the result says. ``outcome`` colours the box; ``next`` is a ladder's next step, (title, rule) or None."""

    outcome: str
    word: str
    sentence: str
    reasons: list[Reason]
    count: int
    improvements: list[Reason]
    improve_title: str
    next: tuple[str, str] | None
    verify: int


def shown(number: Decimal | None) -> str:
    """Points without zeros at the end."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def score_words(now: asking.Step) -> str:
    """The score as one number or a range, with its unit; empty where the rule has none."""
    if now.low is None or now.high is None:
        return ""
    low, high = shown(now.low), shown(now.high)
    return (low if low == high else f"{low}～{high}") + say(" 分", " points")


# ---- while asking ----------------------------------------------------------------------------------


def so_far(found: Found, now: asking.Step) -> str:
    """Where the answers have led, in a sentence."""
    score = score_words(now)
    if score and now.pass_mark is not None:
        mark = shown(now.pass_mark)
        return say(f"综合得分可能在 {score}，门槛 {mark} 分，还不能下结论。", f"The score may be {score}, the threshold is {mark}; not certain yet.")
    if score and found.kind == "scorecard":
        return say(f"总分可能在 {score}，还没有定。", f"The total may be {score}; not certain yet.")
    parts = list(_tops(now.trace.to_dict(language())))
    settled = sum(part["outcome"] in ("yes", "no") for part in parts)
    if not parts:
        return say("还不能下结论。", "Not certain yet.")
    return say(f"{len(parts)} 项条件中 {settled} 项已定，还不能下结论。", f"{settled} of {len(parts)} conditions are settled; not certain yet.")


def why_first(question: asking.Question, now: asking.Step) -> str:
    """Why this question comes first: what reads it, and how often it settles the matter."""
    read = say("、", ", ").join(question.why[:4]) + (say(" 等", " and others") if len(question.why) > 4 else "")
    words = say(f"这一项决定：{read}。", f"It decides: {read}.") if read else ""
    if now.question is not None and now.question.key == question.key and now.among:
        share = now.settles * 100 // now.among
        if share:
            words += say(f"答了它，{share}% 的类似企业（虚构样本）就有结论，比先问别的多。", f" With it {share}% of alike enterprises (a made-up sample) are decided, more than with any other question.")
        else:
            words += say("它最能减少还没有定的部分。", " It leaves the least undecided.")
    return words or say("它最能减少还没有定的部分。", "It leaves the least undecided.")


def saved(now: asking.Step) -> str:
    """How many questions were never needed."""
    if not now.saved:
        return say(f"共问了 {now.asked} 题。", f"{now.asked} questions were asked.")
    if now.outcome == "unknown":
        return say(f"问了 {now.asked} 题：剩下 {now.saved} 题补不上跳过的资料。", f"{now.asked} questions were asked; the other {now.saved} cannot make up for what was skipped.")
    return say(f"只问了 {now.asked} 题：剩下 {now.saved} 题怎么答都不会改变结论。", f"Only {now.asked} questions were asked; no answer to the other {now.saved} would change the outcome.")


# ---- the result ------------------------------------------------------------------------------------


def result_of(found: Found, state: asking.State, now: asking.Step) -> Result:
    """Everything that the page of the result says."""
    trace = now.trace.to_dict(language())
    outcome = now.outcome
    tops = sorted(_tops(trace), key=lambda node: node["outcome"] != outcome)
    gaps = [] if outcome == "yes" else [_improvement(gap) for gap in asking.improvements(state)]
    title = {
        "unknown": say("还缺什么", "What is missing"), "no": say("差什么", "What stands against it"), "refer": say("由谁来判断", "What is left to judgement"),
    }  # fmt: skip
    return Result(
        outcome, _word(found, trace, outcome), _sentence(found, now, trace), [_reason(node) for node in tops], len(list(_leaves(trace["because"]))), gaps,
        title.get(outcome, ""), _next(found, outcome, state), len(trace.get("verify", [])),
    )  # fmt: skip


def tree(state: asking.State, now: asking.Step) -> Tree:
    """The tree of reasons, with the answers as they were understood."""
    values = {one["question"].label: one["echo"] for one in asking.replied(state) if one["echo"] is not None and one["question"].kind != "any_of"}
    return tree_of(now.trace.to_dict(language()), packs(), Known(values=values))


def _word(found: Found, trace: Node, outcome: str) -> str:
    """The conclusion in a word or two; of a classification the class, of a scorecard its total."""
    if found.rule.classes is not None:
        names = [trace["class"]] if "class" in trace else trace.get("classes", [])
        labels = [found.rule.classes.labels[name].get(language()) for name in names]
        return say("或", " or ").join(labels) or outcome_word(outcome)
    return outcome_word(outcome)


def _sentence(found: Found, now: asking.Step, trace: Node) -> str:
    title, score = found.title, score_words(now)
    if found.rule.classes is not None:
        return say(f"按您填的数据，“{title}”的结论如上。", f"By your figures this is the result under “{title}”.")
    if found.kind == "scorecard":
        return say(f"按您填的数据，“{title}”总分 {score}。", f"By your figures the total under “{title}” is {score}.")
    words = {
        "yes": say(f"按您填的数据，符合“{title}”的条件", f"By your figures the conditions of “{title}” are met"),
        "no": say(f"按您填的数据，不符合“{title}”的条件", f"By your figures the conditions of “{title}” are not met"),
        "refer": say(f"“{title}”还有要由评审人员判断的条件，其余都已满足或不影响", f"“{title}” has conditions left to reviewers; the others are met or do not matter"),
        "unknown": say(f"资料不够，还不能判断是否符合“{title}”", f"There is not enough to say whether “{title}” is met"),
    }[now.outcome]
    return words + _decided_by_score(now, trace) + say("。", ".")


def _decided_by_score(now: asking.Step, trace: Node) -> str:
    """The score beside the threshold, where it is what decides."""
    if now.low is None or now.high is None or now.pass_mark is None:
        return ""
    mark = shown(now.pass_mark)
    if now.outcome == "yes" and now.low >= now.pass_mark:
        exact = "" if now.low == now.high else say("至少 ", "at least ")
        return say(f"：综合得分{exact or ' '}{shown(now.low)} 分，门槛 {mark} 分", f": score {exact}{shown(now.low)}, threshold {mark}")
    if now.outcome == "no" and now.high < now.pass_mark:
        exact = "" if now.low == now.high else say("至多 ", "at most ")
        return say(f"：综合得分{exact or ' '}{shown(now.high)} 分，门槛 {mark} 分", f": score {exact}{shown(now.high)}, threshold {mark}")
    return ""


def _tops(trace: Node) -> Iterator[Node]:
    """The top-level conditions."""
    yield from trace.get("because", [])


def _leaves(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        parts = node.get("all") or node.get("any") or node.get("not")
        if parts is None:
            yield node
        else:
            yield from _leaves(parts if isinstance(parts, list) else [parts])


def _parts(node: Node) -> list[Node]:
    parts = node.get("all") or node.get("any") or node.get("not") or []
    return list(parts) if isinstance(parts, list) else [parts]


def _reason(node: Node) -> Reason:
    """One top-level condition; of a group how many of its parts hold and which."""
    parts = _parts(node)
    if not parts:
        return Reason(node["outcome"], node.get("title") or node.get("text", ""), readable(str(node.get("left", ""))), _below(node))
    leaves = list(_leaves(parts))
    same = [leaf for leaf in leaves if leaf["outcome"] == node["outcome"]]
    effect = say(f"{len(same)}/{len(leaves)} 项", f"{len(same)} of {len(leaves)}")
    names = [leaf.get("title") or leaf.get("text", "") for leaf in same[:3]]
    why = say("、", ", ").join(names) + (say(" 等", " and others") if len(same) > 3 else "")
    return Reason(node["outcome"], node.get("title") or why, effect, why if node.get("title") else "")


def _below(node: Node) -> str:
    """Threshold, margin and article of a condition."""
    found = []
    if node.get("right"):
        limit = readable(str(node["right"]))
        found.append(say(f"门槛 {limit}", f"threshold {limit}"))
    if node.get("margin"):
        found.append(margin_words(node["margin"]))
    if node.get("missing"):
        found.append(say("缺：", "missing: ") + say("、", ", ").join(_label(id) for id in node["missing"]))
    if node["outcome"] == "refer":
        found.append(say("由评审人员判断", "left to reviewers"))
    if node.get("cite"):
        found.append(node["cite"])
    return say("；", "; ").join(found)


def _label(id: str) -> str:
    indicator = packs().vocabulary.indicators.get(id)
    return id if indicator is None else say(indicator.label, indicator.english or id)


def _improvement(gap: Any) -> Reason:
    """One thing that stands between the answers and a yes."""
    found = []
    if gap.left or gap.right:
        have, limit = readable(gap.left) or say("缺", "missing"), readable(gap.right)
        found.append(say(f"现在 {have}，门槛 {limit}", f"now {have}, threshold {limit}"))
    if gap.missing:
        found.append(say("要补：", "to supply: ") + say("、", ", ").join(gap.missing))
    if gap.cite:
        found.append(gap.cite)
    short = readable(gap.gap)
    effect = say(f"差 {short}", f"short by {short}") if short and gap.outcome == OUTCOMES[NO] else ""
    return Reason(gap.outcome, gap.title, effect, say("；", "; ").join(found))


def _next(found: Found, outcome: str, state: asking.State) -> tuple[str, str] | None:
    """The next step of the ladder that the rule stands on, where the outcome is a yes and a rule decides it."""
    if outcome != "yes":
        return None
    for ladder, place in ladders_with(found.id, state.as_of):
        for step in ladder.steps[place + 1 : place + 2]:
            if step.rule and asking.length(step.rule) is not None:
                return _label(step.title), step.rule
    return None


# ---- the workbook ----------------------------------------------------------------------------------


def paper_of(found: Found, state: asking.State, now: asking.Step) -> Paper:
    """The result as a workbook: conclusion, conditions, points, answers, and what they rest on."""
    trace = now.trace.to_dict(language())
    result = result_of(found, state, now)
    heads = [say("条件", "Condition"), say("规则", "Rule"), say("结论", "Outcome"), say("您的数据", "Yours"), say("门槛", "Threshold"), say("余量", "Margin"), say("依据", "Cited"), say("标注", "Mark")]
    rows = [
        [node.get("title", ""), node.get("text", ""), outcome_word(node["outcome"]), node.get("left", ""), node.get("right", ""),
         margin_words(node["margin"]) if node.get("margin") else "", node.get("cite", ""), say("待核", "to verify") if node.get("verify") else ""]
        for node in _leaves(trace["because"])
    ]  # fmt: skip
    tables = [Table(say("条件", "Conditions"), heads, rows)]
    if trace.get("items"):
        heads = [say("得分项", "Item"), say("量什么", "Measured"), say("值", "Value"), say("最低", "Low"), say("最高", "High"), say("依据", "Cited")]
        rows = [[item["title"], item.get("text", ""), str(item.get("value", "")), str(item["low"]), str(item["high"]), item.get("cite", "")] for item in trace["items"]]
        tables.append(Table(say("得分", "Points"), heads, rows))
    heads = [say("问题", "Question"), say("回答", "Answer")]
    tables.append(Table(say("您的回答", "Your answers"), heads, [[one["question"].text, one["echo"] or say("跳过", "skipped")] for one in asking.replied(state)]))
    facts = [(say("结论", "Conclusion"), f"{result.word}。{result.sentence}"), (say("题数", "Questions"), saved(now)), *books.facts_of(found)]
    facts += [(say("口径日", "As of"), f"{state.as_of}"), (say("评价年度", "Year"), f"{state.year}"), (say("声明", "Statement"), statement())]
    return Paper(say(f"自测：{found.title}", f"Self-check: {found.title}"), [books.illustrative_warning()] if found.stands.illustrative else [], facts, tables)


def statement() -> str:
    """What a self-check is and is not."""
    return say(
        "自测结果是政策参考，不是认定，也不是信用评分；认定以主管部门结果为准。您的答案没有被保存。",
        "A self-check is for reference. It is no decision and no credit rating; only the authority decides. Your answers were not stored.",
    )  # fmt: skip

"""Words of the site that are no indicators, with their definitions for the drawer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keqiao.errors import say
from keqiao.rules.vocabulary import Indicator, Vocabulary

_TYPES = {
    "text": ("文字", "text"), "date": ("日期", "date"), "code": ("代码", "code"), "flag": ("是或否", "yes or no"), "people": ("人数", "people"),
    "money": ("金额", "money"), "ratio": ("比率", "ratio"), "count": ("数量", "count"), "points": ("分数", "points"),
    "years": ("年数", "years"), "days": ("天数", "days"),
}  # fmt: skip
_PERIODS = {
    "static": ("不分年度", "not by year"),
    "annual": ("全年累计", "over each year"),
    "stock": ("年末时点", "at the end of the year"),
    "event": ("当年发生", "in the year"),
}


@dataclass(frozen=True)
class Term:
    """A definition as the drawer shows it; ``rows`` are (label, text)."""

    key: str
    title: str
    sentence: str
    rows: list[tuple[str, str]] = field(default_factory=list)


#: key: (title zh, en, sentence zh, en)
TERMS: Mapping[str, tuple[str, str, str, str]] = {
    "points": ("创新积分", "Innovation points", "按规则包的指标和权重计算的总分；权重没有官方公布的，一律标明“示例”。", "The total by the indicators and weights of a pack; weights that are not published officially are marked illustrative."),
    "margin": ("余量", "Margin", "事实值离门槛多远，用事实自己的单位；“余”在符合一侧，“差”在不符合一侧。", "How far a fact is from its threshold, in the fact's own unit; inside or short."),
    "outcome": ("结论", "Outcome", "四种：符合、不符合、缺资料、需人工。缺资料不等于不符合。", "Four: met, not met, data missing, for review. Missing data is not a failure."),
    "completeness": ("完整度", "Completeness", "规则要用的指标里，有值的占多少。", "How many of the indicators that the rules use have a value."),
    "snapshot": ("快照", "Snapshot", "某一天的全部事实，写成以后不再改变；每次评价都用一份快照。", "All facts of one day, never changed afterwards; every assessment uses one."),
    "run": ("运行", "Run", "一次评价：一份快照、一组规则包和它们的结论，可以随时重算核对。", "One assessment: a snapshot, packs and their outcomes, which can be replayed and compared."),
    "objection": ("异议", "Objection", "企业认为某个事实不对时提出，附证据；主管部门在期限内说明理由并裁定。", "Raised by an enterprise against a fact, with evidence; the authority decides with reasons in time."),
    "peers": ("同行", "Peers", "同一片区、同一行业、同一阶段、有这项数据的企业。", "Enterprises of the same place, industry and stage that have the datum."),
}  # fmt: skip


def find(key: str, vocabulary: Vocabulary) -> Term | None:
    """The definition of a term or of an indicator (by id, label or alias), or None."""
    if key in TERMS:
        title_zh, title_en, zh, en = TERMS[key]
        return Term(key, say(title_zh, title_en), say(zh, en))
    indicator = vocabulary.find_alias(key)
    return None if indicator is None else _of(indicator)


def _of(indicator: Indicator) -> Term:
    """An indicator's definition from the vocabulary."""
    title = say(indicator.label, indicator.english or indicator.label)
    rows = [(say("类型", "Type"), say(*_TYPES[indicator.type])), (say("期间", "Period"), say(*_PERIODS[indicator.period]))]
    if indicator.unit:
        rows.append((say("单位", "Unit"), indicator.unit))
    if indicator.values:
        rows.append((say("可用的值", "Values"), say("、", ", ").join(indicator.values)))
    if indicator.aliases:
        rows.append((say("别名", "Also called"), say("、", ", ").join(indicator.aliases)))
    if indicator.judgement:
        rows.append((say("判断", "Judgement"), say("由人判断；没有结论时转人工", "judged by a person; without one it is for review")))
    rows.append((say("编号", "Id"), indicator.id))
    sentence = indicator.definition or say("词表没有给出定义，以所引文件的用法为准。", "The vocabulary gives no definition; the documents cited define it.")
    return Term(indicator.id, title, sentence, rows)

"""A rule and the vocabulary as text for a reader."""

from __future__ import annotations

from fractions import Fraction

from rich.table import Table

from keqiao.cli.narrate import status_words
from keqiao.packs import schema as s
from keqiao.packs.ladders import Ladder
from keqiao.rules import model as m
from keqiao.rules.quantities import display_unit, plain, show
from keqiao.rules.text import Writer
from keqiao.rules.vocabulary import Vocabulary


def describe_rule(rule: m.Rule, vocabulary: Vocabulary, language: str) -> str:
    """The rule in words: source, conditions with articles, scores, classes, what is to be verified."""
    zh = language == "zh"
    names = {item.id: item.title.get(language) for item in rule.items}
    names |= {id: title.get(language) for id, title in rule.groups.items()}
    words = Writer(vocabulary, language, prose=True, scores=names)
    plain_text = Writer(vocabulary, language)
    source = " ".join(str(p) for p in (rule.origin.issuer, rule.origin.document, rule.origin.number, rule.origin.date) if p)
    status = status_words(rule.status, len(rule.unconfirmed()), language)
    lines = [f"{rule.title.get(language)}  {rule.id}", source]
    lines.append(f"版本 {rule.version}，{status}" if zh else f"version {rule.version}, {status}")
    if rule.require is not None:
        lines += ["", "条件" if zh else "Conditions", *_tree(rule.require, 0, words, plain_text, language)]
    if rule.items:
        lines += ["", "得分" if zh else "Points"]
        for item in rule.items:
            lines += _item(item, words, language)
    if rule.classes is not None:
        lines += ["", "类别" if zh else "Classes"]
        for code, row in rule.classes.table.items():
            lines.append(f"  {code}")
            lines += [f"    {rule.classes.labels[name].get(language)}：{words.write(node)}" for name, node in row.items()]
    open_ = rule.unconfirmed()
    if open_:
        lines += ["", (f"待核：{'、'.join(open_)}" if zh else f"To be verified: {', '.join(open_)}")]
    return "\n".join(line for line in lines if line is not None)


def _tree(tree: m.Tree, depth: int, words: Writer, texts: Writer, language: str) -> list[str]:
    zh = language == "zh"
    pad = "  " * (depth + 1)
    cite = f"　〔{tree.cite}{'；待核' if tree.verify else ''}〕" if tree.cite else ""
    if isinstance(tree, m.Clause):
        shown = dict.fromkeys((words.write(tree.when), texts.write(tree.when)))
        return [f"{pad}{tree.title.get(language)}{cite}", *(f"{pad}    {text}" for text in shown)]
    kinds = {"all": "全部满足", "any": "满足其一", "not": "不得满足"} if zh else {"all": "all of", "any": "any of", "not": "not"}
    named = bool(tree.title.zh)
    lines = [f"{pad}{tree.title.get(language)}（{kinds[tree.kind]}）{cite}"] if named else []
    for part in tree.parts:
        lines += _tree(part, depth + named, words, texts, language)
    return lines


def _item(item: m.Item, words: Writer, language: str) -> list[str]:
    cite = f"　〔{item.cite}{'；待核' if item.verify else ''}〕" if item.cite else ""
    lines = [f"  {item.title.get(language)}{cite}", *_form(item.form, words, "    ", language)]
    if item.weights:
        lines.append("    " + "，".join(f"{'/'.join(row)} {show(weight, '%')}" for row, weight in item.weights.items()))
    return lines


def _form(form: m.Form, words: Writer, pad: str, language: str) -> list[str]:
    zh = language == "zh"
    if isinstance(form, m.Bands):
        unit = display_unit(form.value.dim.name)
        sign = "≤" if form.upper else "≥"
        bands = [f"{sign}{show(b, unit)} {_points(p)}" for b, p in zip(form.bounds, form.points, strict=False)]
        rest = "其余" if zh else "else"
        return [f"{pad}{words.write(form.value)}：{'，'.join(bands)}，{rest} {_points(form.points[-1])}"]
    if isinstance(form, m.MapPoints):
        entries = [f"{code} {_points(p)}" for code, p in form.points.items()]
        return [f"{pad}{words.write(form.value)}：{'，'.join(entries)}"]
    if isinstance(form, m.Linear):
        share = "满分参考值" if zh else "full mark at"
        return [f"{pad}{words.write(form.value)}，{share} {words.write(form.full)}，{plain(form.points, 4)}"]
    if isinstance(form, m.Mark):
        return [f"{pad}{words.write(form.value)}，0~{plain(form.most, 4)}"]
    if isinstance(form, m.Best):
        head = "以下取高" if zh else "the best of"
        return [f"{pad}{head}", *(line for part in form.forms for line in _form(part, words, pad + "  ", language))]
    lines = [f"{pad}{words.write(step.when)}：{_points(step.points)}" for step in form.steps]
    if isinstance(form, m.Ladder):
        rest = "其余" if lines else "未公布"
        return [*lines, f"{pad}{rest if zh else 'else' if lines else 'not published'}：{_points(form.otherwise)}"]
    cap = "" if form.cap is None else (f"{pad}合计不超过 {plain(form.cap, 4)}" if zh else f"{pad}at most {plain(form.cap, 4)}")
    return [*lines, cap]


def _points(points: tuple[Fraction, Fraction]) -> str:
    low, high = (plain(p, 4) for p in points)
    return low if low == high else f"{low}~{high}"


def describe_ladder(ladder: Ladder, pack: s.LadderPack, vocabulary: Vocabulary, language: str) -> str:
    """A ladder in words: source, period, and the titles from low to high with their rules."""
    zh = language == "zh"
    lines = _head(pack, language)
    for i, step in enumerate(ladder.steps, start=1):
        indicator = vocabulary.indicators[step.title]
        rule = step.rule or ("没有认定规则" if zh else "no rule")
        lines.append(f"  {i}. {indicator.label if zh else indicator.english}  {rule}")
    return "\n".join(lines)


def describe_list(pack: s.ListPack, language: str) -> str:
    """A list in words: source, article, members, and whether more may exist."""
    zh = language == "zh"
    lines = [*_head(pack, language), *([pack.cite] if pack.cite else []), *(f"  {member}" for member in pack.members)]
    if pack.open:
        lines.append("  名单是开放的，不在其中的为未知" if zh else "  the list is open: what is not on it is unknown")
    return "\n".join(lines)


def _head(pack: s.Head, language: str) -> list[str]:
    """Title, source, and standing of a file that is no rule."""
    zh = language == "zh"
    source = pack.source
    where = " ".join(str(p) for p in (source.issuer, source.document, source.number, source.date) if p)
    version = pack.effective.from_ or pack.recorded
    status = status_words(pack.status, int(pack.verify), language)
    if isinstance(pack, s.ListPack) and pack.status == "stated":
        status = ("按文件所列" if zh else "as named by the document") + ("，待核" if zh else ", to be verified") * pack.verify
    title = pack.title.zh if zh else pack.title.en or pack.title.zh
    return [f"{title}  {pack.id}", where, f"版本 {version}，{status}" if zh else f"version {version}, {status}", ""]


def describe_vocabulary(vocabulary: Vocabulary, language: str) -> Table:
    """The indicators as a table."""
    zh = language == "zh"
    table = Table()
    for head in ("编号", "名称", "类型", "单位", "期间", "含义") if zh else ("id", "label", "type", "unit", "period", "meaning"):
        table.add_column(head)
    for i in vocabulary.indicators.values():
        table.add_row(i.id, i.label if zh else i.english, i.type, i.unit, i.period, i.definition)
    return table

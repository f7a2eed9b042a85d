"""A trace as text for a terminal: every condition with its value, threshold, margin and article."""

from __future__ import annotations

from typing import Any

from keqiao.rules.model import Rule
from keqiao.rules.trace import Trace
from keqiao.rules.trace_text import years_text
from keqiao.rules.vocabulary import Vocabulary

_WORDS = {
    "zh": {"yes": "是", "no": "否", "unknown": "未知", "refer": "转人工"},
    "en": {"yes": "yes", "no": "no", "unknown": "unknown", "refer": "refer"},
}
_MARKS = {"yes": "✓", "no": "✗", "unknown": "?", "refer": "☞"}


def status_words(status: str, unconfirmed: int, language: str) -> str:
    """A status in words; 官方 stands only where nothing is left to be verified."""
    zh = language == "zh"
    if status == "illustrative":
        return "示例，非官方数字" if zh else "illustrative, not official figures"
    if status == "stated":
        return "只公布了名称，参数未公布" if zh else "named, parameters not published"
    words = {"official": ("官方", "official"), "local": ("地方规则", "local rule")}[status][0 if zh else 1]
    if not unconfirmed:
        return words
    if status == "official":
        words = "依文件整理" if zh else "from the document"
    if zh:
        return f"{words}，{unconfirmed} 处待核"
    return f"{words}, {unconfirmed} {'point' if unconfirmed == 1 else 'points'} to be verified"


def narrate(trace: Trace, vocabulary: Vocabulary, language: str = "zh") -> str:
    """The trace as lines of text."""
    found = trace.to_dict(language)
    zh = language == "zh"
    words = _WORDS[language]
    status = status_words(found["status"], len(found.get("verify", [])), language)
    version = _version(trace.code.rule, zh)
    head = f"{found['title']}（{found['rule']}，{version}，{status}）" if zh else (
        f"{found['title']} ({found['rule']}, {version}, {status})"
    )
    day = f"评定日 {found['as_of']}，评价年度 {found['year']}" if zh else f"as of {found['as_of']}, year {found['year']}"
    lines = [head, *_document(trace.code.rule, zh), day, ""]
    answer = f"结论：{words[found['outcome']]}" if zh else f"Outcome: {words[found['outcome']]}"
    if "reason" in found:
        answer += f"（{found['reason']}）" if zh else f" ({found['reason']})"
    lines.append(answer)
    lines += _score(found, zh)
    lines += _classes(trace, found, zh)
    if found["missing"]:
        labels = _labels(found["missing"], vocabulary, zh)
        lines.append(f"还缺：{'、'.join(labels)}" if zh else f"Missing: {', '.join(labels)}")
    open_ = list(dict.fromkeys(_to_judge([{"outcome": found["outcome"], "all": found["because"]}])))
    if open_:
        lines.append(f"待人工判断：{'、'.join(open_)}" if zh else f"To be judged: {'; '.join(open_)}")
    if found["because"]:
        lines += ["", "条件" if zh else "Conditions"]
        for node in found["because"]:
            lines += _node(node, 1, vocabulary, zh)
    if found.get("items"):
        lines += ["", "得分" if zh else "Points"]
        open_ids = set(found.get("verify", []))
        lines += [_item(item, item["id"] in open_ids, zh) for item in found["items"]]
    return "\n".join(lines)


def _version(rule: Rule, zh: bool) -> str:
    """The version's first day, or the day it was written down where the first day is not known."""
    if rule.effective_from is not None:
        return f"版本 {rule.version}" if zh else f"version {rule.version}"
    return f"{rule.version} 录入，施行首日未载明" if zh else f"recorded {rule.version}, first day not stated"


def _document(rule: Rule, zh: bool) -> list[str]:
    """The document that the articles are of, as far as it is known."""
    origin = rule.origin
    if not origin.document:
        return []
    if zh:
        return [f"依据：《{origin.document}》" + (f"（{origin.number}）" if origin.number else "")]
    return ["Document: " + " ".join(part for part in (origin.document, origin.number) if part)]


def _to_judge(nodes: list[dict[str, Any]]) -> list[str]:
    """The titles of the conditions that wait for a human judgement and still matter."""
    found: list[str] = []
    for node in nodes:
        if node["outcome"] in ("unknown", "refer"):
            parts = next((node[kind] for kind in ("all", "any", "not") if kind in node), None)
            if parts is not None:
                found += _to_judge(parts)
            elif node["outcome"] == "refer":
                found.append(node["title"] or node["id"])
    return found


def _item(item: dict[str, Any], unconfirmed: bool, zh: bool) -> str:
    line = f"  {item['title']}：{_range(item)}" if zh else f"  {item['title']}: {_range(item)}"
    if "value" in item:
        line += f"　{item['text']} = {item['value']}" if zh else f"  {item['text']} = {item['value']}"
    elif "peers" in item and "text" in item:
        line += f"　{item['text']}" if zh else f"  {item['text']}"
    line += _peers(item, zh)
    notes = [str(item["cite"])] if "cite" in item else []
    if unconfirmed:
        notes.append("待核" if zh else "to be verified")
    return line + _bracket(notes, zh)


def _bracket(notes: list[str], zh: bool) -> str:
    """Article, what is to be verified, notes and gaps behind a line."""
    if not notes:
        return ""
    return f"　〔{'；'.join(notes)}〕" if zh else f"  [{'; '.join(notes)}]"


def _peers(node: dict[str, Any], zh: bool) -> str:
    """Among how many and which enterprises something was ranked, or why it was not."""
    found = []
    for peer in node.get("peers", []):
        among = ("、" if zh else ", ").join(peer.get("partition", {}).values()) or ("全部企业" if zh else "all enterprises")
        if "known" in peer:
            found.append(f"{among}，{peer['known']} 户" if zh else f"{among}, {peer['known']}")
        elif "reason" in peer:
            found.append(peer["reason"])
    if not found:
        return ""
    return f"（{'；'.join(found)}）" if zh else f" ({'; '.join(found)})"


def _range(item: dict[str, Any]) -> str:
    return str(item["low"]) if item["low"] == item["high"] else f"{item['low']}~{item['high']}"


def _score(found: dict[str, Any], zh: bool) -> list[str]:
    score = found.get("score")
    if score is None:
        return []
    text = f"得分：{_range(score)}" if zh else f"Score: {_range(score)}"
    if "pass" in score:
        text += f"（及格 {score['pass']}）" if zh else f" (pass {score['pass']})"
    return [text]


def _classes(trace: Trace, found: dict[str, Any], zh: bool) -> list[str]:
    classes = trace.code.rule.classes
    if classes is None or trace.classes is None:
        return []
    names = [classes.labels[name].get("zh" if zh else "en") for name in trace.classes]
    if len(names) == 1:
        return [f"类别：{names[0]}" if zh else f"Class: {names[0]}"]
    return [f"可能的类别：{'、'.join(names)}" if zh else f"Possible classes: {', '.join(names)}"]


def _labels(ids: list[str], vocabulary: Vocabulary, zh: bool) -> list[str]:
    found = []
    for id in ids:
        indicator = vocabulary.indicators.get(id)
        label = id if indicator is None else (indicator.label if zh else indicator.english or id)
        found.append(f"{label}（{id}）" if zh else f"{label} ({id})")
    return found


def _node(node: dict[str, Any], depth: int, vocabulary: Vocabulary, zh: bool) -> list[str]:
    words = _WORDS["zh" if zh else "en"]
    # what the group asks for, not what was found: beside 否 it must not read as if it were met
    kinds = {"all": "须全部满足", "any": "须满足其一", "not": "须不满足"} if zh else {
        "all": "all needed", "any": "one needed", "not": "must not hold"
    }
    kind = next((k for k in kinds if k in node), None)
    line = f"{'  ' * depth}{_MARKS[node['outcome']]} {node['title'] or node['id']}"
    line += f"：{words[node['outcome']]}" if zh else f": {words[node['outcome']]}"
    if kind is not None:
        line += f"（{kinds[kind]}）" if zh else f" ({kinds[kind]})"
    line += _sides(node, zh) + _peers(node, zh)
    notes = []
    if node.get("cite"):
        notes.append(str(node["cite"]))
    if node.get("verify"):
        notes.append("待核" if zh else "to be verified")
    if node.get("note"):
        notes.append(str(node["note"]).rstrip("。"))
    if node.get("missing"):
        labels = _labels(node["missing"], vocabulary, zh)
        notes.append(("缺 " + "、".join(labels)) if zh else ("missing " + ", ".join(labels)))
    lines = [line + _bracket(notes, zh)]
    if kind is not None:
        for part in node[kind]:
            lines += _node(part, depth + 1, vocabulary, zh)
    return lines


def _sides(node: dict[str, Any], zh: bool) -> str:
    if "years" in node:
        values, limit = years_text(node["years"], not zh)
        if zh:
            return f"　{values}" + (f"，界限 {limit}" if limit else "")
        return f"  {values}" + (f", threshold {limit}" if limit else "")
    if "left" not in node:
        return ""
    if zh:
        text = f"　值 {node['left']}，界限 {node.get('right', '未知')}"
        return text + (f"，余量 {node['margin']}" if "margin" in node else "")
    text = f"  value {node['left']}, threshold {node.get('right', 'unknown')}"
    return text + (f", margin {node['margin']}" if "margin" in node else "")

"""Writes docs/reference/rules.md: every shipped rule with its source, standing, and what is to be verified.

python tools/rules_page.py            write the page
python tools/rules_page.py --check    exit 1 where the page is not what would be written
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from keqiao.packs import schema as s
from keqiao.packs.loader import Packs, load_packs
from keqiao.rules import model as m

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "rules.md"

_HEAD = """\
# 内置规则 · Shipped rules

本页由 `python tools/rules_page.py` 写出，不要手工修改。

| 状态 | 含义 |
|---|---|
| 官方 | 数字出自文件，没有待核之处 |
| 依文件整理 | 数字出自文件，还有待核的数字或解读 |
| 地方规则 | 地方的规定 |
| 只公布了名称 | 文件只公布了名称，参数未公布 |
| 示例 | 数字是为演示自拟的，结论不得当作官方结果发布 |

怎样核对、怎样去掉“待核”，见[待核](../howto/verify.zh.md)。`keqiao packs show 编号` 给出全文。
"""


def page(packs: Packs) -> str:
    """The whole page."""
    versions = [(packs.built(id, pack.effective.from_), pack) for id in packs for pack, _ in packs.sources(id)]
    lines = [_HEAD, "## 一览", "", "| 编号 | 名称 | 版本 | 状态 | 待核 |", "|---|---|---|---|---|"]
    lines += [
        f"| `{rule.id}` | {rule.title.zh} | {rule.version} | {standing(rule)} | {len(rule.unconfirmed())} |"
        for rule, _ in versions
    ]
    for rule, pack in versions:
        lines += ["", *section(rule, pack)]
    lines += ["", *ladders(packs), "", *lists(packs), "", *vocabulary(packs)]
    return "\n".join(lines).rstrip("\n") + "\n"


def standing(rule: m.Rule) -> str:
    """A rule's status in a word; 官方 only where nothing is to be verified."""
    if rule.status == "official":
        return "依文件整理" if rule.unconfirmed() else "官方"
    return {"illustrative": "示例", "local": "地方规则", "stated": "只公布了名称"}[rule.status]


def section(rule: m.Rule, pack: s.RulePack) -> Iterator[str]:
    """One version of one rule."""
    origin = rule.origin
    yield f"## {rule.title.zh} `{rule.id}` {rule.version}"
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| 文件 | {origin.document or '未知'} |"
    yield f"| 文号 | {origin.number or '未知'} |"
    yield f"| 发文机关 | {origin.issuer or '待核'} |"
    yield f"| 发文日期 | {origin.date or '待核'} |"
    yield f"| 施行 | {in_force(rule)} |"
    yield f"| 记入 | {rule.recorded} |"
    yield f"| 状态 | {standing(rule)}（`{rule.status}`） |"
    if pack.notes:
        yield f"| 说明 | {pack.notes} |"
    open_ = rule.unconfirmed()
    if open_:
        yield ""
        yield "待核："
        yield ""
        told = unconfirmed(rule)
        yield from (f"- `{id}` {told.get(id, '')}".rstrip() for id in open_)


def unconfirmed(rule: m.Rule) -> dict[str, str]:
    """Titles and citations of whatever may be marked as unconfirmed, by id."""
    found = {"source": "文件开头：名称、机关、日期或全部数字"}
    if rule.require is not None:
        found |= {node.id: _named(node.title.zh, node.cite) for node in m.nodes(rule.require)}
    found |= {item.id: _named(item.title.zh, item.cite) for item in rule.items}
    if rule.classes is not None:
        found |= {
            f"{code}.{name}": f"{rule.classes.labels[name].zh}：{text}"
            for code, row in rule.classes.texts.items()
            for name, text in row.items()
        }
    return found


def _named(title: str, cite: str | None) -> str:
    return f"{title}（{cite}）" if cite else title


def ladders(packs: Packs) -> Iterator[str]:
    """Every version of every ladder, its titles from low to high."""
    yield "## 梯度"
    yield ""
    yield "由低到高；括号里是认定规则，没有写的只作称号。"
    yield ""
    yield "| 编号 | 名称 | 施行 | 各级 | 待核 |"
    yield "|---|---|---|---|---|"
    for id, files in packs.ladder_files.items():
        for pack, _ in files:
            steps = [f"{packs.vocabulary.indicators[s.title].label}{f'（`{s.rule}`）' if s.rule else ''}" for s in pack.steps]
            yield f"| `{id}` | {pack.title.zh} | {span(pack)} | {' → '.join(steps)} | {'待核' if pack.verify else ''} |"


def lists(packs: Packs) -> Iterator[str]:
    """Every list with its source and members."""
    yield "## 名单"
    yield ""
    yield "文件写“等”或没有列全的是开放的：不在其中的为未知。"
    yield ""
    yield "| 编号 | 名称 | 出处 | 成员 | |"
    yield "|---|---|---|---|---|"
    for pack, _ in packs.files:
        if isinstance(pack, s.ListPack):
            where = " ".join(part for part in (pack.source.document, pack.source.number, pack.cite) if part)
            members = "、".join(pack.members) or "没有列名"
            yield f"| `{pack.id}` | {pack.title.zh} | {where} | {members} | {'开放' if pack.open else '列全'}{'，待核' if pack.verify else ''} |"


def in_force(rule: m.Rule) -> str:
    """The days on which a version counts as in force, in words."""
    if rule.effective_from is None:
        return f"首日未写明，{rule.effective_to} 及以前都按有效处理" if rule.effective_to else "未写明，任何日期都按有效处理"
    return f"{rule.effective_from} 至 {rule.effective_to}" if rule.effective_to else f"{rule.effective_from}"


def span(pack: s.Head) -> str:
    """The period of a file in words."""
    first = pack.effective.from_ or "未写明"
    return f"{first} 至 {pack.effective.to}" if pack.effective.to else f"{first} 起" if pack.effective.from_ else "未写明"


def vocabulary(packs: Packs) -> Iterator[str]:
    """What the vocabulary holds, in numbers."""
    for pack, _ in packs.files:
        if isinstance(pack, s.VocabularyPack):
            titles = sum(node.id.startswith("title.") for node in pack.indicators)
            yield f"## {pack.title.zh} `{pack.id}`"
            yield ""
            yield f"{len(pack.indicators)} 个指标，其中称号 {titles} 个；勾稽 {len(pack.checks)} 条。`keqiao packs show vocabulary` 列出全部。"
            if pack.notes:
                yield pack.notes
            yield ""


def main() -> int:
    """Write the page, or compare it."""
    text = page(load_packs())
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.is_file() and PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

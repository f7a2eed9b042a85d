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
    lines += ["", *vocabulary(packs)]
    return "\n".join(lines) + "\n"


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
    yield f"| 施行 | {rule.effective_from or '未写明，任何日期都按有效处理'}{f' 至 {rule.effective_to}' if rule.effective_to else ''} |"
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


def vocabulary(packs: Packs) -> Iterator[str]:
    """What the vocabulary holds, in numbers."""
    indicators = packs.vocabulary.indicators.values()
    titles = sum(indicator.is_title for indicator in indicators)
    for pack, _ in packs.files:
        if isinstance(pack, s.VocabularyPack):
            yield f"## {pack.title.zh} `{pack.id}`"
            yield ""
            yield f"{len(indicators)} 个指标，其中称号 {titles} 个；勾稽 {len(packs.checks)} 条。`keqiao packs show vocabulary` 列出全部。"
            if pack.notes:
                yield pack.notes


def main() -> int:
    """Write the page, or compare it."""
    text = page(load_packs())
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.is_file() and PAGE.read_text("utf-8") == text else 1
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

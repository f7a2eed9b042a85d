"""The packs that the catalogue shows, read once per process, and the words for where a rule stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from keqiao.assess.words import titled
from keqiao.errors import language, say
from keqiao.packs import schema as s
from keqiao.packs.loader import Packs, load_packs
from keqiao.packs.yaml import Document
from keqiao.rules.model import Rule
from keqiao.rules.references import effective_status, in_order


@cache
def packs() -> Packs:
    """The packs in force: those that are shipped."""
    return load_packs()


#: What a rule's standing may be, in the order of filters: key, Chinese, English.
STANDINGS = (
    ("official", "官方", "Official"),
    ("written", "依文件整理", "From the document"),
    ("stated", "参数待填", "Figures open"),
    ("local", "地方", "Local"),
    ("illustrative", "示例", "Illustrative"),
)
#: What a rule is: key, Chinese, English.
KINDS = (
    ("standard", "标准", "Standard"),
    ("scorecard", "评分卡", "Scorecard"),
    ("classes", "分类", "Classification"),
)


@dataclass(frozen=True)
class Standing:
    """Where one version of a rule stands.

    ``key`` is one of `STANDINGS`; ``status`` that of the packs, illustrative where the rule asks an illustrative one;
    ``open`` the ids of what is to be verified, in this version alone.
    """

    key: str
    status: str
    open: tuple[str, ...]

    @property
    def illustrative(self) -> bool:
        """Whether results rest on made-up figures."""
        return self.status == "illustrative"

    @property
    def word(self) -> str:
        """The standing in words; 官方 only where nothing is to be verified."""
        return next(say(zh, en) for key, zh, en in STANDINGS if key == self.key)


def standing(rule: Rule, day: dt.date) -> Standing:
    """Where a version stands on a day, with regard to what it asks of other rules."""
    asked = in_order(rule, lambda id: packs().version(id, day))
    status, doubts = effective_status(asked), tuple(rule.unconfirmed())
    key = "written" if status == "official" and any(one.unconfirmed() for one in asked) else status
    return Standing(key, status, doubts)


def kind_of(rule: Rule) -> str:
    """One of `KINDS`."""
    if rule.require is not None:
        return "standard"
    return "classes" if rule.classes is not None else "scorecard"


def kind_word(kind: str) -> str:
    """A kind in the current language."""
    return next(say(zh, en) for key, zh, en in KINDS if key == kind)


def title_of(rule: Rule, stands: Standing) -> str:
    """The title, which says so where results rest on illustrative figures."""
    return titled(rule, stands.status, language())


def source_of(rule: Rule) -> tuple[s.RulePack, Document]:
    """The pack of one version as written, with its file."""
    for pack, document in packs().sources(rule.id):
        if pack.effective.from_ == rule.effective_from:
            return pack, document
    raise LookupError(rule.id)


def yaml_of(rule: Rule) -> str:
    """The file of one version as written."""
    return source_of(rule)[1].path.read_text("utf-8")


def head_title(pack: s.Head) -> str:
    """The title of a pack that is no rule."""
    return say(pack.title.zh, pack.title.en or pack.title.zh)


def period(first: dt.date | None, last: dt.date | None) -> str:
    """When something holds, in words; both ends are included."""
    if first is None and last is None:
        return say("未载明，按一直有效处理", "not stated; taken as always")
    if first is None:
        return say(f"至 {last}", f"until {last}")
    return say(f"{first} 起", f"from {first}") if last is None else say(f"{first} 至 {last}", f"{first} to {last}")

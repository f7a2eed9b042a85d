"""S3, where is it: enterprises, policies and indicators by a part of their name, code, number or alias.

Enterprises are found among those that the actor may read; policies and indicators are public. ``%`` and ``_`` stand
for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from keqiao.errors import say
from keqiao.platform.actor import Actor, Role
from keqiao.platform.catalogue.queries import Found, Wanted, find_rules
from keqiao.platform.catalogue.shipped import kind_word, packs
from keqiao.platform.enterprises.queries import visible_to
from keqiao.rules.quantities import normalise
from keqiao.rules.vocabulary import Indicator

#: Shorter questions are not asked; longer ones are cut; hits of a group on the page of all groups.
SHORTEST, LONGEST, MOST = 2, 80, 10
#: Roles that look among enterprises, each among its own.
_SEES = frozenset({Role.AUTHORITY, Role.ENTERPRISE})


@dataclass(frozen=True)
class Hit:
    """One result: its name and the line below it, both with what was sought marked, and where it leads."""

    title: SafeString
    url: str
    note: SafeString


@dataclass(frozen=True)
class Group:
    """The results of one kind: ``hits`` of ``total``, in the order ``order``; ``more`` leads to all of them."""

    key: str
    title: str
    unit: str
    order: str
    hits: Sequence[Hit]
    total: int
    more: str

    @property
    def stated(self) -> str:
        """How many there are, how many of them stand here, in which order."""
        if len(self.hits) == self.total:
            return say(f"{self.total:,} {self.unit}，{self.order}", f"{self.total:,}, {self.order}") if self.total else say("没有", "none")
        return say(f"{self.total:,} {self.unit}，{self.order}，先列 {len(self.hits)} {self.unit}", f"{self.total:,}, {self.order}, the first {len(self.hits)}")


def cleaned(text: str) -> str:
    """A question as it is asked: full-width digits and signs to ASCII, single spaces, nothing unprintable, no more than `LONGEST`."""
    shown = "".join(char if char.isprintable() else " " for char in normalise(text))
    return " ".join(shown.split())[:LONGEST].strip()


def enough(asked: str) -> bool:
    """Whether a cleaned question has two characters."""
    return len(asked.replace(" ", "")) >= SHORTEST


def sees_enterprises(actor: Actor) -> bool:
    """Whether the actor's role has enterprises to look among."""
    return actor.role in _SEES


def search(actor: Actor, asked: str, alone: str = "") -> list[Group]:
    """The groups for a cleaned question, those without results too; ``alone`` names one group to be listed in full."""
    if not enough(asked):
        return []
    most = None if alone == "indicators" else MOST
    groups = [_policies(asked), _indicators(asked, most)]
    if sees_enterprises(actor):
        groups.insert(0, _enterprises(actor, asked))
    return [group for group in groups if alone in ("", group.key)]


def marked(text: str, asked: str) -> SafeString:
    """A text, escaped, with every word of the question in a ``<mark>``, however it is written."""
    words = "|".join(re.escape(word) for word in sorted(asked.split(), key=len, reverse=True))
    parts, last = list[tuple[SafeString]](), 0
    for found in re.finditer(words, normalise(text), re.IGNORECASE) if words else ():
        parts += [(format_html("{}", text[last : found.start()]),), (format_html('<mark class="hit">{}</mark>', text[found.start() : found.end()]),)]
        last = found.end()
    return format_html_join("", "{}", [*parts, (text[last:],)])


def _hit(title: str, url: str, notes: Iterable[str | None], asked: str) -> Hit:
    return Hit(marked(title, asked), url, marked("·".join(note for note in notes if note), asked))


def _enterprises(actor: Actor, asked: str) -> Group:
    """By a part of the name or code, as the list of enterprises finds them."""
    found = visible_to(actor).filter(Q(name__contains=asked) | Q(code__contains=asked.upper())).order_by("name", "pk")
    own = actor.role is Role.ENTERPRISE
    hits = [
        _hit(name, reverse("enterprises:home") if own else reverse("assessments:profile", args=[pk]), (code, industry, stage), asked)
        for pk, name, code, industry, stage in found.values_list("pk", "name", "code", "industry", "stage")[:MOST]
    ]
    more = "" if own else f"{reverse('assessments:enterprises')}?{urlencode({'q': asked})}"
    return Group("enterprises", say("企业", "Enterprises"), "家", say("按名称", "by name"), hits, found.count(), more)


def _policies(asked: str) -> Group:
    """Rules in force today, as the list of rules finds them."""
    found = find_rules(Wanted(asked))
    hits = [_hit(one.title, reverse("catalogue:rule", args=[one.id]), _told(one), asked) for one in found[:MOST]]
    more = f"{reverse('catalogue:rules')}?{urlencode({'q': asked})}"
    return Group("policies", say("政策", "Policies"), "条", say("按规则包的顺序", "in the order of the packs"), hits, len(found), more)


def _told(one: Found) -> Sequence[str | None]:
    origin = one.rule.origin
    return (kind_word(one.kind), f"《{origin.document}》" if origin.document and "《" not in origin.document else origin.document, origin.number, origin.issuer)


def _indicators(asked: str, most: int | None) -> Group:
    """Words of the vocabulary, by label, English name, id or alias; the alias that fits is told."""
    words = normalise(asked).casefold().split()
    found = [one for one in packs().vocabulary.indicators.values() if _fits(words, (one.label, one.english, one.id, *one.aliases))]
    hits = [_hit(_name(one), reverse("web:definition", args=[one.id]), (_alias(one, words), one.definition), asked) for one in found[:most]]
    more = f"{reverse('web:search')}?{urlencode({'q': asked, 'group': 'indicators'})}"
    return Group("indicators", say("指标", "Indicators"), "项", say("按词汇表的顺序", "in the order of the vocabulary"), hits, len(found), more)


def _fits(words: Sequence[str], texts: Iterable[str]) -> bool:
    text = normalise(" ".join(texts)).casefold()
    return all(word in text for word in words)


def _name(one: Indicator) -> str:
    return say(one.label, one.english or one.label)


def _alias(one: Indicator, words: Sequence[str]) -> str | None:
    """The other name that the question fits, where the name shown does not."""
    if _fits(words, [_name(one)]):
        return None
    other = next((alias for alias in (one.label, *one.aliases, one.english) if alias and alias != _name(one) and _fits(words, [alias])), None)
    return say(f"又称 {other}", f"also {other}") if other else None

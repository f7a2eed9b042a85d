"""Which versions a check is about: those of the folders, and those below that they change."""

from __future__ import annotations

from keqiao.packs import schema as s
from keqiao.packs.loader import Packs
from keqiao.packs.yaml import Document
from keqiao.rules import form as f
from keqiao.rules.model import Rule, rule_nodes

Source = tuple[s.RulePack, Document]


def affected(packs: Packs, least: int) -> list[Source]:
    """Versions in files of layer ``least`` and above, and those that rest on something in such files.

    A version that cannot be built always counts: what lies over it may be why.
    """
    every = [source for id in packs for source in packs.sources(id)]
    if least == 0:
        return every
    changed = _changed(packs, least)
    needs = {(pack.id, pack.effective.from_): _needs(packs, pack) for pack, _ in every}
    own = {(pack.id, pack.effective.from_) for pack, document in every if document.layer >= least}
    for pack, document in packs.files:
        if isinstance(pack, s.ExamplesPack) and document.layer >= least:
            own.add((pack.id, pack.effective.from_))
    own |= {key for key, names in needs.items() if names is None}
    changed |= {f"rule {id}" for id, _ in own}
    while True:
        more = {key for key, names in needs.items() if key not in own and names and names & changed}
        if not more:
            break
        own |= more
        changed |= {f"rule {id}" for id, _ in more}
    return [(pack, document) for pack, document in every if (pack.id, pack.effective.from_) in own]


def _changed(packs: Packs, least: int) -> set[str]:
    """Indicators and lists that the files of these layers define."""
    found: set[str] = set()
    for pack, document in packs.files:
        if document.layer < least:
            continue
        if isinstance(pack, s.VocabularyPack):
            found |= {f"fact {node.id}" for node in pack.indicators}
        elif isinstance(pack, s.ListPack):
            found.add(f"list {pack.id}")
    return found


def _needs(packs: Packs, pack: s.RulePack) -> set[str] | None:
    """What a version reads: facts, titles, lists and rules; None where it cannot be built."""
    try:
        rule: Rule = packs.built(pack.id, pack.effective.from_)
    except Exception:  # whatever it is, the check of the version itself reports it
        return None
    found: set[str] = set()
    for node in (part for top in rule_nodes(rule) for part in f.walk(top)):
        if isinstance(node, f.Fact):
            found.add(f"fact {node.id}")
        elif isinstance(node, f.Holds):
            found.add(f"fact {node.title}")
        elif isinstance(node, f.InList):
            found.add(f"list {node.list}")
        elif isinstance(node, f.Points | f.Outcome | f.ClassAmong):
            found.add(f"rule {node.rule}")
    return found

"""Checks between files: versions that overlap, and references that are not in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise

from keqiao.packs import schema as s
from keqiao.packs.build import face_of
from keqiao.packs.lint.report import LintReport
from keqiao.packs.lint.version import Version
from keqiao.packs.loader import PackFile, Packs
from keqiao.packs.yaml import Document
from keqiao.rules import form as f
from keqiao.rules import model as m


def check_repeated(files: Iterable[PackFile], report: LintReport) -> None:
    """Within one folder an id and first day stand in one file, and an id has one kind."""
    seen: dict[tuple[object, ...], Document] = {}
    for pack, document in files:
        if not isinstance(pack, s.Head):
            continue
        kind = "rule" if isinstance(pack, s.RulePack) else pack.kind
        other = seen.setdefault((pack.id, pack.effective.from_, document.layer, kind), document)
        clash = next((doc for key, doc in seen.items() if key[0] == pack.id and key[3] != kind), None)
        if other is not document or clash is not None:
            name = (clash or other).path.name
            zh, en = f"编号“{pack.id}”与 {name} 重复", f"the id {pack.id!r} is in {name} already"
            report.add("duplicate", pack.id, document.where(("id",)), zh, en)


def check_overlap(versions: Sequence[tuple[s.Head, Document]], report: LintReport) -> None:
    """Versions of one rule or ladder, oldest first, follow each other without sharing a day.

    A version of a later folder may supersede one that has no end; that is a note.
    """
    for (old, old_file), (new, new_file) in pairwise(versions):
        begin, end = new.effective.from_, old.effective.to
        if begin is None or (end is not None and end < begin):
            continue
        if end is None and new_file.layer > old_file.layer:
            zh, en = f"自 {begin} 起接替 {old_file.path.name}", f"supersedes {old_file.path.name} from {begin}"
            report.add("superseded", new.id, new_file.where(("effective", "from")), zh, en)
            continue
        last = begin - dt.timedelta(days=1)
        zh = f"与 {new_file.path.name} 的有效期重叠；请把 effective.to 写成 {last} 或更早"
        en = f"overlaps {new_file.path.name}; set effective.to to {last} or earlier"
        report.add("overlap", old.id, old_file.where(("effective",)), zh, en)


def check_references(version: Version, report: LintReport) -> bool:
    """What the rule asks is in force on its first day and can answer; False where it cannot be run."""
    packs, day = version.packs, version.first_day
    runs = True
    for node in (part for top in m.rule_nodes(version.rule) for part in f.walk(top)):
        if isinstance(node, f.InList):
            _check_list(packs, version, node.list, report)
        if isinstance(node, f.Points | f.Outcome | f.ClassAmong):
            live = [p for p, _ in packs.sources(node.rule) if _in_force(p, day)]
            if not live:
                zh, en = f"引用的“{node.rule}”在 {day} 不在有效期", f"{node.rule!r} is not in force on {day}"
                report.add("expired", version.id, version.where(), zh, en)
            if any(_lacks(node, pack) for pack, _ in packs.sources(node.rule)):
                zh = f"“{node.rule}”的某个版本没有所问的结果"
                en = f"a version of {node.rule!r} does not give what is asked"
                report.add("expired", version.id, version.where(), zh, en)
                runs = False
    return runs


def _check_list(packs: Packs, version: Version, id: str, report: LintReport) -> None:
    day = version.first_day
    lists = [pack for pack, _ in packs.files if isinstance(pack, s.ListPack) and pack.id == id]
    if not _in_force(lists[-1], day):
        zh, en = f"引用的名单“{id}”在 {day} 不在有效期", f"the list {id!r} is not in force on {day}"
        report.add("expired", version.id, version.where(), zh, en)


def _in_force(pack: s.Head, day: dt.date) -> bool:
    span = pack.effective
    return (span.from_ is None or span.from_ <= day) and (span.to is None or day <= span.to)


def _lacks(node: f.Points | f.Outcome | f.ClassAmong, pack: s.RulePack) -> bool:
    """Whether a version of the asked rule cannot answer."""
    face = face_of(pack)
    if isinstance(node, f.ClassAmong):
        return not set(node.classes) <= set(face.classes)
    return isinstance(node, f.Points) and not face.has_total

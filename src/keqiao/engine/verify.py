"""Whether a run still is what its receipt says, and whether its facts and rules give it again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from keqiao.engine.canonical import content_hash, table_hash
from keqiao.engine.deciding import database, deciding
from keqiao.engine.differing import Differing, differing
from keqiao.engine.folders import file_hash
from keqiao.engine.peers import FOLDER, write_peers
from keqiao.engine.receipt import COVERED, RECEIPT, read_receipt, render, rule_entry, run_hash, signed
from keqiao.engine.run import Run
from keqiao.engine.settings import Settings, settings_of
from keqiao.errors import KeqiaoError, say
from keqiao.version import __version__

#: With more enterprises the hash of the manifest, which needs the whole table in memory, is left out; the facts are
#: compared with the receipt all the same.
MANY = 2_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: where (a file or a rule), what kind, and the sentence in both languages.

    Kinds: ``receipt``, ``changed``, ``missing``, ``extra``, ``content``, ``replay``.
    """

    where: str
    kind: str
    zh: str
    en: str

    @property
    def text(self) -> str:
        """The sentence in the current language, with its place."""
        return f"{self.where}：{self.zh}" if say("zh", "en") == "zh" else f"{self.where}: {self.en}"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One rule decided again: whether content is the same, and where not, what differs."""

    rule: str
    same: bool
    differing: Differing | None = None


@dataclass(slots=True)
class Verification:
    """What `verify_run` found.

    ``files`` counts those compared; ``replayed`` the rules decided again, None where that was not asked or
    not possible; ``notes`` tell what is no fault, as (Chinese, English).
    """

    path: Path
    files: int = 0
    findings: list[Finding] = field(default_factory=list)
    replayed: list[Replayed] | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
    content_hash: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that was looked at holds."""
        return not self.findings

    def lines(self) -> Iterator[str]:
        """What was found, a sentence a line, in the current language."""
        yield from (say(zh, en) for zh, en in self.notes)
        yield from (finding.text for finding in self.findings)
        if not any(f.kind in ("changed", "missing", "extra", "receipt") for f in self.findings):
            yield say(f"{self.files} 个文件与回执一致", f"{self.files} files are as the receipt says")
        if self.replayed is not None:
            same = sum(r.same for r in self.replayed)
            yield say(
                f"重算 {len(self.replayed)} 条规则，{same} 条结果相同", f"{len(self.replayed)} rules decided again, {same} with the same results"
            )
        yield say(f"评价的内容哈希 {self.content_hash}", f"content hash of the run {self.content_hash}")
        yield say("核验通过", "verified") if self.ok else say(
            f"核验不通过：{len(self.findings)} 处", f"not verified: {len(self.findings)} findings"
        )


def verify_run(
    run: Run | Path | str, *, replay: bool = True, memory: str | None = None, threads: int | None = None
) -> Verification:
    """Compare a run's files with its receipt and, with ``replay``, decide its rules again.

    Deciding again needs unchanged facts and packs; it writes to a temporary folder and changes nothing.
    ``memory`` and ``threads`` are those of `assess`. Raises `KeqiaoError` where there is no readable receipt.
    """
    path = run.path if isinstance(run, Run) else Path(run)
    settings = settings_of(memory, threads)
    receipt = read_receipt(path)
    found = Verification(path, content_hash=str(receipt.get("content_hash", "")))
    _receipt(path, receipt, found)
    changed = _files(path, receipt, found)
    _contents(path, receipt, changed, found)
    opened = Run(path, receipt)
    if not any(name.startswith(("snapshot/", "packs/")) for name in changed):
        _snapshot(opened, replay, found)
    if replay:
        _replay(opened, changed, settings, found)
    return found


def _receipt(path: Path, receipt: dict[str, Any], found: Verification) -> None:
    """The receipt against its own hashes, to the byte."""
    if signed(receipt) != receipt or run_hash(receipt) != receipt.get("content_hash"):
        found.findings.append(
            Finding(RECEIPT, "receipt", "与它自己的哈希不符，被改过", "does not match its own hash: it was changed")
        )
    elif (path / RECEIPT).read_bytes() != render(receipt).encode():
        found.findings.append(
            Finding(RECEIPT, "receipt", "内容没有变，但写法被改过", "says the same but was written differently")
        )
    results = {name for name in _mapping(receipt, "files") if name.startswith("results/")}
    if results != {f"results/{id}.parquet" for id in _mapping(receipt, "rules")}:
        found.findings.append(Finding(RECEIPT, "receipt", "规则与结果文件对不上", "its rules are not those of the results files"))
    for name, here in (("keqiao", __version__), ("duckdb", duckdb.__version__)):
        made = receipt.get(name)
        if made != here:
            found.notes.append(
                (f"这次评价由 {name} {made} 生成，现在用 {name} {here} 核验", f"made with {name} {made}, verified with {name} {here}")
            )


def _files(path: Path, receipt: dict[str, Any], found: Verification) -> set[str]:
    """Files against the receipt; the names of those that are not as they were."""
    said = {str(name): digest for name, digest in _mapping(receipt, "files").items()}
    there = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file() or p.is_symlink()} - {RECEIPT}
    changed: set[str] = set()
    for name, digest in said.items():
        found.files += 1
        if name not in there:
            found.findings.append(Finding(name, "missing", "文件不见了", "the file is missing"))
        elif _hash_of(path / name) != digest:
            found.findings.append(Finding(name, "changed", "文件被改过", "the file was changed"))
        else:
            continue
        changed.add(name)
    for name in sorted(there - said.keys()):
        if name.partition("/")[0] in COVERED:
            found.findings.append(
                Finding(name, "extra", "回执里没有这个文件，是后来放进去的", "the receipt does not know this file: it was added later")
            )
            changed.add(name)
        else:
            found.notes.append((f"{name}：回执里没有，不在核验之列", f"{name}: not in the receipt, not looked at"))
    return changed


def _hash_of(path: Path) -> str | None:
    try:
        return file_hash(path)
    except OSError:
        return None


def _mapping(receipt: dict[str, Any], key: str) -> dict[str, Any]:
    value = receipt.get(key)
    return value if isinstance(value, dict) else {}


def _contents(path: Path, receipt: dict[str, Any], changed: set[str], found: Verification) -> None:
    """Content hashes of the unchanged files; a changed file is not opened."""
    said = _mapping(receipt, "content")
    covered = [name for name in _mapping(receipt, "files") if str(name).partition("/")[0] in COVERED]
    for name in sorted({*said, *covered} - changed):
        try:
            same = content_hash(path / name) == said.get(name)
        except (KeqiaoError, OSError, ValueError, pa.ArrowException):
            same = False
        if not same:
            found.findings.append(Finding(name, "content", "与回执的内容哈希不符", "its content hash is not that of the receipt"))


def _snapshot(run: Run, replay: bool, found: Verification) -> None:
    """The receipt against the manifest of the facts, and the facts against it."""
    try:
        snapshot = run.snapshot
        said = {key: run.receipt.get(key) for key in ("as_of", "year", "label", "rows", "snapshot")}
        manifest = {**snapshot.manifest, "snapshot": snapshot.manifest.get("content_hash")}
        wrong = [key for key, value in said.items() if manifest.get(key, "" if key == "label" else None) != value]
        if wrong:
            names = "、".join(wrong)
            found.findings.append(
                Finding(RECEIPT, "receipt", f"{names} 与数据清单不符", f"{', '.join(wrong)} differ from the manifest of the facts")
            )
        if replay and snapshot.manifest["rows"] > MANY:
            found.notes.append(
                (f"超过 {MANY:,} 户，没有核对数据清单自己的哈希", f"more than {MANY:,} enterprises: the manifest's own hash was not compared")
            )
        elif replay and not snapshot.verify():
            found.findings.append(
                Finding("snapshot/facts.parquet", "content", "数据与它自己清单的内容哈希不符", "the facts do not match the content hash of their manifest")
            )
    except KeqiaoError as problem:
        found.findings.append(Finding("snapshot", "content", problem.zh, problem.en))


def _replay(run: Run, changed: set[str], settings: Settings, found: Verification) -> None:
    """Decide the rules again from the run's own facts and packs."""
    basis = sorted(name for name in changed if name.startswith(("snapshot/", "packs/")))
    if basis:
        found.notes.append(("数据或规则包被改过，不能重算", "facts or packs were changed: the rules cannot be decided again"))
        return
    try:
        with tempfile.TemporaryDirectory(prefix="keqiao-verify-") as scratch:
            found.replayed = list(_decide(run, changed, settings, Path(scratch), found))
    except KeqiaoError as problem:
        found.findings.append(Finding(str(run.path), "replay", f"不能重算：{problem.zh}", f"cannot be decided again: {problem.en}"))
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as problem:  # a forged receipt
        found.findings.append(Finding(str(run.path), "replay", f"不能重算：{problem}", f"cannot be decided again: {problem}"))


def _decide(
    run: Run, changed: set[str], settings: Settings, scratch: Path, found: Verification
) -> Iterator[Replayed]:
    snapshot, packs = run.snapshot, run.packs
    content = _mapping(run.receipt, "content")
    with deciding(snapshot, packs, settings, run.receipt["keep"], scratch / "spill") as decide:
        for id, said in run.receipt["rules"].items():
            name, again = f"results/{id}.parquet", scratch / "again.parquet"
            rule = packs.version(id, snapshot.as_of)
            entry = rule_entry(rule, packs, snapshot, decide.write(rule, again))
            same = table_hash(again) == content.get(name)
            told = None
            if not same or name in changed:
                told = _differing(run.path / name, again, settings, scratch)
                _tell(id, said, same, told, found)
            if same and entry != said:
                keys = [key for key in entry if entry[key] != said.get(key)]
                found.findings.append(
                    Finding(id, "replay", f"回执中的 {'、'.join(keys)} 与重算不同", f"{', '.join(keys)} of the receipt differ from deciding again")
                )
            yield Replayed(id, same, told)
            os.remove(again)
        if any(name.startswith(f"{FOLDER}/") for name in content):
            write_peers(decide, [packs.version(id, snapshot.as_of) for id in run.receipt["rules"]], scratch)
            for path in (scratch / FOLDER).iterdir():
                if content_hash(path) != content.get(f"{FOLDER}/{path.name}"):
                    found.findings.append(Finding(f"{FOLDER}/{path.name}", "replay", "重算的同类数值与回执不同", "the peers' values differ from deciding again"))


def _differing(old: Path, again: Path, settings: Settings, scratch: Path) -> Differing | None:
    """What differs between the results as they stand and decided again; None where the old cannot be read."""
    try:
        with database(settings, scratch / "spill") as connection:
            return differing(connection, old, again)
    except duckdb.Error:
        return None


def _tell(id: str, said: dict[str, Any], same: bool, told: Differing | None, found: Verification) -> None:
    """A sentence on what differs for one rule."""
    if same:
        zh, en = "重算与回执相同，是结果文件后来被改过", "deciding again gives what the receipt says: the results file was changed later"
    else:
        zh, en = "重算的结果与回执不同", "deciding again gives other results than the receipt says"
    if told is None:
        zh, en = f"{zh}；结果文件读不出来", f"{en}; the results file cannot be read"
    else:
        zh, en = f"{zh}；{told.zh}", f"{en}; {told.en}"
    found.findings.append(Finding(id, "replay", zh, en))



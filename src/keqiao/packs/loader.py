"""Loading packs: ours and a user's over it, by id and by date."""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from keqiao.errors import FactError, PackError
from keqiao.packs import schema as s
from keqiao.packs.build import Builder, face_of
from keqiao.packs.ladders import Ladder, LadderFile, build_ladder, ladders_of
from keqiao.packs.messages import Fault, schema_error
from keqiao.packs.records import Counted, RecordKind, SourceWord, counted, record_kind, source_word
from keqiao.packs.yaml import Document, read_yaml
from keqiao.rules.case import CaseReader
from keqiao.rules.closures.rule import RuleCode, compile_rule
from keqiao.rules.model import Rule
from keqiao.rules.peers import PeerTable
from keqiao.rules.quantities import read_date
from keqiao.rules.scope import ListMembers, RuleFace
from keqiao.rules.trace import Trace
from keqiao.rules.vocabulary import Indicator, Vocabulary

#: A pack as read, with its file.
PackFile = tuple[s.Head | s.ExamplesPack, Document]


@cache
def shipped() -> Path:
    """The folder of the packs that come with Keqiao."""
    return Path(str(resources.files("keqiao.packs") / "cn"))


def load_packs(folders: Sequence[str | Path] = (), *, ours: bool = True) -> Packs:
    """Load the shipped packs and lay ``folders`` over them, later over earlier.

    A version of a later folder replaces the version of the same id and the same first day.
    Rules are compiled when first used. Raises `PackError` where a file cannot be read.
    """
    every = ([shipped()] if ours else []) + [Path(folder) for folder in folders]
    first = 0 if ours else 1
    return Packs([pack for layer, folder in enumerate(every, first) for pack in read_folder(folder, layer)])


def read_folder(folder: Path, layer: int = 0) -> list[PackFile]:
    """All pack files of a folder and its sub-folders, in order of their paths."""
    return [read_pack(path, layer) for path in pack_paths(folder)]


def pack_paths(folder: Path) -> list[Path]:
    """The pack files of a folder and its sub-folders, sorted; a file stands for itself."""
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise PackError(f"没有文件夹 {folder}", f"there is no folder {folder}")
    return sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())


def read_pack(path: Path, layer: int = 0) -> PackFile:
    """One pack file, checked against its schema; ``layer`` counts the folders below it.

    Shipped files are read once as long as they do not change on disk, and shared; they are never altered.
    """
    if layer == 0 and path.parent == shipped():
        state = path.stat()
        return _read_shipped(path, state.st_mtime_ns, state.st_size)
    return _read_pack(path, layer)


@lru_cache(maxsize=1000)
def _read_shipped(path: Path, modified: int, size: int) -> PackFile:
    return _read_pack(path, 0)


def _read_pack(path: Path, layer: int) -> PackFile:
    document = read_yaml(path)
    document.layer = layer
    data = document.data
    if not isinstance(data, dict) or "kind" not in data:
        zh, en = "规则包要以 kind: 开头，如 kind: standard", "a pack begins with kind:, such as kind: standard"
        raise Fault("schema", zh, en, document.where(()))
    kind = s.PACKS.get(str(data["kind"]))
    if kind is None:
        zh, en = f"没有 kind “{data['kind']}”", f"there is no kind {data['kind']!r}"
        names = list(s.PACKS)
        zh, en = f"{zh}；可用：{'、'.join(names)}", f"{en}; use {', '.join(names)}"
        raise Fault("schema", zh, en, document.where(("kind",)))
    try:
        return kind.model_validate(data), document  # type: ignore[return-value]
    except ValidationError as problem:
        raise schema_error(problem, document) from None


class Packs(Mapping[str, "RuleHandle"]):
    """Loaded packs: rules by id, with the vocabulary and the lists they read."""

    def __init__(self, files: Iterable[PackFile]) -> None:
        self.files = list(files)
        self.vocabulary = Vocabulary(_indicators(self.files))
        self.checks = [c for pack, _ in self.files if isinstance(pack, s.VocabularyPack) for c in pack.checks]
        self._versions: dict[str, dict[dt.date | None, tuple[s.RulePack, Document]]] = {}
        self.lists: dict[str, ListMembers] = {}
        for pack, document in self.files:
            if isinstance(pack, s.RulePack):
                self._versions.setdefault(pack.id, {})[pack.effective.from_] = (pack, document)
            elif isinstance(pack, s.ListPack):
                self.lists[pack.id] = ListMembers(tuple(pack.members), pack.open)
        self._versions = dict(sorted(self._versions.items(), key=lambda one: min(p.order for p, _ in one[1].values())))
        self.faces: dict[str, RuleFace] = {
            id: face_of(max(versions.items(), key=lambda kv: kv[0] or dt.date.min)[1][0])
            for id, versions in self._versions.items()
        }
        self._built: dict[tuple[str, dt.date | None], Rule] = {}
        self._handles: dict[str, RuleHandle] = {}
        days = {v.effective.from_ for vs in self._versions.values() for v, _ in vs.values() if v.effective.from_}
        ends = {v.effective.to for vs in self._versions.values() for v, _ in vs.values() if v.effective.to}
        self.turns = sorted(days | {end + dt.timedelta(days=1) for end in ends})

    def __getitem__(self, id: str) -> RuleHandle:
        if id not in self._versions:
            raise KeyError(id)
        return self._handles.setdefault(id, RuleHandle(self, id))

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    @cached_property
    def records(self) -> dict[str, RecordKind]:
        """The kinds of records by id; a later file's replaces an earlier one's."""
        return {node.id: record_kind(node) for pack in self._words() for node in pack.records}

    @cached_property
    def counted(self) -> dict[str, Counted]:
        """What is counted from records, by indicator. Raises `PackError`."""
        nodes = {node.id: node.counted for pack in self._words() for node in pack.indicators}
        return {
            id: counted(node, self.vocabulary.indicators[id], self.records)
            for id, node in nodes.items() if node is not None
        }  # fmt: skip

    @cached_property
    def sources_of_facts(self) -> tuple[SourceWord, ...]:
        """The declared sources of facts, the one that prevails first; a later folder's list goes before."""
        nodes: dict[str, s.SourceNode] = {}
        for pack in reversed(list(self._words())):
            nodes |= {node.id: node for node in pack.sources if node.id not in nodes}
        return tuple(source_word(node, self.vocabulary) for node in nodes.values())

    @cached_property
    def places(self) -> dict[str, s.PlaceNode]:
        """The places that packs add to the official divisions, by id."""
        return {n.id: n for pack, _ in self.files if isinstance(pack, s.PlacesPack) for n in pack.nodes}

    @cached_property
    def ladder_files(self) -> dict[str, list[LadderFile]]:
        """The versions of every ladder as written, oldest first."""
        return ladders_of((pack, document) for pack, document in self.files if isinstance(pack, s.LadderPack))

    @cached_property
    def ladders(self) -> dict[str, Ladder]:
        """The newest version of every ladder by id. Raises `PackError` where a name does not exist."""
        return {id: build_ladder(files[-1], self.vocabulary, self._versions) for id, files in self.ladder_files.items()}

    def ladders_on(self, day: dt.date) -> dict[str, Ladder]:
        """The ladders in force on a day, by id. Raises `PackError` where a name does not exist."""
        every = [build_ladder(one, self.vocabulary, self._versions) for fs in self.ladder_files.values() for one in fs]
        return {ladder.id: ladder for ladder in every if ladder.in_force(day)}

    def ladder(self, id: str, day: dt.date) -> tuple[Ladder, s.LadderPack]:
        """The version of a ladder on a day, or else the nearest one, with its file."""
        files = self.ladder_files[id]
        file = next((one for one in reversed(files) if (one[0].effective.from_ or dt.date.min) <= day), files[0])
        return build_ladder(file, self.vocabulary, self._versions), file[0]

    def _words(self) -> Iterator[s.VocabularyPack]:
        return (pack for pack, _ in self.files if isinstance(pack, s.VocabularyPack))

    def find(self, id: str) -> RuleHandle:
        """The rule with an id; raises `PackError` with the known ids."""
        if id in self._versions:
            return self[id]
        known = "、".join(self._versions)
        raise PackError(f"没有规则“{id}”；已有：{known}", f"there is no rule {id!r}; known: {known}")

    def complete(self, day: dt.date) -> list[str]:
        """The rules that can decide on a day, in order: all but scorecards whose weights are not published."""
        ids = [(id, self._nearest(id, day)) for id in self._versions]
        return [id for id, first in ids if not self._versions[id][first][0].has_open_weights]

    def sources(self, id: str) -> list[tuple[s.RulePack, Document]]:
        """All versions of a rule as written, oldest first."""
        versions = self._versions[id]
        return [versions[day] for day in sorted(versions, key=lambda d: d or dt.date.min)]

    def version(self, id: str, day: dt.date) -> Rule:
        """The version in force on a day, or else the nearest: the last before it, or the first after."""
        return self.built(id, self._nearest(id, day))

    def _nearest(self, id: str, day: dt.date) -> dt.date | None:
        """The first day of the version of a day (see `version`)."""
        versions = sorted(self._versions[id], key=lambda d: d or dt.date.min)
        at = bisect.bisect_right([v or dt.date.min for v in versions], day)
        return versions[max(at - 1, 0)]

    def built(self, id: str, first: dt.date | None) -> Rule:
        """One version, built."""
        key = (id, first)
        if key not in self._built:
            pack, document = self._versions[id][first]
            self._built[key] = Builder(pack, document, self.vocabulary, self.faces, self.lists).build()
        return self._built[key]


class RuleHandle:
    """A rule of any day: chooses the version and compiles it once per period."""

    def __init__(self, packs: Packs, id: str) -> None:
        self.packs = packs
        self.id = id
        self._compiled: dict[int, tuple[RuleCode, CaseReader]] = {}

    def at(self, day: dt.date) -> Rule:
        """The version of a day (see `Packs.version`)."""
        return self.packs.version(self.id, day)

    def compiled(self, day: dt.date) -> tuple[RuleCode, CaseReader]:
        """The version of a day as closures, and the reader of its cases."""
        period = bisect.bisect_right(self.packs.turns, day)
        found = self._compiled.get(period)
        if found is None:
            code, env = compile_rule(self.at(day), lambda id: self.packs.version(id, day))
            found = self._compiled[period] = (code, CaseReader(self.packs.vocabulary, env))
        return found

    def explain(
        self,
        facts: Mapping[str, Any],
        *,
        as_of: dt.date | str | None = None,
        year: int | None = None,
        holds: Iterable[Any] | None = None,
        id: str = "",
        peers: PeerTable | None = None,
    ) -> Trace:
        """Decide one case and say why.

        ``facts`` by id or label, in any unit; ``holds`` the titles, complete when given (it may also
        stand inside ``facts`` under ``holds``); ``as_of`` defaults to today in China, ``year`` to the
        year before; ``peers`` is what percentiles are looked up in, and without it they are unknown.
        Raises `FactError`.
        """
        day = _day(as_of)
        if holds is None and "holds" in facts:
            facts = dict(facts)
            holds = facts.pop("holds")
        code, reader = self.compiled(day)
        case = reader.read(facts, holds, day, _year(year, day), peers)
        trace = code.evaluate(case, id)
        trace.vocabulary = self.packs.vocabulary
        return trace


def _day(as_of: dt.date | str | None) -> dt.date:
    """A day from a date or ISO text; today in China where None. Raises `FactError`."""
    if as_of is None:
        return today()
    try:
        return read_date(as_of)
    except ValueError:
        raise FactError(
            f"as_of “{as_of}”不是日期，应写作 2026-11-21", f"as_of {as_of!r} is not a date; write it as 2026-11-21"
        ) from None


def _year(year: object, day: dt.date) -> int:
    """The case's year; the year before the day where None. Raises `FactError`."""
    if year is None:
        return day.year - 1
    number = int(year) if isinstance(year, str) and year.isascii() and year.isdigit() else year
    if isinstance(number, bool) or not isinstance(number, int) or not 1900 <= number <= 2200:
        raise FactError(f"year “{year}”不是年度，应写作 2025", f"year {year!r} is not a year; write 2025")
    return number


def today() -> dt.date:
    """Today in China (UTC+8, no daylight saving)."""
    return dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date()


def _indicators(files: Iterable[PackFile]) -> list[Indicator]:
    found: dict[str, Indicator] = {}
    for pack, _ in files:
        if isinstance(pack, s.VocabularyPack):
            for node in pack.indicators:
                found[node.id] = Indicator(
                    node.id, node.label, tuple(node.aliases), node.type, node.unit, node.period, node.definition,
                    tuple(node.values), node.judgement, node.subject, node.en, tuple(node.used_by),
                )  # fmt: skip
    return list(found.values())

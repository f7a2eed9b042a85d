"""The examples of a rule, run: facts inherited, the case decided, expectations compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from keqiao.errors import FactError
from keqiao.packs import schema as s
from keqiao.packs.lint.version import Version
from keqiao.packs.loader import Packs
from keqiao.packs.yaml import Document
from keqiao.rules.closures.tree import Told
from keqiao.rules.closures.values import Case
from keqiao.rules.dimensions import SCALES
from keqiao.rules.model import OUTCOMES, nodes
from keqiao.rules.trace import Trace, points
from keqiao.rules.vocabulary import Vocabulary

#: The as-of day of an example that gives none; its year is the year before.
AS_OF = dt.date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an example: ``code`` is ``example`` or ``example-name``."""

    code: str
    zh: str
    en: str


@dataclass(slots=True)
class ExampleResult:
    """One example as run; ``case`` and ``trace`` are None where its facts cannot be read."""

    rule: str
    version: str
    title: str
    where: str
    as_of: dt.date
    year: int
    problems: list[Problem] = field(default_factory=list)
    case: Case | None = None
    trace: Trace | None = None

    @property
    def ok(self) -> bool:
        """Whether everything came out as expected."""
        return not self.problems


@dataclass(slots=True)
class _Given:
    """The facts (by id) and titles of an example, inheritance resolved."""

    facts: dict[str, Any]
    holds: list[Any] | None


def run_examples(packs: Packs, id: str) -> Iterable[ExampleResult]:
    """Run the examples of every version of a rule, in written order.

    Raises `PackError` where a version cannot be built or compiled.
    """
    for pack, document in packs.sources(id):
        yield from run_version(Version(packs, pack, document))


def written(packs: Packs, pack: s.RulePack, document: Document) -> list[tuple[s.Example, str]]:
    """The examples of one version with their places: its own, then those of files of examples.

    A file of examples belongs to the version of its id and first day; a version laid over another
    does not take over the examples of what it replaces.
    """
    found = [(one, document.where(("examples", i))) for i, one in enumerate(pack.examples)]
    for other, file in packs.files:
        if isinstance(other, s.ExamplesPack) and other.id == pack.id and file.layer >= document.layer:
            if other.effective.from_ == pack.effective.from_:
                found += [(one, file.where(("examples", i))) for i, one in enumerate(other.examples)]
    return found


def run_version(version: Version) -> Iterator[ExampleResult]:
    """Run the examples of one version."""
    earlier: dict[str, _Given] = {}
    vocabulary = version.packs.vocabulary
    for example, where in written(version.packs, version.pack, version.document):
        as_of = example.as_of or AS_OF
        year = as_of.year - 1 if example.year is None else example.year
        result = ExampleResult(version.id, version.rule.version, example.title, where, as_of, year)
        given = _inherit(example, earlier, vocabulary, result.problems)
        earlier[example.title] = given
        _run(version, given, result)
        if result.trace is not None:
            result.problems += _compare(version, example.expect, result.trace)
        yield result


def _inherit(
    example: s.Example, earlier: Mapping[str, _Given], vocabulary: Vocabulary, problems: list[Problem]
) -> _Given:
    """Facts and titles of the example it is like, changed by its own; null removes."""
    given = _Given({}, None)
    if example.like is not None:
        base = earlier.get(example.like)
        if base is None:
            zh, en = f"前面没有算例“{example.like}”", f"there is no earlier example {example.like!r}"
            problems.append(Problem("example-name", zh, en))
        else:
            given = _Given(dict(base.facts), base.holds)
    own: set[str] = set()
    for name, raw in example.facts.items():
        indicator = vocabulary.find(name)
        if indicator is None:
            near = vocabulary.nearest(name)
            zh, en = f"没有“{name}”这个指标", f"there is no indicator {name!r}"
            hint = ("；是不是：" + "、".join(near) + "？", "; did you mean " + ", ".join(near) + "?") if near else ("", "")
            problems.append(Problem("example-name", zh + hint[0], en + hint[1]))
            continue
        if indicator.id in own:
            zh, en = f"“{indicator.label}”给了两次", f"{indicator.id} is given twice"
            problems.append(Problem("example-name", zh, en))
        own.add(indicator.id)
        given.facts[indicator.id] = raw
        if raw is None:
            del given.facts[indicator.id]
    if "holds" in example.model_fields_set:
        given.holds = example.holds
    return given


def _run(version: Version, given: _Given, result: ExampleResult) -> None:
    compiled = version.compiled(result.as_of)
    try:
        case = compiled.reader.read(given.facts, given.holds, result.as_of, result.year)
    except FactError as problem:
        result.problems.append(Problem("example-name", problem.zh, problem.en))
        return
    result.case = case
    result.trace = compiled.code.evaluate(case.copy(), result.title)
    result.trace.vocabulary = version.packs.vocabulary


def outcomes(trace: Trace) -> dict[str, int]:
    """Outcome codes of all clauses and groups below the top, by id; empty where not in force."""
    found: dict[str, int] = {}
    pending: list[Told] = list(trace.told.parts or [trace.told]) if trace.told is not None else []
    while pending:
        told = pending.pop()
        found[told.tree.node.id] = told.outcome
        pending += told.parts or []
    return found


# ---- expectations --------------------------------------------------------------------------------


def _compare(version: Version, expect: Mapping[str, Any], trace: Trace) -> list[Problem]:
    """Everything that differs from what is expected."""
    problems: list[Problem] = []
    rule = version.rule
    ids = {node.id for node in nodes(rule.require)} if rule.require is not None else set()
    told = outcomes(trace)

    def differs(what: str, expected: object, got: object) -> None:
        zh, en = f"{what} 应为 {expected}，得到 {got}", f"{what} should be {expected}, got {got}"
        problems.append(Problem("example", zh, en))

    for key, value in expect.items():
        if key in ids and value in OUTCOMES:
            got = OUTCOMES[told[key]] if key in told else "not in force"
            if got != value:
                differs(key, value, got)
        elif key == "items" and isinstance(value, dict):
            _compare_items(version, value, trace, differs, problems)
        elif key in _READERS and (expected := _expected(key, value)) is not None:
            found = _READERS[key](trace)
            if found != expected:
                differs(key, _shown(expected), _shown(found))
        else:
            problems.append(_unknown(key, value, ids))
    return problems


def _compare_items(
    version: Version, expected: Mapping[str, Any], trace: Trace, differs: Any, problems: list[Problem]
) -> None:
    names = [item.id for item in version.rule.items]
    for id, value in expected.items():
        span = _span(value)
        if id not in names or span is None:
            problems.append(_unknown(f"items.{id}", value, set(names)))
            continue
        got = trace.points[names.index(id)] if trace.points else None
        if got != span:
            differs(id, _shown(span), _shown(got))


def _unknown(key: str, value: object, ids: set[str]) -> Problem:
    known = sorted(ids)
    return Problem(
        "example-name",
        f"不能期望 {key}: {value}；可写 {'、'.join([*_READERS, 'items', *known])}，条款的结论是 {'、'.join(OUTCOMES)}",
        f"{key}: {value} cannot be expected; write {', '.join([*_READERS, 'items', *known])}; "
        f"clauses are {', '.join(OUTCOMES)}",
    )


def _span(value: object) -> tuple[int, int] | None:
    """A number or [low, high] of points as stored; None where it is neither."""
    ends = value if isinstance(value, list) and len(value) == 2 else [value, value]
    stored = [
        Fraction(end) * SCALES["points"] for end in ends if isinstance(end, int | Decimal) and not isinstance(end, bool)
    ]
    if len(stored) != 2 or any(end.denominator != 1 for end in stored):
        return None
    return int(stored[0]), int(stored[1])


def _expected(key: str, value: Any) -> Any:
    """An expectation in the form of `_READERS`; None where it is none."""
    if key == "score":
        return _span(value)
    if key == "outcome":
        return value if value in OUTCOMES else None
    if key == "class":
        return frozenset([value]) if isinstance(value, str) else None
    return frozenset(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else None


def _shown(value: object) -> str:
    """A value of `_READERS` as text."""
    if isinstance(value, tuple):
        low, high = (points(end) for end in value)
        return str(low) if low == high else f"[{low}, {high}]"
    return f"[{', '.join(sorted(value))}]" if isinstance(value, frozenset) else str(value)


_READERS: dict[str, Any] = {
    "outcome": lambda trace: trace.outcome,
    "score": lambda trace: trace.total,
    "class": lambda trace: frozenset(trace.classes or []),
    "classes": lambda trace: frozenset(trace.classes or []),
    "missing": lambda trace: frozenset(trace.missing),
}

"""What stands between one enterprise and a yes: conditions that fail, lack data, or are to be judged."""

from __future__ import annotations

from collections.abc import Iterator

from keqiao.assess.answers_profile import Gap
from keqiao.assess.words import say_in, title_of
from keqiao.rules.closures.tree import Told
from keqiao.rules.model import OUTCOMES, YES, Branch
from keqiao.rules.trace import Trace, TraceWriter
from keqiao.rules.trace_text import years_text
from keqiao.rules.vocabulary import Vocabulary


def gaps_of(trace: Trace, vocabulary: Vocabulary, language: str) -> tuple[Gap, ...]:
    """The clauses that are not as they should be, in written order; of an ``any`` every alternative.

    The titles of groups stand before their clauses. None for a yes, or a rule without conditions.
    """
    if trace.told is None or trace.outcome_code == YES:
        return ()
    writer = TraceWriter(vocabulary, language, trace)
    return tuple(_gap(path, told, writer, vocabulary, language) for path, told in _open(trace.told, "", True, language))


def _open(told: Told, path: str, wanted: bool, language: str) -> Iterator[tuple[str, Told]]:
    """Clauses whose outcome is not the wanted one, below groups that are not as they should be."""
    if told.outcome == (YES if wanted else 0):
        return
    node = told.tree.node
    if told.parts is None or not isinstance(node, Branch):
        yield path, told
        return
    title = node.title.get(language)
    if title:
        path += title + (say_in(language, "（任一）", " (any)") if node.kind == "any" else "") + " › "
    for part in told.parts:
        yield from _open(part, path, wanted != (node.kind == "not"), language)


def _gap(path: str, told: Told, writer: TraceWriter, vocabulary: Vocabulary, language: str) -> Gap:
    node, shown = told.tree.node, writer.node(told)
    missing = tuple(_label(vocabulary, id, language) for id in shown.get("missing", ()))
    left, right = shown.get("left", ""), shown.get("right", "")
    if "years" in shown:
        left, right = years_text(shown["years"], language == "en")
    return Gap(
        node.id, path + title_of(node, language), shown.get("text", ""), OUTCOMES[told.outcome], left, right,
        shown.get("margin", "").removeprefix("-"), node.cite or "", missing,
    )  # fmt: skip


def _label(vocabulary: Vocabulary, id: str, language: str) -> str:
    indicator = vocabulary.indicators.get(id)
    if indicator is None:
        return id
    return indicator.label if language == "zh" else indicator.english or indicator.id


def missing_labels(trace: Trace, vocabulary: Vocabulary, language: str) -> tuple[str, ...]:
    """Labels of what an unknown outcome waits for."""
    return tuple(_label(vocabulary, id, language) for id in trace.missing)

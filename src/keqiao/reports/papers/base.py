"""Papers: what an answer says, as tables that the terminal, a workbook and a csv file show alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from keqiao.assess import About, Change, Miss, Moved, Mover, Ranked, Standing
from keqiao.assess.answers import Counts
from keqiao.reports.wording import Words
from keqiao.rules.model import OUTCOMES
from keqiao.rules.quantities import plain

#: A cell: text, a whole number, an exact number, or nothing.
Cell = str | int | Fraction | None
_SHOWN = ("yes", "no", "unknown", "refer")
Who = Change | Miss | Moved | Mover | Ranked


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, heads and rows.

    For a narrow screen: ``brief`` are the columns (empty: all), ``lead`` how many of them are blank where they
    repeat the row above, and ``per`` how many rows there are at most for each value of the first (0: no limit).
    """

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    brief: Sequence[int] = ()
    note: str = ""
    lead: int = 0
    per: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written of an answer: title, warnings, lines about it, tables (the first is the main one), notes."""

    title: str
    warnings: Sequence[str]
    facts: Sequence[tuple[str, str]]
    tables: Sequence[Table]
    notes: Sequence[str] = ()





def status_of(about: About | Standing, words: Words) -> str:
    """The status as it may be said: official only where nothing is unconfirmed."""
    if about.status == "illustrative":
        return words.say("示例，非官方数字", "illustrative, not official figures")
    if about.status == "stated":
        return words.say("参数未公布", "figures not published")
    zh, en = ("地方规则", "local rule") if about.status == "local" else ("官方", "official")
    if not about.unconfirmed:
        return words.say(zh, en)
    if about.status == "official":
        zh, en = "依文件整理", "from the document"
    return words.say(f"{zh}，{about.unconfirmed} 处待核", f"{en}, {about.unconfirmed} points to be verified")


def warnings_of(abouts: Iterable[About], words: Words) -> list[str]:
    """The label of the data, and that what rests on illustrative figures must not be published."""
    every = list(abouts)
    found = list(dict.fromkeys(one.label for one in every if one.label))
    if any(one.illustrative for one in every):
        found.append(words.say("含示例数字：不得公布，不得用于推荐。", "Illustrative figures: not to be published or used for recommendations."))
    return found


def facts_of(about: About, words: Words) -> list[tuple[str, str]]:
    """Rule, version, status, day and year."""
    say = words.say
    label = say("规则", "rule") if about.rule else say("排名依据", "measure")
    found = [(label, say(f"{about.title}（{about.rule}）", f"{about.title} ({about.rule})") if about.rule else about.title)]
    if about.version:
        found.append((say("版本", "version"), about.version + ("" if about.in_force else say("（不在有效期）", " (not in force)"))))
    if about.rule or about.illustrative or about.unconfirmed:  # a list by an indicator has only that of what it asks
        found.append((say("状态", "status"), status_of(about, words)))
    found.append((say("评定日、年度", "day and year"), f"{about.as_of} · {about.year}"))
    return found


def share(value: Fraction, places: int = 2) -> str:
    """A share as a percentage."""
    return plain(value * 100, places) + "%"


def outcome_text(words: Words, name: str) -> str:
    """An outcome to be read; other texts, such as a class, as they are."""
    return words.outcome(OUTCOMES.index(name)) if name in OUTCOMES else name


def who_heads(words: Words) -> list[str]:
    """Heads of key, name, place, and the code of the place."""
    return [
        words.say("企业代码", "Code"), words.say("企业名称", "Enterprise"), words.say("所在地", "Place"), words.say("区划代码", "Place code"),
    ]  # fmt: skip


def who_cells(one: Who) -> list[Cell]:
    """The cells under `who_heads`."""
    return [one.key, one.name, one.place_name, one.place]


def counts_of(words: Words, counts: Counts) -> list[Cell]:
    """Counts per outcome as readers see them: yes, no, unknown, refer."""
    return [counts[name] for name in _SHOWN]


def count_heads(words: Words) -> list[str]:
    """The heads of `counts_of`."""
    return [outcome_text(words, name) for name in _SHOWN]


def cut(words: Words, shown: int, count: int) -> str:
    """What to say where not all rows are listed; empty where they are."""
    return "" if shown >= count else words.say(f"只列前 {shown} 家，共 {count} 家。", f"The first {shown} of {count}.")




def moved_table(name: str, rows: Sequence[Moved], words: Words, count: int) -> Table:
    """Who changes from which outcome to which."""
    heads = [*who_heads(words), words.say("原结论", "Before"), words.say("新结论", "After")]
    listed = [[*who_cells(one), outcome_text(words, one.before), outcome_text(words, one.after)] for one in rows]
    return Table(name, heads, listed, (0, 1, 2, 4, 5), cut(words, len(rows), count))


def before_after(words: Words, before: Counts, after: Counts, names: tuple[str, str]) -> Table:
    """Counts per outcome before and after, and the difference; ``names`` are the heads of both."""
    rows: list[list[Cell]] = [
        [outcome_text(words, name), before[name], after[name], signed(after[name] - before[name])] for name in _SHOWN
    ]
    return Table(words.say("结论", "Outcomes"), [words.say("结论", "Outcome"), *names, words.say("增减", "Change")], rows)


def signed(number: int) -> str:
    """A change with its sign; zero has none."""
    return f"{number:+d}" if number else "0"

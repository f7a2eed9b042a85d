"""Writes the report: one HTML file that needs no script, no network and no other file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from keqiao.assess.tables import tables_of
from keqiao.engine.folders import new_file
from keqiao.engine.run import Progress, Run
from keqiao.facts.snapshot import refuse_existing
from keqiao.reports.markup import Content, Markup, join, tag
from keqiao.reports.needs import count_needs
from keqiao.reports.page import summary
from keqiao.reports.page.context import Context
from keqiao.reports.page.notes import definitions
from keqiao.reports.page.quality import quality
from keqiao.reports.page.titles import chapter
from keqiao.reports.wording import Words, rule_views


def write_html(
    run: Run, out: Path, *, language: str = "zh", rules: Sequence[str] | None = None, names: bool = True, progress: Progress | None = None,
) -> Path:  # fmt: skip
    """Write a run as one HTML file and return its path.

    ``language`` is ``zh`` or ``en``; ``rules`` are ids of the run (None: all); without ``names`` no
    single enterprise is listed. The file appears complete or not at all; raises `KeqiaoError` where
    ``out`` exists or cannot be written, or the run lacks a rule.
    """
    out = Path(out)
    refuse_existing(out)
    text = html(run, language=language, rules=rules, names=names, progress=progress)
    with new_file(out) as written:
        written.write_text(text, encoding="utf-8", newline="\n")
    return out


def html(run: Run, *, language: str, rules: Sequence[str] | None, names: bool, progress: Progress | None) -> str:
    """The report as text."""
    words = Words(language)
    chosen = {run.rule(id).id for id in rules} if rules is not None else set(run.rules)
    views = [view for view in rule_views(run, words) if view.id in chosen]
    with tables_of(run.snapshot) as tables:
        context = Context(run, words, views, tables, names, progress)
        needs = count_needs(run, tables, views, progress=progress)
        body: list[Content] = [summary.head(context), summary.answer(context, needs), _contents(context)]
        body += [_chapter("c1", "一", "1", ("总的结果", "Overall"), words), summary.outcomes(context), summary.missing(context, needs)]
        body.append(_chapter("c2", "二", "2", ("逐条规则", "Rule by rule"), words))
        for i, view in enumerate(views):
            context.told(view.title, i)
            body.append(chapter(context, view))
        body += [_chapter("c3", "三", "3", ("数据质量", "Data quality"), words), *quality(context, needs)]
        body += [_chapter("c4", "四", "4", ("口径说明", "Definitions"), words), *definitions(context), _provenance(context)]
    return _document(context, body)


def _chapter(id: str, zh: str, en: str, title: tuple[str, str], words: Words) -> Markup:
    return tag("h2", words.say(f"{zh}、{title[0]}", f"{en}. {title[1]}"), class_="chapter", id=id)


def _contents(context: Context) -> Markup:
    say = context.say
    rules = tag("ol", *(tag("li", tag("a", rule.title, href=f"#{summary.anchor(rule)}")) for rule in context.rules))
    items = [
        tag("li", tag("a", say("总的结果", "Overall"), href="#c1")),
        tag("li", tag("a", say("逐条规则", "Rule by rule"), href="#c2"), rules),
        tag("li", tag("a", say("数据质量", "Data quality"), href="#c3")),
        tag("li", tag("a", say("口径说明", "Definitions"), href="#c4")),
    ]
    return tag("nav", tag("ol", *items), class_="panel", aria_label=say("目录", "contents"))


def _provenance(context: Context) -> Markup:
    run, say = context.run, context.say
    texts = [
        say(f"评价日 {run.as_of}", f"as of {run.as_of}"), say("快照 ", "snapshot ") + run.receipt["snapshot"],
        say("本次评价 ", "run ") + run.receipt["content_hash"],
        say("软件 ", "software ") + f"keqiao {run.receipt['keqiao']} · DuckDB {run.receipt['duckdb']}",
        say("复核 keqiao verify 结果目录", "verify: keqiao verify RUN"),
    ]  # fmt: skip
    if context.names:
        texts.append(say("本报告列有单家企业，对外提供前须得到允许或改用 --no-names", "names single enterprises: ask before passing it on, or write it with --no-names"))
    return tag("footer", *(tag("span", text) for text in texts), class_="prov")


def _document(context: Context, body: Sequence[Content]) -> str:
    words, run = context.words, context.run
    title = summary.title_of(context)
    label = run.receipt["label"]
    css = files("keqiao.reports.page").joinpath("page.css").read_text("utf-8")
    running = words.more(part for part in (title, words.say(f"评价日 {run.as_of}", f"as of {run.as_of}"), words.half(label)) if part)
    css = css.replace("var(--running)", _css_string(running))
    head = join([
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Markup("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"),
        tag("title", words.more(part for part in (title, words.half(label), words.say("科桥", "Keqiao")) if part)),
        tag("style", Markup(css)),
    ])  # fmt: skip
    skip = tag("a", words.say("跳到正文", "skip to the content"), href="#main", class_="skip")
    page = tag("body", skip, tag("main", *body, id="main"))
    language = "en" if words.english else "zh-Hans-CN"
    return f"<!DOCTYPE html>\n{tag('html', tag('head', head), page, lang=language)}\n"


def _css_string(text: str) -> str:
    """A text as a CSS string; everything but plain letters as code points, so that nothing can end it."""
    return '"' + "".join(ch if ch.isalnum() or ch == " " else f"\\{ord(ch):x} " for ch in text) + '"'

"""The first sheet: what this is, what the data is, how many enterprises came out how under which rule."""

from __future__ import annotations

from collections.abc import Sequence

from keqiao.engine.run import Run
from keqiao.reports.book import BRAND_TINT, INK, LINE, OUTCOME_LOOKS, Book, Sheet, units
from keqiao.reports.wording import SHOWN, RuleView, Words
from keqiao.rules.model import OUTCOMES

_WIDTHS = (26, 22, 13, 10, 10, 10, 10, 10, 9, 9, 9, 9)
_COLUMNS = len(_WIDTHS)
_FIRST_COUNT, _FIRST_SHARE = 4, 8


def strips(run: Run, rules: Sequence[RuleView], words: Words) -> list[str]:
    """The warnings that stand on every sheet: what the data is, and what may not be published."""
    found = []
    label = run.receipt["label"]
    if label:
        found.append(words.say("数据说明：", "Data: ") + label)
    titles = [rule.title for rule in rules if rule.illustrative]
    if titles:
        zh, en = "、".join(f"“{title}”" for title in titles), ", ".join(f"“{title}”" for title in titles)
        found.append(
            words.say(
                f"示例：{zh}使用示例数字，不是官方结果；不得公布，不得用于推荐。",
                f"Illustrative: {en} uses illustrative figures and is no official result; "
                "it must not be published or used for recommendations.",
            )
        )
    return found


def write_overview(book: Book, run: Run, rules: Sequence[RuleView], contents: Sequence[tuple[str, str]]) -> None:
    """Write the sheet; ``contents`` are the names of the other sheets and what each answers."""
    say = book.words.say
    title = say(f"企业评价结果（{run.year}年度）", f"Enterprise assessment, {run.year}")
    longest = max((units(rule.title) for rule in rules), default=0)
    widths = (min(max(_WIDTHS[0], longest + 4), 46), *_WIDTHS[1:])
    sheet = book.sheet(say("总览", "Overview"), title, widths, strips=strips(run, rules, book.words))
    sheet.sheet.fit_to_pages(1, 1)
    sheet.gap()
    _facts(sheet, run, rules, book.words)
    sheet.gap()
    sheet.line(say("各规则结论", "Outcomes by rule"), "section", 22)
    first = _table(sheet, run, rules, book.words)
    for text in _notes(rules, book.words):
        sheet.paragraph(text, "note", top=3)
    sheet.gap()
    if any(rule.in_force for rule in rules) and run.receipt["rows"]:
        _chart(book, sheet, first, len(rules))
    sheet.line(say("本工作簿各表", "The sheets of this workbook"), "section", 22)
    for name, answer in contents:
        link = name.replace("'", "''")
        sheet.sheet.write_url(sheet.row, 0, f"internal:'{link}'!A1", book.style("link").plain, name)
        sheet.sheet.merge_range(sheet.row, 1, sheet.row, _COLUMNS - 1, "", book.style("para").plain)
        sheet.text(sheet.row, 1, answer, "para")
        sheet.row += 1


def _facts(sheet: Sheet, run: Run, rules: Sequence[RuleView], words: Words) -> None:
    say = words.say
    pairs = [
        (say("评价日", "As of"), run.as_of.isoformat()),
        (say("评价年度", "Year"), str(run.year)),
        (say("企业数", "Enterprises"), f"{run.receipt['rows']:,}"),
        (say("规则数", "Rules"), str(len(rules))),
        (say("软件", "Software"), f"{say('科桥', 'Keqiao')} {run.receipt['keqiao']}（DuckDB {run.receipt['duckdb']}）"),
        (say("数据快照", "Snapshot"), run.receipt["snapshot"][:16]),
    ]
    for i in range(0, len(pairs), 2):
        for col, (label, value) in zip((0, 4), pairs[i : i + 2], strict=False):
            sheet.text(sheet.row, col, label, "label")
            sheet.sheet.set_row(sheet.row, 18)
            sheet.sheet.merge_range(sheet.row, col + 1, sheet.row, col + 3, "", sheet.book.style("cell").plain)
            sheet.text(sheet.row, col + 1, value, "cell")
        sheet.row += 1


def _table(sheet: Sheet, run: Run, rules: Sequence[RuleView], words: Words) -> int:
    """The counts and shares per rule; returns the first row of rules."""
    say, names = words.say, [words.outcome(code) for code in SHOWN]
    heads = [say("规则", "Rule"), say("状态", "Status"), say("版本", "Version"), say("企业数", "Enterprises")]
    sheet.heads([*heads, *names, *(say(f"{name}占比", f"{name}, %") for name in names)])
    first, rows = sheet.row, run.receipt["rows"]
    for rule in rules:
        sheet.sheet.set_row(sheet.row, 20)
        sheet.text(sheet.row, 0, rule.title, "label")
        sheet.text(sheet.row, 1, rule.status_words, "cell")
        sheet.text(sheet.row, 2, rule.rule.version, "cell")
        sheet.number(sheet.row, 3, rows)
        if not rule.in_force:
            none = sheet.book.style("none").plain
            sheet.sheet.merge_range(sheet.row, _FIRST_COUNT, sheet.row, _COLUMNS - 1, "", none)
            sheet.text(sheet.row, _FIRST_COUNT, words.not_in_force(), "none")
        else:
            _counts(sheet, rule, rows)
        sheet.row += 1
    return first


def _counts(sheet: Sheet, rule: RuleView, rows: int) -> None:
    for i, code in enumerate(SHOWN):
        if OUTCOMES[code] == "no" and rule.kind != "standard":
            sheet.text(sheet.row, _FIRST_COUNT + i, "—", "dash")
            sheet.text(sheet.row, _FIRST_SHARE + i, "—", "dash")
            continue
        count = rule.counts[OUTCOMES[code]]
        sheet.number(sheet.row, _FIRST_COUNT + i, count)
        if rows:
            sheet.number(sheet.row, _FIRST_SHARE + i, count / rows, "share")
        else:
            sheet.text(sheet.row, _FIRST_SHARE + i, "—", "dash")


def _notes(rules: Sequence[RuleView], words: Words) -> list[str]:
    """What the table needs to be read rightly."""
    say, found = words.say, []
    scoring = [rule.title for rule in rules if rule.kind == "scores" and rule.in_force]
    if scoring:
        found.append(
            say(
                f"{words.join(scoring)}只计分：“是”为总分已经确定的企业，“未知”为因缺数据总分仍是区间的企业，没有“否”。",
                f"{words.join(scoring)} only scores: Yes counts totals that are settled, Unknown totals that are "
                "still a range for want of data; there is no No.",
            )
        )
    classing = [rule.title for rule in rules if rule.kind == "classes" and rule.in_force]
    if classing:
        found.append(
            say(
                f"{words.join(classing)}只分类：“是”为类型已经确定的企业，“未知”为仍有几种可能的企业，没有“否”。",
                f"{words.join(classing)} only classifies: Yes counts settled classes, Unknown several possible ones.",
            )
        )
    if any(rule.doubts for rule in rules):
        found.append(
            say(
                "待核：所引文件的数字或读法尚未由第二人与原文核对；哪些条款待核，见“口径说明”。",
                "To confirm: a figure or a reading of the document was not yet checked against it by a second person; "
                "the sheet of definitions lists which.",
            )
        )
    if any(rule.status == "stated" for rule in rules):
        found.append(
            say("参数未公布：文件只写了名目，没有公布数字。", "Figures not published: the document names the rule without figures.")
        )
    return found


def _chart(book: Book, sheet: Sheet, first: int, count: int) -> None:
    """Shares of outcomes, a bar per rule; filled, hatched, light and checked, so that grey print tells them apart."""
    font = {"name": book.font, "size": 9, "color": INK}
    chart = book.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for i, code in enumerate(SHOWN):
        ink, tint, _ = OUTCOME_LOOKS[OUTCOMES[code]]
        series = {
            "name": [sheet.name, first - 1, _FIRST_COUNT + i],
            "categories": [sheet.name, first, 0, first + count - 1, 0],
            "values": [sheet.name, first, _FIRST_COUNT + i, first + count - 1, _FIRST_COUNT + i],
            "gap": 60,
            "border": {"color": ink, "width": 0.75},
        }
        name = OUTCOMES[code]
        if name == "yes":
            series["fill"] = {"color": ink}
        elif name == "unknown":
            series["fill"] = {"color": tint}
        else:
            pattern = "wide_upward_diagonal" if name == "no" else "small_check"
            series["pattern"] = {"pattern": pattern, "fg_color": ink, "bg_color": tint}
        chart.add_series(series)
    axis = {"num_font": font, "line": {"color": LINE}, "major_gridlines": {"visible": True, "line": {"color": LINE}}}
    # the first rule on top, and the scale below
    chart.set_y_axis({"reverse": True, "crossing": "max", "num_font": font, "line": {"color": LINE}, "major_gridlines": {"visible": False}})
    chart.set_x_axis({**axis, "num_format": "0%"})
    chart.set_title({"name": book.words.say("各规则结论占比", "Share of outcomes by rule"), "name_font": {**font, "size": 11}})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"color": BRAND_TINT}})
    height = 110 + 34 * count
    chart.set_size({"width": 980, "height": height})
    sheet.sheet.insert_chart(sheet.row, 0, chart, {"object_position": 1, "x_offset": 4, "y_offset": 4,
                             "description": book.words.say("各规则结论占比，数字见上表", "Shares as in the table above")})  # fmt: skip
    sheet.row += rows_under(height)


def rows_under(pixels: int) -> int:
    """Rows of the standard height that a drawing covers."""
    return pixels // 20 + 2

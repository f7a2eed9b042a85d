"""The tags and filters of every template: words in two languages, numbers, outcomes, drawings, tables.

They are built in (`settings.TEMPLATES`), so no template loads them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from keqiao.errors import say as in_language
from keqiao.platform.web import drawing, formats, icons
from keqiao.platform.web.outcomes import outcome_code, outcome_word
from keqiao.platform.web.tables import Column, Pages
from keqiao.reports.svg import Bar
from keqiao.rules.vocabulary import Indicator

register = template.Library()


# ---- words ------------------------------------------------------------------------------------------


@register.simple_tag
def say(zh: str, en: str, **values: object) -> SafeString:
    """The text of the current language; ``{name}`` in it is replaced. Text and values are escaped."""
    text = conditional_escape(in_language(zh, en))
    return format_html(str(text), **values) if values else mark_safe(text)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon beside words."""
    return icons.icon(name, extra)


@register.simple_tag
def sprite() -> SafeString:
    """All drawings of icons, once in a page."""
    return icons.sprite()


# ---- values -----------------------------------------------------------------------------------------


def _mark(value: object) -> SafeString | None:
    """One of the four marks as markup, or None where there is a value."""
    text = formats.marked(value)
    if text is None:
        return None
    spoken = {"—": in_language("不适用", "not applicable"), "****": in_language("您不能看", "you may not see it")}.get(text)
    if spoken is None:
        return format_html('<span class="mk-missing">{}</span>', text)
    return format_html('<span class="dim" title="{1}"><span aria-hidden="true">{0}</span><span class="visually-hidden">{1}</span></span>', text, spoken)


@register.filter
def missing(value: object) -> object:
    """A value as it is, or the mark of what is none: 缺, —, ****; zero stays 0."""
    mark = _mark(value)
    return value if mark is None else mark


@register.filter
def money(value: Any, style: str = "") -> object:
    """分 as 万元 or 亿元."""
    return _mark(value) or formats.money(int(value), str(style))


@register.filter
def money_exact(value: Any) -> object:
    """分 as 元 to the 分."""
    return _mark(value) or formats.money_exact(int(value))


@register.filter
def money_in(value: Any, unit: str = "万元") -> object:
    """分 as the bare number in a unit that the head of the column names."""
    return _mark(value) or formats.money_in(int(value), unit)


@register.filter
def unit_head(unit: str) -> str:
    """A unit for the head of a column."""
    return formats.unit_head(unit)


@register.filter
def ratio(value: Any, places: int = 1) -> object:
    """A stored ratio as a percentage."""
    return _mark(value) or formats.ratio(int(value), int(places))


@register.filter
def points(value: Any, style: object = "") -> object:
    """Stored points with their unit."""
    return _mark(value) or formats.points(int(value), str(style))


@register.filter
def points_change(value: Any, places: int = 1) -> object:
    """A difference of ratios in percentage points."""
    return _mark(value) or formats.points_change(int(value), int(places))


@register.filter
def signed(value: Any, kind: str = "count") -> object:
    """A change with its sign and a triangle whose colour only helps."""
    mark = _mark(value)
    if mark is not None:
        return mark
    text = formats.signed(int(value), kind)
    if int(value) == 0:
        return text
    way, sign = ("gain", "▲") if int(value) > 0 else ("loss", "▼")
    return format_html('<span class="{}"><span aria-hidden="true">{}</span> {}</span>', way, sign, text)


@register.filter
def count(value: Any, unit: str = "") -> object:
    """A stored count (10⁻⁴)."""
    return _mark(value) or formats.count(int(value), unit)


@register.filter
def whole(value: Any, unit: str = "") -> object:
    """A plain whole number."""
    return _mark(value) or formats.whole(int(value), unit)


@register.filter
def fact(value: Any, indicator: Indicator) -> object:
    """A stored fact with its unit."""
    return _mark(value) or formats.fact(value, indicator)


@register.filter
def fact_bare(value: Any, indicator: Indicator) -> object:
    """A stored fact without its unit."""
    return _mark(value) or formats.fact(value, indicator, bare=True)


@register.filter
def day(value: Any, style: str = "") -> object:
    """A date or time in a ``<time>``."""
    mark = _mark(value)
    if mark is not None:
        return mark
    exact = value.isoformat() if isinstance(value, dt.date) else str(value)
    return format_html('<time datetime="{}">{}</time>', exact, formats.day(value, style))


@register.filter
def due(value: Any) -> object:
    """How long until a deadline, with its date; late ones in red with a clock and a word."""
    mark = _mark(value)
    if mark is not None:
        return mark
    words, late = formats.due(value)
    date = format_html('<time datetime="{0}" class="dim">{0}</time>', formats.as_date(value).isoformat())
    if late:
        return format_html('<span><span class="late nowrap">{}{}</span> {}</span>', icons.icon("clock"), words, date)
    return format_html('<span><span class="nowrap">{}</span> {}</span>', words, date)


@register.filter
def name(value: Any) -> object:
    """A full legal name: never cut, wrapped after 22 characters, safe against turned text direction."""
    return _mark(value) or format_html('<bdi class="legal">{}</bdi>', value)


@register.filter
def uscc(value: Any, style: str = "") -> object:
    """A code in full, or ``short`` for lists with the whole code in its title."""
    mark = _mark(value)
    if mark is not None:
        return mark
    if style == "short":
        return format_html('<span class="mono" title="{}">{}</span>', value, formats.uscc_short(str(value)))
    return format_html('<span class="mono">{}</span>', value)


@register.filter
def mask(value: Any, kind: str = "") -> object:
    """A hidden value with a lock: ``phone``, ``id``, ``person`` keep their ends; else ``value`` is the reason in words."""
    if kind:
        return formats.hidden(str(value), kind)
    return format_html('<span class="masked">{}<span aria-hidden="true">********</span> <span class="dim">{}</span></span>', icons.icon("lock"), value)


@register.filter
def cite(value: Any, url: str = "") -> object:
    """A citation, as a link where there is an address."""
    if not value:
        return ""
    text = formats.cite(str(value))
    return format_html('<a class="cite" href="{}">{}</a>', url, text) if url else format_html('<span class="cite">{}</span>', text)


# ---- outcomes ---------------------------------------------------------------------------------------


@register.simple_tag
def outcome(code: object, count: int | str | None = None, word: str = "", shape_only: bool = False) -> SafeString:
    """An outcome as shape and word; ``shape_only`` for rows of a tree, ``word`` makes the word more precise."""
    key = outcome_code(code)
    words = word or outcome_word(key)
    if shape_only:
        return icons.shape(key, words)
    number = "" if count in (None, "") else f" {int(count):,}"
    return format_html('<span class="oc oc-{}">{}{}{}</span>', key, icons.shape(key), words, number)


@register.simple_tag(name="def")
def definition(key: str, label: str = "") -> SafeString:
    """A label that opens its definition in the drawer; without script it leads to the definition's page."""
    url = reverse("web:definition", args=[key])
    return format_html(
        '<a class="def" href="{0}" hx-get="{0}" hx-target="#drawer-body" hx-swap="innerHTML" aria-haspopup="dialog">{1}</a>', url, label or key
    )


@register.simple_tag
def margin(text: str) -> str:
    """How far in words: 余 320人, 差 3.8个百分点, 恰在门槛; the text is the signed margin of a trace."""
    from keqiao.platform.web.tracing import margin_words

    return margin_words(text)


@register.simple_tag
def bullet(low: float, high: float, threshold: float, upward: bool, outcome: str) -> SafeString:
    """The margin bar of a trace row."""
    return drawing.bullet((low, high), threshold, upward, outcome_code(outcome))


# ---- drawings ---------------------------------------------------------------------------------------


@register.inclusion_tag("web/parts/figure.html")
def figure(chart: drawing.Chart) -> Mapping[str, Any]:
    """A chart with its sentence and its table."""
    return {"chart": chart}


@register.inclusion_tag("web/parts/figure.html")
def peerband(groups: Sequence[drawing.Group], title: str, caption: str, illustrative: bool = False) -> Mapping[str, Any]:
    """The score card with the peers' middle half."""
    return {"chart": drawing.peer_bands(groups, title, caption, illustrative=illustrative)}


@register.inclusion_tag("web/parts/figure.html")
def bars(rows: Sequence[Bar], title: str, caption: str, illustrative: bool = False) -> Mapping[str, Any]:
    """Horizontal bars."""
    return {"chart": drawing.bar_chart(rows, title, caption, illustrative=illustrative)}


@register.inclusion_tag("web/parts/figure.html")
def funnel(steps: Sequence[drawing.Step], title: str, caption: str, illustrative: bool = False) -> Mapping[str, Any]:
    """A funnel as bars."""
    return {"chart": drawing.funnel(steps, title, caption, illustrative=illustrative)}


@register.simple_tag
def progress(done: int, total: int = 100) -> SafeString:
    """The bar of a progress; the text beside it and the role stand with the caller's element."""
    part = 0 if total <= 0 else min(max(done * 100 // total, 0), 100)
    return format_html('<svg class="pbar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="{}" height="8"/></svg>', part)


# ---- addresses and tables ---------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def url_with(context: Context, **changes: object) -> str:
    """The address of this view with parameters changed; an empty one is left out. Begins with ``?``."""
    request = context.get("request")
    found = request.GET.copy() if request is not None else None
    if found is None:
        from django.http import QueryDict

        found = QueryDict(mutable=True)
    for key, value in changes.items():
        if value is None or value == "":
            found.pop(key, None)
        else:
            found[key] = str(value)
    return "?" + found.urlencode()


@register.simple_tag
def url_or(name: str, *args: object, fallback: str = "") -> str:
    """The address of a view, or ``fallback`` where the site has none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return fallback


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def pager(context: Context, pages: Pages, unit: str = "", key: str = "t") -> Mapping[str, Any]:
    """Range and total, and the links to other pages."""
    return {"pages": pages, "unit": unit, "key": key, "request": context.get("request")}


@register.inclusion_tag("web/parts/sort_head.html", takes_context=True)
def sort_head(context: Context, column: Column, sort: str, key: str) -> Mapping[str, Any]:
    """The heading of a column, with the link that orders by it; ``sort`` is the order in force (``-x`` descending)."""
    way = "descending" if sort == f"-{column.sort}" else "ascending" if sort == column.sort else ""
    wanted = f"-{column.sort}" if way == "ascending" or (not way and column.numeric) else column.sort
    return {"column": column, "way": way, "wanted": wanted, "key": key, "request": context.get("request")}


@register.filter
def get(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a key, None where there is none."""
    return mapping.get(key)


@register.filter
def proper(value: object) -> str:
    """Text with nothing of markup, for attributes."""
    return escape(str(value))

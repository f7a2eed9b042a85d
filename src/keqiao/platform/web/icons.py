"""The drawings of icons and of outcome shapes: one sprite, written once into every page, used by name."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

#: 16 × 16, stroked with the text's colour.
ICONS: dict[str, str] = {
    "home": '<path d="M2 8 8 2.5 14 8M4 7v6.5h8V7"/>',
    "enterprise": '<path d="M3 14V3h6v11M9 7h4v7M5 6h2M5 9h2M11 10h.1M2 14h12"/>',
    "gauge": '<path d="M2.5 12a6 6 0 1 1 11 0M8 11l3-4"/>',
    "list": '<path d="M5.5 4H14M5.5 8H14M5.5 12H14M2.5 4h.1M2.5 8h.1M2.5 12h.1"/>',
    "upload": '<path d="M8 10.5V2M4.5 5.5 8 2l3.5 3.5M3 13.5h10"/>',
    "download": '<path d="M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10"/>',
    "book": '<path d="M2.5 3h4A1.5 1.5 0 0 1 8 4.5 1.5 1.5 0 0 1 9.5 3h4v10h-4A1.5 1.5 0 0 0 8 14a1.5 1.5 0 0 0-1.5-1h-4zM8 4.5V14"/>',
    "flask": '<path d="M6 2v4L2.5 13a.8.8 0 0 0 .7 1h9.6a.8.8 0 0 0 .7-1L10 6V2M5 2h6M4.5 10h7"/>',
    "chart": '<path d="M2.5 2v11.5H14M5.5 11V8M8.5 11V5M11.5 11V7"/>',
    "target": '<circle cx="8" cy="8" r="6"/><circle cx="8" cy="8" r="2.5"/>',
    "save": '<path d="M4 2h8v12l-4-3-4 3z"/>',
    "print": '<path d="M4 6V2h8v4M4 12H2V6h12v6h-2M4 10h8v4H4z"/>',
    "undo": '<path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5 6 3.5M3 6.5l3 3"/>',
    "filter": '<path d="M2 3h12l-4.5 5.5V13l-3-1.5v-3z"/>',
    "columns": '<path d="M2 3h12v10H2zM6.5 3v10M10.5 3v10"/>',
    "back": '<path d="M10 3 5 8l5 5"/>',
    "next": '<path d="m6 3.5 4.5 4.5L6 12.5"/>',
    "down": '<path d="m3.500 6 4.500 4.500L12.500 6"/>',
    "lock": '<path d="M3.5 7h9v7h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>',
    "money": '<path d="M2 4h12v8H2z"/><circle cx="8" cy="8" r="2"/>',
    "clock": '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.5 1.5"/>',
    "edit": '<path d="m10.500 3 2.500 2.500L6 12.500 3 13l.5-3z"/>',
    "eye": '<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>',
    "minus": '<path d="M3 8h10"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5 14 14"/>',
    "bell": '<path d="M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.8 14.5h2.4"/>',
    "help": '<circle cx="8" cy="8" r="6"/><path d="M6.2 6.3a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.7-.9 1.3M8 11.6v.1"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "close": '<path d="m3.500 3.500 9 9m0-9-9 9"/>',
    "people": '<circle cx="6" cy="5.500" r="2.500"/><path d="M1.500 13.500c.4-2.800 2-4 4.500-4s4.100 1.200 4.500 4M10.500 3.300a2.500 2.500 0 0 1 0 4.500M12 9.900c1.500.5 2.300 1.700 2.500 3.600"/>',
    "person": '<circle cx="8" cy="5" r="3"/><path d="M2.500 14c.5-3.200 2.400-4.500 5.500-4.500s5 1.300 5.500 4.500"/>',
    "shield": '<path d="M8 1.800 13.500 4v4c0 3.200-2 5.300-5.500 6.500C4.500 13.300 2.500 11.200 2.500 8V4z"/>',
    "file": '<path d="M4 1.800h5l3.500 3.500v9H4zM9 1.800v3.500h3.500"/>',
    "message": '<path d="M2 3h12v8H7l-3 3v-3H2z"/>',
    "settings": '<path d="M2 4.500h6M11.500 4.500H14M2 11.500h2.500M8 11.500h6"/><circle cx="9.700" cy="4.500" r="1.700"/><circle cx="6.200" cy="11.500" r="1.700"/>',
    "server": '<path d="M2.500 3h11v4h-11zM2.500 9h11v4h-11zM5 5h.1M5 11h.1"/>',
    "key": '<circle cx="5" cy="11" r="2.500"/><path d="m7 9 6-6M11 5l2 2"/>',
    "calculator": '<path d="M3 2h10v12H3zM5.500 5h5M5.500 8.500h.1M8 8.500h.1M10.500 8.500h.1M5.500 11.500h.1M8 11.500h.1M10.500 11.500h.1"/>',
}

#: 18 × 18, filled with the outcome's colour; ``in`` marks what is drawn in the ground's colour.
SHAPES: dict[str, str] = {
    "yes": '<circle cx="9" cy="9" r="8" fill="currentColor"/><path class="oi-line" d="m5 9.200 2.500 2.500 5-5.200"/>',
    "no": '<rect x="1.500" y="1.500" width="15" height="15" rx="2" fill="currentColor"/>'
    '<path class="oi-line" d="m5.800 5.800 6.400 6.400m0-6.400-6.400 6.400"/>',
    "unknown": '<circle cx="9" cy="9" r="7.200" fill="none" stroke="currentColor" stroke-width="1.700" stroke-dasharray="3.200 2.300"/>'
    '<path d="M7 7.300a2.100 2.100 0 1 1 3 1.900c-.7.4-1 .8-1 1.500M9 12.700v.1" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round"/>',
    "refer": '<path d="M9 1 17 9 9 17 1 9z" fill="currentColor"/><circle class="oi-fill" cx="9" cy="7" r="1.900"/>'
    '<path class="oi-fill" d="M5.700 12c.5-1.700 1.700-2.400 3.300-2.400s2.800.7 3.300 2.400z"/>',
    "cond": '<circle cx="9" cy="9" r="7.200" fill="none" stroke="currentColor" stroke-width="1.700"/>'
    '<path d="M9 1.800a7.200 7.200 0 0 1 0 14.400z" fill="currentColor"/>',
}


@cache
def sprite() -> SafeString:
    """All drawings as symbols ``i-name`` and ``o-name``, to stand hidden once in a page."""
    symbols = [("i-" + name, "16", mark_safe(drawn)) for name, drawn in ICONS.items()]
    symbols += [("o-" + name, "18", mark_safe(drawn)) for name, drawn in SHAPES.items()]
    body = format_html_join("", '<symbol id="{0}" viewBox="0 0 {1} {1}">{2}</symbol>', symbols)
    return format_html('<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">{}</svg>', body)


def icon(name: str, extra: str = "") -> SafeString:
    """An icon beside words; it says nothing by itself. Raises KeyError where there is no such icon."""
    if name not in ICONS:
        raise KeyError(f"no icon {name!r}")
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', f"ic {extra}".strip(), name)


def shape(name: str, label: str = "") -> SafeString:
    """The shape of an outcome: with a label it speaks, without one it stands beside the word."""
    if name not in SHAPES:
        raise KeyError(f"no outcome {name!r}")
    if label:
        return format_html('<svg class="oi i-{0}" role="img" aria-label="{1}"><use href="#o-{0}"/></svg>', name, label)
    return format_html('<svg class="oi" aria-hidden="true"><use href="#o-{}"/></svg>', name)

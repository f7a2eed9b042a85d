"""Escaping: nothing that comes from a sheet can become markup."""

from __future__ import annotations

import pytest

from keqiao.reports.markup import Markup, escape, join, tag

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></table>", "' onmouseover='x", "a & b &lt;", "]]>", "<!--"]


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_stays_text_in_content_and_attributes(text: str) -> None:
    found = tag("td", text, title=text)
    assert found.count("<") == 2
    assert found.count(">") == 2
    assert found.count('"') == 2
    assert "'" not in found


def test_markup_is_not_escaped_twice() -> None:
    assert tag("p", tag("b", "a & b"), " < c") == "<p><b>a &amp; b</b> &lt; c</p>"
    assert escape(Markup("<b>")) == "<b>"
    assert escape(Markup("<b>") + "<i>" + Markup("<br>")) == "<b>&lt;i&gt;<br>"
    assert join(["a", Markup("<br>"), None, 3], ", ") == "a, <br>, , 3"


def test_attributes_true_false_and_names() -> None:
    assert tag("div", class_="a", data_l="b", hidden=True, open=False, id=None, tabindex=0) == '<div class="a" data-l="b" hidden tabindex="0"></div>'
    assert tag("rect", x=0.25, y=12.34) == '<rect x="0.25" y="12.3"></rect>'
    assert tag("br") == "<br>"


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x1b", "\u202e", "\ud800", "\uffff", "\x85"])
def test_characters_that_no_document_may_hold_are_replaced(bad: str) -> None:
    assert escape(f"甲{bad}乙") == "甲\ufffd乙"

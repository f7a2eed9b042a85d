"""Values as readers see them, from the stored integers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from keqiao.platform.clock import today
from keqiao.platform.web import formats as f
from keqiao.platform.web.samples import packs
from keqiao.platform.web.templatetags import kq

YI = 10**10  # 分 in 1亿元


@pytest.mark.parametrize(
    ("fen", "style", "zh"),
    [
        (850_000_000, "", "850万元"),
        (9_870_000_000, "", "9,870万元"),
        (9_999_400_000, "", "9,999万元"),
        (9_999_500_000, "", "1亿元"),  # 9,999.5万 rounds to 10,000万
        (18_640_000_000, "", "1.864亿元"),
        (38_620_000_000 * 100, "stat", "386.2亿元"),
        (55 * 10**13, "", "5.5万亿元"),
        (350_000, "", "3,500元"),
        (50, "", "0.5元"),
        (0, "", "0元"),
        (-850_000_000, "", "−850万元"),
        (123_456_789, "2", "123.46万元"),
    ],
)
def test_money_takes_the_unit_of_its_size(fen: int, style: str, zh: str) -> None:
    assert f.money(fen, style) == zh


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("fen", "text"), [(850_000_000, "8.5 million CNY"), (18_640_000_000, "186.4 million CNY"), (350_000, "3,500 CNY"), (0, "0 CNY")])
def test_money_in_english_counts_in_millions(fen: int, text: str) -> None:
    assert f.money(fen) == text


def test_exact_money_keeps_the_fen() -> None:
    assert f.money_exact(1_500_000_001) == "15,000,000.01元"


def test_money_in_a_columns_unit_is_a_bare_number() -> None:
    assert [f.money_in(999_999 * 10**9, "亿元"), f.money_in(18_640_000_000, "万元"), f.money_in(123_456, "元"), f.money_in(15_000, "万元.2")] == [
        "99,999.9", "18,640", "1,234.56", "0.02",
    ]  # fmt: skip


def test_an_unknown_unit_of_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="斤"):
        f.money_in(1, "斤")


@pytest.mark.usefixtures("english")
def test_heads_of_columns_say_the_unit_in_english() -> None:
    assert (f.unit_head("万元"), f.unit_head("人")) == ("CNY 10,000", "people")


def test_ratios_round_half_away() -> None:
    assert (f.ratio(5_911_000, 2), f.ratio(5_250_000), f.ratio(-5_250_000)) == ("5.91%", "5.3%", "−5.3%")


def test_changes_of_ratios_are_percentage_points() -> None:
    assert f.points_change(2_100_000) == "+2.1 个百分点"


@pytest.mark.usefixtures("english")
def test_changes_of_ratios_in_english() -> None:
    assert f.points_change(-380_000_0) == "−3.8 percentage points"


def test_points_show_at_most_two_decimals() -> None:
    assert [f.points(684_000), f.points(600_000), f.points(684_567, "bare"), f.points(684_000, "2")] == ["68.4分", "60分", "68.46", "68.40"]


@pytest.mark.usefixtures("english")
def test_counts_and_points_in_english() -> None:
    assert [f.points(684_000), f.count(1_800_000, "人"), f.whole(2450, "家")] == ["68.4 points", "180 people", "2,450 firms"]


def test_counts_take_their_unit() -> None:
    assert [f.count(12_840_000, "家"), f.count(5_000), f.whole(2450, "家")] == ["1,284家", "0.5", "2,450家"]


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [(14_100_000, "ratio", "+14.1%"), (-62_000, "points", "−6.2"), (0, "points", "0.0"), (12, "whole", "+12"), (10_000, "count", "+1"), (850_000_000, "money", "+850万元")],
)
def test_changes_carry_their_sign(value: int, kind: str, text: str) -> None:
    assert f.signed(value, kind) == text


def test_days_have_their_forms() -> None:
    assert [f.day("2025-11-21"), f.day("2025-11-21", "prose"), f.day("2025-11-21", "list"), f.day(today(), "list")] == [
        "2025-11-21", "2025年11月21日", "2025-11-21", f"{today():%m-%d}",
    ]  # fmt: skip


def test_a_time_is_shown_in_china() -> None:
    assert f.day(dt.datetime(2026, 1, 31, 20, 5, tzinfo=dt.UTC), "time") == "2026-02-01 04:05"


def test_the_day_of_a_time_is_that_in_china() -> None:
    assert f.as_date(dt.datetime(2026, 1, 31, 20, 5, tzinfo=dt.UTC)) == dt.date(2026, 2, 1)


def test_times_are_relative_within_a_day(tongue: str) -> None:
    text = f.day(timezone.now() - dt.timedelta(minutes=3, seconds=5), "ago")
    assert text == {"zh": "3 分钟前", "en": "3 min ago"}[tongue]


def test_older_times_are_not_relative() -> None:
    assert f.day(dt.datetime(2020, 1, 2, tzinfo=dt.UTC), "ago") == "2020-01-02 08:00"


@pytest.mark.parametrize(("days", "words", "late"), [(2, "剩 2 天", False), (0, "今天到期", True), (-2, "逾期 2 天", True)])
def test_deadlines_say_how_long(days: int, words: str, late: bool) -> None:
    assert f.due(today() + dt.timedelta(days=days)) == (words, late)


def test_a_late_deadline_has_a_clock_and_a_word() -> None:
    shown = str(kq.due(today() - dt.timedelta(days=1)))
    assert "i-clock" in shown and "逾期 1 天" in shown and "late" in shown


def test_codes_are_shortened_to_their_end() -> None:
    assert f.uscc_short("91990100MA7K3E2D5E") == "…A7K3E2D5E"


@pytest.mark.parametrize(("value", "kind", "text"), [("13812345678", "phone", "138****5678"), ("110101199001011234", "id", "110***********1234"), ("周明", "person", "周某"), ("x", "phone", "********")])
def test_personal_values_are_hidden(value: str, kind: str, text: str) -> None:
    assert f.hidden(value, kind) == text


def test_years_of_document_numbers_stand_in_their_brackets() -> None:
    assert f.cite("国科发政[2017]115号 第六条（二）") == "国科发政〔2017〕115号 第六条（二）"


@pytest.mark.parametrize(("value", "mark"), [(None, "缺"), ("", "缺"), (f.NA, "—"), (f.MASKED, "****")])
def test_what_is_no_value_has_its_mark(value: object, mark: str) -> None:
    assert f.marked(value) == mark


@pytest.mark.parametrize("name", ["money", "money_exact", "money_in", "ratio", "points", "points_change", "signed", "count", "whole", "day", "due", "name", "uscc"])
def test_every_filter_keeps_the_four_marks_apart(name: str) -> None:
    shown = getattr(kq, name)
    marks = [str(shown(value)) for value in (None, f.NA, f.MASKED)]
    assert "缺" in marks[0] and "—" in marks[1] and "****" in marks[2]


def test_zero_is_zero() -> None:
    assert (kq.missing(0), f.count(0), f.ratio(0)) == (0, "0", "0.0%")


@pytest.mark.parametrize(
    ("name", "value", "text", "bare"),
    [("营业收入", 18_640_000_000, "1.864亿元", "18,640"), ("职工人数", 1_800_000, "180人", "180"), ("居民企业", True, "是", "是"), ("营业收入", None, "缺", "缺")],
)
def test_facts_follow_their_indicator(name: str, value: object, text: str, bare: str) -> None:
    indicator = packs().vocabulary.find(name)
    assert indicator is not None
    assert (f.fact(value, indicator), f.fact(value, indicator, bare=True)) == (text, bare)


def test_gain_and_loss_never_use_the_colours_of_outcomes() -> None:
    assert 'class="gain"' in str(kq.signed(1, "whole")) and 'class="loss"' in str(kq.signed(-1, "whole"))


def test_words_and_their_values_are_escaped() -> None:
    assert kq.say("共 {n}", "{n} in all", n="<b>") == "共 &lt;b&gt;"


def test_words_from_elsewhere_are_escaped() -> None:
    assert kq.say("<i>", "x") == "&lt;i&gt;"


def test_a_name_is_never_cut_and_cannot_turn_text_around() -> None:
    assert kq.name("临" * 40) == f'<bdi class="legal">{"临" * 40}</bdi>'

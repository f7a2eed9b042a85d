"""A filled-in sheet becomes an overlay pack: exact figures, the given source, everything else as it was."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from fractions import Fraction

import pytest
from weights_sample import CARD, FIRST, FORMS, fill, read, rule, shipped, template, weights, with_forms

import keqiao
from keqiao.errors import PackError
from keqiao.packs.loader import read_pack, today
from keqiao.packs.weights import unchanged
from keqiao.rules.model import Origin, Title


def test_an_unchanged_sheet_gives_an_equal_rule(tmp_path):
    out = read(template(tmp_path), tmp_path / "local", recorded=dt.date(2026, 11, 21))
    expected = replace(
        rule(shipped()),
        title=Title("创新积分", "Innovation points"),
        origin=Origin("某办法", "某发〔2026〕1号", None, None),
        status="official",
    )
    assert out == tmp_path / "local" / "innovation_points.yaml"
    assert rule(keqiao.load_packs([tmp_path / "local"])) == expected


def test_an_unchanged_sheet_of_every_form_gives_an_equal_rule(tmp_path):
    packs = with_forms(tmp_path / "packs")
    file = template(tmp_path, packs, "test.forms")
    out = read(file, tmp_path / "o", packs, "test.forms", status="local", recorded=dt.date(2026, 1, 1))
    first = dt.date(2026, 1, 1)
    before, after = rule(packs, "test.forms", first), rule(keqiao.load_packs([out]), "test.forms", first)
    assert after == replace(before, origin=Origin("某办法", "某发〔2026〕1号"), verify=True)
    pack, _ = read_pack(out)
    assert (pack.notes, pack.examples) == ("两行都在", [])


def test_changed_weights_and_values_apply_exactly(tmp_path):
    cells = {"权重!G5": 0.0333, "权重!G6": "８.67％", "权重!F5": "0.12亿元", "权重!F6": "35.5%"}
    out = read(fill(template(tmp_path), cells), tmp_path / "o")
    packs = keqiao.load_packs([out])
    assert weights(packs, "rd_amount") == {
        "初创期": Fraction(333, 10000),
        "成长期": Fraction(6, 100),
        "稳定期": Fraction(8, 100),
    }
    assert weights(packs, "rd_growth")["初创期"] == Fraction(867, 10000)
    assert "linear: {full: 0.12亿元, points: 100}" in out.read_text(encoding="utf-8")
    facts = {"发展阶段": "初创期", "研发费用": "600万元"}
    trace = packs[CARD].explain(facts, as_of="2026-11-21")
    assert next(i for i in trace.to_dict()["items"] if i["id"] == "rd_amount")["high"] == pytest.approx(1.665)


@pytest.mark.parametrize(
    ("cell", "number_format"),
    [(8, "General"), (0.08, "0.00%"), ("8%", "@"), (8.0, "0.00"), ("＝".replace("＝", "8 %"), "@")],
)
def test_eight_percent_may_be_typed_in_any_of_these_ways(tmp_path, cell, number_format):
    file = fill(template(tmp_path), {"权重!G6": cell}, {"权重!G6": number_format})
    assert weights(keqiao.load_packs([read(file, tmp_path / "o")]), "rd_growth")["初创期"] == Fraction(8, 100)


def test_bounds_and_points_of_every_form_are_read(tmp_path):
    packs = with_forms(tmp_path / "packs")
    cells = {
        "分档!E5": "7%", "分档!F5": 45.5, "分档!G5": None, "分档!E8": 0.5, "分档!E11": "发明专利申请量 >= 2件",
        "分档!F14": 9, "分档!G14": 11, "分档!F18": 3.5, "分档!F19": 12, "分档!E22": "2000万元",
    }  # fmt: skip
    file = fill(template(tmp_path, packs, "test.forms"), cells, {"分档!E8": "0%"})
    text = read(file, tmp_path / "o", packs, "test.forms").read_text(encoding="utf-8")
    for line in (
        "bands: {7%: 45.5, 5%: 40, below: 0}",
        "bands: {50%: 10.5, 75%: 5, above: 0}",
        "- when: 发明专利申请量 >= 2件",
        "map: {国家级: [9, 11], else: 0}",
        "cap: 3.5",
        "max: 12",
        "linear: {full: 2000万元, points: 50}",
    ):
        assert line in text


def test_the_head_carries_what_the_officer_said(tmp_path):
    out = read(
        template(tmp_path), tmp_path / "a" / "pack.yaml", document=" 甲：办法 #1 ", number="yes", status="local", issuer="某局",
        date=dt.date(2026, 3, 1), effective_from=dt.date(2026, 4, 1), recorded=dt.date(2026, 5, 1), recorded_by=" 张三 ",
    )  # fmt: skip
    pack, _ = read_pack(out)
    assert pack.source.model_dump() == {
        "document": "甲：办法 #1",
        "number": "yes",
        "issuer": "某局",
        "date": dt.date(2026, 3, 1),
    }
    assert (pack.effective.from_, pack.effective.to) == (dt.date(2026, 4, 1), None)
    assert (pack.status, pack.verify, pack.recorded, pack.recorded_by) == (
        "local",
        True,
        dt.date(2026, 5, 1),
        "张三",
    )
    assert pack.notes is None


def test_recorded_is_today_in_china_unless_given(tmp_path):
    before = today()
    pack, _ = read_pack(read(template(tmp_path), tmp_path / "o"))
    assert before <= pack.recorded <= today()
    assert pack.recorded_by is None


def test_the_comment_names_the_sheet_and_what_was_not_changed(tmp_path):
    file = fill(template(tmp_path), {"权重!F5": "900万元"})
    text = read(file, tmp_path / "o").read_text(encoding="utf-8")
    head = text[: text.index("kind:")]
    assert "文件：权重.xlsx" in head
    assert hashlib.sha256(file.read_bytes()).hexdigest() in head
    assert "研发费用增速、" in head
    assert "研发费用金额" not in head


def test_unchanged_names_the_items_left_as_they_were(tmp_path):
    out = read(fill(template(tmp_path), {"权重!F5": "900万元"}), tmp_path / "o")
    names = unchanged(shipped(), out)
    assert len(names) == 17
    assert "研发费用金额" not in names


def test_the_overlay_takes_the_place_of_the_illustrative_pack(tmp_path):
    read(template(tmp_path), tmp_path / "o")
    trace = (
        keqiao.load_packs([tmp_path / "o"])[CARD]
        .explain({"发展阶段": "初创期"}, as_of="2026-11-21")
        .to_dict()
    )
    assert (trace["title"], trace["status"], trace["verify"]) == ("创新积分", "official", ["source"])
    before = shipped()[CARD].explain({"发展阶段": "初创期"}, as_of="2026-11-21").to_dict()
    assert before["status"] == "illustrative"


def test_a_later_first_day_leaves_the_earlier_version(tmp_path):
    out = read(template(tmp_path), tmp_path / "o", effective_from=dt.date(2027, 1, 1))
    packs = keqiao.load_packs([out])
    assert packs[CARD].at(dt.date(2026, 12, 31)).status == "illustrative"
    assert packs[CARD].at(dt.date(2027, 1, 1)).status == "official"


def test_a_template_of_an_earlier_version_is_read_for_that_version(tmp_path):
    file = template(tmp_path)
    later = read(file, tmp_path / "later.yaml", effective_from=dt.date(2027, 1, 1))
    pack, _ = read_pack(read(file, tmp_path / "again.yaml", keqiao.load_packs([later])))
    assert pack.effective.from_ == FIRST


def test_nothing_is_written_over(tmp_path):
    out = read(template(tmp_path), tmp_path / "o")
    before = out.read_bytes()
    with pytest.raises(PackError, match="已经存在"):
        read(tmp_path / "权重.xlsx", tmp_path / "o")
    assert out.read_bytes() == before
    assert [p.name for p in out.parent.iterdir()] == ["innovation_points.yaml"]


def test_nothing_is_left_where_the_sheet_is_wrong(tmp_path):
    with pytest.raises(PackError):
        read(fill(template(tmp_path), {"权重!G5": "无"}), tmp_path / "o")
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"document": " "}, "document"),
        ({"number": ""}, "number"),
        ({"status": "illustrative"}, "official"),
    ],
)
def test_document_number_and_status_are_needed(tmp_path, more, words):
    with pytest.raises(PackError, match=words):
        read(template(tmp_path), tmp_path / "o", **more)


def test_it_cannot_begin_after_its_end(tmp_path):
    packs = with_forms(tmp_path / "packs")
    with pytest.raises(PackError, match="晚于失效日"):
        read(
            template(tmp_path, packs, "test.forms"),
            tmp_path / "o",
            packs,
            "test.forms",
            effective_from=dt.date(2031, 1, 1),
        )


def test_the_sample_pack_is_not_changed(tmp_path):
    packs = with_forms(tmp_path / "packs")
    read(template(tmp_path, packs, "test.forms"), tmp_path / "o", packs, "test.forms")
    assert (tmp_path / "packs" / "forms.yaml").read_text(encoding="utf-8") == FORMS

"""The catalogue: found, read aloud, compared, downloaded; 官方 only where nothing is to be verified."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
import sqlglot
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from keqiao.packs.yaml import parse_yaml
from keqiao.platform.catalogue import queries, reading
from keqiao.platform.catalogue.shipped import packs, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client()


def _page(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("id", list(packs()))
def test_every_rule_has_a_page(id: str, language: str, client: Client) -> None:
    text = _page(client, "catalogue:rule", id, lang=language)
    assert text.count("<h1") == 1
    assert text.count('class="prov"') == 1
    assert len(text) < 60_000


def test_every_version_of_every_rule_has_a_page(client: Client) -> None:
    for id in packs():
        for version in queries.versions_of(id):
            assert version.rule.version in _page(client, "catalogue:rule", id, as_of=version.day.isoformat())


def test_rules_are_found_by_title_number_and_issuer(client: Client) -> None:
    def ids(**query: str) -> set[str]:
        return set(re.findall(r'<span class="sub-line">([a-z]+\.[a-z_]+)</span>', _page(client, "catalogue:rules", **query)))

    assert ids(q="115号") == {"cn.tech_sme"}
    assert ids(q="gazelle") == {"gz.gazelle", "gz.gazelle_cultivation"}
    assert ids(issuer="科技部") == {"cn.tech_sme"}
    assert ids(kind="classes") == {"cn.size_class"}
    assert ids(status="illustrative") == {"cn.innovation_points"}
    assert ids(q="小巨人", status="local") == set()
    assert ids(kind="nonsense") == ids()


def test_an_empty_list_offers_the_way_back(client: Client) -> None:
    text = _page(client, "catalogue:rules", q="没有这样的规则")
    assert "没有符合“没有这样的规则”" in text
    assert "?force=all" in text


def test_a_day_shows_the_versions_of_that_day(client: Client) -> None:
    text = _page(client, "catalogue:rules", as_of="2016-06-01", force="all")
    assert "2016-06-01" in text
    assert "不在有效期" in text
    old, new = (_page(client, "catalogue:rule", "cn.srdi_sme", as_of=day) for day in ("2026-03-31", "2026-04-01"))
    assert old != new
    assert "工信部企业〔2026〕2号" in new


def test_a_wrong_day_is_told(client: Client) -> None:
    answer = client.get(reverse("catalogue:rules"), {"as_of": "昨天"})
    assert answer.status_code == 422
    assert "应写作 2026-11-21" in answer.content.decode()


def test_an_unknown_rule_is_not_there(client: Client) -> None:
    for name in ("catalogue:rule", "catalogue:rule_book", "catalogue:rule_yaml", "catalogue:check_rule"):
        assert client.get(reverse(name, args=["cn.none"])).status_code == 404


def test_official_stands_only_where_nothing_is_to_be_verified() -> None:
    day = dt.date(2026, 11, 22)
    for id in packs():
        rule = packs().version(id, day)
        if standing(rule, day).key == "official":
            assert not rule.unconfirmed()
    tech = packs().version("cn.tech_sme", day)
    assert tech.status == "official"
    assert standing(tech, day).key == "written"


def test_a_page_with_open_points_never_says_official(client: Client) -> None:
    text = _page(client, "catalogue:rule", "cn.tech_sme")
    assert '<span class="tag">依文件整理</span>' in text
    assert '<span class="tag">官方</span>' not in text
    assert "5 处待核" in text


def test_an_illustrative_rule_says_so_on_page_and_file(client: Client) -> None:
    assert "数字为演示自拟" in _page(client, "catalogue:rule", "cn.innovation_points")
    answer = client.get(reverse("catalogue:rule_book", args=["cn.innovation_points"]))
    assert "%E7%A4%BA%E4%BE%8B" in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    for sheet in book:
        assert any("示例数字" in str(row[0].value) for row in sheet.iter_rows(max_row=4) if row[0].value)


def test_the_tree_is_sentences_without_values() -> None:
    day = dt.date(2026, 11, 22)
    tree = reading.tree_of(packs().version("cn.tech_sme", day), day)
    assert tree is not None
    lines = {line.id: line for line in tree.parts}
    assert lines["employees"].sentence == "职工人数不超过500人"
    assert lines["employees"].text == "职工人数 <= 500人"
    assert lines["evaluation"].kind == "any"
    assert [part.id for part in lines["evaluation"].parts if part.verify] == ["award", "institution", "standards"]


def test_points_are_the_bands_of_the_document() -> None:
    day = dt.date(2026, 11, 22)
    items = {item.id: item for item in reading.items_of(packs().version("cn.tech_sme", day), day)}
    assert items["tech_staff"].marks[0].rows == (("≥ 30%", "20"), ("≥ 25%", "16"), ("≥ 20%", "12"), ("≥ 15%", "8"), ("≥ 10%", "4"), ("其余", "0"))
    assert len(items["rd"].marks) == 2


def test_versions_tell_what_changed() -> None:
    versions = queries.versions_of("cn.srdi_sme")
    assert [version.edits is None for version in versions] == [False, True]
    assert any("工信部企业〔2026〕2号" in edit.new for edit in versions[0].edits or ())


def test_a_rule_leads_along_its_ladder(client: Client) -> None:
    text = _page(client, "catalogue:rule", "cn.srdi_sme")
    assert "优质中小企业梯度" in text
    assert reverse("catalogue:rule", args=["cn.little_giant"]) in text


def test_ladders_and_lists_are_shown(client: Client) -> None:
    assert "优质中小企业梯度" in _page(client, "catalogue:ladders")
    text = _page(client, "catalogue:lists")
    assert "科技金融服务重点地区" in text
    assert all(pack.id in text for pack in queries.lists())


# ---- downloads -------------------------------------------------------------------------------------


def test_the_workbook_repeats_the_table(client: Client) -> None:
    query = {"status": "local", "sort": "-open"}
    page = re.findall(r'class="legal">([^<]+)</bdi>', _page(client, "catalogue:rules", **query))
    book = load_workbook(io.BytesIO(client.get(reverse("catalogue:rules_book"), query).content))
    rows = [[cell.value for cell in row] for row in book["规则"].iter_rows()]
    start = next(i for i, row in enumerate(rows) if row[0] == "名称")
    assert [row[0] for row in rows[start + 1 :]] == page
    assert "口径说明" in book.sheetnames


def test_the_workbook_of_a_rule_has_all_examples(client: Client) -> None:
    book = load_workbook(io.BytesIO(client.get(reverse("catalogue:rule_book", args=["cn.tech_sme"])).content))
    assert {"条款", "计分", "例子", "口径说明"} <= set(book.sheetnames)
    rows = [row[0].value for row in book["例子"].iter_rows() if row[0].value]
    assert len(rows) >= len(reading.examples_of(packs().version("cn.tech_sme", dt.date(2026, 11, 22))))


def test_the_yaml_is_the_file(client: Client) -> None:
    answer = client.get(reverse("catalogue:rule_yaml", args=["cn.tech_sme"]))
    from pathlib import Path

    assert parse_yaml(answer.content.decode(), Path("x.yaml")).data["id"] == "cn.tech_sme"


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_dialect_is_offered(dialect: str, client: Client) -> None:
    answer = client.get(reverse("catalogue:rule_sql", args=["cn.tech_sme", dialect]))
    assert f"dialect {dialect}" in answer.content.decode()
    assert sqlglot.parse_one(answer.content.decode(), dialect=dialect).named_selects == ["scheme", "id", "outcome", "score_low", "score_high"]

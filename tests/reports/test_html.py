"""The report as one HTML file: whole, safe, accessible, and true to the results."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from html_page import Page
from report_sample import assessed, head, packs_of

from keqiao.engine import Run, assess
from keqiao.errors import KeqiaoError
from keqiao.reports import write_html

NASTY = """<script>alert('x')</script>"><b>&公司"""
NEAR = head("x.near<", "门槛<i>规则", "A <i>rule", status="official").replace("x.near<", "x.near") + """\
require:
  all:
    - {id: revenue, title: "收入<u>够大", when: 营业收入 >= 5000万元, cite: "<s>一"}
    - {id: staff, title: 职工不多, when: 职工人数 <= 500人, cite: 第二条}
scores:
  - {id: p, title: 人数, cite: 表, value: 职工人数, bands: {300人: 10, 100人: 5, below: 0}}
"""
SHEET = "\ufeff企业编号,企业名称,年度,营业收入（万元）,职工人数,发展阶段\n" + "".join(
    f'N{i},"{name}",2025,{revenue},{staff},{stage}\n'
    for i, (name, revenue, staff, stage) in enumerate(
        [(NASTY.replace('"', '""'), 4900, 100, "成长期"), ("远公司", 1000, 100, "成长期"), ("够公司", 6000, 300, "成长期"), ("两公司", 4900, 600, "成长期"),
         ("缺公司", 6000, "", "成长期"), ("大公司", 6000, 700, "初创期"), ("近公司", 4999, 500, "初创期")]
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def page(city: Run, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(write_html(city, tmp_path_factory.mktemp("html") / "city.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("near")
    (folder / "main.csv").write_text(SHEET, "utf-8")
    return assessed(folder, [folder / "main.csv"], packs_of(folder / "packs", {"near": NEAR}), label="甲</title><b> / B", rules=["x.near"])


@pytest.fixture(scope="module")
def nasty(near: Run, tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(write_html(near, tmp_path_factory.mktemp("html") / "near.html").read_text("utf-8"))


# ---- the file ----------------------------------------------------------------------------------------


def test_the_page_needs_nothing_else(page: Page) -> None:
    assert not page.root.all("script", "link", "img", "iframe", "object", "form")
    assert all(node.attributes["href"].startswith("#") for node in page.root.all("a"))
    assert not re.search(r"@import|url\((?!#)|https?://", page.source)
    assert "default-src 'none'" in page.source


def test_links_lead_somewhere_and_ids_are_unique(page: Page) -> None:
    ids = Counter(node.attributes["id"] for node in page.nodes if "id" in node.attributes)
    assert max(ids.values()) == 1
    assert all(node.attributes["href"][1:] in ids for node in page.root.all("a"))
    assert all(id in ids for node in page.nodes for id in node.attributes.get("aria-labelledby", "").split())


def test_no_tag_is_shown_as_text(page: Page) -> None:
    assert not re.search(r"</?[a-z]+[ >]|&lt;|&amp;", page.root.all("body")[0].text)


def test_headings_tables_and_charts_can_be_read_aloud(page: Page) -> None:
    assert len(page.root.all("h1")) == 1
    levels = [int(node.name[1]) for node in page.nodes if re.fullmatch(r"h\d", node.name)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    for table in page.root.all("table"):
        assert table.all("caption")
        assert all(cell.attributes.get("scope") in ("row", "col") for cell in table.all("th"))
    for svg in page.root.all("svg"):
        assert svg.attributes.get("aria-hidden") == "true" or (svg.attributes["role"] == "img" and svg.all("title") and svg.all("desc"))


def test_two_reports_of_one_run_are_equal_byte_by_byte(city: Run, page: Page, tmp_path: Path) -> None:
    assert write_html(city, tmp_path / "again.html").read_text("utf-8") == page.source


def test_an_existing_file_is_refused_and_kept(near: Run, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("mine")
    with pytest.raises(KeqiaoError, match="已经存在"):
        write_html(near, tmp_path / "a.html")
    assert (tmp_path / "a.html").read_text() == "mine"


def test_a_target_that_cannot_be_written_is_told(near: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeqiaoError, match="没有留下任何文件"):
        write_html(near, tmp_path / "file" / "a.html")


def test_an_interruption_leaves_nothing(near: Run, tmp_path: Path) -> None:
    def stop(name: str, done: int, total: int) -> None:
        if "规则" in name:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_html(near, tmp_path / "out" / "a.html", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_only_the_rules_asked_for(city: Run, tmp_path: Path) -> None:
    text = write_html(city, tmp_path / "a.html", rules=["cn.tech_sme"]).read_text("utf-8")
    assert "高新技术企业认定" not in text
    assert [row["规则"] for row in Page(text).table("各规则的结论（家）")] == ["科技型中小企业"]
    with pytest.raises(KeqiaoError, match="没有规则"):
        write_html(city, tmp_path / "b.html", rules=["cn.nothing"])


# ---- safety ------------------------------------------------------------------------------------------


def test_hostile_names_labels_and_titles_stay_text(nasty: Page) -> None:
    assert not nasty.root.all("script", "i", "u", "s")
    rows = nasty.table("门槛<i>规则：差距最小的企业")
    assert NASTY in {row["企业"] for row in rows}
    assert {row["差在哪一条"] for row in rows} == {"收入<u>够大（<s>一）"}
    assert "甲</title><b>" in nasty.root.all("title")[0].text


def test_no_single_enterprise_is_named_on_request(near: Run, tmp_path: Path) -> None:
    text = write_html(near, tmp_path / "a.html", names=False).read_text("utf-8")
    assert "近公司" not in text
    assert "2 家；放宽后还缺数据" in text


# ---- what it says ------------------------------------------------------------------------------------


def test_what_the_data_is_and_what_is_illustrative_is_said_everywhere(page: Page) -> None:
    assert "含示例数字" in page.root.all("h1")[0].text
    assert "含示例数字" in page.root.all("title")[0].text
    strips = [node.text for node in page.nodes if node.attributes.get("class") == "sample"]
    assert any("合成数据（示例市），非真实企业" in text for text in strips)
    assert any("不得公布，不得用于推荐" in text for text in strips)
    chips = [node for node in page.by_id("r-cn-innovation-points").all("span") if node.attributes.get("class") == "smp"]
    assert len(chips) == 2
    running = re.search(r"@top-left\{content:\"([^\"]*)\"", page.source)
    assert running and "合成数据" in running.group(1)


def test_official_stands_nowhere_while_something_is_unconfirmed(page: Page) -> None:
    assert not re.search(r"官方(?!结果|创新积分)", page.by_id("outcomes").text)


def test_outcomes_are_counts_of_the_results(page: Page, city: Run) -> None:
    rows = page.table("各规则的结论（家）")
    for id, row in zip(city.rules, rows, strict=True):
        codes = Counter(city.results(id)["outcome"].to_pylist())
        assert [row["是"], row["未知"], row["转人工"]] == [str(codes[3]), str(codes[1]), str(codes[2])]
        assert row["否"] == (str(codes[0]) if city.rule(id).require is not None else "—")


def test_the_funnel_leaves_what_no_condition_before_excludes(page: Page, city: Run) -> None:
    """Counted by hand from the results: those that no condition so far excludes."""
    rows = page.table("高新技术企业：各条排除多少企业（家）")
    results = city.results("cn.hnte").to_pylist()
    left = results
    tree = city.rule("cn.hnte").require
    assert tree is not None and hasattr(tree, "parts")
    for part, row in zip(tree.parts, rows, strict=True):
        column = f"c:{part.id}"
        assert row["进入"] == str(len(left))
        assert row["单独看不满足"] == str(sum(one[column] == 0 for one in results))
        left = [one for one in left if one[column] != 0]
        assert row["留下"] == str(len(left))


def test_reach_is_certain_by_the_low_ends_and_possible_by_the_high(page: Page, city: Run) -> None:
    table = city.results("cn.tech_sme")
    low, high = (table[name].to_pylist() for name in ("score_low", "score_high"))
    chapter = page.by_id("r-cn-tech-sme")
    rows = {row.all("th")[0].text: [cell.text for cell in row.all("td")] for row in chapter.all("tr") if row.all("th")}
    for mark in (20, 60, 100):
        assert rows[f"≥{mark}分"][:2] == [str(sum(x >= mark * 10_000 for x in low)), str(sum(x >= mark * 10_000 for x in high))]


def test_medians_of_groups_by_hand(page: Page, city: Run) -> None:
    facts = {row["id"]: row["stage"] for row in pq.read_table(city.snapshot.facts_path).to_pylist()}
    rows = [row for row in city.results("cn.tech_sme").to_pylist() if facts[row["id"]] == "成长期"]

    def middle(name: str) -> float:
        values = sorted(row[name] for row in rows)
        return float(values[-(-len(values) // 2) - 1]) / 10_000

    chapter = page.by_id("r-cn-tech-sme")
    row = next(row for row in chapter.all("tr") if row.all("th")[0].text == "成长期")
    cells = [cell.text for cell in row.all("td")]
    assert cells[0] == str(len(rows))
    assert cells[3] == f"{middle('score_low'):g}～{middle('score_high'):g}"


def test_small_groups_are_counted_and_not_told(nasty: Page) -> None:
    row = next(row for row in nasty.root.all("tr") if row.all("th")[0].text == "初创期")
    assert [cell.text for cell in row.all("td")] == ["2", "2", "—", "—", "—"]
    assert "不足5家，只计数" in nasty.source


def test_near_misses_with_value_threshold_and_gap(nasty: Page) -> None:
    rows = nasty.table("门槛<i>规则：差距最小的企业")
    assert [(row["企业"], row["实际值"], row["门槛"]) for row in rows] == [("近公司", "4,999万元", "5,000万元"), (NASTY, "4,900万元", "5,000万元")]
    assert [row["占门槛"] for row in rows] == ["0.02%", "2.00%"]


def test_coverage_is_what_the_manifest_knows(page: Page, city: Run) -> None:
    columns = city.snapshot.manifest["columns"]
    rows = {row["数据"]: row for caption in ("各项数据有多少", "各项数据有多少（续）") for row in page.table(caption)}
    assert rows["职工人数"]["有数据（家）"] == str(columns["employees"]["known"])


def test_provenance_and_how_to_verify(page: Page, city: Run) -> None:
    text = page.by_id("sources").text
    assert city.receipt["content_hash"] in text
    assert city.receipt["snapshot"] in text
    assert "keqiao verify" in text
    assert city.receipt["snapshot"] in page.root.all("footer")[0].text


def test_every_rule_has_its_document_and_clauses(page: Page) -> None:
    text = page.by_id("d-r-cn-tech-sme").text
    assert "国科发政〔2017〕115号" in text
    assert "待核" in text
    assert len(page.table("科技型中小企业：条款与计分")) > 10


def test_a_report_in_english(mixed: Run, tmp_path: Path) -> None:
    page = Page(write_html(mixed, tmp_path / "a.html", language="en").read_text("utf-8"))
    assert page.root.all("html")[0].attributes["lang"] == "en"
    assert "Enterprise assessment report, 2025 · with illustrative figures" in page.root.all("h1")[0].text
    heads = [node.text for node in page.root.all("h2")]
    assert heads == ["1. Overall", "2. Rule by rule", "3. Data quality", "4. Definitions"]
    rows = {row["Rule"]: row for row in page.table("Outcomes by rule (enterprises)")}
    assert rows["Later"]["Yes"] == "—"


def test_rules_of_every_kind_have_a_chapter(mixed: Run, tmp_path: Path) -> None:
    page = Page(write_html(mixed, tmp_path / "a.html").read_text("utf-8"))
    assert "不在有效期" in page.by_id("r-x-later").text
    assert "各类企业数" in page.by_id("r-cn-size-class").text
    assert "各条路径" in page.source or "只有一个条件" in page.source
    assert "已定" in page.by_id("r-x-linear").text


def test_a_run_that_kept_outcomes_only_says_so(near: Run, tmp_path: Path) -> None:
    bare = assess(near.snapshot, near.packs, tmp_path / "bare", rules=["x.near"], keep="outcomes")
    page = Page(write_html(bare, tmp_path / "a.html").read_text("utf-8"))
    assert "只留了结论" in page.by_id("r-x-near").text
    assert "积分分布" in page.by_id("r-x-near").text


# ---- many groups, many near misses, one of several routes ---------------------------------------------

ROUTES = head("x.routes", "任一", "Any") + """\
require:
  any:
    - {id: large, title: 收入大, when: 营业收入 >= 1亿元, cite: 甲}
    - {id: lean, title: 人均高, when: 营业收入 / 职工人数 >= 100万元/人, cite: 乙}
"""
SINGLE = head("x.single", "单条", "Single") + "require: {id: one, title: 收入, when: 营业收入 >= 1亿元, cite: 甲}\n"
ALWAYS = head("x.always", "都过", "Always") + """\
require:
  all:
    - {id: a, title: 有收入, when: 营业收入 > 0元, cite: 甲}
    - {id: b, title: 有人, when: 职工人数 > 0人, cite: 乙}
scores: [{id: p, title: 收入, cite: 表, value: 营业收入, bands: {1亿元: 1, below: 0}}]
"""


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """120 enterprises in 20 places; 90 of them at 95 % of the threshold."""
    folder = tmp_path_factory.mktemp("wide")
    rows = "".join(f"W{i:03d},公司{i},2025,{9500 if i % 4 else 20000},{200 if i else ''},9299{i % 20:02d}\n" for i in range(120))
    (folder / "main.csv").write_text("\ufeff企业编号,企业名称,年度,营业收入（万元）,职工人数,行政区划\n" + rows, "utf-8")
    packs = packs_of(folder / "packs", {"routes": ROUTES, "single": SINGLE, "always": ALWAYS})
    run = assessed(folder, [folder / "main.csv"], packs, rules=["x.routes", "x.single", "x.always"])
    return Page(write_html(run, folder / "a.html").read_text("utf-8"))


def test_routes_are_counted_by_those_who_meet_each(wide: Page) -> None:
    texts = [node.text for node in wide.by_id("r-x-routes").all("text")]
    assert texts == ["1. 收入大", "30", "2. 人均高", "29～30"]  # of one the staff is not known


def test_a_rule_of_one_condition_has_no_funnel(wide: Page) -> None:
    assert "只有一个条件" in wide.by_id("r-x-single").text


def test_only_the_nearest_are_listed_and_the_count_is_of_all(wide: Page) -> None:
    text = wide.by_id("r-x-single").text
    assert len(wide.table("单条：差距最小的企业")) == 15
    assert "就变为是的企业：90 家" in text
    assert "只列差距最小的 15 家" in text


def test_many_places_are_drawn_in_part_and_told_in_full(wide: Page) -> None:
    chapter = wide.by_id("r-x-always")
    drawn = next(svg for svg in chapter.all("svg") if "按所在地" in svg.text)
    assert len([node for node in drawn.all("text") if re.fullmatch(r"9299\d\d", node.text)]) == 12
    assert "另有 8 组、48 家未画出" in chapter.text
    assert sum(bool(re.fullmatch(r"9299\d\d", cell.text)) for cell in chapter.all("th")) == 20


def test_what_excludes_nobody_and_what_is_not_in_the_snapshot_is_said(wide: Page) -> None:
    text = wide.by_id("r-x-always").text
    assert "没有企业不满足其中任何一条" in text
    assert "快照没有发展阶段、划型行业，不能按它分组" in text
    assert "数据没有写明来源说明" in wide.source

"""The official tables, typed again from the documents: every edge below, on, above, and missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules.official import HNTE, INNOVATIVE, TECH_SME, Facts, clause, explain, item

#: Written as texts: Python would turn Ⅰ into I in a keyword.
FIRST, SECOND = "Ⅰ类知识产权数", "Ⅱ类知识产权数"

#: Per ten thousand of the denominator 10000 万元 or 10000 人: lower edge of the band, points.
LOWER_BANDS = {
    ("cn.tech_sme", "tech_staff"): [(3000, 20), (2500, 16), (2000, 12), (1500, 8), (1000, 4)],
    ("cn.innovative_sme", "rd"): [(500, 20), (300, 15), (200, 10), (100, 5)],
    ("cn.innovative_sme", "main_share"): [(7000, 20), (6000, 15), (5500, 10), (5000, 5)],
}
SHARES = {
    ("cn.tech_sme", "tech_staff"): ("科技人员数", "职工人数", "人"),
    ("cn.innovative_sme", "rd"): ("研发费用", "营业收入", "万元"),
    ("cn.innovative_sme", "main_share"): ("主营业务收入", "营业收入", "万元"),
}
BASES = {"cn.tech_sme": TECH_SME, "cn.innovative_sme": INNOVATIVE, "cn.hnte": HNTE}


def edges(bands: list[tuple[int, int]]) -> Iterator[tuple[str, int]]:
    """Just below, on and just above each lower edge, with the points of the table."""
    below = [points for _, points in bands[1:]] + [0]
    for (edge, points), less in zip(bands, below, strict=True):
        yield f"{edge - 1}.9999", less
        yield f"{edge}", points
        yield f"{edge}.0001", points


@pytest.mark.parametrize(
    ("rule", "id", "share", "points"),
    [(rule, id, share, points) for (rule, id), bands in LOWER_BANDS.items() for share, points in edges(bands)],
)
def test_share_falls_into_its_band(rule: str, id: str, share: str, points: int) -> None:
    above, under, unit = SHARES[rule, id]
    trace = explain(rule, BASES[rule], **{above: f"{share}{unit}", under: f"10000{unit}"})
    assert item(trace, id) == (points, points)


@pytest.mark.parametrize(("rule", "id"), list(LOWER_BANDS))
def test_share_without_its_numerator_is_the_whole_range(rule: str, id: str) -> None:
    above, _, _ = SHARES[rule, id]
    trace = explain(rule, BASES[rule], **{above: None})
    assert item(trace, id) == (0, LOWER_BANDS[rule, id][0][1])


# ---- 科技型中小企业 -------------------------------------------------------------------------------

RD_REVENUE = [(600, 50), (500, 40), (400, 30), (300, 20), (200, 10)]
RD_COSTS = [(3000, 50), (2500, 40), (2000, 30), (1500, 20), (1000, 10)]


@pytest.mark.parametrize(("share", "points"), list(edges(RD_REVENUE)))
def test_rd_share_of_revenue(share: str, points: int) -> None:
    trace = explain("cn.tech_sme", TECH_SME, 研发费用=f"{share}万元", 营业收入="10000万元", 成本费用总额="10亿元")
    assert item(trace, "rd") == (points, points)


@pytest.mark.parametrize(("share", "points"), list(edges(RD_COSTS)))
def test_rd_share_of_costs(share: str, points: int) -> None:
    trace = explain("cn.tech_sme", TECH_SME, 研发费用=f"{share}万元", 营业收入="1000亿元", 成本费用总额="10000万元")
    assert item(trace, "rd") == (points, points)


def test_missing_option_leaves_the_better_of_both_open() -> None:
    assert item(explain("cn.tech_sme", TECH_SME, 研发费用="20万元", 成本费用总额=None), "rd") == (10, 50)


def test_full_marks_of_one_option_need_no_other() -> None:
    assert item(explain("cn.tech_sme", TECH_SME, 成本费用总额=None), "rd") == (50, 50)


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [(1, 0, 30), (2, 9, 30), (0, 5, 24), (0, 4, 24), (0, 3, 18), (0, 2, 12), (0, 1, 6), (0, 0, 0)],
)
def test_rights_of_both_classes(first: int, second: int, points: int) -> None:
    trace = explain("cn.tech_sme", TECH_SME, **{FIRST: first, SECOND: second})
    assert item(trace, "ip") == (points, points)


@pytest.mark.parametrize(
    ("name", "on", "above", "id", "indicator"),
    [
        ("职工人数", "500人", "501人", "employees", "employees"),
        ("营业收入", "2亿元", "200000000.01元", "revenue", "revenue"),
        ("资产总额", "20,000万元", "200000000.01元", "assets", "total_assets"),
    ],
)
def test_size_limits_of_tech_smes(name: str, on: str, above: str, id: str, indicator: str) -> None:
    assert clause(explain("cn.tech_sme", TECH_SME, **{name: on}), id)["outcome"] == "yes"
    assert explain("cn.tech_sme", TECH_SME, **{name: above})["outcome"] == "no"
    absent = explain("cn.tech_sme", TECH_SME, **{name: None})
    assert absent["outcome"] == "unknown"
    assert indicator in absent["missing"]


@pytest.mark.parametrize(("staff", "outcome"), [("9.9999人", "no"), ("10人", "yes")])
def test_sixty_points_need_a_staff_mark(staff: str, outcome: str) -> None:
    changes = {"科技人员数": staff, "Ⅱ类知识产权数": 1, "职工人数": "100人"}  # 50 + 6 + 4
    if outcome == "no":
        changes["Ⅰ类知识产权数"] = 1  # 80 points without the staff mark
    assert explain("cn.tech_sme", TECH_SME, **changes)["outcome"] == outcome


@pytest.mark.parametrize(
    "change",
    [
        {"holds": ["高新技术企业"]},
        {"holds": [{"title": "国家级科技奖励前三", "from": "2021-11-21"}]},
        {"研发机构级别": "省级"},
        {"主持制定标准数": "1项"},
    ],
)
def test_direct_routes_need_no_points(change: Facts) -> None:
    poor = {"研发费用": "0元", "科技人员数": "0人"}
    assert explain("cn.tech_sme", TECH_SME, **poor)["outcome"] == "no"
    assert explain("cn.tech_sme", TECH_SME, **poor, **change)["outcome"] == "yes"


def test_award_of_more_than_five_years_ago_does_not_count() -> None:
    old = [{"title": "国家级科技奖励前三", "from": "2021-11-20"}]
    assert explain("cn.tech_sme", TECH_SME, 研发费用="0元", holds=old)["outcome"] == "no"


@pytest.mark.parametrize("flag", [name for name, value in TECH_SME.items() if value is False])
def test_conduct_of_tech_smes(flag: str) -> None:
    assert explain("cn.tech_sme", TECH_SME)["outcome"] == "yes"
    assert explain("cn.tech_sme", TECH_SME, **{flag: True})["outcome"] == "no"
    assert explain("cn.tech_sme", TECH_SME, **{flag: None})["outcome"] == "unknown"


# ---- 高新技术企业 ---------------------------------------------------------------------------------

SALES_TIERS = [("5000万元", 5), ("50000000.01元", 4), ("2亿元", 4), ("200000000.01元", 3)]


@pytest.mark.parametrize(("sales", "percent"), SALES_TIERS)
@pytest.mark.parametrize(("off", "outcome"), [(-0.01, "no"), (0, "yes"), (0.01, "yes")])
def test_rd_ratio_by_tier_of_last_years_sales(sales: str, percent: int, off: float, outcome: str) -> None:
    # with the founding year as the only year, the ratio is that of one year
    last = {"5000万元": 5_000_000_000, "50000000.01元": 5_000_000_001, "2亿元": 20_000_000_000, "200000000.01元": 20_000_000_001}
    least = -(-last[sales] * percent // 100) + int(off * 100)
    money = f"{least // 100}.{least % 100:02d}元"
    changes = {"成立日期": "2025-01-01", "营业收入": {"2025": sales}, "研发费用": {"2025": money}, "境内研发费用": {"2025": money}}
    assert clause(explain("cn.hnte", HNTE, **changes), "rd_ratio")["outcome"] == outcome


@pytest.mark.parametrize(
    ("id", "name", "below", "on"),
    [
        ("staff_share", "科技人员数", "9.9999人", "10人"),
        ("hightech_share", "高新技术产品收入", "5999999.99元", "600万元"),
        ("innovation", "企业创新能力评价得分", "70分", "70.0001分"),
        ("age", "成立日期", "2025-11-22", "2025-11-21"),
    ],
)
def test_conditions_of_high_tech_enterprises(id: str, name: str, below: str, on: str) -> None:
    assert clause(explain("cn.hnte", HNTE, **{name: below}), id)["outcome"] == "no"
    assert clause(explain("cn.hnte", HNTE, **{name: on}), id)["outcome"] == "yes"
    assert clause(explain("cn.hnte", HNTE, **{name: None}), id)["outcome"] == "unknown"


@pytest.mark.parametrize(("domestic", "outcome"), [("3599999.99元", "no"), ("360万元", "yes")])
def test_domestic_share_of_rd(domestic: str, outcome: str) -> None:
    spent = {"2025": domestic, "2024": "0元", "2023": "0元"}
    assert clause(explain("cn.hnte", HNTE, 境内研发费用=spent), "rd_domestic")["outcome"] == outcome


CONVERSIONS = [(5, (25, 30)), (4, (19, 24)), (3, (13, 18)), (2, (7, 12)), (1, (1, 6))]


@pytest.mark.parametrize(("mean", "points"), CONVERSIONS)
def test_marks_of_conversions(mean: int, points: tuple[int, int]) -> None:
    lower = dict(CONVERSIONS).get(mean - 1, (0, 0))
    on = {"2025": 3 * mean, "2024": 0, "2023": 0}
    assert item(explain("cn.hnte", HNTE, 科技成果转化数=on), "conversions") == points
    assert item(explain("cn.hnte", HNTE, 科技成果转化数=on | {"2025": 3 * mean - 1}), "conversions") == lower


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [(1, 0, (7, 8)), (0, 5, (5, 6)), (0, 4, (3, 4)), (0, 3, (3, 4)), (0, 2, (1, 2)), (0, 1, (1, 2)), (0, 0, (0, 0))],
)
def test_marks_of_the_number_of_rights(first: int, second: int, points: tuple[int, int]) -> None:
    assert item(explain("cn.hnte", HNTE, **{FIRST: first, SECOND: second}), "quantity") == points


GROWTH = [("35", (9, 10)), ("25", (7, 8)), ("15", (5, 6)), ("5", (3, 4))]


@pytest.mark.parametrize(("name", "id"), [("净资产", "net_asset_growth"), ("营业收入", "sales_growth")])
@pytest.mark.parametrize(("percent", "points"), GROWTH)
def test_marks_of_growth(name: str, id: str, percent: str, points: tuple[int, int]) -> None:
    # the mean of x2/x1 - 1 and x3/x2 - 1, with x2 = x1
    below = {"35": (7, 8), "25": (5, 6), "15": (3, 4), "5": (1, 2)}[percent]
    last = 10000 + 200 * int(percent)
    years = {"2024": "10000万元", "2023": "10000万元"}
    assert item(explain("cn.hnte", HNTE, **{name: {"2025": f"{last}万元", **years}}), id) == points
    assert item(explain("cn.hnte", HNTE, **{name: {"2025": f"{last - 0.01}万元", **years}}), id) == below


@pytest.mark.parametrize(
    ("values", "points"),
    [
        (("1.01", "1", "1"), (1, 2)),
        (("1", "1", "1"), (0, 0)),
        (("0.5", "1", "1"), (0, 0)),
        (("1.2", "1", "0"), (5, 6)),  # x1 = 0: the last two years, 20 %
        (("5", "0", "1"), (0, 0)),  # x2 = 0 counts as 0
    ],
)
def test_growth_at_and_below_zero(values: tuple[str, str, str], points: tuple[int, int]) -> None:
    assets = {year: f"{value}万元" for year, value in zip(("2025", "2024", "2023"), values, strict=True)}
    assert item(explain("cn.hnte", HNTE, 净资产=assets), "net_asset_growth") == points


# ---- 创新型中小企业 -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "points"),
    [((1, 0, 0, 0), 20), ((0, 1, 1, 0), 15), ((0, 0, 1, 0), 10), ((0, 0, 0, 1), 5), ((0, 0, 0, 0), 0)],
)
def test_rights_for_the_main_product(counts: tuple[int, int, int, int], points: int) -> None:
    names = ("Ⅰ类高价值知识产权数", "自主研发Ⅰ类知识产权数", "Ⅰ类知识产权数", "Ⅱ类知识产权数")
    trace = explain("cn.innovative_sme", INNOVATIVE, **dict(zip(names, counts, strict=True)))
    assert item(trace, "ip") == (points, points)


@pytest.mark.parametrize(
    ("revenue", "points"),
    [("11500", 20), ("11499.99", 15), ("11000", 15), ("10999.99", 10), ("10500", 10), ("10499.99", 5), ("10000", 5), ("9999.99", 0)],
)
def test_growth_of_main_revenue(revenue: str, points: int) -> None:
    main = {"2025": f"{revenue}万元", "2024": "10000万元"}
    assert item(explain("cn.innovative_sme", INNOVATIVE, 主营业务收入=main), "main_growth") == (points, points)


@pytest.mark.parametrize(("debt", "points"), [("5500", 10), ("5500.01", 5), ("7500", 5), ("7500.01", 0)])
def test_debt_ratio(debt: str, points: int) -> None:
    trace = explain("cn.innovative_sme", INNOVATIVE, 负债总额=f"{debt}万元", 资产总额="10000万元")
    assert item(trace, "debt") == (points, points)


@pytest.mark.parametrize(("emerging", "points"), [(True, (10, 10)), (False, (5, 5)), (None, (5, 10))])
def test_field_of_the_main_product(emerging: bool | None, points: tuple[int, int]) -> None:
    assert item(explain("cn.innovative_sme", INNOVATIVE, 属于战略性新兴产业=emerging), "field") == points


@pytest.mark.parametrize(
    "change",
    [
        {"holds": [{"title": "国家级科技奖励", "from": "2023-11-21"}]},
        {"holds": [{"title": "省级科技奖励", "from": "2023-11-21"}]},
        {"holds": ["高新技术企业"]},
        {"holds": ["国家技术创新示范企业"]},
        {"holds": ["国家知识产权优势企业"]},
        {"holds": ["国家知识产权示范企业"]},
        {"研发机构级别": "省级"},
        {"新增股权融资额": {"2025": "0元", "2024": "0元", "2023": "500万元"}},
    ],
)
def test_direct_routes_of_innovative_smes(change: Facts) -> None:
    poor = {"研发费用": "0元", "Ⅰ类高价值知识产权数": "0件"}
    assert explain("cn.innovative_sme", INNOVATIVE, **poor)["outcome"] == "no"
    assert explain("cn.innovative_sme", INNOVATIVE, **poor, **change)["outcome"] == "yes"


# ---- 企业划型 -------------------------------------------------------------------------------------

#: X employees, Y revenue in 万元, Z assets in 万元; lower bounds of large, medium, small.
SIZES: dict[str, tuple[str, list[tuple[int, ...]]]] = {
    "农林牧渔业": ("Y", [(20000,), (500,), (50,)]),
    "工业": ("XY", [(1000, 40000), (300, 2000), (20, 300)]),
    "建筑业": ("YZ", [(80000, 80000), (6000, 5000), (300, 300)]),
    "批发业": ("XY", [(200, 40000), (20, 5000), (5, 1000)]),
    "零售业": ("XY", [(300, 20000), (50, 500), (10, 100)]),
    "交通运输业": ("XY", [(1000, 30000), (300, 3000), (20, 200)]),
    "仓储业": ("XY", [(200, 30000), (100, 1000), (20, 100)]),
    "邮政业": ("XY", [(1000, 30000), (300, 2000), (20, 100)]),
    "住宿业": ("XY", [(300, 10000), (100, 2000), (10, 100)]),
    "餐饮业": ("XY", [(300, 10000), (100, 2000), (10, 100)]),
    "信息传输业": ("XY", [(2000, 100000), (100, 1000), (10, 100)]),
    "软件和信息技术服务业": ("XY", [(300, 10000), (100, 1000), (10, 50)]),
    "房地产开发经营": ("YZ", [(200000, 10000), (1000, 5000), (100, 2000)]),
    "物业管理": ("XY", [(1000, 5000), (300, 1000), (100, 500)]),
    "租赁和商务服务业": ("XZ", [(300, 120000), (100, 8000), (10, 100)]),
    "其他未列明行业": ("X", [(300,), (100,), (10,)]),
}
NAMES = {"X": ("职工人数", "人", 1), "Y": ("营业收入", "万元", 0.01), "Z": ("资产总额", "万元", 0.01)}
CLASSES = ["large", "medium", "small", "micro"]


def class_of(industry: str, values: dict[str, float]) -> str:
    """The table read by hand: the highest class whose bounds are all met."""
    letters, rows = SIZES[industry]
    for name, bounds in zip(CLASSES, rows, strict=False):
        if all(values[letter] >= bound for letter, bound in zip(letters, bounds, strict=True)):
            return name
    return "micro"


@pytest.mark.parametrize("industry", SIZES)
def test_size_class_at_every_edge(industry: str) -> None:
    letters, rows = SIZES[industry]
    for bounds in rows:
        for moved in (None, *letters):
            for step in (-1, 1):
                values = dict(zip(letters, (float(b) for b in bounds), strict=True))
                if moved is not None:
                    values[moved] += step * NAMES[moved][2]
                facts = {NAMES[x][0]: f"{value:.2f}{NAMES[x][1]}" for x, value in values.items()}
                trace = explain("cn.size_class", {"划型行业": industry, **facts})
                assert (trace["outcome"], trace.get("class")) == ("yes", class_of(industry, values)), facts


@pytest.mark.parametrize("industry", SIZES)
def test_size_class_without_any_figure_is_open(industry: str) -> None:
    trace = explain("cn.size_class", {"划型行业": industry})
    assert trace["classes"] == CLASSES
    ids = {"X": "employees", "Y": "revenue", "Z": "total_assets"}
    assert sorted(trace["missing"]) == sorted(ids[x] for x in SIZES[industry][0])


def test_size_class_without_the_industry_waits_for_it_alone() -> None:
    trace = explain("cn.size_class", {"职工人数": "10人", "营业收入": "1元", "资产总额": "1元"})
    assert (trace["outcome"], trace["classes"], trace["missing"]) == ("unknown", CLASSES, ["size_industry"])

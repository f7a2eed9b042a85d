"""Print the median milliseconds of one traced case of cn.tech_sme, facts as texts with units."""

import datetime as dt
import statistics
import time

import keqiao

FACTS = {
    "resident_enterprise": True, "查账征收": True, "employees": "200人", "科技人员数": "40人", "revenue": "5000万元",
    "研发费用": "250万元", "total_costs": "4800万元", "资产总额": "6000万元", "ip_class1": "0件", "Ⅱ类知识产权数": "2件",
    "standards_led": "0项", "研发机构级别": "无", "holds": [], "重大安全事故": False, "major_quality_accident": False,
    "严重环境违法": False, "research_dishonesty": False, "列入经营异常名录": False, "serious_dishonesty": False,
    "属于禁止限制淘汰类": False, "excluded_rd_industry": False,
}  # fmt: skip


def main() -> None:
    rule, day = keqiao.load_packs()["cn.tech_sme"], dt.date(2026, 11, 21)
    trace = rule.explain(FACTS, as_of=day, year=2025)
    assert (trace.outcome, trace.total) == ("yes", (640000, 640000))
    times = []
    for _ in range(5000):
        start = time.perf_counter()
        rule.explain(FACTS, as_of=day, year=2025)
        times.append(time.perf_counter() - start)
    print(round(1000 * statistics.median(times), 4))


if __name__ == "__main__":
    main()

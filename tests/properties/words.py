"""A small vocabulary for random rules: every type and every period once, two where it matters."""

from __future__ import annotations

from keqiao.rules.vocabulary import Indicator, Vocabulary

STAGES = ("初创期", "成长期", "稳定期")
LEVELS = ("国家级", "省级", "无")
TRADES = ("工业", "农业", "其他")

VOCABULARY = Vocabulary(
    [
        Indicator("founded", "成立日期", type="date", period="static"),
        Indicator("approved", "获批日期", type="date", period="event"),
        Indicator("region", "行政区划", type="code", period="static"),
        Indicator("trade", "行业", type="code", period="static", values=TRADES),
        Indicator("stage", "发展阶段", type="code", period="annual", values=STAGES),
        Indicator("level", "机构级别", type="code", period="stock", values=LEVELS),
        Indicator("revenue", "营业收入", type="money", unit="万元", period="annual"),
        Indicator("rd", "研发费用", type="money", unit="万元", period="annual"),
        Indicator("assets", "资产总额", type="money", unit="元", period="stock"),
        Indicator("capital", "注册资本", type="money", unit="亿元", period="static"),
        Indicator("raised", "融资额", type="money", unit="千元", period="event"),
        Indicator("employees", "职工人数", type="people", unit="人", period="annual"),
        Indicator("tech", "科技人员", type="people", unit="人", period="annual"),
        Indicator("share", "占有率", type="ratio", unit="%", period="annual"),
        Indicator("rate", "利率", type="ratio", unit="BP", period="static"),
        Indicator("patents", "专利数", type="count", unit="件", period="stock"),
        Indicator("conversions", "转化数", type="count", unit="项", period="annual"),
        Indicator("review", "评审得分", type="points", unit="分", period="event"),
        Indicator("niche", "细分年限", type="years", unit="年", period="annual"),
        Indicator("term", "账期", type="days", unit="天", period="static"),
        Indicator("brand", "自主品牌", type="flag", period="stock"),
        Indicator("loss", "亏损", type="flag", period="annual"),
        Indicator("field", "重点领域", type="flag", period="stock", judgement=True),
        Indicator("outlook", "前景良好", type="flag", period="annual", judgement=True),
        Indicator("title.hnte", "高新技术企业", ("高企",), type="flag", period="event"),
        Indicator("title.award", "科技奖励", ("科技奖",), type="flag", period="event"),
    ]
)

#: Years back that rules may look and tables hold.
DEPTH = 9
TITLES = ("高新技术企业", "科技奖励")
MEMBERS = ("3301", "440106", "工业")


def by_type(type: str, periods: tuple[str, ...] = ("static", "annual", "stock", "event")) -> list[Indicator]:
    """Indicators of a type whose period is one of those given; titles are left out."""
    every = VOCABULARY.indicators.values()
    return [i for i in every if i.type == type and i.period in periods and not i.is_title]

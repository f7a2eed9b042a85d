"""A small world: rules of every kind, and enterprises whose answers can be worked out by hand."""

from __future__ import annotations

from assess.assess_sample import head

RULES = ["t.title", "t.card", "t.asks", "t.later", "t.rest", "cn.size_class"]

PACKS = {
    "title": head("t.title", "试验称号") + """\
require:
  all:
    - {id: staff, title: 职工不超过100人, when: 职工人数 <= 100人, cite: 第一条}
    - {id: revenue, title: 收入不低于1000万元, when: 营业收入 >= 1000万元, cite: 第二条}
    - id: merit
      title: 研发或资质
      any:
        - {id: ratio, title: 研发占比不低于5%, when: 研发费用 / 营业收入 >= 5%, cite: 第三条}
        - {id: hnte, title: 高新技术企业, when: holds('高新技术企业'), cite: 第四条}
    - {id: field, title: 技术领域, when: 属于高新技术领域, cite: 第五条}
""",
    "card": head("t.card", "试验积分", kind="scorecard", status="illustrative") + """\
scores:
  - {id: size, title: 收入, cite: 表, value: 营业收入, bands: {5000万元: 30, 1000万元: 20, below: 10}}
  - {id: share, title: 研发占比, cite: 表, value: 研发费用 / 营业收入, bands: {5%: 20, below: 0}}
""",
    "asks": head("t.asks", "引用规则") + """\
require:
  all:
    - {id: has, title: 符合试验称号, when: outcome('t.title'), cite: 甲}
    - {id: points, title: 积分不低于30分, when: points('t.card') >= 30分, cite: 乙}
""",
    "later": head("t.later", "将来的规则", first="2030-01-01") + """\
require: {all: [{id: one, title: 有收入, when: 营业收入 > 0元, cite: 甲}]}
""",
    "rest": head("t.rest", "其余写法") + """\
require:
  any:
    - {id: between, title: 职工在50至80人, when: 职工人数 BETWEEN 50人 AND 80人, cite: 甲}
    - {id: young, title: 成立不超过5年, when: years_since(成立日期) <= 5年, cite: 乙}
    - {id: recent, title: 近三年获奖, when: "holds('省级科技奖励', within => 3年)", cite: 丙}
    - {id: since, title: 2024年起成立, when: 成立日期 >= '2024-01-01', cite: 丁}
    - {id: growing, title: 近两年复合增长率不低于20%, when: "cagr(营业收入, 2) >= 20%", cite: 戊}
""",
}

#: A passes; B fails staff alone and nearly (105); C fails revenue alone by far; D fails two; E lacks the field
#: (refer); F lacks revenue; G fails the merit, nearly (4.8 %).
SHEET = """\
企业编号,企业名称,年度,注册地行政区划代码,划型行业,发展阶段,职工人数,营业收入（万元）,研发费用（万元）,属于高新技术领域,成立日期
A,甲公司,2025,110101,工业,成长期,100,6000,300,是,2015-03-01
B,乙公司,2025,110101,工业,成长期,105,6000,300,是,2021-05-21
C,丙公司,2025,110101,工业,初创期,50,500,100,是,2021-11-21
D,丁公司,2025,110102,软件和信息技术服务业,初创期,110,950,0,是,2025-01-01
E,戊公司,2025,110102,工业,成长期,90,2000,200,,2010-01-01
F,己公司,2025,110102,工业,成长期,104,,200,是,2010-01-01
G,庚公司,2025,,,稳定期,80,1000,48,是,2000-01-01
A,甲公司,2024,110101,工业,成长期,,5500,,,2015-03-01
A,甲公司,2023,110101,工业,成长期,,5000,,,2015-03-01
C,丙公司,2023,110101,工业,初创期,,355,,,2021-11-21
"""
TITLES = "企业编号,称号,起始日,截止日\nD,高新技术企业,2025-06-01,2028-05-31\nG,高新技术企业,2020-01-01,2023-01-01\nE,省级科技奖励,2023-11-20,\n"

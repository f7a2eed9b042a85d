"""What the tests of this folder share: packs and sheets in small, and reading a workbook back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from keqiao.engine import Run, assess
from keqiao.facts import Snapshot, import_files
from keqiao.facts.declared import declared_of
from keqiao.packs.loader import Packs, load_packs

AS_OF = dt.date(2026, 11, 21)

HEAD = """\
title: {zh: %s, en: %s}
source: {document: 试验办法, number: 试〔2026〕1号, issuer: 试验局, date: 2026-01-01}
effective: {from: %s}
recorded: 2026-11-21
status: %s
"""


def head(id: str, zh: str, en: str, *, status: str = "local", first: str = "2026-01-01", kind: str = "standard") -> str:
    return f"kind: {kind}\nid: {id}\n" + HEAD % (zh, en, first, status)


#: One pack per status and per kind of result, and one with every kind of clause.
MIXED: Mapping[str, str] = {
    "all": head("x.all", "综合", "Everything") + """\
require:
  all:
    - {id: revenue, title: 收入够大, title_en: Large revenue, when: 营业收入 >= 5000万元, cite: 第一条}
    - {id: staff, title: 职工不多, title_en: Few staff, when: 职工人数 <= 500人, cite: 第二条, verify: true}
    - {id: ratio, title: 研发占比, title_en: R&D share, when: 研发费用 / 营业收入 >= 5%, cite: 第三条}
    - {id: old, title: 成立不久, title_en: Young, when: years_since(成立日期) <= 10年, cite: 第四条}
    - id: routes
      title: 资质
      title_en: Merits
      any:
        - {id: title, title: 高企, title_en: HNTE, when: holds('高新技术企业'), cite: 甲}
        - {id: lab, title: 研发机构, title_en: Institution, when: "研发机构级别 IN ('国家级', '省级')", cite: 乙}
    - {id: clean, title: 无事故, none_of: [重大安全事故], cite: 第五条}
    - id: not_large
      title: 不是大型
      title_en: Not large
      cite: 第六条
      not: {id: large, title: 大型, when: 企业规模 = '大型'}
    - {id: both, title: 有收入且有十人, title_en: Revenue and ten staff, when: 营业收入 > 6000万元 AND 职工人数 >= 10人, cite: 第七条}
    - {id: marks, title: 得分不低于10分, title_en: At least 10, when: score('total') >= 10分, cite: 第八条}
    - {id: part, title: 分项不为零, title_en: Part above zero, when: score('one') > 0分 AND score('g') >= 1分, cite: 第九条}
    - id: tier
      title: 分档
      when: CASE WHEN known(净利润) THEN 净利润 > 0万元 ELSE 营业收入 > 100万元 END
      cite: 第十条
    - {id: field, title: 领域, title_en: Field, when: 属于高新技术领域, cite: 第十一条}
groups:
  - {id: g, title: {zh: 甲组, en: Group A}}
  - {id: h, title: {zh: 乙组, en: Group B}}
caps: {g: 12}
scores:
  - {id: one, title: 研发强度, title_en: R&D intensity, cite: 表一, group: g, value: 研发费用 / 营业收入, bands: {6%: 10, 5%: 5, below: 0}}
  - {id: two, title: 机构, title_en: Institution, cite: 表二, group: g, value: 研发机构级别, map: {国家级: 5, 省级: 3, 市级: 2, 市级以下: 1, 无: 0}, verify: true}
  - id: three
    title: 专利
    title_en: Patents
    cite: 表三
    group: h
    ladder:
      - {when: 有效发明专利数 >= 5件, points: [3, 4]}
      - {when: 有效发明专利数 >= 1件, points: 1}
      - else: 0
  - id: four
    title: 加分
    title_en: Bonus
    cite: 表四
    group: h
    sum:
      - {when: holds('高新技术企业'), points: 2}
      - {when: 自主品牌, points: 2}
    cap: 3
""",
    "linear": head("x.linear", "线性", "Linear", status="official", kind="scorecard") + """\
weights: {by: [发展阶段], total: 100%}
groups:
  - {id: g, title: {zh: 甲组, en: Group A}}
  - {id: h, title: {zh: 乙组, en: Group B}}
scores:
  - {id: a, title: 收入, cite: 表一, group: g, value: 营业收入, linear: {full: 30000万元, points: 100}, weight: {初创期: 20%, 成长期: 50%, 稳定期: 30%}}
  - {id: b, title: 规模, cite: 表二, group: g, value: 职工人数, bands: {10人: 50, 500人: 20, above: 0}, weight: {初创期: 30%, 成长期: 10%, 稳定期: 30%}}
  - id: c
    title: 较高
    cite: 表三
    group: h
    best:
      - {value: 研发费用 / 营业收入, bands: {6%: 100, below: 0}}
      - {mark: 特色化指标得分, max: 15}
    weight: {初创期: 50%, 成长期: 40%, 稳定期: 40%}
""",
    "judged": head("x.judged", "评审", "Judged", kind="scorecard") + """\
scores:
  - id: field
    title: 领域
    cite: 表一
    sum:
      - {when: 属于高新技术领域, points: 5}
""",
    "later": head("x.later", "将来", "Later", first="2030-01-01") + """\
require: {all: [{id: one, title: 一, when: 营业收入 > 0元, cite: 甲}]}
""",
    "stated": head("x.stated", "待定", "Open", status="stated") + """\
require: {all: [{id: one, title: 一, when: 居民企业, cite: 甲}]}
""",
    "made_up": head("x.made_up", "自拟", "Made up", status="illustrative") + """\
require: {all: [{id: one, title: 一, when: 营业收入 > 1亿元, cite: 甲}]}
""",
    "rests": head("x.rests", "引用", "Resting", status="official") + """\
require:
  all:
    - {id: other, title: 符合自拟, when: outcome('x.made_up') AND points('x.linear') >= 1分, cite: 甲}
    - {id: size, title: 不是大型, when: "class('cn.size_class') IN ('small', 'micro')", cite: 乙}
""",
    "long": head("x.long", "这是一个标题很长很长很长很长很长很长很长的规则（长）", "A rule whose title is much too long for a sheet", status="official") + """\
require:
  all:
    - id: windows
      title: 多年
      title_en: Years
      when: >-
        sum_of(研发费用, LEAST(3年, assessment_year() - year_of(成立日期) + 1年))
        / sum_of(营业收入, LEAST(3年, assessment_year() - year_of(成立日期) + 1年))
        >= CASE WHEN 营业收入 <= 5000万元 THEN 50% ELSE 40% END
      note: 三年合计
      cite: 第一条
    - {id: days, title: 满一年, when: days_since(成立日期) >= 365天, cite: 第二条}
    - {id: first, title: 较低者, when: "LEAST(COALESCE(净利润, 1万元), 营业收入) >= 0元", cite: 第三条}
    - {id: count, title: 两项, when: "count_yes(居民企业, 自主品牌) >= 1个", cite: 第四条}
    - {id: each, title: 每年, when: "prior(营业收入, 1) > 0元 AND NOT 重大安全事故", cite: 第五条}
scores:
  - {id: p, title: 利润, cite: 表, value: 净利润, bands: {100万元: 1, below: 0}}
""",
}

COLUMNS = "企业编号,企业名称,年度,营业收入（万元）,职工人数,研发费用（万元）,成立日期,研发机构级别,重大安全事故,企业规模,净利润（万元）,有效发明专利数,自主品牌,发展阶段,属于高新技术领域,居民企业,特色化指标得分"
ROWS = [
    "A1,=1+1,2025,20000,100,2000,2020-01-01,省级,否,中型,100,5,是,成长期,是,是,10",
    "B2,+SUM(A1),2025,1500,600,15,2001-01-01,无,是,大型,-5,0,否,初创期,否,否,0",
    "C3,-2,2025,,,,,,,,,,,,,,",
    "D4,@cmd,2025,0,100,0,2020-01-01,省级,否,中型,100,5,是,成长期,,是,10",
    "E5,,2025,20000,100,2000,2020-01-01,省级,否,中型,100,5,是,,是,是,10",
    "F6,己公司,2025,6000,10,300,2020-01-01,无,否,中型,,0,否,成长期,是,是,",
]
SHEET = "\ufeff" + "\n".join([COLUMNS, *ROWS]) + "\n"
TITLES = "\ufeff企业编号,称号,起始日,截止日\nB2,高新技术企业,2020-01-01,2023-01-01\nA1,高新技术企业,2025-01-01,2028-01-01\n"


def packs_of(folder: Path, texts: Mapping[str, str]) -> Packs:
    """The shipped packs with files of these texts laid over them."""
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return load_packs([folder])


def assessed(
    folder: Path, files: Sequence[Path], packs: Packs, *, label: str = "", rules: Sequence[str] | None = None
) -> Run:
    """Import files and decide all enterprises."""
    import_files(
        files, vocabulary=packs.vocabulary, year=2025, as_of=AS_OF, out=folder / "snapshot", label=label, declared=declared_of(packs)
    )
    return assess(Snapshot.open(folder / "snapshot"), packs, folder / "run", rules=rules)


class Book:
    """A workbook read back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.names = self.book.sheetnames

    def sheet(self, name: str) -> Worksheet:
        found = self.book[name]
        assert isinstance(found, Worksheet)
        return found

    def head(self, name: str, first: str) -> int:
        """The row of the heads of a table whose first head is ``first``."""
        rows = [cell.row for cell in self.sheet(name)["A"] if cell.value == first]
        assert rows, f"{name} has no head {first}"
        return int(rows[0])

    def table(self, name: str, first: str) -> list[dict[str, Any]]:
        """The rows of a table by head; under a group of columns the head is ``group|head``."""
        sheet, at = self.sheet(name), self.head(name, first)
        groups: list[str] = []
        for cell in sheet[at - 1]:
            merged = type(cell).__name__ == "MergedCell"
            groups.append(groups[-1] if merged and groups else str(cell.value or "").split("\n")[0])
        heads = [
            f"{group}|{cell.value}" if group and sheet.cell(at - 1, 1).value is None else str(cell.value)
            for group, cell in zip(groups, sheet[at], strict=True)
        ]
        rows = []
        for row in sheet.iter_rows(min_row=at + 1, values_only=True):
            if row[0] is None:
                break
            rows.append(dict(zip(heads, row, strict=True)))
        return rows

    def texts(self, name: str) -> str:
        """All text of a sheet."""
        return "\n".join(str(value) for row in self.sheet(name).iter_rows(values_only=True) for value in row if value is not None)

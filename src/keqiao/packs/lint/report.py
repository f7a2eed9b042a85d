"""What lint reports: findings by code, counts, and the figures not yet confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from keqiao.errors import KeqiaoError, RuleError, say
from keqiao.packs.messages import Fault

Severity = Literal["error", "note"]

#: Every code with its severity and what it means.
CODES: dict[str, tuple[Severity, str, str]] = {
    "yaml": ("error", "文件读不出来", "the file cannot be read"),
    "schema": ("error", "结构不对", "the structure is wrong"),
    "recorded": ("error", "没有写何时记入", "the day of recording is missing"),
    "rule": ("error", "规则文字读不懂", "a rule text cannot be read"),
    "name": ("error", "名称不存在", "a name does not exist"),
    "unit": ("error", "单位或类型不合", "units or types do not fit"),
    "define": ("error", "define 的名称成环或重名", "local names go in a circle or are taken"),
    "duplicate": ("error", "编号、标题或版本重复", "an id, title or version is there twice"),
    "bands": ("error", "分档有缺口或重叠", "bands have gaps or overlap"),
    "score": ("error", "得分形式不完整", "a score form is incomplete"),
    "weights": ("error", "权重不合", "weights do not fit"),
    "group": ("error", "组没有得分项", "a group has no items"),
    "class": ("error", "类别表不合", "the table of classes does not fit"),
    "early": ("error", "施行日早于文件日期", "in force before the text was issued"),
    "period": ("error", "有效期颠倒", "the period ends before it begins"),
    "overlap": ("error", "同一规则的版本重叠", "versions of one rule overlap"),
    "expired": ("error", "引用的规则或名单当日不在有效期", "what is asked is not in force on the first day"),
    "cycle": ("error", "规则互相引用成环", "rules ask each other in a circle"),
    "cite": ("error", "没有写依据", "the citation is missing"),
    "example": ("error", "算例不符", "an example does not come out as expected"),
    "example-name": ("error", "算例里的名称不存在", "an example names what does not exist"),
    "sql": ("error", "不能生成 SQL", "no SQL can be made"),
    "compilers": ("error", "单户结论与 SQL 不一致", "closures and SQL disagree"),
    "engine": ("error", "规则不能运行", "the rule cannot be run"),
    "coverage": ("note", "算例未覆盖", "the examples leave something out"),
    "branches": ("note", "算例未覆盖的分支", "the examples leave branches out"),
    "define-unused": ("note", "define 的名称没有用到", "a local name is not used"),
    "superseded": ("note", "后一版本接替未写截止日的版本", "a version without an end is superseded"),
    "always": ("note", "没有写施行日", "no first day is written"),
    "illustrative": ("note", "数字为示例", "the figures are illustrative"),
    "verify": ("note", "有待核的数字或解读", "figures or readings are unconfirmed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (``error``) or to know (``note``), at ``file:line:column``."""

    severity: Severity
    code: str
    rule: str
    where: str
    zh: str
    en: str

    @property
    def message(self) -> str:
        """The sentence in the current language."""
        return say(self.zh, self.en)

    def __str__(self) -> str:
        return f"{self.where}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A figure or reading marked ``verify``; ``id`` is ``source`` for the head of a file."""

    rule: str
    id: str
    title: str
    where: str


@dataclass(slots=True)
class LintReport:
    """All findings and the counts of what was checked."""

    findings: list[Finding] = field(default_factory=list)
    unverified: list[Unconfirmed] = field(default_factory=list)
    files: int = 0
    rules: int = 0
    ladders: int = 0
    clauses: int = 0
    examples: int = 0
    edge_cases: int = 0

    @property
    def ok(self) -> bool:
        """Whether there are no errors."""
        return not self.errors

    @property
    def errors(self) -> list[Finding]:
        """Findings that must be mended."""
        return [f for f in self.findings if f.severity == "error"]

    @property
    def notes(self) -> list[Finding]:
        """Findings to know."""
        return [f for f in self.findings if f.severity == "note"]

    def add(self, code: str, rule: str, where: str, zh: str, en: str) -> None:
        """Add a finding; the code decides its severity. The same finding is kept once."""
        finding = Finding(CODES[code][0], code, rule, where, zh, en)
        if finding not in self.findings:
            self.findings.append(finding)

    def add_error(self, problem: KeqiaoError, rule: str, file: str) -> None:
        """Add an error that reading or building raised; ``file`` stands where it knows no place."""
        zh, en = problem.zh, problem.en
        if isinstance(problem, RuleError) and (problem.line, problem.column) != (1, 1):
            zh = f"{zh}（规则第{problem.line}行第{problem.column}列）"
            en = f"{en} (line {problem.line} column {problem.column} of the rule)"
        self.add(code_of(problem), rule, problem.where or file, zh, en)


#: Beginnings and parts of the English sentences of rule errors that tell a name or a unit from syntax.
_NAMES = ("there is no", "this rule has no", "is not a value of", "belongs to subject", "is a title")
_UNITS = (
    "has no unit", "check the units", "with a unit", "the parts differ", "cannot take part in arithmetic", "is expected here",
    "compare only with", "compares with", "cannot be compared", "conditions are not compared", "is not a date",
    "has no earlier years", "gives no such result",
)  # fmt: skip


def code_of(problem: KeqiaoError) -> str:
    """The code of an error: its own, else told from the sentence."""
    if isinstance(problem, Fault):
        return problem.code
    if not isinstance(problem, RuleError):
        return "yaml"
    if any(part in problem.en for part in _NAMES):
        return "name"
    return "unit" if any(part in problem.en for part in _UNITS) else "rule"

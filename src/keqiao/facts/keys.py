"""The key of an enterprise: which column holds it, and what a valid key is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import mul

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from keqiao.facts.headings import Headings, fold
from keqiao.facts.sheets import RawSheet, text_of
from keqiao.rules.quantities import normalise

#: Rows looked at for the headings.
HEADING_ROWS = 40

Key = tuple[str, str]

#: What stands in the column of the keys on a line that is no enterprise.
_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|填表|制表|备注|说明|注\s*[:：]|total\b)", re.IGNORECASE)

_HEADINGS: dict[str, tuple[str, ...]] = {
    "uscc": ("统一社会信用代码", "社会信用代码", "信用代码", "uscc", "unified social credit code"),
    "stock": ("证券代码", "股票代码", "上市公司代码", "stock code", "security code", "stock"),
    "other": ("企业编号", "企业编码", "企业ID", "enterprise id", "enterprise code", "other"),
}
_YEAR = ("年度", "年份", "会计年度", "报告年度", "数据年度", "统计年度", "所属年度", "year", "fiscal year")
_TITLE = ("称号", "称号名称", "荣誉称号", "资质称号", "title", "title name")
_FROM = (
    "起始日",
    "起始日期",
    "开始日",
    "开始日期",
    "发证日期",
    "认定日期",
    "生效日期",
    "from",
    "start",
    "start date",
    "valid from",
)
_TO = ("截止日", "截止日期", "结束日", "结束日期", "到期日", "有效期至", "to", "end", "end date", "valid to")

_SOURCE = ("数据来源", "来源部门", "data source", "source of data")

_SCHEME_OF = {fold(name): scheme for scheme, names in _HEADINGS.items() for name in names}
_ROLE_OF = {
    fold(name): role
    for role, names in (("year", _YEAR), ("title", _TITLE), ("from", _FROM), ("to", _TO), ("source", _SOURCE))
    for name in names
}


def scheme_of(text: str, headings: Headings) -> str | None:
    """The key scheme that a heading names, with any remark in brackets left aside."""
    bare = fold(text).lstrip("*")
    for name in (bare, bare.partition("(")[0]):
        if name in _SCHEME_OF:
            return _SCHEME_OF[name]
    found = headings.read(text)
    return "uscc" if found is not None and found.indicator.id == "uscc" else None


def is_key_heading(text: str) -> bool:
    """Whether a heading names the key of an enterprise, whatever the vocabulary."""
    return fold(text).lstrip("*").partition("(")[0] in _SCHEME_OF


def role_of(text: str) -> str | None:
    """``year``, ``title``, ``from``, ``to`` or ``source`` where a heading means one of these."""
    return _ROLE_OF.get(fold(text).lstrip("*").partition("(")[0])


def find_headings(sheet: RawSheet, headings: Headings) -> tuple[int, int, str] | None:
    """The row of the headings, the key's column and its scheme; None without a key heading.

    It is the first row with a key heading and at least one more text (but the names of json and
    Parquet are always headings). 统一社会信用代码 goes before 证券代码, and that before 企业编号.
    """
    for r, row in enumerate(sheet.rows[:HEADING_ROWS]):
        texts = [v if isinstance(v, str) else "" for v in row]
        found: dict[str, int] = {}
        for c, text in enumerate(texts):
            scheme = scheme_of(text, headings) if text.strip() else None
            if scheme is not None:
                found.setdefault(scheme, c)
        if found and (sheet.row_name is not None or sum(1 for v in row if text_of(v)) > 1):
            scheme = next(s for s in _HEADINGS if s in found)
            return r, found[scheme], scheme
    return None


def find_code_heading(row: Sequence[object]) -> int | None:
    """The column headed ``code``, which is a key only on a sheet of titles."""
    return next((c for c, v in enumerate(row) if isinstance(v, str) and fold(v) == "code"), None)


#: A code without separators; the letters I, O, S, V, Z are not used (GB 32100-2015).
_CODE = re.compile(r"[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}")
_VALUES = {char: i for i, char in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_WEIGHTS: tuple[int, ...] = tuple(3**i % 31 for i in range(17))


def _is_sound(text: str) -> bool:
    """Whether a code in its standard form has the right check digit (GB 32100-2015, ISO 7064 MOD 31-3).

    It says at once what stdnum says of most codes; the others go there and get their sentence.
    """
    if _CODE.fullmatch(text) is None:
        return False
    values = [*map(_VALUES.__getitem__, text)]
    total: int = sum(map(mul, values, _WEIGHTS)) + values[17]
    return total % 31 == 0


class BadKey(ValueError):
    """A key that is wrong; ``code``, and the sentence in zh and en."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.code, self.zh, self.en = code, zh, en


def read_key(scheme: str, value: object) -> str:
    """A key in its standard form. Raises `BadKey`."""
    if scheme == "uscc" and isinstance(value, str) and _is_sound(value):
        return value
    text = normalise(text_of(value)).strip()
    if not text:
        raise BadKey(
            "no-key",
            "这一行没有企业代码；合计、说明等行请删去",
            "this row has no enterprise code; delete lines such as totals and remarks",
        )
    if scheme == "uscc":
        return _uscc(text, value)
    if scheme == "stock" and isinstance(value, (int, float)) and len(text) < 6:
        raise BadKey(
            "key-as-number",
            f"证券代码“{text}”是数字，前导零已丢失；请把该列设为文本格式后重填",
            f"the stock code {text!r} is a number and lost its leading zeros; format the column as text",
        )
    return text


def _uscc(text: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadKey(
            "key-as-number",
            "统一社会信用代码是数字单元格，第15位以后已丢失；请把该列设为文本格式后重填",
            "the code is a number cell and lost its digits after the 15th; format the column as text",
        )
    try:
        return uscc.validate(text.upper())
    except ValidationError:
        pass
    compact = uscc.compact(text.upper())
    if _TOTAL.search(text):
        raise BadKey("uscc", f"“{text}”不是企业代码；合计、说明等行请删去", f"{text!r} is no code of an enterprise; delete lines of totals or remarks")
    if len(compact) != 18:
        raise BadKey(
            "uscc",
            f"统一社会信用代码应为18位，这里是{len(compact)}位：“{text}”",
            f"a unified social credit code has 18 characters, this has {len(compact)}: {text!r}",
        )
    raise BadKey(
        "uscc",
        f"统一社会信用代码“{text}”的校验位不对，请核对营业执照",
        f"the check digit of {text!r} is wrong; compare it with the business licence",
    )

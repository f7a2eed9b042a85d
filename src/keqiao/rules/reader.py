"""From rule text to the typed form: sqlglot parses, this module accepts a closed list."""

from __future__ import annotations

import re
from fractions import Fraction

from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parser import Parser
from sqlglot.tokens import Tokenizer

from keqiao.errors import RuleError
from keqiao.rules import dimensions as d
from keqiao.rules import form as f
from keqiao.rules.comparing import among, compare, is_bare
from keqiao.rules.dimensions import Dimension, describe
from keqiao.rules.functions import FUNCTIONS, call, nearest_functions
from keqiao.rules.scope import Scope
from keqiao.rules.source import Source, read_source

_COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_BARE = re.compile(r"\d{1,40}(\.\d{0,40})?|\.\d{1,40}", re.ASCII)
_REMEDIES: dict[type[exp.Expression], tuple[str, str]] = {
    exp.Is: ("判断有无数据请用 known(x)", "use known(x) to ask whether a fact is there"),
    exp.Cast: ("单位写在数量后面，如 500人", "write units after numbers, such as 500人"),
    exp.If: ("写作 CASE WHEN 条件 THEN 值 ELSE 值 END", "write CASE WHEN condition THEN value ELSE value END"),
    exp.Mod: ("百分数写作 5%", "write percentages as 5%"),
    exp.Boolean: ("", ""),
}


def read_condition(text: str, scope: Scope) -> f.Node:
    """Read a condition. Raises `RuleError` with line, column and what would be right."""
    reader = Reader(scope, read_source(text))
    node = reader.read()
    if node.dim != d.FLAG:
        zh, en = describe(node.dim)
        raise reader.error(
            f"这里应是条件（如 {text.strip()} >= …），得到的是{zh}",
            f"a condition is expected here (such as {text.strip()} >= …), not {en}",
            node.at,
        )
    return node


def read_value(text: str, scope: Scope) -> f.Node:
    """Read a value: a number, a code, a date or a condition. Raises `RuleError`."""
    return Reader(scope, read_source(text)).read()


class Reader:
    """Reads one text within a scope."""

    def __init__(self, scope: Scope, source: Source) -> None:
        self.scope = scope
        self.source = source
        self._starts: dict[int, int] = {}

    def error(self, zh: str, en: str, at: int) -> RuleError:
        """A `RuleError` at an offset of the parsed text."""
        line, column = self.source.place(at)
        return RuleError(zh, en, line, column)

    def read(self) -> f.Node:
        """Parse the whole text and read it."""
        sql = self.source.sql
        try:
            tokens = Tokenizer().tokenize(sql)
            if any(token.comments for token in tokens):
                raise self.error(
                    "规则里不能有注释（-- 或 /* */），说明请写在 note 里；减负数写作 - (-5%)",
                    "a rule has no comments (-- or /* */); write remarks in note, and minus a negative as - (-5%)",
                    max(0, min((i for i in map(sql.find, ("--", "/*", "{#")) if i >= 0), default=0)),
                )
            parsed = Parser().parse(tokens, sql)
            if len(parsed) != 1 or parsed[0] is None:
                raise self.error("一条规则只能是一个式子，不能有分号", "a rule is one expression, without ;", sql.find(";"))
            tree = parsed[0]
            assert isinstance(tree, exp.Expression)
            self._starts = _starts(tree)
            node = self.node(tree)
        except ParseError as problem:
            raise self._syntax(problem) from None
        except SqlglotError as problem:
            raise self.error(
                f"规则读不懂：{problem}；请检查引号是否成对",
                f"the rule cannot be read: {problem}; check that quotes are paired",
                0,
            ) from None
        except RecursionError:
            raise self.error("规则嵌套太深，请用 define 拆开", "the rule is nested too deeply; split it with define", 0) from None
        if isinstance(node, f.YearsSince | f.Cagr):
            raise self.comparison_only(node)
        self._check_class(node)
        return node

    def _check_class(self, node: f.Node) -> None:
        if isinstance(node, f.ClassAmong) and not node.classes:
            raise self.error(
                f"class('{node.rule}') 应与类别比较，如 class('{node.rule}') = '…'",
                f"compare class('{node.rule}') with a class, such as class('{node.rule}') = '…'",
                node.at,
            )

    def _syntax(self, problem: ParseError) -> RuleError:
        detail = problem.errors[0] if problem.errors else {}
        word = str(detail.get("highlight") or "")
        line, column = detail.get("line") or 1, detail.get("col") or 1
        lines = self.source.sql.split("\n")
        offset = sum(len(part) + 1 for part in lines[: line - 1]) + max(column - len(word), 0)
        start = self.source.offsets[offset] if offset < len(self.source.offsets) else len(self.source.text)
        shown = self.source.text[start : start + max(len(word), 1)] or self.source.text[-1:]
        return self.error(
            f"“{shown}”处语法不对：缺少算式、括号不成对，或多了字符",
            f"syntax error at {shown!r}: an operand is missing, brackets do not match, or there is something extra",
            offset,
        )

    # ---- nodes ---------------------------------------------------------------------------

    def node(self, e: exp.Expression) -> f.Node:
        """The typed node of a parsed expression."""
        kind = type(e)
        at = self.position(e)
        if kind is exp.Paren:
            return self.node(e.this)
        if kind in _COMPARISONS:
            return compare(self, _COMPARISONS[kind], self.node(e.this), self.node(e.expression), at)
        if kind in _ARITHMETIC:
            return self.arithmetic(_ARITHMETIC[kind], self.value(e.this), self.value(e.expression), at)
        if kind in (exp.And, exp.Or):
            return self._logic(e, kind, at)
        if kind is exp.Not:
            return f.Not(self.condition(e.this), at=at)
        if kind is exp.Between and not e.args.get("symmetric"):
            x = self.node(e.this)
            low = compare(self, ">=", x, self.node(e.args["low"]), at)
            high = compare(self, "<=", x, self.node(e.args["high"]), at)
            return f.AllOf((low, high), at=at)
        if kind is exp.Neg:
            return self._negative(e, at)
        if kind is exp.Column:
            return self._name(e, at)
        if kind is exp.Literal:
            if e.is_string:
                return f.Text(e.this, at=at)
            return self._bare(str(e.this), at)
        if kind is exp.Boolean:
            return f.Truth(bool(e.this), at=at)
        if kind is exp.In:
            return self._in(e, at)
        if kind is exp.Like:
            return self._like(e, at)
        if kind is exp.Case:
            return self._case(e, at)
        return call(self, e, at)

    def position(self, e: exp.Expression) -> int:
        """The smallest known offset within an expression, or 0."""
        return self._starts.get(id(e), 0)

    def condition(self, e: exp.Expression) -> f.Node:
        """A node that must be a condition."""
        node = self.node(e)
        self._check_class(node)
        if node.dim != d.FLAG:
            zh, en = describe(node.dim)
            raise self.error(
                f"这里应是条件，得到的是{zh}；是否漏了比较，如 >= 5%？",
                f"a condition is expected here, not {en}; is a comparison missing, such as >= 5%?",
                node.at,
            )
        return node

    def value(self, e: exp.Expression) -> f.Node:
        """A node that must be a value usable in arithmetic."""
        node = self.node(e)
        if isinstance(node, f.YearsSince | f.Cagr):
            raise self.comparison_only(node)
        return node

    def comparison_only(self, node: f.Node) -> RuleError:
        """The error for ``cagr`` and ``years_since`` outside a comparison with a constant."""
        name = "cagr" if isinstance(node, f.Cagr) else "years_since"
        example = "cagr(营业收入, 3) >= 20%" if name == "cagr" else "years_since(成立日期) <= 5年"
        return self.error(
            f"{name} 只能直接与一个数比较，如 {example}",
            f"{name} may only be compared with a number, such as {example}",
            node.at,
        )

    def _logic(self, e: exp.Expression, kind: type[exp.Expression], at: int) -> f.Node:
        parts: list[f.Node] = []
        pending = [e]
        while pending:  # flat, so that long chains do not nest
            part = pending.pop()
            if type(part) is kind:
                pending += [part.expression, part.this]
            else:
                parts.append(self.condition(part))
        return f.AllOf(tuple(parts), at=at) if kind is exp.And else f.AnyOf(tuple(parts), at=at)

    def _negative(self, e: exp.Expression, at: int) -> f.Node:
        x = self.value(e.this)
        if isinstance(x, f.Quantity):
            return f.Quantity(-x.value, x.dimension, f"-{x.text}", at=at)
        if not x.dim.is_number:
            raise self._not_number(x)
        return f.Negative(x, at=at)

    def _not_number(self, node: f.Node) -> RuleError:
        zh, en = describe(node.dim)
        return self.error(f"{zh}不能参加算术", f"{en} cannot take part in arithmetic", node.at)

    def _name(self, e: exp.Expression, at: int) -> f.Node:
        literal = self.source.literals.get(at)
        if literal is not None:
            return f.Quantity(literal.value, literal.dimension, literal.text, at=at)
        name = ".".join(part.name for part in e.parts) if isinstance(e, exp.Column) else e.name
        if name in self.scope.locals:
            return self.scope.locals[name]
        indicator = self.scope.vocabulary.find(name)
        if indicator is None:
            raise self._unknown(name, at)
        if indicator.is_title:
            raise self.error(
                f"“{name}”是称号，应写作 holds('{indicator.label}')",
                f"{name!r} is a title; write holds('{indicator.label}')",
                at,
            )
        if indicator.subject != self.scope.subject:
            raise self.error(
                f"“{name}”是{indicator.subject}的指标，本规则的对象是{self.scope.subject}",
                f"{name!r} belongs to subject {indicator.subject}, this rule is about {self.scope.subject}",
                at,
            )
        return f.Fact(indicator.id, indicator.dimension, indicator.period, indicator.judgement, at=at)

    def _unknown(self, name: str, at: int) -> RuleError:
        near = [*self.scope.vocabulary.nearest(name), *(n for n in self.scope.locals if n in name or name in n)]
        hint_zh = f"；是不是：{'、'.join(near)}？" if near else "；keqiao packs show vocabulary 列出全部指标"
        hint_en = f"; did you mean {', '.join(near)}?" if near else "; see keqiao packs show vocabulary"
        return self.error(f"没有“{name}”这个词{hint_zh}", f"there is no word {name!r}{hint_en}", at)

    # ---- arithmetic and the rest -----------------------------------------------------------

    def arithmetic(self, op: str, left: f.Node, right: f.Node, at: int) -> f.Node:
        """Sum, difference, product or quotient with its dimension checked."""
        if left.dim == d.CALENDAR and right.dim == d.CALENDAR and op == "-":
            return f.YearGap(left, right, at=at)
        for side in (left, right):
            if not side.dim.is_number:
                raise self._not_number(side)
        if op in "*/":
            dimension = left.dim.times(right.dim, 1 if op == "*" else -1)
        elif left.dim == right.dim:
            dimension = left.dim
        else:
            a, b = describe(left.dim), describe(right.dim)
            raise self.error(
                f"不能把{a[0]}与{b[0]}相加减，请检查单位", f"{a[1]} and {b[1]} cannot be added; check the units", at
            )
        return f.Arithmetic(op, left, right, dimension, at=at)

    def _bare(self, text: str, at: int) -> f.Quantity:
        """A number without a unit: a factor, a divisor, a number of years or of decimals."""
        if not _BARE.fullmatch(text):
            raise self.error(
                f"读不懂数字“{text[:20]}”，应写作 0.5 之类，不用科学记数法",
                f"cannot read the number {text[:20]!r}; write it as 0.5, without an exponent",
                at,
            )
        return f.Quantity(Fraction(text), d.RATIO, text, at=at)

    def _in(self, e: exp.Expression, at: int) -> f.Node:
        if not e.expressions:
            raise self._refused(e, at)
        return among(self, self.node(e.this), tuple(self.node(v) for v in e.expressions), at)

    def _like(self, e: exp.Expression, at: int) -> f.Node:
        x, pattern = self.node(e.this), self.node(e.expression)
        text = pattern.value if isinstance(pattern, f.Text) else ""
        if x.dim.kind not in ("code", "text") or not text.endswith("%") or any(c in text[:-1] for c in "%_\\"):
            raise self.error(
                "LIKE 只接受代码和前缀，如 行政区划 LIKE '3301%'",
                "LIKE takes a code and a prefix, such as region LIKE '3301%'",
                at,
            )
        return f.StartsWith(x, text[:-1], at=at)

    def _case(self, e: exp.Expression, at: int) -> f.Node:
        if e.this is not None or e.args.get("default") is None:
            raise self.error(
                "CASE 应写作 CASE WHEN 条件 THEN 值 … ELSE 值 END，不能省 ELSE",
                "write CASE WHEN condition THEN value … ELSE value END; ELSE is required",
                at,
            )
        branches = tuple((self.condition(i.this), self.value(i.args["true"])) for i in e.args["ifs"])
        default = self.value(e.args["default"])
        self.same_dimension([*(v for _, v in branches), default], at)
        return f.Case(branches, default, at=at)

    def same_dimension(self, nodes: list[f.Node], at: int) -> Dimension:
        """The one dimension of all nodes; raises where they differ."""
        first = nodes[0]
        for node in nodes:
            if isinstance(node, f.Quantity) and is_bare(node):
                raise self.error(
                    f"“{node.text}”没有单位，应写作 {node.text}% 或 {node.text}元 之类",
                    f"{node.text!r} has no unit; write {node.text}%, {node.text}元 or the like",
                    node.at or at,
                )
        for node in nodes[1:]:
            if node.dim != first.dim and not {node.dim.kind, first.dim.kind} <= {"code", "text"}:
                a, b = describe(first.dim), describe(node.dim)
                raise self.error(
                    f"各部分应同类：既有{a[0]}又有{b[0]}", f"the parts differ: {a[1]} and {b[1]}", node.at or at
                )
        return first.dim

    def _refused(self, e: exp.Expression, at: int) -> RuleError:
        return refused(self, e, at)



def _starts(root: exp.Expression) -> dict[int, int]:
    """The smallest known offset within each expression, by the expression's identity."""
    found: dict[int, int] = {}
    for part in reversed(list(root.walk())):  # the parts of an expression before it
        own = part.meta.get("start")
        if own is not None and own < found.get(id(part), own + 1):
            found[id(part)] = own
        start = found.get(id(part))
        if start is not None and part.parent is not None and start < found.get(id(part.parent), start + 1):
            found[id(part.parent)] = start
    return found


def refused(reader: Reader, e: exp.Expression, at: int) -> RuleError:
    """The error for anything outside the closed list."""
    for kind, (zh, en) in _REMEDIES.items():
        if isinstance(e, kind):
            return reader.error(f"规则里不能用 {e.key.upper()}；{zh}", f"{e.key.upper()} is not allowed in a rule; {en}", at)
    if e.find(exp.Select, exp.Subquery) or isinstance(e, exp.Query | exp.DDL | exp.DML | exp.Command):
        return reader.error(
            "规则里不能有语句或子查询，只能是条件或算式",
            "statements and sub-queries are not allowed in a rule; write a condition or a formula",
            at,
        )
    name = e.name if isinstance(e, exp.Anonymous) else e.key
    near = nearest_functions(name)
    hint_zh = f"；是不是 {'、'.join(near)}？" if near else f"；可用的函数：{'、'.join(FUNCTIONS)}"
    hint_en = f"; did you mean {', '.join(near)}?" if near else f"; the functions are {', '.join(FUNCTIONS)}"
    return reader.error(f"规则里不能用 {name}{hint_zh}", f"{name} is not allowed in a rule{hint_en}", at)

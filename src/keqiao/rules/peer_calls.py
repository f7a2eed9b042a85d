"""Calls with OVER: `percentile` and `median` among the enterprises of a snapshot that share codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlglot import exp

from keqiao.rules import form as f
from keqiao.rules.dimensions import describe

if TYPE_CHECKING:
    from keqiao.rules.reader import Reader

KINDS = ("percentile", "median")
#: Chinese, English and offset to the error to raise.
MakeError = Callable[[str, str, int], Exception]
#: What is computed from more than the enterprise's own facts, or may be a range.
_NOT_FACTS = (f.Score, f.Points, f.Outcome, f.ClassAmong, f.CountYes, f.Peer)


def read_window(reader: Reader, e: exp.Expression, at: int) -> f.Node | None:
    """The node of ``percentile(x) OVER (PARTITION BY code)``; None where the call is no such function.

    Raises `RuleError` outside scorecards, and where anything but facts is ranked.
    """
    inner = e.this if isinstance(e, exp.Window) else e
    kind = "median" if isinstance(inner, exp.Median) else str(inner.name).lower()
    if kind not in KINDS or not isinstance(inner, exp.Median | exp.Anonymous):
        return None
    if not reader.scope.peers:
        raise reader.error(*scorecards_only(f"{kind}(x) OVER (PARTITION BY …)"), at)
    args = [inner.this] if isinstance(inner, exp.Median) else list(inner.expressions)
    extra = {name for name, value in e.args.items() if value} - {"this", "partition_by", "over"}
    if not isinstance(e, exp.Window) or extra or len(args) != 1:
        raise reader.error(
            f"写法应为 {kind}(x) OVER (PARTITION BY 划型行业)；与全部企业相比写 {kind}(x) OVER ()",
            f"write it as {kind}(x) OVER (PARTITION BY 划型行业), or {kind}(x) OVER () to compare with all",
            at,
        )
    over = tuple(reader.node(part) for part in e.args.get("partition_by") or [])
    return peer(reader.error, kind, reader.value(args[0]), over, at)


def scorecards_only(what: str) -> tuple[str, str]:
    """The message that a standard cannot compare with peers: the same facts must give the same outcome."""
    return f"{what} 只能用于评分卡", f"{what} is for scorecards only"


def peer(error: MakeError, kind: str, x: f.Node, over: tuple[f.Node, ...], at: int) -> f.Peer:
    """A comparison of ``x`` with peers.

    Raises what ``error`` makes of a message where ``x`` is no number made of facts, or ``over`` no codes.
    """
    if not x.dim.is_number:
        zh, en = describe(x.dim)
        raise error(f"同行比较的应是数，得到的是{zh}", f"peers are compared by a number, not {en}", x.at or at)
    for part in f.walk(x):
        if isinstance(part, _NOT_FACTS):
            raise error(
                "同行比较的算式只能由数据算出，不能含得分、别的规则、count_yes 或另一个同行比较",
                "what peers are compared by is computed from facts; it has no scores, other rules, count_yes or peers",
                part.at or at,
            )
    for code in over:
        if not isinstance(code, f.Fact) or code.dim.kind not in ("code", "text"):
            raise error(
                "PARTITION BY 后面写代码指标，如 划型行业、发展阶段",
                "PARTITION BY takes code indicators, such as 划型行业 or 发展阶段",
                code.at or at,
            )
    return f.Peer(kind, x, tuple(dict.fromkeys(over)), at=at)


def refuse_peers(reader: Reader, nodes: list[f.Node], name: str, at: int) -> None:
    """Raise `RuleError` where ``known`` or ``first_known`` asks whether a comparison with peers is known.

    Without the peers at hand the answer would be no, and would be final.
    """
    for node in nodes:
        if f.has_peers(node):
            raise reader.error(
                f"{name} 里不能写同行比较，请直接问数据，如 known(研发费用)",
                f"{name} takes no comparison with peers; ask for the fact, such as known(研发费用)",
                node.at or at,
            )

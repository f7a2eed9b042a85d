"""Comparisons with peers as closures: the case carries the table that it is looked up in."""

from __future__ import annotations

from typing import Any

from keqiao.rules import form as f
from keqiao.rules.closures.values import PEERS, Case, Env, Gaps, Value, as_pair, every
from keqiao.rules.peers import Codes, Group, key_of


class PeerCode:
    """One comparison: the value itself, and the peers of a case."""

    __slots__ = ("_key", "_over", "value")

    def __init__(self, node: f.Peer, x: Value, over: list[Value]) -> None:
        self._key = key_of(node)
        self._over = [part.get for part in over]
        self.value = _percentile(self, x, over) if node.kind == "percentile" else _median(self, over)

    def codes(self, c: Case) -> Codes | None:
        """The partition of a case; None where a code is missing."""
        codes = tuple(get(c) for get in self._over)
        return None if None in codes else codes

    def group(self, c: Case) -> Group | None:
        """The peers of a case; None where the case has no table, or no peer has a value."""
        codes = self.codes(c)
        return None if codes is None or c[PEERS] is None else c[PEERS].group(self._key, codes)


def peer(node: f.Peer, x: Value, over: list[Value], env: Env) -> Value:
    """Compile a comparison whose parts are compiled, and remember it for the trace."""
    code = env.peers.get(node)
    if code is None:
        code = env.peers[node] = PeerCode(node, x, over)
    value: Value = code.value
    return value


def _percentile(code: PeerCode, x: Value, over: list[Value]) -> Value:
    pair, top, bottom = as_pair(x), x.factor.numerator, x.factor.denominator
    own = every([x.gaps, *(part.gaps for part in over)])

    def get(c: Case) -> Any:
        found = pair(c)
        if found is None:
            return None
        group = code.group(c)
        return None if group is None else group.percentile(found[0] * top, found[1] * bottom)

    def gaps(c: Case, g: Gaps) -> None:
        own(c, g)
        if pair(c) is not None and code.codes(c) is not None:
            _no_peers(code, c, g)

    return Value("pair", get, gaps)


def _median(code: PeerCode, over: list[Value]) -> Value:
    own = every([part.gaps for part in over])

    def get(c: Case) -> Any:
        group = code.group(c)
        return None if group is None else group.median()

    def gaps(c: Case, g: Gaps) -> None:
        own(c, g)
        if code.codes(c) is not None:
            _no_peers(code, c, g)

    return Value("pair", get, gaps)


def _no_peers(code: PeerCode, c: Case, g: Gaps) -> None:
    if code.group(c) is None:  # no fact of the enterprise settles it
        g.unknown = True

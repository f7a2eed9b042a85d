"""From a node to its closure: the tables of builders, which the modules of values and conditions fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keqiao.rules import form as f
from keqiao.rules.closures.values import Condition, Env, Value

#: Builders by kind of node; `keqiao.rules.closures.compile` imports the modules that fill them.
VALUES: dict[type[f.Node], Callable[[Any, Env], Value]] = {}
CONDITIONS: dict[type[f.Node], Callable[[Any, Env], Condition]] = {}


def value(node: f.Node, env: Env) -> Value:
    """Compile a node that has a value. Conditions become flags."""
    build = VALUES.get(type(node))
    if build is not None:
        return build(node, env)
    made = condition(node, env)
    return Value("flag", made.test, made.gaps)


def condition(node: f.Node, env: Env) -> Condition:
    """Compile a condition."""
    build = CONDITIONS.get(type(node))
    if build is not None:
        return build(node, env)
    made = value(node, env)
    return Condition(made.get, made.gaps)

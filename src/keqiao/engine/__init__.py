"""Runs: compiled rules over a snapshot, with a receipt that says what was computed from what."""

from keqiao.engine.run import Run, assess

__all__ = ["Run", "assess"]

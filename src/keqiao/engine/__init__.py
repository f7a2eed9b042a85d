"""Runs: compiled rules over a snapshot, with a receipt that says what was computed from what."""

from keqiao.engine.explaining import Explaining
from keqiao.engine.run import Run, assess
from keqiao.engine.verify import Verification, verify_run

__all__ = ["Explaining", "Run", "Verification", "assess", "verify_run"]

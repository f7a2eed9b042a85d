"""Lint of packs: everything about written rules that can be checked without a subject."""

from keqiao.packs.lint.check import check
from keqiao.packs.lint.report import CODES, Finding, LintReport, Unconfirmed

__all__ = ["CODES", "Finding", "LintReport", "Unconfirmed", "check"]

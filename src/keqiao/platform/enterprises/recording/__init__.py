"""Recording facts: never overwritten, exact, fast; what reads them back and what takes a batch back.

Everything here that writes is called inside an open `keqiao.platform.audit.services.written`.
"""

from keqiao.platform.enterprises.recording.facts import Counts, record_values
from keqiao.platform.enterprises.recording.reading import Held, facts_of
from keqiao.platform.enterprises.recording.snapshot import record_snapshot
from keqiao.platform.enterprises.recording.values import Value, indicator_ids, read_typed, show, stored_of
from keqiao.platform.enterprises.recording.withdrawing import WITHDRAW_DAYS, may_withdraw, withdraw

__all__ = [
    "WITHDRAW_DAYS",
    "Counts",
    "Held",
    "Value",
    "facts_of",
    "indicator_ids",
    "may_withdraw",
    "read_typed",
    "record_snapshot",
    "record_values",
    "show",
    "stored_of",
    "withdraw",
]

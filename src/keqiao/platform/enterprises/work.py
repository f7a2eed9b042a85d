"""The jobs of this app."""

import datetime as dt

from keqiao.platform.enterprises import intake_work
from keqiao.platform.jobs.services import schedule

__all__ = ["intake_work", "plan"]


def plan() -> None:
    """Make sure that old uploads are wiped every day."""
    schedule("intake:tidy", dt.timedelta(days=1))

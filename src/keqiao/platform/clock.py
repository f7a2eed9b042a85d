"""Time of the site: instants in UTC, days in Asia/Shanghai."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """The instant, aware."""
    return timezone.now()


def today() -> dt.date:
    """The day in Asia/Shanghai, on which every deadline rests."""
    return timezone.now().astimezone(ZONE).date()

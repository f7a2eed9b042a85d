"""Counts of long lists: a count that took long is kept for a minute, so that twenty readers do not count again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

#: Seconds: a count that took less is never kept; how long one is kept.
SLOW, KEPT = 0.05, 60.0
_MOST = 500
_lock = threading.Lock()
_counts: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()


def counted(key: Hashable, count: Callable[[], int]) -> int:
    """A count by its key, which names everything it depends on."""
    began = time.monotonic()
    with _lock:
        kept = _counts.get(key)
        if kept is not None and kept[0] > began:
            return kept[1]
    found = count()
    if time.monotonic() - began >= SLOW:
        with _lock:
            _counts[key] = (time.monotonic() + KEPT, found)
            while len(_counts) > _MOST:
                _counts.popitem(last=False)
    return found

"""Limits of requests: so many a minute for each token, for each address without one, and for wrong tokens.

Counts are in the memory of the process: with several workers each counts for itself, so that the site as a whole
allows at most as many times the limit as it has workers. ``[api]`` in ``site.toml`` changes them: ``token_per_minute``,
``address_per_minute``, ``wrong_per_minute``.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

_DEFAULTS = {"token_per_minute": 300, "address_per_minute": 60, "wrong_per_minute": 20}
#: keys remembered at most; beyond them the one not used for longest is forgotten
_MOST = 20_000


def per_minute(name: str) -> int:
    """A limit in force."""
    found = settings.HOME.settings.get("api", {})
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, int) and value > 0 else _DEFAULTS[name]


class Buckets:
    """A bucket for each key that fills steadily and holds a minute's worth; every request takes one."""

    def __init__(self, name: str, timer: Callable[[], float] = time.monotonic) -> None:
        self.name, self.timer = name, timer
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def _fill(self, key: str, most: int) -> float:
        left, before = self._left.get(key, (float(most), self.timer()))
        return min(most, left + (self.timer() - before) * most / 60)

    def wait(self, key: str) -> int:
        """Seconds until there is one to take, 0 where there is."""
        most = per_minute(self.name)
        with self._lock:
            left = self._fill(key, most)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) * 60 / most))

    def take(self, key: str) -> int:
        """Take one; the seconds to wait where there is none."""
        most = per_minute(self.name)
        with self._lock:
            left = self._fill(key, most)
            if left >= 1:
                left -= 1
                wait = 0
            else:
                wait = max(1, math.ceil((1 - left) * 60 / most))
            self._left[key] = (left, self.timer())
            self._left.move_to_end(key)
            while len(self._left) > _MOST:
                self._left.popitem(last=False)
        return wait

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._left.clear()


TOKENS = Buckets("token_per_minute")
ADDRESSES = Buckets("address_per_minute")
GUESSES = Buckets("wrong_per_minute")


class Limit(BaseThrottle):
    """The limit of every operation: by token where there is one, else by address."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether there is one to take."""
        token = getattr(request, "auth", None)
        wait = TOKENS.take(str(token.pk)) if token is not None else ADDRESSES.take(request.META.get("REMOTE_ADDR", ""))
        request.wait = wait  # type: ignore[attr-defined]
        return wait == 0

    def wait(self) -> float | None:
        """Not known without the request; `errors` takes it from there."""
        return None

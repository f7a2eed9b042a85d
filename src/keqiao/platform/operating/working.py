"""The process that does jobs."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from keqiao.platform.home import Home
from keqiao.platform.operating.serving import log_to


def work(home: Home, *, once: bool = False) -> int:
    """Do jobs until SIGTERM or Ctrl-C, or with ``once`` until none is due; gives how many were done.

    Under ``serve`` (``KEQIAO_PARENT``) it ends with its parent, however that ended.
    """
    from keqiao.platform.jobs.worker import run_jobs

    log_to(home, "jobs")
    if once:
        return run_jobs(once=True)
    from keqiao.platform.audit import work as audit
    from keqiao.platform.enterprises import work as enterprises

    audit.plan()
    enterprises.plan()
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    parent = os.environ.get("KEQIAO_PARENT")
    if parent is not None:
        threading.Thread(target=_follow, args=(int(parent), stop), name="parent", daemon=True).start()
    return run_jobs(stop=stop)


def _follow(parent: int, stop: threading.Event) -> None:
    """Stop when the parent is gone: the process then belongs to another."""
    while not stop.wait(2):
        if os.getppid() != parent:
            stop.set()

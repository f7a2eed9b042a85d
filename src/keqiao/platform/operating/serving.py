"""Serving a site: waitress in this process, the jobs in child processes that are started again when they end."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from types import FrameType
from typing import Any

from keqiao.errors import KeqiaoError
from keqiao.platform.home import Home

log = logging.getLogger("keqiao.serving")

#: a child that ends is started again after this many seconds, twice as long each time up to the limit
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
#: how often the head of the chain is kept in the folder, in seconds
_KEEP_EVERY = 60.0
#: a statement of a request may take this long, in milliseconds
_LONGEST_STATEMENT = 30_000
_LOG_SIZE, _LOGS = 10 * 1024 * 1024, 10


@dataclass(frozen=True)
class Serving:
    """How a site is served: options of the command over ``[server]`` of site.toml over the defaults."""

    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 8
    workers: int = 1
    proxy: str = ""


def serving_of(home: Home, **chosen: Any) -> Serving:
    """The settings in force; ``chosen`` holds what the command line gave (None: not given). Raises `KeqiaoError`."""
    table = home.settings.get("server", {})
    if not isinstance(table, dict):
        raise KeqiaoError("site.toml 的 server 应是一节：[server]", "server in site.toml is a table: [server]")
    names = {"host": "host", "port": "port", "threads": "threads", "workers": "workers-jobs", "proxy": "trusted-proxy"}
    unknown = sorted(set(table) - set(names.values()))
    if unknown:
        listed = "、".join(names.values())
        raise KeqiaoError(f"site.toml 的 [server] 没有“{unknown[0]}”；有：{listed}", f"[server] in site.toml has no {unknown[0]!r}; it has {listed}")
    found: dict[str, Any] = {}
    for name, key in names.items():
        value = chosen.get(name) if chosen.get(name) is not None else table.get(key)
        if value is None:
            continue
        wanted = type(getattr(Serving(), name))
        if type(value) is not wanted:
            raise KeqiaoError(f"site.toml 的 [server] {key} 应是{'整数' if wanted is int else '文字'}", f"[server] {key} in site.toml is {'a whole number' if wanted is int else 'text'}")
        found[name] = value
    return Serving(**found)


def serve(home: Home, how: Serving, opened: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; ``opened`` is called with the address once the port is bound.

    Raises `KeqiaoError` where the port is taken.
    """
    from waitress.server import create_server

    from keqiao.platform.wsgi import application

    log_to(home, "site")
    _bound_statements()
    trusted: dict[str, Any] = {}
    if how.proxy:
        trusted = {"trusted_proxy": how.proxy, "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}}
    try:
        server = create_server(
            application, host=how.host, port=how.port, threads=how.threads, ident=None, clear_untrusted_proxy_headers=True,
            max_request_body_size=2 * _upload_limit(home), connection_limit=500, channel_timeout=60, **trusted,
        )  # fmt: skip
    except OSError as error:
        raise KeqiaoError(
            f"端口 {how.host}:{how.port} 用不了（{error.strerror}）；换一个 --port", f"cannot listen on {how.host}:{how.port} ({error.strerror}); choose another --port"
        ) from None
    workers = [Child([sys.executable, "-m", "keqiao", "site", "run-jobs"], home) for _ in range(how.workers)]
    stop = threading.Event()
    watch = threading.Thread(target=_watch, args=(workers, stop), name="watch", daemon=True)
    signal.signal(signal.SIGTERM, _end)
    # a shell that starts us in the background has it ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    port = getattr(server, "effective_port", how.port)
    shown = "127.0.0.1" if how.host in ("0.0.0.0", "::", "") else how.host
    opened(f"http://{shown}:{port}/")
    watch.start()
    try:
        server.run()  # returns on KeyboardInterrupt and SystemExit, after the threads have answered
    finally:
        # a second Ctrl-C must not leave the children behind
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        stop.set()
        watch.join(timeout=5)
        for worker in workers:
            worker.end()
        server.close()


def _upload_limit(home: Home) -> int:
    """Bytes of the site's own limit, whose refusal is a page; what is twice as long is refused before it is read."""
    try:
        return int(str(home.settings.get("upload_limit_mb", 200))) * 1024 * 1024
    except ValueError:
        raise KeqiaoError("site.toml 的 upload_limit_mb 应是整数", "upload_limit_mb in site.toml is a whole number") from None


def _bound_statements() -> None:
    """Let PostgreSQL break off what a request asks for after half a minute; jobs have no such limit."""
    from django.db import connections

    if connections["default"].vendor == "postgresql":
        connections.settings["default"].setdefault("OPTIONS", {})["options"] = f"-c statement_timeout={_LONGEST_STATEMENT}"
        connections["default"].close()


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


class Child:
    """A process that is started again when it ends, slower each time it ends soon."""

    def __init__(self, command: list[str], home: Home) -> None:
        self.command, self.home = command, home
        self.process: subprocess.Popen[bytes] | None = None
        self.wait, self.started, self.due = _FIRST_WAIT, 0.0, 0.0

    def look(self) -> None:
        """Start the process where it does not run and its waiting time is over."""
        moment = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            log.warning("jobs process %s ended with %s; starting again in %.0f s", self.process.pid, self.process.returncode, self.wait)
            self.wait = _FIRST_WAIT if moment - self.started > _LONGEST_WAIT else min(self.wait * 2, _LONGEST_WAIT)
            self.due, self.process = moment + self.wait, None
        if self.process is None and moment >= self.due:
            # a session of its own: Ctrl-C in the terminal goes to the server, which ends its children in order
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, env={**os.environ, "KEQIAO_HOME": str(self.home.path), "KEQIAO_PARENT": str(os.getpid())},
                start_new_session=True,
            )  # fmt: skip
            self.started = moment

    def end(self) -> None:
        """Ask the process to end, and make it after ten seconds; what it was doing is taken up at the next start."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _watch(workers: list[Child], stop: threading.Event) -> None:
    """Keep the children running and the head of the chain written; the thread's own database connection is closed."""
    from django.db import DatabaseError, connection

    from keqiao.platform.audit import heads

    kept = 0.0
    while not stop.is_set():
        for worker in workers:
            worker.look()
        if time.monotonic() - kept > _KEEP_EVERY:
            kept = time.monotonic()
            try:
                heads.keep()
            except (DatabaseError, OSError) as error:
                log.warning("the audit head could not be kept: %s", error)
            finally:
                connection.close()
        stop.wait(0.5)


def log_to(home: Home, name: str) -> None:
    """Write what is logged into ``logs/NAME.log``, ten files of 10 MB, and warnings to standard error as well."""
    folder = home.path / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    file = RotatingFileHandler(folder / f"{name}.log", maxBytes=_LOG_SIZE, backupCount=_LOGS, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    screen = logging.StreamHandler()
    screen.setLevel(logging.ERROR)
    root = logging.getLogger()
    root.handlers = [file, screen]
    root.setLevel(logging.INFO)
    # slow clients make waitress say so once per request
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)

"""The running site under load: users who log in, think two seconds, and open pages; p50 and p95 of each kind of page.

    python benchmarks/site.py --url http://127.0.0.1:8000 --users 20 --seconds 60

Without ``--url`` it makes a site of its own in a temporary folder (``--database`` for PostgreSQL, else SQLite), fills it
with ``--enterprises`` synthetic enterprises and serves it with default settings.
"""

from __future__ import annotations

import argparse
import html
import http.client
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import defaultdict
from pathlib import Path

PASSWORD = "Keqiao-Demo-2026"
THINK = 2.0
#: What an officer opens, with weights: kind, path; ``{id}`` is an enterprise, ``{q}`` two characters of a name.
PAGES = (
    ("desk", "/desk", 1), ("list", "/enterprises", 3), ("search", "/enterprises?q={q}", 3), ("filter", "/enterprises?outcome=yes&title=cn.tech_sme", 2),
    ("profile", "/enterprises/{id}", 4), ("check", "/check/cn.tech_sme/", 2),
)  # fmt: skip


class Visitor:
    """One browser: a connection that is kept, cookies, a login."""

    def __init__(self, url: str, username: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        page = self.get("/login")[1]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "username": username, "password": PASSWORD})
        status, _ = self._ask("POST", "/login", body)
        assert status in (302, 303), f"login of {username}: {status}"

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Host": f"{self.host}:{self.port}"}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}:{self.port}"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.split(";")[0]
        return answer.status, text


def walk(url: str, username: str, seed: int, until: float, times: dict[str, list[float]], failures: list[str], lock: threading.Lock) -> None:
    """One user's minute: open a page, think, open the next."""
    draw = random.Random(seed)
    me = Visitor(url, username)
    ids, names = look(me)
    kinds, weights = [(kind, path) for kind, path, _ in PAGES], [weight for *_, weight in PAGES]
    time.sleep(draw.uniform(0, THINK))
    while time.monotonic() < until:
        kind, path = draw.choices(kinds, weights)[0]
        name = draw.choice(names)
        start = draw.randrange(max(len(name) - 1, 1))
        target = path.format(id=draw.choice(ids), q=urllib.parse.quote(name[start : start + 2]))
        began = time.perf_counter()
        status, _ = me.get(target)
        took = time.perf_counter() - began
        with lock:
            times[kind].append(took)
            if status >= 400:
                failures.append(f"{target}: {status}")
        time.sleep(draw.uniform(0.5 * THINK, 1.5 * THINK))


def look(me: Visitor) -> tuple[list[str], list[str]]:
    """Ids and names of enterprises on some pages of the list."""
    ids: dict[str, str] = {}
    for number in range(1, 6):
        _, page = me.get(f"/enterprises?page={number}")
        ids |= {id: html.unescape(name) for id, name in re.findall(r'href="/enterprises/(\d+)/?"[^>]*>(?:<[^>]+>)*([^<]{2,})', page)}
    assert ids, "the list shows no enterprise"
    return list(ids), list(ids.values())


def measured(url: str, users: int, seconds: float, username: str) -> dict[str, dict[str, float]]:
    """Milliseconds p50 and p95, and the number of requests, for each kind of page."""
    times: dict[str, list[float]] = defaultdict(list)
    failures: list[str] = []
    lock, until = threading.Lock(), time.monotonic() + seconds
    threads = [threading.Thread(target=walk, args=(url, username, seed, until, times, failures, lock)) for seed in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:5]
    return {kind: {"n": len(found), "p50": at(found, 0.5), "p95": at(found, 0.95)} for kind, found in sorted(times.items())}


def at(values: list[float], share: float) -> float:
    """A quantile in milliseconds, the nearest rank."""
    ordered = sorted(values)
    return round(ordered[max(math.ceil(share * len(ordered)) - 1, 0)] * 1000, 1)


def served(enterprises: int, database: str) -> tuple[subprocess.Popen[str], str, tempfile.TemporaryDirectory[str]]:
    """A site of its own: process, address, folder."""
    folder = tempfile.TemporaryDirectory(prefix="keqiao-bench-")
    environment = {**os.environ, "KEQIAO_HOME": str(Path(folder.name) / "home"), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "keqiao", "site"]
    subprocess.run([*command, "init", "--demo", *(["--database", database] if database else [])], env=environment, check=True)
    program = f"from keqiao.platform.operating.starting import ready; ready()\nfrom keqiao.platform.operating.demo import load\nload(enterprises={enterprises}, told=lambda s, d, n: print(s, flush=True))"
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    process = subprocess.Popen([*command, "serve", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = next(hit[0] for line in process.stdout if (hit := re.search(r"http://[\d.:]+", line)))
    return process, url, folder


def main() -> None:
    """Measure and print a table; ``--json`` writes it as well."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", default="")
    options.add_argument("--database", default="")
    options.add_argument("--enterprises", type=int, default=5000)
    options.add_argument("--users", type=int, default=20)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--username", default="city")
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    process, folder, url = None, None, chosen.url
    if not url:
        process, url, folder = served(chosen.enterprises, chosen.database)
    try:
        found = measured(url, chosen.users, chosen.seconds, chosen.username)
    finally:
        if process is not None and folder is not None:
            process.terminate()
            process.wait()
            folder.cleanup()
    print(f"{'page':<10}{'n':>6}{'p50 ms':>10}{'p95 ms':>10}")
    for kind, row in found.items():
        print(f"{kind:<10}{row['n']:>6}{row['p50']:>10}{row['p95']:>10}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

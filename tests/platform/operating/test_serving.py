"""``keqiao site serve`` and ``run-jobs`` as processes: start, answer, restart of the jobs, end."""

from __future__ import annotations

import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest


def opened(process):
    """The address that a starting server prints."""
    for line in process.stdout:
        found = re.search(r"http://[\d.:]+/", line)
        if found:
            return found[0]
    raise AssertionError(process.wait())


def get(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def children(pid):
    """Ids of the processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in " ".join(path.read_text() for path in listed.parent.parent.glob("*/children")).split()]


@pytest.fixture
def serving(site):
    process = site.start("serve", "--port", "0")
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_serves_until_ctrl_c(site, serving):
    address = opened(serving)
    status, page = get(address)
    assert status == 200
    assert "科桥" in page.decode()
    assert json.loads(get(address + "health")[1])["audit"] is True
    serving.send_signal(signal.SIGINT)
    assert "已停止" in serving.stdout.read()
    assert serving.wait() == 0


def test_jobs_process_is_started_again(serving):
    opened(serving)
    first = _child(serving.pid, set())
    os.kill(first, signal.SIGKILL)
    assert _child(serving.pid, {first}) != first
    last = _child(serving.pid, {first})
    serving.terminate()
    assert serving.wait() == 0
    assert not Path(f"/proc/{last}").exists()


def _child(pid, known):
    """The first child that is not known, as soon as there is one."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = [child for child in children(pid) if child not in known and Path(f"/proc/{child}/cmdline").read_bytes().count(b"run-jobs")]
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError("no child")


def test_taken_port_is_a_sentence(site, serving):
    port = opened(serving).rstrip("/").rsplit(":", 1)[1]
    assert "换一个 --port" in site("serve", "--port", port, good=False)


def test_jobs_once(site):
    assert re.search(r"做了 \d+ 项任务", site("run-jobs", "--once"))


def test_request_beyond_the_limit_is_refused(site):
    config = site.home / "site.toml"
    config.write_text(config.read_text("utf-8").replace("upload_limit_mb = 200", "upload_limit_mb = 1"), encoding="utf-8")
    process = site.start("serve", "--port", "0", "--workers-jobs", "0")
    try:
        address = opened(process)
        request = urllib.request.Request(address, data=b"x" * (3 << 20))
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 413
        refused.value.close()
    finally:
        process.terminate()
        process.communicate()

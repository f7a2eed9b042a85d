"""A program for the crash tests: forks children that assess and die, and tells what each left behind.

    python crashing.py SNAPSHOT PACKS FOLDER

Every child writes to a folder of its own below FOLDER. Prints one JSON object: per child its exit (negative
for a signal), whether a run stands there, of which rule, and whether it is verified.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keqiao
from keqiao.engine import Run, assess, verify_run
from keqiao.errors import KeqiaoError
from keqiao.facts import Snapshot

OLD, NEW = ["cn.size_class"], ["cn.tech_sme"]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def on(step: int) -> Callable[[str, int, int], None]:
    return lambda name, done, total: die() if done == step else None


def at_call(name: str, count: int) -> None:
    """Die right before the ``count``-th call of a function of `os`."""
    original, left = getattr(os, name), [count]

    def counted(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            die()
        return original(*arguments, **named)

    setattr(os, name, counted)


def small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, 3_000))


def main() -> None:
    snapshot, packs, folder = Snapshot.open(Path(sys.argv[1])), keqiao.load_packs([sys.argv[2]], ours=False), Path(sys.argv[3])
    cases: dict[str, tuple[dict[str, Any], Callable[[], object], float]] = {
        "first step": ({"progress": on(0)}, lambda: None, 0),
        "receipt": ({"progress": on(1)}, lambda: None, 0),
        "finish": ({"finish": die}, lambda: None, 0),
        "before sync": ({}, lambda: at_call("fsync", 1), 0),
        "before the old steps aside": ({}, lambda: at_call("rename", 1), 0),
        "between old and new": ({}, lambda: at_call("rename", 2), 0),
        "before the old goes": ({}, lambda: at_call("rmdir", 1), 0),
        "disk full": ({}, small_files, 0),
    }
    cases |= {f"after {i} ms": ({}, lambda: None, i / 1000) for i in (5, 30, 60, 110)}
    for id in OLD + NEW:  # built once, before the children
        packs.version(id, snapshot.as_of)
    exits = {}
    for replace in (False, True):
        for name, (named, prepare, delay) in cases.items():
            if not replace and "old" in name:
                continue
            out = folder / f"{name} {replace}" / "run"
            child = os.fork()
            if not child:
                try:
                    if replace:
                        assess(snapshot, packs, out, rules=OLD, threads=1)
                    (out.parent / "ready").mkdir(parents=True)
                    prepare()
                    assess(snapshot, packs, out, rules=NEW, replace=replace, threads=1, **named)
                except KeqiaoError as problem:
                    os._exit(7 if "没有留下任何文件" in str(problem) else 8)
                os._exit(0)
            if delay:
                while not (out.parent / "ready").exists():
                    time.sleep(0.001)
                time.sleep(delay)
                os.kill(child, signal.SIGKILL)
            exits[out] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps({str(out.parent.name): found(out, code, snapshot, packs) for out, code in exits.items()}))


def found(out: Path, code: int, snapshot: Snapshot, packs: keqiao.Packs) -> dict[str, Any]:
    """What stands at ``out``, and whether the next run there clears up and succeeds."""
    (out.parent / "ready").rmdir()
    try:
        run = Run.open(out)
    except KeqiaoError:
        told: dict[str, Any] = {"exit": code, "rules": None, "ok": None}
    else:
        told = {"exit": code, "rules": run.rules, "ok": verify_run(run, replay=False).ok}
    if any(path != out for path in out.parent.iterdir()):
        assess(snapshot, packs, out, rules=NEW, replace=True, threads=1)
    return told | {"left": sorted(path.name for path in out.parent.iterdir())}


if __name__ == "__main__":
    main()

"""Measure a step of the self-check for every shipped rule, beside the bar of 50 ms.

    python benchmarks/questions.py [--rows 30] [--skip 0.1] [--rules cn.hnte ...]

A step is what a page does for one reply: read the state back from its JSON, read the reply, decide, choose the next
question. Enterprises of the packaged sample sit through the check and skip a share of the questions. The first step
of a rule in a process compiles it and looks at the sample; it is measured by itself. Prints a table in Markdown,
milliseconds of wall-clock time.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from assess.questions_replies import RULES, begin, reply, shipped
from keqiao.assess import questions

BAR = 50


def measure(rule: str, rows: list[int], skip: float) -> tuple[float, list[float]]:
    """The first step, then all steps of the given enterprises, in milliseconds."""
    draw = random.Random(rule)
    start = time.perf_counter()
    questions.step(begin(rule))
    first = 1000 * (time.perf_counter() - start)
    times: list[float] = []
    for row in rows:
        state = begin(rule)
        step = questions.step(state)
        while step.question is not None:
            key = step.question.key
            replied = questions.skip(state, key) if draw.random() < skip else reply(state, key, row)
            sent, text = state.to_json(), replied.answers.get(key)
            start = time.perf_counter()
            state = questions.restore(shipped(), sent)
            state = questions.skip(state, key) if text is None else questions.answer(state, key, text)
            step = questions.step(state)
            times.append(1000 * (time.perf_counter() - start))
    return first, sorted(times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30)
    parser.add_argument("--skip", type=float, default=0.1)
    parser.add_argument("--rules", nargs="*", default=RULES)
    arguments = parser.parse_args()
    rows = random.Random(7).sample(range(2000), arguments.rows)
    print("| rule | questions | steps | first | median | p95 | max |\n|---|---|---|---|---|---|---|")
    over = 0
    for rule in arguments.rules:
        first, times = measure(rule, rows, arguments.skip)
        most = len(questions.all_questions(begin(rule)))
        at95 = times[int(0.95 * (len(times) - 1))]
        over += sum(t > BAR for t in times)
        print(f"| `{rule}` | {most} | {len(times)} | {first:.0f} | {statistics.median(times):.1f} | {at95:.1f} | {times[-1]:.1f} |")
    print(f"\nsteps over {BAR} ms: {over}")


if __name__ == "__main__":
    main()

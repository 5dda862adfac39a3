"""`python -m bench.gate_latency [--limit N]`: what a question costs with the check of every reply, and what without, side by side.

Each dev question is asked both ways in turn, which way first drawn by lot, over several rounds. In the first round the
check reads each guide for the first time; later it remembers what it read, as a server does. Milliseconds of `Assistant.ask`.
"""

import argparse
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple
from unittest.mock import patch

from assistant.answering.gate import Passed
from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.model import AnyReply, Session
from evals.runner import AS_OF
from evals.sample import NAMES, load_suite
from knowledge.terminal import progress_bar

ROUNDS, SEED = 4, 7
WITH, WITHOUT = "核对", "不核对"


class Asked(NamedTuple):
    """One question asked one way: in which round, and how many milliseconds it took."""

    way: str
    first: bool
    milliseconds: float


def unchecked(reply: AnyReply) -> Passed:
    """A gate that stands open."""
    return Passed(reply, ())


def timed(assistant: Assistant, question: str, way: str) -> float:
    """Milliseconds of one question."""
    session = Session(session_id="bench")
    if way is WITHOUT:
        with patch.object(assistant.gate, "check", unchecked):
            return timed(assistant, question, WITH)
    started = time.perf_counter()
    assistant.ask(session, question, None, AS_OF)
    return 1000 * (time.perf_counter() - started)


def measured(assistant: Assistant, questions: Sequence[str], progress: Callable[[int, int], None]) -> list[Asked]:
    """Every question both ways, round after round."""
    rng, found = random.Random(SEED), list[Asked]()
    for number in range(ROUNDS):
        for done, question in enumerate(rng.sample(questions, len(questions)), 1):
            for way in rng.sample((WITH, WITHOUT), 2):
                found.append(Asked(way, number == 0, timed(assistant, question, way)))
            progress(number * len(questions) + done, ROUNDS * len(questions))
    return found


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def table(found: Sequence[Asked]) -> str:
    """Medians and 95th percentiles both ways, and their ratios."""
    groups: defaultdict[tuple[bool, str], list[float]] = defaultdict(list)
    for asked in found:
        groups[(asked.first, asked.way)].append(asked.milliseconds)
    lines = ["| | 次数 | 不核对 p50 | 核对 p50 | 倍数 | 不核对 p95 | 核对 p95 | 倍数 |", f"|{'---|' * 8}"]
    for first, name in ((True, "第一次问到"), (False, "以后")):
        off, on = groups[(first, WITHOUT)], groups[(first, WITH)]
        cells = "".join(f" {of(off):.1f} | {of(on):.1f} | {of(on) / of(off):.2f} |" for of in (statistics.median, _p95))
        lines.append(f"| {name} | {len(on)} |{cells}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int)
    args = parser.parse_args()
    cases = [c for name in NAMES for c in load_suite(name).cases if c.split == "dev" and len(c.turns) == 1]
    questions = list(dict.fromkeys(c.turns[0] for c in cases))
    bar, move = progress_bar("计时")
    with bar:
        found = measured(build_assistant(read_settings()), questions[: args.limit], move)
    sys.stdout.write(table(found))


if __name__ == "__main__":
    main()

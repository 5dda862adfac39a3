"""`python -m bench.plan_speed [COUNT]`: how long a plan and a next question take, the slowest life events first."""

import sys
import time
from collections.abc import Callable
from random import Random

from assistant.onething.flow import Flow, next_state, open_flow
from assistant.onething.planning import make_plan
from bench.plan_citizens import values
from bench.theme_walks import DAY
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE
from knowledge.sources.library import load_library


def percentiles(flow: Flow, count: int, work: Callable[[Flow, dict[str, str]], object]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds over citizens with random answers to all questions."""
    random, choices, took = Random(flow.theme.theme_id), values(flow), []
    for _ in range(count):
        answers = {fact: random.choice(given) for fact, given in choices.items()}
        started = time.perf_counter()
        work(flow, answers)
        took.append((time.perf_counter() - started) * 1000)
    return sorted(took)[count // 2], sorted(took)[int(count * 0.95)]


def plan(flow: Flow, answers: dict[str, str]) -> object:
    """One plan."""
    return make_plan(flow.theme, answers, flow.catalog, flow.adcode, flow.day)


def main(count: int) -> int:
    """Print the ten slowest."""
    catalog = Catalog(load_library())
    flows = [open_flow(theme, catalog, ROOT_ADCODE, DAY) for theme in catalog.themes.values()]
    rows = [
        (f.theme.theme_id, len(f.cases), percentiles(f, count, plan), percentiles(f, count, next_state)) for f in flows
    ]
    sys.stdout.write("一件事                        事项  计划p50  计划p95  下一问p50  下一问p95（毫秒）\n")
    for name, items, planned, asked in sorted(rows, key=lambda row: -row[2][1])[:10]:
        sys.stdout.write(
            f"{name:<28}{items:>5}{planned[0]:>9.2f}{planned[1]:>9.2f}{asked[0]:>10.2f}{asked[1]:>10.2f}\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))

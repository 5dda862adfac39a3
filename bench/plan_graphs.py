"""`python -m bench.plan_graphs [COUNT]`: stages, earliest finish and critical path of random plans against brute force.

Brute force knows nothing of the planner: it follows every chain of items, and lets offices work day by day.
"""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from assistant.onething.scheduling import critical_path, schedule, stages
from assistant.onething.working_days import ONE_DAY, Span, WorkingCalendar, working_calendar
from knowledge.model import Quantity
from knowledge.sources.library import load_library

UNITS = ("工作日", "工作日", "日", "月")
MOST_ITEMS = 10


class Graph(NamedTuple):
    """A random plan: what each item waits for, how long it takes (None: not published), and when it begins."""

    needs: dict[str, set[str]]
    spans: dict[str, tuple[Span, ...] | None]
    start: date


def random_graph(random: Random) -> Graph:
    """Up to ten items in a random order, each waiting for some of those before it."""
    names = [f"i{n}" for n in range(random.randint(1, MOST_ITEMS))]
    random.shuffle(names)
    density = random.random() * 0.6
    needs = {name: {other for other in names[:n] if random.random() < density} for n, name in enumerate(names)}
    spans = {name: None if random.random() < 0.1 else _random_spans(random) for name in names}
    return Graph(dict(sorted(needs.items())), spans, date(2025, 1, 1) + timedelta(days=random.randrange(700)))


def _random_spans(random: Random) -> tuple[Span, ...]:
    def one() -> Span:
        if random.random() < 0.2:
            return "当场"
        unit = random.choice(UNITS)
        return Quantity(amount=random.randint(1, 3 if unit == "月" else 30), unit=unit)

    return tuple(one() for _ in range(random.choice((1, 1, 1, 2))))


def chains(needs: dict[str, set[str]]) -> Iterator[list[str]]:
    """Every chain of items that wait for each other, from an item that waits for nothing."""
    waiting = [[item] for item, others in needs.items() if not others]
    while waiting:
        chain = waiting.pop()
        yield chain
        waiting += [[*chain, item] for item, others in needs.items() if chain[-1] in others]


def by_days(graph: Graph, calendar: WorkingCalendar) -> dict[str, date]:
    """When each result is there if every day every item that can be handed in is: one day after another."""
    ready: dict[str, date] = {}
    day = graph.start
    while len(ready) < len(graph.needs):
        moved = True
        while moved:  # what is done at once may let another be handed in on the same day
            moved = False
            for item, others in graph.needs.items():
                if item in ready or not calendar.works(day) or any(ready.get(o, date.max) > day for o in others):
                    continue
                end = day
                for span in graph.spans[item] or ():
                    end = calendar.after(end, span)
                ready[item], moved = end, True
        day += ONE_DAY
    return ready


def faults(graph: Graph, calendar: WorkingCalendar) -> list[str]:
    """What the planner says that brute force does not."""
    dates = schedule(graph.needs, graph.spans, graph.start, calendar)
    layers = stages(graph.needs)
    every = list(chains(graph.needs))
    found = []
    if len(layers) != max(len(chain) for chain in every):
        found.append("stages")
    place = {item: n for n, layer in enumerate(layers) for item in layer}
    if any(place[other] >= place[item] for item, others in graph.needs.items() for other in others):
        found.append("order")
    if {item: d.ready for item, d in dates.items()} != by_days(graph, calendar):
        found.append("dates")
    ends = {tuple(chain): _end(chain, graph, calendar) for chain in every}
    path = tuple(critical_path(graph.needs, dates))
    if ends.get(path) != max(ends.values()):
        found.append("critical")
    unsure = {chain[-1] for chain in every if any(graph.spans[item] is None for item in chain)}
    if unsure != {item for item, d in dates.items() if not d.sure}:
        found.append("unsure")
    return found


def _end(chain: list[str], graph: Graph, calendar: WorkingCalendar) -> date:
    day = graph.start
    for item in chain:
        day = calendar.open_from(day)
        for span in graph.spans[item] or ():
            day = calendar.after(day, span)
    return day


def main(count: int) -> int:
    """Print how many graphs agree; exit 1 if one does not."""
    calendar = working_calendar(load_library().calendars)
    random = Random(6)
    graphs = [random_graph(random) for _ in range(count)]
    wrong = [(graph, found) for graph in graphs if (found := faults(graph, calendar))]
    sizes = [len(graph.needs) for graph in graphs]
    sys.stdout.write(
        f"随机计划 {count} 个（每个 1–{max(sizes)} 项，平均 {sum(sizes) / count:.1f} 项）：不一致 {len(wrong)} 个\n"
    )
    for graph, found in wrong[:5]:
        sys.stdout.write(f"  {'、'.join(found)}：{graph}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))

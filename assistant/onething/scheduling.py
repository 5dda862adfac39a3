"""Items, what each waits for and how long each takes → stages, dates and the critical path."""

from collections.abc import Iterable, Mapping
from datetime import date
from graphlib import TopologicalSorter
from typing import NamedTuple

from assistant.onething.eligibility import Answers, evaluate
from assistant.onething.working_days import Span, WorkingCalendar
from knowledge.model import Guide, Limit, Quantity

Needs = Mapping[str, set[str]]  # item → the items whose results it waits for
Spans = tuple[Span, ...]


class Times(NamedTuple):
    """The time from handing in to the result by what the guide states: one span after another; None: not published."""

    soonest: Spans | None  # the promise, else the shortest case
    latest: Spans | None  # the statutory limit of the longest case, without extensions that need approval


class Dates(NamedTuple):
    """When an item is handed in and when its result is there; `sure` if every time on the way is published."""

    handed_in: date
    ready: date
    sure: bool


def stages(needs: Needs) -> list[list[str]]:
    """Items whose inputs are ready run side by side: the fewest stages possible. Raises CycleError on a cycle."""
    order = list(needs)
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    layers: list[list[str]] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=order.index)
        layers.append(ready)
        sorter.done(*ready)
    return layers


def schedule(
    needs: Needs, spans: Mapping[str, Spans | None], start: date, calendar: WorkingCalendar
) -> dict[str, Dates]:
    """Every item as early as its inputs allow. A time that is not published counts as none and makes dates unsure.

    Starting an item later never ends it earlier, so handing in as soon as possible gives the earliest finish.
    """
    dates: dict[str, Dates] = {}
    for item in (item for layer in stages(needs) for item in layer):
        before = [dates[other] for other in needs[item]]
        day = calendar.open_from(max((d.ready for d in before), default=start))
        spent = spans[item]
        dates[item] = Dates(day, _after(day, spent or (), calendar), spent is not None and all(d.sure for d in before))
    return dates


def _after(day: date, spans: Spans, calendar: WorkingCalendar) -> date:
    for span in spans:
        day = calendar.after(day, span)
    return day


def critical_path(needs: Needs, dates: Mapping[str, Dates]) -> list[str]:
    """The chain of items that fixes the last date, from the first to the last; of several one with more items."""
    place = {item: n for n, item in enumerate(dates)}  # in stages

    def last_of(items: Iterable[str]) -> str:
        return max(items, key=lambda item: (dates[item].ready, place[item]))

    path = [last_of(dates)] if dates else []
    while path and needs[path[-1]]:
        path.append(last_of(needs[path[-1]]))
    return path[::-1]


def times_of(guide: Guide, known: Answers) -> Times:
    """What a guide's limits say, where its cases are not ruled out by what is known."""
    return Times(_spans(guide, known, latest=False), _spans(guide, known, latest=True))


def _spans(guide: Guide, known: Answers, *, latest: bool) -> Spans | None:
    kinds = {"statutory"} if latest else {"statutory", "promised"}
    rows = [(limit, evaluate(limit.when, known)) for limit in guide.limits if limit.kind in kinds]
    whole = [_span(limit) for limit, fits in rows if limit.part == "whole" and fits is not False]
    then = [_span(limit) for limit, fits in rows if limit.part == "then" and (fits or (latest and fits is None))]
    if not whole:
        return None
    pick = max if latest else min
    return tuple(pick(group, key=_length) for group in (whole, then) if group)


def _span(limit: Limit) -> Span:
    if isinstance(limit.within, Quantity) and limit.working_days:
        return limit.within.model_copy(update={"unit": "工作日"})
    return limit.within


_DAYS = {"工作日": 1.4, "日": 1.0, "周": 7.0, "月": 30.0, "年": 365.0}


def _length(span: Span) -> float:
    """About how many days a span lasts, to tell the shorter of two cases. Raises ValueError for what is no time."""
    if isinstance(span, str):
        return 0.0
    if span.unit not in _DAYS:
        raise ValueError(f"{span} 不是时限")
    return float(span.amount) * _DAYS[span.unit]

"""What carrying out a plan takes besides papers: visits, money, and the days until which she must act."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from assistant.model import Charge, Cost, Due, Trip, Way
from assistant.onething.eligibility import UNKNOWN, Answers
from assistant.onething.working_days import WorkingCalendar, shifted
from knowledge.catalog import Catalog
from knowledge.model import Deadline, Fee, Guide


def way_of(guide: Guide) -> Way:
    """How an item can be handed in by the channels its guide names."""
    kinds = {channel.kind for channel in guide.channels}
    online, place = "online" in kinds, bool(kinds & {"window", "kiosk"})
    if online:
        return Way.EITHER if place else Way.ONLINE
    return Way.WINDOW if place else Way.UNKNOWN


def trips(layers: list[list[Guide]]) -> tuple[Trip, ...]:
    """The visits in order: what one authority takes in one stage is joined in one visit; online-only items need none."""
    found = []
    for number, layer in enumerate(layers, 1):
        groups: dict[str, list[Guide]] = defaultdict(list)
        for guide in layer:
            if way_of(guide) is not Way.ONLINE:
                groups[guide.authority].append(guide)
        for authority, guides in groups.items():
            needed = any(way_of(guide) is not Way.EITHER for guide in guides)
            found.append(Trip(stage=number, authority=authority, items=tuple(g.name for g in guides), needed=needed))
    return tuple(found)


def cost(guides: list[Guide]) -> Cost:
    """Fees by what is known of them: paid by everyone, paid in some cases, not published."""
    sure, depends, unpublished, total = [], [], [], Decimal(0)
    for guide in guides:
        for fee in guide.fees:
            charge = _charge(guide, fee)
            if fee.amount is None:
                unpublished.append(charge)
            elif fee.applies or fee.amount.unit != "元":
                depends.append(charge)
            else:
                sure.append(charge)
                total += fee.amount.amount
    return Cost(total=total, sure=tuple(sure), depends=tuple(depends), unpublished=tuple(unpublished))


def _charge(guide: Guide, fee: Fee) -> Charge:
    amount = None if fee.amount is None else "不收费" if fee.amount.amount == 0 else str(fee.amount)
    return Charge(item=guide.name, name=fee.name, amount=amount, applies=fee.applies)


class Issued(NamedTuple):
    """The day on which a step of the plan gives a paper, as early as published times allow."""

    day: date
    sure: bool


def deadlines(
    guides: list[Guide], known: Answers, issued: dict[str, Issued], catalog: Catalog, calendar: WorkingCalendar
) -> tuple[Due, ...]:
    """The deadlines of the items, dated where the day they count from is told or follows from the plan."""
    return tuple(
        _due(guide, deadline, known, issued, catalog, calendar) for guide in guides for deadline in guide.deadlines
    )


def _due(
    guide: Guide, deadline: Deadline, known: Answers, issued: dict[str, Issued], catalog: Catalog,
    calendar: WorkingCalendar,
) -> Due:  # fmt: skip
    told = known.get(deadline.event or "", UNKNOWN)
    step = issued.get(deadline.issued or "")
    base = date.fromisoformat(told) if told != UNKNOWN else step.day if step and step.sure else None
    day = shifted(base, deadline.within, deadline.before) if base and deadline.within else None
    return Due(
        item=guide.name, text=deadline.text.rstrip("。"), day=day, act_by=calendar.open_until(day) if day else None,
        counted_from=catalog.facts[deadline.event].label if deadline.event else deadline.after, fact=deadline.event,
        estimated=day is not None and told == UNKNOWN,
        elsewhere=bool(deadline.within) and not (deadline.event or deadline.issued),
    )  # fmt: skip

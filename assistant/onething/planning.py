"""From a life event and what is known of a citizen to one plan: which items, in which order, when, with which papers."""

from datetime import date
from typing import NamedTuple

from assistant.model import Finish, LeftOut, Plan, Schedule, StageItem
from assistant.onething.eligibility import Answers, Case, after_the_plan, cases_of, evaluate, known_facts
from assistant.onething.errands import Issued, cost, deadlines, trips, way_of
from assistant.onething.explaining import failing, nearest_change
from assistant.onething.form import joined_form
from assistant.onething.materials import merge, needed
from assistant.onething.questions import in_words, undecided
from assistant.onething.scheduling import Dates, Needs, critical_path, schedule, stages, times_of
from assistant.onething.working_days import WorkingCalendar, working_calendar
from knowledge.catalog import Catalog
from knowledge.model import Guide, Predicate, Theme
from knowledge.predicates import facts_of


class Sorted(NamedTuple):
    """The items of a life event by what is known: to be done, not to be said yet, and left out with the reason."""

    applying: list[Case]
    undecided: list[Case]
    left_out: tuple[LeftOut, ...]


class Situation(NamedTuple):
    """All that is known when a plan is made."""

    known: dict[str, str]  # told, said by the life event, following from a date
    later: dict[str, str]  # the same after the plan's own steps
    catalog: Catalog
    calendar: WorkingCalendar
    start: date


def make_plan(
    theme: Theme, answers: Answers, catalog: Catalog, adcode: str, as_of: date, held: frozenset[str] = frozenset()
) -> Plan:
    """The plan under these answers, begun on a date; items that an open answer still decides are listed apart.

    `held` are the kinds of papers that she already has.

    An item that none of its texts covers on that date does not exist on it and is left out. Raises CycleError where
    items wait for each other, which the lint rules out.
    """
    cases = cases_of(theme, catalog, adcode, as_of)
    known = known_facts(theme, answers, catalog, as_of)
    now = Situation(known, after_the_plan(cases, known), catalog, working_calendar(catalog.library.calendars), as_of)
    sorted_ = _sort(cases, now)
    guides = [case.guide for case in sorted_.applying]
    maybe = [case.guide for case in sorted_.undecided]  # their deadlines run all the same
    needs = waiting(sorted_.applying, now)
    layers = stages(needs)
    merged, raw = merge(guides, known, catalog, held)
    planned, dates = _schedule(guides, needs, now)
    by_id = {guide.item_id: guide for guide in guides}
    issued = {kind: Issued(dates[g.item_id].ready, dates[g.item_id].sure) for g in guides for kind in g.results}
    items = {case.entry.item_id: _stage_item(case, needs, by_id, now) for case in sorted_.applying}
    return Plan(
        theme_id=theme.theme_id, name=theme.name, answers=dict(answers),
        stages=tuple(tuple(items[item] for item in layer) for layer in layers),
        open_items=tuple(_stage_item(case, {}, {}, now) for case in sorted_.undecided),
        left_out=sorted_.left_out, materials=merged, raw_materials=raw, schedule=planned,
        trips=trips([[by_id[item] for item in layer] for layer in layers]), cost=cost(guides),
        deadlines=deadlines([*guides, *maybe], known, issued, catalog, now.calendar),
        form=joined_form(sorted_.applying, catalog),
    )  # fmt: skip


def _sort(cases: tuple[Case, ...], now: Situation) -> Sorted:
    applying: list[Case] = []
    open_: list[Case] = []
    left: list[LeftOut] = []
    for case in cases:
        applies = evaluate(case.entry.when, now.known)
        if case.entry.when and applies is False:
            left.append(_left_out(case, case.entry.when, now.known, "not_needed", now))
        elif case.required and case.qualifies(now.known, now.later) is False:
            left.append(_left_out(case, case.required, case.before(now.known, now.later), "not_eligible", now))
        else:
            (applying if applies else open_).append(case)
    return Sorted(applying, open_, tuple(left))


def _left_out(case: Case, predicate: Predicate, known: Answers, state: str, now: Situation) -> LeftOut:
    facts = now.catalog.facts
    missed = [] if state == "not_needed" else [c for c in case.guide.conditions if _missed(c.when, c.role, known)]
    change = nearest_change(predicate, known, facts)
    return LeftOut.model_validate({
        "item_id": case.guide.item_id, "name": case.guide.name, "state": state,
        "because": tuple(in_words(facts[fact], known[fact]) for fact in failing(predicate, known)),
        "clauses": tuple(f"{c.text.rstrip('。')}{_clauses(c.basis, now.catalog)}" for c in missed),
        "change": tuple(in_words(facts[fact], value) for fact, value in change),
    })  # fmt: skip


def _missed(when: Predicate | None, role: str, known: Answers) -> bool:
    return role != "case" and evaluate(when, known) is False


def _clauses(refs: tuple[str, ...], catalog: Catalog) -> str:
    labels = "、".join(catalog.clause(ref).label for ref in refs)
    return f"（{labels}）" if labels else ""


def waiting(cases: list[Case], now: Situation) -> dict[str, set[str]]:
    """Item → the items it waits for: those that issue a paper it needs, and those that bring about what it requires."""
    guides = [c.guide.model_copy(update={"materials": needed(c.guide, now.known)}) for c in cases]
    needs = now.catalog.dependencies(guides)
    for case in cases:
        for fact in facts_of(case.required):
            maker = now.catalog.facts[fact].obtained_by
            if maker in needs and maker != case.entry.item_id and now.known.get(fact) != "true":
                needs[case.entry.item_id].add(maker)
    return needs


def _stage_item(case: Case, needs: Needs, by_id: dict[str, Guide], now: Situation) -> StageItem:
    guide, facts = case.guide, now.catalog.facts
    asks = undecided(case.entry.when, now.known) | undecided(case.required, case.before(now.known, now.later))
    alternative = any(c.role == "alternative" and c.when is None for c in guide.conditions)
    in_words_only = [c for c in guide.conditions if (c.role == "required" and c.when is None)]
    either = [c for c in guide.conditions if c.role == "alternative"] if alternative else []
    return StageItem(
        item_id=guide.item_id, name=guide.name, reason=case.entry.reason, authority=guide.authority,
        within=next((str(limit.within) for limit in guide.limits), None), way=way_of(guide),
        visits="".join(point.text for point in guide.visits) or None,
        waits_for=tuple(by_id[item].name for item in by_id if item in needs.get(guide.item_id, ())),
        asks=tuple(facts[fact].label for fact in sorted(asks)), check=tuple(c.text for c in (*in_words_only, *either)),
    )  # fmt: skip


def _schedule(guides: list[Guide], needs: Needs, now: Situation) -> tuple[Schedule | None, dict[str, Dates]]:
    """The plan on the calendar, and the soonest dates of every item."""
    if not guides:
        return None, {}
    times = {guide.item_id: times_of(guide, now.known) for guide in guides}
    soonest = schedule(needs, {item: t.soonest for item, t in times.items()}, now.start, now.calendar)
    latest = schedule(needs, {item: t.latest for item, t in times.items()}, now.start, now.calendar)
    names = {guide.item_id: guide.name for guide in guides}
    years = {day.year for dates in (soonest, latest) for d in dates.values() for day in (d.handed_in, d.ready)}
    planned = Schedule(
        starts_on=now.start, soonest=_finish(needs, soonest, names), latest=_finish(needs, latest, names),
        unpublished=tuple(names[item] for item in soonest if times[item] == (None, None)),
        estimated_years=tuple(sorted(years - now.calendar.years)),
    )  # fmt: skip
    return planned, soonest


def _finish(needs: Needs, dates: dict[str, Dates], names: dict[str, str]) -> Finish:
    last = max(d.ready for d in dates.values())
    return Finish(
        earliest=last if all(d.sure for d in dates.values()) else None, known_until=last,
        critical=tuple(names[item] for item in critical_path(needs, dates)),
        handed_in={item: d.handed_in for item, d in dates.items()},
        ready={item: d.ready if d.sure else None for item, d in dates.items()},
    )  # fmt: skip

"""A sheet's dated things as a calendar (RFC 5545). The one file that speaks icalendar.

All-day events: a deadline counted from a day she gave is confirmed; one counted from a step of the plan or of an item
that may not apply, and the soonest day on which a step can be handed in, are tentative. Nothing without a date goes in.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event

from assistant.onething.telling import dues
from assistant.takeaway.sheet import PASSED, Sheet

MORNING = timedelta(hours=9)  # a reminder comes at nine, so many days before the day begins
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class Dated(NamedTuple):
    """One day to remember."""

    uid: str  # the same for the same thing of the same life event, so that a newer file replaces an older one
    day: date
    summary: str
    text: str
    sure: bool
    remind: tuple[timedelta, ...]


def dated(sheet: Sheet) -> list[Dated]:
    """The days of a sheet, earliest first."""
    return sorted((*_deadlines(sheet), *_steps(sheet)), key=lambda day: (day.day, day.uid))


def _deadlines(sheet: Sheet) -> Iterator[Dated]:
    plan = sheet.plan
    planned = {item.name: item.item_id for stage in plan.stages for item in stage}
    ids = planned | {item.name: item.item_id for item in plan.open_items}
    seen: Counter[str] = Counter()
    for due in plan.deadlines:
        seen[due.item] += 1
        if due.act_by is None:
            continue
        uid = f"{plan.theme_id}.{ids[due.item]}.due-{seen[due.item]}@bancheng"
        late = due.act_by < sheet.as_of
        kind = "已过期限" if late else "推算的最后一天" if due.estimated else "最后一天"
        summary = f"{kind}：{due.item}{'' if due.item in planned else '（要办的话）'}"
        text = next(dues((due,)), due.text) + (PASSED if late else "")
        yield Dated(uid, due.act_by, summary, text, due.item in planned and not due.estimated, (WEEK, DAY))


def _steps(sheet: Sheet) -> Iterator[Dated]:
    """Steps whose day is known: every step before them has a published time."""
    plan = sheet.plan
    if plan.schedule is None:
        return
    items = [item for stage in plan.stages for item in stage]
    unsure = {item.name for item in items if plan.schedule.soonest.ready[item.item_id] is None}
    for item in items:
        if unsure & set(item.waits_for):
            continue
        day = plan.schedule.soonest.handed_in[item.item_id]
        text = f"交给{item.authority}。这是计划里最早能去办的日子，不是期限。"
        yield Dated(f"{plan.theme_id}.{item.item_id}.step@bancheng", day, f"可以去办：{item.name}", text, False, (DAY,))


def ics_bytes(sheet: Sheet) -> bytes:
    """The calendar file; the same sheet always gives the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Bancheng//办成//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{sheet.title}·办事计划")
    calendar.add("comment", f"{sheet.label}。{sheet.dated}。{sheet.caution}")
    for day in dated(sheet):
        calendar.add_component(_event(day, sheet))
    written: bytes = calendar.to_ical()
    return written


def _event(dated: Dated, sheet: Sheet) -> Event:
    event = Event()
    event.add("uid", dated.uid)
    event.add("dtstamp", datetime.combine(sheet.as_of, time(), UTC))
    event.add("dtstart", dated.day)
    event.add("dtend", dated.day + DAY)
    event.add("summary", dated.summary)
    event.add("description", f"{dated.text}\n{sheet.label}。{sheet.dated}。{sheet.caution}")
    event.add("status", "CONFIRMED" if dated.sure else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    for before in dated.remind:
        if dated.day - before >= sheet.as_of:
            event.add_component(_alarm(before, dated.summary))
    return event


def _alarm(before: timedelta, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", MORNING - before)
    alarm.add("description", summary)
    return alarm

"""Counting days as offices do: working days by the State Council's notices, calendar days, months.

The first day is not counted (民法典第201条), a month ends on the same day of a later month or on its last day
(第202条), and an end that falls on a day off moves to the next working day (第203条). A year without a notice has
its weekends only and is said to be estimated.
"""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from math import ceil
from typing import Literal, NamedTuple

from knowledge.model import CalendarYear, Quantity

Span = Quantity | Literal["当场", "当日"]
ONE_DAY = timedelta(days=1)


class WorkingCalendar(NamedTuple):
    """Days off besides weekends, weekends that are worked, and the years that a notice covers."""

    off: frozenset[date]
    worked: frozenset[date]
    years: frozenset[int]

    def works(self, day: date) -> bool:
        """Whether offices are open on a day."""
        return day in self.worked or (day.weekday() < 5 and day not in self.off)

    def open_from(self, day: date) -> date:
        """The first working day on or after a day."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def open_until(self, day: date) -> date:
        """The last working day on or before a day."""
        while not self.works(day):
            day -= ONE_DAY
        return day

    def after(self, day: date, span: Span) -> date:
        """The working day on which a span that begins on `day` is over. Raises ValueError for a unit that is no time."""
        if isinstance(span, str):
            return self.open_from(day)
        amount = ceil(span.amount)
        if span.unit == "工作日":
            for _ in range(amount):
                day = self.open_from(day + ONE_DAY)
            return day
        return self.open_from(shifted(day, span))


def shifted(day: date, span: Quantity, back: bool = False) -> date:
    """The calendar day that lies a span of days, weeks, months or years later (or earlier). Raises ValueError."""
    amount = ceil(span.amount) * (-1 if back else 1)
    match span.unit:
        case "日" | "周":
            return day + amount * (7 if span.unit == "周" else 1) * ONE_DAY
        case "月" | "年":
            months = day.year * 12 + day.month - 1 + amount * (12 if span.unit == "年" else 1)
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        case _:
            raise ValueError(f"{span} 不是日历上的一段时间")


@lru_cache(maxsize=4)
def working_calendar(years: tuple[CalendarYear, ...]) -> WorkingCalendar:
    """The calendar of the years in a library."""
    off = {
        holiday.first + n * ONE_DAY
        for year in years
        for holiday in year.holidays
        for n in range((holiday.last - holiday.first).days + 1)
    }
    worked = {day for year in years for day in year.workdays}
    return WorkingCalendar(frozenset(off), frozenset(worked), frozenset(year.year for year in years))

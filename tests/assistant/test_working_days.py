"""Days counted as offices count them, on the calendar of the State Council's notices."""

from datetime import date, timedelta

import pytest

from assistant.onething.working_days import ONE_DAY, WorkingCalendar, shifted, working_calendar
from knowledge.model import Library, Quantity


@pytest.fixture(scope="module")
def calendar(library: Library) -> WorkingCalendar:
    return working_calendar(library.calendars)


@pytest.mark.parametrize(("year", "weekdays_off", "weekends_worked"), [(2025, 18, 5), (2026, 19, 6), (2024, 0, 0)])
def test_a_year_has_the_days_off_of_its_notice(
    calendar: WorkingCalendar, year: int, weekdays_off: int, weekends_worked: int
) -> None:
    first = date(year, 1, 1)
    days = [first + n * ONE_DAY for n in range((date(year + 1, 1, 1) - first).days)]
    assert sum(day.weekday() < 5 and not calendar.works(day) for day in days) == weekdays_off
    assert sum(day.weekday() >= 5 and calendar.works(day) for day in days) == weekends_worked


def test_only_the_years_of_a_notice_are_certain(calendar: WorkingCalendar) -> None:
    assert calendar.years == {2025, 2026}


@pytest.mark.parametrize(
    ("start", "span", "end"),
    [
        (date(2026, 2, 13), "1 工作日", date(2026, 2, 14)),  # a Saturday worked before the spring festival
        (date(2026, 2, 14), "1 工作日", date(2026, 2, 24)), (date(2026, 2, 27), "2 工作日", date(2026, 3, 2)),
        (date(2026, 9, 30), "3 工作日", date(2026, 10, 10)), (date(2026, 9, 30), "0 工作日", date(2026, 9, 30)),
        (date(2026, 11, 20), "1 日", date(2026, 11, 23)), (date(2026, 11, 20), "15 日", date(2026, 12, 7)),
        (date(2026, 1, 31), "1 月", date(2026, 2, 28)), (date(2026, 3, 2), "3 月", date(2026, 6, 2)),
        (date(2026, 11, 20), "2 周", date(2026, 12, 4)), (date(2026, 11, 20), "1 年", date(2027, 11, 22)),
    ],
)  # fmt: skip
def test_a_span_ends_on_a_working_day(calendar: WorkingCalendar, start: date, span: str, end: date) -> None:
    assert calendar.after(start, Quantity.model_validate(span)) == end


def test_what_is_done_at_once_is_done_when_the_office_opens(calendar: WorkingCalendar) -> None:
    assert [calendar.after(date(2026, 11, 22), span) for span in ("当场", "当日")] == [date(2026, 11, 23)] * 2


def test_a_day_off_has_a_working_day_before_and_after(calendar: WorkingCalendar) -> None:
    assert calendar.open_until(date(2026, 10, 5)) == date(2026, 9, 30)
    assert calendar.open_from(date(2026, 10, 5)) == date(2026, 10, 8)


def test_a_span_can_be_counted_back_and_must_be_a_time() -> None:
    assert shifted(date(2026, 3, 31), Quantity.model_validate("1 月"), back=True) == date(2026, 2, 28)
    assert shifted(date(2026, 12, 1), Quantity.model_validate("20 日"), back=True) == date(2026, 11, 11)
    with pytest.raises(ValueError, match="不是日历上的一段时间"):
        shifted(date(2026, 3, 31), Quantity.model_validate("3 元"))


def test_starting_later_never_ends_earlier(calendar: WorkingCalendar) -> None:
    for span in ("1 工作日", "7 工作日", "20 工作日", "1 日", "30 日", "1 月"):
        quantity = Quantity.model_validate(span)
        ends = [calendar.after(date(2026, 1, 1) + timedelta(days=n), quantity) for n in range(365)]
        assert ends == sorted(ends)

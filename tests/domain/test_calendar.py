"""Working days: no Saturday, no Sunday, no bank holiday in England."""

from collections import Counter
from datetime import date

import pytest

from portfolio.domain.calendar import BANK_HOLIDAYS, is_working_day, working_days_after


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 12, 24), True),
        (date(2026, 12, 25), False),
        (date(2026, 12, 26), False),
        (date(2026, 12, 27), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),
        (date(2027, 1, 1), False),
        (date(2027, 3, 26), False),
    ],
)
def test_a_working_day_is_a_weekday_that_is_no_bank_holiday(day: date, *, works: bool) -> None:
    assert is_working_day(day) is works


def test_working_days_are_counted_over_weekends_and_bank_holidays() -> None:
    assert working_days_after(date(2026, 12, 18), 1) == date(2026, 12, 21)
    assert working_days_after(date(2026, 12, 18), 20) == date(2027, 1, 20)
    assert working_days_after(date(2026, 12, 18), 0) == date(2026, 12, 18)


def test_each_year_of_the_table_has_the_eight_bank_holidays_of_england_all_on_weekdays() -> None:
    assert Counter(day.year for day in BANK_HOLIDAYS) == {2026: 8, 2027: 8, 2028: 8}
    assert all(day.isoweekday() <= 5 for day in BANK_HOLIDAYS)

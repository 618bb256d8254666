"""Days as people in England count them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

FIRST_DAY = date(2000, 1, 1)
"""Nothing that is written into a record happened before; what was written by then stays as it is."""


@dataclass(frozen=True)
class Days:
    """Which days a field of a command may hold, whatever day it is today."""

    first: date

    def fault(self, day: date) -> str:
        """Return what is wrong with a day, empty if nothing."""
        return "" if day >= self.first else f"Write a day from {day_in_words(self.first)} on: this one lies before."


Day = Annotated[date, Days(FIRST_DAY)]
"""A day that somebody writes into a command; a plain ``date`` names one that is on record, whatever it is."""

LONDON = ZoneInfo("Europe/London")

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

BANK_HOLIDAYS = frozenset(
    date.fromisoformat(f"{year}-{day}")
    for year, days in {
        2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
        2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    }.items()
    for day in days.split()
)
"""Bank holidays in England and Wales under the Banking and Financial Dealings Act 1971, to the end of 2028.

GOV.UK publishes them, and any further one that is proclaimed: add years, and such days, in time.
"""

LAST_YEAR_KNOWN = max(BANK_HOLIDAYS).year
"""After it nobody can say here which days are working days."""


def london_day(moment: datetime) -> date:
    """Return the day it is in London at this moment."""
    return moment.astimezone(LONDON).date()


def london_moments(day: date, shown: time) -> tuple[datetime, ...]:
    """Return when clocks in London showed a time of a day, in UTC: mostly once, in two nights a year twice or never."""
    local = datetime.combine(day, shown)
    moments = (local.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(sorted({each for each in moments if each.astimezone(LONDON).replace(tzinfo=None) == local}))


def day_in_words(day: date) -> str:
    """Return a day as people write it: 8 December 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def years_after(day: date, count: int) -> date:
    """Return the same day some years later, the last day of February where it has no 29th."""
    there = monthrange(day.year + count, day.month)[1]
    return date(day.year + count, day.month, min(day.day, there))


def is_working_day(day: date) -> bool:
    """Return whether a day is no Saturday, no Sunday and no bank holiday in England."""
    return day.isoweekday() <= 5 and day not in BANK_HOLIDAYS


def working_days_after(day: date, count: int) -> date:
    """Return the ``count``-th working day after a day, which itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day

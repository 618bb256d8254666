"""How far ahead the days of an enrolment and of the parts in it may lie (WORDS-5)."""

from datetime import date

from portfolio.domain.calendar import day_in_words, years_after
from portfolio.domain.kernel import RuleBroken

YEARS_AHEAD = 2


class DayTooFarAhead(RuleBroken, rule="WORDS-5"):
    """Enrolments, and parts in them, are recorded at most two years ahead."""


def check_near(name: str, day: date, today: date) -> None:
    """Refuse a day that lies more than two years ahead."""
    last = years_after(today, YEARS_AHEAD)
    if day > last:
        raise DayTooFarAhead(f"{name}: write a day until {day_in_words(last)}, or record it later.", days=[name])

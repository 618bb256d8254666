"""Days as people in England count them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_day(moment: datetime) -> date:
    """Return the day it is in London at this moment."""
    return moment.astimezone(LONDON).date()


def day_in_words(day: date) -> str:
    """Return a day as people write it: 8 December 2026."""
    return f"{day.day} {day:%B %Y}"

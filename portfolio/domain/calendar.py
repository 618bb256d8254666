"""Days as people in England count them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_day(moment: datetime) -> date:
    """Return the day it is in London at this moment."""
    return moment.astimezone(LONDON).date()

"""What every page uses: its blueprint, names of people, days and times as people write them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from api.common import caller, services, wait_for
from api.fields import Position
from portfolio.domain.calendar import LONDON
from projections.people import names

pages = Blueprint("pages", __name__)

NO_NAME = "a person whose name you may not see"


def render(template: str, **values: Any) -> str:
    """Return a page; every page of a demo deployment says so."""
    known = names(services().reads, [caller()])
    return render_template(template, demo=services().mode == "demo", me=known.get(caller(), ""), **values)


def fresh() -> None:
    """Wait until the rows show what the form before this page has written (``?after=``)."""
    if after := request.args.get("after"):
        wait_for(Position().deserialize(after))


def back_to(path: str, position: int) -> Response:
    """Send the browser to a page that shows a write."""
    return redirect(f"{path}?after={position}", 303)


def named(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people by id."""
    return dict(names(services().reads, list(set(people))))


@pages.app_template_filter("day")
def as_day(moment: date | datetime | None) -> str:
    """Return a day, or the day of a time in London, as people write it: 8 December 2026."""
    if moment is None:
        return ""
    day = moment.astimezone(LONDON).date() if isinstance(moment, datetime) else moment
    return f"{day.day} {day:%B %Y}"


@pages.app_template_filter("time")
def as_time(moment: datetime) -> str:
    """Return a time in London: 8 December 2026, 14:05."""
    return f"{as_day(moment)}, {moment.astimezone(LONDON):%H:%M}"

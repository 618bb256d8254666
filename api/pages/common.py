"""What every page uses: its blueprint, what its address asks, names of people, days and times as people write them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from markupsafe import Markup
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from api.errors import FieldsNotValid
from api.fields import Moment, Position
from api.reads import wait_for
from api.services import services
from portfolio.application.ports import Receipt
from portfolio.domain.calendar import LONDON, day_in_words
from portfolio.domain.evidence.selector import fragment
from projections.people import names

pages = Blueprint("pages", __name__)

MOMENT = Moment()

LABELS = {
    "produced_on": "Day the work was produced",
    "declaration.ai_detail": "Use of AI",
    "declaration.ai_use": "Use of tools",
    "declaration.wording": "Declaration",
    "selector.type": "Place",
    "selector.exact": "Words",
    "text": "Remark",
}
"""Fields that a page calls something else than the last part of their names."""


def render(template: str, **values: Any) -> str:
    """Return a page; a form that was refused keeps what was typed."""
    return render_template(template, refused=g.get("refused"), posted=posted(), **values)


def posted() -> MultiDict[str, str]:
    """Return the fields of the form that this request posted, as far as it has been read."""
    fields_posted: MultiDict[str, str] = g.get("posted", MultiDict())
    return fields_posted


def asked(name: str, field: fields.Field[Any]) -> Any:
    """Return what the address asks under this name, None if nothing; raise ``FieldsNotValid`` if it cannot be read."""
    text = request.args.get(name)
    if not text:
        return None
    try:
        return field.deserialize(text)
    except ValidationError as error:
        raise FieldsNotValid(f"{label(name)}: {' '.join(error.messages)}") from error


def label(name: str) -> str:
    """Return a field's name as people read it."""
    return LABELS.get(name) or name.rpartition(".")[2].replace("_", " ").capitalize()


def fresh() -> None:
    """Wait until the rows show what the form before this page has written (``?after=``)."""
    wait_for(asked("after", Position()))


@pages.app_template_global()
def here() -> str:
    """Return the address of this request, without what it asks."""
    return url_for(cast(str, request.endpoint), **request.view_args or {})


def recorded(receipt: Receipt) -> Receipt:
    """Note that the form of this request recorded something, for the page that tells of it."""
    g.setdefault("recorded", []).append(receipt.position)
    return receipt


def back_to(page: str, position: int, **place: Any) -> Response:
    """Send the browser to a page that shows a write: to the route of this name, at this place.

    The address names what several commands of one form have recorded, so that the page tells of all of it.
    """
    also = sorted({*g.get("recorded", ())} - {position})
    return redirect(url_for(page, **place, after=position or None, also=also), 303)


def named(people: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of people by id."""
    return names(services().reads, people)


pages.add_app_template_filter(fragment)


@pages.app_template_filter("day")
def as_day(moment: date | datetime | None) -> str:
    """Return a day, or the day of a time in London, as people write it: 8 December 2026."""
    if moment is None:
        return ""
    day = moment.astimezone(LONDON).date() if isinstance(moment, datetime) else moment
    return day_in_words(day)


@pages.app_template_filter("time")
def as_time(moment: datetime) -> Markup:
    """Return a time in London, for people and for programs: 8 December 2026, 14:05."""
    there = moment.astimezone(LONDON)
    spoken = f"{day_in_words(there.date())}, {there:%H:%M}"
    return Markup(f'<time datetime="{MOMENT.write(moment)}">{spoken}</time>')  # noqa: S704 - numbers and a month's name

"""Follow-ups: what was to follow from an upheld appeal and a rule refused, until it is drawn or closed and why."""

from datetime import datetime, timedelta
from typing import NamedTuple, get_args
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from api.appeals import GivingUpIn
from api.ids import new_id
from api.pages.appeals.case import asks, case_of, closing_of, kept_from
from api.pages.common import asked, back_to, fresh, named, pages, render
from api.pages.forms import form, run, shown_again
from api.reads import may_ask
from api.services import services, today
from portfolio.domain.appeal.consequences import CloseConsequence
from portfolio.domain.appeal.facts import Consequence
from portfolio.domain.calendar import london_day
from projections.assessor_queue import AGES
from projections.consequences import OpenConsequence, open_consequences

MAX_ITEMS = 60
"""Follow-ups, at most, of which the page tells: the oldest."""
KINDS: dict[str, Consequence] = {each.replace(" ", "-"): each for each in get_args(Consequence)}
"""What the address calls each thing that follows."""


class Row(NamedTuple):
    """A follow-up: where it is closed, whose appeal it is, what should follow, why it could not, and since when."""

    href: str
    name: str
    what: str
    why: str
    since: datetime
    days: int


@pages.get("/consequences")
def consequences() -> str:
    """Show what should have followed from upheld appeals and was refused by a rule, oldest first."""
    fresh()
    may_ask("queue: consequences")
    kind = KINDS.get(asked("kind", fields.String(validate=validate.OneOf(list(KINDS)))) or "")
    age = asked("age", fields.Integer(validate=validate.OneOf(AGES)))
    waiting = open_consequences(services().reads, limit=MAX_ITEMS)
    shown = [each for each in waiting if kind in (None, each.consequence) and old_enough(each, age)]
    names = named(each.apprentice for each in shown)
    return render(
        "appeals/follow_ups.html",
        rows=[row_of(each, names.get(each.apprentice, "")) for each in shown],
        more=len(waiting) == MAX_ITEMS,
        kind=asked("kind", fields.String()) or "",
        age=age,
        kinds=[
            (slug, f"{each[:1].upper()}{each[1:]} ({sum(one.consequence == each for one in waiting)})")
            for slug, each in KINDS.items()
        ],
        ages=[(str(days), f"{days} days or more") for days in AGES],
    )


def old_enough(each: OpenConsequence, age: int | None) -> bool:
    """Tell whether something has waited so many days."""
    return age is None or services().now() - each.since >= timedelta(days=age)


def row_of(each: OpenConsequence, name: str) -> Row:
    """Return a follow-up as the list shows it."""
    href = url_for(".follow_up", appeal_id=each.appeal_id)
    days = (today() - london_day(each.since)).days
    return Row(href, name, f"{each.consequence[:1].upper()}{each.consequence[1:]}", each.why, each.since, days)


@pages.get("/appeals/<uuid:appeal_id>/consequences")
def follow_up(appeal_id: UUID) -> str:
    """Show what could not follow from an appeal, and the form that closes it with what was done instead."""
    fresh()
    case = case_of(appeal_id)
    first = next((each.consequence for each in case.appeal.refused), get_args(Consequence)[0])
    return render(
        "appeals/follow_up.html",
        case=case,
        why_not=kept_from(closing_of(appeal_id, first)) if case.appeal.refused else None,
        waiting=[(each.consequence, f"That {each.consequence}", each.why) for each in case.appeal.refused],
        only=first if len(case.appeal.refused) == 1 else "",
        key=new_id(),
        schemas={"closing": GivingUpIn},
    )


@pages.post("/appeals/<uuid:appeal_id>/consequences")
@shown_again(follow_up)
def check_follow_up(appeal_id: UUID) -> Response:
    """Ask before a follow-up is closed."""
    body = form(GivingUpIn)
    return asks(
        case_of(appeal_id),
        CloseConsequence(appeal_id=appeal_id, **body),
        heading="Close this follow-up?",
        rows=[("What should follow", f"That {body['consequence']}"), ("What was done, and why", body["reason"])],
        warning="It is not tried again afterwards.",
        act="Close the follow-up",
        to="close_follow_up",
        back="follow_up",
    )


@pages.post("/appeals/<uuid:appeal_id>/consequences/closed")
@shown_again(follow_up)
def close_follow_up(appeal_id: UUID) -> Response:
    """Close a follow-up, with what was done and why it is not drawn any more."""
    done = run(CloseConsequence(appeal_id=appeal_id, **form(GivingUpIn)))
    return back_to(".appeal_progress", done.position, appeal_id=appeal_id)

"""Cases: the appeals that wait for a step, oldest first, by step and age; and those that have ended."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, get_args
from uuid import UUID

from flask import url_for
from marshmallow import fields, validate

from api.appeal_list import AppealsIn, appeals_page
from api.fields import Cursor
from api.pages.appeals.standing import since
from api.pages.common import asked, fresh, named, pages, render
from api.pages.forms import query_of
from api.reads import declared_by_caller, may_ask, must_declare_to_see
from api.services import services
from portfolio.application.read_session import ReadSession
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.state import Status
from projections.appeals_queue import AppealStep, OpenAppeal, appeals_queue
from projections.assessor_queue import AGES

MAX_ITEMS = 100
"""Appeals that wait, at most, of which the page tells: the oldest."""
ROWS = 25
"""Ended cases on a page."""

WAITS_FOR: dict[AppealStep, str] = {
    "admission": "To be admitted or not",
    "second look": "To be looked at again",
    "panel": "A panel to be convened",
    "further member": "A further member of its panel",
    "outcome": "The panel’s outcome",
}
ENDED: dict[Status, str] = {
    "decided": "Decided by a panel",
    "not admitted": "Not admitted",
    "withdrawn": "Withdrawn",
}
STATES = {slug.replace(" ", "-"): slug for slug in (*get_args(AppealStep), *ENDED)}
"""What the address calls each state."""


class Row(NamedTuple):
    """A case: where it is worked on, whose it is, in which state since when, and when it was lodged.

    Of one whose apprentice the officer has not declared for, only whose it is.
    """

    href: str
    name: str
    state: str = ""
    since: datetime | None = None
    lodged: datetime | None = None


@pages.get("/appeals")
def appeals() -> str:
    """Show the appeals that wait for a step, oldest first, or those that have ended in one way."""
    fresh()
    may_ask("queue: appeals")
    state = STATES.get(asked("state", fields.String(validate=validate.OneOf(list(STATES)))) or "")
    age = asked("age", fields.Integer(validate=validate.OneOf(AGES)))
    waiting = appeals_queue(services().reads, limit=MAX_ITEMS + 1)
    more, waiting, session = len(waiting) > MAX_ITEMS, waiting[:MAX_ITEMS], services().session()
    told = [each for each in waiting if is_told(each, session)]
    rows, following = ended(state) if state in ENDED else (matching(waiting, told, state, age), "")
    steps = Counter(each.waits_for for each in told if old_enough(each, age))
    return render(
        "appeals/cases.html",
        rows=rows,
        more=more,
        state=next((slug for slug, each in STATES.items() if each == state), ""),
        age=age,
        states=[
            *((slug, f"{WAITS_FOR[each]} ({steps[each]})") for slug, each in STATES.items() if each in WAITS_FOR),
            *((slug, ENDED[each]) for slug, each in STATES.items() if each in ENDED),
        ],
        ages=[(str(days), f"{days} days or more") for days in AGES],
        is_ended=state in ENDED,
        following=following,
        silent=len(waiting) - len(told),
    )


def is_told(each: OpenAppeal, session: ReadSession) -> bool:
    """Tell whether more is shown of an appeal than whose it is: its officer declares first what they are to them."""
    return declared_by_caller(session, each.apprentice) or not must_declare_to_see(APPEAL, each.appeal_id)


def old_enough(each: OpenAppeal, age: int | None) -> bool:
    """Tell whether an appeal was lodged so many days ago or earlier."""
    return age is None or services().now() - each.since >= timedelta(days=age)


def matching(
    waiting: Sequence[OpenAppeal], told: Sequence[OpenAppeal], state: str | None, age: int | None
) -> list[Row]:
    """Return the appeals that wait for this and are so old; what one waits for is not asked of those not told of."""
    shown = [
        each
        for each in waiting
        if old_enough(each, age) and (state is None or (each in told and each.waits_for == state))
    ]
    names = named(each.apprentice for each in shown)
    session = read_whole(each.appeal_id for each in shown if each in told)
    return [
        Row(
            url_for(".appeal_progress", appeal_id=each.appeal_id),
            names.get(each.apprentice, ""),
            WAITS_FOR[each.waits_for] if each in told else "",
            since(session.history(each.appeal_id)) if each in told else None,
            each.since,
        )
        for each in shown
    ]


def read_whole(appeals_shown: Iterable[UUID]) -> ReadSession:
    """Return one look at the records that has read these appeals at once."""
    session = services().session()
    session.read_ahead(APPEAL, [*appeals_shown], whole=True)
    return session


def ended(state: Any) -> tuple[list[Row], str]:
    """Return a page of the appeals that ended so, newest first, and where the next one is."""
    place = {"cursor": text} if (text := asked("place", fields.String())) else {}
    query = query_of(AppealsIn, {"status": state, "sort": "-recorded", "limit": str(ROWS), **place})
    page = appeals_page(query)
    session = read_whole(each["appeal_id"] for each in page["items"])
    rows = [
        Row(
            url_for(".appeal_progress", appeal_id=each["appeal_id"]),
            each["name"],
            ENDED[each["status"]] if each["outcome"] is None else f"{ENDED[each['status']]}: {each['outcome']}",
            since(session.history(each["appeal_id"])),
            each["lodged_at"],
        )
        for each in page["items"]
    ]
    slug = state.replace(" ", "-")
    return rows, url_for(".appeals", state=slug, place=Cursor().write(page["next"])) if page["next"] else ""

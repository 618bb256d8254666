"""Holds: what is held of whom, why, since when and how it ends, for responsible officers and lead assessors."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import url_for

from api.appeal_list import AppealsIn, appeals_page
from api.decided import contested
from api.enrolment_list import EnrolmentsIn, enrolments_page
from api.pages.appeals.standing import standing
from api.pages.common import fresh, pages, render
from api.pages.forms import query_of
from api.reads import may_ask, named_if_unread, see
from api.services import today
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.calendar import day_in_words
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import EnrolmentPaused
from portfolio.domain.kernel import Recorded

ROWS = 25
"""Holds of each kind on the page, at most: those that have lasted longest."""


class Held(NamedTuple):
    """What is held of an apprentice: why, since when, who ends it and how, and where that is looked after."""

    name: str
    href: str
    why: str
    since: date | datetime
    ends: str
    follows: str = ""


@pages.get("/holds")
def holds() -> str:
    """Show the decisions that are held by an appeal, and the enrolments that are paused."""
    fresh()
    may_ask("oversight")
    appeals = appeals_page(query_of(AppealsIn, {"open": "yes", "limit": str(ROWS)}))
    paused = enrolments_page(query_of(EnrolmentsIn, {"state": "paused", "limit": str(ROWS)}))
    return render(
        "holds.html",
        by_appeal=[*by_appeal(appeals["items"])],
        more_appeals=bool(appeals["next"]),
        paused=[*by_break(paused["items"])],
        more_paused=bool(paused["next"]),
    )


def by_appeal(rows: list[dict[str, Any]]) -> Iterator[Held]:
    """Yield what each of these open appeals holds."""
    for row in rows:
        with named_if_unread():
            sight = see(APPEAL, row["appeal_id"], undeclared=True)
            stands = standing(sight)
            yield Held(
                name=row["name"],
                href=url_for(".appeal_progress", appeal_id=sight.stream),
                why=f"An appeal against {contested(sight.session, sight.state)} is open.",
                since=row["lodged_at"],
                ends=stands.who,
                follows=stands.follows,
            )


def by_break(rows: list[dict[str, Any]]) -> Iterator[Held]:
    """Yield what each of these breaks holds."""
    for row in rows:
        with named_if_unread():
            sight = see(ENROLMENT, row["enrolment_id"], undeclared=True)
            if now := sight.state.lasting.break_on(today()):
                yield Held(
                    name=row["name"],
                    href=url_for(".administration", enrolment_id=sight.stream),
                    why=reason_of(sight.session.history(sight.stream), now.since),
                    since=now.since,
                    ends=f"It goes on from {day_in_words(now.until)}." if now.until else "An administrator resumes it.",
                )


def reason_of(history: Sequence[Recorded], since: date) -> str:
    """Return why an enrolment is paused from a day on."""
    return next(
        entry.fact.reason
        for entry in reversed(history)
        if isinstance(entry.fact, EnrolmentPaused) and entry.fact.pauses_on == since
    )

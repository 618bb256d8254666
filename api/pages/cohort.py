"""Cohort: where each outcome of many apprentices stands, as a heat map, and how that became so, month by month."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, get_args
from uuid import UUID

from flask import request, url_for

from api.enrolment_list import EnrolmentsIn, enrolments_page
from api.enrolments import readiness_at
from api.fields import Cursor
from api.lists import every
from api.pages.common import fresh, pages, render
from api.pages.forms import query_of
from api.pages.said import route_named
from api.reads import Sight, named_if_unread, see
from api.services import services, today
from api.trail import name_of
from portfolio.application.moments import at_end_of
from portfolio.application.read_session import ReadSession
from portfolio.application.replay import replayed_states
from portfolio.domain.calendar import london_day
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.readiness.outcomes import OutcomeState, Readiness

ROWS = 25
"""Apprentices of a page: what each of them has to show is computed for it."""
CHOSEN_FROM = 500
"""So many apprentices are looked through for what the filters can be set to."""
MOST_DAYS = 6
"""Days of the drawing over time, the last of which is today."""
FILTERS = {"plan": "Plan", "route": "Route", "centre_ukprn": "Centre", "assessor": "Assessor"}
SIGNS: dict[OutcomeState, str] = {
    "assessed, met": "✓",
    "assessed, not met": "✗",
    "partly assessed": "½",
    "in assessment": "…",
    "claimed": "c",
    "no claim": "–",
    "under review": "!",
    "void": "0",
}
"""What stands for a state in the heat map, beside its colour."""
SAID = "state"
"""What the list says of an enrolment only to who has said what they are to its apprentice, or need not."""
STATES: tuple[OutcomeState, ...] = get_args(OutcomeState)


class Row(NamedTuple):
    """An apprentice of the map."""

    enrolment_id: UUID
    name: str
    route: str
    sight: Sight[Enrolment]
    readiness: Readiness

    def state_of(self, outcome: str) -> OutcomeState | None:
        """Return the state of an outcome, None if the route has none of that key."""
        return next((each.state for each in self.readiness.outcomes if each.outcome == outcome), None)

    def states_on(
        self, session: ReadSession, ends: Mapping[date, ReadSession]
    ) -> Iterator[tuple[date, tuple[OutcomeState, ...]]]:
        """Yield where the outcomes stood at these ends of days, as the person at the page may see it."""
        drafts, appeals = self.sight.shows("drafts"), self.sight.shows("holds")
        return replayed_states(session, self.enrolment_id, ends, drafts=drafts, appeals=appeals)


class Map(NamedTuple):
    """The apprentices of one plan edition, with the outcomes of their routes and what those are called."""

    plan: str
    outcomes: dict[str, str]
    rows: tuple[Row, ...]


class Then(NamedTuple):
    """How many outcomes stood where at the end of a day, of all the apprentices of a page who were enrolled by then."""

    day: date
    counts: Counter[OutcomeState]

    @property
    def total(self) -> int:
        """Return of how many outcomes it tells."""
        return self.counts.total()

    def parts(self, height: int) -> Iterator[tuple[OutcomeState, int, int]]:
        """Yield each state that there is, from where on and how high it stands in a column of so many units."""
        told = 0
        for state in STATES:
            low, told = told, told + self.counts[state]
            if told > low:
                top, below = (round(height * each / self.total) for each in (low, told))
                yield state, top, below - top


@pages.get("/cohort")
def cohort() -> str:
    """Show the outcomes of the apprentices whom the person at the page may see, as the filters narrow them."""
    fresh()
    asked: dict[str, Any] = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    place = {"cursor": request.args["place"]} if request.args.get("place") else {}
    page = enrolments_page(query_of(EnrolmentsIn, {"sort": "name", **asked, **place, "limit": str(ROWS)}))
    seen = [*islice(every(enrolments_page, EnrolmentsIn, sort="name"), CHOSEN_FROM)]
    rows = [*rows_shown(page["items"])]
    choices = choices_of(seen)
    return render(
        "cohort.html",
        maps=[*maps_of(rows)],
        shown=len(rows),
        silent=sum(SAID not in row for row in page["items"]),
        course=[*over_time(rows)],
        signs=SIGNS,
        states=STATES,
        filters=[
            {"name": name, "label": label, "now": asked.get(name, ""), "values": choices[name]}
            for name, label in FILTERS.items()
        ],
        chosen=[
            {
                "text": f"{FILTERS[name]}: {dict(choices[name]).get(value, value)}",
                "href": url_for(".cohort", **{**asked, name: None}),
            }
            for name, value in asked.items()
        ],
        first=url_for(".cohort", **asked) if place else "",
        following=url_for(".cohort", **asked, place=Cursor().write(page["next"])) if page["next"] else "",
    )


def rows_shown(items: Iterable[dict[str, Any]]) -> Iterator[Row]:
    """Yield of these enrolments those whose readiness the person at the page is shown."""
    for item in items:
        if SAID not in item:
            continue
        with named_if_unread():
            sight = see(ENROLMENT, item["enrolment_id"], undeclared=True)
            if sight.shows("readiness"):
                readiness = readiness_at(sight)
                yield Row(item["enrolment_id"], item["name"], route_named(sight, readiness.route), sight, readiness)


def maps_of(rows: Sequence[Row]) -> Iterator[Map]:
    """Yield a map for each plan edition that the apprentices are on, in the order in which those come."""
    for plan_id in dict.fromkeys(row.sight.state.plan_id for row in rows):
        here = tuple(row for row in rows if row.sight.state.plan_id == plan_id)
        titles = {each.outcome: each.title for row in here for each in row.readiness.outcomes}
        yield Map(here[0].sight.state.plan_reference, titles, here)


def over_time(rows: Sequence[Row]) -> Iterator[Then]:
    """Yield where the outcomes of these apprentices stood, on days spread evenly from the first of them on to today.

    What all these days and apprentices rest on is read once.
    """
    if not rows:
        return
    session = services().session()
    began = {row.enrolment_id: london_day(session.history(row.enrolment_id)[0].at) for row in rows}
    first = min(began.values())
    length = today() - first
    days = sorted({first + length * number // (MOST_DAYS - 1) for number in range(MOST_DAYS)})
    ends = {day: at_end_of(day, session) for day in days if day != today()}
    counts = {day: Counter[OutcomeState]() for day in days}
    for row in rows:
        counts[today()].update(each.state for each in row.readiness.outcomes)
        since = {day: end for day, end in ends.items() if began[row.enrolment_id] <= day}
        for day, states in row.states_on(session, since):
            counts[day].update(states)
    yield from (Then(day, counts[day]) for day in days)


def choices_of(seen: Sequence[dict[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Return what the filters can be set to among the enrolments seen, each value with what it is called."""
    shown = [row for row in seen if SAID in row]
    session = services().session()
    assessors = {each for row in shown for each in row["assessors"]}
    return {
        "plan": [(each, each) for each in sorted({row["plan_reference"] for row in seen})],
        "route": [(each, each) for each in sorted({row["route"] for row in seen if row["route"]})],
        "centre_ukprn": [(each, each) for each in sorted({row["centre_ukprn"] for row in shown})],
        "assessor": sorted(((str(each), name_of(session, each)) for each in assessors), key=lambda each: each[1]),
    }

"""The enrolments of the office: all of them by the apprentice's name, searched and filtered."""

from collections.abc import Sequence
from typing import get_args
from uuid import UUID

from flask import url_for

from api.enrolment_list import EnrolmentsIn, enrolments_counted, enrolments_page
from api.pages.common import fresh, pages, render
from api.pages.narrowing import Filter, Narrowed
from api.pages.plans.shown import route_named
from api.reads import may_see
from api.services import caller, services, today
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.lasting import EnrolmentState
from portfolio.domain.kernel import NOBODY, State
from portfolio.domain.plan import PLAN, Plan, recorded_plan
from portfolio.domain.vocabulary import Word
from projections.enrolment_list import ENROLMENT_LIST
from projections.machinery.listing import EVERYTHING, sorted_as

MOST_VALUES = 40
"""Values that a filter offers, those under which most is found; the address takes every one."""


@pages.get("/enrolments")
def enrolments() -> str:
    """Show the enrolments to whoever has an office, as the address narrows them."""
    fresh()
    may_see("enrolment")
    session = services().session()
    narrowed = Narrowed(EnrolmentsIn, filters(session))
    search = narrowed.query["search"] or ""

    def counted(words: Sequence[str], also: Sequence[str]) -> dict[str, int]:
        return enrolments_counted(words, also, search)

    page = enrolments_page(narrowed.query)
    return render(
        "enrolments/enrolments.html",
        rows=[
            {**row, "route_name": route_named(plan_of(session, row["plan_id"]), row["route"])} for row in page["items"]
        ],
        total=counted([EVERYTHING], narrowed.also()).get(EVERYTHING, 0),
        filters=narrowed.options(counted),
        chosen=narrowed.chosen(),
        asked=narrowed.asked,
        enrols=permissions.may(permissions.MAY[EnrolApprentice], held_everywhere()),
        action=url_for(".enrolments"),
        **narrowed.pages(page),
    )


def filters(session: ReadSession) -> list[Filter]:
    """Return what the list is filtered by, with the values that there are."""
    plans = [plan_of(session, UUID(each)) for each in values("plan_id")]
    employers = {each: employer_called(each) for each in values(name="employer")}
    return [
        Filter("state", "State", get_args(EnrolmentState)),
        Filter("plan", "Plan", sorted(values("plan")), {plan.reference: plan_called(plan) for plan in plans}),
        Filter(
            "route",
            "Route",
            sorted(values("route")),
            {each: route_named(plan, each) for plan in plans for each in plan.routes()},
        ),
        Filter("centre_ukprn", "Centre", sorted(values("centre_ukprn"))),
        Filter(
            name="employer",
            label="Employer",
            values=sorted(employers, key=lambda each: sorted_as(employers[each])),
            texts=employers,
        ),
    ]


def values(name: str) -> list[str]:
    """Return what enrolments are filed under by this name, as much as a filter offers."""
    return ENROLMENT_LIST.values(services().reads, today(), name, MOST_VALUES)


def employer_called(value: str) -> str:
    """Return the name of an employer as it is written in the enrolment that was found first."""
    found = ENROLMENT_LIST.find(services().reads, today(), also=[f"employer={value}"], limit=1)
    return found[0].card.enrolment.employer_on(today()) if found else value


def plan_of(session: ReadSession, plan_id: UUID) -> Plan:
    """Return a plan on record."""
    return recorded_plan(session.state(PLAN, plan_id))


def plan_called(plan: Plan) -> str:
    """Return what people call a plan, of whatever edition."""
    return f"{plan.title} ({plan.reference})"


def in_office() -> bool:
    """Tell whether the person at the page sees every enrolment, by an office they hold."""
    return permissions.may(permissions.SEES["enrolment"], held_everywhere())


def held_everywhere() -> frozenset[Word]:
    """Return the words of the permission table that hold for the person at the page towards whatever record."""
    return services().session().held(caller(), NOBODY, State(), NOBODY, today())

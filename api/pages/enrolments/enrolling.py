"""Enrolling: the office finds an apprentice by name, chooses plan, route and form by theirs, and fills in the rest."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from api.enrolments import EnrolmentIn
from api.fields import Id, Text
from api.ids import new_id
from api.judging import refusal_of
from api.lists import Search
from api.pages.asking import Act, Ask, page_of
from api.pages.common import as_day, asked, back_to, pages, render
from api.pages.enrolments.assigning import MOST_PEOPLE, people_with
from api.pages.enrolments.changing import A_UKPRN, forms_of
from api.pages.enrolments.enrolled import held_everywhere, plan_of
from api.pages.forms import asks_first, form, run, shown_again
from api.pages.plans.shown import plan_named, route_named
from api.reads import see
from api.services import services, today
from api.trail import name_of
from portfolio.domain import permissions
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.form import FORM
from portfolio.domain.kernel import NotPermitted, NotVisible
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import APPRENTICE

LABEL = "Enrol an apprentice"
A_ULN = "1000000027"
"""Stands in the place of a number that is not typed yet."""


@pages.get("/enrolments/new")
def new_enrolment() -> str:
    """Ask whom to enrol, then on what."""
    if not permissions.may(permissions.MAY[EnrolApprentice], held_everywhere()):
        raise NotPermitted
    apprentice: UUID | None = asked(name="apprentice", field=Id())
    person = see(PERSON, apprentice).state if apprentice else None
    return render(
        "enrolments/choose.html",
        trail=[("Enrolments", url_for(".enrolments"))],
        heading=f"On what do you enrol {person.name}?" if person else "Whom do you enrol?",
        caption=LABEL,
        here=url_for(".new_enrolment"),
        also={},
        searches=person is None,
        search=asked("search", Search()) or "",
        nobody="No form is approved for a plan." if person else "Nobody registered as an apprentice is called so.",
        **(ways_for(apprentice) if apprentice else apprentices()),
    )


def apprentices() -> dict[str, Any]:
    """Return who is registered as an apprentice and found by the name asked for."""
    found = people_with([APPRENTICE])
    choices = [(each.card.name, "", url_for(".new_enrolment", apprentice=str(each.item)), None) for each in found]
    return {"choices": choices[:MOST_PEOPLE], "more": len(found) > MOST_PEOPLE}


def ways_for(apprentice: UUID) -> dict[str, Any]:
    """Return the approved forms, each for each of its routes, with why the apprentice cannot be enrolled on it."""
    deciding, session = services().deciding(), services().session()
    return {
        "more": False,
        "choices": [
            (
                route_named(plan_of(session, each.card.plan_id), key),
                f"{plan_named(each.card.plan_id)}, form: {each.card.title}",
                url_for(".ask_to_enrol", apprentice=str(apprentice), form_id=str(each.item), route=key),
                refusal_of(enrolled(apprentice, each.card.plan_id, each.item, key), deciding),
            )
            for each in forms_of()
            for key in each.card.routes
        ],
    }


def enrolled(apprentice: UUID, plan_id: UUID, form_id: UUID, route: str) -> EnrolApprentice:
    """Return the command that enrols somebody from today on, with stand-ins for what is not typed yet."""
    return EnrolApprentice(
        enrolment_id=new_id(),
        apprentice=apprentice,
        uln=A_ULN,
        plan_id=plan_id,
        form_id=form_id,
        route=route,
        centre_ukprn=A_UKPRN,
        employer="Employer",
        starts_on=today(),
    )


def enrolling() -> Act:
    """Return what enrols the apprentice on the form and route that the address asks for."""
    apprentice, form_id = asked(name="apprentice", field=Id()), asked("form_id", Id())
    route = asked("route", Text(50))
    if not (apprentice and form_id and route):
        raise NotVisible
    chosen = see(FORM, form_id)
    name, plan_id = name_of(chosen.session, see(PERSON, apprentice).stream), chosen.state.plan_id
    plan = plan_of(chosen.session, plan_id)
    on = {"apprentice": str(apprentice), "form_id": str(form_id), "route": route}
    return Act(
        "enrolling",
        LABEL,
        f"Enrol {name}",
        f"Enrol {name}",
        EnrolmentIn,
        lambda body: EnrolApprentice(enrolment_id=new_id(), **body),
        [enrolled(apprentice, plan_id, form_id, route)],
        [
            Ask("uln", "Unique learner number (ULN)", "Ten digits."),
            Ask(name="employer", text="Employer"),
            Ask("centre_ukprn", "Centre", "Its UK provider reference number (UKPRN): eight digits that begin with 1."),
            Ask("starts_on", "First day"),
        ],
        [
            f"Plan: {plan.title}, {plan_named(plan_id)}. Route: {route_named(plan, route)}. "
            f"Form: {chosen.state.title}.",
            "What you fill in is shown to you once more before it is recorded. Then you assign who teaches, employs "
            "and assesses them.",
        ],
        {**on, "plan_id": str(plan_id)},
        on,
    )


@pages.get("/enrolments/enrolling")
def ask_to_enrol() -> str:
    """Ask what is left to know before somebody is enrolled."""
    trail = [("Enrolments", url_for(".enrolments")), (LABEL, url_for(".new_enrolment"))]
    return page_of(enrolling(), None, trail, "")


@pages.post("/enrolments/enrolling")
@shown_again(ask_to_enrol)
def enrol() -> Response:
    """Enrol somebody, once what was typed has been read over."""
    body, on = form(EnrolmentIn), enrolling()
    command = EnrolApprentice(enrolment_id=new_id(), **body)
    if not request.form.get("sure") and (refusal := refusal_of(command)):
        raise refusal
    says = [
        on.follows[0],
        f"Unique learner number: {command.uln}",
        f"Employer: {command.employer}",
        f"Centre: {command.centre_ukprn}",
        f"First day: {as_day(command.starts_on)}",
    ]
    back = url_for(
        ".ask_to_enrol", apprentice=str(command.apprentice), form_id=str(command.form_id), route=command.route
    )
    if page := asks_first(f"{on.heading}: is this right?", "\n".join(says), on.button, back):
        return page
    receipt = run(command)
    return back_to(".administration", receipt.position, enrolment_id=receipt.stream)

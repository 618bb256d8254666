"""Scrutiny routes of an enrolment: by which a centre's assessor who coached decides, and a second person confirms."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from werkzeug.wrappers import Response

from api.enrolments import ScrutinyRouteIn
from api.fields import Id, Text
from api.ids import new_id
from api.judging import TYPED, refusal_of
from api.pages.common import asked, back_to, fresh, named, pages, render
from api.pages.forms import form, run, shown_again
from api.reads import Sight, must_declare_to_see, see
from api.services import services, today
from api.trail import name_of
from portfolio.domain import permissions
from portfolio.domain.assessment.assessor import marking_role
from portfolio.domain.components import Place
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.scrutiny import RecordScrutinyRoute
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import FORM
from portfolio.domain.kernel import NotPermitted
from portfolio.domain.vocabulary import ASSESSING, CENTRE_ASSESSOR
from projections.people import PEOPLE

MOST_SECOND_PEOPLE = 100
"""People who hold a role of an assessor, by name, of whom each is asked whether they may confirm."""


class Offered(NamedTuple):
    """Somebody who may confirm, or the sentence of the rule that says why they may not."""

    person_id: UUID
    name: str
    why_not: str


@pages.get("/enrolments/<uuid:enrolment_id>/scrutiny-routes")
def scrutiny_routes(enrolment_id: UUID) -> str:
    """Show the routes on record, and the form of another: who decides what, then who may confirm it."""
    fresh()
    sight = see(ENROLMENT, enrolment_id)
    if not permissions.may(permissions.MAY[RecordScrutinyRoute], sight.held):
        raise NotPermitted
    component, assessor = asked("component", Text(100)), asked("decider", Id())
    components = dict(components_of(sight))
    chosen = components.get(component or "")
    return render(
        "scrutiny.html",
        enrolment_id=enrolment_id,
        apprentice=named([sight.state.apprentice]).get(sight.state.apprentice, ""),
        routes=[
            {
                "component": components.get(f"{route.form_id}.{route.component}", route.component),
                "assessor": name_of(sight.session, route.assessor),
                "second": name_of(sight.session, route.second_person),
                "officer": name_of(sight.session, route.officer),
                "reason": route.reason,
            }
            for route in sight.state.scrutiny_routes
        ],
        components=components,
        component=component if chosen else "",
        component_name=chosen or "",
        assessors=[(each, name_of(sight.session, each)) for each in ever_assigned(sight.state)],
        assessor=assessor,
        assessor_name=name_of(sight.session, assessor) if assessor else "",
        offered=[*second_people(enrolment_id, component, assessor)] if component and chosen and assessor else [],
        undeclared=must_declare_to_see(ENROLMENT, enrolment_id),
        key=new_id(),
        schemas={"route": ScrutinyRouteIn},
    )


def components_of(sight: Sight[Enrolment]) -> Iterator[tuple[str, str]]:
    """Yield the components that the centre marks of every form that the apprentice took, by form and key."""
    for form_id in dict.fromkeys(route.form_id for route in sight.state.routes):
        taken = sight.session.state(FORM, form_id)
        for component in taken.components:
            if marking_role(Place(form_id=form_id, component=component.key), taken) == CENTRE_ASSESSOR:
                yield f"{form_id}.{component.key}", component.name


def ever_assigned(enrolment: Enrolment) -> list[UUID]:
    """Return who has a part in an enrolment today, or had one."""
    return sorted({part.person_id for part in enrolment.assigned if part.starts_on <= today()})


def command(enrolment_id: UUID, component: str, assessor: UUID, second: UUID, reason: str) -> RecordScrutinyRoute:
    """Return the command that records a route; ``component`` is the form's id and the component's key."""
    form_id, _, key = component.partition(".")
    return RecordScrutinyRoute(
        enrolment_id=enrolment_id,
        assessor=assessor,
        second_person=second,
        form_id=UUID(form_id),
        component=key,
        reason=reason,
    )


def second_people(enrolment_id: UUID, component: str, assessor: UUID) -> Iterator[Offered]:
    """Yield everybody who assesses, with what the rule would say to them as the second person of this route."""
    ways = [(f"role={role}",) for role in sorted(ASSESSING)]
    deciding = services().deciding()
    found = PEOPLE.find(services().reads, today(), ways=ways, also=("state=active",), limit=MOST_SECOND_PEOPLE)
    for each in found:
        if each.item != assessor:
            refusal = refusal_of(command(enrolment_id, component, assessor, each.item, TYPED), deciding)
            yield Offered(each.item, each.card.name, str(refusal or ""))


@pages.post("/enrolments/<uuid:enrolment_id>/scrutiny-routes/second-person")
@shown_again(scrutiny_routes)
def record_scrutiny_route(enrolment_id: UUID) -> Response:
    """Record a route."""
    body: dict[str, Any] = form(ScrutinyRouteIn)
    done = run(RecordScrutinyRoute(enrolment_id=enrolment_id, **body))
    return back_to(".scrutiny_routes", done.position, enrolment_id=enrolment_id)

"""Scrutiny routes: who is the second person of which enrolment."""

from uuid import UUID

from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.kernel import Entry
from projections.machinery.database import Rows, View


def fold(rows: Rows, entry: Entry, owner: UUID | None) -> None:  # noqa: ARG001 - the stream is the owner
    """Keep one row for each assessor and component of a form, with who was named last."""
    match entry.fact:
        case ScrutinyRouteRecorded(assessor=assessor, form_id=form_id, component=component) as route:
            rows.put(entry.originator_id, assessor, form_id, component, second_person=route.second_person)


SCRUTINY_ROUTES = View(
    "scrutiny_routes",
    1,
    {"enrolment_id": UUID, "assessor": UUID, "form_id": UUID, "component": str},
    {"second_person": UUID},
    fold,
    (ScrutinyRouteRecorded,),
    indexes=(("second_person",),),
)

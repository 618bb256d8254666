"""Routes: the apprentice moves to another option of the plan, with the form that serves it."""

from datetime import date
from uuid import UUID

from portfolio.domain.calendar import Day, day_in_words
from portfolio.domain.enrolment.consent import consent_to
from portfolio.domain.enrolment.ending import check_not_ended
from portfolio.domain.enrolment.facts import EnrolmentFact, RouteChanged, RouteForMe
from portfolio.domain.enrolment.near import check_near
from portfolio.domain.enrolment.refusals import FormNotForRoute, OptionChangeTooLate, RouteChangeAgreed
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.form import CoverageProofMissing, Form, RouteUnknown
from portfolio.domain.kernel import Command, Known
from portfolio.domain.plan import Plan, PlanEdition, recorded_plan
from portfolio.domain.words import Reason


class ChangeRoute(Command):
    """Move the apprentice to another option, with the form that serves it.

    ``cancels`` names the days of changes on record that this one takes the place of.
    """

    enrolment_id: UUID
    route: str
    form_id: UUID
    effective_on: Day
    reason: Reason
    cancels: tuple[date, ...] = ()


class ForRoute(Known):
    """The plan edition of the enrolment, the form named, and whether the apprentice has a result."""

    edition: PlanEdition
    form: Form
    result_issued: bool


def change_route(enrolment: Enrolment, command: ChangeRoute, known: ForRoute) -> list[EnrolmentFact]:
    """Move to another option of the plan with the apprentice's consent (ENROLMENT-1, ENROLMENT-3, CONSENT-1).

    The route that holds on that day again is no change. A change recorded for that day or a later one is named, and
    this one takes its place, or it stays.
    """
    check_exists(enrolment)
    check_not_ended(enrolment)
    if known.result_issued:
        raise OptionChangeTooLate
    check_near("effective_on", command.effective_on, known.today)
    check_route(recorded_plan(known.edition), known.form, enrolment.plan_id, command.route)
    consent_id = consent_to(enrolment, known.by, RouteForMe(route=command.route))
    agreed = sorted({route.since for route in enrolment.routes[1:] if route.since >= command.effective_on})
    held = enrolment.route_on(command.effective_on)
    same = held is not None and (held.route, held.form_id) == (command.route, command.form_id)
    if same and not command.cancels and agreed in ([], [command.effective_on]):
        return []
    if sorted(set(command.cancels)) != agreed:
        days = ", ".join(map(day_in_words, agreed)) or "none"
        raise RouteChangeAgreed(f"Agreed for that day or later: {days}.", days=map(str, agreed))
    moved = RouteChanged(
        route=command.route,
        form_id=command.form_id,
        effective_on=command.effective_on,
        reason=command.reason,
        consent_id=consent_id,
        cancels=tuple(agreed),
    )
    return [moved]


def check_route(plan: Plan, form: Form, plan_id: UUID, route: str) -> None:
    """Refuse a route that the plan does not have, and a form that does not serve it (ENROLMENT-1)."""
    if route not in plan.routes():
        raise RouteUnknown(f"{route!r} is none of: {', '.join(plan.routes())}.", routes=plan.routes())
    if form.plan_id != plan_id or route not in form.routes:
        raise FormNotForRoute
    if form.proof is None:
        raise CoverageProofMissing

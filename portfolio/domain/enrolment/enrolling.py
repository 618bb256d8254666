"""Enrolling: one apprentice on one plan edition, one form and exactly one route of it."""

from uuid import UUID

from portfolio.domain.calendar import Day
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.facts import ApprenticeEnrolled, EnrolmentFact
from portfolio.domain.enrolment.near import check_near
from portfolio.domain.enrolment.refusals import (
    EnrolledByAnother,
    EnrolmentExists,
    StandardAlreadyTaken,
    UkprnInvalid,
    UlnInvalid,
)
from portfolio.domain.enrolment.routes import check_route
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import Form
from portfolio.domain.kernel import Command, Known
from portfolio.domain.person import Person, RoleNotHeld, check_registered
from portfolio.domain.plan import PlanEdition, PlanNotApproved, may_rest_on_plan, recorded_plan
from portfolio.domain.ukprn import ukprn_is_valid
from portfolio.domain.uln import uln_is_valid
from portfolio.domain.vocabulary import APPRENTICE
from portfolio.domain.words import Key, Name


class EnrolApprentice(Command):
    """Enrol an apprentice; the route is an option's key, or "core" for a plan without options."""

    enrolment_id: UUID
    apprentice: UUID
    uln: str
    plan_id: UUID
    form_id: UUID
    route: str
    centre_ukprn: Key
    employer: Name
    starts_on: Day


class ForEnrolment(Known):
    """The person to enrol with their enrolments so far, the plan edition and the form named, and the deployment."""

    person: Person
    enrolments: tuple[Enrolment, ...]
    edition: PlanEdition
    deployment: Deployment
    form: Form


def enrol_apprentice(enrolment: Enrolment, command: EnrolApprentice, known: ForEnrolment) -> list[EnrolmentFact]:
    """Enrol a registered apprentice once, on a usable plan, one of its routes and a form for it (ENROLMENT-1, -2)."""
    if enrolment.exists():
        raise EnrolmentExists
    if known.by == command.apprentice:
        raise EnrolledByAnother
    if not uln_is_valid(command.uln):
        raise UlnInvalid
    if not ukprn_is_valid(command.centre_ukprn):
        raise UkprnInvalid("centre_ukprn: eight digits that begin with 1, such as 10012345.")
    check_near("starts_on", command.starts_on, known.today)
    check_registered(known.person)
    if APPRENTICE not in known.person.roles:
        raise RoleNotHeld("The person to enrol does not hold the role apprentice.")
    plan = recorded_plan(known.edition)
    if not may_rest_on_plan(known.edition, known.deployment):
        raise PlanNotApproved
    if any(enrolment.takes(plan.reference) for enrolment in known.enrolments):
        raise StandardAlreadyTaken
    check_route(plan, known.form, command.plan_id, command.route)
    enrolled = ApprenticeEnrolled(
        apprentice=command.apprentice,
        uln=command.uln,
        plan_id=command.plan_id,
        plan_reference=plan.reference,
        form_id=command.form_id,
        route=command.route,
        centre_ukprn=command.centre_ukprn,
        employer=command.employer,
        starts_on=command.starts_on,
    )
    return [enrolled]

"""What is recorded of an enrolment."""

from datetime import date
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Fact, Value
from portfolio.domain.vocabulary import Assignment


class ApprenticeEnrolled(Fact, tag="enrolment.apprentice-enrolled"):
    """The apprentice is enrolled on a plan edition, a form and a route."""

    apprentice: UUID
    uln: str
    plan_id: UUID
    plan_reference: str
    form_id: UUID
    route: str
    centre_ukprn: str
    employer: str
    starts_on: date


class AppealForMe(Value, tag="appeal"):
    """To appeal for the apprentice, once, against this decision."""

    assessment_id: UUID
    decision_id: UUID


class RouteForMe(Value, tag="route"):
    """To move the apprentice, once, to this route."""

    route: str


Purpose = AppealForMe | RouteForMe
"""What the apprentice lets somebody do for them."""


class RouteChanged(Fact, tag="enrolment.route-changed", omit_defaults=True):
    """The apprentice follows another route from the day given; earlier findings stay on record.

    ``cancels``: the days of agreed changes that this one takes the place of.
    """

    route: str
    form_id: UUID
    effective_on: date
    reason: str
    consent_id: UUID = NOBODY
    cancels: tuple[date, ...] = ()


class PersonAssigned(Fact, tag="enrolment.person-assigned"):
    """A person has a part in this enrolment from the day given; no components means all."""

    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str]


class PersonReleased(Fact, tag="enrolment.person-released", omit_defaults=True):
    """The person's part ended on the day given; ``cases`` are the open appeals that they are part of."""

    person_id: UUID
    assignment: Assignment
    ends_on: date
    reason: str
    cases: tuple[UUID, ...] = ()


class ScrutinyRouteRecorded(Fact, tag="enrolment.scrutiny-route-recorded"):
    """A centre assessor who coached may decide this component of this form; each decision waits for the second person.

    A later route for the same assessor and component stands in the place of this one, also for decisions that wait.
    """

    assessor: UUID
    second_person: UUID
    form_id: UUID
    component: str
    reason: str
    officer: UUID


class ConsentGiven(Fact, tag="enrolment.consent-given"):
    """The apprentice lets a person do one thing for them, once."""

    consent_id: UUID
    person_id: UUID
    purpose: Purpose


class ConsentTakenBack(Fact, tag="enrolment.consent-taken-back"):
    """The apprentice lets the person no longer do it."""

    consent_id: UUID


EnrolmentFact = (
    ApprenticeEnrolled
    | RouteChanged
    | PersonAssigned
    | PersonReleased
    | ScrutinyRouteRecorded
    | ConsentGiven
    | ConsentTakenBack
)

"""Enrolment: one apprentice on one plan edition, one form and exactly one route, with the people assigned to them."""

from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.deployment import Deployment
from portfolio.domain.form import CoverageProofMissing, Form, RouteUnknown
from portfolio.domain.kernel import (
    NOBODY,
    Aggregate,
    Command,
    Fact,
    Known,
    NotVisible,
    RuleBroken,
    State,
    Value,
    changed,
)
from portfolio.domain.person import Person, RoleNotHeld, check_registered
from portfolio.domain.plan import Plan, PlanEdition, PlanNotApproved, may_rest_on_plan, recorded_plan
from portfolio.domain.uln import uln_is_valid
from portfolio.domain.vocabulary import (
    APPRENTICE,
    ASSESSOR,
    ASSIGNED,
    CENTRE_ASSESSOR,
    COACH,
    EMPLOYER,
    INTERNAL_QUALITY_ASSURER,
    THE_APPRENTICE,
    Assignment,
    Relation,
    Role,
)

ROLE_FOR: dict[Assignment, frozenset[Role]] = {
    COACH: frozenset({COACH}),
    EMPLOYER: frozenset({EMPLOYER}),
    ASSESSOR: frozenset({ASSESSOR, CENTRE_ASSESSOR}),
    INTERNAL_QUALITY_ASSURER: frozenset({INTERNAL_QUALITY_ASSURER}),
}
"""Roles of which a person must hold one to be given an assignment."""

TIES: frozenset[Assignment] = frozenset({COACH, EMPLOYER})
"""Assignments that make a person no independent assessor of this apprentice, for ever (INTEREST-3)."""


class EnrolApprentice(Command):
    """Enrol an apprentice; the route is an option's key, or "core" for a plan without options."""

    enrolment_id: UUID
    apprentice: UUID
    uln: str
    plan_id: UUID
    form_id: UUID
    route: str
    centre_ukprn: str
    employer: str
    starts_on: date


class ChangeRoute(Command):
    """Move the apprentice to another option, with the form that serves it."""

    enrolment_id: UUID
    route: str
    form_id: UUID
    effective_on: date
    reason: str
    consent: bool


class AssignPerson(Command):
    """Give a person a part in this enrolment from a day on; an assessor may be limited to some components."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str] = frozenset()


class ReleasePerson(Command):
    """End a person's part in this enrolment."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    ends_on: date
    reason: str


class ForEnrolment(Known):
    """The person to enrol, the plan edition and the form named, and the deployment."""

    person: Person
    edition: PlanEdition
    deployment: Deployment
    form: Form


class ForRoute(Known):
    """The plan edition of the enrolment, the form named, and whether the apprentice has a result."""

    edition: PlanEdition
    form: Form
    result_issued: bool


class ForAssignment(Known):
    """The person named."""

    person: Person


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


class RouteChanged(Fact, tag="enrolment.route-changed"):
    """The apprentice follows another route from the day given; earlier findings stay on record."""

    route: str
    form_id: UUID
    effective_on: date
    reason: str


class PersonAssigned(Fact, tag="enrolment.person-assigned"):
    """A person has a part in this enrolment from the day given; no components means all."""

    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str]


class PersonReleased(Fact, tag="enrolment.person-released"):
    """The person's part ended on the day given."""

    person_id: UUID
    assignment: Assignment
    ends_on: date
    reason: str


class EnrolmentUnknown(NotVisible):
    """There is no such enrolment."""


class EnrolmentExists(RuleBroken):
    """This enrolment is recorded already."""


class UlnInvalid(RuleBroken, rule="ENROLMENT-2"):
    """A unique learner number has ten digits, the first not 0, and the last is its check digit."""


class UlnAlreadyEnrolled(RuleBroken, rule="ENROLMENT-2"):
    """This unique learner number is enrolled on the same standard already."""


class FormNotForRoute(RuleBroken, rule="ENROLMENT-1"):
    """The form must be approved, for this plan edition, and serve the route."""


class OptionChangeTooLate(RuleBroken, rule="ENROLMENT-3"):
    """The option cannot change once a result is issued."""


class ConsentMissing(RuleBroken, rule="ENROLMENT-3, APPEAL-4"):
    """The apprentice's recorded consent is needed."""


class AssessorConflicted(RuleBroken, rule="INTEREST-2, INTEREST-3"):
    """Nobody with an interest in the apprentice, or who ever trained, managed or coached them assesses."""


class AlreadyAssigned(RuleBroken):
    """The person has this part already."""


class NotAssigned(RuleBroken):
    """The person does not have this part now."""


class Assigned(Value):
    """One person's part and its days; ``ends_on`` None means it goes on."""

    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str]
    ends_on: date | None = None

    def on(self, today: date) -> bool:
        """Return whether the part is held on this day: the day it ends no longer counts."""
        return self.starts_on <= today and (self.ends_on is None or today < self.ends_on)


class RouteFrom(Value):
    """The route and form that hold from a day on."""

    since: date
    route: str
    form_id: UUID


def route_on(routes: tuple[RouteFrom, ...], day: date) -> RouteFrom | None:
    """Return the route that holds on a day, of routes as they were chosen: before the first one begins, the first."""
    held = (route for route in reversed(routes) if route.since <= day)
    return next(held, routes[0] if routes else None)


class Enrolment(State):
    """Who is enrolled on what, and who has which part in it."""

    apprentice: UUID = NOBODY
    plan_id: UUID = NOBODY
    routes: tuple[RouteFrom, ...] = ()
    assigned: tuple[Assigned, ...] = ()

    def route_on(self, day: date) -> RouteFrom | None:
        """Return the route and form that hold on a day: a change to come does not count yet (ENROLMENT-3)."""
        return route_on(self.routes, day)

    def exists(self) -> bool:
        """Return whether there is such an enrolment."""
        return self.apprentice != NOBODY

    def form_on(self, day: date) -> UUID:
        """Return the form that is taken on a day, ``NOBODY`` where nobody is enrolled."""
        route = self.route_on(day)
        return route.form_id if route else NOBODY

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def relations(self, person: UUID, today: date) -> set[Relation]:
        """Return "the apprentice", and "assigned coach", "assigned assessor" and so on for parts held today."""
        held = {ASSIGNED[assignment] for assignment in self._parts(person, today)}
        return held | ({THE_APPRENTICE} if person == self.apprentice else set())

    def ever(self, person: UUID) -> frozenset[Assignment]:
        """Return every part the person ever had here."""
        return frozenset(part.assignment for part in self.assigned if part.person_id == person)

    def coached_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as coach today."""
        return COACH in self._parts(person, today)

    def assured_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as internal quality assurer today."""
        return INTERNAL_QUALITY_ASSURER in self._parts(person, today)

    def assessed_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as assessor of at least one component today."""
        return ASSESSOR in self._parts(person, today)

    def _parts(self, person: UUID, today: date) -> set[Assignment]:
        return {part.assignment for part in self.assigned if part.person_id == person and part.on(today)}

    def assesses(self, person: UUID, component: str, today: date) -> bool:
        """Return whether the person is assigned as assessor of this component today."""
        return any(
            part.person_id == person
            and part.assignment == ASSESSOR
            and part.on(today)
            and (not part.components or component in part.components)
            for part in self.assigned
        )


EnrolmentFact = ApprenticeEnrolled | RouteChanged | PersonAssigned | PersonReleased


def enrol_apprentice(enrolment: Enrolment, command: EnrolApprentice, known: ForEnrolment) -> list[EnrolmentFact]:
    """Enrol a registered apprentice once, on a usable plan, one of its routes and a form for it (ENROLMENT-1, -2)."""
    if enrolment.exists():
        raise EnrolmentExists
    if not uln_is_valid(command.uln):
        raise UlnInvalid
    check_registered(known.person)
    if APPRENTICE not in known.person.roles:
        raise RoleNotHeld("The person to enrol does not hold the role apprentice.")
    plan = recorded_plan(known.edition)
    if not may_rest_on_plan(known.edition, known.deployment):
        raise PlanNotApproved
    _check_route(plan, known.form, command.plan_id, command.route)
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


def change_route(enrolment: Enrolment, command: ChangeRoute, known: ForRoute) -> list[EnrolmentFact]:
    """Move to another option of the plan with the apprentice's consent (ENROLMENT-1, ENROLMENT-3)."""
    _check_exists(enrolment)
    if known.result_issued:
        raise OptionChangeTooLate
    if not command.consent:
        raise ConsentMissing
    _check_route(recorded_plan(known.edition), known.form, enrolment.plan_id, command.route)
    moved = RouteChanged(
        route=command.route, form_id=command.form_id, effective_on=command.effective_on, reason=command.reason
    )
    return [moved]


def assign_person(enrolment: Enrolment, command: AssignPerson, known: ForAssignment) -> list[EnrolmentFact]:
    """Give a part to somebody who holds a role for it; an assessor is free of ties (INTEREST-2, INTEREST-3)."""
    _check_exists(enrolment)
    check_registered(known.person)
    if not known.person.roles & ROLE_FOR[command.assignment]:
        raise RoleNotHeld(f"To be assigned as {command.assignment} the person must hold that role.")
    if any(_is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise AlreadyAssigned
    if command.assignment == ASSESSOR and conflicted(enrolment, known.person, command.person_id):
        raise AssessorConflicted
    assigned = PersonAssigned(
        person_id=command.person_id,
        assignment=command.assignment,
        starts_on=command.starts_on,
        components=command.components,
    )
    return [assigned]


def release_person(enrolment: Enrolment, command: ReleasePerson, known: Known) -> list[EnrolmentFact]:
    """End a part that the person has."""
    _check_exists(enrolment)
    if not any(_is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise NotAssigned
    released = PersonReleased(
        person_id=command.person_id, assignment=command.assignment, ends_on=command.ends_on, reason=command.reason
    )
    return [released]


def _check_exists(enrolment: Enrolment) -> None:
    if not enrolment.exists():
        raise EnrolmentUnknown


def _check_route(plan: Plan, form: Form, plan_id: UUID, route: str) -> None:
    if route not in plan.routes():
        raise RouteUnknown(f"{route!r} is none of: {', '.join(plan.routes())}.", routes=plan.routes())
    if form.plan_id != plan_id or route not in form.routes:
        raise FormNotForRoute
    if form.proof is None:
        raise CoverageProofMissing


def _is_open(part: Assigned, person_id: UUID, assignment: Assignment) -> bool:
    return part.person_id == person_id and part.assignment == assignment and part.ends_on is None


def conflicted(enrolment: Enrolment, person: Person, person_id: UUID) -> bool:
    """Return whether recorded facts bar this person from judging this apprentice's work (INTEREST-2, INTEREST-3)."""
    declared = any(interest.interest != "none" for interest in person.declared(enrolment.apprentice))
    return declared or bool(enrolment.ever(person_id) & TIES) or person_id == enrolment.apprentice


def route_codes(enrolment: Enrolment, edition: PlanEdition, today: date) -> frozenset[str]:
    """Return the codes of the apprentice's route on this day; ``edition`` is the plan they are enrolled on."""
    held = enrolment.route_on(today)
    return edition.plan.codes_of(held.route) if edition.plan and held else frozenset()


def evolve(enrolment: Enrolment, fact: EnrolmentFact) -> Enrolment:
    """Apply a fact."""
    match fact:
        case ApprenticeEnrolled():
            first = RouteFrom(since=fact.starts_on, route=fact.route, form_id=fact.form_id)
            return Enrolment(apprentice=fact.apprentice, plan_id=fact.plan_id, routes=(first,))
        case RouteChanged():
            moved = RouteFrom(since=fact.effective_on, route=fact.route, form_id=fact.form_id)
            return changed(enrolment, routes=(*enrolment.routes, moved))
        case PersonAssigned():
            part = Assigned(
                person_id=fact.person_id,
                assignment=fact.assignment,
                starts_on=fact.starts_on,
                components=fact.components,
            )
            return changed(enrolment, assigned=(*enrolment.assigned, part))
        case PersonReleased():
            return changed(
                enrolment,
                assigned=tuple(
                    changed(part, ends_on=fact.ends_on) if _is_open(part, fact.person_id, fact.assignment) else part
                    for part in enrolment.assigned
                ),
            )
    assert_never(fact)


ENROLMENT = Aggregate(
    "enrolment_id", Enrolment(), (enrol_apprentice, change_route, assign_person, release_person), evolve
)

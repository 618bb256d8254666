"""Enrolment: one apprentice on one plan edition, one form and exactly one route, with the people assigned to them."""

from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.form import CoverageProofMissing, Form, RouteUnknown
from portfolio.domain.kernel import (
    NOBODY,
    Command,
    Fact,
    LookedUp,
    NotVisible,
    RuleBroken,
    State,
    Undivided,
    Value,
    changed,
)
from portfolio.domain.person import Person, PersonUnknown, RoleNotHeld
from portfolio.domain.plan import Plan, PlanEdition, PlanNotApproved, PlanUnknown
from portfolio.domain.uln import uln_is_valid
from portfolio.domain.vocabulary import Assignment

ROLE_FOR: dict[Assignment, frozenset[str]] = {
    "coach": frozenset({"coach"}),
    "employer": frozenset({"employer"}),
    "assessor": frozenset({"assessor", "centre assessor"}),
    "internal quality assurer": frozenset({"internal quality assurer"}),
}
"""Roles of which a person must hold one to be given an assignment."""

TIES = frozenset({"coach", "employer"})
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
    person: LookedUp[Person | None] = None
    plan: LookedUp[Plan | None] = None
    may_rest_on_plan: LookedUp[bool] = False
    form: LookedUp[Form | None] = None


class ChangeRoute(Command):
    """Move the apprentice to another option, with the form that serves it."""

    enrolment_id: UUID
    route: str
    form_id: UUID
    effective_on: date
    reason: str
    consent: bool
    plan: LookedUp[Plan | None] = None
    form: LookedUp[Form | None] = None
    result_issued: LookedUp[bool] = True


class AssignPerson(Command):
    """Give a person a part in this enrolment from a day on; an assessor may be limited to some components."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    starts_on: date
    components: frozenset[str] = frozenset()
    person: LookedUp[Person | None] = None


class ReleasePerson(Command):
    """End a person's part in this enrolment."""

    enrolment_id: UUID
    person_id: UUID
    assignment: Assignment
    ends_on: date
    reason: str


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


class AssessorConflicted(RuleBroken, rule="INTEREST-3"):
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

    def subject(self) -> UUID | None:
        """Return the apprentice."""
        return self.apprentice

    def relations(self, person: UUID, today: date) -> set[str]:
        """Return "the apprentice", and "assigned coach", "assigned assessor" and so on for parts held today."""
        held = {f"assigned {part.assignment}" for part in self.assigned if part.person_id == person and part.on(today)}
        return held | ({"the apprentice"} if person == self.apprentice else set())

    def ever(self, person: UUID) -> frozenset[Assignment]:
        """Return every part the person ever had here."""
        return frozenset(part.assignment for part in self.assigned if part.person_id == person)

    def coached_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as coach today."""
        return self._has_part(person, "coach", today)

    def assured_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as internal quality assurer today."""
        return self._has_part(person, "internal quality assurer", today)

    def assessed_by(self, person: UUID, today: date) -> bool:
        """Return whether the person is assigned as assessor of at least one component today."""
        return self._has_part(person, "assessor", today)

    def _has_part(self, person: UUID, assignment: Assignment, today: date) -> bool:
        return any(
            part.person_id == person and part.assignment == assignment and part.on(today) for part in self.assigned
        )

    def assesses(self, person: UUID, component: str, today: date) -> bool:
        """Return whether the person is assigned as assessor of this component today."""
        return any(
            part.person_id == person
            and part.assignment == "assessor"
            and part.on(today)
            and (not part.components or component in part.components)
            for part in self.assigned
        )


EnrolmentCommand = EnrolApprentice | ChangeRoute | AssignPerson | ReleasePerson
EnrolmentFact = ApprenticeEnrolled | RouteChanged | PersonAssigned | PersonReleased


def decide(enrolment: Enrolment, command: EnrolmentCommand) -> list[EnrolmentFact]:
    """Turn a request into facts, or refuse it."""
    if isinstance(command, EnrolApprentice):
        return [_enrolled(enrolment, command)]
    if enrolment.apprentice == NOBODY:
        raise EnrolmentUnknown
    match command:
        case ChangeRoute():
            return [_route_changed(enrolment, command)]
        case AssignPerson():
            return [_assigned(enrolment, command)]
        case ReleasePerson(person_id=person_id, assignment=assignment, ends_on=ends_on, reason=reason):
            if not any(_is_open(part, person_id, assignment) for part in enrolment.assigned):
                raise NotAssigned
            return [PersonReleased(person_id=person_id, assignment=assignment, ends_on=ends_on, reason=reason)]
    assert_never(command)


def _is_open(part: Assigned, person_id: UUID, assignment: Assignment) -> bool:
    return part.person_id == person_id and part.assignment == assignment and part.ends_on is None


def _enrolled(enrolment: Enrolment, command: EnrolApprentice) -> ApprenticeEnrolled:
    if enrolment.apprentice != NOBODY:
        raise EnrolmentExists
    if not uln_is_valid(command.uln):
        raise UlnInvalid
    if command.person is None or not command.person.name:
        raise PersonUnknown
    if "apprentice" not in command.person.roles:
        raise RoleNotHeld("The person to enrol does not hold the role apprentice.")
    if command.plan is None:
        raise PlanUnknown
    if not command.may_rest_on_plan:
        raise PlanNotApproved
    _check_route(command.plan, command.form, command.plan_id, command.route)
    return ApprenticeEnrolled(
        apprentice=command.apprentice,
        uln=command.uln,
        plan_id=command.plan_id,
        plan_reference=command.plan.reference,
        form_id=command.form_id,
        route=command.route,
        centre_ukprn=command.centre_ukprn,
        employer=command.employer,
        starts_on=command.starts_on,
    )


def _check_route(plan: Plan, form: Form | None, plan_id: UUID, route: str) -> None:
    if route not in plan.routes():
        raise RouteUnknown(f"{route!r} is none of: {', '.join(plan.routes())}.", routes=plan.routes())
    if form is None or form.plan_id != plan_id or route not in form.routes:
        raise FormNotForRoute
    if form.proof is None:
        raise CoverageProofMissing


def _route_changed(enrolment: Enrolment, command: ChangeRoute) -> RouteChanged:
    if command.result_issued:
        raise OptionChangeTooLate
    if not command.consent:
        raise ConsentMissing
    if command.plan is None:
        raise PlanUnknown
    _check_route(command.plan, command.form, enrolment.plan_id, command.route)
    return RouteChanged(
        route=command.route, form_id=command.form_id, effective_on=command.effective_on, reason=command.reason
    )


def _assigned(enrolment: Enrolment, command: AssignPerson) -> PersonAssigned:
    person = command.person
    if person is None or not person.name:
        raise PersonUnknown
    if not person.roles & ROLE_FOR[command.assignment]:
        raise RoleNotHeld(f"To be assigned as {command.assignment} the person must hold that role.")
    if any(_is_open(part, command.person_id, command.assignment) for part in enrolment.assigned):
        raise AlreadyAssigned
    if command.assignment == "assessor" and conflicted(enrolment, person, command.person_id):
        raise AssessorConflicted
    return PersonAssigned(
        person_id=command.person_id,
        assignment=command.assignment,
        starts_on=command.starts_on,
        components=command.components,
    )


def conflicted(enrolment: Enrolment, person: Person, person_id: UUID) -> bool:
    """Return whether recorded facts bar this person from assessing this apprentice (INTEREST-2, INTEREST-3)."""
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
            chosen = RouteFrom(since=fact.effective_on, route=fact.route, form_id=fact.form_id)
            return changed(enrolment, routes=(*enrolment.routes, chosen))
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


ENROLMENT = Undivided(
    "enrolment_id", Enrolment(), (), evolve, (EnrolApprentice, ChangeRoute, AssignPerson, ReleasePerson), decide
)

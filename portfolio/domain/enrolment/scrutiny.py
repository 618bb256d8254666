"""Scrutiny routes: a centre's assessor who coached may decide, and a second, free person confirms (INTEREST-2)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.components import Components, Place, Placed
from portfolio.domain.enrolment.conflict import check_officer_free, coached_at_the_centre, conflicted
from portfolio.domain.enrolment.facts import EnrolmentFact, ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import (
    FormNotForRoute,
    ScrutinyRouteNotAllowed,
    ScrutinyRouteNotOwn,
    SecondPersonNotFree,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.form import Form
from portfolio.domain.kernel import Command, Known
from portfolio.domain.person import Person, check_registered
from portfolio.domain.vocabulary import ASSESSING
from portfolio.domain.words import Key, Reason

ANOTHER_SECOND_PERSON = "a responsible officer names another second person"


class RecordScrutinyRoute(Command):
    """Let a centre assessor who coached decide a component of a form, or name another second person for it."""

    enrolment_id: UUID
    assessor: UUID
    second_person: UUID
    form_id: UUID
    component: Key
    reason: Reason


class ForScrutinyRoute(Known):
    """The assessor, the second person and the officers, the apprentice's other enrolments, and the form named.

    ``components`` knows that form, and those of the parts given here; ``attempts`` are those of this enrolment.
    """

    assessor: Person
    second_person: Person
    officers: dict[UUID, Person]
    other_enrolments: tuple[Enrolment, ...]
    form: Form
    components: Components
    attempts: tuple[Assessment, ...]


def record_scrutiny_route(
    enrolment: Enrolment, command: RecordScrutinyRoute, known: ForScrutinyRoute
) -> list[EnrolmentFact]:
    """Record a route for who coached, with a reason and a second person who is free and standardised (INTEREST-2)."""
    check_exists(enrolment)
    check_registered(known.assessor)
    if known.by in (command.assessor, command.second_person):
        raise ScrutinyRouteNotOwn
    if command.form_id not in {route.form_id for route in enrolment.routes}:
        raise FormNotForRoute("The apprentice never took this form: name the one of the attempt.")
    enrolments = (enrolment, *known.other_enrolments)
    check_officer_free(enrolments, known.officers, known.by, known.today)
    component = known.form.component(command.component)
    if component is None or component.marker != "centre":
        raise ScrutinyRouteNotAllowed(
            "The centre does not mark this component: an assessor of the organisation who is free does."
        )
    if not conflicted(enrolments, known.assessor, command.assessor, known.today):
        raise ScrutinyRouteNotAllowed(f"{known.assessor.name} is free of the apprentice and needs none.")
    if not _has_left(enrolment, command, known) and not coached_at_the_centre(
        enrolments, known.assessor, command.assessor, known.today
    ):
        raise ScrutinyRouteNotAllowed(
            f"{known.assessor.name} is not the centre's own assessor whose one tie is having coached: "
            "an administrator assigns another assessor."
        )
    check_second_person(
        enrolments, known.second_person, command.second_person, known.form.criteria_of(component.key), known.today
    )
    place = Place(form_id=command.form_id, component=component.key)
    check_assures_not(enrolment, known.second_person, command.second_person, place, known.components, known.today)
    check_judged_nothing(_going_on_at(place, known.attempts), known.second_person, command.second_person)
    recorded = ScrutinyRouteRecorded(
        assessor=command.assessor,
        second_person=command.second_person,
        form_id=command.form_id,
        component=command.component,
        reason=command.reason,
        officer=known.by,
    )
    return [recorded]


def _has_left(enrolment: Enrolment, command: RecordScrutinyRoute, known: ForScrutinyRoute) -> bool:
    """Return whether a route is on record whose assessor judges nobody any more: a decision of theirs may wait."""
    on_record = enrolment.scrutiny_route(command.assessor, command.form_id, command.component)
    return on_record is not None and not known.assessor.roles & ASSESSING


def _going_on_at(place: Place, attempts: Iterable[Assessment]) -> list[Assessment]:
    here = (place.form_id, place.component)
    return [
        each
        for each in attempts
        if each.opened and (each.opened.form_id, each.opened.component) == here and each.goes_on()
    ]


def check_second_person(
    enrolments: Iterable[Enrolment], person: Person, person_id: UUID, criteria_id: UUID, today: date
) -> None:
    """Refuse a second person who is no assessor now, has a tie to the apprentice, or is not standardised."""
    check_registered(person)
    if not person.roles & ASSESSING:
        raise SecondPersonNotFree(f"{person.name} holds no role of an assessor now: {ANOTHER_SECOND_PERSON}.")
    if conflicted(enrolments, person, person_id, today):
        raise SecondPersonNotFree(
            f"{person.name} has an interest in the apprentice, or taught, coached or employed them: "
            f"{ANOTHER_SECOND_PERSON}."
        )
    if not person.standardised_on(criteria_id, today):
        raise SecondPersonNotFree(f"{person.name} is not standardised on the criteria: {ANOTHER_SECOND_PERSON}.")


def check_assures_not(
    enrolment: Enrolment, person: Person, person_id: UUID, place: Placed, components: Components, today: date
) -> None:
    """Refuse a second person who assures the quality of the very component that they would confirm (INTEREST-4)."""
    if enrolment.assures(person_id, place, components, today):
        raise SecondPersonNotFree(f"{person.name} assures the quality of this component: {ANOTHER_SECOND_PERSON}.")


def check_judged_nothing(attempts: Iterable[Assessment], person: Person, person_id: UUID) -> None:
    """Refuse a second person who judged codes of the very attempt whose decision they would confirm (INTEREST-4)."""
    if any(person_id in attempt.assessors for attempt in attempts):
        raise SecondPersonNotFree(f"{person.name} judged codes of this attempt: {ANOTHER_SECOND_PERSON}.")

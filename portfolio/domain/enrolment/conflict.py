"""Conflict: who has too close a tie to an apprentice to judge the apprentice's work, whatever the enrolment."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.interests import OfficerConflicted
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import ASSESSOR, CENTRE_ASSESSOR, COACH, RESPONSIBLE_OFFICER, TIES

YOURS = "You have an interest in this apprentice, or ever taught, coached or employed them: "
"""Whom a conflict is about, where it is who asks."""

ANOTHER_ASSESSOR = "another assessor does it, whom an administrator assigns"

A_SCRUTINY_ROUTE = (
    "; or you, where the centre marks, once a responsible officer has recorded a scrutiny route, "
    "by which a second person confirms your decision"
)
"""What is open beside it to a centre's own assessor who coached."""

ANOTHER_OFFICER = "an administrator makes another person responsible officer."


def conflicted(enrolments: Iterable[Enrolment], person: Person, person_id: UUID, today: date) -> bool:
    """Return whether recorded facts bar this person from judging this apprentice's work (INTEREST-2, -3, -5).

    ``enrolments`` are all of the apprentice's: a tie is one of two people, whichever enrolment it was recorded on.
    """
    return any(
        person_id == enrolment.apprentice
        or enrolment.ever(person_id, today) & TIES
        or person.interested_in(enrolment.apprentice)
        for enrolment in enrolments
    )


def check_officer_free(enrolments: Sequence[Enrolment], officers: dict[UUID, Person], by: UUID, today: date) -> None:
    """Refuse a responsible officer with a tie to this apprentice, naming the officers who have none (INTEREST-2).

    ``officers`` are all who hold or held the role; whoever is none of them, such as the system, is not asked about.
    """
    if by not in officers or not conflicted(enrolments, officers[by], by, today):
        return
    free = free_officers(enrolments, officers, today)
    names = ", ".join(officer.name for officer in free.values())
    way = f"Free to do it: {names}." if free else f"Nobody on record is free: {ANOTHER_OFFICER}"
    raise OfficerConflicted(f"{OfficerConflicted.title()} {way}", free=map(str, free))


def free_officers(enrolments: Sequence[Enrolment], officers: dict[UUID, Person], today: date) -> dict[UUID, Person]:
    """Return the responsible officers now who have no tie to this apprentice."""
    return {
        each: person
        for each, person in officers.items()
        if RESPONSIBLE_OFFICER in person.roles and not conflicted(enrolments, person, each, today)
    }


def coached_at_the_centre(enrolments: Iterable[Enrolment], person: Person, person_id: UUID, today: date) -> bool:
    """Return whether this is a centre's own assessor, whose only tie to the apprentice is having coached.

    Nobody with another tie, and no assessor of the organisation, may go by a scrutiny route.
    """
    centres_own = person.works_for == "centre" and CENTRE_ASSESSOR in person.roles and ASSESSOR not in person.roles
    return centres_own and only_coached(enrolments, person, person_id, today)


def only_coached(enrolments: Iterable[Enrolment], person: Person, person_id: UUID, today: date) -> bool:
    """Return whether the person has no tie to the apprentice but that of having coached."""
    return all(
        person_id != enrolment.apprentice
        and enrolment.ever(person_id, today) & TIES <= {COACH}
        and all(declared.interest in ("none", "coached") for declared in person.holding(enrolment.apprentice))
        for enrolment in enrolments
    )


def check_free_to_assess(
    enrolment: Enrolment, other_enrolments: tuple[Enrolment, ...], person: Person, person_id: UUID, today: date
) -> None:
    """Refuse who has a tie to the apprentice, unless a scrutiny route lets them assess something here (INTEREST-3)."""
    enrolments = (enrolment, *other_enrolments)
    routed = any(route.assessor == person_id for route in enrolment.scrutiny_routes)
    coached = coached_at_the_centre(enrolments, person, person_id, today)
    if conflicted(enrolments, person, person_id, today) and not (routed and coached):
        raise AssessorConflicted(f"{YOURS}{ANOTHER_ASSESSOR}{A_SCRUTINY_ROUTE if coached else ''}.")

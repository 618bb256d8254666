"""Acting: a coach lodges for the apprentice and is the appellant while they coach and the consent stands."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from portfolio.domain.appeal.state import Appeal
from portfolio.domain.enrolment.facts import AppealForMe
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.person import Person
from portfolio.domain.vocabulary import COACH


def coaches(enrolment: Enrolment, person_id: UUID, person: Person, today: date) -> bool:
    """Return whether the person is the apprentice's coach now: assigned, in the role and not suspended (PERSON-1)."""
    return enrolment.coached_by(person_id, today) and COACH in person.roles


def appellant_now(appeal: Appeal, enrolment: Enrolment, lodged_by: Person, today: date) -> UUID:
    """Return the appellant: whoever lodged for the apprentice, while they may, else the apprentice (CONSENT-2)."""
    taken_back = any(each.consent_id == appeal.consent_id and each.taken_back for each in enrolment.consents)
    acts = coaches(enrolment, appeal.appellant, lodged_by, today) and not taken_back
    return appeal.appellant if acts else appeal.apprentice


def acts_against(
    person_id: UUID, person: Person, enrolment: Enrolment, appeals: Iterable[Appeal], today: date
) -> frozenset[UUID]:
    """Return the decisions that a coach appealed against for the apprentice, or holds consent to (CONSENT-1, -2).

    It is these that consent opens to them, with what they rest on, and no others.
    """
    if not coaches(enrolment, person_id, person, today):
        return frozenset()
    consented = (
        each.purpose.decision_id
        for each in enrolment.consents
        if isinstance(each.purpose, AppealForMe) and each.person_id == person_id and not each.taken_back
    )
    appealed = (
        appeal.decision_id
        for appeal in appeals
        if person_id == appeal.appellant == appellant_now(appeal, enrolment, person, today)
    )
    return frozenset((*consented, *appealed))

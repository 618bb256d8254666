"""Consent: the apprentice lets a named person do one thing for them, once, and may take it back."""

from collections.abc import Collection
from uuid import UUID

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.facts import AppealForMe, ConsentGiven, ConsentTakenBack, EnrolmentFact, Purpose
from portfolio.domain.enrolment.refusals import ConsentMissing, ConsentUnknown, PurposeUnknown
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.kernel import Command, Known
from portfolio.domain.person import Person, check_registered
from portfolio.domain.plan import PlanEdition, recorded_plan


class GiveConsent(Command):
    """Let a person appeal once against one decision, or move one once to another route."""

    enrolment_id: UUID
    consent_id: UUID
    person_id: UUID
    purpose: Purpose


class TakeConsentBack(Command):
    """Let the person no longer do it."""

    enrolment_id: UUID
    consent_id: UUID


class ForConsent(Known):
    """The person named, the plan edition and the attempts of the enrolment by id."""

    person: Person
    edition: PlanEdition
    attempts: dict[UUID, Assessment]


def give_consent(enrolment: Enrolment, command: GiveConsent, known: ForConsent) -> list[EnrolmentFact]:
    """Record what the apprentice lets a registered person do for them, for one thing that there is (CONSENT-1)."""
    check_exists(enrolment)
    check_purpose(command.purpose, known)
    given = ConsentGiven(consent_id=command.consent_id, person_id=command.person_id, purpose=command.purpose)
    return [given]


def take_consent_back(enrolment: Enrolment, command: TakeConsentBack, known: Known) -> list[EnrolmentFact]:
    """Let the person no longer do it; an appeal they lodged is then the apprentice's alone (CONSENT-1, -2)."""
    check_exists(enrolment)
    if not stands(enrolment, command.consent_id):
        raise ConsentUnknown
    return [ConsentTakenBack(consent_id=command.consent_id)]


def stands(enrolment: Enrolment, consent_id: UUID) -> bool:
    """Return whether there is such a consent and it was not taken back."""
    return any(each.consent_id == consent_id and not each.taken_back for each in enrolment.consents)


def check_purpose(purpose: Purpose, known: ForConsent) -> None:
    """Refuse consent to somebody who is not registered, or to a thing that there is not."""
    check_registered(known.person)
    if not there_is(purpose, known):
        raise PurposeUnknown


def there_is(purpose: Purpose, known: ForConsent) -> bool:
    """Return whether the decision, or the route, is one of this enrolment."""
    if isinstance(purpose, AppealForMe):
        attempt = known.attempts.get(purpose.assessment_id)
        return attempt is not None and purpose.decision_id in {each.decision_id for each in attempt.decisions}
    return purpose.route in recorded_plan(known.edition).routes()


def consent_to(enrolment: Enrolment, person_id: UUID, purpose: Purpose, used: Collection[UUID] = ()) -> UUID:
    """Return the consent by which this person may do this now; refuse where there is none left (CONSENT-1)."""
    for each in enrolment.consents:
        spent = each.taken_back or each.used or each.consent_id in used
        if each.person_id == person_id and each.purpose == purpose and not spent:
            return each.consent_id
    raise ConsentMissing

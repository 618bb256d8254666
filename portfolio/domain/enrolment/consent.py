"""Consent: the apprentice lets a named person, who may ask for it, do one thing for them, once, or says no."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from portfolio.domain.appeal.acting import coaches
from portfolio.domain.appeal.hold import Cases
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentQuestionWithdrawn,
    ConsentTakenBack,
    EnrolmentFact,
    Purpose,
)
from portfolio.domain.enrolment.questions import Question
from portfolio.domain.enrolment.refusals import (
    ConsentMissing,
    ConsentNotAskedAgain,
    ConsentNotYoursToAsk,
    ConsentUnknown,
    PurposeUnknown,
    QuestionUnknown,
)
from portfolio.domain.enrolment.state import Enrolment, check_exists
from portfolio.domain.kernel import Command, Known
from portfolio.domain.person import Person, check_registered
from portfolio.domain.plan import PlanEdition, recorded_plan
from portfolio.domain.vocabulary import ADMINISTRATOR
from portfolio.domain.words import OptionalReason, Reason

MOST_WITHDRAWN = 2
"""Questions about the same thing that one person may withdraw: one to be put better, and one for good (CONSENT-4)."""


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


class AskConsent(Command):
    """Ask the apprentice to let you do one thing for them, and say why."""

    enrolment_id: UUID
    question_id: UUID
    purpose: Purpose
    reason: Reason


class DeclineConsent(Command):
    """Say no to what you were asked; a reason is yours to give or keep."""

    enrolment_id: UUID
    question_id: UUID
    reason: OptionalReason = ""


class WithdrawQuestion(Command):
    """Ask no longer."""

    enrolment_id: UUID
    question_id: UUID


class ForConsent(Known):
    """The person named, the plan edition and the attempts of the enrolment by id."""

    person: Person
    edition: PlanEdition
    attempts: dict[UUID, Assessment]


class ForQuestion(ForConsent):
    """The same where the person is the one who asks, and the appeals of the enrolment."""

    cases: Cases


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


def ask_consent(enrolment: Enrolment, command: AskConsent, known: ForQuestion) -> list[EnrolmentFact]:
    """Ask for what one would do oneself, once until answered, once more if withdrawn, never after a no (CONSENT-4)."""
    check_exists(enrolment)
    check_purpose(command.purpose, known)
    if not would_use(enrolment, command.purpose, known.by, known.person, known.today):
        raise ConsentNotYoursToAsk
    _check_not_asked(enrolment, command.purpose, known)
    asked = ConsentAsked(
        question_id=command.question_id, person_id=known.by, purpose=command.purpose, reason=command.reason
    )
    return [asked]


def decline_consent(enrolment: Enrolment, command: DeclineConsent, known: Known) -> list[EnrolmentFact]:
    """Record that the apprentice said no to what waits for their answer (CONSENT-4)."""
    check_exists(enrolment)
    waiting_question(enrolment, command.question_id)
    return [ConsentDeclined(question_id=command.question_id, reason=command.reason)]


def withdraw_question(enrolment: Enrolment, command: WithdrawQuestion, known: Known) -> list[EnrolmentFact]:
    """Record that whoever asked asks no longer (CONSENT-4)."""
    check_exists(enrolment)
    if waiting_question(enrolment, command.question_id).person_id != known.by:
        raise QuestionUnknown("Somebody else asked this: only they withdraw it.")
    return [ConsentQuestionWithdrawn(question_id=command.question_id)]


def waiting_question(enrolment: Enrolment, question_id: UUID) -> Question:
    """Return the question of this id that waits for an answer, or refuse (CONSENT-4)."""
    question = next((each for each in enrolment.unanswered() if each.question_id == question_id), None)
    if question is None:
        raise QuestionUnknown
    return question


def would_use(enrolment: Enrolment, purpose: Purpose, person_id: UUID, person: Person, today: date) -> bool:
    """Return whether a person could do it with the consent: a coach an appeal, an administrator a change of route."""
    if isinstance(purpose, AppealForMe):
        return coaches(enrolment, person_id, person, today)
    return ADMINISTRATOR in person.roles


def _check_not_asked(enrolment: Enrolment, purpose: Purpose, known: ForQuestion) -> None:
    answers = [each.answer for each in enrolment.questions if (each.person_id, each.purpose) == (known.by, purpose)]
    if "none yet" in answers:
        raise ConsentNotAskedAgain("You have asked this, and it waits for an answer.")
    if "declined" in answers:
        raise ConsentNotAskedAgain("The apprentice said no to this: they may still agree to it of their own accord.")
    if answers.count("withdrawn") >= MOST_WITHDRAWN:
        raise ConsentNotAskedAgain(
            "You have asked this twice and withdrawn it: the apprentice may still agree to it of their own accord."
        )
    if consents_to(enrolment, known.by, purpose, {case.consent_id for case in known.cases.values()}):
        raise ConsentNotAskedAgain("The apprentice lets you do this already.")


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


def consents_to(
    enrolment: Enrolment, person_id: UUID, purpose: Purpose, used: Collection[UUID] = ()
) -> tuple[UUID, ...]:
    """Return the consents by which this person may do this now."""
    return tuple(
        each.consent_id
        for each in enrolment.consents
        if each.person_id == person_id
        and each.purpose == purpose
        and not (each.taken_back or each.used or each.consent_id in used)
    )


def consent_to(enrolment: Enrolment, person_id: UUID, purpose: Purpose, used: Collection[UUID] = ()) -> UUID:
    """Return the consent by which this person may do this now; refuse where there is none left (CONSENT-1)."""
    consents = consents_to(enrolment, person_id, purpose, used)
    if not consents:
        raise ConsentMissing
    return consents[0]

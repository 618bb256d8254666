"""Lodging: a decision, or its setting aside, is challenged on permitted grounds by somebody with standing."""

from uuid import UUID

from portfolio.domain.appeal.acting import coaches
from portfolio.domain.appeal.facts import AppealFact, AppealLodged, DecisionSubject, Ground, Subject
from portfolio.domain.appeal.hold import Cases, open_case_on
from portfolio.domain.appeal.lineage import WithLineage, lineage
from portfolio.domain.appeal.state import Appeal, AppealNotWaiting, where_it_stands
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.consent import consent_to
from portfolio.domain.enrolment.facts import AppealForMe
from portfolio.domain.kernel import NOBODY, Command, RuleBroken
from portfolio.domain.person import Person
from portfolio.domain.words import OptionalReason

GROUNDS: dict[str, str] = {
    "procedure": "Procedures were not applied consistently, or were not followed properly and fairly.",
    "evidence": "Evidence that was available was not considered.",
    "conflict": "Somebody with a conflict of interest took part.",
    "adjustment": "An agreed adjustment was not given.",
}
"""The permitted grounds until a policy of the organisation's own is on record."""


class LodgeAppeal(Command):
    """Challenge a decision."""

    appeal_id: UUID
    subject: Subject
    grounds: tuple[Ground, ...]
    consent: OptionalReason = ""

    @property
    def attempt_id(self) -> UUID:
        """Return the attempt on which the challenged decision was made, ``NOBODY`` if the subject is another."""
        return self.subject.assessment_id if isinstance(self.subject, DecisionSubject) else NOBODY


class ForLodging(WithLineage):
    """And the attempt of the decision that is challenged, the appeals of the enrolment, and who challenges."""

    attempt: Assessment
    cases: Cases
    person: Person


class AppealSubjectNotAllowed(RuleBroken, rule="APPEAL-1"):
    """An appeal is against a decision that stands, or that was set aside otherwise than by a case."""


class GroundNotInPolicy(RuleBroken, rule="APPEAL-3"):
    """An appeal rests on permitted grounds, each linked to items of the decision, or to the attempt itself."""


class AppellantWithoutStanding(RuleBroken, rule="APPEAL-4"):
    """Only the apprentice, or a coach acting for them with their consent, may appeal."""


class AppealAnsweredTwice(RuleBroken, rule="APPEAL-5"):
    """This appeal was refused twice, and both answers stay: another ground, or other items of the decision, is open."""


class AppealAlreadyOpen(RuleBroken, rule="APPEAL-4"):
    """There is an open appeal against a decision of this attempt already: that comes to its end first."""


def lodge_appeal(appeal: Appeal, command: LodgeAppeal, known: ForLodging) -> list[AppealFact]:
    """Challenge a decision, or its setting aside, with grounds, standing, consent (APPEAL-1, -3, -4, CONSENT-1)."""
    if appeal.status != "none":
        raise AppealNotWaiting(where_it_stands(appeal))
    subject, enrolment = command.subject, known.enrolment
    decided = known.attempt.decision(subject.decision_id) if isinstance(subject, DecisionSubject) else None
    if decided is None:
        raise AppealSubjectNotAllowed
    if not may_be_appealed(decided.decision_id, known.attempt, known.cases):
        raise AppealSubjectNotAllowed(why_not_appealed(decided.decision_id, known.attempt))
    own = known.by == enrolment.apprentice
    if not own and not coaches(enrolment, known.by, known.person, known.today):
        raise AppellantWithoutStanding
    purpose = AppealForMe(assessment_id=command.attempt_id, decision_id=decided.decision_id)
    used = {case.consent_id for case in known.cases.values()}
    consent_id = NOBODY if own else consent_to(enrolment, known.by, purpose, used)
    _check_grounds(command.grounds, decided.context.items() | {command.attempt_id})
    if (other := open_case_on(command.attempt_id, known.cases)) is not None:
        raise AppealAlreadyOpen(appeals=[str(other)])
    if again := [str(case_id) for case_id, case in known.cases.items() if _answered_twice(case, command, known.by)]:
        raise AppealAnsweredTwice(appeals=again)
    lodged = AppealLodged(
        subject=subject,
        enrolment_id=known.attempt.enrolment_id,
        apprentice=enrolment.apprentice,
        appellant=known.by,
        grounds=command.grounds,
        consent=command.consent,
        consent_id=consent_id,
        took_part=lineage(enrolment, known.attempts, known.today),
        set_aside=decided.decision_id in known.attempt.voided,
    )
    return [lodged]


def may_be_appealed(decision_id: UUID, attempt: Assessment, cases: Cases) -> bool:
    """Return whether the decision stands, or was set aside, but not by a case (APPEAL-1)."""
    by_case = any(case.decision_id == decision_id and case.upheld() for case in cases.values())
    decided = attempt.effective()
    stands = decided is not None and decided.decision_id == decision_id
    return stands or (decision_id in attempt.voided and not by_case)


def why_not_appealed(decision_id: UUID, attempt: Assessment) -> str:
    """Return why there is no appeal against this decision, and what there is instead."""
    if decision_id in attempt.superseded:
        return "Another decision stands in its place: appeal against that one."
    if decision_id in attempt.declined:
        return "It never counted, as its second person declined it: another assessor judges the attempt."
    if decision_id in attempt.voided:
        return "An appeal was upheld against it and it was set aside: what is to be judged is judged in a new attempt."
    return "It does not count yet: it can be appealed once its second person has confirmed it."


def _answered_twice(case: Appeal, command: LodgeAppeal, by: UUID) -> bool:
    """Return whether a case that was refused again at the second look says nothing else than what is lodged."""
    refused_twice = case.status == "not admitted" and case.second_look_asked
    same = case.appellant == by and case.subject_of_appeal == command.subject
    return refused_twice and same and _contested(command.grounds) <= _contested(case.grounds)


def _contested(grounds: tuple[Ground, ...]) -> frozenset[tuple[str, UUID]]:
    """Return each ground with each item that it points at."""
    return frozenset((ground.ground, item) for ground in grounds for item in ground.items)


def _check_grounds(grounds: tuple[Ground, ...], items: frozenset[UUID]) -> None:
    if not grounds:
        raise GroundNotInPolicy("No ground is given.")
    for ground in grounds:
        if ground.ground not in GROUNDS:
            raise GroundNotInPolicy(f"{ground.ground!r} is none of: {', '.join(GROUNDS)}.", grounds=GROUNDS)
        if not ground.items or not frozenset(ground.items) <= items:
            raise GroundNotInPolicy(
                f"Ground {ground.ground!r} must point at evidence or remarks of the decision's context, or the attempt."
            )

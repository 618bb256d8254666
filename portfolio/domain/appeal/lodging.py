"""Lodging: a decision that stands is challenged, on permitted grounds, by somebody with standing."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealFact, AppealLodged, DecisionSubject, Ground, Subject
from portfolio.domain.appeal.lineage import WithLineage, lineage
from portfolio.domain.appeal.state import Appeal, check_waits
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.kernel import NOBODY, Command, RuleBroken
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
    """And the attempt of the decision that is challenged."""

    attempt: Assessment


class AppealSubjectNotAllowed(RuleBroken, rule="APPEAL-1"):
    """An appeal is against a decision that is on record and stands."""


class GroundNotInPolicy(RuleBroken, rule="APPEAL-3"):
    """An appeal rests on permitted grounds, each linked to items of the decision."""


class AppellantWithoutStanding(RuleBroken, rule="APPEAL-4"):
    """Only the apprentice, or a coach acting for them with their consent, may appeal."""


class AppealAlreadyOpen(RuleBroken, rule="APPEAL-4"):
    """There is an open appeal against this decision already."""


def lodge_appeal(appeal: Appeal, command: LodgeAppeal, known: ForLodging) -> list[AppealFact]:
    """Challenge a decision that stands, on permitted grounds, with standing and consent (APPEAL-1, -3, -4)."""
    check_waits(appeal, "none")
    subject, decided, enrolment = command.subject, known.attempt.effective(), known.enrolment
    if not isinstance(subject, DecisionSubject) or decided is None or decided.decision_id != subject.decision_id:
        raise AppealSubjectNotAllowed
    own = known.by == enrolment.apprentice
    if not own and not enrolment.coached_by(known.by, known.today):
        raise AppellantWithoutStanding
    if not own and not command.consent.strip():
        raise ConsentMissing
    _check_grounds(command.grounds, decided.context.items())
    lodged = AppealLodged(
        subject=subject,
        enrolment_id=known.attempt.enrolment_id,
        apprentice=enrolment.apprentice,
        appellant=known.by,
        grounds=command.grounds,
        consent=command.consent,
        took_part=lineage(enrolment, known.attempts),
    )
    return [lodged]


def _check_grounds(grounds: tuple[Ground, ...], items: frozenset[UUID]) -> None:
    if not grounds:
        raise GroundNotInPolicy("No ground is given.")
    for ground in grounds:
        if ground.ground not in GROUNDS:
            raise GroundNotInPolicy(f"{ground.ground!r} is none of: {', '.join(GROUNDS)}.", grounds=GROUNDS)
        if not ground.items or not frozenset(ground.items) <= items:
            raise GroundNotInPolicy(f"Ground {ground.ground!r} points at no item of the decision's context.")

"""Decisions: a grade is decided once in its whole context, then superseded or set aside, never changed."""

from uuid import UUID

from portfolio.domain.appeal.hold import Cases, check_not_held, orders
from portfolio.domain.assessment.assessor import (
    RemarkerNotDifferent,
    barred,
    check_assesses_or_leads,
    check_decider,
    check_not_declined,
    check_superseder,
    may_supersede,
)
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.checks import Faults, check_context, check_grading
from portfolio.domain.assessment.context import DecisionContext
from portfolio.domain.assessment.facts import (
    Account,
    AssessmentFact,
    AttemptOpened,
    DecisionVoided,
    GradeDecided,
    GradeDecisionSuperseded,
    ReasonCode,
)
from portfolio.domain.assessment.finding import Finding, StatementFound
from portfolio.domain.assessment.findings import (
    FindingRepeated,
    statements_found,
)
from portfolio.domain.assessment.in_force import ForDecision, decision_context
from portfolio.domain.assessment.limits import check_goes_on
from portfolio.domain.assessment.own_decision import check_not_own
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord, check_may_set_aside_for, check_may_supersede_for
from portfolio.domain.criteria import Criteria
from portfolio.domain.enrolment.conflict import (
    ANOTHER_OFFICER,
    check_officer_free,
    conflicted,
    free_officers,
    only_coached,
)
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.form import code_order
from portfolio.domain.kernel import Command, Known, NotVisible, RuleBroken, changed
from portfolio.domain.person import Person
from portfolio.domain.words import Key, OptionalReason, OptionalStatement


class DecideGrade(Command):
    """Decide the attempt's grade on the context that was shown, named by its hash."""

    assessment_id: UUID
    decision_id: UUID
    grade: Key
    reasons: OptionalStatement
    context_hash: str


class SupersedeDecision(Command):
    """Put a new decision in the place of one, saying why; the old one stays on record.

    ``adopts`` has the codes whose earlier findings are taken over; ``findings`` judge the others anew.
    """

    assessment_id: UUID
    supersedes: UUID
    decision_id: UUID
    grade: Key
    reasons: OptionalStatement
    reason_code: ReasonCode
    authority_cited: OptionalReason
    context_hash: str
    adopts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class VoidDecision(Command):
    """Set a decision aside without putting another in its place; for malpractice, with an ``account``.

    ``bars`` says, with a reason, whether who took part never judges the component again for this apprentice.
    """

    assessment_id: UUID
    decision_id: UUID
    reason_code: ReasonCode
    reason: OptionalStatement
    appeal_id: UUID | None = None
    account: Account | None = None
    bars: bool | None = None
    bars_because: OptionalReason = ""


class ForSupersession(ForDecision):
    """And who else could decide again, by id, and the versions that came after these criteria."""

    others: dict[UUID, Person]
    later_criteria: tuple[Criteria, ...]


class ForVoid(Known):
    """The responsible officers, the apprentice's enrolments, the versions after the criteria, and the appeals here."""

    others: dict[UUID, Person]
    enrolments: tuple[Enrolment, ...]
    later_criteria: tuple[Criteria, ...]
    cases: Cases = {}


class DecisionFixed(RuleBroken, rule="DECISION-6"):
    """The attempt is decided, once and for all: a decision is superseded or set aside, and never changed."""


class DecisionWaits(RuleBroken, rule="INTEREST-2"):
    """The decision counts nowhere yet: its second person confirms or declines it first, or it is set aside."""


class DecisionUnknown(NotVisible):
    """There is no such decision on this attempt."""


class DecisionAlreadySuperseded(RuleBroken, rule="DECISION-8"):
    """Another decision stands in the place of this one already, or it was set aside or declined."""


class SupersessionNeedsReason(RuleBroken, rule="DECISION-7"):
    """Superseding a decision names its authority and reason."""


class BarringNotSaid(RuleBroken, rule="APPEAL-10"):
    """Say, with a reason, whether who took part in the decision is barred from judging the component again."""


class VoidNeedsReason(RuleBroken, rule="DECISION-7"):
    """Setting a decision aside names its reason, and an appeal where, and only where, the reason is that appeal."""


def decide_grade(attempt: Assessment, command: DecideGrade, known: ForDecision) -> list[AssessmentFact]:
    """Decide the grade, once, on the decider's own findings (DECISION-1 to DECISION-6)."""
    context = decision_context(attempt, command.assessment_id, known, decision_id=command.decision_id)
    check_deciding(attempt, command, context, known, Faults())
    return [_decided(command, context)]


def faults_of_deciding(attempt: Assessment, command: DecideGrade, known: ForDecision) -> list[RuleBroken]:
    """Return all that keeps this grade from being decided now; the first of it is what the rule refuses with."""
    faults = Faults(gathers=True)
    check_deciding(attempt, command, decision_context(attempt, command.assessment_id, known), known, faults)
    return faults.found


def check_deciding(
    attempt: Assessment, command: DecideGrade, context: DecisionContext, known: ForDecision, faults: Faults
) -> None:
    """Refuse who may not decide, an attempt that cannot be decided, or what is said in it (DECISION-1 to -6)."""
    opened = attempt.opening()
    with faults:
        check_decider(opened, known)
    with faults:
        attempt.check_open()
    with faults:
        check_not_decided(attempt)
    check_grading(command, known, faults)
    with faults:
        check_not_declined(attempt, known)
    with faults:
        check_goes_on(opened, known)
    check_context(opened, command, context, attempt.judged_by(known.by), known, faults)


def check_not_decided(attempt: Assessment) -> None:
    """Refuse an attempt in which a decision was made that was not declined (DECISION-6)."""
    if attempt.decided():
        raise DecisionFixed(attempt.how_decided())


def supersede_decision(attempt: Assessment, command: SupersedeDecision, known: ForSupersession) -> list[AssessmentFact]:
    """Decide again in the place of another's decision, adopting findings by name (INTEREST-4, DECISION-7, -8)."""
    opened, context = attempt.opening(), _context_after(attempt, command, known)
    check_superseding(attempt, command, context, known, Faults())
    superseded = GradeDecisionSuperseded(
        decision_id=command.supersedes,
        superseded_by=command.decision_id,
        reason_code=command.reason_code,
        authority=command.authority_cited,
    )
    return [
        *statements_found(opened, command.assessment_id, command.findings, known),
        _decided(command, context),
        superseded,
    ]


def faults_of_superseding(attempt: Assessment, command: SupersedeDecision, known: ForSupersession) -> list[RuleBroken]:
    """Return all that keeps this decision from taking the other's place now; the first is what the rule says."""
    faults = Faults(gathers=True)
    check_superseding(attempt, command, _context_after(attempt, command, known), known, faults)
    with faults:
        statements_found(attempt.opening(), command.assessment_id, command.findings, known)
    return faults.found


def check_superseding(
    attempt: Assessment, command: SupersedeDecision, context: DecisionContext, known: ForSupersession, faults: Faults
) -> None:
    """Refuse who may not decide again, a decision that cannot be superseded, or what is said of it."""
    opened = attempt.opening()
    with faults:
        check_assesses_or_leads(opened, known)
    with faults:
        check_stands(attempt, command.supersedes)
    with faults:
        _check_waits_not(attempt)
    with faults:
        check_not_own(attempt, known.by, free_to_supersede(attempt, known), FROM_OUTSIDE)
    with faults:
        check_superseder(opened, known)
    with faults:
        check_not_held(command.assessment_id, known.cases)
    with faults:
        _check_authority(command)
    with faults:
        check_may_supersede_for(command.reason_code, known.later_criteria)
    check_grading(command, known, faults)
    with faults:
        check_adoption(attempt, command, known)
    check_context(opened, command, context, judged_codes(attempt, command), known, faults)


def _context_after(attempt: Assessment, command: SupersedeDecision, known: ForSupersession) -> DecisionContext:
    """Return the context in which the superseding decision is made, with the findings it makes and adopts."""
    return decision_context(
        attempt,
        command.assessment_id,
        known,
        decision_id=command.decision_id,
        supersedes=command.supersedes,
        newer=tuple(StatementFound(finding=finding, assessor=known.by) for finding in command.findings),
        adopted=command.adopts,
    )


def _check_waits_not(attempt: Assessment) -> None:
    if attempt.waiting() is not None:
        raise DecisionWaits


def _check_authority(command: SupersedeDecision) -> None:
    if not command.authority_cited.strip():
        raise SupersessionNeedsReason


def void_decision(attempt: Assessment, command: VoidDecision, known: ForVoid) -> list[AssessmentFact]:
    """Set aside another's decision that stands and is not held, for a reason on record (INTEREST-2, -4, DECISION-7)."""
    attempt.opening()
    check_stands(attempt, command.decision_id)
    check_not_own(attempt, known.by, free_to_set_aside(attempt, known), ANOTHER_OFFICER)
    check_officer_free(known.enrolments, known.others, known.by, known.today)
    check_not_held(command.assessment_id, known.cases, by_case=command.appeal_id)
    if not command.reason.strip() or (command.reason_code == "appeal") == (command.appeal_id is None):
        raise VoidNeedsReason
    check_may_set_aside_for(command.reason_code, command.account, known.later_criteria)
    if command.reason_code == "appeal" and not orders(known.cases, command.appeal_id, command.decision_id):
        raise ReasonNotOnRecord("For appeal: no upheld appeal against this decision is on record.")
    check_barring(command)
    voided = DecisionVoided(
        decision_id=command.decision_id,
        reason_code=command.reason_code,
        reason=command.reason,
        appeal_id=command.appeal_id,
        account=command.account,
        bars=command.bars,
        bars_because=command.bars_because,
    )
    return [voided]


ALWAYS_BARRING: frozenset[ReasonCode] = frozenset({"appeal", "review"})
"""Reasons after which whoever took part is barred, whatever is said."""

BARRING: frozenset[ReasonCode] = ALWAYS_BARRING | {"malpractice"}
"""And the one after which they are, unless the account shows that the fault was another's and it is said so."""

FROM_OUTSIDE = "somebody from outside must be registered, standardised on these criteria and assigned."


def free_to_supersede(attempt: Assessment, known: ForSupersession) -> dict[UUID, Person]:
    """Return who may decide again, of those on record who never took part in the attempt."""
    return {
        each: person
        for each, person in known.others.items()
        if each not in attempt.took_part() and may_supersede(attempt.opening(), changed(known, by=each, person=person))
    }


def free_to_set_aside(attempt: Assessment, known: ForVoid) -> dict[UUID, Person]:
    """Return the responsible officers who never took part in the attempt and have no tie to the apprentice."""
    officers = free_officers(known.enrolments, known.others, known.today)
    return {each: person for each, person in officers.items() if each not in attempt.took_part()}


def check_barring(command: VoidDecision) -> None:
    """Refuse where it is not said, with a reason, whether who took part is barred, or where a case bars them anyhow."""
    if command.reason_code in ALWAYS_BARRING and command.bars is False:
        raise BarringNotSaid(f"After {command.reason_code} whoever took part is always barred.")
    if command.reason_code not in BARRING and command.bars is None:
        raise BarringNotSaid
    if command.bars is not None and not command.bars_because.strip():
        raise BarringNotSaid


def check_adoption(attempt: Assessment, command: SupersedeDecision, known: ForSupersession) -> None:
    """Refuse a code that is adopted twice, or judged anew too, or adopted from who is barred or has a tie by now."""
    named = [*command.adopts, *(finding.code for finding in command.findings)]
    if twice := sorted({code for code in named if named.count(code) > 1}, key=code_order):
        raise FindingRepeated(f"Judged or adopted more than once: {', '.join(twice)}.", codes=twice)
    out = barred(attempt.opening(), known)
    adopted = [each for each in attempt.findings if each.finding.code in command.adopts]
    if lost := sorted((each.finding.code for each in adopted if each.assessor in out), key=code_order):
        raise RemarkerNotDifferent(
            f"Findings of who is barred from the component do not count: judge {', '.join(lost)} anew.", codes=lost
        )
    tied = {each.assessor for each in adopted if _has_a_tie(each.assessor, attempt.opening(), known)}
    if lost := sorted((each.finding.code for each in adopted if each.assessor in tied), key=code_order):
        raise AssessorConflicted(
            f"Whoever found it has an interest in the apprentice, or taught or employed them: judge {', '.join(lost)} "
            "anew.",
            codes=lost,
        )


def _has_a_tie(assessor: UUID, opened: AttemptOpened, known: ForSupersession) -> bool:
    """Return whether somebody who found here has a tie to the apprentice by now that no scrutiny route was open to."""
    about = (known.enrolment, *known.other_enrolments), known.others.get(assessor, Person()), assessor, known.today
    routed = known.enrolment.scrutiny_route(assessor, opened.form_id, opened.component)
    return conflicted(*about) and not (routed and only_coached(*about))


def judged_codes(attempt: Assessment, command: SupersedeDecision) -> frozenset[str]:
    """Return the codes that are judged anew, or whose earlier judgement is adopted by name."""
    earlier = (each.finding for each in attempt.findings if each.finding.code in command.adopts)
    return frozenset(each.code for each in (*earlier, *command.findings) if each.judgement != "not judged")


def check_stands(attempt: Assessment, decision_id: UUID) -> None:
    """Refuse a decision that is not on this attempt, or that was superseded or set aside (DECISION-8)."""
    if attempt.decision(decision_id) is None:
        raise DecisionUnknown
    if decision_id in attempt.superseded:
        raise DecisionAlreadySuperseded("Another decision stands in its place: name that one.")
    if decision_id in attempt.voided:
        raise DecisionAlreadySuperseded("It was set aside: what is to be judged is judged in another attempt.")
    if decision_id in attempt.declined:
        raise DecisionAlreadySuperseded("Its second person declined it: another assessor judges the attempt.")


def _decided(command: DecideGrade | SupersedeDecision, context: DecisionContext) -> GradeDecided:
    return GradeDecided(
        decision_id=command.decision_id,
        grade=command.grade,
        reasons=command.reasons,
        decider=context.decider.person_id,
        context=context,
    )

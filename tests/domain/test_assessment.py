"""Findings, grade decisions and what may become of them (FINDING-3, DECISION-1 to DECISION-9, PLAN-6)."""

from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import AssessmentUnknown
from portfolio.domain.assessment.checks import (
    DecisionContextIncomplete,
    DecisionContextStale,
    FindingsIncomplete,
    GradeNeedsEveryCode,
    GradeNotOnScale,
    ReasonsMissing,
)
from portfolio.domain.assessment.decisions import (
    DecideGrade,
    DecisionFixed,
    ForVoid,
    SupersedeDecision,
    VoidDecision,
    faults_of_deciding,
    faults_of_superseding,
)
from portfolio.domain.assessment.facts import Account, DecisionVoided, GradeDecided, GradeDecisionSuperseded
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.assessment.findings import (
    CodeNotInComponent,
    FindingFixedByDecision,
    FindingNeedsEvidence,
    RecordFindings,
    RecordOfAnotherAttempt,
)
from portfolio.domain.assessment.in_force import ForDecision
from portfolio.domain.competences import CompetenceRecorded
from portfolio.domain.criteria import CriteriaNotApproved, GradeRulesMissing
from portfolio.domain.deployment import Deployment
from portfolio.domain.evidence.facts import EvidenceRecorded, EvidenceReturned, EvidenceWithdrawn, StatementClaimed
from portfolio.domain.evidence.redacting import CopyNotSeen
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import NOBODY, Command, changed
from portfolio.domain.plan import PlanNotApproved
from tests.domain.assessing import (
    EDITION,
    ENROLMENT,
    HANDED_IN,
    KNOWN,
    assigned,
    evidence,
    in_context,
    prepared,
    recorded,
)
from tests.domain.evidence.test_record import OBSERVATION
from tests.domain.given import given
from tests.domain.test_decision_context import found
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CRITERIA,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    NOW,
    OFFICER,
    OTHER_ASSESSOR,
    PLAN,
    SECOND_DECISION_ID,
    SHA,
    TODAY,
    TOMORROW,
    an_id,
)

K1, S1 = found("K1"), found("S1")
FOUND = (OPENED, K1, S1)
CONTEXT = in_context(ASSESSMENT.fold(FOUND), decision_id=DECISION_ID)
FIND = RecordFindings(assessment_id=ATTEMPT_ID, findings=(K1.finding, S1.finding))
DECIDE = DecideGrade(
    assessment_id=ATTEMPT_ID,
    decision_id=DECISION_ID,
    grade="pass",
    reasons="All codes are met.",
    context_hash=CONTEXT.shown,
)
DECIDED = GradeDecided(
    decision_id=DECISION_ID, grade="pass", reasons="All codes are met.", decider=ASSESSOR, context=CONTEXT
)
CLOSED = (*FOUND, DECIDED)
ANOTHER = changed(
    KNOWN,
    by=OTHER_ASSESSOR,
    person=prepared("assessor"),
    enrolment=changed(ENROLMENT, assigned=(assigned(), assigned(OTHER_ASSESSOR))),
)
"""What another assigned, prepared assessor finds and decides on."""

OTHERS = (OPENED, found("K1", by=OTHER_ASSESSOR), found("S1", by=OTHER_ASSESSOR))
OTHERS_DECIDED = changed(
    DECIDED,
    decider=OTHER_ASSESSOR,
    context=in_context(ASSESSMENT.fold(OTHERS), ANOTHER, decision_id=DECISION_ID),
)
TAKEN = (*OTHERS, OTHERS_DECIDED)
"""An attempt that another assessor found and decided on."""

SUPERSEDE = SupersedeDecision(
    assessment_id=ATTEMPT_ID,
    supersedes=DECISION_ID,
    decision_id=SECOND_DECISION_ID,
    grade="distinction",
    reasons="The second criterion was overlooked.",
    reason_code="marking error",
    authority_cited="lead assessor's request of 9 December",
    context_hash=in_context(ASSESSMENT.fold(TAKEN)).shown,
    adopts=("S1", "K1"),
)
DECIDED_AGAIN = GradeDecided(
    decision_id=SECOND_DECISION_ID,
    grade="distinction",
    reasons="The second criterion was overlooked.",
    decider=ASSESSOR,
    context=in_context(
        ASSESSMENT.fold(TAKEN), decision_id=SECOND_DECISION_ID, supersedes=DECISION_ID, adopted=("K1", "S1")
    ),
)
SUPERSEDED = GradeDecisionSuperseded(
    decision_id=DECISION_ID,
    superseded_by=SECOND_DECISION_ID,
    reason_code="marking error",
    authority="lead assessor's request of 9 December",
)
ACCOUNT = Account(found="two logs are the same", heard="Mia and her coach")
VOID = VoidDecision(
    assessment_id=ATTEMPT_ID, decision_id=DECISION_ID, reason_code="malpractice", reason="copied", account=ACCOUNT
)
VOIDED = DecisionVoided(
    decision_id=DECISION_ID, reason_code="malpractice", reason="copied", appeal_id=None, account=ACCOUNT
)
VOIDING = ForVoid(by=OFFICER, at=NOW, today=TODAY, others={}, enrolments=(), later_criteria=())


@pytest.mark.parametrize("command", [FIND, DECIDE, SUPERSEDE, VOID])
def test_nothing_is_judged_in_an_attempt_that_is_not_open(command: Command) -> None:
    given(ASSESSMENT).when(command, KNOWN).rejected(AssessmentUnknown)


# --- findings ---


def test_many_codes_are_judged_in_one_call_one_fact_each() -> None:
    given(ASSESSMENT, OPENED).when(FIND, KNOWN).records(K1, S1)


def test_a_finding_outside_the_component_is_refused() -> None:
    given(ASSESSMENT, OPENED).when(changed(FIND, findings=(found("K2").finding,)), KNOWN).rejected(CodeNotInComponent)


def test_a_finding_outside_the_route_of_today_is_refused() -> None:
    foreign = changed(FIND, findings=(found("K10").finding,))
    given(ASSESSMENT, OPENED).when(foreign, KNOWN).rejected(OutcomeNotInRoute, "K10")


@pytest.mark.parametrize(
    "history", [HANDED_IN[:2], (*HANDED_IN, EvidenceReturned(version=1, reason="?"))], ids=["draft", "returned"]
)
def test_a_finding_may_rest_on_what_is_handed_in_and_not_on_drafts(history: Any) -> None:
    given(ASSESSMENT, OPENED).when(FIND, KNOWN).records(K1, S1)
    known = changed(KNOWN, **evidence(evidence=recorded(EVIDENCE_ID, *history)))
    given(ASSESSMENT, OPENED).when(FIND, known).rejected(FindingNeedsEvidence)


def test_a_finding_names_the_copy_of_a_redacted_version_that_the_assessor_was_shown() -> None:
    shown_the_second = changed(KNOWN, copies={(EVIDENCE_ID, 1): frozenset({2})})
    given(ASSESSMENT, OPENED).when(FIND, shown_the_second).rejected(CopyNotSeen, "You were shown redaction 2.")
    cites = tuple(changed(cite, redaction=2) for cite in K1.finding.cites)
    of_the_copy = changed(K1.finding, cites=cites)
    find = changed(FIND, findings=(of_the_copy,))
    given(ASSESSMENT, OPENED).when(find, shown_the_second).records(changed(K1, finding=of_the_copy))
    given(ASSESSMENT, OPENED).when(find, KNOWN).rejected(CopyNotSeen)


def seen(in_attempt: UUID) -> dict[str, Any]:
    """Return the fields that hold the evidence, which is an observation of this attempt."""
    written = EvidenceRecorded(
        enrolment_id=ENROLMENT_ID,
        apprentice=APPRENTICE,
        version=1,
        title="Observation",
        record=changed(OBSERVATION, assessment_id=in_attempt),
        sha256=SHA,
        size=100,
    )
    return evidence(evidence=recorded(EVIDENCE_ID, written))


def test_a_finding_rests_on_no_observation_of_another_attempt() -> None:
    own, other = changed(KNOWN, **seen(ATTEMPT_ID)), changed(KNOWN, **seen(an_id("another attempt")))
    given(ASSESSMENT, OPENED).when(FIND, own).records(K1, S1)
    refusal = given(ASSESSMENT, OPENED).when(FIND, other).rejected(RecordOfAnotherAttempt, "K1, S1")
    assert refusal.members == {"codes": ["K1", "S1"]}
    given(ASSESSMENT, *FOUND).when(DECIDE, other).rejected(RecordOfAnotherAttempt)


def test_what_was_seen_in_another_attempt_shows_no_code_of_this_one() -> None:
    nothing = changed(S1.finding, judgement="not met", cites=(), nothing_shows_it=True)
    find = changed(FIND, findings=(nothing,))
    elsewhere = changed(KNOWN, **seen(an_id("another attempt")))
    given(ASSESSMENT, OPENED).when(find, elsewhere).records(changed(S1, finding=nothing))
    given(ASSESSMENT, OPENED).when(find, changed(KNOWN, **seen(ATTEMPT_ID))).rejected(FindingNeedsEvidence)


def test_a_finding_is_revised_until_the_decision() -> None:
    revised = found("K1", "not met")
    given(ASSESSMENT, *FOUND).when(changed(FIND, findings=(revised.finding,)), KNOWN).records(revised)
    assert given(ASSESSMENT, *FOUND, revised).state.findings == (S1, revised)


def test_after_the_decision_findings_are_fixed() -> None:
    given(ASSESSMENT, *CLOSED).when(FIND, KNOWN).rejected(FindingFixedByDecision)


# --- deciding ---


def test_a_context_lists_no_training_of_a_day_to_come_that_an_older_release_let_in() -> None:
    later = CompetenceRecorded(kind="training", criteria_id=None, occurred_on=TOMORROW, detail="")
    ada = changed(KNOWN.person, competences=(*KNOWN.person.competences, later))
    context = in_context(ASSESSMENT.fold(FOUND), changed(KNOWN, person=ada))
    assert context.decider.training == ("standardised on 7 December 2026",)


def test_a_grade_is_decided_with_its_context_in_one_fact() -> None:
    given(ASSESSMENT, *FOUND).when(DECIDE, KNOWN).records(DECIDED)


def test_a_decision_is_never_made_again() -> None:
    again = changed(DECIDE, decision_id=SECOND_DECISION_ID)
    given(ASSESSMENT, *CLOSED).when(again, KNOWN).rejected(DecisionFixed)
    given(ASSESSMENT, *CLOSED, VOIDED).when(again, KNOWN).rejected(DecisionFixed)


DECIDING = [(DECIDE, FOUND), (SUPERSEDE, TAKEN)]


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_a_grade_is_decided_against_approved_criteria(command: Command, history: Any) -> None:
    drafted = changed(KNOWN, criteria=changed(CRITERIA, approved=False))
    given(ASSESSMENT, *history).when(command, drafted).rejected(CriteriaNotApproved)


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_no_live_decision_rests_on_a_plan_that_is_not_approved(command: Command, history: Any) -> None:
    for edition in (changed(EDITION, approved=False), changed(EDITION, plan=changed(PLAN, draft=True))):
        given(ASSESSMENT, *history).when(command, changed(KNOWN, edition=edition)).rejected(PlanNotApproved)


def test_a_demo_decision_may_rest_on_a_plan_that_is_not_approved_and_says_so() -> None:
    demo = changed(KNOWN, edition=changed(EDITION, approved=False), deployment=Deployment(mode="demo"))
    context = in_context(ASSESSMENT.fold(FOUND), demo, decision_id=DECISION_ID)
    decide = changed(DECIDE, context_hash=context.shown)
    given(ASSESSMENT, *FOUND).when(decide, demo).records(changed(DECIDED, context=context))
    assert not context.plan.approved


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_the_grade_is_on_the_scale_of_the_criteria(command: Command, history: Any) -> None:
    merit = changed(command, grade="merit")
    refusal = given(ASSESSMENT, *history).when(merit, KNOWN).rejected(GradeNotOnScale, "'merit'")
    assert refusal.members == {"grades": ["fail", "pass", "distinction"]}


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_a_decision_gives_its_reasons(command: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(changed(command, reasons=" \n"), KNOWN).rejected(ReasonsMissing)


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_a_decision_is_recorded_with_its_complete_context_or_not_at_all(command: Command, history: Any) -> None:
    nameless = changed(KNOWN, software="")
    refusal = given(ASSESSMENT, *history).when(command, nameless).rejected(DecisionContextIncomplete)
    assert refusal.members == {"missing": ["software"]}


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_what_changed_since_it_was_shown_is_read_again_first(command: Command, history: Any) -> None:
    other = changed(command, context_hash=CONTEXT.sha256)
    given(ASSESSMENT, *history).when(other, KNOWN).rejected(DecisionContextStale)
    trained = changed(KNOWN, person=prepared("assessor", "lead assessor"))
    given(ASSESSMENT, *history).when(command, trained).rejected(DecisionContextStale)


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_no_decision_rests_on_evidence_that_was_withdrawn(command: Command, history: Any) -> None:
    withdrawn = recorded(EVIDENCE_ID, *HANDED_IN, EvidenceWithdrawn(version=1, reason="?"))
    known = changed(KNOWN, **evidence(evidence=withdrawn))
    refusal = given(ASSESSMENT, *history).when(command, known).rejected(FindingNeedsEvidence, "withdrawn")
    assert refusal.members == {"codes": ["K1", "S1"]}


def test_what_was_found_not_met_as_nothing_showed_it_is_judged_anew_once_something_does() -> None:
    nothing = changed(K1, finding=changed(K1.finding, judgement="not met", cites=(), nothing_shows_it=True))
    claimed = StatementClaimed(version=1, code="K1", place=None)
    known = changed(KNOWN, **evidence(evidence=recorded(EVIDENCE_ID, *HANDED_IN, claimed)))
    given(ASSESSMENT, OPENED, nothing, S1).when(DECIDE, known).rejected(FindingNeedsEvidence, "Handed in since", "K1")


def test_every_code_of_the_component_has_a_finding_of_the_decider() -> None:
    refusal = given(ASSESSMENT, OPENED, K1).when(DECIDE, KNOWN).rejected(FindingsIncomplete, "S1")
    assert refusal.members == {"codes": ["S1"]}


def test_another_assessors_finding_is_not_the_deciders_own() -> None:
    history = (OPENED, K1, found("S1", by=OTHER_ASSESSOR))
    given(ASSESSMENT, *history).when(DECIDE, KNOWN).rejected(FindingsIncomplete, "S1")


def test_a_code_that_was_not_judged_is_not_decided_on() -> None:
    history = (OPENED, K1, found("S1", "not judged"))
    refusal = given(ASSESSMENT, *history).when(DECIDE, KNOWN).rejected(FindingsIncomplete, "Not judged yet: S1")
    assert refusal.members == {"codes": ["S1"]}


def failing(known: ForDecision = KNOWN) -> tuple[tuple[Any, ...], DecideGrade]:
    """Return a history with a code that is not met, and a decision on it."""
    history = (OPENED, K1, found("S1", "not met"))
    return history, changed(DECIDE, context_hash=in_context(ASSESSMENT.fold(history), known).shown)


def test_a_grade_that_needs_every_code_is_not_given_where_one_is_not_met() -> None:
    history, decide = failing()
    refusal = given(ASSESSMENT, *history).when(decide, KNOWN).rejected(GradeNeedsEveryCode, "Not met for 'pass': S1")
    assert refusal.members == {"codes": ["S1"]}
    assert given(ASSESSMENT, *history).when(changed(decide, grade="fail"), KNOWN).refusal is None


def test_everything_that_keeps_a_grade_from_being_decided_is_told_at_once() -> None:
    unread = changed(DECIDE, grade="merit", reasons=" ", context_hash=SHA)
    faults = faults_of_deciding(ASSESSMENT.fold((OPENED, K1)), unread, KNOWN)
    assert [type(each) for each in faults] == [
        GradeNotOnScale,
        ReasonsMissing,
        FindingsIncomplete,
        DecisionContextStale,
    ]
    given(ASSESSMENT, OPENED, K1).when(unread, KNOWN).rejected(GradeNotOnScale)
    assert faults_of_deciding(ASSESSMENT.fold(FOUND), DECIDE, KNOWN) == []


def test_everything_that_keeps_a_decision_from_taking_anothers_place_is_told_at_once() -> None:
    unread = changed(SUPERSEDE, grade="merit", adopts=("K1",))
    faults = faults_of_superseding(ASSESSMENT.fold(TAKEN), unread, KNOWN)
    assert [type(each) for each in faults] == [GradeNotOnScale, FindingsIncomplete]
    assert faults_of_superseding(ASSESSMENT.fold(TAKEN), SUPERSEDE, KNOWN) == []
    resting_on_nothing = changed(K1.finding, cites=())
    anew = changed(SUPERSEDE, adopts=("S1",), findings=(resting_on_nothing,))
    assert [type(each) for each in faults_of_superseding(ASSESSMENT.fold(TAKEN), anew, KNOWN)] == [FindingNeedsEvidence]


UNSAID = changed(KNOWN, criteria=changed(CRITERIA, grade_rules=()))


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_no_live_decision_is_made_on_criteria_that_do_not_say_which_grades_need_every_code(
    command: Command, history: Any
) -> None:
    given(ASSESSMENT, *history).when(command, UNSAID).rejected(GradeRulesMissing)


def test_in_a_demo_criteria_that_do_not_say_it_need_no_code() -> None:
    demo = changed(UNSAID, deployment=Deployment(mode="demo"))
    history, decide = failing(demo)
    assert given(ASSESSMENT, *history).when(decide, demo).refusal is None


def test_the_attempt_is_about_the_apprentice_and_the_enrolment() -> None:
    attempt = given(ASSESSMENT, OPENED).state
    assert (attempt.subject(), attempt.enrolment_id) == (APPRENTICE, ENROLMENT_ID)
    assert (given(ASSESSMENT).state.subject(), given(ASSESSMENT).state.enrolment_id) == (None, NOBODY)


def test_a_found_statement_keeps_who_found_it() -> None:
    one = changed(FIND, findings=(K1.finding,))
    by_another = StatementFound(finding=K1.finding, assessor=OTHER_ASSESSOR)
    given(ASSESSMENT, OPENED).when(one, ANOTHER).records(by_another)

"""Attempts, findings, grade decisions and what may become of them (FINDING-3, DECISION-1 to DECISION-9, PLAN-6)."""

from typing import Any

import pytest

from portfolio.domain.assessment import (
    ASSESSMENT,
    AssessmentUnknown,
    AssessorNotAuthorised,
    AssessorNotStandardised,
    AttemptExists,
    AttemptNotAllowed,
    AttemptOpened,
    Authority,
    ComponentUnknown,
    DecideGrade,
    DecisionAlreadySuperseded,
    DecisionContextIncomplete,
    DecisionContextStale,
    DecisionFixed,
    DecisionUnknown,
    DecisionVoided,
    FindingFixedByDecision,
    FindingsIncomplete,
    GradeDecided,
    GradeDecisionSuperseded,
    GradeNotOnScale,
    OpenAttempt,
    ReasonsMissing,
    RecordFindings,
    RemarkerNotDifferent,
    SupersedeDecision,
    SupersessionNeedsReason,
    VoidDecision,
    VoidNeedsReason,
)
from portfolio.domain.context import with_findings
from portfolio.domain.criteria import CriteriaNotApproved
from portfolio.domain.enrolment import AssessorConflicted, EnrolmentUnknown
from portfolio.domain.evidence.aggregate import InterestNotDeclared
from portfolio.domain.finding import CodeNotInComponent, FindingNeedsEvidence, StatementFound
from portfolio.domain.form import CoverageProofMissing, OutcomeNotInRoute
from portfolio.domain.kernel import NOBODY, Command, changed
from portfolio.domain.plan import PlanNotApproved
from tests.domain.given import given
from tests.domain.test_decision_context import CONTEXT, found
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CRITERIA_ID,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    OBSERVATION,
    OTHER_ASSESSOR,
    SECOND_DECISION_ID,
    an_id,
)

ROUTE_CODES = frozenset({"K1", "K2", "S1", "K11", "K20"})
AUTHORITY = Authority(assigned=True, conflicted=False, interest_declared=True, standardised=True)
OPEN = OpenAttempt(
    assessment_id=ATTEMPT_ID,
    enrolment_id=ENROLMENT_ID,
    component="C1",
    apprentice=APPRENTICE,
    form_id=FORM_ID,
    form_approved=True,
    may_rest_on_plan=True,
    stated=OBSERVATION,
    criteria_approved=True,
    route="LET",
    route_codes=ROUTE_CODES,
    earlier_open=False,
    earlier_counted=0,
)
OPENED = AttemptOpened(
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    form_id=FORM_ID,
    component="C1",
    criteria_id=CRITERIA_ID,
    evidence_kinds=OBSERVATION.evidence_kinds,
    codes=frozenset({"K1", "S1"}),
    route="LET",
    number=1,
    barred=frozenset(),
    after_appeal=None,
)
K1, S1 = found("K1"), found("S1")
FIND = RecordFindings(
    assessment_id=ATTEMPT_ID,
    findings=(K1.finding, S1.finding),
    by=ASSESSOR,
    authority=AUTHORITY,
    route_codes=ROUTE_CODES,
    citable={(EVIDENCE_ID, 1): "work product"},
)
DECIDE = DecideGrade(
    assessment_id=ATTEMPT_ID,
    decision_id=DECISION_ID,
    grade="pass",
    reasons="All codes are met.",
    context_hash=CONTEXT.shown,
    by=ASSESSOR,
    authority=AUTHORITY,
    scale=("fail", "pass", "distinction"),
    criteria_approved=True,
    may_rest_on_plan=True,
    context=CONTEXT,
)
DECIDED = GradeDecided(
    decision_id=DECISION_ID, grade="pass", reasons="All codes are met.", decider=ASSESSOR, context=CONTEXT
)
SUPERSEDE = SupersedeDecision(
    assessment_id=ATTEMPT_ID,
    supersedes=DECISION_ID,
    decision_id=SECOND_DECISION_ID,
    grade="distinction",
    reasons="The second criterion was overlooked.",
    reason_code="marking error",
    authority_cited="lead assessor's request of 9 December",
    context_hash=CONTEXT.shown,
    by=ASSESSOR,
    authority=AUTHORITY,
    scale=("fail", "pass", "distinction"),
    criteria_approved=True,
    may_rest_on_plan=True,
    route_codes=ROUTE_CODES,
    citable={(EVIDENCE_ID, 1): "work product"},
    context=CONTEXT,
)
DECIDED_AGAIN = GradeDecided(
    decision_id=SECOND_DECISION_ID,
    grade="distinction",
    reasons="The second criterion was overlooked.",
    decider=ASSESSOR,
    context=CONTEXT,
)
SUPERSEDED = GradeDecisionSuperseded(
    decision_id=DECISION_ID,
    superseded_by=SECOND_DECISION_ID,
    reason_code="marking error",
    authority="lead assessor's request of 9 December",
)
VOID = VoidDecision(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID, reason_code="malpractice", reason="copied")
VOIDED = DecisionVoided(decision_id=DECISION_ID, reason_code="malpractice", reason="copied", appeal_id=None)

FOUND = (OPENED, K1, S1)
CLOSED = (*FOUND, DECIDED)


# --- opening ---


def test_an_attempt_is_opened_at_a_component_with_the_codes_of_the_route() -> None:
    given(ASSESSMENT).when(OPEN).records(OPENED)
    short = changed(OPEN, route_codes=frozenset({"K1", "K2"}))
    given(ASSESSMENT).when(short).records(changed(OPENED, codes=frozenset({"K1"})))


def test_an_attempt_is_opened_once() -> None:
    given(ASSESSMENT, OPENED).when(OPEN).rejected(AttemptExists)


def test_an_attempt_belongs_to_an_enrolment() -> None:
    given(ASSESSMENT).when(changed(OPEN, apprentice=NOBODY)).rejected(EnrolmentUnknown)


def test_an_attempt_is_opened_on_an_approved_form() -> None:
    given(ASSESSMENT).when(changed(OPEN, form_approved=False)).rejected(CoverageProofMissing)


def test_no_live_attempt_rests_on_a_plan_that_is_not_approved() -> None:
    given(ASSESSMENT).when(changed(OPEN, may_rest_on_plan=False)).rejected(PlanNotApproved)


@pytest.mark.parametrize("stated", [None, changed(OBSERVATION, criteria_id=None)])
def test_an_attempt_is_at_a_component_of_the_form_taken(stated: Any) -> None:
    given(ASSESSMENT).when(changed(OPEN, stated=stated)).rejected(ComponentUnknown)


def test_criteria_are_approved_before_an_attempt_opens() -> None:
    given(ASSESSMENT).when(changed(OPEN, criteria_approved=False)).rejected(CriteriaNotApproved)


def test_no_attempt_is_opened_while_another_goes_on() -> None:
    given(ASSESSMENT).when(changed(OPEN, earlier_open=True)).rejected(AttemptNotAllowed)


def test_attempts_end_at_the_number_the_component_allows() -> None:
    given(ASSESSMENT).when(changed(OPEN, earlier_counted=1)).records(changed(OPENED, number=2))
    given(ASSESSMENT).when(changed(OPEN, earlier_counted=2)).rejected(AttemptNotAllowed)
    endless = changed(OPEN, stated=changed(OBSERVATION, maximum_attempts=None))
    given(ASSESSMENT).when(endless).rejected(AttemptNotAllowed)


def test_no_attempt_is_opened_at_a_component_without_a_code_of_the_route() -> None:
    given(ASSESSMENT).when(changed(OPEN, route_codes=frozenset({"K99"}))).rejected(OutcomeNotInRoute)


def test_an_attempt_after_an_appeal_says_so_and_bars_who_took_part() -> None:
    again = changed(OPEN, after_appeal=APPEAL_ID, barred=frozenset({ASSESSOR}))
    opened = changed(OPENED, after_appeal=APPEAL_ID, barred=frozenset({ASSESSOR}))
    given(ASSESSMENT).when(again).records(opened)


@pytest.mark.parametrize("command", [FIND, DECIDE, SUPERSEDE, VOID])
def test_nothing_is_judged_in_an_attempt_that_is_not_open(command: Command) -> None:
    given(ASSESSMENT).when(command).rejected(AssessmentUnknown)


# --- who ---

JUDGING = [(FIND, (OPENED,)), (DECIDE, FOUND), (SUPERSEDE, CLOSED)]


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_only_an_assigned_assessor_finds_and_decides(command: Command, history: Any) -> None:
    released = changed(command, authority=changed(AUTHORITY, assigned=False))
    given(ASSESSMENT, *history).when(released).rejected(AssessorNotAuthorised)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_nobody_with_a_conflict_finds_or_decides(command: Command, history: Any) -> None:
    conflicted = changed(command, authority=changed(AUTHORITY, conflicted=True))
    given(ASSESSMENT, *history).when(conflicted).rejected(AssessorConflicted)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_nobody_finds_or_decides_before_declaring_interests(command: Command, history: Any) -> None:
    silent = changed(command, authority=changed(AUTHORITY, interest_declared=False))
    given(ASSESSMENT, *history).when(silent).rejected(InterestNotDeclared)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_who_took_part_in_a_decision_set_aside_does_not_assess_again(command: Command, history: Any) -> None:
    barring = (changed(OPENED, barred=frozenset({ASSESSOR})), *history[1:])
    given(ASSESSMENT, *barring).when(command).rejected(RemarkerNotDifferent)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_what_lookups_did_not_fill_in_authorises_nobody(command: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(changed(command, authority=Authority())).rejected(AssessorNotAuthorised)


@pytest.mark.parametrize(("command", "history"), JUDGING[1:])
def test_who_decides_is_standardised_on_the_criteria(command: Command, history: Any) -> None:
    fresh = changed(command, authority=changed(AUTHORITY, standardised=False))
    given(ASSESSMENT, *history).when(fresh).rejected(AssessorNotStandardised)


# --- findings ---


def test_many_codes_are_judged_in_one_call_one_fact_each() -> None:
    given(ASSESSMENT, OPENED).when(FIND).records(K1, S1)


def test_a_finding_outside_the_component_is_refused() -> None:
    given(ASSESSMENT, OPENED).when(changed(FIND, findings=(found("K2").finding,))).rejected(CodeNotInComponent)


def test_a_finding_is_revised_until_the_decision() -> None:
    revised = found("K1", "not met")
    given(ASSESSMENT, *FOUND).when(changed(FIND, findings=(revised.finding,))).records(revised)
    assert given(ASSESSMENT, *FOUND, revised).state.findings == (S1, revised)


def test_after_the_decision_findings_are_fixed() -> None:
    given(ASSESSMENT, *CLOSED).when(FIND).rejected(FindingFixedByDecision)


# --- deciding ---


def test_a_grade_is_decided_with_its_context_in_one_fact() -> None:
    given(ASSESSMENT, *FOUND).when(DECIDE).records(DECIDED)


def test_a_decision_is_never_made_again() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(DECIDE, decision_id=SECOND_DECISION_ID)).rejected(DecisionFixed)
    given(ASSESSMENT, *CLOSED, VOIDED).when(changed(DECIDE, decision_id=SECOND_DECISION_ID)).rejected(DecisionFixed)


DECIDING = [(DECIDE, FOUND), (SUPERSEDE, CLOSED)]


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_a_grade_is_decided_against_approved_criteria(command: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(changed(command, criteria_approved=False)).rejected(CriteriaNotApproved)


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_no_live_decision_rests_on_a_plan_that_is_not_approved(command: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(changed(command, may_rest_on_plan=False)).rejected(PlanNotApproved)


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_the_grade_is_on_the_scale_of_the_criteria(command: Command, history: Any) -> None:
    refusal = given(ASSESSMENT, *history).when(changed(command, grade="merit")).rejected(GradeNotOnScale, "'merit'")
    assert refusal.members == {"grades": ["fail", "pass", "distinction"]}


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_a_decision_gives_its_reasons(command: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(changed(command, reasons=" \n")).rejected(ReasonsMissing)


@pytest.mark.parametrize(("command", "history"), DECIDING)
@pytest.mark.parametrize("context", [None, changed(CONTEXT, sha256="")])
def test_a_decision_is_recorded_with_its_complete_context_or_not_at_all(
    command: Command, history: Any, context: Any
) -> None:
    refusal = given(ASSESSMENT, *history).when(changed(command, context=context)).rejected(DecisionContextIncomplete)
    assert refusal.members == {"missing": ["sha256"] if context else ["context"]}


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_what_changed_since_it_was_shown_is_read_again_first(command: Command, history: Any) -> None:
    given(ASSESSMENT, *history).when(changed(command, context_hash=CONTEXT.sha256)).rejected(DecisionContextStale)


@pytest.mark.parametrize(("command", "history"), DECIDING)
def test_no_decision_rests_on_evidence_that_was_withdrawn(command: Command, history: Any) -> None:
    withdrawn = changed(command, context=changed(CONTEXT, available=()))
    refusal = given(ASSESSMENT, *history).when(withdrawn).rejected(FindingNeedsEvidence, "withdrawn")
    assert refusal.members == {"codes": ["K1", "S1"]}


def test_every_code_of_the_component_has_a_finding_of_the_decider() -> None:
    refusal = given(ASSESSMENT, OPENED, K1).when(DECIDE).rejected(FindingsIncomplete, "S1")
    assert refusal.members == {"codes": ["S1"]}


def test_another_assessors_finding_is_not_the_deciders_own() -> None:
    given(ASSESSMENT, OPENED, K1, found("S1", by=OTHER_ASSESSOR)).when(DECIDE).rejected(FindingsIncomplete, "S1")


def test_a_code_that_was_not_judged_may_be_decided_on_too() -> None:
    given(ASSESSMENT, OPENED, K1, found("S1", "not judged")).when(DECIDE).records(DECIDED)


# --- superseding and setting aside ---


def test_a_superseding_decision_adopts_the_findings_and_leaves_the_old_one_on_record() -> None:
    given(ASSESSMENT, *CLOSED).when(SUPERSEDE).records(DECIDED_AGAIN, SUPERSEDED)
    attempt = given(ASSESSMENT, *CLOSED, DECIDED_AGAIN, SUPERSEDED).state
    assert attempt.decisions == (DECIDED, DECIDED_AGAIN)
    assert attempt.effective() == DECIDED_AGAIN


def test_a_superseding_decision_may_bring_findings_of_its_own() -> None:
    doubt = found("S1", "not met", by=OTHER_ASSESSOR)
    context = with_findings(CONTEXT, (doubt,))
    command = changed(SUPERSEDE, findings=(doubt.finding,), by=OTHER_ASSESSOR, context=context)
    decided = changed(DECIDED_AGAIN, decider=OTHER_ASSESSOR, context=context)
    given(ASSESSMENT, *CLOSED).when(command).records(doubt, decided, SUPERSEDED)


def test_findings_that_come_with_a_superseding_decision_obey_the_same_rules() -> None:
    bare = changed(SUPERSEDE, findings=(changed(S1.finding, cites=()),))
    given(ASSESSMENT, *CLOSED).when(bare).rejected(FindingNeedsEvidence, "S1")


def test_a_superseding_decision_without_a_finding_on_every_code_is_refused() -> None:
    given(ASSESSMENT, OPENED, K1, DECIDED).when(SUPERSEDE).rejected(FindingsIncomplete, "S1")


def test_a_decision_that_is_not_there_is_neither_superseded_nor_set_aside() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(SUPERSEDE, supersedes=an_id("?"))).rejected(DecisionUnknown)
    given(ASSESSMENT, *CLOSED).when(changed(VOID, decision_id=an_id("?"))).rejected(DecisionUnknown)


@pytest.mark.parametrize("after", [(DECIDED_AGAIN, SUPERSEDED), (VOIDED,)])
def test_of_two_supersessions_of_one_decision_the_second_is_refused(after: Any) -> None:
    third = changed(SUPERSEDE, decision_id=an_id("third decision"))
    given(ASSESSMENT, *CLOSED, *after).when(third).rejected(DecisionAlreadySuperseded)


@pytest.mark.parametrize("after", [(DECIDED_AGAIN, SUPERSEDED), (VOIDED,)])
def test_a_decision_that_no_longer_stands_is_not_set_aside(after: Any) -> None:
    given(ASSESSMENT, *CLOSED, *after).when(VOID).rejected(DecisionAlreadySuperseded)


def test_superseding_names_its_authority() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(SUPERSEDE, authority_cited=" ")).rejected(SupersessionNeedsReason)


def test_a_decision_is_set_aside_with_a_reason_and_then_none_stands() -> None:
    given(ASSESSMENT, *CLOSED).when(VOID).records(VOIDED)
    attempt = given(ASSESSMENT, *CLOSED, VOIDED).state
    assert attempt.effective() is None
    assert attempt.decision(DECISION_ID) == DECIDED


def test_setting_a_decision_aside_names_its_reason() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(VOID, reason=" ")).rejected(VoidNeedsReason)


def test_setting_a_decision_aside_after_an_appeal_names_the_appeal() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(VOID, reason_code="appeal")).rejected(VoidNeedsReason)
    named = changed(VOID, reason_code="appeal", appeal_id=APPEAL_ID)
    given(ASSESSMENT, *CLOSED).when(named).records(changed(VOIDED, reason_code="appeal", appeal_id=APPEAL_ID))


def test_everybody_who_ever_found_or_decided_took_part() -> None:
    history = (OPENED, found("K1", by=OTHER_ASSESSOR), K1, S1, DECIDED)
    assert given(ASSESSMENT, *history).state.took_part() == {ASSESSOR, OTHER_ASSESSOR}


def test_the_attempt_is_about_the_apprentice_and_the_enrolment() -> None:
    attempt = given(ASSESSMENT, OPENED).state
    assert (attempt.subject(), attempt.enrolment_id) == (APPRENTICE, ENROLMENT_ID)
    assert (given(ASSESSMENT).state.subject(), given(ASSESSMENT).state.enrolment_id) == (None, NOBODY)


def test_a_found_statement_keeps_who_found_it() -> None:
    assert given(ASSESSMENT, OPENED).when(changed(FIND, findings=(K1.finding,), by=OTHER_ASSESSOR)).facts == [
        StatementFound(finding=K1.finding, assessor=OTHER_ASSESSOR)
    ]

"""Findings, grade decisions and what may become of them (FINDING-3, DECISION-1 to DECISION-9, PLAN-6)."""

from typing import Any

import pytest

from portfolio.domain.appeal.facts import DecisionSubject
from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import (
    AssessorNotAuthorised,
    AssessorNotStandardised,
    RemarkerNotDifferent,
    barred,
)
from portfolio.domain.assessment.attempt import AssessmentUnknown
from portfolio.domain.assessment.confirming import ConfirmDecision
from portfolio.domain.assessment.decisions import (
    BarringNotSaid,
    DecideGrade,
    DecisionAlreadySuperseded,
    DecisionContextIncomplete,
    DecisionContextStale,
    DecisionFixed,
    DecisionUnknown,
    FindingsIncomplete,
    ForVoid,
    GradeNeedsEveryCode,
    GradeNotOnScale,
    GradeRulesMissing,
    ReasonsMissing,
    SupersedeDecision,
    SupersessionNeedsReason,
    VoidDecision,
    VoidNeedsReason,
)
from portfolio.domain.assessment.facts import Account, DecisionVoided, GradeDecided, GradeDecisionSuperseded
from portfolio.domain.assessment.finding import StatementFound
from portfolio.domain.assessment.findings import (
    CodeNotInComponent,
    FindingFixedByDecision,
    FindingNeedsEvidence,
    FindingRepeated,
    RecordFindings,
)
from portfolio.domain.assessment.in_force import ForDecision
from portfolio.domain.assessment.own_decision import OwnDecision
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord, VoidNeedsAccount
from portfolio.domain.criteria import CriteriaNotApproved
from portfolio.domain.deployment import Deployment
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.evidence.facts import EvidenceReturned, EvidenceWithdrawn
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.interests import InterestDeclared, OfficerConflicted
from portfolio.domain.kernel import NOBODY, Command, changed
from portfolio.domain.person import Person
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
from tests.domain.given import given
from tests.domain.test_decision_context import found
from tests.domain.test_opening import OPENED
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CHAIR,
    COACH,
    CRITERIA,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    LEAD,
    NOW,
    OBSERVATION,
    OFFICER,
    OTHER_ASSESSOR,
    PLAN,
    SECOND_DECISION_ID,
    TODAY,
    TOMORROW,
    an_id,
    form,
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


# --- who ---

JUDGING = [(FIND, (OPENED,)), (DECIDE, FOUND), (SUPERSEDE, TAKEN)]


@pytest.mark.parametrize(
    "part",
    [
        assigned(ends_on=TODAY),
        assigned(starts_on=TOMORROW),
        assigned(components=frozenset({"C2"}), form_id=FORM_ID),
        assigned(assignment="internal quality assurer"),
        assigned(OTHER_ASSESSOR),
    ],
)
@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_only_an_assigned_assessor_finds_and_decides(command: Command, history: Any, part: Any) -> None:
    known = changed(KNOWN, enrolment=changed(ENROLMENT, assigned=(part,)))
    given(ASSESSMENT, *history).when(command, known).rejected(AssessorNotAuthorised)


@pytest.mark.parametrize("marker", ["assessment organisation", "centre"])
@pytest.mark.parametrize("role", ["assessor", "centre assessor", "lead assessor"])
def test_who_marks_depends_on_who_the_form_says_marks(marker: Any, role: str) -> None:
    marked = form(changed(OBSERVATION, marker=marker))
    then = given(ASSESSMENT, OPENED).when(FIND, changed(KNOWN, form=marked, person=prepared(role)))
    if (marker, role) in {("assessment organisation", "assessor"), ("centre", "centre assessor")}:
        then.records(K1, S1)
    else:
        then.rejected(AssessorNotAuthorised)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_nobody_with_a_conflict_finds_or_decides(command: Command, history: Any) -> None:
    interested = changed(KNOWN, person=prepared("assessor", interest="personal"))
    once_coach = changed(ENROLMENT, assigned=(assigned(), assigned(assignment="coach", ends_on=TODAY)))
    on_another_enrolment = changed(KNOWN, other_enrolments=(once_coach,))
    for known in (interested, changed(KNOWN, enrolment=once_coach), on_another_enrolment):
        given(ASSESSMENT, *history).when(command, known).rejected(AssessorConflicted)


def test_the_coaching_of_others_is_no_conflict() -> None:
    coached = changed(KNOWN, enrolment=changed(ENROLMENT, assigned=(assigned(), assigned(COACH, "coach"))))
    given(ASSESSMENT, OPENED).when(FIND, coached).records(K1, S1)


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_who_took_part_in_a_decision_set_aside_does_not_assess_again(command: Command, history: Any) -> None:
    decided = (OPENED, DECIDED)
    for bars in (None, True):
        known = changed(KNOWN, earlier=(ASSESSMENT.fold([*decided, changed(VOIDED, bars=bars)]),))
        given(ASSESSMENT, *history).when(command, known).rejected(RemarkerNotDifferent)
    elsewhere = (changed(OPENED, component="C2"), *decided[1:], VOIDED)
    known = changed(KNOWN, earlier=(ASSESSMENT.fold(decided), ASSESSMENT.fold(elsewhere)))
    assert barred(OPENED, known) == frozenset()


def test_who_is_said_not_to_be_barred_is_barred_once_an_appeal_is_upheld() -> None:
    decided = (OPENED, DECIDED, changed(VOIDED, bars=False, bars_because="A form was misprinted."))
    known = changed(KNOWN, earlier=(ASSESSMENT.fold(decided),))
    assert barred(OPENED, known) == frozenset()
    contested = DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
    case = Appeal(status="decided", subject_of_appeal=contested, outcome="upheld")
    assert barred(OPENED, changed(known, appeals=(case,))) == {ASSESSOR}
    assert barred(OPENED, changed(known, appeals=(changed(case, outcome="dismissed"),))) == frozenset()
    elsewhere = changed(case, subject_of_appeal=changed(contested, decision_id=an_id("another")))
    assert barred(OPENED, changed(known, appeals=(elsewhere,))) == frozenset()


def test_who_sets_aside_says_with_a_reason_whether_who_took_part_is_barred() -> None:
    error = changed(VOID, reason_code="marking error", account=None)
    given(ASSESSMENT, *CLOSED).when(error, VOIDING).rejected(BarringNotSaid)
    given(ASSESSMENT, *CLOSED).when(changed(error, bars=True), VOIDING).rejected(BarringNotSaid)
    given(ASSESSMENT, *CLOSED).when(changed(VOID, bars=False), VOIDING).rejected(BarringNotSaid)
    said = {"bars": False, "bars_because": "A form was misprinted."}
    voided = changed(VOIDED, reason_code="marking error", account=None, **said)
    given(ASSESSMENT, *CLOSED).when(changed(error, **said), VOIDING).records(voided)


def test_findings_of_who_is_barred_are_not_adopted() -> None:
    known = changed(KNOWN, earlier=(ASSESSMENT.fold((*TAKEN, VOIDED)),))
    given(ASSESSMENT, *TAKEN).when(SUPERSEDE, known).rejected(RemarkerNotDifferent, "K1, S1")


@pytest.mark.parametrize(("command", "history"), JUDGING)
def test_a_record_on_which_nothing_stands_authorises_nobody(command: Command, history: Any) -> None:
    for nothing in ({"person": Person()}, {"enrolment": Enrolment()}):
        given(ASSESSMENT, *history).when(command, changed(KNOWN, **nothing)).rejected(AssessorNotAuthorised)


@pytest.mark.parametrize(("command", "history"), JUDGING[1:])
def test_who_decides_is_standardised_on_the_criteria(command: Command, history: Any) -> None:
    fresh = changed(KNOWN, person=changed(prepared("assessor"), competences=()))
    given(ASSESSMENT, *history).when(command, fresh).rejected(AssessorNotStandardised)


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


def test_a_finding_is_revised_until_the_decision() -> None:
    revised = found("K1", "not met")
    given(ASSESSMENT, *FOUND).when(changed(FIND, findings=(revised.finding,)), KNOWN).records(revised)
    assert given(ASSESSMENT, *FOUND, revised).state.findings == (S1, revised)


def test_after_the_decision_findings_are_fixed() -> None:
    given(ASSESSMENT, *CLOSED).when(FIND, KNOWN).rejected(FindingFixedByDecision)


# --- deciding ---


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


# --- superseding and setting aside ---


def test_a_superseding_decision_adopts_findings_by_name_and_leaves_the_old_one_on_record() -> None:
    given(ASSESSMENT, *TAKEN).when(SUPERSEDE, KNOWN).records(DECIDED_AGAIN, SUPERSEDED)
    assert DECIDED_AGAIN.context.adopted == ("K1", "S1")
    attempt = given(ASSESSMENT, *TAKEN, DECIDED_AGAIN, SUPERSEDED).state
    assert attempt.decisions == (OTHERS_DECIDED, DECIDED_AGAIN)
    assert attempt.effective() == DECIDED_AGAIN


def test_a_superseding_decision_may_bring_findings_of_its_own() -> None:
    doubt = found("S1", "not met")
    context = in_context(
        ASSESSMENT.fold(TAKEN),
        decision_id=SECOND_DECISION_ID,
        supersedes=DECISION_ID,
        newer=(doubt,),
        adopted=("K1",),
    )
    command = changed(SUPERSEDE, grade="fail", adopts=("K1",), findings=(doubt.finding,), context_hash=context.shown)
    decided = changed(DECIDED_AGAIN, grade="fail", context=context)
    given(ASSESSMENT, *TAKEN).when(command, KNOWN).records(doubt, decided, SUPERSEDED)
    given(ASSESSMENT, *TAKEN).when(changed(command, grade="pass"), KNOWN).rejected(GradeNeedsEveryCode, "S1")


def test_findings_that_come_with_a_superseding_decision_obey_the_same_rules() -> None:
    bare = changed(SUPERSEDE, adopts=("K1",), findings=(changed(S1.finding, cites=()),))
    given(ASSESSMENT, *TAKEN).when(bare, KNOWN).rejected(FindingNeedsEvidence, "S1")


def test_what_a_superseding_decision_neither_adopts_nor_judges_is_missing() -> None:
    given(ASSESSMENT, *TAKEN).when(changed(SUPERSEDE, adopts=("K1",)), KNOWN).rejected(FindingsIncomplete, "S1")
    unjudged = (OPENED, OTHERS[1], found("S1", "not judged", by=OTHER_ASSESSOR), OTHERS_DECIDED)
    given(ASSESSMENT, *unjudged).when(SUPERSEDE, KNOWN).rejected(FindingsIncomplete, "S1")
    given(ASSESSMENT, OPENED, OTHERS[1], OTHERS_DECIDED).when(SUPERSEDE, KNOWN).rejected(FindingsIncomplete, "S1")


def test_a_code_is_adopted_or_judged_anew_and_once() -> None:
    for again in (changed(SUPERSEDE, findings=(S1.finding,)), changed(SUPERSEDE, adopts=("K1", "S1", "S1"))):
        refusal = given(ASSESSMENT, *TAKEN).when(again, KNOWN).rejected(FindingRepeated, "S1")
        assert refusal.members == {"codes": ["S1"]}


@pytest.mark.parametrize(
    "history", [CLOSED, (*OTHERS, K1, OTHERS_DECIDED), (*CLOSED, OTHERS_DECIDED)], ids=["decided", "found", "earlier"]
)
def test_nobody_replaces_a_decision_of_an_attempt_in_which_they_found_or_decided(history: Any) -> None:
    own = changed(SUPERSEDE, context_hash=in_context(ASSESSMENT.fold(history)).shown)
    refusal = given(ASSESSMENT, *history).when(own, KNOWN).rejected(OwnDecision, "somebody from outside", "assigned")
    assert refusal.members == {"free": []}


def test_who_is_free_to_decide_again_is_named() -> None:
    people = {
        OTHER_ASSESSOR: changed(prepared("assessor"), name="Ben"),
        COACH: changed(prepared("assessor"), name="Cy"),
        LEAD: changed(prepared("lead assessor"), name="Lea"),
        CHAIR: changed(prepared("lead assessor"), name="Di", competences=()),
        APPRENTICE: changed(prepared("lead assessor"), name="Mia"),
        ASSESSOR: prepared("assessor"),
    }
    known = changed(ANOTHER, by=ASSESSOR, others=people)
    refusal = given(ASSESSMENT, *CLOSED).when(SUPERSEDE, known).rejected(OwnDecision, "Free to do it: Ben, Lea.")
    assert refusal.members == {"free": [str(OTHER_ASSESSOR), str(LEAD)]}


def test_the_lead_assessor_standardised_on_the_criteria_decides_again_without_being_assigned() -> None:
    lead = changed(KNOWN, by=LEAD, person=prepared("lead assessor"), enrolment=changed(ENROLMENT, assigned=()))
    context = in_context(
        ASSESSMENT.fold(TAKEN),
        lead,
        decision_id=SECOND_DECISION_ID,
        supersedes=DECISION_ID,
        adopted=("K1", "S1"),
    )
    assert context.decider.authority == "lead assessor"
    settle = changed(SUPERSEDE, context_hash=context.shown)
    decided = changed(DECIDED_AGAIN, decider=LEAD, context=context)
    given(ASSESSMENT, *TAKEN).when(settle, lead).records(decided, SUPERSEDED)
    fresh = changed(lead, person=changed(lead.person, competences=()))
    given(ASSESSMENT, *TAKEN).when(settle, fresh).rejected(AssessorNotStandardised)
    interested = changed(lead, person=prepared("lead assessor", interest="personal"))
    given(ASSESSMENT, *TAKEN).when(settle, interested).rejected(AssessorConflicted)


@pytest.mark.parametrize("code", ["appeal", "moderation", "second mark", "review", "malpractice"])
def test_nothing_is_superseded_for_a_reason_whose_record_does_not_exist(code: Any) -> None:
    given(ASSESSMENT, *TAKEN).when(changed(SUPERSEDE, reason_code=code), KNOWN).rejected(ReasonNotOnRecord, code)


def test_a_change_of_criteria_supersedes_where_a_later_version_of_them_is_approved() -> None:
    changing = changed(SUPERSEDE, reason_code="criteria change")
    for later in ((), (changed(CRITERIA, approved=False),)):
        known = changed(KNOWN, later_criteria=later)
        given(ASSESSMENT, *TAKEN).when(changing, known).rejected(ReasonNotOnRecord, "no later version")
    known = changed(KNOWN, later_criteria=(changed(CRITERIA, approved=False), CRITERIA))
    given(ASSESSMENT, *TAKEN).when(changing, known).records(
        DECIDED_AGAIN, changed(SUPERSEDED, reason_code="criteria change")
    )


def test_a_decision_that_is_not_there_is_neither_superseded_nor_set_aside() -> None:
    given(ASSESSMENT, *TAKEN).when(changed(SUPERSEDE, supersedes=an_id("?")), KNOWN).rejected(DecisionUnknown)
    given(ASSESSMENT, *CLOSED).when(changed(VOID, decision_id=an_id("?")), VOIDING).rejected(DecisionUnknown)


@pytest.mark.parametrize("after", [(DECIDED_AGAIN, SUPERSEDED), (VOIDED,)])
def test_of_two_supersessions_of_one_decision_the_second_is_refused(after: Any) -> None:
    third = changed(SUPERSEDE, decision_id=an_id("third decision"))
    given(ASSESSMENT, *TAKEN, *after).when(third, KNOWN).rejected(DecisionAlreadySuperseded)


@pytest.mark.parametrize("after", [(DECIDED_AGAIN, SUPERSEDED), (VOIDED,)])
def test_a_decision_that_no_longer_stands_is_not_set_aside(after: Any) -> None:
    given(ASSESSMENT, *CLOSED, *after).when(VOID, VOIDING).rejected(DecisionAlreadySuperseded)


def test_superseding_names_its_authority() -> None:
    given(ASSESSMENT, *TAKEN).when(changed(SUPERSEDE, authority_cited=" "), KNOWN).rejected(SupersessionNeedsReason)


def test_a_decision_is_set_aside_with_a_reason_and_then_none_stands() -> None:
    given(ASSESSMENT, *CLOSED).when(VOID, VOIDING).records(VOIDED)
    attempt = given(ASSESSMENT, *CLOSED, VOIDED).state
    assert attempt.effective() is None
    assert attempt.decision(DECISION_ID) == DECIDED


def test_setting_a_decision_aside_names_its_reason() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(VOID, reason=" "), VOIDING).rejected(VoidNeedsReason)


@pytest.mark.parametrize("account", [None, changed(ACCOUNT, found=" "), changed(ACCOUNT, heard="")])
def test_malpractice_rests_on_an_account_of_what_was_found_and_who_was_heard(account: Any) -> None:
    given(ASSESSMENT, *CLOSED).when(changed(VOID, account=account), VOIDING).rejected(VoidNeedsAccount)


@pytest.mark.parametrize("code", ["moderation", "second mark", "review"])
def test_nothing_is_set_aside_for_a_reason_whose_record_does_not_exist(code: Any) -> None:
    given(ASSESSMENT, *CLOSED).when(changed(VOID, reason_code=code), VOIDING).rejected(ReasonNotOnRecord, code)


def test_a_marking_error_or_a_later_version_of_the_criteria_sets_a_decision_aside() -> None:
    said: dict[str, Any] = {"account": None, "bars": True, "bars_because": "They added up wrongly."}
    error = changed(VOID, reason_code="marking error", **said)
    given(ASSESSMENT, *CLOSED).when(error, VOIDING).records(changed(VOIDED, reason_code="marking error", **said))
    newer = changed(error, reason_code="criteria change")
    given(ASSESSMENT, *CLOSED).when(newer, VOIDING).rejected(ReasonNotOnRecord, "no later version")
    known = changed(VOIDING, later_criteria=(CRITERIA,))
    given(ASSESSMENT, *CLOSED).when(newer, known).records(changed(VOIDED, reason_code="criteria change", **said))


@pytest.mark.parametrize("history", [CLOSED, (OPENED, K1, *OTHERS[2:], OTHERS_DECIDED)], ids=["decided", "found"])
def test_nobody_sets_aside_a_decision_of_an_attempt_in_which_they_found_or_decided(history: Any) -> None:
    others = {
        ASSESSOR: prepared("responsible officer"),
        LEAD: changed(prepared("responsible officer"), name="Lea"),
        OTHER_ASSESSOR: changed(prepared("assessor"), name="Ben"),
    }
    own = changed(VOIDING, by=ASSESSOR)
    given(ASSESSMENT, *history).when(VOID, own).rejected(OwnDecision, "an administrator makes another person")
    named = given(ASSESSMENT, *history).when(VOID, changed(own, others=others)).rejected(OwnDecision, "do it: Lea.")
    assert named.members == {"free": [str(LEAD)]}


def test_an_officer_with_a_tie_to_the_apprentice_leaves_setting_aside_to_another() -> None:
    interest = InterestDeclared(apprentice=APPRENTICE, interest="personal", detail="")
    tied = changed(prepared("responsible officer"), interests=(interest,))
    here = changed(VOIDING, enrolments=(Enrolment(apprentice=APPRENTICE),), others={OFFICER: tied})
    alone = given(ASSESSMENT, *CLOSED).when(VOID, here).rejected(OfficerConflicted, "an administrator makes another")
    assert alone.members == {"free": []}
    others = {
        OFFICER: tied,
        ASSESSOR: prepared("responsible officer"),
        LEAD: changed(prepared("responsible officer"), name="Lea"),
        OTHER_ASSESSOR: prepared("assessor"),
    }
    both = changed(here, others=others)
    named = given(ASSESSMENT, *CLOSED).when(VOID, both).rejected(OfficerConflicted, "Free to do it:")
    assert str(LEAD) in named.members["free"]
    assert not {str(OFFICER), str(OTHER_ASSESSOR)} & set(named.members["free"])
    own = changed(both, by=ASSESSOR)
    assert given(ASSESSMENT, *CLOSED).when(VOID, own).rejected(OwnDecision).members == {"free": [str(LEAD)]}
    given(ASSESSMENT, *CLOSED).when(VOID, changed(both, by=LEAD)).records(VOIDED)
    given(ASSESSMENT, *CLOSED).when(VOID, changed(both, by=an_id("the system"))).records(VOIDED)


def test_setting_a_decision_aside_after_an_appeal_names_the_appeal() -> None:
    given(ASSESSMENT, *CLOSED).when(changed(VOID, reason_code="appeal"), VOIDING).rejected(VoidNeedsReason)
    named = changed(VOID, reason_code="appeal", appeal_id=APPEAL_ID)
    subject = DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
    upheld = Appeal(status="decided", outcome="upheld", subject_of_appeal=subject)
    by_case = changed(VOIDED, reason_code="appeal", appeal_id=APPEAL_ID)
    given(ASSESSMENT, *CLOSED).when(named, changed(VOIDING, cases={APPEAL_ID: upheld})).records(by_case)
    another = changed(upheld, subject_of_appeal=changed(subject, decision_id=SECOND_DECISION_ID))
    dismissed = changed(upheld, outcome="dismissed")
    for cases in ({}, {APPEAL_ID: another}, {APPEAL_ID: dismissed}, {DECISION_ID: upheld}):
        given(ASSESSMENT, *CLOSED).when(named, changed(VOIDING, cases=cases)).rejected(ReasonNotOnRecord, "appeal")


@pytest.mark.parametrize(("command", "known"), [(SUPERSEDE, ANOTHER), (VOID, VOIDING)])
def test_a_decision_that_is_appealed_is_held(command: Command, known: Any) -> None:
    subject = DecisionSubject(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
    lodged = Appeal(status="lodged", subject_of_appeal=subject)
    held = changed(known, cases={APPEAL_ID: lodged})
    given(ASSESSMENT, *CLOSED).when(command, held).rejected(RecordOnHold)


def test_the_context_of_a_decision_names_what_is_held() -> None:
    elsewhere = DecisionSubject(assessment_id=SECOND_DECISION_ID, decision_id=SECOND_DECISION_ID)
    lodged = Appeal(status="lodged", subject_of_appeal=elsewhere)
    context = in_context(ASSESSMENT.fold(OTHERS), changed(ANOTHER, cases={APPEAL_ID: lodged}))
    assert context.holds == "an appeal against what was done"
    assert in_context(ASSESSMENT.fold(OTHERS), ANOTHER).holds == "none"


def test_everybody_who_ever_found_or_decided_took_part() -> None:
    history = (OPENED, found("K1", by=OTHER_ASSESSOR), K1, S1, DECIDED)
    assert given(ASSESSMENT, *history).state.took_part() == {ASSESSOR, OTHER_ASSESSOR}


def test_the_attempt_is_about_the_apprentice_and_the_enrolment() -> None:
    attempt = given(ASSESSMENT, OPENED).state
    assert (attempt.subject(), attempt.enrolment_id) == (APPRENTICE, ENROLMENT_ID)
    assert (given(ASSESSMENT).state.subject(), given(ASSESSMENT).state.enrolment_id) == (None, NOBODY)


def test_a_found_statement_keeps_who_found_it() -> None:
    one = changed(FIND, findings=(K1.finding,))
    by_another = StatementFound(finding=K1.finding, assessor=OTHER_ASSESSOR)
    given(ASSESSMENT, OPENED).when(one, ANOTHER).records(by_another)


def test_who_is_barred_confirms_no_decision_as_a_second_person() -> None:
    context = changed(DECIDED.context, decider=changed(DECIDED.context.decider, scrutiny_route="by a route"))
    waits = changed(DECIDED, decider=OTHER_ASSESSOR, context=context)
    route = ScrutinyRouteRecorded(
        assessor=OTHER_ASSESSOR,
        second_person=ASSESSOR,
        form_id=OPENED.form_id,
        component=OPENED.component,
        reason="Nobody else is near.",
        officer=OFFICER,
    )
    free = changed(KNOWN, enrolment=changed(ENROLMENT, scrutiny_routes=(route,)))
    barred = changed(free, earlier=(ASSESSMENT.fold([OPENED, DECIDED, VOIDED]),))
    confirm = ConfirmDecision(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
    given(ASSESSMENT, OPENED, waits).when(confirm, barred).rejected(RemarkerNotDifferent)

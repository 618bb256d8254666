"""Superseding a decision and setting it aside: by whom, for which reasons, and never while it is appealed."""

from typing import Any

import pytest

from portfolio.domain.appeal.facts import DecisionSubject
from portfolio.domain.appeal.hold import RecordOnHold
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import (
    AssessorNotStandardised,
)
from portfolio.domain.assessment.checks import FindingsIncomplete, GradeNeedsEveryCode
from portfolio.domain.assessment.decisions import (
    DecisionAlreadySuperseded,
    DecisionUnknown,
    SupersessionNeedsReason,
    VoidNeedsReason,
)
from portfolio.domain.assessment.findings import (
    FindingNeedsEvidence,
    FindingRepeated,
)
from portfolio.domain.assessment.own_decision import OwnDecision
from portfolio.domain.assessment.reason_codes import ReasonNotOnRecord, VoidNeedsAccount
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted, AssessorIsQualityAssurer
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.interests import InterestDeclared, OfficerConflicted
from portfolio.domain.kernel import Command, changed
from tests.domain.assessing import (
    ENROLMENT,
    KNOWN,
    assigned,
    in_context,
    prepared,
)
from tests.domain.given import given
from tests.domain.test_assessment import (
    ACCOUNT,
    ANOTHER,
    CLOSED,
    DECIDED,
    DECIDED_AGAIN,
    K1,
    OTHERS,
    OTHERS_DECIDED,
    S1,
    SUPERSEDE,
    SUPERSEDED,
    TAKEN,
    VOID,
    VOIDED,
    VOIDING,
)
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
    LEAD,
    OFFICER,
    OTHER_ASSESSOR,
    SECOND_DECISION_ID,
    an_id,
)

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


def test_findings_of_somebody_who_has_a_tie_by_now_are_adopted_only_where_a_scrutiny_route_was_open() -> None:
    tied = changed(KNOWN, others={OTHER_ASSESSOR: prepared("assessor", interest="personal")})
    refusal = given(ASSESSMENT, *TAKEN).when(SUPERSEDE, tied).rejected(AssessorConflicted, "K1, S1")
    assert refusal.members == {"codes": ["K1", "S1"]}
    coach = changed(KNOWN, others={OTHER_ASSESSOR: prepared("centre assessor", interest="coached")})
    given(ASSESSMENT, *TAKEN).when(SUPERSEDE, coach).rejected(AssessorConflicted)
    route = ScrutinyRouteRecorded(
        assessor=OTHER_ASSESSOR,
        second_person=LEAD,
        form_id=OPENED.form_id,
        component=OPENED.component,
        reason="Nobody else is near.",
        officer=OFFICER,
    )
    routed = changed(ENROLMENT, scrutiny_routes=(route,))
    given(ASSESSMENT, *TAKEN).when(SUPERSEDE, changed(tied, enrolment=routed)).rejected(AssessorConflicted)
    by_route = given(ASSESSMENT, *TAKEN).when(SUPERSEDE, changed(coach, enrolment=routed))
    assert not isinstance(by_route.refusal, AssessorConflicted)


def test_a_lead_assessor_who_assures_the_quality_of_the_component_does_not_decide_it_again() -> None:
    assurer = changed(ENROLMENT, assigned=(*ENROLMENT.assigned, assigned(LEAD, "internal quality assurer")))
    lead = changed(KNOWN, by=LEAD, person=prepared("lead assessor"), enrolment=assurer)
    given(ASSESSMENT, *TAKEN).when(SUPERSEDE, lead).rejected(AssessorIsQualityAssurer)
    others = changed(ANOTHER, by=ASSESSOR, enrolment=assurer, others={LEAD: lead.person})
    given(ASSESSMENT, *CLOSED).when(SUPERSEDE, others).rejected(OwnDecision, "Nobody on record is free")


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

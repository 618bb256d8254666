"""Lodging an appeal: by whom, against what, on which grounds."""

from typing import Any

import pytest

from portfolio.domain.appeal.acting import acts_against, appellant_now
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import (
    AdjustmentSubject,
    AppealAdmitted,
    AppealNotAdmitted,
    MalpracticeSubject,
    ResultSubject,
    SecondLookAsked,
)
from portfolio.domain.appeal.lineage import lineage
from portfolio.domain.appeal.lodging import (
    GROUNDS,
    AppealAlreadyOpen,
    AppealAnsweredTwice,
    AppealSubjectNotAllowed,
    AppellantWithoutStanding,
    GroundNotInPolicy,
)
from portfolio.domain.appeal.state import AppealNotWaiting
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import DecisionVoided, GradeDecisionSuperseded
from portfolio.domain.enrolment.facts import AppealForMe
from portfolio.domain.enrolment.refusals import ConsentMissing
from portfolio.domain.kernel import NOBODY, changed
from portfolio.domain.vocabulary import Assignment
from tests.domain.given import given
from tests.domain.test_appeal import (
    ATTEMPT,
    COACHS,
    CONSENT,
    CONSENTED,
    DECIDED,
    DISMISSED,
    GRADE,
    GROUND,
    LODGE,
    LODGED,
    MIAS,
    OPENED,
    OURS,
    SUBJECT,
    WITH_PANEL,
    WITHDRAWN,
    enrolment,
)
from tests.domain.test_decision_context import found
from tests.domain.world import (
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    COACH,
    DECISION_ID,
    EMPLOYER,
    ENROLMENT_ID,
    EVIDENCE_ID,
    OFFICER,
    OTHER_ASSESSOR,
    QUALITY,
    TODAY,
    an_id,
    person,
)


def test_the_apprentice_appeals_against_a_decision() -> None:
    given(APPEAL).when(LODGE, MIAS).records(LODGED)


def test_a_coach_appeals_with_the_apprentices_consent() -> None:
    wrote = changed(LODGE, consent="She asked me.")
    lodged = changed(LODGED, appellant=COACH, consent="She asked me.", consent_id=CONSENT.consent_id)
    given(APPEAL).when(wrote, CONSENTED).records(lodged)


def test_a_coach_does_not_appeal_without_consent() -> None:
    given(APPEAL).when(LODGE, COACHS).rejected(ConsentMissing)
    given(APPEAL).when(changed(LODGE, consent="Mia's letter of 9 December"), COACHS).rejected(ConsentMissing)
    for consent in (
        changed(CONSENT, taken_back=True),
        changed(CONSENT, person_id=EMPLOYER),
        changed(CONSENT, purpose=AppealForMe(assessment_id=ATTEMPT_ID, decision_id=an_id("another decision"))),
    ):
        known = changed(COACHS, enrolment=changed(OURS, consents=(consent,)))
        given(APPEAL).when(LODGE, known).rejected(ConsentMissing)
    earlier = APPEAL.fold([changed(LODGED, consent_id=CONSENT.consent_id), WITHDRAWN])
    used = changed(CONSENTED, cases={an_id("earlier appeal"): earlier})
    given(APPEAL).when(LODGE, used).rejected(ConsentMissing)


def test_a_coach_without_the_role_has_no_standing() -> None:
    given(APPEAL).when(LODGE, changed(CONSENTED, person=person("employer"))).rejected(AppellantWithoutStanding)


def test_a_coach_is_the_appellant_while_they_coach_and_the_consent_stands() -> None:
    lodged = APPEAL.fold([changed(LODGED, appellant=COACH, consent_id=CONSENT.consent_id)])
    ours = changed(OURS, consents=(CONSENT,))
    assert appellant_now(lodged, ours, person("coach"), TODAY) == COACH
    taken_back = changed(ours, consents=(changed(CONSENT, taken_back=True),))
    assert appellant_now(lodged, taken_back, person("coach"), TODAY) == APPRENTICE
    assert appellant_now(lodged, ours, person("employer"), TODAY) == APPRENTICE
    assert appellant_now(lodged, enrolment(), person("coach"), TODAY) == APPRENTICE


def test_consent_and_an_appeal_open_to_a_coach_the_decision_they_are_about() -> None:
    ours, coach = changed(OURS, consents=(CONSENT,)), person("coach")
    assert acts_against(COACH, coach, ours, (), TODAY) == {DECISION_ID}
    lodged = APPEAL.fold([changed(LODGED, appellant=COACH)])
    assert acts_against(COACH, coach, OURS, (lodged,), TODAY) == {DECISION_ID}
    assert acts_against(COACH, coach, OURS, (), TODAY) == frozenset()
    assert acts_against(COACH, person("employer"), ours, (lodged,), TODAY) == frozenset()


@pytest.mark.parametrize("part", ["employer", "assessor", "internal quality assurer"])
def test_nobody_else_has_standing(part: Assignment) -> None:
    others = changed(MIAS, by=EMPLOYER, enrolment=enrolment((COACH, "coach"), (EMPLOYER, part)))
    given(APPEAL).when(changed(LODGE, consent="given"), others).rejected(AppellantWithoutStanding)


def test_a_coach_who_was_released_has_no_standing_any_more() -> None:
    (part,) = OURS.assigned
    released = changed(COACHS, enrolment=changed(OURS, assigned=(changed(part, ends_on=TODAY),)))
    given(APPEAL).when(changed(LODGE, consent="given"), released).rejected(AppellantWithoutStanding)


@pytest.mark.parametrize(
    "subject",
    [
        ResultSubject(result_id=an_id("result")),
        AdjustmentSubject(enrolment_id=ENROLMENT_ID, adjustment_id=an_id("adjustment")),
        MalpracticeSubject(case_id=an_id("case")),
    ],
)
def test_what_does_not_exist_yet_cannot_be_appealed_against(subject: Any) -> None:
    given(APPEAL).when(changed(LODGE, subject=subject), MIAS).rejected(AppealSubjectNotAllowed)


def test_a_decision_that_is_not_there_or_was_superseded_cannot_be_appealed_against() -> None:
    superseded = GradeDecisionSuperseded(
        decision_id=DECISION_ID, superseded_by=an_id("another"), reason_code="marking error", authority="lead"
    )
    for attempt in (ASSESSMENT.fold([OPENED, GRADE, superseded]), ASSESSMENT.fold([OPENED]), Assessment()):
        given(APPEAL).when(LODGE, changed(MIAS, attempt=attempt)).rejected(AppealSubjectNotAllowed)
    other = changed(LODGE, subject=changed(SUBJECT, decision_id=an_id("another")))
    given(APPEAL).when(other, MIAS).rejected(AppealSubjectNotAllowed)


def test_that_a_decision_was_set_aside_otherwise_than_by_a_case_may_be_contested() -> None:
    voided = DecisionVoided(decision_id=DECISION_ID, reason_code="malpractice", reason="copied", appeal_id=None)
    known = changed(MIAS, attempt=ASSESSMENT.fold([OPENED, GRADE, voided]))
    given(APPEAL).when(LODGE, known).records(changed(LODGED, set_aside=True))
    by_case = changed(known, cases={an_id("case"): given(APPEAL, *WITH_PANEL, DECIDED).state})
    given(APPEAL).when(LODGE, by_case).rejected(AppealSubjectNotAllowed)
    dismissed = changed(known, cases={an_id("case"): given(APPEAL, *WITH_PANEL, DISMISSED).state})
    given(APPEAL).when(LODGE, dismissed).records(changed(LODGED, set_aside=True))


def test_one_case_is_open_on_all_decisions_of_an_attempt() -> None:
    elsewhere = changed(LODGED, subject=changed(SUBJECT, assessment_id=an_id("another attempt")))
    open_elsewhere = changed(MIAS, cases={an_id("case"): given(APPEAL, elsewhere).state})
    given(APPEAL).when(LODGE, open_elsewhere).records(LODGED)
    other_decision = changed(LODGED, subject=changed(SUBJECT, decision_id=an_id("an earlier decision")))
    known = changed(MIAS, cases={an_id("case"): given(APPEAL, other_decision).state})
    refusal = given(APPEAL).when(LODGE, known).rejected(AppealAlreadyOpen)
    assert refusal.members == {"appeals": [str(an_id("case"))]}


def test_only_an_appeal_against_a_decision_names_an_attempt() -> None:
    assert LODGE.attempt_id == ATTEMPT_ID
    assert changed(LODGE, subject=ResultSubject(result_id=an_id("result"))).attempt_id == NOBODY


def test_who_took_part_is_everybody_who_found_decided_or_had_a_part_and_the_apprentice() -> None:
    other = ASSESSMENT.fold([OPENED, found("K1", by=OTHER_ASSESSOR)])
    around = enrolment((COACH, "coach"), (EMPLOYER, "employer"), (QUALITY, "internal quality assurer"))
    everybody = {ASSESSOR, OTHER_ASSESSOR, COACH, EMPLOYER, QUALITY, APPRENTICE}
    assert lineage(around, (ATTEMPT, other), TODAY) == everybody


def test_an_appeal_has_a_ground() -> None:
    given(APPEAL).when(changed(LODGE, grounds=()), MIAS).rejected(GroundNotInPolicy, "No ground")


def test_a_ground_is_one_of_the_policys() -> None:
    unfair = changed(LODGE, grounds=(GROUND, changed(GROUND, ground="unfairness")))
    refusal = given(APPEAL).when(unfair, MIAS).rejected(GroundNotInPolicy, "'unfairness'")
    assert refusal.members == {"grounds": list(GROUNDS)}


def test_a_ground_may_point_at_the_attempt_itself() -> None:
    nobody_came = changed(LODGE, grounds=(changed(GROUND, items=(ATTEMPT_ID,)),))
    given(APPEAL).when(nobody_came, MIAS).records(changed(LODGED, grounds=nobody_came.grounds))


@pytest.mark.parametrize("items", [(), (an_id("elsewhere"),), (EVIDENCE_ID, an_id("elsewhere"))])
def test_each_ground_points_at_items_of_the_decision(items: Any) -> None:
    loose = changed(LODGE, grounds=(changed(GROUND, items=items),))
    given(APPEAL).when(loose, MIAS).rejected(GroundNotInPolicy, "must point at")


def test_what_was_refused_twice_is_not_lodged_again_by_the_same_appellant() -> None:
    refused = AppealNotAdmitted(reason="Late.", because="out of time", officer=OFFICER)
    asked = SecondLookAsked(decision_id=DECISION_ID, statement="Look.")
    twice = {an_id("case"): APPEAL.fold([LODGED, refused, asked, refused])}
    refusal = given(APPEAL).when(LODGE, changed(MIAS, cases=twice)).rejected(AppealAnsweredTwice)
    assert refusal.members == {"appeals": [str(an_id("case"))]}
    once = {an_id("case"): APPEAL.fold([LODGED, refused])}
    admitted = {an_id("case"): APPEAL.fold([LODGED, refused, asked, AppealAdmitted(), WITHDRAWN])}
    coachs = {an_id("case"): APPEAL.fold([changed(LODGED, appellant=COACH), refused, asked, refused])}
    other = changed(LODGED, subject=changed(SUBJECT, decision_id=an_id("an earlier decision")))
    earlier = {an_id("case"): APPEAL.fold([other, refused, asked, refused])}
    for cases in (once, admitted, coachs, earlier):
        given(APPEAL).when(LODGE, changed(MIAS, cases=cases)).records(LODGED)
    on_another_ground = changed(LODGE, grounds=(GROUND, changed(GROUND, ground="conflict")))
    lodged = changed(LODGED, grounds=on_another_ground.grounds)
    given(APPEAL).when(on_another_ground, changed(MIAS, cases=twice)).records(lodged)


def test_an_appeal_is_lodged_once() -> None:
    given(APPEAL, LODGED).when(LODGE, MIAS).rejected(AppealNotWaiting, "appeals officer")

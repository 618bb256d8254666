"""Deciding from real state: the context that was shown, what makes it stale, and who may no longer decide."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.checks import DecisionContextStale
from portfolio.domain.assessment.decisions import SupersedeDecision
from portfolio.domain.assessment.facts import GradeDecided, GradeDecisionSuperseded
from portfolio.domain.enrolment.assignments import ReleasePerson
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    AnnotateEvidence,
    ClaimStatements,
    ServeEvidence,
    WithdrawEvidence,
)
from portfolio.domain.evidence.selector import WholeItem
from portfolio.domain.interests import DeclareInterest
from portfolio.domain.kernel import Rejected
from portfolio.domain.person import EndRole, GrantRole
from portfolio.domain.plan import RuleOnDefect
from tests.application.stage import (
    ADMINISTRATOR,
    ASSESSOR,
    CENTRE_ASSESSOR,
    COACH,
    DECISION,
    ENROLMENT,
    LEAD,
    LOG,
    MIA,
    OBSERVED,
    OTHER_ASSESSOR,
    PLAN_ID,
    SKILLS,
    Stage,
    decide,
)
from tests.domain.world import SHA, an_id

# --- deciding, from real state ---


@pytest.fixture
def judged(stage: Stage) -> Stage:
    stage.enrol()
    stage.hand_in()
    stage.open()
    stage.find()
    return stage


def test_a_decision_on_the_context_shown_is_recorded_with_it(judged: Stage) -> None:
    shown = judged.shown(OBSERVED, ASSESSOR)
    judged.do(decide(judged), ASSESSOR)
    (entry,) = judged.facts(GradeDecided)
    assert isinstance(entry.fact, GradeDecided)
    assert entry.fact.context.shown == shown.shown
    assert (entry.fact.context.at, entry.fact.context.decision_id) == (entry.at, DECISION)


def test_a_context_that_went_stale_is_refused_and_the_new_one_is_taken(judged: Stage) -> None:
    stale = decide(judged)
    judged.draft(an_id("late"))
    judged.hand_in(an_id("later"))
    with pytest.raises(DecisionContextStale):
        judged.do(stale, ASSESSOR)
    judged.do(decide(judged), ASSESSOR)


def test_drafts_and_other_peoples_views_make_no_context_stale(judged: Stage) -> None:
    command = decide(judged)
    judged.draft(an_id("draft"))
    judged.do(ServeEvidence(evidence_id=LOG, version=1), COACH)
    judged.do(command, ASSESSOR)


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (ServeEvidence(evidence_id=LOG, version=1), ASSESSOR),
        (AcceptEvidence(evidence_id=LOG, version=1), ASSESSOR),
        (ClaimStatements(evidence_id=LOG, version=1, codes=frozenset({"K1"})), MIA),
        (
            AnnotateEvidence(
                evidence_id=LOG,
                annotation_id=an_id("remark"),
                version=1,
                sha256=SHA,
                selector=WholeItem(),
                kind="pointer",
                audience="assessors",
                text="look",
            ),
            COACH,
        ),
        (DeclareInterest(person_id=ASSESSOR, apprentice=MIA, interest="none"), ASSESSOR),
        (RuleOnDefect(plan_id=PLAN_ID, warning=0, reading="as printed", reason="a slip"), LEAD),
    ],
)
def test_whatever_is_shown_and_changes_is_read_again_first(judged: Stage, change: Any, by: UUID) -> None:
    stale = decide(judged)
    judged.do(change, by)
    with pytest.raises(DecisionContextStale):
        judged.do(stale, ASSESSOR)


def test_a_superseding_decision_names_the_context_as_it_is_shown_too(judged: Stage) -> None:
    judged.do(decide(judged), ASSESSOR)
    judged.assign(OTHER_ASSESSOR, "assessor")
    supersede = SupersedeDecision(
        assessment_id=OBSERVED,
        supersedes=DECISION,
        decision_id=an_id("second decision"),
        grade="distinction",
        reasons="Overlooked.",
        reason_code="marking error",
        authority_cited="lead assessor",
        context_hash=judged.shown(OBSERVED, OTHER_ASSESSOR).shown,
        adopts=tuple(SKILLS),
    )
    judged.do(supersede, OTHER_ASSESSOR)
    assert [type(entry.fact) for entry in judged.log()[-2:]] == [GradeDecided, GradeDecisionSuperseded]


def test_a_released_assessor_is_refused_by_name(judged: Stage) -> None:
    command = decide(judged)
    release = ReleasePerson(
        enrolment_id=ENROLMENT, person_id=ASSESSOR, assignment="assessor", ends_on=judged.today, reason="moved"
    )
    judged.do(release, ADMINISTRATOR)
    assert refusal(judged, command, ASSESSOR) == "assessor-not-authorised"


def test_an_assessor_released_from_tomorrow_still_decides_today(judged: Stage) -> None:
    release = ReleasePerson(
        enrolment_id=ENROLMENT,
        person_id=ASSESSOR,
        assignment="assessor",
        ends_on=judged.today + timedelta(days=1),
        reason="moved",
    )
    judged.do(release, ADMINISTRATOR)
    command = decide(judged)
    judged.do(command, ASSESSOR)


def test_to_an_assessor_who_never_had_a_part_the_attempt_is_not_there(judged: Stage) -> None:
    assert refusal(judged, decide(judged, OTHER_ASSESSOR), OTHER_ASSESSOR) == "not-visible"


def test_an_assessor_whose_role_ended_may_not_decide(judged: Stage) -> None:
    command = decide(judged)
    judged.do(EndRole(person_id=ASSESSOR, role="assessor"), ADMINISTRATOR)
    assert refusal(judged, command, ASSESSOR) == "part-ended"


def test_a_centre_assessor_does_not_decide_what_the_organisation_marks(judged: Stage) -> None:
    assert refusal(judged, decide(judged, CENTRE_ASSESSOR), CENTRE_ASSESSOR) == "assessor-not-authorised"


def test_a_conflict_declared_after_the_findings_bars_the_decision(judged: Stage) -> None:
    judged.do(DeclareInterest(person_id=ASSESSOR, apprentice=MIA, interest="trained"), ASSESSOR)
    assert refusal(judged, decide(judged), ASSESSOR) == "assessor-conflicted"


def test_who_became_the_coach_meanwhile_is_conflicted(judged: Stage) -> None:
    judged.do(GrantRole(person_id=ASSESSOR, role="coach"), ADMINISTRATOR)
    judged.assign(ASSESSOR, "coach")
    assert refusal(judged, decide(judged), ASSESSOR) == "assessor-conflicted"


def test_evidence_withdrawn_after_the_finding_carries_no_decision(judged: Stage) -> None:
    judged.do(WithdrawEvidence(evidence_id=LOG, version=1, reason="not mine"), MIA)
    assert refusal(judged, decide(judged), ASSESSOR) == "finding-needs-evidence"


def refusal(stage: Stage, command: Any, by: UUID) -> str:
    head = stage.journal.head()
    with pytest.raises(Rejected) as refused:
        stage.do(command, by)
    assert stage.journal.head() == head
    return refused.value.code

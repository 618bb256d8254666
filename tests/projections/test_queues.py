"""Queues: what waits for an assessor and for an appeals officer, oldest first."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.appeal import (
    AppealAdmitted,
    AppealDecided,
    AppealNotAdmitted,
    AppealWithdrawn,
    PanelConvened,
    ResultSubject,
)
from portfolio.domain.enrolment import PersonReleased
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceReplaced, EvidenceReturned, EvidenceSubmitted
from portfolio.domain.kernel import Fact, changed
from projections.appeals_queue import OpenAppeal, appeals_queue
from projections.assessor_queue import OpenAttempt, WaitingEvidence, assessor_queue
from tests.domain.test_decision_context import found
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    CHAIR,
    COACH,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    OTHER_ASSESSOR,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
)
from tests.projections.support import (
    DECIDED,
    DECLARATION,
    ENROLLED,
    LODGED,
    OFFERED,
    OPENED,
    SEALED,
    SUBMITTED,
    Told,
    again,
    assigned,
    at,
    on,
    told,
)

ASSIGNED = on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR))


def queue(*facts: Told, person: UUID = ASSESSOR, today: date = TODAY, **asked: Any) -> list[Any]:
    with told(*facts) as reads:
        return list(assessor_queue(reads, person, today, **asked))


def test_submitted_evidence_waits_for_the_assigned_assessor() -> None:
    assert queue(ASSIGNED, on(EVIDENCE_ID, OFFERED, SEALED, SUBMITTED)) == [
        WaitingEvidence(
            position=5,
            since=at(5),
            enrolment_id=ENROLMENT_ID,
            apprentice=APPRENTICE,
            evidence_id=EVIDENCE_ID,
            version=1,
            title="Lighting plot",
            claims=(),
        )
    ]


@pytest.mark.parametrize("answer", [EvidenceAccepted(version=1), EvidenceReturned(version=1, reason="too dark")])
def test_answered_evidence_waits_no_longer(answer: Fact) -> None:
    assert queue(ASSIGNED, on(EVIDENCE_ID, OFFERED, SEALED, SUBMITTED, answer)) == []


def test_a_replaced_version_waits_no_longer_but_its_successor_does() -> None:
    second = EvidenceSubmitted(version=2, declaration=DECLARATION)
    facts = on(EVIDENCE_ID, OFFERED, SUBMITTED, again(2), second, EvidenceReplaced(version=1, replaced_by=2))
    assert [waiting.version for waiting in queue(ASSIGNED, facts)] == [2]


def test_a_draft_does_not_wait() -> None:
    assert queue(ASSIGNED, on(EVIDENCE_ID, OFFERED, SEALED)) == []


def test_an_open_attempt_names_the_codes_without_a_finding_of_the_asking_assessor() -> None:
    facts = (ASSIGNED, on(ENROLMENT_ID, assigned(OTHER_ASSESSOR)), on(ATTEMPT_ID, OPENED, found("S1")))
    assert queue(*facts) == [
        OpenAttempt(
            position=4,
            since=at(4),
            enrolment_id=ENROLMENT_ID,
            apprentice=APPRENTICE,
            assessment_id=ATTEMPT_ID,
            component="C1",
            number=1,
            codes=("K1", "S1"),
            missing=("K1",),
            barred=False,
        )
    ]
    assert [attempt.missing for attempt in queue(*facts, person=OTHER_ASSESSOR)] == [("K1", "S1")]


def test_a_finding_of_another_assessor_takes_the_place_of_ones_own() -> None:
    facts = on(ATTEMPT_ID, OPENED, found("S1"), found("S1", by=OTHER_ASSESSOR))
    assert [attempt.missing for attempt in queue(ASSIGNED, facts)] == [("K1", "S1")]


def test_a_decided_attempt_waits_no_longer() -> None:
    assert queue(ASSIGNED, on(ATTEMPT_ID, OPENED, found("K1"), found("S1"), DECIDED)) == []


def test_an_attempt_says_when_the_asking_assessor_is_barred_from_it() -> None:
    opened = changed(OPENED, barred=frozenset({ASSESSOR}))
    assert [attempt.barred for attempt in queue(ASSIGNED, on(ATTEMPT_ID, opened))] == [True]


def test_an_assessor_of_one_component_has_only_its_attempts_but_all_the_evidence() -> None:
    limited = on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR, "assessor", "C2"))
    facts = (
        limited,
        on(EVIDENCE_ID, OFFERED, SUBMITTED),
        on(ATTEMPT_ID, OPENED),
        on(an_id("attempt at C2"), changed(OPENED, component="C2")),
    )
    assert [getattr(waiting, "component", "evidence") for waiting in queue(*facts)] == ["evidence", "C2"]


def test_a_coach_or_an_unassigned_assessor_has_nothing_waiting() -> None:
    facts = (on(ENROLMENT_ID, ENROLLED, assigned(COACH, "coach")), on(EVIDENCE_ID, OFFERED, SUBMITTED))
    assert queue(*facts, person=COACH) == queue(*facts, person=ASSESSOR) == []


def test_nothing_waits_before_the_assignment_begins_or_once_it_ended() -> None:
    released = PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=TOMORROW, reason="moved")
    facts = (ASSIGNED, on(ENROLMENT_ID, released), on(EVIDENCE_ID, OFFERED, SUBMITTED), on(ATTEMPT_ID, OPENED))
    assert [len(queue(*facts, today=day)) for day in (YESTERDAY, TODAY, TOMORROW)] == [0, 2, 0]


def test_evidence_and_attempts_come_together_oldest_first_and_page_behind_a_position() -> None:
    second = an_id("second item")
    facts = (ASSIGNED, on(EVIDENCE_ID, OFFERED, SUBMITTED), on(ATTEMPT_ID, OPENED), on(second, OFFERED, SUBMITTED))
    assert [waiting.position for waiting in queue(*facts)] == [4, 5, 7]
    assert [waiting.position for waiting in queue(*facts, limit=2)] == [4, 5]
    assert [waiting.position for waiting in queue(*facts, after=4, limit=1)] == [5]
    assert [waiting.position for waiting in queue(*facts, after=5)] == [7]


CONVENED = PanelConvened(members=frozenset({CHAIR}), independent=frozenset({CHAIR}))
UPHELD = AppealDecided(outcome="upheld", reasons="It was not looked at.", answers=())


def appeals(*facts: Fact) -> list[OpenAppeal]:
    with told(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, *facts)) as reads:
        return appeals_queue(reads)


def test_a_lodged_appeal_waits_for_its_admission() -> None:
    assert appeals(LODGED) == [
        OpenAppeal(
            position=2,
            since=at(2),
            appeal_id=APPEAL_ID,
            enrolment_id=ENROLMENT_ID,
            apprentice=APPRENTICE,
            appellant=COACH,
            decision_id=DECISION_ID,
            waits_for="admission",
        )
    ]


def test_an_admitted_appeal_waits_for_its_panel_and_then_for_its_outcome() -> None:
    assert [appeal.waits_for for appeal in appeals(LODGED, AppealAdmitted())] == ["panel"]
    assert [appeal.waits_for for appeal in appeals(LODGED, AppealAdmitted(), CONVENED)] == ["outcome"]


@pytest.mark.parametrize(
    "end",
    [(AppealNotAdmitted(reason="late"),), (AppealAdmitted(), CONVENED, UPHELD), (AppealWithdrawn(),)],
    ids=["not admitted", "decided", "withdrawn"],
)
def test_an_appeal_that_is_over_leaves_the_queue(end: tuple[Fact, ...]) -> None:
    assert appeals(LODGED, *end) == []


def test_an_appeal_against_a_result_names_no_decision() -> None:
    lodged = changed(LODGED, subject=ResultSubject(result_id=an_id("result")))
    assert [appeal.decision_id for appeal in appeals(lodged)] == [None]


def test_appeals_come_oldest_first_and_page_behind_a_position() -> None:
    second = an_id("second appeal")
    with told(on(APPEAL_ID, LODGED), on(second, LODGED), on(APPEAL_ID, AppealAdmitted())) as reads:
        assert [appeal.appeal_id for appeal in appeals_queue(reads)] == [APPEAL_ID, second]
        assert [appeal.appeal_id for appeal in appeals_queue(reads, limit=1)] == [APPEAL_ID]
        assert [appeal.appeal_id for appeal in appeals_queue(reads, after=1)] == [second]

"""What waits for an assessor, oldest first."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.facts import DecisionConfirmed, DecisionDeclined, DecisionVoided
from portfolio.domain.enrolment.facts import PersonReleased
from portfolio.domain.evidence.facts import EvidenceAccepted, EvidenceReplaced, EvidenceReturned, EvidenceSubmitted
from portfolio.domain.kernel import Fact
from projections.assessor_queue import OpenAttempt, WaitingEvidence, assessor_queue
from tests.domain.test_decision_context import found
from tests.domain.world import (
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
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
    BY_ROUTE,
    DECIDED,
    DECLARATION,
    ENROLLED,
    OFFERED,
    OPENED,
    ROUTE,
    SEALED,
    SUBMITTED,
    StreamFacts,
    again,
    assigned,
    at,
    on,
    views_after,
)

ASSIGNED = on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR))


def queue(*facts: StreamFacts, person: UUID = ASSESSOR, today: date = TODAY, **asked: Any) -> list[Any]:
    with views_after(*facts) as reads:
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


def test_an_open_attempt_waits_for_each_assessor() -> None:
    facts = (ASSIGNED, on(ENROLMENT_ID, assigned(OTHER_ASSESSOR)), on(ATTEMPT_ID, OPENED, found("S1")))
    assert queue(*facts) == queue(*facts, person=OTHER_ASSESSOR)
    assert queue(*facts) == [
        OpenAttempt(
            position=4,
            since=at(4),
            enrolment_id=ENROLMENT_ID,
            apprentice=APPRENTICE,
            assessment_id=ATTEMPT_ID,
            component="C1",
            number=1,
        )
    ]


def test_a_decided_attempt_waits_no_longer() -> None:
    assert queue(ASSIGNED, on(ATTEMPT_ID, OPENED, found("K1"), found("S1"), DECIDED)) == []


CONFIRMED = DecisionConfirmed(decision_id=DECISION_ID, second_person=OTHER_ASSESSOR)
VOIDED = DecisionVoided(decision_id=DECISION_ID, reason_code="malpractice", reason="Copied.", appeal_id=None)


@pytest.mark.parametrize("end", [CONFIRMED, VOIDED, DECIDED])
def test_an_attempt_whose_decision_waits_or_was_declined_is_open_for_its_second_person_too(end: Fact) -> None:
    routed = on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR), ROUTE)
    declined = DecisionDeclined(decision_id=DECISION_ID, second_person=OTHER_ASSESSOR, reason="Not seen.")
    for facts in ((BY_ROUTE,), (BY_ROUTE, declined)):
        for person in (ASSESSOR, OTHER_ASSESSOR):
            (waiting,) = queue(routed, on(ATTEMPT_ID, OPENED, *facts), person=person)
            assert waiting.assessment_id == ATTEMPT_ID
    assert queue(routed, on(ATTEMPT_ID, OPENED, BY_ROUTE, end)) == []


def test_a_coach_or_an_unassigned_assessor_has_nothing_waiting() -> None:
    facts = (on(ENROLMENT_ID, ENROLLED, assigned(COACH, "coach")), on(EVIDENCE_ID, OFFERED, SUBMITTED))
    assert queue(*facts, person=COACH) == queue(*facts, person=ASSESSOR) == []


def test_nothing_waits_before_the_assignment_begins_or_once_it_ended() -> None:
    released = PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=TOMORROW, reason="moved")
    facts = (ASSIGNED, on(ENROLMENT_ID, released), on(EVIDENCE_ID, OFFERED, SUBMITTED), on(ATTEMPT_ID, OPENED))
    assert [len(queue(*facts, today=day)) for day in (YESTERDAY, TODAY, TOMORROW)] == [0, 2, 0]


def test_evidence_and_attempts_come_together_oldest_first_and_page_after_a_position() -> None:
    second = an_id("second item")
    facts = (ASSIGNED, on(EVIDENCE_ID, OFFERED, SUBMITTED), on(ATTEMPT_ID, OPENED), on(second, OFFERED, SUBMITTED))
    assert [waiting.position for waiting in queue(*facts)] == [4, 5, 7]
    assert [waiting.position for waiting in queue(*facts, limit=2)] == [4, 5]
    assert [waiting.position for waiting in queue(*facts, after=4, limit=1)] == [5]
    assert [waiting.position for waiting in queue(*facts, after=5)] == [7]

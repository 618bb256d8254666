"""What waits for an assessor, oldest first."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from portfolio.domain.assessment.facts import DecisionConfirmed, DecisionDeclined, DecisionVoided
from portfolio.domain.enrolment.facts import PersonReleased
from portfolio.domain.evidence.facts import (
    EvidenceAccepted,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    StatementClaimed,
)
from portfolio.domain.kernel import Fact, changed
from projections.assessor_queue import (
    AGES,
    OpenAttempt,
    WaitingEvidence,
    Wanted,
    attempts,
    concerned,
    counted,
    evidence,
    number_between,
    number_of_evidence,
    of_each,
    place_of,
)
from tests.domain.test_decision_context import found
from tests.domain.world import (
    ASSESSOR,
    ATTEMPT_ID,
    COACH,
    DECISION_ID,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
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


def queue(*facts: StreamFacts, person: UUID = ASSESSOR, today: date = TODAY, **narrowed: Any) -> list[Any]:
    """Return the versions and attempts that may wait for a person, oldest first."""
    with views_after(*facts) as reads:
        there = tuple(concerned(reads, person, today))
        waiting = evidence(reads, Wanted(enrolments=there, **narrowed), after=0, backwards=False, limit=50)
        assert number_of_evidence(reads, person, today) >= len(waiting)
        return sorted([*waiting, *attempts(reads, person, today)], key=lambda row: row.position)


def test_submitted_evidence_waits_for_the_assigned_assessor() -> None:
    assert queue(ASSIGNED, on(EVIDENCE_ID, OFFERED, SEALED, SUBMITTED)) == [
        WaitingEvidence(
            position=5,
            since=at(5),
            enrolment_id=ENROLMENT_ID,
            evidence_id=EVIDENCE_ID,
            version=1,
            title="Lighting plot",
            media_type="application/pdf",
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
            assessment_id=ATTEMPT_ID,
            component="C1",
            number=1,
            form_id=FORM_ID,
            decider=None,
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


def test_evidence_is_read_on_from_a_position_either_way() -> None:
    second, third = an_id("second item"), an_id("third item")
    handed_in = (on(EVIDENCE_ID, OFFERED, SUBMITTED), on(second, OFFERED, SUBMITTED), on(third, OFFERED, SUBMITTED))
    with views_after(ASSIGNED, *handed_in) as reads:

        def places(after: int, *, backwards: bool = False, limit: int = 50, **narrowed: Any) -> list[int]:
            wanted = Wanted(enrolments=(ENROLMENT_ID,), **narrowed)
            return [row.position for row in evidence(reads, wanted, after=after, backwards=backwards, limit=limit)]

        assert (places(0), places(4), places(0, limit=2)) == ([4, 6, 8], [6, 8], [4, 6])
        assert (places(8, backwards=True), places(8, backwards=True, limit=1)) == ([6, 4], [6])
        assert (places(0, media_types=("image/jpeg",)), places(0, media_types=("application/pdf",))) == ([], [4, 6, 8])
        assert (places(0, claims=("K1",)), places(0, claims=("",))) == ([], [4, 6, 8])
        assert (places(0, until=at(6)), places(0, but=(second,))) == ([4, 6], [4, 8])
        assert evidence(reads, Wanted(enrolments=()), after=0, backwards=False, limit=50) == []
        wanted = Wanted(enrolments=(ENROLMENT_ID,))
        assert [number_between(reads, wanted, *between) for between in ((0, 8), (4, 8), (4, 6))] == [2, 1, 0]
        assert (place_of(reads, second, 1), place_of(reads, second, 2)) == ((6, ENROLMENT_ID), None)


def test_what_waits_is_counted_alike_together_and_by_how_long_it_has_waited() -> None:
    claimed = StatementClaimed(version=1, code="K1", place=None)
    facts = (on(EVIDENCE_ID, OFFERED, SUBMITTED, claimed), on(an_id("second item"), OFFERED, SUBMITTED))
    with views_after(ASSIGNED, *facts) as reads:
        now = at(7) + timedelta(days=AGES[0])
        wanted = Wanted(enrolments=(ENROLMENT_ID,))
        groups = sorted(counted(reads, wanted, now), key=lambda group: group.claims)
        assert [(group.claims, group.number, group.older) for group in groups] == [
            ("", 1, (1, 0, 0)),
            ("K1", 1, (1, 0, 0)),
        ]
        assert [group.older for group in counted(reads, wanted, at(6))] == [(0, 0, 0)] * 2
        assert of_each(reads, wanted) == {ENROLMENT_ID: 2}
        assert of_each(reads, changed(wanted, but=(EVIDENCE_ID,))) == {ENROLMENT_ID: 1}
        assert (counted(reads, Wanted(enrolments=()), now), of_each(reads, Wanted(enrolments=()))) == ([], {})


def test_an_attempt_says_whose_decision_of_it_waits() -> None:
    declined = DecisionDeclined(decision_id=DECISION_ID, second_person=OTHER_ASSESSOR, reason="Not seen.")
    routed = on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR), ROUTE)
    assert [row.decider for row in queue(routed, on(ATTEMPT_ID, OPENED, BY_ROUTE))] == [BY_ROUTE.decider]
    assert [row.decider for row in queue(routed, on(ATTEMPT_ID, OPENED, BY_ROUTE, declined))] == [None]

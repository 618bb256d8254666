"""Coverage: what of the evidence stands beside each code of an attempt."""

from typing import Any

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.coverage import CodesOfOutcome, Cover, by_outcome, coverage, offered_to_findings
from portfolio.domain.evidence.facts import (
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceWithdrawn,
    StatementClaimed,
)
from portfolio.domain.kernel import changed
from tests.domain.assessing import HANDED_IN, evidence, recorded
from tests.domain.evidence.test_record import OBSERVATION
from tests.domain.test_decision_context import found
from tests.domain.test_opening import OPENED
from tests.domain.world import APPRENTICE, ATTEMPT_ID, ENROLMENT_ID, EVIDENCE_ID, PLAN, SHA, an_id

CLAIMED = (*HANDED_IN, StatementClaimed(version=1, code="K1", place=None))
RECORD_ID = an_id("record")


def items(*facts: Any, **others: Any) -> Any:
    """Return Mia's item with these facts, and other items."""
    return evidence(evidence=recorded(EVIDENCE_ID, *facts), **others)["evidence"]


def record(**fields: Any) -> Any:
    """Return an observation record of this attempt, unless told otherwise, as an item."""
    written = EvidenceRecorded(
        enrolment_id=ENROLMENT_ID,
        apprentice=APPRENTICE,
        version=1,
        title="Observation",
        record=changed(OBSERVATION, **{"assessment_id": ATTEMPT_ID, **fields}),
        sha256=SHA,
        size=10,
        observer="",
    )
    return recorded(RECORD_ID, written)


def test_what_is_claimed_for_a_code_stands_beside_it_and_what_a_finding_cites_too() -> None:
    beside = coverage(ASSESSMENT.fold((OPENED, found("S1"))), ATTEMPT_ID, items(*CLAIMED))
    of_mia = Cover(evidence_id=EVIDENCE_ID, version=1, claimed=True, spoken_of=False, cited=False)
    assert beside == {"K1": (of_mia,), "S1": (changed(of_mia, claimed=False, cited=True),)}


def test_a_record_of_the_attempt_stands_beside_the_codes_that_it_speaks_of_and_no_other_attempts() -> None:
    (line,) = coverage(ASSESSMENT.fold((OPENED,)), ATTEMPT_ID, items(*HANDED_IN, record=record()))["S1"]
    assert (line.evidence_id, line.spoken_of, line.claimed) == (RECORD_ID, True, False)
    elsewhere = items(*HANDED_IN, record=record(assessment_id=an_id("another attempt")))
    assert coverage(ASSESSMENT.fold((OPENED,)), ATTEMPT_ID, elsewhere)["S1"] == ()


def test_a_version_that_was_replaced_stands_there_only_while_a_finding_cites_it() -> None:
    replaced = items(*CLAIMED, EvidenceReplaced(version=1, replaced_by=2))
    assert coverage(ASSESSMENT.fold((OPENED,)), ATTEMPT_ID, replaced)["K1"] == ()
    (line,) = coverage(ASSESSMENT.fold((OPENED, found("K1"))), ATTEMPT_ID, replaced)["K1"]
    assert (line.claimed, line.cited) == (True, True)
    assert list(offered_to_findings(ASSESSMENT.fold((OPENED, found("K1"))), ATTEMPT_ID, replaced)) == [(EVIDENCE_ID, 1)]


def test_what_a_finding_rests_on_is_told_also_where_it_is_gone() -> None:
    gone = items(*CLAIMED, EvidenceWithdrawn(version=1, reason="?"))
    attempt = ASSESSMENT.fold((OPENED, found("K1")))
    assert offered_to_findings(attempt, ATTEMPT_ID, gone) == {}
    (line,) = coverage(attempt, ATTEMPT_ID, gone)["K1"]
    assert (line.claimed, line.cited) == (False, True)


def test_evidence_of_a_kind_that_the_component_does_not_take_is_not_offered() -> None:
    opened = changed(OPENED, evidence_kinds=frozenset({"observation record"}))
    assert coverage(ASSESSMENT.fold((opened,)), ATTEMPT_ID, items(*CLAIMED))["K1"] == ()


def test_codes_stand_under_the_outcomes_of_the_route_as_printed_and_the_others_last() -> None:
    groups = by_outcome({"S1", "K1", "X9"}, PLAN, "LET")
    assert [each.codes for each in groups][-1] == ("X9",)
    assert {code for each in groups for code in each.codes} == {"S1", "K1", "X9"}
    assert all(each.key and each.title for each in groups[:-1])
    assert by_outcome({"K2"}, None, "LET") == (CodesOfOutcome(key="", title="", codes=("K2",)),)

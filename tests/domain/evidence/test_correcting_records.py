"""Records put right by their authors: a new version, labelled once a decision cites the record (EVIDENCE-11)."""

from typing import Any

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.findings import CodeNotInComponent
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import CorrectRecord
from portfolio.domain.evidence.facts import EvidenceReplaced
from portfolio.domain.evidence.record import ObservationRecordIncomplete, ObservationTimeInvalid, WitnessIncomplete
from portfolio.domain.evidence.refusals import EvidenceUnknown, EvidenceVersionFixed, ProductionDateInvalid
from portfolio.domain.evidence.written import (
    ForRecordCorrection,
    RecordMadeAnother,
    RecordNeedsAssessor,
    RecordOfAnother,
)
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import Fact, Rejected, changed
from tests.domain.assessing import recorded as entries
from tests.domain.evidence.known import ASSESSING, MIAS, WATCHED, decided, edition
from tests.domain.evidence.test_evidence import HANDED_IN, recorded
from tests.domain.evidence.test_record import DISCUSSION, OBSERVATION, SEEN_CODES, TESTIMONY
from tests.domain.given import given
from tests.domain.test_closing import CLOSED
from tests.domain.test_opening import DECIDED, OPENED
from tests.domain.world import ASSESSOR, ATTEMPT_ID, EVIDENCE_ID, NOW, OTHER_ASSESSOR, TODAY, TOMORROW, an_id

RIGHT: dict[str, Any] = {
    "observation": changed(OBSERVATION, place="Studio"),
    "discussion": changed(DISCUSSION, minutes=45),
    "testimony": changed(TESTIMONY, role="head rigger"),
}
WRONG = {"observation": OBSERVATION, "discussion": DISCUSSION, "testimony": TESTIMONY}
CORRECT = CorrectRecord(
    evidence_id=EVIDENCE_ID, title="Observation of 8 December", record=RIGHT["observation"], reason="a slip"
)
KINDS = pytest.mark.parametrize("kind", RIGHT)


def known(*facts: Fact, by: Any = ASSESSOR, **fields: Any) -> ForRecordCorrection:
    """Return what a correction rests on: these facts of the item, recorded by the assessor."""
    to_correct = ForRecordCorrection(
        by=by,
        at=NOW,
        today=TODAY,
        enrolment=MIAS,
        edition=edition("S1", "S2"),
        attempts={ATTEMPT_ID: WATCHED},
        attempt=WATCHED,
        assessing=ASSESSING,
        history=entries(EVIDENCE_ID, *facts, by=ASSESSOR),
    )
    return changed(to_correct, **fields)


@KINDS
def test_the_author_puts_a_record_right_by_a_version_that_takes_the_place_of_the_one_before(kind: str) -> None:
    wrong, right = recorded(WRONG[kind]), recorded(RIGHT[kind])
    anew = changed(right, version=2, reason="a slip")
    replaced = EvidenceReplaced(version=1, replaced_by=2)
    command = changed(CORRECT, record=RIGHT[kind])
    given(EVIDENCE, wrong).when(command, known(wrong)).records(anew, replaced)
    first, second = given(EVIDENCE, wrong, anew, replaced).state.versions
    assert (first.stage, second.stage, second.reason, second.corrects) == ("replaced", "accepted", "a slip", None)
    assert (first.citable(), second.citable()) == (True, True)


@KINDS
@pytest.mark.parametrize("cited", [1, 2])
def test_once_a_decision_cites_the_record_the_version_is_labelled_a_correction(kind: str, cited: int) -> None:
    wrong, between = recorded(WRONG[kind]), changed(recorded(WRONG[kind]), version=2, title="Seen", reason="a slip")
    facts = (wrong, between, EvidenceReplaced(version=1, replaced_by=2))
    over = changed(given(ASSESSMENT, OPENED, DECIDED).state, opened=WATCHED.opened)
    after = known(*facts, attempts={ATTEMPT_ID: decided(version=cited)}, attempt=over)
    (anew, _) = given(EVIDENCE, *facts).when(changed(CORRECT, record=RIGHT[kind], title="Seen"), after).facts
    assert (anew.version, anew.corrects, anew.reason) == (3, 2, "a slip")  # type: ignore[attr-defined]  # a record
    elsewhere = changed(after, attempts={ATTEMPT_ID: decided(an_id("another item"))})
    (anew, _) = given(EVIDENCE, *facts).when(changed(CORRECT, record=RIGHT[kind], title="Seen"), elsewhere).facts
    assert anew.corrects is None  # type: ignore[attr-defined]  # a record


def test_nothing_is_recorded_where_nothing_is_other_than_it_was() -> None:
    wrong = recorded(OBSERVATION)
    given(EVIDENCE, wrong).when(changed(CORRECT, record=OBSERVATION), known(wrong)).records_nothing()
    renamed = given(EVIDENCE, wrong).when(changed(CORRECT, record=OBSERVATION, title="Seen"), known(wrong)).facts
    assert len(renamed) == 2


@KINDS
def test_nobody_but_its_author_corrects_a_record(kind: str) -> None:
    wrong = recorded(WRONG[kind])
    command = changed(CORRECT, record=RIGHT[kind])
    given(EVIDENCE, wrong).when(command, known(wrong, by=OTHER_ASSESSOR)).rejected(RecordOfAnother)


def test_what_is_no_record_is_not_corrected_as_one() -> None:
    given(EVIDENCE).when(CORRECT, known()).rejected(EvidenceUnknown)
    given(EVIDENCE, *HANDED_IN).when(CORRECT, known(*HANDED_IN)).rejected(EvidenceVersionFixed, "next version")


def test_kind_and_attempt_of_a_record_stay() -> None:
    wrong = recorded(OBSERVATION)
    for other in (DISCUSSION, TESTIMONY, changed(OBSERVATION, assessment_id=an_id("another attempt"))):
        given(EVIDENCE, wrong).when(changed(CORRECT, record=other), known(wrong)).rejected(RecordMadeAnother)


def test_a_corrected_record_is_as_whole_as_a_new_one() -> None:
    wrong = given(EVIDENCE, recorded(OBSERVATION))
    knows = known(recorded(OBSERVATION))
    faults: tuple[tuple[dict[str, Any], type[Rejected]], ...] = (
        ({"place": ""}, ObservationRecordIncomplete),
        ({"occurred_on": TOMORROW}, ProductionDateInvalid),
        ({"to_time": "08:00"}, ObservationTimeInvalid),
    )
    for fault, refusal in faults:
        wrong.when(changed(CORRECT, record=changed(OBSERVATION, **fault)), knows).rejected(refusal)
    testimony = recorded(TESTIMONY)
    unnamed = changed(CORRECT, record=changed(TESTIMONY, witness=""))
    given(EVIDENCE, testimony).when(unnamed, known(testimony)).rejected(WitnessIncomplete)


def test_a_corrected_record_speaks_of_codes_of_the_component_and_of_the_route_now_or_then() -> None:
    wrong = given(EVIDENCE, recorded(OBSERVATION))
    moved = known(recorded(OBSERVATION), edition=edition("S9"))
    assert len(wrong.when(CORRECT, moved).facts) == 2
    more = changed(OBSERVATION, seen=(*SEEN_CODES, changed(SEEN_CODES[0], code="S3")))
    wrong.when(changed(CORRECT, record=more), moved).rejected(OutcomeNotInRoute, "S3")
    inside = known(recorded(OBSERVATION), edition=edition("S1", "S2", "S3"))
    wrong.when(changed(CORRECT, record=more), inside).rejected(CodeNotInComponent, "S3")


@pytest.mark.parametrize("kind", ["observation", "discussion"])
def test_while_the_attempt_can_be_decided_only_who_may_write_of_it_writes_anew(kind: str) -> None:
    wrong = recorded(WRONG[kind])
    command = changed(CORRECT, record=RIGHT[kind])
    released = changed(ASSESSING, enrolment=MIAS)
    given(EVIDENCE, wrong).when(command, known(wrong, assessing=released)).rejected(RecordNeedsAssessor)
    for state in (given(ASSESSMENT, OPENED, CLOSED).state, given(ASSESSMENT, OPENED, DECIDED).state):
        ended = known(wrong, assessing=released, attempt=changed(state, opened=WATCHED.opened))
        assert len(given(EVIDENCE, wrong).when(command, ended).facts) == 2
    cited = known(wrong, assessing=released, attempts={ATTEMPT_ID: decided()})
    assert len(given(EVIDENCE, wrong).when(command, cited).facts) == 2

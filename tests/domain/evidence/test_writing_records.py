"""Records that somebody else writes as evidence of an apprentice."""

from typing import Any

import pytest

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.assessor import AssessorDeclined
from portfolio.domain.assessment.attempt import AttemptAlreadyClosed
from portfolio.domain.assessment.findings import CodeNotInComponent, FindingFixedByDecision
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.refusals import EnrolmentHasEnded
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.handing_in import RecordNotYours
from portfolio.domain.evidence.record import (
    DiscussionRecordIncomplete,
    ObservationRecordIncomplete,
    ObservationTimeInvalid,
    WitnessIncomplete,
    record_text,
)
from portfolio.domain.evidence.refusals import (
    EvidenceExists,
    EvidenceVersionFixed,
    ProductionDateInvalid,
)
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.evidence.written import WitnessIsApprentice
from portfolio.domain.form import OutcomeNotInRoute
from portfolio.domain.kernel import changed
from tests.domain.evidence.known import (
    TO_OFFER,
    WATCHED,
    WITNESSED,
    edition,
    to_withdraw,
)
from tests.domain.evidence.test_evidence import NEXT, WITHDRAW, WRITE, recorded
from tests.domain.evidence.test_record import DISCUSSION, OBSERVATION, TESTIMONY
from tests.domain.given import given
from tests.domain.test_closing import CLOSED
from tests.domain.test_confirming import DECLINED
from tests.domain.test_ending import ENDED
from tests.domain.test_enrolment import ENROLLED
from tests.domain.test_opening import DECIDED, OPENED
from tests.domain.world import (
    APPRENTICE,
    TODAY,
    TOMORROW,
)


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_what_somebody_else_recorded_is_not_withdrawn_by_the_apprentice(record: Any) -> None:
    given(EVIDENCE, recorded(record)).when(WITHDRAW, to_withdraw()).rejected(RecordNotYours)


def test_after_the_end_of_the_enrolment_nobody_writes_unless_an_attempt_is_open() -> None:
    ended = changed(WITNESSED, enrolment=ENROLMENT.fold((ENROLLED, ENDED)))
    given(EVIDENCE).when(changed(WRITE, record=TESTIMONY), changed(ended, attempts={})).rejected(EnrolmentHasEnded)


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_a_record_is_evidence_with_the_hash_of_its_text(record: Any) -> None:
    given(EVIDENCE).when(changed(WRITE, record=record), WITNESSED).records(recorded(record))


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (OBSERVATION, "observation record"),
        (DISCUSSION, "professional discussion record"),
        (TESTIMONY, "witness testimony"),
    ],
)
def test_a_record_is_at_once_accepted_evidence_of_its_kind(record: Any, kind: str) -> None:
    (version,) = given(EVIDENCE, recorded(record)).state.versions
    assert (version.kind, version.stage, version.produced_on) == (kind, "accepted", TODAY)
    observer = "Ada" if kind == "observation record" else ""
    assert version.bounds == Bounds(media_type="text/plain", text=record_text(record, observer))


def test_a_record_is_written_once_and_no_file_takes_its_place() -> None:
    given(EVIDENCE, recorded(OBSERVATION)).when(WRITE, WITNESSED).rejected(EvidenceExists)
    given(EVIDENCE, recorded(OBSERVATION)).when(NEXT, TO_OFFER).rejected(EvidenceVersionFixed, "by its author")


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_nobody_is_a_witness_of_their_own_work(record: Any) -> None:
    given(EVIDENCE).when(changed(WRITE, record=record), changed(WITNESSED, by=APPRENTICE)).rejected(WitnessIsApprentice)


def test_an_incomplete_record_is_refused_by_the_name_of_its_kind() -> None:
    given(EVIDENCE).when(changed(WRITE, record=changed(OBSERVATION, place="")), WITNESSED).rejected(
        ObservationRecordIncomplete
    )
    given(EVIDENCE).when(changed(WRITE, record=changed(TESTIMONY, witness="")), WITNESSED).rejected(WitnessIncomplete)
    given(EVIDENCE).when(changed(WRITE, record=changed(DISCUSSION, minutes=0)), WITNESSED).rejected(
        DiscussionRecordIncomplete
    )


def test_observation_and_discussion_belong_to_an_attempt_of_this_enrolment() -> None:
    elsewhere = changed(WITNESSED, attempts={})
    given(EVIDENCE).when(WRITE, elsewhere).rejected(ObservationRecordIncomplete, "attempt")
    given(EVIDENCE).when(changed(WRITE, record=DISCUSSION), elsewhere).rejected(DiscussionRecordIncomplete, "attempt")
    given(EVIDENCE).when(changed(WRITE, record=TESTIMONY), elsewhere).records(recorded(TESTIMONY))


def test_nothing_is_recorded_of_an_attempt_that_has_ended() -> None:
    closed = changed(WITNESSED, attempt=given(ASSESSMENT, OPENED, CLOSED).state)
    given(EVIDENCE).when(WRITE, closed).rejected(AttemptAlreadyClosed)
    decided = changed(WITNESSED, attempt=given(ASSESSMENT, OPENED, DECIDED).state)
    given(EVIDENCE).when(WRITE, decided).rejected(FindingFixedByDecision)


def test_who_was_declined_records_nothing_of_the_attempt_any_more() -> None:
    declined = changed(WITNESSED, attempt=given(ASSESSMENT, OPENED, DECIDED, DECLINED).state)
    given(EVIDENCE).when(WRITE, declined).rejected(AssessorDeclined)


def test_an_observation_is_of_codes_of_the_component_and_of_a_real_time() -> None:
    other = changed(WITNESSED, attempt=changed(WATCHED, opened=OPENED))
    assert given(EVIDENCE).when(WRITE, other).rejected(CodeNotInComponent, "S2").members == {"codes": ["S2"]}
    given(EVIDENCE).when(changed(WRITE, record=DISCUSSION), other).records(recorded(DISCUSSION))
    backwards = changed(WRITE, record=changed(OBSERVATION, to_time="08:00"))
    given(EVIDENCE).when(backwards, WITNESSED).rejected(ObservationTimeInvalid)


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION, TESTIMONY])
def test_nothing_is_recorded_before_it_happens(record: Any) -> None:
    ahead = changed(WRITE, record=changed(record, occurred_on=TOMORROW))
    given(EVIDENCE).when(ahead, WITNESSED).rejected(ProductionDateInvalid, "record.occurred_on")


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION])
def test_a_record_speaks_of_codes_of_the_route_alone(record: Any) -> None:
    other = changed(WITNESSED, edition=edition("S1"))
    assert given(EVIDENCE).when(changed(WRITE, record=record), other).rejected(OutcomeNotInRoute, "S2").members == {
        "codes": ["S2"]
    }

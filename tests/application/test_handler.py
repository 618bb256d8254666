"""One command: authorised, loaded for, judged and appended together, or nothing at all."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from portfolio.application.handler import ATTEMPTS, CommandHandler
from portfolio.application.ports import AppendConditions, Busy, Idempotency, IdempotencyKeyReused, Receipt
from portfolio.domain.appeal.admitting import RefuseAppeal
from portfolio.domain.appeal.lodging import AppealAlreadyOpen
from portfolio.domain.assessment.decisions import VoidDecision
from portfolio.domain.assessment.facts import GradeDecided
from portfolio.domain.assessment.finding import Citation, Finding
from portfolio.domain.assessment.findings import FindingNeedsEvidence, RecordFindings
from portfolio.domain.assessment.opening import OpenAttempt
from portfolio.domain.enrolment.enrolling import EnrolApprentice
from portfolio.domain.enrolment.refusals import (
    AssessorConflicted,
    EnrolmentUnknown,
    StandardAlreadyTaken,
    UlnAlreadyEnrolled,
)
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    ReturnEvidence,
)
from portfolio.domain.evidence.facts import EvidenceSubmitted
from portfolio.domain.evidence.handing_in import EvidenceCitedByFinding
from portfolio.domain.interests import DeclareInterest
from portfolio.domain.kernel import NotPermitted, NotVisible, Recorded, Rejected, StaleVersion, changed
from portfolio.domain.person import EndRole, GrantRole, RegisterPerson, RoleGranted
from portfolio.domain.plan import PlanNotApproved
from portfolio.domain.vocabulary import SYSTEM
from tests.application.stage import (
    ADMINISTRATOR,
    APPEAL,
    APPEALS,
    ASSESSOR,
    COACH,
    DECISION,
    ENROLMENT,
    FIRST_DAY,
    FORM,
    LOG,
    MIA,
    OBSERVED,
    PLAN_ID,
    PORTFOLIO,
    RESPONSIBLE,
    Stage,
    decide,
)
from tests.domain.world import an_id

REGISTER = RegisterPerson(person_id=an_id("new"), name="New", works_for="centre")


# --- refusals and receipts ---


@pytest.mark.parametrize(
    ("by", "refusal"), [(COACH, NotVisible), (RESPONSIBLE, NotPermitted), (an_id("?"), NotVisible)]
)
def test_a_refused_command_records_nothing(stage: Stage, by: UUID, refusal: type[Rejected]) -> None:
    head = stage.journal.head()
    with pytest.raises(refusal):
        stage.do(REGISTER, by)
    assert stage.journal.head() == head


def test_a_rule_that_refuses_records_nothing(stage: Stage) -> None:
    stage.enrol()
    head = stage.journal.head()
    with pytest.raises(StandardAlreadyTaken):
        stage.do(enrol(an_id("second")), ADMINISTRATOR)
    assert stage.journal.head() == head


def test_a_receipt_names_the_record_its_version_and_the_position(stage: Stage) -> None:
    receipt = stage.do(REGISTER, ADMINISTRATOR)
    assert receipt == Receipt(stream=an_id("new"), version=1, position=stage.journal.head())


def test_every_fact_says_by_whom_when_through_what_and_about_whom(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    entry = stage.facts(EvidenceSubmitted)[-1]
    assert (entry.by, entry.subject, entry.originator_id) == (MIA, MIA, LOG)
    claims = stage.log()[-2:]
    assert claims[0].causation == claims[1].causation != entry.causation
    stage.do(GrantRole(person_id=COACH, role="employer"), ADMINISTRATOR)
    assert stage.log()[-1].subject == COACH


def test_facts_of_one_command_stand_side_by_side_with_one_time(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    first, second = stage.log()[-2:]
    assert (second.position, second.at) == (first.position + 1, first.at)


def test_a_command_that_changes_nothing_is_answered_and_records_nothing(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    head = stage.journal.head()
    receipt = stage.do(RecordFindings(assessment_id=OBSERVED, findings=()), ASSESSOR)
    assert (receipt.position, receipt.version, stage.journal.head()) == (head, 1, head)


# --- one at a time ---


class Meddling:
    """A journal on which somebody else is first, a number of times."""

    def __init__(self, stage: Stage, times: int, *meddled: Any) -> None:
        self.stage, self.times, self.meddled, self.tries = stage, times, meddled, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage.journal, name)

    def append(self, entries: Sequence[Recorded], conditions: AppendConditions) -> Receipt:
        self.tries += 1
        if self.tries <= self.times:
            command, by = self.meddled[(self.tries - 1) % len(self.meddled)]
            self.stage.handler.execute(command, by)
        return self.stage.journal.append(entries, conditions)


def meddled_with(stage: Stage, times: int, *meddled: Any) -> tuple[CommandHandler, Meddling]:
    journal = Meddling(stage, times, *meddled)
    own = stage.handler
    return CommandHandler(journal, own.vault, own.now, own.new_id), journal


GRANT = GrantRole(person_id=COACH, role="employer")
END = EndRole(person_id=COACH, role="employer")


def test_a_command_is_decided_again_when_somebody_else_was_first(stage: Stage) -> None:
    stage.do(GrantRole(person_id=COACH, role="assessor"), ADMINISTRATOR)
    handler, journal = meddled_with(stage, 1, (GRANT, ADMINISTRATOR))
    receipt = handler.execute(EndRole(person_id=COACH, role="assessor"), ADMINISTRATOR)
    assert (journal.tries, receipt.position) == (2, stage.journal.head())


def test_after_some_tries_the_record_is_busy_for_a_client_that_named_no_version(stage: Stage) -> None:
    stage.do(GrantRole(person_id=COACH, role="assessor"), ADMINISTRATOR)
    handler, journal = meddled_with(stage, ATTEMPTS, (GRANT, ADMINISTRATOR), (END, ADMINISTRATOR))
    with pytest.raises(Busy):
        handler.execute(EndRole(person_id=COACH, role="assessor"), ADMINISTRATOR)
    assert journal.tries == ATTEMPTS


def test_a_stream_that_was_read_and_moves_meanwhile_is_read_again(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    stage.find()
    conflict = DeclareInterest(person_id=ASSESSOR, apprentice=MIA, interest="personal")
    handler, journal = meddled_with(stage, 1, (conflict, ASSESSOR))
    with pytest.raises(AssessorConflicted):
        handler.execute(decide(stage), ASSESSOR)
    assert stage.facts(GradeDecided) == []
    assert journal.tries == 1


def test_of_a_finding_and_the_return_of_what_it_cites_the_second_is_refused(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    stage.do(AcceptEvidence(evidence_id=LOG, version=1), ASSESSOR)
    back = ReturnEvidence(evidence_id=LOG, version=1, reason="page 2 is missing")
    cites = (Citation(evidence_id=LOG, version=1),)
    finding = Finding(code="S10", judgement="met", reason="seen", cites=cites)
    found = RecordFindings(assessment_id=OBSERVED, findings=(finding,))
    handler, _ = meddled_with(stage, 1, (found, ASSESSOR))
    with pytest.raises(EvidenceCitedByFinding):
        handler.execute(back, ASSESSOR)
    stage.do(changed(found, findings=(changed(finding, judgement="not judged", cites=()),)), ASSESSOR)
    handler, _ = meddled_with(stage, 1, (back, ASSESSOR))
    with pytest.raises(FindingNeedsEvidence):
        handler.execute(found, ASSESSOR)


def test_a_list_that_was_read_and_grows_meanwhile_is_read_again(stage: Stage) -> None:
    stage.enrol()
    stage.hand_in()
    stage.open()
    handler, journal = meddled_with(stage, 1, (opening(an_id("rival")), ADMINISTRATOR))
    with pytest.raises(Rejected) as refusal:
        handler.execute(opening(PORTFOLIO), ADMINISTRATOR)
    assert (refusal.value.code, journal.tries) == ("attempt-not-allowed", 1)


def opening(attempt: UUID) -> Any:
    return OpenAttempt(assessment_id=attempt, enrolment_id=ENROLMENT, component="C2")


def test_a_client_that_names_the_version_it_saw_is_told_when_it_moved(stage: Stage) -> None:
    version = stage.do(GRANT, ADMINISTRATOR).version
    stage.do(END, ADMINISTRATOR)
    with pytest.raises(StaleVersion):
        stage.do(GRANT, ADMINISTRATOR, if_match=frozenset({version}))
    assert stage.do(GRANT, ADMINISTRATOR, if_match=frozenset({1, version + 1})).version == version + 2


def test_with_a_version_named_somebody_elses_first_is_never_overruled(stage: Stage) -> None:
    version = stage.do(GRANT, ADMINISTRATOR).version
    handler, journal = meddled_with(stage, 1, (GrantRole(person_id=COACH, role="assessor"), ADMINISTRATOR))
    with pytest.raises(StaleVersion):
        handler.execute(END, ADMINISTRATOR, if_match=frozenset({version}))
    assert journal.tries == 1


# --- the same request again ---


def test_the_same_request_again_is_answered_as_before_and_done_once(stage: Stage) -> None:
    key = Idempotency(key="k", fingerprint=b"f", extra=b'{"a":1}')
    first = stage.do(GRANT, ADMINISTRATOR, idempotency=key)
    again = stage.do(GRANT, ADMINISTRATOR, idempotency=key)
    assert (again, len(stage.facts(RoleGranted))) == (first, len(stage.facts(RoleGranted)))
    assert again.extra == b'{"a":1}'


def test_the_same_request_is_answered_as_before_though_it_could_be_carried_out_again(stage: Stage) -> None:
    key = Idempotency(key="k", fingerprint=b"f")
    first = stage.do(GRANT, ADMINISTRATOR, idempotency=key)
    stage.do(END, ADMINISTRATOR)
    granted = len(stage.facts(RoleGranted))
    assert stage.do(GRANT, ADMINISTRATOR, idempotency=key) == first
    assert len(stage.facts(RoleGranted)) == granted


def test_the_same_request_is_answered_as_before_though_it_would_be_refused_now(stage: Stage) -> None:
    key = Idempotency(key="k", fingerprint=b"f")
    other = stage.do(
        RegisterPerson(person_id=UUID(int=77), name="Al", works_for="assessment organisation"), ADMINISTRATOR
    )
    stage.do(GrantRole(person_id=other.stream, role="administrator"), ADMINISTRATOR)
    first = stage.do(GRANT, other.stream, idempotency=key)
    stage.do(EndRole(person_id=other.stream, role="administrator"), ADMINISTRATOR)
    assert stage.do(GRANT, other.stream, idempotency=key) == first
    with pytest.raises(IdempotencyKeyReused):
        stage.do(END, other.stream, idempotency=Idempotency(key="k", fingerprint=b"g"))
    with pytest.raises(NotVisible):
        stage.do(END, other.stream, idempotency=Idempotency(key="another", fingerprint=b"g"))


def test_another_request_under_the_same_key_is_refused(stage: Stage) -> None:
    stage.do(GRANT, ADMINISTRATOR, idempotency=Idempotency(key="k", fingerprint=b"f"))
    with pytest.raises(IdempotencyKeyReused):
        stage.do(END, ADMINISTRATOR, idempotency=Idempotency(key="k", fingerprint=b"g"))


def test_two_people_may_use_the_same_key(stage: Stage) -> None:
    stage.do(GRANT, ADMINISTRATOR, idempotency=Idempotency(key="k", fingerprint=b"f"))
    declare = DeclareInterest(person_id=ASSESSOR, apprentice=MIA, interest="none")
    assert stage.do(declare, ASSESSOR, idempotency=Idempotency(key="k", fingerprint=b"g")).stream == ASSESSOR


# --- one holder of a key ---


def enrol(enrolment: UUID, **fields: Any) -> EnrolApprentice:
    whole = EnrolApprentice(
        enrolment_id=enrolment,
        apprentice=MIA,
        uln="9276308686",
        plan_id=PLAN_ID,
        form_id=FORM,
        route="LET",
        centre_ukprn="10099999",
        employer="Stage Ltd",
        starts_on=FIRST_DAY,
    )
    return changed(whole, **fields)


def test_a_learner_number_is_enrolled_once_per_standard(stage: Stage) -> None:
    stage.do(enrol(ENROLMENT), ADMINISTRATOR)
    stage.do(GrantRole(person_id=COACH, role="apprentice"), ADMINISTRATOR)
    with pytest.raises(UlnAlreadyEnrolled):
        stage.do(enrol(an_id("second"), apprentice=COACH), ADMINISTRATOR)
    stage.do(enrol(an_id("third"), apprentice=COACH, uln="1402938488"), ADMINISTRATOR)


def test_a_person_is_enrolled_once_per_standard_whatever_the_learner_number(stage: Stage) -> None:
    stage.do(enrol(ENROLMENT), ADMINISTRATOR)
    with pytest.raises(StandardAlreadyTaken):
        stage.do(enrol(an_id("second"), uln="1402938488"), ADMINISTRATOR)


def test_a_decision_has_one_open_appeal(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    with pytest.raises(AppealAlreadyOpen):
        stage.lodge(an_id("second appeal"))


def test_after_the_outcome_the_decision_may_be_appealed_against_again(stage: Stage) -> None:
    stage.decided()
    stage.lodge()
    stage.do(RefuseAppeal(appeal_id=APPEAL, because="no permitted ground", reason="no ground"), APPEALS)
    stage.lodge(an_id("second appeal"))


# --- what does not exist ---


def test_an_attempt_for_nobody_is_refused(stage: Stage) -> None:
    with pytest.raises(EnrolmentUnknown):
        stage.open()
    with pytest.raises(NotVisible):
        stage.do(VoidDecision(assessment_id=an_id("?"), decision_id=DECISION, reason_code="review", reason="?"), MIA)


def test_an_item_that_does_not_exist_looks_like_one_that_may_not_be_seen(stage: Stage) -> None:
    stage.enrol()
    with pytest.raises(NotVisible):
        stage.do(ReturnEvidence(evidence_id=an_id("?"), version=1, reason="?"), ASSESSOR)


def test_in_a_live_deployment_nothing_rests_on_the_draft_plan(empty: Stage) -> None:
    empty.begin("live")
    with pytest.raises(PlanNotApproved):
        empty.build_form()
    with pytest.raises(PlanNotApproved):
        empty.do(enrol(ENROLMENT), ADMINISTRATOR)


def test_the_program_holds_no_role_of_a_person(stage: Stage) -> None:
    with pytest.raises(NotPermitted):
        stage.do(EndRole(person_id=COACH, role="coach"), SYSTEM)

"""Who acts on evidence as an assessor: nobody with a tie, and records only of attempts of theirs (INTEREST-3)."""

from typing import Any

import pytest

from portfolio.domain.enrolment.aggregate import ENROLMENT as ENROLMENT_RECORD
from portfolio.domain.enrolment.facts import ScrutinyRouteRecorded
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import AcceptEvidence
from portfolio.domain.evidence.written import RecordNeedsAssessor
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import changed
from portfolio.domain.person import Person
from tests.domain.evidence.known import ASSESSING, MIAS, WITNESSED, remarking, to_answer
from tests.domain.evidence.test_claims_and_annotations import ANNOTATE
from tests.domain.evidence.test_evidence import ACCEPTED, HANDED_IN, RETURNED, WRITE, recorded
from tests.domain.evidence.test_handing_in import RETURN
from tests.domain.evidence.test_record import DISCUSSION, OBSERVATION, TESTIMONY
from tests.domain.given import given
from tests.domain.test_enrolment import ENROLLED, part
from tests.domain.world import APPRENTICE, ASSESSOR, COACH, EVIDENCE_ID, FORM_ID, OFFICER, person

COACHED = ENROLMENT_RECORD.fold((ENROLLED, part(ASSESSOR, "coach")))
INTERESTED = Person(
    name="Ada",
    roles=frozenset({"assessor", "coach", "internal quality assurer", "centre assessor"}),
    interests=(InterestDeclared(apprentice=APPRENTICE, interest="personal", detail=""),),
)


def test_who_has_an_interest_answers_nothing_as_an_assessor() -> None:
    accept = AcceptEvidence(evidence_id=EVIDENCE_ID, version=1)
    for command in (RETURN, accept):
        for known in (to_answer(person=INTERESTED), to_answer(other_enrolments=(COACHED,))):
            given(EVIDENCE, *HANDED_IN).when(command, known).rejected(AssessorConflicted)
    coach = to_answer(person=INTERESTED, by=COACH)
    given(EVIDENCE, *HANDED_IN).when(RETURN, coach).records(RETURNED)
    given(EVIDENCE, *HANDED_IN).when(accept, coach).rejected(AssessorConflicted)
    assured = ENROLMENT_RECORD.fold((ENROLLED, part(ASSESSOR, "internal quality assurer")))
    for command, answer in ((RETURN, RETURNED), (accept, ACCEPTED)):
        quality = to_answer(person=INTERESTED, enrolment=assured)
        given(EVIDENCE, *HANDED_IN).when(command, quality).records(answer)


def test_who_coached_at_the_centre_answers_as_an_assessor_by_a_scrutiny_route() -> None:
    centre = Person(name="Cora", works_for="centre", roles=frozenset({"centre assessor"}))
    accept = AcceptEvidence(evidence_id=EVIDENCE_ID, version=1)
    for assessor, there in ((ASSESSOR, True), (COACH, False)):
        route = ScrutinyRouteRecorded(
            assessor=assessor,
            second_person=OFFICER,
            form_id=FORM_ID,
            component="C1",
            reason="Nobody else is near.",
            officer=OFFICER,
        )
        enrolment = ENROLMENT_RECORD.fold((ENROLLED, part(ASSESSOR, "coach"), part(ASSESSOR, "assessor"), route))
        then = given(EVIDENCE, *HANDED_IN).when(accept, to_answer(person=centre, enrolment=enrolment))
        if there:
            then.records(ACCEPTED)
        else:
            then.rejected(AssessorConflicted)


@pytest.mark.parametrize("record", [OBSERVATION, DISCUSSION])
def test_a_record_of_an_attempt_is_written_by_who_assesses_it(record: Any) -> None:
    write = changed(WRITE, record=record)
    for fields in ({"by": COACH}, {"enrolment": MIAS}, {"person": person("coach")}):
        other = changed(WITNESSED, assessing=changed(ASSESSING, **fields))
        given(EVIDENCE).when(write, other).rejected(RecordNeedsAssessor)
        given(EVIDENCE).when(changed(write, record=TESTIMONY), other).records(recorded(TESTIMONY))
    tied = changed(WITNESSED, assessing=changed(ASSESSING, person=INTERESTED))
    given(EVIDENCE).when(write, tied).rejected(AssessorConflicted)


def test_nobody_with_a_tie_says_what_a_finding_rests_on() -> None:
    basis = changed(ANNOTATE, kind="basis of finding")
    for known in (changed(remarking(), person=INTERESTED), changed(remarking(), other_enrolments=(COACHED,))):
        given(EVIDENCE, *HANDED_IN).when(basis, known).rejected(AssessorConflicted)
        assert given(EVIDENCE, *HANDED_IN).when(ANNOTATE, known).refusal is None

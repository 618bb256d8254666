"""Handing in: declared by the apprentice, answered by who assesses or coaches, taken back until a decision cites it."""

import pytest

from portfolio.domain.assessment.attempt import Assessment
from portfolio.domain.assessment.facts import AttemptClosed
from portfolio.domain.enrolment.refusals import AssessorConflicted
from portfolio.domain.evidence.aggregate import EVIDENCE
from portfolio.domain.evidence.commands import (
    AcceptEvidence,
    ReturnEvidence,
)
from portfolio.domain.evidence.declaration import (
    AUTHENTICITY_WORDINGS,
    CURRENT_AUTHENTICITY,
    DeclarationMissing,
    DeclarationNotOwn,
)
from portfolio.domain.evidence.facts import (
    EvidenceReplaced,
)
from portfolio.domain.evidence.handing_in import EvidenceAlreadyCited, EvidenceCitedByFinding
from portfolio.domain.evidence.refusals import (
    EvidenceAlreadySubmitted,
    EvidenceNotSealed,
    EvidenceNotSubmitted,
    EvidenceUnknown,
    EvidenceWithdrawnAlready,
)
from portfolio.domain.kernel import Fact, changed
from tests.domain.evidence.known import (
    MIA_NOW,
    decided,
    to_answer,
    to_withdraw,
)
from tests.domain.evidence.test_evidence import (
    ACCEPTED,
    DECLARATION,
    DISCARD,
    DISCARDED,
    DISCARDING,
    DRAFT,
    HANDED_IN,
    OFFERED,
    OFFERED_NEXT,
    REPLACED,
    RETURNED,
    SEALED,
    SEALED_NEXT,
    SUBMIT,
    SUBMITTED,
    SUBMITTED_NEXT,
    WITHDRAW,
    WITHDRAWN,
    recorded,
)
from tests.domain.evidence.test_record import TESTIMONY
from tests.domain.given import given
from tests.domain.test_decision_context import found
from tests.domain.world import (
    COACH,
    EVIDENCE_ID,
    OBJECT_ID,
    an_id,
    person,
)

# --- handing in ---


def test_a_sealed_version_is_submitted_with_the_apprentices_declaration() -> None:
    given(EVIDENCE, *DRAFT).when(SUBMIT, MIA_NOW).records(SUBMITTED)


def test_nobody_declares_the_work_of_another_their_own() -> None:
    given(EVIDENCE, *HANDED_IN).when(SUBMIT, changed(MIA_NOW, by=COACH)).rejected(DeclarationNotOwn)


def test_nobody_else_knows_of_a_draft_to_hand_in_or_to_answer() -> None:
    for command in (SUBMIT, RETURN, AcceptEvidence(evidence_id=EVIDENCE_ID, version=1)):
        given(EVIDENCE, *DRAFT).when(command, changed(MIA_NOW, by=COACH)).rejected(EvidenceUnknown)


def test_a_file_that_has_not_arrived_is_not_submitted() -> None:
    given(EVIDENCE, OFFERED).when(SUBMIT, MIA_NOW).rejected(EvidenceNotSealed)


@pytest.mark.parametrize("after", [HANDED_IN, (*HANDED_IN, RETURNED), (*DRAFT, DISCARDED), (*DRAFT, WITHDRAWN)])
def test_a_version_is_submitted_once(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(SUBMIT, MIA_NOW).rejected(EvidenceAlreadySubmitted)


def test_a_declaration_cites_the_wording_that_is_shown_now() -> None:
    old = changed(DECLARATION, wording="authenticity/0")
    given(EVIDENCE, *DRAFT).when(changed(SUBMIT, declaration=old), MIA_NOW).rejected(
        DeclarationMissing, CURRENT_AUTHENTICITY
    )
    assert CURRENT_AUTHENTICITY in AUTHENTICITY_WORDINGS


def test_who_used_ai_says_how() -> None:
    silent = changed(DECLARATION, ai_use="assisted", ai_detail=" ")
    given(EVIDENCE, *DRAFT).when(changed(SUBMIT, declaration=silent), MIA_NOW).rejected(
        DeclarationMissing, "how AI was used"
    )
    detailed = changed(silent, ai_detail="spelling")
    given(EVIDENCE, *DRAFT).when(changed(SUBMIT, declaration=detailed), MIA_NOW).records(
        changed(SUBMITTED, declaration=detailed)
    )


@pytest.mark.parametrize("answer", [(), (RETURNED,), (ACCEPTED,)])
def test_a_new_version_stands_in_the_place_of_the_one_handed_in_before(answer: tuple[Fact, ...]) -> None:
    history = (*HANDED_IN, *answer, OFFERED_NEXT, SEALED_NEXT)
    given(EVIDENCE, *history).when(changed(SUBMIT, version=2), MIA_NOW).records(SUBMITTED_NEXT, REPLACED)


def test_a_version_that_was_withdrawn_or_replaced_is_not_replaced_again() -> None:
    withdrawn = (*HANDED_IN, WITHDRAWN, OFFERED_NEXT, SEALED_NEXT)
    given(EVIDENCE, *withdrawn).when(changed(SUBMIT, version=2), MIA_NOW).records(SUBMITTED_NEXT)
    third = (changed(OFFERED, version=3), changed(SEALED, version=3))
    replaced = (*HANDED_IN, OFFERED_NEXT, SEALED_NEXT, SUBMITTED_NEXT, REPLACED, *third)
    given(EVIDENCE, *replaced).when(changed(SUBMIT, version=3), MIA_NOW).records(
        changed(SUBMITTED, version=3), EvidenceReplaced(version=2, replaced_by=3)
    )


def test_a_submitted_version_is_returned_with_a_reason_or_accepted() -> None:
    command = ReturnEvidence(evidence_id=EVIDENCE_ID, version=1, reason="page 2 is missing")
    given(EVIDENCE, *HANDED_IN).when(command, to_answer()).records(RETURNED)
    given(EVIDENCE, *HANDED_IN).when(AcceptEvidence(evidence_id=EVIDENCE_ID, version=1), to_answer()).records(ACCEPTED)


RETURN = ReturnEvidence(evidence_id=EVIDENCE_ID, version=1, reason="page 2 is missing")


ACCEPT = AcceptEvidence(evidence_id=EVIDENCE_ID, version=1)


@pytest.mark.parametrize("after", [RETURNED, ACCEPTED, WITHDRAWN, REPLACED])
def test_only_a_version_that_waits_is_accepted(after: Fact) -> None:
    given(EVIDENCE, *HANDED_IN, after).when(ACCEPT, to_answer()).rejected(EvidenceNotSubmitted)


@pytest.mark.parametrize("after", [RETURNED, WITHDRAWN, REPLACED])
def test_only_a_version_that_waits_or_was_accepted_is_returned(after: Fact) -> None:
    given(EVIDENCE, *HANDED_IN, after).when(RETURN, to_answer()).rejected(EvidenceNotSubmitted)
    given(EVIDENCE, *HANDED_IN, ACCEPTED, after).when(RETURN, to_answer()).rejected(EvidenceNotSubmitted)


def test_an_accepted_version_is_returned_with_a_reason_and_not_accepted_again() -> None:
    given(EVIDENCE, *HANDED_IN, ACCEPTED).when(RETURN, to_answer()).records(RETURNED)
    given(EVIDENCE, *HANDED_IN, ACCEPTED, RETURNED).when(ACCEPT, to_answer()).rejected(EvidenceNotSubmitted)


def test_a_coach_returns_what_waits_and_not_what_an_assessor_accepted() -> None:
    coach = to_answer(by=COACH, person=person("coach"))
    given(EVIDENCE, *HANDED_IN).when(RETURN, coach).records(RETURNED)
    given(EVIDENCE, *HANDED_IN, ACCEPTED).when(RETURN, coach).rejected(AssessorConflicted, "another assessor does it")


def test_a_record_is_put_right_by_its_author_and_not_returned() -> None:
    given(EVIDENCE, recorded(TESTIMONY)).when(RETURN, to_answer()).rejected(
        EvidenceNotSubmitted, "its author writes it anew"
    )


@pytest.mark.parametrize("answer", [(), (ACCEPTED,)])
def test_a_version_that_a_finding_in_force_cites_is_not_returned(answer: tuple[Fact, ...]) -> None:
    waits = given(EVIDENCE, *HANDED_IN, *answer)
    judged = Assessment(findings=(found("K10"), found("K2"), found("S1")))
    refusal = waits.when(RETURN, to_answer(judged)).rejected(EvidenceCitedByFinding, "K2, K10")
    assert refusal.members == {"codes": ["K2", "K10", "S1"]}
    anew = changed(found("K2"), finding=changed(found("K2").finding, cites=()))
    decided_on = changed(judged, decisions=decided().decisions)
    waits.when(RETURN, to_answer(decided_on)).rejected(EvidenceCitedByFinding)
    (first,) = decided_on.decisions
    declined = changed(decided_on, declined=frozenset({first.decision_id}))
    waits.when(RETURN, to_answer(declined)).rejected(EvidenceCitedByFinding)
    another = changed(first, decision_id=an_id("another decision"))
    for other in (
        changed(declined, decisions=(first, another), voided=frozenset({another.decision_id})),
        Assessment(findings=(anew,)),
        changed(decided_on, voided=decided().voided),
        changed(judged, closed=AttemptClosed(reason="the lights failed")),
    ):
        waits.when(RETURN, to_answer(other)).records(RETURNED)


@pytest.mark.parametrize("answer", [(), (RETURNED,), (ACCEPTED,)])
def test_the_apprentice_takes_back_what_no_decision_cites(answer: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *HANDED_IN, *answer).when(WITHDRAW, to_withdraw()).records(WITHDRAWN)


def test_what_a_decision_cites_stays() -> None:
    given(EVIDENCE, *HANDED_IN).when(WITHDRAW, to_withdraw(decided())).rejected(EvidenceAlreadyCited)
    for other in (decided(version=2), decided(evidence_id=OBJECT_ID)):
        given(EVIDENCE, *HANDED_IN).when(WITHDRAW, to_withdraw(other)).records(WITHDRAWN)


def test_what_a_newer_version_took_the_place_of_is_taken_back_too() -> None:
    given(EVIDENCE, *HANDED_IN, REPLACED).when(WITHDRAW, to_withdraw()).records(WITHDRAWN)


@pytest.mark.parametrize("after", [(*HANDED_IN, WITHDRAWN), (OFFERED, DISCARDED)])
def test_what_is_gone_is_not_withdrawn(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(WITHDRAW, to_withdraw()).rejected(EvidenceWithdrawnAlready)


@pytest.mark.parametrize("draft", [(OFFERED,), DRAFT])
def test_a_draft_is_discarded_bytes_and_all(draft: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *draft).when(DISCARD, DISCARDING).records(DISCARDED)


@pytest.mark.parametrize("after", [HANDED_IN, (*HANDED_IN, RETURNED), (*HANDED_IN, WITHDRAWN), (OFFERED, DISCARDED)])
def test_what_was_handed_in_is_never_discarded(after: tuple[Fact, ...]) -> None:
    given(EVIDENCE, *after).when(DISCARD, DISCARDING).rejected(EvidenceAlreadySubmitted)

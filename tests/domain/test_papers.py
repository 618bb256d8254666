"""Signed papers of an apprentice who cannot sign in (CONSENT-3)."""

from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.facts import AppealWithdrawn, SecondLookAsked
from portfolio.domain.appeal.lineage import OfficerNotFree
from portfolio.domain.appeal.state import AppealUnknown
from portfolio.domain.appeal.withdrawing import (
    AppealAlreadyDecided,
    ForWithdrawal,
    PaperOvertaken,
    PaperSaysNothingOfIt,
    WithdrawOnPaper,
)
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ConsentGiven,
    ConsentOnPaper,
    ConsentTakenBack,
    PaperAnnounced,
    PaperReceived,
    PaperRefused,
    PaperSealed,
    PersonAssigned,
    Said,
    TakenBackOnPaper,
    WithdrawnOnPaper,
)
from portfolio.domain.enrolment.papers import AnnouncePaper, CompletePaper, ForPaper, RefusePaper, SealPaper
from portfolio.domain.enrolment.refusals import (
    ConsentUnknown,
    EnrolmentUnknown,
    PaperKeptBefore,
    PaperNeedsFreeOfficer,
    PaperNotAScan,
    PaperOfAnother,
    PaperUnknown,
    PurposeUnknown,
)
from portfolio.domain.evidence.media import ContentTypeNotAllowed, Sealed
from portfolio.domain.evidence.selector import Bounds
from portfolio.domain.evidence.upload import EvidenceLimitReached
from portfolio.domain.interests import InterestDeclared
from portfolio.domain.kernel import Command, Fact, Recorded, changed
from portfolio.domain.vocabulary import SYSTEM
from tests.domain.given import given
from tests.domain.test_appeal import ADMITTED, LODGED, OFFICERS, WITH_PANEL, knowing, set_aside_by
from tests.domain.test_appeal import ATTEMPT as DECIDED
from tests.domain.test_appeal import DECIDED as OUTCOME
from tests.domain.test_enrolment import EDITION, ENROLLED
from tests.domain.test_route_changes import CONSENT, CONSENT_ID
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    ATTEMPT_ID,
    COACH,
    DECISION_ID,
    ENROLMENT_ID,
    NOW,
    OFFICER,
    TODAY,
    YESTERDAY,
    an_id,
    person,
)

RESPONSIBLE, PAPER_ID = an_id("responsible"), an_id("paper")
SHA = "ab" * 32
APPEAL_FOR_ME = AppealForMe(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
TO_APPEAL = ConsentOnPaper(person_id=COACH, purpose=APPEAL_FOR_ME)
TO_MOVE = ConsentOnPaper(person_id=CONSENT.person_id, purpose=CONSENT.purpose)
NO_MOVE = TakenBackOnPaper(consent_id=CONSENT_ID)
NO_APPEAL = WithdrawnOnPaper(appeal_id=APPEAL_ID)
OPEN_CASE = given(APPEAL, LODGED, ADMITTED).state
PAPERS = ForPaper(
    by=RESPONSIBLE,
    at=NOW,
    today=TODAY,
    person=person("coach"),
    edition=EDITION,
    attempts={ATTEMPT_ID: DECIDED},
    officer=person("responsible officer"),
    other_enrolments=(),
    cases={APPEAL_ID: OPEN_CASE},
    history=(),
)
COACHED = PersonAssigned(person_id=COACH, assignment="coach", starts_on=YESTERDAY, components=frozenset())
BYTES = Sealed(
    object_id=PAPER_ID, sha256=SHA, size=900, bounds=Bounds(media_type="image/png"), storage_version="v1", blocks="b"
)
SEALED = PaperSealed(
    paper_id=PAPER_ID,
    sha256=SHA,
    size=900,
    media_type="image/png",
    screening="none configured",
    storage_version="v1",
    blocks="b",
)


def announce(says: Said) -> AnnouncePaper:
    return AnnouncePaper(
        enrolment_id=ENROLMENT_ID,
        paper_id=PAPER_ID,
        says=says,
        reason="Has no phone.",
        filename="letter.png",
        media_type="image/png",
        size=900,
        sha256=SHA,
    )


def announced(says: Said, paper_id: UUID = PAPER_ID) -> PaperAnnounced:
    return PaperAnnounced(
        paper_id=paper_id,
        says=says,
        reason="Has no phone.",
        officer=RESPONSIBLE,
        filename="letter.png",
        media_type="image/png",
        size=900,
        sha256=SHA,
    )


COMPLETE = CompletePaper(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID)
RECEIVED = PaperReceived(paper_id=PAPER_ID)
SEAL = SealPaper(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID, sealed=BYTES, screening="none configured")
CHECKED = changed(PAPERS, by=SYSTEM)
"""What is known where the check of the paper is recorded: its officer, and nobody who asks."""
REFUSE = RefusePaper(enrolment_id=ENROLMENT_ID, paper_id=PAPER_ID, refusal="content-unreadable", why="It is damaged.")
REFUSED = PaperRefused(paper_id=PAPER_ID, refusal="content-unreadable", why="It is damaged.")


@pytest.mark.parametrize("says", [TO_APPEAL, TO_MOVE, NO_MOVE, NO_APPEAL])
def test_a_free_officer_announces_what_the_apprentice_could_say_by_a_command(says: Said) -> None:
    given(ENROLMENT, ENROLLED, CONSENT).when(announce(says), PAPERS).records(announced(says))


def test_a_paper_says_only_what_the_apprentice_could_say() -> None:
    given(ENROLMENT).when(announce(TO_MOVE), PAPERS).rejected(EnrolmentUnknown)
    mia = given(ENROLMENT, ENROLLED)
    mia.when(announce(TO_APPEAL), changed(PAPERS, attempts={})).rejected(PurposeUnknown)
    mia.when(announce(NO_MOVE), PAPERS).rejected(ConsentUnknown)
    mia.when(announce(NO_APPEAL), changed(PAPERS, cases={})).rejected(AppealUnknown)
    over = {APPEAL_ID: given(APPEAL, LODGED, ADMITTED, AppealWithdrawn()).state}
    mia.when(announce(NO_APPEAL), changed(PAPERS, cases=over)).rejected(AppealAlreadyDecided)


def test_a_paper_is_a_scan_of_some_size() -> None:
    mia = given(ENROLMENT, ENROLLED)
    mia.when(changed(announce(TO_MOVE), media_type="text/plain"), PAPERS).rejected(PaperNotAScan)
    mia.when(changed(announce(TO_MOVE), filename="letter.doc"), PAPERS).rejected(ContentTypeNotAllowed, "old Word")
    mia.when(changed(announce(TO_MOVE), size=0), PAPERS).rejected(EvidenceLimitReached)


@pytest.mark.parametrize("said", ["", "application/octet-stream"])
def test_of_a_paper_of_which_nobody_says_what_it_is_the_name_does(said: str) -> None:
    mia = given(ENROLMENT, ENROLLED)
    for filename, kept in {"Letter.PDF": "application/pdf", "letter.jpeg": "image/jpeg"}.items():
        mia.when(changed(announce(TO_MOVE), media_type=said, filename=filename), PAPERS).records(
            changed(announced(TO_MOVE), media_type=kept, filename=filename)
        )
    mia.when(changed(announce(TO_MOVE), media_type=said, filename="letter.txt"), PAPERS).rejected(PaperNotAScan)
    mia.when(changed(announce(TO_MOVE), media_type=said, filename="letter"), PAPERS).rejected(PaperNotAScan)


@pytest.mark.parametrize("says", [TO_MOVE, NO_MOVE])
def test_whom_the_paper_names_does_not_keep_it(says: Said) -> None:
    named = changed(PAPERS, by=CONSENT.person_id)
    given(ENROLMENT, ENROLLED, CONSENT).when(announce(says), named).rejected(PaperNeedsFreeOfficer)


def test_who_has_a_tie_to_the_apprentice_does_not_keep_it() -> None:
    mia, by_coach = given(ENROLMENT, ENROLLED, COACHED), changed(PAPERS, by=COACH)
    mia.when(announce(TO_MOVE), by_coach).rejected(PaperNeedsFreeOfficer)
    elsewhere = changed(PAPERS, by=COACH, other_enrolments=(mia.state,))
    given(ENROLMENT, ENROLLED).when(announce(TO_MOVE), elsewhere).rejected(PaperNeedsFreeOfficer)
    kin = changed(
        PAPERS.officer, interests=(InterestDeclared(apprentice=APPRENTICE, interest="personal", detail="Aunt."),)
    )
    mia.when(announce(TO_MOVE), changed(PAPERS, officer=kin)).rejected(PaperNeedsFreeOfficer)


@pytest.mark.parametrize("says", [TO_APPEAL, NO_APPEAL])
def test_who_took_part_set_aside_or_is_part_of_an_open_case_keeps_no_paper_about_an_appeal(says: Said) -> None:
    mia = given(ENROLMENT, ENROLLED, CONSENT)
    for known in (
        changed(PAPERS, by=ASSESSOR),
        changed(PAPERS, history=(set_aside_by(RESPONSIBLE),)),
        changed(PAPERS, by=OFFICER),
    ):
        mia.when(announce(says), known).rejected(PaperNeedsFreeOfficer)
    moved = ConsentOnPaper(person_id=COACH, purpose=CONSENT.purpose)
    mia.when(announce(moved), changed(PAPERS, by=ASSESSOR)).records(changed(announced(moved), officer=ASSESSOR))
    over = {APPEAL_ID: given(APPEAL, LODGED, ADMITTED, AppealWithdrawn()).state}
    by_officer = changed(PAPERS, by=OFFICER, cases=over)
    mia.when(announce(TO_APPEAL), by_officer).records(changed(announced(TO_APPEAL), officer=OFFICER))


def test_what_the_paper_says_of_a_consent_holds_once_it_is_sealed() -> None:
    given_now = ConsentGiven(consent_id=PAPER_ID, person_id=COACH, purpose=APPEAL_FOR_ME, paper_id=PAPER_ID)
    given(ENROLMENT, ENROLLED, announced(TO_APPEAL), RECEIVED).when(SEAL, CHECKED).records(SEALED, given_now)
    gone = ConsentTakenBack(consent_id=CONSENT_ID, paper_id=PAPER_ID)
    standing = given(ENROLMENT, ENROLLED, CONSENT, announced(NO_MOVE), RECEIVED)
    standing.when(SEAL, CHECKED).records(SEALED, gone)
    taken_back = ConsentTakenBack(consent_id=CONSENT_ID)
    before = given(ENROLMENT, ENROLLED, CONSENT, announced(NO_MOVE), RECEIVED, taken_back)
    before.when(SEAL, CHECKED).records(SEALED)
    given(ENROLMENT, ENROLLED, announced(NO_APPEAL), RECEIVED).when(SEAL, CHECKED).records(SEALED)


def test_who_announced_a_paper_says_once_that_it_is_all_there() -> None:
    mia = given(ENROLMENT, ENROLLED, announced(TO_APPEAL))
    given(ENROLMENT, ENROLLED).when(COMPLETE, PAPERS).rejected(PaperUnknown)
    mia.when(COMPLETE, changed(PAPERS, by=OFFICER)).rejected(PaperOfAnother)
    mia.when(COMPLETE, PAPERS).records(RECEIVED)
    for later in ((RECEIVED,), (RECEIVED, SEALED), (RECEIVED, REFUSED)):
        given(ENROLMENT, ENROLLED, announced(TO_APPEAL), *later).when(COMPLETE, PAPERS).records_nothing()


def test_a_paper_is_sealed_or_refused_once_and_when_it_was_received() -> None:
    for check in (SEAL, REFUSE):
        given(ENROLMENT, ENROLLED).when(check, CHECKED).rejected(PaperUnknown)
        for history in ((), (RECEIVED, SEALED), (RECEIVED, REFUSED)):
            given(ENROLMENT, ENROLLED, announced(TO_APPEAL), *history).when(check, CHECKED).records_nothing()


def test_a_paper_that_is_not_taken_is_refused_with_the_reason_and_says_nothing() -> None:
    mia = given(ENROLMENT, ENROLLED, announced(TO_APPEAL), RECEIVED)
    mia.when(REFUSE, CHECKED).records(REFUSED)
    (paper,) = given(ENROLMENT, ENROLLED, announced(TO_APPEAL), RECEIVED, REFUSED).state.papers
    assert (paper.stage, paper.refusal, paper.why, paper.sealed) == (
        "refused",
        "content-unreadable",
        "It is damaged.",
        False,
    )


@pytest.mark.parametrize(("step", "known"), [(COMPLETE, PAPERS), (SEAL, CHECKED)])
def test_an_officer_who_came_to_have_a_part_in_it_keeps_no_paper_that_they_announced(
    step: Command, known: ForPaper
) -> None:
    mia = given(ENROLMENT, ENROLLED, announced(TO_APPEAL), *([RECEIVED] if step is SEAL else []))
    mia.when(step, changed(known, history=(set_aside_by(RESPONSIBLE),))).rejected(PaperNeedsFreeOfficer)
    interest = InterestDeclared(apprentice=APPRENTICE, interest="personal", detail="")
    tied = changed(PAPERS.officer, interests=(interest,))
    mia.when(step, changed(known, officer=tied)).rejected(PaperNeedsFreeOfficer)


def test_the_same_scan_says_nothing_else() -> None:
    other = announced(TO_MOVE, an_id("another"))
    mia = given(ENROLMENT, ENROLLED, announced(TO_APPEAL), other, SEALED)
    mia.when(changed(COMPLETE, paper_id=other.paper_id), PAPERS).rejected(PaperKeptBefore)
    mia.when(announce(TO_MOVE), PAPERS).rejected(PaperKeptBefore)
    undeclared = changed(other, sha256="")
    received = given(
        ENROLMENT, ENROLLED, announced(TO_APPEAL), undeclared, SEALED, PaperReceived(paper_id=other.paper_id)
    )
    received.when(changed(SEAL, paper_id=other.paper_id), CHECKED).rejected(PaperKeptBefore)
    waiting = given(ENROLMENT, ENROLLED, announced(TO_APPEAL))
    waiting.when(announce(TO_MOVE), PAPERS).records(announced(TO_MOVE))


def entry(fact: Fact, position: int) -> Recorded:
    """Return a fact of the apprentice at this position of the log."""
    whose = {"originator_id": APPEAL_ID, "originator_version": position, "by": APPRENTICE, "causation": PAPER_ID}
    return Recorded(fact=fact, at=NOW, position=position, **whose)  # type: ignore[arg-type]  # of each its own


def test_an_appeal_is_withdrawn_by_a_sealed_paper_that_says_so_and_a_free_officer() -> None:
    command = WithdrawOnPaper(appeal_id=APPEAL_ID, paper_id=PAPER_ID)
    people = {RESPONSIBLE: person("responsible officer"), ASSESSOR: person("responsible officer")}
    case = given(APPEAL, LODGED, ADMITTED)

    def holding(*papers: PaperAnnounced | PaperSealed, by: UUID = RESPONSIBLE, **known: Any) -> ForWithdrawal:
        enrolment = given(ENROLMENT, ENROLLED, *papers).state
        hearing = changed(knowing(), by=by, enrolment=enrolment, people={**OFFICERS.people, **people})
        recorded = (entry(LODGED, 1), *(entry(paper, 1 + number) for number, paper in enumerate(papers, start=1)))
        return ForWithdrawal(**{**structs.asdict(hearing), "recorded": recorded, **known})  # type: ignore[arg-type]  # a Known is a Struct

    whole = holding(announced(NO_APPEAL), SEALED)
    case.when(command, whole).records(AppealWithdrawn(paper_id=PAPER_ID))
    given(APPEAL, LODGED, ADMITTED, AppealWithdrawn()).when(command, whole).rejected(AppealAlreadyDecided)
    case.when(command, holding()).rejected(PaperSaysNothingOfIt)
    case.when(command, holding(announced(NO_APPEAL))).rejected(PaperSaysNothingOfIt)
    case.when(command, holding(announced(TO_APPEAL), SEALED)).rejected(PaperSaysNothingOfIt)
    other = announced(WithdrawnOnPaper(appeal_id=an_id("another")))
    case.when(command, holding(other, SEALED)).rejected(PaperSaysNothingOfIt)
    asked_again = (*whole.recorded, entry(SecondLookAsked(decision_id=DECISION_ID, statement="I go on."), 9))
    case.when(command, changed(whole, recorded=asked_again)).rejected(PaperOvertaken)
    between = (*whole.recorded[:2], entry(RECEIVED, 3), *asked_again[-1:], entry(SEALED, 10))
    case.when(command, changed(whole, recorded=between)).rejected(PaperOvertaken)
    from_before = (entry(ENROLLED, 1), *(changed(each, position=each.position + 1) for each in whole.recorded))
    case.when(command, changed(whole, recorded=from_before)).records(AppealWithdrawn(paper_id=PAPER_ID))
    officers_act = (*whole.recorded, changed(entry(ADMITTED, 9), by=OFFICER))
    case.when(command, changed(whole, recorded=officers_act)).records(AppealWithdrawn(paper_id=PAPER_ID))
    for by in (ASSESSOR, OFFICER):
        case.when(command, holding(announced(NO_APPEAL), SEALED, by=by)).rejected(OfficerNotFree)
    set_aside = changed(whole, history=(set_aside_by(RESPONSIBLE),))
    case.when(command, set_aside).rejected(OfficerNotFree)


def test_a_paper_is_about_a_case_that_it_withdraws_or_to_whose_decision_it_gives_consent() -> None:
    mia = given(ENROLMENT, ENROLLED, CONSENT).state
    about_it: tuple[Said, ...] = (NO_APPEAL, TO_APPEAL)
    about_a_route: tuple[Said, ...] = (TO_MOVE, NO_MOVE)
    for says in about_it:
        assert mia.about_case(says, APPEAL_ID, DECISION_ID)
        assert not mia.about_case(says, an_id("another"), an_id("another"))
    for says in about_a_route:
        assert not mia.about_case(says, APPEAL_ID, DECISION_ID)


def test_an_appeal_is_decided_once_the_panel_gave_its_outcome() -> None:
    assert given(APPEAL, *WITH_PANEL, OUTCOME).state.decided()
    assert not given(APPEAL, *WITH_PANEL).state.decided()

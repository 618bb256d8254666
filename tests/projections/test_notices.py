"""Who is told of what happened, and why: facts in, notices out."""

from datetime import timedelta
from typing import cast
from uuid import UUID

from portfolio.application.notices import BECAUSE, TOLD, Notice
from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealNotAdmitted,
    AppealWithdrawn,
    ConsequenceRefused,
    OutcomeProposed,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberRecused,
    PanelMemberReplaced,
    SecondLookAsked,
)
from portfolio.domain.assessment.facts import AttemptClosed, DecisionConfirmed, DecisionDeclined, DecisionVoided
from portfolio.domain.enrolment.erasure import PaperErasureApproved
from portfolio.domain.enrolment.facts import (
    AppealForMe,
    ConsentAsked,
    ConsentDeclined,
    ConsentGiven,
    ConsentOnPaper,
    ConsentTakenBack,
    PaperAnnounced,
    PaperRefused,
    PersonReleased,
)
from portfolio.domain.evidence.erasure import ErasureApproved
from portfolio.domain.evidence.facts import EvidenceReturned, FileRefused
from portfolio.domain.kernel import changed
from portfolio.domain.vocabulary import ASSIGNED
from projections.machinery.database import Key, Row, Rows, View, ViewsDatabase
from projections.notices import NAMES_ONE, NOTICES, TO_ALL, fold, notices, notices_after
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
    NOW,
    OBJECT_ID,
    OFFICER,
    OTHER_ASSESSOR,
    SHA,
    TODAY,
    an_id,
)
from tests.projections.support import (
    BY_ROUTE,
    DECIDED,
    ENROLLED,
    LODGED,
    OFFERED,
    OPENED,
    ROUTE,
    SEALED,
    SUBMITTED,
    ListLog,
    StreamFacts,
    assigned,
    on,
    views_after,
)

ACTOR, SOMEBODY, MEMBER = map(an_id, ("actor", "somebody", "member"))
QUESTION, CONSENT, PAPER = map(an_id, ("question", "consent", "paper"))
AROUND = on(ENROLMENT_ID, ENROLLED, assigned(ASSESSOR), assigned(COACH, "coach"))
ITEM = on(EVIDENCE_ID, OFFERED, SEALED, SUBMITTED)
ATTEMPT, CASE = on(ATTEMPT_ID, OPENED), on(APPEAL_ID, LODGED)
PANEL = on(
    APPEAL_ID, LODGED, AppealAdmitted(), PanelConvened(members=frozenset({CHAIR, MEMBER}), independent=frozenset())
)
FOR_ME = AppealForMe(assessment_id=ATTEMPT_ID, decision_id=DECISION_ID)
ASKED = ConsentAsked(question_id=QUESTION, person_id=COACH, purpose=FOR_ME, reason="You are ill.")
GIVEN = ConsentGiven(consent_id=CONSENT, person_id=COACH, purpose=FOR_ME)
ANNOUNCED = PaperAnnounced(
    paper_id=PAPER,
    says=ConsentOnPaper(person_id=COACH, purpose=FOR_ME),
    reason="She is ill.",
    officer=OFFICER,
    filename="paper.pdf",
    media_type="application/pdf",
    size=1,
    sha256=SHA,
)
PROPOSED = OutcomeProposed(
    proposal=1, member=CHAIR, proposed_on=TODAY, outcome="dismissed", reasons="So it is.", answers=(), cites=()
)
NAMES = {
    APPRENTICE: "apprentice",
    ASSESSOR: "assessor",
    COACH: "coach",
    CHAIR: "chair",
    MEMBER: "member",
    OTHER_ASSESSOR: "second",
    SOMEBODY: "somebody",
    OFFICER: "officer",
}


class NoRows:
    """Has no row that a fold asks for."""

    def row(self, view: View, key: Key) -> Row | None:
        return None


def told(*before: StreamFacts, fact: StreamFacts, by: UUID = ACTOR) -> set[tuple[str, str]]:
    """Return to whom the last fact is told, and what."""
    log, database = ListLog(), NoRows()
    last = log.tell(*before, fact, by=by)
    rows = Rows(NOTICES, cast(ViewsDatabase, database))
    for entry in log.entries:
        fold(rows, entry, ENROLMENT_ID)
    names = {str(person): name for person, name in NAMES.items()}
    kind = 2 + [*NOTICES.columns].index("kind")
    return {(names.get(row[0], row[0]), row[kind]) for row in rows.batch().put if row[1] == last}


CASES: list[tuple[tuple[StreamFacts, ...], StreamFacts, str, str]] = [
    ((AROUND, on(EVIDENCE_ID, OFFERED, SEALED)), on(EVIDENCE_ID, SUBMITTED), "handed in", "assessor, coach"),
    ((AROUND, ITEM), on(EVIDENCE_ID, EvidenceReturned(version=1, reason="dark")), "returned", "apprentice, coach"),
    (
        (AROUND, on(EVIDENCE_ID, OFFERED)),
        on(EVIDENCE_ID, FileRefused(version=1, object_id=OBJECT_ID, refusal="x", why="It is damaged.")),
        "file not taken",
        "apprentice",
    ),
    (
        (AROUND, ITEM),
        on(EVIDENCE_ID, ErasureApproved(version=1, object_id=OBJECT_ID, sha256=SHA, reason="Not theirs.")),
        "file to erase",
        "responsible officer, administrator",
    ),
    (
        (AROUND, on(ENROLMENT_ID, ANNOUNCED)),
        on(ENROLMENT_ID, PaperErasureApproved(paper_id=PAPER, sha256=SHA, reason="Not theirs.")),
        "paper to erase",
        "responsible officer",
    ),
    (
        (AROUND, on(ENROLMENT_ID, ANNOUNCED)),
        on(ENROLMENT_ID, PaperRefused(paper_id=PAPER, refusal="x", why="It is damaged.")),
        "paper not taken",
        "officer",
    ),
    ((AROUND, ATTEMPT), on(ATTEMPT_ID, DECIDED), "decided", "apprentice, coach"),
    ((AROUND, on(ENROLMENT_ID, ROUTE), ATTEMPT), on(ATTEMPT_ID, BY_ROUTE), "decision waits", "second"),
    ((AROUND,), on(ENROLMENT_ID, ROUTE), "second person", "second"),
    (
        (AROUND, ATTEMPT),
        on(ATTEMPT_ID, DecisionConfirmed(decision_id=DECISION_ID, second_person=OTHER_ASSESSOR)),
        "decided",
        "apprentice, assessor, coach",
    ),
    (
        (AROUND, ATTEMPT),
        on(ATTEMPT_ID, DecisionDeclined(decision_id=DECISION_ID, second_person=OTHER_ASSESSOR, reason="No.")),
        "not confirmed",
        "assessor",
    ),
    (
        (AROUND, ATTEMPT),
        on(ATTEMPT_ID, DecisionVoided(decision_id=DECISION_ID, reason_code="review", reason="No.", appeal_id=None)),
        "set aside",
        "apprentice, assessor, coach",
    ),
    ((AROUND, ATTEMPT), on(ATTEMPT_ID, AttemptClosed(reason="They left.")), "attempt closed", "apprentice, coach"),
    ((AROUND,), CASE, "appeal lodged", "apprentice, appeals officer"),
    ((AROUND, CASE), on(APPEAL_ID, AppealAdmitted()), "appeal admitted", "apprentice, coach"),
    ((AROUND, CASE), on(APPEAL_ID, AppealNotAdmitted(reason="late")), "appeal not admitted", "apprentice, coach"),
    (
        (AROUND, CASE),
        on(APPEAL_ID, SecondLookAsked(decision_id=DECISION_ID, statement="It was in time.")),
        "second look",
        "appeals officer, responsible officer",
    ),
    ((AROUND, PANEL), on(APPEAL_ID, PROPOSED), "to answer", "chair, member"),
    ((AROUND, PANEL), on(APPEAL_ID, PanelDivided()), "panel divided", "appeals officer"),
    (
        (AROUND, PANEL),
        on(APPEAL_ID, PanelMemberAdded(member=SOMEBODY, independent=True, added_on=TODAY, officer=OFFICER)),
        "to hear",
        "somebody",
    ),
    (
        (AROUND, PANEL),
        on(APPEAL_ID, PanelMemberRecused(member=CHAIR, reason="I know them.")),
        "member stepped aside",
        "appeals officer",
    ),
    (
        (AROUND, PANEL),
        on(
            APPEAL_ID,
            PanelMemberReplaced(member=CHAIR, replacement=SOMEBODY, independent=True, reason="ill", officer=OFFICER),
        ),
        "to hear",
        "somebody",
    ),
    (
        (AROUND, PANEL),
        on(APPEAL_ID, AppealDecided(outcome="dismissed", reasons="So it is.", answers=())),
        "appeal decided",
        "apprentice, coach, chair, member, appeals officer",
    ),
    ((AROUND, PANEL), on(APPEAL_ID, AppealWithdrawn()), "appeal withdrawn", "chair, member, appeals officer"),
    (
        (AROUND, PANEL),
        on(APPEAL_ID, ConsequenceRefused(consequence="a new attempt is opened", refusal="x", why="No.")),
        "follow-up",
        "responsible officer",
    ),
    ((AROUND,), on(ENROLMENT_ID, assigned(SOMEBODY, "employer")), "part", "somebody"),
    ((AROUND,), on(ENROLMENT_ID, ASKED), "consent asked", "apprentice"),
    ((AROUND,), on(ENROLMENT_ID, GIVEN), "consent given", "coach"),
    (
        (AROUND, on(ENROLMENT_ID, ASKED)),
        on(ENROLMENT_ID, ConsentDeclined(question_id=QUESTION, reason="")),
        "consent declined",
        "coach",
    ),
    (
        (AROUND, on(ENROLMENT_ID, GIVEN)),
        on(ENROLMENT_ID, ConsentTakenBack(consent_id=CONSENT)),
        "consent taken back",
        "coach",
    ),
]


def test_a_fact_is_told_to_those_it_concerns() -> None:
    for before, fact, kind, to in CASES:
        assert told(*before, fact=fact) == {(each, kind) for each in to.split(", ")}, kind


def test_every_fact_that_is_told_is_tried_and_every_reason_has_its_words() -> None:
    tried = {type(fact) for _, (_, facts), _, _ in CASES for fact in facts}
    assert tried | {PanelConvened} >= {*TO_ALL, *NAMES_ONE}
    assert {kind for _, _, kind, _ in CASES} | {"panel convened", "interest", "invited"} == set(TOLD)
    words = {word for tells in TO_ALL.values() for _, of in tells for word in of}
    assert words | {*ASSIGNED.values()} <= set(BECAUSE)


def test_a_panel_is_asked_to_hear_and_the_parties_are_told_that_there_is_one() -> None:
    convened = on(APPEAL_ID, PanelConvened(members=frozenset({CHAIR, MEMBER}), independent=frozenset()))
    admitted = on(APPEAL_ID, LODGED, AppealAdmitted())
    assert told(AROUND, admitted, fact=convened) == {
        ("chair", "to hear"),
        ("member", "to hear"),
        ("apprentice", "panel convened"),
        ("coach", "panel convened"),
    }


def test_nobody_is_told_what_they_did_themselves() -> None:
    sent = on(EVIDENCE_ID, EvidenceReturned(version=1, reason="dark"))
    assert told(AROUND, ITEM, fact=sent, by=COACH) == {("apprentice", "returned")}
    lodged = {("apprentice", "appeal lodged"), ("appeals officer", "appeal lodged")}
    assert told(AROUND, fact=CASE, by=COACH) == lodged
    assert told(AROUND, fact=CASE, by=APPRENTICE) == lodged - {("apprentice", "appeal lodged")}


def test_whose_part_has_ended_or_is_to_come_is_not_told() -> None:
    left = PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=TODAY, reason="left")
    later = changed(assigned(OTHER_ASSESSOR), starts_on=TODAY + timedelta(days=1))
    assert told(AROUND, on(ENROLMENT_ID, left, later), ITEM, fact=on(EVIDENCE_ID, SUBMITTED)) == {
        ("coach", "handed in")
    }


def test_a_part_that_is_to_come_is_told_from_its_first_day_on() -> None:
    tomorrow = TODAY + timedelta(days=1)
    with views_after(AROUND, on(ENROLMENT_ID, changed(assigned(OTHER_ASSESSOR), starts_on=tomorrow))) as reads:
        assert notices(reads, OTHER_ASSESSOR, [], TODAY, limit=9) == []
        (notice,) = notices(reads, OTHER_ASSESSOR, [], tomorrow, limit=9)
        assert (notice.kind, notice.why) == ("part", "assigned assessor")
        (told_of,) = [each for each in notices_after(reads, 0, 9) if each.addressee == str(OTHER_ASSESSOR)]
        assert (told_of.since, told_of.notice) == (tomorrow, notice)


def test_a_page_holds_the_newest_first_and_the_next_one_goes_on() -> None:
    returned = on(EVIDENCE_ID, EvidenceReturned(version=1, reason="dark"))
    with views_after(AROUND, ITEM, returned, ATTEMPT, on(ATTEMPT_ID, DECIDED), by=ACTOR) as reads:
        every = notices(reads, COACH, [], TODAY, limit=9)
        assert [notice.kind for notice in every] == ["decided", "returned", "handed in", "part"]
        assert notices(reads, COACH, [], TODAY, before=every[1].position, limit=1) == every[2:3]
        later = {each.addressee: each.notice for each in notices_after(reads, every[1].position, 9)}
        assert later[str(COACH)] == every[0]
        assert {*later} == {str(COACH), str(APPRENTICE)}


def test_who_holds_two_roles_is_told_once_and_not_of_what_they_did() -> None:
    asked = on(APPEAL_ID, SecondLookAsked(decision_id=DECISION_ID, statement="It was in time."))
    both = ["appeals officer", "responsible officer"]
    with views_after(AROUND, CASE, asked, by=COACH) as reads:
        told_of = [notice.kind for notice in notices(reads, OFFICER, both, TODAY, limit=9)]
        assert told_of == ["second look", "appeal lodged"]
        assert notices(reads, COACH, both, TODAY, limit=9) == []


def test_what_is_told_names_nobody_and_leads_to_the_record() -> None:
    notice = Notice(
        position=7, kind="decided", why="the apprentice", enrolment_id=ENROLMENT_ID, record=ATTEMPT_ID, at=NOW
    )
    assert notice.says() == "An attempt was decided."
    assert notice.because() == "You are told because it is about you."
    assert notice.page() == f"/assessments/{ATTEMPT_ID}"

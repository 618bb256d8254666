"""Portfolios: whose enrolments a person works on, and what evidence lies in each."""

from datetime import date

from portfolio.domain.appeal import AppealDecided, PanelConvened
from portfolio.domain.enrolment import PersonReleased, RouteChanged
from portfolio.domain.evidence import record
from portfolio.domain.evidence.facts import (
    ClaimDropped,
    DraftDiscarded,
    EvidenceAccepted,
    EvidenceRecorded,
    EvidenceReplaced,
    EvidenceReturned,
    EvidenceSubmitted,
    EvidenceWithdrawn,
    StatementClaimed,
)
from portfolio.domain.kernel import Fact
from projections.enrolments import PARTS, EnrolmentOf, enrolments_of
from projections.evidence_items import Item, items
from tests.domain.world import (
    APPEAL_ID,
    APPRENTICE,
    ASSESSOR,
    COACH,
    ENROLMENT_ID,
    EVIDENCE_ID,
    FORM_ID,
    OTHER_FORM_ID,
    PLAN_ID,
    SHA,
    TODAY,
    TOMORROW,
    YESTERDAY,
    an_id,
)
from tests.projections.support import (
    DECLARATION,
    ENROLLED,
    LODGED,
    OFFERED,
    SEALED,
    SUBMITTED,
    again,
    assigned,
    at,
    on,
    rows_after,
    told,
)

OTHER = an_id("other enrolment")
CHAIR = an_id("chair")


def parts_of(person: object, today: date, *facts: Fact) -> list[str]:
    """Return what a person is to the enrolment on a day, after these facts of it."""
    with told(on(ENROLMENT_ID, ENROLLED, *facts)) as reads:
        return [part.relation for part in enrolments_of(reads, person, today)]  # type: ignore[arg-type]  # ids all


def released(ends_on: date) -> PersonReleased:
    return PersonReleased(person_id=ASSESSOR, assignment="assessor", ends_on=ends_on, reason="moved")


def test_the_apprentice_finds_the_own_enrolment_whatever_the_day() -> None:
    with told(on(ENROLMENT_ID, ENROLLED)) as reads:
        for day in (date(2020, 1, 1), TODAY):
            assert enrolments_of(reads, APPRENTICE, day) == [
                EnrolmentOf(
                    relation="the apprentice",
                    enrolment_id=ENROLMENT_ID,
                    apprentice=APPRENTICE,
                    plan_id=PLAN_ID,
                    form_id=FORM_ID,
                    route="LET",
                    employer="Stage Ltd",
                    position=1,
                )
            ]


def test_somebody_without_a_part_finds_nothing() -> None:
    assert parts_of(COACH, TODAY, assigned(ASSESSOR)) == []


def test_a_part_begins_on_its_first_day() -> None:
    assert parts_of(ASSESSOR, YESTERDAY, assigned(ASSESSOR)) == []
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR)) == ["assigned assessor"]


def test_a_part_is_over_on_the_day_it_ends() -> None:
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR), released(TOMORROW)) == ["assigned assessor"]
    assert parts_of(ASSESSOR, TOMORROW, assigned(ASSESSOR), released(TOMORROW)) == []


def test_a_person_assigned_again_has_the_part_again_and_the_first_period_stays_as_it_was() -> None:
    twice = (assigned(ASSESSOR), released(TODAY), assigned(ASSESSOR))
    assert parts_of(ASSESSOR, TOMORROW, *twice) == ["assigned assessor"]
    periods = rows_after(PARTS, on(ENROLMENT_ID, *twice, released(TOMORROW))).values()
    assert [period["ends_on"] for period in periods] == [TODAY, TOMORROW]


def test_a_part_in_several_components_is_one_enrolment_and_ends_in_all() -> None:
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR, "assessor", "C1", "C2")) == ["assigned assessor"]
    assert parts_of(ASSESSOR, TODAY, assigned(ASSESSOR, "assessor", "C1", "C2"), released(TODAY)) == []


def test_a_person_can_have_two_parts() -> None:
    both = (assigned(COACH, "coach"), assigned(COACH, "employer"))
    assert parts_of(COACH, TODAY, *both) == ["assigned coach", "assigned employer"]


def test_a_panel_member_finds_the_enrolment_whose_appeal_they_hear_for_good() -> None:
    convened = PanelConvened(members=frozenset({CHAIR}), independent=frozenset({CHAIR}))
    decided = AppealDecided(outcome="dismissed", reasons="Nothing was left out.", answers=())
    for facts in ((), (convened,), (convened, decided), (convened, decided, convened)):
        with told(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED, *facts)) as reads:
            found = [(part.enrolment_id, part.relation) for part in enrolments_of(reads, CHAIR, TODAY)]
        assert found == ([(ENROLMENT_ID, "member of the panel")] if facts else [])


def test_enrolments_come_oldest_first() -> None:
    with told(
        on(ENROLMENT_ID, ENROLLED), on(OTHER, ENROLLED), on(ENROLMENT_ID, assigned(APPRENTICE, "coach"))
    ) as reads:
        found = [(part.enrolment_id, part.relation) for part in enrolments_of(reads, APPRENTICE, TODAY)]
    assert found == [(ENROLMENT_ID, "assigned coach"), (ENROLMENT_ID, "the apprentice"), (OTHER, "the apprentice")]


def test_an_enrolment_is_on_the_route_and_form_of_the_day() -> None:
    moved = RouteChanged(route="CVT", form_id=OTHER_FORM_ID, effective_on=TOMORROW, reason="new job")
    with told(on(ENROLMENT_ID, ENROLLED, moved)) as reads:
        days = [enrolments_of(reads, APPRENTICE, day)[0] for day in (date(2020, 1, 1), TODAY, TOMORROW)]
    assert [(part.route, part.form_id) for part in days] == [
        ("LET", FORM_ID),
        ("LET", FORM_ID),
        ("CVT", OTHER_FORM_ID),
    ]


def listed(*facts: Fact, drafts: bool = False) -> list[Item]:
    """Return the items of the enrolment after these facts of one of them."""
    with told(on(ENROLMENT_ID, ENROLLED), on(EVIDENCE_ID, *facts)) as reads:
        return items(reads, ENROLMENT_ID, drafts=drafts)


def submitted(version: int) -> EvidenceSubmitted:
    return EvidenceSubmitted(version=version, declaration=DECLARATION)


def test_an_item_that_was_handed_in_is_listed_with_what_it_is() -> None:
    assert listed(OFFERED, SEALED, SUBMITTED) == [
        Item(
            evidence_id=EVIDENCE_ID,
            version=1,
            title="Lighting plot",
            kind="work product",
            stage="submitted",
            media_type="application/pdf",
            claims=(),
            submitted_at=at(4),
        )
    ]


def test_a_draft_is_listed_only_where_drafts_are_asked_for() -> None:
    assert listed(OFFERED) == []
    assert [item.stage for item in listed(OFFERED, drafts=True)] == ["offered"]
    assert [item.stage for item in listed(OFFERED, SEALED, drafts=True)] == ["sealed"]


def test_a_version_is_listed_as_it_was_answered() -> None:
    assert [item.stage for item in listed(OFFERED, SUBMITTED, EvidenceAccepted(version=1))] == ["accepted"]
    assert [item.stage for item in listed(OFFERED, SUBMITTED, EvidenceReturned(version=1, reason="dark"))] == [
        "returned"
    ]


def test_the_newest_version_stands_for_the_item() -> None:
    replaced = EvidenceReplaced(version=1, replaced_by=2)
    found = listed(OFFERED, SUBMITTED, again(2), submitted(2), replaced)
    assert [(item.version, item.title, item.stage) for item in found] == [(2, "Lighting plot, corrected", "submitted")]


def test_others_see_the_version_handed_in_while_a_newer_draft_waits() -> None:
    facts = (OFFERED, SUBMITTED, again(2))
    assert [item.version for item in listed(*facts)] == [1]
    assert [item.version for item in listed(*facts, drafts=True)] == [2]


def test_a_discarded_draft_is_gone_and_the_version_before_stands() -> None:
    discarded = DraftDiscarded(version=2, object_id=OFFERED.object_id)
    assert [item.version for item in listed(OFFERED, SUBMITTED, again(2), discarded, drafts=True)] == [1]
    assert listed(OFFERED, DraftDiscarded(version=1, object_id=OFFERED.object_id), drafts=True) == []


def test_claims_are_listed_in_the_order_of_codes() -> None:
    claims = [StatementClaimed(version=1, code=code, place=None) for code in ("S2", "K10", "K2", "K2")]
    dropped = ClaimDropped(version=1, code="S2")
    assert [item.claims for item in listed(OFFERED, SUBMITTED, *claims, dropped)] == [("K2", "K10")]


def test_a_new_version_inherits_no_claims() -> None:
    claimed = StatementClaimed(version=1, code="K1", place=None)
    assert [item.claims for item in listed(OFFERED, SUBMITTED, claimed, again(2), drafts=True)] == [()]


def test_a_withdrawn_version_claims_nothing_and_is_for_the_apprentice_only() -> None:
    facts = (OFFERED, StatementClaimed(version=1, code="K1", place=None), EvidenceWithdrawn(version=1, reason="wrong"))
    assert [(item.stage, item.claims) for item in listed(*facts, drafts=True)] == [("withdrawn", ())]
    assert listed(*facts) == []


def test_a_written_record_is_listed_under_its_kind() -> None:
    said = record.Testimony(
        witness="Ada",
        role="rigger",
        competence="ten years",
        relation="colleague",
        first_hand=True,
        statement="Well.",
        occurred_on=YESTERDAY,
    )
    written = EvidenceRecorded(
        enrolment_id=ENROLMENT_ID, apprentice=APPRENTICE, version=1, title="Testimony", record=said, sha256=SHA, size=9
    )
    assert [(item.kind, item.stage, item.media_type) for item in listed(written)] == [
        ("witness testimony", "accepted", "text/plain")
    ]


def test_items_of_another_enrolment_are_not_listed() -> None:
    with told(on(ENROLMENT_ID, ENROLLED), on(EVIDENCE_ID, OFFERED)) as reads:
        assert items(reads, OTHER, drafts=True) == []

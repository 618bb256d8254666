"""Which appeals there are, where each stands and who is part of it."""

from uuid import UUID

from portfolio.domain.appeal.facts import AppealAdmitted, AppealWithdrawn, PanelConvened, PanelMemberRecused
from portfolio.domain.vocabulary import APPELLANT, MEMBER_OF_THE_PANEL, THE_APPRENTICE
from projections.appeal_list import APPEAL_LIST
from projections.enrolment_list import filed
from projections.machinery.database import Reads
from tests.domain.world import APPEAL_ID, APPRENTICE, ASSESSOR, COACH, DECISION_ID, ENROLMENT_ID, OFFICER, TODAY, an_id
from tests.projections.support import ENROLLED, LODGED, at, on, views_after

CHAIR, MEMBER = an_id("chair"), an_id("member")
ADMITTED = AppealAdmitted(officer=OFFICER)
CONVENED = PanelConvened(members=frozenset({CHAIR, MEMBER}), independent=frozenset({CHAIR}))


def found(reads: Reads, *words: str) -> list[UUID]:
    return [each.item for each in APPEAL_LIST.find(reads, TODAY, also=words, order="recorded", limit=5)]


def test_an_appeal_is_listed_as_it_was_lodged() -> None:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED)) as reads:
        (row,) = APPEAL_LIST.find(reads, TODAY, order="recorded", limit=5)
        assert (row.item, row.card.position, row.card.lodged_at) == (APPEAL_ID, 2, at(2))
        assert (row.card.appeal.decision_id, row.card.appeal.status) == (DECISION_ID, "lodged")


def test_an_appeal_is_found_by_where_it_stands() -> None:
    for facts, status, going_on in (
        ((), "lodged", True),
        ((ADMITTED,), "admitted", True),
        ((AppealWithdrawn(),), "withdrawn", False),
    ):
        with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED, *facts)) as reads:
            assert found(reads, f"status={status}", f"open={going_on}") == [APPEAL_ID]
            assert found(reads, f"open={not going_on}") == found(reads, "status=decided") == []
            assert found(reads, f"enrolment_id={ENROLMENT_ID}") == [APPEAL_ID]


def test_an_appeal_is_found_by_those_who_are_part_of_it() -> None:
    recused = PanelMemberRecused(member=MEMBER, reason="I know her.")
    with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED, ADMITTED, CONVENED, recused)) as reads:
        there = [
            (relation, person)
            for relation in (THE_APPRENTICE, APPELLANT, MEMBER_OF_THE_PANEL)
            for person in (APPRENTICE, COACH, CHAIR, MEMBER, ASSESSOR)
            if found(reads, filed(relation, person))
        ]
        assert there == [(THE_APPRENTICE, APPRENTICE), (APPELLANT, COACH), (MEMBER_OF_THE_PANEL, CHAIR)]

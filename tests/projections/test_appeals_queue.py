"""Which appeals are open, and which step each waits for."""

import pytest

from portfolio.domain.appeal.facts import (
    AppealAdmitted,
    AppealDecided,
    AppealNotAdmitted,
    AppealWithdrawn,
    PanelConvened,
    PanelDivided,
    PanelMemberAdded,
    PanelMemberReplaced,
    ResultSubject,
    SecondLookAsked,
)
from portfolio.domain.kernel import Fact, changed
from projections.appeals_queue import OpenAppeal, appeals_queue
from tests.domain.world import APPEAL_ID, APPRENTICE, CHAIR, COACH, DECISION_ID, ENROLMENT_ID, TODAY, an_id
from tests.projections.support import ENROLLED, LODGED, at, on, views_after

CONVENED = PanelConvened(members=frozenset({CHAIR}), independent=frozenset({CHAIR}))
UPHELD = AppealDecided(outcome="upheld", reasons="It was not looked at.", answers=())


def appeals(*facts: Fact) -> list[OpenAppeal]:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, *facts)) as reads:
        return appeals_queue(reads)


def test_a_lodged_appeal_waits_for_its_admission() -> None:
    assert appeals(LODGED) == [
        OpenAppeal(
            position=2,
            since=at(2),
            appeal_id=APPEAL_ID,
            enrolment_id=ENROLMENT_ID,
            apprentice=APPRENTICE,
            appellant=COACH,
            decision_id=DECISION_ID,
            waits_for="admission",
        )
    ]


def test_an_admitted_appeal_waits_for_its_panel_and_then_for_its_outcome() -> None:
    assert [appeal.waits_for for appeal in appeals(LODGED, AppealAdmitted())] == ["panel"]
    assert [appeal.waits_for for appeal in appeals(LODGED, AppealAdmitted(), CONVENED)] == ["outcome"]


def test_a_divided_panel_waits_for_a_further_member_and_then_for_its_outcome() -> None:
    convened = (LODGED, AppealAdmitted(), CONVENED)
    added = PanelMemberAdded(member=CHAIR, independent=False, added_on=TODAY, officer=COACH)
    replaced = PanelMemberReplaced(
        member=CHAIR, replacement=COACH, independent=False, reason="She is ill.", officer=APPRENTICE
    )
    assert [appeal.waits_for for appeal in appeals(*convened, PanelDivided())] == ["further member"]
    for fact in (added, replaced):
        assert [appeal.waits_for for appeal in appeals(*convened, PanelDivided(), fact)] == ["outcome"]


def test_an_appeal_that_is_not_heard_waits_again_when_a_second_look_is_asked_for() -> None:
    asked = SecondLookAsked(decision_id=DECISION_ID, statement="It was in time.")
    refused = AppealNotAdmitted(reason="late")
    assert [appeal.waits_for for appeal in appeals(LODGED, refused, asked)] == ["second look"]
    assert [appeal.waits_for for appeal in appeals(LODGED, refused, asked, AppealAdmitted())] == ["panel"]


@pytest.mark.parametrize(
    "end",
    [(AppealNotAdmitted(reason="late"),), (AppealAdmitted(), CONVENED, UPHELD), (AppealWithdrawn(),)],
    ids=["not admitted", "decided", "withdrawn"],
)
def test_an_appeal_that_is_over_leaves_the_queue(end: tuple[Fact, ...]) -> None:
    assert appeals(LODGED, *end) == []


def test_an_appeal_against_a_result_names_no_decision() -> None:
    lodged = changed(LODGED, subject=ResultSubject(result_id=an_id("result")))
    assert [appeal.decision_id for appeal in appeals(lodged)] == [None]


def test_appeals_come_oldest_first_and_page_after_a_position() -> None:
    second = an_id("second appeal")
    with views_after(on(APPEAL_ID, LODGED), on(second, LODGED), on(APPEAL_ID, AppealAdmitted())) as reads:
        assert [appeal.appeal_id for appeal in appeals_queue(reads)] == [APPEAL_ID, second]
        assert [appeal.appeal_id for appeal in appeals_queue(reads, limit=1)] == [APPEAL_ID]
        assert [appeal.appeal_id for appeal in appeals_queue(reads, after=1)] == [second]

"""Criteria as a list shows them."""

from portfolio.domain.criteria import CriteriaApproved, CriteriaDrafted
from projections.criteria import CRITERIA_LIST, CriteriaCard
from tests.domain.world import CRITERIA_ID, PLAN_ID, SHA, TODAY
from tests.projections.support import on, views_after

DRAFTED = CriteriaDrafted(plan_id=PLAN_ID, title="Rigging", version="2", scale=("pass",), criteria=(), sha256=SHA)


def test_a_version_is_listed_as_drafted_and_found_by_title_and_version() -> None:
    card = CriteriaCard(plan_id=PLAN_ID, title="Rigging", version="2", sha256=SHA, position=1)
    with views_after(on(CRITERIA_ID, DRAFTED)) as reads:
        for search in ("rig", "2 rigging"):
            assert [found.card for found in CRITERIA_LIST.find(reads, TODAY, search=search, limit=5)] == [card]
        assert CRITERIA_LIST.find(reads, TODAY, also=["approved=True"], limit=5) == []


def test_an_approved_version_is_found_as_such() -> None:
    with views_after(on(CRITERIA_ID, DRAFTED, CriteriaApproved(sha256=SHA))) as reads:
        also = ["approved=True", f"plan_id={PLAN_ID}"]
        assert [found.card.approved for found in CRITERIA_LIST.find(reads, TODAY, also=also, limit=5)] == [True]

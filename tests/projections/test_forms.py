"""Forms as a list shows them."""

from portfolio.domain.form import Component, ComponentAdded, CoverageProof, FormApproved, FormDrafted
from projections.forms import FORMS, FormCard
from tests.domain.world import FORM_ID, PLAN_ID, SHA, TODAY
from tests.projections.support import on, views_after

DRAFTED = FormDrafted(plan_id=PLAN_ID, title="Live events, form A", routes=("LET", "CVT"))
ADDED = ComponentAdded(component=Component(key="C1", name="Observation", method="observation", codes=frozenset({"K1"})))
APPROVED = FormApproved(proof=CoverageProof(plan_sha256=SHA, form_sha256=SHA, routes=()))


def test_a_form_is_listed_with_how_many_components_it_has_and_found_by_each_route_it_serves() -> None:
    card = FormCard(plan_id=PLAN_ID, title="Live events, form A", routes=("LET", "CVT"), position=1, components=2)
    with views_after(on(FORM_ID, DRAFTED, ADDED, ADDED)) as reads:
        for also in ("route=LET", "route=CVT", f"plan_id={PLAN_ID}", "approved=False"):
            assert [found.card for found in FORMS.find(reads, TODAY, also=[also], search="live", limit=5)] == [card]
        assert FORMS.find(reads, TODAY, also=["approved=True"], limit=5) == []


def test_an_approved_form_is_found_as_such() -> None:
    with views_after(on(FORM_ID, DRAFTED, APPROVED)) as reads:
        assert [found.card.approved for found in FORMS.find(reads, TODAY, also=["approved=True"], limit=5)] == [True]

"""Who is the second person of which enrolment."""

from portfolio.domain.kernel import changed
from projections.enrolments import enrolments_of
from projections.scrutiny_routes import SCRUTINY_ROUTES
from tests.domain.world import ASSESSOR, COACH, ENROLMENT_ID, FORM_ID, OTHER_ASSESSOR, TODAY
from tests.projections.support import ENROLLED, ROUTE, on, rows_after, views_after


def test_the_second_person_named_last_finds_the_enrolment() -> None:
    another = changed(ROUTE, second_person=COACH)
    for routes, there in (((ROUTE,), OTHER_ASSESSOR), ((ROUTE, another), COACH)):
        with views_after(on(ENROLMENT_ID, ENROLLED, *routes)) as reads:
            for person in (OTHER_ASSESSOR, COACH):
                found = [(each.enrolment_id, each.relation) for each in enrolments_of(reads, person, TODAY)]
                assert found == ([(ENROLMENT_ID, "second person of a scrutiny route")] if person == there else [])


def test_each_component_of_a_form_has_a_route_of_its_own() -> None:
    rows = rows_after(SCRUTINY_ROUTES, on(ENROLMENT_ID, ENROLLED, ROUTE, changed(ROUTE, component="C2")))
    assert set(rows) == {(ENROLMENT_ID, ASSESSOR, FORM_ID, key) for key in ("C1", "C2")}

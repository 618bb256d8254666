"""The readiness view holds the picture that the one policy is applied to."""

from functools import reduce

from portfolio.domain.evidence.facts import EvidenceServed
from portfolio.domain.readiness.picture import Picture, see
from projections.readiness import READINESS, picture_of
from tests.domain.world import ENROLMENT_ID, EVIDENCE_ID, FORM_FACTS, FORM_ID, PLAN_ID, an_id
from tests.projections.support import ENROLLED, IMPORTED, STORY, ListLog, on, rows_after, views_after


def test_it_is_the_picture_folded_from_the_facts_of_the_enrolment_and_its_children() -> None:
    log = ListLog()
    log.tell(*STORY)
    expected = reduce(see, log.entries, Picture())
    with views_after(*STORY) as reads:
        assert picture_of(reads, ENROLMENT_ID) == expected
    assert expected.claims
    assert expected.attempts[0].decisions
    assert expected.appeals


def test_two_apprentices_do_not_share_a_picture() -> None:
    other = an_id("other enrolment")
    rows = rows_after(READINESS, *STORY, on(other, ENROLLED))
    assert rows[other]["picture"].claims == ()
    assert rows[ENROLMENT_ID]["picture"].claims != ()


def test_a_fact_that_readiness_does_not_see_changes_no_row() -> None:
    served = on(EVIDENCE_ID, EvidenceServed(version=1))
    assert rows_after(READINESS, *STORY, served) == rows_after(READINESS, *STORY)


def test_plans_and_forms_have_no_picture() -> None:
    assert rows_after(READINESS, on(PLAN_ID, IMPORTED), on(FORM_ID, *FORM_FACTS)) == {}


def test_an_unknown_enrolment_has_no_picture() -> None:
    with views_after(*STORY) as reads:
        assert picture_of(reads, an_id("nobody's enrolment")) is None

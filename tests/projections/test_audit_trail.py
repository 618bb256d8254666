"""The audit trail tells every fact of an enrolment in order, and nothing else."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from portfolio.domain.kernel import tag_of
from portfolio.domain.sentences import sentence
from projections.audit_trail import Entry, audit_trail
from projections.runner import Projector
from projections.views import VIEWS
from tests.domain.world import APPRENTICE, ASSESSOR, ATTEMPT_ID, ENROLMENT_ID, FORM_FACTS, FORM_ID, an_id
from tests.projections.support import ENROLLED, STORY, ListLog, assigned, at, on, scratch, told


@pytest.fixture(scope="module")
def reads() -> Iterator[Projector]:
    with told(on(FORM_ID, *FORM_FACTS), *STORY, on(an_id("other enrolment"), ENROLLED)) as projector:
        yield projector


FIRST, LAST = 5, 14
"""Positions of the enrolment's facts in that log: three of the form and one of the plan come before."""


def positions(entries: list[Entry]) -> list[int]:
    return [entry.position for entry in entries]


def test_it_has_every_fact_of_the_enrolment_its_evidence_attempts_and_appeals_in_order(reads: Projector) -> None:
    assert positions(audit_trail(reads, enrolment_id=ENROLMENT_ID)) == list(range(FIRST, LAST + 1))


def test_an_entry_says_which_fact_it_is_who_did_it_when_and_what_it_means(reads: Projector) -> None:
    first = audit_trail(reads, enrolment_id=ENROLMENT_ID, limit=1)
    assert first == [
        Entry(
            position=FIRST,
            stream=ENROLMENT_ID,
            at=at(FIRST),
            by=APPRENTICE,
            kind=tag_of(ENROLLED),
            sentence=sentence(ENROLLED),
        )
    ]


def test_it_pages_behind_a_position(reads: Projector) -> None:
    pages = [audit_trail(reads, enrolment_id=ENROLMENT_ID, behind=behind, limit=4) for behind in (0, 8, 12)]
    assert [positions(page) for page in pages] == [[5, 6, 7, 8], [9, 10, 11, 12], [13, 14]]
    assert all(before[-1].position < after[0].position for before, after in pairwise(pages))


def test_it_can_be_asked_for_one_record(reads: Projector) -> None:
    entries = audit_trail(reads, enrolment_id=ENROLMENT_ID, stream=ATTEMPT_ID)
    assert [entry.kind for entry in entries] == [
        "assessment.attempt-opened",
        "assessment.statement-found",
        "assessment.statement-found",
        "assessment.grade-decided",
    ]


def test_it_can_be_asked_for_one_kind_of_fact(reads: Projector) -> None:
    entries = audit_trail(reads, enrolment_id=ENROLMENT_ID, kind="assessment.statement-found")
    assert len(entries) == 2


def test_since_counts_and_until_does_not(reads: Projector) -> None:
    assert positions(audit_trail(reads, enrolment_id=ENROLMENT_ID, since=at(7), until=at(9))) == [7, 8]


def test_it_can_be_asked_for_one_actor() -> None:
    log = ListLog()
    log.tell(*STORY)
    last = log.tell(on(ENROLMENT_ID, assigned(ASSESSOR)), by=ASSESSOR)
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        projector.step()
        assert positions(audit_trail(projector, enrolment_id=ENROLMENT_ID, actor=ASSESSOR)) == [last]


def test_an_unknown_enrolment_has_no_trail(reads: Projector) -> None:
    assert audit_trail(reads, enrolment_id=FORM_ID) == []

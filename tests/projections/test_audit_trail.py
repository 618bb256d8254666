"""The audit trail tells every fact of an enrolment in order, and nothing else."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pytest

from portfolio.domain.kernel import Recorded
from projections.audit_trail import audit_trail, last_position, latest
from projections.machinery.runner import Projector
from projections.views import VIEWS
from tests.domain.world import ASSESSOR, ATTEMPT_ID, ENROLMENT_ID, FORM_FACTS, FORM_ID, an_id
from tests.projections.support import ENROLLED, STORY, ListLog, assigned, at, on, scratch

FIRST, LAST = 5, 14
"""Positions of the enrolment's facts in that log: three of the form and one of the plan come before."""


class Trail:
    """A log and the views after it."""

    def __init__(self, log: ListLog, projector: Projector) -> None:
        self.log = log
        self.reads = projector

    def __call__(self, **filters: Any) -> Sequence[Recorded]:
        """Return what the trail of the enrolment answers."""
        return audit_trail(self.reads, self.log, **{"enrolment_id": ENROLMENT_ID, **filters})


@pytest.fixture
def trail() -> Iterator[Trail]:
    log = ListLog()
    log.tell(on(FORM_ID, *FORM_FACTS), *STORY, on(an_id("other enrolment"), ENROLLED))
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        projector.step()
        yield Trail(log, projector)


def positions(entries: Sequence[Recorded]) -> list[int]:
    return [entry.position for entry in entries]


def test_it_has_every_fact_of_the_enrolment_its_evidence_attempts_and_appeals_in_order(trail: Trail) -> None:
    assert positions(trail()) == list(range(FIRST, LAST + 1))


def test_an_entry_is_the_fact_as_it_was_recorded(trail: Trail) -> None:
    assert trail(limit=1) == [trail.log.entries[FIRST - 1]]


def test_it_pages_behind_a_position(trail: Trail) -> None:
    pages = [trail(after=after, limit=4) for after in (0, 8, 12)]
    assert [positions(page) for page in pages] == [[5, 6, 7, 8], [9, 10, 11, 12], [13, 14]]
    assert all(before[-1].position < after[0].position for before, after in pairwise(pages))


def test_it_can_be_asked_for_one_record(trail: Trail) -> None:
    assert [entry.tag for entry in trail(stream=ATTEMPT_ID)] == [
        "assessment.attempt-opened",
        "assessment.statement-found",
        "assessment.statement-found",
        "assessment.grade-decided",
    ]


def test_it_can_be_asked_for_one_kind_of_fact(trail: Trail) -> None:
    assert len(trail(kind="assessment.statement-found")) == 2


def test_since_counts_and_until_does_not(trail: Trail) -> None:
    assert positions(trail(since=at(7), until=at(9))) == [7, 8]
    assert positions(trail(since=at(7), after=7, until=at(9))) == [8]


def test_it_can_be_asked_for_one_actor(trail: Trail) -> None:
    last = trail.log.tell(on(ENROLMENT_ID, assigned(ASSESSOR)), by=ASSESSOR)
    with scratch() as database:
        projector = Projector(trail.log, database, VIEWS)
        projector.step()
        assert positions(audit_trail(projector, trail.log, enrolment_id=ENROLMENT_ID, actor=ASSESSOR)) == [last]


def test_an_unknown_enrolment_has_no_trail(trail: Trail) -> None:
    assert trail(enrolment_id=FORM_ID) == []


def test_the_newest_come_first_behind_and_before_a_position(trail: Trail) -> None:
    def newest(**asked: Any) -> list[int]:
        return positions(latest(trail.reads, trail.log, enrolment_id=ENROLMENT_ID, **asked))

    assert newest() == list(range(LAST, FIRST - 1, -1))
    assert newest(limit=3) == [14, 13, 12]
    assert newest(limit=3, until=12) == [11, 10, 9]
    assert newest(after=12) == [14, 13]
    others = [entry.position for entry in trail() if entry.by != ASSESSOR]
    assert newest(but=ASSESSOR) == others[::-1]
    assert last_position(trail.reads, ENROLMENT_ID) == LAST
    assert last_position(trail.reads, an_id("nobody's")) == 0

"""What should have followed from upheld appeals and was refused."""

import pytest

from portfolio.domain.appeal.facts import Consequence, ConsequenceClosed, ConsequenceDrawn, ConsequenceRefused
from portfolio.domain.kernel import Fact, changed
from projections.consequences import OpenConsequence, how_many, open_consequences
from tests.domain.world import APPEAL_ID, APPRENTICE, ATTEMPT_ID, ENROLMENT_ID
from tests.projections.support import ENROLLED, LODGED, at, on, views_after

ANEW: Consequence = "a new attempt is opened"
REFUSED = ConsequenceRefused(consequence=ANEW, refusal="attempt-not-allowed", why="No further attempt.")
TASK = OpenConsequence(
    position=3,
    since=at(3),
    appeal_id=APPEAL_ID,
    enrolment_id=ENROLMENT_ID,
    apprentice=APPRENTICE,
    consequence=ANEW,
    refusal="attempt-not-allowed",
    why="No further attempt.",
)


def tasks(*facts: Fact) -> list[OpenConsequence]:
    with views_after(on(ENROLMENT_ID, ENROLLED), on(APPEAL_ID, LODGED, *facts)) as reads:
        found = open_consequences(reads)
        assert how_many(reads) == len(found)
        return found


def test_a_refused_consequence_is_a_task_with_the_last_reason() -> None:
    assert tasks(REFUSED) == [TASK]
    again = changed(REFUSED, refusal="plan-not-approved", why="The plan is a draft.")
    later = changed(TASK, position=4, since=at(4), refusal="plan-not-approved", why="The plan is a draft.")
    assert tasks(REFUSED, again) == [later]


@pytest.mark.parametrize(
    "end",
    [
        ConsequenceDrawn(consequence=ANEW, assessment_id=ATTEMPT_ID),
        ConsequenceClosed(consequence=ANEW, reason="The apprentice left."),
    ],
)
def test_what_was_drawn_or_closed_is_no_task_any_more(end: Fact) -> None:
    assert tasks(REFUSED, end) == []


def test_each_consequence_of_an_appeal_is_a_task_of_its_own() -> None:
    both = tasks(REFUSED, changed(REFUSED, consequence="the decision is set aside"))
    assert [task.consequence for task in both] == [ANEW, "the decision is set aside"]

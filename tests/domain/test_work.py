"""Work: what an open attempt asks of whom: whoever is assigned to its component decides, nobody else is asked."""

from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.work import work_of
from tests.domain.test_closing import by
from tests.domain.test_opening import OPENED
from tests.domain.world import ASSESSOR, OTHER_ASSESSOR

ATTEMPT = ASSESSMENT.fold([OPENED])


def test_an_open_attempt_asks_its_codes_of_who_is_assigned() -> None:
    work = work_of(ATTEMPT, by(ASSESSOR, "assessor"))
    assert work is not None
    assert set(work.missing) == set(work.codes) == set(OPENED.codes)


def test_it_asks_nothing_of_who_is_assigned_to_another_or_does_not_hold_the_role() -> None:
    assert work_of(ATTEMPT, by(OTHER_ASSESSOR, "assessor")) is None
    assert work_of(ATTEMPT, by(ASSESSOR, "coach")) is None

"""To whom a person has said what they are."""

from portfolio.domain.interests import InterestDeclared
from projections.declarations import DECLARATIONS
from tests.domain.world import APPRENTICE, ASSESSOR, an_id
from tests.projections.support import on, rows_after


def test_there_is_a_row_for_each_apprentice_whatever_was_said_and_how_often() -> None:
    other = an_id("another")
    said = [InterestDeclared(apprentice=each, interest="none", detail="") for each in (APPRENTICE, other, APPRENTICE)]
    assert rows_after(DECLARATIONS, on(ASSESSOR, *said)) == {
        (ASSESSOR, APPRENTICE): {"position": 3},
        (ASSESSOR, other): {"position": 2},
    }

"""Whatever happened, and whichever one fact cannot be read: all other records are shown as they are without that."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector
from projections.machinery.trouble import LOOK_AGAIN_SECONDS
from projections.views import VIEWS
from tests.projections.histories import History, Move
from tests.projections.poison import Hand, Poisoned, Renamed, poison
from tests.projections.support import scratch
from tests.properties.test_projections import BEGUN, FOLDINGS, HISTORIES
from tests.soak import times


@settings(max_examples=times(30), deadline=None)
@given(HISTORIES, st.integers(0, 10_000), st.sampled_from([Poisoned, Renamed]))
def test_one_fact_that_cannot_be_read_changes_no_other_record(
    moves: list[Move], choice: int, kind: type[Poisoned]
) -> None:
    history, clock = History(), Hand()
    for move in (*BEGUN, *(move for move in moves if move.name not in FOLDINGS)):
        history.make(move)
    log = history.log
    with scratch() as right, scratch() as database:
        settle(Projector(log, right, VIEWS))
        poisoned = poison(log, 1 + choice % log.head(), kind)
        projector = settle(Projector(log, database, VIEWS, clock=clock))
        assert projector.shown == log.head()
        owner = right.row(OWNER, (poisoned.originator_id,))
        touched = {str(poisoned.originator_id), str(owner["enrolment_id"]) if owner else ""} - {""}
        for view in VIEWS:
            stored = [[*each.rows(view)] for each in (right, database)]
            names = [
                row[: len(view.key)] for rows in stored for row in rows if tells_of(row, touched, poisoned.position)
            ]
            as_without_it, as_it_is = ([row for row in rows if row[: len(view.key)] not in names] for rows in stored)
            assert as_it_is == as_without_it
        poisoned.healed = True
        clock.passes(LOOK_AGAIN_SECONDS)
        settle(projector)
        assert all(list(database.rows(view)) == list(right.rows(view)) for view in (OWNER, *VIEWS))


def settle(projector: Projector) -> Projector:
    while projector.step():
        pass
    return projector


def tells_of(row: tuple[Any, ...], records: set[str], position: int) -> bool:
    """Tell whether a row names one of these records, or this fact."""
    return position in row or any(each in repr(row) for each in records)

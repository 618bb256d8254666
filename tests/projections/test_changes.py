"""What is told of the log: filed under everything and under whose it is; nothing is left out between two answers."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.application.read_session import ReadSession
from portfolio.domain.kernel import NOBODY
from portfolio.domain.person import PersonRegistered, RoleGranted
from projections import changes as module
from projections.appeal_list import APPEAL_LIST
from projections.changes import CHANGES, EVERYBODY, EVERYTHING, Changes, changes
from projections.enrolment_list import ENROLMENT_LIST
from projections.machinery.runner import Projector
from tests.domain.world import APPEAL_ID, COACH, ENROLMENT_ID, IMPORTER, TODAY
from tests.projections.support import STORY, ListLog, on, rows_after, scratch

OTHERS = [
    on(UUID(int=100 + number), *(PersonRegistered(name=f"P{number}", works_for="centre"),)) for number in range(9)
]
PEOPLE = (
    on(
        IMPORTER, PersonRegistered(name="Imran", works_for="assessment organisation"), RoleGranted(role="administrator")
    ),
    on(COACH, PersonRegistered(name="Cara", works_for="centre"), RoleGranted(role="coach")),
)
VIEWS = (ENROLMENT_LIST.view, APPEAL_LIST.view, CHANGES)


def test_each_event_is_filed_under_everything_and_under_whose_it_is() -> None:
    rows = rows_after(CHANGES, *PEOPLE, *STORY)
    under = {filed: sorted(position for each, position in rows if each == filed) for filed, _ in rows}
    assert under.keys() == {EVERYTHING, EVERYBODY, ENROLMENT_ID, APPEAL_ID, IMPORTER, COACH}
    assert under[EVERYTHING] == sorted({*under[ENROLMENT_ID], *under[EVERYBODY], *under[IMPORTER], *under[COACH]})
    assert set(under[APPEAL_ID]) < set(under[ENROLMENT_ID])
    assert {row["enrolment_id"] for (filed, _), row in rows.items() if filed == APPEAL_ID} == {ENROLMENT_ID}


def told(reads: Projector, log: ListLog, by: UUID, after: int, limit: int) -> Changes:
    return changes(reads, log, ReadSession(log), by, TODAY, after=after, limit=limit)  # type: ignore[arg-type]  # a log in memory


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_whoever_reads_on_is_told_all_that_a_look_through_the_log_would_tell_them(data: st.DataObject) -> None:
    """Facts are folded in pieces and asked for in between, by two people, in windows and pages of any size."""
    streams = [*data.draw(st.permutations([*PEOPLE, *OTHERS])), *STORY]
    log, heard = ListLog(), {IMPORTER: list[int](), COACH: list[int]()}
    reached = dict.fromkeys(heard, 0)
    window, module.WINDOW = module.WINDOW, data.draw(st.integers(1, 5))
    try:
        with scratch() as database:
            projector = Projector(log, database, VIEWS)
            log.tell(*PEOPLE)
            while streams or any(reached[by] < log.head() for by in heard):
                if streams:
                    log.tell(streams.pop(0))
                for _ in range(data.draw(st.integers(0, 1)) if streams else 1):
                    while projector.step():
                        pass
                for by in heard:
                    found = told(projector, log, by, reached[by], data.draw(st.integers(1, 4)))
                    assert found.reached >= reached[by]
                    heard[by] += [event.position for event in found.events]
                    reached[by] = found.reached
            whole = {by: [event.position for event in told(projector, log, by, 0, 1_000).events] for by in heard}
    finally:
        module.WINDOW = window
    assert heard[IMPORTER] == whole[IMPORTER] == [entry.position for entry in log.entries if entry.tag in CHANGES.tags]
    assert heard[COACH] == sorted(set(heard[COACH]))
    assert set(heard[COACH]) <= set(whole[IMPORTER])


def test_nobody_is_told_what_is_filed_under_nobody() -> None:
    assert EVERYTHING == NOBODY

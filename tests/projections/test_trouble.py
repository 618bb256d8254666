"""A view that fails stands still alone, a fact that cannot be read is set aside alone, and each says so."""

import re
from contextlib import suppress
from threading import Event

import pytest

from portfolio.application.ports import Busy, FactUnreadable, Unread
from portfolio.domain.catalogue import FACTS
from portfolio.domain.kernel import Entry
from portfolio.domain.person import PersonRegistered
from projections.audit_trail import AUDIT_TRAIL
from projections.machinery.database import View
from projections.machinery.following import BATCH_SIZE, LONGEST_PAUSE
from projections.machinery.owner import OWNER
from projections.machinery.runner import Projector, Reactor
from projections.machinery.trouble import LOOK_AGAIN_SECONDS, Failure, Trouble
from projections.people import PEOPLE
from projections.plans import PLANS
from projections.views import VIEWS
from tests.domain.world import ENROLMENT_ID, EVIDENCE_ID
from tests.projections.counting import ADA, COUNTS, chatter, count, counted
from tests.projections.poison import Faulty, Hand, Poisoned, Renamed, poison
from tests.projections.support import STORY, ListLog, on, rows_of, scratch


def stepped(projector: Projector, steps: int = 12) -> None:
    """Let a projector step as often, whatever it raises: the next step tries again."""
    for _ in range(steps):
        with suppress(RuntimeError):
            projector.step()


def test_a_fault_in_one_view_stops_that_view_alone() -> None:
    log, faulty = chatter(10), Faulty({4})
    with scratch() as database:
        projector = Projector(log, database, [COUNTS, faulty.view])
        stepped(projector)
        log.entries = chatter(15).entries
        stepped(projector)
        assert counted(database) == 15
        assert (projector.position, projector.shown) == (15, 0)
        assert projector.wait_for(15, 0, [COUNTS.table])
        assert not projector.wait_for(15, 0, [faulty.view.table])
        assert projector.behind() == {"the view faulty": 0}


def test_a_view_that_failed_is_tried_again_with_pauses_and_counts_nothing_twice() -> None:
    log, faulty, clock = chatter(10), Faulty({4}), Hand()
    with scratch() as database:
        projector = Projector(log, database, [COUNTS, faulty.view], clock=clock)
        stepped(projector)
        faulty.fails.clear()
        stepped(projector)
        assert projector.shown == 0
        clock.passes(LONGEST_PAUSE)
        stepped(projector)
        assert projector.shown == 10
        assert rows_of(database, faulty.view)[ADA] == rows_of(database, COUNTS)[ADA]


def test_a_view_that_cannot_go_on_is_named_with_its_position_until_it_goes_on() -> None:
    log, faulty, clock = chatter(10), Faulty({4}), Hand()
    with scratch() as database:
        projector = Projector(log, database, [COUNTS, faulty.view], clock=clock)
        stepped(projector)
        (failure,) = Trouble(database).failures()
        assert (failure.follower, failure.position) == ("the view faulty", 0)
        assert re.fullmatch(r"RuntimeError at projections/\w+\.py:\d+", failure.why)  # and no folder of the machine
        assert "Ann Lee" not in failure.in_words()
        faulty.fails.clear()
        clock.passes(LONGEST_PAUSE)
        stepped(projector)
        assert Trouble(database).failures() == []


def test_a_failure_is_forgotten_with_its_view() -> None:
    log, faulty = chatter(10), Faulty({4})
    with scratch() as database:
        stepped(Projector(log, database, [COUNTS, faulty.view]))
        Projector(log, database, [COUNTS])
        assert Trouble(database).failures() == []


def test_a_failure_that_another_process_noted_is_cleared_by_who_goes_on() -> None:
    log, faulty = chatter(10), Faulty({4})
    with scratch() as database:
        stepped(Projector(log, database, [COUNTS, faulty.view]))
        faulty.fails.clear()
        stepped(Projector(log, database, [COUNTS, faulty.view]))
        assert Trouble(database).failures() == []


def test_a_failure_that_is_noted_late_by_who_was_followed_by_another_is_cleared_by_that_one() -> None:
    log, clock = chatter(10), Hand()
    with scratch() as database:
        now = Projector(log, database, [COUNTS], clock=clock)
        stepped(now)
        Trouble(database).failed("the view counts", 3, "a connection that broke")
        clock.passes(LOOK_AGAIN_SECONDS)
        now.step()
        assert Trouble(database).failures() == []


def test_a_failure_that_could_not_be_written_is_forgotten_where_another_follows_now() -> None:
    stop = Event()
    stop.set()  # as where the lock was lost
    with scratch() as database:
        projector = Projector(chatter(10), database, [COUNTS])
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(database, "write", no_connection)
            for name in ("the view counts", "the projector"):
                with pytest.raises(Busy):
                    projector.trouble.failed(name, 3, "a connection that broke")
        assert len(projector.trouble.failures()) == 2
        projector.run(stop)
        assert projector.trouble.failures() == []


def no_connection(*_: object) -> None:
    raise Busy


def test_a_new_view_catches_up_beside_the_others() -> None:
    log = chatter(3 * BATCH_SIZE)
    newcomer = View("newcomer", 1, COUNTS.key, COUNTS.columns, count, FACTS)
    with scratch() as database:
        first = Projector(log, database, [COUNTS])
        while first.step():
            pass
        log.entries = chatter(3 * BATCH_SIZE + 5).entries
        projector = Projector(log, database, [COUNTS, newcomer])
        projector.step()
        assert projector.wait_for(log.head(), 0, [COUNTS.table])
        assert not projector.wait_for(log.head(), 0, [newcomer.table])
        assert projector.behind() == {"the view newcomer": BATCH_SIZE}
        while projector.step():
            pass
        assert rows_of(database, newcomer) == rows_of(database, COUNTS)


def test_owners_that_are_new_are_folded_before_any_view_goes_on() -> None:
    log = ListLog()
    log.tell(*STORY)
    with scratch() as database:
        Projector(log, database, VIEWS).step()
        database.reset([OWNER], indexed=True)
        log.tell(on(EVIDENCE_ID, STORY[2][1][-1]))
        projector = Projector(log, database, VIEWS)
        stepped(projector)
        assert projector.shown == log.head()
        assert rows_of(database, OWNER)[EVIDENCE_ID] == {"enrolment_id": ENROLMENT_ID}


@pytest.mark.parametrize("kind", [Poisoned, Renamed])
def test_a_fact_that_cannot_be_read_is_set_aside_and_no_view_stops(kind: type[Poisoned]) -> None:
    log = ListLog()
    log.tell(*STORY)
    poison(log, 5, kind)
    with scratch() as database:
        projector = Projector(log, database, VIEWS)
        stepped(projector)
        assert projector.shown == log.head()
        (aside,) = projector.aside
        assert (aside.position, aside.stream, aside.version, aside.enrolment_id) == (5, EVIDENCE_ID, 3, ENROLMENT_ID)
        assert Trouble(database).aside("views") == [aside]
        assert Trouble(database).failures() == []


@pytest.mark.parametrize("position", range(1, sum(len(facts) for _, facts in STORY) + 1))
def test_once_it_can_be_read_again_the_views_are_as_if_it_always_had_been(position: int) -> None:
    log, clock = ListLog(), Hand()
    log.tell(*STORY)
    poisoned = poison(log, position)
    with scratch() as database, scratch() as right:
        projector = Projector(log, database, VIEWS, clock=clock)
        stepped(projector)
        assert projector.shown == log.head()
        poisoned.healed = True
        clock.passes(LOOK_AGAIN_SECONDS)
        stepped(projector)
        assert list(projector.aside) == Trouble(database).aside("views") == []
        Projector(log, right, VIEWS).step()
        assert all(rows_of(database, view) == rows_of(right, view) for view in (OWNER, *VIEWS))


def test_only_the_views_concerned_are_made_again() -> None:
    log, clock = ListLog(), Hand()
    log.tell(*STORY, on(ADA, PersonRegistered(name="Ada", works_for="centre")))
    poisoned = poison(log, log.head())
    with scratch() as database:
        projector = Projector(log, database, VIEWS, clock=clock)
        stepped(projector)
        poisoned.healed = True
        clock.passes(LOOK_AGAIN_SECONDS)
        projector._look()
        projector._make_again()
        again = {view.name for view in VIEWS if database.position(view.table) == 0}
        assert PEOPLE.name in again
        assert PLANS.name not in again
        assert AUDIT_TRAIL.name not in again


def test_a_reaction_that_rests_on_an_unreadable_fact_waits_and_the_others_are_drawn() -> None:
    log, clock, drawn = chatter(5), Hand(), list[int]()
    unreadable = {3}

    def react(entry: Entry) -> None:
        if entry.position in unreadable:
            raise FactUnreadable([Unread(position=1, stream=entry.originator_id, version=1)])
        drawn.append(entry.position)

    with scratch() as database:
        reactor = Reactor("reactions", log, database, react, clock=clock)
        assert reactor.step() == 5
        assert drawn == [1, 2, 4, 5]
        unreadable.clear()
        reactor.step()
        assert drawn == [1, 2, 4, 5]
        clock.passes(LOOK_AGAIN_SECONDS)
        reactor.step()
        reactor.step()
        assert drawn == [1, 2, 4, 5, 3]


def test_a_follower_that_fails_for_some_seconds_is_named_and_no_more_once_it_goes_on() -> None:
    log, told = chatter(3), list[list[Failure]]()

    class Stop(Event):
        """Passes the pauses of a follower at once, and heals it when it has paused long enough."""

        def wait(self, timeout: float | None = None) -> bool:
            told.append(trouble.failures())
            return super().wait(0)

    stop = Stop()

    def react(entry: Entry) -> None:
        if len(told) < 9:
            raise OSError("about Ann Lee")
        stop.set()

    with scratch() as database:
        trouble = Trouble(database)
        Reactor("reactions", log, database, react, trouble=trouble).run(stop)
        assert [len(failures) for failures in told] == [0, 0, 0, 0, 0, 1, 1, 1, 1]
        assert told[-1][0].in_words().startswith("reactions cannot go on after fact 0 (OSError at ")
        assert trouble.failures() == []

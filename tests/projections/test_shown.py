"""Facts that come quickly gather while nobody waits for them; whoever waits for one is shown it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from projections.machinery.following import GATHER_SECONDS
from projections.machinery.shown import Shown

VIEW = "a_view_v1"
LONG = 1_000.0
PATIENCE_SECONDS = 10


class Clock:
    """Counts no seconds unless it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shown(clock: Clock) -> Shown:
    """Give a view that has just moved, where what comes next would gather for long."""
    shown = Shown({VIEW: 0}, clock)
    shown.move({VIEW: 1})
    clock.now = -LONG
    return shown


@contextmanager
def gathering(shown: Shown) -> Iterator[Thread]:
    thread = Thread(target=shown.gather, daemon=True)
    thread.start()
    yield thread
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()


def test_what_comes_after_a_rest_is_not_kept_waiting(shown: Shown, clock: Clock) -> None:
    clock.now = GATHER_SECONDS
    with gathering(shown):
        pass


def test_whoever_has_looked_and_found_nothing_has_not_moved(shown: Shown, clock: Clock) -> None:
    clock.now = GATHER_SECONDS
    shown.move({VIEW: 1})
    with gathering(shown):
        pass


def test_facts_gather_until_somebody_waits_for_one(shown: Shown) -> None:
    with gathering(shown) as thread:
        assert not shown.wait_for(2, 0)
        assert not shown.wait_for(2, GATHER_SECONDS, patient=True)
        assert thread.is_alive()
        assert not shown.wait_for(2, GATHER_SECONDS, [VIEW])


def test_facts_gather_again_once_nobody_waits_any_more(shown: Shown) -> None:
    assert not shown.wait_for(2, GATHER_SECONDS)
    with gathering(shown) as thread:
        thread.join(GATHER_SECONDS)
        assert thread.is_alive()
        shown.wait_for(2, GATHER_SECONDS)


def test_who_waits_is_told_when_every_view_asked_shows_it(shown: Shown) -> None:
    answers: list[bool] = []
    threads = [
        Thread(target=lambda patient=patient: answers.append(shown.wait_for(2, LONG, patient=patient)))
        for patient in (False, True)
    ]
    for thread in threads:
        thread.start()
    shown.move({VIEW: 2})
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert answers == [True, True]

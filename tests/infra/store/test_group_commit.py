import signal
from collections.abc import Sequence
from threading import Event, Semaphore, Thread, main_thread

import pytest

from infra.store.group_commit import GroupCommit
from portfolio.application.ports import Busy
from tests.infra.store.given import run_in_threads, wait_until


class Disk:
    """Commits what it is given when told to, and remembers the batches. Odd numbers are refused."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.go = Semaphore(0)

    def commit(self, numbers: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(numbers))
        self.go.acquire()
        return [LookupError(number) if number % 2 else number * 10 for number in numbers]


def test_a_caller_who_is_alone_writes_at_once_in_its_own_thread() -> None:
    disk = Disk()
    disk.go.release()
    assert GroupCommit(disk.commit).submit(2) == 20
    assert disk.batches == [[2]]


def test_callers_that_wait_share_the_next_write_and_each_gets_its_own_answer() -> None:
    disk = Disk()
    group: GroupCommit[int, int] = GroupCommit(disk.commit)
    answers: dict[int, object] = {}

    def first() -> None:
        answers[0] = group.submit(0)

    def later(number: int) -> None:
        wait_until(lambda: bool(disk.batches))
        try:
            answers[number] = group.submit(number)
        except LookupError as error:
            answers[number] = error

    def release() -> None:
        wait_until(lambda: group.pending == 4)
        disk.go.release(2)

    run_in_threads(first, *(lambda number=number: later(number) for number in (1, 2, 4)), release)
    assert [sorted(batch) for batch in disk.batches] == [[0], [1, 2, 4]]
    assert {number: answers[number] for number in (0, 2, 4)} == {0: 0, 2: 20, 4: 40}
    assert isinstance(answers[1], LookupError)


def test_nobody_waits_behind_more_than_a_bounded_batch() -> None:
    disk = Disk()
    group: GroupCommit[int, int] = GroupCommit(disk.commit, batch=2)

    def later(number: int) -> None:
        wait_until(lambda: bool(disk.batches))
        group.submit(number)

    def release() -> None:
        wait_until(lambda: group.pending == 6)
        disk.go.release(4)

    run_in_threads(
        lambda: group.submit(0), *(lambda number=number: later(number) for number in (2, 4, 6, 8, 10)), release
    )
    assert [len(batch) for batch in disk.batches] == [1, 2, 2, 1]


def test_with_the_queue_full_the_next_caller_is_refused_and_the_others_are_served() -> None:
    disk = Disk()
    group: GroupCommit[int, int] = GroupCommit(disk.commit, max_waiting=1)

    def refused() -> None:
        wait_until(lambda: group.pending == 2)
        with pytest.raises(Busy, match="Too many"):
            group.submit(4)
        disk.go.release(2)

    def second() -> None:
        wait_until(lambda: bool(disk.batches))
        group.submit(2)

    run_in_threads(lambda: group.submit(0), second, refused)
    assert disk.batches == [[0], [2]]


def test_a_write_that_is_interrupted_leaves_nobody_waiting() -> None:
    started = Event()
    group: GroupCommit[int, int]

    def commit(numbers: Sequence[int]) -> Sequence[int | Exception]:
        if numbers[0] == 0:
            started.set()
            wait_until(lambda: group.pending == 2)
            raise KeyboardInterrupt
        return numbers

    group = GroupCommit(commit)

    def first() -> None:
        with pytest.raises(KeyboardInterrupt):
            group.submit(0)

    def second() -> None:
        started.wait()
        assert group.submit(5) == 5

    run_in_threads(first, second)


def test_who_is_interrupted_while_waiting_keeps_nobody_behind_from_being_answered() -> None:
    disk = Disk()
    group: GroupCommit[int, int] = GroupCommit(disk.commit)
    answers: dict[int, int] = {}

    def ask(number: int, after: int) -> Thread:
        wait_until(lambda: group.pending == after)
        thread = Thread(target=lambda: answers.setdefault(number, group.submit(number)))
        thread.start()
        return thread

    others = [ask(0, 0), ask(2, 1)]

    def interrupt() -> None:
        others.append(ask(6, 3))  # after this thread, which waits with 4
        wait_until(lambda: group.pending == 4)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupting = Thread(target=interrupt)
    try:
        wait_until(lambda: group.pending == 2)
        interrupting.start()
        with pytest.raises(KeyboardInterrupt):
            group.submit(4)
    finally:
        signal.signal(signal.SIGINT, before)
    interrupting.join()
    disk.go.release(2)
    for thread in others:
        thread.join()
    assert disk.batches == [[0], [2, 4, 6]]
    assert answers == {0: 0, 2: 20, 6: 60}


@pytest.mark.parametrize("fault", [OSError, SystemExit, MemoryError])
def test_a_write_that_fails_for_many_tells_them_and_later_callers_are_served(fault: type[BaseException]) -> None:
    disk = Disk()
    faults: list[type[BaseException]] = []

    def commit(numbers: Sequence[int]) -> Sequence[int | Exception]:
        answers = disk.commit(numbers)
        if faults:
            raise faults.pop()
        return answers

    group: GroupCommit[int, int] = GroupCommit(commit)

    def submit(number: int) -> None:
        wait_until(lambda: bool(disk.batches))
        with pytest.raises(RuntimeError, match="ask by the idempotency key"):
            group.submit(number)

    def last() -> None:
        wait_until(lambda: len(disk.batches) == 2)
        assert group.submit(6) == 60

    def release() -> None:
        wait_until(lambda: group.pending == 3)
        disk.go.release()
        wait_until(lambda: len(disk.batches) == 2 and group.pending == 3)
        faults.append(fault)
        disk.go.release(2)

    run_in_threads(lambda: group.submit(0), lambda: submit(2), lambda: submit(4), last, release)
    disk.go.release()
    assert group.submit(8) == 80
    group.close()


def test_closing_waits_for_the_last_caller_and_refuses_new_ones() -> None:
    disk = Disk()
    group: GroupCommit[int, int] = GroupCommit(disk.commit)
    closed = Event()

    def close() -> None:
        wait_until(lambda: bool(disk.batches))
        group.close()
        closed.set()

    def release() -> None:
        wait_until(lambda: bool(disk.batches))
        assert not closed.is_set()
        disk.go.release()

    run_in_threads(lambda: group.submit(0), close, release)
    assert closed.is_set()
    group.close()  # once more does no harm
    with pytest.raises(Busy, match="being closed"):
        group.submit(2)

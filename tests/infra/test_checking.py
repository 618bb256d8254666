"""The pool that checks files: few at once, one of each sender, and what cannot be checked rests and says why."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import closing
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from infra import checking
from infra.checking import AT_ONCE, OUR_FAULT, CheckPool
from infra.store.leases import LEASE_SECONDS
from infra.store.sqlite.leases import SqliteLeases
from portfolio.application.checking import Waiting
from portfolio.application.ports import Busy, StorageBroken
from portfolio.domain.evidence.facts import FileSealed
from tests.domain.world import SHA, an_id
from tests.infra.store.given import wait_until
from tests.projections.support import SEALED


class Threads(Executor):
    """Does what it is given when told to."""

    def __init__(self) -> None:
        self.given: list[Callable[[], object]] = []

    def submit(self, function: Any, *values: Any) -> Any:  # type: ignore[override]  # of the pool's calls alone
        self.given.append(lambda: function(*values))

    def work(self) -> None:
        while self.given:
            self.given.pop(0)()


class Deployment:
    """What a pool looks at: files that wait by their view, and streams with what came of them."""

    def __init__(self, leases: SqliteLeases) -> None:
        self.files: list[Waiting] = []
        self.checked: list[UUID] = []
        self.facts: dict[UUID, list[Any]] = {}
        self.faults: dict[UUID, Exception] = {}
        self.keeps_naming = False
        self.threads = Threads()
        self.pool = CheckPool(self.check, cast(Any, self), cast(Any, self), leases)

    # the journal

    def head(self) -> int:
        return len(self.checked)

    def read(self, stream: UUID) -> Sequence[Any]:
        return self.facts.get(stream, [])

    def wait_past(self, position: int, timeout: float) -> bool:
        self.look()
        return True

    # the views

    def query(self, sql: str, **_: Any) -> Sequence[Any]:
        return [(file.object_id, file.stream, file.number, file.sender) for file in self.files]

    def wait_for(self, *_: Any) -> bool:
        return True

    # the check

    def check(self, file: Waiting) -> None:
        self.checked.append(file.object_id)
        if fault := self.faults.get(file.object_id):
            raise fault
        fact = FileSealed(
            version=1, object_id=file.object_id, sha256=SHA, size=1, bounds=SEALED.bounds, screening="none configured"
        )
        self.facts[file.stream] = [SimpleNamespace(fact=fact, causation=1)]
        if not self.keeps_naming:
            self.files.remove(file)

    def waits(self, name: str, sender: str) -> Waiting:
        file = Waiting(object_id=an_id(name), stream=an_id(f"of {name}"), number=1, sender=an_id(sender))
        self.files.append(file)
        return file

    def look(self) -> None:
        self.pool.step(self.threads)
        self.threads.work()


@pytest.fixture
def given() -> Iterator[Deployment]:
    with closing(SqliteLeases()) as leases:
        yield Deployment(leases)


def test_what_waits_is_checked_those_first_that_came_first(given: Deployment) -> None:
    first, second = given.waits("first", "mia"), given.waits("second", "noah")
    given.look()
    assert given.checked == [first.object_id, second.object_id]
    assert given.files == []


def test_few_are_checked_at_once_and_one_of_each_sender(given: Deployment) -> None:
    for number in range(AT_ONCE + 2):
        given.waits(f"file {number}", f"sender {number}")
        given.waits(f"other {number}", f"sender {number}")
    given.pool.step(given.threads)
    given.pool.step(given.threads)
    assert len(given.threads.given) == AT_ONCE
    given.threads.work()
    assert given.checked == [an_id(f"file {number}") for number in range(AT_ONCE)]
    for _ in range(AT_ONCE + 2):
        given.look()
    assert given.files == []


def test_a_file_that_the_views_still_name_is_not_checked_again(given: Deployment) -> None:
    given.waits("file", "mia")
    given.keeps_naming = True
    given.look()
    given.look()
    assert len(given.checked) == 1


@pytest.mark.parametrize(
    ("fault", "why"), [(StorageBroken("The disk failed."), "The disk failed."), (ZeroDivisionError(), OUR_FAULT)]
)
def test_what_cannot_be_checked_rests_says_why_and_keeps_nobody_waiting(
    given: Deployment, fault: Exception, why: str
) -> None:
    file = given.waits("file", "mia")
    given.faults[file.object_id] = fault
    given.look()
    given.look()
    assert (given.checked, given.files) == ([file.object_id], [file])
    assert (given.pool.trouble(file.object_id), given.pool.failing()) == (why, {file.object_id: why})
    other = given.waits("other", "mia")
    given.look()
    assert given.checked[1:] == [other.object_id]
    given.pool.wait(file)
    assert given.pool.trouble(other.object_id) == ""


class CutOff(SqliteLeases):
    """Leases that cannot be given back while their store does not answer."""

    answers = True

    def rest(self, file: UUID, why: str) -> None:
        if not self.answers:
            raise Busy
        super().rest(file, why)


def test_a_file_whose_lease_could_not_be_given_back_is_checked_again() -> None:
    now = 0.0
    with closing(CutOff(lambda: now)) as leases:
        given = Deployment(leases)
        file = given.waits("first", "mia")
        given.faults[file.object_id], leases.answers = Busy(), False
        given.look()
        given.faults.clear()
        for _ in range(3):
            given.pool._renew_at = 0.0
            given.look()
            now += LEASE_SECONDS / 2
        assert given.checked == [file.object_id] * 2


def test_what_was_discarded_meanwhile_fails_no_longer(given: Deployment) -> None:
    file = given.waits("file", "mia")
    given.faults[file.object_id] = StorageBroken()
    given.look()
    given.files.clear()
    assert given.pool.failing() == {}


def test_whoever_waits_is_told_when_it_is_checked(given: Deployment) -> None:
    file = given.waits("file", "mia")
    given.pool.wait(file)
    assert given.facts[file.stream]
    given.pool.wait(file)


def test_whoever_finds_too_many_waiting_does_not_wait(given: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "WAITING_REQUESTS", 0)
    with closing(SqliteLeases()) as leases:
        full = CheckPool(given.check, cast(Any, given), cast(Any, given), leases)
        full.wait(given.waits("file", "mia"))
    assert given.checked == []


def test_the_pool_runs_until_it_is_told_to_stop_and_finishes_what_it_is_at(given: Deployment) -> None:
    stop = Event()
    thread = Thread(target=given.pool.run, args=(stop,))
    thread.start()
    given.waits("file", "mia")
    wait_until(lambda: bool(given.checked) and not given.files)
    stop.set()
    thread.join()
    assert len(given.checked) == 1

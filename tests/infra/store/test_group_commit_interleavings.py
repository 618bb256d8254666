"""Shared writing under every interleaving of three callers, one who closes, and the thread that writes for others."""

import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from portfolio.application.ports import Busy
from tests.infra.store.interleavings import Run, Task, every_interleaving, step, with_stand_ins
from tests.soak import SOAK

MODULE = with_stand_ins("infra.store.group_commit")
vars(MODULE)["LOG"] = logging.getLogger("runs that were ended")
CALLERS = (1, 2, 3)
EACH = tuple(f"caller {number}" for number in CALLERS)
INTERRUPTED = {"interruptible": EACH, "thorough": False}


class World:
    """Callers of one shared write, and what became of them."""

    def __init__(self, *, closed: bool = False, failing: int = 0, early: bool = True, **options: Any) -> None:
        self.run = run = Run(**options)
        self.closed = closed
        self.failing, self.early = failing, early
        self.batches: list[tuple[int, ...]] = []
        self.stored: list[int] = []
        self.answers: dict[int, object] = {}
        self.committing = False
        self.has_closed = False
        self.group = MODULE.GroupCommit(self.commit, batch=2)
        before: Task | None = None
        for number in CALLERS:  # they are alike, so that it is enough to try one order of their first steps
            before = run.begin(f"caller {number}", partial(self.ask, number), after=before)
        if closed:
            run.begin("closer", self.close)
        run.observed = [self.batches, self.stored, self.answers, self.group]

    def commit(self, numbers: Sequence[int]) -> Sequence[int]:
        assert not self.committing, "two write at a time"
        assert not self.has_closed, "something is written after the end"
        self.committing = True
        try:
            self.batches.append(tuple(numbers))
            failing = len(self.batches) == self.failing
            step()
            if failing and self.early:
                raise SystemExit
            self.group.wake_answered()
            step()
            if failing:
                raise SystemExit
            self.stored += numbers
        finally:
            self.committing = False
        return [number * 10 for number in numbers]

    def ask(self, number: int) -> None:
        try:
            answer = self.group.submit(number)
            assert number in self.stored, "it is answered before it is stored"
            assert answer == number * 10
            self.answers[number] = answer
        except (Busy, RuntimeError, SystemExit, KeyboardInterrupt) as error:
            self.answers[number] = error

    def close(self) -> None:
        self.group.close()
        self.has_closed = True
        assert not self.group.pending
        assert not self.committing

    def require_all_is_well(self) -> None:
        asleep = [name for name in self.run.asleep() if self.closed or "group commit" not in name]
        assert asleep == [], f"asleep for ever after {self.batches}"
        written = Counter(number for batch in self.batches for number in batch)
        for number, answer in self.answers.items():
            match answer:
                case Busy():
                    assert self.closed
                    assert not written[number]
                case KeyboardInterrupt():
                    assert written[number] <= 1
                case _:
                    assert written[number] == 1
        assert self.group.pending == 0


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"threads_to_be_had": False},
        {"failing": 1},
        {"failing": 2, "early": False},
        {"failing": 3},
        {"closed": True, "thorough": False},
        INTERRUPTED,
        *([{"closed": True}, {"interruptible": EACH}, {**INTERRUPTED, "closed": True}] if SOAK > 1 else []),
    ],
    ids=str,
)
def test_whoever_comes_first_each_request_is_written_once_and_nobody_sleeps_for_ever(case: dict[str, Any]) -> None:
    worlds: list[World] = []

    def prepare() -> Run:
        worlds[:] = [World(**case)]
        return worlds[0].run

    assert every_interleaving(prepare, lambda _: worlds[0].require_all_is_well()) > 100

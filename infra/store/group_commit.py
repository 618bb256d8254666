"""Group commit: callers that wait at the same time share one transaction."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock
from time import monotonic
from typing import Generic, TypeVar, cast

from portfolio.application.ports import Busy

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class _Caller(Generic[Request, Answer]):
    """One waiting thread: what it asked, and its answer once there is one."""

    __slots__ = ("answer", "request", "turn")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answer: Answer | Exception | None = None
        self.turn = Lock()  # held until the caller is answered or is the next to write
        self.turn.acquire()


class GroupCommit(Generic[Request, Answer]):
    """Write what many threads ask in few transactions.

    The first caller writes at once, in its own thread: one who is alone waits for nobody. Callers that come meanwhile
    queue up; when the write is done, the foremost of them writes for all, up to ``batch`` of them. ``commit`` gets the
    requests and returns, in the same order, each caller's answer or the exception to raise in its thread; it is never
    called twice at a time. With ``room`` callers waiting, the next one is refused (``Busy``).
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Request]], Sequence[Answer | Exception]],
        *,
        batch: int = 256,
        room: int = 1024,
    ) -> None:
        self._commit = commit
        self._batch = batch
        self._room = room
        self._waiting: deque[_Caller[Request, Answer]] = deque()
        self._state = Condition(Lock())
        self._writing = False
        self._served = 0  # callers in the write that is going on
        self._closed = False
        self._last = self._expected = 0
        self._took = 0.0

    def submit(self, request: Request) -> Answer:
        """Return the answer after the commit; raise what ``commit`` decided for this caller, or ``Busy``."""
        caller: _Caller[Request, Answer] = _Caller(request)
        with self._state:
            if self._closed:
                raise Busy("The record is being closed: try again in a moment.")
            if len(self._waiting) >= self._room:
                raise Busy("Too many people are writing at once: try again in a moment.")
            self._waiting.append(caller)
            if len(self._waiting) == self._expected:
                self._state.notify_all()
            waits = self._writing
            self._writing = True
        if waits:
            caller.turn.acquire()
        if caller.answer is None:
            self._write()
        if isinstance(caller.answer, Exception):
            raise caller.answer
        return cast("Answer", caller.answer)

    @property
    def pending(self) -> int:
        """Return the number of callers not answered yet."""
        return self._served + len(self._waiting)

    def close(self) -> None:
        """Refuse new callers and return when the last waiting one is answered."""
        with self._state:
            self._closed = True
            self._state.wait_for(lambda: not self._writing)

    def _write(self) -> None:
        """Commit for the foremost callers (the first is this thread), then call the next to write."""
        with self._state:
            self._expected = min(self._batch, (self._last + len(self._waiting)) // 2)
            if len(self._waiting) < self._expected:
                self._state.wait_for(lambda: len(self._waiting) >= self._expected, self._took / 2)
            self._expected = 0
            callers = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            self._served = self._last = len(callers)
        answers: Sequence[Answer | Exception] = ()
        begun = monotonic()
        try:
            answers = self._commit([caller.request for caller in callers])
        finally:
            self._took = monotonic() - begun
            if len(answers) != len(callers):  # this thread was interrupted; nobody may wait for ever
                answers = [RuntimeError("writing was interrupted: ask by the idempotency key what was stored")] * len(
                    callers
                )
            for caller, answer in zip(callers, answers, strict=True):
                caller.answer = answer
            with self._state:
                self._served = 0
                if self._waiting:
                    self._waiting[0].turn.release()
                else:
                    self._writing = False
                    self._state.notify_all()
            for caller in callers[1:]:
                caller.turn.release()

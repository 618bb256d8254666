"""Group commit: callers that wait at the same time share one transaction."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock, Semaphore, Thread
from typing import Generic, TypeVar, cast

from portfolio.application.ports import Busy

LOG = logging.getLogger("portfolio.store")

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class _Caller(Generic[Request, Answer]):
    """One waiting thread: what it asked, its answer once there is one, and who is to be woken after it."""

    __slots__ = ("answer", "interrupted", "next_callers", "request", "turn")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answer: Answer | Exception | None = None
        self.next_callers: deque[_Caller[Request, Answer]] = deque()
        self.interrupted = False  # wakes nobody
        self.turn = Lock()  # held until the caller is answered and woken
        self.turn.acquire()


class GroupCommit(Generic[Request, Answer]):
    """Write what many threads ask in few transactions.

    A caller who is alone writes at once, in its own thread, and waits for nobody. Callers that come meanwhile queue
    up, and a thread of ours writes for them, up to ``batch`` at a time, until nobody waits: it need not be woken for
    each write, which takes long where many threads want to run. For the same reason callers who are answered wake each
    other, one the next: woken all at once they would only queue up for the interpreter.

    ``commit`` gets the requests and returns, in the same order, each caller's answer or the exception to raise in its
    thread; it is never called twice at a time. With ``max_waiting`` callers in the queue, the next one is refused
    (``Busy``).
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Request]], Sequence[Answer | Exception]],
        *,
        batch: int = 256,
        max_waiting: int = 1024,
    ) -> None:
        self._commit = commit
        self._batch = batch
        self._max_waiting = max_waiting
        self._waiting: deque[_Caller[Request, Answer]] = deque()
        self._state = Condition(Lock())
        self._writing = False
        self._served = 0  # callers in the write that is going on
        self._closed = False
        self._thread: Thread | None = None
        self._work = Semaphore(0)  # of the thread: begin, or end if closed

    def submit(self, request: Request) -> Answer:
        """Return the answer after the commit; raise what ``commit`` decided for this caller, or ``Busy``."""
        caller: _Caller[Request, Answer] = _Caller(request)
        with self._state:
            if self._closed:
                raise Busy("The record is being closed: try again in a moment.")
            if len(self._waiting) >= self._max_waiting:
                raise Busy("Too many people are writing at once: try again in a moment.")
            self._waiting.append(caller)
            alone = not self._writing
            self._writing = True
        try:
            if alone:
                try:
                    self._write()
                finally:
                    self._hand_on()
            caller.turn.acquire()
        except BaseException:
            with self._state:
                caller.interrupted = True
                woken = caller.turn.acquire(blocking=False)
            if woken:
                self._wake(caller.next_callers)
            raise
        self._wake(caller.next_callers)
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
        if self._thread is not None:
            self._work.release()
            self._thread.join()

    def _write(self) -> None:
        """Commit for the foremost callers and answer them, whatever happens."""
        with self._state:
            callers = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
            self._served = len(callers)
        answers: Sequence[Answer | Exception] = ()
        try:
            answers = self._commit([caller.request for caller in callers])
        finally:
            if len(answers) != len(callers):  # the commit failed or was interrupted; nobody may wait for ever
                answers = [RuntimeError("writing was interrupted: ask by the idempotency key what was stored")] * len(
                    callers
                )
            self._served = 0
            answered = deque(callers)
            for caller, answer in zip(callers, answers, strict=True):
                caller.answer = answer
                caller.next_callers = answered
            self._wake(answered)

    def _wake(self, callers: deque[_Caller[Request, Answer]]) -> None:
        """Wake the next of those who were answered together; it wakes the one after it."""
        with self._state:
            while callers:
                caller = callers.popleft()
                if not caller.interrupted:
                    caller.turn.release()
                    return

    def _others_wait(self) -> bool:
        """Tell whether there is more to write; if not, the next caller is alone."""
        with self._state:
            if not self._waiting:
                self._writing = False
                self._state.notify_all()
            return self._writing

    def _hand_on(self) -> None:
        """Let our thread write for those who wait; where no thread can be had, write for them here."""
        if not self._others_wait():
            return
        try:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="group commit", daemon=True)
                self._thread.start()
        except RuntimeError:  # the machine has no thread left
            self._thread = None
            self._write_for_others()
        else:
            self._work.release()

    def _run(self) -> None:
        while True:
            self._work.acquire()
            if not self._writing:
                return
            self._write_for_others()

    def _write_for_others(self) -> None:
        """Write until nobody waits; a write that fails has told its callers, and the next ones are served."""
        while self._others_wait():
            try:
                self._write()
            except BaseException as error:  # noqa: BLE001 - whatever it is, those who come later must be answered
                LOG.error("a write failed: %s", type(error).__name__)  # noqa: TRY400 - a message may hold personal data

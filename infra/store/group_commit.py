"""Group commit: callers that wait at the same time share one transaction."""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock, Thread
from typing import Generic, TypeVar

from portfolio.application.ports import Busy

LOG = logging.getLogger("portfolio.store")
INTERRUPTED = "writing was interrupted: ask by the idempotency key what was stored"

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class _Batch(Generic[Request, Answer]):
    """Requests that are written together, and their answers from when ``done`` is free."""

    __slots__ = ("answers", "done", "requests")

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: Sequence[Answer | Exception] = ()
        self.done = Lock()
        self.done.acquire()


class GroupCommit(Generic[Request, Answer]):
    """Write what many threads ask in few transactions.

    A caller who is alone writes at once, in its own thread, and waits for nobody. Callers that come meanwhile queue
    up, and a thread of ours writes for them, up to ``batch`` at a time, until nobody waits: it need not be woken for
    each write, which takes long where many threads want to run. For the same reason callers who are answered wake each
    other, one the next: woken all at once they would only queue up for the interpreter.

    ``commit`` gets the requests and returns, in the same order, each caller's answer or the exception to raise in its
    thread; it is never called twice at a time. Once it has nothing to do but wait for the disk or the server, it calls
    ``wake_answered``. With ``max_waiting`` callers in the queue, the next one is refused (``Busy``).
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
        self._lock = Lock()
        self._waiting: deque[_Batch[Request, Answer]] = deque()  # there are none unless somebody writes
        self._answered: _Batch[Request, Answer] | None = None  # whose callers are not woken yet
        self._writer: object = None  # a caller who is alone, or this object if it is our thread
        self._served = 0  # callers in the write that is going on
        self._closed = False
        self._ended = Condition(self._lock)
        self._thread: Thread | None = None
        self._work = Lock()  # free when our thread shall begin, or end
        self._work.acquire()

    def submit(self, request: Request) -> Answer:
        """Return the answer after the commit; raise what ``commit`` decided for this caller, or ``Busy``."""
        me = object()
        try:
            try:
                with self._lock:
                    self._require_room()
                    if self._writer is None:
                        self._writer, self._served = me, 1
                        batch = None
                    else:
                        batch = self._batch_with_room()
                        place = len(batch.requests)
                        batch.requests.append(request)
                if batch is None:
                    (answer,) = self._commit([request])
                else:
                    with batch.done:  # whoever leaves lets the next one in
                        pass
                    answer = batch.answers[place]
            finally:
                self._hand_on(me)
        except BaseException:
            self._hand_on(me)  # if an interrupt has come just then
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def pending(self) -> int:
        """Return the number of callers not answered yet."""
        return self._served + sum(len(batch.requests) for batch in tuple(self._waiting))

    def wake_answered(self) -> None:
        """Wake the callers of the write before: sooner, they would have held up the statements of this one."""
        if self._answered is not None:
            answered, self._answered = self._answered, None
            answered.done.release()

    def close(self) -> None:
        """Refuse new callers and return when the last waiting one is answered."""
        with self._lock:
            self._closed = True
            self._ended.wait_for(lambda: self._writer is None)
            thread, self._thread = self._thread, None
        if thread is not None:
            self._work.release()
            thread.join()

    def _require_room(self) -> None:
        if self._closed:
            raise Busy("The record is being closed: try again in a moment.")
        if sum(len(batch.requests) for batch in self._waiting) >= self._max_waiting:
            raise Busy("Too many people are writing at once: try again in a moment.")

    def _batch_with_room(self) -> _Batch[Request, Answer]:
        if not self._waiting or len(self._waiting[-1].requests) == self._batch:
            self._waiting.append(_Batch())
        return self._waiting[-1]

    def _hand_on(self, me: object) -> None:
        """Let our thread write for those who wait; where no thread can be had, write for them here."""
        if self._writer is not me or not self._others_wait():
            return
        try:
            if self._thread is None:
                thread = Thread(target=self._run, name="group commit", daemon=True)
                thread.start()
                self._thread = thread
        except RuntimeError:  # the machine has no thread left
            self._write_for_others()
        else:
            self._writer = self
            self._work.release()

    def _others_wait(self) -> bool:
        """Tell whether there is more to write; if not, everybody is woken and the next caller is alone."""
        with self._lock:
            self._served = 0
            if not self._waiting:
                self.wake_answered()
                self._writer = None
                if self._closed:
                    self._ended.notify_all()
            return self._writer is not None

    def _run(self) -> None:
        while True:
            self._work.acquire()
            if self._writer is not self:
                self._work.release()  # for another one, whose caller was interrupted when it began
                return
            self._write_for_others()

    def _write_for_others(self) -> None:
        """Write until nobody waits; a write that fails has told its callers, and the next ones are served."""
        while self._others_wait():
            try:
                self._write()
            except BaseException as error:  # noqa: BLE001 - whatever it is, those who come later must be answered
                LOG.error("a write failed: %s", type(error).__name__)  # noqa: TRY400 - a message may hold personal data

    def _write(self) -> None:
        """Commit for the foremost callers and answer them, whatever happens."""
        with self._lock:
            batch = self._waiting.popleft()
            self._served = len(batch.requests)
        try:
            batch.answers = self._commit(batch.requests)
        finally:
            if len(batch.answers) != len(batch.requests):  # it failed or was interrupted; nobody may wait for ever
                batch.answers = [RuntimeError(INTERRUPTED) for _ in batch.requests]
            self.wake_answered()  # if the commit did not come so far
            self._answered = batch

"""The worker: one loop holds every connection, and threads are given only to requests that they can work at.

The loop reads heads, sends what clients take slowly and throws away bodies that nobody wants; a client that sends or
takes nothing costs a socket and no thread. Which threads answer is told by the lane: pages, health, bodies that are
still coming and files that are still going out never wait for each other.
"""

import errno
import os
import resource
import selectors
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import IntEnum
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.base import Worker

from api.errors import NotWellFormed, RequestTooSlow, TooLarge, UnexpectedFault, outside_the_application
from infra.server.answer import Answer, begin
from infra.server.connection import READ_BYTES, Connection
from infra.server.lanes import LONGEST_HEAD, SHORT_BODY, Lane, More, lane_of
from infra.server.pace import Pace
from portfolio.application.ports import Busy
from portfolio.domain.evidence.media import LARGEST_FILE
from portfolio.domain.kernel import Rejected

THREADS = {
    Lane.ALIVE: 1,
    Lane.READY: 2,
    Lane.PAGES: 8,  # more would only take the interpreter from each other
    Lane.ACTS: 16,
    Lane.VAULT: 48,
    Lane.PROVIDERS: 16,
    Lane.BODIES: 256,
    Lane.WAITS: 64,
    Lane.FILES: 32,
}
FULL = {
    Lane.BODIES: "As many uploads are under way as this service takes: try again soon.",
    Lane.WAITS: "As many requests wait for something to happen as this service lets: ask again in a moment.",
}
"""What is said where a lane has no thread left, and nobody waits for one."""
CONNECTIONS = 2048
SPARE_FILES = 512
"""Open files that are not connections: databases, evidence, parts of uploads."""

HEAD_SECONDS = 10
IDLE_SECONDS = 15
"""Seconds a connection stays open after an answer, for the next request."""
SHORT_BODY_SECONDS = 0.5
UNTAKEN_SECONDS = 600
"""Seconds in which a client may take nothing of its answer: somebody stops a recording and goes on."""
DRAIN_SECONDS = 2
DRAINED_A_SECOND = 1_000
DRAINED_AT_MOST = 10 * LARGEST_FILE
"""Bytes of an unread body that are thrown away: a browser shows no answer before it has sent all of it."""
LEAVE_SECONDS = 2
"""Seconds that a server which stops waits for requests on their way, on connections that were open."""

TICK_SECONDS = 0.25
UNSENT_BYTES = 1 << 17
"""Bytes that the system holds for a client beside those that are on their way: a slow reader costs no more."""
UNTAKEN_BYTES = 1 << 26
"""Bytes of answers that the process keeps for clients who have not taken them yet, before it gives up the longest."""
PAGE_BYTES = 1 << 18
"""Bytes of an answer that its first thread sends; what is longer goes on in the lane for files."""
FILE_BYTES = 1 << 24
"""Bytes that a thread of that lane sends before it takes the next file's turn."""
NO_FILES_LEFT = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

Next = Callable[[Connection], None]


class Held(IntEnum):
    """What the loop waits for at a connection; the first are given up first when there is no room."""

    HEAD = 0
    DRAIN = 1
    SHORT_BODY = 2
    TAKEN = 3


class LaneWorker(Worker):  # type: ignore[misc]  # gunicorn has no types
    """See the module."""

    alive: bool

    def init_process(self) -> None:
        """Prepare what does not survive a fork, then serve."""
        self._selector = selectors.DefaultSelector()
        self._held: dict[Held, dict[Connection, None]] = {kind: {} for kind in Held}
        self._connections: set[Connection] = set()
        self._done: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._under_way = dict.fromkeys(Lane, 0)
        self._lanes = {lane: ThreadPoolExecutor(number, lane.name.lower()) for lane, number in THREADS.items()}
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)
        self._path: str = self.app.path
        self._accepting = False
        self._next_tick = 0.0
        self._most = max(1, min(CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))
        super().init_process()

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop gently, and at once rather than at the loop's next tick."""
        super().handle_exit(sig, frame)
        self.app.leave()
        self._wake()

    def run(self) -> None:
        """Serve until told to stop, then let what is under way end."""
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._run_done)
        self._accept_more(True)
        while self.alive and self.ppid == os.getppid():
            self._turn()
        last_moment = monotonic() + (self.cfg.graceful_timeout if self.ppid == os.getppid() else LEAVE_SECONDS)
        self.alive = False
        self._accept_more(False)
        for connection in self._held[Held.HEAD]:
            connection.deadline = min(connection.deadline, monotonic() + LEAVE_SECONDS)
        while self._connections and monotonic() < last_moment:
            self._turn()
        for connection in self._connections:
            connection.cut()
        for pool in self._lanes.values():
            pool.shutdown(wait=False, cancel_futures=True)

    # the loop

    def _turn(self) -> None:
        self.notify()
        for key, _ in self._selector.select(TICK_SECONDS):
            try:
                key.data()
            except Exception:
                self.log.exception("a connection was lost sight of")
        now = monotonic()
        if now < self._next_tick:
            return
        self._next_tick = now + TICK_SECONDS
        for kind, connections in self._held.items():
            for connection in [each for each in connections if each.deadline <= now]:
                self._late(kind, connection)
        self._keep_no_more_than(UNTAKEN_BYTES)
        self._accept_more(self.alive and len(self._connections) <= self._most)

    def _keep_no_more_than(self, most: int) -> None:
        """Give up those of whose answers most is not taken, where that is more than the memory there is for it."""
        waiting = sorted(self._held[Held.TAKEN], key=lambda connection: len(connection.outbox))
        kept = sum(len(connection.outbox) for connection in waiting)
        while kept > most:
            connection = waiting.pop()
            kept -= len(connection.outbox)
            self._close(connection)

    def _accept_more(self, wanted: bool) -> None:
        if wanted == self._accepting:
            return
        self._accepting = wanted
        for listener in self.sockets:
            listener.setblocking(False)
            if wanted:
                self._selector.register(listener, selectors.EVENT_READ, partial(self._accept, listener))
            else:
                self._selector.unregister(listener)

    def _accept(self, listener: Any) -> None:
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in NO_FILES_LEFT:
                self._make_room()
                self._accept_more(False)  # until the next tick
            return
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        connection = Connection(sock, client, listener.getsockname())
        self._connections.add(connection)
        if len(self._connections) > self._most:
            self._make_room()
        self._await_request(connection, HEAD_SECONDS)

    def _make_room(self) -> None:
        """Give up the connection that has waited longest, and most idly."""
        for connections in self._held.values():
            if connections:
                self._close(next(iter(connections)))
                return

    def _hold(self, kind: Held, connection: Connection, event: int, then: Next, seconds: float) -> None:
        connection.deadline = monotonic() + seconds
        self._held[kind][connection] = None
        self._selector.register(connection.sock, event, partial(then, connection))

    def _let_go(self, connection: Connection) -> None:
        for connections in self._held.values():
            if connection in connections:
                del connections[connection]
                self._selector.unregister(connection.sock)

    def _close(self, connection: Connection) -> None:
        self._let_go(connection)
        self._connections.discard(connection)
        connection.close()
        if connection.answer is not None:  # what it would still have read is closed where that may take its time
            answer, connection.answer = connection.answer, None
            self._lanes[Lane.FILES].submit(answer.close)

    def _late(self, kind: Held, connection: Connection) -> None:
        """Go on without what did not come in time."""
        match kind:
            case Held.HEAD if connection.inbox:
                self._refuse(connection, RequestTooSlow())
            case Held.SHORT_BODY:
                self._let_go(connection)
                self._give(Lane.BODIES, connection)
            case Held.DRAIN if connection.drained >= DRAIN_SECONDS * DRAINED_A_SECOND:
                connection.drained = 0
                connection.deadline += DRAIN_SECONDS
            case _:
                self._close(connection)

    # a request arrives

    def _await_request(self, connection: Connection, seconds: float) -> None:
        self._hold(Held.HEAD, connection, selectors.EVENT_READ, self._read_head, seconds)
        if connection.inbox:
            self._choose_lane(connection)

    def _read_head(self, connection: Connection) -> None:
        begins_anew = connection.stays_open and not connection.inbox
        if not connection.fill(LONGEST_HEAD):
            self._close(connection)
            return
        if begins_anew:
            connection.deadline = monotonic() + HEAD_SECONDS
        self._choose_lane(connection)

    def _choose_lane(self, connection: Connection) -> None:
        match lane_of(connection.inbox, self._path.encode()):
            case More.HEAD:
                return
            case More.TOO_LONG:
                self._refuse(connection, TooLarge(f"Its address and headers take more than {LONGEST_HEAD} bytes."))
            case More.SHORT_BODY:
                self._let_go(connection)
                self._hold(Held.SHORT_BODY, connection, selectors.EVENT_READ, self._read_short_body, SHORT_BODY_SECONDS)
            case Lane() as lane:
                self._let_go(connection)
                self._give(lane, connection)

    def _read_short_body(self, connection: Connection) -> None:
        if not connection.fill(SHORT_BODY):
            self._close(connection)
        elif isinstance(lane := lane_of(connection.inbox, self._path.encode()), Lane):
            self._let_go(connection)
            self._give(lane, connection)

    def _refuse(self, connection: Connection, refusal: Rejected) -> None:
        """Answer what no thread is given to."""
        self._let_go(connection)
        connection.inbox.clear()
        connection.stays_open = False
        with suppress(OSError):
            connection.sendall(outside_the_application(refusal, self._path))
        self._send(connection)

    # threads

    def _give(self, lane: Lane, connection: Connection) -> None:
        """Let a thread answer the request."""
        if lane in FULL and self._under_way[lane] >= THREADS[lane]:
            self._refuse(connection, Busy(FULL[lane]))
            return
        connection.expect(Pace() if lane is Lane.BODIES else None)
        self._work(lane, connection, self._answer)

    def _work(self, lane: Lane, connection: Connection, job: Callable[[Connection], Next]) -> None:
        self._under_way[lane] += 1
        self._lanes[lane].submit(self._run_job, lane, connection, job)

    def _run_job(self, lane: Lane, connection: Connection, job: Callable[[Connection], Next]) -> None:
        try:
            then = job(connection)
        except OSError:  # the client went away
            then = self._close
        except Exception:
            self.log.exception("an answer broke off")
            then = self._close
        self._done.put(partial(self._end_job, lane, connection, then))
        self._wake()

    def _end_job(self, lane: Lane, connection: Connection, then: Next) -> None:
        self._under_way[lane] -= 1
        then(connection)

    def _wake(self) -> None:
        with suppress(OSError):  # full: the loop is being woken
            os.write(self._wake_write, b"\0")

    def _run_done(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        with suppress(Empty):
            while True:
                self._done.get_nowait()()

    def _answer(self, connection: Connection) -> Next:
        """Run the application, in a thread, and send the beginning of its answer."""
        connection.answer = begin(self, connection)
        return self._send if connection.answer is None else self._go_on(connection, PAGE_BYTES)

    def _go_on(self, connection: Connection, most: int) -> Next:
        """Send more of an answer, in a thread, as long as the client takes it."""
        answer: Answer = connection.answer
        if answer.send_some(most):
            connection.answer = None
            connection.stays_open = answer.may_be_followed() and self.alive
        return self._send

    # an answer leaves

    def _send(self, connection: Connection) -> None:
        """Send what lies in the outbox; then let a thread read more of the answer, or await the next request."""
        if connection.outbox:
            self._hold(Held.TAKEN, connection, selectors.EVENT_WRITE, self._flush, UNTAKEN_SECONDS)
        elif connection.answer is not None:
            self._work(Lane.FILES, connection, partial(self._go_on, most=FILE_BYTES))
        elif connection.stays_open:
            self._await_request(connection, IDLE_SECONDS if self.alive else LEAVE_SECONDS)
        else:
            self._drain(connection)

    def _flush(self, connection: Connection) -> None:
        try:
            sent = connection.flush()
        except OSError:
            self._close(connection)
            return
        if sent:
            connection.deadline = monotonic() + UNTAKEN_SECONDS
        if not connection.outbox:
            self._let_go(connection)
            self._send(connection)

    def _drain(self, connection: Connection) -> None:
        """Close when the client has: a socket closed on unread bytes would take our answer with it."""
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        connection.inbox.clear()
        self._hold(Held.DRAIN, connection, selectors.EVENT_READ, self._throw_away, DRAIN_SECONDS)

    def _throw_away(self, connection: Connection) -> None:
        here = connection.fill(READ_BYTES)
        connection.drained += len(connection.inbox)
        connection.drained_in_all += len(connection.inbox)
        connection.inbox.clear()
        if not here or connection.drained_in_all > DRAINED_AT_MOST:
            self._close(connection)

    def handle_error(self, req: Any, client: Connection, addr: Any, exc: Exception) -> None:  # noqa: ARG002 - gunicorn's
        """Answer what the application could not, in the shape that it answers in."""
        refusal: Rejected
        match exc:
            case LimitRequestLine() | LimitRequestHeaders():
                refusal = TooLarge("Its address or one of its headers is longer than any that is read.")
            case ParseException():
                refusal = NotWellFormed()
            case _:
                self.log.exception("the application did not answer")
                refusal = UnexpectedFault()
        client.sendall(outside_the_application(refusal, self._path))

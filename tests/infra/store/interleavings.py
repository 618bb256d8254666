"""Every interleaving of a few threads over a module that synchronises with ``threading``.

The module is loaded a second time, with stand-ins for locks and threads. A thread stops before it takes a lock, and
after ``release``; one thread at a time goes on to its next stop, and which one that is, is tried in every order. Where
a state is met again, what follows is known. What a thread does from one stop to the next counts as one step: what
several threads change must be changed under a lock.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from importlib.util import find_spec, module_from_spec
from types import FrameType, ModuleType

Ready = Callable[[], bool]
Known = dict[int, tuple[int, object]]
Choice = tuple[str, bool]
"""Who goes on, and whether it is interrupted there."""

MOST_STATES = 200_000


class Over(BaseException):
    """The run has ended: its threads end wherever they are."""


class Task:
    """A thread of a run, which goes on when it is told to."""

    def __init__(self, run: "Run", name: str, target: Callable[[], object]) -> None:
        self.name = name
        self.ready: Ready = always
        self.begun = self.ended = False
        self.interrupt: BaseException | None = None
        self._run = run
        self._target = target
        self._go = threading.Lock()
        self._go.acquire()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        self._go.acquire()
        self.begun = True
        try:
            if not self._run.over:
                self._target()
        except Over:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again by whoever goes through the run
            self._run.failed = error
        self.ended = True
        self._run.stopped.release()

    def stop(self, ready: Ready) -> None:
        """Stop until told to go on, which it may not be before it is ``ready``. Called by itself."""
        self.ready = ready
        self._run.stopped.release()
        self._go.acquire()
        if self._run.over:
            raise Over
        if self.interrupt is not None:
            interrupt, self.interrupt = self.interrupt, None
            raise interrupt

    def go_on(self) -> None:
        """Let it go on to its next stop, or its end."""
        self._go.release()
        self._run.stopped.acquire()

    def frames(self, all_frames: dict[int, FrameType]) -> Iterator[FrameType]:
        """Yield where it stands, the innermost call first."""
        frame = all_frames.get(self._thread.ident or 0)
        while frame is not None and frame.f_code is not Task._work.__code__:
            if frame.f_code not in NOT_SHOWN:
                yield frame
            frame = frame.f_back


class Run:
    """One run of some threads from their beginning.

    One of the ``interruptible`` is interrupted, once. ``thorough``: threads stop after they let go of a lock, too.
    ``observed`` is what counts as state beside what threads see.
    """

    current: "Run"

    def __init__(
        self, *, threads_to_be_had: bool = True, interruptible: Collection[str] = (), thorough: bool = True
    ) -> None:
        self.stopped = threading.Lock()
        self.stopped.acquire()
        self.over = False
        self.threads_to_be_had = threads_to_be_had
        self.tasks: dict[str, Task] = {}
        self.going: Task | None = None
        self.interruptible = interruptible
        self.thorough = thorough
        self.observed: list[object] = []
        self.failed: BaseException | None = None
        Run.current = self

    def begin(self, name: str, target: Callable[[], object], *, after: Task | None = None) -> Task:
        """Add a thread, which makes its first step once another one has made its own, if one is given."""
        while name in self.tasks:
            name = f"another {name}"
        self.tasks[name] = task = Task(self, name, target)
        if after is not None:
            task.ready = lambda: after.begun
        return task

    def choices(self) -> list[Choice]:
        """Return who may go on, and who may be interrupted."""
        alive = [task for task in self.tasks.values() if not task.ended]
        return [
            *((task.name, False) for task in alive if task.ready()),
            *((task.name, True) for task in alive if task.begun and task.name in self.interruptible),
        ]

    def go_on(self, choice: Choice) -> None:
        """Let one thread make its next step."""
        name, interrupted = choice
        self.going = self.tasks[name]
        if interrupted:
            self.interruptible = ()
            self.going.interrupt = KeyboardInterrupt()
        self.going.go_on()
        self.going = None
        if self.failed is not None:
            raise self.failed

    def asleep(self) -> list[str]:
        """Return which threads have not ended."""
        return [task.name for task in self.tasks.values() if not task.ended]

    def state(self) -> Hashable:
        """Return a picture of all that decides how it goes on."""
        known: Known = {}
        frames = sys._current_frames()
        return (
            bool(self.interruptible),
            picture(self.observed, known),
            *(
                (
                    name,
                    task.ended,
                    *(
                        (frame.f_code.co_qualname, frame.f_lasti, picture(dict(frame.f_locals), known))
                        for frame in task.frames(frames)
                    ),
                )
                for name, task in self.tasks.items()
            ),
        )

    def end(self) -> None:
        """End every thread."""
        self.over = True
        for task in self.tasks.values():
            while not task.ended:
                task.go_on()


def always() -> bool:
    return True


def step(ready: Ready = always) -> None:
    """Let others go on here; of the thread that prepares a run there are no others."""
    run = Run.current
    if run.over:
        raise Over
    if run.going is not None:
        run.going.stop(ready)


NOT_SHOWN = {Task.stop.__code__, step.__code__}


def picture(value: object, known: Known) -> Hashable:
    """Return what an object holds, the same for objects that hold the same."""
    if value is None or isinstance(value, (bool, int, str, type)):
        return value
    if isinstance(value, BaseException):
        return repr(value)
    if callable(value) or isinstance(value, (Run, Task)):
        return type(value).__name__
    if id(value) in known:
        return known[id(value)][0]
    known[id(value)] = len(known), value  # an id stands for another object once this one is gone
    if isinstance(value, (list, tuple, deque)):
        return (type(value), *(picture(each, known) for each in value))
    if isinstance(value, dict):
        return tuple((name, picture(each, known)) for name, each in value.items())
    fields: Iterable[str] = getattr(type(value), "__slots__", ()) or getattr(value, "__dict__", ())
    return (type(value), *(picture(getattr(value, name), known) for name in fields))


class Lock:
    """Stands in for ``threading.Lock``."""

    def __init__(self) -> None:
        self.held = False

    def acquire(self, blocking: bool = True) -> bool:
        step(lambda: not (blocking and self.held))
        if self.held:
            return False
        self.held = True
        return True

    def release(self) -> None:
        assert self.held, "a lock is let go that nobody holds"
        self.held = False
        if Run.current.thorough:
            step()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        assert self.held
        self.held = False


class Condition:
    """Stands in for ``threading.Condition`` over a lock of ours."""

    def __init__(self, lock: Lock) -> None:
        self.lock = lock
        self.notified = 0

    def wait_for(self, predicate: Callable[[], bool]) -> None:
        while not predicate():
            before = self.notified
            self.lock.release()
            step(lambda: self.notified > before)  # noqa: B023 - asked before the next round begins
            self.lock.acquire()

    def notify_all(self) -> None:
        self.notified += 1


class Thread:
    """Stands in for ``threading.Thread``."""

    def __init__(self, target: Callable[[], object], name: str, daemon: bool) -> None:
        self._target, self._name, self._daemon = target, name, daemon
        self._task: Task

    def start(self) -> None:
        step()
        if not Run.current.threads_to_be_had:
            raise RuntimeError("can't start new thread")
        self._task = Run.current.begin(self._name, self._target)
        step()

    def join(self) -> None:
        step(lambda: self._task.ended)


def with_stand_ins(name: str) -> ModuleType:
    """Return another copy of a module, whose locks and threads are those above."""
    found = find_spec(name)
    assert found is not None
    assert found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    for each in (Lock, Condition, Thread):
        vars(module)[each.__name__] = each
    return module


def every_interleaving(prepare: Callable[[], Run], ended: Callable[[Run], None]) -> int:
    """Go through all of them, call ``ended`` where nobody can go on any more, and return how many states there are."""
    met: set[Hashable] = set()
    paths: list[tuple[Choice, ...]] = [()]
    while paths:
        path = paths.pop()
        run = prepare()
        try:
            for choice in path:
                run.go_on(choice)
            while True:
                state = run.state()
                if state in met:
                    break
                met.add(state)
                assert len(met) < MOST_STATES, "there are too many"
                choices = run.choices()
                if not any(not interrupted for _, interrupted in choices):
                    ended(run)
                if not choices:
                    break
                paths += [(*path, other) for other in choices[1:]]
                path = (*path, choices[0])
                run.go_on(choices[0])
        finally:
            run.end()
    return len(met)

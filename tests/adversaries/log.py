"""A plain list of what happened, and how it is looked through."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar

LOOKED_UP = {"person", "enrolment", "attempt", "decision", "item", "appeal", "consent", "question", "form", "criteria"}
"""Particulars by which what happened is found without looking through the whole list."""

T = TypeVar("T")


def remembered(ask: Callable[..., T]) -> Callable[..., T]:
    """Answer a question again as before until something more happens or another day comes."""

    @wraps(ask)
    def answer(story: "Log", *about: Any) -> T:
        asked = (ask.__name__, story.today, *about)
        if asked not in story.answers:
            story.answers[asked] = ask(story, *about)
        return story.answers[asked]  # type: ignore[no-any-return]

    return answer


class Log:
    """What happened, oldest first; people and records are known by names. ``today`` is the day it is."""

    def __init__(self, happened: Iterable[Any], today: date) -> None:
        self.today = today
        self.happened: list[Any] = []
        self.answers: dict[Any, Any] = {}
        self._of_kind: dict[str, list[Any]] = {}
        self._about: dict[tuple[str, str, Any], list[Any]] = {}
        for each in happened:
            self._keep(each)

    def tell(self, what: str, by: str, **of: Any) -> None:
        self._keep(SimpleNamespace(what=what, by=by, day=self.today, place=len(self.happened), **of))

    def _keep(self, each: Any) -> None:
        self.answers.clear()
        self.happened.append(each)
        self._of_kind.setdefault(each.what, []).append(each)
        for name in LOOKED_UP & each.__dict__.keys():
            self._about.setdefault((each.what, name, each.__dict__[name]), []).append(each)

    def all(self, *what: str, **of: Any) -> Iterator[Any]:
        """Yield what happened of these kinds with these particulars, oldest first."""
        about = next((name for name in of if name in LOOKED_UP), None)
        if len(what) > 1:
            some: Iterable[Any] = self._in_order(about, of.get(about or ""), *what)
        else:
            some = self._told(what[0], about, of.get(about or ""))
        wanted = of.items()
        for each in some:
            particulars = each.__dict__
            for name, value in wanted:
                if particulars.get(name) != value:
                    break
            else:
                yield each

    def _told(self, what: str, name: str | None, value: Any) -> Iterable[Any]:
        return self._about.get((what, name, value), ()) if name else self._of_kind.get(what, ())

    @remembered
    def _in_order(self, name: str | None, value: Any, *what: str) -> list[Any]:
        every = (each for kind in what for each in self._told(kind, name, value))
        return sorted(every, key=lambda each: int(each.place))

    def any(self, *what: str, **of: Any) -> bool:
        return next(self.all(*what, **of), None) is not None

    def one(self, *what: str, **of: Any) -> Any:
        return next(self.all(*what, **of), None)

    def last(self, *what: str, **of: Any) -> Any:
        return next(iter(reversed([*self.all(*what, **of)])), None)

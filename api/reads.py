"""Reads: a record as the caller may see it, what a question may wait for, and pages of lists."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import g

from api.errors import FieldsNotValid
from api.services import caller, services, today
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.kernel import NOBODY, Aggregate, NotVisible, State
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Word

S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Sight(Generic[S]):
    """A record as the caller sees it: its state and version, what the caller is to it, and the session that read it."""

    stream: UUID
    state: S
    version: int
    held: frozenset[Word]
    session: ReadSession

    def shows(self, part: str) -> bool:
        """Return whether the caller is shown this part of the record, a row of the permission table."""
        return permissions.may(permissions.READS[part], self.held)


def see(aggregate: Aggregate[S], stream: UUID, *, ask: str | None = None, undeclared: bool = False) -> Sight[S]:
    """Return a record: 404 if the caller may not see it or there is none, 403 if they may not ``ask`` this of it.

    409 if they must say first what they are to its apprentice, but for what an ``undeclared`` person is shown too.
    """
    session = services().session()
    state = session.state(aggregate, stream)
    name = aggregate.key.removesuffix("_id")
    enrolment_id = stream if name == "enrolment" else getattr(state, "enrolment_id", NOBODY)
    held = session.held(caller(), stream, state, enrolment_id, today())
    permissions.check_sees(name, held)
    if state == aggregate.initial:
        raise NotVisible
    if ask is not None:
        permissions.check_read(ask, held)
    if not undeclared:
        session.check_declared(caller(), held, name, enrolment_id, ask)
    return Sight(stream=stream, state=state, version=len(session.history(stream)), held=held, session=session)


def see_each(aggregate: Aggregate[S], streams: Iterable[UUID]) -> Iterator[Sight[S]]:
    """Return those of these records that the caller may see, also before an interest is declared."""
    for stream in streams:
        with suppress(NotVisible):
            yield see(aggregate, stream, undeclared=True)


def declared_by_caller(session: ReadSession, apprentice: UUID) -> bool:
    """Return whether the caller ever said what they are to this apprentice."""
    return bool(session.state(PERSON, caller()).declared(apprentice))


def must_declare_to_see(aggregate: Aggregate[S], stream: UUID) -> bool:
    """Return whether the caller has to say what they are to the apprentice of a record before they see it."""
    sight = see(aggregate, stream, undeclared=True)
    name = aggregate.key.removesuffix("_id")
    return permissions.must_declare(name, sight.held)


def may_see(aggregate: str) -> None:
    """Refuse with 404 unless the caller's roles let them see records of this kind."""
    held = services().session().held(caller(), NOBODY, State(), NOBODY, today())
    permissions.check_sees(aggregate, held)


def may_ask(question: str) -> None:
    """Refuse with 403 unless the caller's roles allow this question."""
    held = services().session().held(caller(), NOBODY, State(), NOBODY, today())
    permissions.check_read(question, held)


def wait_for(position: int | None) -> None:
    """Let what is read from here on show this position, if one was asked for: each question waits for its views."""
    if position is None:
        return
    if position > services().journal.head():
        raise FieldsNotValid("after: there is no such position yet.")
    if not services().views.wait_for(position, 0):
        g.after = position


def position_of(known_at: datetime | int | None) -> int | None:
    """Return the last position known at a time, a position as it is, None for now; refuse what has not come yet."""
    if isinstance(known_at, datetime):
        if known_at > services().now():
            raise FieldsNotValid("known_at: this time has not come yet.")
        return services().journal.position_at(known_at)
    if known_at is not None and known_at > services().journal.head():
        raise FieldsNotValid("known_at: there is no such position yet.")
    return known_at


def page(rows: Sequence[Any], limit: int, place: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    """Return a page of ``limit`` rows, of which the question was asked for one more to see whether there is a next.

    ``place`` gives a row's place in the order, which the next page's cursor says.
    """
    shown = rows[:limit]
    return {"items": shown, "next": place(shown[-1]) if len(rows) > limit else None}

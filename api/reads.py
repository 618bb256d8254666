"""Reads: a record as the caller may see it, what a question may wait for, and pages of lists."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import g

from api.asked import note
from api.errors import FieldsNotValid
from api.services import caller, services, today
from portfolio.application.ports import FactUnreadable
from portfolio.application.read_session import ReadSession
from portfolio.domain import permissions
from portfolio.domain.enrolment.state import Enrolment
from portfolio.domain.kernel import NOBODY, Aggregate, NotVisible, State
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import Word
from projections.evidence_items import Item, items

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
    with session.doubts_named():
        permissions.check_sees(name, held)
        if state == aggregate.initial:
            raise NotVisible
        if ask is not None:
            permissions.check_read(ask, held)
    if not undeclared:
        session.check_declared(caller(), held, name, enrolment_id, ask)
    return Sight(stream=stream, state=state, version=session.version(stream), held=held, session=session)


def see_each(aggregate: Aggregate[S], streams: Iterable[UUID]) -> Iterator[Sight[S]]:
    """Return those of these records that the caller may see, also before an interest is declared."""
    for stream in streams:
        with suppress(NotVisible), named_if_unread():
            yield see(aggregate, stream, undeclared=True)


@contextmanager
def named_if_unread() -> Iterator[None]:
    """Leave out what cannot be shown because a fact cannot be read; the answer says that it lacks it."""
    try:
        yield
    except FactUnreadable as fault:
        for fact in fault.unread:
            note(f"{fact.in_words()} cannot be read: this is shown without it")


def declared_by_caller(session: ReadSession, apprentice: UUID) -> bool:
    """Return whether the caller ever said what they are to this apprentice."""
    return bool(session.state(PERSON, caller()).declared(apprentice))


def must_declare_to_see(aggregate: Aggregate[S], stream: UUID) -> bool:
    """Return whether the caller has to say what they are to the apprentice of a record before they see it."""
    with named_if_unread():
        sight = see(aggregate, stream, undeclared=True)
        return permissions.must_declare(aggregate.key.removesuffix("_id"), sight.held)
    return True


def lacking_streams(enrolment_id: UUID) -> set[UUID]:
    """Return the records of an enrolment that the projected rows show without a fact."""
    return {fact.stream for fact in services().views.aside if fact.enrolment_id == enrolment_id}


def lacking_enrolments() -> set[UUID]:
    """Return the enrolments of which the projected rows show a record without a fact."""
    return {fact.enrolment_id for fact in services().views.aside}


def items_seen(sight: Sight[Enrolment]) -> list[Item]:
    """Return the evidence items of an enrolment that the caller may see, by age, each by its newest version.

    One that lacks a fact may have been withdrawn: only its apprentice sees it meanwhile.
    """
    drafts = sight.shows("drafts")
    lacking = frozenset() if drafts else lacking_streams(sight.stream)
    rows = items(services().reads, sight.stream, drafts=drafts)
    return [item for item in rows if item.evidence_id not in lacking]


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
    services().journal.moves.look_again()
    if position > services().journal.head():
        raise FieldsNotValid(
            "Nothing is recorded yet under the number that the address names as “after”: leave that out."
        )
    if not services().views.wait_for(position, 0):
        g.after = position


def position_of(known_at: datetime | int | None) -> int | None:
    """Return the last position known at a time, a position as it is, None for now; refuse what has not come yet."""
    if isinstance(known_at, datetime):
        if known_at > services().now():
            raise FieldsNotValid("The time that the address names as “known_at” has not come yet: name an earlier one.")
        return services().journal.position_at(known_at)
    if known_at is not None and known_at > services().journal.head():
        raise FieldsNotValid(
            "Nothing is recorded yet under the number that the address names as “known_at”: leave that out."
        )
    return known_at


def page(rows: Sequence[Any], limit: int, place: Callable[[Any], tuple[Any, ...]]) -> dict[str, Any]:
    """Return a page of ``limit`` rows, of which the question was asked for one more to see whether there is a next.

    ``place`` gives a row's place in the order, which the next page's cursor says.
    """
    shown = rows[:limit]
    return {"items": shown, "next": place(shown[-1]) if len(rows) > limit else None}

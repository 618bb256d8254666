"""Reading: one look at the journal that remembers which versions it saw."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from portfolio.application.indexes import APPEALS_OF_ENROLMENT
from portfolio.application.ports import Journal, Seen
from portfolio.domain.appeal import APPEAL
from portfolio.domain.enrolment import ENROLMENT
from portfolio.domain.kernel import NOBODY, Aggregate, Recorded, State, tag_of
from portfolio.domain.permissions import ANYBODY_KNOWN, SYSTEM_ITSELF
from portfolio.domain.person import PERSON
from portfolio.domain.vocabulary import SYSTEM

S = TypeVar("S", bound=State)


class Reading:
    """Streams folded as they are now, or were known at position ``until``; each is read once.

    ``seen`` is what an append may insist on: that none of it has moved since.
    """

    def __init__(self, journal: Journal, until: int | None = None) -> None:
        self.journal = journal
        self.until = until
        self._histories: dict[UUID, Sequence[Recorded]] = {}
        self._states: dict[tuple[str, UUID], State] = {}
        self._links: dict[tuple[str, str], Sequence[UUID]] = {}

    def history(self, stream: UUID) -> Sequence[Recorded]:
        """Return a stream's facts, oldest first."""
        if stream not in self._histories:
            self._histories[stream] = self.journal.read(stream, self.until)
        return self._histories[stream]

    def state(self, aggregate: Aggregate[S], stream: UUID) -> S:
        """Return a stream folded; a stream of another kind of record is no record of this kind."""
        named = (aggregate.key, stream)
        if named not in self._states:
            history = self.history(stream)
            ours = bool(history) and tag_of(history[0].fact).startswith(f"{aggregate.key.removesuffix('_id')}.")
            self._states[named] = aggregate.fold(entry.fact for entry in history) if ours else aggregate.initial
        return self._states[named]  # type: ignore[return-value]  # the key names the aggregate

    def links(self, name: str, key: object) -> Sequence[UUID]:
        """Return the streams listed under a link that exist at this point of the log."""
        named = (name, str(key))
        if named not in self._links:
            self._links[named] = self.journal.links(*named)
        if self.until is None:
            return self._links[named]
        return [stream for stream in self._links[named] if self.history(stream)]

    def seen(self, but: UUID) -> Seen:
        """Return all that was read except the stream ``but``, whose version the append checks by itself."""
        streams = {stream: len(history) for stream, history in self._histories.items() if stream not in (but, NOBODY)}
        return Seen(streams=streams, links={named: len(streams) for named, streams in self._links.items()})

    def held(self, by: UUID, stream: UUID, state: State, enrolment_id: UUID, today: date) -> frozenset[str]:
        """Return the words of the permission table that hold for a person towards a record."""
        if by == SYSTEM:
            return frozenset({SYSTEM_ITSELF})
        person = self.state(PERSON, by)
        if not person.name:
            return frozenset()
        words: set[str] = {ANYBODY_KNOWN, *person.roles, *state.relations(by, today)}
        if stream == by:
            words.add("the person")
        if enrolment_id != NOBODY:
            words |= self.state(ENROLMENT, enrolment_id).relations(by, today)
            appeals = (self.state(APPEAL, appeal) for appeal in self.links(APPEALS_OF_ENROLMENT, enrolment_id))
            if any(by in appeal.members for appeal in appeals):
                words.add("panel member of an appeal here")
        return frozenset(words)

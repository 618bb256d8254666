"""Read session: one look at the journal that remembers which versions it saw."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import partial
from typing import TypeVar, cast
from uuid import UUID

from portfolio.application.indexes import APPEALS_OF_ENROLMENT, ATTEMPTS_OF_ENROLMENT, ENROLMENTS_OF_PERSON
from portfolio.application.originals import Originals
from portfolio.application.ports import FactUnreadable, Journal, ReadSet, Vault
from portfolio.application.state_cache import Name, StateCache
from portfolio.application.words import Found, certain, words_for
from portfolio.domain import permissions
from portfolio.domain.appeal.acting import acts_against
from portfolio.domain.appeal.aggregate import APPEAL
from portfolio.domain.appeal.state import Appeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.assessment.confirming import asks_second_person
from portfolio.domain.enrolment.aggregate import ENROLMENT
from portfolio.domain.evidence.item import Evidence, Version
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.interests import InterestNotDeclared
from portfolio.domain.kernel import (
    NOBODY,
    Aggregate,
    Command,
    NotPermitted,
    NotVisible,
    Recorded,
    StaleVersion,
    State,
    tag_of,
)
from portfolio.domain.person import PERSON
from portfolio.domain.plan import PlanEdition
from portfolio.domain.standing import AccessSuspended
from portfolio.domain.vocabulary import (
    PANEL_MEMBER_HERE,
    PERHAPS_ASSIGNED,
    REGISTERED_PERSON,
    SECOND_PERSON,
    SYSTEM,
    THE_APPRENTICE,
    THE_SYSTEM,
    Word,
)

S = TypeVar("S", bound=State)


class ReadSession:
    """Streams folded as they are now, or were known at position ``until``; each is read once.

    ``read_set`` is what an append may insist on: that none of it has moved since. With a ``cache`` states may come from
    there, as they were when last folded; ``from_cache`` names them. Whoever appends nothing asks for them as they are
    now: a session that ``catches_up`` looks which streams have moved, and reads and folds what came after. Loaders find
    the ``vault``, its ``originals`` and the ``quota`` of files here, and whether ``mails`` are sent from here.

    What cannot be read whole is refused (``FactUnreadable``), but where it is only shown: a session that is given
    ``unread`` goes by what can be read of it, and keeps there what cannot, by stream. Whose part in a record rests on
    one that lacks a fact has none meanwhile: that fact may have ended it.
    """

    def __init__(
        self,
        journal: Journal,
        until: int | None = None,
        cache: StateCache | None = None,
        vault: Vault | None = None,
        quota: Quota = Quota(),  # noqa: B008 - immutable
        originals: Originals = Originals(),  # noqa: B008 - it is whoever gives theirs who reads files
        *,
        mails: bool = False,
        catches_up: bool = False,
        unread: dict[UUID, FactUnreadable] | None = None,
    ) -> None:
        self.journal, self._vault = journal, vault
        self.quota, self.mails = quota, mails
        self.originals = originals
        self.until, self.unread, self._catches_up = until, unread, catches_up
        self.from_cache: list[Name] = []
        self._cache = cache if until is None else None
        self.looked = journal.moves.look() if catches_up and self._cache is not None else 0
        self._versions: dict[UUID, int] = {}
        self._histories: dict[UUID, Sequence[Recorded]] = {}
        self._states: dict[tuple[str, UUID], State] = {}
        self._ahead: dict[tuple[UUID, int], Sequence[Recorded]] = {}
        self._links: dict[tuple[str, str], Sequence[UUID]] = {}
        self._found = Found()
        self._doubt: FactUnreadable | None = None

    @property
    def vault(self) -> Vault:
        """Return the vault, in a session that rules are asked in; raise ``LookupError`` in one that only reads."""
        if self._vault is None:
            raise LookupError("this read session was given no vault")
        return self._vault

    def last_recorded(self) -> datetime | None:
        """Return when the last fact of the log was recorded, None for an empty log."""
        last = self.journal.since(self.journal.head() - 1, 1)
        return last[-1].at if last else None

    def log_at(self, positions: Sequence[int]) -> tuple[int, frozenset[str]]:
        """Return where the log ends, and by what its facts at these positions are known."""
        return self.journal.head(), self.journal.marks(positions)

    def history(self, stream: UUID) -> Sequence[Recorded]:
        """Return a stream's facts, oldest first; raise ``StaleVersion`` if the state used so far is an older one."""
        if stream == NOBODY:  # nothing is stored under it
            return ()
        if stream not in self._histories:
            history, version = self._read(stream)
            if self._catches_up and (seen := self._versions.get(stream, version)) < version:
                history, version = [entry for entry in history if entry.originator_version <= seen], seen
            if self._versions.setdefault(stream, version) != version:
                raise StaleVersion
            self._histories[stream] = history
        return self._histories[stream]

    def _read(self, stream: UUID) -> tuple[Sequence[Recorded], int]:
        """Return a stream's facts and its version, which counts those too that cannot be read."""
        try:
            history = self._facts(stream, 0)
        except FactUnreadable as fault:
            beginning = min(each.version for each in fault.unread) == 1  # without that nothing can be shown
            if self.unread is None or beginning:
                raise
            self.unread[stream] = fault
            if self._cache is not None:
                self._cache.forget(stream)
            return fault.readable, len(fault.readable) + len(fault.unread)
        return history, len(history)

    def _facts(self, stream: UUID, after: int) -> Sequence[Recorded]:
        """Return a stream's facts after a version, which may have been read ahead."""
        ahead = self._ahead.get((stream, after))
        return self.journal.read(stream, self.until, after) if ahead is None else ahead

    def read_ahead(self, aggregate: Aggregate[S], streams: Iterable[UUID], *, whole: bool = False) -> None:
        """Read at once what these states will be folded from, instead of one by one; their ``whole`` histories as well.

        Nothing of a past moment, and nothing where cached states are trusted.
        """
        if not self._catches_up or self.until is not None:
            return
        named = ((aggregate.key, stream) for stream in streams if stream not in self._histories)
        left = [stream for name, stream in named if (name, stream) not in self._states]
        cached = {stream: self._cache and self._cache.get((aggregate.key, stream)) for stream in left}
        moved = {of: known for of, known in cached.items() if not known or not self.journal.moves.unmoved(of, known.at)}
        newer = {stream: known.version if known else 0 for stream, known in moved.items()}
        for after in (newer, dict.fromkeys(left, 0) if whole else {}):
            facts = self.journal.read_each(after) if after else {}
            self._ahead |= {(stream, after[stream]): facts[stream] for stream in facts}

    def version(self, stream: UUID) -> int:
        """Return the version a stream was read at, 0 if there is none."""
        if stream not in self._versions:
            self.history(stream)
        return self._versions.get(stream, 0)

    def state(self, aggregate: Aggregate[S], stream: UUID) -> S:
        """Return a stream folded; a stream of another kind of record is no record of this kind."""
        named = (aggregate.key, stream)
        state = self._states.get(named)
        if state is None:
            state = self._states[named] = self._cached(aggregate, named) or self._folded(aggregate, stream)
        return state  # type: ignore[return-value]  # the key names the aggregate

    def countable(self, aggregate: Aggregate[S], stream: UUID) -> S:
        """Return a stream folded as far as it can be read, its initial state if nothing follows from that.

        For who counts records of others: what is wrong with one keeps nobody from the next.
        """
        try:
            return self.state(aggregate, stream)
        except FactUnreadable as fault:
            self._versions[stream] = len(fault.readable) + len(fault.unread)
            with suppress(LookupError, TypeError, ValueError, AttributeError):
                return aggregate.fold(entry.fact for entry in fault.readable)
            return aggregate.initial

    def _cached(self, aggregate: Aggregate[S], named: Name) -> State | None:
        stream = named[1]
        if self._cache is None or not (cached := self._cache.get(named)):
            return None
        version, state, at = cached
        if stream in self._histories:
            return state if version == self._versions[stream] else None
        if not self._catches_up:
            self.from_cache.append(named)
        elif not self.journal.moves.unmoved(stream, at):
            try:
                newer = self._facts(stream, version)
            except FactUnreadable:
                return None
            version += len(newer)
            state = aggregate.fold((entry.fact for entry in newer), cast(S, state))
            self._cache.put(named, version, state, self.looked)
        self._versions[stream] = version
        return state

    def _folded(self, aggregate: Aggregate[S], stream: UUID) -> S:
        history = self.history(stream)
        if not history or not tag_of(history[0].fact).startswith(f"{aggregate.key.removesuffix('_id')}."):
            return aggregate.initial
        fault = self.unread.get(stream) if self.unread else None
        try:
            state = aggregate.fold(entry.fact for entry in history)
        except Exception as error:
            raise fault or error from error
        if self._cache and not fault:
            self._cache.put((aggregate.key, stream), len(history), state, self.looked)
        return state

    def moved(self) -> Sequence[Name]:
        """Return which of the states that were asked for are not what the record has now, asked in one question."""
        asked = [name for name in self._states if name[1] in self._versions]
        newer = self.journal.read_each({stream: self._versions[stream] for _, stream in asked})
        return [name for name in asked if newer.get(name[1], True)]  # True: it cannot be read whole now

    def links(self, name: str, key: object) -> Sequence[UUID]:
        """Return the streams listed under a link that exist at this point of the log."""
        named = (name, str(key))
        if named not in self._links:
            self._links[named] = self.journal.links(*named)
        there = self._links[named]
        return there if self.until is None else [stream for stream in there if self.history(stream)]

    def look_up(self, names: Sequence[str], keys: Iterable[object]) -> None:
        """Ask at once which streams are listed under these links of these keys, instead of one by one."""
        if named := [*map(str, keys)]:
            self._links |= self.journal.links_of_each(names, named)

    def read_set(self, but: UUID) -> ReadSet:
        """Return all that was read except the stream ``but``, whose version the append checks by itself."""
        streams = {stream: version for stream, version in self._versions.items() if stream != but}
        return ReadSet(streams=streams, links={named: len(streams) for named, streams in self._links.items()})

    def held(self, by: UUID, stream: UUID, state: State, enrolment_id: UUID, today: date) -> frozenset[Word]:
        """Return the words of the permission table that hold for a person towards a record (PERSON-1)."""
        if by == SYSTEM:
            return frozenset({THE_SYSTEM})
        self.check_known(by)
        find = partial(self._held, by, stream, state, enrolment_id, today, frozenset())
        held = find() if self.unread else self._found.once((by, stream, enrolment_id, today), state, find)
        self._doubt = None
        if self.unread:
            sure = self._held(by, stream, state, enrolment_id, today, frozenset(self.unread))
            if sure != held:
                self._doubt = FactUnreadable([fact for fault in self.unread.values() for fact in fault.unread])
            return sure | {PERHAPS_ASSIGNED} if enrolment_id in self.unread else sure
        return held

    def _held(
        self, by: UUID, stream: UUID, state: State, enrolment_id: UUID, today: date, lacking: frozenset[UUID]
    ) -> frozenset[Word]:
        """Return those words; what those of these records say that are ``lacking`` counts as far as it is certain."""
        person = self.state(PERSON, by)
        enrolment = self.state(ENROLMENT, enrolment_id) if enrolment_id != NOBODY else None
        cases = self._appeals(enrolment_id) if person.name and enrolment else {}
        appeals = [appeal for each, appeal in cases.items() if each not in lacking]
        if enrolment and enrolment_id in lacking:
            enrolment = certain(enrolment)
        state = certain(state) if stream in lacking else state
        held = words_for(by, person, stream, state, enrolment, appeals, today)
        if isinstance(state, PlanEdition) and self._enrolled_on(stream, by):
            held |= {THE_APPRENTICE}
        if SECOND_PERSON in held and not self._asks_second_person(by, enrolment_id, lacking):
            held -= {SECOND_PERSON}
        others = isinstance(state, Evidence) and state.versions and by != state.apprentice
        if others and not self._numbers_seen(stream, cast(Evidence, state), held, by, today):
            return frozenset({REGISTERED_PERSON})
        return held

    def check_known(self, person: UUID) -> None:
        """Refuse a person of whose record a fact cannot be read: nobody knows what they may do."""
        self.state(PERSON, person)
        if self.unread and person in self.unread:
            raise self.unread[person]

    @contextmanager
    def doubts_named(self) -> Iterator[None]:
        """Name the facts that cannot be read to whoever is turned away in here because of them."""
        try:
            yield
        except (NotVisible, NotPermitted) as refusal:
            raise self._doubt or refusal from refusal

    def _enrolled_on(self, plan_id: UUID, person: UUID) -> bool:
        return any(each.plan_id == plan_id for _, each in self.each(ENROLMENT, ENROLMENTS_OF_PERSON, person))

    def _asks_second_person(self, by: UUID, enrolment_id: UUID, lacking: frozenset[UUID]) -> bool:
        attempts = self.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, enrolment_id)
        whole = (attempt for each, attempt in attempts if each not in lacking)
        return asks_second_person(by, self.state(ENROLMENT, enrolment_id), whole)

    def _appeals(self, enrolment_id: UUID) -> dict[UUID, Appeal]:
        return dict(self.each(APPEAL, APPEALS_OF_ENROLMENT, enrolment_id))

    def each(self, aggregate: Aggregate[S], link: str, key: object) -> Iterator[tuple[UUID, S]]:
        """Yield the records under a link; where they are only shown, those of which anything can be."""
        streams = self.links(link, key)
        self.read_ahead(aggregate, streams)
        for stream in streams:
            with self.passing_over(stream):
                yield stream, self.state(aggregate, stream)

    @contextmanager
    def passing_over(self, stream: UUID) -> Iterator[None]:
        """Go on without a record of which nothing can be shown, where it is only shown."""
        try:
            yield
        except FactUnreadable as fault:
            if self.unread is None:
                raise
            self.unread[stream] = fault

    def heard(self, by: UUID, enrolment_id: UUID) -> dict[UUID, Appeal]:
        """Return the open cases of an enrolment that a person hears."""
        return {
            each: appeal
            for each, appeal in self._appeals(enrolment_id).items()
            if appeal.is_open() and by in appeal.members - appeal.recused and each not in (self.unread or ())
        }

    def contested(self, by: UUID, enrolment_id: UUID, today: date) -> frozenset[UUID]:
        """Return the decisions of an enrolment that a coach may appeal against for the apprentice, or did."""
        enrolment, person = self.state(ENROLMENT, enrolment_id), self.state(PERSON, by)
        return acts_against(by, person, enrolment, self._appeals(enrolment_id).values(), today)

    def versions_seen(
        self, stream: UUID, item: Evidence, held: frozenset[Word], by: UUID, today: date
    ) -> list[Version]:
        """Return the versions of an item that are there for who holds these words, oldest first (EVIDENCE-6).

        Who sat on the panel of a case that has ended sees those that lay before the decision it was about.
        A discarded one is gone for everybody. One that lay before a decision stays for whoever may replay that or
        appeal against it, with the stage "withdrawn" if it was withdrawn since.
        """
        known = certain(item) if self.unread and stream in self.unread else item
        find = partial(self._numbers_seen, stream, known, held, by, today)
        numbers = find() if self.unread else self._found.once((stream, held, by, today), known, find)
        return [each for each in item.versions if each.number in numbers]

    def _numbers_seen(
        self, stream: UUID, item: Evidence, held: frozenset[Word], by: UUID, today: date
    ) -> frozenset[int]:
        if ended := self.ended_cases(stream, item.enrolment_id, held, by):
            named = self._rested_on(item.enrolment_id, frozenset(appeal.decision_id for appeal in ended.values()))
            return frozenset(number for of, number in named if of == stream)
        drafts = permissions.may(permissions.READS["drafts"], held)
        seen = {each.number for each in item.versions if each.handed_in() or (drafts and each.stage != "discarded")}
        if len(seen) < len(item.versions):
            replays = permissions.may(permissions.READS["what decisions rested on"], held)
            only = None if replays else self.contested(by, item.enrolment_id, today)
            seen |= {number for of, number in self._rested_on(item.enrolment_id, only) if of == stream}
        return frozenset(seen)

    def ended_cases(self, stream: UUID, enrolment_id: UUID, held: frozenset[Word], by: UUID) -> dict[UUID, Appeal]:
        """Return the ended cases through which alone a member of their panels still reads a record that they cite."""
        heard = {
            each: appeal
            for each, appeal in self._appeals(enrolment_id).items()
            if by in appeal.members - appeal.recused and (appeal.is_open() or stream in appeal.cited)
        }
        otherwise = permissions.may(permissions.SEES["evidence"], held - {PANEL_MEMBER_HERE})
        return {} if otherwise or any(appeal.is_open() for appeal in heard.values()) else heard

    def _rested_on(self, enrolment_id: UUID, only: frozenset[UUID] | None) -> frozenset[tuple[UUID, int]]:
        attempts = self.each(ASSESSMENT, ATTEMPTS_OF_ENROLMENT, enrolment_id)
        return frozenset[tuple[UUID, int]]().union(*(attempt.rested_on(only) for _, attempt in attempts))

    def check_not_shut_out(self, person: UUID) -> None:
        """Refuse whoever is suspended and no apprentice (PERSON-2): apprentices still read and appeal (PERSON-3)."""
        self.check_known(person)
        if self.state(PERSON, person).suspended and not self.links(ENROLMENTS_OF_PERSON, person):
            raise AccessSuspended

    def check_declared(
        self,
        by: UUID,
        held: frozenset[Word],
        aggregate: str,
        enrolment_id: UUID,
        act: type[Command] | str | None = None,
        apprentice: UUID = NOBODY,
    ) -> None:
        """Refuse whoever must say first what they are to the apprentice of a record, and has not (INTEREST-1).

        The apprentice is the enrolment's, unless one is named.
        """
        if not permissions.must_declare(aggregate, held, act):
            return
        about = self.state(ENROLMENT, enrolment_id).apprentice if apprentice == NOBODY else apprentice
        if about != NOBODY and not self.state(PERSON, by).declared(about):
            enrolments = [str(enrolment_id)] if enrolment_id != NOBODY else []
            raise InterestNotDeclared(apprentices=[str(about)], enrolments=enrolments)

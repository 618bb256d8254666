"""The command handler: authorise, load, judge, append. Nothing else writes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from portfolio.application.indexes import ADDRESS, OPEN_APPEAL, ULN, index_rows
from portfolio.application.loaders import load
from portfolio.application.originals import Originals
from portfolio.application.ports import (
    AppendConditions,
    Busy,
    Clock,
    FactUnreadable,
    Idempotency,
    IdempotencyKeyReused,
    Journal,
    KeyTaken,
    Receipt,
    StorageFull,
    Vault,
)
from portfolio.application.programs import Acting, sessions_of
from portfolio.application.read_session import ReadSession
from portfolio.application.repeated import AlreadyAnswered
from portfolio.application.state_cache import StateCache
from portfolio.application.turns import Turns
from portfolio.domain import permissions
from portfolio.domain.addresses import AddressOfAnother
from portfolio.domain.appeal.lodging import AppealAlreadyOpen, LodgeAppeal
from portfolio.domain.assessment.aggregate import ASSESSMENT
from portfolio.domain.calendar import london_day
from portfolio.domain.catalogue import AGGREGATE_OF, AGGREGATES
from portfolio.domain.enrolment.refusals import UlnAlreadyEnrolled
from portfolio.domain.evidence.erasing import OF_A_VERSION_OUT_OF_SIGHT
from portfolio.domain.evidence.item import Evidence
from portfolio.domain.evidence.quota import Quota
from portfolio.domain.evidence.refusals import EvidenceUnknown
from portfolio.domain.interests import ConfirmCorrection
from portfolio.domain.kernel import NOBODY, Command, Fact, Recorded, Rejected, StaleVersion, State, changed
from portfolio.domain.vocabulary import Word

REFUSAL_OF_KEY: dict[str, type[Rejected]] = {
    ULN: UlnAlreadyEnrolled,
    OPEN_APPEAL: AppealAlreadyOpen,
    ADDRESS: AddressOfAnother,
}
"""The refusal of the rule behind each unique key."""

ATTEMPTS = 8
"""How often a command is decided when what it rested on has moved, the last time without cached states."""

FINAL = (Busy, StorageFull, FactUnreadable, IdempotencyKeyReused)
"""Refusals that neither another attempt nor an earlier receipt changes."""

Prepare = Callable[[tuple[Fact, ...]], bytes]
"""Does what must be done once the rule has said yes to these facts and before they are recorded.

Returns what is answered beside the receipt; a refusal means that nothing is recorded.
"""

Follow = Callable[[Command], None]
"""Does beside the record what a command asks for there, once it is recorded, and again when it is sent again."""


def follow_nothing(_: Command) -> None:
    """Keep nothing beside the record."""


@dataclass(frozen=True)
class CommandHandler:
    """Run one command against the record; ``acting`` is the program that gives it for a person.

    ``mails``: whether mails are sent from here.
    """

    journal: Journal
    vault: Vault
    now: Clock
    new_id: Callable[[], UUID]
    cache: StateCache = field(default_factory=StateCache)
    quota: Quota = field(default_factory=Quota)
    originals: Originals = field(default_factory=Originals)
    turns: Turns = field(default_factory=Turns)
    acting: Acting | None = None
    follow: Follow = follow_nothing
    mails: bool = False

    def execute(
        self,
        command: Command,
        by: UUID,
        *,
        idempotency: Idempotency | None = None,
        if_match: frozenset[int] | None = None,
        prepare: Prepare | None = None,
    ) -> Receipt:
        """Return the receipt of the facts recorded; raise ``Rejected`` and write nothing.

        ``if_match`` are the versions the client would have: a record at another one is ``StaleVersion``. A repeated
        request with the same key gets the first receipt: the append knows it, and what is not appended is looked up.
        ``prepare`` is not asked for a request that was carried out before. What is kept beside the record follows last:
        where that fails, everything is recorded, and sending the same again completes it.
        """
        receipt = self._carry_out(command, by, idempotency, if_match, prepare)
        self.follow(command)
        return receipt

    def _carry_out(
        self,
        command: Command,
        by: UUID,
        idempotency: Idempotency | None,
        if_match: frozenset[int] | None,
        prepare: Prepare | None,
    ) -> Receipt:
        try:
            return self._with_retries(command, by, idempotency, if_match, prepare)
        except FINAL:
            raise
        except Rejected as refusal:
            if answered := self._answered(by, idempotency):
                return answered
            if isinstance(refusal, StaleVersion) and if_match is None:
                raise Busy from refusal  # others were quicker each time, and no version was named that is not there
            raise

    def _answered(self, by: UUID, idempotency: Idempotency | None) -> Receipt | None:
        return self.journal.answered(by, idempotency.key, idempotency.fingerprint) if idempotency else None

    def _with_retries(
        self,
        command: Command,
        by: UUID,
        idempotency: Idempotency | None,
        if_match: frozenset[int] | None,
        prepare: Prepare | None,
    ) -> Receipt:
        for retries_left in reversed(range(ATTEMPTS)):
            session = sessions_of(self.acting)(
                self.journal,
                cache=self.cache if retries_left else None,
                vault=self.vault,
                quota=self.quota,
                originals=self.originals,
                mails=self.mails,
            )
            try:
                return self._attempt(session, command, by, idempotency, if_match, prepare)
            except FINAL:
                raise
            except Rejected as refusal:
                stale = isinstance(refusal, StaleVersion) and if_match is None
                moved = session.moved() if stale or session.from_cache else ()
                self.cache.evict(moved)  # the record has gone past what was judged by
                if not (retries_left and (stale or moved)):
                    raise
        raise StaleVersion

    def _attempt(
        self,
        session: ReadSession,
        command: Command,
        by: UUID,
        idempotency: Idempotency | None,
        if_match: frozenset[int] | None,
        prepare: Prepare | None,
    ) -> Receipt:
        at = self.now()
        aggregate = AGGREGATES[AGGREGATE_OF[type(command)]]
        stream: UUID = getattr(command, aggregate.key)
        state = authorise(session, command, by, london_day(at))
        version = session.version(stream)
        if if_match is not None and version not in if_match:
            raise StaleVersion
        facts = tuple(aggregate.judges[type(command)](state, command, load(session, command, by, at)))
        if not facts:
            if session.from_cache and session.moved():
                raise StaleVersion  # what is as it should be here may not be so in the record
            now = Receipt(stream=stream, version=version, position=self.journal.head())
            return self._answered(by, idempotency) or now
        extra = b""
        if prepare is not None:
            if answered := self._answered(by, idempotency):
                return answered
            try:
                extra = prepare(facts)
            except Rejected:
                session.from_cache.clear()  # what is refused here is not asked for again
                raise
            idempotency = changed(idempotency, extra=extra) if idempotency else None
        after = _after(aggregate, state, facts)
        causation = self.new_id()
        subject = stream if aggregate.key == "person_id" else after.subject()
        entries = [
            Recorded(
                originator_id=stream,
                originator_version=number,
                fact=fact,
                by=by,
                at=at,
                causation=causation,
                subject=subject,
                program=self.acting.program_id if self.acting else None,
            )
            for number, fact in enumerate(facts, start=version + 1)
        ]
        conditions = AppendConditions(
            read_set=session.read_set(but=stream),
            index=tuple(row for fact in facts for row in index_rows(fact)),
            idempotency=idempotency,
        )
        try:
            receipt = self.journal.append(entries, conditions)
        except KeyTaken as taken:
            raise REFUSAL_OF_KEY[taken.name] from taken
        except AlreadyAnswered as before:
            return before.receipt
        self.cache.put((aggregate.key, stream), receipt.version, after)
        return receipt if idempotency else changed(receipt, extra=extra)


def authorise(session: ReadSession, command: Command, by: UUID, today: date) -> State:
    """Return the state of the command's record, or refuse the person.

    In this order: ``NotVisible``, ``NotPermitted``, ``InterestNotDeclared``, ``NotVisible`` for a version of evidence
    that is hidden; only then a rule speaks.
    """
    name = AGGREGATE_OF[type(command)]
    aggregate = AGGREGATES[name]
    stream: UUID = getattr(command, aggregate.key)
    state: State = session.state(aggregate, stream)
    enrolment_id = enrolment_of(session, command, state)
    held = session.held(by, stream, state, enrolment_id, today)
    permissions.check(command, name, held)
    apprentice = command.apprentice if isinstance(command, ConfirmCorrection) else NOBODY
    session.check_declared(by, held, name, enrolment_id, type(command), apprentice)
    if isinstance(state, Evidence):
        check_version_seen(session, command, state, held, by, today)
    return state


def check_version_seen(
    session: ReadSession, command: Any, item: Evidence, held: frozenset[Word], by: UUID, today: date
) -> None:
    """Refuse a command that names a version of evidence which is not there for the person.

    The apprentice, who knows what became of each, is told by the rule.
    """
    named: int | None = getattr(command, "version", None)
    if named is None or isinstance(command, OF_A_VERSION_OUT_OF_SIGHT):
        return
    if permissions.may(permissions.READS["drafts"], held):
        return
    if all(version.number != named for version in session.versions_seen(command.evidence_id, item, held, by, today)):
        raise EvidenceUnknown


def enrolment_of(session: ReadSession, command: Command, state: State) -> UUID:
    """Return the enrolment a command is about, ``NOBODY`` if it is about none."""
    known: UUID = getattr(state, "enrolment_id", NOBODY)
    if known != NOBODY:
        return known
    if isinstance(command, LodgeAppeal):
        return session.state(ASSESSMENT, command.attempt_id).enrolment_id
    named: UUID = getattr(command, "enrolment_id", NOBODY)
    return named


def _after(aggregate: Any, state: State, facts: tuple[Any, ...]) -> State:
    for fact in facts:
        state = aggregate.evolve(state, fact)
    return state

"""The deployment's beginning: its folder, its keys, its mode and its first administrator."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from uuid import UUID

from infra.errors import OperatorError
from infra.heads import FactsLost, remains
from infra.identity.ended import last_sign_out
from infra.identity.keys import BACKUP, FOR_EVER, KEYS, RANDOM_BYTES, TOKEN_KEY, KeyFault, KeyFolder, KeyMissing
from infra.identity.tokens import LocalTokens, create_token_key
from infra.key_checks import record_key_checks
from infra.main import ClockOfStory, Record, begin_catalogue, new_id, now, open_record
from infra.overall import deployment_of, holds_facts, readable_deployment
from infra.settings import Settings
from infra.store.journal import EventJournal
from infra.store.sqlite.store import FACTS_FILE
from portfolio.application.ports import Clock, Idempotency
from portfolio.application.read_session import ReadSession
from portfolio.domain.calendar import london_day
from portfolio.domain.deployment import DEPLOYMENT_ID, CreateDeployment, DeploymentExists
from portfolio.domain.kernel import tag_of
from portfolio.domain.person import (
    PERSON,
    GrantRole,
    PersonRegistered,
    RegisterPerson,
    RoleEnded,
    RoleGranted,
    check_registered,
)
from portfolio.domain.standing import AccessSuspended, PersonReinstated, PersonSuspended
from portfolio.domain.vocabulary import ADMINISTRATOR, SYSTEM, Mode

BATCH_SIZE = 1000
"""Facts read in one go."""


class AlreadyThere(OperatorError):
    """The folder has its deployment and keeps it."""


class SuspendedNow(OperatorError):
    """Nobody who is suspended is let in."""


@dataclass(frozen=True)
class Deployment:
    """What a deployment is: live or demo, since when (a day in London), and who administers it now."""

    mode: Mode
    since: date
    administrators: tuple[UUID, ...]


def mode_of(journal: EventJournal) -> Mode | None:
    """Return whether the deployment is live or a demo, None before it is created."""
    return readable_deployment(journal).mode


def describe(journal: EventJournal) -> Deployment | None:
    """Return what the record says of the deployment, None before it is created."""
    mode = mode_of(journal)
    if mode is None:
        return None
    created = journal.read(DEPLOYMENT_ID)[0].at
    return Deployment(mode, london_day(created), tuple(holders(journal, ADMINISTRATOR)))


def holders(journal: EventJournal, role: str) -> Iterable[UUID]:
    """Return who holds a role now and is not suspended, in the order in which they got it."""
    holding: dict[UUID, None] = {}
    suspended: set[UUID] = set()
    position = 0
    topics = tuple(tag_of(kind) for kind in (RoleGranted, RoleEnded, PersonSuspended, PersonReinstated))
    while notes := journal.recorder.select_notifications(position + 1, BATCH_SIZE, topics=topics):
        for note in notes:
            entry = journal.mapper.to_domain_event(note)
            match entry.fact:
                case RoleGranted(role=granted) if granted == role:
                    holding[entry.originator_id] = None
                case RoleEnded(role=ended) if ended == role:
                    holding.pop(entry.originator_id, None)
                case PersonSuspended():
                    suspended.add(entry.originator_id)
                case PersonReinstated():
                    suspended.discard(entry.originator_id)
        position = notes[-1].id
    return [person for person in holding if person not in suspended]


def registered(journal: EventJournal) -> list[UUID]:
    """Return everybody who was ever registered, in that order."""
    people: list[UUID] = []
    position = 0
    while notes := journal.recorder.select_notifications(position + 1, BATCH_SIZE, topics=(tag_of(PersonRegistered),)):
        people += [journal.mapper.to_domain_event(note).originator_id for note in notes]
        position = notes[-1].id
    return people


def require_person(journal: EventJournal, person: UUID) -> None:
    """Raise ``PersonUnknown`` unless this person is registered, ``SuspendedNow`` if every door is closed to them."""
    session = ReadSession(journal)
    check_registered(session.state(PERSON, person))
    try:
        session.check_not_shut_out(person)
    except AccessSuspended as error:
        raise SuspendedNow(
            "This person is suspended: an administrator or a responsible officer can reinstate them."
        ) from error


def tokens_of(record: Record) -> LocalTokens:
    """Return what gives tokens of this deployment; raise ``KeyFault``."""
    keys, signed_out = KeyFolder(record.settings.keys), last_sign_out(record.journal)
    return LocalTokens(keys, now, signed_out, partial(deployment_of, record.journal))


def create(settings: Settings, mode: Mode, *administrators: str, clock: Clock | None = None) -> list[UUID]:
    """Make the folder, the keys, the deployment and its first administrators, whose ids are returned (PERSON-7).

    A beginning that was interrupted is finished. Raises ``AlreadyThere`` if nothing is left to begin, ``FactsLost``
    where facts must have been, ``KeyFault`` rather than use another deployment's keys. The caller holds the lock.
    ``clock`` is the time by which a demo begins, if not the true one; raises ``ClockOfStory`` for a live deployment.
    """
    if clock is not None and mode == "live":
        raise ClockOfStory
    facts = settings.folder / FACTS_FILE
    registrations = [  # built first: a name that nobody can read is refused before anything is there
        RegisterPerson(person_id=new_id(), name=name, works_for="assessment organisation") for name in administrators
    ]
    if not holds_facts(settings, read_only=False) and (told := remains(settings)):
        raise FactsLost(told)
    make_keys(settings, begun=facts.exists())
    with open_record(settings, clock=clock) as record:
        existing = describe(record.journal)
        if existing and existing.administrators and not _broke_off(record.journal, administrators):
            raise AlreadyThere(
                f"{settings.folder} holds a deployment already, with the administrator {existing.administrators[0]}: "
                "`portfolio sign-in-link` lets them in; choose another folder for a new one."
            )
        if existing is None:
            record.handler.execute(CreateDeployment(mode=mode), SYSTEM)
            begin_catalogue(record.handler)
        elif existing.mode != mode:
            raise DeploymentExists
        record_key_checks(record.handler, KeyFolder(settings.keys))
        people = [
            record.handler.execute(registration, SYSTEM, idempotency=_key("person", number, registration.name)).stream
            for number, registration in enumerate(registrations)
        ]
        for number, (person, name) in enumerate(zip(people, administrators, strict=True)):
            grant = GrantRole(person_id=person, role=ADMINISTRATOR)
            record.handler.execute(grant, SYSTEM, idempotency=_key("grant", number, name))
        return people


def _broke_off(journal: EventJournal, names: Sequence[str]) -> bool:
    """Tell whether a beginning with administrators of these names broke off: all are registered before any grant."""

    def done(step: str) -> bool:
        keys = [_key(step, number, name) for number, name in enumerate(names)]
        return all(journal.answered(SYSTEM, key.key, key.fingerprint) for key in keys)

    return done("person") and not done("grant")


def _key(step: str, number: int, name: str) -> Idempotency:
    """Return the key under which a step of the beginning is taken once, however often that is begun."""
    digest = sha256(name.encode())
    return Idempotency(key=f"init/{step}/{number}/{digest.hexdigest()}", fingerprint=digest.digest())


def make_keys(settings: Settings, *, begun: bool) -> None:
    """Make the keys that are missing; raise ``KeyFault`` if there are some that belong to another deployment.

    No key is made a second time: once anything is recorded, one that is missing is ``KeyMissing``. The facts file is
    made first: it tells a beginning that was interrupted from a folder of somebody else's keys.
    """
    keys = KeyFolder(settings.keys)
    missing = [name for name in KEYS if not (settings.keys / name).exists()]
    if missing and holds_facts(settings, read_only=False):
        if lost := ", ".join(str(settings.keys / name) for name in missing if name in FOR_EVER):
            raise KeyMissing(f"There is a deployment already, but no {lost}: {BACKUP}.")
        return  # whether the first key of tokens is still needed, the record says
    if not begun and len(missing) < 3:
        raise KeyFault(f"{settings.keys} holds the keys of another deployment: set PORTFOLIO_KEYS to another folder.")
    (settings.folder / FACTS_FILE).touch(mode=0o600)
    for name in missing:
        if name == TOKEN_KEY:
            create_token_key(keys)
        else:
            keys.create(name, secrets.token_bytes(RANDOM_BYTES))
    keys.sync(KEYS)

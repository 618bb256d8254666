"""The record of a program: its state and its rules."""

from datetime import date
from typing import assert_never
from uuid import UUID

from portfolio.domain.kernel import NOBODY, Aggregate, Known, State, changed
from portfolio.domain.person import Person, check_registered
from portfolio.domain.program.facts import (
    AddProgramKey,
    AddProgramSecret,
    CredentialRevoked,
    EndProgram,
    HandProgramOver,
    ProgramEnded,
    ProgramFact,
    ProgramHandedOver,
    ProgramKeyAdded,
    ProgramRegistered,
    ProgramReinstated,
    ProgramScoped,
    ProgramSecretAdded,
    ProgramSuspended,
    RegisterProgram,
    ReinstateProgram,
    RevokeCredential,
    ScopeProgram,
    SuspendProgram,
)
from portfolio.domain.program.keys import PublicKey
from portfolio.domain.program.refusals import (
    CredentialKnown,
    CredentialsAreTheOwners,
    CredentialUnknown,
    KeyNotReadable,
    OwnerSuspended,
    ProgramAlreadySuspended,
    ProgramExists,
    ProgramHasEnded,
    ProgramNotSuspended,
    ProgramUnknown,
    RowNotForPrograms,
    TooManyCredentials,
)
from portfolio.domain.program.rows import GIVEN_TO_PROGRAMS
from portfolio.domain.vocabulary import THE_OWNER, Relation

MOST_CREDENTIALS = 4
"""So many keys and secrets of a program count at once: one in use, one to come, each of a key and a secret."""


class ForOwner(Known):
    """The person who is to own the program."""

    owner: Person


class Program(State):
    """Whose the program is, what it was given, with what it signs in, and whether it may go on.

    ``keys`` and ``secrets`` (keyed hashes) are those that count, by their names; ``ever`` are the names of all.
    """

    name: str = ""
    owner: UUID = NOBODY
    rows: frozenset[str] = frozenset()
    keys: dict[str, PublicKey] = {}
    secrets: dict[str, str] = {}
    ever: frozenset[str] = frozenset()
    suspended: bool = False
    ended: bool = False

    def relations(self, person: UUID, today: date) -> set[Relation]:  # noqa: ARG002 - as every record is asked
        """Return what this person is to the program."""
        return {THE_OWNER} if self.name and person == self.owner else set()

    def credentials(self) -> frozenset[str]:
        """Return the names of the keys and secrets that count."""
        return frozenset(self.keys) | frozenset(self.secrets)

    def stopped(self) -> bool:
        """Return whether it may do nothing."""
        return not self.name or self.suspended or self.ended


def register_program(program: Program, command: RegisterProgram, known: ForOwner) -> list[ProgramFact]:
    """Make a program known, once, for an owner who is at work, with rows that programs are given (PROGRAM-1, -4)."""
    if program.name:
        raise ProgramExists
    check_may_own(known.owner)
    check_given(command.rows)
    return [ProgramRegistered(name=command.name, owner=command.owner, rows=command.rows)]


def scope_program(program: Program, command: ScopeProgram, known: Known) -> list[ProgramFact]:
    """Give a program other rows, of those that programs are given (PROGRAM-1)."""
    check_goes_on(program)
    check_given(command.rows)
    if command.rows == program.rows:
        return []
    return [ProgramScoped(rows=command.rows, was=program.rows, reason=command.reason)]


def hand_program_over(program: Program, command: HandProgramOver, known: ForOwner) -> list[ProgramFact]:
    """Let another person who is at work own the program; its keys and secrets end (PROGRAM-3, PROGRAM-4)."""
    check_goes_on(program)
    check_may_own(known.owner)
    if command.owner == program.owner:
        return []
    return [ProgramHandedOver(owner=command.owner, was=program.owner, reason=command.reason)]


def add_program_key(program: Program, command: AddProgramKey, known: Known) -> list[ProgramFact]:
    """Add a key that the program never had, of one's own program (PROGRAM-3)."""
    check_may_add(program, known)
    if not command.key.well_formed():
        raise KeyNotReadable
    credential = command.key.thumbprint()
    if credential in program.ever:
        raise CredentialKnown
    return [ProgramKeyAdded(credential=credential, key=command.key)]


def add_program_secret(program: Program, command: AddProgramSecret, known: Known) -> list[ProgramFact]:
    """Add a secret to one's own program (PROGRAM-3)."""
    check_may_add(program, known)
    return [ProgramSecretAdded(credential=command.check[:16], check=command.check)]


def revoke_credential(program: Program, command: RevokeCredential, known: Known) -> list[ProgramFact]:
    """End a key or a secret that counts (PROGRAM-3)."""
    check_known(program)
    if command.credential not in program.credentials():
        raise CredentialUnknown
    return [CredentialRevoked(credential=command.credential, reason=command.reason)]


def suspend_program(program: Program, command: SuspendProgram, known: Known) -> list[ProgramFact]:
    """Stop everything the program may do, with a reason (PROGRAM-4)."""
    check_goes_on(program)
    if program.suspended:
        raise ProgramAlreadySuspended
    return [ProgramSuspended(reason=command.reason)]


def reinstate_program(program: Program, command: ReinstateProgram, known: Known) -> list[ProgramFact]:
    """Let a suspended program go on (PROGRAM-4)."""
    check_goes_on(program)
    if not program.suspended:
        raise ProgramNotSuspended
    return [ProgramReinstated(reason=command.reason)]


def end_program(program: Program, command: EndProgram, known: Known) -> list[ProgramFact]:
    """Stop a program for good (PROGRAM-4)."""
    check_goes_on(program)
    return [ProgramEnded(reason=command.reason)]


def check_known(program: Program) -> None:
    """Refuse a program that is not registered."""
    if not program.name:
        raise ProgramUnknown


def check_goes_on(program: Program) -> None:
    """Refuse a program that is not registered, or has ended (PROGRAM-4)."""
    check_known(program)
    if program.ended:
        raise ProgramHasEnded


def check_given(rows: frozenset[str]) -> None:
    """Refuse rows that no program is given (PROGRAM-1)."""
    if others := sorted(rows - GIVEN_TO_PROGRAMS):
        raise RowNotForPrograms(f"{RowNotForPrograms.title()} It is {', '.join(others[:5])}.", rows=others)


def check_may_own(owner: Person) -> None:
    """Refuse an owner who is not registered, or is suspended (PROGRAM-4)."""
    check_registered(owner)
    if owner.suspended:
        raise OwnerSuspended


def check_may_add(program: Program, known: Known) -> None:
    """Refuse a further key or secret from somebody else than the owner, or beyond what a program has (PROGRAM-3)."""
    check_goes_on(program)
    if known.by != program.owner:
        raise CredentialsAreTheOwners
    if len(program.credentials()) >= MOST_CREDENTIALS:
        raise TooManyCredentials


def evolve(program: Program, fact: ProgramFact) -> Program:
    """Apply a fact."""
    match fact:
        case ProgramRegistered(name=name, owner=owner, rows=rows):
            return Program(name=name, owner=owner, rows=rows)
        case ProgramScoped(rows=rows):
            return changed(program, rows=rows)
        case ProgramHandedOver(owner=owner):
            return changed(program, owner=owner, keys={}, secrets={})
        case ProgramKeyAdded(credential=credential, key=key):
            return changed(program, keys={**program.keys, credential: key}, ever=program.ever | {credential})
        case ProgramSecretAdded(credential=credential, check=check):
            return changed(program, secrets={**program.secrets, credential: check}, ever=program.ever | {credential})
        case CredentialRevoked(credential=credential):
            return changed(
                program,
                keys={name: key for name, key in program.keys.items() if name != credential},
                secrets={name: check for name, check in program.secrets.items() if name != credential},
            )
        case ProgramSuspended():
            return changed(program, suspended=True)
        case ProgramReinstated():
            return changed(program, suspended=False)
        case ProgramEnded():
            return changed(program, ended=True, keys={}, secrets={})
    assert_never(fact)


PROGRAM = Aggregate(
    "program_id",
    Program(),
    (
        register_program,
        scope_program,
        hand_program_over,
        add_program_key,
        add_program_secret,
        revoke_credential,
        suspend_program,
        reinstate_program,
        end_program,
    ),
    evolve,
)

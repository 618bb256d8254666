"""What is asked of the record of a program, and what it holds."""

from uuid import UUID

from portfolio.domain.kernel import Command, Fact
from portfolio.domain.program.keys import PublicKey
from portfolio.domain.words import Name, Reason


class RegisterProgram(Command):
    """Make a program known that acts for its owner, within these rows of the permission table."""

    program_id: UUID
    name: Name
    owner: UUID
    rows: frozenset[str]


class ScopeProgram(Command):
    """Give a program other rows of the permission table from now on."""

    program_id: UUID
    rows: frozenset[str]
    reason: Reason


class HandProgramOver(Command):
    """Let another person own a program; what it signed in with until now ends."""

    program_id: UUID
    owner: UUID
    reason: Reason


class AddProgramKey(Command):
    """Let one's program sign in with a further key, of which this is the public half."""

    program_id: UUID
    key: PublicKey


class AddProgramSecret(Command):
    """Let one's program sign in with a further secret, of which only a keyed hash is kept."""

    program_id: UUID
    check: str


class RevokeCredential(Command):
    """End a key or a secret of a program at once, and every token that was given for it."""

    program_id: UUID
    credential: str
    reason: Reason


class SuspendProgram(Command):
    """Stop everything a program may do and see, until it is reinstated."""

    program_id: UUID
    reason: Reason


class ReinstateProgram(Command):
    """Let a suspended program go on."""

    program_id: UUID
    reason: Reason


class EndProgram(Command):
    """Stop a program for good."""

    program_id: UUID
    reason: Reason


class ProgramRegistered(Fact, tag="program.registered"):
    """A program is known by this name, acts for its owner, and may do what these rows let that person do."""

    name: str
    owner: UUID
    rows: frozenset[str]


class ProgramScoped(Fact, tag="program.scoped"):
    """The program may do what these rows let its owner do, and no longer what others do."""

    rows: frozenset[str]
    was: frozenset[str]
    reason: str


class ProgramHandedOver(Fact, tag="program.handed-over"):
    """The program acts for another owner, and nothing that it signed in with before holds any more."""

    owner: UUID
    was: UUID
    reason: str


class ProgramKeyAdded(Fact, tag="program.key-added"):
    """The program may sign in with this key, named by its thumbprint."""

    credential: str
    key: PublicKey


class ProgramSecretAdded(Fact, tag="program.secret-added"):
    """The program may sign in with a secret whose keyed hash this is; ``credential`` names it."""

    credential: str
    check: str


class CredentialRevoked(Fact, tag="program.credential-revoked"):
    """The program signs in with this key or secret no longer, and no token that was given for it holds."""

    credential: str
    reason: str


class ProgramSuspended(Fact, tag="program.suspended"):
    """Everything the program may do and see has stopped."""

    reason: str


class ProgramReinstated(Fact, tag="program.reinstated"):
    """The program goes on."""

    reason: str


class ProgramEnded(Fact, tag="program.ended"):
    """The program has stopped for good."""

    reason: str


ProgramFact = (
    ProgramRegistered
    | ProgramScoped
    | ProgramHandedOver
    | ProgramKeyAdded
    | ProgramSecretAdded
    | CredentialRevoked
    | ProgramSuspended
    | ProgramReinstated
    | ProgramEnded
)

"""What is done to a program: each act has a page that asks first, and is offered where the rules let it be."""

from collections.abc import Callable
from uuid import UUID

from api.fields import Id, Text
from api.ids import new_id
from api.judging import TYPED
from api.pages.asking import Act, Ask
from api.pages.common import asked
from api.programs import CredentialIn, KeyIn, OwnerIn, ProgramIn, ScopeIn, WhyIn
from api.reads import Sight
from api.schemas import Schema
from api.services import caller
from api.trail import name_of
from portfolio.domain.kernel import NOBODY
from portfolio.domain.program.aggregate import Program
from portfolio.domain.program.facts import (
    AddProgramKey,
    AddProgramSecret,
    EndProgram,
    HandProgramOver,
    RegisterProgram,
    ReinstateProgram,
    RevokeCredential,
    ScopeProgram,
    SuspendProgram,
)
from portfolio.domain.program.keys import PublicKey
from portfolio.domain.program.rows import IN_WORDS

WHY = Ask("reason", "Why", "It stays on record with your name.")


def rows_asked(value: frozenset[str]) -> Ask:
    """Return the field of what a program may do."""
    hint = "Never more than whoever owns it may. To bring files over it needs the first four and nothing else."
    return Ask("rows", "What may it do?", hint, [*IN_WORDS.items()], value=[row for row in IN_WORDS if row in value])


def registering(owner: UUID, whose: str) -> Act:
    """Register."""
    return Act(
        "new",
        "Register a program",
        "Register a program",
        "Register it",
        ProgramIn,
        lambda body: RegisterProgram(program_id=new_id(), **body),
        [RegisterProgram(program_id=NOBODY, name=TYPED, owner=owner, rows=frozenset())],
        [
            Ask("name", "What to call it", "The system that it is, for example: learner system."),
            rows_asked(frozenset()),
        ],
        [
            f"It acts for {whose}: what it does is recorded as done by it for {whose}, and it may never do more than "
            f"{whose} may.",
            f"It can do nothing until {whose} gives it a key or a secret; nobody else can.",
        ],
        fixed={"owner": str(owner)},
        item={"person": str(owner)},
    )


def rows(sight: Sight[Program]) -> Act:
    """Give other rows."""
    return Act(
        "rows",
        "Change what it may do",
        f"What may {sight.state.name} do?",
        "Record this",
        ScopeIn,
        lambda body: ScopeProgram(program_id=sight.stream, **body),
        [ScopeProgram(program_id=sight.stream, rows=sight.state.rows, reason=TYPED)],
        [rows_asked(sight.state.rows), WHY],
        ["It counts from the program’s next request."],
    )


def owner(sight: Sight[Program]) -> Act:
    """Hand over to the person whom the address asks for."""
    person: UUID = asked("person", Id()) or caller()
    whose = name_of(sight.session, person)
    return Act(
        "owner",
        "Give it another owner",
        f"Give {sight.state.name} to {whose}?",
        f"Give it to {whose}",
        OwnerIn,
        lambda body: HandProgramOver(program_id=sight.stream, **body),
        [HandProgramOver(program_id=sight.stream, owner=person, reason=TYPED)],
        [WHY],
        [
            f"From now on it acts for {whose}, and may never do more than {whose} may.",
            f"Its keys and secrets end at once: {whose} gives it new ones.",
        ],
        fixed={"owner": str(person)},
        item={"person": str(person)},
        warns=True,
    )


def key(sight: Sight[Program]) -> Act:
    """Add a key."""
    trying = AddProgramKey(program_id=sight.stream, key=PublicKey(crv="Ed25519", x="A" * 43))
    return Act("key", "Add a key", "Add a key", "Add it", KeyIn, lambda _: trying, [trying], [])


def secret(sight: Sight[Program]) -> Act:
    """Make a secret."""
    trying = AddProgramSecret(program_id=sight.stream, check="0" * 64)
    return Act(
        "secret",
        "Make a secret",
        f"Make a secret for {sight.state.name}?",
        "Make it and show it",
        Schema,
        lambda _: trying,
        [trying],
        [],
        [
            "The next page shows it, once: have the system ready that it is for. Whoever knows it acts in your name.",
            "Those that it has go on counting. Where the system can sign with a key of its own, that is safer.",
        ],
    )


def revocation(sight: Sight[Program]) -> Act:
    """Revoke the key or secret that the address asks for."""
    credential: str = asked("credential", Text(64)) or ""
    kind = "key" if credential in sight.state.keys else "secret"
    return Act(
        "revocation",
        f"Revoke a {kind}",
        f"Revoke the {kind} {credential[:8]}?",
        "Revoke it",
        CredentialIn,
        lambda body: RevokeCredential(program_id=sight.stream, **body),
        [RevokeCredential(program_id=sight.stream, credential=credential, reason=TYPED)],
        [WHY],
        [f"The program signs in with it no longer, and what it is doing with it ends at once. A {kind} never returns."],
        fixed={"credential": credential},
        item={"credential": credential},
        warns=True,
    )


def suspension(sight: Sight[Program]) -> Act:
    """Suspend."""
    return Act(
        "suspension",
        "Suspend it",
        f"Suspend {sight.state.name}?",
        "Suspend it",
        WhyIn,
        lambda body: SuspendProgram(program_id=sight.stream, **body),
        [SuspendProgram(program_id=sight.stream, reason=TYPED)],
        [WHY],
        [
            "From its next request on it can do and see nothing, until an administrator or a responsible officer "
            "reinstates it."
        ],
        warns=True,
    )


def reinstatement(sight: Sight[Program]) -> Act:
    """Reinstate."""
    return Act(
        "reinstatement",
        "Reinstate it",
        f"Reinstate {sight.state.name}?",
        "Reinstate it",
        WhyIn,
        lambda body: ReinstateProgram(program_id=sight.stream, **body),
        [ReinstateProgram(program_id=sight.stream, reason=TYPED)],
        [WHY],
        ["It goes on with the keys and secrets that it has, and may do what it might before."],
    )


def end(sight: Sight[Program]) -> Act:
    """End."""
    return Act(
        "end",
        "End it for good",
        f"End {sight.state.name} for good?",
        "End it",
        WhyIn,
        lambda body: EndProgram(program_id=sight.stream, **body),
        [EndProgram(program_id=sight.stream, reason=TYPED)],
        [WHY],
        ["Its keys and secrets end, and it cannot be begun again. What it did stays on record."],
        warns=True,
    )


ACTS: dict[str, Callable[[Sight[Program]], Act]] = {
    each.__name__: each for each in (key, secret, rows, owner, suspension, reinstatement, end, revocation)
}
"""Every act by the last part of its address."""
ASKED = [last for last in ACTS if last not in ("key", "secret")]
"""Those that the common page asks for and the common way carries out."""
